"""Changing documents member by member, and reading what a report found."""

import copy
from collections.abc import Mapping
from typing import Any

from verifier.checks import CheckName, Finding, Result
from verifier.report import Report

DROP = object()
"""As a new value: take the member away."""


def changed(document: Mapping[str, Any], *changes: tuple[str | tuple[str, ...], Any]) -> dict[str, Any]:
    """Return a copy of `document` with new values at paths such as `proof/0/created`; `DROP` removes.

    A path whose names hold a slash is given as a tuple of names.
    """
    result = copy.deepcopy(dict(document))
    for path, value in changes:
        *parents, last = path.split("/") if isinstance(path, str) else path
        node: Any = result
        for name in parents:
            node = node[int(name) if isinstance(node, list) else name]
        place = int(last) if isinstance(node, list) else last
        if value is DROP:
            del node[place]
        elif isinstance(node, list) and place == len(node):
            node.append(value)
        else:
            node[place] = value
    return result


def finding(report: Report, name: str) -> Finding:
    """Return the finding of one check."""
    return report.findings[list(CheckName).index(CheckName(name))]


def faults(report: Report) -> dict[str, str | None]:
    """Return the codes of the checks that failed, by check."""
    return {entry.name.value: entry.code for entry in report.findings if entry.result is Result.FAIL}


def unknowns(report: Report) -> dict[str, str | None]:
    """Return the codes of the checks that could not be carried out, by check."""
    return {entry.name.value: entry.code for entry in report.findings if entry.result is Result.UNKNOWN}
