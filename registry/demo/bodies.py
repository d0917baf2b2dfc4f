"""What CSE does in the demonstration about societies, keys and agreements, on which day."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from registry.demo import officers
from registry.demo.acting import Stage
from registry.demo.plan import FIRST_YEAR, SECOND_FIELDS, SOCIETIES
from registry.domain.calendar import civil_date, start_of
from registry.services import agreements, bodies, trust
from schemas import codes
from schemas.addresses import society_did
from schemas.tables import read_table

AUTHORIZATION_YEARS = 5
Happening = tuple[date, Callable[..., object]]


def found(stage: Stage, at: datetime) -> None:
    """Found the register, and authorize every society from its first day."""
    begins = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    founding = trust.Founding(FIRST_YEAR, civil_date(at).year + 1, SOCIETIES)
    trust.found_register(stage.desk, stage.keyring, founding, actor=officers.REGISTRAR, now=begins)
    _authorize(stage, FIRST_YEAR, SOCIETIES, now=begins)


def _authorize(stage: Stage, year: int, societies: Sequence[str], now: datetime) -> None:
    """Authorize societies for five years, each in its own field and for every grade."""
    told = tuple(codes.GRADES), date(year, 1, 1), f"demo/authorizations/{year}"
    grants = [bodies.GrantAuthorization(one, SECOND_FIELDS.get(one, (one,)), *told) for one in societies]
    bodies.grant_authorization(stage.desk, stage.keyring, *grants, actor=officers.REGISTRAR, now=now)


def happenings(stage: Stage, at: datetime, *, is_lived: bool) -> Iterator[Happening]:
    """Give what is done up to `at`: authorizations anew, versions of agreements and, where it `is_lived`, the rest."""
    told = read_table("bodies.json", "demo", "registry") if is_lived else {"decisions": [], "keys": [], "left_out": {}}
    for year in range(FIRST_YEAR + AUTHORIZATION_YEARS, civil_date(at).year + 2, AUTHORIZATION_YEARS):
        societies = [one for one in SOCIETIES if one not in told["left_out"].get(str(year), ())]
        yield date(year - 1, 12, 1), partial(_authorize, stage, year, societies)
    for given in read_table("agreements.json", "demo", "registry")["agreements"]:
        content = json.dumps({name: member for name, member in given.items() if name != "recorded"}).encode()
        add = partial(agreements.add_agreement, stage.desk, stage.keyring, content, actor=officers.REGISTRAR)
        yield date.fromisoformat(given["recorded"]), add
    for act, rows in ((_decide, told["decisions"]), (_compromise, told["keys"])):
        yield from ((date.fromisoformat(on), partial(act, stage, row)) for on, *row in rows)


def _decide(stage: Stage, told: list[Any], now: datetime) -> None:
    society, state, on, cause, doubt = told
    days = tuple(day and date.fromisoformat(day) for day in doubt)
    told = [society, state, date.fromisoformat(on), f"demo/{society}/{state}/{on}", cause, None, days]
    bodies.decide(stage.desk, stage.keyring, bodies.BodyDecision(*told), actor=officers.REGISTRAR, now=now)


def _compromise(stage: Stage, told: list[str], now: datetime) -> None:
    """Tell that the issuing key of a society counts for nothing since a day; it gets a new one."""
    key_id, moment = f"{society_did(stage.desk.base, told[0])}#issue-{now.year}", start_of(date.fromisoformat(told[1]))
    bodies.mark_compromised(stage.desk, stage.keyring, key_id, moment, actor=officers.REGISTRAR, now=now)
