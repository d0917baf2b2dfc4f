"""Agreements are believed if the trust list pins their bytes and CSE's statements body signed them; else nothing is."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from tests.support import world
from tests.support.agreements import OF_DEMO, files, given, pinning, statement
from verifier.agreements import Agreement, Claim, Conditions, in_succession, version_for
from verifier.statements import StatementError, agreements_in

PATH = "/agreements/t1/1"


def read(*told: Mapping[str, Any], only: str | None = None) -> tuple[Agreement, ...]:
    published = files(*told)
    return agreements_in(pinning(published), published.get, only)


def test_every_member_of_a_statement_is_read() -> None:
    (found,) = read(given())
    assert found == Agreement(
        id="t1",
        version=1,
        parties=frozenset({"did:web:engineers.xa.example"}),
        jurisdictions=frozenset({"XA"}),
        title="Registered Engineer (XA)",
        mappings={"PE": frozenset({"ELE", "ICT"}), "SPE": frozenset({"ELE"})},
        states=((date(2025, 1, 15), "signed"), (date(2025, 3, 1), "in_force")),
        effective_from_on=date(2025, 3, 1),
        effective_to_on=date(2029, 12, 31),
        signed_on=date(2025, 1, 15),
        direction="both",
        conditions=Conditions(
            active_required=True,
            min_years_registered=2,
            count_lower_grades=False,
            min_years_experience=7,
            min_responsible_years=2,
            cpd_last_n=3,
            accept_cured_cpd=False,
            degree_accreditation=frozenset({"washington_accord"}),
            conduct_lookback_years=5,
            max_credential_age_days=90,
            accept_interim=True,
            manual=({"en": "interview on local law", "zh": "当地法律面谈"},),
        ),
        lodged_by_on=date(2029, 12, 31),
        decide_by_on=date(2030, 6, 30),
        suspension_stops_lodged=True,
        names={"did:web:engineers.xa.example": {"en": "Example Board", "zh": "示例理事会"}},
    )


def test_what_is_not_said_asks_nothing() -> None:
    left_out = dict.fromkeys(("effectiveTo", "mapping", "savings", "suspensionStopsLodged", "simplifiedProcedure"))
    (found,) = read(given(kind="framework", conditions={}, **left_out))
    assert (found.is_framework, found.conditions, found.mappings) == (True, Conditions(), {})
    assert (found.effective_to_on, found.lodged_by_on, found.decide_by_on) == (None,) * 3
    assert found.suspension_stops_lodged is False
    (found,) = read(given(savings={"lodgedBy": "2029-12-31"}))
    assert (found.lodged_by_on, found.decide_by_on) == (date(2029, 12, 31), None)


def test_every_agreement_of_the_demonstration_is_read() -> None:
    assert [(one.id, one.version) for one in read(*OF_DEMO)] == [
        *((name, 1) for name in ("m1", "m2", "m3", "m4", "m5", "m6")),
        ("m7", 2),
    ]
    assert [one.id for one in read(*OF_DEMO, only="m2")] == ["m2"]
    assert read(*OF_DEMO, only="m") == ()


def told(path: str, change: Any) -> dict[str, Any]:
    """Return a recorded agreement with a member, given by its path, that is changed."""
    changed = given()
    *above, last = path.split("/")
    place: Any = changed
    for name in above:
        place = place[int(name) if name.isdecimal() else name]
    place[last] = change
    return changed


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("kind", "treaty"),
        ("direction", "none"),
        ("id", "T1"),
        ("id", "t1/2"),
        ("agreementVersion", 0),
        ("agreementVersion", True),
        ("agreementVersion", 1.0),
        ("effectiveFrom", "2025-02-30"),
        ("effectiveFrom", "0001-01-01"),
        ("jurisdictions", []),
        ("jurisdictions", ["Hong Kong"]),
        ("mapping/0/grade", "XE"),
        ("mapping/0/fields", []),
        ("stateHistory", []),
        ("stateHistory/0/state", "active"),
        ("conditions/cpdLastN", -1),
        ("conditions/activeRequired", "true"),
        ("conditions/maxAge", 30),
        ("conditions/degreeAccreditation", ["unknown"]),
        ("targetTitle", ""),
        ("party", []),
        ("title", "Registered Engineer (XA)"),
    ],
)
def test_a_statement_that_the_schema_does_not_know_is_refused(path: str, change: Any) -> None:
    changed = told(path, change)
    with pytest.raises((StatementError, ValueError)) as refused:
        read(changed)
    assert getattr(refused.value, "code", "statement_malformed") in {"statement_malformed", "undefined_term"}


@pytest.mark.parametrize(("on", "state"), [(date(2026, 1, 4), "negotiating"), (date(2026, 1, 5), "in_force")])
def test_R_MR_02_what_is_signed_later_does_not_count_before(on: date, state: str) -> None:
    (found,) = read(given(signedOn="2026-01-05", effectiveTo="2026-06-30", savings={"lodgedBy": "2026-06-30"}))
    assert (found.state_on(on), found.is_in_force(on)) == (state, state == "in_force")
    assert found.saves(on, date(2026, 7, 1)) is (state == "in_force")


def other_subject(content: bytes, **changed: Any) -> bytes:
    document = world.parsed(content)
    document["credentialSubject"] |= changed
    return world.signed(document, "statements/statement-2026")


@pytest.mark.parametrize(
    "content",
    [
        statement(given(stateHistory=[{"state": state, "sinceDate": "2025-01-15"} for state in ("signed", "ended")])),
        statement(given(party=[*given()["party"], *given()["party"]])),
        other_subject(statement(given()), party=world.parsed(statement(given()))["credentialSubject"]["party"][1:] * 2),
        other_subject(statement(given()), agreementVersion=2),
        other_subject(statement(given()), id=f"{world.BASE}/agreements/t2"),
        b"{",
        b"[]",
    ],
    ids=["a day twice", "a party twice", "not of CSE", "another version", "another agreement", "no JSON", "no object"],
)
def test_a_statement_that_contradicts_itself_is_refused(content: bytes) -> None:
    with pytest.raises(StatementError) as refused:
        agreements_in(pinning({PATH: content}), {PATH: content}.get)
    assert refused.value.code == "statement_malformed"


@pytest.mark.parametrize(
    "labels", [("cse/issue-2026",), ("statements/manifest-2026",), ("ele/issue-2026",), ("mec/issue-2026",)]
)
def test_a_statement_by_another_key_is_refused(labels: tuple[str, ...]) -> None:
    content = statement(given(), *labels)
    with pytest.raises(StatementError) as refused:
        agreements_in(pinning({PATH: content}), {PATH: content}.get)
    assert refused.value.code == "statement_not_signed"


def test_a_statement_changed_after_it_was_signed_is_refused_even_if_it_is_pinned() -> None:
    content = statement(given()).replace(b'"minYearsRegistered":2', b'"minYearsRegistered":1')
    with pytest.raises(StatementError) as refused:
        agreements_in(pinning({PATH: content}), {PATH: content}.get)
    assert refused.value.code == "statement_not_signed"


@pytest.mark.parametrize(
    ("published", "code"),
    [
        ({}, "statement_missing"),
        ({PATH: statement(given(targetTitle="Another"))}, "statement_mismatch"),
        ({PATH: statement(given()) + b" "}, "statement_mismatch"),
    ],
    ids=["missing", "another statement of CSE", "another byte"],
)
def test_what_the_trust_list_does_not_pin_is_refused(published: dict[str, bytes], code: str) -> None:
    with pytest.raises(StatementError) as refused:
        agreements_in(pinning({PATH: statement(given())}), published.get)
    assert refused.value.code == code


def test_a_statement_at_the_place_of_another_is_refused() -> None:
    content = statement(given())
    with pytest.raises(StatementError) as refused:
        agreements_in(pinning({"/agreements/t1/2": content}), {"/agreements/t1/2": content}.get)
    assert refused.value.code == "statement_mismatch"


def test_one_that_cannot_be_read_leaves_the_others_alone_when_one_is_named() -> None:
    good, bad = given(), statement(given(id="t2"), "cse/issue-2026")
    published = {**files(good), "/agreements/t2/1": bad}
    assert [one.id for one in agreements_in(pinning(published), published.get, "t1")] == ["t1"]
    with pytest.raises(StatementError):
        agreements_in(pinning(published), published.get)


# --- versions (R-MR-04) ---------------------------------------------------------------------------------------------


def judged_by(versions: tuple[Agreement, ...], day: date, lodged_on: date | None = None) -> tuple[int, str]:
    one = version_for(versions, Claim(agreement="t1", lodged_on=lodged_on), day)
    return one.version, "ended" if one.is_over(day) else one.state_on(day)


def test_R_MR_04_a_past_day_is_judged_by_the_version_of_that_day() -> None:
    """A new text begins on its day; until the day before it is the old one, which would have run longer."""
    versions = read(given(), given(agreementVersion=2, effectiveFrom="2027-01-01", effectiveTo="2027-06-30"))
    assert judged_by(versions, date(2026, 12, 31)) == (1, "in_force")
    assert judged_by(versions, date(2027, 1, 1)) == (2, "in_force")
    assert judged_by(versions, date(2027, 7, 1)) == (2, "ended")


def test_R_MR_04_a_version_that_tells_another_state_alone_takes_the_place_of_the_last() -> None:
    states = [*given()["stateHistory"], {"state": "suspended", "sinceDate": "2026-04-01"}]
    versions = read(given(), given(agreementVersion=2, stateHistory=states))
    assert [one.version for one in versions] == [2]
    assert judged_by(versions, date(2026, 3, 31)) == (2, "in_force")
    assert judged_by(versions, date(2026, 4, 1)) == (2, "suspended")


def test_scenario_116_a_claim_lodged_under_the_last_version_is_judged_by_it() -> None:
    first = given(effectiveTo="2025-12-31", savings={"lodgedBy": "2025-12-31", "decideBy": "2026-06-30"})
    versions = read(first, given(agreementVersion=2, effectiveFrom="2026-01-01"))
    assert judged_by(versions, date(2026, 3, 1), date(2025, 12, 20)) == (1, "ended")
    assert judged_by(versions, date(2026, 3, 1)) == (2, "in_force")


def test_the_states_of_the_newest_version_are_those_of_all() -> None:
    states = [*given()["stateHistory"], {"state": "ended", "sinceDate": "2027-03-01"}]
    versions = read(given(), given(agreementVersion=2, effectiveFrom="2027-01-01", stateHistory=states))
    assert [one.states for one in versions] == [versions[1].states] * 2
    assert [one.effective_to_on for one in versions] == [date(2026, 12, 31), date(2029, 12, 31)]


def test_a_version_that_begins_before_an_earlier_one_is_refused() -> None:
    with pytest.raises(StatementError) as refused:
        read(given(), given(agreementVersion=2, effectiveFrom="2025-02-28"))
    assert refused.value.code == "statement_malformed"
    with pytest.raises(ValueError, match="version 2 of t1 begins before version 1"):
        in_succession([*read(given()), *read(given(agreementVersion=2, effectiveFrom="2025-02-28"))])
