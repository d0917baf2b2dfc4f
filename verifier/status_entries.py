"""The status of a document by anybody: every entry for a purpose is looked up (Bitstring Status List 1.0, 3.2)."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from verifier.checks import CheckName, Finding, skipped, unknown, worst
from verifier.documents import listed
from verifier.sources import StatusAnswer, check_bit
from verifier.status_list import StatusList, StatusListError

_CHECKS = {"revocation": (CheckName.REVOCATION, "revoked"), "suspension": (CheckName.SUSPENSION, "suspended")}
_PURPOSES = (*_CHECKS, "message", "refresh")
"""The purposes that are known; a bit for one of the last two takes nothing away."""
_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")

MOST_ENTRIES = 16
"""Entries of one document that are looked up: each may cost a list of its own, with its proofs."""

ReadList = Callable[[str, str], StatusList]
"""Gives the list at an address for a purpose, or raises `StatusListError`."""


def check_status(value: dict[str, Any], read_list: ReadList) -> list[Finding]:
    """Carry out `revocation` and `suspension`: a set bit of any entry counts, whatever the others are (V32)."""
    entries = listed(value.get("credentialStatus"))
    if len(entries) > MOST_ENTRIES:
        return [unknown(name, "too_many_entries", "/credentialStatus") for name, _ in _CHECKS.values()]
    return [_check(entries, purpose, cache(read_list)) for purpose in _CHECKS]


def _check(entries: list[Any], purpose: str, read_list: ReadList) -> Finding:
    name, code = _CHECKS[purpose]
    found = []
    for entry in entries:
        if not _is_understood(entry):
            found.append(unknown(name, "status_unsupported", "/credentialStatus"))
        elif entry["statusPurpose"] == purpose:
            found.append(check_bit(name, _answer(entry, read_list), code))
    return worst(found) if found else skipped(name, "no_status_declared")


def _is_understood(entry: Any) -> bool:
    """Tell whether an entry is one bit in a bitstring that has an address, for a purpose that is known."""
    is_entry = isinstance(entry, dict) and "BitstringStatusListEntry" in listed(entry.get("type"))
    has_list = is_entry and isinstance(entry.get("statusListCredential"), str)
    return has_list and entry.get("statusSize", 1) == 1 and entry.get("statusPurpose") in _PURPOSES


def _answer(entry: dict[str, Any], read_list: ReadList) -> StatusAnswer:
    index = entry.get("statusListIndex")
    if not isinstance(index, str) or not _INDEX.fullmatch(index):
        return StatusAnswer(None, "index_out_of_range")
    try:
        return StatusAnswer(read_list(entry["statusListCredential"], entry["statusPurpose"]).bit(int(index)))
    except StatusListError as error:
        return StatusAnswer(None, error.code)
