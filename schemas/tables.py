"""The tables that stand as JSON beside the code, each read once."""

import json
from functools import cache
from importlib import resources
from typing import Any


@cache
def read_table(name: str, folder: str = "data", package: str = "schemas") -> dict[str, Any]:
    """Return what the file `name` in a `folder` of a `package` holds: nobody changes it."""
    found: dict[str, Any] = json.loads(resources.files(package).joinpath(folder, name).read_bytes())
    return found
