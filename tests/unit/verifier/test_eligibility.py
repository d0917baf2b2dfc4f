"""A recognition answer beside a verification: rows 1 to 6 of the table, what a folder alone tells, and the words."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from issuer.proofs import document_bytes
from registry.domain.registration import HoldKind
from schemas.contracts import validator
from schemas.tables import read_table
from tests.support import tokens, world
from tests.support.agreements import files, given, pinning_list
from tests.support.expect import DROP, changed, finding
from tests.support.foreign import badge
from tests.support.online import online
from verifier.agreements import Agreement
from verifier.checks import Outcome, Profile, Result
from verifier.eligibility import (
    RefusedError,
    checked_offline,
    counting,
    presented,
    recognition_members,
    require_answered,
    with_recognition,
)
from verifier.folder import PublishedFolder
from verifier.judge import judge
from verifier.recognition import ROWS, Answer, Recognition, recognise
from verifier.report import Report
from verifier.sources import RegisterKnows
from verifier.state import State
from verifier.verdict import report_state, verdict

NOT_VERIFIED, INDETERMINATE = Answer.NOT_VERIFIED, Answer.INDETERMINATE
MEC = replace(
    world.PROFILE,
    number="CSE24MEC00000174",
    field="MEC",
    society="MEC",
    first_registered=date(2024, 2, 1),
    grade_since=date(2024, 2, 1),
    term_from=date(2026, 2, 1),
    term_until=date(2031, 1, 31),
    valid_from=datetime.fromisoformat("2026-02-01T02:00:00+00:00"),
)
AFTER = datetime.fromisoformat("2026-03-16T02:00:00+00:00")


def report(sources: Any = None, content: bytes | None = None, now: datetime = world.NOW) -> Report:
    return judge(content or world.certificate(), sources or online(content), now=now)


def altered(*changes: tuple[str, Any]) -> bytes:
    return document_bytes(changed(world.parsed(world.certificate()), *changes))


def signed_by(*labels: str) -> Report:
    content = world.certificate(signers=labels)
    return report(online(content), content)


def row_of(step: Callable[[Report], object], asked: Report) -> tuple[str, Answer] | None:
    """Return the row that a step raises."""
    try:
        step(asked)
    except RefusedError as refused:
        return refused.row
    return None


ROWS_1_TO_6 = {
    "1 not of ours": (lambda: report(online(), document_bytes(badge())), ("CRED_MALFORMED", NOT_VERIFIED)),
    "1 schema": (lambda: report(online(), altered(("credentialSubject/rank", 1))), ("CRED_MALFORMED", NOT_VERIFIED)),
    "1 no credential": (lambda: report(online(), b"{}"), ("CRED_MALFORMED", NOT_VERIFIED)),
    "2 changed": (
        lambda: report(online(), altered(("credentialSubject/nameHans", "林致远"))),
        ("CRED_MALFORMED", NOT_VERIFIED),
    ),
    "2 one proof wrong": (
        lambda: report(online(), altered(("proof/0/proofValue", "z" + "1" * 87))),
        ("CRED_PROOF_INVALID", NOT_VERIFIED),
    ),
    "scenario_05 stripped": (
        lambda: report(online(), altered(("proof/3", DROP), ("proof/2", DROP))),
        ("CRED_PROOF_INVALID", NOT_VERIFIED),
    ),
    "2 one proof lacks": (lambda: report(online(), altered(("proof/3", DROP))), ("CRED_PROOF_INVALID", NOT_VERIFIED)),
    "2a copy": (
        lambda: tokens.judged(tokens.COPY.showing("field")),
        ("SOCIETY_SIGNATURE_NOT_PRESENT", INDETERMINATE),
    ),
    "3 key of another class": (
        lambda: signed_by("cse/status-2026", "ele/issue-2026"),
        ("ISSUER_NOT_TRUSTED", NOT_VERIFIED),
    ),
    "3 society of another field": (
        lambda: signed_by("cse/issue-2026", "ict/issue-2026"),
        ("CRED_PROOF_INVALID", NOT_VERIFIED),
    ),
    "4a absent": (lambda: report(online(knows=RegisterKnows.ABSENT)), ("CRED_NOT_IN_REGISTER", NOT_VERIFIED)),
    "4a other content": (lambda: report(online(content_sha256="0" * 64)), ("CRED_NOT_IN_REGISTER", NOT_VERIFIED)),
    "no trust list": (
        lambda: judge(world.certificate(), PublishedFolder(Path("/nonexistent")), now=world.NOW),
        ("STATUS_UNAVAILABLE", INDETERMINATE),
    ),
    "good": (report, None),
    "suspended": (lambda: report(online(suspended=True, public_status="suspended")), None),
    "bits unknown": (lambda: report(online(suspended=None)), None),
}


@pytest.mark.parametrize(("made", "row"), ROWS_1_TO_6.values(), ids=ROWS_1_TO_6)
def test_rows_1_to_4a(made: Any, row: tuple[str, Answer] | None) -> None:
    assert row_of(counting, made()) == row


def test_scenario_54_a_key_compromised_later_needs_the_register_to_say_which_came_first() -> None:
    early = datetime.fromisoformat("2026-02-05T00:00:00+00:00")
    content = world.certificate(MEC, created=MEC.valid_from)
    assert row_of(counting, report(online(content, issued_at=early), content)) is None
    row = row_of(counting, report(online(content, issued_at=AFTER), content))
    assert row == ("KEY_COMPROMISED_NOT_LOGGED", NOT_VERIFIED)


@pytest.mark.parametrize(
    ("sources", "row"),
    [
        (online(), None),
        (online(suspended=None), ("STATUS_UNAVAILABLE", INDETERMINATE)),
        (online(knows=RegisterKnows.UNREACHABLE), ("STATUS_UNAVAILABLE", INDETERMINATE)),
        (online(knows=RegisterKnows.BEHIND), ("REGISTER_BEHIND", INDETERMINATE)),
        (online(suspended=True, public_status="suspended"), None),
    ],
    ids=["known", "list", "register", "behind", "suspended"],
)
def test_row_6_what_could_not_be_checked(sources: Any, row: tuple[str, Answer] | None) -> None:
    assert row_of(require_answered, report(sources)) == row


def test_the_certificate_that_was_shown() -> None:
    shown = presented(report(online(ended="REPLACED", revoked=True)))
    assert shown is not None
    assert (shown.issued_on, shown.ended_reason) == (date(2026, 3, 16), "REPLACED")
    assert presented(report(online(), b"{}")) is None


ANSWERS = [
    (Answer.ELIGIBLE, Result.PASS, Outcome.VALID, State.VALID),
    (Answer.SUBJECT_TO, Result.UNKNOWN, Outcome.INDETERMINATE, State.ELIGIBILITY_OPEN),
    (Answer.INDETERMINATE, Result.UNKNOWN, Outcome.INDETERMINATE, State.ELIGIBILITY_OPEN),
    (Answer.NOT_ELIGIBLE, Result.FAIL, Outcome.INVALID, State.NOT_ELIGIBLE),
    (Answer.NOT_VERIFIED, Result.UNKNOWN, Outcome.INDETERMINATE, State.ELIGIBILITY_OPEN),
]


@pytest.mark.parametrize(("answer", "result", "outcome", "state"), ANSWERS)
def test_only_eligible_passes_the_check(answer: Answer, result: Result, outcome: Outcome, state: State) -> None:
    found = Recognition(answer, "OK", ("OK",))
    asked = with_recognition(report(), found, recognition_members(found))
    assert finding(asked, "agreement").result is result
    assert (asked.outcome, report_state(asked)) == (outcome, state)
    assert list(validator("verdict", world.BASE).iter_errors(verdict(asked))) == []


def test_a_good_document_of_others_is_no_certificate_to_be_recognised() -> None:
    """Nothing says "genuine" of it: whether the agreement is met was not looked at."""
    found = Recognition(Answer.NOT_VERIFIED, "CRED_MALFORMED", ("CRED_MALFORMED",))
    others = replace(report(), profile=Profile.FOREIGN)
    asked = with_recognition(others, found, recognition_members(found))
    assert (asked.outcome, report_state(asked)) == (Outcome.INDETERMINATE, State.COULD_NOT_CHECK)


def test_R_MR_01_every_positive_answer_has_the_sentence_that_the_decision_is_not_ours() -> None:
    fixed = {
        "en": "The decision belongs to Board. This is not a licence.",
        "zh": "是否授予由理事会决定。本结果不是执业许可。",
    }
    names = {"did:web:xa.example": {"en": "Board", "zh": "理事会"}}
    under = Agreement("m1", 1, frozenset(names), frozenset({"XA"}), "T", {}, (), date(2026, 1, 1), names=names)
    for answer in Answer:
        text = recognition_members(Recognition(answer, "OK", ("OK",), under, date(2027, 3, 1)))["text"]
        is_positive = answer in {Answer.ELIGIBLE, Answer.SUBJECT_TO}
        assert {lang for lang, words in fixed.items() if words in text[lang]} == (
            {"en", "zh"} if is_positive else set()
        )


def test_every_code_has_words_in_both_languages() -> None:
    codes = read_table("recognition.json")["codes"]
    assert all(words["en"] and words["zh"] for words in codes.values())
    source = Path(str(recognise.__code__.co_filename)).read_text(encoding="utf-8")
    told = set(re.findall(r'"([A-Z]+_[A-Z_]+)"', source)) - {answer.value for answer in Answer} - {"NOT_DUE"}
    assert len(told) > len(ROWS)
    assert told <= set(codes)
    assert {row["code"] for row in read_table("recognition.json")["refusals"]} <= set(codes)
    assert {kind.value for kind in HoldKind} <= set(codes)


# --- offline: status lists alone -------------------------------------------------------------------------------------


def folder(place: Path, *told: Mapping[str, Any], left_out: str = "", **bits: Any) -> PublishedFolder:
    published = files(*told)
    all_files = {**world.publication(listed=pinning_list(published), **bits), **published}
    shown = {path: content for path, content in all_files.items() if path != left_out}
    world.write(place, {**shown, "/manifest.json": world.manifest(all_files)})
    return PublishedFolder(place, root=world.root())


def offline(sources: PublishedFolder, name: str = "T1", content: bytes | None = None, **more: Any) -> Report:
    now = more.get("now", world.NOW)
    return checked_offline(judge(content or world.certificate(), sources, now=now), name, sources.agreements)


def told(asked: Report) -> tuple[str, list[str]]:
    answer = asked.recognition or {}
    return answer["outcome"], answer["codes"]


def test_offline_only_the_register_can_answer_the_rest(tmp_path: Path) -> None:
    asked = offline(folder(tmp_path, given(conditions={"cpdLastN": 3, "minYearsRegistered": 2})))
    assert told(asked) == ("ELIGIBLE_SUBJECT_TO", ["ONLINE_CHECK_REQUIRED"])
    assert (asked.outcome, report_state(asked)) == (Outcome.INDETERMINATE, State.ELIGIBILITY_OPEN)


def test_offline_the_list_tells_of_a_suspension_and_not_of_which_kind(tmp_path: Path) -> None:
    asked = offline(folder(tmp_path, given(conditions={}), suspended=[world.INDEX]))
    assert told(asked) == ("NOT_ELIGIBLE", ["REG_SUSPENDED", "ONLINE_CHECK_REQUIRED"])
    assert report_state(asked) is State.SUSPENDED


def test_offline_the_list_does_not_tell_why_a_certificate_has_ended(tmp_path: Path) -> None:
    asked = offline(folder(tmp_path, given(), revoked=[world.INDEX]))
    assert told(asked) == ("INDETERMINATE", ["STATUS_UNAVAILABLE"])
    assert (asked.outcome, report_state(asked)) == (Outcome.INVALID, State.ENDED_UNSPECIFIED)


def test_offline_a_coming_term_is_not_valid_yet(tmp_path: Path) -> None:
    content = world.certificate(world.RENEWED, created=world.RENEWED_AT)
    assert told(offline(folder(tmp_path, given()), content=content)) == ("NOT_ELIGIBLE", ["REG_NOT_YET_VALID"])


@pytest.mark.parametrize(
    ("after", "codes"),
    [
        (timedelta(0), ["ONLINE_CHECK_REQUIRED", "EXPIRES_SOON"]),
        (timedelta(milliseconds=999), ["ONLINE_CHECK_REQUIRED", "EXPIRES_SOON"]),
        (timedelta(seconds=1), ["REG_EXPIRED", "ONLINE_CHECK_REQUIRED"]),
    ],
)
def test_offline_a_term_counts_to_its_last_second(tmp_path: Path, after: timedelta, codes: list[str]) -> None:
    content = world.certificate(replace(world.PROFILE, term_until=date(2026, 5, 25)))
    last = datetime.fromisoformat("2026-05-25T15:59:59+00:00")
    asked = offline(folder(tmp_path, given(conditions={})), content=content, now=last + after)
    assert told(asked)[1] == codes


@pytest.mark.parametrize(
    ("name", "left_out", "code", "answer"),
    [
        ("t1", "", "ONLINE_CHECK_REQUIRED", "ELIGIBLE_SUBJECT_TO"),
        ("t2", "", "MRA_UNKNOWN", "NOT_ELIGIBLE"),
        ("../t1", "", "MRA_UNKNOWN", "NOT_ELIGIBLE"),
        ("t1", "/agreements/t1/1", "MRA_UNAVAILABLE", "INDETERMINATE"),
        ("t1", "/status/suspension-1", "STATUS_UNAVAILABLE", "INDETERMINATE"),
    ],
    ids=["by its id", "another", "a path", "its file is missing", "a list is missing"],
)
def test_offline_what_is_missing_decides_nothing(
    tmp_path: Path, name: str, left_out: str, code: str, answer: str
) -> None:
    assert told(offline(folder(tmp_path, given(conditions={}), left_out=left_out), name)) == (answer, [code])


def test_offline_without_a_pinned_root_no_agreement_is_read(tmp_path: Path) -> None:
    folder(tmp_path, given())
    asked = offline(PublishedFolder(tmp_path))
    assert told(asked) == ("INDETERMINATE", ["STATUS_UNAVAILABLE"])
    assert asked.outcome is Outcome.INDETERMINATE


def test_offline_a_form_with_one_signature_needs_its_original(tmp_path: Path) -> None:
    asked = offline(folder(tmp_path, given()), content=tokens.vc_jwt())
    assert told(asked) == ("INDETERMINATE", ["SOCIETY_SIGNATURE_NOT_PRESENT"])
