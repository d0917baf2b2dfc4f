"""Founding a register: bodies, keys, authorizations, and the trust list that the root signs."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from issuer import documents
from issuer.bodies import english_name
from issuer.proofs import document_bytes, sign_document
from issuer.trusted import AuthorizationEntry, ListedBody
from keys.keystore import KeyRecord, NewKey
from keys.records import KeyUse, yearly_key
from registry.domain.actors import Action, Actor, require
from registry.domain.calendar import start_of
from registry.services import refusals
from registry.services.ports import Desk, Keyring
from registry.store.trust import StoredTrustList
from registry.store.work import Work
from schemas import addresses, codes, contexts, contracts
from verifier.root import PinnedRoot, UntrustedListError, accept_trust_list, read_root
from verifier.trust import Signing, TrustedKey, TrustList

ROOT_NAMES = ("root-a", "root-b", "root-c")
ROOT_THRESHOLD = 2
CSE_KEYSTORE, STATEMENTS_KEYSTORE, CUSTODIAN_KEYSTORE = "cse", "statements", "custodian"
STANDARDS = ("T/CAS 326-2018", "T/CAS 326-2021")
_ROOT_YEARS = 5
_TIMES = 10
"""How many times what a document of anybody may state, a trust list may: it names every key there ever was."""
_RENEW_BEFORE = timedelta(days=1)
CSE_USES = (KeyUse.ISSUE, KeyUse.ISSUE_JOSE, KeyUse.STATUS, KeyUse.STATUS_JOSE, KeyUse.SEAL)


@dataclass(frozen=True, slots=True)
class Founding:
    """A register to be founded: which years its yearly keys serve, and its societies."""

    first_year: int
    last_year: int
    societies: tuple[str, ...]


def found_register(desk: Desk, keyring: Keyring, founding: Founding, *, actor: Actor, now: datetime) -> None:
    """Make bodies, keystores and keys, and sign the code tables.

    Raises `RegisterExistsError` if the database holds a register already.
    """
    require(actor, Action.ADMINISTER_TRUST)
    with desk.open_work() as work:
        if work.trust.fact("base") is not None:
            raise refusals.RegisterExistsError("this database holds a register already")
        work.trust.set_fact("base", desk.base)
        work.trust.set_fact("kind", "demo" if desk.is_demo else "production")
        roots = _create_roots(desk, keyring, founding, now)
        root_did = addresses.body_did(desk.base, "root")
        work.trust.add_body(ListedBody(root_did, "root", "Trust root", None, roots), keystore=ROOT_NAMES[0])
        root = documents.did_document(root_did, roots, is_demo=desk.is_demo)
        work.trust.set_fact("root", document_bytes(root).decode("utf-8"))
        years = range(founding.first_year, founding.last_year + 1)
        for body, keystore, uses in _bodies(desk, founding):
            new_keys = [yearly_key(body.did, use, year) for year in years for use in uses]
            keys = tuple(listed(keyring.create(keystore, body=body.did, new_keys=new_keys)))
            work.trust.add_body(replace(body, keys=keys), keystore=keystore)
        tables = documents.unsigned_code_tables(desk.base, is_demo=desk.is_demo, since=now.date())
        signer = keyring.signer(STATEMENTS_KEYSTORE, KeyUse.STATEMENT, now)
        signed = sign_document(tables, (signer,), created=now, base=desk.base)
        work.trust.add_statement("/trust/codes.json", document_bytes(signed))


def _bodies(desk: Desk, founding: Founding) -> Iterator[tuple[ListedBody, str, tuple[KeyUse, ...]]]:
    """Give each body beside the root, without its keys: their keystore and their classes stand with it."""
    base = desk.base
    own = (
        ("registrar", "Chinese Society of Engineers", "CSE", CSE_KEYSTORE, CSE_USES),
        ("custodian", "CSE custodian body", codes.CUSTODIAN, CUSTODIAN_KEYSTORE, (KeyUse.ISSUE,)),
        ("statements", "CSE statements", None, STATEMENTS_KEYSTORE, (KeyUse.STATEMENT, KeyUse.MANIFEST)),
    )
    for role, name, code, keystore, uses in own:
        did = addresses.cse_did(base) if role == "registrar" else addresses.body_did(base, role)
        yield ListedBody(did, role, english_name(name, is_demo=desk.is_demo), code, ()), keystore, uses
    for code in founding.societies:
        name, did = codes.SOCIETIES[code].name_en, addresses.society_did(base, code)
        yield ListedBody(did, "society", name, code, ()), society_keystore(code), (KeyUse.ISSUE,)


def society_keystore(code: str) -> str:
    """Return the name of the keystore of a society, or of CSE's custodian body."""
    return CUSTODIAN_KEYSTORE if code == codes.CUSTODIAN else f"society-{code.lower()}"


def body_of(base: str, code: str) -> str:
    """Return the DID of a society, or of CSE's custodian body."""
    return addresses.body_did(base, "custodian") if code == codes.CUSTODIAN else addresses.society_did(base, code)


def code_of(did: str) -> str:
    """Return the code of a society, or of CSE's custodian body, by its DID."""
    code = addresses.society_code(did)
    return codes.CUSTODIAN if code == "CUSTODIAN" else code


def _year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


def _create_roots(desk: Desk, keyring: Keyring, founding: Founding, now: datetime) -> tuple[TrustedKey, ...]:
    """Make three root keys in three keystores, so that they can be given to three people."""
    did = addresses.body_did(desk.base, "root")
    until = _year(founding.last_year + _ROOT_YEARS)
    roots = []
    for name in ROOT_NAMES:
        new = NewKey(f"{did}#{name}", KeyUse.ROOT, min(now, _year(founding.first_year)), until)
        roots += listed(keyring.create(name, body=name, new_keys=(new,)))
    return tuple(roots)


def listed(records: Sequence[KeyRecord]) -> list[TrustedKey]:
    """Return keys as the trust list names them."""
    return [TrustedKey(one.key_id, one.key_use, one.public_key, one.not_before, one.not_after) for one in records]


def keep_authorization(
    desk: Desk, work: Work, keyring: Keyring, entry: AuthorizationEntry, *, actor: Actor, now: datetime
) -> None:
    """Sign and keep an authorization in an open transaction, in the place of the one that stands at its path."""
    code = code_of(entry.society)
    unsigned = documents.unsigned_authorization(entry, code, base=desk.base, is_demo=desk.is_demo)
    signer = keyring.signer(STATEMENTS_KEYSTORE, KeyUse.STATEMENT, now)
    document = document_bytes(sign_document(unsigned, (signer,), created=now, base=desk.base))
    work.trust.drop_authorization(entry.path)
    work.trust.add_authorization(entry, code=code, document=document)
    work.journal.note("authorization", entry.path, document, actor=actor, at=now)


def publish_trust_list(desk: Desk, keyring: Keyring, *, actor: Actor, now: datetime) -> int:
    """Sign the next version of the trust list with two of the three root keys, and return its version.

    The bytes are read back through the pinned root before they are kept. Raises `TrustListError` if they
    do not hold.
    """
    require(actor, Action.ADMINISTER_TRUST)
    with desk.open_work() as work:
        return sign_trust_list(desk, work, keyring, actor=actor, now=now)


def sign_trust_list(desk: Desk, work: Work, keyring: Keyring, *, actor: Actor, now: datetime) -> int:
    """Do what `publish_trust_list` does in an open transaction, for a decision that counts with it or not at all."""
    signers = [keyring.signer(name, KeyUse.ROOT, now) for name in ROOT_NAMES[:ROOT_THRESHOLD]]
    content = _content(desk, work, now)
    unsigned = documents.unsigned_trust_list(content, now=now)
    signed = sign_document(unsigned, signers, created=now, base=desk.base, times=_TIMES)
    document = document_bytes(signed)
    try:
        accept_trust_list(document, pinned_root(work), now=now)
    except UntrustedListError as error:
        raise refusals.TrustListError(f"the signed trust list does not hold: {error.code}") from error
    row = work.journal.note("trust-list", f"version {content.version}", document, actor=actor, at=now)
    work.trust.add_trust_list(StoredTrustList(content.version, row.payload_sha256, document, now))
    return content.version


def _content(desk: Desk, work: Work, now: datetime) -> documents.TrustListContent:
    previous, bodies = work.trust.trust_list(), work.trust.bodies()
    roots = next(body for body in bodies if body.role == "root")
    return documents.TrustListContent(
        base=desk.base,
        is_demo=desk.is_demo,
        version=previous.version + 1 if previous is not None else 1,
        previous_sha256=previous.sha256 if previous is not None else None,
        journal=work.journal.head(),
        root_keys=roots.keys,
        root_threshold=ROOT_THRESHOLD,
        bodies=tuple(body for body in bodies if body.role != "root"),
        authorizations=tuple(work.trust.authorizations()),
        resources=_resources(desk, work),
    )


def _resources(desk: Desk, work: Work) -> tuple[tuple[str, str], ...]:
    own = [desk.base + path for path in contexts.OWN]
    pinned = [(url, contexts.PUBLISHED[url][1]) for url in (contexts.CREDENTIALS_V2, contexts.OPEN_BADGES_V3)]
    pinned += [(url, hashlib.sha256(contexts.context_bytes(url, desk.base)).hexdigest()) for url in own]
    schema = contracts.schema_bytes("certificate", desk.base)
    pinned.append((f"{desk.base}/schemas/certificate/v1.json", hashlib.sha256(schema).hexdigest()))
    statements = sorted(work.trust.statements().items())
    pinned += [(desk.base + path, hashlib.sha256(document).hexdigest()) for path, document in statements]
    return tuple(pinned)


def refresh_trust_list(desk: Desk, keyring: Keyring, *, actor: Actor, now: datetime) -> None:
    """Publish a new trust list if the newest has less than a day left."""
    with desk.open_reading() as work:
        newest = work.trust.trust_list()
        if newest is not None:
            with suppress(UntrustedListError):
                if accept_trust_list(newest.document, pinned_root(work), now=now).expires_at - now > _RENEW_BEFORE:
                    return
    publish_trust_list(desk, keyring, actor=actor, now=now)


def pinned_root(work: Work) -> PinnedRoot:
    """Return the root that this register pins: its own. Raises `RegisterMissingError`."""
    document = work.trust.fact("root")
    if document is None:
        raise refusals.RegisterMissingError("there is no register in this database yet")
    return read_root(document.encode("utf-8"))


def trust_in_force(work: Work, *, now: datetime) -> TrustList:
    """Return the newest trust list, checked against the pinned root. Raises `TrustListError`."""
    return trust_and_root(work, now=now)[0]


def trust_and_root(work: Work, *, now: datetime) -> tuple[TrustList, PinnedRoot]:
    """Return what `trust_in_force` returns, and the root that signed it."""
    found = work.trust.root_and_list()
    if found is None:
        raise refusals.TrustListError("no trust list was published yet")
    document, newest = found
    try:
        root = read_root(document.encode("utf-8"))
        return accept_trust_list(newest.document, root, now=now), root
    except UntrustedListError as error:
        raise refusals.TrustListError(f"no trust list is in force ({error.code}): publish one", error.code) from error


def require_covered(
    trust: TrustList,
    society: str,
    field: str,
    grade: str,
    *,
    standard: str,
    basis: str,
    term_from: date,
    now: datetime,
    assessed_by: str | None = None,
    is_decided: bool = True,
) -> None:
    """Ask the trust list in force whether a society may sign for this at `now`: the one home of the rule (R-AU-02).

    `term_from` is the first day of the term; in custody `assessed_by` is the society for which the custodian body acts.
    Raises `ScopeViolationError` for what is decided or signed, `SocietyNotAuthorizedError` for what is handed in.
    """
    signing = Signing(
        society=body_of(trust.base, society),
        assessed_by=body_of(trust.base, assessed_by) if assessed_by is not None else None,
        field=field,
        grade=grade,
        basis=basis,
        standard=standard,
        term_began=start_of(term_from),
        created=now,
    )
    if not trust.covers(signing):
        refusal = refusals.ScopeViolationError if is_decided else refusals.SocietyNotAuthorizedError
        raise refusal(society, field, grade)
