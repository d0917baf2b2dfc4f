"""Make the fonts of the printed certificate anew from those of Debian; `issuer/data/fonts/SOURCES.md` tells the rest.

The upright one has every character of GB 2312 and Latin; the bold one, which sets fixed texts only, what they need.
"""

from pathlib import Path
from typing import Any

from fontTools import subset

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "issuer" / "data" / "fonts"
SOURCES = Path("/usr/share/fonts/opentype/noto")
SIMPLIFIED = 2
"""Which of the fonts in a collection has the forms of mainland China."""
FAMILY = "CSE Serif"
FIXED = ("issuer/data/certificate.html", "schemas/data/codes.json", "issuer/bodies.py")
LATIN = {chr(code) for block in (range(0x20, 0x7F), range(0xA0, 0x250), range(0x2010, 0x2027)) for code in block}


def gb2312() -> set[str]:
    """Return the characters of GB 2312."""
    pairs = (bytes((row, cell)) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    return {pair.decode("gb2312", errors="ignore") for pair in pairs} - {""}


def make(weight: str, characters: set[str]) -> None:
    """Write the font of one weight with these characters, under the name of our family."""
    options = subset.Options(hinting=False, notdef_outline=True, name_IDs=["*"], layout_features=["kern", "tnum"])
    options.font_number = SIMPLIFIED
    font = subset.load_font(str(SOURCES / f"NotoSerifCJK-{weight}.ttc"), options)
    names = {1: FAMILY, 3: f"{FAMILY} {weight}", 4: f"{FAMILY} {weight}", 6: f"CSESerif-{weight}", 16: FAMILY}
    _rename(font, names)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(sorted(characters)))
    subsetter.subset(font)
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    subset.save_font(font, str(FOLDER / f"serif-{weight.lower()}.otf"), options)


def _rename(font: Any, names: dict[int, str]) -> None:
    for record in font["name"].names:
        record.string = names.get(record.nameID, record.toUnicode())
    font["CFF "].cff.fontNames = [names[6]]
    top = font["CFF "].cff.topDictIndex[0]
    top.FullName, top.FamilyName = names[4], FAMILY


if __name__ == "__main__":
    make("Regular", LATIN | gb2312())
    make("Bold", LATIN | set("".join((ROOT / name).read_text(encoding="utf-8") for name in FIXED)) - {"\n"})
