"""What is printed: the certificate as PDF and as badge, and its address as a QR for screens."""

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.responses import Response

from public_site.reads import PrintedForm, Reads, RefusedDocumentError

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
        try:
            found = self._reads.printed(page_id.lower(), form)
        except RefusedDocumentError as error:
            return error.problem.response()
        if found is None:
            raise HTTPException(404)
        headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
        kind = form.rpartition(".")[2]
        if not form.startswith("qr"):
            headers["Content-Disposition"] = f'attachment; filename="{page_id.lower()}.{kind}"'
        return Response(found, headers=headers, media_type=_MEDIA_TYPES[kind])
