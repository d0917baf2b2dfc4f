"""Agreements as signed statements: recorded forward only, pinned by the next trust list, published for everybody."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from registry.demo.officers import PUBLISHER, REGISTRAR, SECOND_REGISTRAR, board
from registry.domain.actors import Actor
from registry.domain.refusals import NotAllowedError
from registry.services.agreements import add_agreement, agreements_in_force
from registry.services.refusals import CommandError
from registry.services.trust import publish_trust_list, trust_in_force
from tests.integration.conftest import Cse
from tests.integration.published import trust_of
from tests.integration.registers import AT, BASE, Demo, Office
from tests.support.agreements import GIVEN, given
from verifier.agreements import Agreement
from verifier.statements import agreements_in

STATES = GIVEN["stateHistory"]


def add(office: Office, told: Any, *, actor: Actor = REGISTRAR, at: datetime = AT) -> str:
    content = told if isinstance(told, bytes) else json.dumps(told).encode()
    return add_agreement(office.desk, office.keyring, content, actor=actor, now=at)


def in_force(office: Office, at: datetime = AT) -> list[Agreement]:
    with office.desk.open_reading() as work:
        return list(agreements_in_force(work, trust_in_force(work, now=at)))


def test_an_agreement_counts_once_a_trust_list_pins_it(office: Office) -> None:
    before = office.count("journal")
    assert add(office, given()) == "/agreements/t1/1"
    assert (in_force(office), office.count("journal")) == ([], before + 1)
    publish_trust_list(office.desk, office.keyring, actor=REGISTRAR, now=AT)
    (only,) = in_force(office)
    assert (only.id, only.version, only.title) == ("t1", 1, "Registered Engineer (XA)")


def test_an_agreement_of_one_day_that_is_signed_today_is_recorded(office: Office) -> None:
    one_day = {"effectiveFrom": "2026-07-01", "effectiveTo": "2026-07-01"}
    assert add(office, given(signedOn="2026-07-01", savings={"lodgedBy": "2029-12-31"}, **one_day))


@pytest.mark.parametrize("actor", [PUBLISHER, board("ELE")])
def test_only_the_registrar_records_an_agreement(office: Office, actor: Actor) -> None:
    before = office.database.dump()
    with pytest.raises(NotAllowedError):
        add(office, given(), actor=actor)
    assert office.database.dump() == before


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (b"{", "not JSON"),
        (b'{"id": "t1", "id": "t2"}', "twice"),
        (given(kind="treaty"), "/kind: "),
        (given(party=None), "'party' is a required property"),
        (given(party="XA"), "/party: "),
        (given(conditions={"manual": ["interview"]}), "/conditions/manual/0: "),
        (given(title="Registered Engineer (XA)"), "'title' was unexpected"),
        (given(id="T 1"), "/id: "),
        (given(stateHistory=[{"state": one, "sinceDate": "2025-01-15"} for one in ("signed", "ended")]), "a day twice"),
        (given(signedOn="2026-07-02"), "/signedOn: is yet to come"),
        (given(effectiveTo="2025-02-28"), "/effectiveTo: lies before effectiveFrom"),
        (given(savings={"lodgedBy": "2029-12-31", "decideBy": "2029-12-30"}), "/savings: decideBy lies before"),
        (given(targetTitle="Registered \u202eEngineer"), "/targetTitle: a text holds"),
        (given(conditions={"manual": [{"textHans": "面谈", "textEnglish": "a\nb"}]}), "/conditions: a text holds"),
        (given(agreementVersion=2), "the next version of t1 is 1, not 2"),
    ],
)
def test_what_is_no_agreement_names_the_member_and_leaves_nothing(office: Office, told: Any, says: str) -> None:
    before = office.database.dump()
    with pytest.raises(CommandError) as refused:
        add(office, told)
    assert says in str(refused.value)
    assert office.database.dump() == before


DAY = date(2026, 7, 1)
"""Of `AT`: 1 July 2026 in Shanghai."""


def day(of: int) -> str:
    return (DAY + timedelta(days=of)).isoformat()


def suspended(since: str) -> list[dict[str, str]]:
    return [*STATES, {"state": "suspended", "sinceDate": since}]


@pytest.mark.parametrize(
    "changed",
    [
        {"effectiveFrom": day(0), "conditions": {"minYearsRegistered": 5}},
        {"effectiveFrom": day(40), "conditions": {}},
        {"stateHistory": suspended(day(0))},
        {"stateHistory": suspended(day(30))},
    ],
    ids=["text today", "text later", "state today", "state later"],
)
def test_R_MR_04_a_version_from_today_on_is_recorded(office: Office, changed: dict[str, Any]) -> None:
    add(office, given())
    assert add(office, given(agreementVersion=2, **changed), actor=SECOND_REGISTRAR) == "/agreements/t1/2"
    publish_trust_list(office.desk, office.keyring, actor=REGISTRAR, now=AT)
    assert in_force(office)[-1].version == 2


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"effectiveFrom": day(-1), "conditions": {}}, "effectiveFrom"),
        ({"conditions": {}}, "effectiveFrom"),
        ({"targetTitle": "Another (XA)"}, "effectiveFrom"),
        ({"effectiveTo": day(60)}, "effectiveFrom"),
        ({"stateHistory": suspended(day(-1))}, "stateHistory"),
        ({"stateHistory": STATES[1:]}, "stateHistory"),
        ({"agreementVersion": 3}, "agreementVersion"),
        ({"agreementVersion": 1}, "agreementVersion"),
    ],
    ids=["text from yesterday", "text", "title", "end", "state", "a state lost", "gap", "the same"],
)
def test_R_MR_04_no_version_changes_what_past_days_are_judged_by(
    office: Office, changed: dict[str, Any], field: str
) -> None:
    add(office, given())
    before = office.database.dump()
    with pytest.raises(CommandError) as refused:
        add(office, given(**{"agreementVersion": 2, **changed}))
    assert refused.value.field == field
    assert office.database.dump() == before


def test_a_version_does_not_begin_before_one_that_is_still_to_come(office: Office) -> None:
    add(office, given(effectiveFrom=day(60)))
    with pytest.raises(CommandError) as refused:
        add(office, given(agreementVersion=2, effectiveFrom=day(30)))
    assert refused.value.field == "effectiveFrom"


def test_everybody_reads_the_agreements_of_the_demonstration_from_its_folder(demo: Demo) -> None:
    trust = trust_of(demo.published, AT)

    def read(path: str) -> bytes | None:
        return (demo.published / path.removeprefix("/")).read_bytes()

    found = {one.id: one for one in agreements_in(trust, read)}
    assert sorted(found) == ["m1", "m2", "m3", "m4", "m5", "m6", "m7"]
    states = {name: "ended" if one.is_over(DAY) else one.state_on(DAY) for name, one in found.items()}
    assert states == {
        "m1": "in_force", "m2": "ended", "m3": "signed", "m4": "signed",
        "m5": "in_force", "m6": "in_force", "m7": "suspended",
    }  # fmt: skip
    assert (found["m3"].is_framework, found["m6"].direction) == (True, "inbound")
    listed = json.loads((demo.published / "agreements.json").read_bytes())["agreements"]
    assert {one["id"] for one in listed} == {url for url in trust.resources if "/agreements/" in url}
    for one in listed:
        assert one == json.loads(read(one["id"].removeprefix(BASE)) or b"")


def test_the_command_records_a_version(copied: Demo, cse: Cse, tmp_path: Path) -> None:
    file, env = tmp_path / "t1.json", copied.environment()
    file.write_text(json.dumps(given()), encoding="utf-8")
    said = cse("agreements", "add", file, env=env)
    assert (said.code, said.err) == (0, "")
    assert f"Signed {BASE}/agreements/t1/1. It counts after cse trust publish" in said.out
    again = cse("agreements", "add", file, env=env)
    assert (again.code, "the next version of t1 is 2, not 1" in again.err) == (3, True)
    wrong = cse("agreements", "remove", file, env=env)
    assert (wrong.code, "it is cse agreements add FILE" in wrong.err) == (3, True)
    assert cse("trust", "publish", env=env).code == cse("publish", env=env).code == 0
    listed = json.loads((copied.published / "agreements.json").read_bytes())["agreements"]
    assert f"{BASE}/agreements/t1/1" in {one["id"] for one in listed}
