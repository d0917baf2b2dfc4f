"""Bodies, keys and authorizations as they go into the trust list."""

from dataclasses import dataclass
from datetime import date, datetime

from schemas.multikey import encode_multikey


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A public key with its class and the time [`not_before`, `not_after`) in which it may sign."""

    key_id: str
    key_use: str
    public_key: bytes
    not_before: datetime
    not_after: datetime
    compromised_since: datetime | None = None

    @property
    def controller(self) -> str:
        """The DID of the body whose key it is."""
        return self.key_id.split("#")[0]

    @property
    def multibase(self) -> str:
        """The key as Multikey text."""
        return encode_multikey(self.public_key)

    def state(self, at: datetime) -> str:
        """Return the published state at `at`: pending, active, retired or compromised (`threats.md` 5)."""
        if self.compromised_since is not None:
            return "compromised"
        if at < self.not_before:
            return "pending"
        return "active" if at < self.not_after else "retired"


@dataclass(frozen=True, slots=True)
class ListedBody:
    """A recognised body: role `registrar`, `custodian`, `statements`, `verifier` or `society`."""

    did: str
    role: str
    name: str
    code: str | None
    keys: tuple[ListedKey, ...]


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """One right: a field, grades, what may be done (`new`, `maintain`), first and last day."""

    field: str
    grades: tuple[str, ...]
    may: tuple[str, ...]
    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class AuthorizationEntry:
    """An authorization by CSE; `path` is where its statement is published, `society` the DID of the body."""

    path: str
    society: str
    scope: tuple[ScopeRow, ...]
    standards: tuple[str, ...]
    from_on: date
    to_on: date
    state: str
    state_since: date
    acting_for: str | None = None
