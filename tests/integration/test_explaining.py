"""`cse policy explain`: why a registration has its status, rule by rule."""

from datetime import date, datetime, timedelta

import pytest

from registry.demo.officers import REGISTRAR, REGISTRARS, board
from registry.domain.actors import Actor, Role
from registry.domain.calendar import start_of
from registry.domain.identity import member_id_of
from registry.domain.refusals import NotAllowedError, NotFoundError
from registry.domain.registration import HoldKind
from registry.services.cpd_facts import begin_ledger, exempt
from registry.services.decisions import record_death, withdraw
from registry.services.explaining import explain
from registry.services.memberships import ENDED, set_standing
from registry.services.sweeping import sweep
from registry.store.members import Membership
from tests.integration.conftest import Cse
from tests.integration.registers import AT, MINUTE, Demo, Office
from tests.integration.test_decisions import revoke, suspend

DAY = timedelta(days=1)
CLOCK = Actor("clock", Role.CLOCK, "CSE", "machine")


def told(office: Office, now: datetime, on: date | None = None) -> list[tuple[str, str]]:
    found = explain(office.desk, office.numbers[0], actor=REGISTRAR, now=now, on=on)
    return [(one.rule, one.says) for one in found]


def test_a_plain_registration_is_explained(staffed: Office) -> None:
    assert told(staffed, AT + MINUTE) == [
        ("R-RG-02", "PE since 2026-07-01, assessed by ELE"),
        ("R-DT-04", "term 1, initial: 2026-07-01 to 2031-06-30"),
        ("R-DT-08", "expiry will come on 2031-07-01 00:00 China time"),
        ("R-DT-08", "lapse.renewal will come on 2031-09-29 00:00 China time"),
        ("3.4", "public status on 2026-07-01 10:01 China time: ACTIVE"),
    ]


@pytest.mark.parametrize("kind", HoldKind)
def test_each_hold_is_told_with_its_rule(staffed: Office, kind: HoldKind) -> None:
    until = date(2026, 8, 1) if kind is HoldKind.CONDUCT_SANCTION else None
    suspend(staffed, staffed.numbers[0], kind, until_on=until)
    found = told(staffed, AT + MINUTE)
    (held,) = [(rule, says) for rule, says in found if says.startswith("hold ")]
    expected = {"CPD": "R-CPD-11", "MEMBERSHIP": "R-RG-06", "SOCIETY_REVIEW": "R-AU-08", "IDENTITY": "T18"}
    assert held[0] == expected.get(kind, "T10" if kind is HoldKind.CONDUCT_INTERIM else "T11")
    assert ("until the end of 2026-08-01" in held[1]) is (until is not None)
    assert found[-1][1].endswith("SUSPENDED")


def test_a_past_day_is_answered_as_at_its_end(staffed: Office) -> None:
    revoke(staffed, staffed.numbers[0], at=AT + 2 * DAY)
    assert told(staffed, AT + 3 * DAY)[-1][1].endswith("REVOKED")
    assert ("T12", "revoked since 2026-07-03") in told(staffed, AT + 3 * DAY)
    assert told(staffed, AT + 3 * DAY, date(2026, 7, 2))[-1] == (
        "3.4",
        "public status on 2026-07-02 23:59 China time: ACTIVE",
    )
    assert told(staffed, AT + 3 * DAY, date(2026, 7, 3))[-1][1].endswith("REVOKED")
    with pytest.raises(NotFoundError):
        told(staffed, AT, date(2026, 6, 30))


def test_ends_and_expiry_are_told(staffed: Office) -> None:
    expired = start_of(date(2031, 7, 2))
    assert ("T5", "no term covers 2031-07-02: expired") in told(staffed, expired)
    assert ("R-DT-08", "expiry is due since 2031-07-01 00:00 China time") in told(staffed, expired)
    withdraw(staffed.desk, staffed.numbers[0], decision_ref="W/1", actor=board("ELE"), now=AT)
    record_death(
        staffed.desk, staffed.numbers[0], date(2026, 7, 2), decision_ref="E/1", actor=board("ELE"), now=AT + DAY
    )
    assert ("T15", "deceased since 2026-07-02") in told(staffed, AT + 2 * DAY)


def test_cpd_years_are_told_with_the_version_that_counts(staffed: Office) -> None:
    begin_ledger(staffed.desk, 2026, actor=REGISTRAR, now=AT)
    short = start_of(date(2027, 3, 2))
    sweep(staffed.desk, actor=CLOCK, now=short, approved_by=REGISTRARS)
    year = [says for rule, says in told(staffed, short) if rule == "R-CPD-09"]
    assert year == [
        "2026: SHORTFALL, to be made up by 2027-04-30; 0 of 20 hours accepted, 0 waiting (policy default-1)",
        "2027: OPEN; 0 of 40 hours accepted, 0 waiting (policy default-1)",
    ]


def test_a_society_is_told_of_its_own_only(staffed: Office) -> None:
    with pytest.raises(NotAllowedError):
        explain(staffed.desk, staffed.numbers[0], actor=board("CIV"), now=AT)


def test_the_explanation_as_a_command(copied: Demo, cse: Cse) -> None:
    env, number = copied.environment(), copied.number("suspended: CPD")
    plain = cse("policy", "explain", number, env=env)
    assert (plain.code, "R-CPD-11  hold cpd since" in plain.out) == (0, True)
    answer = cse("policy", "explain", number, "--at", "2026-06-30", "--json", env=env).json
    assert (answer["number"], answer["reasons"][-1]["rule"]) == (number, "3.4")
    for day, reason in (("yesterday", "is no day"), ("2026-07-02", "is yet to come")):
        refused = cse("policy", "explain", number, "--at", day, env=env)
        assert (refused.code, reason in refused.err) == (3, True)


def test_a_past_day_tells_the_hold_that_was_to_come_and_that_a_decision_has_kept_off_since(staffed: Office) -> None:
    begin_ledger(staffed.desk, 2026, actor=REGISTRAR, now=AT)
    short, later = start_of(date(2027, 3, 2)), start_of(date(2027, 5, 3))
    sweep(staffed.desk, actor=CLOCK, now=short, approved_by=REGISTRARS)
    hold = ("R-DT-08", "hold.cpd will come on 2027-05-01 00:00 China time")
    assert hold in told(staffed, short)
    exempt(staffed.desk, staffed.numbers[0], 2026, 6, "X/1", actor=board("ELE"), now=short + DAY)
    assert hold in told(staffed, later, date(2027, 3, 2))
    assert hold not in told(staffed, later, date(2027, 3, 3))
    assert hold not in told(staffed, later)


@pytest.mark.parametrize(("day", "is_told"), [(date(2026, 7, 2), False), (date(2026, 7, 3), True)])
def test_a_past_day_tells_the_end_of_a_membership_from_its_notice_on(
    staffed: Office, day: date, *, is_told: bool
) -> None:
    person = member_id_of("ELE", "M-1")
    with staffed.desk.open_work() as work:
        work.members.add(Membership("ELE", "M-1", person, date(2020, 1, 1)))
    set_standing(staffed.desk, "ELE", "M-1", ENDED, day, actor=board("ELE"), now=AT + 2 * DAY)
    hold = ("R-DT-08", "hold.membership will come on 2026-10-02 00:00 China time")
    assert (hold in told(staffed, AT + 3 * DAY, day)) is is_told
    assert hold in told(staffed, AT + 3 * DAY)
