"""`cse verify URL`: what somebody names is fetched through the one module, and judged like a file (F17)."""

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from registry.demo.plan import Story
from tests.integration.conftest import Cse
from tests.integration.registers import Demo
from tests.integration.remote import Remote, Reply, answer, made_for, serving
from tests.integration.test_offline import certificate
from tests.support.papers import baked_png, baked_svg, pdf, photo
from verifier.messages import findings


@pytest.fixture
def outbound(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every name resolved and every connection opened; each name leads to a private address."""
    tried: list[Any] = []

    def refuse(*arguments: Any) -> None:
        tried.append(arguments)
        raise OSError("no network in this test")

    def private(host: str, port: int, **_more: Any) -> list[Any]:
        tried.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", port))]

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", private)
    return tried


@pytest.fixture
def document(demo: Demo, tmp_path: Path) -> bytes:
    return certificate(demo, Story.VALID, tmp_path).read_bytes()


@pytest.fixture
def reply() -> list[Reply]:
    """How the other machine answers: the test puts it in."""
    return []


@pytest.fixture
def remote(tmp_path: Path, reply: list[Reply]) -> Iterator[Remote]:
    with serving(made_for("localhost", tmp_path / "tls"), lambda connection: reply[0](connection)) as running:
        yield running


def switched_on(demo: Demo, authority: Path) -> dict[str, str]:
    return demo.environment(CSE_FETCH_LOOPBACK=str(authority))


def test_a_certificate_at_an_address_is_judged_like_a_file(
    demo: Demo, cse: Cse, tmp_path: Path, document: bytes, remote: Remote, reply: list[Reply]
) -> None:
    altered = json.loads(document)
    altered["credentialSubject"]["name"] = "Mallory"
    for content, code, state in ((document, 0, "valid"), (json.dumps(altered).encode(), 1, "invalid")):
        reply[:] = [answer(content, media_type="application/vc")]
        file = tmp_path / "file.json"
        file.write_bytes(content)
        said = cse("verify", remote.url("/c", "localhost"), "--json", env=switched_on(demo, remote.authority))
        alone = cse("verify", file, "--json", env=demo.environment())
        assert (said.code, said.json["state"]) == (code, state)
        assert said.json == alone.json
        assert said.err == "DEVELOPMENT: CSE_FETCH_LOOPBACK lets addresses of this machine be fetched\n"
    assert len(remote.requests) == 2


FORMS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "token": ("application/vc+jwt", lambda _document: b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln"),
    "badge": ("image/png", lambda document: baked_png(document)),
    "drawn badge": ("image/svg+xml", lambda document: baked_svg(document)),
    "PDF": ("application/pdf", lambda document: pdf(words="x", attached=[("c.json", document)])),
    "photo": ("image/jpeg", lambda document: photo("https://cse-verify.example.net/V/7Q2MX4T9K0RB3WZD8HVN#1")),
    "bytes of a code": ("application/cose", lambda document: b"\xd2\x84\x40"),
    "presentation": ("application/vp", lambda _document: b'{"type": "VerifiablePresentation"}'),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_kind_of_file_at_an_address_is_judged_like_a_file(
    demo: Demo, cse: Cse, tmp_path: Path, document: bytes, remote: Remote, reply: list[Reply], form: str
) -> None:
    media_type, make = FORMS[form]
    content, file = make(document), tmp_path / "file"
    file.write_bytes(content)
    reply[:] = [answer(content, media_type=media_type)]
    said = cse("verify", remote.url("/c", "localhost"), "--json", env=switched_on(demo, remote.authority))
    alone = cse("verify", file, "--json", env=demo.environment())
    assert (said.code, len(remote.requests)) == (alone.code, 1)
    assert said.out == alone.out


@pytest.mark.parametrize("media_type", ["text/plain", "application/vc"])
def test_a_number_at_an_address_is_no_file(
    demo: Demo, cse: Cse, remote: Remote, reply: list[Reply], media_type: str
) -> None:
    """Whoever serves the address would choose whose entry is shown."""
    reply[:] = [answer(demo.number(Story.VALID).encode(), media_type=media_type)]
    said = cse("verify", remote.url("/c", "localhost"), "--json", env=switched_on(demo, remote.authority))
    assert (said.code, said.out, demo.number(Story.VALID) in said.err) == (3, "", False)


@pytest.mark.parametrize(
    ("media_type", "largest"),
    [
        ("application/vc", 262_144),
        ("image/png", 5_242_880),
        ("image/svg+xml", 1_048_576),
        ("application/pdf", 10_485_760),
    ],
)
def test_threat_F08_each_kind_of_file_at_an_address_has_its_size(
    demo: Demo, cse: Cse, remote: Remote, reply: list[Reply], media_type: str, largest: int
) -> None:
    for size, told in ((largest, 3), (largest + 1, 2)):
        reply[:] = [answer(b" " * size, media_type=media_type)]
        said = cse("verify", remote.url(f"/{size}", "localhost"), "--json", env=switched_on(demo, remote.authority))
        assert said.code == told
    assert {check["code"] for check in said.json["checks"]} == {"too_large"}


@pytest.mark.parametrize(
    ("replied", "code", "told"),
    [
        (answer(b"hostile", status="302 Found", more="Location: https://localhost/\r\n"), 3, "fetch_denied"),
        (answer(b"hostile", media_type="text/html"), 3, "unsupported"),
        (answer(b"hostile", media_type="application/vc"), 3, None),
        (answer(b"hostile", status="500 hostile"), 2, "fetch_failed"),
        (answer(b"hostile" * 40_000, media_type="application/vc"), 2, "too_large"),
    ],
    ids=["redirect", "a page", "no document", "failure", "too large"],
)
def test_threat_F17_what_is_not_a_certificate_is_refused_and_never_repeated(
    demo: Demo, cse: Cse, remote: Remote, reply: list[Reply], replied: Reply, code: int, told: str | None
) -> None:
    reply[:] = [replied]
    said = cse("verify", remote.url("/c", "localhost"), "--json", env=switched_on(demo, remote.authority))
    assert (said.code, len(remote.requests), "hostile" in said.out + said.err) == (code, 1, False)
    if code == 2:
        assert (said.json["state"], {check["code"] for check in said.json["checks"]}) == ("could_not_check", {told})
    elif told is not None:
        assert findings()[told]["en"] in said.err


def test_threat_F17_a_server_without_a_trusted_name_could_not_be_checked(
    demo: Demo, cse: Cse, tmp_path: Path, remote: Remote, reply: list[Reply], document: bytes
) -> None:
    reply[:] = [answer(document, media_type="application/vc")]
    made_for("localhost", tmp_path / "other")
    env = switched_on(demo, tmp_path / "other" / "authority.pem")
    said = cse("verify", remote.url("/c", "localhost"), "--json", env=env)
    assert (said.code, said.json["outcome"], remote.requests) == (2, "indeterminate", [])
    assert {check["code"] for check in said.json["checks"]} == {"tls"}


@pytest.mark.parametrize(
    ("url", "resolved"),
    [
        ("https://10.0.0.1/c", []),
        ("https://[::1]/c", []),
        ("https://localhost/c", []),
        ("https://localhost:8443/c", []),
        ("https://2130706433/c", []),
        ("https://user@far.example.org/c", []),
        ("https://far.example.org:8443/c", []),
        ("http://far.example.org/c", []),
        ("HTTP://far.example.org/c", []),
        ("https://far.example.org/c", ["far.example.org"]),
        ("HTTPS://FAR.example.org/c", ["far.example.org"]),
    ],
)
def test_threat_F17_a_place_that_is_not_public_is_refused_without_a_connection(
    demo: Demo, cse: Cse, outbound: list[Any], url: str, resolved: list[str]
) -> None:
    said = cse("verify", url, "--json", env=demo.environment())
    assert (said.code, said.out, outbound) == (3, "", resolved)
    assert said.err.rstrip().endswith((findings()["fetch_denied"]["en"], findings()["unsupported"]["en"]))


@pytest.mark.parametrize("host", ["verify.example.net", "VERIFY.example.net", "user@verify.example.net"])
@pytest.mark.parametrize("path", ["/v/7q2mx4t9k0rb3wzd8hvn", "/V/7Q2MX4T9K0RB3WZD8HVN#123", "/c#123"])
def test_the_code_of_a_paper_of_another_register_is_named_and_not_opened(
    demo: Demo, cse: Cse, outbound: list[Any], host: str, path: str
) -> None:
    said = cse("verify", f"https://{host}{path}", "--json", env=demo.environment())
    assert (said.code, said.json["state"], outbound) == (2, "foreign_code", [])


def test_threat_F14_what_a_document_points_to_is_not_fetched(
    demo: Demo, cse: Cse, tmp_path: Path, outbound: list[Any], document: bytes
) -> None:
    members = json.loads(document)
    far = "https://far.example.org/x"
    members |= {"credentialSchema": {"id": far, "type": "JsonSchema"}, "issuer": {"id": "did:web:far.example.org"}}
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(members), encoding="utf-8")
    said = cse("verify", file, "--json", env=demo.environment(CSE_FOREIGN_DIDS="on"))
    assert (said.json["outcome"] != "valid", outbound) == (True, [])


def test_an_address_with_offline_is_undecided_and_not_fetched(demo: Demo, cse: Cse, outbound: list[Any]) -> None:
    said = cse("verify", "https://far.example.org/c", "--offline", demo.published, env=demo.environment())
    assert (said.code, "only a document proves anything" in said.err, outbound) == (2, True, [])


def test_a_switch_without_certificates_is_refused(demo: Demo, cse: Cse, tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("no certificate", encoding="utf-8")
    for file in (tmp_path / "no.pem", tmp_path / "missing.pem"):
        said = cse("verify", "https://localhost/c", env=switched_on(demo, file))
        assert (said.code, f"{file} is no file of CA certificates" in said.err) == (3, True)
