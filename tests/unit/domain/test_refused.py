"""What the rules refuse, and what they say then: about which field or number, by which rule, and the way out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from registry.domain import applications, lifecycle, numbers, renewal, succession, transitions
from registry.domain.actors import Action, Actor, Role, require
from registry.domain.approvals import Proposal, require_second_person
from registry.domain.calendar import start_of, whole_second
from registry.domain.identity import IdType, check_character, identity_number
from registry.domain.intake_refusals import IntakeError
from registry.domain.policy import DEFAULT_POLICY as POLICY
from registry.domain.refusals import DomainError, NotAllowedError, NumberCheckDigitsError
from registry.domain.registration import Grade, Hold, HoldKind, Life, RegisterEntry, Registration, Term
from tests.unit.domain.test_public_status import REGISTRATION as HELD
from tests.unit.domain.test_transitions import ADMISSION

NUMBER = "CSE21CIV00004530"
AT = datetime(2026, 7, 1, 2, tzinfo=UTC)
DAY = date(2026, 7, 1)
GONE = replace(HELD, life=Life.LAPSED, life_since=AT)
REVOKED = replace(HELD, life=Life.REVOKED, life_since=AT)
STEM = "99990019840702013"


def held(*kinds: HoldKind, value: Registration = HELD, until_on: date | None = None) -> Registration:
    """The registration under these holds, each where its kind sits by default."""
    holds = [Hold(kind, AT, until_on, "d-2") for kind in kinds]
    person, entry = (frozenset(one for one in holds if one.kind.on_person is is_person) for is_person in (True, False))
    return replace(value, person_holds=person, entry_holds=entry)


def identified(last: str, *, is_demo: bool = False, born: date = date(1984, 7, 2)) -> str:
    return identity_number(IdType.RESIDENT_ID, STEM + last, birth_on=born, is_demo=is_demo)


def grade(wanted: Grade, of: Registration, *, promotion: bool = False) -> None:
    strict = replace(POLICY, promo_allow_skip=False)
    applications.require_new_grade(wanted, [of], promotion=promotion, policy=strict)


def suspended(kind: HoldKind, value: Registration = HELD, *, on_person: bool | None = None, days: int = 0) -> None:
    hold = Hold(kind, AT + timedelta(days=days), None, "d-2")
    transitions.suspend(value, hold, AT, "r", on_person=on_person)


def lifted(kind: HoldKind, value: Registration) -> None:
    transitions.lift(value, kind, AT, "r")


def registered(*others: Registration, decided_on: date = DAY) -> None:
    admission = replace(ADMISSION, decided_on=decided_on)
    transitions.register(admission, at=AT, entry=RegisterEntry(others))


def proposed(by: str, shown: str) -> None:
    maker, judge = (Actor(one, Role.CSE_REGISTRAR, "CSE", "test") for one in ("li", by))
    require_second_person(Proposal("revoke", "{}", maker, AT), judge, shown)


BOTH = replace(
    HELD,
    person_holds=frozenset({Hold(HoldKind.CONDUCT_INTERIM, AT, None, "d-2")}),
    entry_holds=frozenset({Hold(HoldKind.CONDUCT_INTERIM, AT, None, "d-3")}),
)
RULES: dict[str, tuple[Callable[[], object], str, str]] = {
    "r_ap_10": (
        lambda: applications.require_usable_assessment(date(2025, 6, 30), on=DAY, policy=POLICY),
        "application.assessment-expired decided_on",
        "decided on 2025-06-30, usable until 2026-06-30 (R-AP-10): the assessment must be repeated",
    ),
    "the days of an assessment": (
        lambda: applications.require_days_in_order({"interview_on": DAY}, decided_on=date(2026, 6, 30), today=DAY),
        "application.days interview_on",
        "2026-07-01 lies after the decision of 2026-06-30",
    ),
    "the day of the decision": (
        lambda: applications.require_days_in_order({}, decided_on=DAY, today=date(2026, 6, 30)),
        "application.days decided_on",
        "2026-07-01 lies after today, 2026-06-30",
    ),
    "r_au_09": (
        lambda: applications.require_recent_stages({"interview_on": date(2025, 6, 30)}, on=DAY, policy=POLICY),
        "application.days interview_on",
        "2025-06-30 is too old to count after a transfer (R-AU-09): repeat it",
    ),
    "r_ap_06": (
        lambda: grade(Grade.AE, HELD),
        "GRADE_ALREADY_HELD grade",
        f"{NUMBER} is live as PE (R-AP-06): the grade is held",
    ),
    "r_rg_04": (
        lambda: grade(Grade.SPE, HELD),
        "registration.live-exists grade",
        f"{NUMBER} is live as PE (R-RG-04): at most one registration per entry; a higher grade needs a promotion",
    ),
    "r_pr_01": (
        lambda: grade(Grade.SPE, GONE, promotion=True),
        "application.promotion kind",
        "nothing lives in the field that could be promoted (R-PR-01)",
    ),
    "r_pr_02": (
        lambda: grade(Grade.SPE, replace(HELD, grade=Grade.AE), promotion=True),
        "PROMOTION_SKIPS_GRADE grade",
        f"{NUMBER} is live as AE: a grade may not be skipped (R-PR-02)",
    ),
    "r_cc_09": (
        lambda: applications.require_no_bar(DAY, [HELD, REVOKED], policy=POLICY),
        "CONDUCT_BAR decided_on",
        f"{NUMBER} was revoked: a new assessment may begin on 2029-07-01 (R-CC-09)",
    ),
    "r_el_05": (
        lambda: applications.require_no_hold([held(HoldKind.MEMBERSHIP, HoldKind.IDENTITY)], DAY),
        "application.hold-running member_ref",
        f"{NUMBER} is on hold (identity, membership): decide when it is lifted (R-EL-05)",
    ),
    "r_me_01 of another kind": (
        lambda: identity_number(IdType.PASSPORT, "E1", birth_on=DAY, is_demo=False),
        "member.id-number id_number",
        "5 to 20 letters and digits are needed",
    ),
    "r_me_01 of eighteen places": (
        lambda: identified(""),
        "member.id-number id_number",
        "17 digits and a check character (0 to 9 or X) are needed",
    ),
    "r_me_01 of a typing mistake": (
        lambda: identified(check_character(STEM, is_demo=True)),
        "member.id-number id_number",
        "the check character does not fit: a typing mistake (GB 11643)",
    ),
    "r_me_01 of a demonstration": (
        lambda: identified(check_character(STEM), is_demo=True),
        "member.id-number id_number",
        "the check character does not fit: a demonstration register wants the one after the right one (0 after X), so"
        " never a real number",
    ),
    "r_me_01 of another birth date": (
        lambda: identified(check_character(STEM), born=DAY),
        "member.id-number id_number",
        "the number holds another birth date than birth_on",
    ),
    "r_dt_01": (
        lambda: whole_second(AT.replace(tzinfo=None)),
        "calendar.naive-instant",
        "2026-07-01T02:00:00 names no time zone (R-DT-01): give an aware instant",
    ),
    "r_dt_02": (
        lambda: Term(1, DAY, date(2026, 6, 30)),
        "term.dates",
        "a term from 2026-07-01 to 2026-06-30 has no day (R-DT-02): the end must not be before the start",
    ),
    "r_dt_09": (
        lambda: suspended(HoldKind.CPD, days=-1),
        "decision.back-dated",
        "notified 2026-07-01T02:00:00+00:00, effective 2026-06-30T02:00:00+00:00 (R-DT-09): a decision takes effect at"
        " the notified instant or a later stated one",
    ),
    "r_rg_02": (
        lambda: registered(decided_on=date(2026, 7, 2)),
        "registration.decision-later",
        "entered on 2026-07-01, decided on 2026-07-02 (R-RG-02): the registration date may not be earlier than the"
        " decision date",
    ),
    "t01": (
        lambda: registered(HELD),
        "registration.live-exists grade",
        f"{NUMBER} is live as PE (R-RG-04): at most one registration per entry; a higher grade needs a promotion",
    ),
    "r_rg_05 of another entry": (
        lambda: registered(replace(HELD, register_no=numbers.RegisterNumber("CSE24RLY00022922"))),
        "registration.other-entry",
        f"CSE24RLY00022922 is not of the register entry and member of {NUMBER} (R-RG-05): one number per entry",
    ),
    "r_rg_05 of the century": (
        lambda: numbers.compose_register_number(year=1999, field="CIV", serial=1),
        "number.parts",
        "register number (R-RG-05): year must be from 2000 to 2099",
    ),
    "r_rg_05 of the field": (
        lambda: numbers.compose_register_number(year=2026, field="civ", serial=1),
        "number.parts",
        "register number (R-RG-05): field must be three capital letters",
    ),
    "r_rg_05 of the serial": (
        lambda: numbers.compose_register_number(year=2026, field="CIV", serial=-1),
        "number.parts",
        "register number (R-RG-05): serial must be from 0 to 999999",
    ),
    "r_rg_05 of check digits": (
        lambda: numbers.parse_register_number("cse21civ00004531"),
        "number.check-digits",
        "CSE21CIV00004531: the check digits do not fit (R-RG-05), so it has a typing mistake: compare it with the"
        " certificate",
    ),
    "a hold on what has ended": (
        lambda: suspended(HoldKind.CPD, GONE),
        "registration.not-live",
        f"{NUMBER} is LAPSED: the table of transitions has no way from there to suspend (domain 3.5)",
    ),
    "a hold twice": (
        lambda: suspended(HoldKind.CPD, held(HoldKind.CPD)),
        "hold.exists",
        f"{NUMBER} has a hold CPD already (domain 3.3): lift it before setting it anew",
    ),
    "a hold of the person on an entry": (
        lambda: suspended(HoldKind.CPD, on_person=False),
        "hold.place",
        "a hold CPD does not sit on the register entry: see the table of domain 3.3",
    ),
    "a hold of the entry on the person": (
        lambda: suspended(HoldKind.MEMBERSHIP, on_person=True),
        "hold.place",
        "a hold MEMBERSHIP does not sit on the person: see the table of domain 3.3",
    ),
    "r_cc_04": (
        lambda: suspended(HoldKind.CONDUCT_SANCTION),
        "hold.period",
        "hold CONDUCT_SANCTION: a sanction has a last day (T11), 1 to 24 months on (R-CC-04); any other hold has none",
    ),
    "a hold that is not there": (
        lambda: lifted(HoldKind.IDENTITY, held(HoldKind.CPD)),
        "hold.missing",
        f"{NUMBER} has no hold IDENTITY there to lift (domain 3.3): lifting one hold never lifts another",
    ),
    "a hold on both places": (
        lambda: lifted(HoldKind.CONDUCT_INTERIM, BOTH),
        "hold.ambiguous",
        f"{NUMBER} has a hold CONDUCT_INTERIM on the person and one on the entry (domain 3.3): say which of the two to"
        " lift",
    ),
    "t09": (
        lambda: lifecycle.withdraw(GONE, at=AT, decision_ref="d"),
        "registration.not-live",
        f"{NUMBER} is LAPSED: the table of transitions has no way from there to WITHDRAWN (domain 3.5)",
    ),
    "r_cc_08": (
        lambda: lifecycle.withdraw(held(HoldKind.CONDUCT_INTERIM), at=AT, decision_ref="d"),
        "conduct.pending",
        f"{NUMBER}: a conduct case, or a proposal to end it, is open (R-CC-08): withdrawal waits until it is decided",
    ),
    "t16": (
        lambda: renewal.restore(HELD, RegisterEntry(), at=AT, decision_ref="d", policy=POLICY),
        "registration.not-live",
        f"{NUMBER} is CURRENT: the table of transitions has no way from there to restoration (domain 3.5)",
    ),
    "t06": (
        lambda: renewal.renew(GONE, RegisterEntry(), at=AT, decision_ref="d", policy=POLICY),
        "registration.not-live",
        f"{NUMBER} is LAPSED: the table of transitions has no way from there to renewal (domain 3.5)",
    ),
    "r_rn_03": (
        lambda: renewal.close(HELD, at=AT, reason="refused", decision_ref="d"),
        "renewal.missing",
        f"{NUMBER}: no complete renewal or restoration waits (R-RN-03): cse renew file, and under a CPD hold the cure",
    ),
    "t17": (
        lambda: succession.allow_appeal(HELD, RegisterEntry(), at=AT, ref="d", policy=POLICY),
        "registration.not-live",
        f"{NUMBER} is CURRENT: the table of transitions has no way from there to appeal (domain 3.5)",
    ),
    "t21": (
        lambda: succession.reinstate(HELD, RegisterEntry(), at=AT, ref="d", policy=POLICY, undoes=None),
        "registration.not-live",
        f"{NUMBER} is CURRENT: the table of transitions has no way from there to reinstatement (domain 3.5)",
    ),
    "the same person": (
        lambda: proposed("li", Proposal("revoke", "{}", Actor("li", Role.AUDITOR, "CSE", ""), AT).digest),
        "approval.same-person",
        "revoke: a second natural person is needed; who proposed it may not approve it",
    ),
    "another proposal": (
        lambda: proposed("wang", "0" * 64),
        "approval.proposal-changed",
        "revoke: the digest shown is not that of this proposal; any edit voids an approval: show the proposal again",
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_what_is_refused_names_its_rule_and_the_way_out(rule: str) -> None:
    ask, code, sentence = RULES[rule]
    with pytest.raises(DomainError) as refused:
        ask()
    field = getattr(refused.value, "field", "")
    assert (f"{refused.value.code} {field}".strip(), str(refused.value)) == (code, sentence)
    assert isinstance(refused.value, IntakeError) <= bool(field)


def test_the_number_with_a_mistake_is_given_back_as_it_was_understood() -> None:
    with pytest.raises(NumberCheckDigitsError) as refused:
        numbers.parse_register_number("cse21 civ 000045 31")
    assert refused.value.text == "CSE21CIV00004531"


@pytest.mark.parametrize(
    ("actor", "sentence", "able", "tenant"),
    [
        (("auditor", "CSE"), "auditor may not lift a hold CPD: that is for cse_registrar or society_board or"
         " society_officer", ("cse_registrar", "society_board", "society_officer"), "ELE"),
        (("cse_registrar", "ELE"), "cse_registrar must act for CSE", (), None),
        (("society_board", "CIV"), "society_board of CIV may act for that society only, not for ELE",
         ("society_board",), "ELE"),
    ],
)  # fmt: skip
def test_who_may_not_is_told_who_may_and_for_which_society(
    actor: tuple[str, str], sentence: str, able: tuple[str, ...], tenant: str | None
) -> None:
    with pytest.raises(NotAllowedError) as refused:
        require(Actor("a", Role(actor[0]), actor[1], "test"), Action.LIFT, tenant="ELE", hold=HoldKind.CPD)
    assert (str(refused.value), refused.value.able, refused.value.tenant) == (sentence, able, tenant)


def test_the_bar_of_an_annulment_ends_on_its_day() -> None:
    annulled = replace(HELD, life=Life.ANNULLED, life_since=start_of(DAY))
    applications.require_no_bar(date(2029, 7, 1), [annulled], policy=POLICY)
    with pytest.raises(IntakeError, match="was annulled"):
        applications.require_no_bar(date(2029, 6, 30), [annulled], policy=POLICY)
