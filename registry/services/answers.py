"""The register's own answers to a verification, and the verdicts that page, API and command line give."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from issuer.profile import StatusPlace
from registry.domain import clock, numbers, refusals
from registry.domain import status as rules
from registry.domain.calendar import civil_date, whole_second
from registry.domain.registration import Ended, Hold, HoldKind, Registration
from registry.domain.renewal import INTERIM
from registry.domain.succession import UNDONE, told_today
from registry.services.judging import named_pages, told_row
from registry.services.ports import Desk
from registry.services.recognition import check_report
from registry.services.refusals import TrustListError
from registry.services.trust import trust_and_root
from registry.store.certificates import CertificateRow, StoredCertificate
from registry.store.refusals import StoreError
from registry.store.register import StoredRegistration, answering
from registry.store.work import Work
from schemas.addresses import number_in, page_url, token_list_url
from schemas.paper_code import paper_sha256
from verifier import sources
from verifier.agreements import Claim
from verifier.answers import NumberVerdict
from verifier.asked import NOTHING_ASKED, Asked, Fetched
from verifier.checks import CheckName
from verifier.credential import judge_credential
from verifier.formats import TOKEN
from verifier.judge import judge
from verifier.report import Report
from verifier.state import State
from verifier.study import Study
from verifier.trust import TrustList
from verifier.verdict import unchecked_verdict, verdict
from verifier.weight import light_document

_LOG = logging.getLogger("cse.answers")
_ONLINE_MAX_AGE = timedelta(minutes=30)
_NOTHING_READ = sources.Basis(max_status_age=_ONLINE_MAX_AGE, trust_code="trust_list_missing")


def register_sources(desk: Desk, work: Work, now: datetime) -> sources.RegisterSources:
    """Return the sources of an online verification: one consistent reading of this register, each row read once."""
    trust, basis = _trust(work, now)

    @cache
    def row(page_id: str) -> sources.Row:
        found = work.certificates.row(page_id)
        return _row(desk, work, found, now) if found is not None else sources.ABSENT

    def copy(list_url: str, index: int) -> sources.WalletCopy | sources.RegisterKnows:
        lists = range(1, work.copies.last_list() + 1)
        number = next((one for one in lists if token_list_url(desk.base, one) == list_url), 0)
        return work.copies.handed_out(StatusPlace(number, index)) or sources.RegisterKnows.ABSENT

    return sources.RegisterSources(trust, basis, row, copy)


def _trust(work: Work, now: datetime) -> tuple[TrustList | None, sources.Basis]:
    """Return the newest trust list, which the register's own root must have signed, and what answers then rest on."""
    try:
        trust, root = trust_and_root(work, now=now)
    except TrustListError as error:
        return None, replace(_NOTHING_READ, trust_code=error.finding)
    signed = (trust.base, root.sha256, trust.version, trust.issued_at)
    return trust, sources.Basis(*signed, max_status_age=_ONLINE_MAX_AGE)


def _row(desk: Desk, work: Work, found: CertificateRow, now: datetime) -> sources.Row:
    certificate, held = found.certificate, work.register.registrations(found.certificate.register_no)
    revoked = sources.StatusAnswer(rules.revocation_bit(certificate.ended), None, now)
    suspended = _suspension(desk, registration_of(held, certificate).holds, certificate, now)
    answer = _answer(desk, found, held, now)
    if answer.ended is not None or now > certificate.valid_until:
        # How the number stands today is told by the registration that answers for it (`domain.md` 2.8).
        answer = replace(answer, current=_current_entry(desk, answering(held).value, now))
    return sources.Row({"revocation": revoked, "suspension": suspended}, answer, certificate.document)


def _suspension(
    desk: Desk, holds: frozenset[Hold], certificate: StoredCertificate, now: datetime
) -> sources.StatusAnswer:
    bit = rules.suspension_bit(holds_now=holds, kept=certificate.suspension_kept, ended=certificate.ended)
    if bit and certificate.ended is None and all(clock.is_overrun(hold, now, desk.policy) for hold in holds):
        return sources.StatusAnswer(None, "register_behind")
    return sources.StatusAnswer(bit, None, now)


def registration_of(held: Sequence[StoredRegistration], certificate: StoredCertificate) -> Registration:
    """Return the registration, of those of its entry, that a certificate is of."""
    return next(one.value for one in held if one.seq == certificate.registration_seq)


def _answer(
    desk: Desk, found: CertificateRow, held: Sequence[StoredRegistration], now: datetime
) -> sources.RegisterAnswer:
    certificate, registration = found.certificate, registration_of(held, found.certificate)
    status = _status(desk, registration, now)
    behind = clock.is_behind(registration, now, desk.policy)
    runs = [page_id for page_id, valid_from, valid_until in found.later if valid_from <= now <= valid_until]
    successor = (certificate.replaced_by if certificate.ended is not None else None) or next(iter(runs), None)
    term = registration.last_term()
    ended = told_today(certificate.ended, registration) if certificate.ended is not None else None
    in_grace = status is rules.PublicStatus.EXPIRED and not behind
    return sources.RegisterAnswer(
        knows=sources.RegisterKnows.BEHIND if behind else sources.RegisterKnows.KNOWN,
        content_sha256=certificate.content_sha256,
        issued_at=certificate.issued_at,
        public_status=status.lower(),
        status_reasons=_reasons(registration, status, ended),
        ended=("UNDONE" if ended.sub_reason in UNDONE else ended.reason) if ended is not None else None,
        later_term_runs=bool(runs),
        later_term_approved=bool(found.later),
        is_interim=certificate.basis == INTERIM,
        renewal_due_soon=term is not None and rules.renewal_due_soon(term, civil_date(now), desk.policy),
        grace_until=clock.grace_until(registration, desk.policy) if in_grace else None,
        successor=page_url(desk.base, successor) if successor is not None else None,
        paper_sha256=tuple(map(paper_sha256, found.paper_codes)),
        administered_by=held[0].society,
    )


def _status(desk: Desk, value: Registration, now: datetime) -> rules.PublicStatus:
    """Return the public status without the suspensions that are over, and that the clock job has left there."""
    running = frozenset(hold for hold in value.holds if not clock.is_overrun(hold, now, desk.policy))
    return rules.public_status(rules.life_at(value, now), running)


def _current_entry(desk: Desk, value: Registration, now: datetime) -> sources.CurrentEntry | None:
    """Tell how the number stands today, and nothing while the clock job is behind with it."""
    if clock.is_behind(value, now, desk.policy):
        return None
    status = _status(desk, value, now)
    return sources.CurrentEntry(status.lower(), value.grade, next(iter(_reasons(value, status, None)), None))


def _reasons(registration: Registration, status: rules.PublicStatus, ended: Ended | None) -> tuple[sources.Reason, ...]:
    """Give the public reasons: class and dates only, CPD before other holds (R-CC-10); of a lapse, for want of what."""
    if status is rules.PublicStatus.SUSPENDED:
        ordered = sorted(registration.holds, key=lambda hold: (hold.kind is not HoldKind.CPD, hold.since))
        return tuple(sources.Reason(hold.kind.lower(), civil_date(hold.since), hold.until_on) for hold in ordered)
    if status in {rules.PublicStatus.ACTIVE, rules.PublicStatus.EXPIRED}:
        code = (ended.sub_reason if ended.sub_reason in UNDONE else ended.reason) if ended is not None else None
        return (sources.Reason(code.lower(), civil_date(ended.at)),) if ended and code else ()
    lapse = ended.reason if ended is not None and ended.reason.endswith("_LAPSE") else status
    code = lapse if status is rules.PublicStatus.LAPSED else status
    return (sources.Reason(code.lower(), civil_date(registration.life_since)),)


def verdict_of_document(desk: Desk, content: bytes, *, now: datetime, asked: Asked = NOTHING_ASKED) -> dict[str, Any]:
    """Judge a document that somebody hands in by what was `asked`, apart if it is not light.

    What it lacks is fetched between two judgements, where that is allowed: no transaction and no child waits for it.
    Raises `UnreadableDocumentError`, `TooComplexError`, and why judging apart could not be tried.
    """
    report = judged(desk, content, now, asked)
    if desk.fetch_foreign is not None and report.lacking:
        read = defaultdict(Fetched, desk.fetch_foreign(report.lacking)).__getitem__
        report = judged(desk, content, now, replace(asked, did_document=read, status_list=read))
    if asked.agreement is not None:
        report = check_report(desk, report, Claim(agreement=asked.agreement.lower()), now=now)
    return _told(report)


def verdict_of_light_document(desk: Desk, content: bytes, *, now: datetime, asked: Asked) -> dict[str, Any] | None:
    """Judge a document for somebody who keeps all others waiting, or return None if that is not the way to do it.

    It is for one that is light, and lacks nothing that would be fetched. With the reader of plain documents off there
    is none. Raises `UnreadableDocumentError`.
    """
    study = light_document(content, desk.base, desk.results)
    if study is None or study.hashes.plain is None:
        return None
    report = _judged_here(desk, content, study, now, asked)
    return _told(report) if not report.lacking else None


def judged(desk: Desk, content: bytes, now: datetime, asked: Asked = NOTHING_ASKED) -> Report:
    """Return the report on a document, judged apart if it is not light. Raises what `verdict_of_document` does."""
    # A token has no graph that is looked at, and is short or refused for its length.
    is_token = TOKEN.fullmatch(content.strip()) is not None
    study = None if is_token else light_document(content, desk.base, desk.results)
    if study is None and not is_token:
        return desk.judge_apart(content, lambda: _snapshot(desk, content, now), now=now, asked=asked)
    return _judged_here(desk, content, study, now, asked)


def _judged_here(desk: Desk, content: bytes, study: Study | None, now: datetime, asked: Asked) -> Report:
    with desk.open_reading() as work:
        own = register_sources(desk, work, now)
        if study is None or asked.asks_who:
            return judge(content, own, now=now, asked=asked)
        report = judge_credential(study, own, now=now)
        if study.facts is not None and own.trust_list is not None:
            desk.results.keep(study, own.original(study.facts.page_id), own.trust_list)
        return report


def _snapshot(desk: Desk, content: bytes, now: datetime) -> sources.RegisterSources:
    """Return what the register says of the certificates that `content` names, as a value for another process."""
    pages = named_pages(content)
    with desk.open_reading() as work:
        own = register_sources(desk, work, now)
        rows = {page: own.row(page) for page in pages}
        return sources.RegisterSources(own.trust_list, own.rested_on, partial(told_row, rows))


def verdict_of_page(desk: Desk, page: str, *, now: datetime) -> dict[str, Any] | None:
    """Judge the certificate of a page id, or return None if there is none.

    Its name is shown only with consent C1 (R-PV-01). If the register cannot be read the answer is indeterminate.
    """
    try:
        page_id = numbers.parse_page_id(page)
        with desk.open_reading() as work:
            certificate = work.certificates.by_page(page_id)
            return _verdict_of(desk, work, certificate, now) if certificate is not None else None
    except refusals.PageIdError:
        return None
    except StoreError:
        return unchecked_verdict(State.COULD_NOT_CHECK, "register_unreachable", now=now)


def _verdict_of(desk: Desk, work: Work, certificate: StoredCertificate, now: datetime) -> dict[str, Any]:
    report = judge(certificate.document, register_sources(desk, work, now), now=now)
    return _told(report, name_withheld=not may_name(work, certificate))


def _told(report: Report, *, name_withheld: bool = False) -> dict[str, Any]:
    """Return the verdict, and raise the alarm that its page promises: somebody has a key, or a row is lost (V53)."""
    answer = verdict(report, name_withheld=name_withheld)
    if answer["state"] == State.SIGNED_BUT_NOT_REGISTERED:
        _LOG.error("alarm.signed-but-not-registered document_sha256=%s", report.document_sha256)
    return answer


def may_name(work: Work, certificate: StoredCertificate) -> bool:
    """Tell whether the holder let CSE publish the name (consent C1, R-PV-01)."""
    member = work.register.member(work.register.entry(certificate.register_no).member_id)
    return member is not None and member.consent_c1


def verdict_of_number(desk: Desk, text: str, *, now: datetime) -> NumberVerdict:
    """Answer for the current certificate of a register number; never with anything that leads to its page."""
    try:
        number = numbers.parse_register_number(number_in(desk.base, text))
        with desk.open_reading() as work:
            certificate = _current_certificate(work, number, now)
            if certificate is None:
                return NumberVerdict("verdict", number, _without_certificate(desk, work, number, now))
            answer = _verdict_of(desk, work, certificate, now)
    except refusals.NumberCheckDigitsError as error:
        return NumberVerdict("typing_mistake", error.text)
    except refusals.NumberFormatError:
        return NumberVerdict("not_a_number")
    except refusals.NotFoundError:
        return NumberVerdict("unknown", number)
    except StoreError:
        return NumberVerdict("verdict", None, unchecked_verdict(State.COULD_NOT_CHECK, "register_unreachable", now=now))
    return NumberVerdict("verdict", number, _without_page(answer))


def _without_certificate(desk: Desk, work: Work, number: str, now: datetime) -> dict[str, Any]:
    """Answer the status of a registration that has no certificate: a number of ours always answers."""
    value = work.register.answering(number).value
    status = _status(desk, value, now)
    if status is rules.PublicStatus.ACTIVE:
        code = "register_behind" if clock.is_behind(value, now, desk.policy) else "certificate_pending"
        return unchecked_verdict(State.COULD_NOT_CHECK, code, now=now)
    return unchecked_verdict(State(status.lower()), "certificate_pending", now=now, failed=CheckName.REGISTER)


def _current_certificate(work: Work, number: str, now: datetime) -> StoredCertificate | None:
    """Return the current certificate: of those that have begun, the one with the highest issue number.

    None while a registration that is current again, renewed, restored or corrected, waits for its certificate.
    """
    stored = work.register.answering(number)
    live, issued = stored.value.is_live, work.certificates.of_registration(number, stored.seq)
    issued = [one for one in issued if not live or one.ended is None]
    begun = [one for one in issued if one.valid_from <= now]
    newest, term = (begun or issued)[-1] if issued else None, stored.value.current_term(civil_date(now))
    if newest is None or term is None or not live:
        return newest
    return newest if newest.term_seq >= term.seq and whole_second(now) <= newest.valid_until else None


def _without_page(answer: dict[str, Any]) -> dict[str, Any]:
    """Leave out what leads from a number to a page: digests and the successor's address (`site.md` 2)."""
    kept = {name: value for name, value in answer.items() if name not in {"document_sha256", "paper_sha256"}}
    if "certificate" in kept:
        kept["certificate"] = {name: value for name, value in kept["certificate"].items() if name != "successor"}
    return kept
