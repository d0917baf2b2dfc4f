"""Why a verdict is not good, for who implements an issuer or a verifier: check, place, clause, and what to compare.

A pure function of the document and of its verdict. Everything of the document in it is a stranger's text.
"""

from contextlib import suppress
from typing import Any

from schemas.multikey import Algorithm
from schemas.strict_json import MalformedJsonError, parse_object
from verifier import messages, rdf, refusals
from verifier.cryptosuite import SUITES, CanonicalizationError, DocumentHashes, jcs_bytes, without_proof

_MOST_PROOFS = 8
_LONGEST_OF_64_BYTES = 89  # Characters of base58; a signature of P-384 has 96 bytes, and hashes of SHA-384.
_OPEN = frozenset({"fail", "unknown"})
_KEPT = ("name", "code", "pointer", "clause")


def explanation(document: bytes | None, answer: dict[str, Any]) -> dict[str, Any]:
    """Explain the verdict `answer` of `document`, which is None where a code or number was answered.

    `checks` says what to do about each check that was carried out and did not pass; `canonical` holds the canonical
    forms without proof, `jcs` and `rdfc`; `proofs` what each proof signs (the hash of its options, then that of the
    document) and whether it is good.
    """
    checks = {check["name"]: check for check in answer["checks"]}
    reached = (check for check in checks.values() if check.get("code") != "not_reached")
    told = {"checks": [_told(check) for check in reached if check["result"] in _OPEN]}
    try:
        value = parse_object(document or b"")
    except MalformedJsonError:
        return told
    base = answer.get("basis", {}).get("base_url")
    # As in the verification: the graph of another form than ours may be built to be costly.
    return told | _signed(value, base if checks["schema"]["result"] == "pass" else None, checks["proofs"])


def _told(check: dict[str, Any]) -> dict[str, Any]:
    texts = messages.explanations()
    kept = {name: check[name] for name in _KEPT if name in check}
    return kept | {"do": texts.get(check.get("code", ""), texts[check["name"]])}


def _signed(value: dict[str, Any], base: str | None, check: dict[str, Any]) -> dict[str, Any]:
    every, found = "pass" if check["result"] == "pass" else "unknown", check.get("proofs", {})
    unsigned, hashes = without_proof(value), DocumentHashes(value, base or "")
    canonical: dict[str, str] = {}
    with suppress(CanonicalizationError, rdf.GraphError, refusals.TooComplexError):
        canonical["jcs"] = jcs_bytes(unsigned).decode()
        canonical |= {"rdfc": rdf.canonical_nquads(unsigned, base)} if base is not None else {}
    entries = value.get("proof")
    proofs = []
    for index, proof in enumerate(entries[:_MOST_PROOFS] if isinstance(entries, list) else [entries]):
        named = proof.get("cryptosuite") if isinstance(proof, dict) else None
        suite = SUITES.get(named) if isinstance(named, str) else None
        if suite is None or ("rdfc" if suite.is_graph else "jcs") not in canonical:
            continue
        is_long = len(str(proof.get("proofValue"))) > _LONGEST_OF_64_BYTES
        with suppress(CanonicalizationError, rdf.GraphError, refusals.TooComplexError):
            signed = hashes.signed_bytes(proof, Algorithm.ES384 if is_long else Algorithm.EDDSA).hex()
            half = len(signed) // 2
            key = {"pointer": f"/proof/{index}", "cryptosuite": named, "key": str(proof.get("verificationMethod"))}
            key["result"] = found.get(key["pointer"], every)
            proofs.append(key | {"options_hash": signed[:half], "document_hash": signed[half:], "signed": signed})
    return {"canonical": canonical, "proofs": proofs}
