"""Membership in a society, how it stands (R-RG-06, T24), and who administers an entry: it moves (T19)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from itertools import takewhile

from issuer.trusted import MERGER, AuthorizationEntry
from registry.domain import clock, refusals, registration, transitions
from registry.domain.actors import Action, Actor, require
from registry.domain.calendar import civil_date, start_of
from registry.domain.changes import EventType, changed
from registry.domain.intake_refusals import MembershipError
from registry.services.decisions import apply_change, require_reference, require_swept
from registry.services.ports import Desk
from registry.services.refusals import CommandError
from registry.services.trust import code_of, require_covered, trust_in_force
from registry.store.register import StoredRegistration
from registry.store.work import Work
from schemas import codes

GOOD, ARREARS, ENDED = "good", "arrears", "ended"
_AT_ONCE = 500
"""Entries that share a transaction."""
Place = tuple[str, str | None]
"""Who administers: a body, and of CSE's custodian body the society for which it acts."""


def is_good(work: Work, member_id: str, society: str, on: date) -> bool:
    """Tell whether a person is in good standing in a society; for whom it imported no file the society answers.

    Nobody is a member of CSE's custodian body: in custody the condition is waived.
    """
    membership = work.members.membership(society=society, member_id=member_id)
    return membership is None or membership.is_good_on(on)


def require_good(work: Work, member_id: str, society: str, on: date) -> None:
    """Raise `MembershipError` unless a person is in good standing in a society (R-AP-01)."""
    if not is_good(work, member_id, society, on):
        raise MembershipError("member_ref", f"is no member of {society} in good standing on {on} (R-AP-01)")


def last_ended(work: Work, on: date) -> dict[Place, AuthorizationEntry]:
    """Return what ended last, or ran out, of each body that has no right on a day (R-AU-05, R-AU-11).

    What it lost before a later authorization tells nothing about where its entries are; of two ends on one day that
    counts in which somebody was named.
    """
    known = work.trust.authorizations()
    running = {_place(one) for one in known if one.runs_on(on)}
    over = sorted((one for one in known if one.over_on <= on), key=lambda one: (one.over_on, one.successor is not None))
    return {place: one for one in over if (place := _place(one)) not in running}


def _place(one: AuthorizationEntry) -> Place:
    return code_of(one.society), code_of(one.acting_for) if one.acting_for is not None else None


def run_out(work: Work, on: date) -> list[AuthorizationEntry]:
    """Return what ran out by a day with no other of its society that runs then: its end is to be recorded (R-AU-05)."""
    return [one for place, one in last_ended(work, on).items() if one.successor is None and place[1] is None]


def _heir(one: AuthorizationEntry) -> str:
    return code_of(one.successor) if one.successor is not None else codes.CUSTODIAN


def way_on(ended: Mapping[Place, AuthorizationEntry], place: Place) -> list[AuthorizationEntry]:
    """Return what passes the entries of a body on, from one to the next, up to who has a right; nothing in a circle.

    After a custody that ran out nobody is next.
    """
    way: list[AuthorizationEntry] = []
    while (one := ended.get(place)) is not None and (one.successor is not None or place[1] is None):
        if one in way:
            return []
        way.append(one)
        place = _heir(one), place[0] if _heir(one) == codes.CUSTODIAN else None
    return way


def successor_of(work: Work, code: str, on: date) -> str:
    """Return whose the open files of a society are on a day: its own, or of the one it merged into (R-AU-11)."""
    merged = takewhile(lambda one: one.cause == MERGER, way_on(last_ended(work, on), (code, None)))
    return [code, *map(_heir, merged)][-1]


def set_standing(
    desk: Desk, society: str, membership_no: str, standing: str, on: date, *, actor: Actor, now: datetime
) -> date | None:
    """Record that a membership ended with a day, that dues are owed from one, or that it is good again.

    The first two are the notice of today: returns the last day to mend it, after which the clock job adds the hold;
    the last lifts it (T24). Raises `NotFoundError`, `CommandError` for a day to come or before the membership.
    """
    require(actor, Action.KEEP_MEMBERSHIP, tenant=society)
    with desk.open_work() as work:
        known, today = work.members.membership(society=society, membership_no=membership_no), civil_date(now)
        if known is None:
            raise refusals.NotFoundError(f"member of {society}", membership_no)
        if not known.from_on <= on <= today:
            raise CommandError(f"{on} is yet to come, or before the membership began", "on")
        ends, owes, notice = known.to_on, known.arrears_on, known.notified_on or today
        told = {GOOD: (None, None, None), ARREARS: (ends, on, notice), ENDED: (on, owes, notice)}[standing]
        after = replace(known, to_on=told[0], arrears_on=told[1], notified_on=told[2])
        numbers = work.register.numbers_of(known.member_id)
        require_swept(desk, now, *map(work.register.answering, numbers))
        work.members.save(after)
        work.register.look_at(numbers)
        work.journal.note("membership", known.member_id, repr(after).encode(), actor=actor, at=now)
        for number in numbers:
            if standing == GOOD and work.register.entry(number).society == society:
                _lift(work, work.register.answering(number), now, membership_no, actor=actor, now=now)
    return clock.last_day_to_rejoin(notice, desk.policy) if standing != GOOD else None


def transfer(desk: Desk, number: str, society: str, decision_ref: str, *, actor: Actor, now: datetime) -> None:
    """Let another society administer an entry: no assessment, and the same number, term and ledger (T19).

    Raises `SocietyNotAuthorizedError`, `MembershipError`, `CommandError` without a membership there.
    """
    require(actor, Action.TRANSFER)
    require_reference(decision_ref)
    with desk.open_work() as work:
        stored, entry, today = work.register.answering(number), work.register.entry(number), civil_date(now)
        require_swept(desk, now, stored)
        if entry.society == society or work.members.membership(society=society, member_id=entry.member_id) is None:
            reason = "administers this entry already, or has no such member: import the member first"
            raise CommandError(f"{society} {reason} (R-RG-06)", "society")
        require_good(work, entry.member_id, society, today)
        place, standard = (society, entry.field, stored.value.grade), stored.value.standard_ref
        trust = trust_in_force(work, now=now)
        require_covered(trust, *place, standard=standard, basis="initial", term_from=today, now=now, is_decided=False)
        move_to(work, stored, society, now, decision_ref, actor=actor, now=now)


def move_to(
    work: Work, one: StoredRegistration, to: str, at: datetime, ref: str, *told: EventType, actor: Actor, now: datetime
) -> None:
    """Let a body administer an entry from `at` (T19), without a hold for what another asked of its member (T24).

    What else is `told` of the same instant comes before the transfer; `ref` is the decision.
    """
    value, reasons = one.value, (f"administered-by-{to.lower()}", "transferred")
    work.register.set_administered(value.register_no, to)
    moved = changed(value, value, EventType.TRANSFERRED, at=at, reasons=reasons, decision_ref=ref)
    events = (*(replace(moved.events[0], type=kind) for kind in told), *moved.events)
    apply_change(work, one, replace(moved, events=events), actor=actor, now=now)
    if is_good(work, value.member_id, to, civil_date(at)):
        _lift(work, one, at, ref, actor=actor, now=now)


def move_due(desk: Desk, until: datetime, *, actor: Actor, now: datetime) -> Counter[str]:
    """Move the administration of entries whose society has no authorization any more by `until` (T19).

    Safe to repeat. What the clock job owes a change first moves at its next run; what is to go on from a society whose
    end is not recorded yet, with that.
    """
    require(actor, Action.SWEEP)
    done = Counter[str]()
    with desk.open_reading() as work:
        due = moving(work, civil_date(until), foretold=False)
    for way, numbers in due:
        with desk.open_work() as work:
            for one in (one for one in way if one.cause == MERGER):
                work.members.pass_on(code_of(one.society), _heir(one), one.state_since)
        for first in range(0, len(numbers), _AT_ONCE):
            with desk.open_work() as work:
                move = partial(_move, desk, work, way, actor=actor, now=now)
                done["transfer"] += sum(map(move, numbers[first : first + _AT_ONCE]))
    return +done


def moving(work: Work, on: date, *, foretold: bool = True) -> list[tuple[list[AuthorizationEntry], list[str]]]:
    """Return the numbers that move by a day, with what passes them on, also, if `foretold`, ends not recorded yet."""
    ended = last_ended(work, on)
    ways = {place: way_on(ended, place) for place in ended}
    due = [place for place, way in ways.items() if way and (foretold or all(one.successor for one in way))]
    return [(ways[place], _numbers(work, *place, on)) for place in due]


def _numbers(work: Work, code: str, acting_for: str | None, on: date) -> list[str]:
    """Return the numbers that a body administers; in custody those of a society, and of what merged into it before."""
    if acting_for is None:
        return work.register.administered_by(code)
    assessed = [one for one in codes.SOCIETIES if successor_of(work, one, on) == acting_for]
    found = work.register.administered_by(code, assessed_by=assessed)
    return [one for one in found if work.register.answering(one).value.assessing_society in assessed]


def _move(
    desk: Desk, work: Work, way: Sequence[AuthorizationEntry], number: str, *, actor: Actor, now: datetime
) -> bool:
    if any(one.at <= now for one in clock.due(work.register.answering(number).value, desk.policy)):
        return False
    for one in way:
        # What was decided since that midnight stays the last word about the time after it.
        at = max([start_of(one.state_since), *(event.effective_at for event in work.journal.events(number))])
        named = () if _heir(one) == codes.CUSTODIAN or one.cause == MERGER else (EventType.CUSTODIAN_NAMED,)
        stored, ref = work.register.answering(number), one.decision_ref or ""
        move_to(work, stored, _heir(one), at, ref, *named, actor=actor, now=now)
    return True


def _lift(work: Work, stored: StoredRegistration, at: datetime, ref: str, *, actor: Actor, now: datetime) -> None:
    kind = registration.HoldKind.MEMBERSHIP
    if any(hold.kind is kind for hold in stored.value.entry_holds):
        change = transitions.lift(stored.value, kind, at, kind.lower(), decision_ref=ref)
        apply_change(work, stored, change, actor=actor, now=now)
