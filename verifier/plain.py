"""The canonical N-Quads of a plain document, without JSON-LD processing per document (`performance.md` 4b).

PyLD says once what a context makes of a name, of a type and of a node below a name; documents are then walked with
those answers. Whatever is not plain (a value object, a container, an undefined or respelled term, a null, a relative or
compact address, one node in two objects, nodes without an id that look alike) is handed over to the reference, `rdf`,
which alone refuses.
"""

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from operator import eq
from typing import Any

import orjson
from pyld import jsonld

from schemas.contexts import ExtraContexts
from verifier.canonical import MOST_BLANK_NODES, MOST_QUADS, escaped
from verifier.json_ld import PYLD, is_address, pyld_options

_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_EXACT_INTEGER = 2**53
_MOST_KNOWN = 256
# Members that are the same in every certificate of a kind.
_SHARED = frozenset({"issuer", "achievement"})
_asked = jsonld.JsonLdProcessor.get_context_value


class _NotPlainError(Exception):
    """The document needs the reference."""


class _Term:
    """What a name says in a scope: its property, and how its values are read and written."""

    __slots__ = ("active", "booleans", "integers", "link", "name", "predicate", "texts")

    def __init__(self, active: Any, inner: Any, name: str) -> None:
        """Read the name in `active`; its values are read in `inner`, the context that the name itself brings."""
        # Names are ASCII, so that `jcs_bytes` may leave out its look at a plain document.
        if is_respelled(name) or not name.isascii():
            raise _NotPlainError
        for one in (active, inner):
            mapping = one["mappings"].get(name)
            containers = {*jsonld.JsonLdProcessor.arrayify(_asked(one, name, "@container") or [])}
            if not mapping or mapping["reverse"] or not is_address(mapping["@id"]) or containers - {"@set"}:
                raise _NotPlainError
        coercion = _asked(inner, name, "@type")
        is_tagged = _asked(inner, name, "@language") is not None or _asked(inner, name, "@direction") is not None
        is_typed = coercion not in {None, "@id", "@vocab"}
        if is_tagged or coercion == f"{_XSD}double" or (is_typed and not is_address(coercion)):
            raise _NotPlainError
        self.active, self.name, self.predicate = inner, name, f" <{active['mappings'][name]['@id']}> "
        self.link = None if is_typed else coercion
        self.texts, self.booleans, self.integers = (
            f'"^^<{coercion if is_typed else plain}> .\n'.replace(f"^^<{_XSD}string>", "")
            for plain in (f"{_XSD}string", f"{_XSD}boolean", f"{_XSD}integer")
        )


class _Scope:
    """An active context of PyLD for nodes of some types, and what it made of the names met so far."""

    __slots__ = ("active", "classes", "contexts", "terms")

    def __init__(self, contexts: "_Contexts", active: Any, typing: Any, types: tuple[str, ...]) -> None:
        """Read names in `active`, and the `types` themselves in `typing`."""
        classes = [typing["mappings"].get(name) for name in types]
        if any((active["mappings"].get(name) or {}).get("@id") != f"@{name}" for name in ("id", "type")):
            raise _NotPlainError
        if not all(mapping and is_address(mapping["@id"]) for mapping in classes):
            raise _NotPlainError
        self.contexts, self.active, self.terms = contexts, active, dict[str, _Term]()
        self.classes = [f" {_TYPE} <{mapping['@id']}> .\n" for mapping in classes]

    def term(self, name: str) -> _Term:
        """Learn what `name` says here: there are as many as the context defines."""
        with PYLD:
            found = _Term(self.active, self.contexts.of_name(self.active, name), name)
        return self.terms.setdefault(name, found)


class _Contexts:
    """PyLD, asked about the contexts of one kind of document."""

    def __init__(self, scopes: Callable[..., _Scope], urls: tuple[str, ...], base: str, extra: ExtraContexts) -> None:
        self._processor = jsonld.JsonLdProcessor()
        self._options = pyld_options(base, extra) | {"isFrame": False, "processingMode": "json-ld-1.1"}
        initial = self._processor._get_initial_context(self._options)
        with PYLD:
            self._active = self._processor.process_context(initial, list(urls), self._options)
        self.scope = partial(scopes, self)

    def of_name(self, active: Any, name: str) -> Any:
        """Return the context in which the values of `name` are read (JSON-LD 1.1 API 5.1.2 step 13.7)."""
        local = _asked(active, name, "@context")
        return active if local is None else self._process(active, local, override_protected=True)

    def of_node(self, term: _Term | None, types: tuple[str, ...]) -> tuple[Any, Any]:
        """Return the contexts in which a node below `term`, or at the root, and its types are read (steps 7 to 11)."""
        if term is None:
            return self._typed(self._active, types)
        local = _asked(term.active, term.name, "@context")
        outer = term.active.get("previousContext", term.active)
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


def _learn(contexts: _Contexts, term: _Term | None, types: tuple[str, ...]) -> _Scope:
    if not all(type(one) is str for one in types):
        raise _NotPlainError
    with PYLD:
        return _Scope(contexts, *contexts.of_node(term, types), types)


class _Walk:
    """The lines of one document, each blank node by the number at which it was met."""

    def __init__(self, shared: frozenset[str] = frozenset()) -> None:
        self.lines: list[str] = []
        self.blank_nodes, self._shared = 0, shared

    def node(self, value: dict[str, Any], scope: _Scope) -> str:
        """Write the lines about a node; return how it is named in others."""
        subject = _address(value["id"], scope.active) if "id" in value else self._blank()
        add, terms = self.lines.append, scope.terms
        for ending in scope.classes:
            add(subject + ending)
        for name, member in value.items():
            if name == "id" or name == "type":
                continue
            term = terms.get(name) or scope.term(name)
            if type(member) is str and term.link is None:
                add(f'{subject}{term.predicate}"{escaped(member)}{term.texts}')
                continue
            items = member if type(member) is list else (member,)
            if not items or (len(items) > 1 and repeated_id(items) is not None):
                raise _NotPlainError
            begins = subject + term.predicate
            for item in items:
                add(begins + self._object(item, term, scope))
        return subject

    def _blank(self) -> str:
        self.blank_nodes += 1
        return f"_:c14n{self.blank_nodes - 1}"

    def _object(self, item: Any, term: _Term, scope: _Scope) -> str:
        kind = type(item)
        if kind is str:
            return f'"{escaped(item)}{term.texts}' if term.link is None else f"{_link(item, term)} .\n"
        if kind is dict:
            if len(item) == 1 and "id" in item:
                return f"{_address(item['id'], term.active)} .\n"
            inner = scope.contexts.scope(term, _types(item))
            if term.name not in self._shared:
                return f"{self.node(item, inner)} .\n"
            subject, lines = _written(orjson.dumps(item), inner)
            self.lines += lines
            return f"{subject} .\n"
        if kind is bool:
            return f'"{str(item).lower()}{term.booleans}'
        if kind is int and abs(item) < _EXACT_INTEGER:
            return f'"{item}{term.integers}'
        raise _NotPlainError


@lru_cache(maxsize=64)
def _written(text: bytes, scope: _Scope) -> tuple[str, list[str]]:
    """Return how a node is named, given as JSON, and its lines: all that they depend on but for labels, so it has none.

    Members that are the same in every certificate of a kind are walked once.
    """
    walk = _Walk()
    subject = walk.node(orjson.loads(text), scope)
    if walk.blank_nodes:
        raise _NotPlainError
    return subject, walk.lines


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
    found = value.get("type")
    if type(found) is str:
        return (found,)
    if ("type" in value) != bool(found) or type(found) not in {list, type(None)}:
        raise _NotPlainError
    return tuple(found or ())


def _link(text: str, term: _Term) -> str:
    """Write a text that is an address, or a term that stands for one."""
    mappings = term.active["mappings"]
    is_term = term.link == "@vocab" and text in mappings
    return _address((mappings[text] or {}).get("@id") if is_term else text, term.active)


def _address(text: Any, active: Any) -> str:
    """Write an absolute address that no context takes for a compact one."""
    if not is_address(text) or text.partition(":")[0] in active["mappings"]:
        raise _NotPlainError
    return f"<{text}>"


def _lines(walk: _Walk, hash_name: str, most: int) -> list[str]:
    if not 0 < len(walk.lines) <= most or walk.blank_nodes > MOST_BLANK_NODES:
        raise _NotPlainError
    lines = sorted(walk.lines)
    if True in map(eq, lines, lines[1:]):
        lines = sorted({*lines})
    if walk.blank_nodes < 2:
        return lines
    # Neither a subject nor a property has a space.
    statements = [tuple(line[:-3].split(" ", 2)) for line in lines]
    labels = _labels(statements, walk.blank_nodes, hash_name)
    return sorted([f"{labels.get(s, s)} {p} {labels.get(o, o)} .\n" for s, p, o in statements])


def _labels(statements: list[tuple[str, ...]], count: int, hash_name: str) -> dict[str, str]:
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


# Contexts by their addresses, and in each what a node of some types below a name is: all that either depends on. What
# was used longest ago is forgotten first. What satisfies our closed schema teaches few things, which are kept apart, so
# that nobody else's documents push them out.
_our_contexts, _contexts = (lru_cache(32)(partial(_Contexts, lru_cache(_MOST_KNOWN)(_learn))) for _ in range(2))


def plain_nquads(
    document: dict[str, Any], base: str, hash_name: str, extra: ExtraContexts, *, is_ours: bool = False, times: int = 1
) -> str | None:
    """Return the canonical N-Quads of a plain `document`, or None if the reference must read it.

    One that is ours satisfies our closed schema. The limit of its statements counts so many `times`.
    """
    urls = document.get("@context")
    if type(urls) is not list or not all(type(url) is str for url in urls):
        return None
    walk, value = (
        _Walk(_SHARED if is_ours else frozenset()),
        {name: member for name, member in document.items() if name != "@context"},
    )
    try:
        contexts = (_our_contexts if is_ours else _contexts)(tuple(urls), base, extra)
        walk.node(value, contexts.scope(None, _types(document)))
        return "".join(_lines(walk, hash_name, MOST_QUADS * times))
    except (_NotPlainError, jsonld.JsonLdError, ValueError, TypeError, KeyError, AttributeError, RuntimeError):
        return None
