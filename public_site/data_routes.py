"""Answers for programs: the verify API, register entries, verdicts as JSON, health."""

import asyncio
import re
from dataclasses import replace
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from public_site.problems import problem
from public_site.reads import Reads
from verifier.asked import Asked
from verifier.explain import explanation
from verifier.formats import MEDIA_TYPES

_ACCEPTED = ", ".join(MEDIA_TYPES)
_PARAMETER = re.compile(r"require=valid|explain=1|agreement=[A-Za-z0-9-]{1,40}|(?:challenge|domain)=.*", re.DOTALL)
"""What a question may ask beside the document; anything else is refused, so that a slip never weakens it."""


def _media_type(request: Request) -> str:
    """Return the media type of the body, or an empty text when it announces another character set than UTF-8."""
    media_type, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.partition("charset=")[2].partition(";")[0].strip(' "')
    return media_type.strip() if charset in {"", "utf-8", "utf8"} else ""


class DataRoutes:
    """The routes that answer with data."""

    def __init__(self, reads: Reads) -> None:
        """Keep `reads`, the only source."""
        self._reads = reads
        self._turn = asyncio.Lock()

    async def verify(self, request: Request) -> Response:
        """Judge what is in the body; `?require=valid` answers 409 on anything else, `?explain=1` says why.

        `?agreement` names one under which it is checked too, `?challenge` and `?domain` what a presentation must
        answer, and be meant for. What takes a moment is
        answered here, in the event loop; everything else in a thread.
        """
        required, *holder = map(request.query_params.getlist, ("require", "challenge", "domain", "agreement"))
        media_type = _media_type(request)
        if media_type not in MEDIA_TYPES:
            return problem("media-type", accepted=_ACCEPTED).response({"Accept": _ACCEPTED})
        asked = request.query_params.multi_items()
        known = (_PARAMETER.fullmatch(f"{name}={value}") for name, value in asked)
        if not all(known) or len(dict(asked)) < len(asked):
            return problem("requirement").response()
        body = await request.body()  # The guard has bounded it.
        if not body:
            return problem("empty-body").response()
        challenge, domain, agreement = (next(iter(values), None) for values in holder)
        question = body, media_type, Asked(challenge=challenge, domain=domain, agreement=agreement)
        # One after another, as they came: before each the loop sends what is ready, and sees what else has come.
        async with self._turn:
            await asyncio.sleep(0)
            answer = self._reads.verify_light(*question)
        if answer is None:
            answer = await run_in_threadpool(self._reads.verify, *question)
        if answer.is_readable is False:
            # The verdict is that of the register entry: a program could take it for one about the paper.
            return problem("malformed-cbor").response()
        is_asked = request.query_params.get("explain") == "1"
        told = {"explain": await run_in_threadpool(explanation, answer.document, answer.verdict)} if is_asked else {}
        status = 409 if required and answer.verdict["outcome"] != "valid" else 200
        return _verdict_answer(answer.verdict | told, status)

    async def recognition(self, request: Request) -> Response:
        """Answer whether a registration meets the conditions of an agreement, as anybody may know it."""
        if _media_type(request) != "application/json":
            return problem("media-type", accepted="application/json").response({"Accept": "application/json"})
        if request.query_params:
            detail = "This address takes no parameters: the question is in the body. Nothing was judged."
            return replace(problem("requirement"), detail=detail).response()
        answer = await run_in_threadpool(self._reads.recognition, await request.body())
        if answer is None:
            return _not_found("The register has no such entry or certificate. That alone proves no forgery.")
        return _verdict_answer(answer, 200)

    def registration(self, number: str) -> Response:
        """Give the public register entry of `number`, never a page id."""
        entry = self._reads.registration(number)
        if entry is None:
            return _not_found("The register has no entry with this number. That alone proves no forgery.")
        return JSONResponse(entry, headers=_RESULT)

    def verdict(self, page_id: str) -> Response:
        """Give the verdict of one certificate, the same body as the verify API."""
        verdict = self._reads.verdict_of_page(page_id.lower())
        if verdict is None:
            return _not_found("The register has no certificate at this page.")
        return _verdict_answer(verdict, 200)

    def healthz(self) -> Response:
        """Say that the process runs."""
        return PlainTextResponse("ok\n")

    def readyz(self) -> Response:
        """Say whether questions can be answered."""
        if self._reads.ready():
            return PlainTextResponse("ready\n")
        return PlainTextResponse("not ready\n", status_code=503)

    def robots(self) -> Response:
        """Keep crawlers off the look-up, and off a demo register altogether.

        Result pages stay readable for crawlers, because each of them says noindex.
        """
        closed = "/" if self._reads.is_demo else "/lookup\nDisallow: /api/"
        return PlainTextResponse(f"User-agent: *\nDisallow: {closed}\n")


_RESULT = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


def _not_found(detail: str) -> Response:
    return replace(problem("not-found"), detail=detail).response()


def _verdict_answer(verdict: dict[str, Any], status: int) -> Response:
    headers = _RESULT | {"CSE-Outcome": verdict["outcome"]}
    return Response(orjson.dumps(verdict), status, headers, "application/json")
