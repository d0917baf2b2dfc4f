"""The life of a register entry, lived by the transitions alone: what is recorded, and what a store would keep."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from registry.domain.changes import Change
from registry.domain.history import PastEvent
from registry.domain.registration import Ended, RegisterEntry, Registration


@dataclass
class Paper:
    """A certificate: which registration, how it ended, and the suspension bit that it kept."""

    place: int
    ended: Ended | None = None
    kept: bool = False


@dataclass
class Lived:
    """An entry with its events and certificates."""

    now: dict[int, Registration] = field(default_factory=dict)
    events: list[PastEvent] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)

    @property
    def entry(self) -> RegisterEntry:
        held = tuple(self.now.values())
        last = held[-1] if held else None
        if last is None:
            return RegisterEntry()
        return RegisterEntry(held, last.person_holds, last.entry_holds)

    def add(self, change: Change, *, recorded_at: datetime | None = None, place: int | None = None) -> int:
        """Record a change of one registration, or a new one; a new or returning one gets a certificate."""
        where = place if place is not None else len(self.now) + 1
        before = self.now.get(where)
        if change.ended is not None:
            self._end(where, change.ended, bool(before and before.holds))
        for event in change.events:
            at = recorded_at or event.effective_at
            own = (event.type, where, change.registration, event.effective_at, at, change.corrects)
            self.events.append(PastEvent(len(self.events) + 1, *own))
        self.now[where] = change.registration
        if change.registration.is_live and (before is None or not before.is_live):
            self.papers.append(Paper(where))
        return where

    def _end(self, where: int, ended: Ended, kept: bool) -> None:
        for paper in self.papers:
            if paper.place == where and paper.ended is None:
                paper.ended, paper.kept = ended, kept

    def share_holds(self, where: int) -> None:
        """Holds of person and entry fall on every registration there: the store reads them from one place."""
        source = self.now[where]
        for other, value in self.now.items():
            holds = {"person_holds": source.person_holds, "entry_holds": source.entry_holds}
            self.now[other] = replace(value, **holds, review_ended_at=source.review_ended_at)  # type: ignore[arg-type]
