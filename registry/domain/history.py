"""What the events tell: how a register entry stood at any moment, by what is known now (domain 2.14, R-MR-03).

Each event carries the registration as it left it, so that the events alone give the register again. Only annulment,
death and correction change the answer for a past day; all else counts from when it took effect.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

from registry.domain.calendar import civil_date
from registry.domain.changes import EventType
from registry.domain.registration import Grade, Hold, HoldKind, Life, Registration, Term, TermOrigin, answering

_BACKWARDS = frozenset({EventType.ANNULLED, EventType.DECEASED, EventType.CORRECTED, EventType.REINSTATED})
"""What may take effect before it is recorded; of the last only one that undoes a supersession (T21)."""
_BREAKS = frozenset({Life.LAPSED, Life.WITHDRAWN})
"""After these the years of a grade begin anew (R-MR-07)."""
_EVER, _NEVER = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
_DERIVED = frozenset({"review_ended_at", "cpd_hold_at", "cpd_lapse_at", "membership_notice_on"})
"""What the store finds beside a registration, from facts that stand elsewhere."""
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class PastEvent:
    """An event of an entry, and how it left which of the registrations there."""

    seq: int
    type: EventType
    place: int
    """Which registration of the entry."""
    after: Registration
    effective_at: datetime
    recorded_at: datetime
    corrects: int | None = None
    """`seq` of an event that is answered as if it had not been: a mistake (T23), or undone without fault (T21)."""
    reason_code: str = ""


@dataclass(frozen=True, slots=True)
class PastEntry:
    """How the registration that answers for a number stood at a moment."""

    value: Registration | None
    """None before the first registration."""
    held: tuple[tuple[Grade, date], ...] = ()
    """The grades held since the last lapse or withdrawal, each with its first day, the oldest first (R-MR-07)."""
    changed_at: tuple[datetime, ...] = ()
    """The instants of that day in Shanghai at which something changed."""
    differs: bool = False
    """Whether something else was known then (`HISTORY_DIFFERS`)."""


def entry_at(events: Sequence[PastEvent], at: datetime) -> PastEntry:
    """Return how an entry stood at `at`, by all its `events` in the order of their numbers."""
    counted, day = _counted(events), civil_date(at)
    since = min((one.recorded_at for one in events if one.recorded_at > at and _is_backwards(one, at)), default=_NEVER)
    then = _counted([one for one in events if one.recorded_at < since])
    value, known_then = (_answering(told, events, at) for told in (counted, then))
    return PastEntry(
        value=value,
        held=_held(counted, at),
        changed_at=tuple(sorted({one.effective_at for one in counted if civil_date(one.effective_at) == day})),
        differs=_told(value) != _told(known_then),
    )


def _is_backwards(event: PastEvent, at: datetime) -> bool:
    """Tell whether an event changes what was known by `at`, also of what is recorded next: an interim, too (T23)."""
    last = event.after.last_term() if event.type is EventType.INTERIM_EXTENDED else None
    filed_at = last.filed_at if last is not None else None
    return event.type in _BACKWARDS or (filed_at is not None and filed_at > at)


def _counted(events: Sequence[PastEvent]) -> list[PastEvent]:
    """Leave out what was undone, and of what is annulled everything else: that counts from the beginning."""
    undone = {one.corrects for one in events}
    kept = [one for one in events if one.seq not in undone]
    decided = {one.place: one.type for one in kept if one.type in {EventType.ANNULLED, EventType.APPEAL_ALLOWED}}
    void = {place for place, last in decided.items() if last is EventType.ANNULLED}
    ends = [replace(one, effective_at=_EVER) for one in kept if one.place in void and one.type is EventType.ANNULLED]
    return sorted([*(one for one in kept if one.place not in void), *ends], key=lambda one: one.seq)


def _answering(counted: Iterable[PastEvent], events: Iterable[PastEvent], at: datetime) -> Registration | None:
    """Return the registration that answered for the number at `at` (2.8), with the holds of that moment."""
    left = {one.place: one.after for one in counted if one.effective_at <= at}
    if not left:
        return None
    value = answering([after for _, after in sorted(left.items(), key=itemgetter(0))])
    running, ever = _running(events, at), [one.after for one in events]
    person, entry = ({*chain.from_iterable(map(attrgetter(where), ever))} for where in ("person_holds", "entry_holds"))
    return replace(value, person_holds=running & person, entry_holds=running & entry)


def _running(events: Iterable[PastEvent], at: datetime) -> frozenset[Hold]:
    """Return the holds that ran at `at`: each from its day until the first event that no longer knows it.

    A late run of the clock job records an earlier change after a hold ended, and then still knows nothing of it.
    """
    over: dict[Hold, datetime] = {}
    known: frozenset[Hold] = frozenset()
    for one in events:
        again = {hold for hold in one.after.holds if hold in over and one.effective_at > over[hold]}
        over = {hold: until for hold, until in over.items() if hold not in again}
        over = dict.fromkeys(known - one.after.holds, one.effective_at) | over
        known = one.after.holds
    running = dict.fromkeys(known, _NEVER) | over
    return frozenset(hold for hold, until in running.items() if hold.since <= at < until)


def _held(events: Iterable[PastEvent], at: datetime) -> tuple[tuple[Grade, date], ...]:
    """Return the grades whose years count: from a lapse, a withdrawal, or a first registration on, they begin anew."""
    held: list[tuple[int, Grade, date]] = []
    lives, annulled = dict[int, bool](), dict[int, list[tuple[int, Grade, date]]]()
    for one in sorted((one for one in events if one.effective_at <= at), key=attrgetter("effective_at", "seq")):
        lives[one.place] = one.after.is_live
        if any(place > one.place for place in lives if lives[place]):
            continue
        if one.type is EventType.ANNULLED:
            annulled[one.place] = held
        elif one.type is EventType.APPEAL_ALLOWED:
            held = annulled.get(one.place, held)  # What lived in its place meanwhile breaks nothing.
        last, value = held[-1] if held else (None, None), one.after
        if (value.life in _BREAKS and last[0] == one.place) or _is_anew(one):
            held, last = [], (None, None)
        if value.is_live and last[1] is not value.grade:
            held = [*held, (one.place, value.grade, civil_date(one.effective_at))]
    return tuple((grade, since) for _, grade, since in held)


def _is_anew(event: PastEvent) -> bool:
    """Tell whether years begin anew with it: at a first registration, or a return from that day on (T16, T21)."""
    if event.type is EventType.REGISTERED:
        return event.after.terms[-1].origin is TermOrigin.INITIAL
    return event.type is EventType.REINSTATED and event.corrects is None


def _told(value: Registration | None) -> tuple[Grade, Life, frozenset[Hold]] | None:
    return (value.grade, value.life, value.holds) if value is not None else None


def written(value: Registration) -> str:
    """Return a registration as canonical JSON text, which `restored` reads."""
    return json.dumps(value, default=_plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value, key=lambda hold: (hold.kind, hold.since))
    return {name: getattr(value, name) for name in value.__dataclass_fields__ if name not in _DERIVED}


def restored(text: str) -> Registration:
    """Return the registration that `written` wrote."""
    members = json.loads(text)
    for place in ("person_holds", "entry_holds"):
        members[place] = frozenset(_read(Hold, one, _OF_HOLD) for one in members[place])
    members["terms"] = tuple(_read(Term, one, _OF_TERM) for one in members["terms"])
    return _read(Registration, members, _OF_REGISTRATION)


def _read(kind: type[_Value], members: Mapping[str, Any], forms: Mapping[str, Any]) -> _Value:
    """Return the value of `kind` with these `members`; each has the form that is given for its name, if it has one."""
    return kind(**{name: forms[name](v) if name in forms and v is not None else v for name, v in members.items()})


_DAY, _INSTANT = date.fromisoformat, datetime.fromisoformat
_OF_HOLD = {"kind": HoldKind, "since": _INSTANT, "until_on": _DAY}
_OF_TERM: dict[str, Callable[[str], Any]] = {"origin": TermOrigin}
_OF_TERM |= dict.fromkeys(("start_on", "end_on", "interim_until_on", "timely_until_on"), _DAY)
_OF_TERM |= dict.fromkeys(("interim_closed_at", "filed_at", "refused_at", "promotion_filed_at"), _INSTANT)
_OF_REGISTRATION: dict[str, Callable[[str], Any]] = {"grade": Grade, "life": Life, "grade_since_on": _DAY}
_OF_REGISTRATION |= dict.fromkeys(("life_since", "reopened_at"), _INSTANT)
