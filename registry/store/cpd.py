"""What is on file about CPD: activities and exemptions, beside when the person was registered."""

from itertools import groupby
from operator import itemgetter

from sqlalchemy import select

from registry.domain.cpd_person import Activity, Exemption, PersonFile
from registry.store.repository import Repository, read
from registry.store.tables import CPD_ACTIVITY, CPD_EXEMPTION, ENTRY, EVENT, MEMBER

_ACTIVITIES = select(CPD_ACTIVITY).order_by(CPD_ACTIVITY.c.seq)
_EXEMPTIONS = select(CPD_EXEMPTION).order_by(CPD_EXEMPTION.c.granted_at)
_MEMBERS = select(MEMBER.c.id, MEMBER.c.deceased_on, MEMBER.c.cpd_due_at, MEMBER.c.cpd_hold_at, MEMBER.c.cpd_lapse_at)
_STATUSES = (
    select(ENTRY.c.register_no, EVENT.c.effective_at, EVENT.c.to_state)
    .join(EVENT, EVENT.c.register_no == ENTRY.c.register_no)
    .order_by(ENTRY.c.register_no, EVENT.c.seq)
)


class CpdStore(Repository):
    """Rows of CPD, by member."""

    def file(self, member_id: str) -> PersonFile:
        """Return what is on file about one person."""
        statuses = groupby(map(tuple, self._all(_STATUSES, member_id=member_id)), itemgetter(0))
        person = self._one(_MEMBERS, id=member_id)
        return PersonFile(
            tuple(self.activities(member_id)),
            tuple(read(Exemption, row) for row in self._all(_EXEMPTIONS, member_id=member_id)),
            tuple(tuple((at, status) for _, at, status in own) for _, own in statuses),
            person.deceased_on if person is not None else None,
        )

    def activities(self, member_id: str) -> list[Activity]:
        """Return the activities of a person, in the order in which they were handed in."""
        return [read(Activity, row) for row in self._all(_ACTIVITIES, member_id=member_id)]
