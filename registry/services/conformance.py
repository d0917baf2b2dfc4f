"""What published test suites ask for, beside a demonstration register: sign this, verify that (`interface.md` 3).

The issuer is a did:key that is made at start and stands in no trust list. What names our types, contexts or DIDs is
never signed, and is judged as everywhere else (T34, V52).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from issuer.forms import filled
from issuer.proofs import document_bytes, make_proof
from issuer.status_lists import TTL_MS, VALID_FOR, encode_bits
from keys.signer import Ed25519Signer, new_seed
from registry.services.answers import register_sources
from registry.services.ports import Desk, Randomness
from schemas.addresses import cse_did
from schemas.contexts import CREDENTIALS_V1, CREDENTIALS_V2, DATA_INTEGRITY_V2, STATUS_V1, ExtraContexts
from schemas.multikey import encode_multikey
from verifier.asked import Asked, Fetched, nothing_fetched
from verifier.checks import CheckName, Finding, Result, failed
from verifier.cryptosuite import RDFC, DocumentHashes
from verifier.data_model import data_model_fault
from verifier.documents import OWN_TYPE, listed
from verifier.judge import judge
from verifier.status_list import MINIMUM_BITS

CREDENTIAL, PRESENTATION = "VerifiableCredential", "VerifiablePresentation"
LIST_PATH = "/vc-api/status/list"
_PURPOSES = {CREDENTIAL: "assertionMethod", PRESENTATION: "authentication"}
_STATUS = frozenset({CheckName.REVOCATION, CheckName.SUSPENSION})
_FORM = frozenset(list(CheckName)[:4])
_ORIGIN = frozenset(list(CheckName)[:6])
"""What a credential must pass before, and after it is signed: it may begin later, or be over."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found, or the credential that was `issued`. `warnings` are open checks that nobody asked for."""

    findings: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    issued: dict[str, Any] | None = None

    @property
    def wanting(self) -> list[Finding]:
        """The findings that stand against the document."""
        good = {Result.PASS, Result.SKIPPED}
        return [finding for finding in self.findings if finding.result not in good and finding not in self.warnings]


class ConformancePort:
    """Signs with a key of its own, and judges; `origin` is the address under which its status list is read."""

    def __init__(self, desk: Desk, origin: str, randomness: Randomness, extra: ExtraContexts) -> None:
        """Make the key: it is kept nowhere, and ends with this object. `extra` are contexts that the suites use."""
        seed = new_seed()
        name = encode_multikey(Ed25519Signer("", seed).public_key)
        self.did = f"did:key:{name}"
        self._signer = Ed25519Signer(f"{self.did}#{name}", seed)
        self._desk, self._list, self._randomness, self._extra = desk, origin + LIST_PATH, randomness, extra

    def issue(self, credential: dict[str, Any], _options: dict[str, Any], now: datetime, *, suite: str) -> Judged:
        """Sign a credential with one proof, as issuer whoever it names; `suite` may be `status`, with a status entry.

        Not signed is what is signed already, breaks the data model, is not wholly covered by its contexts, or names
        us. The final bytes are judged once more before they are handed out. Raises `VerifierError` as `judge` does.
        """
        draft = {**credential, "issuer": credential.get("issuer", self.did)}
        fault = data_model_fault(draft)
        if fault is not None:
            return Judged((fault,))
        if "proof" in draft:
            return Judged((failed(CheckName.PROOFS, "already_signed", "/proof"),))
        if self._names_us(draft):
            return Judged((failed(CheckName.ISSUER_TRUSTED, "issuer_not_trusted", "/issuer"),))
        document = self._completed(draft, with_status=suite == "status")
        wanting = self._wanting(document, _FORM, now)
        if not wanting:
            document = self._signed(document, RDFC if suite == "status" else suite, now)
            wanting = self._wanting(document, _ORIGIN, now)
        return Judged(wanting, issued=None if wanting else document)

    def _wanting(self, document: dict[str, Any], names: frozenset[CheckName], now: datetime) -> tuple[Finding, ...]:
        judged = self.judge(document, {}, now, kind=CREDENTIAL)
        return tuple(finding for finding in judged.wanting if finding.name in names)

    def _names_us(self, document: dict[str, Any]) -> bool:
        """Tell whether a type, address or DID of ours stands anywhere in a document, however a context spells it."""
        text = document_bytes(document).decode("utf-8").lower()
        return any(mark.lower() in text for mark in (self._desk.base, cse_did(self._desk.base), OWN_TYPE))

    def _completed(self, credential: dict[str, Any], *, with_status: bool) -> dict[str, Any]:
        """Put in what the port adds: itself as issuer, what a VCDM 1.1 document lacks in contexts, a status entry."""
        issuer, contexts = credential["issuer"], list(credential["@context"])
        if contexts[0] == CREDENTIALS_V1:
            wanted = [DATA_INTEGRITY_V2, STATUS_V1] if with_status else [DATA_INTEGRITY_V2]
            contexts += [context for context in wanted if context not in contexts]
        own = {**issuer, "id": self.did} if isinstance(issuer, dict) else self.did
        completed = {**credential, "@context": contexts, "issuer": own}
        if with_status and "BitstringStatusListCredential" not in listed(credential["type"]):
            index = self._randomness.randrange(MINIMUM_BITS)
            completed.setdefault("credentialStatus", filled("test status entry", url=self._list, index=str(index)))
        return completed

    def _signed(self, document: dict[str, Any], suite: str, now: datetime) -> dict[str, Any]:
        hashes = DocumentHashes(document, self._desk.base, extra=self._extra)
        return {**document, "proof": make_proof(hashes, self._signer, suite, now)}

    def status_list(self, now: datetime) -> dict[str, Any]:
        """Return the list to which `status` entries point: nothing that this port signed is ever revoked."""
        facts = {"context": CREDENTIALS_V2, "purpose": "revocation", "ttl": TTL_MS, "encoded": encode_bits([])}
        unsigned = filled("status list", issuer=self.did, url=self._list, now=now, until=now + VALID_FOR, **facts)
        return self._signed(unsigned, RDFC, now)

    def judge(self, document: dict[str, Any], options: dict[str, Any], now: datetime, *, kind: str) -> Judged:
        """Judge a document of this `kind`: one that names us as everywhere, another by its own proofs.

        Raises `VerifierError` for one that is too much to judge.
        """
        is_ours, purpose = self._names_us(document), _PURPOSES[kind]
        if kind not in listed(document.get("type")):
            return Judged((failed(CheckName.SCHEMA, "model_type", "/type"),))
        if options.get("expectedProofPurpose", purpose) != purpose:
            return Judged((failed(CheckName.PROOFS, "proof_purpose", "/proof"),))
        challenge, domain = (None if (it := options.get(name)) is None else str(it) for name in ("challenge", "domain"))

        def read_list(url: str) -> Fetched:
            return Fetched(document_bytes(self.status_list(now))) if url == self._list else Fetched()

        asked = Asked(nothing_fetched, read_list, not is_ours, challenge, domain, self._extra)
        with self._desk.open_reading() as work:
            report = judge(document_bytes(document), register_sources(self._desk, work, now), now=now, asked=asked)
        found = [finding for one in (report, *report.credentials) for finding in one.findings]
        asks_status = any("status" in str(check).lower() for check in listed(options.get("checks") or "status"))
        spared = frozenset() if asks_status or is_ours else _STATUS
        unlearned = [one for one in found if one.result is Result.UNKNOWN and one.name in spared]
        return Judged(tuple(found), tuple(unlearned))
