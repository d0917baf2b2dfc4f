"""The page /check: what is asked of the register, what the page says, and every way in which a form can be wrong."""

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from public_site import catalogue
from public_site.guard import BODY_LIMIT, UPLOAD_LIMIT
from public_site.problems import problem
from public_site.reads import RefusedDocumentError
from tests.unit.public_site.fakes import FakeReads
from tests.unit.public_site.samples import BASE, NUMBER, PAGE, verdict
from tests.unit.public_site.support import client, register
from verifier.answers import CodeVerdict
from verifier.messages import file_refusals

FILE = b"\x89PNG"
CODE = f"{BASE}/V/{PAGE.upper()}#12345678901234567"
DIGITS = "12345678901234567"
UNKNOWN = {
    "en": ("Nothing found at this address", "Nothing found for this number"),
    "zh": ("此网址未查到证书", "未查到该编号"),
}


@pytest.fixture
def reads() -> FakeReads:
    return register()


def send(reads: FakeReads, text: str = "", content: bytes = b"", lang: str = "en") -> Any:
    return client(reads).post(
        "/check", data={"text": text}, files={"file": ("name.pdf", content)}, headers={"accept-language": lang}
    )


def shown(page: str) -> tuple[str, str, str]:
    """Headline, state and result of the row of the paper code."""
    state = re.search(r'data-state="([^"]+)"', page)
    row = re.search(r'data-check="paper" data-result="([^"]+)"', page)
    title = re.search(r"<h1>([^<]*)</h1>", page)
    assert state is not None
    assert row is not None
    assert title is not None
    return title[1], state[1], row[1]


def row_of_paper(page: str) -> str:
    found = re.search(r'data-check="paper".*?</li>', page, re.DOTALL)
    assert found is not None
    return found[0]


def paper_verdict(state: str = "valid", **changes: str) -> dict[str, Any]:
    answer = verdict(state)
    for check in answer["checks"]:
        check["result"] = changes.get(check["name"], check["result"])
    return answer


def test_the_form_is_there_in_both_languages_and_needs_no_script(reads: FakeReads) -> None:
    for lang, html in (("en", "en"), ("zh", "zh-CN")):
        page = client(reads).get("/check", headers={"accept-language": lang})
        assert page.status_code == 200
        assert f'<html lang="{html}">' in page.text
        assert 'action="/check" method="post" enctype="multipart/form-data"' in page.text
        assert 'type="file" accept="image/*,application/pdf,.json,.jsonld,.jwt,.sdjwt,.sd-jwt,.txt"' in page.text
        assert catalogue.site("zh" if lang == "zh" else "en")["check_nothing_kept"] in page.text
    assert client(reads).head("/check").status_code == 200
    assert set(client(reads).put("/check").headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}


def test_home_leads_there(reads: FakeReads) -> None:
    assert '<a class="button" href="/check">' in client(reads).get("/").text


@pytest.mark.parametrize("text", [CODE, f"  {CODE}\n", f"localhost:8000/V/{PAGE}", f"{DIGITS} {DIGITS}"])
def test_a_text_is_asked_as_it_is_but_for_the_space_around_it(reads: FakeReads, text: str) -> None:
    reads.codes[text.strip()] = CodeVerdict(verdict("valid"), PAGE)
    assert shown(send(reads, text).text)[1] == "valid"
    assert reads.documents == [text.strip().encode()]


def test_a_number_is_looked_up_and_a_certificate_is_verified(reads: FakeReads) -> None:
    assert shown(send(reads, f" {NUMBER} ").text)[1] == "superseded"
    reads.pages['{"a": 1}'] = verdict("revoked")
    assert shown(send(reads, ' {"a": 1} ').text)[1] == "revoked"
    assert reads.documents == [NUMBER.encode(), b'{"a": 1}']


def test_the_address_of_a_look_up_counts_as_its_number(reads: FakeReads) -> None:
    text = f"{BASE}/lookup?number={NUMBER}"
    reads.numbers[text] = reads.numbers[NUMBER]
    assert shown(send(reads, text).text)[1] == "superseded"


def test_a_number_that_nobody_has_is_not_found(reads: FakeReads) -> None:
    answer = send(reads, "CSE26ELE99999999")
    assert answer.status_code == 404
    assert "Nothing found" in answer.text


@pytest.mark.parametrize(("lang", "address", "number"), [("en", *UNKNOWN["en"]), ("zh", *UNKNOWN["zh"])])
def test_nothing_found_is_said_of_an_address_or_of_what_was_typed(
    reads: FakeReads, lang: str, address: str, number: str
) -> None:
    reads.files[FILE] = CodeVerdict(verdict("unknown"))
    for text in (CODE, f"{DIGITS} {DIGITS}"):
        reads.codes[text] = CodeVerdict(verdict("unknown"))
    assert shown(send(reads, CODE, lang=lang).text)[0] == address
    assert shown(send(reads, content=FILE, lang=lang).text)[0] == address
    assert shown(send(reads, f"{DIGITS} {DIGITS}", lang=lang).text)[0] == number


def test_an_answer_is_kept_by_nobody(reads: FakeReads) -> None:
    reads.files[FILE] = CodeVerdict(verdict("valid"), PAGE)
    answer = send(reads, content=FILE)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.headers["x-robots-tag"] == "noindex"
    assert "name.pdf" not in answer.text
    assert f'<link rel="canonical" href="{BASE}/v/{PAGE}">' in answer.text


PAPER = [
    (True, {}, "passed", "Paper code matches: "),
    (True, {"proofs": "fail"}, "failed", "This answer is about the code on the paper."),
    (True, {"register": "fail"}, "failed", "This answer is about the code on the paper."),
    (True, {"issuer_trusted": "fail"}, "failed", "This answer is about the code on the paper."),
    (True, {"issuer_binding": "fail"}, "failed", "This answer is about the code on the paper."),
    (True, {"register": "unknown"}, "not_checked", "could not be compared"),
    (True, {"proofs": "skipped"}, "not_checked", "could not be compared"),
    (False, {}, "not_checked", "could not be read"),
    (None, {}, "not_part", None),
]


@pytest.mark.parametrize(("is_readable", "changes", "result", "line"), PAPER)
def test_the_row_of_the_paper_code_says_what_was_checked(
    reads: FakeReads, is_readable: bool | None, changes: dict[str, str], result: str, line: str | None
) -> None:
    state = "tampered" if "fail" in changes.values() else "could_not_check" if changes else "valid"
    reads.files[FILE] = CodeVerdict(paper_verdict(state, **changes), PAGE, is_readable)
    page = send(reads, content=FILE).text
    assert shown(page)[1:] == (state, result)
    answers = re.findall(
        r'<p class="paper">\s*<span class="answer answer-(\w+)">.*?</svg>\s*([^<]*)</span>', page, re.S
    )
    refused = re.findall(r'<p class="next">([^<]*code on the paper[^<]*)</p>', page)
    assert [tone for tone, _ in answers] == ([result] if result in {"passed", "not_checked"} else [])
    said = refused + [text for _, text in answers]
    assert len(said) == (line is not None)
    assert all(str(line) in text for text in said)
    assert ("matches" in row_of_paper(page)) == (result == "passed")


def test_a_code_of_a_withdrawn_key_says_so(reads: FakeReads) -> None:
    answer = paper_verdict()
    next(check for check in answer["checks"] if check["name"] == "issuer_trusted")["code"] = "key_compromised_later"
    reads.files[FILE] = CodeVerdict(answer, PAGE, True)
    assert "key since withdrawn" in row_of_paper(send(reads, content=FILE).text)


@pytest.mark.parametrize(
    ("host", "seen"),
    [
        ("example.net", "example.net"),
        ("verify.cse.еxample", "verify.cse.xn--xample-2of"),
        ("a" * 300, "a" * 253),
        ("<b>\u202ex", "&lt;b&gt;[U+202E]x"),
    ],
)
def test_site_a34_a_foreign_host_is_text(reads: FakeReads, host: str, seen: str) -> None:
    reads.codes["https://x"] = CodeVerdict(verdict("foreign_code"), host=host)
    page = send(reads, "https://x").text
    assert f"It leads to: {seen}." in page
    assert f'href="{host}' not in page
    reads.codes["https://x"] = CodeVerdict(verdict("foreign_code"), host="")
    assert "It leads to" not in send(reads, "https://x").text


@pytest.mark.parametrize(
    ("state", "code", "told"),
    [
        ("could_not_check", "ambiguous_input", {"en": "the code on the page and what is", "zh": "与所附证书不一致"}),
        ("malformed", "no_code_found", {"en": "<p>why not</p>", "zh": "<p>为何</p>"}),
    ],
)
def test_what_could_not_be_read_is_told_in_the_language_of_the_page(
    reads: FakeReads, state: str, code: str, told: dict[str, str]
) -> None:
    answer = verdict(state)
    detail = {"en": "why not", "zh": "为何"}
    answer["checks"][0] |= {"code": code, "detail": detail, "result": "unknown"}
    reads.files[FILE] = CodeVerdict(answer)
    for lang, text in told.items():
        assert text in send(reads, content=FILE, lang=lang).text.partition("<details")[0]


@pytest.mark.parametrize(
    ("about", "titles"),
    [
        ("attachment", {"en": "The printed page was not checked", "zh": "未核对打印页面"}),
        ("badge", {"en": "The picture was not checked", "zh": "未核对图片内容"}),
        ("image_mismatch", {"en": "This picture belongs to another certificate", "zh": "此图片属于另一份证书"}),
    ],
)
def test_threat_U15_what_was_not_checked_stands_above_what_is_inside(
    reads: FakeReads, about: str, titles: dict[str, str]
) -> None:
    reads.files[FILE] = CodeVerdict(verdict("valid") | {"about": about})
    for lang, title in titles.items():
        page = send(reads, content=FILE, lang=lang).text
        assert shown(page) == (title, "valid", "not_part")
        assert page.index(title) < page.index('data-icon="check"')
        assert page.count("<h1") == 1
        assert f"<title>{title}" in page


def test_a_later_certificate_is_linked(reads: FakeReads) -> None:
    reads.files[FILE] = CodeVerdict(verdict("superseded"))
    assert "Check the current one" in send(reads, content=FILE).text


SLUGS = {slug: problem(slug) for slug in file_refusals()} | {
    "busy": problem("busy"),
    "too-many": problem("too-many", most=4),
    "too-often": problem("too-often"),
    "malformed-json": problem("malformed-json", reason="secret detail"),
    "document-too-complex": problem("document-too-complex", reason="secret detail"),
    "too-many-credentials": problem("too-many-credentials", reason="secret detail"),
    "register-unreachable": problem("register-unreachable"),
}


@pytest.mark.parametrize("slug", SLUGS)
def test_what_is_not_read_is_told_on_top_and_beside_the_field(reads: FakeReads, slug: str) -> None:
    reads.files[FILE] = RefusedDocumentError(SLUGS[slug])
    for lang in ("en", "zh"):
        answer = send(reads, content=FILE, lang=lang)
        text = catalogue.site("zh" if lang == "zh" else "en")[f"refused_{slug}"]
        assert answer.status_code == SLUGS[slug].status
        assert answer.text.count(text) >= 2
        assert '<a href="#file">' in answer.text
        assert 'aria-describedby="file-hint file-error" aria-invalid="true"' in answer.text
        assert "secret detail" not in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers.get("retry-after") == ("30" if answer.status_code in {429, 503} else None)


def wrong(how: str) -> Any:
    """Send a form that is none, or a wrong one."""
    visitor: TestClient = client(register())
    some = ("a", b"x")
    ways: dict[str, dict[str, Any]] = {
        "nothing": {"data": {"text": ""}, "files": {"file": ("", b"")}},
        "spaces": {"data": {"text": " \n"}, "files": {"file": ("", b"")}},
        "both": {"data": {"text": "x"}, "files": {"file": some}},
        "two files": {"files": [("file", some), ("file", some)]},
        "three files": {"files": [("file", some)] * 3},
        "many texts": {"data": {f"text{at}": "x" for at in range(9)}, "files": {"file": ("", b"")}},
        "not a form": {"content": b"{}", "headers": {"content-type": "application/json"}},
        "no type": {"content": b"text=x"},
        "urlencoded": {"data": {"text": "x"}},
        "no boundary": {"content": b"x", "headers": {"content-type": "multipart/form-data"}},
        "no parts": {"content": b"x", "headers": {"content-type": "multipart/form-data; boundary=b"}},
        "no name": {
            "content": b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
            "headers": {"content-type": "multipart/form-data; boundary=b"},
        },
        **{
            f"charset {name}": {
                "content": b'--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n\xff\r\n--b--\r\n',
                "headers": {"content-type": f"multipart/form-data; boundary=b; charset={name}"},
            }
            for name in ("undefined", "punycode", "idna", "latin-1", "no-such")
        },
        "encoded": {"content": b"x", "headers": {"content-encoding": "gzip"}},
        "long text": {"data": {"text": "x" * (BODY_LIMIT + 1)}, "files": {"file": ("", b"")}},
        "large": {"content": bytes(UPLOAD_LIMIT + 1)},
    }
    return visitor.post("/check", **ways[how])


@pytest.mark.parametrize(
    ("how", "status", "slug"),
    [
        ("nothing", 400, "empty-body"),
        ("spaces", 400, "empty-body"),
        ("both", 400, "one-input"),
        ("two files", 400, "one-input"),
        ("three files", 400, "one-input"),
        ("many texts", 400, "one-input"),
        ("not a form", 415, "media-type"),
        ("no type", 415, "media-type"),
        ("urlencoded", 415, "media-type"),
        ("no boundary", 400, "one-input"),
        ("no parts", 400, "one-input"),
        ("no name", 400, "one-input"),
        *((f"charset {name}", 400, "one-input") for name in ("undefined", "punycode", "idna", "latin-1", "no-such")),
        ("encoded", 415, "content-encoding"),
        ("long text", 413, "file-too-large"),
        ("large", 413, "body-too-large"),
    ],
)
def test_site_a24_a_wrong_form_gets_a_clear_error(how: str, status: int, slug: str) -> None:
    answer = wrong(how)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert "<title>Error: " in answer.text
    assert 'role="alert" tabindex="-1" autofocus' in answer.text
    assert answer.text.count(catalogue.site("en")[f"refused_{slug}"]) >= 2
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_text_at_the_limit_is_read(reads: FakeReads) -> None:
    text = "{" + "x" * (BODY_LIMIT - 1)
    reads.pages[text] = verdict("invalid")
    assert shown(send(reads, text).text)[1] == "invalid"


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("hello", "error_check_text"),
        ("CSE26ELE00012378", "error_typing_mistake"),
        ("{broken", "refused_malformed-json"),
    ],
)
def test_a_text_that_is_no_question_comes_back_with_its_error(reads: FakeReads, typed: str, error: str) -> None:
    answer = send(reads, typed)
    assert answer.status_code == 400
    assert f">{typed}</textarea>" in answer.text
    assert '<a href="#text">' in answer.text
    assert answer.text.count(catalogue.site("en")[error]) == 2


def test_what_was_typed_is_text_in_the_page(reads: FakeReads) -> None:
    reads.numbers["</textarea><script>"] = reads.numbers["hello"]
    assert "<script>" not in send(reads, "</textarea><script>").text
