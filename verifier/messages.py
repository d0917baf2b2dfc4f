"""The sentence and the clause of every finding code, and why a file is not read, from the lists in `schemas/data`."""

import json
from functools import cache
from importlib import resources
from typing import Any


@cache
def findings() -> dict[str, dict[str, str]]:
    """Return every code that a finding may carry, with `en`, `zh` and, where there is one, `clause`."""
    return _list("findings.json")


@cache
def file_refusals() -> dict[str, dict[str, Any]]:
    """Return why a file is not read: by code, `status`, `title` and `detail` of the problem that says so."""
    return _list("file-refusals.json")


@cache
def explanations() -> dict[str, dict[str, str]]:
    """Return what an implementer can do, by finding code, else by check, in `en` and `zh`."""
    return _list("explanations.json")


def _list(name: str) -> dict[str, dict[str, Any]]:
    codes: dict[str, dict[str, Any]] = json.loads(resources.files("schemas").joinpath("data", name).read_bytes())
    return codes


def message(code: str) -> tuple[dict[str, str], str]:
    """Return the sentence of `code` as `{"en", "zh"}`, and its clause (empty if there is none)."""
    entry = findings()[code]
    return {"en": entry["en"], "zh": entry["zh"]}, entry.get("clause", "")
