"""What is said of a registration and its credentials: status and bits (domain 3.4)."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from registry.domain.calendar import anniversary, civil_date, day_after, start_of
from registry.domain.policy import Policy, lapse_on
from registry.domain.registration import LIVE, Ended, Hold, HoldKind, Life, Registration, Term

# A lapse for want of renewal waits while one of these runs (T8).
_HOLDS_THAT_DEFER_LAPSE = frozenset({HoldKind.CONDUCT_INTERIM, HoldKind.SOCIETY_REVIEW, HoldKind.IDENTITY})


class PublicStatus(StrEnum):
    """The one word that the public page says."""

    ANNULLED = "ANNULLED"
    REVOKED = "REVOKED"
    DECEASED = "DECEASED"
    SUPERSEDED = "SUPERSEDED"
    WITHDRAWN = "WITHDRAWN"
    LAPSED = "LAPSED"
    SUSPENDED = "SUSPENDED"
    EXPIRED = "EXPIRED"
    ACTIVE = "ACTIVE"


def life_at(registration: Registration, at: datetime) -> Life:
    """Return the life at `at`, of a registration as it was recorded by then.

    Whether a live one has expired is computed from its terms, the stored copy is a
    cache (R-DT-11). A day that no term covers is EXPIRED: also one between two
    terms, and one before the first, so that nothing is ever current by default.
    """
    if registration.life not in LIVE:
        return registration.life
    covered = registration.current_term(civil_date(at)) is not None
    return Life.CURRENT if covered else Life.EXPIRED


def public_status(life: Life, holds: frozenset[Hold]) -> PublicStatus:
    """Derive what the public page says from the two stored dimensions.

    The end of a registration outranks a hold, and a hold outranks an expiry.
    """
    if life not in LIVE:
        return PublicStatus(life)
    if holds:
        return PublicStatus.SUSPENDED
    return PublicStatus.EXPIRED if life is Life.EXPIRED else PublicStatus.ACTIVE


def first_end(recorded: Ended | None, new: Ended | None) -> Ended | None:
    """Return the end to store: one that is `recorded` is never changed or cleared."""
    return recorded if recorded is not None else new


def revocation_bit(ended: Ended | None) -> bool:
    """Return R: set iff the credential has ended. It never falls."""
    return ended is not None


def suspension_bit(*, holds_now: frozenset[Hold], kept: bool, ended: Ended | None) -> bool:
    """Return S: set iff holds were not empty at the earlier of now and `ended.at`.

    Once the credential has ended S keeps the value it had then, `kept`, so that a
    reader with one fresh and one cached list never sees 0/0.
    """
    return kept if ended is not None else bool(holds_now)


def renewal_due_soon(term: Term, on: date, policy: Policy) -> bool:
    """Tell whether `on` is one of the last days, 90 by default, of the last `term`."""
    first = term.end_on - timedelta(days=policy.renewal_notice_days - 1)
    return max(first, term.start_on) <= on <= term.end_on


def is_overrun(hold: Hold, at: datetime, policy: Policy) -> bool:
    """Tell whether the clock job owes the end of a fixed-term `hold` (T11, R-DT-11)."""
    if hold.kind is not HoldKind.CONDUCT_SANCTION or hold.until_on is None:
        return False
    return at > start_of(day_after(hold.until_on)) + timedelta(minutes=policy.sweep_late_minutes)


def register_is_behind(registration: Registration, at: datetime, policy: Policy) -> bool:
    """Tell whether the clock job owes this registration a change: a lapse or the end of a hold (R-DT-11, T4, T8, T11).

    True when a fixed-term hold has run out, when a CPD hold is a year old, or when the grace of the last term has
    been over for more than 15 minutes and the stored life is still CURRENT or EXPIRED; the last not while a hold that
    defers the lapse runs. Files under decision are not known here: they answer true, which only makes an answer
    indeterminate.
    """
    last = registration.last_term()
    if last is None or not registration.is_live:
        return False
    if any(is_overrun(hold, at, policy) or _owes_cpd_lapse(hold, at, policy) for hold in registration.holds):
        return True
    if any(hold.kind in _HOLDS_THAT_DEFER_LAPSE for hold in registration.holds):
        return False
    due = start_of(lapse_on(last.end_on, policy))
    return at > due + timedelta(minutes=policy.sweep_late_minutes)


def _owes_cpd_lapse(hold: Hold, at: datetime, policy: Policy) -> bool:
    """Tell whether a CPD hold is a year old, so that the registration lapses (T4)."""
    if hold.kind is not HoldKind.CPD:
        return False
    due = start_of(anniversary(civil_date(hold.since), 1))
    return at > due + timedelta(minutes=policy.sweep_late_minutes)
