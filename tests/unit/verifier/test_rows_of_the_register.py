"""Rows of threats.md 2.1 that are about which paper counts, and about mixed versions of the data model."""

from datetime import UTC, datetime
from typing import Any

import pytest

from issuer.proofs import document_bytes
from tests.support import foreign, world
from tests.support.expect import changed, faults
from tests.support.online import online
from verifier.checks import Outcome
from verifier.judge import judge
from verifier.state import State
from verifier.verdict import report_state

AFTER = datetime(2031, 3, 16, 12, tzinfo=UTC)
PAPERS = [
    pytest.param({"later_term_runs": True}, State.ENDED_RENEWED, id="threat_V50-the-old-one-of-a-renewed-engineer"),
    pytest.param({"is_interim": True}, State.EXPIRED, id="threat_V50-an-interim-past-its-end"),
    pytest.param({"is_interim": True, "later_term_runs": True}, State.ENDED_RENEWED, id="threat_V50-interim-renewed"),
    pytest.param({"public_status": "lapsed", "ended": "LAPSED", "revoked": True}, State.LAPSED, id="threat_V50-lapsed"),
]


@pytest.mark.parametrize(("register", "state"), PAPERS)
def test_a_paper_past_its_end_is_what_the_register_says(register: dict[str, Any], state: State) -> None:
    report = judge(world.certificate(), online(**register), now=AFTER)
    assert report.outcome is Outcome.INVALID
    assert report_state(report) is state


def test_threat_V50_a_renewal_before_its_first_day_does_not_count_yet() -> None:
    content = world.certificate(world.RENEWED, created=world.RENEWED_AT)
    report = judge(content, online(content), now=datetime(2026, 7, 14, 15, 59, 59, tzinfo=UTC))
    assert report.outcome is Outcome.INVALID
    assert report_state(report) is State.NOT_YET_VALID


@pytest.mark.parametrize("member", ["issuanceDate", "expirationDate"])
def test_threat_V31_a_date_of_vcdm_1_1_in_a_document_of_2_0(member: str) -> None:
    report = judge(document_bytes(changed(foreign.badge(), (member, "2030-01-01T00:00:00Z"))), online(), now=world.NOW)
    assert report.outcome is Outcome.INVALID
    assert "schema" in faults(report)
