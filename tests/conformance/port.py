"""The conformance port as a client sees it, and a signer that shares no code with it."""

import copy
import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import base58
import rfc8785
from nacl.signing import SigningKey
from starlette.testclient import TestClient

from verifier.cryptosuite import DocumentHashes

Document = dict[str, Any]
ORIGIN = "http://127.0.0.1:8900"
CREATED = "2026-06-30T12:00:00Z"
CHALLENGE = "n-0S6_WzA2Mj"


@dataclass(frozen=True)
class Holder:
    """A key of its own with its did:key, which signs the text of a document by `eddsa-jcs-2022`."""

    key: SigningKey = field(default_factory=SigningKey.generate)

    @property
    def name(self) -> str:
        return "z" + base58.b58encode(b"\xed\x01" + bytes(self.key.verify_key)).decode()

    @property
    def did(self) -> str:
        return f"did:key:{self.name}"

    def sign(self, document: Document, **options: Any) -> Document:
        """Return `document` with a proof; `options` are further members of it, or change those that it has."""
        proof = {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-jcs-2022",
            "created": CREATED,
            "verificationMethod": f"{self.did}#{self.name}",
            "proofPurpose": "assertionMethod",
        }
        if "@context" in document:
            proof["@context"] = document["@context"]
        proof |= options
        message = b"".join(hashlib.sha256(rfc8785.dumps(part)).digest() for part in (proof, document))
        value = "z" + base58.b58encode(self.key.sign(message).signature).decode()
        return {**copy.deepcopy(document), "proof": {**proof, "proofValue": value}}

    def present(self, presentation: Document, **options: Any) -> Document:
        """Return a presentation with a proof that answers the challenge."""
        return self.sign(presentation, **{"proofPurpose": "authentication", "challenge": CHALLENGE, **options})


def over_the_graph(document: Document, holder: Holder, **options: Any) -> Document:
    """Return a document with a proof over its graph by `eddsa-rdfc-2022`, as the suites make them."""
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": CREATED,
        "verificationMethod": f"{holder.did}#{holder.name}",
        "proofPurpose": "assertionMethod",
        **options,
    }
    # Made with the hashing that the published vectors prove: `Holder.sign` is what shares nothing with it.
    message = DocumentHashes(document, ORIGIN).signed_bytes(proof)
    value = "z" + base58.b58encode(holder.key.sign(message).signature).decode()
    return {**copy.deepcopy(document), "proof": {**proof, "proofValue": value}}


@dataclass
class Port:
    """The conformance port, the DID that it issues with, and what it answered so far."""

    client: TestClient
    did: str
    base: str
    """The address of the register beside it."""
    answered: Counter[int] = field(default_factory=Counter)

    def post(self, path: str, body: Any) -> tuple[int, Document]:
        answer = self.client.post(f"/vc-api{path}", json=body)
        self.answered[answer.status_code] += 1
        content: Document = answer.json()
        return answer.status_code, content

    def issue(self, credential: Document, path: str = "") -> tuple[int, Document]:
        """Hand a credential in to be signed."""
        return self.post(f"{path}/credentials/issue", {"credential": credential, "options": {}})

    def issued(self, credential: Document, path: str = "") -> Document:
        """Return a credential that the port signed."""
        status, content = self.issue(credential, path)
        assert status == 201, content
        signed: Document = content["verifiableCredential"]
        return signed

    def verify(self, credential: Document, **options: Any) -> tuple[int, Document]:
        """Ask about a credential; as the suites do, about its proof alone."""
        options = {"checks": ["proof"], **options}
        return self.post("/credentials/verify", {"verifiableCredential": credential, "options": options})

    def verify_presentation(self, presentation: Document, **options: Any) -> tuple[int, Document]:
        """Ask about a presentation that answers the challenge."""
        options = {"checks": ["proof"], "challenge": CHALLENGE, **options}
        return self.post("/presentations/verify", {"verifiablePresentation": presentation, "options": options})
