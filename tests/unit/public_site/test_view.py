"""What the result page says, state by state."""

import itertools
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from public_site import catalogue
from public_site.dates import Lang, instant_words
from public_site.view import TICKED, result_view
from tests.unit.public_site.samples import STATES, checks, schema, verdict
from verifier.checks import CheckName
from verifier.messages import findings

NOTHING_PROVED = {
    "tampered",
    "invalid",
    "issuer_not_trusted",
    "signed_but_not_registered",
    "not_logged",
    "malformed",
    "unsupported",
    "could_not_check",
    "unknown",
    "foreign_code",
    "offline_unproven",
    "offline_bad",
}
MISCONDUCT = {"en": "Not a finding of misconduct. Ask the engineer.", "zh": "不属于违规处分，请询问持证人。"}


@pytest.mark.parametrize("state", STATES)
def test_samples_follow_the_contract(state: str) -> None:
    Draft202012Validator(schema()).validate(verdict(state))


def test_the_catalogue_has_every_state_of_the_contract() -> None:
    assert set(STATES) == set(schema()["properties"]["state"]["enum"])


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_site_a05_icon_tone_headline_and_outcome_agree(state: str, lang: Any) -> None:
    given = verdict(state)
    view = result_view(given, lang)
    assert (view.state, view.outcome) == (state, given["outcome"])
    assert (view.icon in {"check", "check_alert"}) == (state in TICKED)
    assert (view.tone == "green") == (state in TICKED)
    assert "{" not in view.headline + str(view.lines)


@pytest.mark.parametrize(("state", "lang"), list(itertools.product(STATES, ["en", "zh"])))
def test_was_stands_before_the_grade_of_whatever_is_not_valid(state: str, lang: Any) -> None:
    view = result_view(verdict(state), lang)
    rows = {row.key: row.value for row in view.rows}
    assert (state in NOTHING_PROVED) == (not rows)
    if rows:
        was = rows["grade"].startswith({"en": "Was: PE", "zh": "曾为：PE"}[lang])
        stands = {"not_eligible", "eligibility_open", "not_yet_valid", "offline_not_yet"}
        assert was == (view.outcome != "valid" and state not in stands)


@pytest.mark.parametrize(
    ("state", "lang", "grade"),
    [("not_yet_valid", "en", "PE – Professional Engineer"), ("not_yet_valid", "zh", "PE – 专业工程师")],
)
def test_what_is_to_come_never_was(state: str, lang: Lang, grade: str) -> None:
    view = result_view(verdict(state), lang)
    assert {row.key: row.value for row in view.rows}["grade"] == grade
    assert (view.outcome, view.tone, view.not_a_licence) == ("invalid", "blue", None)


@pytest.mark.parametrize(("lang", "label"), [("en", "Administered by"), ("zh", "现管理机构")])
def test_who_administers_is_told_where_it_is_not_who_signed(lang: Lang, label: str) -> None:
    custodian = {"code": "CUS", "label": {"en": "CSE custodian body", "zh": "中国工程师联合体代管机构"}}
    rows = {row.key: row for row in result_view(verdict("valid", administered_by=custodian), lang).rows}
    row = rows["administered_by"]
    assert (row.label, row.value) == (label, custodian["label"][lang])  # type: ignore[index]
    assert "administered_by" not in {row.key for row in result_view(verdict("valid"), lang).rows}


@pytest.mark.parametrize(
    ("lang", "closed", "plain"),
    [
        ("en", "Ended on 20 July 2026.", "Ended on 30 September 2026."),
        ("zh", "已于 2026 年 7 月 20 日终止", "2026 年 9 月 30 日"),
    ],
)
def test_site_a54_a_closed_interim_ended_on_the_day_of_the_decision(lang: Lang, closed: str, plain: str) -> None:
    """Its own last day may be yet to come."""
    reasons = [{"code": "closed", "since": "2026-07-20"}]
    closed_lines = str(result_view(verdict("expired", valid_until="2027-09-12", status_reason=reasons), lang).lines)
    assert closed in closed_lines
    assert "12" not in closed_lines.replace(closed, "")
    assert plain in str(result_view(verdict("expired"), lang).lines)


@pytest.mark.parametrize("state", sorted(NOTHING_PROVED))
def test_unproved_data_is_not_shown(state: str) -> None:
    view = result_view(verdict(state), "en")
    assert (view.name, view.rows, view.number, view.successor, view.current) == (None, (), None, None, None)


@pytest.mark.parametrize(
    ("name", "result"),
    [pair for pair in itertools.product(map(str, CheckName), ["fail", "unknown", "skipped"])],
)
@pytest.mark.parametrize("state", ["valid", "valid_notice", "valid_interim", "valid_on_date"])
def test_site_a57_a_check_that_did_not_pass_never_shows_a_tick(state: str, name: str, result: str) -> None:
    given = verdict(state)
    for check in given["checks"]:
        if check["name"] == name:
            check.clear()
            check.update({"name": name, "result": result})
    shown = result_view(given, "en").state
    agreement_not_asked = (name, result) == ("agreement", "skipped")
    assert shown == (state if agreement_not_asked else "could_not_check")


@pytest.mark.parametrize("outcome", ["invalid", "indeterminate"])
def test_a_state_that_contradicts_the_outcome_is_not_shown(outcome: str) -> None:
    view = result_view(verdict("valid") | {"outcome": outcome}, "en")
    assert (view.state, view.name) == ("could_not_check", None)


@pytest.mark.parametrize(
    ("codes", "harmless"),
    [
        (["cpd"], True),
        (["membership"], True),
        (["cpd", "membership"], True),
        (["cpd", "conduct_sanction"], False),
        (["conduct_interim"], False),
        (["society_review"], False),
        (["identity"], False),
        (["something_new"], False),
        ([], False),
    ],
)
def test_site_a61_next_step_of_a_suspension_follows_its_reasons(codes: list[str], harmless: bool) -> None:
    reasons = [{"code": code, "since": "2026-05-01"} for code in codes]
    for lang in ("en", "zh"):
        view = result_view(verdict("suspended", status_reason=reasons), lang)
        assert (view.next_step == MISCONDUCT[lang]) == harmless


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("expired", "Not a finding of misconduct. Ask the engineer."),
        ("lapsed", "Not a finding of misconduct. Ask the engineer."),
        ("withdrawn", "Not a finding of misconduct. Ask the engineer."),
        ("revoked", "Contact CSE."),
        ("annulled", "Contact CSE."),
        ("tampered", "Keep a copy and report it to CSE."),
        ("invalid", "Keep a copy and report it to CSE."),
        ("signed_but_not_registered", "Keep a copy and report it to CSE."),
        ("deceased", None),
        ("replaced", None),
        ("superseded", None),
        ("not_yet_valid", None),
        ("ended_unspecified", "Try again, or check by number."),
        ("could_not_check", "Try again, or check by number."),
    ],
)
def test_site_a61_next_step_by_state(state: str, text: str | None) -> None:
    assert result_view(verdict(state), "en").next_step == text


def test_several_holds_are_all_told_cpd_first() -> None:
    reasons = [{"code": "conduct_interim", "since": "2026-06-01"}, {"code": "cpd", "since": "2026-05-01"}]
    lines = result_view(verdict("suspended", status_reason=reasons), "en").lines
    assert [line.split(":")[0] for line in lines] == [
        "Suspended since 1 May 2026",
        "Suspended since 1 June 2026",
    ]


def test_site_a58_a_suspension_without_a_reason_says_so() -> None:
    assert "could not be reached" in str(result_view(verdict("suspended", status_reason=[]), "en").lines)


@pytest.mark.parametrize(
    ("grace", "told"),
    [("2026-11-21", False), ("2026-11-22", True), ("2026-11-23", True), (None, False)],
)
def test_a_past_grace_period_is_not_offered(grace: str | None, told: bool) -> None:
    given = verdict("expired", grace_until=grace)
    if grace is None:
        del given["certificate"]["grace_until"]
    assert ("Re-registration may be completed" in str(result_view(given, "en").lines)) == told
    assert ("前完成再注册" in str(result_view(given, "zh").lines)) == told


def test_site_a62_dates_carry_the_zone_in_both_languages() -> None:
    for lang, zone in (("en", "China time"), ("zh", "北京时间")):
        view = result_view(verdict("valid"), lang)  # type: ignore[arg-type]
        dated = [row.value for row in view.rows if re.search(r"20\d\d", row.value) and row.key != "number"]
        assert all(zone in text for text in [*dated, str(view.lines), view.checked])
        assert "UTC" in view.checked


def test_the_utc_day_is_told_where_it_differs() -> None:
    expected = "23 November 2026 00:30 China time (22 November 2026 16:30 UTC)"
    assert instant_words("2026-11-22T16:30:00Z", "en") == expected


def test_site_a22_a_withheld_name_is_told_and_the_state_stays() -> None:
    given = verdict("valid", name_withheld="NAME_WITHHELD")
    del given["certificate"]["names"]
    views = [result_view(given, "en"), result_view(given, "zh")]
    assert [view.name and view.name.withheld for view in views] == ["Name not published", "姓名未公开"]
    assert views[0].state == "valid"


def test_site_a49_direction_marks_in_a_name_are_spelled_out() -> None:
    view = result_view(verdict("valid", names={"latn": "OUYANG\u202eMingyuan"}), "en")
    assert view.name is not None
    assert view.name.latn == "OUYANG[U+202E]Mingyuan"


@pytest.mark.parametrize(
    ("changes", "row", "result"),
    [
        ({}, "issuer", "passed"),
        ({"proofs": "unknown"}, "signature", "not_checked"),
        ({"proofs": "fail", "parse": "unknown"}, "signature", "failed"),
        ({"proofs": "skipped"}, "signature", "not_checked"),
        ({"dates": "skipped"}, "dates", "not_part"),
        ({"revocation": "unknown"}, "status", "not_checked"),
        ({"suspension": "skipped"}, "status", "not_checked"),
        ({"register": "fail"}, "register", "failed"),
        ({"register": "fail"}, "status", "passed"),
        ({"proofs": "fail"}, "issuer", "not_checked"),
        ({"proofs": "fail"}, "status", "not_checked"),
        ({"proofs": "fail"}, "dates", "not_checked"),
        ({"proofs": "fail"}, "register", "passed"),
        ({"proofs": "fail", "issuer_trusted": "fail"}, "issuer", "failed"),
    ],
)
def test_a_row_is_passed_only_when_all_its_checks_passed(changes: dict[str, str], row: str, result: str) -> None:
    view = result_view(verdict("could_not_check") | {"checks": checks(changes)}, "en")
    assert {check.key: check.result for check in view.checks}[row] == result
    assert [check.key for check in view.checks] == ["signature", "issuer", "status", "dates", "register", "paper"]


def test_a_harmless_skip_is_said() -> None:
    row = next(check for check in result_view(verdict("valid"), "en").checks if check.key == "issuer")
    assert "public log has not begun" in row.sentence


def test_the_entry_of_today_is_told_beside_an_ended_paper() -> None:
    view = result_view(verdict("superseded"), "en")
    assert view.current is not None
    assert view.current.text == "Valid today · SPE – Senior Professional Engineer"
    assert "SPE" in str(view.lines)


def test_a_successor_that_is_no_web_address_is_not_linked() -> None:
    assert result_view(verdict("replaced", successor="javascript:alert(1)"), "en").successor is None


def test_site_a66_the_words_of_the_glossary() -> None:
    for name in ("states.json", "reasons.json", "labels.json", "site.json"):
        assert "继续教育" not in str(catalogue._read(name))
    revoked = catalogue.states("zh")["revoked"]
    assert "吊销" in str(revoked)
    assert "撤销" not in str(revoked)
    assert "撤销" in str(catalogue.states("zh")["annulled"])


@pytest.mark.parametrize(
    ("issued_at", "english", "chinese"),
    [
        ("2026-11-22T05:36:00Z", "0 min", "0 分钟"),
        ("2026-11-22T05:35:59Z", "1 min", "1 分钟"),
        ("2026-11-22T05:34:00Z", "2 min", "2 分钟"),
        ("2026-11-22T04:37:00Z", "59 min", "59 分钟"),
        ("2026-11-22T04:36:59Z", "1 h", "1 小时"),
        ("2026-11-22T04:36:00Z", "1 h", "1 小时"),
        ("2026-11-22T04:35:59Z", "2 h", "2 小时"),
        ("2026-11-21T05:36:00Z", "24 h", "24 小时"),
    ],
)
def test_the_age_of_a_status_list_is_told_in_minutes_below_one_hour(issued_at: str, english: str, chinese: str) -> None:
    answer = verdict("offline_snapshot") | {"checked_at": "2026-11-22T05:36:00Z"}
    answer["freshness"]["status_list"]["issued_at"] = issued_at
    assert f"({english} old; at most 24 h)" in str(result_view(answer, "en").lines)
    assert f"（{chinese}前，至多 24 小时）" in str(result_view(answer, "zh").lines)


@pytest.mark.parametrize(
    ("failed", "line"),
    [
        (["schema", "proofs"], "Signatures failed."),
        (["proofs"], "Signatures failed."),
        (["schema"], "Form of the document failed."),
        (["contexts", "schema"], "Vocabulary of the document failed."),
    ],
)
def test_an_altered_document_is_told_by_its_signature_first(failed: list[str], line: str) -> None:
    answer = verdict("invalid") | {"checks": checks(dict.fromkeys(failed, "fail"))}
    assert result_view(answer, "en").lines[0].startswith(line)


def coded(state: str, codes: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """The verdict of `state` in which checks have a result and a code of their own."""
    given = [
        {**check, **dict(zip(("result", "code"), codes.get(check["name"], ()), strict=False))} for check in checks()
    ]
    for check in given:
        if "code" in check:
            check["detail"] = dict(zip(("en", "zh"), (check["code"], check["code"]), strict=True))
    return verdict(state) | {"checks": given}


FOREIGN = {"issuer_trusted": ("fail", "issuer_not_trusted"), "register": ("skipped", "foreign_issuer")}


@pytest.mark.parametrize(
    ("state", "codes", "headline", "tone"),
    [
        ("issuer_not_trusted", FOREIGN, "Not a document of this register", "amber"),
        ("issuer_not_trusted", {"issuer_trusted": ("fail", "unknown_key")}, "Do not accept", "red"),
        ("issuer_not_trusted", FOREIGN | {"proofs": ("fail", "signature")}, "Do not accept", "red"),
        ("unsupported", {"contexts": ("unknown", "unknown_context")}, "We do not know the vocabulary", "blue"),
        (
            "unsupported",
            {"parse": ("pass", "claims_to_be_ours"), "contexts": ("unknown", "unknown_context")},
            "Do not rely on this",
            "amber",
        ),
        ("unsupported", {"parse": ("unknown", "unsupported_format")}, "We cannot check this kind", "blue"),
        ("could_not_check", {"proofs": ("unknown", "holder_not_proved")}, "Nobody signed this", "blue"),
        ("could_not_check", {"parse": ("unknown", "ambiguous_input")}, "This file leads to more than one", "blue"),
        ("could_not_check", {"parse": ("unknown", "certificate_pending")}, "Nothing to confirm yet", "blue"),
    ],
)
def test_a_finding_that_says_more_has_its_own_words(
    state: str, codes: dict[str, tuple[str, str]], headline: str, tone: str
) -> None:
    view = result_view(coded(state, codes), "en")
    assert view.headline.startswith(headline)
    assert (view.tone, view.state, view.outcome) == (tone, state, catalogue.states("en")[state].outcome)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_words_of_a_finding_are_there_in_both_languages_for_codes_that_exist(lang: Lang) -> None:
    for key, text in catalogue.wordings(lang).items():
        assert key.partition("/")[2] in findings()
        assert f"next.{text.next_step}" in catalogue.labels(lang)
        assert text.headline
        assert text.headline != catalogue.states(lang)[key.partition("/")[0]].headline


def test_asking_again_is_advised_only_where_it_can_help() -> None:
    again = {state for state, text in catalogue.states("en").items() if text.next_step == "retry"}
    assert again.isdisjoint({"unsupported", "foreign_code"})
    assert all("Try again" not in str(catalogue.states("en")[state].lines) for state in again)


def test_a_row_that_is_not_part_says_why_and_says_it_once() -> None:
    skips = dict.fromkeys(["issuer_trusted", "authorization_at_signing", "logged"], ("skipped", "presentation"))
    view = result_view(coded("revoked", skips), "en")
    issuer = next(row for row in view.checks if row.key == "issuer")
    assert (issuer.result, issuer.sentence) == ("not_part", "presentation")


def test_who_presents_a_certificate_of_somebody_else_is_said_beside_a_good_answer() -> None:
    view = result_view(coded("valid", {"issuer_binding": ("pass", "holder_not_subject")}), "en")
    assert view.headline == "Valid today"
    assert view.lines[-1] == "holder_not_subject"
