"""The verdict: a report as the JSON that page, API and command line all give (`interface.md` 5)."""

import hashlib
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from schemas import codes
from schemas.names import has_control_character
from verifier.answers import About
from verifier.certificate import CertificateFacts
from verifier.checks import CheckName, Finding, Outcome, Result
from verifier.instants import china_day, utc_text
from verifier.messages import message
from verifier.report import Report
from verifier.root import MAX_TRUST_LIST_AGE
from verifier.sources import Basis, RegisterAnswer
from verifier.state import State, is_authentic, state_of

_LONGEST_POINTER = 200


def handed_in(answer: dict[str, Any], content: bytes, about: About | None) -> dict[str, Any]:
    """Return a verdict as the answer to the bytes that were handed in, and say what it is about."""
    digest = {"document_sha256": hashlib.sha256(content).hexdigest()}
    return answer | digest | ({"about": about} if about is not None else {})


def verdict(report: Report, *, name_withheld: bool = False) -> dict[str, Any]:
    """Return the verdict of `report` as JSON members.

    `name_withheld` leaves the holder's names out: for questions by page id or number without the consent to
    publish them (R-PV-01). What was not proved is not shown: without authenticity there is no `certificate`.
    """
    total, moment, is_proved = report.outcome, utc_text(report.checked_at), is_authentic(report.findings)
    answer: dict[str, Any] = {
        "outcome": total.value,
        "state": _state(report, total).value,
        "checked_at": moment,
        "as_of": moment,
        "document_sha256": report.document_sha256,
        "checks": [check_members(finding) for finding in report.findings],
    }
    if report.facts is not None and is_proved:
        answer["certificate"] = _certificate(report.facts, report.register, name_withheld)
        answer |= _current(report)
        if report.register.paper_sha256:
            answer["paper_sha256"] = list(report.register.paper_sha256)
    if report.credentials:
        answer["credentials"] = [verdict(one) for one in report.credentials]
    if report.disclosed is not None and is_proved:
        answer["disclosed"] = report.disclosed
    if report.recognition is not None:
        answer["recognition"] = report.recognition
    return answer | {"freshness": _freshness(report), "basis": _basis(report.basis)}


def verdict_on_date(then: Report, today: Report) -> dict[str, Any]:
    """Return the verdict of a past moment, beside the one of now: what was good then says nothing about today (V51)."""
    answer = verdict(then)
    if then.outcome is Outcome.VALID:
        answer["state"] = State.VALID_ON_DATE.value
    return answer | {
        "checked_at": utc_text(today.checked_at),
        "current_outcome": today.outcome.value,
        "current": {"state": report_state(today).value},
    }


def report_state(report: Report) -> State:
    """Return the state of `report`; a presentation has that of what decides: itself, or the first of the worst."""
    return _state(report, report.outcome)


def _state(report: Report, total: Outcome) -> State:
    if report.credentials and (report.own_outcome is Outcome.VALID or report.own_outcome is not total):
        return report_state(next(one for one in report.credentials if one.outcome is total))
    return state_of(report.findings, total, report.profile, report.register)


def unchecked_verdict(state: State, code: str, *, now: datetime, failed: CheckName | None = None) -> dict[str, Any]:
    """Return the verdict of a question that led to no document: nothing found, nothing readable, nothing issued.

    `failed` names the check that says no all the same; every other one is unknown, with `code`.
    """
    results = {name: Result.FAIL if name is failed else Result.UNKNOWN for name in CheckName}
    moment = utc_text(now)
    return {
        "outcome": state.outcome.value,
        "state": state.value,
        "checked_at": moment,
        "as_of": moment,
        "checks": [check_members(Finding(name, result, code)) for name, result in results.items()],
        "freshness": {},
    }


def check_members(finding: Finding) -> dict[str, Any]:
    """Return one entry of `checks`."""
    is_usual = finding.pointer is None and not finding.proofs
    return dict(_usual_members(finding) if is_usual else _members(finding))


@lru_cache(maxsize=1024)
def _usual_members(finding: Finding) -> dict[str, Any]:
    """Return the entry of a finding without a place: there are no more than codes for each check. Read it only."""
    return _members(finding)


def _members(finding: Finding) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": finding.name.value, "result": finding.result.value}
    if finding.code is not None:
        detail, clause = message(finding.code)
        entry |= {"code": finding.code, "detail": detail}
        if clause:
            entry["clause"] = clause
    if finding.pointer is not None:
        entry["pointer"] = _printable(finding.pointer)
    if finding.proofs and finding.result is not Result.PASS:
        entry["proofs"] = {pointer: "pass" if is_good else "fail" for pointer, is_good in finding.proofs}
    return entry


def _printable(pointer: str) -> str:
    """Return a pointer that may be shown: a hostile member name reaches no terminal or page raw, nor at length."""
    shown = pointer[:_LONGEST_POINTER]
    return "".join("\ufffd" if has_control_character(character) else character for character in shown)


def _coded(table: dict[str, codes.Code], code: str) -> dict[str, Any]:
    """Return a code with its names; a code newer than this program stands for itself."""
    return table.get(code, codes.Code(code, 0, code, code)).labelled


def _certificate(facts: CertificateFacts, register: RegisterAnswer, name_withheld: bool) -> dict[str, Any]:
    members: dict[str, Any] = {
        "number": facts.number,
        "grade": _coded(codes.GRADES, facts.grade),
        "field": _coded(codes.FIELDS, facts.field),
        "society": _coded(codes.SOCIETIES, facts.registered_by),
        "valid_from": china_day(facts.valid_from).isoformat(),
        "valid_until": china_day(facts.valid_until).isoformat(),
        "first_registered": facts.first_registered,
    }
    if name_withheld:
        members["name_withheld"] = "NAME_WITHHELD"
    else:
        names = {"hans": facts.name_hans, "latn": facts.name_latin}
        members["names"] = {script: name for script, name in names.items() if name}
    administrator = register.administered_by or facts.society_code
    if administrator != facts.registered_by:
        members["administered_by"] = _coded(codes.SOCIETIES, administrator)
    if register.status_reasons:
        told = [{"code": one.code} | _days(since=one.since, until=one.until) for one in register.status_reasons]
        members["status_reason"] = told
    if register.grace_until is not None:
        members["grace_until"] = register.grace_until.isoformat()
    if register.successor is not None:
        members["successor"] = register.successor
    return members


def _days(**days: date | None) -> dict[str, str]:
    return {name: day.isoformat() for name, day in days.items() if day is not None}


def _current(report: Report) -> dict[str, Any]:
    """Give the state of the register entry today wherever this paper has ended or is outlived (`site.md` 4)."""
    register, entry = report.register, report.register.current
    is_outlived = entry is not None and entry.status == "active" and report_state(report) is State.EXPIRED
    if entry is None or not (register.ended is not None or is_outlived):
        return {}
    current: dict[str, Any] = {"state": State.VALID.value if entry.status == "active" else State(entry.status).value}
    if entry.reason is not None:
        current |= _days(since=entry.reason.since) | {"reason": entry.reason.code}
    return {"current": current | {"grade": _coded(codes.GRADES, entry.grade)}}


def _freshness(report: Report) -> dict[str, Any]:
    basis = report.basis
    members: dict[str, Any] = {}
    if report.status_issued_at is not None:
        members["status_list"] = _age(report.status_issued_at, basis.max_status_age)
    if basis.trust_list_issued_at is not None:
        members["trust_list"] = _age(basis.trust_list_issued_at, MAX_TRUST_LIST_AGE)
    return members


def _age(issued_at: datetime, max_age: timedelta) -> dict[str, Any]:
    return {"issued_at": utc_text(issued_at), "max_age_s": int(max_age.total_seconds())}


def _basis(basis: Basis) -> dict[str, Any]:
    manifest = basis.manifest_issued_at
    members = {
        "base_url": basis.base_url,
        "root_sha256": basis.root_sha256,
        "trust_list_version": basis.trust_list_version,
        "manifest_issued_at": utc_text(manifest) if manifest is not None else None,
    }
    return {name: value for name, value in members.items() if value is not None}
