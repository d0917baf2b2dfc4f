"""Problem documents (RFC 9457): the one place where they are made."""

import json
from dataclasses import dataclass, replace

from starlette.responses import Response

from schemas.tables import read_table
from verifier.messages import file_refusals

RETRY_SECONDS = "30"
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of problem, ready to be sent."""

    status: int
    """HTTP status."""
    slug: str
    """Last part of the `type`, stable."""
    title: str
    """The same for every problem of this type."""
    detail: str
    """What happened here, and the way out."""

    def body(self) -> bytes:
        """Return the problem document as UTF-8 JSON."""
        members = {"type": f"/problems/{self.slug}", "title": self.title, "status": self.status, "detail": self.detail}
        return json.dumps(members, ensure_ascii=False).encode()

    def response(self, headers: dict[str, str] | None = None) -> Response:
        """Return the HTTP answer, with `headers` added."""
        own = {"Cache-Control": "no-store"} | ({"Retry-After": RETRY_SECONDS} if self.status in {429, 503} else {})
        return Response(self.body(), self.status, own | (headers or {}), MEDIA_TYPE)


_TOLD = read_table("problems.json", "texts", "public_site") | file_refusals()
PROBLEMS = {slug: Problem(slug=slug, **told) for slug, told in _TOLD.items()}
"""Every problem by its slug; the words in braces of its detail are still to be filled in."""

_BY_STATUS = {404: "not-found", 405: "method-not-allowed", 500: "internal"}


def problem(slug: str, **told: object) -> Problem:
    """Return the problem `slug`; what is `told` goes into the places of its detail."""
    known = PROBLEMS[slug]
    return replace(known, detail=known.detail.format(**told))


def of_status(status: int) -> Problem:
    """Return the problem for a plain HTTP `status`."""
    return replace(problem(_BY_STATUS.get(status, "request"), status=status), status=status)
