"""What other implementations say of our certificates, read over TLS from a served register.

Every cell is compared with the table of docs/interop.md. Beside it stand the claims that README.md makes of them.
"""

import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from openbadgeslib.ob3.did import resolve_verification_method
from openbadgeslib.ob3.ldp import OB3LdpVerifier, OB3VerificationError, verify_data_integrity_proof

from tests.conformance.given import Document, as_issued, everything
from tests.conformance.interop import run_core, run_interop, why_unavailable
from tests.conformance.interop_table import OURS, InteropTable, Reader
from tests.conformance.loopback_tls import Secured
from tests.integration.registers import AT

needs_node = pytest.mark.skipif(why_unavailable() is not None, reason=str(why_unavailable()))
Answers = dict[str, dict[str, Any]]

RDFC = "eddsa-rdfc-2022"
STATES = {
    "as issued": "valid",
    "another order: proofs": "valid",
    "suspension bit set": "suspended",
    "revocation bit set": "revoked",
    "both bits set": "revoked",
    "expired": "expired",
}
"""What ours says of what is authentic; of all else it says that it is not."""
REASONS = {
    "Invalid Data Integrity proof (signature mismatch)": "bad",
    "credential carries multiple supported Data Integrity proofs; refusing to guess which one speaks for it": "refused",
}
"""What openbadgeslib says, and what the table calls it."""
STEPS = ("valid_signature", "revocation_status", "suspension_status", "expiration", "registered_issuer")


@pytest.fixture(scope="module")
def documents(register: Secured) -> dict[str, Document]:
    return everything(register.demo)


@pytest.fixture(scope="module")
def files(documents: dict[str, Document], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("given")
    found = {name: folder / f"{position}.json" for position, name in enumerate(documents)}
    for name, file in found.items():
        file.write_text(json.dumps(documents[name], ensure_ascii=False), encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def bazaar(register: Secured, files: dict[str, Path]) -> Answers:
    """The answers of `@digitalbazaar/vc`."""
    ca = register.authority
    answers = run_interop(None, register.demo.base, list(files.values()), status=True, now=AT, ca=ca)
    return dict(zip(files, answers, strict=True))


@pytest.fixture(scope="module")
def core(register: Secured, files: dict[str, Path]) -> Answers:
    """The answers of verifier-core; the witness then holds what it fetched."""
    register.witness.answered.clear()
    answers = run_core(register.demo.base, list(files.values()), now=AT, ca=register.authority)
    return dict(zip(files, answers, strict=True))


def reader(answers: Answers, package: str, *, name: str | None = None) -> Reader:
    return Reader(name or package, answers["as issued"]["versions"][package])


def test_our_own_api_tells_what_is_authentic_from_what_is_not(
    register: Secured, files: dict[str, Path], interop_table: InteropTable
) -> None:
    verdicts = {name: register.verdict(file.read_bytes()) for name, file in files.items()}
    said = {}
    for name, verdict in verdicts.items():
        failed = [check["name"] for check in verdict["checks"] if check["result"] == "fail"]
        said[name] = ": ".join([verdict["state"], *([", ".join(failed)] if failed else [])])
    interop_table.tell("certificate", Reader(OURS, version("cse-registry")), said)
    assert {name: verdict["state"] for name, verdict in verdicts.items()} == dict.fromkeys(files, "invalid") | STATES
    assert {verdict["outcome"] for name, verdict in verdicts.items() if STATES.get(name) != "valid"} == {"invalid"}


@needs_node
def test_what_digitalbazaar_says(bazaar: Answers, interop_table: InteropTable) -> None:
    said = {name: "verified" if answer["verified"] else "refused" for name, answer in bazaar.items()}
    interop_table.tell("certificate", reader(bazaar, "@digitalbazaar/vc"), said)


@needs_node
def test_the_status_bits_that_digitalbazaar_reports(bazaar: Answers, interop_table: InteropTable) -> None:
    said = {name: _bits(answer["status"]) if answer["verified"] else "not asked" for name, answer in bazaar.items()}
    package = "@digitalbazaar/vc-bitstring-status-list"
    interop_table.tell("certificate", reader(bazaar, package), said)


def _bits(entries: list[dict[str, Any]]) -> str:
    seen = {entry["purpose"]: entry["set"] for entry in entries}
    told = {True: "set", False: "clear", None: "not seen"}
    return ", ".join(f"{purpose} {told[seen.get(purpose)]}" for purpose in ("revocation", "suspension"))


@needs_node
def test_the_society_s_proof_can_be_looked_at_alone(bazaar: Answers, interop_table: InteropTable) -> None:
    said = {}
    for name, answer in bazaar.items():
        found = {one["assertion"] for one in answer["proofs"] if one["cryptosuite"] == RDFC and _is_society(one)}
        said[name] = {frozenset({True}): "good", frozenset({False}): "bad", frozenset(): "missing"}[frozenset(found)]
    interop_table.tell("certificate", reader(bazaar, "jsonld-signatures", name="jsonld-signatures, society"), said)


def _is_society(proof: dict[str, Any]) -> bool:
    return ":societies:" in proof["verificationMethod"]


@needs_node
def test_what_verifier_core_says(core: Answers, interop_table: InteropTable) -> None:
    said = {}
    for name, answer in core.items():
        looks = {**answer["steps"], "schema": answer["schema"]}
        faults = [f"{step} {'missing' if looks.get(step) is None else 'false'}" for step in (*STEPS, "schema")
                  if looks.get(step) is not True]  # fmt: skip
        said[name] = f"refused: {', '.join(answer['errors'])}" if answer["errors"] else ", ".join(faults) or "all true"
    interop_table.tell("certificate", reader(core, "@digitalcredentials/verifier-core"), said)


@needs_node
def test_all_that_verifier_core_fetches_answers_anybody_without_redirect(core: Answers, register: Secured) -> None:
    assert core
    answered = {(one.path, one.status, one.allow_origin) for one in register.witness.answered}
    paths = {path for path, _, _ in answered}
    assert {(status, origin) for _, status, origin in answered} == {(200, "*")}
    assert {path for path in paths if not path.startswith("/societies/")} == {
        "/.well-known/did.json",
        "/contexts/registration/v1.jsonld",
        "/schemas/certificate/v1.json",
        "/status/revocation-1",
        "/status/suspension-1",
        "/trust/registry.json",
    }
    assert all(path.endswith("/did.json") for path in paths if path.startswith("/societies/"))


Look = Callable[[Document, dict[str, Any]], str]


@pytest.fixture(scope="module")
def look(register: Secured, documents: dict[str, Document]) -> Look:
    """Ask openbadgeslib's low-level check about a document, with the key of a proof that it resolves itself."""
    ours = documents["as issued"]["@context"][2]
    contexts = {ours: json.loads(register.get(ours))}

    def one(document: Document, proof: dict[str, Any]) -> str:
        key = resolve_verification_method(proof["verificationMethod"], register.get)
        try:
            verify_data_integrity_proof(document, key, extra_contexts=contexts)
        except OB3VerificationError as error:
            return REASONS.get(str(error), str(error))
        return "good"

    return one


def test_what_openbadgeslib_says(documents: dict[str, Document], look: Look, interop_table: InteropTable) -> None:
    said = {}
    for name, document in documents.items():
        graph = [proof for proof in document["proof"] if proof["cryptosuite"] == RDFC]
        alone = {_is_society(proof): look({**document, "proof": proof}, proof) for proof in graph}
        whole = look(document, graph[0])
        said[name] = f"CSE {alone.get(False, 'missing')}, society {alone.get(True, 'missing')}, set {whole}"
    interop_table.tell("certificate", Reader("openbadgeslib", version("openbadgeslib")), said)


def test_the_whole_verifier_of_openbadgeslib_knows_no_context_but_its_own(
    documents: dict[str, Document], register: Secured
) -> None:
    good = documents["as issued"]
    with pytest.raises(OB3VerificationError, match="not in the bundled allowlist"):
        OB3LdpVerifier().verify({**good, "proof": good["proof"][0]}, download=register.get)


@needs_node
def test_the_published_folder_tells_the_same_as_the_server(
    register: Secured, files: dict[str, Path], bazaar: Answers
) -> None:
    demo = register.demo
    chosen = {name: files[name] for name in as_issued(demo)}
    answers = run_interop(demo.published, demo.base, list(chosen.values()), status=True, now=AT)
    assert answers == [bazaar[name] for name in chosen]


@needs_node
def test_a_server_of_an_authority_that_is_not_trusted_is_not_read(register: Secured, files: dict[str, Path]) -> None:
    answer = run_interop(None, register.demo.base, [files["as issued"]], now=AT)[0]
    assert (answer["verified"], "fetch failed" in answer["errors"]) == (False, True)


@needs_node
@pytest.mark.parametrize(
    "name",
    [
        "removed: society's two proofs",
        "removed: society's rdfc proof",
        "broken: society's rdfc proof",
        "broken: society's jcs proof",
        "full address: validUntil of an expired one",
        "full address: both entries of a revoked one",
    ],
)
def test_the_readme_is_right_that_they_do_not_notice(name: str, bazaar: Answers, core: Answers) -> None:
    assert bazaar[name]["verified"] is True
    assert core[name]["steps"]["valid_signature"] is True
    assert False not in core[name]["steps"].values()
