"""The W3C test suite of RDFC-1.0: what production says of each, equal or over a stated limit.

The suite is written in N-Quads, which the verifier never reads; pyoxigraph reads them here.
"""

import csv
import json

import pytest

from tests.support.rdf import canonical_form, quads_of
from tests.support.shared import vectors
from verifier.canonical import Graph
from verifier.refusals import TooComplexError

ALIKE = "more than 4 nodes without an id that look alike"
REFUSED = dict.fromkeys(("test044", "test045", "test046", "test054", "test059"), ALIKE)
"""Poison that is harmless in this size, a graph of nine twins, and 14 unrelated nodes that say the same."""


def entries(column: str, value: str) -> list[dict[str, str]]:
    text = vectors("rdf-canon", "manifest.csv").read_text(encoding="utf-8")
    return [row for row in csv.DictReader(text.splitlines()) if row[column] == value]


def given(test: str, suffix: str) -> str:
    return vectors("rdf-canon", "rdfc10", f"{test}-{suffix}").read_text(encoding="utf-8")


def hash_of(row: dict[str, str]) -> str:
    return row["hashAlgorithm"].lower() or "sha256"


def refusal(error: TooComplexError) -> str:
    return str(error).partition(": ")[2]


def test_evaluation(figures: list[str]) -> None:
    equal, refused = [], {}
    for row in entries("rdfc10", "TRUE"):
        try:
            made = canonical_form(quads_of(given(row["test"], "in.nq")), hash_of(row))
        except TooComplexError as error:
            refused[row["test"]] = refusal(error)
            continue
        assert made == given(row["test"], "rdfc10.nq"), row["test"]
        equal.append(row["test"])
    listed = "; ".join(f"{name}: {reason}" for name, reason in refused.items())
    figures.append(
        f"vectors rdf-canon eval {len(equal) + len(refused)}: equal={len(equal)} refused={len(refused)} ({listed})"
    )
    assert refused == REFUSED
    assert len(equal) == 59


def test_maps(figures: list[str]) -> None:
    rows = entries("rdfc10map", "TRUE")
    for row in rows:
        issued = Graph(quads_of(given(row["test"], "in.nq")), hash_of(row)).labels()
        expected = json.loads(given(row["test"], "rdfc10map.json"))
        assert {old[2:]: new[2:] for old, new in issued.items()} == expected, row["test"]
    figures.append(f"vectors rdf-canon map {len(rows)}: equal={len(rows)} refused=0")
    assert len(rows) == 21


def test_the_poison_is_refused(figures: list[str]) -> None:
    rows = entries("rdfc10", "RDFC10NegativeEvalTest")
    for row in rows:
        with pytest.raises(TooComplexError, match=ALIKE):
            canonical_form(quads_of(given(row["test"], "in.nq")))
    figures.append(f"vectors rdf-canon negative {len(rows)}: refused={len(rows)}")
    assert len(rows) == 1
