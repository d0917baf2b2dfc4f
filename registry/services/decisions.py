"""Decisions about a registration: suspend, lift, withdraw, death. Each is one transaction with its events.

None is made on a registration that the clock job owes a change: it would undo, or build upon, what is over already.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from registry.domain import approvals, calendar, changes, clock, lifecycle, refusals, renewal, transitions
from registry.domain.actors import Action, Actor, Role, require
from registry.domain.changes import Change
from registry.domain.registration import Hold, HoldKind, Registration
from registry.services.cpd import FROM_YEAR
from registry.services.ports import Desk
from registry.services.refusals import CommandError
from registry.store.register import Entry, StoredRegistration
from registry.store.work import Work
from schemas.names import has_control_character
from schemas.refusals import translated

ENDINGS = ("revocation", "annulment")
"""The kinds of proposals that end a registration; `rulings` carries them out."""
_Move = Callable[[Registration], Change]
"""A transition, with all but the registration it starts from."""


@dataclass(frozen=True, slots=True)
class Suspension:
    """A hold to add: its kind, the decision, and the last day of a fixed term."""

    number: str
    kind: HoldKind
    decision_ref: str
    until_on: date | None = None


def suspend_registration(desk: Desk, command: Suspension, *, actor: Actor, now: datetime) -> None:
    """Add a hold, in effect at once (T2, T10, T11, T18, T24).

    A hold of the person falls on every live registration of theirs, with an event for each. Raises the
    refusals of `domain.transitions.suspend`, and `CommandError` for a hold that facts on file alone set.
    """
    require_reference(command.decision_ref)
    hold = Hold(command.kind, now, command.until_on, command.decision_ref)
    move = partial(transitions.suspend, hold=hold, at=now, reason_code=command.kind.lower())
    _change_holds(desk, command.number, Action.SUSPEND, command.kind, move, actor=actor, now=now)


def lift_hold(desk: Desk, number: str, kind: HoldKind, *, decision_ref: str, actor: Actor, now: datetime) -> None:
    """Take away a hold by a decision; no other hold is touched. What the appeal panel lifts was no sanction.

    Raises `HoldMissingError` if there is none, `CpdHoldError` while a CPD year of the person is UNCURED, `CommandError`
    while the membership is not mended.
    """
    require_reference(decision_ref)
    reason = transitions.APPEAL if actor.role is Role.APPEAL_PANEL else kind.lower()
    move = partial(transitions.lift, kind=kind, at=now, reason_code=reason, decision_ref=decision_ref)
    _change_holds(desk, number, Action.LIFT, kind, move, actor=actor, now=now)


def _change_holds(
    desk: Desk, number: str, action: Action, kind: HoldKind, move: _Move, *, actor: Actor, now: datetime
) -> None:
    """Make a `move` of the registration of a number, and record it for every registration on which the hold falls."""
    with desk.open_work() as work:
        entry = work.register.entry(number)
        require(actor, action, tenant=entry.society, hold=kind)
        _require_open_to_decision(work, entry, action, kind, calendar.civil_date(now))
        stored = work.register.answering(number)
        owed = stored.value.cpd_hold_at if (action, kind) == (Action.LIFT, HoldKind.CPD) else None
        if owed is not None and owed <= now:
            raise refusals.CpdHoldError(number, owed.isoformat())
        require_swept(desk, now, stored, *(other_registrations(work, stored) if kind.on_person else ()))
        apply_hold(work, stored, move, on_person=kind.on_person, actor=actor, now=now)


def _require_open_to_decision(work: Work, entry: Entry, action: Action, kind: HoldKind, today: date) -> None:
    """Raise `CommandError` for a hold that follows from a ledger or a membership on file (R-CPD-12, R-RG-06)."""
    setting, begun = action is Action.SUSPEND, work.trust.fact(FROM_YEAR)
    # In its first year a ledger tells nothing yet: what went before it was kept elsewhere.
    if setting and kind is HoldKind.CPD and begun is not None and today.year > int(begun):
        raise CommandError("a ledger is kept: this hold follows from it alone, by the clock job (R-CPD-12)", "reason")
    membership = work.members.membership(member_id=entry.member_id, society=entry.society)
    if kind is not HoldKind.MEMBERSHIP or membership is None:
        return
    if setting:
        way = "90 days after a notice, which cse member standing records"
        raise CommandError(f"the membership is on file: the clock job adds this hold {way} (R-RG-06)", "reason")
    if not membership.is_good_on(today):
        raise CommandError("the membership is not mended: cse member standing lifts the hold (R-RG-06)", "reason")


def require_swept(desk: Desk, now: datetime, *concerned: StoredRegistration) -> None:
    """Raise `RegisterBehindError` if the clock job owes one of them a change."""
    for value in (one.value for one in concerned):
        since = clock.owed_since(value, now, desk.policy)
        if since is not None:
            raise refusals.RegisterBehindError(value.register_no, since.isoformat())


def apply_hold(
    work: Work, stored: StoredRegistration, move: _Move, *, on_person: bool, actor: Actor, now: datetime
) -> int:
    """Record the `move` of a hold, and return on how many registrations it falls, with an event for each.

    One of the person falls on every live registration of theirs.
    """
    others = other_registrations(work, stored) if on_person else []
    changes = [move(one.value) for one in (stored, *others)]
    work.register.save(stored, changes[0].registration, at=now)
    for one, change in zip((stored, *others), changes, strict=True):
        work.journal.record(change, place=one.seq, actor=actor.person, at=now)
    return len(changes)


def lift_without_cause(work: Work, number: str, *, decision_ref: str, actor: Actor, now: datetime) -> int:
    """Take the CPD hold from a person of whom no year is UNCURED any more (T3), and return on how many it falls.

    One that a person set by a decision is lifted by a decision.
    """
    stored = work.register.answering(number)
    hold, hold_at = clock.cpd_hold(stored.value), stored.value.cpd_hold_at
    if hold is None or hold.decision_ref != clock.REFERENCE or (hold_at is not None and hold_at <= now):
        return 0
    move = partial(clock.lift_for_cpd, at=now, decision_ref=decision_ref)
    return apply_hold(work, stored, move, on_person=True, actor=actor, now=now)


def other_registrations(work: Work, stored: StoredRegistration) -> list[StoredRegistration]:
    """Return the live registrations that the same person holds in other fields."""
    numbers = work.register.numbers_of(stored.value.member_id)
    found = [work.register.answering(number) for number in numbers if number != stored.value.register_no]
    return [one for one in found if one.value.is_live]


def apply_change(work: Work, stored: StoredRegistration, change: Change, *, actor: Actor, now: datetime) -> None:
    """Record a change of a registration: what it is now, its events, and the end of its certificates.

    Every certificate that has not ended yet ends, of what lives on every interim; its suspension bit keeps the value it
    has (`domain.md` 3.4).
    """
    work.register.save(stored, change.registration, at=now)
    if change.ended is not None:
        if not (lives := change.registration.is_live):
            work.renewals.close_waiting(stored.value.register_no, at=now)
        for certificate in work.certificates.of_registration(stored.value.register_no, stored.seq):
            if certificate.ended is None and (not lives or certificate.basis == renewal.INTERIM):
                ended = changes.ended_of(certificate.valid_from, change.ended)
                work.certificates.end(certificate.page_id, ended, suspension=bool(stored.value.holds))
    work.journal.record(change, place=stored.seq, actor=actor.person, at=now)


def require_reference(decision_ref: str) -> None:
    """Raise `CommandError` unless the decision has a reference that can be read."""
    if not decision_ref.strip() or has_control_character(decision_ref):
        raise CommandError("what is decided needs the reference of its decision, in letters that print", "decision")


def keep_proposal(work: Work, proposal: approvals.Proposal, *, subject: str) -> str:
    """Keep a proposal for a second person, and return its digest; exactly the same one, still open, is kept once.

    Raises `CommandError` if exactly this was proposed before, and confirmed or taken back.
    """
    done = "exactly this was proposed before and is confirmed or taken back: give it a decision of its own"
    if not work.proposals.add(proposal, subject=subject):
        with translated(refusals.NotFoundError, to=CommandError(f"{subject}: {done}", "decision")):
            work.proposals.open(proposal.digest, proposal.kind)
    return proposal.digest


def withdraw(desk: Desk, number: str, *, decision_ref: str, actor: Actor, now: datetime) -> None:
    """End a registration at the holder's own request (T9).

    Raises `ConductPendingError` while a case, or a proposal to revoke or annul it, is open.
    """
    require_reference(decision_ref)
    with desk.open_work() as work:
        require(actor, Action.WITHDRAW, tenant=work.register.entry(number).society)
        stored = work.register.answering(number)
        require_swept(desk, now, stored)
        if any(work.proposals.open_bodies(kind, number) for kind in ENDINGS):
            raise refusals.ConductPendingError(number)
        change = lifecycle.withdraw(stored.value, at=now, decision_ref=decision_ref)
        apply_change(work, stored, change, actor=actor, now=now)


def record_death(desk: Desk, number: str, died_on: date, *, decision_ref: str, actor: Actor, now: datetime) -> None:
    """Record the death of the person who holds a number: every registration of theirs that may end so ends (T15).

    It counts from the day of death, which is kept with the person. Raises `CommandError` for a day to come or before
    a registration, and if a death is recorded already.
    """
    require_reference(decision_ref)
    with desk.open_work() as work:
        entry = work.register.entry(number)
        require(actor, Action.RECORD_DEATH, tenant=entry.society)
        member = work.register.member(entry.member_id)
        if died_on > calendar.civil_date(now):
            raise CommandError(f"{number}: {died_on} is yet to come")
        if member is not None and member.deceased_on is not None:
            raise CommandError(f"{number}: the death of its holder is recorded already")
        work.register.set_deceased(entry.member_id, died_on)
        work.journal.note("death-recorded", number, f"{died_on} {decision_ref}".encode(), actor=actor, at=now)
        numbers = work.register.numbers_of(entry.member_id)
        held = [one for other in numbers for one in work.register.registrations(other)]
        ending = [one for one in held if one.value.life in lifecycle.DEATH.before]
        require_swept(desk, now, *ending)
        for stored in ending:
            if stored.value.grade_since_on > died_on:
                reason = f"registered after {died_on}: if that is the day, annul what was registered after it first"
                raise CommandError(f"{stored.value.register_no} was {reason} (T13)")
            change = lifecycle.decease(stored.value, died_on, recorded_at=now, decision_ref=decision_ref)
            apply_change(work, stored, change, actor=actor, now=now)
