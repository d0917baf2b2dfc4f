"""What the public site may ask of the registry: the only door, and it opens for reading.

What a question leaves behind, such as the digest of a printed PDF, is kept on the other side.

Refusals: `RefusedDocumentError`, raised by `Reads.verify` when no verdict is possible.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from public_site.problems import Problem
from verifier.answers import CodeVerdict, NumberVerdict
from verifier.asked import NOTHING_ASKED, Asked
from verifier.trust import TrustList

PrintedForm = Literal["pdf", "badge.svg", "badge.png", "qr.svg", "qr.png"]


class RefusedDocumentError(Exception):
    """The document could not be judged at all: unreadable, over a limit, or the register could not be read."""

    def __init__(self, problem: Problem) -> None:
        """Keep the `problem` that is sent."""
        super().__init__(problem.detail)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """One file of the published folder, exactly as published."""

    content: bytes
    """The bytes."""
    media_type: str
    """The value of `Content-Type`."""
    sha256: str
    """SHA-256 of the content, in lower-case hex; it becomes the ETag."""


@dataclass(frozen=True, slots=True)
class TrustInForce:
    """The trust list in force `at` a moment, and the digest of the trust root that signed it."""

    trust_list: TrustList
    root_sha256: str
    at: datetime


class Reads(Protocol):
    """Everything the public site reads. The routes that call it are plain `def`, or ask `verify_light`."""

    @property
    def base_url(self) -> str:
        """The public address of this register, without a slash at the end."""

    @property
    def is_demo(self) -> bool:
        """True when every entry of this register is invented."""

    def examples(self) -> tuple[str, ...]:
        """Return a few numbers of a demonstration to try, a valid one first; of any other register none."""

    def verdict_of_page(self, page_id: str) -> dict[str, Any] | None:
        """Return the verdict of the certificate with `page_id`, or None for no such page."""

    def verdict_of_number(self, text: str) -> NumberVerdict:
        """Return what the register answers for the number someone typed as `text`."""

    def verify(self, content: bytes, media_type: str | None = None, asked: Asked = NOTHING_ASKED) -> CodeVerdict:
        """Return the answer to a document, file or text, and to what was `asked`; it must be what a `media_type` says.

        Raises `RefusedDocumentError` when there is none.
        """

    def verify_light(self, content: bytes, media_type: str, asked: Asked) -> CodeVerdict | None:
        """Return what `verify` does, or None if that takes longer than a few milliseconds, or waits for anybody."""

    def recognition(self, question: bytes) -> dict[str, Any] | None:
        """Return the answer to the `question` of a recognition check, or None if there is no such number or page.

        Raises `RefusedDocumentError` for what is no question, and when there is no answer.
        """

    def registration(self, number: str) -> dict[str, Any] | None:
        """Return the public register entry of `number`, without page ids, or None.

        Raises `RefusedDocumentError` when the register could not be read.
        """

    def published(self, path: str) -> PublishedFile | None:
        """Return the published file at `path` (no leading slash), or None."""

    def printed(self, page_id: str, form: PrintedForm) -> bytes | None:
        """Return a printed form of a certificate that its holder opened, or None; a badge has the credential inside.

        The register keeps the digest of each PDF. Raises `RefusedDocumentError` when it cannot be printed now.
        """

    def trust(self) -> TrustInForce:
        """Return the trust list in force."""

    def ready(self) -> bool:
        """Return True when questions can be answered."""
