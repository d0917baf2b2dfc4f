"""Small changes to a signed document: what a forger, a careless wallet or a broken cable might do to it."""

import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.support.strangers import BOB

Place = tuple[Any, Any]
"""A container and the name or position of one thing in it."""
TEXTS = [
    "",
    " ",
    "PE",
    "SPE",
    "2031-01-01T00:00:00Z",
    "urn:x:other",
    "did:example:holder",
    "\u00e9",
    "e\u0301",
    "\u202e",
]
TERMS = [
    "name",
    "description",
    "validUntil",
    "validFrom",
    "credentialStatus",
    "evidence",
    "issuer",
    "id",
    "type",
    "proof",
]
IRIS = ["https://www.w3.org/2018/credentials#", "https://schema.org/", "https://w3id.org/security#", "cred:", "@"]


def places(value: Any) -> Iterator[Place]:
    """Give every member and item of a document, however deep."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


def _pick(rng: random.Random, document: Any, kind: type | tuple[type, ...] = object) -> Place | None:
    found = [(at, key) for at, key in places(document) if isinstance(at[key], kind)]
    return rng.choice(found) if found else None


def _drop(rng: random.Random, document: Any) -> None:
    at, key = _pick(rng, document)  # type: ignore[misc]
    del at[key]


def _text(rng: random.Random, document: Any) -> None:
    at, key = _pick(rng, document, str)  # type: ignore[misc]
    text = at[key]
    spot = rng.randrange(len(text) + 1)
    at[key] = rng.choice(
        [
            text[:spot] + rng.choice("0aZ/:#. \u200b") + text[spot:],
            text[:spot] + text[spot + 1 :],
            text.swapcase(),
            text[::-1],
            f" {text}",
            text + text,
            rng.choice(TEXTS),
        ]
    )


def _type(rng: random.Random, document: Any) -> None:
    at, key = _pick(rng, document)  # type: ignore[misc]
    value = at[key]
    at[key] = rng.choice(
        [
            [value],
            [value, copy.deepcopy(value)],
            {"id": "urn:x:1"},
            {"@value": value},
            7,
            0.5,
            True,
            None,
            [],
            {},
            str(value),
        ]
    )


def _order(rng: random.Random, document: Any) -> None:
    picked = _pick(rng, document, list)
    if picked is not None:
        items = picked[0][picked[1]]
        change = rng.choice([items.reverse, lambda: rng.shuffle(items), lambda: items.extend(items[:1])])
        change()


def _rename(rng: random.Random, document: Any) -> None:
    at, key = rng.choice([(at, key) for at, key in places(document) if isinstance(at, dict)])
    name = rng.choice([rng.choice(IRIS) + key, key.upper(), f"{key} ", rng.choice(TERMS), f"@{key}", ""])
    at[name] = at.pop(key)


def _add(rng: random.Random, document: Any) -> None:
    at = rng.choice([document, *(at[key] for at, key in places(document) if isinstance(at[key], dict))])
    name = rng.choice([*TERMS, "grade", "@included", "@graph", "@context", "@type", "previousProof", "domain", "nonce"])
    at[name] = rng.choice([*TEXTS, None, [], {}, [{"id": "urn:x:1", "name": "PE"}], 7])


def _swap(rng: random.Random, document: Any) -> None:
    (one, here), (two, there) = (_pick(rng, document, str) for _ in range(2))  # type: ignore[misc]
    one[here], two[there] = two[there], one[here]


def _split(rng: random.Random, document: Any) -> None:
    """Make two objects of one node, the second with what the first no longer shows."""
    found = [(at, key) for at, key in places(document) if isinstance(at[key], dict) and "id" in at[key]]
    if found:
        at, key = rng.choice(found)
        node = at[key]
        hidden = rng.choice(list(node))
        at[key] = [
            {name: part for name, part in node.items() if name != hidden or name == "id"},
            {"id": node["id"], hidden: node[hidden]},
        ]


def _hide(rng: random.Random, document: Any) -> None:
    """Move a member of the document out of the sight of readers."""
    name = rng.choice([name for name in document if name not in {"@context", "proof"}])
    document["@included"] = [{"id": document.get("id"), name: document.pop(name)}]


def _contexts(rng: random.Random, document: Any) -> None:
    holders = [document, *(proof for proof in _proofs(document) if "@context" in proof)]
    at = rng.choice([holder for holder in holders if isinstance(holder.get("@context"), list)] or [document])
    contexts = list(at.get("@context") or [])
    extra = rng.choice(
        ["https://w3id.org/security/multikey/v1", {"grade": "urn:x:grade"}, {"@vocab": "urn:x:"}, *contexts]
    )
    at["@context"] = rng.choice([[*contexts, extra], contexts[:1], contexts[::-1], [extra], contexts[1:]])


def _proofs(document: Any) -> list[Any]:
    proofs = document.get("proof")
    listed = proofs if isinstance(proofs, list) else [proofs]
    return [proof for proof in listed if isinstance(proof, dict)]


def _proof(rng: random.Random, document: Any) -> None:
    proof = rng.choice(_proofs(document))
    name, value = rng.choice(
        [
            (
                "cryptosuite",
                rng.choice(["eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-rdfc-2019", "ecdsa-jcs-2019", "x"]),
            ),
            ("proofPurpose", rng.choice(["authentication", "https://w3id.org/security#assertionMethod"])),
            (
                "verificationMethod",
                rng.choice([BOB.verification_method, "#key", proof.get("verificationMethod", "") + "0"]),
            ),
            ("created", rng.choice(["2024-01-01T00:00:00+00:00", "2023-12-31T23:59:59Z", "2024-01-01T00:00:00.0Z"])),
            ("expires", "2099-01-01T00:00:00Z"),
            ("type", "Ed25519Signature2020"),
            ("proofValue", _resigned(rng, proof.get("proofValue", "z2"))),
            *(
                (name, rng.choice(["x", "urn:x:1"]))
                for name in ("id", "domain", "challenge", "nonce", "previousProof", "jws")
            ),
        ]
    )
    proof[name] = value


def _resigned(rng: random.Random, value: str) -> str:
    spot = rng.randrange(1, max(2, len(value)))
    other = rng.choice("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
    return rng.choice(
        [value[:spot] + other + value[spot + 1 :], f"u{value[1:]}", value[:-1], f"{value}1", f"z1{value[1:]}"]
    )


KINDS: dict[str, Callable[[random.Random, Any], None]] = {
    "drop": _drop,
    "text": _text,
    "type": _type,
    "order": _order,
    "rename": _rename,
    "add": _add,
    "swap": _swap,
    "split": _split,
    "hide": _hide,
    "contexts": _contexts,
    "proof": _proof,
}
ENCODINGS = ("spaces", "escapes", "doubled", "byte")


def mutant(rng: random.Random, document: dict[str, Any]) -> tuple[str, bytes]:
    """Return the kind of a change, or of two at once, and the bytes of the changed document, which are others."""
    original = _bytes(document)
    while True:
        kind = rng.choice([*KINDS, *KINDS, *ENCODINGS])
        changed = copy.deepcopy(document)
        for _ in range(rng.choice([1, 1, 1, 2]) if kind in KINDS else 0):
            KINDS[kind](rng, changed)
        content = _bytes(changed) if kind in KINDS else _encoded(rng, kind, original.decode())
        if content != original:
            return kind, content


def _bytes(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _encoded(rng: random.Random, kind: str, text: str) -> bytes:
    if kind == "spaces":
        return json.dumps(json.loads(text), ensure_ascii=False, indent=rng.choice([1, 4, "\t"])).encode()
    if kind == "escapes":
        name = rng.choice(["id", "name", "type", "issuer", "proof", "validUntil"])
        return text.replace(f'"{name}"', f'"\\u{ord(name[0]):04x}{name[1:]}"').encode()
    if kind == "doubled":
        name = rng.choice(['"id"', '"name"', '"validUntil"', '"proof"', '"issuer"'])
        return text.replace("{", f'{{{name}: "urn:x:1", ', 1).encode()
    content = bytearray(text.encode())
    content[rng.randrange(len(content))] = rng.randrange(256)
    return bytes(content)


def same_text(one: Any, other: Any) -> bool:
    """Tell whether two documents are one JSON value, but for the order in which their proofs are listed."""
    return _frozen(one, ordered=True) == _frozen(other, ordered=True)


def same_but_graph_proofs(one: Any, other: Any) -> bool:
    """Tell whether two documents are one JSON value, but that a proof over the graph signs its own options as one."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return False
    rest = [{name: part for name, part in each.items() if name != "proof"} for each in (one, other)]
    proofs = [
        {_frozen(proof, ordered="-jcs-" in str(proof.get("cryptosuite"))) for proof in _proofs(each)}
        for each in (one, other)
    ]
    return same_text(*rest) and proofs[0] == proofs[1]


def same_reading(one: Any, other: Any) -> bool:
    """Tell whether readers of the JSON find the same in both.

    Arrays have no order, one item is like an array of it, nothing is like null or an empty array, and a text like a
    value object of it. The contexts are left out: what they make of each word is the graph, which is signed.
    """
    return _frozen(one, ordered=False) == _frozen(other, ordered=False)


def with_all_proofs(document: Any, original: dict[str, Any]) -> Any:
    """Return the document with the proofs of the original, if it only lacks some: nothing binds a set together."""
    left, every = _proofs(document) if isinstance(document, dict) else [], _proofs(original)
    is_part = 0 < len(left) < len(every) and all(one in every for one in left)
    return {**document, "proof": original["proof"]} if is_part else document


def _frozen(value: Any, *, ordered: bool, name: str = "") -> Any:
    if isinstance(value, dict):
        if not ordered and set(value) == {"@value"}:
            return _frozen(value["@value"], ordered=ordered)
        kept = {key: part for key, part in value.items() if ordered or (key != "@context" and part not in (None, []))}
        return ("object", frozenset((key, _frozen(part, ordered=ordered, name=key)) for key, part in kept.items()))
    if isinstance(value, list):
        items = [_frozen(item, ordered=ordered) for item in value]
        if ordered and name != "proof":
            return ("list", *items)
        return items[0] if len(set(items)) == 1 and not ordered else ("set", frozenset(items))
    return (type(value) if isinstance(value, bool) else None, value)
