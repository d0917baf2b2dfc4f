"""Issuing a certificate: lint, intent, four proofs, our own verifier, then the register (`interface.md` 0.6).

The intent, with the exact unsigned bytes, is committed before a key is touched. A process that stops in
between leaves an intent; the next issue voids it and draws a new page id and index, so that nothing is
ever signed twice under one place.
"""

import logging
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

from issuer.approval import Approval, require_approved
from issuer.certificates import recheck, sign_certificate
from issuer.draft import Draft
from issuer.lint import lint
from issuer.paper import seal_paper_code
from issuer.profile import Assessment, CertificateProfile, StatusPlace
from issuer.refusals import RecheckError
from issuer.template import drafted
from issuer.ticket import IssuanceTicket
from keys.classes import KeyUse
from keys.signer import Signer
from registry.domain.actors import Action, Actor, require
from registry.domain.calendar import end_of, start_of, whole_second
from registry.domain.numbers import page_id as make_page_id
from registry.domain.refusals import NotFoundError
from registry.domain.registration import Term, TermOrigin
from registry.services.ports import Desk, Keyring, Randomness
from registry.services.refusals import AlreadyIssuedError, ListsFullError
from registry.services.registrations import read_recommendation
from registry.services.trust import CSE_KEYSTORE, require_covered, society_keystore, trust_in_force
from registry.store.certificates import Intent, PlaceStore
from registry.store.register import Entry, Member, StoredRegistration
from registry.store.work import Work
from schemas.paper_code import paper_sha256
from verifier.certificate import read_certificate
from verifier.status_list import MINIMUM_BITS
from verifier.trust import TrustedKey, TrustList

_LOG = logging.getLogger("cse.issuing")
_PAGE_ID_BYTES = 13
_FULL = MINIMUM_BITS // 2
"""A pair of lists takes half of its indexes, so that a free one is always found at random."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What is needed to sign after the intent was committed."""

    intent: Intent
    ticket: IssuanceTicket
    trust: TrustList
    cse: Signer
    society: Signer
    seal: Signer


def issue_certificate(
    desk: Desk, number: str, *, keyring: Keyring, randomness: Randomness, actor: Actor, now: datetime
) -> str:
    """Issue the certificate of the current term of `number` and return its page id.

    Raises `AlreadyIssuedError`, `NotFoundError`, `LintError`, `RecheckError`; a refusal leaves no certificate.
    """
    require(actor, Action.ISSUE_CERTIFICATE)
    moment = whole_second(now)
    with desk.open_reading() as work:
        society = work.register.entry(number).society
    signers = (
        keyring.signer(CSE_KEYSTORE, KeyUse.ISSUE, moment),
        keyring.signer(society_keystore(society), KeyUse.ISSUE, moment),
        keyring.signer(CSE_KEYSTORE, KeyUse.SEAL, moment),
    )
    with desk.open_work() as work:
        prepared = _prepare(desk, work, number, signers=signers, randomness=randomness, now=moment)
    _LOG.info("certificate.signing number=%s page=%s", number, prepared.intent.page_id)
    cse, society_signer = prepared.cse, prepared.society
    content = sign_certificate(prepared.ticket, cse=cse, society=society_signer, created=moment)
    recheck(content, intended_sha256=prepared.intent.content_sha256, trust=prepared.trust, now=moment)
    paper = _seal(prepared, now=moment)
    with desk.open_work() as work:
        _keep(work, prepared, content, paper, actor=actor, now=moment)
    _LOG.info("certificate.issued number=%s page=%s", number, prepared.intent.page_id)
    return prepared.intent.page_id


def _seal(prepared: _Prepared, *, now: datetime) -> bytes | None:
    """Make the paper code of the certificate that was just signed."""
    trust, signer = prepared.trust, prepared.seal
    key = listed_key(trust, signer, KeyUse.SEAL, now)
    facts = read_certificate(prepared.ticket.document)
    return seal_paper_code(facts, signer=signer, key=key, sealed_at=now, base=trust.base)


def listed_key(trust: TrustList, signer: Signer, use: KeyUse, now: datetime) -> TrustedKey:
    """Return the published half of a key of class `use` before it signs. Raises `RecheckError` if there is none."""
    key = trust.keys.get(signer.verification_method)
    if key is None or key.refusal(key_use=use, at=now) is not None:
        raise RecheckError(f"the published trust list does not name the {use} key as one in force: cse trust publish")
    return key


def _keep(work: Work, prepared: _Prepared, content: bytes, paper: bytes | None, *, actor: Actor, now: datetime) -> None:
    """Enter the signed certificate with its paper code.

    Not if the registration ended meanwhile, or the intent was voided.
    """
    intent = prepared.intent
    stored = work.register.answering(intent.register_no)
    if not stored.value.is_live or stored.seq != intent.registration_seq:
        raise NotFoundError("live registration", intent.register_no)
    append = partial(work.journal.append, subject=intent.page_id, actor=actor.person, at=now)
    row = append(kind="certificate-issued", payload_sha256=intent.content_sha256)
    work.certificates.mark_issued(intent.page_id, document=content, issued_at=now, journal_seq=row.seq)
    if paper is not None:
        link = append(kind="paper-code", payload_sha256=paper_sha256(paper))
        work.certificates.add_paper_code(intent.page_id, paper, sealed_at=now, journal_seq=link.seq)


def pending_numbers(desk: Desk) -> list[str]:
    """List the register numbers whose live registration has no certificate for its last term."""
    with desk.open_reading() as work:
        return [number for number in work.register.numbers() if _is_pending(work, number)]


def _is_pending(work: Work, number: str) -> bool:
    stored = work.register.answering(number)
    term = stored.value.last_term()
    issued = {one.term_seq for one in work.certificates.of_registration(number, stored.seq)}
    return stored.value.is_live and term is not None and term.seq not in issued


def _prepare(
    desk: Desk,
    work: Work,
    number: str,
    *,
    signers: tuple[Signer, Signer, Signer],
    randomness: Randomness,
    now: datetime,
) -> _Prepared:
    """Build, lint and write down the intent, in one transaction."""
    entry = work.register.entry(number)
    stored = work.register.answering(number)
    term = stored.value.last_term()
    member = work.register.member(entry.member_id)
    if term is None or member is None or not stored.value.is_live:
        raise NotFoundError("live registration", number)
    if not _is_pending(work, number):
        raise AlreadyIssuedError(f"{number}: term {term.seq} has its certificate")
    work.certificates.void_intents(number)
    trust = trust_in_force(work, now=now)
    profile = _profile(desk, work, entry, stored, member=member, term=term, randomness=randomness)
    draft = drafted(profile)
    # Before a key is touched.
    asked = {"standard": stored.value.standard_ref, "basis": term.origin}
    require_covered(trust, entry.society, entry.field, stored.value.grade, **asked, term_from=term.start_on, now=now)
    ticket = lint(draft, base=desk.base)
    require_approved(ticket.document, _approval(work, stored), base=desk.base)
    intent = _intent(profile, stored, draft, signers, now)
    work.certificates.add_intent(intent)
    return _Prepared(intent, ticket, trust, *signers)


def _approval(work: Work, stored: StoredRegistration) -> Approval:
    """Return what the society itself recommended, from its own record."""
    record = read_recommendation(work.proposals.confirmed_body(stored.recommendation))
    return Approval(record.society, record.name_hans, record.name_latin, record.field, record.grade, record.standard)


def _profile(
    desk: Desk,
    work: Work,
    entry: Entry,
    stored: StoredRegistration,
    *,
    member: Member,
    term: Term,
    randomness: Randomness,
) -> CertificateProfile:
    value = stored.value
    days = asdict(stored.assessment)
    during_the_day = value.life_since if term.origin is TermOrigin.INITIAL else start_of(term.start_on)
    return CertificateProfile(
        base=desk.base,
        page_id=make_page_id(randomness.bytes(_PAGE_ID_BYTES)),
        is_demo=desk.is_demo,
        name_hans=member.name_hans,
        name_latin=member.name_latin,
        number=entry.register_no,
        grade=value.grade,
        grade_since=value.grade_since_on,
        field=entry.field,
        society=entry.society,
        assessed_by=value.assessing_society if value.assessing_society != entry.society else None,
        first_registered=entry.first_registered_on,
        term_number=term.seq,
        term_from=term.start_on,
        term_until=term.end_on,
        valid_from=whole_second(during_the_day),
        basis=term.origin,
        standard=value.standard_ref,
        issue_number=work.certificates.next_issue_number(entry.register_no),
        status=free_place(work.certificates, randomness),
        assessment=Assessment(**days) if any(days.values()) else None,
    )


def free_place(places: PlaceStore, randomness: Randomness) -> StatusPlace:
    """Draw a random index that was never used (R-CE-03). Raises `ListsFullError`."""
    number = places.last_list()
    if places.count_in_list(number) >= _FULL:
        number += 1
    for _ in range(1000):
        index = randomness.below(MINIMUM_BITS)
        if not places.is_index_taken(number, index):
            return StatusPlace(number, index)
    raise ListsFullError("no free status index was found")


def _intent(
    profile: CertificateProfile,
    stored: StoredRegistration,
    draft: Draft,
    signers: tuple[Signer, Signer, Signer],
    now: datetime,
) -> Intent:
    return Intent(
        page_id=profile.page_id,
        register_no=profile.number,
        registration_seq=stored.seq,
        term_seq=profile.term_number,
        issue_number=profile.issue_number,
        basis=profile.basis,
        unsigned=draft.text,
        content_sha256=draft.hashes.of_document(False).hex(),
        list_number=profile.status.list_number,
        status_index=profile.status.index,
        valid_from=profile.valid_from,
        valid_until=end_of(profile.valid_until or profile.term_until),
        cse_key=signers[0].verification_method,
        society_key=signers[1].verification_method,
        intended_at=now,
    )
