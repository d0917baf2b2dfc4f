"""Taking a file in, row by row: what is refused stops nothing else, and the same file again adds nothing.

Rows are kept in batches, each a transaction of its own, so what was added stays when a later batch fails. A trial
run does the very same in one transaction, and undoes it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from registry.domain.actors import Actor
from registry.domain.refusals import DomainError
from registry.services.ports import Desk
from registry.services.refusals import ServiceError
from registry.services.rows import Row
from registry.store.work import Work

_BATCH = 100
"""Rows of a transaction: small, so that nobody else waits long for the database."""


class Result(StrEnum):
    """What became of a row."""

    ADDED = "added"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row; `field` and `reason` if it was refused. Holds no name, mail or identity number."""

    line: int
    reference: str
    result: Result
    field: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Import:
    """A file of a society, who takes it in, and when; `is_trial` writes nothing."""

    content: bytes
    society: str
    actor: Actor
    now: datetime
    is_trial: bool
    step: Callable[[int, int], None]
    """Told after each row: how many are done, of how many."""


def take_in(
    desk: Desk, order: Import, rows: list[Row], keep: Callable[[Work, Row], bool], *, reference: str
) -> list[Outcome]:
    """Let `keep` take in each row, and return what became of them; it tells whether anything was added.

    `reference` is the column by which people know a row.
    """
    outcomes: list[Outcome] = []
    size = len(rows) + 1 if order.is_trial else _BATCH
    for start in range(0, len(rows), size):
        with _transaction(desk, order.is_trial) as work:
            for row in rows[start : start + size]:
                outcomes.append(_outcome(work, row, keep, reference))
                order.step(len(outcomes), len(rows))
    return outcomes


class _TrialEndsError(Exception):
    """Undoes the transaction of a trial run."""


@contextmanager
def _transaction(desk: Desk, is_trial: bool) -> Iterator[Work]:
    with suppress(_TrialEndsError), desk.open_work() as work:
        yield work
        if is_trial:
            raise _TrialEndsError


def _outcome(work: Work, row: Row, keep: Callable[[Work, Row], bool], reference: str) -> Outcome:
    label = ""
    try:
        if row.fault is not None:
            raise row.fault
        label = row.reference(reference)
        with work.attempt():
            result = Result.ADDED if keep(work, row) else Result.UNCHANGED
    except (DomainError, ServiceError) as error:
        return Outcome(row.line, label, Result.REFUSED, getattr(error, "field", ""), str(error))
    return Outcome(row.line, label, result)
