"""A set of statements and its canonical N-Quads (RDFC-1.0), counted before a blank node is labelled.

The quads are PyLD's: `subject`, `predicate`, `object` and, in a named graph, `name`; each a `type` and a `value`,
a literal also its `datatype` and `language`. PyLD tells apart the blank nodes that look alike. Ours are the lines,
because PyLD leaves control characters as they are, and the limits (`threats.md` T03): a small document can keep any
canonicalization busy for hours.
"""

import hashlib
from collections.abc import Callable, Iterable
from math import factorial
from typing import Any

from pyld.canon import URDNA2015
from pyld.identifier_issuer import IdentifierIssuer

from verifier.refusals import TooComplexError

MOST_QUADS = 2_000
MOST_BLANK_NODES = 32
# How many blank nodes may share one hash of their own statements.
MOST_ALIKE = 4
# How many statements and orders may be looked at to tell such nodes apart: well under a second of work.
MOST_STEPS = 50_000

Quad = dict[str, dict[str, str]]

_PLACES = ("subject", "predicate", "object", "name")
_STRING = "http://www.w3.org/2001/XMLSchema#string"
# RDFC-1.0 5: these by their letters, all other control characters and what is no Char of XML 1.1 by \uXXXX.
_ESCAPES = {code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F, 0xFFFE, 0xFFFF)} | {
    ord(character): f"\\{letter}" for character, letter in zip('\b\t\n\f\r"\\', 'btnfr"\\', strict=True)
}


def require_at_most(limit: int, count: int, what: str) -> None:
    """Raise `TooComplexError` if there are more than `limit`."""
    if count > limit:
        raise TooComplexError(f"more than {limit} {what}")


def _line(quad: Quad, label: Callable[[str], str]) -> str:
    """Write one quad (RDFC-1.0 5), each blank node as `label` names it."""
    return " ".join([*(_term(quad[place], label) for place in _PLACES if place in quad), ".\n"])


def _term(term: dict[str, str], label: Callable[[str], str]) -> str:
    if term["type"] == "blank node":
        return label(term["value"])
    if term["type"] == "IRI":
        return f"<{term['value']}>"
    text = literal(term["value"])
    if "language" in term:
        return f"{text}@{term['language']}"
    return text if term["datatype"] == _STRING else f"{text}^^<{term['datatype']}>"


def literal(text: str) -> str:
    """Write a text between quotes (RDFC-1.0 5)."""
    return f'"{escaped(text)}"'


def escaped(text: str) -> str:
    """Write a text as it stands between the quotes. No other character that is escaped can be printed."""
    is_plain = text.isprintable() and '"' not in text and "\\" not in text
    return text if is_plain else text.translate(_ESCAPES)


class Graph(URDNA2015):  # type: ignore[misc]  # PyLD has no types
    """A set of statements within the limits, each of which counts once.

    Only "hash n-degree quads" is PyLD's: its first-degree hashes come from lines without escapes, and from a
    statement that names one node twice it reads two.
    """

    def __init__(self, quads: Iterable[Quad], hash_name: str = "sha256", *, times: int = 1) -> None:
        """Group the blank nodes by first-degree hash (RDFC-1.0 4.4.3 steps 2 and 3), made with `hash_name`.

        Raises `TooComplexError` over a limit; all but that of the steps count so many `times`.
        """
        super().__init__()
        self.quads = list({_line(quad, str): quad for quad in quads}.values())
        require_at_most(MOST_QUADS * times, len(self.quads), "statements")
        for quad in self.quads:
            for label in {term["value"] for term in quad.values() if term["type"] == "blank node"}:
                self.blank_node_info.setdefault(label, {"quads": []})["quads"].append(quad)
        require_at_most(MOST_BLANK_NODES * times, len(self.blank_node_info), "nodes without an id")
        self._hash_name, self._steps = hash_name, 0
        for label in self.blank_node_info:
            self.hash_to_blank_nodes.setdefault(self.hash_first_degree_quads(label), []).append(label)
        alike = max(map(len, self.hash_to_blank_nodes.values()), default=0)
        require_at_most(MOST_ALIKE * times, alike, "nodes without an id that look alike")

    def canonical(self) -> str:
        """Return the canonical N-Quads. Raises `TooComplexError` if blank nodes are too hard to tell apart."""
        labels = self.labels()
        return "".join(sorted(_line(quad, labels.__getitem__) for quad in self.quads))

    def labels(self) -> dict[str, str]:
        """Return the canonical label of each blank node (4.4.3 steps 4 and 5). Raises as `canonical` does."""
        known, groups = self.canonical_issuer, [group for _hash, group in sorted(self.hash_to_blank_nodes.items())]
        for label in [group[0] for group in groups if len(group) == 1]:
            known.get_id(label)
        for group in groups:
            results = [self._hash_n_degree(label) for label in group if not known.has_id(label)]
            for result in sorted(results, key=lambda found: str(found["hash"])):
                for label in result["issuer"].order:
                    known.get_id(label)
        return dict(known.existing)

    def _hash_n_degree(self, label: str) -> Any:
        issuer = IdentifierIssuer("_:b")
        issuer.get_id(label)
        return self.hash_n_degree_quads(label, issuer)

    def hash_first_degree_quads(self, id_: str) -> str:
        """Hash the statements about one node, in which it is `_:a` and every other `_:z` (4.6)."""
        node = self.blank_node_info[id_]
        if "hash" not in node:
            lines = sorted(_line(quad, lambda label: "_:a" if label == id_ else "_:z") for quad in node["quads"])
            node["hash"] = self.hash_nquads(lines)
        return str(node["hash"])

    def create_hash_to_related(self, id_: str, issuer: IdentifierIssuer) -> dict[str, list[str]]:
        """Group the nodes around one, and count in how many orders each group is about to be tried (4.8.3 step 5.4)."""
        related: dict[str, list[str]] = super().create_hash_to_related(id_, issuer)
        self._steps += len(self.blank_node_info[id_]["quads"]) + sum(factorial(len(one)) for one in related.values())
        if self._steps > MOST_STEPS:
            raise TooComplexError("nodes without an id are too hard to tell apart")
        return related

    def create_hash(self) -> Any:
        """Return the hash that this canonicalization uses, empty."""
        return hashlib.new(self._hash_name)
