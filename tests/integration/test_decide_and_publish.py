"""A decision on the command line is on the page, in the JSON and in the published lists when the command ends."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from registry.demo.plan import Story
from tests.integration.conftest import Cse, Said
from tests.integration.published import bits, check_all, lists
from tests.integration.registers import AT, MINUTE, Demo
from tests.integration.test_every_answer_agrees import said

Visit = Callable[..., TestClient]


class Follow:
    """One certificate, looked at from every side after each command."""

    def __init__(self, demo: Demo, cse: Cse, visit: Visit, number: str, *, alone: bool) -> None:
        self.demo, self.cse, self.visit, self.number = demo, cse, visit, number
        self.page, self.at = demo.pages()[number], AT
        self.only = self.page if alone else None
        with demo.desk().open_reading() as work:
            self.index = work.certificates.of_registration(number, 1)[0].status_index
        self.slot = check_all(demo, only=self.only)

    def decide(self, *arguments: str, acting: str = "registrar-1") -> Said:
        self.at += MINUTE
        return self.cse("decide", *arguments, "--as", acting, "--json", env=self.demo.environment(self.at))

    def reads(self, state: str, published: tuple[int, int], *, slots: int = 1) -> None:
        client = self.visit(self.demo, self.at)
        shown = [client.get(f"/v/{self.page}").text, client.get("/lookup", params={"number": self.number}).text]
        assert {said(text)[0] for text in shown} == {state}
        assert client.get(f"/v/{self.page}.json").json()["state"] == state
        assert bits(self.demo.published, self.index, self.at) == published
        served = client.get("/status/suspension-1").content
        assert served == (self.demo.published / "status" / "suspension-1").read_bytes()
        slot = check_all(self.demo, self.at, only=self.only if slots else self.page)
        assert slot == self.slot + slots
        self.slot = slot


@pytest.fixture
def follow(copied: Demo, cse: Cse, visit: Visit) -> Callable[..., Follow]:
    return lambda number, alone=True: Follow(copied, cse, visit, number, alone=alone)


def test_suspend_lift_suspend_revoke_and_never_back(copied: Demo, follow: Callable[..., Follow]) -> None:
    one = follow(copied.number(Story.VALID), alone=False)
    done = one.decide("suspend", one.number, "--reason", "identity", "--decision", "D/1")
    assert (done.code, done.json["outcome"], done.json["state"]) == (0, "invalid", "suspended")
    one.reads("suspended", (0, 1))
    done = one.decide("lift", one.number, "--reason", "identity", "--decision", "D/1")
    assert (done.code, done.json["outcome"], done.json["state"]) == (0, "valid", "valid")
    one.reads("valid", (0, 0))
    assert one.decide("suspend", one.number, "--reason", "identity", "--decision", "D/1").code == 0
    one.reads("suspended", (0, 1))
    proposed = one.decide("revoke", one.number, "--reason", "false-statement", "--decision", "C/1")
    one.reads("suspended", (0, 1), slots=0)
    digest = proposed.json["proposal"]
    refused = one.decide("confirm", digest)
    assert (refused.code, "second natural person" in refused.err) == (3, True)
    one.reads("suspended", (0, 1), slots=0)
    assert one.decide("confirm", digest, acting="registrar-2").json["state"] == "revoked"
    one.reads("revoked", (1, 1))
    assert one.decide("lift", one.number, "--reason", "identity", "--decision", "D/1").code == 0
    one.reads("revoked", (1, 1))
    for words in (
        ("suspend", "--reason", "identity", "--decision", "D/1"),
        ("revoke", "--reason", "conviction", "--decision", "C/2"),
    ):
        assert one.decide(words[0], one.number, *words[1:]).code == 3
    one.reads("revoked", (1, 1), slots=0)


def test_a_revocation_without_a_hold_leaves_the_suspension_bit_at_zero(
    copied: Demo, follow: Callable[..., Follow]
) -> None:
    one = follow(copied.number(Story.VALID, 1))
    digest = one.decide(
        "revoke", one.number, "--reason", "code-breach", "--decision", "C/1", acting="conduct-panel-1"
    ).json["proposal"]
    assert one.decide("confirm", digest).code == 0
    one.reads("revoked", (1, 0))


def test_a_hold_of_the_person_is_published_for_both_fields(copied: Demo, follow: Callable[..., Follow]) -> None:
    one = follow(copied.number(Story.TWO_FIELDS))
    with copied.desk().open_reading() as work:
        member = work.register.entry(one.number).member_id
        (other,) = set(work.register.numbers_of(member)) - {one.number}
        index = work.certificates.of_registration(other, 1)[0].status_index
    assert one.decide("suspend", one.number, "--reason", "identity", "--decision", "D/1").code == 0
    one.reads("suspended", (0, 1))
    assert bits(copied.published, index, one.at) == (0, 1)


def test_an_expired_registration_that_is_suspended_reads_suspended(copied: Demo, follow: Callable[..., Follow]) -> None:
    one = follow(copied.number(Story.EXPIRED))
    one.reads("expired", (0, 0), slots=0)
    assert one.decide("suspend", one.number, "--reason", "membership", "--decision", "D/1").code == 0
    one.reads("suspended", (0, 1))
    assert one.decide("lift", one.number, "--reason", "membership", "--decision", "D/1").code == 0
    one.reads("expired", (0, 0))


def test_the_published_lists_of_the_demonstration_hold_exactly_the_bits_of_the_register(demo: Demo) -> None:
    published = lists(demo.published)
    with demo.desk().open_reading() as work:
        expected = {
            "revocation": work.certificates.revoked_indexes(1),
            "suspension": work.certificates.suspended_indexes(1),
        }
    assert (len(expected["revocation"]), len(expected["suspension"])) == (2, 8)
    for purpose, indexes in expected.items():
        assert sum(byte.bit_count() for byte in published[purpose].bits) == len(indexes)
        assert all(published[purpose].bit(index) for index in indexes)


def test_a_new_certificate_is_good_online_at_once_and_offline_after_the_next_publication(
    copied: Demo, cse: Cse, tmp_path: Path
) -> None:
    env = copied.environment()
    file = tmp_path / "recommendation.json"
    members = {
        "member_ref": "ELE-90001", "name_hans": "诸葛安", "consent_c1": False, "society": "ELE", "field": "ICT",
        "grade": "SPE", "standard": "T/CAS 326-2021", "decided_on": "2026-06-20", "decision_ref": "ELE/1",
        "interview_on": "2026-06-10",
    }  # fmt: skip
    file.write_text(json.dumps(members), encoding="utf-8")
    assert cse("recommend", file, "--as", "board-ele", env=env).out.startswith("Recommended.")
    (waiting,) = cse("register", "--json", env=env).json
    assert (waiting["society"], waiting["grade"]) == ("ELE", "SPE")
    assert waiting["recommendation"] in cse("register", env=env).out
    (registered,) = cse("register", waiting["recommendation"], "--json", env=env).json
    number = registered["number"]
    assert cse("register", env=env).out.strip() == "No recommendation is waiting."
    issued = cse("issue", "--pending", env=env)
    assert (issued.code, issued.out.splitlines()[-1]) == (0, "1 done, 0 refused")
    assert cse("issue", "--pending", "--json", env=env).json == []
    assert cse("verify", number, "--json", env=env).json["state"] == "valid"
    published = cse("publish", "--json", env=env)
    assert published.code == 0
    assert published.json["slot"] == check_all(copied)


def test_a_list_says_how_long_it_may_be_used(demo: Demo) -> None:
    document = json.loads((demo.published / "status" / "revocation-1").read_bytes())
    begins, ends = (datetime.fromisoformat(document[name]) for name in ("validFrom", "validUntil"))
    assert (ends - begins, begins) == (timedelta(hours=24), AT)
