"""Certificates from templates by the thousand: builder, reader, PyLD, rfc8785 and jsonld.js make the same of each.

`make conformance` makes 10,000 (`DOCUMENTS`), the other runs fewer.
"""

import hashlib
import json
import random
from collections import Counter
from itertools import islice
from pathlib import Path

import pyoxigraph as ox
import pytest
import rfc8785

from issuer.build import unsigned_certificate
from issuer.proofs import document_bytes
from issuer.template import drafted, kind_of
from tests.conformance.interop import run_canonize, why_unavailable
from tests.conformance.test_plain_graphs import CONTEXTS, DOCUMENTS, as_specified, said
from tests.support import world
from tests.support.many_documents import presentable
from tests.support.rdf import canonical_by_oxigraph
from verifier.plain import plain_nquads
from verifier.rdf import reference_nquads


def test_many_certificates_from_templates(figures: list[str]) -> None:
    rng, counts, kinds, characters = random.Random(2030), Counter[str](), set[object](), set[str]()
    for _ in range(DOCUMENTS):
        profile = presentable(rng)
        draft, document = drafted(profile), unsigned_certificate(profile)
        lines = reference_nquads(document, world.BASE)
        text = hashlib.sha256(rfc8785.dumps(document)).digest()
        scrambled = ox.parse(lines.encode(), format=ox.RdfFormat.N_QUADS)
        counts["text equal to the builder"] += draft.text == document_bytes(document)
        counts["graph equal to PyLD"] += draft.hashes.of_document(True) == hashlib.sha256(lines.encode()).digest()
        counts["JCS equal to rfc8785"] += draft.hashes.of_document(False) == text
        counts["equal to the reader of plain documents"] += plain_nquads(document, world.BASE, "sha256", ()) == lines
        counts["labels equal to pyoxigraph"] += canonical_by_oxigraph(scrambled) == lines
        kinds.add(kind_of(profile))
        characters |= set(draft.text.decode())
    planes = {ord(character) >> 16 for character in characters}
    figures.append(f"templates, {DOCUMENTS:,} certificates of {len(kinds)} kinds, {len(planes)} planes: {said(counts)}")
    assert set(counts.values()) == {DOCUMENTS}
    assert planes == set(range(17))
    assert characters >= {'"', "\\", "%", "{", "\U0010ffff"}


@pytest.mark.skipif(why_unavailable() is not None, reason=str(why_unavailable()))
def test_many_certificates_from_templates_beside_jsonld_js(tmp_path: Path, figures: list[str]) -> None:
    rng, equal = random.Random(2031), 0
    drafts = (drafted(presentable(rng)) for _ in range(DOCUMENTS))
    while some := [*islice(drafts, 2_500)]:
        answers = run_canonize(CONTEXTS, [json.loads(draft.text) for draft in some], tmp_path)
        for draft, answer in zip(some, answers, strict=True):
            lines = as_specified(answer["nquads"])
            equal += hashlib.sha256(lines.encode()).digest() == draft.hashes.of_document(True)
    figures.append(f"templates beside jsonld.js, {DOCUMENTS:,} certificates: equal {equal:,}")
    assert equal == DOCUMENTS
