"""Headers, data routes, published files and error pages."""

import hashlib
import json
import re

import pytest

from public_site.headers import HEAD_BYTES
from public_site.problems import PROBLEMS
from schemas.contexts import OWN, context_bytes
from schemas.tables import read_table
from tests.unit.public_site.fakes import LIST
from tests.unit.public_site.samples import BASE, NUMBER, PAGE, verdict
from tests.unit.public_site.support import client, register
from verifier.answers import CodeVerdict

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types sw"
)
VC = {"content-type": "application/vc"}


@pytest.mark.parametrize("path", ["/", f"/v/{PAGE}", "/nothing", "/status/revocation-1", "/explode", "/api/v1/x"])
def test_every_answer_carries_the_headers(path: str) -> None:
    headers = client().get(path).headers
    assert headers["content-security-policy"] == CSP
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["permissions-policy"] == "camera=(), microphone=(), geolocation=()"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "strict-transport-security" not in headers


def test_hsts_only_over_https() -> None:
    answer = client(register("https://verify.cse.example")).get("/")
    assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"


@pytest.mark.parametrize(
    ("path", "is_open"),
    [
        (f"/v/{PAGE}.json", True),
        (f"/api/v1/registrations/{NUMBER}", True),
        ("/status/revocation-1", True),
        (f"/v/{PAGE}", False),
        ("/", False),
    ],
)
def test_cors_on_data_only(path: str, is_open: bool) -> None:
    assert ("access-control-allow-origin" in client().get(path).headers) == is_open


def test_pages_travel_compressed_and_published_files_byte_for_byte() -> None:
    asked = {"accept-encoding": "gzip"}
    page = client().get("/", headers=asked)
    script = next(name for name in re.findall(r'"(/assets/[^"]+)"', page.text) if name.endswith(".css"))
    for path in ("/", script):
        assert client().get(path, headers=asked).headers["content-encoding"] == "gzip"
        assert "content-encoding" not in client().get(path, headers={"accept-encoding": "identity"}).headers
    for path in ("/status/revocation-1", f"/v/{PAGE}.json"):
        assert "content-encoding" not in client().get(path, headers=asked).headers


def test_assets_are_immutable_under_their_digest() -> None:
    page = client().get("/").text
    name = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = client().get(name)
    assert hashlib.sha256(answer.content).hexdigest()[:16] in name
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert client().get("/assets/site.css").status_code == 404


def test_verify_answers_200_with_the_outcome_in_a_header() -> None:
    answer = client().post("/api/v1/verify", content=b"revoked", headers=VC)
    assert (answer.status_code, answer.headers["cse-outcome"]) == (200, "invalid")
    assert answer.json()["state"] == "revoked"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("state", "status"), [("valid", 200), ("revoked", 409), ("could_not_check", 409)])
def test_require_valid_answers_409_with_the_same_body(state: str, status: int) -> None:
    plain = client().post("/api/v1/verify", content=state, headers=VC)
    required = client().post("/api/v1/verify?require=valid", content=state, headers=VC)
    assert required.status_code == status
    assert required.json() == plain.json()


@pytest.mark.parametrize(
    ("query", "headers", "body", "status", "slug"),
    [
        ("", {"content-type": "image/gif"}, b"valid", 415, "media-type"),
        ("", {}, b"valid", 415, "media-type"),
        ("?require=maybe", VC, b"valid", 400, "requirement"),
        ("", VC, b"", 400, "empty-body"),
        ("", VC, b"broken", 400, "malformed-json"),
    ],
)
def test_refusals_are_problem_documents(
    query: str, headers: dict[str, str], body: bytes, status: int, slug: str
) -> None:
    answer = client().post(f"/api/v1/verify{query}", content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["type"] == f"/problems/{slug}"
    assert answer.json()["status"] == status


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 400)])
def test_threat_T03_a_header_that_is_too_long_is_refused(more: int, status: int) -> None:
    site, query = client(register()), "lang=en"
    sent = site.build_request("GET", f"/healthz?{query}", headers={"X-Long": "a"})
    size = sum(len(name) + len(value) for name, value in sent.headers.raw) + len(f"/healthz{query}")
    sent.headers["X-Long"] = "a" * (HEAD_BYTES - size + 1 + more)
    assert site.send(sent).status_code == status


@pytest.mark.parametrize(
    "query",
    [
        "requre=valid",
        "explain=true",
        "require=valid&nonce=1",
        "at=",
        "require=valid&require=valid",
        "explain=1&explain=1",
    ],
)
def test_an_unknown_parameter_is_refused_because_a_slip_would_switch_off_what_was_required(query: str) -> None:
    answer = client(register()).post(f"/api/v1/verify?{query}", content=b"valid", headers=VC)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/requirement")


def test_the_type_of_every_problem_leads_to_a_page() -> None:
    for lang in ("en", "zh"):
        page = client().get(f"/problems/too-often?lang={lang}")
        assert page.status_code == 200
        assert set(re.findall(r"<li>([a-z-]+) \(\d{3}\)", page.text)) == set(PROBLEMS)
        assert all(f"<li>{slug} ({known.status})" in page.text for slug, known in PROBLEMS.items())


@pytest.mark.parametrize("media", ["application/vc", "application/json; charset=utf-8", "application/ld+json"])
def test_accepted_media_types(media: str) -> None:
    answer = client().post("/api/v1/verify", content=b"valid", headers={"content-type": media})
    assert answer.status_code == 200


@pytest.mark.parametrize("media", ["multipart/form-data; boundary=b", "text/plain; charset=utf-16", "text/html"])
def test_threat_V35_other_labels_are_refused(media: str) -> None:
    answer = client().post("/api/v1/verify", content=b"valid", headers={"content-type": media})
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/media-type")


def test_a_paper_code_that_cannot_be_read_is_no_answer_for_a_program() -> None:
    """The verdict would be that of the register entry, and could be taken for one about the paper."""
    reads = register()
    reads.codes["code"] = CodeVerdict(verdict("valid"), PAGE, is_readable=False)
    answer = client(reads).post("/api/v1/verify", content=b"code", headers={"content-type": "text/plain"})
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed-cbor")


def test_every_term_of_our_contexts_has_its_anchor_in_the_vocabulary() -> None:
    page = client().get("/ns/registration/v1").text
    contexts = [context_bytes(f"{BASE}{path}", BASE).decode() for path in OWN]
    terms = set(re.findall(r"/ns/registration/v1#(\w+)", "".join(contexts)))
    assert {term for term in terms if f'<dt id="{term}"' not in page} == set()
    assert set(read_table("own/vocabulary-v1.json")) == terms


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("text/html,*/*", "text/html; charset=utf-8"),
        ("application/vc", "application/vc"),
        ("application/vc, application/pdf", "application/vc"),
        ("application/pdf", "application/pdf"),
        ("application/pdf, text/html", "text/html; charset=utf-8"),
        ("*/*", "application/vc"),
    ],
)
def test_the_address_of_a_certificate_answers_by_what_is_accepted(accept: str, media: str) -> None:
    answer = client().get(f"/credentials/{PAGE}", headers={"accept": accept})
    assert answer.headers["content-type"] == media
    for one in (answer, client().get("/credentials/nothing", headers={"accept": accept})):
        assert "Accept" in one.headers["vary"].split(", ")
        assert one.headers["cache-control"] == "no-store"
    assert one.status_code == 404


@pytest.mark.parametrize(
    ("form", "media"), [("certificate.pdf", "application/pdf"), ("qr.svg", "image/svg+xml"), ("qr.png", "image/png")]
)
def test_a_printed_form_is_kept_by_nobody_on_the_way(form: str, media: str) -> None:
    answer = client().get(f"/v/{PAGE.upper()}/{form}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, media)
    assert (answer.headers["cache-control"], answer.headers["x-robots-tag"]) == ("no-store", "noindex")
    assert ("content-disposition" in answer.headers) == (form == "certificate.pdf")
    assert client().get(f"/v/nothing/{form}").status_code == 404
    refused = client().get(f"/v/unprintable/{form}")
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/not-printed")


def test_published_files_have_an_etag_and_answer_304() -> None:
    path, tag = "/status/revocation-1", f'"{hashlib.sha256(LIST).hexdigest()}"'
    answer = client().get(path)
    assert (answer.content, answer.headers["etag"]) == (LIST, tag)
    assert answer.headers["content-type"] == "application/vc"
    assert client().get(path, headers={"if-none-match": tag}).status_code == 304
    assert client().get(path, headers={"if-none-match": f'"other", W/{tag}'}).status_code == 304
    assert client().get(path, headers={"if-none-match": '"other"'}).status_code == 200
    head = client().head(path)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(LIST)))


@pytest.mark.parametrize("path", ["/status/%2e%2e/status/revocation-1", "/status//revocation-1", "/nothing"])
def test_what_is_not_published_is_a_page_in_both_languages(path: str) -> None:
    answer = client().get(path, follow_redirects=False)
    assert answer.status_code == 404
    assert "Page not found" in answer.text
    assert "页面不存在" in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        *(
            (method, f"/api/v1/{name}", 405)
            for method in ("GET", "DELETE")
            for name in ("verify", "recognition-checks")
        ),
    ],
)
def test_api_refusals_are_problems(method: str, path: str, status: int) -> None:
    answer = client().request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert json.loads(answer.content)["status"] == status
    assert status != 405 or "POST" in answer.headers["allow"]


def test_a_wrong_method_on_a_page_is_a_page() -> None:
    answer = client().post("/help")
    assert answer.status_code == 405
    assert "text/html" in answer.headers["content-type"]


def test_a_failure_of_ours_tells_no_detail() -> None:
    answer = client().get("/explode")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "says nothing about any document" in answer.text


def test_register_entries_by_number() -> None:
    assert client().get(f"/api/v1/registrations/{NUMBER}").json()["number"] == NUMBER
    assert client().get("/api/v1/registrations/x").headers["content-type"] == "application/problem+json"
    assert client().head(f"/api/v1/registrations/{NUMBER}").status_code == 200
    assert client().get("/v/nothing.json").status_code == 404


def test_health_and_robots() -> None:
    reads = register()
    assert client(reads).get("/healthz").text == "ok\n"
    assert client(reads).get("/readyz").status_code == 200
    reads.is_ready = False
    assert client(reads).get("/readyz").status_code == 503
    assert client(reads).get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
    reads.is_demo = False
    assert "Disallow: /lookup" in client(reads).get("/robots.txt").text


@pytest.mark.parametrize(("header", "lang"), [("en;q=x, zh;q=0.1", "zh-CN"), ("de", "en"), ("zh;q=0", "en")])
def test_an_odd_accept_language_is_survived(header: str, lang: str) -> None:
    assert client().get("/", headers={"accept-language": header}).headers["content-language"] == lang
