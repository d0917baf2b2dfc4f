"""The tables that stand as JSON in `data`, each read once."""

import json
from functools import cache
from importlib import resources
from typing import Any


@cache
def read_table(name: str) -> dict[str, Any]:
    """Return what the file `name` of `data` holds: nobody changes it."""
    found: dict[str, Any] = json.loads(resources.files("schemas").joinpath("data", name).read_bytes())
    return found
