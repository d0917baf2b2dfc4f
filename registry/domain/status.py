"""What is said of a registration and its credentials: status and bits (domain 3.4)."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from registry.domain.calendar import civil_date
from registry.domain.policy import Policy
from registry.domain.registration import LIVE, Ended, Hold, Life, Registration, Term


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
    return Life.CURRENT if registration.current_term(civil_date(at)) is not None else Life.EXPIRED


def public_status(life: Life, holds: frozenset[Hold]) -> PublicStatus:
    """Derive what the public page says from the two stored dimensions.

    The end of a registration outranks a hold, and a hold outranks an expiry.
    """
    if life not in LIVE:
        return PublicStatus(life)
    if holds:
        return PublicStatus.SUSPENDED
    return PublicStatus.EXPIRED if life is Life.EXPIRED else PublicStatus.ACTIVE


def status_at(registration: Registration, at: datetime) -> PublicStatus:
    """Return what the public page says at `at` of a registration as it was recorded by then."""
    return public_status(life_at(registration, at), registration.holds)


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
    first = term.end_on - timedelta(days=policy.on(term.end_on).renewal_notice_days - 1)
    return max(first, term.start_on) <= on <= term.end_on
