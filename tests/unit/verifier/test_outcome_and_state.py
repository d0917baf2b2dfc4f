"""The walk over checks, results and profiles: valid exactly where the table has it, and no state says otherwise."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import world
from tests.support.online import online
from verifier.checks import (
    CHECK_TABLE,
    CheckName,
    Finding,
    Outcome,
    Profile,
    Result,
    failed,
    outcome,
    passed,
    settle,
    skipped,
    unknown,
)
from verifier.judge import judge
from verifier.messages import findings as known_codes
from verifier.sources import RegisterAnswer, RegisterKnows
from verifier.state import State, is_authentic, state_of
from verifier.verdict import report_state

VALID_STATES = {state for state in State if state.outcome is Outcome.VALID}
CODES = sorted(known_codes())
PAST = ["annulled", "revoked", "deceased", "superseded", "withdrawn", "lapsed", "suspended"]
ENDED = {
    "ANNULLED": State.ANNULLED,
    "REVOKED": State.REVOKED,
    "DECEASED": State.DECEASED,
    "SUPERSEDED": State.SUPERSEDED,
    "WITHDRAWN": State.WITHDRAWN,
    "CPD_LAPSE": State.LAPSED,
    "RENEWAL_LAPSE": State.LAPSED,
    "REPLACED": State.REPLACED,
}

# The table of `threats.md` 0 once more, written by hand: which skip is harmless where.
LISTED = {
    Profile.OWN_ONLINE: {("logged", "log_not_begun"), ("agreement", "not_asked")},
    Profile.OWN_OFFLINE: {("logged", "log_not_begun"), ("agreement", "not_asked"), ("register", "offline")},
    Profile.OWN_SINGLE_SIGNATURE: {
        ("contexts", "not_json_ld"),
        ("all_terms_signed", "not_json_ld"),
        ("logged", "log_not_begun"),
        ("agreement", "not_asked"),
    },
    Profile.PAPER_CODE: {
        ("contexts", "not_json_ld"),
        ("all_terms_signed", "not_json_ld"),
        ("logged", "register_answers"),
        ("logged", "log_not_begun"),
        ("agreement", "not_asked"),
    },
    Profile.FOREIGN: {
        ("contexts", "not_json_ld"),
        ("all_terms_signed", "not_json_ld"),
        ("schema", "no_schema_of_ours"),
        ("authorization_at_signing", "foreign_issuer"),
        ("logged", "foreign_issuer"),
        ("revocation", "no_status_declared"),
        ("suspension", "no_status_declared"),
        ("register", "foreign_issuer"),
        ("agreement", "not_asked"),
    },
    Profile.CONFORMANCE: {
        ("contexts", "not_json_ld"),
        ("all_terms_signed", "not_json_ld"),
        ("issuer_trusted", "conformance_port"),
        ("authorization_at_signing", "foreign_issuer"),
        ("logged", "foreign_issuer"),
        ("revocation", "no_status_declared"),
        ("suspension", "no_status_declared"),
        ("register", "foreign_issuer"),
        ("agreement", "not_asked"),
    },
    Profile.PRESENTATION: {
        ("schema", "no_schema_of_ours"),
        ("issuer_trusted", "presentation"),
        ("authorization_at_signing", "presentation"),
        ("logged", "presentation"),
        ("dates", "presentation"),
        ("revocation", "presentation"),
        ("suspension", "presentation"),
        ("register", "presentation"),
        ("agreement", "not_asked"),
    },
}
REGISTER = RegisterAnswer(RegisterKnows.KNOWN)


def all_pass(*instead: Finding) -> tuple[Finding, ...]:
    chosen = {finding.name: finding for finding in instead}
    return tuple(chosen.get(name, passed(name)) for name in CheckName)


def state(findings: tuple[Finding, ...], profile: Profile = Profile.OWN_ONLINE, **register: Any) -> State:
    settled = tuple(settle(finding, profile) for finding in findings)
    return state_of(settled, outcome(findings, profile), profile, replace(REGISTER, **register))


def test_site_a57_the_table_is_that_of_the_rules() -> None:
    assert {
        profile: {(name.value, code) for name, codes in table.items() for code in codes}
        for profile, table in CHECK_TABLE.items()
    } == LISTED


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("name", CheckName)
def test_site_a57_one_deviation_from_all_pass(profile: Profile, name: CheckName) -> None:
    assert outcome(all_pass(), profile) is Outcome.VALID
    assert outcome(all_pass(failed(name, "schema")), profile) is Outcome.INVALID
    assert outcome(all_pass(unknown(name, "not_reached")), profile) is Outcome.INDETERMINATE
    for code in CODES:
        is_listed = (name.value, code) in LISTED[profile]
        expected = Outcome.VALID if is_listed else Outcome.INDETERMINATE
        assert outcome(all_pass(skipped(name, code)), profile) is expected
    assert outcome(all_pass(Finding(name, Result.SKIPPED)), profile) is Outcome.INDETERMINATE


@pytest.mark.parametrize("profile", Profile)
def test_site_a57_the_listed_skips_together_are_valid_and_any_other_result_beside_them_counts(profile: Profile) -> None:
    skips = {name: skipped(CheckName(name), code) for name, code in sorted(LISTED[profile])}
    together = all_pass(*skips.values())
    assert outcome(together, profile) is Outcome.VALID
    for name, result in product(CheckName, (Result.FAIL, Result.UNKNOWN)):
        findings = all_pass(*{**skips, name.value: Finding(name, result, "schema")}.values())
        expected = Outcome.INVALID if result is Result.FAIL else Outcome.INDETERMINATE
        assert outcome(findings, profile) is expected


@pytest.mark.parametrize("profile", Profile)
def test_a_fail_beats_an_unknown_and_a_missing_check_is_unknown(profile: Profile) -> None:
    both = all_pass(failed(CheckName.DATES, "expired"), unknown(CheckName.PROOFS, "unknown_key"))
    assert outcome(both, profile) is Outcome.INVALID
    assert outcome((), profile) is Outcome.INDETERMINATE
    assert outcome(all_pass()[:-1], profile) is Outcome.INDETERMINATE
    assert outcome((*all_pass(), passed(CheckName.PARSE)), profile) is Outcome.INDETERMINATE
    assert outcome(tuple(reversed(all_pass())), profile) is Outcome.INDETERMINATE
    assert outcome((failed(CheckName.DATES, "expired"),), profile) is Outcome.INVALID


def test_a_skip_that_is_not_listed_becomes_unknown_and_keeps_its_place() -> None:
    odd = Finding(CheckName.SCHEMA, Result.SKIPPED, "offline", "/a")
    assert settle(odd, Profile.OWN_ONLINE) == Finding(CheckName.SCHEMA, Result.UNKNOWN, "skip_not_listed", "/a")
    good = skipped(CheckName.REGISTER, "offline")
    assert settle(good, Profile.OWN_OFFLINE) is good
    assert settle(good, Profile.OWN_ONLINE).code == "skip_not_listed"


RESULTS = st.sampled_from(list(Result))
FINDINGS = st.tuples(
    *(
        st.builds(
            lambda result, code, name=name: Finding(name, result, None if result is Result.PASS else code),
            st.one_of(st.just(Result.PASS), RESULTS),
            st.sampled_from(CODES),
        )
        for name in CheckName
    )
)
REGISTERS = st.builds(
    RegisterAnswer,
    st.sampled_from(RegisterKnows),
    public_status=st.sampled_from(["active", "expired", *PAST]),
    ended=st.sampled_from([None, "CLOSED", *ENDED]),
    later_term_runs=st.booleans(),
    later_term_approved=st.booleans(),
    is_interim=st.booleans(),
    renewal_due_soon=st.booleans(),
)


@given(FINDINGS, st.sampled_from(Profile), REGISTERS)
@settings(max_examples=200, deadline=None)
def test_site_a57_no_state_ever_says_more_than_the_outcome(
    findings: tuple[Finding, ...], profile: Profile, register: RegisterAnswer
) -> None:
    settled = tuple(settle(finding, profile) for finding in findings)
    result = outcome(findings, profile)
    assert outcome(settled, profile) is result
    found = state_of(settled, result, profile, register)
    assert found not in VALID_STATES or result is Outcome.VALID
    # A register that calls an all-pass paper ended is believed neither way; `judge` makes that indeterminate.
    is_contradiction = result is Outcome.VALID and found is State.COULD_NOT_CHECK
    assert found.outcome is result or is_contradiction


@pytest.mark.parametrize("profile", Profile)
def test_site_a57_the_state_of_every_single_deviation(profile: Profile) -> None:
    deviations = (Result.FAIL, Result.UNKNOWN, Result.SKIPPED)
    for name, result, code in product(CheckName, deviations, CODES):
        findings = all_pass(Finding(name, result, code))
        assert state(findings, profile).outcome is outcome(findings, profile), (name, result, code)


CONTRADICTIONS = [{"public_status": status} for status in PAST] + [{"ended": reason} for reason in [*ENDED, "CLOSED"]]


@pytest.mark.parametrize("register", CONTRADICTIONS, ids=lambda register: "-".join(register.values()))
def test_a_register_that_says_ended_while_no_bit_does_is_not_believed(register: dict[str, str]) -> None:
    report = judge(world.certificate(), online(**register), now=world.NOW)
    assert report.outcome is Outcome.INDETERMINATE
    assert report_state(report) in {State.COULD_NOT_CHECK, State.STATUS_UNREACHABLE}
    assert report.findings[12].code == "register_contradiction"


# --- from findings to the state -----------------------------------------------------------------------------------

OVER = failed(CheckName.DATES, "expired")
EARLY = failed(CheckName.DATES, "not_yet_valid")
REVOKED = failed(CheckName.REVOCATION, "revoked")
HELD = failed(CheckName.SUSPENSION, "suspended")
LATE = unknown(CheckName.REVOCATION, "list_too_old")
NO, OPEN = failed(CheckName.AGREEMENT, "agreement_not_eligible"), unknown(CheckName.AGREEMENT, "agreement_undecided")
UNREACHED = {"knows": RegisterKnows.UNREACHABLE}
CASES: list[tuple[str, tuple[Finding, ...], dict[str, Any], State]] = [
    ("nothing wrong", (), {}, State.VALID),
    ("interim", (), {"is_interim": True}, State.VALID_INTERIM),
    ("unsupported format", (unknown(CheckName.PARSE, "unsupported_format"),), {}, State.UNSUPPORTED),
    ("unknown context", (unknown(CheckName.CONTEXTS, "unknown_context"),), {}, State.UNSUPPORTED),
    ("bad proof", (failed(CheckName.PROOFS, "signature"),), {}, State.INVALID),
    ("bad schema", (failed(CheckName.SCHEMA, "schema"),), {}, State.INVALID),
    ("bad binding", (failed(CheckName.ISSUER_BINDING, "issuer_binding"),), {}, State.INVALID),
    ("wrong issuer", (failed(CheckName.ISSUER_TRUSTED, "key_class"),), {}, State.ISSUER_NOT_TRUSTED),
    (
        "wrong issuer and bad proof",
        (failed(CheckName.ISSUER_TRUSTED, "key_class"), failed(CheckName.PROOFS, "signature")),
        {},
        State.ISSUER_NOT_TRUSTED,
    ),
    (
        "no right",
        (failed(CheckName.AUTHORIZATION_AT_SIGNING, "not_authorized_at_signing"),),
        {},
        State.ISSUER_NOT_TRUSTED,
    ),
    ("not registered", (failed(CheckName.REGISTER, "not_registered"),), {}, State.SIGNED_BUT_NOT_REGISTERED),
    (
        "not registered, proofs not checked",
        (failed(CheckName.REGISTER, "not_registered"), unknown(CheckName.PROOFS, "unknown_key")),
        {},
        State.INVALID,
    ),
    ("not logged", (failed(CheckName.LOGGED, "log_not_supported"),), {}, State.NOT_LOGGED),
    ("bit alone", (REVOKED,), UNREACHED, State.ENDED_UNSPECIFIED),
    ("bit of a closed paper", (REVOKED,), {"ended": "CLOSED"}, State.EXPIRED),
    ("suspension bit alone", (HELD,), UNREACHED, State.SUSPENDED),
    ("both bits", (REVOKED, HELD), UNREACHED, State.ENDED_UNSPECIFIED),
    ("a bit and a list too old", (HELD, LATE), UNREACHED, State.SUSPENDED),
    ("over", (OVER,), {}, State.EXPIRED),
    ("over, register not reached", (OVER,), UNREACHED, State.OFFLINE_EXPIRED),
    ("over and renewed", (OVER,), {"later_term_runs": True}, State.ENDED_RENEWED),
    ("over and renewed and revoked", (OVER,), {"later_term_runs": True, "ended": "REVOKED"}, State.REVOKED),
    ("early", (EARLY,), {}, State.NOT_YET_VALID),
    ("bits unknown", (LATE,), {}, State.STATUS_UNREACHABLE),
    ("register unknown", (unknown(CheckName.REGISTER, "register_unreachable"),), UNREACHED, State.STATUS_UNREACHABLE),
    ("bits and dates unknown", (LATE, unknown(CheckName.DATES, "not_reached")), {}, State.COULD_NOT_CHECK),
    ("key unknown", (unknown(CheckName.PROOFS, "unknown_key"),), {}, State.COULD_NOT_CHECK),
    ("agreement says no", (NO,), {}, State.NOT_ELIGIBLE),
    ("agreement says no, suspended", (NO, HELD), {"public_status": "suspended"}, State.SUSPENDED),
    ("agreement says no, bits unknown", (NO, LATE), {}, State.INVALID),
    ("agreement open", (OPEN,), {}, State.ELIGIBILITY_OPEN),
    ("agreement open, bits unknown", (OPEN, LATE), {}, State.STATUS_UNREACHABLE),
    ("agreement open, over", (OPEN, OVER), {}, State.EXPIRED),
    ("not good without authenticity", (OVER, unknown(CheckName.SCHEMA, "schema")), {}, State.INVALID),
    ("register says revoked, bits pass", (), {"ended": "REVOKED"}, State.COULD_NOT_CHECK),
]


@pytest.mark.parametrize(("findings", "register", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_the_state_of_own_certificates_online(
    findings: tuple[Finding, ...], register: dict[str, Any], expected: State
) -> None:
    assert state(all_pass(*findings), **register) is expected


OFFLINE = skipped(CheckName.REGISTER, "offline")
NO_REGISTER = {"knows": RegisterKnows.OFFLINE}
OFFLINE_CASES: list[tuple[str, tuple[Finding, ...], State]] = [
    ("nothing wrong", (), State.OFFLINE_SNAPSHOT),
    ("over", (OVER,), State.OFFLINE_EXPIRED),
    ("early", (EARLY,), State.OFFLINE_NOT_YET),
    ("bit", (REVOKED,), State.ENDED_UNSPECIFIED),
    ("list too old", (LATE,), State.OFFLINE_GENUINE),
    ("no root", (unknown(CheckName.ISSUER_TRUSTED, "trust_root_unpinned"),), State.OFFLINE_UNPROVEN),
    ("other root", (unknown(CheckName.ISSUER_TRUSTED, "trust_root_mismatch"),), State.OFFLINE_UNPROVEN),
    ("key stolen later", (unknown(CheckName.ISSUER_TRUSTED, "key_compromised_later"),), State.OFFLINE_UNPROVEN),
    (
        "key stolen later, over",
        (unknown(CheckName.ISSUER_TRUSTED, "key_compromised_later"), OVER),
        State.OFFLINE_EXPIRED,
    ),
    (
        "key stolen later, proofs not checked, over",
        (unknown(CheckName.ISSUER_TRUSTED, "key_compromised_later"), unknown(CheckName.PROOFS, "unknown_key"), OVER),
        State.INVALID,
    ),
    ("list expired", (unknown(CheckName.ISSUER_TRUSTED, "trust_list_expired"),), State.COULD_NOT_CHECK),
]


@pytest.mark.parametrize(
    ("findings", "expected"), [case[1:] for case in OFFLINE_CASES], ids=[case[0] for case in OFFLINE_CASES]
)
def test_the_state_of_own_certificates_offline(findings: tuple[Finding, ...], expected: State) -> None:
    assert state(all_pass(OFFLINE, *findings), Profile.OWN_OFFLINE, **NO_REGISTER) is expected


@pytest.mark.parametrize(("ended", "expected"), [*ENDED.items()])
@pytest.mark.parametrize("knows", [RegisterKnows.KNOWN, RegisterKnows.BEHIND])
def test_the_register_names_why_a_paper_ended(ended: str, expected: State, knows: RegisterKnows) -> None:
    assert state(all_pass(REVOKED), ended=ended, knows=knows) is expected
    assert state(all_pass(REVOKED, HELD, OVER), ended=ended, knows=knows) is expected


@pytest.mark.parametrize("worse", range(len(PAST)))
def test_the_gravest_reason_wins(worse: int) -> None:
    """Of the status of the registration and the reason of the paper, the first of the list counts."""
    order = [State(status) for status in PAST]
    for ended, paper in ENDED.items():
        expected = min((order[worse], paper), key=[*order, State.REPLACED].index)
        assert state(all_pass(REVOKED), public_status=PAST[worse], ended=ended) is expected


@pytest.mark.parametrize(
    ("soon", "approved", "expected"),
    [(True, False, State.VALID_NOTICE), (True, True, State.VALID), (False, False, State.VALID)],
)
def test_a_notice_ends_when_the_next_term_is_approved(soon: bool, approved: bool, expected: State) -> None:
    assert state(all_pass(), later_term_approved=approved, renewal_due_soon=soon) is expected


def test_a_foreign_document_that_passes_has_a_state_of_its_own() -> None:
    assert state(all_pass(), Profile.FOREIGN) is State.VALID_FOREIGN


def test_a_list_of_findings_without_a_check_is_no_green_state() -> None:
    assert state_of((), Outcome.INDETERMINATE, Profile.OWN_ONLINE, REGISTER) is State.COULD_NOT_CHECK
    assert state_of((), Outcome.INVALID, Profile.OWN_ONLINE, REGISTER) is State.INVALID
    assert not is_authentic(())


@pytest.mark.parametrize("name", list(CheckName)[:8])
def test_authentic_is_every_check_about_origin(name: CheckName) -> None:
    assert is_authentic(all_pass())
    assert not is_authentic(all_pass(unknown(name, "not_reached")))
    assert not is_authentic(all_pass(failed(CheckName.REGISTER, "not_registered")))
    assert not is_authentic(all_pass(failed(CheckName.LOGGED, "log_not_supported")))
    assert is_authentic(all_pass(failed(CheckName.DATES, "expired")))
