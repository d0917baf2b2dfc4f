"""Living the plan: every event of the demonstration, in the order of time, through the use cases."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from registry.demo import officers
from registry.demo.plan import FIRST_YEAR, SECOND_FIELDS, SEED, SOCIETIES, Engineer, HoldPlan, engineers, office_hour
from registry.domain.calendar import civil_date
from registry.domain.registration import HoldKind
from registry.services import agreements, cpd_facts, decisions, issuing, publishing, registrations, rulings, trust
from registry.services.ports import Desk, Keyring, Publisher, Randomness
from schemas.tables import read_table

_AUTHORIZATION_YEARS = 5
_CONDUCT = frozenset({HoldKind.CONDUCT_INTERIM, HoldKind.CONDUCT_SANCTION})
_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demonstration lives: store, keys, page ids and indexes, publication."""

    desk: Desk
    keyring: Keyring
    randomness: Randomness
    publisher: Publisher


@dataclass(frozen=True, slots=True)
class _Happening:
    at: datetime
    act: Callable[[datetime], object]


def live(stage: Stage, *, at: datetime, count: int, step: Callable[[int, int], None]) -> dict[str, Engineer]:
    """Live the demonstration up to `at`, publish it, and return the engineers by register number.

    The first registered comes first. `step(done, total)` is called after each event. Raises `PlanError` before
    anything is done.
    """
    # Register numbers come from the seed too, so that the same day gives the same ones.
    serials = random.Random(SEED)
    lives = [_Life(stage, person, serials) for person in engineers(at, count)]
    own = (happening for life in lives for happening in life.happenings(civil_date(at)))
    happenings = sorted([*_renewals(stage, at), *_agreements(stage, at), *own], key=lambda one: one.at)
    _found(stage, at)
    for done, happening in enumerate(happenings, start=1):
        trust.refresh_trust_list(stage.desk, stage.keyring, actor=officers.REGISTRAR, now=happening.at)
        happening.act(happening.at)
        step(done, len(happenings))
    cpd_facts.begin_ledger(stage.desk, civil_date(at).year, actor=officers.REGISTRAR, now=at)
    trust.publish_trust_list(stage.desk, stage.keyring, actor=officers.REGISTRAR, now=at)
    publishing.publish(stage.desk, stage.keyring, stage.publisher, actor=officers.PUBLISHER, now=at)
    return {life.number: life.person for life in sorted(lives, key=lambda life: life.person.registered_on)}


def _found(stage: Stage, at: datetime) -> None:
    begins = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    founding = trust.Founding(FIRST_YEAR, civil_date(at).year + 1, SOCIETIES)
    trust.found_register(stage.desk, stage.keyring, founding, actor=officers.REGISTRAR, now=begins)
    _authorize(stage, FIRST_YEAR, begins)


def _authorize(stage: Stage, year: int, at: datetime) -> None:
    """Authorize every society for five years, each in its own field."""
    number = (year - FIRST_YEAR) // _AUTHORIZATION_YEARS + 1
    days = date(year, 1, 1), date(year + _AUTHORIZATION_YEARS - 1, 12, 31)
    for society in SOCIETIES:
        command = trust.GrantAuthorization(society, SECOND_FIELDS.get(society, (society,)), number, *days)
        trust.grant_authorization(stage.desk, stage.keyring, command, actor=officers.REGISTRAR, now=at)
    trust.publish_trust_list(stage.desk, stage.keyring, actor=officers.REGISTRAR, now=at)


def _renewals(stage: Stage, at: datetime) -> Iterator[_Happening]:
    """Authorize the societies anew whenever their five years are over."""
    for year in range(FIRST_YEAR + _AUTHORIZATION_YEARS, civil_date(at).year + 1, _AUTHORIZATION_YEARS):
        yield _Happening(datetime(year, 1, 1, tzinfo=UTC), partial(_authorize, stage, year))


def _agreements(stage: Stage, at: datetime) -> Iterator[_Happening]:
    """Record every version of an agreement on its day."""
    for given in read_table("agreements.json", "demo", "registry")["agreements"]:
        content = json.dumps({name: member for name, member in given.items() if name != "recorded"}).encode()
        day = office_hour(date.fromisoformat(given["recorded"]))
        if day <= at:
            yield _Happening(day, partial(_record_agreement, stage, content))


def _record_agreement(stage: Stage, content: bytes, at: datetime) -> None:
    agreements.add_agreement(stage.desk, stage.keyring, content, actor=officers.REGISTRAR, now=at)


@dataclass(slots=True)
class _Life:
    """One registration of an engineer, from the recommendation on."""

    stage: Stage
    person: Engineer
    serials: Randomness
    number: str = ""

    def happenings(self, today: date) -> Iterator[_Happening]:
        """Tell what happens when, on a census of `today`."""

        def before(days: int) -> datetime:
            return office_hour(today - timedelta(days=days))

        yield _Happening(office_hour(self.person.registered_on), self.register)
        for hold in self.person.holds:
            yield _Happening(before(hold.days_before), partial(self.suspend, hold))
            if hold.lifted_days_before is not None:
                yield _Happening(before(hold.lifted_days_before), partial(self.lift, hold))
        if self.person.revoked_days_before is not None:
            yield _Happening(before(self.person.revoked_days_before), self.revoke)

    def register(self, moment: datetime) -> None:
        """Recommend, confirm and issue."""
        person, on, desk = self.person, self.person.registered_on, self.stage.desk
        command = registrations.Recommendation(
            member_ref=person.member_ref,
            name_hans=person.name.hans,
            name_latin=person.name.latin,
            consent_c1=person.consent_c1,
            society=person.society,
            field=person.field,
            grade=person.grade,
            standard=person.standard,
            decided_on=on - timedelta(days=7),
            decision_ref=self._reference(person.field),
            material_review_on=on - timedelta(days=55),
            written_test_on=on - timedelta(days=37),
            interview_on=on - timedelta(days=14),
        )
        actor, keyring, randomness = officers.REGISTRAR, self.stage.keyring, self.stage.randomness
        digest = registrations.recommend_registration(desk, command, actor=officers.board(person.society), now=moment)
        self.number = registrations.confirm_registration(desk, digest, randomness=self.serials, actor=actor, now=moment)
        issuing.issue_certificate(desk, self.number, keyring=keyring, randomness=randomness, actor=actor, now=moment)

    def _reference(self, what: str) -> str:
        return f"demo/{self.person.member_ref}/{what}"

    def suspend(self, hold: HoldPlan, moment: datetime) -> None:
        """Add a hold of the plan."""
        until = civil_date(moment) + timedelta(days=hold.runs_for_days) if hold.runs_for_days is not None else None
        command = decisions.Suspension(self.number, hold.kind, self._reference(hold.kind), until)
        actor = officers.CONDUCT_PANEL if hold.kind in _CONDUCT else officers.REGISTRAR
        decisions.suspend_registration(self.stage.desk, command, actor=actor, now=moment)

    def lift(self, hold: HoldPlan, moment: datetime) -> None:
        """Lift a hold of the plan."""
        actor = officers.CONDUCT_PANEL if hold.kind in _CONDUCT else officers.board(self.person.society)
        reference = self._reference(f"{hold.kind}/lifted")
        decisions.lift_hold(self.stage.desk, self.number, hold.kind, decision_ref=reference, actor=actor, now=moment)

    def revoke(self, moment: datetime) -> None:
        """Propose a revocation as the panel, and confirm it as the registrar a moment later."""
        ruling = rulings.Ruling("revocation", self.number, self._reference("revocation"), self.person.ground)
        digest = rulings.propose(self.stage.desk, ruling, actor=officers.CONDUCT_PANEL, now=moment)
        rulings.confirm(self.stage.desk, digest, actor=officers.REGISTRAR, now=moment + _MOMENT)
