"""One example verdict for each state: as the script makes it, true to the schema, and true to its state."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from schemas.contracts import validator
from tests.support import world
from tests.support.online import online
from tests.support.verdict_examples import FOLDER, example_text, file_name
from tests.support.verdicts import MAKERS, example_verdict, results
from verifier.checks import CheckName, Outcome, Result
from verifier.judge import judge
from verifier.sources import CurrentEntry, Reason
from verifier.state import State
from verifier.verdict import report_state, unchecked_verdict, verdict


@pytest.mark.parametrize("state", State)
def test_an_example_shows_its_state(state: State) -> None:
    answer = example_verdict(state)
    assert answer["state"] == state
    assert answer["outcome"] == state.outcome
    assert list(validator("verdict", world.BASE).iter_errors(answer)) == []
    assert [check["name"] for check in answer["checks"]] == list(CheckName)


@pytest.mark.parametrize("state", State)
def test_no_member_of_a_verdict_is_a_boolean(state: State) -> None:
    waiting: list[Any] = [example_verdict(state)]
    while waiting:
        item = waiting.pop()
        assert not isinstance(item, bool)
        waiting.extend(item.values() if isinstance(item, dict) else item if isinstance(item, list) else [])


@pytest.mark.parametrize("state", State)
def test_the_file_of_an_example_is_what_the_script_makes(state: State) -> None:
    assert (FOLDER / file_name(state)).read_text(encoding="utf-8") == example_text(state)


def test_there_is_exactly_one_file_for_each_state() -> None:
    assert {path.name for path in Path(FOLDER).iterdir()} == {file_name(state) for state in State}
    assert set(MAKERS) == set(State)


@pytest.mark.parametrize("state", State)
def test_nothing_unproved_is_shown(state: State) -> None:
    answer = example_verdict(state)
    read = results(answer)
    proofs_good = all(read[name] is Result.PASS for name in list(CheckName)[:8])
    assert ("certificate" in answer) <= proofs_good
    assert answer["outcome"] != Outcome.VALID or Result.FAIL not in read.values()


# --- members of the verdict ---------------------------------------------------------------------------------------


def answered(**register: Any) -> dict[str, Any]:
    return verdict(judge(world.certificate(), online(**register), now=world.NOW))


def test_names_are_withheld_when_asked_for() -> None:
    report = judge(world.certificate(), online(), now=world.NOW)
    assert verdict(report)["certificate"]["names"] == {"hans": "林知远", "latn": "Lin Zhiyuan"}
    withheld = verdict(report, name_withheld=True)["certificate"]
    assert (withheld["name_withheld"], "names" in withheld) == ("NAME_WITHHELD", False)


def test_one_script_alone_is_given_alone() -> None:
    content = world.certificate(world.RENEWED, created=world.RENEWED_AT)
    answer = verdict(judge(content, online(content), now=world.NOW))
    assert answer["certificate"]["names"] == {"latn": "Amara Okonjo-Example"}
    assert answer["certificate"]["valid_from"] == "2026-07-15"


PE = {"code": "PE", "label": {"en": "Professional Engineer", "zh": "专业工程师"}}
SPE = {"code": "SPE", "label": {"en": "Senior Professional Engineer", "zh": "高级专业工程师"}}
CURRENT = [
    ({}, None),
    ({"ended": "REPLACED"}, None),
    ({"current": CurrentEntry("active", "PE")}, None),
    ({"ended": "REPLACED", "current": CurrentEntry("active", "PE")}, {"state": "valid", "grade": PE}),
    (
        {"ended": "SUPERSEDED", "current": CurrentEntry("active", "SPE")},
        {
            "state": "valid",
            "grade": {"code": "SPE", "label": {"en": "Senior Professional Engineer", "zh": "高级专业工程师"}},
        },
    ),
    (
        {"ended": "REVOKED", "current": CurrentEntry("revoked", "PE", Reason("revoked", date(2026, 5, 1)))},
        {"state": "revoked", "since": "2026-05-01", "reason": "revoked", "grade": PE},
    ),
    (
        {"ended": "CLOSED", "current": CurrentEntry("suspended", "PE", Reason("cpd"))},
        {"state": "suspended", "reason": "cpd", "grade": PE},
    ),
]


@pytest.mark.parametrize(
    ("register", "current"),
    CURRENT,
    ids=["runs", "nothing known", "not ended", "replaced", "promoted", "revoked", "on hold"],
)
def test_an_ended_paper_tells_the_state_of_the_entry_today(
    register: dict[str, Any], current: dict[str, Any] | None
) -> None:
    assert answered(revoked=True, **register).get("current") == current


def test_a_verdict_without_document_has_no_digest() -> None:
    answer = unchecked_verdict(State.UNKNOWN, "nothing_found", now=world.NOW)
    assert "document_sha256" not in answer
    assert {check["result"] for check in answer["checks"]} == {Result.UNKNOWN}


def test_a_check_may_say_no_although_no_certificate_was_issued() -> None:
    answer = unchecked_verdict(State.REVOKED, "certificate_pending", now=world.NOW, failed=CheckName.REGISTER)
    assert answer["outcome"] == Outcome.INVALID
    assert {name for name, result in results(answer).items() if result is Result.FAIL} == {"register"}
    assert list(validator("verdict", world.BASE).iter_errors(answer)) == []


def test_a_code_newer_than_this_program_stands_for_itself() -> None:
    current = answered(revoked=True, ended="SUPERSEDED", current=CurrentEntry("active", "XPE"))["current"]
    assert current["grade"] == {"code": "XPE", "label": {"en": "XPE", "zh": "XPE"}}


def test_threat_V53_what_the_register_denies_is_not_shown() -> None:
    report = judge(world.certificate(), online(content_sha256="0" * 64), now=world.NOW)
    assert report_state(report) is State.SIGNED_BUT_NOT_REGISTERED
    assert "certificate" not in verdict(report)
    assert report.facts is not None
