"""Every code of a finding has its sentence, and every sentence its code in the program."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from schemas.contracts import DATA_MODELS, schema_bytes
from verifier.checks import CHECK_TABLE
from verifier.messages import findings, message
from verifier.refusals import TooComplexError, TooManyCredentialsError
from verifier.sources import BITS

ROOT = Path(__file__).resolve().parents[3]
SOURCES = [path for package in ("verifier", "registry") for path in sorted((ROOT / package).rglob("*.py"))]

# Function -> positions of the argument that is a code.
CODE_ARGUMENTS = {
    "passed": 1,
    "failed": 1,
    "unknown": 1,
    "skipped": 1,
    "StatusAnswer": 1,
    "ProofFault": 0,
    "_fault": 0,
    "GraphError": 0,
    "StatusListError": 0,
    "UntrustedListError": 0,
    "ManifestError": 0,
    "FetchError": 0,
    "DidError": 0,
    "TokenError": 0,
    "refuse": 1,
    "complete": 1,
    "unchecked_verdict": 1,
    "Fetched": 1,
}
CODE_KEYWORDS = {"code", "trust_code"}
CODE_FUNCTIONS = {"refusal", "_refusal", "proof_fault", "_form_fault", "_time_fault", "check_key_binding"}
"""Functions whose results are codes."""


def _strings(node: ast.AST) -> Iterator[str]:
    """List the texts that an expression may have, through `or` and `x if y else z`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_strings(node.body), *_strings(node.orelse))
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _strings(value)


def _called(node: ast.Call) -> str:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return str(name)


def _of_call(node: ast.Call) -> Iterator[str]:
    position = CODE_ARGUMENTS.get(_called(node))
    if position is not None and len(node.args) > position:
        yield from _strings(node.args[position])
    if position is not None or _called(node) == "Basis":
        for keyword in node.keywords:
            if keyword.arg in CODE_KEYWORDS:
                yield from _strings(keyword.value)


def _of_function(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        is_return = isinstance(node, ast.Return) and function.name in CODE_FUNCTIONS
        is_local = isinstance(node, ast.Assign) and [getattr(to, "id", "") for to in node.targets] == ["code"]
        if (is_return or is_local) and node.value is not None:
            yield from _strings(node.value)


def codes_in(source: str) -> Iterator[str]:
    """List the codes that findings of this module may carry."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from _of_call(node)
        elif isinstance(node, ast.FunctionDef):
            yield from _of_function(node)
        elif isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") in CODE_KEYWORDS and node.value:
            # The code of a refusal belongs to its class; that of a finding is a field.
            yield from _strings(node.value) if ast.unparse(node.annotation) == "str" else ()


@cache
def used_codes() -> set[str]:
    return {code for path in SOURCES for code in codes_in(path.read_text(encoding="utf-8"))} | {*BITS.values()}


def schema_codes() -> set[str]:
    """The codes that stand at the places of the data models."""
    texts = (schema_bytes(name, "").decode() for name in DATA_MODELS)
    return {code for text in texts for code in re.findall(r'"\$comment": "([a-z_]+)"', text)}


def listed_skips() -> set[str]:
    return {code for table in CHECK_TABLE.values() for codes in table.values() for code in codes}


def test_every_code_that_a_finding_may_carry_has_a_sentence() -> None:
    assert used_codes() | schema_codes() | listed_skips() <= set(findings())


def test_every_sentence_belongs_to_a_code_in_use() -> None:
    refusals = {TooComplexError.code, TooManyCredentialsError.code}
    assert set(findings()) == used_codes() | schema_codes() | listed_skips() | refusals


def test_the_search_finds_codes_of_every_kind() -> None:
    """It would be worth nothing if it overlooked a way to name a code."""
    for code in ("schema", "key_class", "list_too_old", "manifest_missing", "undefined_term", "trust_root_unpinned"):
        assert code in used_codes()
    assert {"model_version", "model_reserved"} <= schema_codes()
    assert {"key_unsupported", "proof_created", "unknown_context"} <= used_codes()


@pytest.mark.parametrize("code", sorted(findings()))
def test_every_code_speaks_both_languages(code: str) -> None:
    sentence, clause = message(code)
    assert all(sentence[language].strip() for language in ("en", "zh"))
    assert sentence["en"].endswith(".")
    assert sentence["zh"].endswith("。")
    assert isinstance(clause, str)
    assert set(findings()[code]) <= {"en", "zh", "clause"}
