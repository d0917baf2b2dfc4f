"""The pages as they leave the server."""

import gzip
import html
import json
import re
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files

import pytest
from starlette.exceptions import HTTPException

from public_site import catalogue
from public_site.pages import assets
from public_site.reads import TrustInForce
from public_site.view import TICKED
from tests.unit.public_site.fakes import FakeReads
from tests.unit.public_site.samples import BASE, NEXT, NUMBER, PAGE, STATES, checks, verdict
from tests.unit.public_site.support import client, register
from verifier.answers import NumberVerdict

PROSE = ("/check", "/help", "/grades", "/privacy", "/developers", "/trust", "/")
ADDRESSES = (*PROSE, f"/lookup?number={NUMBER}", "/lookup?number=CSE26ELE00099999", "/nothing")
SCRIPT = r'<script type="module" (blocking="render" )?src="/assets/(site|check)\.[0-9a-f]{16}\.js"></script>'
TRUST_LIST = files("schemas") / "data" / "contracts" / "trust-list-v1.json"
LICENCE = "Competency registration; not a licence to practise, statutory registration or job title."


@pytest.mark.parametrize("state", STATES)
def test_site_a05_the_page_agrees_with_the_api(state: str) -> None:
    page, data = client().get(f"/v/{state}").text, client().get(f"/v/{state}.json").json()
    assert f'data-state="{data["state"]}" data-outcome="{data["outcome"]}"' in page
    assert ('data-icon="check' in page) == (state in TICKED)
    assert ("tone-green" in page) == (state in TICKED)


@pytest.mark.parametrize("state", STATES)
def test_site_a03_verdict_name_and_grade_come_in_this_order(state: str) -> None:
    page = client().get(f"/v/{state}").text
    found = [page.find(mark) for mark in ("<h1>", 'class="name"', 'class="row-grade"')]
    assert found == sorted(found) or found[1:] == [-1, -1]


@pytest.mark.parametrize("state", STATES)
def test_the_paper_is_offered_while_the_certificate_holds(state: str) -> None:
    offered = f'href="/v/{state}/certificate.pdf"' in client().get(f"/v/{state}").text
    assert offered == (verdict(state)["outcome"] == "valid")


def test_the_paper_is_not_offered_where_nobody_opened_it_or_by_number() -> None:
    closed = register()
    closed.is_demo = False
    assert "certificate.pdf" not in client(closed).get(f"/v/{PAGE}").text
    opened = register()
    opened.numbers[NUMBER] = NumberVerdict("verdict", NUMBER, verdict("valid"))
    assert "certificate.pdf" not in client(opened).get("/lookup", params={"number": NUMBER}).text


@pytest.mark.parametrize("path", [f"/v/{PAGE}", f"/V/{PAGE.upper()}", f"/v/{PAGE.upper()}"])
def test_a_certificate_answers_under_both_spellings_without_redirect(path: str) -> None:
    answer = client().get(path, follow_redirects=False)
    assert answer.status_code == 200
    assert f'<link rel="canonical" href="{BASE}/v/{PAGE}">' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert '<meta name="robots" content="noindex">' in answer.text


def test_an_unknown_page_is_a_blue_answer_with_404() -> None:
    answer = client().get("/v/nothing")
    assert answer.status_code == 404
    assert "tone-blue" in answer.text
    assert "tone-red" not in answer.text


@pytest.mark.parametrize(("lang", "text"), [("en", "Nothing found at this address"), ("zh", "此网址未查到证书")])
def test_an_unknown_address_is_told_as_an_address(lang: str, text: str) -> None:
    page = client().get(f"/v/zzzz?lang={lang}").text
    assert f"<h1>{text}</h1>" in page
    assert f"<title>{text} – " in page
    assert not re.search("number alone|编号不符", page)


def test_a_demonstration_shows_numbers_that_it_answers() -> None:
    reads = register()
    reads.tries = (NUMBER, "CSE26ELE00099999")
    page = client(reads).get("/").text
    assert f"For example {NUMBER}." in page
    assert re.findall(r'<a href="/lookup\?number=(\w+)">', page) == [*reads.tries]
    assert f"{NUMBER} ·" in client(reads).get("/check").text


def test_another_register_shows_the_fixed_example_and_no_links() -> None:
    page = client().get("/").text
    assert "For example CSE26ELE00012379." in page
    assert 'href="/lookup?' not in page
    assert "CSE26ELE00012379 ·" in client().get("/check").text


@pytest.mark.parametrize("state", ["valid", "revoked", "invalid", "expired", "could_not_check"])
def test_who_is_sent_to_cse_is_told_how_and_in_a_demonstration_that_nobody_answers(state: str) -> None:
    for is_demo, words in ((True, "This is a demonstration: nobody answers."), (False, "How to reach CSE")):
        reads = register()
        reads.is_demo = is_demo
        page = re.sub("<template.*?</template>", "", client(reads).get(f"/v/{state}").text, flags=re.S)
        assert (f'<a href="/help#contact">{words}</a>' in page) == (state in {"revoked", "invalid"})
    assert 'id="contact"' in client().get("/help").text


@pytest.mark.parametrize(("lang", "prefix"), [("en", "Error: "), ("zh", "错误： ")])
def test_site_a24_an_empty_form_has_an_error_summary(lang: str, prefix: str) -> None:
    answer = client().get(f"/lookup?number=%20&lang={lang}")
    assert answer.status_code == 400
    assert f"<title>{prefix}" in answer.text
    assert 'tabindex="-1" autofocus' in answer.text
    assert 'aria-describedby="number-hint number-error"' in answer.text


@pytest.mark.parametrize(
    ("typed", "text"), [("CSE26ELE00012378", "has a typing mistake"), ("hello", "is not a register number")]
)
def test_a_number_that_cannot_be_is_told_as_such(typed: str, text: str) -> None:
    answer = client().get("/lookup", params={"number": typed})
    assert answer.status_code == 400
    assert text in answer.text
    assert f'value="{typed}"' in answer.text


def test_an_unknown_number_is_a_blue_answer_with_404() -> None:
    answer = client().get("/lookup?number=CSE26ELE00099999")
    assert answer.status_code == 404
    assert 'data-state="unknown"' in answer.text
    assert "proves no forgery" in answer.text


def test_site_a06_the_form_leads_to_a_verdict_without_script() -> None:
    home = client().get("/").text
    assert '<form class="lookup" action="/lookup" method="get">' in home
    assert "<script" not in home
    assert 'data-state="superseded"' in client().get(f"/lookup?number={NUMBER}").text


def test_site_a64_look_up_by_number_never_contains_a_page_id() -> None:
    by_number = client().get(f"/lookup?number={NUMBER}").text
    assert NEXT in client().get("/v/superseded").text
    assert "/v/" not in by_number
    assert NEXT.rsplit("/", 1)[1] not in by_number


def test_site_a46_the_language_switch_keeps_page_and_query() -> None:
    page = client().get(f"/lookup?number={NUMBER}&lang=en").text
    assert f'href="?number={NUMBER}&amp;lang=zh" lang="zh-CN"' in page


def test_language_is_the_query_then_the_cookie_then_the_browser() -> None:
    site = client()
    assert site.get("/", headers={"accept-language": "de, zh-CN;q=0.8, en;q=0.5"}).headers["content-language"] == (
        "zh-CN"
    )
    site.get("/?lang=zh")
    kept = site.get("/", headers={"accept-language": "en"})
    assert kept.headers["content-language"] == "zh-CN"
    assert kept.headers["vary"] == "Accept-Language, Cookie, Accept-Encoding"
    assert site.get("/?lang=en").headers["content-language"] == "en"


@pytest.mark.parametrize("state", ["valid", "valid_notice", "valid_interim"])
def test_site_a51_green_pages_carry_the_three_lines(state: str) -> None:
    page = client().get(f"/v/{state}").text
    assert "Ask for photo ID." in page
    assert "Many people share a name" in page
    assert LICENCE in page


@pytest.mark.parametrize("state", ["ended_renewed", "replaced", "superseded"])
def test_site_a21_an_ended_paper_links_to_the_current_one(state: str) -> None:
    assert f'href="{NEXT}">Check the current one</a>' in client().get(f"/v/{state}").text


def test_site_a60_pages_ignore_a_date_in_the_address() -> None:
    without_switch = [
        re.sub(r"\?[^\"]*lang=zh", "", client().get(path).text) for path in ("/v/revoked", "/v/revoked?at=2020-01-01")
    ]
    assert without_switch[0] == without_switch[1]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("path", [*PROSE, "/v/revoked", "/nothing"])
def test_site_a29_no_page_has_inline_script_style_or_handlers(path: str, lang: str) -> None:
    page = client().get(f"{path}?lang={lang}").text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page)
    assert all(re.fullmatch(SCRIPT, tag) for tag in re.findall(r"<script.*?</script>", page, re.DOTALL))


def test_only_pages_of_certificates_and_the_form_for_files_have_a_script() -> None:
    with_script = {path for path in ("/v/valid", "/v/nothing", *ADDRESSES) if "<script" in client().get(path).text}
    assert with_script == {"/v/valid", "/v/nothing", "/check"}


def test_site_a64_look_up_by_number_brings_nothing_for_a_paper_code() -> None:
    page = client().get(f"/lookup?number={NUMBER}").text
    assert not re.search(r"data-(seal-keys|paper)", page)


def test_a_page_brings_the_seal_keys_and_the_digests_of_its_codes() -> None:
    page = client().get("/v/valid").text
    keys, digests = re.search(r'data-seal-keys="(.*?)" data-paper-sha256="(.*?)"', page).groups()  # type: ignore[union-attr]
    raw = "2e6fcce36701dc791488e0d0b1745cc1e33a4c1c9fcc41c63bd343dbbe0970e6"
    since, to = 1767225600, 1780272000
    assert json.loads(html.unescape(keys)) == [[raw, since, to, "retired"]]
    assert digests == "9c" * 32


@pytest.mark.parametrize(
    "spelled", [PAGE, PAGE.upper(), PAGE.replace("0", "o"), PAGE.replace("0", "O"), f"%37{PAGE[1:]}"]
)
def test_site_a10_a_page_names_its_one_official_address(spelled: str) -> None:
    for lane in ("v", "V"):
        page = client().get(f"/{lane}/{spelled}").text
        assert f'data-page="{BASE}/v/{PAGE}"' in page
        assert f'rel="canonical" href="{BASE}/v/{PAGE}"' in page


@pytest.mark.parametrize(
    ("register_result", "listed", "expected"),
    [
        ("pass", ["9c" * 32, "3f" * 32], f"{'9c' * 32} {'3f' * 32}"),
        ("pass", None, ""),
        ("unknown", ["9c" * 32], "9c" * 32),
        ("unknown", None, None),
    ],
)
def test_none_handed_out_is_not_the_same_as_not_known(
    register_result: str, listed: list[str] | None, expected: str | None
) -> None:
    reads = register()
    given = verdict("could_not_check") | {"checks": checks({"register": register_result}), "paper_sha256": listed}
    if listed is None:
        del given["paper_sha256"]
    reads.pages["x"] = given
    found = re.search(r'data-paper-sha256="(.*?)"', client(reads).get("/v/x").text)
    assert (found and found[1]) == expected


def test_without_a_trust_list_the_page_brings_no_keys() -> None:
    class Untrusted(FakeReads):
        def trust(self) -> TrustInForce:
            raise HTTPException(503)

    page = client(Untrusted({"x": verdict("valid")})).get("/v/x").text
    assert ("data-seal-keys" in page, 'data-state="valid"' in page) == (False, True)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_result_of_a_paper_code_has_its_prepared_text(lang: str) -> None:
    page = client().get(f"/v/valid?lang={lang}").text
    script = assets()["paper.js"].content.decode() + assets()["site.js"].content.decode()
    prepared = re.findall(r'<template data-paper="(\w+)"', page)
    assert len(prepared) == 9
    assert all(f'"{name}"' in script for name in prepared)


def test_scripts_import_each_other_by_the_names_that_hold_the_digests() -> None:
    for asset in assets().values():
        if asset.name.endswith(".js"):
            imported = re.findall(r'"\./([^"]+)"', asset.content.decode())
            assert all(client().get(f"/assets/{name}").status_code == 200 for name in imported)
            assert client().get(f"/assets/{asset.name}").headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("path", [*PROSE, "/v/valid", "/nothing"])
def test_a_demo_register_is_marked_on_every_page(path: str) -> None:
    assert 'DEMONSTRATION DATA / <span lang="zh-CN">演示数据</span>' in client().get(path).text
    reads = register()
    reads.is_demo = False
    assert "DEMONSTRATION" not in client(reads).get(path).text


@pytest.mark.parametrize("path", [*PROSE, *(f"/v/{state}" for state in STATES)])
def test_site_a66_glossary(path: str) -> None:
    page = client().get(f"{path}?lang=zh").text
    assert "继续教育" not in page
    if path == "/v/revoked":
        assert "撤销" not in page


def test_markup_in_a_name_is_text() -> None:
    reads = register()
    reads.pages["x"] = verdict("valid", names={"latn": "<b onclick=x>Ann</b>"})
    page = client(reads).get("/v/x").text
    assert "&lt;b onclick=x&gt;" in page
    assert "<b onclick" not in page


def test_developers_are_warned_of_rdfc_alone() -> None:
    page = client().get("/developers").text
    assert "Run our JSON Schema first" in page
    assert "second signature" in page


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_site_a31_a_result_page_is_small(lang: str) -> None:
    assert all(len(gzip.compress(client().get(f"/v/{state}?lang={lang}").content)) <= 8_000 for state in STATES)


def _words_of_the_trust_list() -> list[str]:
    parts = json.loads(TRUST_LIST.read_text())["$defs"]
    key, scope = parts["key"]["properties"], parts["scope"]["properties"]
    words = key["keyUse"]["enum"] + key["keyState"]["enum"] + scope["may"]["items"]["enum"]
    words += [*parts["authorization"]["properties"]["state"]["enum"], "ended"]
    return [f"role_{role}" for role in parts["issuer"]["properties"]["role"]["enum"]] + [f"word_{one}" for one in words]


@pytest.mark.parametrize("word", _words_of_the_trust_list())
def test_every_word_of_the_trust_list_has_its_text(word: str) -> None:
    assert catalogue.site("en")[word]
    assert catalogue.site("zh")[word]


def test_trust_shows_files_and_running_authorizations_first_and_folds_the_rest() -> None:
    class Long(FakeReads):
        def trust(self) -> TrustInForce:
            in_force = super().trust()
            (running,) = in_force.trust_list.authorizations
            (scope,) = running.scopes
            ended = replace(running, scopes=(replace(scope, until=in_force.at - timedelta(seconds=1)),))
            others = (ended, replace(running, state="suspended"))
            return replace(in_force, trust_list=replace(in_force.trust_list, authorizations=(*others, running)))

    page = client(Long({})).get("/trust").text
    plain = re.sub("<details>.*?</details>", "", page, flags=re.S)
    marks = ["/trust/list.json", "AE, PE, SPE", "did:web:localhost%3A8000</code>"]
    assert [plain.find(mark) for mark in marks] == sorted(plain.find(mark) for mark in marks)
    for folded in (">retired<", ">ended<"):
        assert (folded in page, folded in plain) == (True, False)
    assert ">suspended<" in plain, "a suspended society is seen at once"


@pytest.mark.parametrize(
    ("lang", "names", "other"),
    [
        ("en", ("Example Society of Electrical Engineering", "Society of Electrical Engineers"), "示例电气工程学会"),
        ("zh", ("示例电气工程学会", "中国工程师联合体", "电气工程类"), "Society of Electrical Engineers"),
    ],
)
def test_trust_names_bodies_in_the_language_of_the_page(lang: str, names: tuple[str, ...], other: str) -> None:
    page = client().get(f"/trust?lang={lang}").text
    assert all(name in page for name in names)
    assert other not in page
