"""What the register keeps of a person beside the public name: the file of intake, and memberships in societies."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from registry.store.repository import Repository, columns, read
from registry.store.tables import MEMBER_FILE, MEMBERSHIP

_OTHER, _FILES, _MEMBERSHIPS = MEMBERSHIP.alias("other"), select(MEMBER_FILE), select(MEMBERSHIP)


@dataclass(frozen=True, slots=True)
class MemberFile:
    """One person as a society made them known; never public (R-PV-05)."""

    member_id: str
    member_no: str
    """The number of the person across all societies."""
    birth_on: date
    identity_sha256: str
    """Keyed hash of the identity document; the number itself is stored nowhere."""
    email: str | None
    consent_c2: bool
    consent_c3: bool
    consent_c4: bool
    consents_on: date
    """The day on which the consents, C1 included, were recorded (R-PV-04)."""


@dataclass(frozen=True, slots=True)
class Membership:
    """One person in one society."""

    society: str
    membership_no: str
    member_id: str
    from_on: date
    to_on: date | None = None
    """Last day of a membership that is over."""
    arrears_on: date | None = None
    """First day on which dues were owed that still are."""
    notified_on: date | None = None
    """Day of the notice that it is over or in arrears (R-RG-06)."""

    def is_same(self, other: "Membership") -> bool:
        """Tell whether a row says the same; how it stands is no matter of an import."""
        return (self.membership_no, self.from_on) == (other.membership_no, other.from_on)

    def is_good_on(self, day: date) -> bool:
        """Tell whether the standing on a day is good."""
        is_over = self.to_on is not None and self.to_on < day
        return not is_over and (self.arrears_on is None or day < self.arrears_on)


class MemberStore(Repository):
    """Rows of files and memberships; they are asked for by the columns that make them unique."""

    def add(self, row: MemberFile | Membership) -> None:
        """Add a file or a membership."""
        self._insert(MEMBER_FILE if isinstance(row, MemberFile) else MEMBERSHIP, **columns(row))

    def file(self, **unique: str) -> MemberFile | None:
        """Return the file with this `member_no` or `identity_sha256`, or None."""
        return self._read_one(MemberFile, _FILES, **unique)

    def membership(self, **unique: str) -> Membership | None:
        """Return the membership of a `society` with this `membership_no` or `member_id`, or None."""
        return self._read_one(Membership, _MEMBERSHIPS, **unique)

    def save(self, membership: Membership) -> None:
        """Keep how a membership stands now."""
        unique = {"society": membership.society, "membership_no": membership.membership_no}
        self._update(MEMBERSHIP, columns(membership), **unique)

    def pass_on(self, old: str, new: str, on: date) -> None:
        """Let every membership of a merged society be one of its successor, as it stands, where there is none."""
        held = select(_OTHER.c.member_id).where(_OTHER.c.society == new, _OTHER.c.member_id == MEMBERSHIP.c.member_id)
        for row in self._all(select(MEMBERSHIP).filter_by(society=old).where(~held.exists())):
            # No society gives out such a number, so it is free.
            number = f"{old}: {row.membership_no}"
            self.add(replace(read(Membership, row), society=new, membership_no=number, from_on=on))
