"""Issuing certificates: lint, intent, four proofs, our own verifier, then the register (`interface.md` 0.6).

Many are issued as one is: in one transaction the intents of all, with the exact unsigned bytes, are committed before a
key is touched; in another those that hold are entered. A process that stops in between leaves intents; the next issue
voids them and draws new page ids and indexes, so that nothing is ever signed twice under one place.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import NamedTuple, TypeVar

from issuer.approval import Approval, require_approved
from issuer.bodies import CUSTODIAN
from issuer.certificates import recheck, sign_certificate
from issuer.draft import Draft
from issuer.lint import lint
from issuer.paper import seal_paper_code
from issuer.profile import Assessment, CertificateProfile, StatusPlace
from issuer.refusals import IssuerError, RecheckError
from issuer.template import drafted
from issuer.ticket import IssuanceTicket
from keys.records import KeyUse
from keys.signer import Signer
from registry.domain.actors import Action, Actor, require
from registry.domain.calendar import civil_date, end_of, start_of, whole_second
from registry.domain.numbers import page_id as make_page_id
from registry.domain.refusals import DomainError, NotFoundError
from registry.domain.renewal import INTERIM
from registry.services.places import free_places
from registry.services.ports import Desk, Keyring, Randomness
from registry.services.refusals import AlreadyIssuedError, ServiceError
from registry.services.registrations import ASSESSED, read_recommendation
from registry.services.replacing import named_in
from registry.services.trust import CSE_KEYSTORE, require_covered, society_keystore, trust_in_force
from registry.store.certificates import Intent
from registry.store.pending import LiveTerm
from registry.store.refusals import IntentLostError
from registry.store.work import Work
from schemas import codes
from schemas.names import TextError
from schemas.paper_code import paper_sha256
from verifier.trust import TrustedKey, TrustList

_LOG = logging.getLogger("cse.issuing")
_PAGE_ID_BYTES = 13
AT_ONCE = 1_000
"""Certificates that share two transactions: what a stopped process has to do again, and what is in memory."""

Outcome = str | Exception
"""What became of a number: the page id of its certificate, or why it was refused."""
_REFUSALS = (DomainError, IntentLostError, IssuerError, ServiceError, TextError)
_Placed = tuple[LiveTerm, str, StatusPlace]
_Signers = tuple[Signer, Signer, Signer]
"""Of CSE, of the society, and of the seal."""
_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


class _Prepared(NamedTuple):
    """What is needed to sign after the intent was committed."""

    intent: Intent
    ticket: IssuanceTicket
    signers: _Signers


class _Signed(NamedTuple):
    """The final bytes, verified, and the paper code if there is one."""

    intent: Intent
    content: bytes
    paper: bytes | None


def issue_certificate(
    desk: Desk, number: str, *, keyring: Keyring, randomness: Randomness, actor: Actor, now: datetime
) -> str:
    """Issue the certificate of the current term of `number` and return its page id.

    Raises `AlreadyIssuedError`, `NotFoundError`, `LintError`, `RecheckError`; a refusal leaves no certificate.
    """
    told = issue_certificates(desk, [number], keyring=keyring, randomness=randomness, actor=actor, now=now)
    if isinstance(outcome := told[number], Exception):
        raise outcome
    return outcome


def issue_certificates(
    desk: Desk, numbers: Sequence[str], *, keyring: Keyring, randomness: Randomness, actor: Actor, now: datetime
) -> dict[str, Outcome]:
    """Issue the certificates of the current terms of at most `AT_ONCE` numbers, and tell what became of each.

    One that is refused stops no other. Raises, with nothing signed, `NotAllowedError`, `TrustListError`,
    `ListsFullError`, `DuplicateError` and the refusals of the keys.
    """
    require(actor, Action.ISSUE_CERTIFICATE)
    moment = whole_second(now)
    told: dict[str, Outcome] = {number: NotFoundError("live registration", number) for number in numbers}
    with desk.open_reading() as work:
        societies = work.pending.societies(list(told))
    signers = {society: _signers(keyring, society, moment) for society in dict.fromkeys(societies.values())}
    with desk.open_work() as work:
        trust = trust_in_force(work, now=moment)
        # Of one society many are covered alike.
        covered = lru_cache(maxsize=None)(partial(require_covered, trust, now=moment))
        prepare = partial(_prepare, desk, signers=signers, covered=covered, now=moment)
        prepared = _each(_placed(work, list(societies), randomness), prepare, told)
        work.certificates.add_intents([one.intent for one in prepared.values()])
    signed = _each(prepared, partial(_sign, trust=trust, now=moment), told)
    with desk.open_work() as work:
        _keep(work, signed, told, actor=actor, now=moment)
    for number in signed:
        _LOG.info("certificate.kept number=%s outcome=%s", number, told[number])
    return told


def pending_numbers(desk: Desk) -> list[str]:
    """List the register numbers whose live registration has no certificate for its last term."""
    with desk.open_reading() as work:
        return work.pending.numbers()


def _each(items: Mapping[str, _Given], act: Callable[[_Given], _Made], told: dict[str, Outcome]) -> dict[str, _Made]:
    """Do one thing for each number; why one is refused is `told`, and stops no other."""
    made: dict[str, _Made] = {}
    for number, item in items.items():
        try:
            made[number] = act(item)
        except _REFUSALS as error:
            told[number] = error
    return made


def _signers(keyring: Keyring, society: str, now: datetime) -> _Signers:
    cse, own = (keyring.signer(name, KeyUse.ISSUE, now) for name in (CSE_KEYSTORE, society_keystore(society)))
    return cse, own, keyring.signer(CSE_KEYSTORE, KeyUse.SEAL, now)


def _placed(work: Work, numbers: Sequence[str], randomness: Randomness) -> dict[str, _Placed]:
    """Give the term of each number a page and a place in the lists; what is refused later leaves them unused."""
    terms = work.pending.terms(numbers)
    places = free_places(work.certificates, randomness, len(terms))
    pages = (make_page_id(randomness.randbytes(_PAGE_ID_BYTES)) for _ in places)
    return dict(zip(terms, zip(terms.values(), pages, places, strict=True), strict=True))


def _prepare(
    desk: Desk, placed: _Placed, *, signers: Mapping[str, _Signers], covered: Callable[..., None], now: datetime
) -> _Prepared:
    """Build and lint a certificate that the society may sign and did approve; nothing is written down yet."""
    term, own = placed[0], signers[placed[0].society]
    if term.is_certified:
        raise AlreadyIssuedError(f"{term.register_no}: term {term.term_seq} has its certificate")
    asked = {"standard": term.standard_ref, "basis": _basis(term), "assessed_by": term.assessing_society}
    covered(term.society, term.field, term.grade, **asked, term_from=term.start_on)
    profile = _profile(desk, *placed)
    draft = drafted(profile)
    ticket = lint(draft, base=desk.base, created=now)
    said = read_recommendation(term.body)
    names = named_in(term.renamed) if term.renamed is not None else (said.name_hans, said.name_latin)
    approval = Approval(said.society, *names, said.field, said.grade, said.standard)
    require_approved(ticket.facts, approval, base=desk.base)
    return _Prepared(_intent(profile, term, draft, own, now), ticket, own)


def _profile(desk: Desk, term: LiveTerm, page_id: str, place: StatusPlace) -> CertificateProfile:
    days = {name: getattr(term, name) for name in ASSESSED}
    return CertificateProfile(
        base=desk.base,
        page_id=page_id,
        is_demo=desk.is_demo,
        name_hans=term.name_hans,
        name_latin=term.name_latin,
        number=term.register_no,
        grade=term.grade,
        grade_since=term.grade_since_on,
        field=term.field,
        society=CUSTODIAN if term.society == codes.CUSTODIAN else term.society,
        assessed_by=term.assessing_society if term.assessing_society != term.society else None,
        first_registered=term.first_registered_on,
        term_number=term.term_seq,
        term_from=term.start_on,
        term_until=term.end_on,
        valid_from=whole_second(_begins(desk, term)),
        valid_until=term.interim_until_on,
        basis=_basis(term),
        standard=term.standard_ref,
        issue_number=term.last_issue + 1,
        status=place,
        assessment=Assessment(**days) if any(days.values()) else None,
    )


def _basis(term: LiveTerm) -> str:
    return INTERIM if term.interim_until_on is not None else term.origin


def _begins(desk: Desk, term: LiveTerm) -> datetime:
    """Return from when a certificate counts: a term without a gap, or an interim, from midnight (R-CE-02, R-CE-07)."""
    if term.interim_until_on is not None:
        days = desk.policy.on(term.end_on).renewal_interim_days
        return start_of(term.interim_until_on - timedelta(days=days - 1))
    return term.life_since if civil_date(term.life_since) == term.start_on else start_of(term.start_on)


def _intent(profile: CertificateProfile, term: LiveTerm, draft: Draft, signers: _Signers, now: datetime) -> Intent:
    return Intent(
        page_id=profile.page_id,
        register_no=profile.number,
        registration_seq=term.registration_seq,
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


def _sign(prepared: _Prepared, *, trust: TrustList, now: datetime) -> _Signed:
    """Sign what is committed, verify the final bytes, and seal its paper code."""
    intent, (cse, society, seal) = prepared.intent, prepared.signers
    _LOG.info("certificate.signing number=%s page=%s", intent.register_no, intent.page_id)
    content = sign_certificate(prepared.ticket, cse=cse, society=society, created=now)
    recheck(content, prepared.ticket, intended_sha256=intent.content_sha256, trust=trust, now=now)
    key = listed_key(trust, seal, KeyUse.SEAL, now)
    facts = prepared.ticket.facts
    return _Signed(intent, content, seal_paper_code(facts, signer=seal, key=key, sealed_at=now, base=trust.base))


def listed_key(trust: TrustList, signer: Signer, use: KeyUse, now: datetime) -> TrustedKey:
    """Return the published half of a key of class `use` before it signs. Raises `RecheckError` if there is none."""
    key = trust.keys.get(signer.verification_method)
    if key is None or key.refusal(key_use=use, at=now) is not None:
        raise RecheckError(f"the published trust list does not name the {use} key as one in force: cse trust publish")
    return key


def _keep(work: Work, signed: Mapping[str, _Signed], told: dict[str, Outcome], *, actor: Actor, now: datetime) -> None:
    """Enter the signed certificates with their paper codes.

    Not one of which the registration or the interim ended meanwhile, or the intent was voided.
    """
    live = work.certificates.intents([one.intent.page_id for one in signed.values()])
    terms = work.pending.terms(list(signed))
    kept = {one.intent.page_id: one for one in _each(signed, partial(_require_held, live, terms), told).values()}
    papers = {page: one.paper for page, one in kept.items() if one.paper is not None}
    append = partial(work.journal.append_all, actor=actor.person, at=now)
    issued = append(("certificate-issued", page, one.intent.content_sha256) for page, one in kept.items())
    work.certificates.mark_issued([(link, kept[link.subject].content) for link in issued])
    sealed = append(("paper-code", page, paper_sha256(paper)) for page, paper in papers.items())
    work.certificates.add_paper_codes([(link, papers[link.subject]) for link in sealed])
    pages = {one.intent.register_no: page for page, one in kept.items()}
    old = {number: [page] for number in pages if (page := terms[number].replaces) is not None}
    old |= work.certificates.superseded(list(pages))
    work.certificates.set_successors([(page, pages[number]) for number, found in old.items() for page in found])
    told |= pages


def _require_held(live: Mapping[str, bool], terms: Mapping[str, LiveTerm], one: _Signed) -> _Signed:
    """Raise unless what was signed is still an intent, and its registration, with its term or interim, still lives."""
    page, term = one.intent.page_id, terms.get(one.intent.register_no)
    if page not in live:
        raise IntentLostError(f"the intent of {page} was voided by another process: issue again")
    if not live[page]:
        raise NotFoundError("live registration", one.intent.register_no)
    if term is None or (term.term_seq, _basis(term)) != (one.intent.term_seq, one.intent.basis):
        raise IntentLostError(f"the renewal of {one.intent.register_no} was decided meanwhile: issue again")
    return one
