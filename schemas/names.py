"""How a holder's name is written in a certificate, and which characters no text may hold."""

import re
import unicodedata

LONGEST_NAME = 200
"""Longest name in one script, characters."""


_CONTROLS = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})


class TextError(ValueError):
    """A text holds a character that could change how it reads."""

    code = "text.control-character"


def has_control_character(text: str) -> bool:
    """Tell whether `text` holds a control, format, private-use or line-separating character.

    Such characters are drawn differently by different readers, can turn the direction of a line, and
    are escaped differently by canonicalizers (`performance.md` 4c), so no signed text may hold one.
    """
    return not text.isprintable() and any(unicodedata.category(character) in _CONTROLS for character in text)


_BETWEEN = frozenset(" -'’.,·‐")
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_MOST_MARKS = re.compile(r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4}")
_SCRIPTS = {"hans": "CJK ", "latin": "LATIN "}


def require_readable_names(name_hans: str | None, name_latin: str | None) -> None:
    """Raise `TextError` unless a name that is taken in can be read, and is what it seems (R-ME-02).

    Two letters at least, all of the script that the name is said to be in; between them spaces, hyphens and the
    like. Digits, symbols, invisible characters and heaps of marks are no part of a name. A certificate that was
    signed is judged by `full_name` alone.
    """
    full_name(name_hans, name_latin)
    for script, name in (("hans", name_hans), ("latin", name_latin)):
        letters = [character for character in name or "" if unicodedata.category(character)[0] == "L"]
        others = {c for c in name or "" if unicodedata.category(c)[0] not in "LM"} - _BETWEEN
        strange = [c for c in letters if c != "〇" and not unicodedata.name(c, "").startswith(_SCRIPTS[script])]
        if name and (len(letters) < 2 or others or strange or _INVISIBLE.search(name) or _MOST_MARKS.search(name)):
            raise TextError(f"name_{script} holds what is no letter of its script, or fewer than two letters")


def full_name(name_hans: str | None, name_latin: str | None) -> str:
    """Join both scripts, Chinese first (`credential.md` C4). One of the two may be missing.

    Raises `TextError` if both are missing or either holds a control character.
    """
    parts = [part for part in (name_hans, name_latin) if part]
    if any(len(part) > LONGEST_NAME for part in parts):
        raise TextError(f"a name has at most {LONGEST_NAME} characters in each script")
    if not parts or any(has_control_character(part) or part != part.strip() for part in parts):
        raise TextError("a name needs one script at least, and no control characters or outer spaces")
    return " ".join(parts)
