"""A register that answers from a dictionary."""

import hashlib
from typing import Any

from public_site.problems import problem
from public_site.reads import (
    PrintedForm,
    PublishedFile,
    RefusedDocumentError,
    TrustAuthorization,
    TrustBody,
    TrustKey,
    TrustView,
)
from tests.unit.public_site.samples import BASE, NUMBER, PAGE
from verifier.answers import CodeVerdict, NumberVerdict

_CSE = "did:web:localhost%3A8000"
_KEY = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
LIST = b'{"type": "VerifiableCredential"}'


class FakeReads:
    """Answers every question of `Reads` and counts the documents it is given."""

    is_demo = True
    is_ready = True
    tries: tuple[str, ...] = ()

    def __init__(self, pages: dict[str, dict[str, Any]], base_url: str = BASE) -> None:
        self.pages = pages
        self.base_url = base_url
        self.documents: list[bytes] = []
        self.numbers: dict[str, NumberVerdict] = {}
        self.codes: dict[str, CodeVerdict] = {}
        self.files: dict[bytes, CodeVerdict | RefusedDocumentError] = {}

    def examples(self) -> tuple[str, ...]:
        return self.tries

    def verdict_of_page(self, page_id: str) -> dict[str, Any] | None:
        return self.pages.get(page_id)

    def verdict_of_number(self, text: str) -> NumberVerdict:
        return self.numbers.get(text, NumberVerdict("unknown", text, None))

    def verify(self, content: bytes, media_type: str | None = None) -> CodeVerdict:
        """Answer for what was put in: under the bytes, under the text, else as the register tells a text apart."""
        self.documents.append(content)
        text = content.decode(errors="replace")
        if media_type is None and content in self.files:
            answer = self.files[content]
            if isinstance(answer, RefusedDocumentError):
                raise answer
            return answer
        if content in {b"broken", b"{broken"}:
            raise RefusedDocumentError(problem("malformed-json", reason="Line 1 does not parse."))
        if text in self.codes:
            return self.codes[text]
        if text in self.pages:
            return CodeVerdict(self.pages[text])
        number = self.verdict_of_number(text)
        return CodeVerdict(number.verdict or self.pages["unknown"], number=number)

    def registration(self, number: str) -> dict[str, Any] | None:
        return {"number": number, "state": "valid"} if number == NUMBER else None

    def published(self, path: str) -> PublishedFile | None:
        if path == "explode":
            raise RuntimeError("secret detail")
        if path not in {"status/revocation-1", f"credentials/{PAGE}"}:
            return None
        return PublishedFile(LIST, "application/vc", hashlib.sha256(LIST).hexdigest())

    def printed(self, page_id: str, form: PrintedForm) -> bytes | None:
        if page_id == "unprintable":
            raise RefusedDocumentError(problem("not-printed"))
        return form.encode() if page_id == PAGE else None

    def trust(self) -> TrustView:
        keys = tuple(
            TrustKey(f"{_CSE}#{use}", use, state, "2026-01-01T00:00:00Z", end, _KEY)
            for use, state, end in (("issue", "active", None), ("seal", "retired", "2026-06-01T00:00:00Z"))
        )
        bodies = (
            TrustBody(_CSE, "Chinese Society of Engineers", "registrar", "CSE", keys),
            TrustBody(f"{_CSE}:societies:ele", "Society of Electrical Engineers", "society", "ELE", keys[:1]),
        )
        may = TrustAuthorization(
            "ELE", ("ELE",), ("AE", "PE", "SPE"), "2024-01-01", None, "active", ("new", "maintain")
        )
        return TrustView("a7" * 32, 7, "2026-11-22T00:00:00Z", bodies, (may,), None, 128, "5b" * 32)

    def ready(self) -> bool:
        return self.is_ready
