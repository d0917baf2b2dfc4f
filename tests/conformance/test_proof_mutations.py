"""Thousands of changed signed documents of every kind of proof: none is accepted that does not say what was signed.

`make conformance` makes 10,000 of each kind (`MUTATIONS`), the other runs fewer. A change that keeps the meaning is
counted apart: for a proof over the text the same JSON value, for one over the graph alone the same reading.
"""

import json
import os
import random
from collections import Counter
from typing import Any

import pytest

from issuer.proofs import document_bytes, proof_pairs
from issuer.template import drafted
from schemas.strict_json import MalformedJsonError, parse
from tests.support import foreign, world
from tests.support.expect import changed
from tests.support.many_documents import presentable
from tests.support.mutations import mutant, same_but_graph_proofs, same_reading, same_text, with_all_proofs
from tests.support.online import online
from tests.support.strangers import BOB, KINDS, stranger, with_proof
from tests.unit.verifier.test_foreign_status import REVOCATION, unsigned_list
from verifier.asked import Asked, Fetched
from verifier.checks import Outcome
from verifier.cryptosuite import SUITES
from verifier.judge import judge
from verifier.refusals import VerifierError
from verifier.sources import RegisterSources

MUTATIONS = int(os.environ.get("MUTATIONS", "300"))
FIRST = "urn:uuid:00000000-0000-4000-8000-000000000001"


def signed_by(suite: str) -> tuple[list[dict[str, Any]], Asked]:
    """Return a document with one proof, one with a set, one with a chain, and the status list they point to."""
    by = stranger(KINDS[suite])
    unsigned = changed(foreign.unsigned_badge(), ("issuer/id", by.did), ("credentialStatus", REVOCATION))
    listed = document_bytes(with_proof({**unsigned_list(), "issuer": by.did}, by, suite))
    one = with_proof(unsigned, by, suite, nonce="n")
    first = with_proof(unsigned, by, suite, id=FIRST)
    chain = with_proof(first, BOB, previousProof=FIRST)
    return [one, with_proof(first, BOB), chain], Asked(status_list=lambda _url: Fetched(listed), is_conformance=True)


def own() -> tuple[list[dict[str, Any]], Asked]:
    """Return certificates made from templates, with and without the members that may be missing."""
    rng, signers = random.Random(2032), [world.signer("cse/issue-2026"), world.signer("ele/issue-2026")]
    made = [world.parsed(world.certificate())]
    for draft in (drafted(presentable(rng)) for _ in range(max(1, MUTATIONS // 100))):
        made.append(json.loads(draft.text) | {"proof": proof_pairs(draft.hashes, signers, world.ISSUED)})
    return made, Asked()


def is_accepted(content: bytes, asked: Asked, register: RegisterSources) -> bool:
    try:
        return judge(content, register, now=world.NOW, asked=asked).outcome is Outcome.VALID
    except VerifierError:
        return False


@pytest.mark.parametrize("kind", [*SUITES, "our four proofs"])
def test_no_mutant_is_accepted(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    documents, asked = signed_by(kind) if kind in SUITES else own()
    is_same = same_text
    if kind in SUITES:
        # In a set or chain of this test the second proof is over the graph.
        is_same = same_reading if SUITES[kind].is_graph else same_but_graph_proofs
    registers = [online(document_bytes(document)) for document in documents]
    for document, register in zip(documents, registers, strict=True):
        assert is_accepted(document_bytes(document), asked, register)
    rng, kept, accepted = random.Random(f"mutations {kind}"), Counter[str](), list[str]()
    for number in range(MUTATIONS):
        document, register = documents[number % len(documents)], registers[number % len(documents)]
        change, content = mutant(rng, document)
        if content == document_bytes(document) or not is_accepted(content, asked, register):
            continue
        read = json.loads(content)
        whole = with_all_proofs(read, document)
        if is_same(whole, document):
            kept[change if whole == read else "proof left out"] += 1
        else:
            accepted.append(f"{change}: {content.decode()}")
    kinds = ", ".join(f"{name} {count}" for name, count in sorted(kept.items()))
    with capsys.disabled():
        print(
            f"\nmutations {kind}: {MUTATIONS} made, {len(accepted)} accepted, "
            f"{kept.total()} preserved the meaning ({kinds})"
        )
    assert accepted == []


def test_a_mutant_is_another_text() -> None:
    """The generator is worth nothing if it leaves documents as they are."""
    document, rng = world.parsed(world.certificate()), random.Random(7)
    different = 0
    for _ in range(500):
        content = mutant(rng, document)[1]
        try:
            different += not same_text(parse(content), document)
        except MalformedJsonError:
            different += 1
    assert different > 400
