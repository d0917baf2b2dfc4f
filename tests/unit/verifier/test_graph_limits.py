"""Graphs that would keep a canonicalization busy are counted and refused before it begins (`threats.md` T03)."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from pyld.canon import URDNA2015
from pyld.identifier_issuer import IdentifierIssuer

from issuer.proofs import document_bytes
from tests.support import world
from tests.support.graphs import Document, badge, chain, clique, credential, names, unnamed
from tests.support.online import online
from tests.support.rdf import canonical_form, link, statement
from verifier.canonical import MOST_STEPS, Quad
from verifier.cryptosuite import DocumentHashes
from verifier.judge import judge
from verifier.rdf import canonical_nquads
from verifier.refusals import TooComplexError, VerifierError
from verifier.terms import check_all_terms_signed


@pytest.fixture
def labelled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each step of a canonicalization that PyLD carries out."""
    steps: list[str] = []

    def noted(owner: type, name: str) -> None:
        method: Callable[..., Any] = getattr(owner, name)

        def call(*arguments: Any, **options: Any) -> Any:
            steps.append(name)
            return method(*arguments, **options)

        monkeypatch.setattr(owner, name, call)

    noted(URDNA2015, "hash_n_degree_quads")
    noted(URDNA2015, "hash_related_blank_node")
    issue = IdentifierIssuer.get_id

    def issued(self: IdentifierIssuer, old: str | None = None) -> Any:
        if self.prefix == "_:c14n":
            steps.append("get_id")
        return issue(self, old)

    monkeypatch.setattr(IdentifierIssuer, "get_id", issued)
    return steps


POISON = [
    pytest.param(clique(8), "more than 4", id="threat_V06-clique-of-8"),
    pytest.param(clique(5), "more than 4", id="threat_V06-clique-of-5"),
    pytest.param(chain(40), "more than 32", id="threat_V07-chain-of-40"),
    pytest.param(chain(33), "more than 32", id="threat_V07-chain-of-33"),
    pytest.param(names(2_001), "more than 2000", id="threat_V07-2001-statements"),
    pytest.param(names(4_900), "more than 2000", id="threat_V07-as-many-members-as-a-document-may-have"),
    pytest.param(credential(name=["n"] * 4_000), "more than 2000", id="threat_V07-4000-times-the-same"),
    pytest.param(badge(allowedValue=["n"] * 1_000), "more than 2000", id="threat_V07-list-of-1000"),
]


@pytest.mark.parametrize(("document", "excess"), POISON)
def test_a_costly_graph_is_refused_before_it_is_labelled(document: Document, excess: str, labelled: list[str]) -> None:
    sources = online()
    judge(document_bytes(credential()), sources, now=world.NOW)
    labelled.clear()
    for ask in (
        lambda: judge(document_bytes(document), sources, now=world.NOW),
        lambda: canonical_nquads(document, world.BASE),
        lambda: check_all_terms_signed(document, world.BASE),
        lambda: DocumentHashes(document, world.BASE).of_document(True),
    ):
        with pytest.raises(TooComplexError, match=excess) as refusal:
            ask()
        assert isinstance(refusal.value, VerifierError)
        assert refusal.value.code == "document_too_complex"
    assert labelled == []


def test_the_counter_counts(labelled: list[str]) -> None:
    canonical_nquads(clique(4), world.BASE)
    assert set(labelled) == {"hash_n_degree_quads", "hash_related_blank_node", "get_id"}


AT_THE_LIMIT = [
    pytest.param(clique(4), id="clique of 4"),
    pytest.param(unnamed({number: list(range(number)) for number in range(32)}), id="32 nodes, each another"),
    pytest.param(names(2_000), id="2000 statements"),
]


@pytest.mark.parametrize("document", AT_THE_LIMIT)
def test_at_the_limit_a_graph_is_read(document: Document) -> None:
    assert 0 < canonical_nquads(document, world.BASE).count("\n") <= 2_000


@pytest.mark.parametrize("count", [4_000, 4_001])
def test_the_limit_of_statements_counts_so_many_times(count: int) -> None:
    """As where a trust list is signed; whoever reads it believes its text proofs."""
    hashes = DocumentHashes(names(count), world.BASE, times=2)
    if count <= 4_000:
        assert len(hashes.of_document(is_graph=True)) == 32
    else:
        with pytest.raises(TooComplexError, match="more than 4000 statements"):
            hashes.of_document(is_graph=True)


def numbered(count: int) -> list[Quad]:
    return [statement(str(number)) for number in range(count)]


def nodes(count: int) -> list[Quad]:
    return [statement(str(number), subject=f"_:n{number}") for number in range(count)]


def alike(count: int) -> list[Quad]:
    return [statement("x", subject=f"_:n{number}") for number in range(count)]


@pytest.mark.parametrize(("made", "most"), [(numbered, 2_000), (nodes, 32), (alike, 4)])
def test_both_sides_of_each_limit(made: Callable[[int], list[Quad]], most: int) -> None:
    assert canonical_form([*made(most), *made(most)]).count("\n") == most
    with pytest.raises(TooComplexError, match=f"more than {most} "):
        canonical_form(made(most + 1))


def four_in(graphs: int) -> list[Quad]:
    """Return four nodes of which each knows all others, said again in each of so many named graphs."""
    pairs = list(permutations(("_:a", "_:b", "_:c", "_:d"), 2))
    return [
        {**link(*pair), "name": {"type": "IRI", "value": f"urn:g{graph}"}} for pair in pairs for graph in range(graphs)
    ]


@pytest.mark.parametrize("graphs", [3, 100])
def test_few_nodes_in_many_graphs_are_too_hard_to_tell_apart(graphs: int, labelled: list[str]) -> None:
    """They pass every count, and 9 or 300 names would be tried in all their orders."""
    with pytest.raises(TooComplexError, match="too hard"):
        canonical_form(four_in(graphs))
    assert labelled.count("hash_n_degree_quads") < MOST_STEPS


def test_few_nodes_in_two_graphs_are_told_apart() -> None:
    assert canonical_form(four_in(2)).count("\n") == 24
