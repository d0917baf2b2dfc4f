"""Living the plan: every event of the demonstration, in the order of time, through the use cases."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from registry.demo import officers
from registry.demo.plan import (
    FIRST_YEAR,
    SECOND_FIELDS,
    SEED,
    SOCIETIES,
    Engineer,
    HoldPlan,
    engineers,
    office_hour,
)
from registry.domain.calendar import civil_date
from registry.domain.registration import HoldKind
from registry.services.decisions import (
    Suspension,
    confirm_revocation,
    lift_hold,
    propose_revocation,
    suspend_registration,
)
from registry.services.issuing import issue_certificate
from registry.services.ports import Desk, Keyring, Publisher, Randomness
from registry.services.publishing import publish
from registry.services.registrations import Recommendation, confirm_registration, recommend_registration
from registry.services.trust import (
    Founding,
    GrantAuthorization,
    found_register,
    grant_authorization,
    publish_trust_list,
    refresh_trust_list,
)

_AUTHORIZATION_YEARS = 5
_CONDUCT = frozenset({HoldKind.CONDUCT_INTERIM, HoldKind.CONDUCT_SANCTION})
_MOMENT = timedelta(seconds=1)


class _SeededNumbers:
    """Register numbers of a demonstration come from its seed, so that the same day gives the same numbers."""

    def __init__(self) -> None:
        self._source = random.Random(SEED)

    def bytes(self, count: int) -> bytes:
        return self._source.randbytes(count)

    def below(self, bound: int) -> int:
        return self._source.randrange(bound)


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
    act: Callable[[datetime], None]


def live(stage: Stage, *, at: datetime, count: int, step: Callable[[int, int], None]) -> dict[str, Engineer]:
    """Live the demonstration up to `at`, publish it, and return the engineers by register number.

    `step(done, total)` is called after each event. Raises `PlanError` before anything is done.
    """
    people = engineers(at, count)
    numbers: dict[str, Engineer] = {}
    found = _SeededNumbers()
    happenings = sorted(_happenings(stage, people, numbers, found, at), key=lambda one: one.at)
    _found(stage, at)
    for done, happening in enumerate(happenings, start=1):
        refresh_trust_list(stage.desk, stage.keyring, actor=officers.REGISTRAR, now=happening.at)
        happening.act(happening.at)
        step(done, len(happenings))
    publish_trust_list(stage.desk, stage.keyring, actor=officers.REGISTRAR, now=at)
    publish(stage.desk, stage.keyring, stage.publisher, actor=officers.PUBLISHER, now=at)
    return numbers


def _found(stage: Stage, at: datetime) -> None:
    begins = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    founding = Founding(FIRST_YEAR, civil_date(at).year + 1, SOCIETIES)
    found_register(stage.desk, stage.keyring, founding, actor=officers.REGISTRAR, now=begins)
    _authorize(stage, FIRST_YEAR, begins)


def _authorize(stage: Stage, year: int, at: datetime) -> None:
    """Authorize every society for five years, each in its own field."""
    for society in SOCIETIES:
        command = GrantAuthorization(
            society=society,
            fields=SECOND_FIELDS.get(society, (society,)),
            number=(year - FIRST_YEAR) // _AUTHORIZATION_YEARS + 1,
            from_on=date(year, 1, 1),
            to_on=date(year + _AUTHORIZATION_YEARS - 1, 12, 31),
        )
        grant_authorization(stage.desk, stage.keyring, command, actor=officers.REGISTRAR, now=at)
    publish_trust_list(stage.desk, stage.keyring, actor=officers.REGISTRAR, now=at)


def _happenings(
    stage: Stage, people: list[Engineer], numbers: dict[str, Engineer], serials: Randomness, at: datetime
) -> Iterator[_Happening]:
    for year in range(FIRST_YEAR + _AUTHORIZATION_YEARS, civil_date(at).year + 1, _AUTHORIZATION_YEARS):
        yield _Happening(datetime(year, 1, 1, tzinfo=UTC), partial(_authorize, stage, year))
    for person in people:
        yield from _life(stage, person, numbers, serials, at)


def _life(
    stage: Stage, person: Engineer, numbers: dict[str, Engineer], serials: Randomness, at: datetime
) -> Iterator[_Happening]:
    own: list[str] = []

    def register(moment: datetime) -> None:
        number = _register(stage, person, serials, moment)
        own.append(number)
        numbers[number] = person

    yield _Happening(office_hour(person.registered_on), register)
    today = civil_date(at)
    for hold in person.holds:
        since = office_hour(today - timedelta(days=hold.days_before))
        yield _Happening(since, partial(_suspend, stage, person, own, hold))
        if hold.lifted_days_before is not None:
            lifted = office_hour(today - timedelta(days=hold.lifted_days_before))
            yield _Happening(lifted, partial(_lift, stage, person, own, hold))
    if person.revoked_days_before is not None:
        revoked = office_hour(today - timedelta(days=person.revoked_days_before))
        yield _Happening(revoked, partial(_revoke, stage, person, own))


def _register(stage: Stage, person: Engineer, serials: Randomness, moment: datetime) -> str:
    on = person.registered_on
    command = Recommendation(
        member_ref=person.member_ref,
        name_hans=person.name.hans,
        name_latin=person.name.latin,
        consent_c1=person.consent_c1,
        society=person.society,
        field=person.field,
        grade=person.grade,
        standard=person.standard,
        decided_on=on - timedelta(days=7),
        decision_ref=f"demo/{person.member_ref}/{person.field}",
        material_review_on=on - timedelta(days=55),
        written_test_on=on - timedelta(days=37),
        interview_on=on - timedelta(days=14),
    )
    digest = recommend_registration(stage.desk, command, actor=officers.board(person.society), now=moment)
    number = confirm_registration(stage.desk, digest, randomness=serials, actor=officers.REGISTRAR, now=moment)
    issue_certificate(
        stage.desk,
        number,
        keyring=stage.keyring,
        randomness=stage.randomness,
        actor=officers.REGISTRAR,
        now=moment,
    )
    return number


def _suspend(stage: Stage, person: Engineer, own: list[str], hold: HoldPlan, moment: datetime) -> None:
    until = civil_date(moment) + timedelta(days=hold.runs_for_days) if hold.runs_for_days is not None else None
    command = Suspension(own[0], hold.kind, f"demo/{person.member_ref}/{hold.kind}", until)
    actor = officers.CONDUCT_PANEL if hold.kind in _CONDUCT else officers.REGISTRAR
    suspend_registration(stage.desk, command, actor=actor, now=moment)


def _lift(stage: Stage, person: Engineer, own: list[str], hold: HoldPlan, moment: datetime) -> None:
    actor = officers.CONDUCT_PANEL if hold.kind in _CONDUCT else officers.board(person.society)
    reference = f"demo/{person.member_ref}/{hold.kind}/lifted"
    lift_hold(stage.desk, own[0], hold.kind, decision_ref=reference, actor=actor, now=moment)


def _revoke(stage: Stage, person: Engineer, own: list[str], moment: datetime) -> None:
    digest = propose_revocation(
        stage.desk,
        own[0],
        person.ground,
        decision_ref=f"demo/{person.member_ref}/revocation",
        actor=officers.CONDUCT_PANEL,
        now=moment,
    )
    confirm_revocation(stage.desk, digest, actor=officers.REGISTRAR, now=moment + _MOMENT)
