"""The response headers of site.md 14, added to every answer of the public origin."""

from itertools import chain

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from public_site.problems import problem
from schemas.tables import read_table

_FIXED: dict[str, str] = read_table("headers.json", "", "public_site")
HEAD_BYTES = 16 * 1024
"""How long the header of a request may be."""
_HSTS = "max-age=63072000; includeSubDomains"


def security_headers(base_url: str) -> dict[str, str]:
    """Return the headers of every answer; HSTS only where `base_url` is https."""
    return _FIXED | ({"Strict-Transport-Security": _HSTS} if base_url.startswith("https://") else {})


def is_open_data(method: str, path: str) -> bool:
    """Tell whether any origin may read the answer: verdicts and register entries, by GET."""
    is_verdict = path.startswith("/v/") and path.endswith(".json")
    return method in {"GET", "HEAD"} and (is_verdict or path.startswith("/api/v1/"))


class PublicHeaders:
    """ASGI middleware that adds the headers, also to what the guard answers; what a route has set itself stays."""

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        """Wrap `app`, which is served at `base_url`."""
        self._app = app
        self._headers = Headers(security_headers(base_url)).raw

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to the start of the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._missing(message["headers"])]
                _add(scope, MutableHeaders(scope=message))
            await send(message)

        app = problem("request", status=400).response({"Connection": "close"}) if _is_refused(scope) else self._app
        await app(scope, receive, send_with_headers)

    def _missing(self, own: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """Return the headers of every answer that a route has not set itself."""
        names = {name for name, _ in own}
        return [header for header in self._headers if header[0] not in names]


def _is_refused(scope: Scope) -> bool:
    """Tell whether a header is too long, or gives two lengths: a proxy may have believed the other.

    See RFC 9112, 6.1 and 6.3. What comes at once has no limit in those who read it.
    """
    headers = scope["headers"]
    size = len(scope.get("raw_path") or b"") + len(scope["query_string"]) + sum(map(len, chain.from_iterable(headers)))
    return size > HEAD_BYTES or {b"content-length", b"transfer-encoding"} <= {name for name, _ in headers}


def _add(scope: Scope, headers: MutableHeaders) -> None:
    if scope["path"].startswith("/credentials/"):
        # A certificate is private, and so is whether there is one; what comes depends on who asks for what.
        headers["Cache-Control"] = "no-store"
        headers.add_vary_header("Accept")
    headers.setdefault("Cache-Control", "no-store")
    if is_open_data(scope["method"], scope["path"]):
        headers.setdefault("Access-Control-Allow-Origin", "*")
