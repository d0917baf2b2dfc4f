"""The public part of a key: its class (one key, one class: threats 5), when it may sign, and its public half."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from keys.refusals import KeyFormError
from schemas.multikey import Algorithm


class KeyUse(StrEnum):
    """What a key may sign; the value is the `keyUse` of the trust list."""

    ROOT = "root"
    TRUST = "trust"
    ISSUE = "issue"
    ISSUE_JOSE = "issue-jose"
    STATUS = "status"
    STATUS_JOSE = "status-jose"
    SEAL = "seal"
    STATEMENT = "statement"
    MANIFEST = "manifest"
    RECEIPT = "receipt"
    JOURNAL = "journal"

    @property
    def algorithm(self) -> Algorithm:
        """The one algorithm of a key of this class: what wallets read is signed with ES256 (`credential.md` C12)."""
        return Algorithm.ES256 if self in {KeyUse.ISSUE_JOSE, KeyUse.STATUS_JOSE} else Algorithm.EDDSA


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """The public part of one key; `key_id` is its DID URL."""

    key_id: str
    key_use: KeyUse
    not_before: datetime
    not_after: datetime
    """The first second at which it may no longer sign."""
    public_key: bytes
    is_destroyed: bool = False

    def covers(self, at: datetime) -> bool:
        """Tell whether `at` lies in the window [`not_before`, `not_after`)."""
        return self.not_before <= whole_second("at", at) < self.not_after


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key to add; without a `seed` it is made at random."""

    key_id: str
    key_use: KeyUse
    not_before: datetime
    not_after: datetime
    seed: bytes | None = field(default=None, repr=False)


def yearly_key(did: str, use: KeyUse, year: int) -> NewKey:
    """Return a new key of a body for one year (UTC), under the fragment that tells class, curve and year."""
    fragment = f"{use.replace('-jose', '-p256')}-{year}"
    return NewKey(f"{did}#{fragment}", use, datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC))


def record_of(new: NewKey, public_key: bytes) -> KeyRecord:
    """Return the record of a new key, its window cut to whole seconds.

    Raises `KeyFormError` when the window ends before it begins, names no time zone,
    or the key id is empty.
    """
    key_id, use = required_text("key id", new.key_id), KeyUse(new.key_use)
    window = whole_second("not_before", new.not_before), whole_second("not_after", new.not_after)
    record = KeyRecord(key_id, use, *window, public_key)
    if record.not_after <= record.not_before:
        raise KeyFormError("not_after", "later than not_before")
    return record


def required_text(part: str, text: str) -> str:
    """Return `text`; raises `KeyFormError` when it is empty or no plain text."""
    if not text or not text.isprintable():
        raise KeyFormError(part, "a printable text")
    return text


def whole_second(part: str, moment: datetime) -> datetime:
    """Return `moment` in UTC, cut to its second; it must name its zone."""
    if moment.utcoffset() is None:
        raise KeyFormError(part, "an instant with its time zone")
    return moment.astimezone(UTC).replace(microsecond=0)
