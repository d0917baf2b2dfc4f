"""Credit hours from a file, on both databases: what counts, what is refused and why, and what is there already."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from registry.demo.officers import REGISTRAR, board
from registry.domain.actors import Actor, Role
from registry.domain.calendar import start_of
from registry.domain.refusals import NotAllowedError
from registry.services import cpd_facts
from registry.services.decisions import record_death, withdraw
from registry.services.refusals import CsvError
from registry.services.rows import MOST_ROWS
from tests.integration.intake_files import csv_text, order, told
from tests.integration.lives import Lives, activity, noon
from tests.integration.registers import MINUTE

BEGAN = date(2025, 3, 1)
NOW = noon(date(2025, 12, 1))


def take(lives: Lives, *rows: dict[str, str], at: datetime = NOW, trial: bool = False) -> list[str]:
    return told(lives.hand_in(*rows, at=at, trial=trial))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"hours": "-6"}, "hours"),
        ({"hours": "0"}, "hours"),
        ({"hours": "6.25"}, "hours"),
        ({"hours": "6,5"}, "row"),
        ({"hours": "1e1"}, "hours"),
        ({"hours": "41"}, "hours"),
        ({"hours": "24.5"}, "hours"),
        ({"hours": ""}, "hours"),
        ({"activity_on": "2025-12-02"}, "activity_on"),
        ({"activity_on": "2025-02-28"}, "activity_on"),
        ({"activity_on": "2025-02-30"}, "activity_on"),
        ({"category": "0"}, "category"),
        ({"category": "8"}, "category"),
        ({"category": "training"}, "category"),
        ({"field": "CIV"}, "field"),
        ({"field": "XXX"}, "field"),
        ({"organizer": ""}, "organizer"),
        ({"organizer": "=cmd"}, "organizer"),
        ({"evidence_ref": ""}, "evidence_ref"),
        ({"evidence_ref": "110101198407020139"}, "evidence_ref"),
        ({"member_no": "M-99"}, "member_no"),
        ({"member_no": "M-14"}, "member_no"),
    ],
)
def test_threat_r02_a_bad_row_names_its_field_and_stops_nothing_else(
    lives: Lives, changed: dict[str, str], field: str
) -> None:
    number = lives.person(BEGAN)
    lives.member(14)
    outcomes = lives.hand_in(activity(**changed), activity(activity_on="2025-06-02"), at=NOW)
    assert [(one.line, one.result) for one in outcomes] == [(2, "refused"), (3, "added")]
    assert (outcomes[0].field or "row") == field
    assert outcomes[0].reason
    assert lives.ledger(number, NOW)[2025].pending == 6


@pytest.mark.parametrize(
    ("changed", "result"),
    [
        ({"hours": "0.5"}, "added"),
        ({"hours": "24"}, "added"),
        ({"activity_on": "2025-12-01"}, "added"),
        ({"activity_on": "2025-03-01"}, "added"),
        ({"category": "1"}, "added"),
        ({"category": "7"}, "added"),
    ],
)
def test_r_cpd_06_the_other_side_of_each_boundary(lives: Lives, changed: dict[str, str], result: str) -> None:
    lives.person(BEGAN)
    assert take(lives, activity(**changed)) == [result]


def test_threat_c07_the_same_file_again_adds_nothing(lives: Lives) -> None:
    number = lives.person(BEGAN)
    rows = [activity(), activity(activity_on="2025-06-02"), activity(category="2")]
    assert take(lives, *rows) == ["added"] * 3
    before = lives.office.database.dump()
    assert take(lives, *rows[::-1], at=NOW + MINUTE) == ["unchanged"] * 3
    assert lives.office.database.dump() == before
    lives.accept(number, at=NOW)
    assert take(lives, *rows, at=noon(date(2026, 7, 1))) == ["unchanged"] * 3, "also after the year has closed"


@pytest.mark.parametrize("changed", [{"hours": "7"}, {"evidence_ref": "EV-2"}])
def test_r_cpd_02_hours_count_once(lives: Lives, changed: dict[str, str]) -> None:
    number = lives.person(BEGAN)
    assert take(lives, activity(), activity(**changed)) == ["added", "refused activity_on"]
    assert lives.ledger(number, NOW)[2025].pending == 6
    lives.accept(number, at=NOW)
    assert take(lives, activity(**changed)) == ["refused activity_on"]


@pytest.mark.parametrize(
    "spelt",
    [
        "example training institute",
        "Example  Training Institute",
        "Example\u00a0Training\u3000Institute",
        "ＥＸＡＭＰＬＥ Training Institute",
    ],
)
def test_r_cpd_02_an_organizer_is_the_same_however_it_is_spelt(lives: Lives, spelt: str) -> None:
    number = lives.person(BEGAN)
    rows = activity(), activity(organizer=spelt), activity(organizer=spelt, evidence_ref="EV-2")
    assert take(lives, *rows) == ["added", "unchanged", "refused activity_on"]
    assert lives.ledger(number, NOW)[2025].pending == 6


def test_r_cpd_02_one_evidence_is_of_one_organizer(lives: Lives) -> None:
    number = lives.person(BEGAN)
    same_evidence = activity(activity_on="2025-06-02"), activity(category="2")
    assert take(lives, activity(), *same_evidence) == ["added"] * 3
    another = [activity(organizer="Another", evidence_ref=ref) for ref in ("EV-1", "ev-1", "ＥＶ-1", "EV-2")]
    assert take(lives, *another) == ["refused evidence_ref"] * 3 + ["added"]
    assert take(lives, another[3], *same_evidence, activity()) == ["unchanged"] * 4
    lives.accept(number, at=NOW, hours="0")
    assert take(lives, another[0]) == ["added"], "what was rejected counts nowhere"


def test_r_cpd_16_nobody_hands_in_hours_for_who_has_died(lives: Lives) -> None:
    number = lives.person(BEGAN)
    on = date(2025, 11, 1)
    record_death(lives.office.desk, number, on, decision_ref="D/1", actor=board("ELE"), now=NOW)
    assert take(lives, activity()) == ["refused member_no"]


def test_what_was_rejected_may_be_handed_in_again_with_better_evidence(lives: Lives) -> None:
    number = lives.person(BEGAN)
    take(lives, activity(hours="20"))
    lives.accept(number, at=NOW, hours="0")
    assert take(lives, activity(hours="20"), activity(hours="20", evidence_ref="EV-2")) == ["unchanged", "added"]


def test_r_cpd_06_no_day_has_more_than_24_hours(lives: Lives) -> None:
    lives.person(BEGAN)
    rows = [activity(hours="16"), activity(hours="8.5", category="2"), activity(hours="8", category="3")]
    assert take(lives, *rows) == ["added", "refused hours", "added"]


@pytest.mark.parametrize(
    ("at", "result"),
    [
        (start_of(date(2026, 2, 1)) - timedelta(seconds=1), "added"),
        (start_of(date(2026, 2, 1)), "refused activity_on"),
        (noon(date(2026, 2, 28)), "refused activity_on"),
        (noon(date(2026, 3, 1)), "added"),
        (noon(date(2026, 6, 1)), "added"),
    ],
)
def test_r_cpd_08_hours_of_a_closed_year_only_make_up_a_shortfall(lives: Lives, at: datetime, result: str) -> None:
    lives.person(BEGAN)
    assert take(lives, activity(), at=at) == [result]


def test_r_cpd_08_a_year_that_is_kept_takes_no_more(lives: Lives) -> None:
    number = lives.person(BEGAN)
    lives.keeps(number, 2025)
    assert take(lives, activity(activity_on="2025-07-01"), at=noon(date(2026, 3, 2))) == ["refused activity_on"]


def test_r_rn_08_hours_between_a_withdrawal_and_a_restoration_are_taken(lives: Lives) -> None:
    number = lives.person(BEGAN)
    withdraw(lives.office.desk, number, decision_ref="D/1", actor=board("ELE"), now=noon(date(2025, 12, 2)))
    at = noon(date(2027, 6, 1))
    assert take(lives, activity(activity_on="2026-09-01"), activity(activity_on="2027-05-31"), at=at) == ["added"] * 2


def test_before_the_first_year_of_the_ledger_nothing_is_taken(lives: Lives) -> None:
    lives.office.database.execute("UPDATE register_fact SET value = '2026' WHERE name = 'cpd_from_year'")
    lives.person(BEGAN)
    assert take(lives, activity(), activity(activity_on="2026-01-02"), at=noon(date(2026, 1, 20))) == [
        "refused activity_on", "added",
    ]  # fmt: skip


def test_a_trial_writes_nothing_and_says_the_same(lives: Lives) -> None:
    lives.person(BEGAN)
    before = lives.office.database.dump()
    rows = [activity(), activity(hours="41", category="2"), activity()]
    trial = take(lives, *rows, trial=True)
    assert lives.office.database.dump() == before
    assert trial == take(lives, *rows) == ["added", "refused hours", "unchanged"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_file_may_be_as_spreadsheets_write_it(lives: Lives, encoding: str) -> None:
    lives.person(BEGAN)
    rows = [
        activity(organizer="示例电气工程学会"),
        activity(organizer="示例培训中心", category="2", evidence_ref="EV-2"),
    ]
    content = csv_text(rows).replace("\n", "\r\n").encode(encoding)
    outcomes = cpd_facts.import_activities(lives.office.desk, order(content, board("ELE"), at=NOW))
    assert told(outcomes) == ["added", "added"]
    assert lives.office.database.execute("SELECT organizer FROM cpd_activity ORDER BY seq") == [
        ("示例电气工程学会",), ("示例培训中心",)
    ]  # fmt: skip


def test_threat_c06_and_c08_sizes(lives: Lives) -> None:
    lives.person(BEGAN)
    many = [activity(activity_on=str(BEGAN + timedelta(days=day))) for day in range(120)]
    many[7] = many[7] | {"hours": "x"}
    done = take(lives, *many)
    assert (done.count("added"), done[7]) == (119, "refused hours")
    with pytest.raises(CsvError):
        take(lives, *[activity()] * (MOST_ROWS + 1))


@pytest.mark.parametrize(
    "actor",
    [REGISTRAR, board("CIV"), Actor("machine", Role.CLOCK, "CSE", "token")],
    ids=["registrar", "other society", "clock"],
)
def test_only_an_officer_of_the_society_hands_in(lives: Lives, actor: Actor) -> None:
    lives.person(BEGAN)
    file = replace(order([activity()], board("ELE"), at=NOW), actor=actor)
    with pytest.raises(NotAllowedError):
        cpd_facts.import_activities(lives.office.desk, file)


def test_an_officer_may(lives: Lives) -> None:
    lives.person(BEGAN)
    officer = Actor("officer-ele", Role.SOCIETY_OFFICER, "ELE", "passkey")
    assert told(cpd_facts.import_activities(lives.office.desk, order([activity()], officer, at=NOW))) == ["added"]


def test_another_header_is_refused_as_a_whole(lives: Lives) -> None:
    with pytest.raises(CsvError, match="evidence_ref"):
        cpd_facts.import_activities(lives.office.desk, order(b"member_no,hours\nM-1,6\n", board("ELE"), at=NOW))
