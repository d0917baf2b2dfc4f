"""What the caller of a verification asks beside the document, and what was fetched for it beforehand."""

from collections.abc import Callable
from dataclasses import dataclass

from schemas.contexts import NO_EXTRA, ExtraContexts


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes behind an address. `content` is None if there are none; then `code` says why."""

    content: bytes | None = None
    code: str = "not_fetched"


Lacking = tuple[str, str]
"""An address from which nothing was fetched, and what is there: `did_document` or `status_list`."""


def nothing_fetched(_url: str) -> Fetched:
    """Say that nothing was fetched: the answer wherever the caller opens no connection."""
    return Fetched()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question adds to the document.

    `did_document` and `status_list` give what the caller fetched from an https address (`threats.md` 4); nothing
    else is ever wanted. `is_conformance` is the conformance port: a foreign issuer need not be trusted there.
    `challenge` and `domain` are what a presentation must answer and be meant for; None asks for neither. `extra` are
    contexts that the caller knows beside the pinned ones; our own documents never name one. `agreement` is the id of
    one under which the certificate is to be checked too.
    """

    did_document: Callable[[str], Fetched] = nothing_fetched
    status_list: Callable[[str], Fetched] = nothing_fetched
    is_conformance: bool = False
    challenge: str | None = None
    domain: str | None = None
    extra: ExtraContexts = NO_EXTRA
    agreement: str | None = None

    @property
    def asks_who(self) -> bool:
        """Whether the document must show who presents it, here and now."""
        return (self.challenge, self.domain) != (None, None)


NOTHING_ASKED = Asked()
