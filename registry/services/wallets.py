"""Copies of a certificate under one signature of CSE: `vc+jwt`, and SD-JWT VC for a wallet (`credential.md` 7).

What is about to be signed is committed before a key is touched: the copy for a wallet with its place, and of a
`vc+jwt`, which has no place of its own, the digest in the journal. Only who is certified today gets one (O11).
"""

import logging
from datetime import datetime
from typing import Any

from issuer.jose import TokenSigner, unsigned_sd_jwt, unsigned_vc_jwt
from keys.records import KeyUse, yearly_key
from registry.domain import calendar, refusals, status
from registry.domain.actors import Action, Actor, require
from registry.services import answers, issuing, places
from registry.services.ports import Desk, Keyring, Randomness
from registry.services.refusals import KeyMissingError, NotCertifiedError
from registry.services.trust import CSE_KEYSTORE, CSE_USES, listed, trust_in_force
from registry.store.work import Work
from schemas.addresses import cse_did
from verifier.documents import read_document
from verifier.trust import TrustList

_LOG = logging.getLogger("cse.wallets")
_Json = dict[str, Any]


def issue_vc_jwt(desk: Desk, page_id: str, *, keyring: Keyring, actor: Actor, now: datetime) -> bytes:
    """Return the certificate of a page as `vc+jwt`.

    Raises `NotFoundError`, `NotCertifiedError`, `KeyMissingError`, `LintError`, `RecheckError`.
    """
    by = _issuing(desk, keyring, actor, now)
    with desk.open_work() as work:
        text = unsigned_vc_jwt(_certified(work, page_id, by.now), by)
        work.journal.note("vc-jwt", page_id, text, actor=actor, at=by.now)
    return _signed(text, by, page_id)


def issue_wallet_copy(
    desk: Desk, page_id: str, holder: _Json, *, keyring: Keyring, randomness: Randomness, actor: Actor, now: datetime
) -> bytes:
    """Return the certificate of a page as SD-JWT VC for the public JWK of its `holder`, all its disclosures with it.

    Raises what `issue_vc_jwt` does, and `HolderKeyError`. A copy of which the certificate ended meanwhile is not kept.
    """
    by = _issuing(desk, keyring, actor, now)
    with desk.open_work() as work:
        document, (place,) = _certified(work, page_id, by.now), places.free_places(work.copies, randomness, 1)
        text, disclosures = unsigned_sd_jwt(document, holder, place, by, randomness.randbytes)
        work.copies.add_intent(page_id, place, unsigned=text, now=by.now)
    content = _signed(text, by, page_id)
    with desk.open_work() as work:
        _certified(work, page_id, by.now)
        work.copies.mark_issued(place, work.journal.note("wallet-copy", page_id, text, actor=actor, at=by.now))
    return "~".join([content.decode("ascii"), *disclosures, ""]).encode("ascii")


def _issuing(desk: Desk, keyring: Keyring, actor: Actor, now: datetime) -> TokenSigner:
    require(actor, Action.ISSUE_CERTIFICATE)
    moment = calendar.whole_second(now)
    with desk.open_reading() as work:
        trust = trust_in_force(work, now=moment)
    return token_signer(desk, trust, keyring, KeyUse.ISSUE_JOSE, moment)


def token_signer(desk: Desk, trust: TrustList, keyring: Keyring, use: KeyUse, now: datetime) -> TokenSigner:
    """Return who signs tokens of a class. Raises `KeyMissingError` if the trust list names no key of it."""
    if all(key.key_use != use for key in trust.keys.values()):
        raise KeyMissingError(f"the trust list names no key of class {use}: cse trust publish makes and publishes it")
    signer = keyring.signer(CSE_KEYSTORE, use, now)
    published = issuing.listed_key(trust, signer, use, now).public_key or b""
    return TokenSigner(signer, published, desk.base, desk.is_demo, now)


def _certified(work: Work, page_id: str, now: datetime) -> _Json:
    """Return the certificate of a page if it counts today, or will from its first day on."""
    certificate = work.certificates.by_page(page_id)
    if certificate is None:
        raise refusals.NotFoundError("certificate", page_id)
    registration = answers.registration_of(work.register.registrations(certificate.register_no), certificate)
    is_active = status.status_at(registration, now) is status.PublicStatus.ACTIVE
    if not is_active or certificate.ended is not None or certificate.valid_until < now:
        raise NotCertifiedError(f"{certificate.register_no} does not count today: no copy of its certificate is signed")
    return read_document(certificate.document).value


def _signed(text: bytes, by: TokenSigner, page_id: str) -> bytes:
    _LOG.info("copy.signing page=%s key=%s", page_id, by.signer.verification_method)
    content = by.sign(text)
    _LOG.info("copy.signed page=%s", page_id)
    return content


def add_missing_keys(desk: Desk, keyring: Keyring, *, actor: Actor, now: datetime) -> None:
    """Make the keys that CSE lacks, from this year to the last for which it can issue; it is safe to repeat.

    They count once they are in a published trust list.
    """
    require(actor, Action.ADMINISTER_TRUST)
    did = cse_did(desk.base)
    with desk.open_work() as work:
        keys = {key.key_id: key for key in work.trust.keys(did)}
        ends = max(key.not_after for key in keys.values() if key.key_use == KeyUse.ISSUE).year
        wanted = [yearly_key(did, use, year) for year in range(now.year, ends) for use in CSE_USES]
        for key in listed(keyring.add(CSE_KEYSTORE, [key for key in wanted if key.key_id not in keys])):
            work.trust.add_key(did, key)
