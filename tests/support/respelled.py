"""Members under their full addresses: the graph keeps them, and readers of the JSON lose them."""

from collections.abc import Iterable, Mapping
from typing import Any

V2 = "https://www.w3.org/2018/credentials#"
_STATUS = "https://www.w3.org/ns/credentials/status#"


def typed(text: str) -> dict[str, str]:
    """Return an instant as the value that its term would make of it."""
    return {"@value": text, "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}


def full_status(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return status entries with every member under its full address."""
    return [
        {
            "@id": entry["id"],
            "@type": [f"{_STATUS}BitstringStatusListEntry"],
            f"{_STATUS}statusPurpose": entry["statusPurpose"],
            f"{_STATUS}statusListIndex": entry["statusListIndex"],
            f"{_STATUS}statusListCredential": {"@id": entry["statusListCredential"]},
        }
        for entry in entries
    ]
