"""Documents by the thousand, of every kind that the register signs and reads, with values that are hard to write."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from issuer.build import unsigned_certificate
from issuer.profile import Assessment, CertificateProfile, StatusPlace
from schemas.contexts import (
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    DATA_INTEGRITY_V2,
    OPEN_BADGES_V3,
    certificate_contexts,
    context_document,
    statement_contexts,
)
from schemas.names import TextError, full_name
from tests.support import foreign, world
from tests.support.mutations import places
from verifier.cryptosuite import without_proof

Document = dict[str, Any]
HARD = [
    '"',
    "\\",
    "\n",
    "\r",
    "\t",
    "\b",
    "\f",
    "\x00",
    "\x1f",
    "\x7f",
    "\x85",
    "\u2028",
    "%s",
    "{0}",
    "\ufeff",
    "\ufffe",
    "\uffff",
    "\U0001fffe",
    "\U000fffff",
    "\U0010ffff",
]
CONTEXTS = (
    certificate_contexts(world.BASE),
    statement_contexts(world.BASE),
    [CREDENTIALS_V2],
    [CREDENTIALS_V1],
    [CREDENTIALS_V2, DATA_INTEGRITY_V2],
    [CREDENTIALS_V2, OPEN_BADGES_V3],
    [CREDENTIALS_V2, "https://w3id.org/security/multikey/v1"],
    [CREDENTIALS_V2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"],
    ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
    ["https://w3id.org/security/data-integrity/v1"],
)


def hard_text(rng: random.Random) -> str:
    """Return a short text with characters of every plane, quotes and controls among them."""
    return "".join(
        rng.choice([rng.choice(HARD), _character(rng), _character(rng), rng.choice("aé电")])
        for _ in range(rng.randrange(1, 9))
    )


def _character(rng: random.Random) -> str:
    while True:
        code = (rng.randrange(17) << 16) + rng.randrange(0x10000)
        if not 0xD800 <= code <= 0xDFFF:
            return chr(code)


def profile(rng: random.Random) -> CertificateProfile:
    """Return what a certificate says, optional members there or not, with names that both syntaxes must escape."""
    hans, latin = rng.choice([("林知远", "Lin Zhiyuan"), ("𠮷田（太郎）", None), (None, 'O"Neil \\ %s {x} Zoë')])
    day = date(2026, rng.randrange(1, 13), rng.randrange(1, 28))
    waived = rng.choice([None, f"{world.BASE}/terms/assessment/v1#waiver"])
    assessment = Assessment(
        material_review_on=day, written_test_on=None if waived else day, interview_on=day, waiver=waived
    )
    return replace(
        world.PROFILE,
        page_id="".join(rng.choices("0123456789abcdefghjkmnpqrstvwxyz", k=20)),
        is_demo=rng.random() < 0.5,
        name_hans=hans,
        name_latin=latin,
        grade=rng.choice(["AE", "PE", "SPE"]),
        grade_since=day,
        term_from=day,
        term_number=rng.randrange(1, 12),
        issue_number=rng.randrange(1, 300),
        status=StatusPlace(rng.randrange(1, 90), rng.randrange(131_072)),
        assessment=rng.choice([None, assessment]),
        assessed_by=rng.choice([None, "MEC"]),
        discipline=rng.choice([None, "电力系统"]),
    )


def presentable(rng: random.Random) -> CertificateProfile:
    """Return what a certificate of the register in `world` says: any name that may be signed, in one script or both."""
    hans, latin = rng.choice([(True, True), (True, False), (False, True)])
    waived = rng.choice([None, f"{world.BASE}/terms/assessment/v1#waiver"])
    tests = world.PROFILE.assessment
    assert tests is not None
    return replace(
        world.PROFILE,
        page_id="".join(rng.choices("0123456789abcdefghjkmnpqrstvwxyz", k=20)),
        is_demo=rng.random() < 0.5,
        name_hans=_name(rng) if hans else None,
        name_latin=_name(rng) if latin else None,
        grade=rng.choice(["AE", "PE", "SPE"]),
        issue_number=rng.randrange(1, 300),
        status=StatusPlace(1, rng.randrange(131_072)),
        assessment=rng.choice([None, tests, replace(tests, written_test_on=None, waiver=waived)]),
        discipline=rng.choice([None, "电力系统", _name(rng)]),
    )


def _name(rng: random.Random) -> str:
    """Return a text as strange as a name may be."""
    while True:
        text = hard_text(rng)
        with suppress(TextError):
            return full_name(text, None)


@cache
def _vocabulary(url: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return every name that a context defines anywhere, members first, types second."""
    found = {str(key) for _, key in places(context_document(url, world.BASE)["@context"])}
    names = sorted(name for name in found if name[:1].isalpha())
    return tuple(name for name in names if not name[0].isupper()), tuple(name for name in names if name[0].isupper())


def wild(rng: random.Random) -> Iterator[Document]:
    """Give documents without end over contexts that ship: any types and members at all, wherever they may stand."""
    while True:
        contexts = rng.choice(CONTEXTS)
        names, types = (sum(found, ()) for found in zip(*map(_vocabulary, contexts), strict=True))
        yield {"@context": contexts, **_wild_node(rng, names, types, 3)}


def _wild_node(rng: random.Random, names: tuple[str, ...], types: tuple[str, ...], depth: int) -> Document:
    node: Document = {"id": f"urn:x:{rng.random()}"} if rng.random() < 0.6 else {}
    if types and rng.random() < 0.8:
        node["type"] = rng.choices(types, k=rng.choice([1, 1, 2, 3]))
    for name in rng.choices(names, k=rng.choice([1, 2, 3])):
        values = [hard_text(rng), hard_text(rng), rng.random() < 0.5, rng.randrange(-9, 9), f"urn:x:{rng.random()}"]
        inner = [_wild_node(rng, names, types, depth - 1)] if depth else []
        node[name] = rng.choice([*values, *inner, *inner, [rng.choice(values), rng.choice(values)]])
    return node


@cache
def _others() -> tuple[str, ...]:
    """Return the documents beside the certificate, and one by somebody else with nodes that have no id."""
    files = [json.loads(content) for name, content in world.publication().items() if name.endswith((".json", "-1"))]
    ours = [without_proof(value) for value in files if isinstance(value, dict) and "@context" in value]
    badge = foreign.unsigned_badge()
    badge["evidence"] = [{"type": "Evidence", "name": "one"}, {"type": "Evidence", "name": "two"}]
    return tuple(json.dumps(value) for value in [*ours, badge])


def proof_options(rng: random.Random) -> Document:
    """Return what a proof over the graph signs of itself."""
    proof = rng.choice(world.parsed(world.certificate())["proof"])
    return {"@context": world.parsed(world.certificate())["@context"]} | {
        name: value for name, value in proof.items() if name not in {"proofValue", "@context"}
    }


def documents(rng: random.Random) -> Iterator[Document]:
    """Give documents without end: half of them certificates of ours, many with hard values, members in any order."""
    kinds: list[Callable[[], Document]] = [
        lambda: unsigned_certificate(profile(rng)),
        lambda: unsigned_certificate(profile(rng)),
        lambda: json.loads(rng.choice(_others())),
        lambda: proof_options(rng),
    ]
    while True:
        document = rng.choice(kinds)()
        for _ in range(rng.choice([0, 1, 2, 4])):
            if _leaves(document):
                rng.choice([_hard, _hard, _drop, _unname, _unname_all, _number, _twice])(rng, document)
        yield _shuffled(rng, document)


def _leaves(document: Document) -> list[tuple[Any, Any]]:
    kept = {"@context", "type", "id"}
    return [(at, key) for at, key in places(document) if key not in kept and isinstance(at, dict)]


def _leaf(rng: random.Random, document: Document) -> tuple[Any, Any]:
    return rng.choice(_leaves(document))


def _hard(rng: random.Random, document: Document) -> None:
    texts = [(at, key) for at, key in _leaves(document) if isinstance(at[key], str) and ":" not in at[key]]
    if texts:
        at, key = rng.choice(texts)
        at[key] = hard_text(rng)


def _drop(rng: random.Random, document: Document) -> None:
    at, key = _leaf(rng, document)
    del at[key]


def _unname(rng: random.Random, document: Document) -> None:
    at, key = _leaf(rng, document)
    if isinstance(at[key], dict):
        at[key].pop("id", None)


def _unname_all(rng: random.Random, document: Document) -> None:
    nodes = [at[key] for at, key in places(document) if isinstance(at[key], dict) and len(at[key]) > 1]
    for node in nodes:
        if rng.random() < 0.9:
            node.pop("id", None)


def _number(rng: random.Random, document: Document) -> None:
    at, key = _leaf(rng, document)
    at[key] = rng.choice([True, False, 0, -7, 2**53 - 1, 1.5, None, [], "x:y", [hard_text(rng), hard_text(rng)]])


def _twice(rng: random.Random, document: Document) -> None:
    at, key = _leaf(rng, document)
    at[key] = [at[key], json.loads(json.dumps(at[key]))]


def _shuffled(rng: random.Random, value: Any) -> Any:
    if isinstance(value, dict):
        names = rng.sample(list(value), len(value))
        return {name: value[name] if name == "@context" else _shuffled(rng, value[name]) for name in names}
    return [_shuffled(rng, item) for item in value] if isinstance(value, list) else value
