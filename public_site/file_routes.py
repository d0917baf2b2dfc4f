"""Published files exactly as published, the assets of the pages, and what is printed.

A printed form is the certificate as PDF and as badge, or its address as a QR for screens.
"""

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from public_site.pages import assets
from public_site.reads import PrintedForm, PublishedFile, Reads

_IMMUTABLE = "public, max-age=31536000, immutable"
# The lists are re-signed every few minutes; a reader revalidates with the ETag.
_SHORT = "public, max-age=60"
_FOR_ANY_SITE = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag"}
_POST_ONLY = frozenset({"api/v1/verify", "api/v1/recognition-checks"})


class FileRoutes:
    """The routes that answer with bytes."""

    def __init__(self, reads: Reads) -> None:
        """Keep `reads`, the only source."""
        self._reads = reads

    def asset(self, name: str) -> Response:
        """Give an asset under its content-hashed name."""
        found = next((asset for asset in assets().values() if asset.name == name), None)
        if found is None:
            raise HTTPException(404)
        return Response(found.content, media_type=found.media_type, headers={"Cache-Control": _IMMUTABLE})

    def published(self, request: Request, path: str) -> Response:
        """Give the published file at `path`, or say that there is none."""
        if path in _POST_ONLY:
            raise HTTPException(405, headers={"Allow": "POST"})
        return file_answer(None if _is_unsafe(path) else self._reads.published(path), request)


def _is_unsafe(path: str) -> bool:
    parts = path.split("/")
    return ".." in path or "\\" in path or "\0" in path or "" in parts or "." in parts


def file_answer(found: PublishedFile | None, request: Request) -> Response:
    """Give a published file exactly as published, or 304 to who has it. Raises `HTTPException` 404 for None."""
    if found is None:
        raise HTTPException(404)
    etag = f'"{found.sha256}"'
    headers = {"ETag": etag, "Cache-Control": _SHORT, **_FOR_ANY_SITE}
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if etag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    # As a header, so that it stays as it is: to the media type of a text the framework would add a charset.
    return Response(found.content, headers=headers | {"Content-Type": found.media_type})


_MEDIA_TYPES = {"pdf": "application/pdf", "svg": "image/svg+xml", "png": "image/png"}


class PrintRoutes:
    """The routes that answer with paper."""

    def __init__(self, reads: Reads) -> None:
        """Keep `reads`, the only source."""
        self._reads = reads

    def form(self, form: PrintedForm) -> Callable[[str], Response]:
        """Return the route that gives `form` of a certificate, or 404 for one that is not open to everybody."""

        def route(page_id: str) -> Response:
            return self.answer(page_id, form)

        return route

    def answer(self, page_id: str, form: PrintedForm) -> Response:
        """Give a printed form; it is about a person, so nobody on the way keeps it."""
        found = self._reads.printed(page_id.lower(), form)
        if found is None:
            raise HTTPException(404)
        headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
        kind = form.rpartition(".")[2]
        if not form.startswith("qr"):
            headers["Content-Disposition"] = f'attachment; filename="{page_id.lower()}.{kind}"'
        return Response(found, headers=headers, media_type=_MEDIA_TYPES[kind])
