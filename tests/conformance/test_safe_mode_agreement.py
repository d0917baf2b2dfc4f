"""What the verifier and jsonld.js in safe mode say of the same documents: lost or covered, and with which form."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.contexts import PUBLISHED, context_document
from tests.conformance.interop import run_canonize, why_unavailable
from tests.support.graphs import CASES
from tests.support.shared import vector_contexts, vectors
from tests.support.world import BASE
from verifier.cryptosuite import without_proof
from verifier.rdf import GraphError, canonical_nquads
from verifier.refusals import TooComplexError
from verifier.terms import check_all_terms_signed

pytestmark = pytest.mark.skipif(why_unavailable() is not None, reason=str(why_unavailable()))


def known() -> dict[str, Any]:
    """Return every context that the verifier knows in the tests, by address."""
    pinned = {url: context_document(url, BASE) for url in PUBLISHED}
    return pinned | {url: json.loads(content) for url, content in vector_contexts()}


def ours(document: Any) -> str:
    """Return the canonical form of a document, or the code with which it is refused."""
    try:
        return canonical_nquads(document, BASE, extra=vector_contexts())
    except (GraphError, TooComplexError) as refusal:
        return refusal.code


def test_each_way_of_losing_a_member(tmp_path: Path, figures: list[str]) -> None:
    answers = run_canonize(known(), [case.document for case in CASES], tmp_path)
    counts = dict.fromkeys(("both_refuse", "both_read", "only_we_refuse", "only_jsonld_js_refuses", "other_form"), 0)
    rows = []
    for case, answer in zip(CASES, answers, strict=True):
        said = check_all_terms_signed(case.document, BASE).code
        assert (said, answer.get("error")) == (case.ours, case.theirs), case.name
        kind = ("both_" if (said is None) == (case.theirs is None) else "only_we_") + (
            "read" if said is None else "refuse"
        )
        counts["only_jsonld_js_refuses" if kind == "only_we_read" else kind] += 1
        if kind == "both_read":
            is_same = canonical_nquads(case.document, BASE) == answer["nquads"]
            assert is_same == (case.reading == "same"), case.name
            counts["other_form"] += not is_same
        if not kind.startswith("both") or case.reading != "same":
            rows.append(f"  {case.name:46}| {said or 'read':22}| {answer.get('error', 'read'):32}| {case.reading}")
    figures.append(
        f"safe mode, ours beside jsonld.js {answers[0]['versions']['jsonld']}, {len(CASES)} documents: {counts}"
    )
    figures.extend(rows)
    assert counts["only_jsonld_js_refuses"] == 0


def documents(*folders: str) -> dict[str, Any]:
    found = {}
    for folder in folders:
        for path in sorted(vectors(folder).rglob("*.json")):
            value = json.loads(path.read_bytes())
            if isinstance(value, dict) and "@context" in value:
                found[str(path.relative_to(vectors()))] = without_proof(value)
    return found


@pytest.mark.parametrize("folder", ["vc-data-model-schema", "spec-examples"])
def test_published_examples(folder: str, tmp_path: Path, figures: list[str]) -> None:
    examples = documents(folder)
    answers = run_canonize(known(), list(examples.values()), tmp_path)
    equal, refused, differing = [], [], []
    for (name, document), answer in zip(examples.items(), answers, strict=True):
        said = ours(document)
        if said == answer.get("nquads"):
            equal.append(name)
        elif "error" in answer and not said.endswith("\n"):
            refused.append(f"{name}: {said}, {answer['error']}")
        else:
            differing.append(f"{name}: {said[:60]!r}, {answer.get('error', 'read')}")
    figures.append(
        f"examples {folder} {len(examples)}: equal={len(equal)} both_refuse={len(refused)} differing={len(differing)}"
    )
    figures.extend(f"  {line}" for line in [*refused, *differing])
    assert differing == []
    assert equal
