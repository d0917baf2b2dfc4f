"""Registrations that wait for a certificate, by the thousand: written into the tables, use cases would take a while."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, insert

from registry.demo.officers import REGISTRAR, board
from registry.demo.plan import PEOPLE
from registry.domain.approvals import Proposal
from registry.domain.numbers import compose_register_number
from registry.services.registrations import KIND
from registry.store.tables import ENTRY, MEMBER, PROPOSAL, REGISTRATION, TERM
from tests.integration.registers import AT, recommendation

_FIELDS = (("ELE", "ELE"), ("ELE", "ICT"), ("ICT", "ICT"), ("CIV", "CIV"))
_GRADES = ("AE", "PE", "SPE")
_AT_ONCE = 5_000


def register(engine: Engine, count: int) -> None:
    """Write `count` registrations into a founded register as use cases leave them, without their events."""
    for start in range(0, count, _AT_ONCE):
        with engine.begin() as connection:
            _register(connection, range(start, min(count, start + _AT_ONCE)))


def _register(connection: Connection, places: Sequence[int]) -> None:
    rows: dict[Any, list[dict[str, Any]]] = {table: [] for table in (MEMBER, PROPOSAL, ENTRY, REGISTRATION, TERM)}
    people, days = [name for group in PEOPLE.values() for name, _ in group], {"first_registered_on": AT.date()}
    for place in places:
        society, field = _FIELDS[place % len(_FIELDS)]
        name, grade, member = people[place % len(people)], _GRADES[place % len(_GRADES)], f"W-{place}"
        named = {"name_hans": name.hans, "name_latin": name.latin}
        one = recommendation(member_ref=member, society=society, field=field, grade=grade, **named)
        body = json.dumps(asdict(one), default=date.isoformat, sort_keys=True, ensure_ascii=False)
        asked = Proposal(KIND, body, board(society), AT)
        number = compose_register_number(year=2026, field=field, serial=place * 7)
        own = {"register_no": number, "seq": 1}
        rows[MEMBER].append({"id": member, **named, "consent_c1": True})
        known = {"digest": asked.digest, "kind": KIND, "body": body, "proposed_at": AT, "confirmed_at": AT}
        rows[PROPOSAL].append(known | asdict(asked.proposed_by) | {"confirmed_by": REGISTRAR.person})
        rows[ENTRY].append({"register_no": number, "member_id": member, "field": field, "society": society} | days)
        graded = {"grade": grade, "grade_since_on": AT.date(), "assessing_society": society, "life": "CURRENT"}
        based = {"standard_ref": one.standard, "recommendation": asked.digest, "interview_on": one.interview_on}
        rows[REGISTRATION].append(own | graded | based | {"life_since": AT})
        term = {"registration_seq": 1, "start_on": AT.date(), "end_on": date(2029, 6, 30), "origin": "initial"}
        rows[TERM].append(own | term)
    for table, values in rows.items():
        connection.execute(insert(table), values)
