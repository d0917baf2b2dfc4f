"""How a registration ends (domain 3.5): T4, T5, T8, T9, T12 to T15.

Each takes the registration as recorded and gives back a `Change`, in effect from `at`. Holds stay as they are, so that
S keeps its value. The right of the actor, a second person and a final decision are asked before, by the use case.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from registry.domain import calendar, refusals, status
from registry.domain.changes import Change, EventType, changed
from registry.domain.registration import LIVE, Ended, EndedReason, HoldKind, Life, Registration

_AFTERWARDS = LIVE | {Life.LAPSED, Life.WITHDRAWN}
_EVER = frozenset(Life) - {Life.ANNULLED}


@dataclass(frozen=True, slots=True)
class Ending:
    """A way in which a registration ends: from which lives, to which, and why its credentials end."""

    event: EventType
    life: Life
    before: frozenset[Life]
    reason: EndedReason
    public_reason: str


CPD_LAPSE = Ending(EventType.LAPSED, Life.LAPSED, LIVE, EndedReason.CPD_LAPSE, "lapsed.cpd")
RENEWAL_LAPSE = replace(CPD_LAPSE, reason=EndedReason.RENEWAL_LAPSE, public_reason="lapsed.renewal")
WITHDRAWAL = Ending(EventType.WITHDRAWN, Life.WITHDRAWN, LIVE, EndedReason.WITHDRAWN, "withdrawn")
REVOCATION = Ending(EventType.REVOKED, Life.REVOKED, _AFTERWARDS, EndedReason.REVOKED, "revoked")
ANNULMENT = Ending(EventType.ANNULLED, Life.ANNULLED, _EVER, EndedReason.ANNULLED, "annulled")
SUPERSESSION = Ending(EventType.SUPERSEDED, Life.SUPERSEDED, LIVE, EndedReason.SUPERSEDED, "superseded")
DEATH = Ending(EventType.DECEASED, Life.DECEASED, _AFTERWARDS, EndedReason.DECEASED, "deceased")


def end(
    registration: Registration,
    ending: Ending,
    *,
    at: datetime,
    decision_ref: str,
    ground: str | None = None,
    case_opened_at: datetime | None = None,
) -> Change:
    """End a registration (T4, T8, T12 to T15; the lower grade, T14). `ground` is the public class of one, if any.

    What lapsed or was withdrawn is revoked only in a case that was opened before, at `case_opened_at`; why its
    certificates ended stays. Raises `NotLiveError` if it may not end so from the life that it has.
    """
    was_open = registration.is_live or (case_opened_at is not None and case_opened_at <= registration.life_since)
    if registration.life not in ending.before or (ending is REVOCATION and not was_open):
        raise refusals.NotLiveError(registration.register_no, registration.life, ending.life)
    after = replace(registration, life=ending.life, life_since=at)
    reasons = (ground or ending.reason.lower(), f"{ending.public_reason}.{ground}" if ground else ending.public_reason)
    ended = Ended(ending.reason, None, at)
    return changed(registration, after, ending.event, at=at, reasons=reasons, decision_ref=decision_ref, ended=ended)


def withdraw(registration: Registration, *, at: datetime, decision_ref: str) -> Change:
    """End a registration at the holder's request (T9).

    Raises `ConductPendingError` while CONDUCT_INTERIM tells of an open case (R-CC-08); the use case asks for proposals
    to end it.
    """
    if any(hold.kind is HoldKind.CONDUCT_INTERIM for hold in registration.holds):
        raise refusals.ConductPendingError(registration.register_no)
    return end(registration, WITHDRAWAL, at=at, decision_ref=decision_ref)


def decease(registration: Registration, died_on: date, *, recorded_at: datetime, decision_ref: str) -> Change:
    """End a registration by the death of its holder, from that day on (T15, R-DT-09).

    The life is told since `recorded_at`: the page says when the entry was closed, and no day of death.
    """
    change = end(registration, DEATH, at=calendar.start_of(died_on), decision_ref=decision_ref)
    return replace(change, registration=replace(change.registration, life_since=recorded_at))


def expire(registration: Registration, *, at: datetime, decision_ref: str) -> Change:
    """Record that the last term of a CURRENT registration is over (T5, T22): the copy of what reading computes.

    Its instant of registration stays, for a certificate may be issued yet.
    """
    after = replace(registration, life=Life.EXPIRED)
    change = changed(registration, after, EventType.EXPIRED, at=at, reasons="expired", decision_ref=decision_ref)
    before = status.public_status(Life.CURRENT, registration.holds)
    return replace(change, events=(replace(change.events[0], from_state=before),))
