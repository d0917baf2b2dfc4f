"""Verification of a paper code: the seal on the paper, and the certificate of the register to which it leads.

One signature by CSE's seal key is never enough (`threats.md` 0, column "paper code"): the answer is that of
the four-proof certificate of the page, judged anew, and never better than it. Fields are not compared: the
register knows the digest of every code that it handed out, so that a former name stays right (R-ME-03).
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from schemas.multikey import Algorithm
from schemas.paper_code import PaperCode, decode_code, paper_sha256, protected_header, signed_bytes
from verifier.checks import CheckName, Finding, Profile, Result, failed, passed, settle, skipped, unknown, worst
from verifier.judge import judge
from verifier.report import Report
from verifier.signatures import is_signature
from verifier.sources import RegisterAnswer, RegisterKnows, Sources
from verifier.trust import TrustedKey, TrustList

SEAL = "seal"
"""Class of the keys that count; that one stands in an `assertionMethod` would not."""


@dataclass(frozen=True, slots=True)
class PresentedCode:
    """A code as it was read: its bytes, and the page that its address names."""

    content: bytes
    page_id: str


def judge_paper_code(presented: PresentedCode, document: bytes, sources: Sources, *, now: datetime) -> Report:
    """Judge a code that was presented for the page whose certificate is `document`.

    Raises `PaperCodeError` if the bytes are no code, and `UnreadableDocumentError` if `document` is no JSON.
    """
    code = decode_code(presented.content)
    certificate = judge(document, sources, now=now)
    trust = sources.trust(now)
    own = _own_findings(code, presented, trust, certificate) if trust is not None else {}
    held = {finding.name: finding for finding in certificate.findings}
    findings = (_worse(own[name], held[name]) if name in own else held[name] for name in CheckName)
    settled = tuple(settle(finding, Profile.PAPER_CODE) for finding in findings)
    sha256 = paper_sha256(presented.content)
    return replace(certificate, findings=settled, profile=Profile.PAPER_CODE, document_sha256=sha256)


def _worse(own: Finding, held: Finding) -> Finding:
    """Let no finding about the code be better than the one about the certificate, and none worse be covered."""
    return worst([own, held]) if held.result in {Result.FAIL, Result.UNKNOWN} else own


def _own_findings(
    code: PaperCode, presented: PresentedCode, trust: TrustList, certificate: Report
) -> dict[CheckName, Finding]:
    """Return what the code itself adds; the checks that it does not name are those of the certificate."""
    is_known = paper_sha256(presented.content) in certificate.register.paper_sha256
    page = presented.page_id
    key = next((one for one in _seal_keys(trust) if seals(one, code, base=trust.base, page_id=page)), None)
    hinted, register = _hints_at_us(code, trust), CheckName.REGISTER
    findings = (
        passed(CheckName.PARSE),
        skipped(CheckName.CONTEXTS, "not_json_ld"),
        passed(CheckName.SCHEMA),
        skipped(CheckName.ALL_TERMS_SIGNED, "not_json_ld"),
        *_seal_findings(code, key, trust, is_known=is_known),
        skipped(CheckName.LOGGED, "register_answers"),
        passed(register) if is_known else _unknown_code(certificate.register, is_ours=key is not None or hinted),
    )
    return {finding.name: finding for finding in findings}


def _unknown_code(register: RegisterAnswer, *, is_ours: bool) -> Finding:
    """Call a code altered only where it names a key of ours and the register itself has answered for the page."""
    if not is_ours:
        return unknown(CheckName.REGISTER, "not_reached")
    if register.knows in {RegisterKnows.KNOWN, RegisterKnows.BEHIND}:
        return failed(CheckName.REGISTER, "paper_code_differs")
    return unknown(CheckName.REGISTER, "register_unreachable")


def seals(key: TrustedKey, code: PaperCode, *, base: str, page_id: str) -> bool:
    """Tell whether `key` signed the code for this page of this register; the hint in the code does not count."""
    message = signed_bytes(code.protected, code.payload, base=base, page_id=page_id)
    return is_signature(Algorithm.EDDSA, key.public_key or b"", message, code.signature)


def _seal_keys(trust: TrustList) -> list[TrustedKey]:
    return [key for key in trust.keys.values() if key.key_use == SEAL and key.controller == trust.registrar]


def _hints_at_us(code: PaperCode, trust: TrustList) -> bool:
    return any(protected_header(one.public_key or b"").endswith(code.key_hint) for one in _seal_keys(trust))


def _seal_findings(code: PaperCode, key: TrustedKey | None, trust: TrustList, *, is_known: bool) -> tuple[Finding, ...]:
    """Judge signature, binding and key. A hint that fits no key of ours: somebody else's seal."""
    proofs, binding, trusted = CheckName.PROOFS, CheckName.ISSUER_BINDING, CheckName.ISSUER_TRUSTED
    if key is not None:
        return passed(proofs), passed(binding), _check_key(code, key, is_known=is_known)
    if _hints_at_us(code, trust):
        return failed(proofs, "signature"), unknown(binding, "not_reached"), unknown(trusted, "not_reached")
    return unknown(proofs, "unknown_key"), unknown(binding, "not_reached"), failed(trusted, "unknown_key")


def _check_key(code: PaperCode, key: TrustedKey, *, is_known: bool) -> Finding:
    """Ask whether the key was in force when it signed; a compromise counts only against a code nobody handed out."""
    name = CheckName.ISSUER_TRUSTED
    refusal = key.refusal(key_use=SEAL, at=datetime.fromtimestamp(code.content.issued_at, UTC))
    if refusal == "key_outside_its_time":
        return failed(name, refusal)
    if key.compromised_since is not None:
        # What the register handed out before stays good; it is judged by its digest (`site.md` 4.2).
        return (passed if is_known else unknown)(name, "key_compromised_later")
    return passed(name)
