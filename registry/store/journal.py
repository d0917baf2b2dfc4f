"""The append-only part: status events, and the journal that chains everything by hash (`interface.md` 0.6)."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select

from issuer.documents import JournalHead
from registry.domain import clock, history
from registry.domain.actors import Actor
from registry.domain.changes import Change, EventType, StatusEvent
from registry.domain.refusals import NotFoundError
from registry.store.repository import Repository, columns, read
from registry.store.tables import EVENT, FACT, JOURNAL

APPROVED = "sweep-approved"
"""The kind of the row by which a clock that went back is right."""
_BEGINNING = JournalHead(0, "0" * 64)
_EVENTS = select(EVENT).order_by(EVENT.c.seq)
# Steps back that are small enough to be let pass must not add up.
_LAST = select(EVENT.c.recorded_at, EVENT.c.journal_seq).order_by(EVENT.c.seq.desc()).limit(100).subquery()
_NEWEST, _FACT = select(func.max(_LAST.c.recorded_at)), select(FACT.c.value, FACT.c.name)
_BOUND = (*StatusEvent.__dataclass_fields__, "registration_seq", "after", "corrects", "seq", "actor")
"""The members of an event that its row of the journal binds."""
_WITH_DIGEST = (
    select(EVENT, JOURNAL.c.payload_sha256.label("digest"))
    .join(JOURNAL, JOURNAL.c.seq == EVENT.c.journal_seq)
    .where(EVENT.c.after.is_not(None))
    .order_by(EVENT.c.seq)
)


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One link: `sha256` covers the row's own members and the digest of the row before."""

    seq: int
    recorded_at: datetime
    kind: str
    subject: str
    actor: str
    payload_sha256: str
    previous_sha256: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """A status event with its gapless number, when it was recorded, and by whom."""

    seq: int
    type: str
    register_no: str
    from_state: str | None
    to_state: str
    public_reason: str
    effective_at: datetime
    recorded_at: datetime


def link_sha256(
    *, seq: int, recorded_at: datetime, kind: str, subject: str, actor: str, payload: str, previous: str
) -> str:
    """Return the digest of a journal row: SHA-256 of its members as compact JSON in this order.

    The instant is written in UTC, as the database gives it back: else a row would not fit its own digest.
    """
    members = [seq, recorded_at.astimezone(UTC).isoformat(), kind, subject, actor, payload, previous]
    return hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).hexdigest()


class JournalStore(Repository):
    """Rows of journal and events; there is no way to change one."""

    def append(self, *, kind: str, subject: str, payload_sha256: str, actor: str, at: datetime) -> JournalRow:
        """Append a row and return it."""
        return self.append_all([(kind, subject, payload_sha256)], actor=actor, at=at)[0]

    def note(self, kind: str, subject: str, content: bytes, *, actor: Actor, at: datetime) -> JournalRow:
        """Append a row that binds `content` by its digest, and return it."""
        digest = hashlib.sha256(content).hexdigest()
        return self.append(kind=kind, subject=subject, payload_sha256=digest, actor=actor.person, at=at)

    def append_all(self, links: Iterable[tuple[str, str, str]], *, actor: str, at: datetime) -> list[JournalRow]:
        """Append a row for each kind, subject and payload digest, in this order, and return them."""
        rows, head = [], self.head()
        for kind, subject, payload in links:
            own: dict[str, Any] = {"seq": head.seq + 1, "recorded_at": at, "kind": kind, "subject": subject}
            digest = link_sha256(**own, actor=actor, payload=payload, previous=head.sha256)
            row = JournalRow(**own, actor=actor, payload_sha256=payload, previous_sha256=head.sha256, sha256=digest)
            rows.append(row)
            head = JournalHead(row.seq, row.sha256)
        self._for_each_of(insert(JOURNAL), [columns(row) for row in rows])
        return rows

    def head(self) -> JournalHead:
        """Return number and digest of the last row: 0, and 64 zeros, before the first."""
        return self._read_one(JournalHead, select(JOURNAL).order_by(JOURNAL.c.seq.desc()).limit(1)) or _BEGINNING

    def written_at(self) -> datetime | None:
        """Return when the last row was written, or None before the first."""
        found: datetime | None = self._cell(select(JOURNAL.c.recorded_at).order_by(JOURNAL.c.seq.desc()).limit(1))
        return found

    def newest_at(self) -> datetime | None:
        """Return the latest of the last hundred events, of those since two persons said that the clock is right.

        Without one it is when they said so; None before the first event. Other rows tell nothing: whoever hands
        something in writes them (R-DT-12).
        """
        approved = int(self._cell(_FACT, name=APPROVED) or 0)
        newest: datetime | None = self._cell(_NEWEST.where(_LAST.c.journal_seq > approved))
        return newest or self._cell(select(JOURNAL.c.recorded_at).filter_by(seq=approved))

    def broken_at(self) -> int | None:
        """Walk the whole chain and return the number of the first row that does not fit, or None."""
        previous, expected = _BEGINNING.sha256, 1
        for row in self._connection.execute(select(JOURNAL).order_by(JOURNAL.c.seq)):
            own = {name: getattr(row, name) for name in ("seq", "recorded_at", "kind", "subject", "actor")}
            digest = link_sha256(**own, payload=row.payload_sha256, previous=previous)
            if row.seq != expected or row.previous_sha256 != previous or row.sha256 != digest:
                return int(row.seq)
            previous, expected = row.sha256, expected + 1
        return None

    def record(self, change: Change, *, place: int, actor: str, at: datetime) -> None:
        """Record the events of a change with what they left; `place` is which registration of its entry it is.

        Raises `ClockJumpError` after the clock went back, until two persons said that it is right now (R-DT-12).
        """
        clock.require_forward(self.newest_at() or at, at)
        left = {"registration_seq": place, "after": history.written(change.registration), "corrects": change.corrects}
        for event in change.events:
            self._record(event, left, actor=actor, at=at)

    def _record(self, event: StatusEvent, left: dict[str, Any], *, actor: str, at: datetime) -> None:
        """Record an event with the next number, chained into the journal."""
        seq: int = (self._cell(select(func.max(EVENT.c.seq))) or 0) + 1
        values = columns(event) | left | {"seq": seq, "actor": actor}
        digest = _event_sha256(values)
        link = self.append(kind="status-event", subject=event.register_no, payload_sha256=digest, actor=actor, at=at)
        self._insert(EVENT, **values, recorded_at=at, journal_seq=link.seq)

    def changed_events(self) -> list[int]:
        """Return the numbers of the events that are not what the journal says; those of the first releases aside."""
        rows = self._connection.execute(_WITH_DIGEST)
        return [row.seq for row in rows if _event_sha256({name: getattr(row, name) for name in _BOUND}) != row.digest]

    def places_of(self, reason_code: str, *, since: datetime) -> list[str]:
        """Return of which registrations, number and place, events of a reason were recorded since an instant."""
        found = select(EVENT.c.register_no, EVENT.c.registration_seq).where(EVENT.c.recorded_at >= since)
        return [f"{number}/{seq}" for number, seq in self._all(found, reason_code=reason_code)]

    def events(self, register_no: str) -> list[RecordedEvent]:
        """Return the events of a number, oldest first."""
        return [read(RecordedEvent, row) for row in self._all(_EVENTS, register_no=register_no)]

    def past(self, register_no: str) -> list[history.PastEvent]:
        """Return the same with what each of them left, for `history.entry_at`.

        Raises `NotFoundError` for an entry that is older than this record of it.
        """
        rows = self._all(_EVENTS, register_no=register_no)
        if any(row.after is None for row in rows):
            raise NotFoundError("record of the past", register_no)
        return [_past(row) for row in rows]

    def feed(self, after: int, limit: int) -> list[RecordedEvent]:
        """Return at most `limit` events of all numbers, those that follow the event numbered `after`, in order."""
        return [read(RecordedEvent, row) for row in self._all(_EVENTS.where(EVENT.c.seq > after).limit(limit))]


def _event_sha256(values: dict[str, Any]) -> str:
    """Return the digest of an event by its members; the instant in UTC, as the database gives it back."""
    told = values | {"effective_at": values["effective_at"].astimezone(UTC).isoformat()}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _past(row: Any) -> history.PastEvent:
    own = {"type": EventType(row.type), "place": row.registration_seq, "after": history.restored(row.after)}
    return read(history.PastEvent, row, **own)
