"""How a registration stood at a moment: what a mutual-recognition check is told of it (`domain.md` 5)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Presented:
    """The certificate that was shown; `refusal` is the row that says why it counts for nothing, if it does not."""

    issued_on: date
    valid_from: datetime
    valid_until: datetime
    ended_reason: str | None = None


@dataclass(frozen=True, slots=True)
class CpdYear:
    """One year of the ledger, in its state on the day that is asked about."""

    year: int
    state: str
    is_assessed: bool

    @property
    def counts(self) -> bool:
        """Whether anything was required in it, and it was assessed by then (R-MR-06)."""
        return self.is_assessed and self.state != "NOT_DUE"


@dataclass(frozen=True, slots=True)
class Personal:
    """What only the holder may let others know of (row 28a)."""

    experience_years: int
    responsible_years: int
    degree_accreditation: str
    cpd: tuple[CpdYear, ...]
    sanctioned_on: tuple[date, ...]
    """Days of all final sanctions from reprimand up, in any field, also those that the public is no longer told of."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a registration stood at the moment that is asked about, as far as the register, or the lists, tell."""

    moment: datetime
    day: date
    life: str
    field: str
    held: tuple[tuple[str, date], ...]
    """Grades since the last lapse or withdrawal, each with the day from which it was held, the oldest first."""
    starts_on: date
    term_end_on: date
    holds: frozenset[str] = frozenset()
    lapse: str | None = None
    is_annulled_now: bool = False
    deceased_on: date | None = None
    is_interim: bool = False
    is_in_doubt: bool = False
    """Assessed in an interval of R-AU-08 and not yet cleared."""
    sanctioned_on: tuple[date, ...] = ()
    """Days of the final sanctions that the public is told of."""
    remarks: tuple[str, ...] = ()
    """Information codes, which never change the answer."""
    personal: Personal | None = None
    is_offline: bool = False
    """Whether only the status lists told it: what they do not hold is not answered then."""

    @property
    def grade(self) -> str:
        """The grade held last."""
        return self.held[-1][0]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The rules about days that are policy: anniversaries (R-DT-03), and when a CPD year is assessed (R-CPD-09)."""

    anniversary: Callable[[date, int], date]
    assessed_on: Callable[[int], date]
