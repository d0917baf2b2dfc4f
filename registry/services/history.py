"""How a register entry stood at a moment, from its events (R-MR-03, R-DT-13)."""

from datetime import datetime

from registry.domain import history
from registry.domain.history import PastEntry
from registry.store.work import Work


def entry_at(work: Work, number: str, at: datetime) -> PastEntry:
    """Return how the registration that answers for `number` stood at `at`, by all that is known now.

    Raises `NotFoundError` for an entry of which no such record was kept.
    """
    return history.entry_at(work.journal.past(number), at)
