"""Presentations (VCDM 2.0, 4.13): who shows these credentials, here and now. What they say is judged one by one."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from verifier import cryptosuite, jws, refusals, terms
from verifier.asked import Asked
from verifier.checks import CheckName, Finding, Result, failed, passed, skipped, unknown, worst
from verifier.data_model import data_model_fault
from verifier.documents import identifier, listed
from verifier.proof_chain import ProofRules, check_proofs, signers

MOST_CREDENTIALS = 20
_ENVELOPED = "EnvelopedVerifiableCredential"
_ENVELOPE = "data:application/vc+jwt,"
_KEYS = ("did:key:", "did:jwk:")
"""How the id of a subject begins that is itself a key: only its holder may show what is said of it (P06)."""


def presented(value: dict[str, Any]) -> list[bytes]:
    """Return each credential in a presentation as a document of its own: JCS form, or the token in its envelope.

    Raises `TooManyCredentialsError` for more than 20, and for a presentation in a presentation (V34, V38).
    """
    return [_document(item) for item in _shown(value)]


def contents(value: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what each credential in a presentation says, or else the document itself. Raises as `presented` does."""
    is_presentation = "VerifiablePresentation" in listed(value.get("type"))
    return [_content(item) for item in _shown(value)] if is_presentation else [value]


def _shown(value: dict[str, Any]) -> list[Any]:
    shown = listed(value.get("verifiableCredential"))
    if len(shown) > MOST_CREDENTIALS:
        raise refusals.TooManyCredentialsError(f"at most {MOST_CREDENTIALS} credentials are checked at once")
    return shown


def _document(item: Any) -> bytes:
    types = listed(item.get("type")) if isinstance(item, dict) else []
    if "VerifiablePresentation" in types or "EnvelopedVerifiablePresentation" in types:
        raise refusals.TooManyCredentialsError("a presentation inside a presentation is not opened")
    envelope = item.get("id") if _ENVELOPED in types else item
    if isinstance(envelope, str):
        # A token has no brace: JSON in a text would be a way to nest presentations after all.
        return b"" if "{" in envelope else envelope.removeprefix(_ENVELOPE).encode()
    return cryptosuite.jcs_bytes(item)


def check_presentation(value: dict[str, Any], base: str, now: datetime, asked: Asked) -> list[Finding]:
    """Return the findings `schema` to `register` of a presentation whose contexts are known."""
    holder = [unknown(name, "holder_not_proved") for name in (CheckName.PROOFS, CheckName.ISSUER_BINDING)]
    if listed(value.get("proof")):
        holder = [_check_proofs(value, base, now, asked), _check_holder(value, asked)]
    return [
        _check_schema(value, asked),
        terms.check_all_terms_signed(_frame(value), base, asked.extra),
        *holder,
        *(skipped(name, "presentation") for name in list(CheckName)[6:13]),
    ]


def _frame(value: dict[str, Any]) -> dict[str, Any]:
    """Return a presentation without the credentials that are judged as documents of their own."""
    rest = [item for item in _shown(value) if not isinstance(item, dict) or _ENVELOPED in listed(item.get("type"))]
    frame = {name: member for name, member in value.items() if name != "verifiableCredential"}
    return frame | ({"verifiableCredential": rest} if rest else {})


def _check_schema(value: dict[str, Any], asked: Asked) -> Finding:
    is_empty = not listed(value.get("verifiableCredential")) and not asked.is_conformance
    empty = unknown(CheckName.SCHEMA, "no_credentials", "/verifiableCredential")
    return data_model_fault(value) or (empty if is_empty else skipped(CheckName.SCHEMA, "no_schema_of_ours"))


def _check_proofs(value: dict[str, Any], base: str, now: datetime, asked: Asked) -> Finding:
    try:
        found = check_proofs(value, ProofRules(base, "authentication", now, asked, times=1 + len(_shown(value))))
    except refusals.TooComplexError:
        return unknown(CheckName.PROOFS, "document_too_complex", "/proof")
    if found.result is not Result.PASS or asked.challenge is not None:
        return found
    # Whoever gave no challenge can't tell whether this was shown to somebody else before.
    return passed(CheckName.PROOFS, "challenge_not_asked")


def _check_holder(value: dict[str, Any], asked: Asked) -> Finding:
    """Ask whether who signs is the holder, and the subject of all that is bound to a DID (P06).

    Another DID than a key may well have a key of who signs: that stays open. The suites of the port leave it so.
    What is bound to none may be shown by anybody: the answer stays good and says so.
    """
    name, by = CheckName.ISSUER_BINDING, signers(value)
    if "holder" in value and identifier(value["holder"]) not in by:
        return failed(name, "holder_binding", "/holder")
    found = [passed(name)]
    for index, said in enumerate(contents(value)):
        subjects = {identifier(subject) for subject in listed(said.get("credentialSubject"))}
        pointer, strangers = f"/verifiableCredential/{index}", subjects - by
        others = [one for one in strangers if one is not None and one.startswith("did:")]
        if any(one.startswith(_KEYS) for one in others):
            return failed(name, "holder_binding", pointer)
        found += [passed(name, "holder_not_subject")] * bool(strangers)
        found += [unknown(name, "holder_not_proved", pointer)] * (bool(others) and not asked.is_conformance)
    return worst(found)


def _content(item: Any) -> dict[str, Any]:
    """Return what a credential in a presentation says; nothing if it is a token that cannot be read."""
    text = _document(item)
    if text.startswith(b"{"):
        return dict(item)
    with suppress(refusals.UnreadableDocumentError):
        return jws.read_jws(text.decode("ascii", "replace")).claims()
    return {}
