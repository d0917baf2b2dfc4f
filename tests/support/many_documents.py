"""Documents by the thousand, of every kind that the register signs and reads, with values that are hard to write."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from issuer.build import unsigned_certificate
from issuer.profile import Assessment, CertificateProfile, StatusPlace
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
]
LAST = {0: 0xFFFD, 16: 0x10FFFF}


def hard_text(rng: random.Random) -> str:
    """Return a short text with characters of every plane, quotes and controls among them."""
    return "".join(rng.choice([rng.choice(HARD), _character(rng), "a", "é", "电"]) for _ in range(rng.randrange(1, 9)))


def _character(rng: random.Random) -> str:
    while True:
        plane = rng.randrange(17)
        code = rng.randrange(plane << 16, LAST.get(plane, (plane << 16) + 0xFFFF) + 1)
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
        for _ in range(rng.choice([0, 0, 1, 3])):
            if _leaves(document):
                rng.choice([_hard, _hard, _drop, _unname, _number, _twice])(rng, document)
        yield _shuffled(rng, document)


def _leaves(document: Document) -> list[tuple[Any, Any]]:
    kept = {"@context", "type", "id"}
    return [(at, key) for at, key in places(document) if key not in kept and isinstance(at, dict)]


def _leaf(rng: random.Random, document: Document) -> tuple[Any, Any]:
    return rng.choice(_leaves(document))


def _hard(rng: random.Random, document: Document) -> None:
    at, key = _leaf(rng, document)
    if isinstance(at[key], str) and ":" not in at[key]:
        at[key] = hard_text(rng)


def _drop(rng: random.Random, document: Document) -> None:
    at, key = _leaf(rng, document)
    del at[key]


def _unname(rng: random.Random, document: Document) -> None:
    at, key = _leaf(rng, document)
    if isinstance(at[key], dict):
        at[key].pop("id", None)


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
