"""Files of kind renewal, restoration and promotion: of each register entry one waits at a time, beside a promotion."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, case, func, select

from registry.domain.registration import HoldKind
from registry.store.repository import Repository, columns, read
from registry.store.tables import ENTRY, HOLD, TERM
from registry.store.tables import RENEWAL as FILE

RENEWAL, RESTORATION, PROMOTION = "renewal", "restoration", "promotion"
APPROVED, VOID = "approved", "void"

_PLACE = {"register_no": "register_no", "registration_seq": "registration_seq", "term_seq": "seq"}
_IN_VIEW = and_(*(FILE.c[name] == TERM.c[own] for name, own in _PLACE.items()))
_RUNS_THEN = HOLD.c.lifted_at.is_(None) | (HOLD.c.lifted_at > FILE.c.completed_at)
_BLOCKED = (HOLD.c.kind == HoldKind.CPD) & (HOLD.c.since <= FILE.c.completed_at) & _RUNS_THEN
# Under a hold of CPD a file is not complete until the cure (R-RN-03).
_CURED_AT = select(HOLD.c.lifted_at).where(HOLD.c.member_id == ENTRY.c.member_id, _BLOCKED).correlate(ENTRY, FILE)
_COMPLETE_AT = case((_CURED_AT.exists(), _CURED_AT.scalar_subquery()), else_=FILE.c.completed_at)
_WAITING = select(func.max(_COMPLETE_AT)).where(_IN_VIEW, FILE.c.decided_at.is_(None))
_REFUSED = select(func.max(FILE.c.decided_at)).where(_IN_VIEW, FILE.c.outcome.not_in([APPROVED, VOID]))
_FOUND = (
    ("filed_at", _WAITING, RENEWAL),
    ("refused_at", _REFUSED.where(_COMPLETE_AT.is_not(None)), RENEWAL),
    ("promotion_filed_at", _WAITING, PROMOTION),
)
RENEWAL_OF_TERM = tuple(
    query.where(FILE.c.kind == kind).correlate(TERM, ENTRY).scalar_subquery().label(name)
    for name, query, kind in _FOUND
)
"""When the renewal of a term that waits was complete, and the promotion; when a renewal was refused or withdrawn."""
_PROMOTIONS, _OTHERS = select(FILE).filter_by(kind=PROMOTION), select(FILE).where(FILE.c.kind != PROMOTION)
_QUEUE = (
    select(FILE, TERM.c.end_on, TERM.c.timely_until_on, ENTRY.c.society)
    .join(ENTRY, ENTRY.c.register_no == FILE.c.register_no)
    .join(TERM, _IN_VIEW)
    .where(FILE.c.decided_at.is_(None))
    .order_by(TERM.c.end_on, FILE.c.register_no)
)


@dataclass(frozen=True, slots=True)
class RenewalRow:
    """One file: what it asks for, the term in view, and what became of it."""

    register_no: str
    seq: int
    registration_seq: int
    term_seq: int
    kind: str
    filed_at: datetime
    code_version: str
    """The version of the code of conduct that the member signed with it (R-CC-01)."""
    completed_at: datetime | None = None
    """When nothing of it was missing any more; under a hold of CPD it is complete only with the cure."""
    decided_at: datetime | None = None
    outcome: str | None = None
    decision_ref: str | None = None


class RenewalStore(Repository):
    """Rows of renewals, restorations and promotions."""

    def waiting(self, register_no: str, *, promotes: bool = False) -> RenewalRow | None:
        """Return the file of a number that nobody has decided, that of its promotion or the other, or None."""
        files = _PROMOTIONS if promotes else _OTHERS
        return self._read_one(RenewalRow, files, register_no=register_no, decided_at=None)

    def next_seq(self, register_no: str) -> int:
        """Return the number of the next file of a register number."""
        return int(self._cell(select(func.count()).select_from(FILE).filter_by(register_no=register_no))) + 1

    def keep(self, file: RenewalRow, *, is_new: bool) -> None:
        """Add a file, or note that it is complete or how it was decided."""
        if is_new:
            self._insert(FILE, **columns(file))
        else:
            self._update(FILE, columns(file), register_no=file.register_no, seq=file.seq)

    def reopen(self, register_no: str, *, closed_at: datetime, at: datetime) -> None:
        """Let what was closed when a registration ended in error wait again, in place of what was filed since (T23)."""
        self.close_waiting(register_no, at=at)
        place = {"register_no": register_no, "decided_at": closed_at, "outcome": VOID}
        self._update(FILE, {"decided_at": None, "outcome": None}, **place)

    def close_waiting(self, register_no: str, *, at: datetime) -> None:
        """Close what waits of an entry whose registration ends: there is nothing to renew any more."""
        self._update(FILE, {"decided_at": at, "outcome": VOID}, register_no=register_no, decided_at=None)

    def queue(self) -> list[tuple[RenewalRow, tuple[date, date | None], str]]:
        """Return every file that waits, by the end of the term in view, with that and until when it is in time later.

        The last is the society.
        """
        return [(read(RenewalRow, row), (row.end_on, row.timely_until_on), row.society) for row in self._all(_QUEUE)]
