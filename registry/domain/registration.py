"""The values of a registration: grade, life, holds, terms (domain 2.8, 3.3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from operator import attrgetter

from registry.domain.calendar import civil_date, day_after, start_of
from registry.domain.numbers import RegisterNumber
from registry.domain.refusals import HoldPlaceError, TermDatesError


class Grade(StrEnum):
    """The three grades of engineering member (S11)."""

    AE = "AE"
    PE = "PE"
    SPE = "SPE"

    def is_above(self, other: "Grade") -> bool:
        """Tell whether it is a higher grade than the `other`."""
        order = tuple(Grade)
        return order.index(self) > order.index(other)


class Life(StrEnum):
    """First dimension of a registration: where it is in its life."""

    CURRENT = "CURRENT"
    EXPIRED = "EXPIRED"
    LAPSED = "LAPSED"
    WITHDRAWN = "WITHDRAWN"
    REVOKED = "REVOKED"
    ANNULLED = "ANNULLED"
    SUPERSEDED = "SUPERSEDED"
    DECEASED = "DECEASED"


LIVE = frozenset({Life.CURRENT, Life.EXPIRED})
"""The lives from which a registration may still be held, ended or renewed."""


class HoldKind(StrEnum):
    """Why a registration is suspended; each sits where its cause sits (3.3)."""

    CPD = "CPD"
    IDENTITY = "IDENTITY"
    CONDUCT_INTERIM = "CONDUCT_INTERIM"
    CONDUCT_SANCTION = "CONDUCT_SANCTION"
    SOCIETY_REVIEW = "SOCIETY_REVIEW"
    MEMBERSHIP = "MEMBERSHIP"

    @property
    def on_person(self) -> bool:
        """Whether it may sit on the person, and so on every entry of theirs."""
        return self not in _ENTRY_ONLY

    @property
    def on_entry(self) -> bool:
        """Whether it may sit on one register entry."""
        return self not in _PERSON_ONLY


# Conduct holds sit on the person (scope all_fields) or on entries (scope fields).
_PERSON_ONLY = frozenset({HoldKind.CPD, HoldKind.IDENTITY})
_ENTRY_ONLY = frozenset({HoldKind.SOCIETY_REVIEW, HoldKind.MEMBERSHIP})
DEFER_LAPSE = frozenset({HoldKind.CONDUCT_INTERIM, HoldKind.SOCIETY_REVIEW, HoldKind.IDENTITY})
"""While one of these runs a registration does not lapse for want of renewal, and for a while after (T8)."""


@dataclass(frozen=True, slots=True)
class Hold:
    """One running hold; it counts from when it is recorded until it is lifted."""

    kind: HoldKind
    since: datetime
    until_on: date | None
    """Last day of a fixed-term suspension, inclusive; reaching it lifts nothing."""
    decision_ref: str

    @property
    def over_at(self) -> datetime | None:
        """When a suspension of fixed term is over: at 00:00 of the day after its last (T11)."""
        if self.kind is not HoldKind.CONDUCT_SANCTION or self.until_on is None:
            return None
        return start_of(day_after(self.until_on))


class EndedReason(StrEnum):
    """Why a credential has ended (3.4)."""

    CPD_LAPSE = "CPD_LAPSE"
    RENEWAL_LAPSE = "RENEWAL_LAPSE"
    WITHDRAWN = "WITHDRAWN"
    REVOKED = "REVOKED"
    ANNULLED = "ANNULLED"
    SUPERSEDED = "SUPERSEDED"
    DECEASED = "DECEASED"
    REPLACED = "REPLACED"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a credential: written once, never changed, never cleared."""

    reason: EndedReason
    sub_reason: str | None
    at: datetime


class TermOrigin(StrEnum):
    """What a term rests on."""

    INITIAL = "initial"
    RENEWAL = "renewal"
    LATE_RENEWAL = "late_renewal"
    PROMOTION = "promotion"
    RESTORATION = "restoration"
    APPEAL = "appeal"


@dataclass(frozen=True, slots=True)
class Term:
    """A span of days for which a registration was granted, and what became of its renewal."""

    seq: int
    start_on: date
    end_on: date
    """Inclusive (R-DT-02)."""
    origin: TermOrigin = TermOrigin.INITIAL
    interim_until_on: date | None = None
    """Last day of the interim that the clock job recorded last; none once it is closed (R-RN-05)."""
    interim_closed_at: datetime | None = None
    """When the interim was closed without approval (T6r)."""
    filed_at: datetime | None = None
    """When the renewal that waits for its decision was filed and complete, as the store found it."""
    refused_at: datetime | None = None
    """When a complete renewal was last refused or withdrawn, as the store found it."""
    promotion_filed_at: datetime | None = None
    """When the promotion that waits for its decision was filed and complete, as the store found it (R-PR-07)."""
    timely_until_on: date | None = None
    """Last day to file a renewal as in time after the end: a promotion failed (R-PR-07), or an error is over (T23)."""

    def __post_init__(self) -> None:
        """Refuse a term without a day."""
        if self.end_on < self.start_on:
            raise TermDatesError(self.start_on, self.end_on)

    @property
    def is_prolonged(self) -> bool:
        """Whether a renewal or promotion filed on time waits for its decision: after the end an interim runs (T6i)."""
        last_days = (self.filed_at, self.timely_until_on or self.end_on), (self.promotion_filed_at, self.end_on)
        return any(filed_at is not None and civil_date(filed_at) <= last for filed_at, last in last_days)

    def covers(self, day: date) -> bool:
        """Tell whether `day` lies in the term or its interim; the day on which that was closed does not (R-DT-13)."""
        closed = self.interim_closed_at
        runs_on = self.timely_until_on if self.interim_until_on is not None else None
        beyond = runs_on if closed is None else civil_date(closed) - timedelta(days=1)
        last = max(self.end_on, beyond or self.end_on)
        return self.start_on <= day and (day <= last or self.is_prolonged)


@dataclass(frozen=True, slots=True)
class Registration:
    """One grade of one register entry, as it is recorded now."""

    register_no: RegisterNumber
    grade: Grade
    grade_since_on: date
    assessing_society: str
    life: Life
    """As stored; whether it has expired is asked of `status.life_at` (R-DT-11)."""
    terms: tuple[Term, ...]
    standard_ref: str
    life_since: datetime
    person_holds: frozenset[Hold]
    entry_holds: frozenset[Hold]
    member_id: str
    review_ended_at: datetime | None = None
    """When a hold that defers the lapse was last lifted from the person or the entry, as the store found it."""
    cpd_hold_at: datetime | None = None
    """Since when the CPD hold of the person runs, or from when it will, by what is on file (R-CPD-12)."""
    cpd_lapse_at: datetime | None = None
    """When that hold ends in a lapse (T4); without it a year after it began."""

    membership_notice_on: date | None = None
    """Day of the notice that the membership in its society is over or in arrears, as the store found it (R-RG-06)."""

    reopened_at: datetime | None = None
    """When it came back after an error: a deadline that ran out meanwhile is open for 60 days from then (T23)."""

    def __post_init__(self) -> None:
        """Refuse a hold that sits where its cause cannot be."""
        require_places(self.person_holds, self.entry_holds)

    @property
    def holds(self) -> frozenset[Hold]:
        """Holds of the person and of the entry: what the public status counts."""
        return self.person_holds | self.entry_holds

    @property
    def is_live(self) -> bool:
        """Whether the stored life is CURRENT or EXPIRED."""
        return self.life in LIVE

    def current_term(self, on: date) -> Term | None:
        """Return the term that covers `on`: the latest granted, or none in a gap."""
        return max((term for term in self.terms if term.covers(on)), key=lambda term: term.seq, default=None)

    def last_term(self) -> Term | None:
        """Return the term that ends last, of two the later one; also when it is over or yet to begin."""
        return max(self.terms, key=lambda term: (term.end_on, term.seq), default=None)


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """What a register entry holds before a registration is added to it."""

    registrations: tuple[Registration, ...] = ()
    person_holds: frozenset[Hold] = field(default_factory=frozenset)
    entry_holds: frozenset[Hold] = field(default_factory=frozenset)


def answering(held: Sequence[Registration]) -> Registration:
    """Return which of the registrations of an entry, by place, answers for its number (2.8).

    The live one, else the one that ended last; one that was superseded only if there is no other. On a past day two can
    have lived, of which the lower grade was to count as held throughout until the higher one came back (T21, T17).
    """
    ended = [one for one in held if one.life is not Life.SUPERSEDED] or held
    last = max(reversed(ended), key=attrgetter("life_since"))
    return next((one for one in reversed(held) if one.is_live), last)


def next_term(entry: RegisterEntry, start_on: date, end_on: date, origin: TermOrigin) -> Term:
    """Return the next term: counted per entry, so that no two registrations share the id of a term."""
    held = [term.seq for registration in entry.registrations for term in registration.terms]
    return Term(max(held, default=0) + 1, start_on, end_on, origin)


def require_places(person: Iterable[Hold], entry: Iterable[Hold]) -> None:
    """Raise `HoldPlaceError` unless each hold sits where its kind may (3.3)."""
    for hold in person:
        if not hold.kind.on_person:
            raise HoldPlaceError(hold.kind, "person")
    for hold in entry:
        if not hold.kind.on_entry:
            raise HoldPlaceError(hold.kind, "register entry")
