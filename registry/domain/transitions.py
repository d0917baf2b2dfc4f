"""The transitions of a registration (domain 3.5): T1, T2, T3, T10, T11, T18, T24.

Each takes the registration as recorded and gives back a `Change` to record; nothing
is changed in place. The right of the actor, a second person and a final decision are
asked before, by the use case. A change with a later stated instant is recorded when
that instant comes: holds and ends count once recorded (R-DT-11).
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from registry.domain import calendar, refusals
from registry.domain.changes import Admission, Change, EventType, changed
from registry.domain.policy import DEFAULT_POLICY, Policy
from registry.domain.registration import Hold, HoldKind, Life, RegisterEntry, Registration, TermOrigin, next_term

APPEAL = "appeal"
"""Why a hold was lifted that an appeal stayed or undid: it was no sanction then (R-AP-11)."""
_ADMITTED = ("register_no", "member_id", "grade", "assessing_society", "standard_ref")
# Both administrative kinds read the same: the public learns of no finding (T18).
_PUBLIC_REASONS = {
    HoldKind.CPD: "suspended.cpd",
    HoldKind.CONDUCT_INTERIM: "suspended.pending-proceedings",
    HoldKind.CONDUCT_SANCTION: "suspended.fixed-term",
    HoldKind.IDENTITY: "suspended.administrative-review",
    HoldKind.SOCIETY_REVIEW: "suspended.administrative-review",
    HoldKind.MEMBERSHIP: "suspended.society-membership",
}


def register(
    admission: Admission,
    *,
    at: datetime,
    entry: RegisterEntry | None = None,
    policy: Policy = DEFAULT_POLICY,
    origin: TermOrigin = TermOrigin.INITIAL,
) -> Change:
    """Enter a new registration at `at` (T1); its term starts on that day (R-RG-02).

    `entry` is what the register entry, if there is one, and its person hold
    already: running holds apply to the new registration too (3.3). Raises
    `DecisionLaterError`, `LiveRegistrationError` or `OtherEntryError`.
    """
    before = entry or RegisterEntry()
    start_on = calendar.civil_date(at)
    if admission.decided_on > start_on:
        raise refusals.DecisionLaterError(admission.decided_on, start_on)
    _require_free_entry(admission, before)
    told: dict[str, Any] = {name: getattr(admission, name) for name in _ADMITTED}
    told |= {"person_holds": before.person_holds, "entry_holds": before.entry_holds, "grade_since_on": start_on}
    term = next_term(before, start_on, calendar.term_end(start_on, years=policy.term_years), origin)
    after = Registration(life=Life.CURRENT, life_since=at, terms=(term,), **told)
    return changed(None, after, EventType.REGISTERED, at=at, reasons="registered", decision_ref=admission.decision_ref)


def suspend(
    registration: Registration, hold: Hold, at: datetime, reason_code: str, *, on_person: bool | None = None
) -> Change:
    """Add `hold`, notified at `at`, in effect from `hold.since`.

    T2, T10, T11, T18, T24. `on_person` says where a conduct hold sits: the person (scope all_fields, which
    is also the default) or, when false, this entry. Raises `NotLiveError`,
    `HoldExistsError`, `HoldPlaceError`, `HoldPeriodError` or `BackDatedError`.
    """
    if not registration.is_live:
        raise refusals.NotLiveError(registration.register_no, registration.life, "suspend")
    if hold.since < at:
        raise refusals.BackDatedError(at.isoformat(), hold.since.isoformat())
    _require_period(hold)
    to_person = hold.kind.on_person if on_person is None else on_person
    there = registration.person_holds if to_person else registration.entry_holds
    if any(running.kind is hold.kind for running in there):
        raise refusals.HoldExistsError(registration.register_no, hold.kind)
    after = _with_holds(registration, there | {hold}, on_person=to_person)
    reasons, reference = (reason_code, _PUBLIC_REASONS[hold.kind]), hold.decision_ref
    return changed(registration, after, EventType.HOLD_ADDED, at=hold.since, reasons=reasons, decision_ref=reference)


def lift(
    registration: Registration,
    kind: HoldKind,
    at: datetime,
    reason_code: str,
    *,
    on_person: bool | None = None,
    decision_ref: str | None = None,
) -> Change:
    """Take away the one hold of `kind`, in effect from `at`; any other stays.

    `decision_ref` is the decision that lifts it; without one it is over by the decision that set it.

    Also possible when the registration has ended: a hold lasts until its own end.
    `on_person` is needed only when the kind runs on both places. Raises
    `HoldMissingError` or `HoldAmbiguousError`.
    """
    hold, from_person = _running(registration, kind, on_person=on_person)
    there = registration.person_holds if from_person else registration.entry_holds
    after = _with_holds(registration, there - {hold}, on_person=from_person)
    reference = decision_ref or hold.decision_ref
    reasons = (reason_code, "hold-lifted")
    is_over = hold.over_at is not None and at >= hold.over_at
    event = EventType.SUSPENSION_TERM_ENDED if is_over else EventType.HOLD_LIFTED
    return changed(registration, after, event, at=at, reasons=reasons, decision_ref=reference)


def _require_free_entry(admission: Admission, entry: RegisterEntry) -> None:
    for held in entry.registrations:
        if (held.register_no, held.member_id) != (admission.register_no, admission.member_id):
            raise refusals.OtherEntryError(admission.register_no, held.register_no)
        if held.is_live:
            raise refusals.LiveRegistrationError(held.register_no, held.grade)


def _require_period(hold: Hold) -> None:
    # 1 to 24 months (R-CC-04): the first day may be counted, as of a term, or not, as of a deadline.
    shortest, latest = (calendar.deadline_months(calendar.civil_date(hold.since), months) for months in (1, 24))
    is_sound = shortest - timedelta(days=1) <= (hold.until_on or date.min) <= latest
    if not is_sound if hold.kind is HoldKind.CONDUCT_SANCTION else hold.until_on is not None:
        raise refusals.HoldPeriodError(hold.kind)


def _running(registration: Registration, kind: HoldKind, *, on_person: bool | None) -> tuple[Hold, bool]:
    places = ((True, registration.person_holds), (False, registration.entry_holds))
    found = [(hold, on) for on, holds in places for hold in holds if hold.kind is kind and on_person in {None, on}]
    if not found:
        raise refusals.HoldMissingError(registration.register_no, kind)
    if len(found) > 1:
        raise refusals.HoldAmbiguousError(registration.register_no, kind)
    return found[0]


def _with_holds(registration: Registration, holds: frozenset[Hold], *, on_person: bool) -> Registration:
    return replace(registration, person_holds=holds) if on_person else replace(registration, entry_holds=holds)
