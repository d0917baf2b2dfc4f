"""The sentence and the clause of every finding code, from the one list in `schemas/data/findings.json`."""

import json
from functools import cache
from importlib import resources


@cache
def findings() -> dict[str, dict[str, str]]:
    """Return every code that a finding may carry, with `en`, `zh` and, where there is one, `clause`."""
    text = resources.files("schemas").joinpath("data", "findings.json").read_text(encoding="utf-8")
    codes: dict[str, dict[str, str]] = json.loads(text)
    return codes


def message(code: str) -> tuple[dict[str, str], str]:
    """Return the sentence of `code` as `{"en", "zh"}`, and its clause (empty if there is none)."""
    entry = findings()[code]
    return {"en": entry["en"], "zh": entry["zh"]}, entry.get("clause", "")
