"""Published test vectors of the JSON Canonicalization Scheme (RFC 8785)."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.shared import vectors
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


def test_no_rfc8785_vector_is_left_out() -> None:
    assert tuple(sorted(path.stem for path in vectors("rfc8785", "input").iterdir())) == JCS_NAMES
