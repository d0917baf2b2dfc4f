"""The meaning of every term of our contexts, in both languages."""

import json
from functools import cache
from importlib import resources


@cache
def vocabulary() -> dict[str, dict[str, str]]:
    """Return every term with its sentence in `en` and `zh`, by name."""
    text = resources.files("schemas").joinpath("data", "own", "vocabulary-v1.json").read_text(encoding="utf-8")
    terms: dict[str, dict[str, str]] = json.loads(text)
    return terms
