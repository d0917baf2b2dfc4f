"""The fourteen named checks, their results, and the one function that turns them into an outcome.

The table of `threats.md` 0 is `schemas/data/check-table.json`: it alone says which check may be skipped for
which kind of question and with which reason. Whatever it does not list is not harmless. What is shown in a
presentation is judged for itself; there it is only asked who shows it. The conformance port is never public, and
what claims to be ours is judged as ours there too (`threats.md` V52).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from schemas.tables import read_table


class CheckName(StrEnum):
    """The checks, in the order in which every verdict lists them (`interface.md` 5)."""

    PARSE = "parse"
    CONTEXTS = "contexts"
    SCHEMA = "schema"
    ALL_TERMS_SIGNED = "all_terms_signed"
    PROOFS = "proofs"
    ISSUER_BINDING = "issuer_binding"
    ISSUER_TRUSTED = "issuer_trusted"
    AUTHORIZATION_AT_SIGNING = "authorization_at_signing"
    LOGGED = "logged"
    DATES = "dates"
    REVOCATION = "revocation"
    SUSPENSION = "suspension"
    REGISTER = "register"
    AGREEMENT = "agreement"


class Result(StrEnum):
    """What one check found. `UNKNOWN` is "could not be checked"; `SKIPPED` is "not part of this question"."""

    PASS = "pass"  # noqa: S105 (a result, not a password)
    FAIL = "fail"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


class Outcome(StrEnum):
    """The three answers. There is no fourth, and none of them is a boolean."""

    VALID = "valid"
    INVALID = "invalid"
    INDETERMINATE = "indeterminate"


class Profile(StrEnum):
    """The kinds of question of the check table."""

    OWN_ONLINE = "own_online"
    OWN_OFFLINE = "own_offline"
    OWN_SINGLE_SIGNATURE = "own_single_signature"
    PAPER_CODE = "paper_code"
    FOREIGN = "foreign"
    CONFORMANCE = "conformance"
    PRESENTATION = "presentation"


@dataclass(frozen=True, slots=True)
class Finding:
    """One named result of a verification.

    `code` is the stable reason (none for a plain pass); `pointer` the JSON Pointer of the member at fault. `proofs` are
    the pointers of the signatures that were checked, each with whether it is good.
    """

    name: CheckName
    result: Result
    code: str | None = None
    pointer: str | None = None
    proofs: tuple[tuple[str, bool], ...] = ()


@cache
def passed(name: CheckName, code: str | None = None) -> Finding:
    """Say that `name` ran and succeeded; `code` may add a remark."""
    return Finding(name, Result.PASS, code)


def failed(name: CheckName, code: str, pointer: str | None = None) -> Finding:
    """Say that `name` ran and found the document wanting."""
    return Finding(name, Result.FAIL, code, pointer)


def unknown(name: CheckName, code: str, pointer: str | None = None) -> Finding:
    """Say that `name` could not be carried out."""
    return Finding(name, Result.UNKNOWN, code, pointer)


def skipped(name: CheckName, code: str) -> Finding:
    """Say that `name` is not part of this question, with the reason that the table must list."""
    return Finding(name, Result.SKIPPED, code)


def worst(findings: Sequence[Finding]) -> Finding:
    """Return the first of `findings` that failed, else that is unknown, else that has a remark, else the first."""
    order = (Result.FAIL, Result.UNKNOWN, Result.PASS, Result.SKIPPED)
    return min(findings, key=lambda finding: (order.index(finding.result), finding.code is None))


CHECK_TABLE: dict[Profile, dict[CheckName, frozenset[str]]] = {
    Profile(profile): {CheckName(name): frozenset(codes) for name, codes in skips.items()}
    for profile, skips in read_table("check-table.json").items()
}
"""Profile -> check -> the reasons with which it may be skipped without harm. A check not listed must pass."""


def settle(finding: Finding, profile: Profile) -> Finding:
    """Return `finding`, or an `UNKNOWN` in its place when it is a skip that the table does not list."""
    if finding.result is not Result.SKIPPED:
        return finding
    if finding.code in CHECK_TABLE[profile].get(finding.name, frozenset()):
        return finding
    return unknown(finding.name, "skip_not_listed", finding.pointer)


_NAMES = list(CheckName)


def worst_outcome(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the worst: invalid beats indeterminate beats valid. None at all is indeterminate."""
    order = (Outcome.INVALID, Outcome.INDETERMINATE, Outcome.VALID)
    return min(outcomes, key=order.index, default=Outcome.INDETERMINATE)


def outcome(findings: Sequence[Finding], profile: Profile) -> Outcome:
    """Return the outcome of a complete list of findings (`interface.md` 5).

    Any fail is invalid; else any unknown, any missing or doubled check, and any skip that the table does
    not list is indeterminate; else valid. No findings at all is indeterminate.
    """
    results = [settle(finding, profile).result for finding in findings]
    if Result.FAIL in results:
        return Outcome.INVALID
    is_whole = [finding.name for finding in findings] == _NAMES
    return Outcome.VALID if is_whole and Result.UNKNOWN not in results else Outcome.INDETERMINATE
