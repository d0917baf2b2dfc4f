"""The description of the API for programs (OpenAPI 3.1), kept as a document so that it says more than types do."""

import json
from pathlib import Path
from typing import Any

from schemas.contracts import schema_bytes

_DOCUMENT = Path(__file__).parent / "texts" / "openapi.json"
_VERDICT = "#/components/schemas/Verdict"


def description(title: str, base: str) -> dict[str, Any]:
    """Return the OpenAPI document of the register `title` at `base`, with published schemas in it."""
    document: dict[str, Any] = json.loads(_DOCUMENT.read_text(encoding="utf-8"))
    document["info"]["title"], document["servers"] = title, [{"url": base}]
    verdict = json.loads(schema_bytes("verdict", base).replace(b'"#/$defs/', f'"{_VERDICT}/$defs/'.encode()))
    question = json.loads(schema_bytes("recognition-question", base))
    for name, schema in (("Verdict", verdict), ("RecognitionQuestion", question)):
        # Its own address and dialect would make its references those of another document.
        members = {member: value for member, value in schema.items() if member not in {"$id", "$schema"}}
        document["components"]["schemas"][name] = members
    return document
