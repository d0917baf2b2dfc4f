"""Documents that are not ours: proofs by the keys of their DIDs, trust by the trust list alone.

Nothing is fetched that they point to; what the caller fetched counts (`asked`). The trust list of this version names
no foreign issuer, so none is trusted, and outside the conformance port no foreign document is valid. Of their status
every entry for a purpose is looked up (Bitstring Status List 1.0, 3.2).
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from typing import Any

from schemas import contexts, refusals, strict_json
from verifier.asked import Asked, nothing_fetched
from verifier.checks import CheckName, Finding, Result, failed, passed, skipped, unknown, worst
from verifier.data_model import data_model_fault
from verifier.documents import check_contexts, check_parse, issuer_did, listed
from verifier.instants import InstantError, parse_timestamp
from verifier.proof_chain import ProofRules, check_proofs, signers
from verifier.sources import BITS, StatusAnswer, check_bit
from verifier.status_list import StatusList, StatusListError, inflate
from verifier.terms import check_all_terms_signed
from verifier.trust import TrustList

_NOT_ASKED = frozenset({CheckName.ISSUER_TRUSTED, CheckName.REVOCATION, CheckName.SUSPENSION})
"""Checks of a status list that its believing does not rest on: it is by the issuer of what points to it."""

_ALONE = {CheckName.DATES: "list_too_old", CheckName.SCHEMA: "list_malformed"}
"""What is wrong with a list if one check alone did not pass."""


def judge_foreign(value: dict[str, Any], trust: TrustList, now: datetime, asked: Asked) -> list[Finding]:
    """Return the findings `schema` to `register` of a foreign document whose contexts are known."""
    rules = ProofRules(trust.base, "assertionMethod", now, asked)
    terms = check_all_terms_signed(value, trust.base, asked.extra)
    return judge_secured(value, trust, now, asked, [terms, check_proofs(value, rules), _check_binding(value)])


def judge_secured(
    value: dict[str, Any], trust: TrustList, now: datetime, asked: Asked, secured: list[Finding]
) -> list[Finding]:
    """Return the same of a document that is `secured` in whatever way: `all_terms_signed` to `issuer_binding`."""
    trusted = failed(CheckName.ISSUER_TRUSTED, "issuer_not_trusted", "/issuer")
    if asked.is_conformance:
        trusted = skipped(CheckName.ISSUER_TRUSTED, "conformance_port")
    return [
        _check_schema(value, asked),
        *secured,
        trusted,
        skipped(CheckName.AUTHORIZATION_AT_SIGNING, "foreign_issuer"),
        skipped(CheckName.LOGGED, "foreign_issuer"),
        _check_dates(value, now),
        *check_status(value, partial(_read_list, issuer=issuer_did(value), trust=trust, now=now, asked=asked)),
        skipped(CheckName.REGISTER, "foreign_issuer"),
    ]


def _check_schema(value: dict[str, Any], asked: Asked) -> Finding:
    good = passed(CheckName.SCHEMA) if asked.is_conformance else skipped(CheckName.SCHEMA, "no_schema_of_ours")
    return data_model_fault(value) or good


def _check_binding(value: dict[str, Any]) -> Finding:
    """Ask whether the issuer itself signed. Others may sign beside it, if their proofs are good too (V33)."""
    if issuer_did(value) in signers(value):
        return passed(CheckName.ISSUER_BINDING)
    return failed(CheckName.ISSUER_BINDING, "issuer_binding", "/issuer")


def _check_dates(value: dict[str, Any], now: datetime) -> Finding:
    """Compare the dates of the document's own edition of the data model; the end is inclusive to its second."""
    is_old = value["@context"][0] == contexts.CREDENTIALS_V1
    first, last = ("issuanceDate", "expirationDate") if is_old else ("validFrom", "validUntil")
    name = CheckName.DATES
    try:
        begins, ends = (parse_timestamp(value[member]) if member in value else None for member in (first, last))
    except InstantError:
        return failed(name, "malformed_date")
    if begins is not None and ends is not None and ends < begins:
        return failed(name, "malformed_date", f"/{last}")
    if begins is not None and now < begins:
        return failed(name, "not_yet_valid", f"/{first}")
    if ends is not None and now.replace(microsecond=0) > ends:
        return failed(name, "expired", f"/{last}")
    return passed(name)


def _read_list(
    url: str, purpose: str, *, issuer: str | None, trust: TrustList, now: datetime, asked: Asked
) -> StatusList:
    """Return the list that was fetched from `url`, judged like any document, if it is by `issuer` and for `purpose`.

    Raises `StatusListError`. Nothing of it is used before it is known who signed it.
    """
    fetched = asked.status_list(url)
    if fetched.content is None:
        raise StatusListError(fetched.code)
    with refusals.translated(strict_json.MalformedJsonError, to=StatusListError("list_malformed")):
        document = strict_json.parse_object(fetched.content, strict_json.STATUS_LIST)
    if issuer_did(document) != issuer or document.get("id", url) != url:
        raise StatusListError("list_of_another")
    _believe(document, trust, now, replace(asked, status_list=nothing_fetched))
    subject = document.get("credentialSubject")
    is_list = "BitstringStatusListCredential" in listed(document["type"])
    if not is_list or not isinstance(subject, dict) or "BitstringStatusList" not in listed(subject.get("type")):
        raise StatusListError("list_malformed")
    if purpose not in listed(subject.get("statusPurpose")):
        raise StatusListError("list_purpose")
    if "credentialStatus" in document:
        raise StatusListError("list_with_status")
    return StatusList(inflate(str(subject.get("encodedList"))), now)


def _believe(document: dict[str, Any], trust: TrustList, now: datetime, asked: Asked) -> None:
    """Raise `StatusListError` unless a list is a credential by its issuer that holds now."""
    findings = [check_parse(document)]
    if findings[0].result is Result.PASS:
        findings.append(check_contexts(document, trust, is_own=False, asked=asked))
    if findings[-1].result is Result.PASS:
        findings += judge_foreign(document, trust, now, asked)
    wrong = [one.name for one in findings if one.result in {Result.FAIL, Result.UNKNOWN} and one.name not in _NOT_ASKED]
    if wrong:
        raise StatusListError(_ALONE.get(wrong[0], "list_proof") if len(wrong) == 1 else "list_proof")


_PURPOSES = (*BITS, "message", "refresh")
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
        return [unknown(name, "too_many_entries", "/credentialStatus") for name in BITS]
    return [_check(entries, name, cache(read_list)) for name in BITS]


def _check(entries: list[Any], name: CheckName, read_list: ReadList) -> Finding:
    found = []
    for entry in entries:
        if not _is_understood(entry):
            found.append(unknown(name, "status_unsupported", "/credentialStatus"))
        elif entry["statusPurpose"] == name:
            found.append(check_bit(name, _answer(entry, read_list)))
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
