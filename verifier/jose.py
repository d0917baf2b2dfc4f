"""Verification of the forms that wallets hold: `application/vc+jwt`, and SD-JWT VC with key binding.

One signature by CSE is never enough (`threats.md` 0): behind each form of ours stands a certificate with four
proofs, which is judged anew; of two findings about one check the worse counts. A vc+jwt must say exactly what that
certificate says. An SD-JWT VC must be the very copy that the register handed out, and what it discloses must agree.
Without a register nobody can tell: `proofs` is unknown.
"""

import base64
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from schemas import contracts, strict_json
from verifier import cryptosuite, dids, foreign
from verifier.asked import NOTHING_ASKED, Asked
from verifier.certificate import CertificateFacts
from verifier.checks import CheckName, Finding, Profile, Result, failed, passed, settle, skipped, unknown, worst
from verifier.credential import check_register, judge_credential
from verifier.documents import Document, check_contexts, check_parse, claims_to_be_ours, issuer_did, read_document
from verifier.instants import CLOCK_SKEW, LAST_SECOND, InstantError, parse_numeric_date
from verifier.jws import Jws, TokenError, check_header, read_jws, refuse
from verifier.report import Report, complete, report, unreached
from verifier.sd_jwt import ALWAYS_SHOWN, SdJwt, check_key_binding, disclosed_claims, read_sd_jwt
from verifier.sources import BITS, RegisterAnswer, RegisterKnows, Sources, check_bit
from verifier.trust import TrustedKey, TrustList

_REGISTERED = frozenset({"iss", "jti", "sub", "nbf", "exp", "iat"})
_UNSUPPORTED = frozenset({"critical_header", "digest_algorithm", "unsupported_format"})
_FORMS_NOT_READ = ("", "jwt", "vp+jwt", "vp+sd-jwt", "example+sd-jwt")
_SD_JWT_TYPES = ("dc+sd-jwt", "vc+sd-jwt")
_AS_IN_FACTS = ("grade", "name_hans", "name_latin", "field", "society", "first_registered", "standard")
_PARSED = passed(CheckName.PARSE)


@dataclass(frozen=True, slots=True)
class _Token:
    """What was handed in, once read: its claims with whatever was disclosed, and a remark about the holder's part."""

    document: Document
    jws: Jws
    claims: dict[str, Any]
    sd_jwt: SdJwt | None
    remark: str | None = None

    @property
    def key_id(self) -> str:
        """The DID URL that the header names as the signer's key."""
        return str(self.jws.header.get("kid"))


def judge_token(content: bytes, sources: Sources, *, now: datetime, asked: Asked = NOTHING_ASKED) -> Report:
    """Judge a token at the moment `now` by what `sources` can tell and what was `asked`.

    Raises `UnreadableDocumentError` if the text is no token, and `UnreadableFileError` if it is encrypted.
    """
    document = Document(hashlib.sha256(content).hexdigest(), {})
    try:
        token = _read(document, content, asked, now)
    except TokenError as error:
        say, name = (unknown, CheckName.PARSE) if error.code in _UNSUPPORTED else (failed, CheckName.PROOFS)
        return unreached(document, sources, now, [_PARSED, say(name, error.code, error.pointer)])
    trust = sources.trust(now)
    if trust is None:
        return unreached(document, sources, now, [_PARSED], sources.basis().trust_code)
    if _is_ours(token, trust):
        return _judge_own(token, trust, sources, now)
    return _judge_foreign(token, trust, sources, now, asked)


def _read(document: Document, content: bytes, asked: Asked, now: datetime) -> _Token:
    text = content.decode("ascii", "replace").strip()
    sd_jwt = read_sd_jwt(text) if "~" in text else None
    jws = read_jws(text if sd_jwt is None else sd_jwt.issuer_signed)
    check_header(jws)
    refuse(jws.kind in _FORMS_NOT_READ, "unsupported_format", "/header/typ")
    refuse(jws.kind not in (_SD_JWT_TYPES if sd_jwt is not None else ("vc+jwt",)), "typ", "/header/typ")
    claims = jws.claims()
    if sd_jwt is None:
        refuse(check_parse(claims).result is not Result.PASS, "unsupported_format")
        return _Token(document, jws, claims, sd_jwt)
    claims = disclosed_claims(claims, sd_jwt.disclosures)
    return _Token(document, jws, claims, sd_jwt, check_key_binding(sd_jwt, claims, asked, now=now))


def _is_ours(token: _Token, trust: TrustList) -> bool:
    """Tell whether the token names a key, a body, a type or a context of ours: then full policy applies (V52)."""
    if token.key_id in trust.keys or token.claims.get("iss") in (trust.base, *trust.bodies):
        return True
    if token.sd_jwt is None:
        return claims_to_be_ours(token.claims, trust)
    return str(token.claims.get("vct")).startswith(f"{trust.base}/vct/")


def _judge_foreign(token: _Token, trust: TrustList, sources: Sources, now: datetime, asked: Asked) -> Report:
    """Judge what is signed by others: a vc+jwt like any foreign document, of another form only the signature.

    The trust list names no other issuer, whoever signed. All terms of a token are signed, and make no graph.
    """
    try:
        key = dids.method_key(token.key_id, "assertionMethod", did_document=asked.did_document, now=now)
        proofs = passed(CheckName.PROOFS) if token.jws.is_signed_by(key) else failed(CheckName.PROOFS, "signature")
    except dids.DidError as error:
        say = failed if error.code in dids.DISPROVING_KEYS else unknown
        proofs = say(CheckName.PROOFS, error.code, "/header/kid")
    if token.sd_jwt is not None:
        trusted = failed(CheckName.ISSUER_TRUSTED, "issuer_not_trusted", "/iss")
        return report(token.document, sources, now, complete([_PARSED, proofs, trusted]), Profile.FOREIGN)
    value, issuer = token.claims, issuer_did(token.claims)
    is_by_issuer = (token.key_id.partition("#")[0], value.get("iss", issuer)) == (issuer, issuer)
    name, terms = CheckName.ISSUER_BINDING, skipped(CheckName.ALL_TERMS_SIGNED, "not_json_ld")
    binding = passed(name) if is_by_issuer else failed(name, "issuer_binding", "/issuer")
    found = foreign.judge_secured(value, trust, now, asked, [terms, proofs, binding])
    contexts, dates = check_contexts(value, trust, is_own=False, asked=asked), _check_dates(value, now)
    known = [_PARSED, contexts, *(worst([one, dates]) if one.name is dates.name else one for one in found)]
    profile = Profile.CONFORMANCE if asked.is_conformance else Profile.FOREIGN
    return report(token.document, sources, now, complete(known), profile)


def _check_dates(claims: dict[str, Any], now: datetime) -> Finding:
    """Compare `nbf` and `exp`, the first second that is too late; `validUntil` is the last that is not."""
    name = CheckName.DATES
    try:
        begins, ends = parse_numeric_date(claims.get("nbf", 0)), parse_numeric_date(claims.get("exp", LAST_SECOND))
    except InstantError:
        return failed(name, "malformed_date")
    late = "not_yet_valid" if begins > now else "expired" if ends <= now else None
    return passed(name) if late is None else failed(name, late)


def _judge_own(token: _Token, trust: TrustList, sources: Sources, now: datetime) -> Report:
    """Judge a token that names us; it leads to a certificate only once its form and CSE's signature were good."""
    key = trust.keys.get(token.key_id)
    violation = contracts.first_violation("vc-jwt" if token.sd_jwt is None else "sd-jwt", trust.base, token.claims)
    known = [_PARSED]
    if key is None or key.controller != trust.registrar:
        code = "unknown_key" if key is None else "issuer_not_trusted"
        known += [unknown(CheckName.PROOFS, "unknown_key"), failed(CheckName.ISSUER_TRUSTED, code, "/header/kid")]
    elif violation is not None:
        known += [failed(CheckName.SCHEMA, "schema", violation[0])]
    elif not token.jws.is_signed_by(key.public_key or b""):
        known += [failed(CheckName.PROOFS, "signature")]
    else:
        return _judge_signed(token, _own_findings(token, key, trust, now), sources, now)
    return unreached(token.document, sources, now, known)


def _own_findings(token: _Token, key: TrustedKey, trust: TrustList, now: datetime) -> list[Finding]:
    """Return what the token says for itself, whose form and signature are good."""
    is_copy = token.sd_jwt is not None
    issuers = {trust.registrar} if is_copy else {token.claims["iss"], issuer_did(token.claims)}
    signed_at = parse_numeric_date(token.claims["iat"])
    # `iat` of a copy is cut to the day, so that it tells nobody apart: the key may have begun on that very day.
    at = min(max(signed_at, key.not_before), signed_at + timedelta(days=1)) if is_copy else signed_at
    refusal = key.refusal(key_use="issue-jose", at=at) if signed_at <= now + CLOCK_SKEW else "proof_from_the_future"
    remark = "key_compromised_later" if key.compromised_since is not None else None
    name = CheckName.ISSUER_BINDING
    return [
        _PARSED,
        passed(CheckName.PROOFS, token.remark),
        passed(name) if issuers == {trust.registrar} else failed(name, "issuer_binding", "/iss"),
        passed(CheckName.ISSUER_TRUSTED, remark) if refusal is None else failed(CheckName.ISSUER_TRUSTED, refusal),
        _check_dates(token.claims, now),
    ]


def _judge_signed(token: _Token, findings: list[Finding], sources: Sources, now: datetime) -> Report:
    """Judge the certificate behind the token; of two findings about one check the worse counts."""
    own = {finding.name: finding for finding in findings}
    original = _original(token, sources)
    if isinstance(original, RegisterKnows):
        own |= {finding.name: finding for finding in _without_original(token, original, sources, now)}
        findings = complete(own.values(), "original_not_reached")
        return report(token.document, sources, now, findings, Profile.OWN_SINGLE_SIGNATURE)
    held = judge_credential(read_document(original), sources, now=now)
    own[CheckName.REGISTER] = _check_register(token, strict_json.parse_object(original), held.facts)
    worse = (worst([own.get(finding.name, finding), finding]) for finding in held.findings)
    is_copy = token.sd_jwt is not None
    shown = {name: member for name, member in token.claims.items() if name not in {"iat", *ALWAYS_SHOWN}}
    return replace(
        held,
        findings=tuple(settle(finding, Profile.OWN_SINGLE_SIGNATURE) for finding in worse),
        profile=Profile.OWN_SINGLE_SIGNATURE,
        document_sha256=token.document.sha256,
        # What else the certificate says was held back on purpose.
        facts=None if is_copy else held.facts,
        disclosed=shown if is_copy else None,
    )


def _original(token: _Token, sources: Sources) -> bytes | RegisterKnows:
    """Return the certificate to which the token leads: by its id, or as the very copy that the register handed out."""
    if token.sd_jwt is None:
        return sources.original(token.claims["jti"].rpartition("/")[2])
    copy = sources.wallet_copy(*_place(token))
    if isinstance(copy, RegisterKnows):
        return copy
    # What was signed: anybody can write another good ECDSA signature of it (V53). Earlier digests are of the whole.
    signed = token.sd_jwt.issuer_signed.encode()
    digests = {hashlib.sha256(text).hexdigest() for text in (signed.rpartition(b".")[0], signed)}
    return sources.original(copy.page_id) if copy.sha256 in digests else RegisterKnows.ABSENT


def _place(token: _Token) -> tuple[str, int]:
    """Return the list in which a copy has its status, and its entry there."""
    entry = token.claims["status"]["status_list"]
    return entry["uri"], int(entry["idx"])


def _without_original(token: _Token, knows: RegisterKnows, sources: Sources, now: datetime) -> list[Finding]:
    """Say what is known without a certificate: a register that has none speaks of theft; offline there is a list."""
    if knows is not RegisterKnows.OFFLINE:
        return [check_register(RegisterAnswer(knows), "")]
    known = [unknown(CheckName.PROOFS, "original_not_reached"), unknown(CheckName.REGISTER, "offline")]
    if token.sd_jwt is not None:
        known += [check_bit(name, sources.copy_status(*_place(token), name, now)) for name in BITS]
    return known


def _check_register(token: _Token, original: dict[str, Any], facts: CertificateFacts | None) -> Finding:
    """Compare the token with the certificate behind it, whole or claim by claim (`credential.md` 7)."""
    content = cryptosuite.jcs_bytes(cryptosuite.without_proof(original))
    own = {name: member for name, member in token.claims.items() if name not in _REGISTERED}
    if facts is None or (token.sd_jwt is None and cryptosuite.jcs_bytes(own) != content):
        return failed(CheckName.REGISTER, "content_differs")
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    expected: dict[str, Any] = {name: getattr(facts, name) for name in _AS_IN_FACTS}
    expected |= {"jti": facts.credential_id, "register_number": facts.number}
    expected |= {"exp": int(facts.valid_until.timestamp()) + 1}
    expected |= {"certificate": {"id": facts.credential_id, "digest": f"sha256-{digest}"}}
    if token.sd_jwt is None:
        expected |= {"sub": original["credentialSubject"]["id"], "nbf": int(facts.valid_from.timestamp())}
    differs = next((claim for claim, said in expected.items() if token.claims.get(claim, said) != said), None)
    name = CheckName.REGISTER
    return passed(name) if differs is None else failed(name, "content_differs", f"/{differs}")
