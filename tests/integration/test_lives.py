"""Generated lives of a register entry: what holds after each of up to 200 events (domain 10)."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest

from registry.domain import clock, lifecycle, succession, transitions
from registry.domain.calendar import civil_date
from registry.domain.history import entry_at
from registry.domain.policy import DEFAULT_POLICY
from registry.domain.refusals import DomainError
from registry.domain.registration import DEFER_LAPSE, Grade, Hold, HoldKind, Life, Registration
from registry.domain.status import life_at, public_status, revocation_bit, suspension_bit
from tests.support.histories import Lived
from tests.unit.domain.test_transitions import ADMISSION, AT

# Every line of the rules is reached by their own tests; what chance adds is their order.
pytestmark = pytest.mark.untraced
LIVES, EVENTS, STEPS = 40, 200, 10
CHANGE_THE_PAST = {"ANNULLED", "DECEASED", "CORRECTED", "REINSTATED", "APPEAL_ALLOWED"}


class Fate:
    """What chance brings about in one entry, by the transitions alone; what a rule refuses does not happen."""

    def __init__(self, seed: int) -> None:
        self.chance, self.lived, self.now = Random(seed), Lived(), AT
        self.lived.add(transitions.register(ADMISSION, at=AT))

    def live(self) -> int | None:
        return next((place for place, value in self.lived.now.items() if value.is_live), None)

    def any_place(self) -> int:
        """Return which registration answers: the live one, else the latest."""
        return self.live() or max(self.lived.now)

    def pass_time(self) -> None:
        """Let hours, months or years go by; the clock does what they owe."""
        self.now += timedelta(hours=self.chance.choice([1, 5, 30, 24 * 40, 24 * 200, 24 * 700]))
        for place in self.lived.now:
            while (owed := clock.due(self.lived.now[place], DEFAULT_POLICY)) and owed[0].at <= self.now:
                where = place if owed[0].on_person is None else self.any_place()
                self.lived.add(owed[0].move(self.lived.now[where]), place=where)
                self.lived.share_holds(where)

    def act(self) -> None:
        acts: list[Callable[[], None]] = [self.suspend, self.suspend, self.lift, self.promote, self.anew, self.end]
        acts += [self.appeal, self.reinstate, self.correct]
        try:
            self.chance.choice(acts)()
        except DomainError:
            return

    def suspend(self) -> None:
        kind, place = self.chance.choice(list(HoldKind)), self.any_place()
        last = civil_date(self.now) + timedelta(days=60)
        hold = Hold(kind, self.now, last if kind is HoldKind.CONDUCT_SANCTION else None, "d")
        self.lived.add(transitions.suspend(self.lived.now[place], hold, self.now, kind.lower()), place=place)
        self.lived.share_holds(place)

    def lift(self) -> None:
        kind, place = self.chance.choice(list(HoldKind)), self.any_place()
        change = transitions.lift(self.lived.now[place], kind, self.now, kind.lower())
        if kind in DEFER_LAPSE:  # The store finds it beside the holds.
            change = replace(change, registration=replace(change.registration, review_ended_at=self.now))
        self.lived.add(change, place=place)
        self.lived.share_holds(place)

    def promote(self) -> None:
        place = self.any_place()
        if self.lived.now[place].grade is Grade.SPE:
            return
        admission = replace(ADMISSION, grade=Grade.SPE, decided_on=civil_date(self.now))
        held, entry = self.lived.now[place], self.lived.entry
        over, new = succession.promote(held, admission, entry, at=self.now, policy=DEFAULT_POLICY)
        self.lived.add(over, place=place)
        self.lived.add(new)

    def anew(self) -> None:
        """Register anew in the entry: refused while something lives there."""
        if all(value.life is not Life.DECEASED for value in self.lived.now.values()):
            admission = replace(ADMISSION, grade=self.chance.choice(list(Grade)), decided_on=civil_date(self.now))
            self.lived.add(transitions.register(admission, at=self.now, entry=self.lived.entry))

    def end(self) -> None:
        place, died_on = self.any_place(), civil_date(self.now) - timedelta(days=self.chance.randrange(60))
        value = self.lived.now[place]
        if self.chance.random() < 0.1 and value.grade_since_on <= died_on:
            change = lifecycle.decease(value, died_on, recorded_at=self.now, decision_ref="d")
            self.lived.add(change, place=place, recorded_at=self.now)
            return
        ways = [lifecycle.WITHDRAWAL, lifecycle.REVOCATION, lifecycle.ANNULMENT]
        ending = self.chance.choice(ways)
        change = lifecycle.end(value, ending, at=self.now, decision_ref="d", case_opened_at=value.life_since)
        self.lived.add(change, place=place)

    def appeal(self) -> None:
        place = self.chance.choice(list(self.lived.now))
        self._come_back(place, lambda value: self._appealed(value))

    def _appealed(self, value: Registration) -> lifecycle.Change:
        return succession.allow_appeal(value, self.lived.entry, at=self.now, ref="d", policy=DEFAULT_POLICY)

    def reinstate(self) -> None:
        """Reinstate a predecessor whose successor was annulled, with or without fault."""
        place = next((one for one, value in self.lived.now.items() if value.life is Life.SUPERSEDED), 0)
        if not place or self.lived.now.get(place + 1, self.lived.now[place]).life is not Life.ANNULLED:
            return
        ended = [one.seq for one in self.lived.events if one.place == place and one.type == "SUPERSEDED"][-1]
        undoes = self.chance.choice([None, ended])
        own = {"at": self.now, "ref": "d", "policy": DEFAULT_POLICY, "undoes": undoes}
        self._come_back(place, lambda value: succession.reinstate(value, self.lived.entry, **own))  # type: ignore[arg-type]

    def correct(self) -> None:
        """Take back the last event of a registration that ended it."""
        place = self.chance.choice(list(self.lived.now))
        own = [one for one in self.lived.events if one.place == place]
        if own[-1].type in {"DECEASED", "REVOKED", "WITHDRAWN", "LAPSED"}:
            before, last = own[-2].after, own[-1].seq
            self._come_back(place, lambda value: succession.correct(value, before, at=self.now, ref="d", undoes=last))

    def _come_back(self, place: int, move: Callable[[Registration], lifecycle.Change]) -> None:
        """R-RG-04: nothing comes back beside something that lives."""
        if self.live() is None:
            change = move(self.lived.now[place])
            self.lived.add(change, place=place)


def status_at(lived: Lived, at: datetime) -> tuple[str, str] | None:
    value = entry_at(lived.events, at).value
    return (value.grade, public_status(life_at(value, at), value.holds)) if value is not None else None


def facts(value: Registration) -> Registration:
    """What the events tell of a registration: of one that has ended no holds, which are told of the live one."""
    plain = replace(value, review_ended_at=None)
    return plain if value.is_live else replace(plain, person_holds=frozenset(), entry_holds=frozenset())


def bits(lived: Lived) -> list[tuple[bool, bool]]:
    return [
        (
            revocation_bit(one.ended),
            suspension_bit(holds_now=lived.now[one.place].holds, kept=one.kept, ended=one.ended),
        )
        for one in lived.papers
    ]


def check(fate: Fate, before: list[tuple[bool, bool]]) -> None:
    """Hold what must hold after each step."""
    lived = fate.lived
    assert sum(value.is_live for value in lived.now.values()) <= 1
    for old, new in zip(before, bits(lived), strict=False):
        assert new[0] >= old[0], "R fell"
        assert not old[0] or new == old, "S changed after R"
    assert len({frozenset(value.holds) for value in lived.now.values() if value.is_live}) <= 1
    left = {one.place: one.after for one in lived.events}
    assert {place: facts(value) for place, value in left.items()} == {
        place: facts(value) for place, value in lived.now.items()
    }, "the events do not give the register again"


@pytest.mark.parametrize("seed", range(LIVES))
def test_generated_lives_hold_what_must_hold(seed: int) -> None:
    fate = Fate(seed)
    while len(fate.lived.events) < EVENTS and fate.now.year < date.max.year - 10:
        before, events = bits(fate.lived), len(fate.lived.events)
        sample = [AT + (fate.now - AT) * fate.chance.random() for _ in range(3)]
        past: dict[datetime, object] = {at: status_at(fate.lived, at) for at in sample}
        for _ in range(STEPS):
            fate.pass_time()
            fate.act()
            check(fate, before)
            before = bits(fate.lived)
        if not {one.type for one in fate.lived.events[events:]} & CHANGE_THE_PAST:
            assert {at: status_at(fate.lived, at) for at in past} == past, "the past changed"


def test_the_generated_lives_meet_every_transition() -> None:
    met: Counter[str] = Counter()
    for seed in range(LIVES):
        fate = Fate(seed)
        for _ in range(60):
            fate.pass_time()
            fate.act()
        met.update(one.type for one in fate.lived.events)
    told = {"REGISTERED", "HOLD_ADDED", "HOLD_LIFTED", "SUSPENSION_TERM_ENDED", "EXPIRED", "LAPSED", "WITHDRAWN"}
    ends = {"REVOKED", "ANNULLED", "SUPERSEDED", "DECEASED", "REINSTATED", "CORRECTED", "APPEAL_ALLOWED"}
    assert set(met) == told | ends, met
