"""RDF read by pyoxigraph, which shares no code with ours: N-Quads, JSON-LD and canonical forms."""

import json
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox

from verifier.canonical import Graph, Quad

_PLACES = ("subject", "predicate", "object")


def canonical_form(quads: Iterable[Quad], hash_name: str = "sha256") -> str:
    """Return what the verifier holds to be the canonical N-Quads of `quads`."""
    return Graph(quads, hash_name).canonical()


def quads_of(text: str) -> list[Quad]:
    """Read N-Quads, each blank node by its own label."""
    return [_quad(one) for one in ox.parse(text.encode(), format=ox.RdfFormat.N_QUADS, rename_blank_nodes=False)]


def canonical_by_oxigraph(quads: Iterable[ox.Quad]) -> str:
    """Return what pyoxigraph holds to be the canonical N-Quads of `quads`."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS).decode().split("\n")
    return "".join(sorted(f"{line}\n" for line in lines if line))


def json_ld_by_oxigraph(document: dict[str, Any], context: Any) -> str:
    """Return the canonical N-Quads of `document` as pyoxigraph reads it with `context`, the content of its contexts."""
    text = json.dumps({**document, "@context": context}).encode()
    return canonical_by_oxigraph(ox.parse(text, format=ox.RdfFormat.JSON_LD))


def statement(value: str, *, subject: str = "urn:s", predicate: str = "urn:p") -> Quad:
    """Return one statement with the plain text `value`; a subject that begins with `_:` is a blank node."""
    return {
        "subject": _name(subject),
        "predicate": _name(predicate),
        "object": {"type": "literal", "value": value, "datatype": "http://www.w3.org/2001/XMLSchema#string"},
    }


def link(subject: str, other: str, *, predicate: str = "urn:p") -> Quad:
    """Return one statement about two nodes; a name that begins with `_:` is a blank node."""
    return {"subject": _name(subject), "predicate": _name(predicate), "object": _name(other)}


def _name(value: str) -> dict[str, str]:
    return {"type": "blank node" if value.startswith("_:") else "IRI", "value": value}


def _quad(quad: ox.Quad) -> Quad:
    found = {place: _term(getattr(quad, place)) for place in _PLACES}
    graph = {} if isinstance(quad.graph_name, ox.DefaultGraph) else {"name": _term(quad.graph_name)}
    return found | graph


def _term(term: Any) -> dict[str, str]:
    if isinstance(term, ox.BlankNode):
        return _name(f"_:{term.value}")
    if isinstance(term, ox.NamedNode):
        return _name(term.value)
    literal = {"type": "literal", "value": term.value, "datatype": term.datatype.value}
    return literal | ({"language": term.language} if term.language else {})
