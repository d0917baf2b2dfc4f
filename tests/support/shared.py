"""Published vectors and examples, which lie outside the project: setting CSE_VECTORS, else beside the clone."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from schemas.contexts import ExtraContexts, contexts_in

_PROJECT = Path(__file__).resolve().parents[2]


def vectors(*parts: str) -> Path:
    """Return a path below the vectors; skips the test when they are absent."""
    setting = os.environ.get("CSE_VECTORS", "../shared/vectors")
    folder = _PROJECT / setting
    if not folder.is_dir():
        pytest.skip(f"CSE_VECTORS: {setting} is absent")
    return folder.joinpath(*parts)


def vector_contexts() -> ExtraContexts:
    """Return the contexts of the vectors that no pinned one is: out of their folder, and one of ours from a package."""
    citizenship = _PROJECT / "tests" / "vectors" / "contexts" / "citizenship-v4rc1.jsonld"
    return (*contexts_in(vectors("contexts")), ("https://w3id.org/citizenship/v4rc1", citizenship.read_bytes()))


def example(name: str) -> bytes:
    """Return the bytes of an example, which lie beside the vectors; skips the test when they are absent."""
    folder = vectors().parent / "examples"
    if not folder.is_dir():
        pytest.skip("CSE_VECTORS: the folder of the examples beside it is absent")
    return folder.joinpath(name).read_bytes()


def example_json(name: str) -> dict[str, Any]:
    """Return an example as a value."""
    value: dict[str, Any] = json.loads(example(name))
    return value
