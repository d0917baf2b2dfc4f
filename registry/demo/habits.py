"""What happens to the people of the demonstration after 2026-07-01, by the habits of each (domain 7).

A pure function of seed and person, in order of time: whoever builds to a later day sees the same, and then more. The
shares and days of the habits stand in `habits.json`: days as from and until, what is likely as a share or per year.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from operator import itemgetter
from typing import Any

from registry.demo.people import LIVE_FROM, LIVE_UNTIL, Act, Name, Person, Place, founders
from registry.demo.plan import FIRST_YEAR, SEED, SOCIETIES, PlanError
from registry.domain.calendar import civil_date, day_after, term_end
from schemas.tables import read_table

CENSUS, LAST_YEAR = date(2026, 7, 1), 2036
"""What has begun by this day, the data set tells to its end; and how far the habits reach."""
_SHARES = read_table("habits.json", "demo", "registry")
_TERM, _INTERIM = 5, "CONDUCT_INTERIM"
_GRACE, _APPEAL, _FAR = (timedelta(days=days) for days in (90, 31, 200))


def _drawn(person: int, *about: object) -> random.Random:
    """Return the chance of one person in one matter, whatever else is drawn."""
    return random.Random("/".join(map(str, (SEED, person, *about))))


def _one_of(chance: random.Random, name: str) -> str:
    return str(chance.choices(*zip(*_SHARES[name].items(), strict=True))[0])


def _days(chance: random.Random, first: int, last: int) -> timedelta:
    return timedelta(days=chance.randint(first, last))


def habits(person: Person) -> dict[str, Any]:
    """Return how somebody keeps the yearly hours (`cpd`) and the dates of re-registration (`renewal`).

    What happened to those of the data set shows theirs.
    """
    return {name: _one_of(_drawn(person.serial, name), name) for name in ("cpd", "renewal")} | person.told


def people(at: datetime) -> list[Person]:
    """Return everybody who is known by the end of a year, with all that ever happens to them.

    Raises `PlanError` for a moment that the habits do not reach.
    """
    until = civil_date(at)
    if not date(FIRST_YEAR, 3, 1) <= until < date(LAST_YEAR, 7, 1):
        raise PlanError(f"the demonstration can be lived up to a day from {FIRST_YEAR}-03-01 to {LAST_YEAR}-06-30")
    new = [newcomer(year, one) for year in range(CENSUS.year, until.year + 1) for one in range(_SHARES["newcomers"])]
    return [_Course(one).whole() for one in (*founders(), *new) if one.acts[0].on > CENSUS or one.places[0].group]


def newcomer(year: int, one: int) -> Person:
    """Return one of those who are registered first in a `year`."""
    serial = len(founders()) + (year - CENSUS.year) * int(_SHARES["newcomers"]) + one + 1
    chance, tables = _drawn(serial, "registered"), read_table("names.json", "demo", "registry")
    on = date(year, 1, 4) + timedelta(days=chance.randrange(355))
    place = chance.choice([code for code in SOCIETIES if code not in _SHARES["closed to new"]])
    family = chance.choice(list(tables["surnames"]))
    given = chance.sample(list(tables["given"]), chance.choice((1, 2, 2)))
    latin = "".join(tables["given"][one] for one in given).capitalize()
    name = Name(family + "".join(given), f"{tables['surnames'][family]} {latin}")
    return Person(name, serial, (Place(place, place),), (Act(on, "register", args=(_one_of(chance, "grades"),)),))


class _Course:
    """The course of one person: which years are short, then term by term what is done, then what interrupts it."""

    def __init__(self, person: Person) -> None:
        self._person, self._habits, self._chance = person, habits(person), partial(_drawn, person.serial)
        self._from = max(CENSUS, person.acts[0].on)
        self._acts, self._short = list(person.acts), dict(person.short)
        for year in range(self._from.year, LAST_YEAR + 1):
            self._draw_year(year)
        ends = {y: cured or date(y + 2, 5, 1) for y, cured in self._short.items()}
        self._cures = [(date(y + 1, 3, 1), on + timedelta(days=30)) for y, on in ends.items()]
        self._holds = [(date(y + 1, 5, 1), on) for y, on in ends.items() if on > date(y + 1, 5, 1)]
        self._lapses = [(date(y + 1, 3, 1), ends[y]) for y, cured in self._short.items() if cured is None]

    def _act(self, place: int, *told: tuple[Any, ...]) -> None:
        self._acts += [Act(on, name, place, tuple(args)) for on, name, *args in told]

    def _so_far(self) -> Person:
        return replace(self._person, acts=tuple(sorted(self._acts, key=itemgetter(0))), short=self._short)

    def whole(self) -> Person:
        """Return the person with what their habits bring after what the data set tells."""
        for place in range(len(self._person.places)):
            self._live_on(place)
        for year in range(self._from.year, LAST_YEAR + 1):
            self._suffer(year)
        return self._so_far()

    def _draw_year(self, year: int) -> None:
        """Decide whether a year is short, and when what is missing is handed in.

        Who makes nothing up loses the registration on a 1 May: no second year is short by then.
        """
        chance, habit, (share, *after) = self._chance("hours", year), self._habits["cpd"], _SHARES["made up"]
        if habit == "steady" or self._short.get(year - 1, CENSUS) is None or chance.random() >= _SHARES["short"]:
            return
        cured = date(year + 1, 4, chance.randint(*_SHARES["cured"]))
        later = cured if habit == "late" else date(year + 1, 5, 1) + _days(chance, *after)
        self._short[year] = later if habit == "late" or chance.random() < share else None

    def _live_on(self, place: int) -> None:
        """Renew, promote, lapse and restore, term by term."""
        grade, end, since, lives_from = _standing([act for act in self._acts if act.place == place])
        while end.year <= LAST_YEAR and since is not None:
            if lives_from is None:
                since = lives_from = self._restored(place, since)
                end = term_end(since, years=_TERM) if since is not None else end
                continue
            lapse = min((on for begins, on in self._lapses if begins >= lives_from and on > since), default=date.max)
            filed, decided = self._renewed(place, end)
            promoted = next(self._promoted(place, grade, since, min(end, lapse)), None)
            if promoted is not None:
                grade, since, end = _SHARES["higher"][grade], promoted, term_end(promoted, years=_TERM)
                self._act(place, (promoted, "promote", grade))
            elif filed <= end + _GRACE and decided < lapse:
                self._act(place, (filed, "file"), (decided, "renew"))
                since, end = decided, term_end(day_after(end), years=_TERM)
            else:
                since, lives_from = min(day_after(end + _GRACE), lapse), None
                self._act(place, (since, "lapse"))

    def _restored(self, place: int, since: date) -> date | None:
        """Return when what has lapsed is restored, if it is."""
        chance, (share, *after) = self._chance("restored", place, since), _SHARES["restored"]
        filed = since + _days(chance, *after)
        if filed <= CENSUS or chance.random() >= share:
            return None
        restored = _past(filed + timedelta(days=25), self._cures)
        self._act(place, (filed, "file"), (restored, "restore"))
        return restored

    def _renewed(self, place: int, end: date) -> tuple[date, date]:
        """Return when the renewal of a term is filed, after any CPD hold, and decided, after any shortfall."""
        habit, chance = self._habits["renewal"], self._chance("renewed", place, end)
        filed = max(end + _days(chance, *_SHARES["filed"][habit]), CENSUS + _days(chance, 2, 9))
        filed = _past(filed, self._holds)
        return filed, _past(filed + _days(chance, *_SHARES["decided"][habit]), self._cures)

    def _promoted(self, place: int, grade: str, since: date, until: date) -> Iterator[date]:
        """Give when a higher grade may be registered: not while a year is short or a renewal may be filed."""
        is_open = grade in _SHARES["higher"] and self._person.places[place].society not in _SHARES["closed to new"]
        number, share = _SHARES["promotions"]
        for year in range(CENSUS.year, until.year + 1) if is_open else ():
            chance = self._chance("promoted", place, year)
            on = date(year, 2, 1) + timedelta(days=chance.randrange(300))
            is_far = max(since, self._from) + _FAR < on < until - _FAR and on == _past(on, self._cures)
            if is_far and chance.random() < number / (share * _SHARES["living"][str(year)]):
                yield on

    def _suffer(self, year: int) -> None:
        """Let a certificate be replaced, a conduct hold fall, or everything end, where nothing else is in the way."""
        chance = self._chance("suffered", year)
        drawn, on = chance.random(), date(year, 5, 10) + timedelta(days=chance.randrange(180))
        shares = _SHARES["a year"] | {"replace": _SHARES["replacements"] / _SHARES["living"][str(year)]}
        name = next((one for one, share in shares.items() if (drawn := drawn - share) < 0), None)
        days, what = _SHARES["in the way"].get(name, _SHARES["in the way"]["other"])
        near = any(act.name in what and abs((act.on - on).days) < days for act in self._acts)
        living = self._so_far().living(on)
        if name is None or near or not living or on < self._from + _FAR:
            return
        over, ground = on + _days(chance, *_SHARES["held"]), chance.choice(_SHARES["grounds"])
        told: dict[str, list[tuple[Any, ...]]] = {
            "replace": [(on, name, chance.choice(("DATA", "LOST")))],
            "hold": [(on, "suspend", _INTERIM), (over, "lift", _INTERIM)],
            "die": [(on + timedelta(days=14), name, str(on))],
            "withdraw": [(on, name)],
            "revoke": [(on, "suspend", _INTERIM), (on + _APPEAL, name, ground)],
        }
        if name in LIVE_UNTIL:
            self._acts = [act for act in self._acts if act.on < on]
        self._act(living[0], *told[name])
        for place in living[1:] if name in {"withdraw", "revoke"} else ():
            self._act(place, told[name][-1])


def _standing(acts: Sequence[Act]) -> tuple[str, date, date | None, date | None]:
    """Return what an entry is after its acts: grade, end of its term, since when (None: over), and if it lives, too."""
    grade, end, lives_from = "", date.min, None
    for act in acts:
        if act.name in LIVE_FROM | LIVE_UNTIL:
            lives_from = act.on if act.name in LIVE_FROM else None
        if act.name in {"register", "promote"}:
            (grade,) = act.args
        if act.name in {"register", "promote", "restore", "renew"}:
            end = term_end(day_after(end) if act.name == "renew" else act.on, years=_TERM)
    return grade, end, acts[-1].on if lives_from is not None or acts[-1].name == "lapse" else None, lives_from


def _past(day: date, spans: Sequence[tuple[date, date]]) -> date:
    """Return the first day from `day` on that lies in none of the spans."""
    for begins, ends in sorted(spans):
        day = day_after(ends) if begins <= day <= ends else day
    return day
