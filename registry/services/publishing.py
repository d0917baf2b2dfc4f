"""Publishing: every public artefact as files, with a signed manifest (`domain.md` 3.4, `threats.md` 0).

Order of a publication: revocation lists, then suspension lists, then everything else, the manifest last. Each file
is replaced in one step and is durable before the next.

One order is enough. A revocation bit never falls, and a suspension bit falls while the certificate is not ended, or it
stays for good. So whoever finds neither bit in the folder, at any moment or after any crash, finds what was true when
that suspension list was made: nothing is cleared there before the revocation list beside it shows what it must. A
reader with an old copy of either list finds what was true at a moment not before the older of the two.

A list whose bits have not changed is left as it stands for some minutes: its bytes are what readers have already.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from issuer import documents, jose, refusals
from issuer.proofs import document_bytes, sign_text
from issuer.status_lists import encode_bits, encode_statuses, sign_list, unsigned_list, unsigned_token_list
from keys.records import KeyUse
from keys.signer import Signer
from registry.domain.actors import Action, Actor, require
from registry.domain.calendar import whole_second
from registry.services.ports import Desk, Keyring, Publisher
from registry.services.refusals import KeyMissingError, ServiceError
from registry.services.replacing import end_replaced
from registry.services.trust import CSE_KEYSTORE, STATEMENTS_KEYSTORE, trust_in_force
from registry.services.wallets import token_signer
from registry.store.work import Work
from schemas.addresses import JWT_ISSUER_PATH, VCT_PATH, cse_did, did_document_path, status_list_url, token_list_url
from schemas.contexts import OWN, certificate_contexts, context_bytes
from schemas.contracts import CONTRACTS, schema_bytes
from schemas.refusals import translated
from verifier import folder, status_list
from verifier.refusals import DisbelievedError
from verifier.statements import AGREEMENTS
from verifier.trust import TrustList

VC = "application/vc"
_DAY = timedelta(hours=24)

KEPT_FOR = timedelta(minutes=5)
"""How long a list with the same bits is not signed anew. With a publication at least every ten minutes none is then
older than fifteen (freshness table, `threats.md` 0)."""


class PublicationError(ServiceError, code="publication"):
    """A signed list or manifest did not read back as what was meant; it was not published."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published: slot, and how many files."""

    slot: int
    files: int


_File = tuple[documents.PublishedEntry, bytes]


def _file(path: str, media_type: str, content: bytes) -> _File:
    return documents.PublishedEntry(path, media_type, hashlib.sha256(content).hexdigest()), content


def publish(desk: Desk, keyring: Keyring, publisher: Publisher, *, actor: Actor, now: datetime) -> Publication:
    """Write every public artefact as it stands now, and return what was written.

    Raises `TrustListError` if no trust list is in force, and `PublicationError` if a signed file does not read back:
    nothing was published then, or all but the lists of copies in wallets.
    """
    require(actor, Action.PUBLISH)
    moment = whole_second(now)
    status = keyring.signer(CSE_KEYSTORE, KeyUse.STATUS, moment)
    manifest = keyring.signer(STATEMENTS_KEYSTORE, KeyUse.MANIFEST, moment)
    with publisher.exclusive():
        with desk.open_work() as work:
            trust = trust_in_force(work, now=moment)
            if (before := work.trust.last_published_at()) is not None:
                end_replaced(work, before, actor=actor, now=moment)
            lists = _status_lists(desk, work, trust, signer=status, publisher=publisher, now=moment)
            fault = None
            try:
                lists += _token_lists(desk, work, trust, keyring, moment)
            except PublicationError as error:
                fault = error
            files = lists + _standing_files(desk, work, moment)
            slot = work.trust.next_slot(issued_at=moment)
            files.append(_manifest(desk, work, trust, files, signer=manifest, slot=slot, now=moment))
        for entry, content in files:
            publisher.put(entry.path, content)
    if fault is not None:
        raise fault
    return Publication(slot, len(files))


def require_publishable(desk: Desk, keyring: Keyring, publisher: Publisher, *, now: datetime) -> None:
    """Open what a publication needs, before something is recorded that must be published at once.

    Raises the refusals of the keystores and of the folder, and `TrustListError`.
    """
    with desk.open_reading() as work:
        trust_in_force(work, now=now)
    keyring.signer(CSE_KEYSTORE, KeyUse.STATUS, now)
    keyring.signer(STATEMENTS_KEYSTORE, KeyUse.MANIFEST, now)
    with publisher.exclusive():
        pass


def _status_lists(
    desk: Desk, work: Work, trust: TrustList, *, signer: Signer, publisher: Publisher, now: datetime
) -> list[_File]:
    """Return all lists of both purposes, revocation first: as they are published if that will do, else signed anew."""
    files = []
    for purpose, number, url, indexes in _lists(desk, work):
        path = url.removeprefix(desk.base)
        read_back = partial(_read_back, trust=trust, url=url, purpose=purpose, indexes=indexes, now=now)
        content = publisher.get(path)
        if content is None or not _is_kept(content, read_back):
            unsigned = unsigned_list(desk.base, purpose, number, indexes, now=now)
            content = document_bytes(sign_list(unsigned, signer, now=now, base=desk.base))
            read_back(content, max_age=_DAY)
        files.append(_file(path, VC, content))
    return files


def read_back_lists(
    desk: Desk, work: Work, trust: TrustList, publisher: Publisher, *, now: datetime, max_age: timedelta
) -> None:
    """Raise `PublicationError` unless every published list is believed and holds the bits of the register."""
    for purpose, _, url, indexes in _lists(desk, work):
        content = publisher.get(url.removeprefix(desk.base)) or b""
        _read_back(content, trust=trust, url=url, purpose=purpose, indexes=indexes, now=now, max_age=max_age)


def _lists(desk: Desk, work: Work) -> Iterator[tuple[str, int, str, list[int]]]:
    """Give purpose, number, address and set bits of every list, those of revocation first."""
    bits = work.certificates
    for purpose, read in {"revocation": bits.revoked_indexes, "suspension": bits.suspended_indexes}.items():
        for number in range(1, bits.last_list() + 1):
            yield purpose, number, status_list_url(desk.base, purpose, number), read(number)


def _token_lists(desk: Desk, work: Work, trust: TrustList, keyring: Keyring, now: datetime) -> list[_File]:
    """Sign all lists of copies in wallets; a register of an earlier release has no key for them, and no copies.

    Raises `PublicationError`: what ends certificates does not wait for them.
    """
    files = []
    try:
        by = token_signer(desk, trust, keyring, KeyUse.STATUS_JOSE, now)
        for number in range(1, work.copies.last_list() + 1):
            url = token_list_url(desk.base, number)
            encoded = encode_statuses(work.copies.revoked_indexes(number), work.copies.suspended_indexes(number))
            content = by.sign(unsigned_token_list(number, encoded, by))
            status_list.read_token_status(content, trust, url=url, index=0, now=now, max_age=_DAY)
            files.append(_file(url.removeprefix(desk.base), "application/statuslist+jwt", content))
    except KeyMissingError:
        return []
    except (DisbelievedError, refusals.RecheckError) as error:
        raise PublicationError(f"published, but for the lists of copies in wallets: {error}") from error
    return files


def _is_kept(content: bytes, read_back: Callable[..., None]) -> bool:
    """Tell whether a published list is believed today, young, and holds the bits of the register."""
    with suppress(PublicationError):
        read_back(content, max_age=KEPT_FOR)
        return True
    return False


def _read_back(
    content: bytes, *, trust: TrustList, url: str, purpose: str, indexes: list[int], now: datetime, max_age: timedelta
) -> None:
    with translated(
        DisbelievedError, to=lambda error: PublicationError(f"the list {url} does not read back: {error.code}")
    ):
        read = status_list.read_status_list(content, trust, url=url, purpose=purpose, now=now, max_age=max_age)
    if read.bits != status_list.inflate(encode_bits(indexes)):
        raise PublicationError(f"the list {url} does not hold the bits of the register")


def _standing_files(desk: Desk, work: Work, now: datetime) -> list[_File]:
    base = desk.base
    files = [_file(path, "application/ld+json", context_bytes(base + path, base)) for path in OWN]
    schemas = {f"/schemas/{name}/v1.json": schema_bytes(name, base) for name in ("certificate", *CONTRACTS)}
    files += [_file(path, "application/schema+json", content) for path, content in schemas.items()]
    statements = work.trust.statements()
    files += [_file(path, VC, document) for path, document in statements.items()]
    # All of them at one address; each is believed by itself (`verifier.statements`).
    agreements = [json.loads(statements[path]) for path in sorted(statements) if path.startswith(AGREEMENTS)]
    files.append(_file("/agreements.json", "application/json", document_bytes({"agreements": agreements})))
    for body in work.trust.bodies():
        made = document_bytes(documents.did_document(body.did, body.keys, is_demo=desk.is_demo))
        # The root document as it is pinned, byte for byte.
        content = (work.trust.fact("root") or "").encode("utf-8") if body.role == "root" else made
        files.append(_file(did_document_path(base, body.did), "application/did+json", content))
    achievements = _achievements(work, base).items()
    files += [_file(url.removeprefix(base), "application/ld+json", content) for url, content in achievements]
    files.append(_file(VCT_PATH, "application/json", jose.type_metadata(base, is_demo=desk.is_demo)))
    issuer = jose.jwt_issuer(base, work.trust.keys(cse_did(base)))
    files.append(_file(JWT_ISSUER_PATH, "application/json", document_bytes(issuer)))
    registry = documents.issuer_registry(base, is_demo=desk.is_demo, now=now)
    files.append(_file("/trust/registry.json", "application/json", document_bytes(registry)))
    newest = work.trust.trust_list()
    if newest is not None:
        files.append(_file("/trust/list.json", VC, newest.document))
    return files


def _achievements(work: Work, base: str) -> dict[str, bytes]:
    """Return every achievement that a certificate names, as a document of its own (`credential.md` C10)."""
    found: dict[str, bytes] = {}
    for document in work.certificates.one_per_achievement():
        achievement = json.loads(document)["credentialSubject"]["achievement"]
        found[achievement["id"]] = document_bytes({"@context": certificate_contexts(base), **achievement})
    return found


def _manifest(
    desk: Desk, work: Work, trust: TrustList, files: list[_File], *, signer: Signer, slot: int, now: datetime
) -> _File:
    newest = work.trust.trust_list()
    unsigned = documents.unsigned_manifest(
        desk.base,
        [entry for entry, _ in files],
        slot=slot,
        trust_list=(trust.version, newest.sha256 if newest is not None else ""),
        journal=work.journal.head(),
        now=now,
    )
    content = document_bytes(sign_text(unsigned, signer, created=now, base=desk.base))
    with translated(
        DisbelievedError, to=lambda error: PublicationError(f"the manifest does not read back: {error.code}")
    ):
        folder.read_manifest(content, trust, now=now, max_age=_DAY)
    return _file("/manifest.json", "application/json", content)
