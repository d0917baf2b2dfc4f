"""Documents that are not ours: judged against the trust list alone, never by fetching what they point to.

The trust list of this version names no foreign issuer, so no foreign document can be valid. Its proofs
are not checked and are reported as not checked.
"""

from datetime import datetime
from typing import Any

from verifier.checks import CheckName, Finding, failed, passed, skipped, unknown
from verifier.instants import InstantError, parse_instant
from verifier.terms import check_all_terms_signed
from verifier.trust import TrustList


def judge_foreign(value: dict[str, Any], trust: TrustList, now: datetime) -> list[Finding]:
    """Return the findings `schema` to `register` of a foreign document whose contexts are known."""
    status = value.get("credentialStatus")
    return [
        skipped(CheckName.SCHEMA, "no_schema_of_ours"),
        check_all_terms_signed(value, trust.base),
        unknown(CheckName.PROOFS, "issuer_key_unknown"),
        unknown(CheckName.ISSUER_BINDING, "issuer_key_unknown"),
        failed(CheckName.ISSUER_TRUSTED, "issuer_not_trusted", "/issuer"),
        skipped(CheckName.AUTHORIZATION_AT_SIGNING, "foreign_issuer"),
        skipped(CheckName.LOGGED, "foreign_issuer"),
        _check_dates(value, now),
        *(
            skipped(name, "no_status_declared") if status is None else unknown(name, "status_not_fetched")
            for name in (CheckName.REVOCATION, CheckName.SUSPENSION)
        ),
        skipped(CheckName.REGISTER, "foreign_issuer"),
    ]


def _check_dates(value: dict[str, Any], now: datetime) -> Finding:
    name, moment = CheckName.DATES, now.replace(microsecond=0)
    try:
        begins = parse_instant(value["validFrom"]) if "validFrom" in value else None
        ends = parse_instant(value["validUntil"]) if "validUntil" in value else None
    except InstantError:
        return failed(name, "malformed_date")
    if begins is not None and ends is not None and ends < begins:
        return failed(name, "malformed_date", "/validUntil")
    if begins is not None and moment < begins:
        return failed(name, "not_yet_valid", "/validFrom")
    if ends is not None and moment > ends:
        return failed(name, "expired", "/validUntil")
    return passed(name)
