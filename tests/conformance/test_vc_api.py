"""The conformance port (`interface.md` 3): what it signs, what it verifies, and what it never does (T34, V52, A07)."""

import json
import re
import signal
import ssl
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from issuer.status_lists import encode_bits
from registry.cli.conformance import require_test_place
from registry.cli.console import Session, UsageError
from registry.cli.main import run
from registry.demo.plan import Story
from schemas.contexts import certificate_contexts
from tests.conformance.given import issued
from tests.conformance.loopback_tls import Secured
from tests.conformance.port import CHALLENGE, Document, Holder, Port, over_the_graph
from tests.integration.registers import AT, Demo, clean_environment, demo_in
from tests.support.data_model import URL, V1, V2, VOCABULARY, entry, with_value
from tests.support.expect import DROP, changed
from tests.support.graphs import chain, clique
from tests.support.shared import vectors

PROJECT = Path(__file__).resolve().parents[2]
PLAIN = with_value("2.0", "@context", [V2])
OLD = with_value("1.1", "@context", [V1])


def error(content: Document) -> tuple[str, str | None]:
    """The one error of an answer: its code and the place of the fault."""
    assert content["verified"] is False
    (one,) = content["errors"]
    assert one["type"].startswith("https://w")
    return one["title"], one["pointer"]


# --- issuing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "suite"),
    [
        ("", "eddsa-rdfc-2022"),
        ("/rdfc", "eddsa-rdfc-2022"),
        ("/jcs", "eddsa-jcs-2022"),
        ("/status", "eddsa-rdfc-2022"),
    ],
)
@pytest.mark.parametrize("document", [PLAIN, OLD], ids=["2.0", "1.1"])
def test_what_is_signed_verifies(port: Port, document: Document, path: str, suite: str) -> None:
    signed = port.issued(document, path)
    assert signed["issuer"] == port.did
    assert signed["proof"]["cryptosuite"] == suite
    assert signed["proof"]["verificationMethod"] == f"{port.did}#{port.did.removeprefix('did:key:')}"
    status, content = port.verify(signed, checks=["proof", "credentialStatus"])
    assert (status, content["verified"], content["errors"], content["warnings"]) == (200, True, [], [])
    assert {"proofs", "schema", "all_terms_signed"} <= set(content["checks"])
    assert {finding["name"]: finding["result"] for finding in content["findings"]}["proofs"] == "pass"


def test_a_document_of_the_old_model_gets_the_context_of_its_proof(port: Port) -> None:
    data_integrity = "https://w3id.org/security/data-integrity/v2"
    assert port.issued(OLD)["@context"] == [V1, data_integrity]
    assert port.issued({**OLD, "@context": [V1, data_integrity]})["@context"] == [V1, data_integrity]
    assert port.issued(PLAIN)["@context"] == [V2]


@pytest.mark.parametrize(
    ("issuer", "made"),
    [
        (DROP, "DID"),
        ("did:example:somebody", "DID"),
        ({"id": "https://vocab.example/issuer", "name": "Somebody"}, {"id": "DID", "name": "Somebody"}),
    ],
    ids=["nobody", "somebody", "an object"],
)
def test_the_issuer_is_the_port_whoever_is_named(port: Port, issuer: Any, made: Any) -> None:
    signed = port.issued(changed(PLAIN, ("issuer", issuer)))
    assert json.dumps(signed["issuer"]) == json.dumps(made).replace("DID", port.did)


def test_a_credential_may_begin_later_or_be_over(port: Port) -> None:
    for member, value in (("validFrom", "2999-01-01T00:00:00Z"), ("validUntil", "2020-01-01T00:00:00Z")):
        signed = port.issued({**PLAIN, member: value})
        status, content = port.verify(signed)
        assert (status, error(content)[1]) == (400, f"/{member}")


def test_a_signed_document_is_not_signed_again(port: Port) -> None:
    status, content = port.issue(port.issued(PLAIN))
    assert (status, error(content)) == (400, ("already_signed", "/proof"))


def test_a_member_without_meaning_is_not_signed(port: Port) -> None:
    for path in ("/rdfc", "/jcs"):
        status, content = port.issue({**PLAIN, "statusEntry": {"statusListIndex": True}}, path)
        assert (status, error(content)[0]) == (400, "undefined_term")


@pytest.mark.parametrize(
    ("context", "is_signed"),
    [
        ({"Own": "https://vocab.example/#Own"}, True),
        ({"@protected": True, "Own": "https://vocab.example/#Own"}, True),
        ({"@context": {"Own": "https://vocab.example/#Own"}}, True),
        ({"Own": "https ://not-a-url#Own"}, False),
        ({"Own": {"@id": "https://vocab.example/#Own"}}, False),
        ({"@vocab": "https://vocab.example/#"}, False),
        ({"@base": "https://vocab.example/#", "Own": "https://vocab.example/#Own"}, False),
        ({"Own": "https://www.w3.org/2018/credentials#VerifiableCredential"}, False),
        ({"Own": "https://vocab.example/#Own", "until": "https://www.w3.org/2018/credentials#validUntil"}, False),
        ({"Own": "https://vocab.example/#Own", "VerifiableCredential": "https://vocab.example/#Bad"}, False),
        ({"@import": "https://vocab.example/context"}, False),
        ("https://vocab.example/context", False),
    ],
)
def test_plain_definitions_of_its_own_are_taken(port: Port, context: Any, is_signed: bool) -> None:
    """The suites of VCDM 2.0 bring such; one for an address of a known context could hide a member (V41, V47)."""
    document = {**PLAIN, "@context": [V2, context], "type": ["VerifiableCredential", "Own"]}
    assert port.issue(document)[0] == (201 if is_signed else 400)


def test_threat_V47_a_definition_that_was_added_later_hides_nothing(port: Port) -> None:
    signed = port.issued({**PLAIN, "validUntil": "2020-01-01T00:00:00Z"})
    until = {"until": "https://www.w3.org/2018/credentials#validUntil"}
    hidden = {**changed(signed, ("validUntil", DROP)), "@context": [V2, until], "until": signed["validUntil"]}
    status, content = port.verify(hidden)
    assert (status, content["verified"]) == (400, False)


def test_the_contexts_of_the_suites_are_known(port: Port) -> None:
    """`examples/v2` is published in no package: it is read from the folder of vectors (`CSE_VECTORS`)."""
    assert vectors("contexts").is_dir()
    examples = "https://www.w3.org/ns/credentials/examples/v2"
    known = {**PLAIN, "@context": [V2, examples], "type": ["VerifiableCredential", "RelationshipCredential"]}
    for path in ("/rdfc", "/jcs"):
        assert port.verify(port.issued(known, path))[0] == 200
    old = {**OLD, "@context": [V1, examples], "type": ["VerifiableCredential", "RelationshipCredential"]}
    assert port.verify(port.issued(old))[0] == 200


# --- status lists -------------------------------------------------------------------------------------------------


def test_a_status_entry_leads_to_a_list_by_the_same_issuer(port: Port) -> None:
    signed = [port.issued(PLAIN, "/status") for _ in range(3)]
    entries = [one["credentialStatus"] for one in signed]
    assert {one["type"] for one in entries} == {"BitstringStatusListEntry"}
    assert len({one["statusListIndex"] for one in entries}) == 3
    url = entries[0]["statusListCredential"]
    answer = port.client.get(url)
    document = answer.json()
    assert (document["id"], document["issuer"]) == (url, port.did)
    assert "BitstringStatusListCredential" in document["type"]
    assert document["credentialSubject"]["encodedList"] == encode_bits([])
    assert port.verify(document)[0] == 200


def test_a_status_that_is_there_is_kept(port: Port) -> None:
    assert port.issued({**PLAIN, "credentialStatus": entry()}, "/status")["credentialStatus"] == entry()
    subject = {"type": "BitstringStatusList", "statusPurpose": "revocation", "encodedList": encode_bits([7])}
    kinds = ["VerifiableCredential", "BitstringStatusListCredential"]
    signed = port.issued({**PLAIN, "type": kinds, "credentialSubject": subject}, "/status")
    assert "credentialStatus" not in signed


def test_a_list_that_is_not_here_is_never_fetched(port: Port) -> None:
    """Asked about the proof alone, an open status is a warning; asked about everything, it stands against it."""
    signed = port.issued({**PLAIN, "credentialStatus": entry()})
    status, content = port.verify(signed)
    assert (status, content["errors"], content["warnings"][0]["title"]) == (200, [], "not_fetched")
    for options in ({"checks": ["proof", "credentialStatus"]}, {"checks": ["status"]}, {"checks": None}):
        status, content = port.verify(signed, **options)
        assert (status, error(content)[0]) == (400, "not_fetched"), options


# --- verifying ----------------------------------------------------------------------------------------------------


def test_another_purpose_is_refused(port: Port) -> None:
    signed = port.issued(PLAIN)
    assert port.verify(signed, expectedProofPurpose="assertionMethod")[0] == 200
    status, content = port.verify(signed, expectedProofPurpose="authentication")
    assert (status, error(content)) == (400, ("proof_purpose", "/proof"))


def shown(signer: Holder, *credentials: Document, **members: Any) -> Document:
    """An unsigned presentation."""
    frame = {"@context": [V2], "type": ["VerifiablePresentation"], "holder": signer.did}
    return {**frame, "verifiableCredential": list(credentials), **members}


@pytest.mark.parametrize(
    ("options", "asked", "status"),
    [
        ({}, {}, 200),
        ({"domain": "verifier.example"}, {"domain": "verifier.example"}, 200),
        ({"challenge": "another"}, {}, 400),
        ({"challenge": "another"}, {"challenge": None}, 200),
        ({}, {"challenge": "another"}, 400),
        ({}, {"challenge": ["another"]}, 400),
        ({}, {"challenge": 7}, 400),
        ({"domain": "verifier.example"}, {"domain": "other.example"}, 400),
        ({}, {"domain": "verifier.example"}, 400),
        ({"proofPurpose": "assertionMethod"}, {}, 400),
    ],
)
def test_a_presentation_answers_what_was_asked(
    port: Port, options: dict[str, Any], asked: dict[str, Any], status: int
) -> None:
    holder = Holder()
    presentation = holder.present(shown(holder, port.issued(PLAIN)), **options)
    assert port.verify_presentation(presentation, **asked)[0] == status


def test_a_presentation_of_nothing_is_verified_for_the_suites(port: Port) -> None:
    """That is the plainest presentation of the suite of VCDM 2.0; elsewhere it proves nothing to anybody."""
    holder = Holder()
    assert port.verify_presentation(holder.present(shown(holder)))[0] == 200
    alone = {"@context": [V2], "type": ["VerifiablePresentation"], "id": "urn:uuid:1"}
    assert port.verify_presentation(holder.present(alone))[0] == 200
    answers = {"proofPurpose": "authentication", "challenge": CHALLENGE}
    for plain in (alone, {**alone, "verifiableCredential": []}):
        signed = over_the_graph(plain, holder, **answers)
        assert port.verify_presentation(signed)[0] == 200
        assert port.verify_presentation({**signed, "id": "urn:uuid:2"})[0] == 400
    assert port.verify_presentation({**holder.present(alone), "verifiableCredential": []})[0] == 400


@pytest.mark.parametrize("document", [clique(8), chain(40)])
def test_a_document_that_is_too_complex_is_called_that(port: Port, document: Document) -> None:
    status, answer = port.verify(document)
    assert (status, error(answer)[0]) == (400, "document_too_complex")


def test_a_presentation_of_too_many_credentials_is_called_that(port: Port) -> None:
    holder = Holder()
    status, answer = port.verify_presentation(holder.present(shown(holder, *([PLAIN] * 21))))
    assert (status, error(answer)[0]) == (400, "too_many_credentials")


def test_every_credential_in_a_presentation_must_be_good(port: Port) -> None:
    holder, good = Holder(), port.issued(PLAIN)
    bad = changed(good, ("credentialSubject/id", "urn:x"))
    for credentials, status in (((good, good), 200), ((good, bad), 400), ((bad,), 400), ((PLAIN,), 400)):
        assert port.verify_presentation(holder.present(shown(holder, *credentials)))[0] == status


def test_a_holder_that_did_not_sign_is_refused(port: Port) -> None:
    holder, good = Holder(), port.issued(PLAIN)
    for named in (Holder().did, {"id": Holder().did}, {"id": holder.name}):
        presentation = holder.present(shown(holder, good, holder=named))
        assert port.verify_presentation(presentation)[0] == 400


def test_each_route_takes_its_own_kind(port: Port) -> None:
    holder, good = Holder(), port.issued(PLAIN)
    presentation = holder.present(shown(holder, good))
    assert error(port.verify(presentation)[1]) == ("model_type", "/type")
    assert error(port.verify_presentation(good)[1]) == ("model_type", "/type")
    assert error(port.issue({**presentation, "proof": None})[1])[0] in {"model_proof", "model_type"}


def test_a_presentation_is_bounded(port: Port) -> None:
    holder, good = Holder(), port.issued(PLAIN)
    assert port.verify_presentation(holder.present(shown(holder, *[good] * 21)))[0] == 400
    inner = holder.present(shown(holder, good))
    assert port.verify_presentation(holder.present(shown(holder, inner)))[0] == 400


# --- what names us (T34, V52) -------------------------------------------------------------------------------------

OURS = [
    pytest.param({"type": ["VerifiableCredential", "EngineerRegistrationCredential"]}, id="threat_V52-our-type"),
    pytest.param(
        {"type": ["VerifiableCredential", "BASE/ns/registration/v1#EngineerRegistrationCredential"]},
        id="threat_V52-our-type-in-full",
    ),
    pytest.param({"@context": [V2, "BASE/contexts/registration/v1.jsonld"]}, id="threat_V52-our-context"),
    pytest.param({"@context": [V2, {"X": "BASE/ns/registration/v1#grade"}]}, id="threat_V52-a-term-of-ours-renamed"),
    pytest.param({"issuer": "OURS"}, id="threat_V52-our-name"),
    pytest.param({"issuer": {"id": "OURS:societies:ele"}}, id="threat_V52-a-society"),
    pytest.param({"issuer": "did:web:LOCALHOST%3a8000"}, id="threat_V52-our-name-in-another-case"),
    pytest.param({"credentialSubject": {"id": URL, "name": "OURS"}}, id="threat_V52-anywhere"),
    pytest.param({"id": "BASE/credentials/7q2mx4t9k0rb3wzd8hvn"}, id="threat_V52-our-address"),
]


def of_ours(document: Document, base: str) -> Document:
    """Put the address and the DID of the register in."""
    did = "did:web:" + base.removeprefix("http://").replace(":", "%3A")
    made: Document = json.loads(json.dumps(document).replace("BASE", base).replace("OURS", did))
    return made


@pytest.mark.parametrize("members", OURS)
def test_threat_T34_what_names_us_is_never_signed(port: Port, members: Document) -> None:
    for path in ("/rdfc", "/jcs", "/status"):
        status, content = port.issue(of_ours({**PLAIN, **members}, port.base), path)
        assert (status, error(content)[0]) == (400, "issuer_not_trusted")


@pytest.mark.parametrize("members", OURS)
def test_threat_V52_what_names_us_is_not_verified_by_a_did_key(port: Port, members: Document) -> None:
    signer = Holder()
    document = {**PLAIN, "issuer": signer.did, **members}
    status, content = port.verify(signer.sign(of_ours(document, port.base)))
    assert (status, content["verified"]) == (400, False)


def test_threat_V52_a_whole_certificate_signed_by_a_did_key(port: Port, demo_register: Demo) -> None:
    certificate = issued(demo_register, Story.VALID, "PE")
    signer = Holder()
    forged = {**{name: value for name, value in certificate.items() if name != "proof"}, "issuer": {"id": signer.did}}
    assert forged["@context"] == certificate_contexts(port.base)
    status, content = port.verify(signer.sign(forged))
    assert status == 400
    assert "issuer_not_trusted" in [one["title"] for one in content["errors"]]


def test_our_certificates_are_judged_as_everywhere(port: Port, demo_register: Demo) -> None:
    good = issued(demo_register, Story.VALID, "PE")
    assert port.verify(good)[0] == 200
    holder = Holder()
    assert port.verify_presentation(holder.present(shown(holder, good)))[0] == 200
    for bad in (issued(demo_register, Story.REVOKED), changed(good, ("credentialSubject/registration/grade", "AE"))):
        assert port.verify(bad)[0] == 400


# --- bodies -------------------------------------------------------------------------------------------------------

VERIFY = "/vc-api/credentials/verify"
DEEP = '{"verifiableCredential":' + '{"a":' * 40 + "1" + "}" * 41


@pytest.mark.parametrize("path", ["credentials/issue", "jcs/credentials/issue", "credentials/verify"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"credential": 7, "verifiableCredential": "urn:x"}',
        b'{"credential": [], "verifiableCredential": []}',
        b'{"credential": {}, "verifiableCredential": {}, "options": []}',
        b'{"credential": {}, "verifiableCredential": {}, "options": null}',
        b'{"credential": {}, "credential": {}, "verifiableCredential": {}, "verifiableCredential": {}}',
        b'{"credential": {"a": 1e400}, "verifiableCredential": {"a": NaN}}',
        b'\xef\xbb\xbf{"credential": {}, "verifiableCredential": {}}',
        '{"credential": {}, "verifiableCredential": {}}'.encode("utf-16"),
        DEEP.encode(),
        b"[" * 100_000,
    ],
)
def test_a_malformed_body_is_400_with_the_result_body(port: Port, path: str, body: bytes) -> None:
    answer = port.client.post(f"/vc-api/{path}", content=body)
    assert answer.status_code == 400
    assert error(answer.json())[0] == "unsupported_format"


@pytest.mark.parametrize(
    "document",
    [{}, {"type": ["NonconformingDocument"]}, {"@context": {}, "type": {}}, {"type": "VerifiableCredential"}],
)
def test_a_document_that_is_none_is_refused(port: Port, document: Document) -> None:
    assert [port.issue(document)[0], port.verify(document)[0], port.verify_presentation(document)[0]] == [400] * 3


def test_threat_V36_a_body_that_is_too_large_is_refused_on_every_route(port: Port) -> None:
    large = b" " * 262_145
    for path in ("credentials/issue", "rdfc/credentials/issue", "status/credentials/issue", "presentations/verify"):
        assert port.client.post(f"/vc-api/{path}", content=large).status_code == 413
    gzip = {"Content-Encoding": "gzip"}
    assert port.client.post(VERIFY, content=b"x", headers=gzip).status_code == 415


def test_hostile_graphs_end_in_a_refusal(port: Port) -> None:
    """Blank nodes that all know each other: the graph is counted before it is canonicalized (V06)."""
    nodes = [f"_:n{one}" for one in range(8)]
    clique = [{"id": one, "knows": [{"id": other} for other in nodes if other != one]} for one in nodes]
    document = {**with_value("2.0", "@context", [V2, VOCABULARY]), "credentialSubject": clique}
    assert port.issue(document)[0] == 400
    signer = Holder()
    assert port.verify(signer.sign({**document, "issuer": signer.did}))[0] == 400


# --- the process --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def demo_register(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The register beside the port."""
    return demo_in(tmp_path_factory.getbasetemp())


def test_threat_A07_the_public_origin_has_no_such_route(register: Secured) -> None:
    for path in ("credentials/issue", "credentials/verify", "presentations/verify", "status/list"):
        url = f"{register.demo.base}/vc-api/{path}"
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trust.load_verify_locations(register.authority)
        with httpx2.Client(verify=trust, trust_env=False) as client:
            assert client.get(url).status_code == 404
            assert client.post(url, json={}).status_code in {404, 405}


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.org"])  # noqa: S104 (refused)
def test_threat_A07_no_other_machine_reaches_it(
    demo_register: Demo, host: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in demo_register.environment().items():
        monkeypatch.setenv(name, value)
    assert run(["serve", "conformance", "--port", "0", "--host", host]) == 3
    assert "this machine only" in capsys.readouterr().err


def test_threat_A07_production_refuses_it(demo_register: Demo) -> None:
    settings = replace(demo_register.settings, mode="production")
    with pytest.raises(UsageError, match="refused in production"):
        require_test_place(Session(settings, demo_register.desk(), AT), "127.0.0.1")


def test_it_is_served_over_tls_with_its_status_list(register: Secured) -> None:
    """As the suites ask: a process of its own, lists over https, `issuer` a string."""
    command = [sys.executable, "-m", "registry.cli.main", "serve", "conformance", "--port", "0", "--tls"]
    environment = {**clean_environment(), **register.demo.environment()}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"(https://localhost:\d+)/vc-api, issuer (did:key:z6Mk\w+)", line)
            assert found is not None, line
            # Like the suites, it does not look at the certificate, which counts from the fixed clock of the register.
            with httpx2.Client(verify=False, trust_env=False, base_url=found[1], timeout=30) as client:
                made = client.post("/vc-api/status/credentials/issue", json={"credential": PLAIN, "options": {}})
                assert made.status_code == 201
                signed = made.json()["verifiableCredential"]
                listed = client.get(signed["credentialStatus"]["statusListCredential"])
                assert listed.json()["issuer"] == signed["issuer"] == found[2]
                options = {"checks": ["proof", "credentialStatus"]}
                body = {"verifiableCredential": signed, "options": options}
                assert client.post("/vc-api/credentials/verify", json=body).json()["verified"] is True
                bad = {**body, "verifiableCredential": {**signed, "id": "urn:x"}}
                assert client.post("/vc-api/credentials/verify", json=bad).status_code == 400
                assert client.post("/vc-api/credentials/verify", content=b"{").status_code == 400
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 0
