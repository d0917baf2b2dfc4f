"""`cse trust` and `cse member` on the demonstration: what is published at once, who may, and what is refused."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from starlette.testclient import TestClient

from registry.demo.plan import Story
from tests.integration.conftest import Cse, Said
from tests.integration.registers import AT, Demo

WITHDRAWN = "--from", "2026-08-01", "--cause", "integrity", "--decision", "T/1"
AFTER = datetime.fromisoformat("2026-08-01T00:01:00+08:00")


@pytest.fixture
def number(copied: Demo) -> str:
    return copied.number(Story.VALID)


def test_a_society_is_suspended_restored_and_withdrawn(
    copied: Demo, cse: Cse, number: str, visit: Callable[..., TestClient]
) -> None:
    env, society = copied.environment(), copied.engineers[number].society
    version = cse("trust", "--json", env=env).json["trust_list_version"]
    days = ("--from", "2026-07-10", "--decision", "T/0")
    suspended = cse("trust", "suspend", society, *days, "--json", env=env).json
    assert suspended == {"society": society, "state": "suspended", "trust_list_version": version + 1}
    assert cse("trust", "restore", society, *days, "--json", env=env).json["state"] == "active"
    doubt = ("--doubt", "2020-01-01", "2026-06-30")
    said = cse("trust", "withdraw", society, *WITHDRAWN, *doubt, env=env)
    assert (said.code, said.out) == (0, f"{society}: withdrawn from 2026-08-01; trust list {version + 3} published\n")
    later = copied.environment(AFTER)
    cse("sweep", "--approved", "--as", "registrar-2", env=later)
    assert "transfer" in cse("sweep", "--approved", env=later).out
    shown = cse("verify", number, "--json", env=later).json
    assert shown["state"] == "valid"
    page = visit(copied, AFTER).get("/trust", headers={"Accept-Language": "en"})
    assert (page.status_code, ">CUS<" in page.text) == (200, True)
    listed = cse("trust", "doubts", society, "--json", env=later).json
    assert listed[number] is None
    assert f"{number}  open" in cse("trust", "doubts", society, env=later).out
    assert cse("trust", "review", number, "--decision", "V/1", env=later).code == 0
    assert cse("verify", number, "--json", env=later).json["state"] == "suspended"
    cleared = cse("trust", "clear", number, "--decision", "V/2", "--json", env=later).json
    assert cleared == {"numbers": [number], "done": "cleared"}
    assert cse("verify", number, "--json", env=later).json["state"] == "valid"
    assert f"{number}  cleared 2026-07-31T16:01:00+00:00" in cse("trust", "doubts", society, env=later).out


def test_a_society_is_authorized_for_fields_and_grades(copied: Demo, cse: Cse) -> None:
    env, scope = copied.environment(), ("--field", "ARC", "--field", "CIV", "--grade", "AE", "--grade", "PE")
    version = cse("trust", "--json", env=env).json["trust_list_version"]
    said = cse("trust", "authorize", "ARC", *scope, "--from", "2026-08-01", "--decision", "T/9", env=env)
    assert (said.code, said.out) == (0, f"ARC: active from 2026-08-01; trust list {version + 1} published\n")
    listed = json.loads((copied.published / "trust" / "list.json").read_bytes())["credentialSubject"]
    own = [one for one in listed["authorization"] if one["society"].endswith(":arc") and len(one["scope"]) == 2]
    assert [(row["field"], row["grades"], row["may"]) for row in own[-1]["scope"]] == [
        (field, ["AE", "PE"], ["new", "maintain"]) for field in ("ARC", "CIV")
    ]
    assert {row["scopeUntil"] for row in own[-1]["scope"]} == {"2031-07-31T23:59:59+08:00"}


def test_a_key_is_marked_and_what_it_signed_is_listed(copied: Demo, cse: Cse, number: str) -> None:
    env, society = copied.environment(), copied.engineers[number].society.lower()
    key = f"did:web:localhost%3A8000:societies:{society}#issue-2026"
    said = cse("trust", "compromise", key, "--since", "2026-07-01T01:00:00Z", "--json", env=env).json
    assert said["key"] == key
    plain = cse("trust", "compromise", key, "--since", "2026-07-01T01:00:00Z", env=env)
    assert (plain.code, "no issuing key" in plain.err) == (3, True)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("withdraw", "GEO", "--from", "2026-08-01", "--cause", "boredom", "--decision", "T/1"), "--cause boredom is"),
        (("suspend", "GEO", "--from", "2026-07-01", "--decision", "T/1"), "acts forward only (R-AU-02)"),
        (("suspend", "GEO", "--from", "2026-08-01", "--decision", " "), "needs the reference"),
        (("doubts", "GEO", "--as", "board-ele"), "may act for that society only"),
    ],
)
def test_a_refusal_says_what_to_do(copied: Demo, cse: Cse, arguments: tuple[str, ...], reason: str) -> None:
    said = cse("trust", *arguments, env=copied.environment())
    assert (said.code, reason in said.err) == (3, True)


def test_nothing_is_in_doubt_in_a_society_in_good_standing(copied: Demo, cse: Cse) -> None:
    assert cse("trust", "doubts", "GEO", env=copied.environment()).out == "GEO: nothing is in doubt.\n"


def test_a_membership_ends_is_mended_and_moves(copied: Demo, cse: Cse) -> None:
    env = copied.environment()
    own = ("--as", "board-ele")
    took = cse("import", "members", "docs/examples/members.csv", *own, env=env)
    assert "E-2101" not in took.err

    def stand(standing: str, at: datetime = AT) -> Said:
        return cse("member", "standing", "E-2101", standing, "--on", "2026-06-30", *own, env=copied.environment(at))

    assert stand("ended").out == "E-2101: ended; it may be mended until 2026-09-29\n"
    assert stand("good", AT + timedelta(hours=1)).out == "E-2101: good\n"
    assert stand("gone").code == 3


def test_an_entry_moves_to_a_society_of_which_the_person_is_a_member_alone(copied: Demo, cse: Cse, number: str) -> None:
    said = cse("member", "transfer", number, "--to", "ELE", "--decision", "T/1", env=copied.environment())
    assert (said.code, "import the member first" in said.err) == (3, True)
