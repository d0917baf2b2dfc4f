"""Whatever a document says is in its graph, or the document is refused (`threats.md` T01)."""

import threading
from typing import Any

import pytest

from schemas.contexts import CREDENTIALS_V2
from tests.support import world
from tests.support.graphs import CASES, Case, Document, credential, presentation, schema_of, text
from verifier.checks import Result
from verifier.rdf import GraphError, canonical_nquads, read_quads
from verifier.terms import check_all_terms_signed

VOCABULARY = "https://www.w3.org/ns/credentials/examples/v2"
EXTRA = ((VOCABULARY, b'{"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}'),)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_what_the_graph_does_not_cover_is_refused(case: Case) -> None:
    found = check_all_terms_signed(case.document, world.BASE)
    assert (found.result, found.code) == (Result.PASS if case.ours is None else Result.FAIL, case.ours)
    if case.ours is None:
        assert canonical_nquads(case.document, world.BASE)


GRAPH_ALONE = [
    ("undefined member", "undefined_term"),
    ("bare address in a presentation", "unsigned_value"),
    ("bare node in a presentation", "unsigned_value"),
    ("text in a presentation", "unsigned_value"),
    ("blank node as member", "undefined_identifier"),
    ("member that ends its brackets", "undefined_identifier"),
    ("relative value type", "undefined_identifier"),
    ("blank node as value type", "not_json_ld"),
]


@pytest.mark.parametrize(("name", "code"), GRAPH_ALONE)
def test_the_graph_itself_refuses_it_too(name: str, code: str) -> None:
    document = next(case.document for case in CASES if case.name == name)
    with pytest.raises(GraphError) as refusal:
        canonical_nquads(document, world.BASE)
    assert refusal.value.code == code


JCS = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "verificationMethod": "did:example:issuer#key"}
RDFC = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022"}


@pytest.mark.parametrize(
    ("proof", "code"),
    [
        (RDFC, "unsigned_value"),
        ([RDFC, RDFC], "unsigned_value"),
        ({"type": "Ed25519Signature2020"}, "unsigned_value"),
        ("eddsa-jcs-2022", "unsigned_value"),
        (["eddsa-jcs-2022"], "unsigned_value"),
        (JCS, None),
        ([RDFC, {**JCS, "cryptosuite": "ecdsa-jcs-2019"}], None),
        ([RDFC, {**JCS, "verificationMethod": "did:example:stranger#key"}], "unsigned_value"),
        ({**JCS, "cryptosuite": ["eddsa-jcs-2022"]}, "unsigned_value"),
    ],
    ids=["graph", "twice", "older suite", "no proof", "no proofs", "text", "both", "text by a stranger", "a list"],
)
@pytest.mark.parametrize("empty", [None, []], ids=["null", "empty array"])
def test_only_a_proof_over_the_text_covers_what_says_nothing(proof: Any, code: str | None, empty: Any) -> None:
    assert check_all_terms_signed(credential(evidence=empty, proof=proof), world.BASE).code == code


def test_an_empty_proof_is_no_member_that_the_graph_should_cover() -> None:
    assert check_all_terms_signed(credential(proof=[]), world.BASE).code is None


def quads(document: Document) -> set[str]:
    return set(canonical_nquads(document, world.BASE).split("\n"))


def test_a_direction_is_signed() -> None:
    one, other = (quads(text(value="x", language="ar", direction=direction)) for direction in ("rtl", "ltr"))
    assert one ^ other == {
        f'<urn:c:1> <https://schema.org/name> "x"^^<https://www.w3.org/ns/i18n#ar_{end}> .' for end in ("rtl", "ltr")
    }


def test_a_json_literal_has_its_one_spelling() -> None:
    """RFC 8785, whose numbers are not those of the other literals."""
    spelled = '{\\"a\\":[1e+21,1e-7,0,0.1],\\"é\\":\\"\\\\u0000\\u007F\\"}'
    made = canonical_nquads(schema_of({"é": "\x00\x7f", "a": [1e21, 1e-7, -0.0, 0.1]}), world.BASE)
    assert f'"{spelled}"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>' in made


@pytest.mark.parametrize(
    ("number", "literal"),
    [
        (5, '"5"^^<{}integer>'),
        (5.0, '"5"^^<{}integer>'),
        (-0.0, '"0"^^<{}integer>'),
        (1e20, '"100000000000000000000"^^<{}integer>'),
        (1e21, '"1.0E21"^^<{}double>'),
        (1e-7, '"1.0E-7"^^<{}double>'),
        (0.1, '"1.0E-1"^^<{}double>'),
        (-2.5, '"-2.5E0"^^<{}double>'),
        (True, '"true"^^<{}boolean>'),
    ],
)
def test_a_number_has_its_canonical_form(number: Any, literal: str) -> None:
    """JSON-LD 1.1 API 8.6."""
    assert literal.format("http://www.w3.org/2001/XMLSchema#") in canonical_nquads(credential(name=number), world.BASE)


def test_labels_of_blank_nodes_are_not_signed_but_what_they_join_is() -> None:
    def joined(one: str, other: str) -> Document:
        return credential(credentialSubject={"id": one, "name": "x"}, evidence={"id": other})

    assert quads(joined("_:a", "_:a")) == quads(joined("_:zz", "_:zz")) != quads(joined("_:a", "_:b"))


def test_each_credential_of_a_presentation_is_in_its_own_graph() -> None:
    made = quads(presentation([credential(), credential(name="x")]))
    assert sum(line.endswith("_:c14n0 .") for line in made) != sum(line.endswith("_:c14n1 .") for line in made)


def test_an_extra_context_is_known_only_to_whom_it_was_given() -> None:
    document = {**credential(honour="x"), "@context": [CREDENTIALS_V2, VOCABULARY]}
    for _again in range(2):
        assert "examples#honour" in canonical_nquads(document, world.BASE, extra=EXTRA)
        assert check_all_terms_signed(document, world.BASE, EXTRA).code is None
        with pytest.raises(GraphError) as refusal:
            canonical_nquads(document, world.BASE)
        assert refusal.value.code == "unknown_context"


def test_an_extra_context_never_replaces_a_pinned_one() -> None:
    evil = ((CREDENTIALS_V2, b'{"@context": {"@vocab": "urn:evil:"}}'),)
    assert canonical_nquads(credential(), world.BASE, extra=evil) == canonical_nquads(credential(), world.BASE)


def test_many_threads_read_the_same_graph() -> None:
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(len(read_quads(credential(name="x"), world.BASE, ()))))
        for _number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [4] * 8
