"""What two persons decide of a registration that is over or shall be (threats 8): revoke, annul, bring back, correct.

T12, T13 with T21, T17, T23. The first proposes by a final decision, and is told the digest; the second confirms exactly
that. Both times the rules are asked of the register as it stands.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from registry.domain import approvals, lifecycle, refusals, succession
from registry.domain.actors import Action, Actor, require
from registry.domain.changes import Change, EventType, GroundClass
from registry.domain.registration import Grade, Life, RegisterEntry
from registry.services.decisions import apply_change, require_reference, require_swept
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
    """Which registrations of the entry an annulment names; without any, the one that answers for the number."""
    reinstates: str | None = None
    """Whether the lower grade lives again when a promotion is annulled: one of `REINSTATES`, or not at all (T21)."""
    event: int | None = None
    """Number of the event that a correction takes back."""


THROUGHOUT, FROM_NOW = "throughout", "from-now"
REINSTATES = (THROUGHOUT, FROM_NOW)
"""Without the holder's fault the lower grade counts as held throughout; with it, if the panel says so, from now on."""
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
        """Return the registrations that the ruling names, the highest place first."""
        if not self.ruling.grades:
            return [self.answering]
        found = {one.value.grade: one for one in self.held}
        if missing := [grade for grade in self.ruling.grades if grade not in found]:
            raise CommandError(f"{self.ruling.number} was never registered as {', '.join(missing)}", "grade")
        return sorted((found[grade] for grade in self.ruling.grades), key=lambda one: one.seq, reverse=True)

    def end(self, ending: lifecycle.Ending) -> _Moves:
        """Revoke or annul what the ruling names."""
        end = partial(lifecycle.end, decision_ref=self.ruling.decision_ref, ground=self.ruling.ground)
        for stored in self.named():
            yield stored, end(stored.value, ending, at=self.now, case_opened_at=self.opened_at)

    def annul(self) -> _Moves:
        """Annul, and let the lower grade live again if the ruling says so (T13, T21)."""
        yield from self.end(lifecycle.ANNULMENT)
        if self.ruling.reinstates is None:
            return
        lower = next((one for one in reversed(self.held) if one.value.life is Life.SUPERSEDED), None)
        if lower is None or lower in self.named() or any(one.value.is_live for one in self._others()):
            raise CommandError(f"{self.ruling.number} has no lower grade that could live again (T21)", "reinstates")
        own = [one for one in self.work.journal.past(self.ruling.number) if one.place == lower.seq]
        superseded = next(one.seq for one in reversed(own) if one.type is EventType.SUPERSEDED)
        undoes = superseded if self.ruling.reinstates == THROUGHOUT else None
        yield lower, succession.reinstate(lower.value, self._entry(), undoes=undoes, **self._decided())

    def appeal(self) -> _Moves:
        """Bring the latest registration back after a later review (T17)."""
        self._require_nothing_live()
        yield self.answering, succession.allow_appeal(self.answering.value, self._entry(), **self._decided())

    def correct(self) -> _Moves:
        """Take back the last event of a registration that ended it in error (T23)."""
        past = self.work.journal.past(self.ruling.number)
        wrong = next((one for one in past if one.seq == self.ruling.event), None)
        own = [one for one in past if wrong is not None and one.place == wrong.place]
        if wrong is None or own[-1] != wrong or wrong.after.is_live:
            reason = "only the last event of a registration, which ended it, can be corrected (T23)"
            raise CommandError(f"{self.ruling.number}: {reason}", "event")
        self._require_nothing_live()
        stored = next(one for one in self.held if one.seq == wrong.place)
        before, reference = own[-2].after, self.ruling.decision_ref
        yield stored, succession.correct(stored.value, before, at=self.now, ref=reference, undoes=wrong.seq)

    def _others(self) -> list[StoredRegistration]:
        return [one for one in self.held if one not in self.named()]

    def _require_nothing_live(self) -> None:
        if self.answering.value.is_live:
            raise refusals.LiveRegistrationError(self.ruling.number, self.answering.value.grade)

    def _entry(self) -> RegisterEntry:
        member = self.answering.value.member_id
        return self.work.register.entry_before(member, self.ruling.number)

    def _decided(self) -> dict[str, Any]:
        return {"at": self.now, "ref": self.ruling.decision_ref, "policy": self.desk.policy}


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of ruling: who may propose it, the changes that it makes, and what a registration then is."""

    action: Action
    moves: Callable[[_Case], _Moves]
    done: str


_KINDS = {
    "revocation": _Kind(Action.PROPOSE_END, lambda case: case.end(lifecycle.REVOCATION), "revoked"),
    "annulment": _Kind(Action.PROPOSE_END, _Case.annul, "annulled"),
    "appeal": _Kind(Action.ALLOW_APPEAL, _Case.appeal, "current again after an appeal"),
    "correction": _Kind(Action.CORRECT, _Case.correct, "corrected"),
}


def propose(desk: Desk, ruling: Ruling, *, actor: Actor, now: datetime) -> str:
    """Propose a ruling by a final decision, and return the digest for a second person. Nothing changes yet.

    Raises `CommandError`, `NotLiveError`, `LiveRegistrationError`, `RegisterBehindError`, `NotFoundError`.
    """
    require(actor, _KINDS[ruling.kind].action)
    require_reference(ruling.decision_ref)
    with desk.open_work() as work:
        _, body = _decided(desk, work, ruling, now=now, opened_at=now)
        proposal = approvals.Proposal(ruling.kind, body, actor, now)
        if not work.proposals.add(proposal, subject=ruling.number):
            work.proposals.open(proposal.digest, ruling.kind)
    return proposal.digest


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
            if stored.value.life is Life.DECEASED and change.registration.is_live:
                work.register.set_deceased(stored.value.member_id, None)
            apply_change(work, stored, change, actor=actor, now=now)
        work.proposals.confirm(digest, by=actor, at=now)
    return ruling.number, _KINDS[ruling.kind].done


def take_back(desk: Desk, digest: str, *, actor: Actor, now: datetime) -> str:
    """Take an open proposal of a ruling back, as somebody who may propose it; return its number."""
    with desk.open_work() as work:
        proposal = work.proposals.open(digest, *_KINDS)
        require(actor, _KINDS[proposal.kind].action)
        work.proposals.take_back(digest, at=now)
        work.journal.append(
            kind="proposal-taken-back", subject=digest, payload_sha256=digest, actor=actor.person, at=now
        )
    return str(json.loads(proposal.body)["number"])


def _decided(
    desk: Desk, work: Work, ruling: Ruling, *, now: datetime, opened_at: datetime
) -> tuple[list[tuple[StoredRegistration, Change]], str]:
    """Return the changes that a ruling makes today, and its text, which names the registrations that they are of."""
    held = work.register.registrations(ruling.number)
    moves = list(_KINDS[ruling.kind].moves(_Case(desk, work, ruling, held, now, opened_at)))
    require_swept(desk, now, *(stored for stored, _ in moves))
    members = {name: value for name, value in asdict(ruling).items() if name != "kind" and value not in {None, ()}}
    members["registrations"] = [f"{stored.seq} {stored.value.grade}" for stored, _ in moves]
    return moves, json.dumps(members, sort_keys=True, ensure_ascii=False)


def _read(kind: str, body: str) -> Ruling:
    members: dict[str, Any] = json.loads(body)
    del members["registrations"]
    ground, grades = members.pop("ground", None), members.pop("grades", ())
    plain = Ruling(kind, **members, grades=tuple(map(Grade, grades)))
    return replace(plain, ground=GroundClass(ground)) if ground is not None else plain
