"""What the clock owes a registration, and from when (domain 3.5, R-DT-08): T2, T4, T5, T6i, T8, T24, the end of a T11.

The one home of these dates: the clock job carries them out, and an answer is indeterminate while it is late (R-DT-11).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from operator import attrgetter

from registry.domain import lifecycle, refusals, renewal, transitions
from registry.domain.calendar import anniversary, civil_date, day_after, deadline_days, start_of
from registry.domain.changes import Change
from registry.domain.policy import DEFAULT_POLICY, Policy, grace_end
from registry.domain.registration import DEFER_LAPSE, Hold, HoldKind, Life, Registration, Term

CORRECTED = timedelta(minutes=DEFAULT_POLICY.sweep_late_minutes)
"""Clocks are corrected by less, and two acts at once do not end in the order of theirs."""
REFERENCE = "clock"
"""The reference of what no decision but time brings about."""
EXPIRY, INTERIM = "expiry", "interim"
"""Every answer computes them anyway, so that nothing waits for the clock job."""
_REOPENED_DAYS = 60
UNUSED = "interim-unused"
LAPSES = {"lapse.cpd": "cpd_lapse", "lapse.renewal": "renewal_lapse", UNUSED: "unused"}
"""What sets R, which never falls again, with the reason of its event."""


@dataclass(frozen=True, slots=True)
class Due:
    """One change that time alone brings about, in effect from `at`."""

    name: str
    at: datetime
    move: Callable[[Registration], Change]
    on_person: bool | None = None
    """Where the hold sits that it sets or lifts; None if it does neither."""


def due(registration: Registration, policy: Policy) -> list[Due]:
    """Return what will become due on a registration as it is recorded now, the earliest first.

    A hold has its own end, also when the registration has ended before.
    """
    return sorted(_all_due(registration, policy), key=attrgetter("at"))


def course(registration: Registration, until: datetime, policy: Policy) -> Iterator[Due]:
    """Give what becomes due by `until` if nothing but time acts: each change counts for those after it."""
    while (one := next(iter(due(registration, policy)), None)) is not None and one.at <= until:
        yield one
        registration = one.move(registration).registration


def _all_due(registration: Registration, policy: Policy) -> Iterator[Due]:
    """Give what will become due; of what falls on one instant, the expiry comes first."""
    last = registration.last_term()
    if last is not None and (registration.life is Life.CURRENT or (registration.is_live and last.is_prolonged)):
        at = start_of(day_after(last.interim_until_on or last.end_on))
        extend = partial(renewal.extend_interim, at=at, policy=policy, decision_ref=REFERENCE)
        expire = partial(lifecycle.expire, at=at, decision_ref=REFERENCE)
        until = last.timely_until_on if last.interim_until_on is not None else None
        if until is not None and not last.is_prolonged and start_of(day_after(until)) <= at:
            at = start_of(day_after(until))
            yield Due(UNUSED, at, partial(renewal.end_unused, at=at, decision_ref=REFERENCE))
        else:
            yield Due(INTERIM, at, extend) if last.is_prolonged or until is not None else Due(EXPIRY, at, expire)
    if (held := registration.cpd_hold_at) is not None and cpd_hold(registration) is None:
        yield Due("hold.cpd", held, partial(_hold_for_cpd, at=held), on_person=True)
    for hold in registration.holds:
        if (over := hold.over_at) is not None:
            on_person = hold in registration.person_holds
            lift = partial(transitions.lift, kind=hold.kind, at=over, reason_code=hold.kind.lower())
            yield Due("sanction-over", over, partial(lift, on_person=on_person), on_person)
        if hold.kind is HoldKind.CPD and registration.is_live:
            at = max(_reopened(registration, anniversary(civil_date(hold.since), 1)), registration.life_since)
            at = max(at, registration.cpd_lapse_at or at)
            yield Due("lapse.cpd", at, _ending(lifecycle.CPD_LAPSE, at))
    yield from _membership_ends(registration, policy)
    until = grace_until(registration, policy)
    if until is not None and registration.is_live:
        at = _reopened(registration, day_after(until))
        yield Due("lapse.renewal", at, _ending(lifecycle.RENEWAL_LAPSE, at))


def _membership_ends(registration: Registration, policy: Policy) -> Iterator[Due]:
    """Give the hold that follows when a membership is neither mended nor moved in time (R-RG-06, T24)."""
    notice = registration.membership_notice_on
    runs = any(hold.kind is HoldKind.MEMBERSHIP for hold in registration.entry_holds)
    if notice is not None and registration.is_live and not runs:
        at = max(_reopened(registration, day_after(last_day_to_rejoin(notice, policy))), registration.life_since)
        hold = Hold(HoldKind.MEMBERSHIP, at, None, REFERENCE)
        yield Due("hold.membership", at, partial(transitions.suspend, hold=hold, at=at, reason_code="membership"))


def last_day_to_rejoin(notice_on: date, policy: Policy) -> date:
    """Return the last day on which a membership can be mended without a hold (R-RG-06)."""
    return deadline_days(notice_on, policy.on(notice_on).member_rejoin_days)


def _reopened(registration: Registration, on: date) -> datetime:
    """Return when a day begins on which something lapses, or the end of the 60 days after an error (T23)."""
    if registration.reopened_at is None:
        return start_of(on)
    return start_of(max(on, day_after(reopened_until(registration.reopened_at))))


def reopened_until(corrected_at: datetime) -> date:
    """Return the last day on which an act counts as in time whose deadline ran out during an error (T23)."""
    return deadline_days(civil_date(corrected_at), _REOPENED_DAYS)


def ran_out(last_on: date, began_at: datetime, at: datetime) -> bool:
    """Tell whether a deadline ran out during an error that began, and was mended, at these instants (T23)."""
    return civil_date(began_at) <= last_on < civil_date(at)


def reopened(term: Term, began_at: datetime, at: datetime) -> Term:
    """Return a term with more days in which its renewal is in time, if it ran out during an error (T23)."""
    is_open_again = ran_out(term.timely_until_on or term.end_on, began_at, at)
    return replace(term, timely_until_on=reopened_until(at)) if is_open_again else term


def grace_until(registration: Registration, policy: Policy) -> date | None:
    """Return the last day on which a renewal may be filed (R-RN-07).

    None without a term, while a complete renewal is undecided, and while a hold defers the lapse (T8).
    """
    last = registration.last_term()
    if last is None or last.filed_at is not None or any(hold.kind in DEFER_LAPSE for hold in registration.holds):
        return None
    days_after = policy.on(last.end_on)
    prolonging = (
        (last.interim_closed_at, days_after.renewal_grace_after_interim_days),
        (registration.review_ended_at, days_after.renewal_grace_after_hold_days),
        (last.refused_at, 0),
    )
    days = [deadline_days(civil_date(at), more) for at, more in prolonging if at is not None]
    return max([grace_end(last.end_on, policy), *days])


def cpd_hold(registration: Registration) -> Hold | None:
    """Return the CPD hold that runs on the person, if one does."""
    return next((hold for hold in registration.person_holds if hold.kind is HoldKind.CPD), None)


def _hold_for_cpd(registration: Registration, at: datetime) -> Change:
    hold = Hold(HoldKind.CPD, at, None, REFERENCE)
    if registration.is_live:
        return transitions.suspend(registration, hold, at, HoldKind.CPD.lower())
    return _without_effect(registration, registration.person_holds | {hold})


def lift_for_cpd(registration: Registration, at: datetime, decision_ref: str) -> Change:
    """Take the CPD hold from a person of whom no year is UNCURED any more (T3). Raises `HoldMissingError`."""
    change = transitions.lift(registration, HoldKind.CPD, at, HoldKind.CPD.lower(), decision_ref=decision_ref)
    return change if registration.is_live else _without_effect(registration, change.registration.person_holds)


def _without_effect(registration: Registration, person_holds: frozenset[Hold]) -> Change:
    """Change the holds of a person whose registration has ended: nothing is told of it (R-CPD-17)."""
    return Change(replace(registration, person_holds=person_holds), (), None)


def _ending(ending: lifecycle.Ending, at: datetime) -> Callable[[Registration], Change]:
    return partial(lifecycle.end, ending=ending, at=at, decision_ref=REFERENCE)


def require_forward(newest: datetime, at: datetime) -> None:
    """Raise `ClockJumpError` if `at` lies before what was recorded last, by more than clocks are corrected by."""
    if at < newest - CORRECTED:
        raise refusals.ClockJumpError(newest.isoformat(), at.isoformat())


def is_overrun(hold: Hold, at: datetime, policy: Policy) -> bool:
    """Tell whether the clock job is late with the end of a fixed-term `hold` (T11, R-DT-11)."""
    return hold.over_at is not None and _is_late(at, hold.over_at, policy)


def is_behind(registration: Registration, at: datetime, policy: Policy) -> bool:
    """Tell whether the clock job is more than 15 minutes late with what changes an answer (R-DT-11).

    Nothing changes the answer about a registration that has ended.
    """
    since = owed_since(registration, at, policy) if registration.is_live else None
    return since is not None and _is_late(at, since, policy)


def owed_since(registration: Registration, at: datetime, policy: Policy) -> datetime | None:
    """Return since when time has changed a registration in a way that is neither recorded nor computed; else None."""
    owed = (one.at for one in due(registration, policy) if one.name not in {EXPIRY, INTERIM, UNUSED})
    return next((since for since in owed if since <= at), None)


def _is_late(at: datetime, since: datetime, policy: Policy) -> bool:
    return at > since + timedelta(minutes=policy.on(civil_date(at)).sweep_late_minutes)
