"""A register that has lived since 2020, with the agreements of the scenarios: recognition claims are checked in it."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from registry.adapters.keyring import FolderKeyring
from registry.adapters.randomness import SystemRandomness
from registry.demo.officers import CLOCK, REGISTRAR, REGISTRARS, board
from registry.domain.calendar import SHANGHAI
from registry.domain.registration import Grade
from registry.services.agreements import add_agreement
from registry.services.answers import judged
from registry.services.bodies import GrantAuthorization, grant_authorization
from registry.services.cpd import FROM_YEAR, settle
from registry.services.issuing import issue_certificate
from registry.services.recognition import check_number, check_report
from registry.services.registrations import confirm_registration, recommend_registration
from registry.services.sweeping import sweep
from registry.services.trust import (
    Founding,
    found_register,
    publish_trust_list,
    refresh_trust_list,
)
from registry.settings import read_settings
from registry.store.engine import open_engine
from registry.store.journal import APPROVED
from registry.store.tables import CPD_ACTIVITY
from tests.integration.postgres import Server
from tests.integration.registers import CHEAP, DATABASE, Office, Original, desk_on, recommendation
from tests.support.agreements import OF_DEMO
from verifier.agreements import Claim

FOUNDED = datetime(2020, 1, 1, tzinfo=UTC)
ASKED = datetime(2026, 10, 1, 2, tzinfo=UTC)
"""When the scenarios ask, unless they say otherwise: 1 October 2026, 10:00 in Shanghai."""


def at(day: str, hour: str = "10:00") -> datetime:
    """Return a moment of a day in Shanghai."""
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(hour), tzinfo=SHANGHAI).astimezone(UTC)


@cache
def lived_in(folder: Path, server: Server | None) -> Original:
    """Found a register in 2020 below `folder`, with its database there or on `server`."""
    place = folder / ("abroad-on-server" if server else "abroad")
    settings = read_settings({"CSE_MODE": "demo"}, data_dir=place)
    settings.data_dir.mkdir()
    name = server.create() if server else str(settings.data_dir / DATABASE)
    engine = open_engine(server.url(name) if server else settings.database_url, create=True)
    desk = desk_on(engine)
    keyring = FolderKeyring(settings.keystore_dir, settings.passphrase_dir, cost=CHEAP)
    found_register(desk, keyring, Founding(2020, 2026, ("ELE", "MEC")), actor=REGISTRAR, now=FOUNDED)
    begins = [(society, date(year, 1, 1)) for society in ("ELE", "MEC") for year in (2020, 2025)]
    grants = [GrantAuthorization(one, (one,), tuple(Grade), first, "T/1") for one, first in begins]
    grant_authorization(desk, keyring, *grants, actor=REGISTRAR, now=FOUNDED)
    with desk.open_work() as work:
        work.trust.set_fact(FROM_YEAR, "2023")
    engine.dispose()
    return Original(settings.data_dir, name, server)


@dataclass(frozen=True)
class Abroad:
    """The register, with what the scenarios do in it."""

    office: Office

    def agree(self, *told: dict[str, Any], recorded_at: datetime | None = None) -> None:
        """Record agreements (those of the demonstration, if none is given) when they are signed; publish the list."""
        for one in told or OF_DEMO:
            content = json.dumps(one).encode()
            signed = recorded_at or max(FOUNDED, at(one["signedOn"]))
            add_agreement(self.office.desk, self.office.keyring, content, actor=REGISTRAR, now=signed)
        publish_trust_list(self.office.desk, self.office.keyring, actor=REGISTRAR, now=ASKED)

    def register(self, day: str, *, number: str | None = None, kept: int = 2025, **changed: Any) -> str:
        """Register somebody in MEC on a day, or promote whom a number names; the certificate is issued too.

        Who is registered has 40 accepted hours in each year from 2023 on, up to the one that was `kept` last.
        """
        is_new = number is None
        moment, desk = at(day), self.office.desk
        decided_on = date.fromisoformat(day) - timedelta(days=5)
        days = {"decided_on": decided_on, "interview_on": decided_on - timedelta(days=5)}
        edition = "T/CAS 326-2018" if day < "2021-12" else "T/CAS 326-2021"
        changed = {"society": "MEC", "field": "MEC", "standard": edition, **days, **changed}
        command = recommendation(**changed, **({"kind": "promotion"} if number else {}))
        refresh_trust_list(desk, self.office.keyring, actor=REGISTRAR, now=moment)
        digest = recommend_registration(desk, command, actor=board(command.society), now=moment)
        randomness = SystemRandomness()
        number = confirm_registration(desk, digest, randomness=randomness, actor=REGISTRAR, now=moment)
        keyring = self.office.keyring
        issue_certificate(desk, number, keyring=keyring, randomness=randomness, actor=REGISTRAR, now=moment)
        for year in range(max(int(day[:4]), 2023), kept + 1) if is_new else ():
            self.hours(number, f"{year}-12-01")
        self.settle(ASKED)
        return number

    def hours(self, number: str, day: str, hours: int = 40, **more: Any) -> None:
        """Put accepted hours of an activity on file; they were handed in, and decided on, at the end of January."""
        moment, activity_on = at(day), date.fromisoformat(day)
        handed_in = {"submitted_at": moment, "decided_at": moment, "accepted": Decimal(hours), "year": activity_on.year}
        with self.office.desk.open_reading() as work:
            member = work.register.entry(number).member_id
            seq = len(work.cpd.activities(member)) + 1
        row = {"member_id": member, "seq": seq, "activity_on": activity_on, "hours": Decimal(hours), "category": 1}
        text = dict.fromkeys(("organizer", "field", "evidence_ref"), "MEC")
        row |= {**text, **handed_in, "reversed_hours": Decimal(0), **more}
        self.office.database.execute(insert(CPD_ACTIVITY).values(row))

    def settle(self, now: datetime) -> None:
        """Write what the clock owes everybody by the facts on file, as the use cases that record them do."""
        with self.office.desk.open_work() as work:
            members = {work.register.entry(number).member_id for number in work.register.numbers()}
            for member in sorted(members):
                settle(work, member, now, self.office.desk.policy)

    def dated(self, now: datetime) -> datetime:
        """Let what follows be recorded at `now`, although agreements and hours of later days stand in the journal."""
        with self.office.desk.open_work() as work:
            work.journal.append(kind=APPROVED, subject="", payload_sha256="0" * 64, actor="tests", at=now)
        return now

    def pass_time(self, now: datetime) -> None:
        """Let the clock job record what is over by `now`."""
        self.settle(now)
        sweep(self.office.desk, actor=CLOCK, now=now, approved_by=REGISTRARS)

    def ask(self, number: str, claim: Claim, as_of: str | datetime | None = None, **more: Any) -> dict[str, Any]:
        """Ask by number; more is the moment of the question, or `has_history`."""
        now = more.pop("now", ASKED)
        self.settle(now)
        refresh_trust_list(self.office.desk, self.office.keyring, actor=REGISTRAR, now=now)
        return check_number(self.office.desk, number, asking(claim, as_of, **more), now=now)

    def show(self, document: bytes, claim: Claim, as_of: str | None = None, now: datetime = ASKED) -> dict[str, Any]:
        """Ask with a certificate."""
        self.settle(now)
        refresh_trust_list(self.office.desk, self.office.keyring, actor=REGISTRAR, now=now)
        report = judged(self.office.desk, document, now)
        return check_report(self.office.desk, report, asking(claim, as_of), now=now).recognition or {}

    def certificates(self, number: str) -> list[bytes]:
        """Return every certificate of a number, in the order of their issue."""
        with self.office.desk.open_reading() as work:
            held = work.register.registrations(number)
            return [one.document for place in held for one in work.certificates.of_registration(number, place.seq)]


def asking(claim: Claim, as_of: str | datetime | None, *, has_history: bool = True) -> Claim:
    """Return a claim about a day or instant, of an account that may ask about the past."""
    day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    return replace(claim, as_of=day, has_history=has_history)


PARTY = Claim(agreement="m1", is_personal=True)
"""A party of M1 that has the holder's claim on file."""
ANYBODY = replace(PARTY, is_personal=False)
