"""Re-registration and restoration: when they may be filed, what they need, and which term they give (domain 3.7)."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from registry.domain import lifecycle
from registry.domain.calendar import anniversary, civil_date, day_after, deadline_days, term_end
from registry.domain.changes import Change, EventType, changed, interim_ended
from registry.domain.cpd import OWED, YearState
from registry.domain.policy import Policy
from registry.domain.refusals import NotLiveError
from registry.domain.registration import Hold, HoldKind, Life, RegisterEntry, Registration, Term, TermOrigin, next_term
from registry.domain.renewal_refusals import RenewalMissingError

INTERIM = "interim"
"""The basis of an interim certificate."""
_ENDS = {"refused": "REFUSED", "withdrawn": "FILE_WITHDRAWN", "unused": "UNUSED"}
"""Why an interim ends without approval, by the reason of the file (3.4)."""
RESTORABLE = frozenset({Life.LAPSED, Life.WITHDRAWN})
"""The lives from which a restoration leads back (T16)."""


def interim_until(end_on: date, on: date, policy: Policy) -> date:
    """Return the last day of the interim that runs on `on`: 60 days at a time from the end of the term (R-RN-05)."""
    days = policy.on(end_on).renewal_interim_days
    return deadline_days(end_on, days * -(-max((on - end_on).days, 1) // days))


def missing_for_renewal(holds: Iterable[Hold], years: Collection[YearState]) -> list[str]:
    """Return what keeps a complete renewal from approval, as `renewal_refusals.NEEDS` names it (R-RN-03).

    `years` are those of the term, in their states today: what is not assessed yet is not required. No hold but that
    of CPD stops it.
    """
    asked = {
        "cpd.hold": all(hold.kind is not HoldKind.CPD for hold in holds),
        "cpd.uncured": YearState.UNCURED not in years,
        "cpd.in-cure": YearState.SHORTFALL not in years,
    }
    return [name for name, is_met in asked.items() if not is_met]


def is_with_cse(days: tuple[date, date | None], completed_at: datetime | None, on: date, policy: Policy) -> bool:
    """Tell whether a file that was complete in time, and that nobody decided, has passed to CSE (R-RN-05).

    `days` are the end of the term in view and, if one is in time until later (R-PR-07, T23), the last for that: the
    days of such a file run from when it was complete.
    """
    end_on, timely_until_on = days
    complete_on = civil_date(completed_at) if completed_at is not None else date.max
    is_timely = complete_on <= (timely_until_on or end_on)
    return is_timely and on >= deadline_days(max(end_on, complete_on), policy.on(end_on).renewal_escalate_day)


def simple_until(ended_on: date, policy: Policy) -> date:
    """Return the last day to file a restoration without full assessment: before the third anniversary (R-RN-08)."""
    return anniversary(ended_on, policy.on(ended_on).restore_simple_years) - timedelta(days=1)


def missing_for_restoration(
    recent: Decimal, owed: Iterable[YearState], *, is_simple: bool, is_assessed: bool, policy: Policy
) -> list[str]:
    """Return what keeps a restoration from approval (R-RN-08 to R-RN-10).

    `recent` are the hours of the 12 months before filing, without those that made up what was `owed` at the end, which
    is given in its states today; assessed is a material review or, where it is not simple, all that is asked of a new
    applicant.
    """
    asked = {
        "cpd.recent": not is_simple or recent >= policy.restore_cpd_hours,
        "cpd.owed": OWED.isdisjoint(owed),
        "review" if is_simple else "assessment": is_assessed,
    }
    return [name for name, is_met in asked.items() if not is_met]


def renew(
    registration: Registration, entry: RegisterEntry, *, at: datetime, decision_ref: str, policy: Policy
) -> Change:
    """Give the next term by the approval of the renewal that waits (T6, T7). Raises `RenewalMissingError`.

    Without a gap if it was filed on time (R-RN-06). In grace it starts with the approval and ends as if it had been
    renewed on time (R-RN-07). `entry` is what the register entry holds.
    """
    last = _required_file(registration)
    start_on = day_after(last.end_on)
    origin, reason, since = TermOrigin.RENEWAL, "renewed", registration.life_since
    end_on = term_end(start_on, years=policy.on(start_on).term_years)
    if not last.is_prolonged:
        start_on, origin, reason, since = civil_date(at), TermOrigin.LATE_RENEWAL, "renewed.late", at
    decided = _with_last(registration, replace(last, filed_at=None, promotion_filed_at=None, timely_until_on=None))
    terms = (*decided.terms, next_term(entry, start_on, end_on, origin))
    after = replace(decided, life=Life.CURRENT, life_since=since, terms=terms)
    change = changed(registration, after, EventType.RENEWED, at=at, reasons=reason, decision_ref=decision_ref)
    return replace(change, ended=interim_ended(INTERIM.upper(), at))


def extend_interim(registration: Registration, *, at: datetime, policy: Policy, decision_ref: str) -> Change:
    """Record that an interim runs from `at`, for its next days (T6i). Raises `RenewalMissingError`.

    What had expired lives on in it when its renewal is in time by a deadline that is open again (T23).
    """
    last = _required_file(registration, "filed_at", "promotion_filed_at", "timely_until_on")
    runs = replace(last, interim_until_on=interim_until(last.end_on, civil_date(at), policy))
    after = replace(_with_last(registration, runs), life=Life.CURRENT)
    return changed(registration, after, EventType.INTERIM_EXTENDED, at=at, reasons=INTERIM, decision_ref=decision_ref)


def close(
    registration: Registration, *, at: datetime, reason: str, decision_ref: str, promotion_days: int | None = None
) -> Change:
    """Take what waits away, refused or withdrawn: an interim that runs ends with it, unless another keeps it (T6r).

    `reason` is that of the file. After a promotion so many days remain to file the renewal as in time (R-PR-07); None
    is a renewal. Raises `RenewalMissingError`.
    """
    last = _required_file(registration, "filed_at" if promotion_days is None else "promotion_filed_at")
    runs = last.is_prolonged and civil_date(at) > last.end_on
    decided = {"filed_at": None, "refused_at": at} if promotion_days is None else {"promotion_filed_at": None}
    closed = replace(last, **decided)
    if not runs or closed.is_prolonged:
        return Change(_with_last(registration, closed), (), None)
    if promotion_days is not None:
        until = deadline_days(civil_date(at), promotion_days)
        closed = replace(closed, timely_until_on=max(until, last.timely_until_on or until))
    if not promotion_days and not closed.is_prolonged:
        return _without_interim(registration, closed, at=at, reason=reason, decision_ref=decision_ref)
    after, told, reasons = _with_last(registration, closed), EventType.INTERIM_EXTENDED, (reason, INTERIM)
    return changed(registration, after, told, at=at, reasons=reasons, decision_ref=decision_ref)


def end_unused(registration: Registration, *, at: datetime, decision_ref: str) -> Change:
    """End an interim in which nothing was filed after a promotion failed (T6r). Raises `RenewalMissingError`."""
    last = _required_file(registration, "timely_until_on")
    return _without_interim(registration, last, at=at, reason="unused", decision_ref=decision_ref)


def _without_interim(registration: Registration, last: Term, *, at: datetime, reason: str, decision_ref: str) -> Change:
    # A deadline that is open again (T23) stays so: what is filed by then is in time all the same.
    until = last.timely_until_on if last.timely_until_on and last.timely_until_on > civil_date(at) else None
    closed = replace(last, interim_until_on=None, interim_closed_at=at, timely_until_on=until)
    change = lifecycle.expire(_with_last(registration, closed), at=at, decision_ref=decision_ref)
    event = replace(change.events[0], type=EventType.CRED_CLOSED, reason_code=reason, public_reason="interim-closed")
    return replace(change, events=(event, *change.events), ended=interim_ended(_ENDS[reason], at))


def restore(
    registration: Registration, entry: RegisterEntry, *, at: datetime, decision_ref: str, policy: Policy
) -> Change:
    """Give a new term to what lapsed or was withdrawn, from the instant of approval (T16). Raises `NotLiveError`."""
    if registration.life not in RESTORABLE:
        raise NotLiveError(registration.register_no, registration.life, "restoration")
    start_on = civil_date(at)
    term = next_term(entry, start_on, term_end(start_on, years=policy.on(start_on).term_years), TermOrigin.RESTORATION)
    after = replace(registration, life=Life.CURRENT, life_since=at, terms=(*registration.terms, term))
    return changed(registration, after, EventType.REINSTATED, at=at, reasons="restored", decision_ref=decision_ref)


def _required_file(registration: Registration, *waiting: str) -> Term:
    """Return the last term, of which a renewal or what is named waits. Raises `RenewalMissingError`, `NotLiveError`."""
    last = registration.last_term()
    if not registration.is_live:
        raise NotLiveError(registration.register_no, registration.life, "renewal")
    if last is None or not any(getattr(last, name) for name in waiting or ("filed_at",)):
        raise RenewalMissingError(registration.register_no)
    return last


def _with_last(registration: Registration, last: Term) -> Registration:
    return replace(registration, terms=tuple(last if one.seq == last.seq else one for one in registration.terms))
