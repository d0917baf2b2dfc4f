"""The canonical N-Quads of a plain document, without JSON-LD processing per document (`performance.md` 4b).

PyLD says once what a context makes of a name, of a type and of a node below a name; documents are then walked with
those answers. Whatever is not plain (a value object, a container, an undefined or respelled term, a null, a relative or
compact address, one node in two objects, nodes without an id that look alike) is handed over to the reference, `rdf`,
which alone refuses.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pyld import jsonld

from schemas.contexts import ExtraContexts
from verifier.canonical import MOST_BLANK_NODES, MOST_QUADS, literal
from verifier.json_ld import PYLD, is_address, pyld_options

_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_EXACT_INTEGER = 2**53
_MOST_KNOWN = 1_000
_asked = jsonld.JsonLdProcessor.get_context_value

Statement = tuple[str, str, str]


class _NotPlainError(Exception):
    """The document needs the reference."""


class _Term:
    """What a name says in a scope: its property, and how its values are read."""

    __slots__ = ("active", "booleans", "integers", "predicate", "reads", "texts")

    def __init__(self, active: Any, inner: Any, name: str) -> None:
        """Read the name in `active`; its values are read in `inner`, the context that the name itself brings."""
        if is_respelled(name):
            raise _NotPlainError
        for one in (active, inner):
            mapping = one["mappings"].get(name)
            containers = {*jsonld.JsonLdProcessor.arrayify(_asked(one, name, "@container") or [])}
            if not mapping or mapping["reverse"] or not is_address(mapping["@id"]) or containers - {"@set"}:
                raise _NotPlainError
        coercion = _asked(inner, name, "@type")
        is_tagged = _asked(inner, name, "@language") is not None or _asked(inner, name, "@direction") is not None
        if is_tagged or coercion == f"{_XSD}double":
            raise _NotPlainError
        self.active, self.predicate = inner, f"<{active['mappings'][name]['@id']}>"
        self.reads = coercion if coercion in {None, "@id", "@vocab"} else "datatype"
        if self.reads == "datatype" and not is_address(coercion):
            raise _NotPlainError
        self.texts = "" if coercion == f"{_XSD}string" else f"^^<{coercion}>"
        self.booleans, self.integers = (
            self.texts if self.reads == "datatype" else f"^^<{_XSD}{kind}>" for kind in ("boolean", "integer")
        )


class _Scope:
    """An active context of PyLD, and what it made of the names met so far."""

    def __init__(self, contexts: "_Contexts", active: Any, typing: Any) -> None:
        self._contexts, self.active, self._typing = contexts, active, typing
        self.terms: dict[str, _Term] = {}
        self.classes: dict[str, str] = {}
        self.nested: dict[tuple[str, tuple[str, ...]], _Scope] = {}
        if any((active["mappings"].get(name) or {}).get("@id") != f"@{name}" for name in ("id", "type")):
            raise _NotPlainError

    def term(self, name: str) -> _Term:
        """Learn what `name` says here."""
        with PYLD:
            found = _Term(self.active, self._contexts.of_name(self.active, name), name)
        self._contexts.count()
        return self.terms.setdefault(name, found)

    def class_of(self, name: str) -> str:
        """Learn which class a type names here."""
        mapping = self._typing["mappings"].get(name)
        if not mapping or not is_address(mapping["@id"]):
            raise _NotPlainError
        self._contexts.count()
        return self.classes.setdefault(name, f"<{mapping['@id']}>")

    def below(self, term: _Term, name: str, types: tuple[str, ...]) -> "_Scope":
        """Learn how a node of these `types` below `name` is read."""
        with PYLD:
            found = _Scope(self._contexts, *self._contexts.of_node(term.active, name, types))
        self._contexts.count()
        return self.nested.setdefault((name, types), found)


class _Contexts:
    """PyLD, asked about the contexts of one kind of document, and the scope at its root for each array of types."""

    def __init__(self, urls: tuple[str, ...], base: str, extra: ExtraContexts) -> None:
        self._processor, self._options = (
            jsonld.JsonLdProcessor(),
            pyld_options(base, extra) | {"isFrame": False, "processingMode": "json-ld-1.1"},
        )
        initial = self._processor._get_initial_context(self._options)
        with PYLD:
            self._active = self._processor.process_context(initial, list(urls), self._options)
        self._known = 0
        self._roots: dict[tuple[str, ...], _Scope] = {}

    def count(self) -> None:
        """Count something that is about to be remembered. Raises `_NotPlainError` once it is too much."""
        self._known += 1
        if self._known > _MOST_KNOWN:
            raise _NotPlainError

    def root(self, types: tuple[str, ...]) -> _Scope:
        """Return how a document of these `types` is read."""
        if types in self._roots:
            return self._roots[types]
        with PYLD:
            found = _Scope(self, *self._typed(self._active, types))
        self.count()
        return self._roots.setdefault(types, found)

    def of_name(self, active: Any, name: str) -> Any:
        """Return the context in which the values of `name` are read (JSON-LD 1.1 API 5.1.2 step 13.7)."""
        local = _asked(active, name, "@context")
        return active if local is None else self._process(active, local, override_protected=True)

    def of_node(self, active: Any, name: str, types: tuple[str, ...]) -> tuple[Any, Any]:
        """Return the contexts in which a node below `name` and its types are read (5.1.2 steps 7 to 11)."""
        local = _asked(active, name, "@context")
        outer = active.get("previousContext", active)
        return self._typed(outer if local is None else self._process(outer, local, override_protected=True), types)

    def _typed(self, active: Any, types: tuple[str, ...]) -> tuple[Any, Any]:
        inner = active
        for name in sorted(types):
            local = _asked(active, name, "@context")
            if local is not None and local is not False:
                inner = self._process(inner, local, propagate=False)
        return inner, active

    def _process(self, active: Any, local: Any, **how: bool) -> Any:
        return self._processor._process_context(active, local, self._options, **how)


class _Walk:
    """The statements of one document."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.blank_nodes = 0

    def node(self, value: dict[str, Any], scope: _Scope, types: tuple[str, ...]) -> str:
        """Write the statements about a node; return how it is named in others."""
        subject = _address(value["id"], scope.active) if "id" in value else self._blank()
        add, terms = self.statements.append, scope.terms
        for name in types:
            add((subject, _TYPE, scope.classes.get(name) or scope.class_of(name)))
        for name, member in value.items():
            if name in {"id", "type"}:
                continue
            term = terms.get(name) or scope.term(name)
            items = member if type(member) is list else (member,)
            if not items or (len(items) > 1 and repeated_id(items) is not None):
                raise _NotPlainError
            for item in items:
                add((subject, term.predicate, self._object(item, name, term, scope)))
        return subject

    def _blank(self) -> str:
        self.blank_nodes += 1
        return f"_:c14n{self.blank_nodes - 1}"

    def _object(self, item: Any, name: str, term: _Term, scope: _Scope) -> str:
        kind = type(item)
        if kind is str:
            return literal(item) if term.reads is None else _text(item, term)
        if kind is dict:
            if item.keys() == {"id"}:
                return _address(item["id"], term.active)
            types = _types(item)
            return self.node(item, scope.nested.get((name, types)) or scope.below(term, name, types), types)
        if kind is bool:
            return f'"{str(item).lower()}"{term.booleans}'
        if kind is int and abs(item) < _EXACT_INTEGER:
            return f'"{item}"{term.integers}'
        raise _NotPlainError


def is_respelled(name: str) -> bool:
    """Tell whether a member may be a full address or a keyword, which readers of the JSON do not look for."""
    return ":" in name or name[:1] == "@"


def repeated_id(items: Sequence[Any]) -> int | None:
    """Return the position of the second object of one `id`, or None: it is one node, but JSON has two."""
    seen: set[str] = set()
    for index, item in enumerate(items):
        identifier = item.get("id") if isinstance(item, dict) else None
        if isinstance(identifier, str):
            if identifier in seen:
                return index
            seen.add(identifier)
    return None


def _types(value: dict[str, Any]) -> tuple[str, ...]:
    found = value.get("type", ())
    types = (found,) if type(found) is str else tuple(found) if type(found) is list and found else ()
    if ("type" in value) != bool(types) or not all(type(one) is str for one in types):
        raise _NotPlainError
    return types


def _text(text: str, term: _Term) -> str:
    """Write a text that is more than one: of a datatype, an address, or a term."""
    if term.reads == "datatype":
        return f"{literal(text)}{term.texts}"
    mappings = term.active["mappings"]
    is_term = term.reads == "@vocab" and text in mappings
    return _address((mappings[text] or {}).get("@id") if is_term else text, term.active)


def _address(text: Any, active: Any) -> str:
    """Write an absolute address that no context takes for a compact one."""
    if not is_address(text) or text.partition(":")[0] in active["mappings"]:
        raise _NotPlainError
    return f"<{text}>"


def _lines(walk: _Walk, hash_name: str) -> list[str]:
    statements = set(walk.statements)
    if not statements or len(walk.statements) > MOST_QUADS or walk.blank_nodes > MOST_BLANK_NODES:
        raise _NotPlainError
    if walk.blank_nodes > 1:
        labels = _labels(statements, walk.blank_nodes, hash_name)
        statements = {(labels.get(s, s), p, labels.get(o, o)) for s, p, o in statements}
    return sorted([f"{s} {p} {o} .\n" for s, p, o in statements])


def _labels(statements: set[Statement], count: int, hash_name: str) -> dict[str, str]:
    """Return the canonical label of each blank node, if their own statements tell them apart (RDFC-1.0 4.4.3)."""
    hashes: dict[str, str] = {}
    for node in [f"_:c14n{number}" for number in range(count)]:
        own = [one for one in statements if node in {one[0], one[2]}]
        lines = sorted(" ".join([*(_seen_from(node, term) for term in one), ".\n"]) for one in own)
        hashes[hashlib.new(hash_name, "".join(lines).encode()).hexdigest()] = node
    if len(hashes) < count:
        raise _NotPlainError
    return {node: f"_:c14n{number}" for number, (_, node) in enumerate(sorted(hashes.items()))}


def _seen_from(node: str, term: str) -> str:
    return ("_:a" if term == node else "_:z") if term.startswith("_:") else term


@lru_cache(maxsize=32)
def _contexts(urls: tuple[str, ...], base: str, extra: ExtraContexts) -> _Contexts:
    return _Contexts(urls, base, extra)


def plain_nquads(document: dict[str, Any], base: str, hash_name: str, extra: ExtraContexts) -> str | None:
    """Return the canonical N-Quads of a plain `document`, or None if the reference must read it."""
    urls = document.get("@context")
    if type(urls) is not list or not all(type(url) is str for url in urls):
        return None
    walk, value = _Walk(), {name: member for name, member in document.items() if name != "@context"}
    try:
        types = _types(document)
        walk.node(value, _contexts(tuple(urls), base, extra).root(types), types)
        return "".join(_lines(walk, hash_name))
    except (_NotPlainError, jsonld.JsonLdError, ValueError, TypeError, KeyError, AttributeError, RuntimeError):
        return None
