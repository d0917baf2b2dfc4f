"""One front door: page, API and command line give the same answer to the same bytes, whatever their kind.

After every question the register holds what it held.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from registry.demo.plan import Story
from schemas.contexts import CREDENTIALS_V2
from schemas.multikey import encode_multikey
from schemas.paper_code import from_digits
from tests.integration.conftest import Cse
from tests.integration.registers import BASE, Demo
from tests.support import tokens
from tests.support.papers import (
    baked_png,
    baked_svg,
    chunk,
    document_of,
    paper_text,
    pdf,
    photo,
    picture,
    png_of,
    sheet,
)
from verifier.formats import BYTES, DOCUMENT_BYTES, MEDIA_TYPES, Kind

API = "/api/v1/verify"
FOREIGN = "https://cse-verify.example.net/V/7Q2MX4T9K0RB3WZD8HVN"
TOKEN = b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln"
EXIT = {"valid": 0, "invalid": 1, "indeterminate": 2}


class Doors:
    """Page, API and command line of one register."""

    def __init__(self, client: TestClient, demo: Demo, cse: Cse, folder: Path) -> None:
        self.client, self.demo, self.cse, self.file = client, demo, cse, folder / "handed-in"
        self.pages = demo.pages()

    def page_of(self, story: Story, position: int = 0) -> str:
        return self.pages[self.demo.number(story, position)]

    def text(self, story: Story = Story.VALID, position: int = 0) -> str:
        return paper_text(self.demo.desk(), self.page_of(story, position))

    def document(self, story: Story = Story.VALID) -> bytes:
        return document_of(self.demo.desk(), self.page_of(story))

    def api(self, content: bytes, media_type: str, query: str = "") -> Any:
        return self.client.post(API + query, content=content, headers={"content-type": media_type})

    def problem(self, content: bytes, media_type: str) -> tuple[int, str]:
        answer = self.api(content, media_type)
        return answer.status_code, answer.json()["type"].removeprefix("/problems/")

    def shown(self, content: bytes) -> str:
        """The page: state and digest, as a program would read them from the HTML."""
        answer = self.client.post("/check", files={"file": ("x", content)}, headers={"accept-language": "en"})
        return str(answer.text)

    def file_of(self, content: bytes) -> Path:
        self.file.write_bytes(content)
        return self.file

    def asked(self, content: bytes) -> Any:
        return self.cse("verify", self.file_of(content), "--json", env=self.demo.environment())


@pytest.fixture
def doors(demo: Demo, visit: Callable[[Demo], TestClient], cse: Cse, tmp_path: Path) -> Iterator[Doors]:
    before = demo.rows()
    yield Doors(visit(demo), demo, cse, tmp_path)
    assert demo.rows() == before


HOLDER = encode_multikey(tokens.public_key("holder/1"))
STRANGER = {**tokens.JWT_HEADER, "kid": f"did:key:{HOLDER}#{HOLDER}"}
ELSEWHERE = {"@context": [CREDENTIALS_V2], "type": ["VerifiableCredential"], "issuer": f"did:key:{HOLDER}"}
UNSIGNED = {**tokens.JWT_HEADER, "alg": "none"}
CRITICAL = {**tokens.JWT_HEADER, "crit": ["b64"], "b64": False}
ENCRYPTED = b"eyJhbGciOiJQQkVTMi1IUzI1NitBMTI4S1ciLCJwMmMiOjIxNDc0ODM2NDh9.AAAA.AAAA.AAAA.AAAA"

Make = Callable[[Doors], bytes]
SAME: dict[str, tuple[str, Make, str, str | None]] = {
    "certificate": ("application/vc", lambda d: d.document(), "valid", "document"),
    "revoked": ("application/json", lambda d: d.document(Story.REVOKED), "revoked", "document"),
    "changed": ("application/vc", lambda d: d.document().replace(b"T23:59:59", b"T23:59:58", 1), "invalid", "document"),
    "digits": ("text/plain", lambda d: d.text().partition("#")[2].encode(), "valid", "paper_code"),
    "address and digits": ("text/plain", lambda d: d.text().encode(), "valid", "paper_code"),
    "of an expired one": ("text/plain", lambda d: d.text(Story.EXPIRED).encode(), "expired", "paper_code"),
    "address alone": ("text/plain", lambda d: d.text().partition("#")[0].encode(), "valid", "register_entry"),
    "no scheme": ("text/plain", lambda d: d.text().partition("//")[2].encode(), "valid", "paper_code"),
    "glued": (
        "text/plain",
        lambda d: (d.text().partition("#")[0] + "#" + d.text(position=1).partition("#")[2]).encode(),
        "tampered",
        "paper_code",
    ),
    "foreign": ("text/plain", lambda d: FOREIGN.encode(), "foreign_code", None),
    "as JSON": ("application/json", lambda d: json.dumps(d.text()).encode(), "valid", "paper_code"),
    "bytes": ("application/cose", lambda d: from_digits(d.text().partition("#")[2]), "valid", "paper_code"),
    "bytes nobody got": (
        "application/cwt",
        lambda d: from_digits(d.text().partition("#")[2])[:-1] + b"x",
        "unknown",
        None,
    ),
    "token": ("application/vc+jwt", lambda d: TOKEN, "unsupported", "document"),
    "token in JSON": ("application/json", lambda d: b'"' + TOKEN + b'"', "unsupported", "document"),
    "token of a stranger": (
        "application/vc+jwt",
        lambda d: tokens.signed(STRANGER, ELSEWHERE, "holder/1").encode(),
        "issuer_not_trusted",
        "document",
    ),
    "token of a stranger in our name": (
        "application/vc+jwt",
        lambda d: tokens.vc_jwt("holder/1", STRANGER),
        "issuer_not_trusted",
        "document",
    ),
    "token without signature": ("application/vc+jwt", lambda d: tokens.vc_jwt(header=UNSIGNED), "invalid", "document"),
    "token with a demand": ("application/vc+jwt", lambda d: tokens.vc_jwt(header=CRITICAL), "unsupported", "document"),
    "game with disclosures": (
        "application/dc+sd-jwt",
        lambda d: tokens.COPY.showing("field", "field").encode(),
        "invalid",
        "document",
    ),
    "photo": ("image/jpeg", lambda d: photo(d.text()), "valid", "paper_code"),
    "picture": ("image/png", lambda d: picture(sheet(d.text(Story.REVOKED))), "revoked", "paper_code"),
    "no code": ("image/webp", lambda d: picture(sheet(), "WEBP"), "malformed", None),
    "two codes": ("image/png", lambda d: picture(sheet(d.text(), d.text(position=1))), "could_not_check", None),
    "pdf": ("application/pdf", lambda d: pdf(d.text(), attached=[("a", d.document())]), "valid", "attachment"),
    "pdf as a photo": ("application/pdf", lambda d: pdf(d.text()), "valid", "paper_code"),
    "pdf of two minds": (
        "application/pdf",
        lambda d: pdf(d.text(position=1), attached=[("a", d.document())]),
        "could_not_check",
        None,
    ),
    "png badge": ("image/png", lambda d: baked_png(d.document()), "valid", "badge"),
    "png badge with its code": ("image/png", lambda d: baked_png(d.document(), d.text()), "valid", "badge"),
    "png badge with a foreign code": ("image/png", lambda d: baked_png(d.document(), FOREIGN), "valid", "badge"),
    "picture of another": (
        "image/png",
        lambda d: baked_png(d.document(Story.REVOKED), d.text()),
        "revoked",
        "image_mismatch",
    ),
    "svg badge": ("image/svg+xml", lambda d: baked_svg(d.document().decode()), "valid", "badge"),
    "token in a badge": (
        "image/svg+xml",
        lambda d: baked_svg(TOKEN.decode(), '<openbadges:credential verify="{0}"/>'),
        "unsupported",
        "badge",
    ),
    "token beside a code": ("image/png", lambda d: baked_png(TOKEN, d.text()), "unsupported", "image_mismatch"),
}


@pytest.mark.parametrize("name", SAME)
def test_three_doors_give_one_answer(doors: Doors, name: str) -> None:
    media_type, make, state, about = SAME[name]
    content = make(doors)
    answer = doors.api(content, media_type)
    body = answer.json()
    digest = hashlib.sha256(content).hexdigest()
    assert (answer.status_code, body["state"], body.get("about")) == (200, state, about), body
    assert (answer.headers["cse-outcome"], body["document_sha256"]) == (body["outcome"], digest)
    said = doors.asked(content)
    assert (said.json, said.code, said.err) == (body, EXIT[body["outcome"]], "")
    page = doors.shown(content)
    assert f'data-state="{state}" data-outcome="{body["outcome"]}"' in page
    assert f"<dd>{digest}</dd>" in page
    inside = {"attachment": "The printed page", "badge": "The picture was", "image_mismatch": "This picture belongs"}
    assert [title for title in inside.values() if title in page] == ([inside[about]] if about in inside else [])
    required = doors.api(content, media_type, "?require=valid")
    assert (required.status_code, required.json()) == (200 if body["outcome"] == "valid" else 409, body)


def test_threat_V17_an_encrypted_token_is_no_question(doors: Doors) -> None:
    assert doors.problem(ENCRYPTED, "application/vc+jwt") == (400, "unsupported-media")
    assert doors.problem(b'"' + ENCRYPTED + b'"', "application/json") == (400, "unsupported-media")
    said = doors.asked(ENCRYPTED)
    assert (said.code, "encrypted" in said.err) == (3, True)


def test_threat_V09_a_token_of_two_meanings_is_no_question(doors: Doors) -> None:
    twice = b"eyJhbGciOiJFUzI1NiIsImFsZyI6Im5vbmUifQ.e30.AAAA"
    assert doors.problem(twice, "application/vc+jwt") == (400, "malformed-json")
    assert doors.asked(twice).code == 3


def test_typed_and_handed_in_are_one(doors: Doors) -> None:
    for typed in (doors.text(), doors.demo.number(Story.REVOKED)):
        body = doors.api(typed.encode(), "text/plain").json()
        assert doors.cse("verify", typed, "--json", env=doors.demo.environment()).json == body
        page = doors.client.post("/check", data={"text": typed}, files={"file": ("", b"")}).text
        assert f'data-state="{body["state"]}"' in page
    assert (body["about"], body["state"]) == ("register_entry", "revoked")
    assert doors.page_of(Story.REVOKED) not in json.dumps(body)


@pytest.mark.parametrize("form", ["wide", "no scheme", "spaced", "escaping", "of another"])
def test_what_is_typed_is_one_at_every_door(doors: Doors, form: str) -> None:
    number, text = doors.demo.number(Story.VALID), doors.text()
    typed, state = {
        "wide": (number.translate({code: code + 0xFEE0 for code in range(33, 127)}), "valid"),
        "no scheme": (text.partition("://")[2], "valid"),
        "spaced": (text.partition("#")[2][:17] + " " + text.partition("#")[2][17:], "valid"),
        "escaping": (f"{text.replace('/', '%2F').replace('%2F', '/', 2)}%3F@evil.example/#1", "foreign_code"),
        "of another": (f"evil.example/v/{doors.page_of(Story.VALID)}", "foreign_code"),
    }[form]
    body = doors.api(typed.encode(), "text/plain").json()
    assert body["state"] == state
    assert doors.cse("verify", typed, "--json", env=doors.demo.environment()).json == body
    page = doors.client.post("/check", data={"text": typed}, files={"file": ("", b"")}).text
    assert f'data-state="{state}"' in page


def test_a_certificate_after_a_hard_space_is_no_json_at_every_door(doors: Doors) -> None:
    content = "\u00a0".encode() + doors.document()
    assert doors.problem(content, "application/vc") == (400, "malformed-json")
    assert doors.asked(content).code == 3
    answer = doors.client.post("/check", files={"file": ("x", content)}, headers={"accept-language": "en"})
    assert (answer.status_code, "data-state" in answer.text) == (400, False)


@pytest.mark.parametrize("text", ["hello", "CSE26ELE00012378"])
def test_a_code_that_holds_a_text_is_answered_like_the_text(doors: Doors, text: str) -> None:
    content = picture(sheet(text))
    typed, seen = doors.api(text.encode(), "text/plain").json(), doors.api(content, "image/png").json()
    assert (seen["state"], seen["about"]) == (typed["state"], typed["about"]) != ("foreign_code", None)
    assert doors.asked(content).code == 3


def test_a_text_that_leads_nowhere_is_answered_so(doors: Doors) -> None:
    for text, state, code in (("CSE26ELE00012378", "unknown", 3), ("hello", "malformed", 3)):
        assert doors.api(text.encode(), "text/plain").json()["state"] == state
        assert doors.asked(text.encode()).code == code


def test_threat_V54_digits_as_text_and_as_a_number_are_two_questions(doors: Doors) -> None:
    digits = doors.text().partition("#")[2].encode()
    assert doors.api(digits, "text/plain").json()["state"] == "valid"
    assert doors.problem(digits, "application/json") == (400, "malformed-json")
    assert doors.problem(b"12", "application/json") == (400, "malformed-json")


LABELS = {
    Kind.JSON: b"{}",
    Kind.TOKEN: TOKEN,
    Kind.CODE: b"\xd2\x84\x43",
    Kind.TEXT: b"hello",
    Kind.PNG: png_of(1, 1),
    Kind.JPEG: photo("x"),
    Kind.WEBP: picture(sheet(), "WEBP"),
    Kind.SVG: baked_svg("{}"),
    Kind.PDF: pdf("x"),
}


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_threat_U11_a_wrong_label_is_415_whatever_it_is_on(doors: Doors, media_type: str) -> None:
    """A JSON label is left to the reader of JSON where the bytes are a text: it says best what is wrong."""
    labelled = MEDIA_TYPES[media_type]
    for kind, content in LABELS.items():
        status, slug = (
            (200, "") if doors.api(content, media_type).status_code == 200 else doors.problem(content, media_type)
        )
        if kind is labelled:
            assert slug != "wrong-label", kind
        elif (labelled, kind) == (Kind.JSON, Kind.TEXT):
            assert (status, slug) == (400, "malformed-json")
        else:
            assert (status, slug) == (415, "wrong-label"), kind
    for content in (b"<html>", b"GIF89a\0\0"):
        expected = {Kind.JSON: (400, "malformed-json"), Kind.CODE: (400, "malformed-cbor")}
        assert doors.problem(content, media_type) == expected.get(labelled, (415, "unsupported-file"))


def test_threat_V35_json_under_other_labels_and_in_other_encodings(doors: Doors) -> None:
    document = doors.document()
    assert doors.problem(document, "text/plain") == (415, "wrong-label")
    assert doors.problem(document, "multipart/form-data; boundary=b") == (415, "media-type")
    assert doors.problem(b"\xef\xbb\xbf" + document, "application/vc") == (400, "malformed-json")
    assert doors.problem(document.decode().encode("utf-16"), "application/vc") == (400, "malformed-json")
    assert doors.problem(document, "application/vc; charset=utf-16") == (415, "media-type")


def test_threat_V36_every_kind_has_its_limit(doors: Doors) -> None:
    for media_type, kind in MEDIA_TYPES.items():
        over = BYTES[kind] + 1
        status, slug = doors.problem(b"{" + b" " * (over - 1), media_type)
        expected = (413, "body-too-large") if BYTES[kind] in {DOCUMENT_BYTES, BYTES[Kind.PDF]} else (415, "wrong-label")
        assert (status, slug) == expected, media_type
    large = baked_svg("x" * BYTES[Kind.SVG])
    assert doors.problem(large, "image/svg+xml") == (413, "file-too-large")
    assert doors.api(b"{" + b" " * (DOCUMENT_BYTES - 2) + b"}", "application/json").status_code == 200


def test_threat_V37_an_encoded_file_is_refused_unread(doors: Doors) -> None:
    for media_type in MEDIA_TYPES:
        headers = {"content-type": media_type, "content-encoding": "gzip"}
        answer = doors.client.post(API, content=b"\x1f\x8b", headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (415, "/problems/content-encoding")


@pytest.mark.parametrize(
    "content",
    [
        b"\x9f" * 10_000,
        b"\x9a\xff\xff\xff\xff",
        b"\x9b" + b"\xff" * 8,
        b"\xbb" + b"\xff" * 8,
        b"\xd8\x1d\x00" * 50,
        b"\xd2" * 300,
        b"\xd2\x84" + b"\x81" * 300,
        b"\xd2\x84\x9f\xff",
        b"\xd2\x84",
        b"\xd9\xd9\xf7\xd2\x84\x40\xa0\x40\x40",
    ],
    ids=["indefinite", "2^32", "2^64", "map", "shared", "tags", "nested", "indefinite inside", "cut", "self-described"],
)
def test_threat_V40_hostile_cbor_is_malformed(doors: Doors, content: bytes) -> None:
    for media_type in ("application/cbor", "application/cose", "application/cwt"):
        assert doors.problem(content, media_type) == (400, "malformed-cbor")


def test_a_code_that_cannot_be_read_is_refused_where_a_program_asks(doors: Doors) -> None:
    text = doors.text()[:-1].encode()
    assert doors.problem(text, "text/plain") == (400, "malformed-cbor")
    said = doors.asked(text)
    assert (said.code, "cannot be read" in said.err) == (3, True)
    page = doors.shown(text)
    assert 'data-state="valid"' in page
    assert re.search(r'data-check="paper" data-result="not_checked"', page)


def test_a_document_inside_a_text_is_no_text(doors: Doors) -> None:
    assert doors.problem(json.dumps(doors.document().decode()).encode(), "application/json") == (415, "wrong-label")
    assert doors.problem(b'"\\ud800"', "application/json") == (400, "malformed-json")


def test_the_address_of_a_look_up_counts_as_its_number(doors: Doors) -> None:
    number = doors.demo.number(Story.EXPIRED)
    body = doors.api(f"{BASE}/lookup?number={number}".encode(), "text/plain").json()
    assert (body["state"], body["about"]) == ("expired", "register_entry")
    elsewhere = doors.api(f"{BASE}/other?number={number}".encode(), "text/plain").json()
    assert elsewhere["state"] == "unknown"


# --- why, for implementers ---------------------------------------------------------------------------------------

HOSTILE = "\u202e\u009d<script>alert(1)</script>"


def test_a_refusal_is_explained_alike_at_every_door(doors: Doors) -> None:
    changed = doors.document().replace(b"T23:59:59", b"T23:59:58", 1)
    for content, media_type in ((changed, "application/vc"), (baked_svg(changed.decode()), "image/svg+xml")):
        plain = doors.api(content, media_type).json()
        body = doors.api(content, media_type, "?explain=1").json()
        told = body.pop("explain")
        assert body == plain
        assert [check["name"] for check in told["checks"]][:2] == ["schema", "proofs"]
        said = doors.cse("verify", doors.file_of(content), "--json", "--explain", env=doors.demo.environment())
        assert said.json == plain | {"explain": told}
        page = doors.shown(content)
        for proof in told["proofs"]:
            assert f"<code>{proof['document_hash']}</code>" in page
            assert f"<code>{proof['options_hash']}</code>" in page
        for check in told["checks"]:
            assert (check["do"]["en"] in page) == (check["code"] != "not_reached")
    words = doors.cse("verify", doors.file_of(changed), "--explain", env=doors.demo.environment()).out
    assert all(check["do"]["en"] in words for check in told["checks"])
    assert all(proof["signed"] in words for proof in told["proofs"])
    chinese = doors.cse("verify", doors.file_of(changed), "--explain", "--lang", "zh", env=doors.demo.environment()).out
    assert all(check["do"]["zh"] in chinese for check in told["checks"])


def test_nothing_is_explained_unasked_or_where_all_is_good(doors: Doors) -> None:
    assert "explain" not in doors.api(doors.document(Story.REVOKED), "application/vc").json()
    assert "explain" not in doors.api(doors.document(), "application/vc", "?explain=yes").json()
    assert "What each proof signs" not in doors.shown(doors.document())
    told = doors.api(doors.document(), "application/vc", "?explain=1").json()["explain"]
    assert (told["checks"], len(told["proofs"])) == ([], 4)
    assert "canonical" not in doors.api(doors.text().encode(), "text/plain", "?explain=1").json()["explain"]


def test_a_strangers_text_is_never_explained_raw(doors: Doors) -> None:
    document = json.loads(doors.document())
    document["proof"][1]["verificationMethod"] = HOSTILE
    document[HOSTILE] = HOSTILE
    content = json.dumps(document, ensure_ascii=False).encode()
    page = doors.shown(content)
    assert "&lt;script&gt;" in page
    asked = ("verify", doors.file_of(content), "--explain")
    words = doors.cse(*asked, env=doors.demo.environment()).out
    assert "[U+202E][U+009D]" in words
    written = doors.cse(*asked, "--json", env=doors.demo.environment())
    assert written.out.isascii()
    assert HOSTILE in written.json["explain"]["canonical"]["jcs"]
    assert "<script>alert" not in page
    for text in (page, words):
        assert "\u202e" not in text
        assert "\u009d" not in text


def test_offline_it_is_explained_too(doors: Doors, cse_verify: Cse) -> None:
    changed = doors.document().replace(b"T23:59:59", b"T23:59:58", 1)
    asked = (doors.file_of(changed), "--offline", doors.demo.published, "--explain")
    env = {"CSE_CLOCK": doors.demo.environment()["CSE_CLOCK"]}
    said, same = cse_verify(*asked, "--json", env=env), doors.cse("verify", *asked, "--json", env=env)
    assert said.json == same.json
    assert set(said.json["explain"]["canonical"]) == {"jcs"}
    assert {check["do"]["en"] for check in said.json["explain"]["checks"]} >= {
        "Give the root that the operator told you by another way: --trust-root sha256:…"
    }
    assert "options_hash" in cse_verify(*asked, env=env).out
    digits = cse_verify(doors.file_of(b"12345678901234567"), "--explain", "--json", env=env)
    assert {check["code"] for check in digits.json["explain"]["checks"]} == {"register_unreachable"}


# --- badges of attackers -----------------------------------------------------------------------------------------

BAD_BADGES: dict[str, tuple[str, str, Make]] = {
    "U02": ("image/png", "unreadable-file", lambda d: baked_png(b"{" + bytes(DOCUMENT_BYTES))),
    "U03": ("image/png", "ambiguous-badge", lambda d: twice(baked_png(d.document()), d.document())),
    "U05": ("image/svg+xml", "svg-refused", lambda d: baked_svg("{}", attributes=' onload="alert(1)"')),
    "U05 entities": ("image/svg+xml", "svg-refused", lambda d: b"<!DOCTYPE svg>" + baked_svg(d.document().decode())),
    "U06": ("image/svg+xml", "ambiguous-badge", lambda d: baked_svg("{}", CDATA + CDATA)),
}
CDATA = "<openbadges:credential><![CDATA[{0}]]></openbadges:credential>"


def twice(badge: bytes, credential: bytes) -> bytes:
    return badge[:-12] + chunk(b"tEXt", b"openbadgecredential\0" + credential) + badge[-12:]


@pytest.mark.parametrize("row", BAD_BADGES, ids=[f"threat_{row}" for row in BAD_BADGES])
def test_a_hostile_badge_is_refused_at_every_door(doors: Doors, row: str) -> None:
    media_type, slug, make = BAD_BADGES[row]
    content = make(doors)
    assert doors.problem(content, media_type) == (422, slug)
    assert doors.asked(content).code == 3
    page = doors.client.post("/check", files={"file": ("x", content)})
    assert (page.status_code, "data-state" in page.text) == (422, False)


def test_site_a41_an_svg_with_a_script_is_refused_and_never_shown(doors: Doors) -> None:
    hostile = baked_svg(doors.document().decode(), CDATA + "<script>alert('CANARY')</script>")
    page = doors.client.post("/check", files={"file": ("badge.svg", hostile)})
    assert (page.status_code, page.headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert "CANARY" not in page.text


def test_threat_V17_an_encrypted_token_is_refused_at_every_door(doors: Doors) -> None:
    jwe = b"eyJhbGciOiJQQkVTMi1IUzI1NitBMTI4S1ciLCJwMmMiOjIxNDc0ODM2NDh9.a2V5.aXY.Y2lwaGVy.dGFn"
    assert doors.problem(jwe, "application/vc+jwt") == (400, "unsupported-media")
    assert doors.asked(jwe).code == 3
    for lang in ("en", "zh"):
        page = doors.client.post("/check", files={"file": ("x", jwe)}, headers={"accept-language": lang})
        assert page.status_code == 400
