"""What lets the clock job go on (R-DT-12): its clock, how many lapses were foreseen, or the word of two persons."""

import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial

from registry.domain import approvals, clock
from registry.domain.actors import Action, Actor, require
from registry.domain.calendar import civil_date, day_after, start_of
from registry.domain.policy import Policy
from registry.domain.refusals import ClockJumpError, DomainError
from registry.services.ports import Desk
from registry.store.journal import APPROVED
from registry.store.work import Work

_LOG = logging.getLogger("cse.sweeping")
_Lapses = dict[str, list[str]]
"""Of each kind the registrations, number and place, in order."""
SWEPT_AT, _FORECASTS = "swept_at", "sweep_forecasts"
_NEVER = datetime(1, 1, 2, tzinfo=UTC)
UNREADABLE = (DomainError, ArithmeticError, LookupError, TypeError, ValueError)
"""What a row raises that is not as it should be: it must not stop the job for everybody else."""


def require_clock(desk: Desk, until: datetime, now: datetime, approved_by: Sequence[Actor]) -> None:
    """Keep the word of who approves what is due by `until`, as the dry run told it.

    Raises `ClockJumpError` if the clock went back or stood still without the word of two, and `SamePersonError`.
    """
    jump, _ = _asked(desk, until, now, approved_by)
    if jump is not None:
        _LOG.error("alarm.clock-jump swept_at=%s now=%s", *jump.args)
        raise jump


def held_back(desk: Desk, until: datetime, now: datetime) -> Counter[str]:
    """Return which lapses wait for two persons, once what is foretold of everybody is known."""
    _, waiting = _asked(desk, until, now, ())
    for name, count in waiting.items():
        _LOG.error("alarm.sweep-breaker change=%s due=%d", name, count)
    return waiting


def _asked(
    desk: Desk, until: datetime, now: datetime, approved_by: Sequence[Actor]
) -> tuple[ClockJumpError | None, Counter[str]]:
    """Return what two persons are asked about: nothing, if they approved just that."""
    day = civil_date(now)
    with desk.open_reading() as work:
        jump, found = _jump(work, now, desk.policy), list(_coming(desk, work, until))
        swept_at = work.trust.fact(SWEPT_AT) or ""
        lapses = _lapses(work, day, found)
        waiting = _surplus(work, found, lapses, day, desk.policy)
    if not waiting and jump is None:
        return None, waiting
    is_approved = _is_approved(desk, day, lapses, approved_by, now, jumped=swept_at if jump is not None else None)
    return (None, Counter()) if is_approved else (jump, waiting)


def approve(desk: Desk, day: date, *, actor: Actor, now: datetime) -> bool:
    """Approve the lapses of a day to come, as the dry run of that day tells them now; tell whether two persons did.

    They go out on that day if they are still the same. Raises `SamePersonError`.
    """
    require(actor, Action.APPROVE_SWEEP)
    with desk.open_reading() as work:
        eve = start_of(day - timedelta(days=1))
        lapses = _lapses(work, day, _coming(desk, work, start_of(day), after=eve, waiting_at=now))
    return _is_approved(desk, day, lapses, [actor], now)


def _is_approved(
    desk: Desk, day: date, lapses: _Lapses, persons: Sequence[Actor], now: datetime, *, jumped: str | None = None
) -> bool:
    """Keep the word of each of the persons, and tell whether two have given it; the journal binds the second one.

    It is about a day, its lapses, how many and by a digest whose, and, of a clock that jumped, when the job had run
    last.
    """
    whose = {name: [len(places), approvals.digest_of(name, "\n".join(places))] for name, places in lapses.items()}
    about = json.dumps({"day": day.isoformat(), "lapses": whose, "clock": jumped}, sort_keys=True)
    digest = approvals.digest_of(APPROVED, about)
    with desk.open_work() as work:
        for person in persons:
            proposal = approvals.Proposal(APPROVED, about, person, now)
            if work.proposals.add(proposal) or work.proposals.is_confirmed(digest):
                continue
            approvals.require_second_person(work.proposals.open(digest, APPROVED), person, digest)
            work.proposals.confirm(digest, by=person, at=now)
            (row,) = work.journal.append_all([(APPROVED, about, digest)], actor=person.person, at=now)
            work.trust.set_fact(APPROVED, str(row.seq))
        return work.proposals.is_confirmed(digest)


def due(desk: Desk, work: Work, at: datetime, *, after: datetime | None = None) -> Counter[str]:
    """Return how often registrations will be changed by `at`, of those changes later than `after`."""
    return Counter(name for name, _ in _coming(desk, work, at, after=after))


def _coming(
    desk: Desk, work: Work, at: datetime, *, after: datetime | None = None, waiting_at: datetime = _NEVER
) -> Iterator[tuple[str, str]]:
    """Give each of those changes, and what waits, with the registration that it is of: number and place."""
    for number, seq in work.register.due(at):
        with suppress(*UNREADABLE):  # The run tells of it.
            coming = list(clock.course(work.register.stored(number, seq).value, at, desk.policy))
            told = (one for one in coming if after is None or one.at > after or one.at <= waiting_at)
            yield from ((one.name, f"{number}/{seq}") for one in told)


def _jump(work: Work, now: datetime, policy: Policy) -> ClockJumpError | None:
    """Compare the clock with that of the last run, before the first with the last row; and, as decisions do, events."""
    swept_at = work.journal.written_at() or now
    with suppress(ValueError):
        swept_at = datetime.fromisoformat(work.trust.fact(SWEPT_AT) or "")
    latest, pause = max(swept_at, work.journal.newest_at() or swept_at), timedelta(hours=policy.sweep_pause_hours)
    if latest - clock.CORRECTED <= now <= swept_at + pause:
        return None
    return ClockJumpError((latest if now < latest else swept_at).isoformat(), now.isoformat())


def _forecasts(work: Work) -> dict[str, dict[str, int]]:
    """Return what was foreseen for which day; nothing, which lets few lapses go out, if it cannot be read."""
    with suppress(ValueError):
        known: dict[str, dict[str, int]] = json.loads(work.trust.fact(_FORECASTS) or "{}")
        return known
    return {}


def foresee(desk: Desk, work: Work, now: datetime) -> None:
    """Once a day, keep what will become due at the next midnight, beside what was foreseen for this day."""
    today, tomorrow = (day.isoformat() for day in (civil_date(now), day_after(civil_date(now))))
    known = _forecasts(work)
    if tomorrow not in known:
        coming = due(desk, work, start_of(day_after(civil_date(now))), after=now)
        work.trust.set_fact(_FORECASTS, json.dumps({today: known.get(today, {}), tomorrow: coming}))


def _lapses(work: Work, day: date, coming: Iterable[tuple[str, str]]) -> _Lapses:
    """Return of which registrations a day has a lapse of each kind, with those where it was made already."""
    found: _Lapses = {}
    for name, place in coming:
        found.setdefault(name, []).append(place)
    since = partial(work.journal.places_of, since=start_of(day))
    whose = {name: since(why) + found.get(name, []) for name, why in clock.LAPSES.items()}
    return {name: sorted(places) for name, places in whose.items() if places}


def _surplus(work: Work, found: Iterable[tuple[str, str]], lapses: _Lapses, day: date, policy: Policy) -> Counter[str]:
    """Return the lapses, by name, of which a day has many more than were foreseen (R-DT-12)."""
    foreseen, (few, share) = Counter(_forecasts(work).get(day.isoformat(), {})), policy.on(day).sweep_breaker
    many = {name for name in lapses if len(lapses[name]) > foreseen[name] + max(few, foreseen[name] * share)}
    return Counter(name for name, _ in found if name in many)
