"""Where the entries of a society that is no more are: over several ends, and in which order (R-AU-05, R-AU-11)."""

from datetime import date
from itertools import pairwise, product
from types import SimpleNamespace
from typing import Any

import pytest

from registry.demo.officers import REGISTRAR
from registry.domain.calendar import start_of
from registry.services.audit import audit
from registry.services.bodies import GrantAuthorization, grant_authorization
from registry.services.memberships import successor_of, way_on
from registry.services.refusals import CommandError, SocietyNotAuthorizedError
from tests.integration.registers import AT, Office
from tests.integration.test_bodies import act, events, run, society

FIRST, SECOND, THIRD = (date(2026, 8, day) for day in (1, 10, 20))
LATER = date(2026, 8, 30)


def end(office: Office, code: str, on: date, to: str | None, cause: str = "merger") -> None:
    act(office, "withdrawn", on, code, cause=cause, custodian=to)


def authorize(office: Office, code: str, on: date) -> None:
    grant = GrantAuthorization(code, ("ELE", "ICT"), ("AE", "PE", "SPE"), on, "T/2")
    grant_authorization(office.desk, office.keyring, grant, actor=REGISTRAR, now=AT)


@pytest.mark.parametrize(
    ("ends", "anew", "homes"),
    [
        ([("ELE", FIRST, "ICT"), ("ICT", SECOND, "CIV")], None, "CIV CIV CIV"),
        ([("ELE", FIRST, "ICT"), ("ICT", SECOND, "ELE")], SECOND, "ELE ELE CIV"),
        ([("ELE", FIRST, "ICT"), ("ICT", SECOND, "CIV"), ("CIV", THIRD, "ELE")], THIRD, "ELE ELE ELE"),
        ([("ELE", FIRST, "ICT"), ("ICT", SECOND, "ELE"), ("ELE", THIRD, None)], SECOND, "CUS CUS CIV"),
        ([("ELE", FIRST, "ICT"), ("ICT", SECOND, None), ("CIV", THIRD, None)], None, "CUS CUS CUS"),
        # Decided after the merger, in effect before it: the successor is no more when the merger comes.
        ([("ELE", SECOND, "ICT"), ("ICT", FIRST, None)], None, "CUS CUS CIV"),
    ],
    ids=["chain", "circle-of-two", "circle-of-three", "circle-and-loss", "chain-and-losses", "loss-before-the-merger"],
)
def test_r_au_11_entries_are_with_who_has_a_right_and_a_second_run_moves_none(
    staffed: Office, ends: list[Any], anew: date | None, homes: str
) -> None:
    for code, on, to in ends:
        if to == "ELE" and anew is not None:
            authorize(staffed, "ELE", anew)
        end(staffed, code, on, to, "merger" if to is not None else "quality")
    run(staffed, start_of(LATER))
    before = [events(staffed, number) for number in range(3)]
    assert [society(staffed, number) for number in range(3)] == homes.split()
    assert run(staffed, start_of(LATER)) == {}
    assert [events(staffed, number) for number in range(3)] == before
    assert all(one <= other for told in before for (_, one), (_, other) in pairwise(told))
    assert audit(staffed.desk, None, actor=REGISTRAR, now=start_of(LATER)) == []


def test_r_au_11_each_step_of_a_chain_counts_from_its_own_day_and_open_files_go_its_way(staffed: Office) -> None:
    end(staffed, "ELE", FIRST, "ICT")
    end(staffed, "ICT", SECOND, "CIV")
    run(staffed, start_of(LATER))
    assert events(staffed, 0)[1:] == [("TRANSFERRED", start_of(FIRST)), ("TRANSFERRED", start_of(SECOND))]
    with staffed.desk.open_reading() as work:
        days = [date(2026, 7, 31), FIRST, date(2026, 8, 9), SECOND]
        assert [successor_of(work, "ELE", on) for on in days] == ["ELE", "ICT", "ICT", "CIV"]


@pytest.mark.parametrize("cause", ["merger", "quality"])
@pytest.mark.parametrize("on", [date(2026, 7, 20), FIRST, SECOND])
def test_r_au_11_who_merged_or_is_to_merge_takes_nobody_over_before_it_is_authorized_anew(
    staffed: Office, cause: str, on: date
) -> None:
    end(staffed, "ELE", FIRST, "ICT")
    before = staffed.database.dump()
    with pytest.raises((CommandError, SocietyNotAuthorizedError), match="ELE"):
        end(staffed, "ICT", on, "ELE", cause)
    assert staffed.database.dump() == before
    authorize(staffed, "ELE", SECOND)
    end(staffed, "ICT", SECOND, "ELE", cause)
    run(staffed, start_of(LATER))
    assert [society(staffed, number) for number in range(3)] == ["ELE", "ELE", "CIV"]


def test_r_au_11_a_way_leads_to_who_did_not_end_and_a_circle_leads_nowhere() -> None:
    """Every way in which three bodies may have ended: to one of them, to nobody known yet, or not at all."""
    for heirs in product(["a", "b", "c", "nobody", "runs"], repeat=3):
        to = dict(zip("ABC", heirs, strict=True))
        ended: Any = {
            (code, None): SimpleNamespace(code=code, successor=None if heir == "nobody" else f"did:web:x:{heir}")
            for code, heir in to.items()
            if heir != "runs"
        }
        for code in "ABC":
            walked = [code]
            while len(walked) < 5 and to[walked[-1]] in {"a", "b", "c"}:
                walked.append(to[walked[-1]].upper())
            expected = walked[:-1] if len(walked) < 5 else []
            assert [one.code for one in way_on(ended, (code, None))] == expected, to
