"""Documents by the thousand: read without PyLD, by the reference, by pyoxigraph and by jsonld.js, one canonical form.

`make conformance` compares 10,000 of each kind (`DOCUMENTS`), the other runs fewer: so many as were read without PyLD,
however many must be drawn for that.
"""

import json
import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from schemas.contexts import NO_EXTRA, PUBLISHED, REGISTRATION_PATH, STATEMENTS_PATH, context_document
from schemas.strict_json import MalformedJsonError, parse
from tests.conformance.interop import run_canonize, why_unavailable
from tests.support import world
from tests.support.many_documents import documents, wild
from tests.support.mutations import mutant, places, same_reading
from tests.support.rdf import canonical_by_oxigraph, json_ld_by_oxigraph
from verifier.canonical import Graph
from verifier.cryptosuite import without_proof
from verifier.documents import listed
from verifier.plain import plain_nquads, repeated_id
from verifier.rdf import GraphError, read_quads
from verifier.refusals import TooComplexError
from verifier.terms import respelled_member

DOCUMENTS = int(os.environ.get("DOCUMENTS", "80"))
MOST_HANDED_OVER = 4
"""For each document that is read."""
CONTEXTS = {url: context_document(url, world.BASE) for url in PUBLISHED} | {
    world.BASE + path: context_document(world.BASE + path, world.BASE) for path in (REGISTRATION_PATH, STATEMENTS_PATH)
}
PROOFS = world.parsed(world.certificate())["proof"]
_BLANK = re.compile("(?:^|> )(_:c14n[0-9]+) ", re.MULTILINE)


def reference(document: Any, hash_name: str = "sha256") -> str | None:
    """Return the canonical form by PyLD and our lines, with every refusal of safe mode, or None if it is refused."""
    try:
        return Graph(read_quads(document, world.BASE, NO_EXTRA), hash_name).canonical()
    except (GraphError, TooComplexError):
        return None


def why(document: dict[str, Any]) -> str:
    """Tell what becomes of a document that is handed over."""
    try:
        read_quads(document, world.BASE, NO_EXTRA)
    except GraphError as error:
        return f"refused as {error.code}"
    except TooComplexError:
        return "refused as too complex"
    values = [at[key] for at, key in places(document)]
    if any(type(value) is float for value in values):
        return "a real number"
    arrays = [value for value in values if isinstance(value, list)]
    if any(repeated_id(array) is not None or any(isinstance(item, list) for item in array) for array in arrays):
        return "an array in another, or one node in two objects"
    return "nodes that look alike, or something else"


def drawn(given: Iterator[dict[str, Any]], wanted: int, counts: Counter[str]) -> Iterator[tuple[dict[str, Any], str]]:
    """Draw documents until so many needed no PyLD; give these with their lines, and count why the others did.

    Fails when many more are handed over that PyLD reads: a reader that hands over everything is a fault as well.
    """
    left = MOST_HANDED_OVER * wanted
    while counts["read"] < wanted:
        document = next(given)
        lines = plain_nquads(document, world.BASE, "sha256", ())
        if lines is not None:
            counts["read"] += 1
            yield document, lines
            continue
        reason = why(document)
        counts[f"handed over, {reason}"] += 1
        left -= not reason.startswith("refused")
        assert left >= 0, said(counts)


def is_as_by_reference(document: dict[str, Any], lines: str, number: int) -> bool:
    """Tell whether PyLD makes the same lines, one document in five also with SHA-384, and if nothing hides in it."""
    if number % 5 == 0 and plain_nquads(document, world.BASE, "sha384", ()) != reference(document, "sha384"):
        return False
    return lines == reference(document) and respelled_member(document) is None


def has_single_types(value: Any) -> bool:
    """Tell whether no node has two types: of several, pyoxigraph 0.5.13 follows the context of one alone."""
    if isinstance(value, dict):
        return len(listed(value.get("type"))) < 2 and all(map(has_single_types, value.values()))
    return not isinstance(value, list) or all(map(has_single_types, value))


def said(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))


def test_many_documents(figures: list[str]) -> None:
    counts, characters, contexts, blank = Counter[str](), set[str](), set[str](), Counter[int]()
    for number, (document, lines) in enumerate(drawn(documents(random.Random(2026)), DOCUMENTS, counts)):
        counts["equal to PyLD"] += is_as_by_reference(document, lines, number)
        scrambled = ox.parse(lines.replace("_:c14n", "_:x").encode(), format=ox.RdfFormat.N_QUADS)
        counts["labels equal to pyoxigraph"] += canonical_by_oxigraph(scrambled) == lines
        if has_single_types({**document, "type": None}):
            context = [CONTEXTS[url]["@context"] for url in document["@context"]]
            counts["also read by pyoxigraph"] += 1
            counts["equal to pyoxigraph"] += json_ld_by_oxigraph(document, context) == lines
        characters |= set(json.dumps(document, ensure_ascii=False))
        contexts.add(str(document["@context"]))
        blank[len(set(_BLANK.findall(lines)))] += 1
    figures.append(f"plain graphs beside PyLD and pyoxigraph: {said(counts)}")
    planes = {ord(character) >> 16 for character in characters}
    figures.append(f"plain graphs: {len(planes)} planes, {len(contexts)} sets of contexts, blank nodes {max(blank)}")
    assert counts["equal to PyLD"] == counts["labels equal to pyoxigraph"] == counts["read"] == DOCUMENTS
    assert counts["also read by pyoxigraph"] == counts["equal to pyoxigraph"] > DOCUMENTS // 10
    assert planes == set(range(17))
    assert min(blank) == 0
    assert max(blank) > 10


def test_wild_types_over_every_context_that_ships(figures: list[str]) -> None:
    counts, contexts = Counter[str](), set[str]()
    for number, (document, lines) in enumerate(drawn(wild(random.Random(2029)), DOCUMENTS // 10, counts)):
        counts["equal to PyLD"] += is_as_by_reference(document, lines, number)
        contexts.add(str(document["@context"]))
    figures.append(f"plain graphs of wild types, {len(contexts)} sets of contexts: {said(counts)}")
    assert counts["equal to PyLD"] == counts["read"] == DOCUMENTS // 10


def as_specified(nquads: str) -> str:
    """Return the graph that jsonld.js read, in the canonical form of pyoxigraph.

    rdf-canonize 5.0.0 writes what is no Char of XML 1.1 as it stands, where RDFC-1.0 5 demands an escape, and orders by
    UTF-16 unit (`performance.md` 4c): both also decide labels, since these come from hashed lines.
    """
    escaped = nquads.replace("\ufffe", "\\uFFFE").replace("\uffff", "\\uFFFF")
    return canonical_by_oxigraph(ox.parse(escaped.encode(), format=ox.RdfFormat.N_QUADS))


def is_written_alike(nquads: str) -> bool:
    """Tell whether nothing is in a graph that jsonld.js writes or orders otherwise, so that its labels must be ours."""
    high = {character for character in nquads if character >= "\ue000"}
    is_ordered_alike = max(high, default="") <= "\uffff" or min(high) > "\uffff"
    return is_ordered_alike and not high & {"\ufffe", "\uffff"}


@pytest.mark.skipif(why_unavailable() is not None, reason=str(why_unavailable()))
def test_many_documents_beside_jsonld_js(tmp_path: Path, figures: list[str]) -> None:
    counts = Counter[str]()
    waiting = drawn(documents(random.Random(2027)), DOCUMENTS, counts)
    while some := [*islice(waiting, 2_500)]:
        answers = run_canonize(CONTEXTS, [document for document, _ in some], tmp_path)
        for (_, lines), answer in zip(some, answers, strict=True):
            counts["equal to jsonld.js"] += lines == as_specified(answer["nquads"])
            has_its_labels = sorted(lines.split("\n")) == sorted(answer["nquads"].split("\n"))
            counts["with its labels"] += has_its_labels
            if is_written_alike(answer["nquads"]):
                counts["written alike"] += 1
                counts["then with its labels"] += has_its_labels
    figures.append(f"plain graphs beside jsonld.js: {said(counts)}")
    assert counts["equal to jsonld.js"] == counts["read"] == DOCUMENTS
    assert counts["written alike"] == counts["then with its labels"] > DOCUMENTS // 10


def changed_documents(rng: random.Random, originals: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give changed documents without end, and note the original of each."""
    for document in documents(rng):
        _, content = mutant(rng, {**document, "proof": PROOFS})
        try:
            value = parse(content)
        except MalformedJsonError:
            continue
        if isinstance(value, dict) and without_proof(value) != document:
            value.pop("proof", None)
            originals[:] = [document]
            yield value


def kept(document: dict[str, Any], original: dict[str, Any]) -> str | None:
    """Tell how a change preserves the meaning of a graph, or return None.

    Under the datatype of integers a number and its text are one literal; our own documents are closed by their schema.
    """
    if same_reading(document, original):
        return "preserved the meaning"
    as_texts = (json.loads(json.dumps(one), parse_int=str) for one in (document, original))
    return "preserved it, a number as its text" if same_reading(*as_texts) else None


def test_many_changed_documents(figures: list[str]) -> None:
    """Each is read as PyLD reads it, and makes the lines of its original only if it says the same."""
    counts, originals = Counter[str](), list[dict[str, Any]]()
    given = drawn(changed_documents(random.Random(2028), originals), DOCUMENTS, counts)
    for number, (document, lines) in enumerate(given):
        counts["equal to PyLD"] += is_as_by_reference(document, lines, number)
        if lines == plain_nquads(originals[0], world.BASE, "sha256", ()):
            counts[kept(document, originals[0]) or "accepted"] += 1
    figures.append(f"plain graphs of changed documents beside PyLD: {said(counts)}")
    assert counts["equal to PyLD"] == counts["read"] == DOCUMENTS
    assert counts["accepted"] == 0
