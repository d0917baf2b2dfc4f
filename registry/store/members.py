"""What the register keeps of a person beside the public name: the file of intake, and memberships in societies."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from registry.store.repository import Repository, columns
from registry.store.tables import MEMBER_FILE, MEMBERSHIP


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


class MemberStore(Repository):
    """Rows of files and memberships; they are asked for by the columns that make them unique."""

    def add(self, row: MemberFile | Membership) -> None:
        """Add a file or a membership."""
        table = MEMBER_FILE if isinstance(row, MemberFile) else MEMBERSHIP
        self._insert(table, **columns(row))

    def file(self, **unique: str) -> MemberFile | None:
        """Return the file with this `member_no` or `identity_sha256`, or None."""
        return self._read_one(MemberFile, select(MEMBER_FILE).filter_by(**unique))

    def membership(self, **unique: str) -> Membership | None:
        """Return the membership of a `society` with this `membership_no` or `member_id`, or None."""
        return self._read_one(Membership, select(MEMBERSHIP).filter_by(**unique))
