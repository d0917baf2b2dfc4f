"""Decisions about a registration: suspend, lift, revoke. Each is one transaction with its events."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from registry.domain import approvals, refusals, status, transitions
from registry.domain.actors import Action, Actor, require
from registry.domain.changes import Change, GroundClass
from registry.domain.registration import Hold, HoldKind, Registration
from registry.services.ports import Desk
from registry.services.refusals import CommandError
from registry.store.register import StoredRegistration
from registry.store.work import Work

REVOCATION = "revocation"
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
    refusals of `domain.transitions.suspend`.
    """
    hold = Hold(command.kind, now, command.until_on, command.decision_ref)
    move = partial(transitions.suspend, hold=hold, at=now, reason_code=command.kind.lower())
    _change_holds(desk, command.number, Action.SUSPEND, command.kind, move, actor=actor, now=now)


def lift_hold(desk: Desk, number: str, kind: HoldKind, *, decision_ref: str, actor: Actor, now: datetime) -> None:
    """Take away a hold by a decision; no other hold is touched. Raises `HoldMissingError` if there is none."""
    move = partial(transitions.lift, kind=kind, at=now, reason_code=kind.lower(), decision_ref=decision_ref)
    _change_holds(desk, number, Action.LIFT, kind, move, actor=actor, now=now)


def _change_holds(
    desk: Desk, number: str, action: Action, kind: HoldKind, move: _Move, *, actor: Actor, now: datetime
) -> None:
    """Make a `move` of the registration of a number, and record it for every registration on which the hold falls."""
    with desk.open_work() as work:
        require(actor, action, tenant=work.register.entry(number).society, hold=kind)
        stored = work.register.answering(number)
        others = _other_registrations(work, stored) if kind.on_person else []
        change = move(stored.value)
        work.register.save(stored, change.registration, at=now)
        for one in (change, *(move(other.value) for other in others)):
            _record(work, one, actor, now)


def _other_registrations(work: Work, stored: StoredRegistration) -> list[StoredRegistration]:
    """Return the live registrations that the same person holds in other fields."""
    numbers = work.register.numbers_of(stored.value.member_id)
    found = [work.register.answering(number) for number in numbers if number != stored.value.register_no]
    return [one for one in found if one.value.is_live]


def _record(work: Work, change: Change, actor: Actor, now: datetime) -> None:
    for event in change.events:
        work.journal.record_event(event, actor=actor.person, at=now)


def propose_revocation(
    desk: Desk, number: str, ground: GroundClass, *, decision_ref: str, actor: Actor, now: datetime
) -> str:
    """Propose to revoke a registration by a final decision, and return the digest that a second person confirms."""
    require(actor, Action.PROPOSE_REVOCATION)
    if not decision_ref.strip():
        raise CommandError("a revocation needs the reference of its final decision")
    with desk.open_work() as work:
        stored = work.register.answering(number)
        transitions.revoke(stored.value, at=now, decision_ref=decision_ref, ground_class=ground)
        members = _bound(stored) | {"ground": str(ground), "decision_ref": decision_ref}
        proposal = approvals.Proposal(REVOCATION, json.dumps(members, sort_keys=True, ensure_ascii=False), actor, now)
        if not work.proposals.add(proposal):
            work.proposals.open(proposal.digest, REVOCATION)
    return proposal.digest


def _bound(stored: StoredRegistration) -> dict[str, str]:
    """Name the one registration that a proposal is about: a number can be registered again."""
    value = stored.value
    return {"number": value.register_no, "registration": str(stored.seq), "grade": value.grade}


def confirm_revocation(desk: Desk, digest: str, *, actor: Actor, now: datetime) -> str:
    """Revoke what was proposed, as another person, and return the register number (T12).

    Every certificate of the registration ends; its suspension bit keeps the value it has (`domain.md` 3.4).
    """
    require(actor, Action.CONFIRM_REVOCATION)
    with desk.open_work() as work:
        proposal = work.proposals.open(digest, REVOCATION)
        approvals.require_second_person(proposal, actor, digest)
        members = json.loads(proposal.body)
        stored = work.register.answering(members["number"])
        if any(members[name] != value for name, value in _bound(stored).items()):
            raise refusals.ProposalChangedError(REVOCATION)
        ground = GroundClass(members["ground"])
        change = transitions.revoke(stored.value, at=now, decision_ref=members["decision_ref"], ground_class=ground)
        work.register.save(stored, change.registration, at=now)
        _end_certificates(work, stored, change)
        _record(work, change, actor, now)
        work.proposals.confirm(digest, by=actor, at=now)
    return str(members["number"])


def _end_certificates(work: Work, stored: StoredRegistration, change: Change) -> None:
    for certificate in work.certificates.of_registration(stored.value.register_no, stored.seq):
        ended = status.first_end(certificate.ended, change.ended)
        if ended is None or certificate.ended is not None:
            continue
        bit = status.suspension_bit(holds_now=stored.value.holds, kept=False, ended=None)
        work.certificates.end(certificate.page_id, ended, suspension=bit)
