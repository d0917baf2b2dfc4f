"""The description of the API for programs (OpenAPI 3.1), kept as a document so that it says more than types do."""

import json
from pathlib import Path
from typing import Any

from schemas.contracts import schema_bytes

_DOCUMENT = Path(__file__).parent / "texts" / "openapi.json"
_VERDICT = "#/components/schemas/Verdict"


def description(title: str, base: str) -> dict[str, Any]:
    """Return the OpenAPI document of the register `title` at `base`, with the published schema of a verdict in it."""
    document: dict[str, Any] = json.loads(_DOCUMENT.read_text(encoding="utf-8"))
    document["info"]["title"], document["servers"] = title, [{"url": base}]
    verdict = json.loads(schema_bytes("verdict", base).replace(b'"#/$defs/', f'"{_VERDICT}/$defs/'.encode()))
    # Its own address and dialect would make its references those of another document.
    members = {name: value for name, value in verdict.items() if name not in {"$id", "$schema"}}
    document["components"]["schemas"]["Verdict"] = members
    return document
