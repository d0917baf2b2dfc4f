"""Problem documents (RFC 9457): the one place where they are made."""

import json
from dataclasses import dataclass

from starlette.responses import Response

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
        members = {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        return json.dumps(members, ensure_ascii=False).encode()

    def response(self, headers: dict[str, str] | None = None) -> Response:
        """Return the HTTP answer, with `headers` added."""
        answer = Response(self.body(), status_code=self.status, media_type=MEDIA_TYPE)
        answer.headers["Cache-Control"] = "no-store"
        if self.status in {429, 503}:
            answer.headers["Retry-After"] = RETRY_SECONDS
        for name, value in (headers or {}).items():
            answer.headers[name] = value
        return answer


def body_too_large(limit: int) -> Problem:
    """Say that a body is over `limit` bytes."""
    detail = f"A document may have at most {limit} bytes. Send one credential at a time."
    return Problem(413, "body-too-large", "The body is too large", detail)


def content_encoding() -> Problem:
    """Say that compressed bodies are not accepted."""
    detail = "Send the document as it is, without Content-Encoding."
    return Problem(415, "content-encoding", "Encoded bodies are not accepted", detail)


def body_timeout(seconds: float) -> Problem:
    """Say that the body did not arrive within `seconds`."""
    detail = f"The whole body must arrive within {seconds:g} seconds."
    return Problem(408, "body-timeout", "The body did not arrive in time", detail)


def empty_body() -> Problem:
    """Say that there is nothing to check."""
    return Problem(400, "empty-body", "The body is empty", "Send the credential as the body.")


def media_type(accepted: tuple[str, ...]) -> Problem:
    """Say which media types are `accepted`."""
    detail = "Content-Type must be one of: " + ", ".join(accepted) + "."
    return Problem(415, "media-type", "This media type is not accepted", detail)


def requirement() -> Problem:
    """Say that `require` knows one value."""
    detail = "The parameter require has one value: valid."
    return Problem(400, "requirement", "Unknown requirement", detail)


def not_found(detail: str = "Nothing is published at this address.") -> Problem:
    """Say that there is nothing here, with `detail`."""
    return Problem(404, "not-found", "Not found", detail)


def method_not_allowed() -> Problem:
    """Say that the address does not take this method."""
    detail = "See the Allow header for the methods of this address."
    return Problem(405, "method-not-allowed", "Method not allowed", detail)


def malformed_json(detail: str) -> Problem:
    """Say that the body is not JSON with one meaning, with the reason in `detail`."""
    return Problem(400, "malformed-json", "This is not readable JSON", detail)


def too_complex(detail: str) -> Problem:
    """Say that the document is over a limit of its graph, with which one in `detail`."""
    return Problem(422, "document-too-complex", "The document is too complex to be checked", detail)


def too_many_credentials(detail: str) -> Problem:
    """Say that a presentation holds more than is checked at once, with what in `detail`."""
    return Problem(422, "too-many-credentials", "The presentation holds too much", detail)


def register_unreachable() -> Problem:
    """Say that the register could not be read, so that nothing was decided."""
    detail = "Nothing was decided, and this says nothing about any document. Try again."
    return Problem(503, "register-unreachable", "The register cannot be read", detail)


def not_printed() -> Problem:
    """Say that a certificate could not be printed at this moment; everything else about it works."""
    detail = "This says nothing about the certificate. Try again in a minute; if it lasts, tell the operator."
    return Problem(503, "not-printed", "The certificate cannot be printed now", detail)


def unprintable(reason: str) -> Problem:
    """Say that a certificate cannot be put on paper whole, for this `reason`; everything else about it works."""
    detail = f"This says nothing about the certificate: {reason}."
    return Problem(422, "unprintable", "The certificate cannot be printed whole", detail)


def busy() -> Problem:
    """Say that as many files are being read as we can read at a time."""
    detail = "Nothing was decided. Try again in a minute."
    return Problem(503, "busy", "Too many files are being checked at this moment", detail)


def too_many(most: int) -> Problem:
    """Say that `most` forms of one address are being taken in, as many as one may have at a time."""
    detail = f"At most {most} at a time are taken from one address. Nothing was decided. Try again in a minute."
    return Problem(429, "too-many", "Too many files from your address are being checked at this moment", detail)


def too_often() -> Problem:
    """Say that more is asked from one address in a minute than we answer."""
    detail = "Nothing was decided. Ask again after the seconds in Retry-After, and less often."
    return Problem(429, "too-often", "Too many checks are asked for from your address", detail)


def one_input() -> Problem:
    """Say that a form brought more than one text or file, or could not be read."""
    detail = "Send the form with one text, or with one file."
    return Problem(400, "one-input", "The form does not hold one text or one file", detail)


FILE_PROBLEMS = {slug: Problem(slug=slug, **told) for slug, told in file_refusals().items()}
"""Why a file is not read, by slug."""


def internal() -> Problem:
    """Say that the fault is ours, and that it says nothing about the document."""
    detail = "The fault is ours and says nothing about any document. Try again."
    return Problem(500, "internal", "We could not answer", detail)


def of_status(status: int) -> Problem:
    """Return the problem for a plain HTTP `status`."""
    known = {404: not_found(), 405: method_not_allowed(), 500: internal()}
    plain = Problem(status, "request", "The request was refused", f"HTTP status {status}.")
    return known.get(status, plain)
