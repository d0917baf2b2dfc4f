"""One verdict for each state: judged from real documents where this part can reach it, else from its findings.

Two states belong to later parts (the log, and questions about an earlier day). Their verdicts are made from
the findings that such a question will have, with the state set by name.
"""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from issuer.proofs import document_bytes
from schemas.paper_code import paper_sha256
from tests.support import world
from tests.support.agreements import files, given, pinning_list
from tests.support.expect import changed
from tests.support.online import online
from verifier.checks import CheckName, Finding, Profile, Result, failed, passed, skipped
from verifier.eligibility import checked_offline
from verifier.folder import PublishedFolder
from verifier.judge import judge
from verifier.paper_code import PresentedCode, judge_paper_code
from verifier.report import Report
from verifier.sources import Basis, CurrentEntry, Reason, RegisterKnows, Sources
from verifier.state import State
from verifier.verdict import unchecked_verdict, verdict

Verdict = dict[str, Any]
HELD = date(2026, 5, 1)
LATER = datetime(2031, 3, 16, 2, 0, tzinfo=UTC)
SUCCESSOR = f"{world.BASE}/v/a1b2c3d4e5f6g7h8j9k0"


def _judged(sources: Sources, content: bytes | None = None, now: datetime = world.NOW) -> Verdict:
    return verdict(judge(content or world.certificate(), sources, now=now))


def _held() -> Verdict:
    """Return the verdict of the standard certificate that is on hold for CPD."""
    reasons = (Reason("cpd", since=HELD),)
    return _judged(online(suspended=True, public_status="suspended", status_reasons=reasons))


def _ended(reason: str, status: str, *, grade: str = "PE", **more: Any) -> Verdict:
    """Return the verdict of the standard certificate that ended for `reason`, of a registration in `status`."""
    known = () if status == "active" else (Reason(status, since=HELD),)
    reasons = tuple(replace(one, code=reason.lower() if status == "lapsed" else one.code) for one in known)
    today = CurrentEntry(status, grade, *known)
    register = {"public_status": status, "status_reasons": reasons, "ended": reason, "current": today, **more}
    return _judged(online(revoked=True, **register))


def _interim() -> Verdict:
    profile = replace(
        world.RENEWED,
        basis="interim",
        term_number=1,
        term_from=date(2021, 7, 15),
        term_until=date(2026, 7, 14),
        valid_until=date(2026, 9, 12),
    )
    content = world.certificate(profile, created=world.RENEWED_AT)
    return _judged(online(content, is_interim=True), content, datetime(2026, 7, 20, tzinfo=UTC))


def _renewed_early() -> Verdict:
    content = world.certificate(world.RENEWED, created=world.RENEWED_AT)
    return _judged(online(content), content)


def _changed() -> Verdict:
    document = changed(world.parsed(world.certificate()), ("credentialSubject/nameHans", "林致远"))
    return _judged(online(), document_bytes(document))


def _not_trusted() -> Verdict:
    content = world.certificate(signers=("cse/status-2026", "ele/issue-2026"))
    return _judged(online(content), content)


def _unsupported() -> Verdict:
    document = changed(world.parsed(world.certificate()), ("@context/3", "https://example.org/v1"))
    return _judged(online(), document_bytes(document))


def _all_pass(**instead: Finding) -> tuple[Finding, ...]:
    """Return findings that all pass but for those given by the name of their check."""
    usual = {
        "logged": skipped(CheckName.LOGGED, "log_not_begun"),
        "agreement": skipped(CheckName.AGREEMENT, "not_asked"),
    }
    chosen = {**usual, **instead}
    return tuple(chosen.get(name.value) or passed(name) for name in CheckName)


def _composed(profile: Profile, *findings: Finding) -> Verdict:
    made = _all_pass(**{finding.name.value: finding for finding in findings})
    return verdict(Report(made, profile, "0" * 64, world.NOW, Basis(world.BASE)))


def _foreign() -> Verdict:
    """Return what a foreign document will get once the trust list names foreign issuers."""
    skips = {
        CheckName.SCHEMA: "no_schema_of_ours",
        CheckName.AUTHORIZATION_AT_SIGNING: "foreign_issuer",
        CheckName.LOGGED: "foreign_issuer",
        CheckName.REVOCATION: "no_status_declared",
        CheckName.SUSPENSION: "no_status_declared",
        CheckName.REGISTER: "foreign_issuer",
    }
    return _composed(Profile.FOREIGN, *(skipped(name, code) for name, code in skips.items()))


def _on_date() -> Verdict:
    past = world.NOW - timedelta(days=30)
    answer = _judged(online(), now=past)
    today = _held()
    return answer | {
        "state": State.VALID_ON_DATE.value,
        "checked_at": today["checked_at"],
        "current_outcome": today["outcome"],
    }


def _paper(knows: RegisterKnows = RegisterKnows.KNOWN) -> Verdict:
    """Return the verdict of the standard certificate's paper code with its last bit turned over."""
    code = world.paper_code()
    altered = PresentedCode(code[:-1] + bytes([code[-1] ^ 1]), world.PROFILE.page_id)
    sources = online(knows=knows, paper_sha256=(paper_sha256(code),))
    return verdict(judge_paper_code(altered, world.certificate(), sources, now=world.NOW))


def _offline(state: State) -> Verdict:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        now, content, root = world.NOW, world.certificate(), world.root()
        if state is State.OFFLINE_EXPIRED:
            world.write(folder, _folder_of(LATER))
            now = LATER
        else:
            world.publish(folder)
        if state is State.OFFLINE_NOT_YET:
            content = world.certificate(world.RENEWED, created=world.RENEWED_AT)
        if state is State.OFFLINE_GENUINE:
            (folder / "manifest.json").unlink()
        pinned = None if state is State.OFFLINE_UNPROVEN else root
        return _judged(PublishedFolder(folder, root=pinned), content, now)


def _under(**changed: Any) -> Verdict:
    """Return the verdict of the standard certificate with an agreement, by a published folder that pins it."""
    published = files(given(**changed))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        named = {"/trust/list.json": pinning_list(published), **published}
        all_files = {**world.publication(listed=named["/trust/list.json"]), **named}
        world.write(folder, {**all_files, "/manifest.json": world.manifest(all_files)})
        sources = PublishedFolder(folder, root=world.root())
        report = judge(world.certificate(), sources, now=world.NOW)
        return verdict(checked_offline(report, "T1", sources.agreements))


def _folder_of(now: datetime) -> dict[str, bytes]:
    """Return a folder published years later: its keys have been prolonged."""
    end = datetime(2040, 1, 1, tzinfo=UTC)
    bodies = tuple(replace(body, keys=tuple(replace(key, not_after=end) for key in body.keys)) for body in world.BODIES)
    roots = tuple(replace(key, not_after=end) for key in world.ROOT_KEYS)
    listed = world.trust_list(replace(world.TRUST_LIST, bodies=bodies, root_keys=roots), now=now)
    files = world.publication(now=now, listed=listed)
    return {**files, "/manifest.json": world.manifest(files, now=now)}


MAKERS: dict[State, Callable[[], Verdict]] = {
    State.VALID: lambda: _judged(online(paper_sha256=(paper_sha256(world.paper_code()),))),
    State.VALID_NOTICE: lambda: _judged(online(renewal_due_soon=True), now=LATER - timedelta(days=31)),
    State.VALID_INTERIM: _interim,
    State.VALID_ON_DATE: _on_date,
    State.VALID_FOREIGN: _foreign,
    State.NOT_YET_VALID: _renewed_early,
    State.ENDED_RENEWED: lambda: _judged(online(later_term_runs=True, successor=SUCCESSOR), now=LATER),
    State.SUSPENDED: _held,
    State.EXPIRED: lambda: _judged(online(public_status="expired", grace_until=date(2031, 9, 15)), now=LATER),
    State.LAPSED: lambda: _ended("CPD_LAPSE", "lapsed"),
    State.ENDED_UNSPECIFIED: lambda: _judged(online(revoked=True, knows=RegisterKnows.UNREACHABLE)),
    State.WITHDRAWN: lambda: _ended("WITHDRAWN", "withdrawn"),
    State.REPLACED: lambda: _ended("REPLACED", "active", successor=SUCCESSOR),
    State.SUPERSEDED: lambda: _ended("SUPERSEDED", "active", successor=SUCCESSOR, grade="SPE"),
    State.REVOKED: lambda: _ended("REVOKED", "revoked"),
    State.ANNULLED: lambda: _ended("ANNULLED", "annulled"),
    State.DECEASED: lambda: _ended("DECEASED", "deceased"),
    State.TAMPERED: _paper,
    State.INVALID: _changed,
    State.ISSUER_NOT_TRUSTED: _not_trusted,
    State.SIGNED_BUT_NOT_REGISTERED: lambda: _judged(online(knows=RegisterKnows.ABSENT)),
    State.NOT_LOGGED: lambda: _composed(Profile.OWN_ONLINE, failed(CheckName.LOGGED, "log_not_supported")),
    State.NOT_ELIGIBLE: lambda: _under(mapping=[{"grade": "SPE", "fields": ["ELE"]}]),
    State.ELIGIBILITY_OPEN: lambda: _under(),
    State.UNKNOWN: lambda: unchecked_verdict(State.UNKNOWN, "nothing_found", now=world.NOW),
    State.FOREIGN_CODE: lambda: unchecked_verdict(State.FOREIGN_CODE, "foreign_address", now=world.NOW),
    State.MALFORMED: lambda: unchecked_verdict(State.MALFORMED, "unsupported_format", now=world.NOW),
    State.UNSUPPORTED: _unsupported,
    State.STATUS_UNREACHABLE: lambda: _judged(online(suspended=None, knows=RegisterKnows.UNREACHABLE)),
    State.COULD_NOT_CHECK: lambda: _judged(online(public_status="suspended")),
    State.OFFLINE_GENUINE: lambda: _offline(State.OFFLINE_GENUINE),
    State.OFFLINE_SNAPSHOT: lambda: _offline(State.OFFLINE_SNAPSHOT),
    State.OFFLINE_NOT_YET: lambda: _offline(State.OFFLINE_NOT_YET),
    State.OFFLINE_EXPIRED: lambda: _offline(State.OFFLINE_EXPIRED),
    State.OFFLINE_UNPROVEN: lambda: _offline(State.OFFLINE_UNPROVEN),
    State.OFFLINE_BAD: lambda: _paper(RegisterKnows.UNREACHABLE),
}
"""State -> what makes its example."""


@cache
def example_verdict(state: State) -> Verdict:
    """Return the example of `state`; it is shared, so it must not be changed."""
    return MAKERS[state]()


def results(answer: Verdict) -> dict[str, Result]:
    """Return the result of each check of a verdict."""
    return {check["name"]: Result(check["result"]) for check in answer["checks"]}
