"""Recognition after a society lost its authorization: scenarios 51, 109 and 120 of domain 6, on both databases."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from registry.demo.officers import CLOCK, REGISTRAR, REGISTRARS
from registry.services.bodies import BodyDecision, decide, review
from registry.services.sweeping import sweep
from registry.services.trust import refresh_trust_list
from tests.integration.abroad import ASKED, PARTY, Abroad, at, lived_in
from tests.integration.postgres import Server
from tests.integration.registers import office_of

DECIDED, LOST = at("2026-03-31"), at("2026-04-01", "00:01")
DOUBT = (date(2023, 1, 1), date(2023, 6, 30))


@pytest.fixture
def abroad(tmp_path_factory: pytest.TempPathFactory, place: Server | None) -> Iterator[Abroad]:
    with office_of(lived_in(tmp_path_factory.getbasetemp(), place)) as office:
        yield Abroad(office)


def lose(abroad: Abroad, **why: Any) -> str:
    """Register PE/MEC, assessed in March 2023, and end the authorization of MEC on 2026-04-01; returns the number."""
    number, desk, keyring = abroad.register("2023-03-16"), abroad.office.desk, abroad.office.keyring
    refresh_trust_list(desk, keyring, actor=REGISTRAR, now=DECIDED)
    decision = BodyDecision("MEC", "withdrawn", date(2026, 4, 1), "T/1", **why)
    decide(desk, keyring, decision, actor=REGISTRAR, now=DECIDED)
    abroad.settle(LOST)
    sweep(desk, actor=CLOCK, now=LOST, approved_by=REGISTRARS)
    abroad.agree()
    return number


def told(answer: dict[str, Any]) -> tuple[str, str, list[str]]:
    return answer["outcome"], answer["primary_code"], answer["codes"]


def test_scenario_109_what_is_in_doubt_is_subject_to_its_review_until_it_is_cleared(abroad: Abroad) -> None:
    number = lose(abroad, cause="integrity", doubt=DOUBT)
    outcome, primary, codes = told(abroad.ask(number, PARTY, "2026-06-01"))
    assert (outcome, primary) == ("ELIGIBLE_SUBJECT_TO", "AUTH_SOCIETY_LOST_INTEGRITY")
    assert "AUTH_SOCIETY_LOST" in codes
    assert told(abroad.ask(number, PARTY, "2026-03-31"))[:2] == ("ELIGIBLE", "OK")
    review(abroad.office.desk, [number], "V/1", clears=True, actor=REGISTRAR, now=at("2026-09-10"))
    outcome, primary, codes = told(abroad.ask(number, PARTY, "2026-09-10"))
    assert (outcome, primary, "AUTH_SOCIETY_LOST" in codes) == ("ELIGIBLE", "OK", True)
    assert told(abroad.ask(number, PARTY, "2026-09-09"))[0] == "ELIGIBLE_SUBJECT_TO"


def test_scenario_109_what_was_assessed_outside_the_interval_is_eligible(abroad: Abroad) -> None:
    number = lose(abroad, cause="integrity", doubt=(DOUBT[0], date(2023, 3, 5)))
    assert told(abroad.ask(number, PARTY, "2026-06-01"))[:2] == ("ELIGIBLE", "OK")


@pytest.mark.parametrize(
    ("why", "code"),
    [({"cause": "quality"}, ["AUTH_SOCIETY_LOST"]), ({"cause": "merger", "custodian": "ELE"}, [])],
    ids=["scenario_51-withdrawn", "scenario_120-merged"],
)
def test_scenario_51_and_120_a_loss_is_told_and_a_merger_is_none(
    abroad: Abroad, why: dict[str, Any], code: list[str]
) -> None:
    number = lose(abroad, **why)
    (document,) = abroad.certificates(number)
    for answer in (abroad.ask(number, PARTY, "2026-06-01"), abroad.show(document, PARTY, "2026-06-01", now=ASKED)):
        outcome, _, codes = told(answer)
        assert (outcome, [one for one in codes if one.startswith("AUTH")]) == ("ELIGIBLE", code)
