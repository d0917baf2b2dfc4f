"""The sentence and the clause of every finding code, and the other words of an answer, from the tables of `schemas`."""

from typing import Any

from schemas.tables import read_table


def findings() -> dict[str, dict[str, str]]:
    """Return every code that a finding may carry, with `en`, `zh` and, where there is one, `clause`."""
    return read_table("findings.json")


def file_refusals() -> dict[str, dict[str, Any]]:
    """Return why a file is not read: by code, `status`, `title` and `detail` of the problem that says so."""
    return read_table("file-refusals.json")


def explanations() -> dict[str, dict[str, str]]:
    """Return what an implementer can do, by finding code, else by check, in `en` and `zh`."""
    return read_table("explanations.json")


def message(code: str) -> tuple[dict[str, str], str]:
    """Return the sentence of `code` as `{"en", "zh"}`, and its clause (empty if there is none)."""
    entry = findings()[code]
    return {"en": entry["en"], "zh": entry["zh"]}, entry.get("clause", "")
