"""Signed documents, each member changed, dropped or added: the conformance port verifies none of them.

Apart are edits that a proof over the graph leaves good because they say the same: sets in another order, an item
alone or in an array. `make conformance` asks for all of them (FULL_MATRIX=1).
"""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conformance.port import Document, Holder, Port
from tests.conformance.test_matrix import every
from tests.support.data_model import MULTIHASH, SRI, URL, V1, V2, VOCABULARY

TYPE, MORE = "https://vocab.example/Type", "https://vocab.example/More"
RICH: dict[str, Document] = {
    "2.0": {
        "@context": [V2, VOCABULARY],
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", TYPE],
        "name": {"@value": "Degree", "@language": "en"},
        "description": "A degree",
        "issuer": {"id": URL, "name": "Somebody"},
        "validFrom": "2023-01-01T00:00:00Z",
        "validUntil": "2030-01-01T00:00:00.5+08:00",
        "credentialSubject": {"id": "did:example:a", "degree": {"type": "Bachelor", "year": 2020}, "tags": ["a", "b"]},
        "credentialSchema": {"id": URL, "type": "JsonSchema"},
        "relatedResource": [{"id": URL, "digestSRI": SRI}, {"id": f"{URL}b", "digestMultibase": MULTIHASH}],
        "evidence": [{"type": TYPE}, {"id": f"{URL}c", "type": [TYPE, MORE]}],
        "termsOfUse": {"type": TYPE},
    },
    "1.1": {
        "@context": [V1, VOCABULARY],
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc34",
        "type": ["VerifiableCredential", TYPE],
        "issuer": {"id": URL, "name": "Somebody"},
        "issuanceDate": "2023-01-01T00:00:00Z",
        "expirationDate": "2030-01-01T00:00:00Z",
        "credentialSubject": [{"id": "did:example:a", "degree": "b"}, {"id": "did:example:b"}],
        "credentialSchema": {"id": URL, "type": "https://vocab.example/Schema"},
        "refreshService": {"id": f"{URL}d", "type": TYPE},
    },
}
REPLACED: list[Any] = [None, True, 7, "x", "", [], {}]


def normal(node: Any) -> Any:
    """Return what a graph keeps of a value: sets without order, nothing for null, languages whatever their case."""
    if isinstance(node, list):
        return [json.loads(item) for item in sorted({json.dumps(one, sort_keys=True) for one in _items(node)})] or None
    if isinstance(node, dict):
        kept = {name: str(value).lower() if name == "@language" else value for name, value in node.items()}
        members = {name: normal([value]) for name, value in kept.items()}
        return {name: value for name, value in members.items() if value is not None}
    return node


def _items(node: list[Any]) -> Iterator[Any]:
    for item in node:
        if isinstance(item, list):
            yield from _items(item)
        elif item is not None:
            yield normal(item)


def says_the_same(before: Document, after: Document, cryptosuite: str) -> bool:
    """Tell whether the proofs of `after` are as good as those of `before` by the specification."""
    parts = [({n: v for n, v in one.items() if n != "proof"}, normal([one.get("proof")])) for one in (before, after)]
    (old, old_proofs), (new, new_proofs) = parts
    if "jcs" in cryptosuite:
        return old == new and after.get("proof") in (before["proof"], [before["proof"]], [before["proof"]] * 2)
    return old_proofs == new_proofs and normal(old) == normal(new) and old.get("@context") == new.get("@context")


def mutations(node: Any) -> Iterator[Any]:
    """Yield every changed copy of a value, its members changed in turn."""
    for value in (*REPLACED, [node], [node, node], {"x": node}):
        yield value
    if isinstance(node, str):
        yield from (node[:-1], f"{node} ", node.swapcase(), f"{node[:-1]}{'2' if node[-1:] != '2' else '3'}")
    if isinstance(node, (dict, list)):
        for place in node if isinstance(node, dict) else range(len(node)):
            less = copy.deepcopy(node)
            del less[place]
            yield less
            for value in mutations(node[place]):
                more = copy.deepcopy(node)
                more[place] = value
                yield more
    if isinstance(node, dict):
        yield from ({**node, "added": "x"}, {**node, "id": "urn:x"}, {**node, "@included": {"id": "urn:x"}})
    if isinstance(node, list):
        yield from ([*node, "x"], node[::-1], [*node, *node[:1]])


def changed(document: Document) -> list[Document]:
    """Return every mutation of a document that is another document, once."""
    found = {json.dumps(one): one for one in mutations(document) if isinstance(one, dict)}
    found.pop(json.dumps(document), None)
    return list(found.values())


def difference(before: Document, after: Document) -> str:
    """Return the members that are not as they were."""
    names = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    return json.dumps({name: after.get(name) for name in names})


def told(figures: list[str], name: str, made: int, apart: int, unexpected: list[str]) -> None:
    """Add the line of figures, and fail if a changed document was verified."""
    figures.append(f"conformance {name}: mutations={made} apart={apart} unexpected={len(unexpected)}")
    assert unexpected == [], "\n".join(unexpected)


@pytest.mark.parametrize("path", ["/rdfc", "/jcs"])
@pytest.mark.parametrize("version", RICH)
def test_a_changed_credential_is_not_verified(port: Port, version: str, path: str, figures: list[str]) -> None:
    signed = port.issued(RICH[version], path)
    assert port.verify(signed)[0] == 200
    made, apart, unexpected = every(changed(signed)), 0, []
    for document in made:
        if says_the_same(signed, document, signed["proof"]["cryptosuite"]):
            apart += 1
            continue
        status, content = port.verify(document)
        if status != 400 or content["verified"] is not False:
            unexpected.append(difference(signed, document))
    told(figures, f"VCDM {version} {signed['proof']['cryptosuite']}", len(made), apart, unexpected)


def test_a_changed_presentation_is_not_verified(port: Port, figures: list[str]) -> None:
    holder, credential = Holder(), port.issued(RICH["2.0"])
    presentation = {"@context": [V2, VOCABULARY], "type": ["VerifiablePresentation"], "id": "urn:x"}
    signed = holder.present({**presentation, "holder": holder.did, "verifiableCredential": [credential]})
    assert port.verify_presentation(signed)[0] == 200
    made, apart, unexpected = every(changed(signed)), 0, []
    for document in made:
        if says_the_same(signed, document, "eddsa-jcs-2022"):
            apart += 1
            continue
        status, _ = port.verify_presentation(document)
        if status != 400:
            unexpected.append(difference(signed, document))
    told(figures, "presentation", len(made), apart, unexpected)
