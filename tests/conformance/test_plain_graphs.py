"""Documents by the thousand: read without PyLD, by the reference, by pyoxigraph and by jsonld.js, one canonical form.

`make conformance` reads 10,000 of each kind (`DOCUMENTS`), the other runs fewer.
"""

import json
import os
import random
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from schemas.contexts import PUBLISHED, REGISTRATION_PATH, STATEMENTS_PATH, context_document
from schemas.strict_json import MalformedJsonError, parse
from tests.conformance.interop import run_canonize, why_unavailable
from tests.support import world
from tests.support.many_documents import documents
from tests.support.mutations import mutant
from tests.support.rdf import canonical_by_oxigraph, json_ld_by_oxigraph
from verifier.canonical import Graph
from verifier.documents import listed
from verifier.plain import plain_nquads
from verifier.rdf import GraphError, read_quads
from verifier.refusals import TooComplexError
from verifier.terms import respelled_member

DOCUMENTS = int(os.environ.get("DOCUMENTS", "200"))
CONTEXTS = {url: context_document(url, world.BASE) for url in PUBLISHED} | {
    world.BASE + path: context_document(world.BASE + path, world.BASE) for path in (REGISTRATION_PATH, STATEMENTS_PATH)
}


def reference(document: Any, hash_name: str = "sha256") -> str | None:
    """Return the canonical form by PyLD and our lines, with every refusal of safe mode, or None if it is refused."""
    try:
        return Graph(read_quads(document, world.BASE), hash_name).canonical()
    except (GraphError, TooComplexError):
        return None


def compare(given: Iterable[dict[str, Any]]) -> tuple[Counter[str], list[dict[str, Any]]]:
    """Read each document both ways; return what happened and the documents that needed no PyLD."""
    counts: Counter[str] = Counter()
    plain = []
    for number, document in enumerate(given):
        hash_name = "sha384" if number % 5 == 0 else "sha256"
        made = plain_nquads(document, world.BASE, hash_name, ())
        if made is None:
            counts["handed_over"] += 1
            continue
        counts["plain"] += 1
        is_equal = made == reference(document, hash_name) and respelled_member(document) is None
        counts["equal" if is_equal else "different"] += 1
        plain.append(document)
    return counts, plain


def has_single_types(value: Any) -> bool:
    """Tell whether no node has two types: of several, pyoxigraph 0.5.13 follows the context of one alone."""
    if isinstance(value, dict):
        return len(listed(value.get("type"))) < 2 and all(map(has_single_types, value.values()))
    return not isinstance(value, list) or all(map(has_single_types, value))


def test_many_documents(figures: list[str]) -> None:
    counts, plain = compare(islice(documents(random.Random(2026)), DOCUMENTS))
    for document in plain:
        ours = plain_nquads(document, world.BASE, "sha256", ())
        assert ours is not None
        scrambled = ox.parse(ours.replace("_:c14n", "_:x").encode(), format=ox.RdfFormat.N_QUADS)
        counts["pyoxigraph_labels_equal"] += canonical_by_oxigraph(scrambled) == ours
        if has_single_types({**document, "type": None}):
            context = [CONTEXTS[url]["@context"] for url in document["@context"]]
            counts["pyoxigraph_reads"] += 1
            counts["pyoxigraph_reads_equal"] += json_ld_by_oxigraph(document, context) == ours
    figures.append(f"plain graphs beside PyLD and pyoxigraph, {DOCUMENTS} documents: {dict(counts)}")
    assert counts["different"] == 0
    assert counts["plain"] == counts["pyoxigraph_labels_equal"] > DOCUMENTS // 2
    assert counts["pyoxigraph_reads"] == counts["pyoxigraph_reads_equal"] > 0


def as_specified(nquads: str) -> list[str]:
    """Return the lines of rdf-canonize 5.0.0, with the escapes of what is no Char of XML 1.1 that RDFC-1.0 5 demands.

    It also orders lines by UTF-16 unit (`performance.md` 4c), so only which lines there are is compared.
    """
    return nquads.replace("\ufffe", "\\uFFFE").replace("\uffff", "\\uFFFF").split("\n")


@pytest.mark.skipif(why_unavailable() is not None, reason=str(why_unavailable()))
def test_many_documents_beside_jsonld_js(tmp_path: Path, figures: list[str]) -> None:
    _, plain = compare(islice(documents(random.Random(2027)), DOCUMENTS))
    answers = run_canonize(CONTEXTS, plain, tmp_path)
    ours = [plain_nquads(document, world.BASE, "sha256", ()) for document in plain]
    pairs = [(str(one).split("\n"), as_specified(answer["nquads"])) for one, answer in zip(ours, answers, strict=True)]
    differing = [one for one, theirs in pairs if sorted(one) != sorted(theirs)]
    figures.append(f"plain graphs beside jsonld.js, {len(plain)} documents: different={len(differing)}")
    assert differing == []


def test_many_changed_documents(figures: list[str]) -> None:
    rng = random.Random(2028)

    def changed() -> Iterable[dict[str, Any]]:
        for document in documents(rng):
            _, content = mutant(rng, {**document, "proof": world.parsed(world.certificate())["proof"]})
            try:
                value = parse(content)
            except MalformedJsonError:
                continue
            if isinstance(value, dict):
                value.pop("proof", None)
                yield json.loads(json.dumps(value))

    counts, _ = compare(islice(changed(), DOCUMENTS))
    figures.append(f"plain graphs beside PyLD, {DOCUMENTS} changed documents: {dict(counts)}")
    assert counts["different"] == 0
    assert counts["plain"] > DOCUMENTS // 10
