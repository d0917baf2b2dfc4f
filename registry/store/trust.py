"""Bodies, keys, authorizations, trust lists, publications, and facts about the register itself."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from issuer.trusted import AuthorizationEntry, ListedBody, ListedKey, ScopeRow
from registry.store.tables import (
    AUTHORIZATION,
    AUTHORIZATION_SCOPE,
    BODY,
    BODY_KEY,
    FACT,
    PUBLICATION,
    STATEMENT,
    TRUST_LIST,
)

_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class StoredTrustList:
    """A published version of the trust list, as the exact bytes."""

    version: int
    sha256: str
    document: bytes
    issued_at: datetime


class TrustStore:
    """Rows about who may sign what."""

    def __init__(self, connection: Connection) -> None:
        """Work on one `connection`."""
        self._connection = connection

    def set_fact(self, name: str, value: str) -> None:
        """Keep a fact about the register, once."""
        self._connection.execute(insert(FACT).values(name=name, value=value))

    def fact(self, name: str) -> str | None:
        """Return a fact about the register, or None."""
        return self._connection.execute(select(FACT.c.value).where(FACT.c.name == name)).scalar_one_or_none()

    def add_body(self, body: ListedBody, *, keystore: str) -> None:
        """Add a body with its keys; `keystore` names the file that holds their private halves."""
        position = self._connection.execute(select(func.count()).select_from(BODY)).scalar_one()
        self._connection.execute(
            insert(BODY).values(
                did=body.did, role=body.role, name=body.name, code=body.code, keystore=keystore, position=position
            )
        )
        for key in body.keys:
            self.add_key(body.did, key)

    def add_key(self, did: str, key: ListedKey) -> None:
        """Add a key to a body."""
        position = self._connection.execute(select(func.count()).select_from(BODY_KEY)).scalar_one()
        values = {name: getattr(key, name) for name in ListedKey.__slots__}
        self._connection.execute(insert(BODY_KEY).values(did=did, position=position, **values))

    def bodies(self) -> list[ListedBody]:
        """Return every body with its keys, in the order in which they were added."""
        rows = self._connection.execute(select(BODY).order_by(BODY.c.position))
        return [ListedBody(row.did, row.role, row.name, row.code, self.keys(row.did)) for row in rows]

    def keys(self, did: str) -> tuple[ListedKey, ...]:
        """Return the keys of a body, oldest first."""
        rows = self._connection.execute(select(BODY_KEY).where(BODY_KEY.c.did == did).order_by(BODY_KEY.c.position))
        return tuple(ListedKey(**{name: getattr(row, name) for name in ListedKey.__slots__}) for row in rows)

    def add_authorization(self, entry: AuthorizationEntry, *, code: str, document: bytes) -> None:
        """Add an authorization with its signed statement."""
        self._connection.execute(
            insert(AUTHORIZATION).values(
                path=entry.path,
                society=entry.society,
                code=code,
                acting_for=entry.acting_for,
                standards=_SEPARATOR.join(entry.standards),
                from_on=entry.from_on,
                to_on=entry.to_on,
                state=entry.state,
                state_since=entry.state_since,
                document=document,
            )
        )
        for seq, row in enumerate(entry.scope, start=1):
            values = {"field": row.field, "from_on": row.from_on, "until_on": row.until_on}
            lists = {"grades": _SEPARATOR.join(row.grades), "may": _SEPARATOR.join(row.may)}
            self._connection.execute(insert(AUTHORIZATION_SCOPE).values(path=entry.path, seq=seq, **values, **lists))

    def authorizations(self) -> list[AuthorizationEntry]:
        """Return every authorization, by path."""
        rows = self._connection.execute(select(AUTHORIZATION).order_by(AUTHORIZATION.c.path))
        return [
            AuthorizationEntry(
                path=row.path,
                society=row.society,
                scope=self._scope(row.path),
                standards=tuple(row.standards.split(_SEPARATOR)),
                from_on=row.from_on,
                to_on=row.to_on,
                state=row.state,
                state_since=row.state_since,
                acting_for=row.acting_for,
            )
            for row in rows
        ]

    def _scope(self, path: str) -> tuple[ScopeRow, ...]:
        rows = self._connection.execute(
            select(AUTHORIZATION_SCOPE).where(AUTHORIZATION_SCOPE.c.path == path).order_by(AUTHORIZATION_SCOPE.c.seq)
        )
        return tuple(
            ScopeRow(
                row.field,
                tuple(row.grades.split(_SEPARATOR)),
                tuple(row.may.split(_SEPARATOR)),
                row.from_on,
                row.until_on,
            )
            for row in rows
        )

    def add_statement(self, path: str, document: bytes) -> None:
        """Keep a signed statement for publication at `path`."""
        self._connection.execute(insert(STATEMENT).values(path=path, document=document))

    def statements(self) -> dict[str, bytes]:
        """Return every signed statement by path, authorizations among them."""
        found = {row.path: row.document for row in self._connection.execute(select(STATEMENT))}
        rows = self._connection.execute(select(AUTHORIZATION.c.path, AUTHORIZATION.c.document))
        return found | {row.path: row.document for row in rows}

    def add_trust_list(self, trust_list: StoredTrustList) -> None:
        """Keep a new version of the trust list."""
        values = {name: getattr(trust_list, name) for name in StoredTrustList.__slots__}
        self._connection.execute(insert(TRUST_LIST).values(**values))

    def trust_list(self) -> StoredTrustList | None:
        """Return the newest trust list, or None before the first."""
        query = select(TRUST_LIST).order_by(TRUST_LIST.c.version.desc()).limit(1)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        return StoredTrustList(row.version, row.sha256, row.document, row.issued_at)

    def next_slot(self, *, issued_at: datetime) -> int:
        """Take the next publication slot."""
        slot = int(self._connection.execute(select(func.max(PUBLICATION.c.slot))).scalar_one() or 0) + 1
        self._connection.execute(insert(PUBLICATION).values(slot=slot, issued_at=issued_at))
        return slot
