"""The verification of one document, in one order, at one moment.

 1  parse                      the bytes are a credential in JSON
 2  contexts                   exactly the contexts that we issue with; else nothing further is judged
 3  schema                     closed schema, then consistency of what is said twice
 4  all_terms_signed           no member hides from the graph or from the reader
 5  proofs                     exactly four, two signers x two suites, every one good
 6  issuer_binding             each proof belongs to the issuer or to the assessing body named in the content
 7  issuer_trusted             the trust list gives each key this class, at that time
 8  authorization_at_signing   field and grade were the second signer's to certify
 9  logged                     in the public log, once it has begun
10  dates                      now lies between the first and the last second
11  revocation, 12 suspension  the two bits
13  register                   the register holds the same content
14  agreement                  only when asked

Steps 3 to 8 each run even if another failed, so that a refusal names all that is wrong; the graph
proofs run only on a text whose schema and text proofs are good, which bounds their cost. Not needed:
resolving DIDs (the trust list decides), fetching schemas or contexts (pinned).
"""

from datetime import datetime

from verifier.asked import NOTHING_ASKED, Asked
from verifier.authenticity import Authenticity, check_authenticity
from verifier.certificate import CertificateFacts
from verifier.checks import CheckName, Finding, Profile, Result, failed, passed, settle, skipped, unknown
from verifier.documents import Document, check_contexts, check_parse, claims_to_be_ours
from verifier.foreign import judge_foreign
from verifier.report import NO_REGISTER, NOT_ASKED, Report, report, unreached
from verifier.sources import BITS, RegisterAnswer, RegisterKnows, Sources, check_bit
from verifier.study import Study, studied
from verifier.trust import TrustList


def judge_credential(document: Document, sources: Sources, *, now: datetime, asked: Asked = NOTHING_ASKED) -> Report:
    """Judge a credential in JSON at the moment `now` by what `sources` can tell and what was `asked`."""
    trust, parse = sources.trust(now), check_parse(document.value)
    if trust is None:
        return unreached(document, sources, now, [parse], sources.basis().trust_code)
    if parse.result is not Result.PASS:
        return unreached(document, sources, now, [parse])
    is_own = claims_to_be_ours(document.value, trust)
    contexts = check_contexts(document.value, trust, is_own=is_own, asked=asked)
    if contexts.result is not Result.PASS:
        parse = passed(CheckName.PARSE, "claims_to_be_ours" if is_own else None)
        return unreached(document, sources, now, [parse, contexts])
    if not is_own:
        findings = [parse, contexts, *judge_foreign(document.value, trust, now, asked), NOT_ASKED]
        profile = Profile.CONFORMANCE if asked.is_conformance else Profile.FOREIGN
        return report(document, sources, now, findings, profile)
    return _judge_own(document, trust, sources, now)


def _judge_own(document: Document, trust: TrustList, sources: Sources, now: datetime) -> Report:
    study = studied(document, trust.base)
    authenticity, facts = check_authenticity(study, trust, now=now), study.facts
    if facts is None:
        rest = [unknown(name, "not_reached") for name in list(CheckName)[9:13]]
        answer, issued_at = NO_REGISTER, None
    else:
        answer = sources.register(facts, now)
        rest, issued_at = _check_standing(study, facts, sources, answer, now)
    findings = [
        passed(CheckName.PARSE),
        passed(CheckName.CONTEXTS),
        study.schema,
        study.terms,
        authenticity.proofs,
        authenticity.issuer_binding,
        _with_compromise(authenticity, answer),
        authenticity.authorization,
        _check_logged(trust, now),
        *rest,
        NOT_ASKED,
    ]
    settled = tuple(settle(finding, sources.profile) for finding in findings)
    return Report(settled, sources.profile, document.sha256, now, sources.basis(), facts, answer, issued_at)


def _with_compromise(authenticity: Authenticity, answer: RegisterAnswer) -> Finding:
    """Settle a key that was compromised after it signed: only the register's own date of issue proves which came first.

    See `domain.md` 4: with that proof the certificate stays good; without it the date in the proof is worth nothing.
    """
    finding = authenticity.issuer_trusted
    since = authenticity.compromised_since
    if since is None or finding.result is not Result.PASS:
        return finding
    if answer.knows is RegisterKnows.KNOWN and answer.issued_at is not None and answer.issued_at < since:
        return passed(CheckName.ISSUER_TRUSTED, "key_compromised_later")
    return unknown(CheckName.ISSUER_TRUSTED, "key_compromised_later")


def _check_logged(trust: TrustList, now: datetime) -> Finding:
    if trust.log_required_from is None or now < trust.log_required_from:
        return skipped(CheckName.LOGGED, "log_not_begun")
    return unknown(CheckName.LOGGED, "log_not_supported")


def _check_standing(
    study: Study, facts: CertificateFacts, sources: Sources, answer: RegisterAnswer, now: datetime
) -> tuple[list[Finding], datetime | None]:
    """Carry out steps 10 to 13 and say how old the status is."""
    dates = check_dates(facts, now)
    answers = {name: sources.status(facts, name, now) for name in BITS}
    bits = [check_bit(name, status) for name, status in answers.items()]
    register = check_register(answer, study.content_sha256)
    is_good = all(finding.result is Result.PASS for finding in (dates, *bits))
    has_ended = answer.ended is not None or answer.public_status != "active"
    if register.result is Result.PASS and is_good and has_ended:
        # The register calls paper or registration ended and yet no date and no bit says so: trust neither.
        register = unknown(CheckName.REGISTER, "register_contradiction")
    times = [status.issued_at for status in answers.values() if status.issued_at is not None]
    return [dates, *bits, register], min(times, default=None)


def check_dates(facts: CertificateFacts, now: datetime) -> Finding:
    """Compare whole seconds: the last second of `validUntil` still counts (R-CE-02)."""
    moment = now.replace(microsecond=0)
    if moment < facts.valid_from:
        return failed(CheckName.DATES, "not_yet_valid", "/validFrom")
    if moment > facts.valid_until:
        return failed(CheckName.DATES, "expired", "/validUntil")
    return passed(CheckName.DATES)


def check_register(answer: RegisterAnswer, content_sha256: str) -> Finding:
    """Compare the register's row with the content: no row, or another, means a stolen key (`interface.md` 5)."""
    name = CheckName.REGISTER
    if answer.knows is RegisterKnows.OFFLINE:
        return skipped(name, "offline")
    if answer.knows is RegisterKnows.UNREACHABLE:
        return unknown(name, "register_unreachable")
    if answer.knows is RegisterKnows.ABSENT:
        return failed(name, "not_registered")
    if answer.content_sha256 != content_sha256:
        return failed(name, "content_differs")
    return passed(name) if answer.knows is RegisterKnows.KNOWN else unknown(name, "register_behind")
