"""What a document of others points to is fetched where `CSE_FOREIGN_DIDS` is on, checked and told; it stays foreign."""

import asyncio
import contextvars
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from issuer.proofs import document_bytes
from issuer.status_lists import encode_bits
from registry.adapters.children import ASKER
from registry.adapters.foreign import MOST, PLACES, WAITING, fetch_foreign
from registry.adapters.judging import limited_judge
from registry.adapters.refusals import BusyError
from registry.demo.plan import Story
from registry.services.answers import verdict_of_document
from registry.store.work import Work
from schemas.base64url import encode_base64url
from schemas.contexts import CREDENTIALS_V2
from schemas.multikey import encode_multikey
from tests.integration.conftest import Cse
from tests.integration.registers import AT, Demo
from tests.integration.remote import HERE, HOST, Network, Remote, Reply, answer, made_for, serving
from tests.support import foreign, tokens
from tests.support.expect import DROP, changed
from tests.support.papers import document_of
from tests.support.strangers import ALICE, BOB, with_proof
from verifier.asked import Fetched, Lacking

VC = "application/vc"


def kid(did: str) -> str:
    return f"{did}#key"


def did_document(did: str, **changes: Any) -> bytes:
    key = {
        "id": kid(did),
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": encode_multikey(ALICE.public_key),
    }
    usual = {"id": did, "verificationMethod": [key], "assertionMethod": [key["id"]], "authentication": [key["id"]]}
    return json.dumps(usual | changes).encode()


def status_list(did: str, url: str, *bits: int) -> bytes:
    unsigned = {
        "@context": [CREDENTIALS_V2],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did,
        "validFrom": "2024-01-01T00:00:00Z",
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encode_bits(bits),
        },
    }
    return document_bytes(with_proof(unsigned, verificationMethod=kid(did)))


@dataclass
class Issuer:
    """A foreign issuer with two servers: one for its DID document, one for its list."""

    home: Remote
    lists: Remote
    replies: dict[str, Reply] = field(default_factory=dict)

    @property
    def did(self) -> str:
        return f"did:web:localhost%3A{self.home.port}"

    @property
    def list_url(self) -> str:
        return self.lists.url("/status/1", "localhost")

    @property
    def asked(self) -> list[bytes]:
        return [request.split(b" ")[1] for request in [*self.home.requests, *self.lists.requests]]

    def credential(self, **changes: Any) -> bytes:
        status = foreign.STATUS | {"statusListCredential": self.list_url}
        unsigned = changed(foreign.unsigned_badge(), ("issuer/id", self.did), ("credentialStatus", status))
        return document_bytes(with_proof(unsigned | changes, verificationMethod=kid(self.did)))

    def token(self) -> bytes:
        """A `vc+jwt`; its key is named and nothing else."""
        claims = {"iss": self.did, "@context": [CREDENTIALS_V2], "type": ["VerifiableCredential"], "issuer": self.did}
        header = {"alg": "EdDSA", "typ": "vc+jwt", "kid": kid(self.did)}
        message = f"{tokens.encoded(header)}.{tokens.encoded(claims)}"
        return f"{message}.{encode_base64url(ALICE.sign(message.encode()))}".encode()

    def environment(self, demo: Demo) -> dict[str, str]:
        return demo.environment(CSE_FOREIGN_DIDS="on", CSE_FETCH_LOOPBACK=str(self.home.authority))


@pytest.fixture
def issuer(tmp_path: Path) -> Iterator[Issuer]:
    replies: dict[str, Reply] = {}
    files = made_for("localhost", tmp_path / "tls")
    with ExitStack() as running:
        home, lists = (
            running.enter_context(serving(files, lambda connection, name=name: replies[name](connection)))
            for name in ("home", "lists")
        )
        there = Issuer(home, lists, replies)
        replies |= {"home": answer(did_document(there.did)), "lists": answer(status_list(there.did, there.list_url))}
        yield there


Ask = Callable[[bytes], dict[str, Any]]


@pytest.fixture(params=["api", "cse"])
def ask(
    request: pytest.FixtureRequest,
    demo: Demo,
    issuer: Issuer,
    cse: Cse,
    visit: Callable[[Demo], TestClient],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Ask:
    """Ask the served register, which judges in children, or the command line; both have the switch on."""
    environment = issuer.environment(demo)
    if request.param == "cse":
        file = tmp_path / "handed-in"
        return lambda content: cse("verify", file.write_bytes(content) and file, "--json", env=environment).json
    for name in ("CSE_FOREIGN_DIDS", "CSE_FETCH_LOOPBACK"):
        monkeypatch.setenv(name, environment[name])
    client = visit(demo)

    def through_api(content: bytes) -> dict[str, Any]:
        kind = "application/vc+jwt" if content.startswith(b"ey") else VC
        answered = client.post("/api/v1/verify", content=content, headers={"Content-Type": kind})
        assert answered.status_code == 200
        told: dict[str, Any] = answered.json()
        return told

    return through_api


def found(verdict: dict[str, Any], *names: str) -> list[tuple[str, str | None]]:
    by_name = {check["name"]: (check["result"], check.get("code")) for check in verdict["checks"]}
    return [by_name[name] for name in names]


def stays_foreign(verdict: dict[str, Any]) -> bool:
    untrusted = found(verdict, "issuer_trusted") == [("fail", "issuer_not_trusted")]
    return untrusted and (verdict["outcome"], verdict["state"]) == ("invalid", "issuer_not_trusted")


def test_signature_and_status_of_a_foreign_document_are_checked_and_told(ask: Ask, issuer: Issuer) -> None:
    verdict = ask(issuer.credential())
    assert found(verdict, "proofs", "revocation") == [("pass", None), ("pass", None)]
    assert stays_foreign(verdict)
    assert sorted(issuer.asked) == [b"/.well-known/did.json", b"/status/1"]


def test_a_set_bit_and_a_wrong_signature_are_told(ask: Ask, issuer: Issuer) -> None:
    issuer.replies["lists"] = answer(status_list(issuer.did, issuer.list_url, 7), media_type=VC)
    altered = issuer.credential().replace(b"A badge", b"B badge")
    verdict = ask(altered)
    assert found(verdict, "proofs", "revocation") == [("fail", "signature"), ("fail", "revoked")]
    assert stays_foreign(verdict)


def test_the_signature_of_a_foreign_token_is_checked_and_told(ask: Ask, issuer: Issuer) -> None:
    verdict = ask(issuer.token())
    assert found(verdict, "proofs") == [("pass", None)]
    assert stays_foreign(verdict)
    assert issuer.asked == [b"/.well-known/did.json"]


def test_the_holder_of_a_presentation_may_be_a_did_web(ask: Ask, issuer: Issuer) -> None:
    inner = json.loads(issuer.credential())
    frame = {"@context": [CREDENTIALS_V2], "type": ["VerifiablePresentation"], "holder": issuer.did}
    said = {"proofPurpose": "authentication", "verificationMethod": kid(issuer.did)}
    verdict = ask(
        document_bytes(with_proof(frame | {"verifiableCredential": [inner]}, ALICE, "eddsa-jcs-2022", **said))
    )
    assert found(verdict, "proofs") == [("pass", "challenge_not_asked")]
    assert [found(one, "proofs", "revocation") for one in verdict["credentials"]] == [[("pass", None)] * 2]
    assert verdict["outcome"] == "invalid"
    assert sorted(issuer.asked) == [b"/.well-known/did.json", b"/status/1"]


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        pytest.param(answer(status="404 Not Found"), "fetch_failed", id="absent"),
        pytest.param(answer(status="500 Oh"), "fetch_failed", id="threat_F12-failure"),
        pytest.param(
            answer(status="302 Found", more="Location: https://10.0.0.1/\r\n"), "fetch_denied", id="threat_F04"
        ),
        pytest.param(answer(media_type="text/html"), "unsupported", id="threat_F08-a-page"),
        pytest.param(answer(b" " * (2 * 1024 * 1024 + 1)), "too_large", id="threat_F08-too-large"),
    ],
)
def test_what_could_not_be_fetched_is_not_known(ask: Ask, issuer: Issuer, reply: Reply, code: str) -> None:
    issuer.replies |= {"home": reply, "lists": reply}
    verdict = ask(issuer.credential())
    assert found(verdict, "proofs", "revocation") == [("unknown", code), ("unknown", code)]
    assert stays_foreign(verdict)


def test_threat_F09_a_server_that_does_not_prove_its_name_is_not_known(
    demo: Demo, cse: Cse, issuer: Issuer, tmp_path: Path
) -> None:
    made_for("localhost", tmp_path / "other")
    environment = issuer.environment(demo) | {"CSE_FETCH_LOOPBACK": str(tmp_path / "other" / "authority.pem")}
    (tmp_path / "c").write_bytes(issuer.credential())
    verdict = cse("verify", tmp_path / "c", "--json", env=environment).json
    assert found(verdict, "proofs", "revocation") == [("unknown", "tls"), ("unknown", "tls")]
    assert issuer.asked == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"id": "did:web:other.example"}, "did_document_of_another", id="threat_F10-id-differs"),
        pytest.param({"assertionMethod": []}, "key_not_for_this", id="threat_F10-not-for-assertions"),
    ],
)
def test_a_fetched_document_that_denies_the_key_disproves(
    ask: Ask, issuer: Issuer, changes: dict[str, Any], code: str
) -> None:
    issuer.replies["home"] = answer(did_document(issuer.did, **changes))
    verdict = ask(issuer.credential())
    assert found(verdict, "proofs") == [("fail", code)]


@pytest.mark.parametrize(
    ("did", "code"),
    [
        pytest.param("did:web:127.0.0.1%3A6379", "fetch_denied", id="threat_F01-number"),
        pytest.param("did:web:[::1]", "fetch_denied", id="threat_F01-version-6"),
        pytest.param("did:web:intranet", "fetch_denied", id="threat_F01-no-dot"),
        pytest.param("did:web:2130706433", "fetch_denied", id="threat_F06-decimal"),
        pytest.param("did:web:xn--fr-via.example.org", "fetch_denied", id="threat_F06-punycode"),
        pytest.param("did:web:localhost:..:..:admin", "unsupported", id="threat_F05-dots"),
        pytest.param("did:web:localhost:%2e%2e", "unsupported", id="threat_F05-escaped"),
        pytest.param("did:web:user@localhost", "unsupported", id="threat_F05-user"),
        pytest.param(
            "did:webvh:QmfGEUAcMpzo25kF2Rhn8L5FAXysfGnkzjwdKoNPi615XQ:localhost", "unsupported", id="threat_F15"
        ),
        pytest.param("did:webvh:localhost:deactivated", "unsupported", id="threat_F15-deactivated"),
        pytest.param("did:example:1", "unsupported", id="other-method"),
    ],
)
def test_where_no_key_may_be_looked_for_none_is_known(ask: Ask, issuer: Issuer, did: str, code: str) -> None:
    """A did:webvh is such a place: its log is never asked for, so neither a long nor a broken one is read (F15)."""
    unsigned = changed(foreign.unsigned_badge(), ("issuer/id", did), ("credentialStatus", DROP))
    verdict = ask(document_bytes(with_proof(unsigned, verificationMethod=kid(did))))
    assert found(verdict, "proofs") == [("unknown", code)]
    assert stays_foreign(verdict)
    assert issuer.asked == []


@pytest.mark.parametrize(("entries", "slug"), [(2, "malformed-json"), (50_000, "body-too-large")])
def test_threat_F15_a_log_of_a_did_is_no_credential(
    demo: Demo, visit: Callable[[Demo], TestClient], entries: int, slug: str
) -> None:
    entry = json.dumps({"versionId": "2-broken", "parameters": {"deactivated": True}, "state": {}})
    log = "\n".join([entry] * entries)
    answered = visit(demo).post("/api/v1/verify", content=log, headers={"Content-Type": "application/json"})
    assert answered.json()["type"] == f"/problems/{slug}"


@pytest.mark.parametrize("where", ["header", "claims"])
def test_threat_F16_no_federation_is_followed(ask: Ask, issuer: Issuer, where: str) -> None:
    """Nobody is trusted through a chain, so none is walked: no hop of a loop, and no trust mark, is asked for."""
    loop = [f"{issuer.lists.url('', 'localhost')}/{hop}" for hop in range(20)]
    federation = {"trust_chain": loop, "authority_hints": loop, "trust_marks": loop}
    claims = {"iss": issuer.did, "@context": [CREDENTIALS_V2], "type": ["VerifiableCredential"], "issuer": issuer.did}
    header = {"alg": "EdDSA", "typ": "vc+jwt", "kid": kid(issuer.did)}
    parts = (header | federation, claims) if where == "header" else (header, claims | federation)
    message = ".".join(map(tokens.encoded, parts))
    verdict = ask(f"{message}.{encode_base64url(ALICE.sign(message.encode()))}".encode())
    assert found(verdict, "proofs") == [("pass", None)]
    assert stays_foreign(verdict)
    assert issuer.asked == [b"/.well-known/did.json"]


def test_nothing_is_fetched_for_what_is_refused_before(ask: Ask, issuer: Issuer) -> None:
    good = json.loads(issuer.credential())
    unknown_context = document_bytes(good | {"@context": [CREDENTIALS_V2, issuer.lists.url("/context", "localhost")]})
    malformed_proof = document_bytes(good | {"proof": {"type": "DataIntegrityProof"}, "credentialStatus": []})
    for content in (unknown_context, malformed_proof):
        assert ask(content)["outcome"] != "valid"
    assert issuer.asked == []


@contextmanager
def counted(opened: list[str], inner: Callable[[], Any]) -> Iterator[Work]:
    with inner() as work:
        opened.append("begin")
        yield work
    opened.append("end")


def test_no_transaction_child_or_event_loop_waits_for_another_machine(demo: Demo, issuer: Issuer) -> None:
    """What is fetched is fetched after one judgement and before the next."""
    order: list[str] = []
    desk = demo.desk()

    def fetch(lacking: Sequence[Lacking]) -> dict[str, Fetched]:
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        order.append("fetch")
        return {url: Fetched(None, "fetch_failed") for url, _ in lacking}

    def judge_apart(*arguments: Any, **more: Any) -> Any:
        order.append("child")
        return limited_judge(*arguments, **more)

    desk = replace(
        desk,
        open_reading=lambda: counted(order, demo.desk().open_reading),
        judge_apart=judge_apart,
        fetch_foreign=fetch,
    )
    verdict_of_document(desk, issuer.credential(), now=AT)
    assert order == ["child", "begin", "end", "fetch", "child", "begin", "end"]
    order.clear()
    verdict_of_document(desk, issuer.token(), now=AT)
    assert order == ["begin", "end", "fetch", "begin", "end"]


def test_off_nothing_is_fetched_and_the_verdict_says_so(demo: Demo, cse: Cse, issuer: Issuer, tmp_path: Path) -> None:
    (tmp_path / "c").write_bytes(issuer.credential())
    for switch in ({}, {"CSE_FOREIGN_DIDS": "off"}):
        environment = demo.environment(CSE_FETCH_LOOPBACK=str(issuer.home.authority), **switch)
        verdict = cse("verify", tmp_path / "c", "--json", env=environment).json
        assert found(verdict, "proofs", "revocation") == [("unknown", "not_fetched")] * 2
        assert stays_foreign(verdict)
    offline = ("--offline", demo.published, "--json")
    verdict = cse("verify", tmp_path / "c", *offline, env=issuer.environment(demo)).json
    assert verdict["outcome"] != "valid"
    assert issuer.asked == []


def test_a_certificate_of_ours_is_never_a_reason_to_fetch(ask: Ask, demo: Demo, issuer: Issuer) -> None:
    own = document_of(demo.desk(), demo.pages()[demo.number(Story.VALID)])
    assert ask(own)["outcome"] == "valid"
    assert issuer.asked == []


@pytest.mark.parametrize("url", [f"https://{HOST}/.well-known/did.json", f"HTTPS://{HOST.upper()}/status/revocation-1"])
def test_this_register_is_never_asked_about_itself(url: str) -> None:
    network = Network({HOST: [["93.184.216.34"]]})
    asked = [(url, "did_document"), (f"https://{HOST}.evil.example/did.json", "did_document")]
    fetched = fetch_foreign(network.fetcher(any_host=True), f"https://{HOST}", asked)
    assert (list(fetched), network.asked) == ([asked[1][0]], [f"{HOST}.evil.example"])


def test_eight_addresses_are_asked_for_one_question(issuer: Issuer) -> None:
    fetcher = issuer.lists.fetcher(Network({"localhost": [HERE]}))
    asked = [(issuer.lists.url(f"/{number}", "localhost"), "did_document") for number in range(MOST + 1)]
    fetched = fetch_foreign(fetcher, "https://register.example", asked)
    assert list(fetched) == [url for url, _ in asked[:MOST]]
    assert len(issuer.asked) == MOST


def asked_by(asker: object, fetcher: Any, asked: Any) -> None:
    ASKER.set(asker)
    fetch_foreign(fetcher, "https://register.example", asked)


@pytest.mark.parametrize("url", ["https://DEMO.example:443/a", "https://demo.example./a", "https://demo.example/a"])
def test_the_register_does_not_ask_itself_however_it_is_spelled(url: str) -> None:
    network = Network({})
    assert fetch_foreign(network.fetcher(any_host=True), "https://demo.example", [(url, "status_list")]) == {}
    assert network.asked == []


def test_only_so_many_questions_wait_for_other_machines(issuer: Issuer) -> None:
    fetcher = issuer.lists.fetcher(Network({"localhost": [HERE]}))
    asked = [(issuer.list_url, "status_list")]
    for waiting in (set(range(PLACES)), {"somebody"}):
        WAITING.update(waiting)
        with pytest.raises(BusyError):
            contextvars.copy_context().run(asked_by, "somebody", fetcher, asked)
        WAITING.clear()
    assert issuer.asked == []
    assert fetch_foreign(fetcher, "https://register.example", asked)[issuer.list_url].content is not None


def test_a_list_by_another_signer_is_not_believed(ask: Ask, issuer: Issuer) -> None:
    by_bob = json.loads(status_list(issuer.did, issuer.list_url))
    del by_bob["proof"]
    forged = document_bytes(with_proof(by_bob, BOB, verificationMethod=kid(issuer.did)))
    issuer.replies["lists"] = answer(forged, media_type=VC)
    assert found(ask(issuer.credential()), "proofs", "revocation") == [("pass", None), ("unknown", "list_proof")]
