"""What two persons decide of a registration that is over or shall be (threats 8): revoke, annul, bring back, correct.

T12, T13 with T21, T17, T23. The first proposes by a final decision, and is told the digest; the second confirms exactly
that. Both times the rules are asked of the register as it stands.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from registry.domain import approvals, history, lifecycle, refusals, succession
from registry.domain.actors import Action, Actor, require
from registry.domain.changes import Change, EventType, GroundClass
from registry.domain.registration import Grade, Life, TermOrigin
from registry.services import cpd, decisions
from registry.services.ports import Desk
from registry.services.refusals import CommandError
from registry.store.register import StoredRegistration, answering
from registry.store.work import Work
from schemas.refusals import translated


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is proposed: its kind, the number, the reference of the decision, and what the kind needs beside."""

    kind: str
    number: str
    decision_ref: str
    ground: GroundClass | None = None
    """Of a revocation or annulment."""
    grades: tuple[Grade, ...] = ()
    """Which registrations of the entry an annulment names; without any, the one that answers for the number.

    Of an appeal the one that it is about; without it, what ended last.
    """
    reinstate: bool = False
    """Whether the panel lets the lower grade live again, from now on, when a promotion is annulled (T21).

    Without the holder's fault it always does, and counts as held throughout.
    """
    event: int | None = None
    """Number of the event that a correction takes back."""
    in_this_field: bool = False
    """Whether a revocation is limited to the field of the number; else it ends all that the person holds (R-CC-10)."""


_Moves = Iterator[tuple[StoredRegistration, Change]]


@dataclass(frozen=True, slots=True)
class _Case:
    """A ruling with what the rules are asked about; `opened_at` is when it was proposed."""

    desk: Desk
    work: Work
    ruling: Ruling
    held: Sequence[StoredRegistration]
    now: datetime
    opened_at: datetime

    @property
    def answering(self) -> StoredRegistration:
        """The registration that answers for the number."""
        return answering(self.held)

    def named(self) -> list[StoredRegistration]:
        """Return the registrations of the entry that the ruling names, the highest place first."""
        if not self.ruling.grades:
            return [self.answering]
        own = [one for one in reversed(self.held) if one.value.grade in self.ruling.grades]
        if sorted(one.value.grade for one in own) != sorted(set(self.ruling.grades)):
            once = "each grade must have been registered once: of one that was twice, name none"
            raise CommandError(f"{self.ruling.number}: {once}", "grade")
        return own

    def _ended(self, stored: StoredRegistration, ending: lifecycle.Ending, **case: Any) -> _Moves:
        told = {"at": self.now, "decision_ref": self.ruling.decision_ref, "ground": self.ruling.ground, **case}
        yield stored, lifecycle.end(stored.value, ending, **told)

    def end(self, ending: lifecycle.Ending) -> _Moves:
        """Revoke or annul what the ruling names."""
        for stored in self.named():
            yield from self._ended(stored, ending, case_opened_at=self.opened_at)

    def revoke(self) -> _Moves:
        """Revoke, and what else lives of the person with it, unless the ruling is limited to the field (R-CC-10)."""
        yield from self.end(lifecycle.REVOCATION)
        for stored in () if self.ruling.in_this_field else decisions.other_registrations(self.work, self.answering):
            yield from self._ended(stored, lifecycle.REVOCATION)

    def annul(self) -> _Moves:
        """Annul, and let the lower grade live again: always without the holder's fault, else if the panel says so."""
        yield from self.end(lifecycle.ANNULMENT)
        is_faultless, lower = self.ruling.ground is GroundClass.VOID_DECISION, self._lower()
        if self.ruling.reinstate:
            if lower is None:
                raise CommandError(f"{self.ruling.number} has no lower grade that could live again (T21)", "reinstate")
            self._require_alive()
        # What lapsed, was withdrawn or revoked before would have ended in the lower grade, too.
        elif lower is None or not (is_faultless and self.answering.value.is_live):
            return
        undoes = self._supersession(lower) if is_faultless else None
        yield lower, succession.reinstate(lower.value, undoes=undoes, **self._decided())

    def _supersession(self, lower: StoredRegistration) -> int | None:
        """Return the number of the event that superseded a lower grade last, or None if none did."""
        own = [one for one in self.work.journal.past(self.ruling.number) if one.place == lower.seq]
        return next((one.seq for one in reversed(own) if one.type is EventType.SUPERSEDED), None)

    def _lower(self) -> StoredRegistration | None:
        """Return what was superseded by promotions of which none is left once the ruling counts."""
        named = self.named()
        for stored in reversed(self.held):
            if stored.value.life is Life.SUPERSEDED and stored not in named:
                return stored
            is_left = stored not in named and stored.value.life is not Life.ANNULLED
            if is_left or stored.value.terms[0].origin is not TermOrigin.PROMOTION:
                break
        return None

    def appeal(self) -> _Moves:
        """Bring back what was revoked or annulled last, of a grade that is named, after a later review (T17).

        A lower grade that lives gives way to it; under a promotion that stands it is superseded as it was before.
        """
        own = [one for one in self.held if one.value.grade in (self.ruling.grades or Grade)] or self.named()
        over = (one for one in own if one.value.life in succession.APPEALABLE)
        back = max(over, key=lambda one: (one.value.life_since, one.seq), default=answering(own))
        later = (one for one in self.held if one.seq > back.seq)
        above = list(takewhile(lambda one: one.value.terms[0].origin is TermOrigin.PROMOTION, later))
        stands = any(one.value.life is not Life.ANNULLED for one in above)
        if not stands:
            yield from self._make_room(back)
        self._require_alive()
        told = {"undoes": self._void_supersession(back) if above and not stands else None, **self._decided()}
        yield back, succession.allow_appeal(back.value, is_superseded=stands, **told)

    def _void_supersession(self, back: StoredRegistration) -> int | None:
        """Return the event that superseded what comes `back`, if what did was annulled without the holder's fault."""
        past, void = self.work.journal.past(self.ruling.number), GroundClass.VOID_DECISION
        grounds = (one.reason_code for one in past if one.type is EventType.ANNULLED and one.place > back.seq)
        return self._supersession(back) if all(ground == void for ground in grounds) else None

    def _make_room(self, back: StoredRegistration) -> _Moves:
        """Supersede the lower grade that lived in the place of what comes `back`; beside no other may that live."""
        held = self.answering
        if held.value.is_live:
            if not back.value.grade.is_above(held.value.grade):
                raise refusals.LiveRegistrationError(self.ruling.number, held.value.grade)
            yield from self._ended(held, lifecycle.SUPERSESSION)

    def correct(self) -> _Moves:
        """Take back the event that ended a registration in error (T23); a death in every number of the person."""
        wrong = next((one for one in self.work.journal.past(self.ruling.number) if one.seq == self.ruling.event), None)
        if wrong is None or wrong.after.is_live or wrong.type is EventType.CORRECTED:
            raise self._not_correctable()
        if wrong.type is not EventType.DECEASED:
            self._require_alive()
            stored, change = self._corrected(self.ruling.number, wrong)
            if change.registration.is_live:
                yield from self._make_room(stored)
            yield stored, change
            return
        yield from self._make_room(self.work.register.stored(self.ruling.number, wrong.place))
        for number in self.work.register.numbers_of(self.answering.value.member_id):
            past = self.work.journal.past(number)
            undone = {one.corrects for one in past}
            past = [one for one in past if one.seq not in undone]
            died = (one for one in past if one.type is EventType.DECEASED and one.effective_at == wrong.effective_at)
            yield from (self._corrected(number, one) for one in died)

    def _corrected(self, number: str, wrong: history.PastEvent) -> tuple[StoredRegistration, Change]:
        own = [one for one in self.work.journal.past(number) if one.place == wrong.place]
        place = own.index(wrong)
        if not place or any(one.after.life is not wrong.after.life for one in own[place:]):
            raise self._not_correctable()
        stored, reference = self.work.register.stored(number, wrong.place), self.ruling.decision_ref
        before = own[place - 1].after
        return stored, succession.correct(stored.value, before, at=self.now, ref=reference, undoes=wrong.seq)

    def _not_correctable(self) -> CommandError:
        reason = "only the event that ended a registration, and was followed by no other end, is corrected (T23)"
        return CommandError(f"{self.ruling.number}: {reason}", "event")

    def _require_alive(self) -> None:
        """Raise `CommandError` if the person has died: nothing comes back to life after that (T15)."""
        member = self.work.register.member(self.answering.value.member_id)
        if member is not None and member.deceased_on is not None:
            reason = "the death of its holder is recorded (T15); if that is an error, correct it first"
            raise CommandError(f"{self.ruling.number}: {reason}")

    def _decided(self) -> dict[str, Any]:
        entry = self.work.register.entry_before(self.answering.value.member_id, self.ruling.number)
        return {"entry": entry, "at": self.now, "ref": self.ruling.decision_ref, "policy": self.desk.policy}


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of ruling: who may propose it, the changes that it makes, and what a registration then is."""

    action: Action
    moves: Callable[[_Case], _Moves]
    done: str


_KINDS = {
    "revocation": _Kind(Action.PROPOSE_END, _Case.revoke, "revoked"),
    "annulment": _Kind(Action.PROPOSE_END, _Case.annul, "annulled"),
    "appeal": _Kind(Action.ALLOW_APPEAL, _Case.appeal, "back after an appeal"),
    "correction": _Kind(Action.CORRECT, _Case.correct, "corrected"),
}


def propose(desk: Desk, ruling: Ruling, *, actor: Actor, now: datetime) -> str:
    """Propose a ruling by a final decision, and return the digest for a second person. Nothing changes yet.

    Raises `CommandError`, `NotLiveError`, `LiveRegistrationError`, `RegisterBehindError`, `NotFoundError`.
    """
    require(actor, _KINDS[ruling.kind].action)
    decisions.require_reference(ruling.decision_ref)
    with desk.open_work() as work:
        _, body = _decided(desk, work, ruling, now=now, opened_at=now)
        proposal = approvals.Proposal(ruling.kind, body, actor, now)
        return decisions.keep_proposal(work, proposal, subject=ruling.number)


def confirm(desk: Desk, digest: str, *, actor: Actor, now: datetime) -> tuple[str, str]:
    """Carry out a ruling exactly as it was proposed, as another person; return the number and what it now is.

    Raises `SamePersonError`, `ProposalChangedError` if the register is not as it was, and what `propose` raises.
    """
    require(actor, Action.CONFIRM_END)
    with desk.open_work() as work:
        proposal = work.proposals.open(digest, *_KINDS)
        approvals.require_second_person(proposal, actor, digest)
        changed = refusals.ProposalChangedError(proposal.kind)
        with translated(KeyError, TypeError, ValueError, to=changed):
            ruling = _read(proposal.kind, proposal.body)
        moves, body = _decided(desk, work, ruling, now=now, opened_at=proposal.proposed_at)
        if body != proposal.body:
            raise changed
        for stored, change in moves:
            if stored.value.life is Life.DECEASED and change.events[0].type is EventType.CORRECTED:
                work.register.set_deceased(stored.value.member_id, None)
            decisions.apply_change(work, stored, change, actor=actor, now=now)
            if change.events[0].type is EventType.CORRECTED:
                number = stored.value.register_no
                wrong = next(one for one in work.journal.past(number) if one.seq == change.corrects)
                work.renewals.reopen(number, closed_at=wrong.recorded_at, at=now)
                cpd.settle(work, stored.value.member_id, now, desk.policy)
                decisions.lift_without_cause(work, number, decision_ref=ruling.decision_ref, actor=actor, now=now)
        work.proposals.confirm(digest, by=actor, at=now)
    return ruling.number, _KINDS[ruling.kind].done


def take_back(desk: Desk, digest: str, *, actor: Actor, now: datetime) -> str:
    """Take an open proposal of a ruling back, as somebody who may propose it; return its number."""
    with desk.open_work() as work:
        proposal = work.proposals.open(digest, *_KINDS)
        require(actor, _KINDS[proposal.kind].action)
        work.proposals.take_back(digest, at=now)
        work.journal.append_all([("proposal-taken-back", digest, digest)], actor=actor.person, at=now)
    return str(json.loads(proposal.body)["number"])


def _decided(
    desk: Desk, work: Work, ruling: Ruling, *, now: datetime, opened_at: datetime
) -> tuple[list[tuple[StoredRegistration, Change]], str]:
    """Return the changes that a ruling makes today, and its text, which names the registrations that they are of."""
    held = work.register.registrations(ruling.number)
    moves = list(_KINDS[ruling.kind].moves(_Case(desk, work, ruling, held, now, opened_at)))
    decisions.require_swept(desk, now, *(stored for stored, _ in moves))
    members = {name: v for name, v in asdict(ruling).items() if name != "kind" and v not in {None, (), False}}
    members["registrations"] = [f"{one.value.register_no} {one.seq} {one.value.grade}" for one, _ in moves]
    return moves, json.dumps(members, sort_keys=True, ensure_ascii=False)


def _read(kind: str, body: str) -> Ruling:
    members: dict[str, Any] = json.loads(body)
    del members["registrations"]
    ground, grades = members.pop("ground", None), members.pop("grades", ())
    return Ruling(kind, **members, ground=ground and GroundClass(ground), grades=tuple(map(Grade, grades)))
