"""Whether the register agrees with itself: journal, events and what they tell, ends of certificates, lists."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from registry.domain import history, refusals, registration
from registry.domain.actors import CSE, Action, Actor, require
from registry.services import cpd
from registry.services.ports import Desk, Publisher
from registry.services.publishing import KEPT_FOR, PublicationError, read_back_lists
from registry.services.trust import trust_in_force
from registry.store.journal import RecordedEvent
from registry.store.work import Work

_AT_ONCE = 1_000


def events(desk: Desk, *, actor: Actor, after: int = 0, limit: int = 100) -> list[RecordedEvent]:
    """Return at most `limit` events of the register that follow the one numbered `after`: gapless, in order (2.14)."""
    require(actor, Action.READ_REGISTER, tenant=CSE)  # What is of all societies.
    with desk.open_reading() as work:
        return work.journal.feed(after, limit)


def events_of(desk: Desk, number: str, *, actor: Actor) -> list[RecordedEvent]:
    """Return the events of a register number. Raises `NotFoundError` or `NotAllowedError`."""
    with desk.open_reading() as work:
        require(actor, Action.READ_REGISTER, tenant=work.register.entry(number).society)
        return work.journal.events(number)


def audit(desk: Desk, publisher: Publisher | None, *, actor: Actor, now: datetime) -> list[str]:
    """Return what does not agree, one sentence each; nothing is changed. Raises `NotAllowedError`.

    With a `publisher` the published lists are compared with the register, too.
    """
    require(actor, Action.READ_REGISTER, tenant=CSE)
    with desk.open_reading() as work:
        found = [*_journal(work), *_feed(work)]
        for number in work.register.numbers():
            found += _entry(work, number)
        for member in cpd.disagreeing(work, now, desk.policy):
            found.append(f"{member}: the CPD years that are kept are not what the facts on file say")
        if publisher is not None:
            try:
                read_back_lists(desk, work, trust_in_force(work, now=now), publisher, now=now, max_age=3 * KEPT_FOR)
            except PublicationError as error:
                found.append(str(error))
    return found


def _journal(work: Work) -> Iterator[str]:
    broken = work.journal.broken_at()
    if broken is not None:
        yield f"journal: row {broken} does not fit the chain"
    for seq in work.journal.changed_events():
        yield f"events: number {seq} is not what the journal says"


def _feed(work: Work) -> Iterator[str]:
    last = 0
    while page := work.journal.feed(last, _AT_ONCE):
        for event in page:
            last += 1
            if event.seq != last:
                yield f"events: number {last} is missing"
                return


def _entry(work: Work, number: str) -> Iterator[str]:
    """Compare an entry with what its events tell, and its certificates with its registrations (3.4)."""
    held = work.register.registrations(number)
    with suppress(refusals.NotFoundError):  # An entry of the first releases, whose events carry nothing.
        told = {one.place: one.after for one in work.journal.past(number)}
        for stored in held:
            if stored.seq not in told or _facts(told[stored.seq]) != _facts(stored.value):
                yield f"{number}: registration {stored.seq} is not as its events tell"
    yield from _living(work, number, [one.value for one in held if one.value.is_live])
    for stored in held:
        for one in work.certificates.of_registration(number, stored.seq):
            if one.ended is None and not stored.value.is_live:
                yield f"{number}: certificate {one.page_id} has not ended, and its registration has"


def _living(work: Work, number: str, live: Sequence[registration.Registration]) -> Iterator[str]:
    if len(live) > 1:
        yield f"{number}: more than one registration lives (R-RG-04)"
    for member in (work.register.member(one.member_id) for one in live):
        if member is not None and member.deceased_on is not None:
            yield f"{number}: a registration lives whose holder has died (T15)"


_UNHELD: Any = dict.fromkeys(("person_holds", "entry_holds"), frozenset())
_UNFILED: Any = dict.fromkeys(("filed_at", "refused_at", "promotion_filed_at"))


def _facts(value: registration.Registration) -> str:
    """Return what events tell: of a registration that has ended no holds, of a term not that something was filed."""
    plain = replace(value, terms=tuple(replace(term, **_UNFILED) for term in value.terms))
    return history.written(plain if value.is_live else replace(plain, **_UNHELD))
