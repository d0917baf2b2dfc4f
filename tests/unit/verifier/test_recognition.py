"""The decision table of mutual recognition (`domain.md` 5.2): its scenarios, and a second reading of every row."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.support.recognition import anniversary, second_reading
from verifier.agreements import Agreement, Claim, Conditions
from verifier.recognition import Answer, Question, Recognition, recognise
from verifier.standing import Calendar, CpdYear, Personal, Presented, Standing

FIELDS = frozenset({"CIV", "ELE", "MEC", "RLY", "NUC", "STD", "WAT", "ICT", "AUT", "CHE", "GEO", "ARC"})
CALENDAR = Calendar(anniversary, lambda year: date(year + 1, 3, 1))
ALL = {"PE": FIELDS, "SPE": FIELDS}


def agreement(name: str, title: str, mappings: dict[str, frozenset[str]], from_on: date, **rest: object) -> Agreement:
    place = f"X{'ABCDE'[int(name[1]) - 1]}"
    values = {"states": ((from_on, "in_force"),), **rest}
    return Agreement(
        id=name,
        version=1,
        parties=frozenset({place}),
        jurisdictions=frozenset({place}),
        title=title,
        mappings=mappings,
        effective_from_on=from_on,
        **values,  # type: ignore[arg-type]
    )


M1 = agreement(
    "M1",
    "Registered Engineer (XA)",
    ALL,
    date(2023, 7, 1),
    effective_to_on=date(2028, 6, 30),
    conditions=Conditions(min_years_registered=2, cpd_last_n=3),
)
M2 = agreement(
    "M2",
    "Chartered Practitioner (XB)",
    {"SPE": frozenset({"ELE", "CIV"})},
    date(2022, 1, 1),
    effective_to_on=date(2025, 12, 31),
    lodged_by_on=date(2025, 12, 31),
    decide_by_on=date(2026, 6, 30),
)
M3 = agreement("M3", "Framework (XC)", {}, date(2024, 9, 1), is_framework=True)
M4 = agreement(
    "M4",
    "Professional (XD)",
    ALL,
    date(2026, 9, 1),
    states=((date(2026, 5, 20), "signed"), (date(2026, 9, 1), "in_force")),
)
M5 = agreement(
    "M5",
    "International Engineer (XE)",
    {"SPE": FIELDS},
    date(2024, 1, 1),
    conditions=Conditions(
        min_years_experience=7,
        min_responsible_years=2,
        degree_accreditation=frozenset({"washington_accord"}),
        cpd_last_n=1,
        manual=({"en": "local law interview", "zh": "当地法律面谈"},),
    ),
)
AGREEMENTS = (M1, M2, M3, M4, M5)


def years(**states: str) -> tuple[CpdYear, ...]:
    """Return a ledger of assessed years, `y2024="COMPLIANT"`."""
    return tuple(CpdYear(int(year[1:]), state, is_assessed=True) for year, state in states.items())


KEPT = years(y2023="COMPLIANT", y2024="COMPLIANT", y2025="COMPLIANT")
PERSON = Personal(10, 4, "washington_accord", KEPT, ())


def standing(day: date, *held: tuple[str, date], field: str = "MEC", **rest: object) -> Standing:
    """Return how the person of case 60 stands on a day, at its last second."""
    values = {"personal": PERSON, "term_end_on": date(2031, 3, 15), "life": "CURRENT", **rest}
    grades = held or (("PE", date(2023, 3, 16)),)
    moment = datetime(day.year, day.month, day.day, 15, 59, 59, tzinfo=UTC)
    return Standing(moment, day, field=field, held=grades, starts_on=grades[0][1], **values)  # type: ignore[arg-type]


def asked(at: Standing, name: str | None, **rest: object) -> Recognition:
    """Ask as a party of the agreement that has the holder's claim on file, and read the table a second time."""
    claim = Claim(agreement=name, is_personal=True)
    presented = rest.pop("presented", None)
    agreements = rest.pop("agreements", AGREEMENTS)
    question = Question(replace(claim, **rest), agreements, CALENDAR, at, presented)  # type: ignore[arg-type]
    found = recognise(question)
    assert (found.answer, found.codes, found.primary_code) == second_reading(question)
    return found


def test_scenario_60_an_active_engineer_may_use_the_procedure() -> None:
    found = asked(standing(date(2026, 6, 1)), "M1")
    assert (found.answer, found.primary_code, found.codes) == (Answer.ELIGIBLE, "OK", ("OK",))
    assert found.agreement is M1


@pytest.mark.parametrize(
    ("is_personal", "codes", "first_on"),
    [
        (True, ("YEARS_REGISTERED_SHORT", "CPD_YEARS_SHORT"), date(2027, 3, 1)),
        (False, ("YEARS_REGISTERED_SHORT", "PERSONAL_CONDITIONS_NOT_SHOWN"), date(2026, 6, 2)),
    ],
)
def test_scenario_61_too_few_years(is_personal: bool, codes: tuple[str, ...], first_on: date) -> None:
    person = replace(PERSON, cpd=years(y2024="COMPLIANT", y2025="COMPLIANT"))
    at = standing(date(2026, 6, 1), ("PE", date(2024, 6, 2)), personal=person)
    found = asked(at, "M1", is_personal=is_personal)
    assert (found.answer, found.codes, found.primary_code) == (Answer.NOT_ELIGIBLE, codes, codes[0])
    assert found.first_on == first_on


@pytest.mark.parametrize(
    ("since", "on"), [(date(2024, 2, 29), date(2026, 3, 1)), (date(2024, 7, 15), date(2026, 7, 15))]
)
def test_r_dt_10_years_held_are_met_on_the_anniversary_and_not_before(since: date, on: date) -> None:
    for day, is_short in ((on - timedelta(days=1), True), (on, False), (on + timedelta(days=1), False)):
        found = asked(standing(day, ("PE", since)), "M1")
        assert ("YEARS_REGISTERED_SHORT" in found.codes) is is_short


@pytest.mark.parametrize(
    ("day", "state", "holds", "answer", "codes"),
    [
        (date(2026, 3, 20), "SHORTFALL", (), Answer.INDETERMINATE, ("CPD_YEARS_PENDING",)),
        (date(2026, 4, 10), "CURED", (), Answer.ELIGIBLE, ("OK",)),
        (date(2026, 5, 1), "UNCURED", ("CPD",), Answer.NOT_ELIGIBLE, ("REG_SUSPENDED", "CPD", "CPD_YEARS_SHORT")),
    ],
)
def test_scenario_62_a_year_under_cure(
    day: date, state: str, holds: tuple[str, ...], answer: Answer, codes: tuple[str, ...]
) -> None:
    person = replace(PERSON, cpd=years(y2023="COMPLIANT", y2024="COMPLIANT", y2025=state))
    found = asked(standing(day, personal=person, holds=frozenset(holds)), "M1")
    assert (found.answer, found.codes, found.primary_code) == (answer, codes, codes[0])


def test_scenario_63_a_year_counts_from_the_1st_of_march() -> None:
    ledger = (*years(y2023="COMPLIANT", y2024="COMPLIANT"), CpdYear(2025, "CLOSED_FOR_ENTRY", is_assessed=False))
    found = asked(standing(date(2026, 2, 10), personal=replace(PERSON, cpd=ledger)), "M1")
    assert found.codes == ("CPD_YEARS_SHORT",)


@pytest.mark.parametrize(
    ("grade", "name", "day", "code"),
    [("AE", "M1", date(2026, 6, 1), "GRADE_NOT_COVERED"), ("SPE", "M2", date(2025, 6, 1), "FIELD_NOT_COVERED")],
)
def test_scenario_64_what_is_not_mapped(grade: str, name: str, day: date, code: str) -> None:
    assert asked(standing(day, (grade, date(2023, 3, 16))), name).primary_code == code


@pytest.mark.parametrize(
    ("day", "claim", "answer", "codes"),
    [
        (date(2026, 2, 1), {}, Answer.NOT_ELIGIBLE, ("MRA_ENDED",)),
        (
            date(2026, 2, 1),
            {"lodged_on": date(2025, 12, 20), "is_confirmed": True},
            Answer.ELIGIBLE,
            ("OK", "MRA_SAVINGS_APPLY"),
        ),
        (
            date(2026, 2, 1),
            {"lodged_on": date(2025, 12, 20)},
            Answer.SUBJECT_TO,
            ("MRA_SAVINGS_APPLY", "LODGEMENT_UNCONFIRMED"),
        ),
        (
            date(2026, 7, 1),
            {"lodged_on": date(2025, 12, 20), "is_confirmed": True},
            Answer.NOT_ELIGIBLE,
            ("MRA_ENDED",),
        ),
        (date(2025, 12, 31), {"lodged_on": date(2025, 12, 20), "is_confirmed": True}, Answer.ELIGIBLE, ("OK",)),
    ],
)
def test_scenario_65_an_agreement_that_ended(
    day: date, claim: dict[str, object], answer: Answer, codes: tuple[str, ...]
) -> None:
    found = asked(standing(day, ("SPE", date(2024, 5, 5)), field="ELE"), "M2", **claim)
    assert (found.answer, found.codes) == (answer, codes)
    assert found.primary_code == {"MRA_SAVINGS_APPLY": "LODGEMENT_UNCONFIRMED"}.get(codes[0], codes[0])


@pytest.mark.parametrize(
    ("name", "day", "code"),
    [
        ("M3", date(2026, 6, 1), "MRA_FRAMEWORK_ONLY"),
        ("M4", date(2026, 5, 19), "MRA_FRAMEWORK_ONLY"),
        ("M4", date(2026, 8, 31), "MRA_NOT_YET_IN_FORCE"),
        ("M4", date(2026, 9, 1), "OK"),
    ],
)
def test_scenario_66_before_an_agreement_is_in_force(name: str, day: date, code: str) -> None:
    assert asked(standing(day), name).primary_code == code


@pytest.mark.parametrize(
    ("degree", "answer", "codes"),
    [
        ("unknown", Answer.SUBJECT_TO, ("DEGREE_EVIDENCE_REQUIRED", "MANUAL_CONDITION")),
        ("none", Answer.NOT_ELIGIBLE, ("DEGREE_NOT_ACCEPTED", "MANUAL_CONDITION")),
        ("washington_accord", Answer.SUBJECT_TO, ("MANUAL_CONDITION",)),
    ],
)
def test_scenario_67_degrees(degree: str, answer: Answer, codes: tuple[str, ...]) -> None:
    person = replace(PERSON, degree_accreditation=degree)
    found = asked(standing(date(2026, 6, 1), ("SPE", date(2023, 3, 16)), personal=person), "M5")
    assert (found.answer, found.codes) == (answer, codes)


@pytest.mark.parametrize(
    ("name", "claim", "code"),
    [
        ("M1", {"jurisdiction": "XB"}, "MRA_JURISDICTION_MISMATCH"),
        ("M1", {"title": "Licensed Engineer (XA)"}, "MRA_TITLE_MISMATCH"),
        (None, {"jurisdiction": "ZZ", "title": M1.title}, "MRA_UNKNOWN"),
        ("M9", {}, "MRA_UNKNOWN"),
    ],
)
def test_scenario_68_another_title_or_place(name: str | None, claim: dict[str, object], code: str) -> None:
    assert asked(standing(date(2026, 6, 1)), name, **claim).primary_code == code


def test_scenario_68_title_and_place_find_the_agreement() -> None:
    at = standing(date(2026, 6, 1))
    found = asked(at, None, jurisdiction="XA", title=M1.title)
    assert (found.primary_code, found.agreement) == ("OK", M1)
    twin = replace(M1, id="M7")
    assert asked(at, None, jurisdiction="XA", title=M1.title, agreements=(M1, twin)).primary_code == "MRA_AMBIGUOUS"


@pytest.mark.parametrize(("counts", "code"), [(True, "OK"), (False, "YEARS_REGISTERED_SHORT")])
def test_scenario_69_years_in_a_lower_grade(counts: bool, code: str) -> None:
    changed = replace(M1, conditions=replace(M1.conditions, count_lower_grades=counts))
    at = standing(date(2026, 7, 10), ("PE", date(2021, 7, 15)), ("SPE", date(2026, 7, 3)))
    found = asked(at, "M1", agreements=(changed,))
    assert found.primary_code == code
    assert found.first_on == (None if counts else date(2028, 7, 3))


def test_scenario_69_the_certificate_of_the_lower_grade() -> None:
    at = standing(date(2026, 7, 10), ("PE", date(2021, 7, 15)), life="SUPERSEDED")
    found = asked(at, "M1")
    assert found.codes == ("REG_SUPERSEDED", "USE_SUCCESSOR")
    assert found.primary_code == "REG_SUPERSEDED"


@pytest.mark.parametrize(("holds_title", "codes"), [(True, ("OK", "CLAIM_OVERSTATED")), (False, ("OK",))])
def test_scenario_70_a_claim_to_the_title_itself(holds_title: bool, codes: tuple[str, ...]) -> None:
    found = asked(standing(date(2026, 6, 1)), "M1", holds_title=holds_title)
    assert (found.answer, found.codes) == (Answer.ELIGIBLE, codes)


def test_scenario_71_a_body_that_is_no_party() -> None:
    found = asked(standing(date(2026, 6, 1)), "M1", is_personal=False, body="XB")
    assert (found.answer, found.primary_code) == (Answer.SUBJECT_TO, "PERSONAL_CONDITIONS_NOT_SHOWN")
    assert "BODY_NOT_PARTY" in found.codes


def test_scenario_72_a_suspension_that_is_over_since() -> None:
    found = asked(standing(date(2026, 3, 15), holds=frozenset({"CONDUCT_SANCTION"})), "M1")
    assert found.codes[:2] == ("REG_SUSPENDED", "CONDUCT_SANCTION")


def test_scenario_95_an_exempt_year_counts() -> None:
    person = replace(PERSON, cpd=years(y2023="COMPLIANT", y2024="COMPLIANT", y2025="EXEMPT"))
    assert asked(standing(date(2026, 6, 1), personal=person), "M1").primary_code == "OK"


@pytest.mark.parametrize(("in_doubt", "code"), [(True, "AUTH_SOCIETY_LOST_INTEGRITY"), (False, "OK")])
def test_scenario_109_assessed_in_an_interval_in_doubt(in_doubt: bool, code: str) -> None:
    at = standing(date(2026, 6, 1), ("PE", date(2023, 3, 20)), field="GEO", is_in_doubt=in_doubt)
    assert asked(at, "M1").primary_code == code


@pytest.mark.parametrize(("accepts", "code"), [(False, "RENEWAL_PENDING"), (True, "OK")])
def test_scenario_110_an_interim_runs(accepts: bool, code: str) -> None:
    changed = replace(M1, conditions=replace(M1.conditions, accept_interim=accepts))
    assert asked(standing(date(2026, 8, 1), is_interim=True), "M1", agreements=(changed,)).primary_code == code


@pytest.mark.parametrize(
    ("is_personal", "code"), [(True, "CONDUCT_LOOKBACK"), (False, "PERSONAL_CONDITIONS_NOT_SHOWN")]
)
def test_scenario_112_an_old_reprimand(is_personal: bool, code: str) -> None:
    changed = replace(M1, conditions=replace(M1.conditions, conduct_lookback_years=5))
    at = standing(date(2026, 6, 1), personal=replace(PERSON, sanctioned_on=(date(2023, 5, 10),)))
    assert asked(at, "M1", agreements=(changed,), is_personal=is_personal).primary_code == code


def test_scenario_116_a_claim_is_judged_by_the_version_it_was_lodged_under() -> None:
    second = replace(
        M2,
        version=2,
        effective_from_on=date(2026, 1, 1),
        effective_to_on=None,
        states=((date(2026, 1, 1), "in_force"),),
        mappings={},
    )
    at = standing(date(2026, 3, 1), ("SPE", date(2024, 5, 5)), field="ELE")
    lodged = {"lodged_on": date(2025, 12, 20), "is_confirmed": True}
    found = asked(at, "M2", agreements=(second, M2), **lodged)
    assert (found.answer, found.agreement) == (Answer.ELIGIBLE, M2)
    assert asked(at, "M2", agreements=(M2, second)).primary_code == "GRADE_NOT_COVERED"


def test_scenario_117_an_old_degree_is_another() -> None:
    at = standing(date(2026, 6, 1), ("SPE", date(2023, 3, 16)), personal=replace(PERSON, degree_accreditation="other"))
    assert asked(at, "M5").primary_code == "DEGREE_NOT_ACCEPTED"


def test_scenario_118_the_primary_code_has_the_answer_of_all() -> None:
    changed = replace(M5, conditions=replace(M5.conditions, max_credential_age_days=365))
    shown = Presented(date(2024, 1, 1), datetime(2024, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC))
    at = standing(date(2026, 6, 1), ("SPE", date(2023, 3, 16)), personal=replace(PERSON, degree_accreditation="none"))
    found = asked(at, "M5", agreements=(changed,), presented=shown)
    assert (found.answer, found.primary_code) == (Answer.NOT_ELIGIBLE, "DEGREE_NOT_ACCEPTED")
    assert "CRED_TOO_OLD" in found.codes


@pytest.mark.parametrize(
    ("refused", "answer"),
    [
        (("CRED_PROOF_INVALID", Answer.NOT_VERIFIED), Answer.NOT_VERIFIED),
        (("AS_OF_FUTURE", Answer.INDETERMINATE), Answer.INDETERMINATE),
    ],
)
def test_rows_1_to_6_end_the_check(refused: tuple[str, Answer], answer: Answer) -> None:
    question = Question(Claim(agreement="M1", holds_title=True), AGREEMENTS, CALENDAR, None, refused=refused)
    found = recognise(question)
    assert (found.answer, found.codes) == (answer, (refused[0], "CLAIM_OVERSTATED"))
    assert (found.answer, found.codes, found.primary_code) == second_reading(question)


def test_nothing_known_of_the_status_is_never_eligible() -> None:
    found = recognise(Question(Claim(agreement="M1"), AGREEMENTS, CALENDAR, None))
    assert (found.answer, found.codes) == (Answer.INDETERMINATE, ("STATUS_UNAVAILABLE",))


def test_a_life_that_nobody_knows_is_not_eligible() -> None:
    at = standing(date(2026, 6, 1), life="PAUSED")
    found = recognise(Question(Claim(agreement="M1", is_personal=True), AGREEMENTS, CALENDAR, at))
    assert found.answer is Answer.NOT_ELIGIBLE


def _drawn(rng: random.Random) -> Question:
    day = date(2025, 1, 1) + timedelta(days=rng.randrange(900))
    since = day - timedelta(days=rng.choice([-3, 0, 200, 730, 731, 2000]))
    grades = rng.sample(["AE", "PE", "SPE"], rng.randint(1, 3))
    held = tuple((grade, since + timedelta(days=100 * place)) for place, grade in enumerate(sorted(grades)))
    states = ["COMPLIANT", "CURED", "EXEMPT", "DEFERRED", "SHORTFALL", "UNCURED", "NOT_DUE", "OPEN"]
    ledger = tuple(
        CpdYear(year, rng.choice(states[: rng.choice([3, 8])]), is_assessed=rng.random() < 0.9)
        for year in range(rng.randint(2020, 2025), day.year + 1)
    )
    sanctions = tuple(day - timedelta(days=rng.randrange(3000)) for _ in range(rng.choice([0, 0, 1])))
    personal = Personal(
        rng.randint(5, 9),
        rng.randint(1, 3),
        rng.choice(["washington_accord", "none", "unknown", "other"]),
        ledger,
        sanctions,
    )
    lives = ["CURRENT"] * 12 + ["EXPIRED", "LAPSED", "WITHDRAWN", "REVOKED", "ANNULLED", "SUPERSEDED", "DECEASED"]
    is_offline = rng.random() < 0.1
    at = Standing(
        datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
        day,
        rng.choice(lives),
        rng.choice(["ELE", "MEC"]),
        held,
        since,
        day + timedelta(days=rng.choice([10, 89, 90, 1000])),
        holds=frozenset(rng.sample(["CPD", "IDENTITY"], rng.choice([0, 0, 0, 1, 2]))),
        lapse=rng.choice([None, "CPD_LAPSE"]),
        is_annulled_now=rng.random() < 0.02,
        deceased_on=rng.choice([None] * 20 + [day, day + timedelta(days=1)]),
        is_interim=rng.random() < 0.2,
        is_in_doubt=rng.random() < 0.1,
        sanctioned_on=sanctions if rng.random() < 0.5 else (),
        remarks=tuple(rng.sample(["HISTORY_DIFFERS", "NAME_WITHHELD"], rng.choice([0, 0, 1, 2]))),
        personal=None if is_offline else personal,
        is_offline=is_offline,
    )
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    shown = Presented(
        day - timedelta(days=rng.choice([10, 365, 366])),
        noon + timedelta(days=rng.choice([-100, 0, 1])),
        noon + timedelta(days=rng.choice([-1, 0, 500])),
        rng.choice([None, None, "REPLACED", "CLOSED", "LAPSED"]),
    )
    claim = Claim(
        agreement=rng.choice([None, "M1", "M2", "M3", "M4", "M5", "M6", "M9", "M6", "M6"]),
        title=rng.choice([None, None, None, M1.title, M2.title]),
        jurisdiction=rng.choice([None, None, None, "XA", "XB"]),
        holds_title=rng.random() < 0.1,
        lodged_on=rng.choice([None, None, date(2025, 12, 20), date(2026, 1, 1), date(2021, 1, 1)]),
        is_confirmed=rng.random() < 0.5,
        body=rng.choice([None, "XA", "XB"]),
        is_personal=rng.random() < 0.7,
    )
    sixth = replace(
        rng.choice(AGREEMENTS),
        id="M6",
        version=rng.randint(1, 2),
        is_framework=False,
        direction=rng.choice(["outbound", "both", "inbound"]),
        states=((date(2022, 1, 1), rng.choice(["in_force"] * 4 + ["suspended", "ended"])),),
        suspension_stops_lodged=rng.random() < 0.5,
        conditions=Conditions(
            active_required=rng.random() < 0.8,
            min_years_registered=rng.randint(0, 3),
            count_lower_grades=rng.random() < 0.5,
            min_years_experience=rng.choice([0, 7]),
            min_responsible_years=rng.choice([0, 2]),
            cpd_last_n=rng.randint(0, 3),
            accept_cured_cpd=rng.random() < 0.5,
            degree_accreditation=frozenset(rng.sample(["washington_accord", "other"], rng.randint(0, 2))),
            conduct_lookback_years=rng.choice([0, 5]),
            max_credential_age_days=rng.choice([None, 365]),
            accept_interim=rng.random() < 0.5,
            manual=rng.choice([(), ({"en": "local law interview", "zh": "当地法律面谈"},)]),
        ),
    )
    extra = rng.choice([(), (sixth,), (sixth, replace(sixth, version=3, effective_from_on=date(2026, 1, 1)))])
    known = rng.random() < 0.97
    return Question(
        claim,
        (*AGREEMENTS, sixth, *extra[1:]),
        CALENDAR,
        at if known else None,
        rng.choice([None, shown]),
        rng.choice([("REGISTER_BEHIND", Answer.INDETERMINATE), ("CRED_MALFORMED", Answer.NOT_VERIFIED)]),
    )


def test_a_second_reading_of_the_table_agrees_on_5000_questions() -> None:
    rng = random.Random(20260701)
    seen: dict[str, int] = {}
    for _ in range(5_000):
        question = _drawn(rng)
        found = recognise(question)
        assert (found.answer, found.codes, found.primary_code) == second_reading(question), question
        for code in found.codes:
            seen[code] = seen.get(code, 0) + 1
    assert len(seen) >= 48, sorted(seen)
