"""Which documents are read without PyLD, and that nothing is read so that the reference reads otherwise or refuses."""

import json
from itertools import islice, product
from typing import Any

import pytest
from pyld import jsonld

from schemas.contexts import CREDENTIALS_V2
from tests.support import world
from tests.support.expect import DROP, changed
from tests.support.graphs import CASES, credential, presentation, schema_of
from verifier import plain as plain_module
from verifier.canonical import Graph
from verifier.cryptosuite import without_proof
from verifier.json_ld import is_address
from verifier.plain import plain_nquads
from verifier.rdf import GraphError, read_quads
from verifier.refusals import TooComplexError
from verifier.terms import respelled_member

ODD = "https://odd.example/v1"
BARE = "https://bare.example/v1"
CONTEXT = {
    "@version": 1.1,
    "id": "@id",
    "type": "@type",
    "Odd": "https://odd.example/#Odd",
    "Plain": "https://odd.example/#Plain",
    "text": "https://odd.example/#text",
    "typed": {"@id": "https://odd.example/#typed", "@type": "http://www.w3.org/2001/XMLSchema#string"},
    "day": {"@id": "https://odd.example/#day", "@type": "http://www.w3.org/2001/XMLSchema#date"},
    "double": {"@id": "https://odd.example/#double", "@type": "http://www.w3.org/2001/XMLSchema#double"},
    "none": {"@id": "https://odd.example/#none", "@type": "@none"},
    "said": {"@id": "https://odd.example/#said", "@language": "en"},
    "turned": {"@id": "https://odd.example/#turned", "@direction": "rtl"},
    "link": {"@id": "https://odd.example/#link", "@type": "@id"},
    "word": {"@id": "https://odd.example/#word", "@type": "@vocab"},
    "many": {"@id": "https://odd.example/#many", "@container": "@set"},
    "row": {"@id": "https://odd.example/#row", "@container": "@list"},
    "back": {"@reverse": "https://odd.example/#back"},
    "within": {"@id": "https://odd.example/#within", "@context": {"inner": "https://odd.example/#inner"}},
    "Scoped": {
        "@id": "https://odd.example/#Scoped",
        "@context": {"below": {"@id": "https://odd.example/#below", "@context": {"deep": "https://odd.example/#deep"}}},
    },
    "（": "https://odd.example/#wide",
    "keyword": "@included",
    "nothing": None,
    "https://odd.example/#ab": {"@id": "https://odd.example/#ab"},
    "pre": {"@id": "https://odd.example/#", "@prefix": True},
}
EXTRA = (
    (ODD, json.dumps({"@context": CONTEXT}).encode()),
    (BARE, json.dumps({"@context": {"name": "https://odd.example/#name"}}).encode()),
)
XSD = "http://www.w3.org/2001/XMLSchema#"


def odd(**members: Any) -> dict[str, Any]:
    return {"@context": [ODD], "id": "urn:a", "type": "Odd", **members}


def reference(document: Any, hash_name: str = "sha256") -> str | None:
    try:
        return Graph(read_quads(document, world.BASE, EXTRA), hash_name).canonical()
    except (GraphError, TooComplexError):
        return None


def plain(document: Any, hash_name: str = "sha256") -> str | None:
    return plain_nquads(document, world.BASE, hash_name, EXTRA)


PLAIN = [
    ({"text": "a"}, '"a"'),
    ({"text": '"\\\n\x00\x7f\ufffe'}, '"\\"\\\\\\n\\u0000\\u007F\\uFFFE"'),
    ({"text": ["a", "a", "b"]}, '"b"'),
    ({"typed": "a"}, '"a"'),
    ({"typed": True}, '"true"'),
    ({"day": "2026-01-01"}, f'"2026-01-01"^^<{XSD}date>'),
    ({"day": 7}, f'"7"^^<{XSD}date>'),
    ({"text": True}, f'"true"^^<{XSD}boolean>'),
    ({"text": -(2**53) + 1}, f'"-9007199254740991"^^<{XSD}integer>'),
    ({"link": True}, f'"true"^^<{XSD}boolean>'),
    ({"link": "urn:b"}, "<urn:b>"),
    ({"link": {"id": "urn:b"}}, "<urn:b>"),
    ({"link": {"id": "urn:b", "text": "c"}}, '<urn:b> <https://odd.example/#text> "c"'),
    ({"link": {"text": "c"}}, '_:c14n0 <https://odd.example/#text> "c"'),
    ({"link": [{"text": "c"}, {"text": "d"}, {"link": {"text": "e"}}]}, "_:c14n3"),
    ({"word": "Odd"}, "<https://odd.example/#Odd>"),
    ({"word": "urn:b"}, "<urn:b>"),
    ({"many": ["a"]}, '"a"'),
    ({"within": {"inner": "a"}}, '<https://odd.example/#inner> "a"'),
    ({"type": "Scoped", "below": {"deep": "a"}}, '<https://odd.example/#deep> "a"'),
    ({"text": "a", "type": ["Odd", "Plain"]}, "<https://odd.example/#Plain>"),
]


@pytest.mark.parametrize(("members", "line"), PLAIN, ids=lambda value: json.dumps(value)[:40])
@pytest.mark.parametrize("hash_name", ["sha256", "sha384"])
def test_a_plain_document_has_the_lines_of_the_reference(members: dict[str, Any], line: str, hash_name: str) -> None:
    made = plain(odd(**members), hash_name)
    assert made == reference(odd(**members), hash_name)
    assert line in str(made)


HANDED_OVER = [
    odd(text=None),
    odd(text=[]),
    odd(text=1.5),
    odd(text=2**53),
    odd(text=[["a"]]),
    odd(text={"@value": "a"}),
    odd(text={"id": 7}),
    odd(text={"id": "relative"}),
    odd(text={"id": "_:b"}),
    odd(text={"id": "undefined-base://x/a"}),
    odd(text={"id": "pre:a"}),
    odd(text={"type": []}),
    odd(text={"type": {}}),
    odd(text={"type": [7]}),
    odd(text={"type": "Unknown"}),
    odd(text={"type": "keyword"}),
    odd(link="pre:a"),
    odd(link="relative"),
    odd(link=1.5),
    odd(word="relative"),
    odd(word="nothing"),
    odd(word="keyword"),
    odd(double="1"),
    odd(none="a"),
    odd(said="a"),
    odd(turned="a"),
    odd(row=["a"]),
    odd(back={"id": "urn:b"}),
    odd(keyword={"id": "urn:b", "text": "a"}),
    odd(nothing="a"),
    odd(unknown="a"),
    odd(**{"（": "a"}),
    odd(**{"https://odd.example/#ab": "c"}),
    odd(link=[{"id": "urn:b", "text": "c"}, {"id": "urn:b", "text": "d"}]),
    odd(link=[{"text": "c"}, {"text": "c"}]),
    odd(link=[{"text": str(number)} for number in range(40)]),
    odd(text=[str(number) for number in range(2001)]),
    {"@context": [ODD], "id": "urn:a"},
    {"@context": ODD, "id": "urn:a", "text": "a"},
    {"@context": [CONTEXT], "id": "urn:a", "text": "a"},
    {"@context": [], "id": "urn:a", "text": "a"},
    {"@context": ["https://unknown.example/"], "id": "urn:a", "text": "a"},
    {"@context": [BARE], "name": "a"},
    {"id": "urn:a", "text": "a"},
    schema_of({"a": 1}),
    presentation([credential()]),
]


@pytest.mark.parametrize("document", HANDED_OVER, ids=lambda value: json.dumps(value)[:60])
def test_whatever_is_not_plain_is_handed_over(document: dict[str, Any]) -> None:
    assert plain(document) is None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_document_that_loses_a_member_is_plain(case: Any) -> None:
    made = plain_nquads(without_proof(case.document), world.BASE, "sha256", ())
    if made is not None:
        assert made == reference(without_proof(case.document))
        assert respelled_member(without_proof(case.document)) is None


@pytest.mark.parametrize("content", [pytest.param(content, id=path) for path, content in world.publication().items()])
def test_what_the_register_signs_is_plain(content: bytes) -> None:
    document = without_proof(json.loads(content)) if content.startswith(b"{") else {}
    if isinstance(document.get("@context"), list):
        assert plain(document) == reference(document) is not None


def test_the_certificate_is_plain_also_with_its_members_in_another_order() -> None:
    document = without_proof(world.parsed(world.certificate()))
    turned = json.loads(json.dumps(document, sort_keys=True))
    assert list(turned) != list(document)
    assert plain(document) == plain(turned) == reference(document)


def of_types(*types: str) -> dict[str, Any]:
    return {**odd(text="a"), "type": list(types)}


def learned(document: dict[str, Any], *, is_ours: bool) -> tuple[int, int]:
    """Return how many kinds of nodes are remembered after `document` was read, and how many were learned so far."""
    made = plain_nquads(document, world.BASE, "sha256", EXTRA, is_ours=is_ours)
    assert made == reference(document) is not None
    contexts = plain_module._our_contexts if is_ours else plain_module._contexts
    info = contexts(tuple(document["@context"]), world.BASE, EXTRA).scope.func.cache_info()
    return info.currsize, info.misses


def test_what_was_not_used_for_long_is_forgotten_and_learned_again() -> None:
    """Whoever sends kinds of nodes without end makes nobody else slow for ever, and fills no memory."""
    kinds = [of_types(*kind) for kind in islice(product(("Odd", "Plain", "Scoped"), repeat=6), 300)]
    for kind in kinds:
        remembered, _ = learned(kind, is_ours=False)
        assert remembered <= 256
    _, before = learned(kinds[-1], is_ours=False)
    assert learned(kinds[-1], is_ours=False) == (256, before)
    assert learned(kinds[0], is_ours=False) == (256, before + 1)


def test_what_our_own_documents_taught_is_not_pushed_out_by_others() -> None:
    ours = without_proof(world.parsed(world.certificate()))
    before = learned(ours, is_ours=True)
    assert before[0] > 10
    for kind in islice(product(ours["type"], repeat=6), 300):
        assert plain({**ours, "type": list(kind)}) is not None
    assert learned(ours, is_ours=True) == before


def test_a_changed_document_has_another_form() -> None:
    document = without_proof(world.parsed(world.certificate()))
    for change in [
        ("validUntil", "2041-01-01T00:00:00Z"),
        ("name", DROP),
        ("credentialSubject/registration/grade", "AE"),
    ]:
        assert plain(changed(document, change)) not in {plain(document), None}


@pytest.mark.parametrize("place", ["issuer", "credentialSubject/achievement"])
def test_what_is_walked_once_for_all_certificates_has_a_name_or_is_handed_over(place: str) -> None:
    """The label of a nameless node depends on all others, so nothing is remembered of it."""
    document = without_proof(world.parsed(world.certificate()))
    assert plain_nquads(document, world.BASE, "sha256", EXTRA, is_ours=True) == reference(document)
    nameless = changed(document, (f"{place}/id", DROP))
    assert plain_nquads(nameless, world.BASE, "sha256", EXTRA, is_ours=True) is None
    assert plain(nameless) == reference(nameless) is not None


def test_a_document_over_credentials_v2_alone_is_plain() -> None:
    assert plain(credential(name="a")) == reference(credential(name="a")) is not None
    assert credential()["@context"] == [CREDENTIALS_V2]


SPACES = [character for character in map(chr, range(0x110000)) if character.isspace()]


@pytest.mark.parametrize("space", SPACES, ids=lambda space: f"U+{ord(space):04X}")
@pytest.mark.parametrize("place", ["id", "link", "type", "nested"])
def test_an_address_with_a_space_of_any_kind_loses_no_statement(space: str, place: str) -> None:
    """PyLD leaves out a statement whose subject or object has one, without a word."""
    address = f"urn:x:{space}y"
    members = {"link": {"link": address}, "nested": {"link": {"id": address, "text": "c"}}}.get(place, {place: address})
    document = odd(text="a", **members) if place != "id" else odd(text="a") | members
    assert plain(document) is None
    with pytest.raises(GraphError) as refusal:
        read_quads(document, world.BASE, EXTRA)
    assert refusal.value.code == "undefined_identifier"


def test_what_pyld_leaves_out_is_no_address_of_ours() -> None:
    for character in map(chr, range(0x110000)):
        address = f"urn:x:{character}"
        assert not is_address(address) or jsonld._is_absolute_iri(address), hex(ord(character))
