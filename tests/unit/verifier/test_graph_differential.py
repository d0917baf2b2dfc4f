"""Small documents read by us and by pyoxigraph, which shares no code with ours: one canonical form."""

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.contexts import CREDENTIALS_V2, context_document
from tests.support import world
from tests.support.graphs import Document, credential, schema_of
from tests.support.rdf import json_ld_by_oxigraph
from verifier.rdf import canonical_nquads

CONTEXT = context_document(CREDENTIALS_V2, world.BASE)["@context"]
# Every plane and every control character, but surrogates: JSON with a lone one is refused where it is read.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
TAGGED = st.builds(
    lambda value, language: {"@value": value, "@language": language}, TEXT, st.sampled_from(["en", "zh-Hans", "X-A1"])
)
# Of fractions those that 16 digits tell exactly: pyoxigraph writes the shortest text, JSON-LD API 8.6 wants 16 digits.
NUMBER = st.one_of(
    st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.integers(-(2**30), 2**30).map(lambda number: number / 8)
)
VALUE = st.one_of(TEXT, TAGGED, NUMBER)
VALUES = st.one_of(VALUE, st.lists(VALUE, min_size=1, max_size=3))
IDS = st.sampled_from([{}, {}, {"id": "_:one"}, {"id": "_:two"}, {"id": "urn:例:1"}])
# Here pyoxigraph orders by code point, RFC 8785 by UTF-16: the same below the surrogates.
KEY = st.text(st.characters(max_codepoint=0xD7FF), max_size=4)
NODE = st.builds(
    lambda identity, members: {**identity, **members},
    IDS,
    st.dictionaries(st.sampled_from(["name", "description"]), VALUES, max_size=2),
)
LITERAL = st.recursive(
    st.one_of(st.none(), TEXT, NUMBER),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(KEY, inner, max_size=2)),
    max_leaves=5,
)
DOCUMENTS = st.one_of(
    st.builds(
        lambda name, subject, evidence: credential(name=name, credentialSubject=subject, evidence=evidence),
        VALUES,
        NODE,
        st.lists(NODE, min_size=1, max_size=4),
    ),
    st.builds(schema_of, LITERAL),
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(DOCUMENTS)
def test_two_implementations_give_one_canonical_form(document: Document) -> None:
    assert canonical_nquads(document, world.BASE) == json_ld_by_oxigraph(document, CONTEXT)
