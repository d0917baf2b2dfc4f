"""How a holder's name is written in a certificate, and which characters no text may hold."""

import unicodedata

LONGEST_NAME = 200
"""Longest name in one script, characters."""


class TextError(ValueError):
    """A text holds a character that could change how it reads."""

    code = "text.control-character"


def has_control_character(text: str) -> bool:
    """Tell whether `text` holds a control, format, private-use or line-separating character.

    Such characters are drawn differently by different readers, can turn the direction of a line, and
    are escaped differently by canonicalizers (`performance.md` 4c), so no signed text may hold one.
    """
    return any(unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"} for character in text)


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
