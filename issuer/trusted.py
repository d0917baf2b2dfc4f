"""Bodies and authorizations as they go into the trust list; their keys are `verifier.trust.TrustedKey`."""

from dataclasses import dataclass
from datetime import date

from verifier.trust import Body, TrustedKey


@dataclass(frozen=True, slots=True)
class ListedBody(Body):
    """A recognised body with its keys."""

    keys: tuple[TrustedKey, ...]


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
