"""A recognition answer beside a verification (`domain.md` 5.2): rows 1 to 6, what a folder alone tells, the words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from schemas.tables import read_table
from verifier.agreements import Agreement, Claim
from verifier.certificate import CertificateFacts
from verifier.checks import CheckName, Finding, Profile, Result, failed, passed, unknown
from verifier.instants import china_day, utc_text
from verifier.recognition import Answer, Question, Recognition, recognise
from verifier.refusals import DisbelievedError
from verifier.report import Report
from verifier.standing import Calendar, Presented, Standing

_TABLE = read_table("recognition.json")
_OF_OTHERS = frozenset({Profile.FOREIGN, Profile.CONFORMANCE, Profile.PRESENTATION})
_UNASKED = Calendar(lambda day, _years: day, lambda year: date(year, 1, 1))
"""Offline no row counts years."""


class RefusedError(Exception):
    """Nothing is said of a registration; `row` is the code that says why, with its answer."""

    def __init__(self, code: str, answer: Answer) -> None:
        """Keep both."""
        self.row = code, answer


def counting(report: Report) -> CertificateFacts:
    """Return what a certificate that was shown says, if it counts. Raises `RefusedError`, of row 1 to 4a."""
    by_name = {finding.name: finding for finding in report.findings}
    if report.profile in _OF_OTHERS:
        raise RefusedError("CRED_MALFORMED", Answer.NOT_VERIFIED)
    for row in _TABLE["refusals"]:
        met = (by_name[CheckName(name)] for name in row["checks"] if not _is_about_proofs(by_name[CheckName(name)]))
        if any(one.result == row["result"] and row["finding"] in {None, one.code} for one in met):
            raise RefusedError(row["code"], Answer(row["outcome"]))
    if by_name[CheckName.CONTEXTS].code == report.basis.trust_code:
        raise RefusedError("STATUS_UNAVAILABLE", Answer.INDETERMINATE)
    if report.disclosed is not None:
        # Its holder held back what would be judged.
        raise RefusedError("SOCIETY_SIGNATURE_NOT_PRESENT", Answer.INDETERMINATE)
    if report.facts is None:
        raise RefusedError("CRED_MALFORMED", Answer.NOT_VERIFIED)
    return report.facts


def _is_about_proofs(finding: Finding) -> bool:
    """Tell whether the schema misses nothing but proofs: their own check says so, and that is row 2."""
    return finding.name is CheckName.SCHEMA and (finding.pointer or "").startswith("/proof")


def require_answered(report: Report) -> None:
    """Raise `RefusedError`, of row 6, if something about a certificate that counts could not be checked."""
    codes = {one.code for one in report.findings if one.result is Result.UNKNOWN}
    if "register_behind" in codes:
        raise RefusedError("REGISTER_BEHIND", Answer.INDETERMINATE)
    if codes:
        raise RefusedError("STATUS_UNAVAILABLE", Answer.INDETERMINATE)


def presented(report: Report) -> Presented | None:
    """Return the certificate that was shown, if its own content was looked at."""
    if report.facts is None:
        return None
    issued_at = report.register.issued_at or report.facts.valid_from
    return Presented(china_day(issued_at), report.facts.valid_from, report.facts.valid_until, report.register.ended)


def checked_offline(report: Report, agreement: str, read: Callable[[str], tuple[Agreement, ...]]) -> Report:
    """Return a report with the answer of certificate and status lists alone: the rest is for the register to tell."""
    claim, shown = Claim(agreement=agreement.lower()), presented(report)
    try:
        at = _offline_standing(report)
        found = recognise(Question(claim, read(agreement.lower()), _UNASKED, at, shown))
    except DisbelievedError:
        found = recognise(Question(claim, (), _UNASKED, None, shown, ("MRA_UNAVAILABLE", Answer.INDETERMINATE)))
    except RefusedError as refused:
        found = recognise(Question(claim, (), _UNASKED, None, shown, refused.row))
    return with_recognition(report, found, recognition_members(found) | {"as_of": utc_text(report.checked_at)})


def _offline_standing(report: Report) -> Standing:
    facts, at = counting(report), report.checked_at.replace(microsecond=0)
    by_name = {finding.name: finding for finding in report.findings}
    require_answered(report)
    if by_name[CheckName.REVOCATION].result is Result.FAIL:
        # The list does not tell why it ended, nor whether the registration lives.
        raise RefusedError("STATUS_UNAVAILABLE", Answer.INDETERMINATE)
    is_suspended = by_name[CheckName.SUSPENSION].result is Result.FAIL
    return Standing(
        moment=at,
        day=china_day(at),
        life="EXPIRED" if at > facts.valid_until else "CURRENT",
        field=facts.field,
        held=((facts.grade, china_day(facts.valid_from)),),
        starts_on=china_day(facts.valid_from),
        term_end_on=china_day(facts.valid_until),
        holds=frozenset({"REG_SUSPENDED"} if is_suspended else ()),  # The list does not tell of which kind.
        is_offline=True,
    )


_FINDINGS = {
    Answer.ELIGIBLE: passed(CheckName.AGREEMENT),
    Answer.SUBJECT_TO: unknown(CheckName.AGREEMENT, "agreement_conditions_open"),
    Answer.NOT_ELIGIBLE: failed(CheckName.AGREEMENT, "agreement_not_eligible"),
    Answer.INDETERMINATE: unknown(CheckName.AGREEMENT, "agreement_undecided"),
    Answer.NOT_VERIFIED: unknown(CheckName.AGREEMENT, "not_reached"),
}


def with_recognition(report: Report, found: Recognition, members: dict[str, Any]) -> Report:
    """Return a report with the check `agreement` as it was asked; only ELIGIBLE passes it."""
    asked = _FINDINGS[found.answer]
    findings: tuple[Finding, ...] = tuple(asked if one.name is asked.name else one for one in report.findings)
    return replace(report, findings=findings, recognition=members)


def recognition_members(found: Recognition) -> dict[str, Any]:
    """Return an answer as JSON: codes with their words, and on every positive one the fixed sentence (R-MR-01)."""
    agreement = found.agreement
    bodies = agreement.names.values() if agreement is not None else ()
    names = {lang: " / ".join(one[lang] for one in bodies) for lang in ("en", "zh")}
    told: dict[str, Any] = {
        "outcome": found.answer.value,
        "primary_code": found.primary_code,
        "codes": list(found.codes),
        "conditions": [{"code": code, **_TABLE["codes"][code]} for code in found.codes],
        "text": {lang: text.format(body=names[lang]) for lang, text in _TABLE["outcomes"][found.answer].items()},
    }
    if agreement is not None:
        parties = [{"id": did, **name} for did, name in sorted(agreement.names.items())]
        told["agreement"] = {"id": agreement.id, "version": agreement.version, "title": agreement.title}
        told["agreement"] |= {"parties": parties, "manual": [*agreement.conditions.manual]}
    return told | ({"first_on": found.first_on.isoformat()} if found.first_on is not None else {})
