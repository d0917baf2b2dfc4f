"""Files of kind renewal and restoration."""

from sqlalchemy import and_, case, func, select

from registry.domain.registration import HoldKind
from registry.store.tables import ENTRY, HOLD, RENEWAL, TERM

_PLACE = ("register_no", "registration_seq")
_IS_OF_TERM = and_(
    *(RENEWAL.c[name] == TERM.c[name] for name in _PLACE), RENEWAL.c.term_seq == TERM.c.seq, RENEWAL.c.kind == "renewal"
)
_LIFTED_LATER = HOLD.c.lifted_at.is_(None) | (HOLD.c.lifted_at > RENEWAL.c.completed_at)
_BLOCKED = and_(
    HOLD.c.kind == HoldKind.CPD,
    HOLD.c.member_id == ENTRY.c.member_id,
    HOLD.c.since <= RENEWAL.c.completed_at,
    _LIFTED_LATER,
)
# Under a hold of CPD a file is not complete until the cure (R-RN-03).
_CURED_AT = select(HOLD.c.lifted_at).where(_BLOCKED).correlate(ENTRY, RENEWAL)
_COMPLETE_AT = case((_CURED_AT.exists(), _CURED_AT.scalar_subquery()), else_=RENEWAL.c.completed_at)
_WAITING = select(func.max(_COMPLETE_AT)).where(_IS_OF_TERM, RENEWAL.c.decided_at.is_(None))
_REFUSED = select(func.max(RENEWAL.c.decided_at)).where(
    _IS_OF_TERM, RENEWAL.c.outcome != "approved", _COMPLETE_AT.is_not(None)
)
RENEWAL_OF_TERM = (
    _WAITING.correlate(TERM, ENTRY).scalar_subquery().label("filed_at"),
    _REFUSED.correlate(TERM, ENTRY).scalar_subquery().label("refused_at"),
)
"""When the renewal of a term that waits was complete, and when one was last refused or withdrawn."""
