"""What a transition starts from and gives back: plain values, among them append-only events (domain 2.14, 3.5)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from registry.domain.numbers import RegisterNumber
from registry.domain.registration import Ended, EndedReason, Grade, Registration
from registry.domain.status import PublicStatus, status_at


class EventType(StrEnum):
    """Every type of event; a correction is a new event."""

    REGISTERED = "REGISTERED"
    RENEWED = "RENEWED"
    INTERIM_EXTENDED = "INTERIM_EXTENDED"
    EXPIRED = "EXPIRED"
    LAPSED = "LAPSED"
    HOLD_ADDED = "HOLD_ADDED"
    HOLD_LIFTED = "HOLD_LIFTED"
    SUSPENSION_TERM_ENDED = "SUSPENSION_TERM_ENDED"
    WITHDRAWN = "WITHDRAWN"
    REVOKED = "REVOKED"
    ANNULLED = "ANNULLED"
    SUPERSEDED = "SUPERSEDED"
    DECEASED = "DECEASED"
    REINSTATED = "REINSTATED"
    REPLACED = "REPLACED"
    TRANSFERRED = "TRANSFERRED"
    NAME_CHANGED = "NAME_CHANGED"
    APPEAL_ALLOWED = "APPEAL_ALLOWED"
    CORRECTED = "CORRECTED"
    CRED_CLOSED = "CRED_CLOSED"
    CUSTODIAN_NAMED = "CUSTODIAN_NAMED"


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """One change; the store gives it its gapless number and `recorded_at`."""

    type: EventType
    register_no: RegisterNumber
    from_state: PublicStatus | None
    """None when there was no registration before."""
    to_state: PublicStatus
    reason_code: str
    """For the file; never shown to the public."""
    public_reason: str
    """Key of the public sentence in the catalogue of texts."""
    effective_at: datetime
    decision_ref: str


class GroundClass(StrEnum):
    """The public word for the ground of a revocation (domain 2.12)."""

    CONVICTION = "conviction"
    CODE_BREACH = "code-breach"
    INCOMPETENT_WORK = "incompetent-work"
    FALSE_STATEMENT = "false-statement"
    VOID_DECISION = "void-decision"
    """Of an annulment without the holder's fault (T13): the decision should not have been made."""


@dataclass(frozen=True, slots=True)
class Admission:
    """The decision to register somebody in a grade of a field."""

    register_no: RegisterNumber
    member_id: str
    grade: Grade
    assessing_society: str
    standard_ref: str
    decided_on: date
    decision_ref: str


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be recorded, all in one transaction."""

    registration: Registration
    events: tuple[StatusEvent, ...]
    ended: Ended | None
    """The end of every credential of the registration that has not ended yet."""
    corrects: int | None = None
    """Number of the event that is answered as if it had not been (T21, T23)."""


def ended_of(valid_from: datetime, ended: Ended) -> Ended:
    """Return how a certificate ends: one for a term to come is dropped at a promotion (R-PR-07)."""
    is_dropped = ended.reason is EndedReason.SUPERSEDED and ended.at < valid_from
    return Ended(EndedReason.CLOSED, "CANCELLED", ended.at) if is_dropped else ended


def interim_ended(sub_reason: str, at: datetime) -> Ended:
    """Return how an interim ends: replaced if its renewal was approved (INTERIM), else closed (3.4)."""
    return Ended(EndedReason.REPLACED if sub_reason == "INTERIM" else EndedReason.CLOSED, sub_reason, at)


def changed(
    before: Registration | None,
    after: Registration,
    event_type: EventType,
    *,
    at: datetime,
    reasons: str | tuple[str, str],
    decision_ref: str,
    ended: Ended | None = None,
) -> Change:
    """Return the change to `after`, in effect from `at`, with its event: public status before and after, both reasons.

    `reasons` are that of the file and the key of the public sentence, if they differ; `before` is None for a new
    registration.
    """
    states = status_at(before, at) if before is not None else None, status_at(after, at)
    both = (reasons, reasons) if isinstance(reasons, str) else reasons
    return Change(after, (StatusEvent(event_type, after.register_no, *states, *both, at, decision_ref),), ended)
