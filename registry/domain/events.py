"""What happened to a registration: append-only status events (domain 2.14)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from registry.domain.numbers import RegisterNumber
from registry.domain.status import PublicStatus


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
