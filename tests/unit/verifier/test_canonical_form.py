"""Canonical N-Quads: every character in its one spelling, each statement once, in the order of code points."""

import sys
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from tests.support.rdf import canonical_by_oxigraph, canonical_form, link, statement
from verifier.canonical import Quad

WITH_LETTERS = {"\b": "b", "\t": "t", "\n": "n", "\f": "f", "\r": "r", '"': '"', "\\": "\\"}
AS_NUMBERS = {*map(chr, range(0x20)), "\x7f", "\ufffe", "\uffff"} - set(WITH_LETTERS)


def scalars() -> Iterator[str]:
    """Give every Unicode scalar value, 4,096 in each text."""
    for start in range(0, sys.maxunicode + 1, 4096):
        yield "".join(chr(code) for code in range(start, start + 4096) if not 0xD800 <= code < 0xE000)


def spelled(character: str) -> str:
    """Spell one character as the table of RDFC-1.0 5 does."""
    if character in WITH_LETTERS:
        return "\\" + WITH_LETTERS[character]
    return f"\\u{ord(character):04X}" if character in AS_NUMBERS else character


def test_every_unicode_scalar_has_the_spelling_of_the_table() -> None:
    texts = [text for text in scalars() if text]
    made = canonical_form([statement(text) for text in texts])
    assert made == "".join(sorted(f'<urn:s> <urn:p> "{"".join(map(spelled, text))}" .\n' for text in texts))
    assert len("".join(texts)) == 0x110000 - 0x800


def test_every_unicode_scalar_is_spelled_as_pyoxigraph_spells_it() -> None:
    texts = [text for text in scalars() if text]
    theirs = [ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal(text)) for text in texts]
    assert canonical_form([statement(text) for text in texts]) == canonical_by_oxigraph(theirs)


def test_lines_are_ordered_by_code_points() -> None:
    made = canonical_form([statement("\U00020bb7"), statement("\uff08"), statement("a")])
    assert [line[17] for line in made.split("\n") if line] == ["a", "\uff08", "\U00020bb7"]


def test_a_statement_counts_once() -> None:
    twice = [link("_:a", "_:b"), statement("x", subject="_:b"), link("_:a", "_:b")]
    assert canonical_form(twice) == canonical_form(twice[:2])
    assert canonical_form(twice).count("\n") == 2


def test_a_node_that_knows_itself_has_one_statement() -> None:
    """Read twice, it would come after another node: the order of the hashes decides who is c14n0."""
    quads = [link("_:a", "_:a"), *(link(f"_:b{n}", f"urn:{n}") for n in range(8))]
    theirs = [
        ox.Quad(*(ox.BlankNode(name[2:]) if name.startswith("_:") else ox.NamedNode(name) for name in names))
        for names in (tuple(quad[place]["value"] for place in ("subject", "predicate", "object")) for quad in quads)
    ]
    assert canonical_form(quads) == canonical_by_oxigraph(theirs)


@pytest.mark.parametrize(
    ("term", "written"),
    [
        ({"type": "IRI", "value": "urn:o"}, "<urn:o>"),
        ({"type": "literal", "value": "x", "datatype": "urn:t"}, '"x"^^<urn:t>'),
        ({"type": "literal", "value": "x", "datatype": "urn:lang", "language": "en"}, '"x"@en'),
        ({"type": "blank node", "value": "_:any"}, "_:c14n0"),
        ({"type": "blank node", "value": "_:c14n7"}, "_:c14n0"),
    ],
    ids=["address", "typed", "with a language", "blank node", "blank node that has a canonical label already"],
)
def test_each_kind_of_term_is_written_its_own_way(term: dict[str, str], written: str) -> None:
    quad: Quad = {**link("urn:s", "urn:o"), "object": term}
    assert canonical_form([quad]) == f"<urn:s> <urn:p> {written} .\n"
    named = {**quad, "name": {"type": "IRI", "value": "urn:g"}}
    assert canonical_form([named]) == f"<urn:s> <urn:p> {written} <urn:g> .\n"


def test_the_hash_of_the_labels_is_the_one_that_was_asked_for() -> None:
    quads = [statement(str(number), subject=f"_:n{number}") for number in range(6)]
    by_hash = {name: canonical_form(quads, name) for name in ("sha256", "sha384")}
    assert canonical_form(quads) == by_hash["sha256"] != by_hash["sha384"]


def test_nothing_has_the_empty_form() -> None:
    assert canonical_form([]) == ""
