"""A register that answers from a dictionary."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from public_site.problems import problem
from public_site.reads import PrintedForm, PublishedFile, RefusedDocumentError, TrustInForce
from schemas.multikey import decode_multikey
from tests.unit.public_site.samples import BASE, NUMBER, PAGE
from verifier.answers import CodeVerdict, NumberVerdict
from verifier.asked import NOTHING_ASKED, Asked
from verifier.trust import Authorization, Body, Scope, TrustedKey, TrustList

_CSE = "did:web:localhost%3A8000"
_ELE = f"{_CSE}:societies:ele"
_KEY = decode_multikey("z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK")
_BEGINS, _ENDS = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
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

    def verify_light(self, content: bytes, media_type: str, asked: Asked) -> CodeVerdict | None:
        return self.verify(content, media_type, asked) if content.startswith(b"{") else None

    def verify(self, content: bytes, media_type: str | None = None, asked: Asked = NOTHING_ASKED) -> CodeVerdict:
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

    def recognition(self, question: bytes) -> dict[str, Any] | None:
        raise AssertionError("no page and no test of pages asks this")

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

    def trust(self) -> TrustInForce:
        keys = (
            TrustedKey(f"{_CSE}#issue", "issue", _KEY, _BEGINS, _ENDS),
            TrustedKey(f"{_CSE}#seal", "seal", _KEY, _BEGINS, datetime(2026, 6, 1, tzinfo=UTC)),
            TrustedKey(f"{_ELE}#issue", "issue", _KEY, _BEGINS, _ENDS),
        )
        bodies = (
            Body(_CSE, "registrar", "Chinese Society of Engineers", "CSE"),
            Body(_ELE, "society", "Society of Electrical Engineers", "ELE"),
        )
        scope = Scope("ELE", frozenset({"AE", "PE", "SPE"}), frozenset({"new", "maintain"}), _BEGINS, _ENDS)
        trust = TrustList(
            base=BASE,
            version=7,
            previous_sha256=None,
            issued_at=datetime(2026, 11, 22, tzinfo=UTC),
            expires_at=datetime(2026, 11, 29, tzinfo=UTC),
            log_required_from=None,
            bodies={body.did: body for body in bodies},
            keys={key.key_id: key for key in keys},
            authorizations=(Authorization(_ELE, None, "active", _BEGINS, frozenset(), (scope,)),),
            resources={},
            journal_seq=128,
            journal_sha256="5b" * 32,
            root_threshold=2,
            root_keys={},
        )
        return TrustInForce(trust, "a7" * 32, trust.issued_at)

    def ready(self) -> bool:
        return self.is_ready
