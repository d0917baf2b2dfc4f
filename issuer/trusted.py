"""Bodies and authorizations as they go into the trust list; their keys are `verifier.trust.TrustedKey`."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from verifier.trust import Body, TrustedKey

CAUSES = ("term_end", "own_request", "quality", "integrity", "merger")
"""Why an authorization ends (domain 2.2)."""
TERM_END, INTEGRITY, MERGER = CAUSES[0], *CAUSES[3:]


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
    cause: str | None = None
    """Why it ended, one of `CAUSES`; if that was integrity, with the first and last day of the assessments in doubt."""
    doubt_from: date | None = None
    doubt_until: date | None = None
    successor: str | None = None
    """DID of the body that administers what was administered under it (R-AU-05, R-AU-11)."""
    decision_ref: str | None = None
    """What decided its state; not published."""

    @property
    def over_on(self) -> date:
        """First day on which it gives no right any more: another body took over on it, or it has run out."""
        return self.state_since if self.successor is not None else self.to_on + timedelta(days=1)

    def runs_on(self, on: date) -> bool:
        """Tell whether it gives any right on a day."""
        return self.state != "annulled" and any(row.from_on <= on <= row.until_on for row in self.scope)

    def rows_from(self, on: date) -> tuple[ScopeRow, ...]:
        """Return the rows that last to a day or beyond, from then on."""
        return tuple(replace(row, from_on=max(row.from_on, on)) for row in self.scope if row.until_on >= on)

    def changed(self, on: date, state: str, may: tuple[str, ...], **told: Any) -> "AuthorizationEntry":
        """Return it as it is if from `on` it allows `may`, or nothing; one that would never begin is annulled.

        What was allowed on the days before stays so: a decision acts forward only (R-AU-02).
        """
        before = on - timedelta(days=1)
        begun = tuple(replace(row, until_on=min(row.until_on, before)) for row in self.scope if row.from_on < on)
        scope = begun + tuple(replace(row, may=may) for row in self.rows_from(on) if may)
        return replace(self, scope=scope or self.scope, state=state if scope else "annulled", state_since=on, **told)

    def covers(self, wanted: ScopeRow, on: date) -> bool:
        """Tell whether it allows on a day what is new in the field and every grade of a row."""
        rows = (row for row in self.rows_from(on) if row.from_on <= on and "new" in row.may)
        return any(row.field == wanted.field and {*wanted.grades} <= {*row.grades} for row in rows)
