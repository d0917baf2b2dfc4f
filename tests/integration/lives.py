"""A register that keeps the CPD ledger from 2021 on, and people who live in it, day by day."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from registry.adapters.keyring import FolderKeyring
from registry.adapters.randomness import SystemRandomness
from registry.demo.officers import CLOCK, REGISTRAR, REGISTRARS, board
from registry.domain.calendar import end_of, start_of
from registry.domain.cpd import YearState
from registry.domain.registration import Grade
from registry.services import cpd, cpd_facts
from registry.services.answers import verdict_of_number
from registry.services.bodies import GrantAuthorization, grant_authorization
from registry.services.intake import Outcome
from registry.services.registrations import confirm_registration, recommend_registration
from registry.services.sweeping import Swept, sweep
from registry.services.trust import (
    Founding,
    found_register,
    refresh_trust_list,
)
from registry.settings import read_settings
from registry.store.cpd import YearRow
from registry.store.engine import open_engine
from tests.integration.intake_files import another, order, take_members
from tests.integration.postgres import Server
from tests.integration.registers import CHEAP, DATABASE, Office, Original, desk_on, office_of, recommendation

FOUNDED = datetime(2021, 1, 1, tzinfo=UTC)
_TERMS = (date(2021, 1, 1), date(2026, 1, 1))


def noon(day: date) -> datetime:
    return start_of(day) + timedelta(hours=12)


@cache
def lived_in(folder: Path, server: Server | None) -> Original:
    """Found the register below `folder`, with its database there or on `server`."""
    settings = read_settings({"CSE_MODE": "demo"}, data_dir=folder / ("lived-on-server" if server else "lived"))
    settings.data_dir.mkdir()
    name = server.create() if server else str(settings.data_dir / DATABASE)
    engine = open_engine(server.url(name) if server else settings.database_url, create=True)
    desk = desk_on(engine)
    keyring = FolderKeyring(settings.keystore_dir, settings.passphrase_dir, cost=CHEAP)
    found_register(desk, keyring, Founding(2021, 2030, ("ELE", "CIV")), actor=REGISTRAR, now=FOUNDED)
    told, scope = tuple(Grade), (("ELE", ("ELE", "ICT")), ("CIV", ("CIV",)))
    grants = [GrantAuthorization(one, fields, told, first, "T/1") for first in _TERMS for one, fields in scope]
    grant_authorization(desk, keyring, *grants, actor=REGISTRAR, now=FOUNDED)
    cpd_facts.begin_ledger(desk, 2021, actor=REGISTRAR, now=FOUNDED)
    engine.dispose()
    return Original(settings.data_dir, name, server)


@dataclass(frozen=True)
class Lives:
    """The register, and what its people do on which day: at noon, if nothing else is said."""

    office: Office

    def person(self, on: date, serial: int = 13, **changed: object) -> str:
        """Take in and register somebody; returns the register number."""
        self.member(serial, str(changed.get("society", "ELE")))
        return self.register(on, serial, **changed)

    def member(self, serial: int, society: str = "ELE", number: str | None = None) -> None:
        row = another(serial, society=society, society_membership_no=number or f"E-{serial}")
        (one,) = take_members(self.office, row, actor=board(society), at=FOUNDED)
        assert one.result != "refused", one.reason

    def register(self, on: date, serial: int = 13, **changed: object) -> str:
        at, desk = noon(on), self.office.desk
        refresh_trust_list(desk, self.office.keyring, actor=REGISTRAR, now=at)
        own = {"decided_on": on, "interview_on": on, "decision_ref": f"D/{on}", "member_ref": f"E-{serial}"}
        names = {"name_hans": "诸葛澄", "name_latin": "Zhuge Cheng"}
        command = recommendation(**{**own, **names, **changed})
        digest = recommend_registration(desk, command, actor=board(command.society), now=at)
        return confirm_registration(desk, digest, randomness=SystemRandomness(), actor=REGISTRAR, now=at)

    def issue(self, number: str, on: date) -> None:
        refresh_trust_list(self.office.desk, self.office.keyring, actor=REGISTRAR, now=noon(on))
        self.office.issue(number, at=noon(on))

    def bits(self, number: str) -> tuple[int, int]:
        with self.office.desk.open_reading() as work:
            (one,) = work.certificates.of_registration(number, 1)
            index = one.status_index
            return int(index in work.certificates.revoked_indexes(1)), int(
                index in work.certificates.suspended_indexes(1)
            )

    def hand_in(self, *rows: dict[str, str], at: datetime, society: str = "ELE", trial: bool = False) -> list[Outcome]:
        file = order(rows, board(society), is_trial=trial, at=at)
        return cpd_facts.import_activities(self.office.desk, file)

    def hours(self, hours: str, on: date, at: date | datetime | None = None, **changed: str) -> int:
        """Hand in hours of a day, that day or `at` another; returns their number in the ledger."""
        when = at if isinstance(at, datetime) else noon(at or on)
        society = changed.pop("society", "ELE")
        (one,) = self.hand_in(activity(hours=hours, activity_on=str(on), **changed), at=when, society=society)
        assert one.result == "added", one.reason
        with self.office.desk.open_reading() as work:
            file = work.members.file(member_no=changed.get("member_no", "M-13"))
            assert file is not None
            return work.cpd.activities(file.member_id)[-1].seq

    def accept(
        self, number: str, *seqs: int, at: date | datetime, hours: str | None = None, society: str = "ELE"
    ) -> None:
        when = at if isinstance(at, datetime) else noon(at)
        counted = Decimal(hours) if hours is not None else None
        cpd_facts.review(self.office.desk, number, seqs, counted, actor=board(society), now=when)

    def keeps(self, number: str, *years: int, hours: str = "40", month: int = 6, **changed: str) -> None:
        """Let somebody do so many hours in each year, from the first of a month on, all accepted on its tenth."""
        for year in years:
            left, day = Decimal(hours), date(year, month, 1)
            seqs = []
            while left:
                part = min(left, Decimal(20))
                seqs.append(self.hours(str(part), day, date(year, month, 9), **changed))
                left, day = left - part, day + timedelta(days=1)
            self.accept(number, *seqs, at=date(year, month, 10))

    def sweep(self, on: date | datetime, *, approved: bool = True) -> Swept:
        when = on if isinstance(on, datetime) else start_of(on)
        return sweep(self.office.desk, actor=CLOCK, now=when, approved_by=REGISTRARS if approved else ())

    def member_of(self, number: str) -> str:
        with self.office.desk.open_reading() as work:
            return work.register.entry(number).member_id

    def ledger(self, number: str, at: date | datetime) -> dict[int, YearRow]:
        """The years as they stood at the last second of a day, or at a moment."""
        when, desk = at if isinstance(at, datetime) else end_of(at), self.office.desk
        with desk.open_reading() as work:
            years = cpd.ledger(work, work.register.entry(number).member_id, when, desk.policy)
            return {one.year: one for one in cpd.rows_of(years, when, desk.policy)}

    def state(self, number: str, year: int, at: date | datetime) -> YearState:
        return self.ledger(number, at)[year].state

    def kept(self, number: str) -> dict[int, YearRow]:
        """The copy in the register: of each year that was assessed the state that was recorded last."""
        with self.office.desk.open_reading() as work:
            known = work.cpd.years(work.register.entry(number).member_id, recorded=True)
            return {one.year: one for one in known}

    def status(self, number: str, at: datetime) -> str:
        """What a look-up of the number says."""
        refresh_trust_list(self.office.desk, self.office.keyring, actor=REGISTRAR, now=at)
        return str((verdict_of_number(self.office.desk, number, now=at).verdict or {})["state"])

    def events(self, number: str) -> list[tuple[str, datetime, datetime]]:
        with self.office.desk.open_reading() as work:
            assert work.journal.broken_at() is None
            return [(one.type, one.effective_at, one.recorded_at) for one in work.journal.events(number)[1:]]

    def under(self, **policy: Any) -> "Lives":
        """The same register under another policy."""
        desk = self.office.desk
        return Lives(replace(self.office, desk=replace(desk, policy=replace(desk.policy, **policy))))


def activity(**changed: str) -> dict[str, str]:
    """A row of a file of activities that is in order, but for what is `changed`."""
    return {
        "member_no": "M-13", "activity_on": "2025-06-01", "hours": "6", "category": "1",
        "organizer": "Example Training Institute", "field": "ELE", "evidence_ref": "EV-1", **changed,
    }  # fmt: skip


@contextmanager
def lives_of(folder: Path, place: Server | None) -> Iterator[Lives]:
    with office_of(lived_in(folder, place)) as office:
        yield Lives(office)
