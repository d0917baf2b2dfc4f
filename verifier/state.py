"""From findings to the one state that people read (`site.md` 4): pure, and never green by falling through."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Self

from verifier.checks import CheckName, Finding, Outcome, Profile, Result
from verifier.sources import DISPROVING, RegisterAnswer, RegisterKnows


class State(StrEnum):
    """The codes of the sentences in `site.md` 4, each with the one outcome under which it may be shown (column O).

    `offline_snapshot` stands under `valid`: offline, the check table lets the register be skipped.
    """

    outcome: Outcome

    def __new__(cls, code: str, outcome: Outcome = Outcome.INVALID) -> Self:
        """Make the member of a `code`, which alone is its value and finds it again, with its `outcome`."""
        state = str.__new__(cls, code)
        state._value_, state.outcome = code, outcome
        return state

    VALID = "valid", Outcome.VALID
    VALID_NOTICE = "valid_notice", Outcome.VALID
    VALID_INTERIM = "valid_interim", Outcome.VALID
    VALID_ON_DATE = "valid_on_date", Outcome.VALID
    VALID_FOREIGN = "valid_foreign", Outcome.VALID
    NOT_YET_VALID = "not_yet_valid", Outcome.INVALID
    ENDED_RENEWED = "ended_renewed", Outcome.INVALID
    SUSPENDED = "suspended", Outcome.INVALID
    EXPIRED = "expired", Outcome.INVALID
    LAPSED = "lapsed", Outcome.INVALID
    ENDED_UNSPECIFIED = "ended_unspecified", Outcome.INVALID
    WITHDRAWN = "withdrawn", Outcome.INVALID
    REPLACED = "replaced", Outcome.INVALID
    SUPERSEDED = "superseded", Outcome.INVALID
    REVOKED = "revoked", Outcome.INVALID
    ANNULLED = "annulled", Outcome.INVALID
    DECEASED = "deceased", Outcome.INVALID
    TAMPERED = "tampered", Outcome.INVALID
    INVALID = "invalid", Outcome.INVALID
    ISSUER_NOT_TRUSTED = "issuer_not_trusted", Outcome.INVALID
    SIGNED_BUT_NOT_REGISTERED = "signed_but_not_registered", Outcome.INVALID
    NOT_LOGGED = "not_logged", Outcome.INVALID
    NOT_ELIGIBLE = "not_eligible", Outcome.INVALID
    ELIGIBILITY_OPEN = "eligibility_open", Outcome.INDETERMINATE
    UNKNOWN = "unknown", Outcome.INDETERMINATE
    FOREIGN_CODE = "foreign_code", Outcome.INDETERMINATE
    MALFORMED = "malformed", Outcome.INDETERMINATE
    UNSUPPORTED = "unsupported", Outcome.INDETERMINATE
    STATUS_UNREACHABLE = "status_unreachable", Outcome.INDETERMINATE
    COULD_NOT_CHECK = "could_not_check", Outcome.INDETERMINATE
    OFFLINE_GENUINE = "offline_genuine", Outcome.INDETERMINATE
    OFFLINE_SNAPSHOT = "offline_snapshot", Outcome.VALID
    OFFLINE_NOT_YET = "offline_not_yet", Outcome.INVALID
    OFFLINE_EXPIRED = "offline_expired", Outcome.INVALID
    OFFLINE_UNPROVEN = "offline_unproven", Outcome.INDETERMINATE
    OFFLINE_BAD = "offline_bad", Outcome.INVALID


_AUTHENTICITY = tuple(CheckName)[: list(CheckName).index(CheckName.AUTHORIZATION_AT_SIGNING) + 1]
"""The checks about origin and integrity; the last two ask for the rights of who signed."""

_UNPROVEN = frozenset({"trust_root_unpinned", "trust_root_mismatch", "key_compromised_later"})
"""Why the list that says who is trusted does not count, offline."""

_Findings = Mapping[CheckName, Finding]

_ENDINGS: tuple[tuple[State, str, frozenset[str]], ...] = (
    (State.ANNULLED, "annulled", frozenset({"ANNULLED"})),
    (State.REVOKED, "revoked", frozenset({"REVOKED"})),
    (State.DECEASED, "deceased", frozenset({"DECEASED"})),
    (State.SUPERSEDED, "superseded", frozenset({"SUPERSEDED"})),
    (State.WITHDRAWN, "withdrawn", frozenset({"WITHDRAWN"})),
    (State.LAPSED, "lapsed", frozenset({"CPD_LAPSE", "RENEWAL_LAPSE"})),
    (State.SUSPENDED, "suspended", frozenset()),
    (State.REPLACED, "", frozenset({"REPLACED", "UNDONE"})),
)
"""State, public status of the registration, reasons for which this paper ended; the first that holds wins."""


def state_of(findings: tuple[Finding, ...], outcome: Outcome, profile: Profile, register: RegisterAnswer) -> State:
    """Return the state of a verification.

    Whatever would contradict the `outcome` becomes `could_not_check` (or `invalid`, if the outcome is that):
    no tick without the outcome valid, and no harsh word for a document that is only unchecked.
    """
    by_name = {finding.name: finding for finding in findings}
    steps: tuple[Callable[[], State | None], ...] = (
        lambda: _unreadable(by_name),
        lambda: _altered_paper(by_name, profile, register),
        lambda: _not_authentic(by_name),
        lambda: _not_good(by_name, profile, register),
        lambda: _not_checked(by_name, profile),
        lambda: State.NOT_ELIGIBLE if _has(by_name, CheckName.AGREEMENT, Result.FAIL) else None,
        lambda: _good(outcome, profile, register),
    )
    state = next((found for found in (step() for step in steps) if found is not None), State.COULD_NOT_CHECK)
    if state.outcome is outcome:
        return state
    return State.INVALID if outcome is Outcome.INVALID else State.COULD_NOT_CHECK


def is_authentic(findings: tuple[Finding, ...]) -> bool:
    """Tell whether no check about origin and integrity is open, and the register does not deny the document.

    A skip that the check table lists for the kind of question leaves none open.
    """
    by_name = {finding.name: finding for finding in findings}
    denied = _has(by_name, CheckName.REGISTER, Result.FAIL) or _has(by_name, CheckName.LOGGED, Result.FAIL)
    return not denied and not _open_names(by_name)


def _open_names(by_name: _Findings) -> set[CheckName]:
    """Name the checks about origin and integrity that neither passed nor were skipped as the check table allows."""
    good = {Result.PASS, Result.SKIPPED}
    return {name for name in _AUTHENTICITY if name not in by_name or by_name[name].result not in good}


def _has(by_name: _Findings, name: CheckName, result: Result) -> bool:
    return name in by_name and by_name[name].result is result


def _unreadable(by_name: _Findings) -> State | None:
    codes = {by_name[name].code for name in (CheckName.PARSE, CheckName.CONTEXTS) if name in by_name}
    unsupported = {"unsupported_format", "inline_context", "unknown_context", "not_the_certificate_contexts"}
    return State.UNSUPPORTED if codes & {*unsupported, "critical_header", "digest_algorithm"} else None


def _altered_paper(by_name: _Findings, profile: Profile, register: RegisterAnswer) -> State | None:
    """Say that a paper code is not the one handed out for its page: seal wrong, or other bytes."""
    if profile is not Profile.PAPER_CODE:
        return None
    if not any(_has(by_name, name, Result.FAIL) for name in (CheckName.PROOFS, CheckName.REGISTER)):
        return None
    return State.OFFLINE_BAD if register.knows is RegisterKnows.UNREACHABLE else State.TAMPERED


def _not_authentic(by_name: _Findings) -> State | None:
    if any(_has(by_name, name, Result.FAIL) for name in _AUTHENTICITY[-2:]):
        return State.ISSUER_NOT_TRUSTED
    if any(_has(by_name, name, Result.FAIL) for name in _AUTHENTICITY):
        return State.INVALID
    if any(finding.code in DISPROVING for finding in by_name.values()):
        return State.INVALID
    if _has(by_name, CheckName.REGISTER, Result.FAIL) and _has(by_name, CheckName.PROOFS, Result.PASS):
        return State.SIGNED_BUT_NOT_REGISTERED
    return State.NOT_LOGGED if _has(by_name, CheckName.LOGGED, Result.FAIL) else None


def _is_proved_but_for_compromise(by_name: _Findings) -> bool:
    """Tell whether origin and integrity are proved, or open only because a key was compromised later.

    A compromised key is no proof of forgery (`domain.md` 4), so the document's own end still counts. So does that of
    a form with CSE's signature whose four-proof original was not reached.
    """
    open_names = {it for it in _open_names(by_name) if it not in by_name or by_name[it].code != "original_not_reached"}
    trusted = by_name.get(CheckName.ISSUER_TRUSTED)
    late = trusted is not None and trusted.code == "key_compromised_later"
    return not open_names or (late and open_names == {CheckName.ISSUER_TRUSTED})


def _not_good(by_name: _Findings, profile: Profile, register: RegisterAnswer) -> State | None:
    """Name what is proved not good, by whatever source was reached, even if another was not."""
    if not _is_proved_but_for_compromise(by_name):
        return None
    if register.knows in {RegisterKnows.KNOWN, RegisterKnows.BEHIND}:
        for state, status, reasons in _ENDINGS:
            if register.public_status == status or register.ended in reasons:
                return state
        is_over = CheckName.DATES in by_name and by_name[CheckName.DATES].code == "expired"
        if register.later_term_runs and is_over:
            return State.ENDED_RENEWED
    return _ended_by_bit_or_date(by_name, profile, register)


def _ended_by_bit_or_date(by_name: _Findings, profile: Profile, register: RegisterAnswer) -> State | None:
    offline = profile is Profile.OWN_OFFLINE
    if _has(by_name, CheckName.REVOCATION, Result.FAIL):
        return State.EXPIRED if register.ended == "CLOSED" else State.ENDED_UNSPECIFIED
    if _has(by_name, CheckName.SUSPENSION, Result.FAIL):
        return State.SUSPENDED
    if not _has(by_name, CheckName.DATES, Result.FAIL):
        return None
    if by_name[CheckName.DATES].code == "not_yet_valid":
        return State.OFFLINE_NOT_YET if offline else State.NOT_YET_VALID
    return State.OFFLINE_EXPIRED if offline or register.knows is RegisterKnows.UNREACHABLE else State.EXPIRED


def _not_checked(by_name: _Findings, profile: Profile) -> State | None:
    open_checks = {name for name, finding in by_name.items() if finding.result is Result.UNKNOWN}
    if not open_checks:
        return None
    if profile is Profile.OWN_OFFLINE and by_name[CheckName.ISSUER_TRUSTED].code in _UNPROVEN:
        return State.OFFLINE_UNPROVEN
    rest = open_checks - {CheckName.AGREEMENT}
    if not rest:
        return State.ELIGIBILITY_OPEN if profile.value.startswith("own_") else State.COULD_NOT_CHECK
    if rest <= {CheckName.REVOCATION, CheckName.SUSPENSION, CheckName.REGISTER}:
        return State.OFFLINE_GENUINE if profile is Profile.OWN_OFFLINE else State.STATUS_UNREACHABLE
    return State.COULD_NOT_CHECK


def _good(outcome: Outcome, profile: Profile, register: RegisterAnswer) -> State | None:
    if outcome is not Outcome.VALID:
        return None
    if profile in {Profile.FOREIGN, Profile.CONFORMANCE}:
        return State.VALID_FOREIGN
    if profile is Profile.OWN_OFFLINE:
        return State.OFFLINE_SNAPSHOT
    if register.is_interim:
        return State.VALID_INTERIM
    if register.renewal_due_soon and not register.later_term_approved:
        return State.VALID_NOTICE
    return State.VALID
