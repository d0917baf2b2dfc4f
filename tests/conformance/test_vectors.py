"""Published test vectors of the JSON Canonicalization Scheme (RFC 8785), and the published contexts."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.contexts import PUBLISHED, context_bytes
from tests.support.shared import vectors
from tests.support.world import BASE
from verifier.cryptosuite import jcs_bytes

JCS_NAMES = ("arrays", "french", "structures", "unicode", "values", "weird")


def load(path: Path) -> Any:
    return json.loads(path.read_bytes())


def plain(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()


@pytest.mark.parametrize("name", JCS_NAMES)
def test_rfc8785(name: str) -> None:
    made = jcs_bytes(load(vectors("rfc8785", "input", f"{name}.json")))
    assert made == vectors("rfc8785", "output", f"{name}.json").read_bytes()
    assert made == bytes.fromhex(plain(vectors("rfc8785", "outhex", f"{name}.txt")))


def test_no_rfc8785_vector_is_left_out(figures: list[str]) -> None:
    names = tuple(sorted(path.stem for path in vectors("rfc8785", "input").iterdir()))
    made = {name: jcs_bytes(load(vectors("rfc8785", "input", f"{name}.json"))) for name in names}
    equal = [name for name in names if made[name] == vectors("rfc8785", "output", f"{name}.json").read_bytes()]
    figures.append(f"vectors rfc8785 {len(names)}: equal={len(equal)}")
    assert tuple(equal) == names == JCS_NAMES


OTHER_WHITE_SPACE = {"credentials-v1.jsonld", "status-list-v1.jsonld", "did-v1.jsonld"}
"""What no package has byte for byte."""


@pytest.mark.parametrize("url", PUBLISHED)
def test_a_pinned_context_is_the_published_one(url: str) -> None:
    lines = vectors("contexts", "DIGESTS.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if f"| {url} |" in line]
    digests = {row[3]: row[0] for row in rows}
    if PUBLISHED[url][1] not in digests:
        (name,) = digests.values()
        assert name in OTHER_WHITE_SPACE
        assert json.loads(context_bytes(url, BASE)) == load(vectors("contexts", name))
