"""Bodies, keys, authorizations, trust lists, publications, and facts about the register itself."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, true, update

from issuer.trusted import AuthorizationEntry, ListedBody, ScopeRow
from registry.store import tables
from registry.store.repository import Repository, columns, read
from verifier.trust import TrustedKey

_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class StoredTrustList:
    """A published version of the trust list, as the exact bytes."""

    version: int
    sha256: str
    document: bytes
    issued_at: datetime


_SCOPES, _KEYS = select(tables.AUTHORIZATION_SCOPE).order_by("seq"), select(tables.BODY_KEY).order_by("position")
_FACTS, _KEYSTORES = select(tables.FACT.c.value), select(tables.BODY.c.keystore)
_FACT_AND_LISTS = select(tables.FACT.c.value, tables.TRUST_LIST).join(tables.TRUST_LIST, true())
_FACT_AND_NEWEST = _FACT_AND_LISTS.order_by(tables.TRUST_LIST.c.version.desc()).limit(1)
_LAST: list[StoredTrustList] = []
"""The list that was read last. An equal one is given as the same value, so that its bytes are hashed once."""


class TrustStore(Repository):
    """Rows about who may sign what."""

    def set_fact(self, name: str, value: str) -> None:
        """Keep a fact about the register, instead of the one of this name that there may be."""
        self._connection.execute(delete(tables.FACT).filter_by(name=name))
        self._insert(tables.FACT, name=name, value=value)

    def fact(self, name: str) -> str | None:
        """Return a fact about the register, or None."""
        value: str | None = self._cell(_FACTS, name=name)
        return value

    def add_body(self, body: ListedBody, *, keystore: str) -> None:
        """Add a body with its keys; `keystore` names the file that holds their private halves."""
        position = self._cell(select(func.count()).select_from(tables.BODY))
        own = {name: value for name, value in columns(body).items() if name != "keys"}
        self._insert(tables.BODY, **own, keystore=keystore, position=position)
        for key in body.keys:
            self.add_key(body.did, key)

    def add_key(self, did: str, key: TrustedKey) -> None:
        """Add a key to a body."""
        position = self._cell(select(func.count()).select_from(tables.BODY_KEY))
        self._insert(tables.BODY_KEY, did=did, position=position, **columns(key))

    def bodies(self) -> list[ListedBody]:
        """Return every body with its keys, in the order in which they were added."""
        rows = self._all(select(tables.BODY).order_by(tables.BODY.c.position))
        return [read(ListedBody, row, keys=self.keys(row.did)) for row in rows]

    def keys(self, did: str) -> tuple[TrustedKey, ...]:
        """Return the keys of a body, oldest first."""
        rows = self._all(_KEYS, did=did)
        return tuple(read(TrustedKey, row) for row in rows)

    def add_authorization(self, entry: AuthorizationEntry, *, code: str, document: bytes) -> None:
        """Add an authorization with its signed statement."""
        own = columns(entry) | {"standards": _SEPARATOR.join(entry.standards)}
        scope = own.pop("scope")
        self._insert(tables.AUTHORIZATION, **own, code=code, document=document)
        for seq, row in enumerate(scope, start=1):
            lists = {"grades": _SEPARATOR.join(row.grades), "may": _SEPARATOR.join(row.may)}
            self._insert(tables.AUTHORIZATION_SCOPE, path=entry.path, seq=seq, **(columns(row) | lists))

    def drop_authorization(self, path: str) -> None:
        """Make room for an authorization as a decision left it; its statement stays in the journal by its digest."""
        for table in (tables.AUTHORIZATION_SCOPE, tables.AUTHORIZATION):
            self._connection.execute(delete(table).filter_by(path=path))

    def set_compromised(self, key_id: str, since: datetime) -> None:
        """Note that a key counts for nothing from a moment on."""
        self._connection.execute(update(tables.BODY_KEY).filter_by(key_id=key_id).values(compromised_since=since))

    def keystore(self, did: str) -> str:
        """Return the name of the keystore of a body."""
        return str(self._cell(_KEYSTORES, did=did))

    def authorizations(self) -> list[AuthorizationEntry]:
        """Return every authorization, by path."""
        rows = self._all(select(tables.AUTHORIZATION).order_by(tables.AUTHORIZATION.c.path))
        return [
            read(AuthorizationEntry, row, scope=self._scope(row.path), standards=_parts(row.standards)) for row in rows
        ]

    def _scope(self, path: str) -> tuple[ScopeRow, ...]:
        rows = self._all(_SCOPES, path=path)
        return tuple(read(ScopeRow, row, grades=_parts(row.grades), may=_parts(row.may)) for row in rows)

    def add_statement(self, path: str, document: bytes) -> None:
        """Keep a signed statement for publication at `path`."""
        self._insert(tables.STATEMENT, path=path, document=document)

    def statements(self) -> dict[str, bytes]:
        """Return every signed statement by path, authorizations among them."""
        granted = tables.AUTHORIZATION.c
        rows = self._all(select(tables.STATEMENT)) + self._all(select(granted.path, granted.document))
        return {row.path: row.document for row in rows}

    def add_trust_list(self, trust_list: StoredTrustList) -> None:
        """Keep a new version of the trust list."""
        self._insert(tables.TRUST_LIST, **columns(trust_list))

    def trust_list(self) -> StoredTrustList | None:
        """Return the newest trust list, or None before the first."""
        found = self.root_and_list()
        return found[1] if found is not None else None

    def root_and_list(self) -> tuple[str, StoredTrustList] | None:
        """Return the document of the root and the newest trust list, or None before the first."""
        row = self._one(_FACT_AND_NEWEST, name="root")
        if row is None:
            return None
        found = read(StoredTrustList, row)
        _LAST[:] = [next((one for one in _LAST if one == found), found)]
        return row.value, _LAST[0]

    def last_published_at(self) -> datetime | None:
        """Return when the last publication was made, or None before the first."""
        last: datetime | None = self._cell(select(func.max(tables.PUBLICATION.c.issued_at)))
        return last

    def next_slot(self, *, issued_at: datetime) -> int:
        """Take the next publication slot."""
        slot: int = (self._cell(select(func.max(tables.PUBLICATION.c.slot))) or 0) + 1
        self._insert(tables.PUBLICATION, slot=slot, issued_at=issued_at)
        return slot


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split(_SEPARATOR))
