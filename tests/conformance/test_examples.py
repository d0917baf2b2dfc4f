"""The example files verify with our verifier, and our issuer makes the same bytes from the same inputs.

The examples are indented for reading, so what the issuer makes is indented in the same way before it is
compared, byte for byte.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft201909Validator

from issuer.build import unsigned_certificate
from issuer.documents import (
    PublishedEntry,
    did_document,
    issuer_registry,
    unsigned_authorization,
    unsigned_code_tables,
    unsigned_manifest,
    unsigned_trust_list,
)
from issuer.jose import TokenSigner, jwt_issuer, type_metadata, unsigned_sd_jwt, unsigned_vc_jwt
from issuer.lint import lint
from issuer.profile import CertificateProfile, StatusPlace
from issuer.proofs import sign_document, sign_text
from issuer.status_lists import encode_statuses, sign_list, unsigned_list, unsigned_token_list
from issuer.template import drafted
from schemas.base64url import decode_base64url
from schemas.contexts import REGISTRATION_PATH, STATEMENTS_PATH, context_bytes
from schemas.contracts import first_violation, schema_bytes, validator
from schemas.multikey import Algorithm, encode_multikey
from tests.support import world
from tests.support.online import online
from tests.support.shared import example, example_json, vectors
from verifier.checks import Outcome
from verifier.cryptosuite import DocumentHashes, content_sha256, proof_fault
from verifier.folder import PublishedFolder
from verifier.judge import judge
from verifier.jwk import jwk_of
from verifier.proof_set import shape_fault
from verifier.root import accept_trust_list, read_root
from verifier.signatures import is_signature
from verifier.state import State
from verifier.trust import TrustList
from verifier.verdict import verdict

CERTIFICATES = ("certificate.json", "certificate-renewed.json", "certificate-custody.json")
IN_FORCE = {  # a moment at which each certificate runs
    "certificate.json": world.NOW,
    "certificate-renewed.json": datetime(2026, 8, 1, tzinfo=UTC),
    "certificate-custody.json": datetime(2026, 7, 1, tzinfo=UTC),
}
MADE = {  # what each certificate was made of
    "certificate.json": (world.PROFILE, world.ISSUED),
    "certificate-renewed.json": (world.RENEWED, world.RENEWED_AT),
    "certificate-custody.json": (world.CUSTODY, world.CUSTODY_AT),
}
STATEMENTS = ("authorization-ele.json", "agreement-m1.json", "code-tables.json")
LISTS = ("status-revocation.json", "status-suspension.json")
STATEMENT_TIME = datetime(2026, 1, 1, 2, 0, tzinfo=UTC)
DIDS = {
    "did-cse.json": "cse",
    "did-society-ele.json": "ele",
    "did-custodian.json": "custodian",
    "did-statements.json": "statements",
    "did-verifier.json": "verifier",
    "did-root.json": "root",
}
SERVED = {  # path in the manifest -> example file
    "/.well-known/did.json": "did-cse.json",
    "/.well-known/jwt-vc-issuer": "jwt-vc-issuer.json",
    "/agreements/m1/2": "agreement-m1.json",
    REGISTRATION_PATH: "context.jsonld",
    STATEMENTS_PATH: "context-statements.jsonld",
    "/custodian/did.json": "did-custodian.json",
    "/root/did.json": "did-root.json",
    "/schemas/certificate/v1.json": "certificate-schema.json",
    "/societies/ele/authorizations/2": "authorization-ele.json",
    "/societies/ele/did.json": "did-society-ele.json",
    "/statements/did.json": "did-statements.json",
    "/status/revocation-1": "status-revocation.json",
    "/status/suspension-1": "status-suspension.json",
    "/statuslist/1": "token-status-list.jwt.txt",
    "/trust/codes.json": "code-tables.json",
    "/trust/list.json": "trust-list.json",
    "/trust/registry.json": "registry.json",
    "/vct/engineer-registration/v1": "vct-engineer-registration.json",
    "/verifier/did.json": "did-verifier.json",
}


def example_trust() -> TrustList:
    return accept_trust_list(example("trust-list.json"), read_root(example("did-root.json")), now=world.NOW)


@pytest.fixture
def example_folder(tmp_path: Path) -> Path:
    files = {path: example(name) for path, name in SERVED.items()}
    return world.write(tmp_path, {**files, "/manifest.json": example("manifest.json")})


def text(document: Mapping[str, Any]) -> bytes:
    """Write a document as the examples are written."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def proof_signer(proof: Mapping[str, Any]) -> bytes:
    """Return the public key that the README of the examples gives for a verification method."""
    body, fragment = proof["verificationMethod"].removeprefix("did:web:localhost%3A8000").split("#")
    label = f"{body.rsplit(':', 1)[-1] or 'cse'}/{fragment}"
    return world.signer(label).public_key


# --- 1. the examples verify ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CERTIFICATES)
def test_an_example_certificate_is_valid_inside_its_dates(name: str) -> None:
    content = example(name)
    sources = online(content, trust_list=example_trust())
    assert judge(content, sources, now=IN_FORCE[name]).outcome is Outcome.VALID


@pytest.mark.parametrize("name", [*CERTIFICATES, *STATEMENTS, *LISTS, "trust-list.json"])
def test_every_proof_of_an_example_is_good_under_the_key_of_the_readme(name: str) -> None:
    document = example_json(name)
    hashes = DocumentHashes(document, world.BASE)
    pairs = [document["proof"][start : start + 2] for start in range(0, len(document["proof"]), 2)]
    assert [shape_fault({**document, "proof": pair}, 1) for pair in pairs] == [None] * len(pairs)
    for proof in document["proof"]:
        assert proof_fault(hashes, proof, proof_signer(proof)) is None


def test_the_proof_of_the_example_manifest_is_good() -> None:
    document = example_json("manifest.json")
    proof = document["proof"]
    assert proof_fault(DocumentHashes(document, world.BASE), proof, proof_signer(proof)) is None


def test_the_two_check_values() -> None:
    document = example_json("certificate-unsigned.json")
    hashes = DocumentHashes(document, world.BASE)
    proofs = example_json("certificate.json")["proof"]
    rdfc, jcs = (hashes.signed_bytes(proof)[32:].hex() for proof in proofs[:2])
    assert rdfc == "b890e460bc7ba32c3d224ebffeaf8288c0e64b2c9068246570caed92db318e5e"
    assert jcs == "211b22817514b55a9ec10e3bb07b4f611765e5e7f29e65d8ce38591d0d16d8bd"
    assert content_sha256(example_json("certificate.json")) == jcs


def test_the_manifest_names_every_served_example_by_its_digest() -> None:
    listed = {entry["path"]: entry["sha256"] for entry in example_json("manifest.json")["files"]}
    assert listed == {path: world.sha256(example(name)) for path, name in SERVED.items()}


def test_the_resources_of_the_example_trust_list_are_what_we_have() -> None:
    resources = example_trust().resources
    assert resources == {
        url: world.sha256(content)
        for url, content in {
            **{url: context_bytes(url, world.BASE) for url in resources if "/contexts/" in url or "spec/ob" in url},
            "https://www.w3.org/ns/credentials/v2": context_bytes("https://www.w3.org/ns/credentials/v2", world.BASE),
            f"{world.BASE}/schemas/certificate/v1.json": schema_bytes("certificate", world.BASE),
            f"{world.BASE}/trust/codes.json": example("code-tables.json"),
            f"{world.BASE}/societies/ele/authorizations/2": example("authorization-ele.json"),
            f"{world.BASE}/agreements/m1/2": example("agreement-m1.json"),
        }.items()
    }


def test_the_example_folder_judges_the_example_certificate_offline(example_folder: Path) -> None:
    pinned = PublishedFolder(example_folder, root_sha256=world.sha256(example("did-root.json")))
    report = judge(example("certificate.json"), pinned, now=world.NOW)
    assert (report.outcome, verdict(report)["state"]) == (Outcome.VALID, State.OFFLINE_SNAPSHOT)


@pytest.mark.parametrize(
    ("file", "contract"),
    [
        *((name, "certificate") for name in (*CERTIFICATES, "certificate-unsigned.json")),
        *((name, "status-list") for name in LISTS),
        *((name, "did") for name in DIDS),
        ("trust-list.json", "trust-list"),
        ("manifest.json", "manifest"),
    ],
)
def test_an_example_satisfies_our_published_schema(file: str, contract: str) -> None:
    assert list(validator(contract, world.BASE).iter_errors(example_json(file))) == []


# --- 2. the same inputs and keys give the same document -----------------------------------------------------------


@pytest.mark.parametrize("name", CERTIFICATES)
def test_round_trip_certificate(name: str) -> None:
    profile, created = MADE[name]
    assert text(world.parsed(world.certificate(profile, created=created))) == example(name)


def test_round_trip_unsigned_certificate() -> None:
    assert text(unsigned_certificate(world.PROFILE)) == example("certificate-unsigned.json")


@pytest.mark.parametrize("purpose", ["revocation", "suspension"])
def test_round_trip_status_list(purpose: str) -> None:
    unsigned = unsigned_list(world.BASE, purpose, 1, (), now=world.NOW)
    made = sign_list(unsigned, world.signer("cse/status-2026"), now=world.NOW, base=world.BASE)
    assert text(made) == example(f"status-{purpose}.json")


def statement(unsigned: dict[str, Any]) -> dict[str, Any]:
    """Sign as the examples are: they are named "(example)" where a demo register says "(demonstration data)"."""
    named = {**unsigned, "name": f"{unsigned['name']} (example)"}
    key = world.signer("statements/statement-2026")
    return sign_document(named, (key,), created=STATEMENT_TIME, base=world.BASE)


def test_round_trip_code_tables() -> None:
    made = statement(unsigned_code_tables(world.BASE, is_demo=False, since=date(2026, 1, 1)))
    assert text(made) == example("code-tables.json")


def test_round_trip_authorization() -> None:
    entry = next(entry for entry in world.TRUST_LIST.authorizations if entry.society == world.did("ele"))
    made = statement(unsigned_authorization(entry, "ELE", base=world.BASE, is_demo=False))
    assert text(made) == example("authorization-ele.json")


def test_round_trip_registry() -> None:
    assert text(issuer_registry(world.BASE, is_demo=True, now=world.NOW)) == example("registry.json")


@pytest.mark.parametrize("name", DIDS)
def test_round_trip_did_document(name: str) -> None:
    body = DIDS[name]
    keys = {body.did: body.keys for body in world.BODIES} | {world.did("root"): world.ROOT_KEYS}
    order = [entry["id"] for entry in example_json(name)["verificationMethod"]]
    ordered = sorted(keys[world.did(body)], key=lambda key: order.index(key.key_id))
    assert text(did_document(world.did(body), ordered)) == example(name)


def test_round_trip_manifest() -> None:
    document = example_json("manifest.json")
    entries = [PublishedEntry(**entry) for entry in reversed(document["files"])]
    listed = (document["trust_list"]["version"], document["trust_list"]["sha256"])
    unsigned = unsigned_manifest(
        world.BASE, entries, slot=4821, trust_list=listed, journal=world.JOURNAL, now=world.NOW
    )
    key = world.signer("statements/manifest-2026")
    assert text(sign_text(unsigned, key, created=world.NOW, base=world.BASE)) == example("manifest.json")


def test_round_trip_trust_list_as_far_as_the_generator_goes() -> None:
    """The example also has a cause and days of doubt, and a note "(example)"; ours has society ICT."""
    document = example_json("trust-list.json")
    subject = document["credentialSubject"]
    resources = tuple((entry["id"], entry["sha256"]) for entry in subject["resource"])
    ict = world.did("ict")
    content = replace(
        world.TRUST_LIST,
        resources=resources,
        bodies=tuple(replace(body, name=_example_name(subject, body.did)) for body in world.BODIES if body.did != ict),
        authorizations=tuple(entry for entry in world.TRUST_LIST.authorizations if entry.society != ict),
    )
    content = replace(content, authorizations=_in_example_order(content.authorizations, subject))
    made = unsigned_trust_list(content, now=world.NOW)
    made["name"] = document["name"]
    assert text(made) == text(_reduced({name: value for name, value in document.items() if name != "proof"}))


def _example_name(subject: dict[str, Any], did: str) -> str:
    return str(next(entry["name"] for entry in subject["recognizedIssuer"] if entry["id"] == did))


def _in_example_order(entries: tuple[Any, ...], subject: dict[str, Any]) -> tuple[Any, ...]:
    order = [entry["society"] for entry in subject["authorization"]]
    return tuple(sorted(entries, key=lambda entry: order.index(entry.society)))


def _reduced(document: dict[str, Any]) -> dict[str, Any]:
    for entry in document["credentialSubject"]["authorization"]:
        for name in ("cause", "doubtFrom", "doubtUntil"):
            entry.pop(name, None)
    return document


def test_the_readme_gives_the_public_keys_of_the_example_trust_list() -> None:
    keys = {
        entry["id"]: entry["publicKeyMultibase"]
        for issuer in example_json("trust-list.json")["credentialSubject"]["recognizedIssuer"]
        for entry in issuer["trustedKey"]
    }
    for body in world.BODIES:
        for key in body.keys:
            assert body.did == world.did("ict") or keys[key.key_id] == encode_multikey(key.public_key)


# --- the forms that wallets read ----------------------------------------------------------------------------------


def by(label: str, now: datetime) -> TokenSigner:
    return TokenSigner(world.signer(label), world.signer(label).public_key, world.BASE, is_demo=True, now=now)


def token(name: str) -> tuple[bytes, bytes]:
    """What is signed of a token among the examples, and the signature; ECDSA gives another one each time."""
    text, _, signature = example(name).strip().split(b"~")[0].rpartition(b".")
    return text, decode_base64url(signature.decode())


def test_round_trip_vc_jwt() -> None:
    made = unsigned_vc_jwt(example_json("certificate.json"), by("cse/issue-p256-2026", world.ISSUED))
    assert made == token("certificate.vc+jwt.txt")[0]


def test_round_trip_sd_jwt() -> None:
    claims = ("name_hans", "name_latin", "register_number", "field", "society", "first_registered", "standard")
    salts = iter([world.sha256(f"example-salt:{claim}".encode()) for claim in (*claims, "certificate")])
    made, disclosures = unsigned_sd_jwt(
        example_json("certificate.json"),
        jwk_of(world.signer("holder/1").public_key),
        StatusPlace(1, 51217),
        by("cse/issue-p256-2026", world.ISSUED),
        lambda length: bytes.fromhex(next(salts))[:length],
    )
    assert made == token("certificate.sd-jwt.txt")[0]
    assert [one.encode() for one in disclosures] == example("certificate.sd-jwt.txt").strip().split(b"~")[1:-1]


def test_round_trip_token_status_list() -> None:
    made = unsigned_token_list(1, encode_statuses([], []), by("cse/status-p256-2026", world.NOW))
    assert made == token("token-status-list.jwt.txt")[0]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("certificate.vc+jwt.txt", "cse/issue-p256-2026"),
        ("certificate.sd-jwt.txt", "cse/issue-p256-2026"),
        ("token-status-list.jwt.txt", "cse/status-p256-2026"),
    ],
)
def test_the_signature_of_an_example_token_is_good_and_so_is_ours(name: str, label: str) -> None:
    text, signature = token(name)
    assert is_signature(Algorithm.ES256, world.signer(label).public_key, text, signature)
    assert by(label, world.NOW).sign(text).startswith(text + b".")


def test_round_trip_of_what_readers_of_tokens_look_up() -> None:
    keys = next(body.keys for body in world.BODIES if body.did == world.CSE)
    assert text(jwt_issuer(world.BASE, keys)) == example("jwt-vc-issuer.json")
    assert type_metadata(world.BASE, is_demo=True) == example("vct-engineer-registration.json")


# --- 3. custody ---------------------------------------------------------------------------------------------------


def test_the_custodian_may_renew_and_may_not_register_anew() -> None:
    profile = replace(
        world.CUSTODY,
        basis="initial",
        term_number=1,
        issue_number=1,
        first_registered=date(2026, 4, 2),
        grade_since=date(2026, 4, 2),
        term_from=date(2026, 4, 2),
        number="CSE26GEO00296175",
    )
    profile = replace(profile, number=_checked(profile), valid_from=datetime(2026, 4, 1, 16, 0, tzinfo=UTC))
    profile = replace(profile, term_until=date(2031, 4, 1))
    lint(drafted(profile), base=world.BASE)
    content = world.certificate(profile, created=profile.valid_from)
    report = judge(content, online(content, trust_list=example_trust()), now=world.NOW)
    failed = [(finding.name, finding.code) for finding in report.findings if finding.result == "fail"]
    assert failed == [("authorization_at_signing", "not_authorized_at_signing")]


def _checked(profile: CertificateProfile) -> str:
    stem = profile.number[:-2]
    rest = int("".join(str(int(character, 36)) for character in stem) + "00") % 97
    return f"{stem}{98 - rest:02}"


def test_a_renewal_by_the_custodian_before_it_was_appointed_is_refused() -> None:
    created = datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC)
    content = world.certificate(world.CUSTODY, created=created)
    report = judge(content, online(content, trust_list=example_trust()), now=IN_FORCE["certificate-custody.json"])
    assert report.findings[7].code == "not_authorized_at_signing"
    later = world.certificate(world.CUSTODY, created=created + timedelta(seconds=1))
    sources = online(later, trust_list=example_trust())
    assert judge(later, sources, now=IN_FORCE["certificate-custody.json"]).outcome is Outcome.VALID


# --- 4. Open Badges -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CERTIFICATES)
@pytest.mark.parametrize(
    "schema", ["ob_v3p0_achievementcredential_schema.json", "ob_v3p0_anyachievementcredential_schema.json"]
)
def test_the_two_status_entries_are_the_only_deviation_from_open_badges(name: str, schema: str) -> None:
    checker = Draft201909Validator(json.loads(vectors("ob-3.0", schema).read_bytes()))
    document = example_json(name)
    causes = [cause for error in checker.iter_errors(document) for cause in (error.context or [error])]
    at_fault = {tuple(cause.absolute_path) for cause in causes if cause.validator == "type"}
    assert at_fault == {("credentialStatus",)}
    assert list(checker.iter_errors({**document, "credentialStatus": document["credentialStatus"][0]})) == []


def test_one_status_entry_is_refused_by_our_own_schema() -> None:
    document = example_json("certificate.json")
    single = {**document, "credentialStatus": document["credentialStatus"][0]}
    assert first_violation("certificate", world.BASE, single) is not None


# --- 5. contexts and schema ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "made"),
    [
        ("context.jsonld", context_bytes(world.BASE + REGISTRATION_PATH, world.BASE)),
        ("context-statements.jsonld", context_bytes(world.BASE + STATEMENTS_PATH, world.BASE)),
        ("certificate-schema.json", schema_bytes("certificate", world.BASE)),
    ],
    ids=["registration", "statements", "schema"],
)
def test_generated_bytes_are_those_of_the_examples(file: str, made: bytes) -> None:
    assert made == example(file)
