"""What a certificate says by itself, and what is remembered of certificates that were judged before."""

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from threading import Lock

from schemas.contracts import first_violation
from verifier.certificate import CertificateFacts, consistent_facts
from verifier.checks import CheckName, Finding, Result, failed, passed
from verifier.cryptosuite import DocumentHashes
from verifier.documents import Document
from verifier.terms import check_all_terms_signed
from verifier.trust import TrustList

MOST_KEPT, LARGEST_KEPT = 256, 8 * 1024
"""How many certificates are remembered, and of how many bytes at most: the memory that both allow is some 20 MiB."""


@dataclass(frozen=True, eq=False)
class Study(Document):
    """A document with our contexts, and what its bytes and `base` alone say of it: each step is carried out once.

    `proofs` holds the finding about proofs that are all good, by the public keys that they were checked with. One that
    `is_closed` was found to satisfy our closed schema.
    """

    base: str
    proofs: dict[frozenset[tuple[str, bytes]], Finding] = field(default_factory=dict)
    is_closed: bool = False

    @cached_property
    def hashes(self) -> DocumentHashes:
        """Its hashes."""
        return DocumentHashes(self.value, self.base, is_ours=self.facts is not None)

    @cached_property
    def _read(self) -> CertificateFacts | Finding:
        violation = None if self.is_closed else first_violation("certificate", self.base, self.value)
        if violation is not None:
            return failed(CheckName.SCHEMA, "schema", violation[0])
        found = consistent_facts(self.value, self.base)
        return failed(CheckName.SCHEMA, "inconsistent", found) if isinstance(found, str) else found

    @property
    def schema(self) -> Finding:
        """The check `schema`: the closed schema, then the consistency of what is said twice."""
        return self._read if isinstance(self._read, Finding) else passed(CheckName.SCHEMA)

    @property
    def facts(self) -> CertificateFacts | None:
        """What it certifies, if its schema is satisfied."""
        return None if isinstance(self._read, Finding) else self._read

    @cached_property
    def terms(self) -> Finding:
        """The check `all_terms_signed`. Raises `TooComplexError`."""
        return check_all_terms_signed(self.value, self.base, hashes=self.hashes)

    @cached_property
    def content_sha256(self) -> str:
        """The hex digest of its text without proofs."""
        return self.hashes.of_document(False).hex()

    def take_over(self, hashes: DocumentHashes, terms: Finding) -> None:
        """Let hashes and terms stand that were found in the same bytes without proofs, and are not made anew."""
        vars(self).update(hashes=hashes, terms=terms)


def studied(document: Document, base: str) -> Study:
    """Return `document` with what is known of it under `base`."""
    if isinstance(document, Study) and document.base == base:
        return document
    return Study(document.sha256, document.value, base)


class Results:
    """Certificates by the SHA-256 of their bytes and by `base`, each with what was found of them; for many threads.

    What is kept follows from these and from the public keys, which stand with the finding, alone; the rules are those
    of this process. Clock, register, issuer, key classes, authorization and status are asked anew by whoever judges.
    Kept are only certificates that passed, byte for byte as the register handed them out: nobody else can make one, so
    no place is taken but for a whole verification of another real one. A new trust list empties it.
    """

    def __init__(self, most: int = MOST_KEPT) -> None:
        """Keep at most so many certificates; one that was not asked for the longest goes first."""
        self._most = most
        self._kept: dict[tuple[str, str], Study] = {}
        self._trust: TrustList | None = None
        self._lock = Lock()

    def find(self, content: bytes, base: str) -> Study | None:
        """Return what is known of these bytes."""
        place = sha256(content).hexdigest(), base
        with self._lock:
            known = self._kept.pop(place, None)
            self._kept.update({} if known is None else {place: known})
        return known

    def keep(self, study: Study, original: object, trust: TrustList) -> None:
        """Keep what was found under `trust`, if it passed and `original`, what the register handed out, is the same."""
        is_good = study.schema.result is study.terms.result is Result.PASS and bool(study.proofs)
        if not is_good or not isinstance(original, bytes) or len(original) > LARGEST_KEPT:
            return
        if sha256(original).hexdigest() != study.sha256:
            return
        with self._lock:
            if self._trust is not trust:
                self._kept, self._trust = {}, trust
            self._kept[study.sha256, study.base] = study
            if len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
