"""Presentations (VCDM 2.0, 4.13): who shows these credentials, here and now. What they say is judged one by one."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from verifier.asked import Asked
from verifier.checks import CheckName, Finding, Result, failed, passed, skipped, unknown
from verifier.cryptosuite import jcs_bytes
from verifier.data_model import data_model_fault
from verifier.documents import identifier, listed
from verifier.jws import read_jws
from verifier.proof_chain import ProofRules, check_proofs, signers
from verifier.refusals import TooManyCredentialsError, UnreadableDocumentError
from verifier.terms import check_all_terms_signed

MOST_CREDENTIALS = 20
_ENVELOPE = "data:application/vc+jwt,"
_BOUND = ("did:key:", "did:jwk:")
"""How the id of a subject begins that is itself a key: only its holder may show what is said of it (P06)."""


def presented(value: dict[str, Any]) -> list[bytes]:
    """Return each credential in a presentation as a document of its own: JCS form, or the token in its envelope.

    Raises `TooManyCredentialsError` for more than 20, and for a presentation in a presentation (V34, V38).
    """
    shown = listed(value.get("verifiableCredential"))
    if len(shown) > MOST_CREDENTIALS:
        raise TooManyCredentialsError(f"at most {MOST_CREDENTIALS} credentials are checked at once")
    return [_document(item) for item in shown]


def _document(item: Any) -> bytes:
    types = listed(item.get("type")) if isinstance(item, dict) else []
    if "VerifiablePresentation" in types or "EnvelopedVerifiablePresentation" in types:
        raise TooManyCredentialsError("a presentation inside a presentation is not opened")
    envelope = item.get("id") if "EnvelopedVerifiableCredential" in types else item
    if isinstance(envelope, str):
        # A token has no brace: JSON in a text would be a way to nest presentations after all.
        return b"" if "{" in envelope else envelope.removeprefix(_ENVELOPE).encode()
    return jcs_bytes(item)


def check_presentation(value: dict[str, Any], base: str, now: datetime, asked: Asked) -> list[Finding]:
    """Return the findings `schema` to `register` of a presentation whose contexts are known."""
    holder = [unknown(name, "holder_not_proved") for name in (CheckName.PROOFS, CheckName.ISSUER_BINDING)]
    if listed(value.get("proof")):
        holder = [_check_proofs(value, base, now, asked), _check_holder(value)]
    return [
        _check_schema(value, asked),
        check_all_terms_signed(value, base, asked.extra),
        *holder,
        *(skipped(name, "presentation") for name in list(CheckName)[6:13]),
    ]


def _check_schema(value: dict[str, Any], asked: Asked) -> Finding:
    fault = data_model_fault(value)
    if fault is not None:
        return failed(CheckName.SCHEMA, fault.code, fault.pointer)
    if not listed(value.get("verifiableCredential")) and not asked.is_conformance:
        return unknown(CheckName.SCHEMA, "no_credentials", "/verifiableCredential")
    return skipped(CheckName.SCHEMA, "no_schema_of_ours")


def _check_proofs(value: dict[str, Any], base: str, now: datetime, asked: Asked) -> Finding:
    found = check_proofs(value, ProofRules(base, "authentication", now, asked))
    if found.result is not Result.PASS or asked.challenge is not None:
        return found
    # Whoever gave no challenge can't tell whether this was shown to somebody else before.
    return passed(CheckName.PROOFS, "challenge_not_asked")


def _check_holder(value: dict[str, Any]) -> Finding:
    """Ask whether who signs is the holder, and the subject of all that is bound to a key (P06)."""
    name, by = CheckName.ISSUER_BINDING, signers(value)
    if "holder" in value and identifier(value["holder"]) not in by:
        return failed(name, "holder_binding", "/holder")
    for index, item in enumerate(listed(value.get("verifiableCredential"))):
        subjects = listed(_content(item).get("credentialSubject"))
        bound = {one for one in map(identifier, subjects) if one is not None and one.startswith(_BOUND)}
        if not bound <= by:
            return failed(name, "holder_binding", f"/verifiableCredential/{index}")
    return passed(name)


def _content(item: Any) -> dict[str, Any]:
    """Return what a credential in a presentation says; nothing if it is a token that cannot be read."""
    text = _document(item)
    if text.startswith(b"{"):
        return dict(item)
    with suppress(UnreadableDocumentError):
        return read_jws(text.decode("ascii", "replace")).claims()
    return {}
