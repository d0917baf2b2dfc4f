"""The lived demonstration, built once to 2027-06-30 and counted on 2026-07-01 on its way: the table of domain 7."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pytest

from registry.adapters.folder import PublishFolder
from registry.adapters.keyring import FolderKeyring, SecretFile
from registry.adapters.opening import open_desk
from registry.adapters.randomness import SystemRandomness
from registry.demo.live import Stage, live_by_habits
from registry.demo.officers import CLOCK, REGISTRAR
from registry.demo.people import Person
from registry.demo.plan import office_hour
from registry.domain.calendar import start_of
from registry.services import cpd
from registry.services.audit import audit
from registry.services.census import CertificateLine, RegisterLine, certificate_lines, register_lines
from registry.services.sweeping import sweep
from registry.store.cpd import YearRow
from tests.integration.registers import AT, CHEAP, DATABASE, Demo

CENSUS, UNTIL = date(2026, 7, 1), office_hour(date(2027, 6, 30))


@dataclass
class Lived:
    """The register as it stood on 2026-07-01, and where it stands now."""

    stage: Stage
    database: Path
    lines: list[RegisterLine] = field(default_factory=list)
    certificates: list[CertificateLine] = field(default_factory=list)
    years: list[YearRow] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)

    def count(self, at: datetime) -> None:
        self.lines = register_lines(self.stage.desk, actor=REGISTRAR, now=at)
        self.certificates = certificate_lines(self.stage.desk, actor=REGISTRAR, now=at)
        with self.stage.desk.open_reading() as work:
            members = {work.register.entry(line.number).member_id for line in self.lines}
            policy = self.stage.desk.policy
            ledgers = (cpd.ledger(work, member, at, policy) for member in members)
            self.years = [year for years in ledgers for year in cpd.rows_of(years, at, policy)]


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    demo = Demo(tmp_path_factory.mktemp("lived") / "demo", {})
    settings = demo.settings
    keyring = FolderKeyring(settings.keystore_dir, settings.passphrase_dir, cost=CHEAP)
    desk, secret = open_desk(settings, create=True), SecretFile(settings.secret_file)
    stage = Stage(desk, keyring, SystemRandomness(), PublishFolder(settings.publish_dir), secret)
    found = Lived(stage, demo.folder / DATABASE)

    def step(done: int, total: int) -> None:
        assert total == (date(2027, 6, 30) - date(2021, 1, 1)).days
        if done == (CENSUS - date(2021, 1, 1)).days:
            found.count(AT)

    found.people = live_by_habits(found.stage, at=UNTIL, step=step)
    return found


def test_the_entries_by_status_and_grade(lived: Lived) -> None:
    assert Counter(line.status for line in lived.lines) == {
        "ACTIVE": 166, "SUSPENDED": 15, "EXPIRED": 8, "LAPSED": 13, "WITHDRAWN": 5, "REVOKED": 3, "ANNULLED": 1,
        "DECEASED": 3,
    }  # fmt: skip
    assert Counter(line.grade for line in lived.lines) == {"AE": 72, "PE": 100, "SPE": 42}
    assert len({one.member_id for one in lived.certificates}) == 200
    assert len({one.registration for one in lived.certificates}) == 236


def test_each_entry_has_the_status_of_its_group(lived: Lived) -> None:
    statuses = {"expired": "EXPIRED", "renewal lapse": "LAPSED", "CPD lapse": "LAPSED"}
    statuses |= {name: name.upper() for name in ("withdrawn", "revoked", "annulled", "deceased")}
    statuses |= {name: "SUSPENDED" for name in ("CPD hold", "conduct hold", "review hold")}
    found = {line.number: line.status for line in lived.lines}
    for number, status in found.items():
        groups = {place.group for place in lived.people[number].places if place.field == number[5:8]}
        assert {statuses.get(group, "ACTIVE") for group in groups} == {status}
    geo = Counter(status for number, status in found.items() if number[5:8] == "GEO")
    assert geo == {"ACTIVE": 18, "SUSPENDED": 1, "LAPSED": 1}


def test_the_certificates_by_kind(lived: Lived) -> None:
    assert Counter(one.kind for one in lived.certificates) == {
        "first": 236, "renewal": 68, "replacement KEY": 18, "replacement NAME": 6, "replacement DATA": 2,
        "replacement LOST": 1, "interim": 5, "restoration": 3, "after review": 1,
    }  # fmt: skip
    assert len(lived.certificates) == 340


def test_the_certificates_by_state_and_bits(lived: Lived) -> None:
    assert Counter(one.state for one in lived.certificates) == {
        "in force": 181, "run out": 67, "to come": 12, "SUPERSEDED": 22, "REPLACED KEY": 18, "REPLACED NAME": 6,
        "REPLACED DATA": 2, "REPLACED LOST": 1, "REPLACED INTERIM": 1, "CLOSED REFUSED": 1, "RENEWAL_LAPSE": 9,
        "CPD_LAPSE": 4, "CPD_LAPSE (current again)": 2, "WITHDRAWN (current again)": 1, "WITHDRAWN": 5, "REVOKED": 3,
        "REVOKED (current again)": 1, "ANNULLED": 1, "DECEASED": 3,
    }  # fmt: skip
    bits = Counter(one.bits for one in lived.certificates)
    assert bits["R=1 S=0"] + bits["R=1 S=1"] == 80
    assert (bits["R=0 S=1"], bits["R=1 S=1"]) == (15, 11)


def test_the_years_of_cpd(lived: Lived) -> None:
    """933 with a requirement and 39 without: 27 not due yet, 12 of those who ended in the open year."""
    counted = Counter(year.state.value for year in lived.years)
    assert len(lived.years) == 972
    assert (counted["UNCURED"], counted["SHORTFALL"], counted["CURED"]) == (14, 2, 10)
    assert counted["NOT_DUE"] == 27
    assert counted["OPEN"] == 188


def test_r_dt_12_the_clock_job_of_every_midnight_foresaw_each_lapse_and_nobody_had_to_approve(lived: Lived) -> None:
    with closing(sqlite3.connect(lived.database)) as database:
        kinds = {kind for (kind,) in database.execute("SELECT kind FROM journal")}
    assert ("status-event" in kinds, "sweep-approved" in kinds) == (True, False)


def test_a_year_later_the_register_agrees_with_itself_and_has_the_shares_that_are_expected(lived: Lived) -> None:
    desk, publisher = lived.stage.desk, lived.stage.publisher
    assert audit(desk, publisher, actor=REGISTRAR, now=UNTIL) == []
    swept = sweep(desk, actor=CLOCK, now=start_of(date(2027, 7, 1)))
    assert (swept.unreadable, +swept.waiting) == ([], Counter())
    lines = register_lines(desk, actor=REGISTRAR, now=UNTIL)
    counted = Counter(line.status for line in lines)
    live = counted["ACTIVE"] + counted["SUSPENDED"] + counted["EXPIRED"]
    assert abs(live - 215) <= 20
    assert counted["ACTIVE"] / live >= 0.87
    assert counted["SUSPENDED"] / live <= 0.09
    assert counted["EXPIRED"] / live <= 0.05
    assert 0.06 <= counted["LAPSED"] / live <= 0.14
    expected = {
        number
        for number, person in lived.people.items()
        for place in person.living(UNTIL.date())
        if person.places[place].field == number[5:8]
    }
    assert {line.number for line in lines if line.status in {"ACTIVE", "SUSPENDED", "EXPIRED"}} == expected


def test_t17_who_was_reinstated_for_the_rest_of_a_term_renews_it(lived: Lived) -> None:
    """The rest of a term ends with the term: the file is about the later of the two."""
    (number,) = [number for number, one in lived.people.items() if one.places[0].group == "reinstated"]
    with lived.stage.desk.open_reading() as work:
        terms = work.register.answering(number).value.terms
    assert [(str(term.origin), term.end_on) for term in terms] == [
        ("initial", date(2027, 2, 28)), ("appeal", date(2027, 2, 28)), ("renewal", date(2032, 2, 29)),
    ]  # fmt: skip
