"""What the order of the checks promises: nothing is guessed, and costly steps come after cheap ones."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from issuer.proofs import document_bytes
from tests.support import foreign, world
from tests.support.expect import DROP, changed, faults, finding, unknowns
from tests.support.online import online
from verifier.checks import CheckName, Finding, Outcome, Profile, Result
from verifier.credential import check_register
from verifier.cryptosuite import CanonicalizationError, content_sha256, jcs_bytes
from verifier.judge import judge
from verifier.messages import message
from verifier.sources import RegisterAnswer, RegisterKnows, StatusAnswer, check_bit
from verifier.state import State
from verifier.verdict import report_state, verdict

REGISTER: list[tuple[RegisterKnows, str | None, Result, str | None]] = [
    (RegisterKnows.KNOWN, "a", Result.PASS, None),
    (RegisterKnows.KNOWN, "b", Result.FAIL, "content_differs"),
    (RegisterKnows.KNOWN, None, Result.FAIL, "content_differs"),
    (RegisterKnows.BEHIND, "a", Result.UNKNOWN, "register_behind"),
    (RegisterKnows.BEHIND, "b", Result.FAIL, "content_differs"),
    (RegisterKnows.ABSENT, None, Result.FAIL, "not_registered"),
    (RegisterKnows.UNREACHABLE, None, Result.UNKNOWN, "register_unreachable"),
    (RegisterKnows.OFFLINE, None, Result.SKIPPED, "offline"),
]


@pytest.mark.parametrize(("knows", "digest", "result", "code"), REGISTER)
def test_what_the_register_answers(knows: RegisterKnows, digest: str | None, result: Result, code: str | None) -> None:
    answer = RegisterAnswer(knows, content_sha256=digest)
    assert check_register(answer, "a") == Finding(CheckName.REGISTER, result, code)


@pytest.mark.parametrize(
    ("answer", "result", "code"),
    [
        (StatusAnswer(False), Result.PASS, None),
        (StatusAnswer(True), Result.FAIL, "revoked"),
        (StatusAnswer(None), Result.UNKNOWN, "status_unavailable"),
        (StatusAnswer(None, "list_too_old"), Result.UNKNOWN, "list_too_old"),
    ],
)
def test_a_bit_that_was_not_learned_is_never_not_set(answer: StatusAnswer, result: Result, code: str | None) -> None:
    found = check_bit(CheckName.REVOCATION, answer)
    assert (found.result, found.code) == (result, code)


@pytest.mark.parametrize("knows", [RegisterKnows.UNREACHABLE, RegisterKnows.BEHIND])
def test_a_register_that_is_late_or_not_reached_decides_nothing(knows: RegisterKnows) -> None:
    report = judge(world.certificate(), online(knows=knows), now=world.NOW)
    assert (report.outcome, report_state(report)) == (Outcome.INDETERMINATE, State.STATUS_UNREACHABLE)


def test_without_a_trust_list_the_register_answers_nothing() -> None:
    report = judge(world.certificate(), replace(online(), trust_list=None), now=world.NOW)
    assert report.outcome is Outcome.INDETERMINATE
    assert set(unknowns(report).values()) == {"trust_list_missing"}
    assert finding(report, "agreement").code == "not_asked"


def test_a_report_is_neither_true_nor_false() -> None:
    report = judge(world.certificate(), online(), now=world.NOW)
    with pytest.raises(TypeError, match="no truth value"):
        bool(report)


def test_once_the_log_has_begun_this_verifier_cannot_say_valid() -> None:
    trust = replace(world.trust(), log_required_from=world.NOW)
    before = judge(world.certificate(), online(trust_list=trust), now=world.NOW - timedelta(seconds=1))
    assert before.outcome is Outcome.VALID
    report = judge(world.certificate(), online(trust_list=trust), now=world.NOW)
    assert (report.outcome, report_state(report)) == (Outcome.INDETERMINATE, State.COULD_NOT_CHECK)
    assert unknowns(report) == {"logged": "log_not_supported"}


def test_the_graph_of_a_document_with_a_wrong_form_is_not_canonicalized_for_its_proofs() -> None:
    """It may have been built to be costly; the text proofs alone are checked, and its status is not asked."""
    document = changed(world.parsed(world.certificate()), ("credentialSubject/licenseNumber", "CSE26ELE00012476"))
    content = world.signed(document, "cse/issue-2026", "ele/issue-2026")
    report = judge(content, online(content), now=world.NOW)
    assert (report.outcome, report_state(report)) == (Outcome.INVALID, State.INVALID)
    assert unknowns(report) == {
        "proofs": "graph_not_checked",
        "authorization_at_signing": "not_reached",
        "dates": "not_reached",
        "revocation": "not_reached",
        "suspension": "not_reached",
        "register": "not_reached",
    }


def test_a_foreign_document_is_never_valid_and_nothing_of_it_is_fetched() -> None:
    report = judge(document_bytes(foreign.badge()), online(), now=world.NOW)
    assert (report.outcome, report.profile) == (Outcome.INVALID, Profile.FOREIGN)
    assert faults(report) == {"issuer_trusted": "issuer_not_trusted"}
    assert unknowns(report) == {"revocation": "not_fetched"}


def test_a_foreign_document_without_status_says_so() -> None:
    report = judge(document_bytes(changed(foreign.badge(), ("credentialStatus", DROP))), online(), now=world.NOW)
    assert finding(report, "revocation").code == "no_status_declared"
    assert finding(report, "suspension").code == "no_status_declared"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**60, {1: "a"}, object()])
def test_a_value_without_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(CanonicalizationError):
        jcs_bytes({"a": value})


def test_the_digest_of_the_content_leaves_the_proofs_out() -> None:
    document = world.parsed(world.certificate())
    assert content_sha256(document) == content_sha256(changed(document, ("proof", DROP)))
    assert content_sha256(document) != content_sha256(changed(document, ("name", "x")))


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("name", ["termFrom", "termUntil", "gradeSince", "firstRegistered"])
def test_no_year_of_a_stranger_ends_in_an_error(day: str, name: str) -> None:
    registration = "credentialSubject/registration"
    for basis in ("initial", "interim"):
        changes = [(f"{registration}/{name}", day), (f"{registration}/basis", basis)]
        content = document_bytes(changed(world.parsed(world.certificate()), *changes))
        assert judge(content, online(), now=world.NOW).outcome is Outcome.INVALID


def test_a_certificate_whose_every_day_is_in_the_first_year_is_refused() -> None:
    registration = "credentialSubject/registration"
    days = [(f"{registration}/{name}", "0001-01-01") for name in ("termFrom", "gradeSince", "firstRegistered")]
    number = "CSE01ELE00012346"
    numbers = [
        (f"{registration}/registerNumber", number),
        ("credentialSubject/licenseNumber", number),
        (f"{registration}/id", f"{world.BASE}/registrations/{number}#term-1"),
        (f"{registration}/basis", "interim"),
    ]
    content = world.signed(
        changed(world.parsed(world.certificate()), *days, *numbers), "cse/issue-2026", "ele/issue-2026"
    )
    report = judge(content, online(content), now=world.NOW)
    assert (report.outcome, finding(report, "schema").code) == (Outcome.INVALID, "inconsistent")


def test_a_hostile_member_name_is_shown_cut_and_without_control_characters() -> None:
    name = ":\x1b[31m\u202e" + "x" * 500
    answer = verdict(judge(document_bytes({**foreign.badge(), name: 1}), online(), now=world.NOW))
    pointer = next(check["pointer"] for check in answer["checks"] if check["name"] == "all_terms_signed")
    assert len(pointer) == 200
    assert pointer.startswith("/:\ufffd[31m\ufffdx")


def test_a_message_is_in_both_languages_and_names_its_clause() -> None:
    assert message("expired") == (
        {"en": "The last day of the certificate has passed.", "zh": "证书有效期已过。"},
        "R-CE-02",
    )
    assert message("not_reached")[1] == ""
