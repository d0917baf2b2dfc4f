"""Steps 5 to 8 of the verification: who signed, with which right (`judge` tells the whole order)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from verifier.certificate import CertificateFacts
from verifier.checks import CheckName, Finding, Result, failed, passed, unknown
from verifier.cryptosuite import JCS, RDFC
from verifier.documents import issuer_did
from verifier.instants import CLOCK_SKEW, InstantError, parse_instant
from verifier.proof_set import shape_fault, signature_faults
from verifier.study import Study
from verifier.trust import Signing, TrustedKey, TrustList


@dataclass(frozen=True, slots=True)
class Authenticity:
    """The four findings about signatures, and the earliest compromise of a key used."""

    proofs: Finding
    issuer_binding: Finding
    issuer_trusted: Finding
    authorization: Finding
    compromised_since: datetime | None


def check_authenticity(study: Study, trust: TrustList, *, now: datetime) -> Authenticity:
    """Carry out the checks `proofs` to `authorization_at_signing` at the moment `now`."""
    value = study.value
    methods = _methods(value.get("proof"))
    keys = {method: trust.keys[method] for method in methods if method in trust.keys}
    since = [key.compromised_since for key in keys.values() if key.compromised_since is not None]
    return Authenticity(
        proofs=check_proofs(study, trust),
        issuer_binding=_check_binding(value, methods),
        issuer_trusted=_check_trusted(value, trust, methods, now),
        authorization=_check_authorization(value, trust, study.facts, now),
        compromised_since=min(since, default=None),
    )


def _methods(proofs: Any) -> list[str]:
    """List every verification method that the document's proofs name, whatever their shape."""
    entries = proofs if isinstance(proofs, list) else [proofs]
    named = [entry.get("verificationMethod") for entry in entries if isinstance(entry, dict)]
    return [method for method in named if isinstance(method, str)]


def _creator(value: dict[str, Any]) -> str | None:
    node: Any = value
    for name in ("credentialSubject", "achievement", "creator", "id"):
        node = node.get(name) if isinstance(node, dict) else None
    return node if isinstance(node, str) else None


def check_proofs(study: Study, trust: TrustList) -> Finding:
    """Carry out the check `proofs`, once for each set of public keys; only that all are good is remembered."""
    methods = _methods(study.value.get("proof"))
    public_keys = _public_keys(methods, trust)
    known = frozenset((public_keys or {}).items())
    found = study.proofs.get(known) or _find_proofs(study, methods, public_keys)
    if found.result is Result.PASS:
        study.proofs[known] = found
    return found


def _find_proofs(study: Study, methods: list[str], public_keys: dict[str, bytes] | None) -> Finding:
    name, value = CheckName.PROOFS, study.value
    fault = shape_fault(value, 2)
    if fault is not None:
        return failed(name, fault.code, fault.pointer)
    if {method.split("#")[0] for method in methods} != {issuer_did(value), _creator(value)}:
        return failed(name, "proof_set_shape", "/proof")
    if public_keys is None:
        return unknown(name, "unknown_key", "/proof")
    # The graph of a document that breaks our schema is not canonicalized: it may be built to be costly.
    suites = (JCS,) if study.facts is None else (JCS, RDFC)
    faults = signature_faults(study.hashes, value["proof"], public_keys, suites)
    found = [failed(name, code, pointer) for pointer, code in faults.items() if code is not None]
    found += [passed(name) if study.facts is not None else unknown(name, "graph_not_checked")]
    return replace(found[0], proofs=tuple((pointer, code is None) for pointer, code in faults.items()))


def _public_keys(methods: list[str], trust: TrustList) -> dict[str, bytes] | None:
    found: dict[str, bytes] = {}
    for method in methods:
        key = trust.keys.get(method)
        if key is None or key.public_key is None:
            return None
        found[method] = key.public_key
    return found


def _check_binding(value: dict[str, Any], methods: list[str]) -> Finding:
    name, issuer = CheckName.ISSUER_BINDING, issuer_did(value)
    if not methods:
        return failed(name, "no_proof", "/proof")
    signers = {method.split("#")[0] for method in methods}
    if issuer not in signers or not signers <= {issuer, _creator(value)}:
        return failed(name, "issuer_binding", "/issuer")
    return passed(name)


def _check_trusted(value: dict[str, Any], trust: TrustList, methods: list[str], now: datetime) -> Finding:
    """Ask the trust list about the issuer and about each key, at the moment that its proof names."""
    name, issuer = CheckName.ISSUER_TRUSTED, issuer_did(value)
    if issuer is None or trust.role(issuer) != "registrar":
        return failed(name, "issuer_not_trusted", "/issuer")
    if not methods:
        return unknown(name, "no_proof", "/proof")
    for index, proof in enumerate(value["proof"] if isinstance(value["proof"], list) else [value["proof"]]):
        code = _refusal(proof, trust, issuer, now) if isinstance(proof, dict) else "proof_set_shape"
        if code is not None:
            return failed(name, code, f"/proof/{index}")
    return passed(name)


def _refusal(proof: dict[str, Any], trust: TrustList, issuer: str, now: datetime) -> str | None:
    method = proof.get("verificationMethod")
    key: TrustedKey | None = trust.keys.get(method) if isinstance(method, str) else None
    if key is None:
        return "unknown_key"
    if key.controller != issuer and trust.role(key.controller) not in {"society", "custodian"}:
        return "key_class"
    try:
        created = parse_instant(proof.get("created"))
    except InstantError:
        return "proof_created"
    if created > now + CLOCK_SKEW:
        return "proof_from_the_future"
    return key.refusal(key_use="issue", at=created)


def _check_authorization(
    value: dict[str, Any], trust: TrustList, facts: CertificateFacts | None, now: datetime
) -> Finding:
    """Ask the trust list about the second signer when it signed; that it lost its right later changes nothing."""
    name = CheckName.AUTHORIZATION_AT_SIGNING
    if facts is None or not isinstance(value.get("proof"), list):
        return unknown(name, "not_reached")
    signing = Signing(
        society=facts.society,
        assessed_by=facts.assessed_by,
        field=facts.field,
        grade=facts.grade,
        basis=facts.basis,
        standard=facts.standard,
        # Both were read as instants when the document was found consistent.
        term_began=parse_instant(f"{facts.term_from}T00:00:00+08:00"),
        created=parse_instant(value["proof"][0]["created"]),
    )
    if trust.covers(signing):
        return passed(name, "authorization_lost_later" if trust.has_lost(facts.society, now) else None)
    return failed(name, "not_authorized_at_signing", "/credentialSubject/registration/society")
