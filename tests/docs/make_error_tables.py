"""The tables of codes in the documentation, made from the program: `python -m tests.docs.make_error_tables`.

They stand between `<!-- codes:NAME -->` and `<!-- end -->`.
"""

import re
from pathlib import Path

from public_site.problems import PROBLEMS
from schemas.tables import read_table
from verifier.messages import findings

_DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = (_DOCS / "errors.md", _DOCS / "recognition.md")


def _findings() -> list[str]:
    rows = [f"| `{code}` | {entry['en']} | {entry.get('clause', '')} |" for code, entry in sorted(findings().items())]
    return ["| finding | meaning | rests on |", "|---|---|---|", *rows]


def _problems() -> list[str]:
    rows = [f"| `{one.slug}` | {one.status} | {one.title} |" for _, one in sorted(PROBLEMS.items())]
    return ["| problem | status | meaning |", "|---|---|---|", *rows]


def _recognition() -> list[str]:
    codes = read_table("recognition.json")["codes"]
    return ["| code | meaning |", "|---|---|", *(f"| `{code}` | {words['en']} |" for code, words in codes.items())]


def with_tables(text: str) -> str:
    """Return the page `text` with its tables made anew."""
    for name, lines in (("findings", _findings()), ("problems", _problems()), ("recognition", _recognition())):
        block = "\n".join([f"<!-- codes:{name} -->", "", *lines, "", "<!-- end -->"])
        place = rf"<!-- codes:{name} -->(.*?<!-- end -->)?"
        text = re.sub(place, lambda _, block=block: block, text, count=1, flags=re.DOTALL)
    return text


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(with_tables(page.read_text(encoding="utf-8")), encoding="utf-8")
