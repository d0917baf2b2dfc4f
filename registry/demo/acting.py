"""Carrying out what happens to a person of the demonstration: each act is a use case, with the officers it needs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial, partialmethod
from typing import Any

from registry.demo import officers
from registry.demo.people import Act, Name, Person
from registry.demo.plan import PlanError, standard_on
from registry.domain.actors import Actor
from registry.domain.calendar import civil_date
from registry.domain.changes import GroundClass
from registry.domain.identity import check_character
from registry.domain.registration import HoldKind
from registry.services import bodies, cpd_facts, decisions, members, registrations, renewals, replacing, rulings
from registry.services.intake import Import, Outcome, Result
from registry.services.ports import Desk, Keyring, Publisher, Randomness, Secret
from registry.store.register import AssessmentDays

_CONDUCT = frozenset({HoldKind.CONDUCT_INTERIM, HoldKind.CONDUCT_SANCTION})
_CODE, _MOMENT = "2021", timedelta(seconds=1)
"""The version of the code of conduct that everybody signs, and the time between two persons."""
_DAYS_BEFORE = (7, 55, 37, 14)
"""How long before the registration somebody was recommended, and assessed: material, written test, interview."""
_Row = Sequence[object]
_DECIDED: dict[str, tuple[Any, Any]] = {
    "withdraw": (decisions.withdraw, str),
    "die": (decisions.record_death, date.fromisoformat),
    "refuse": (renewals.refuse_renewal, str),
    "lift": (decisions.lift_hold, HoldKind),
}
"""Use cases that take the number, perhaps one thing more, and a decision."""
_RULED = {"revoke": "revocation", "annul": "annulment", "reinstate": "appeal"}


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demonstration lives: store, keys, page ids and indexes, publication, and the secret of its members."""

    desk: Desk
    keyring: Keyring
    randomness: Randomness
    publisher: Publisher
    secret: Secret


@dataclass(slots=True)
class Life:
    """A person of the demonstration as they live in the register, their name and the numbers of their entries."""

    stage: Stage
    person: Person
    serials: Randomness
    name: Name
    numbers: dict[int, str] = field(default_factory=dict)

    def carry_out(self, act: Act, now: datetime) -> None:
        """Do what happens; a lapse is the clock's."""
        reference = f"demo/{self._member_ref(act.place)}/{act.name}/{act.on}"
        if act.name in _DECIDED:
            decide, read = _DECIDED[act.name]
            actor = officers.CONDUCT_PANEL if _CONDUCT.intersection(act.args) else self._board(act.place)
            more = {"decision_ref": reference, "actor": actor, "now": now}
            decide(self.stage.desk, self.numbers[act.place], *map(read, act.args), **more)
        elif act.name in _RULED:
            panel = officers.APPEAL_PANEL if act.name == "reinstate" else officers.CONDUCT_PANEL
            ground = GroundClass(*act.args) if act.args else None
            ruling = rulings.Ruling(_RULED[act.name], self.numbers[act.place], reference, ground)
            digest = rulings.propose(self.stage.desk, ruling, actor=panel, now=now)
            rulings.confirm(self.stage.desk, digest, actor=officers.REGISTRAR, now=now + _MOMENT)
        elif act.name != "lapse":
            getattr(self, f"_{act.name}")(act.place, reference, now, *act.args)

    def _register(self, place: int, reference: str, now: datetime, grade: str, kind: str | None = None) -> None:
        person, at, desk = self.person, self.person.places[place], self.stage.desk
        if person.has_file and at.society not in {person.places[one].society for one in self.numbers}:
            self._join(place, now)
        decided_on, *days = (civil_date(now) - timedelta(days=before) for before in _DAYS_BEFORE)
        who, what = (*self.name, person.consent_c1), (at.society, at.field, grade, standard_on(civil_date(now)))
        told: list[Any] = [self._member_ref(place), *who, *what, decided_on, reference, *days, None, None, kind]
        command = registrations.Recommendation(*told)
        digest = registrations.recommend_registration(desk, command, actor=officers.board(at.society), now=now)
        asked: dict[str, Any] = {"actor": officers.REGISTRAR, "now": now}
        self.numbers[place] = registrations.confirm_registration(desk, digest, randomness=self.serials, **asked)

    _promote = partialmethod(_register, kind=registrations.PROMOTION)

    def _member_ref(self, place: int) -> str:
        return f"{self.person.places[place].society}-{self.person.serial:05}"

    def _board(self, place: int) -> Actor:
        """Return the board of whoever administers an entry."""
        with self.stage.desk.open_reading() as work:
            return officers.board(work.register.entry(self.numbers[place]).society)

    def _join(self, place: int, now: datetime) -> None:
        """Let a society take the person in as its member; who has no Chinese name shows a passport."""
        society, serial = self.person.places[place].society, self.person.serial
        birth_on = date(1962 + serial % 31, 1 + serial % 12, 1 + serial % 28)
        stem = f"999900{birth_on:%Y%m%d}{serial % 1000:03}"
        number, other = stem + check_character(stem, is_demo=True), f"DEMO{serial:06}"
        document = ("resident_id", "CN", number) if self.name.hans is not None else ("passport", "XA", other)
        own = (society, self._member_ref(place), civil_date(now).replace(day=1), f"member{serial}@mail.example")
        consents = (str(self.person.consent_c1).lower(), "false", "false", "false")
        cells = (f"M-{serial:05}", self.name.hans or "", self.name.latin, birth_on, *document, *own, *consents)
        use = partial(members.import_members, self.stage.desk, secret=self.stage.secret)
        _hand_in(use, (members.COLUMNS, cells), society, now)

    def _file(self, place: int, _reference: str, now: datetime) -> None:
        renewals.file_renewal(self.stage.desk, self.numbers[place], _CODE, actor=self._board(place), now=now)

    def _renew(self, place: int, reference: str, now: datetime) -> None:
        number, days = self.numbers[place], AssessmentDays(civil_date(now) - timedelta(days=5), None, None)
        asked: dict[str, Any] = {"decision_ref": reference, "actor": self._board(place), "now": now}
        digest = renewals.recommend_renewal(self.stage.desk, number, days, **asked)
        renewals.confirm_renewal(self.stage.desk, digest, actor=officers.REGISTRAR, now=now)

    _restore = _renew

    def _suspend(self, place: int, reference: str, now: datetime, kind: str, until: str | None = None) -> None:
        last = date.fromisoformat(until) if until is not None else None
        command = decisions.Suspension(self.numbers[place], HoldKind(kind), reference, last)
        actor = officers.CONDUCT_PANEL if kind in _CONDUCT else officers.REGISTRAR
        decisions.suspend_registration(self.stage.desk, command, actor=actor, now=now)

    def _doubt(self, place: int, reference: str, now: datetime, outcome: str) -> None:
        """Hold what was assessed in an interval in doubt, or clear it."""
        asked: dict[str, Any] = {"clears": outcome == "cleared", "actor": officers.REGISTRAR, "now": now}
        bodies.review(self.stage.desk, [self.numbers[place]], reference, **asked)

    def _replace(self, place: int, reference: str, now: datetime, why: str, *names: str) -> None:
        command = replacing.Replacement(self.numbers[place], replacing.ReplacedFor(why), reference, *names)
        digest = replacing.propose_replacement(self.stage.desk, command, actor=officers.SECOND_REGISTRAR, now=now)
        replacing.confirm_replacement(self.stage.desk, digest, actor=officers.REGISTRAR, now=now)
        self.name = Name(*names) if names else self.name

    def _reverse(self, place: int, _reference: str, now: datetime, seq: str, hours: str) -> None:
        """Take hours back."""
        actor, desk = self._board(place), self.stage.desk
        cpd_facts.reverse(desk, self.numbers[place], int(seq), Decimal(hours), actor=actor, now=now)

    def _hours(self, place: int, _reference: str, now: datetime, *told: str) -> None:
        """Hand hours in."""
        society, of, _ = self.person.places[place]
        serial, rows = f"{self.person.serial:05}", list[_Row]([cpd_facts.COLUMNS])
        for on, hours in (one.split(":") for one in told):
            rows.append((f"M-{serial}", on, hours, 1 + int(on[-2:]) % 7, "Example Academy", of, f"E/{serial}/{on}"))
        _hand_in(partial(cpd_facts.import_activities, self.stage.desk), rows, society, now)

    def _review(self, place: int, _reference: str, now: datetime) -> None:
        cpd_facts.review(self.stage.desk, self.numbers[place], (), None, actor=self._board(place), now=now)


def _hand_in(use: Callable[[Import], list[Outcome]], rows: Iterable[_Row], society: str, now: datetime) -> None:
    """Hand rows in as a file of a society, the header first. Raises `PlanError` for one that is refused."""
    content = "\n".join(",".join(map(str, row)) for row in rows).encode()
    order = Import(content, society, officers.board(society), now, is_trial=False, step=lambda done, total: None)
    for one in use(order):
        if one.result is Result.REFUSED:
            raise PlanError(f"{one.reference}: {one.field} {one.reason}")
