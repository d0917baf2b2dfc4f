"""What the public site may ask of the registry: the only door, and it opens for reading.

What a question leaves behind, such as the digest of a printed PDF, is kept on the other side.

Refusals: `RefusedDocumentError`, raised by `Reads.verify` when no verdict is possible.
"""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from public_site.problems import Problem
from verifier.answers import CodeVerdict, NumberVerdict

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
class TrustKey:
    """One public key of a body in the trust list."""

    key_id: str
    """The DID URL of the key."""
    use: str
    """What the key may sign, such as `issue` or `status`."""
    state: str
    """`active`, `retired` or `compromised`."""
    not_before: str
    """First moment of its window, ISO 8601."""
    not_after: str | None
    """Last moment of its window, or None while it is open."""
    multibase: str
    """The public key as Multikey text."""


@dataclass(frozen=True, slots=True)
class TrustBody:
    """A body whose signatures the trust list speaks about."""

    did: str
    """Its DID."""
    name: str
    """Its name, as published."""
    role: str
    """`cse`, `society`, `custodian` and so on."""
    code: str
    """Society code, or an empty text."""
    keys: tuple[TrustKey, ...]
    """Its keys, current ones first."""


@dataclass(frozen=True, slots=True)
class TrustAuthorization:
    """What a society may sign, and from when until when."""

    society: str
    """Society code."""
    fields: tuple[str, ...]
    """Field codes."""
    grades: tuple[str, ...]
    """Grade codes."""
    from_on: str
    """First day."""
    to_on: str | None
    """Last day, or None while it is open."""
    state: str
    """`active`, `suspended` or `ended`."""
    may: tuple[str, ...]
    """`new`, `maintain` or both."""


@dataclass(frozen=True, slots=True)
class TrustView:
    """The trust list in force, as the page /trust shows it."""

    root_sha256: str
    """Digest of the trust root."""
    list_version: int
    """Version of the trust list."""
    published_at: str
    """When it was published, UTC with `Z`."""
    bodies: tuple[TrustBody, ...]
    """Every body with its keys."""
    authorizations: tuple[TrustAuthorization, ...]
    """Every authorization."""
    log_begun: str | None
    """First moment the public log is required, or None before that."""
    journal_seq: int
    """Sequence number of the last entry of the journal."""
    journal_head: str
    """Hash of that entry."""


class Reads(Protocol):
    """Everything the public site reads. The routes that call it are plain `def`."""

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

    def verify(self, content: bytes, media_type: str | None = None) -> CodeVerdict:
        """Return the answer to a document, file or text; with a `media_type` it must be what that says.

        Raises `RefusedDocumentError` when there is none.
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

    def trust(self) -> TrustView:
        """Return the trust list in force."""

    def ready(self) -> bool:
        """Return True when questions can be answered."""
