"""What the form of /check brings: one text or one file, read into memory and never written anywhere."""

from dataclasses import dataclass

from python_multipart.multipart import parse_options_header
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from public_site.guard import BODY_LIMIT, UPLOAD_LIMIT
from public_site.problems import Problem, problem

_FORM = "multipart/form-data"
_FIELDS = 2


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One text, or one file; its name and the type it claims are not even looked at."""

    text: str = ""
    content: bytes = b""


async def handed_in(request: Request) -> HandedIn | Problem | None:
    """Return what a form brought or why it cannot be used; None for a question without a form."""
    if request.method != "POST":
        return None
    kind, given = parse_options_header(request.headers.get("content-type", ""))
    if kind.decode("latin-1") != _FORM:
        return problem("media-type", accepted=_FORM)
    if given.get(b"charset", b"utf-8").lower() not in {b"utf-8", b"utf8"}:
        return problem("one-input")  # No browser names one; others fail in many ways, or take minutes to decode.
    parser = MultiPartParser(
        request.headers, request.stream(), max_files=_FIELDS, max_fields=_FIELDS, max_part_size=UPLOAD_LIMIT
    )
    parser.spool_max_size = UPLOAD_LIMIT  # More than the guard lets in: no temporary file is ever written.
    try:
        form = await parser.parse()
    except (MultiPartException, LookupError, ValueError):
        return problem("one-input")
    parts = [part if isinstance(part, str) else await part.read() for _, part in form.multi_items()]
    await form.close()
    return _one_of([part for part in parts if part.strip()])


def _one_of(parts: list[str | bytes]) -> HandedIn | Problem:
    if not parts:
        return problem("empty-body")
    if len(parts) > 1:
        return problem("one-input")
    part = parts[0]
    if isinstance(part, bytes):
        return HandedIn(content=part)
    if len(part.encode(errors="replace")) > BODY_LIMIT:
        return problem("file-too-large")
    return HandedIn(text=part.strip())
