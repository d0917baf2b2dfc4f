"""JSON-LD to statements and their canonical N-Quads, over PyLD made safe.

PyLD silently drops undefined terms, resolves relative addresses against a default base, and writes addresses and
languages into a line as they stand. So each document is stopped between expansion and graph (`credential.md` 3,
`threats.md` 0.3 and T01) if anything in it
- has no place in the graph: an undefined term or type, a blank node as property, a bare id in a graph;
- has not one meaning: a relative or ill-formed address, a language that is none, a direction of what is no text;
- is too much (T03).
A null and an empty array have no place in the graph either; `terms` judges whether that matters, and refuses every
keyword in the place of a member (`@graph`, `@included`, `@index`), of which PyLD may drop parts unseen.
"""

import os
import re
from typing import Any

import rfc8785
from pyld import jsonld

from schemas.contexts import NO_EXTRA, ExtraContexts, UnknownContextError
from verifier.canonical import MOST_QUADS, Graph, Quad, require_at_most
from verifier.json_ld import PYLD, is_address, pyld_options
from verifier.plain import plain_nquads

_BLANK_NODE = re.compile(r"_:[^\s<>]+")
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
IS_PLAIN_READ = os.environ.get("CSE_FAST_GRAPHS", "on") != "off"
"""Off: PyLD reads every document, should a difference ever be found (`docs/operating.md`)."""
plain_form = plain_nquads if IS_PLAIN_READ else lambda *_, **__: None
"""Return the canonical N-Quads of a plain document, in which all of it is, or None if PyLD must read it."""
_JSON = "http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON"


class GraphError(ValueError):
    """The document is not fully mapped to a graph, so a proof over the graph would not cover all of it."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the finding `code` beside the sentence."""
        super().__init__(message)
        self.code = code


def read_quads(
    document: dict[str, Any], base: str, extra: ExtraContexts, *, allows_nothings: bool = False, times: int = 1
) -> list[Quad]:
    """Return the statements of `document`, with the contexts of the deployment at `base` and the `extra` ones.

    Raises `GraphError` if any part of the document has no place in them, or not one meaning, and `TooComplexError` if
    they are too many: the limit counts so many `times`. A null or an empty array has a place if `allows_nothings`.
    """
    processor = _Processor()
    processor.times = times
    try:
        with PYLD:
            dataset = processor.to_rdf(document, pyld_options(base, extra))
    except GraphError:
        raise
    except (jsonld.JsonLdError, ValueError, TypeError, KeyError, AttributeError, RuntimeError) as error:
        code = "unknown_context" if _is_of_unknown_context(error) else "not_json_ld"
        raise GraphError(code, "the document cannot be read as JSON-LD") from error
    if not allows_nothings and _nothings(document) != processor.covered:
        raise GraphError("unsigned_value", "a null or an empty array is in no statement")
    quads = [triple | _graph_name(name) for name, triples in dataset.items() for triple in triples]
    if not quads:
        raise GraphError("not_json_ld", "the document says nothing")
    return quads


def canonical_nquads(
    document: dict[str, Any], base: str, hash_name: str = "sha256", extra: ExtraContexts = NO_EXTRA, *, times: int = 1
) -> str:
    """Return the canonical N-Quads of `document`, nothings in it or not, labelled with the hash `hash_name`.

    Raises as `read_quads` does, and `TooComplexError` if their canonical form is too much to ask.
    """
    plain = plain_form(document, base, hash_name, extra)
    return plain if plain is not None else reference_nquads(document, base, hash_name, extra, times=times)


def reference_nquads(
    document: dict[str, Any], base: str, hash_name: str = "sha256", extra: ExtraContexts = NO_EXTRA, *, times: int = 1
) -> str:
    """Return what `canonical_nquads` returns, read by PyLD whatever the document."""
    quads = read_quads(document, base, extra, allows_nothings=True, times=times)
    return Graph(quads, hash_name, times=times).canonical()


def _graph_name(name: str) -> Quad:
    kind = "blank node" if name.startswith("_:") else "IRI"
    return {} if name == "@default" else {"name": {"type": kind, "value": name}}


def _is_of_unknown_context(error: BaseException | None) -> bool:
    """Tell whether the loader was asked for a context that is not pinned; PyLD wraps what it raises."""
    return error is not None and (isinstance(error, UnknownContextError) or _is_of_unknown_context(error.__cause__))


class _Processor(jsonld.JsonLdProcessor):  # type: ignore[misc]  # PyLD has no types
    """PyLD, stopped between expansion and graph if a part of the document is about to be lost."""

    # How many nulls and empty arrays are in the graph after all.
    covered: int
    # How often the limit counts.
    times = 1

    def expand(self, input_: Any, options: dict[str, Any]) -> Any:
        """Return the expanded form of the document, looked through. Raises `GraphError` and `TooComplexError`."""
        dropped: list[str | None] = []
        self.on_property_dropped = dropped.append
        expanded = super().expand(input_, options)
        if dropped:
            raise GraphError("undefined_term", f"the member {str(dropped[0])[:60]!r} is not defined by any context")
        self.covered = _look_through(expanded, MOST_QUADS * self.times)
        return expanded


def _look_through(expanded: Any, most: int) -> int:
    """Check every node and value, and give JSON literals their one spelling; return the nothings that are covered.

    PyLD compares each value of a property with all others, so statements are counted here first, before any is
    found to be the same as another.
    """
    waiting, statements, covered = [expanded], 0, 0
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif "@value" in item:
            covered += _check_value(item)
        else:
            _check_node(item)
            covered += item.get("@list") == []
            statements += sum(_weight(key) * len(members) for key, members in item.items() if isinstance(members, list))
            waiting.extend(members for key, members in item.items() if key not in {"@id", "@type"})
        require_at_most(most, statements, "statements")
    return covered


def _weight(key: str) -> int:
    """Return how many statements each member of an expanded node makes under `key`; `@graph` and the like make none."""
    return {"@type": 1, "@list": 2}.get(key, 0 if key.startswith("@") else 1)


def _check_value(value: dict[str, Any]) -> int:
    datatype, text = value.get("@type"), value["@value"]
    if "@direction" in value and not isinstance(text, str):
        raise GraphError("not_json_ld", "only a text has a direction")
    if "@language" in value and not _LANGUAGE.fullmatch(value["@language"]):
        raise GraphError("not_json_ld", "a language is no language tag")
    if datatype == "@json":
        value |= {"@type": _JSON, "@value": rfc8785.dumps(text).decode("utf-8")}
        return _nothings(text)
    if datatype is not None:
        _check_address(datatype)
    return 0


def _check_node(node: dict[str, Any]) -> None:
    named = [node["@id"]] if "@id" in node else []
    for identifier in [*named, *node.get("@type", [])]:
        if not (isinstance(identifier, str) and _BLANK_NODE.fullmatch(identifier)):
            _check_address(identifier)
    for key in (key for key in node if not key.startswith("@")):
        _check_address(key)
    # PyLD keeps in a graph what makes no statement there.
    if any(set(one) <= {"@id"} or "@value" in one or "@list" in one for one in node.get("@graph", [])):
        raise GraphError("unsigned_value", "a member of a graph is in no statement")


def _check_address(address: object) -> None:
    # Both must hold: ours tells what a line can hold, PyLD's what it leaves out without a word.
    if not (is_address(address) and jsonld._is_absolute_iri(address)):
        raise GraphError("undefined_identifier", "an id, type or property is not an absolute address")


def _nothings(value: Any) -> int:
    """Count the nulls and empty arrays of `value`, but those of its contexts."""
    if isinstance(value, dict):
        return sum(_nothings(member) for name, member in value.items() if name != "@context")
    if isinstance(value, list) and value:
        return sum(map(_nothings, value))
    return int(value is None or value == [])
