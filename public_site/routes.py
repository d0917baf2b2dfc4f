"""The public origin put together: pages, data, published files, error pages."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from public_site import problems
from public_site.access import Access
from public_site.check_routes import CheckRoutes
from public_site.data_routes import DataRoutes
from public_site.description import description
from public_site.file_routes import FileRoutes, PrintRoutes
from public_site.guard import BodyGuard, doors
from public_site.headers import PublicHeaders, security_headers
from public_site.page_routes import PageRoutes
from public_site.pages import Pages
from public_site.reads import Reads, RefusedDocumentError

_GET = ["GET", "HEAD"]


def public_router(reads: Reads) -> APIRouter:
    """Return every public route.

    The last one answers every other GET from the published folder: include other routers before this one.
    """
    pages = Pages(reads)
    router = APIRouter()
    _add_data(router, DataRoutes(reads))
    others = PageRoutes(reads, pages)
    _add_prints(router, PrintRoutes(reads))
    _add_pages(router, others)
    _add(router, "/check", CheckRoutes(reads, pages, others).check, [*_GET, "POST"])
    _add_files(router, FileRoutes(reads))
    return router


def add_error_pages(app: FastAPI, reads: Reads) -> None:
    """Answer refusals in the two languages, and with problem documents under /api."""
    pages = Pages(reads)

    def refused(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        headers = dict(getattr(error, "headers", None) or {})
        return _error_answer(pages, request, status, headers)

    def failed(request: Request, _error: Exception) -> Response:
        # Runs outside every middleware, so it brings the headers itself.
        return _error_answer(pages, request, 500, security_headers(reads.base_url))

    def unanswered(_request: Request, error: Exception) -> Response:
        return cast(RefusedDocumentError, error).problem.response()

    app.add_exception_handler(RefusedDocumentError, unanswered)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(RequestValidationError, refused)
    app.add_exception_handler(Exception, failed)


def install(app: FastAPI, reads: Reads, access: Access | None = None) -> None:
    """Put the whole public origin on `app`, in the right order; `access` counts who asks how often."""
    app.include_router(public_router(reads))
    add_error_pages(app, reads)
    pages = Pages(reads)
    # Pages, look and script alone: a published file is served byte for byte, under the ETag of its digest.
    app.add_middleware(GZipMiddleware, compresslevel=6, exclude_content_types=("application/*", "image/*"))
    app.add_middleware(Shortcut, path="/api/v1/verify", endpoint=DataRoutes(reads).verify)
    refused = CheckRoutes(reads, pages, PageRoutes(reads, pages)).refused
    app.add_middleware(BodyGuard, doors=doors(refused), access=access or Access())
    app.add_middleware(PublicHeaders, base_url=reads.base_url)
    app.openapi = lambda: description(app.title, reads.base_url)  # type: ignore[method-assign]


class Shortcut:
    """ASGI middleware that brings what is posted to one path straight to its endpoint, past all other routes."""

    def __init__(self, app: ASGIApp, path: str, endpoint: Callable[[Request], Awaitable[Response]]) -> None:
        """Answer `path` by `endpoint` and everything else by `app`."""
        self._app, self._path, self._endpoint = app, path, endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request. The routes' own handler of refusals stands behind this; any other error goes through."""
        if scope["type"] != "http" or scope["path"] != self._path or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        try:
            answer = await self._endpoint(Request(scope, receive, send))
        except RefusedDocumentError as error:
            answer = error.problem.response()
        await answer(scope, receive, send)


def _error_answer(pages: Pages, request: Request, status: int, headers: dict[str, str]) -> Response:
    if request.url.path.startswith("/api/"):
        return problems.of_status(status).response(headers)
    kind = {404: "not_found", 405: "method"}.get(status, "failed")
    answer: HTMLResponse = pages.page(request, "error.html", status=status, kind=kind)
    answer.headers.update(headers)
    return answer


def _add(router: APIRouter, path: str, endpoint: Any, methods: list[str] = _GET, *, summary: str | None = None) -> None:
    """Add a route; one with a `summary` is part of the API, and of its description."""
    is_api = summary is not None
    router.add_api_route(
        path, endpoint, methods=methods, response_model=None, include_in_schema=is_api, summary=summary
    )


def _add_data(router: APIRouter, data: DataRoutes) -> None:
    entry = "/api/v1/registrations/{number}"
    router.add_route("/api/v1/verify", data.verify, ["POST"])
    router.add_route("/api/v1/recognition-checks", data.recognition, ["POST"])
    _add(router, entry, data.registration, ["GET"], summary="Read a public register entry")
    _add(router, entry, data.registration, ["HEAD"])
    _add(router, "/v/{page_id}.json", data.verdict)
    _add(router, "/healthz", data.healthz)
    _add(router, "/readyz", data.readyz)
    _add(router, "/robots.txt", data.robots)


def _add_prints(router: APIRouter, prints: PrintRoutes) -> None:
    _add(router, "/v/{page_id}/certificate.pdf", prints.form("pdf"))
    for form in ("badge.svg", "badge.png", "qr.svg", "qr.png"):
        _add(router, f"/v/{{page_id}}/{form}", prints.form(form))


def _add_pages(router: APIRouter, pages: PageRoutes) -> None:
    _add(router, "/", pages.home)
    _add(router, "/lookup", pages.lookup)
    _add(router, "/v/{page_id}", pages.certificate)
    _add(router, "/V/{page_id}", pages.certificate)
    _add(router, "/credentials/{page_id}", pages.credential)
    _add(router, "/trust", pages.trust)
    _add(router, "/ns/registration/v1", pages.vocabulary)
    _add(router, "/terms/certificate/v1", pages.prose("terms"))
    _add(router, "/problems/{slug}", pages.prose("problems"))
    for name in ("help", "grades", "privacy", "developers"):
        _add(router, f"/{name}", pages.prose(name))


def _add_files(router: APIRouter, files: FileRoutes) -> None:
    _add(router, "/assets/{name}", files.asset)
    _add(router, "/{path:path}", files.published)
