"""The JSON Schemas that others rely on, and one validator for each.

`certificate` is published at `/schemas/certificate/v1.json` (draft 2019-09, because verifier-core
compiles it so); the others are draft 2020-12. No schema refers outside itself, and nothing is fetched.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from itertools import groupby
from typing import Any, cast

import jsonschema_rs
import orjson
from jsonschema import Draft201909Validator, Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.protocols import Validator
from referencing import Registry

from schemas.contexts import own_document

CONTRACTS = ("verdict", "status-list", "trust-list", "manifest", "did", "agreement", "recognition-question")
"""Schemas beside the certificate's; each is served at `/schemas/{name}/v1.json`."""

DATA_MODELS = ("vcdm-2.0", "vcdm-1.1", "presentation", "enveloped")
"""What the W3C data model demands of documents by anybody; not served, and open for further members."""


def schema_bytes(name: str, base: str) -> bytes:
    """Return the JSON Schema `name` (`certificate`, or one of `CONTRACTS` or `DATA_MODELS`) as it is at `base`."""
    if name == "certificate":
        return own_document("certificate-v1.json", base)
    file = f"{name}.json" if name in DATA_MODELS else f"{name}-v1.json"
    text = resources.files("schemas").joinpath("data", "contracts", file).read_text(encoding="utf-8")
    # Within a regular expression the dots of a host are escaped.
    return text.replace("^{base}", "^" + base.replace(".", r"\\.")).replace("{base}", base).encode("utf-8")


@lru_cache(maxsize=32)
def validator(name: str, base: str) -> Validator:
    """Return the compiled validator of the schema `name`, with formats checked."""
    schema: dict[str, Any] = json.loads(schema_bytes(name, base))
    draft = Draft201909Validator if name == "certificate" else Draft202012Validator
    draft.check_schema(schema)
    return draft(schema, registry=Registry(), format_checker=draft.FORMAT_CHECKER)


_DAY = b'"format": "date'
# The two read a year 0, a second 60 and signs among the digits otherwise: the quick one has none of them.
_QUICK_DAY = (
    b'"not": {"pattern": "^0000|:60"}, "allOf": [{"pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}'
    b'(T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2}))?$"}], ' + _DAY
)


@lru_cache(maxsize=32)
def _quick(name: str, base: str) -> jsonschema_rs.Validator:
    """Return a second validator of the schema `name`, which only tells yes or no, in a hundredth of the time."""
    schema = schema_bytes(name, base).replace(_DAY, _QUICK_DAY)
    return jsonschema_rs.validator_for(json.loads(schema), validate_formats=True)


def is_satisfied(name: str, base: str, document: dict[str, Any]) -> bool | None:
    """Tell in a moment whether `document` satisfies schema `name`, or return None if it has a chance to."""
    # A text with an escape may be read otherwise by the two: then the first decides alone.
    return _quick(name, base).is_valid(document) and (b"\\" not in orjson.dumps(document) or None)


def telling_error(name: str, base: str, document: dict[str, Any]) -> ValidationError | None:
    """Return the most telling violation of schema `name`, or None if there is none."""
    if is_satisfied(name, base, document):
        return None
    error: ValidationError | None = best_match(validator(name, base).iter_errors(document))
    choice = error if error is None or error.validator == "oneOf" else error.parent
    if choice is None or choice.validator != "oneOf":
        return error
    # That alternative was meant whose constants are there, or which is missed least.
    groups = [list(group) for _, group in groupby(choice.context, lambda one: one.schema_path[0])]
    meant = min(groups, key=lambda faults: (sum(one.validator == "const" for one in faults), len(faults)))
    return cast(ValidationError, best_match(meant))


def place_of(error: ValidationError) -> list[str | int]:
    """Return what leads to the member that a violation is about: one that is missing or too much stands itself."""
    place, demanded, instance = list(error.absolute_path), cast(dict[str, Any], error.schema), cast(Any, error.instance)
    if error.validator == "required":
        place.append(next(name for name in demanded["required"] if name not in instance))
    if error.validator == "additionalProperties":
        place += [name for name in instance if name not in demanded.get("properties", {})][:1]
    return place


def pointer_to(place: Iterable[str | int]) -> str:
    """Return the JSON Pointer of a member, given the names and positions that lead there."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in place)


def first_violation(name: str, base: str, document: dict[str, Any]) -> tuple[str, str] | None:
    """Return (JSON Pointer, sentence) of the most telling violation of schema `name`, or None if there is none."""
    error = telling_error(name, base, document)
    return None if error is None else (pointer_to(place_of(error)), error.message[:200])
