"""Where the entries of a society that is no more are: over several ends, and in which order (R-AU-05, R-AU-11)."""

from datetime import date, datetime, timedelta
from itertools import pairwise, product
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import update

from issuer.trusted import AuthorizationEntry
from registry.demo.officers import CLOCK, REGISTRAR, REGISTRARS
from registry.domain.calendar import civil_date, start_of
from registry.services.audit import audit
from registry.services.bodies import GrantAuthorization, grant_authorization, in_doubt
from registry.services.memberships import successor_of, way_on
from registry.services.refusals import CommandError, SocietyNotAuthorizedError
from registry.services.sweeping import due_at, sweep
from registry.services.trust import refresh_trust_list
from registry.store.tables import AUTHORIZATION, AUTHORIZATION_SCOPE, REGISTRATION
from tests.integration.registers import AT, MINUTE, Office
from tests.integration.test_bodies import RENEWED, act, code, document, events, judged, next_term, run, society
from tests.integration.test_rulings import promote

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
    for lost, on, to in ends:
        if to == "ELE" and anew is not None:
            authorize(staffed, "ELE", anew)
        end(staffed, lost, on, to, "merger" if to is not None else "quality")
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
            (one, None): SimpleNamespace(code=one, successor=f"did:web:x:{heir}" if heir != "nobody" else None)
            for one, heir in to.items()
            if heir != "runs"
        }
        for first in "ABC":
            walked = [first]
            while len(walked) < 5 and to.get(walked[-1], "runs") != "runs":
                walked.append(to[walked[-1]].upper())
            expected = walked[:-1] if len(walked) < 5 else []
            assert [one.code for one in way_on(ended, (first, None))] == expected, to


# --- a term that runs out ---------------------------------------------------------------------------------------------

LAST = date(2026, 11, 30)
OVER = start_of(date(2026, 12, 1))


def swept(office: Office, at: datetime, *, has_root: bool = True) -> dict[str, int]:
    keyring = office.keyring if has_root else None
    done = sweep(office.desk, actor=CLOCK, now=at, approved_by=REGISTRARS, keyring=keyring).done
    refresh_trust_list(office.desk, office.keyring, actor=REGISTRAR, now=at)
    return {name: count for name, count in done.items() if name == "transfer"}


def foretold(office: Office, at: datetime) -> int:
    with office.desk.open_reading() as work:
        return due_at(office.desk, work, at)["transfer"]


def authorizations(office: Office, below: str) -> list[AuthorizationEntry]:
    with office.desk.open_reading() as work:
        return [one for one in work.trust.authorizations() if one.path.startswith(below)]


def test_r_au_05_a_term_that_ran_out_moves_the_entries_into_custody_from_the_day_after(staffed: Office) -> None:
    old = document(staffed, 0)
    assert (foretold(staffed, OVER - MINUTE), foretold(staffed, OVER)) == (0, 3)
    assert swept(staffed, OVER - MINUTE) == {}
    assert code(judged(staffed, old, OVER - MINUTE), "authorization_at_signing") is None
    assert swept(staffed, OVER + 5 * MINUTE) == {"transfer": 3}
    assert [society(staffed, number) for number in range(3)] == ["CUS", "CUS", "CUS"]
    assert [events(staffed, number)[1:] for number in range(3)] == [[("TRANSFERRED", OVER)]] * 3
    (ended,), (custody,) = (
        authorizations(staffed, "/societies/ele/"),
        authorizations(staffed, "/custodian/authorizations/ele"),
    )
    assert (ended.state, ended.cause, ended.state_since) == ("expired", "term_end", civil_date(OVER))
    assert {(one.field, one.may, one.from_on, one.until_on) for one in custody.scope} == {
        (field, ("maintain",), civil_date(OVER), date(2027, 11, 30)) for field in ("ELE", "ICT")
    }
    answer = judged(staffed, old, OVER + 6 * MINUTE)
    assert (answer["outcome"], code(answer, "authorization_at_signing")) == ("valid", "authorization_lost_later")
    assert answer["certificate"]["administered_by"]["code"] == "CUS"
    assert audit(staffed.desk, None, actor=REGISTRAR, now=OVER + 6 * MINUTE) == []


def test_r_au_05_a_term_that_ran_out_is_recorded_once_and_the_custodian_maintains(staffed: Office) -> None:
    swept(staffed, OVER)
    with staffed.desk.open_reading() as work:
        version = work.trust.trust_list()
    before = [events(staffed, number) for number in range(3)]
    assert (foretold(staffed, OVER), swept(staffed, OVER)) == (0, {})
    with staffed.desk.open_reading() as work:
        assert work.trust.trust_list() == version
    assert [events(staffed, number) for number in range(3)] == before
    next_term(staffed, 0, **RENEWED)
    staffed.issue(staffed.numbers[0], OVER + MINUTE)
    assert judged(staffed, document(staffed, 0), OVER + 2 * MINUTE)["outcome"] == "valid"
    grant = GrantAuthorization("CIV", ("ELE", "ICT"), ("AE", "PE", "SPE"), date(2026, 12, 2), "T/2")
    grant_authorization(staffed.desk, staffed.keyring, grant, actor=REGISTRAR, now=OVER)
    named = date(2026, 12, 3)
    act(staffed, "expired", named, now=OVER, cause="term_end", custodian="CIV")
    assert swept(staffed, start_of(named)) == {"transfer": 2}
    assert [society(staffed, number) for number in range(3)] == ["CIV", "CIV", "CUS"]


@pytest.mark.parametrize(
    ("begins", "home"), [(date(2026, 12, 1), "ELE"), (date(2026, 12, 2), "CUS"), (date(2027, 2, 1), "CUS")]
)
def test_r_au_05_another_authorization_goes_on_without_custody_if_no_day_is_between(
    staffed: Office, begins: date, home: str
) -> None:
    authorize(staffed, "ELE", begins)
    swept(staffed, OVER)
    assert (society(staffed, 0), society(staffed, 1), society(staffed, 2)) == (home, home, "CUS")
    later = authorizations(staffed, "/societies/ele/authorizations/2")[0]
    assert (later.state, later.from_on, later.successor) == ("active", begins, None)


@pytest.mark.parametrize("last", [LAST, date(2026, 10, 31)])
def test_r_au_05_custody_covers_all_for_which_the_society_was_authorized(staffed: Office, last: date) -> None:
    grant = GrantAuthorization("ELE", ("ARC",), ("PE",), date(2026, 7, 1), "T/2")
    grant_authorization(staffed.desk, staffed.keyring, grant, actor=REGISTRAR, now=AT)
    for table, day in ((AUTHORIZATION, "to_on"), (AUTHORIZATION_SCOPE, "until_on")):
        staffed.database.execute(update(table).filter_by(path="/societies/ele/authorizations/2").values({day: last}))
    swept(staffed, OVER)
    assert society(staffed, 0) == "CUS"
    (custody,) = authorizations(staffed, "/custodian/authorizations/ele")
    assert [one.field for one in custody.scope] == ["ELE", "ICT", "ARC"]
    states = [one.state for one in authorizations(staffed, "/societies/ele/")]
    assert states == ["expired", "expired" if last == LAST else "active"]


def test_r_au_05_without_the_keys_of_the_root_nothing_moves_and_the_dry_run_tells_of_it(staffed: Office) -> None:
    assert swept(staffed, OVER, has_root=False) == {}
    assert (foretold(staffed, OVER), society(staffed, 0)) == (3, "ELE")


def test_r_au_05_a_run_that_is_late_counts_from_the_day_after_the_term(staffed: Office) -> None:
    assert swept(staffed, start_of(date(2026, 12, 9))) == {"transfer": 3}
    assert events(staffed, 0)[1:] == [("TRANSFERRED", OVER)]
    assert [one.to_on for one in authorizations(staffed, "/custodian/")] == [date(2027, 11, 30)] * 3


@pytest.mark.parametrize("short", [1, 2])
def test_r_au_05_of_two_ends_on_one_day_that_counts_in_which_somebody_was_named(staffed: Office, short: int) -> None:
    """One authorization of the society runs out on the eve of the day from which the other is withdrawn."""
    grants = [
        GrantAuthorization(code, ("ELE", "ICT", "CIV", "ARC"), ("AE", "PE", "SPE"), date(2026, 7, 1), "T/2")
        for code in ("CIV", "ELE")
    ]
    grant_authorization(staffed.desk, staffed.keyring, *grants, actor=REGISTRAR, now=AT)
    for table, column in ((AUTHORIZATION, "to_on"), (AUTHORIZATION_SCOPE, "until_on")):
        for number in (1, 2):
            day = civil_date(OVER) - timedelta(days=1) if number == short else date(2031, 6, 30)
            path = f"/societies/ele/authorizations/{number}"
            staffed.database.execute(update(table).filter_by(path=path).values({column: day}))
    end(staffed, "ELE", civil_date(OVER), "CIV", "quality")
    swept(staffed, OVER, has_root=False)
    assert [society(staffed, number) for number in range(3)] == ["CIV"] * 3


def test_r_au_05_the_custody_of_a_society_has_what_merged_into_it_and_not_what_others_assessed_last(
    staffed: Office,
) -> None:
    """ELE merges into ICT, which is lost; then CIV takes over what CSE's custodian body holds for ICT."""
    grant = GrantAuthorization("CIV", ("ELE", "ICT"), ("AE", "PE", "SPE"), date(2026, 7, 1), "T/2")
    grant_authorization(staffed.desk, staffed.keyring, grant, actor=REGISTRAR, now=AT)
    end(staffed, "ELE", FIRST, "ICT")
    end(staffed, "ICT", SECOND, None, "quality")
    run(staffed, start_of(SECOND))
    assert [society(staffed, number) for number in range(3)] == ["CUS", "CUS", "CIV"]
    act(staffed, "withdrawn", LATER, "ICT", now=start_of(SECOND) + MINUTE, cause="quality", custodian="CIV")
    run(staffed, start_of(LATER))
    assert [society(staffed, number) for number in range(3)] == ["CIV"] * 3


def test_r_au_05_a_lower_grade_that_another_society_assessed_moves_no_entry(staffed: Office) -> None:
    number = staffed.numbers[0]
    promote(staffed, AT + timedelta(days=1))
    first = update(REGISTRATION).filter_by(register_no=number, seq=1)
    staffed.database.execute(first.values(assessing_society="ICT"))
    now = AT + timedelta(days=2)
    grant = GrantAuthorization("CIV", ("ICT",), ("AE", "PE", "SPE"), date(2026, 7, 20), "T/2")
    grant_authorization(staffed.desk, staffed.keyring, grant, actor=REGISTRAR, now=now)
    act(staffed, "withdrawn", FIRST, "ELE", now=now, cause="quality")
    act(staffed, "withdrawn", SECOND, "ICT", now=now, cause="quality")
    run(staffed, start_of(SECOND))
    act(staffed, "withdrawn", LATER, "ICT", now=start_of(SECOND) + MINUTE, cause="quality", custodian="CIV")
    run(staffed, start_of(LATER))
    assert [society(staffed, number) for number in range(3)] == ["CUS", "CUS", "CIV"]


def test_nothing_is_in_doubt_of_a_society_that_there_is_not(staffed: Office) -> None:
    with pytest.raises(CommandError, match="there is no society XXX"):
        in_doubt(staffed.desk, "XXX", actor=REGISTRAR, now=AT)
