"""The VC-API routes of the conformance port (`interface.md` 3): 201, 200 or 400, with the problems of VCDM 2.0, 7.2."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from registry.services.conformance import CREDENTIAL, LIST_PATH, PRESENTATION, ConformancePort, Judged
from schemas.strict_json import MalformedJsonError, parse_object
from schemas.tables import read_table
from verifier import cryptosuite, refusals, verdict
from verifier.checks import CheckName, Finding, Result, unknown
from verifier.messages import findings

_SUITES = {"": cryptosuite.RDFC, "/rdfc": cryptosuite.RDFC, "/jcs": cryptosuite.JCS, "/status": "status"}
_PROBLEMS = read_table("problem_types.json", "api", "registry")
"""Check -> type of a problem in VCDM 2.0, Data Integrity or Bitstring Status List."""


async def _whole_body(request: Request) -> bytes:
    return await request.body()


_Body = Annotated[bytes, Depends(_whole_body)]


def vc_api_router(port: ConformancePort, clock: Callable[[], datetime]) -> APIRouter:
    """Return every route of the conformance `port`; each request happens at one moment of `clock`."""

    def add(path: str, member: str, use_case: Callable[..., Judged]) -> None:
        def answer(body: _Body) -> Response:
            code = "unsupported_format"
            try:
                content = parse_object(body)
                document, options = content.get(member), content.get("options", {})
                if isinstance(document, dict) and isinstance(options, dict):
                    return _answer(use_case(document, options, clock()))
            except (MalformedJsonError, refusals.VerifierError) as error:
                code = error.code if error.code in findings() else code
            return _answer(Judged((unknown(CheckName.PARSE, code, f"/{member}"),)))

        router.add_api_route(path, answer, methods=["POST"])

    router = APIRouter()
    for path, suite in _SUITES.items():
        add(f"/vc-api{path}/credentials/issue", "credential", partial(port.issue, suite=suite))
    add("/vc-api/credentials/verify", "verifiableCredential", partial(port.judge, kind=CREDENTIAL))
    add("/vc-api/presentations/verify", "verifiablePresentation", partial(port.judge, kind=PRESENTATION))
    router.add_api_route(LIST_PATH, lambda: JSONResponse(port.status_list(clock())), methods=["GET"])
    return router


def _answer(judged: Judged) -> Response:
    if judged.issued is not None:
        return JSONResponse({"verifiableCredential": judged.issued}, 201)
    result = {
        "verified": not judged.wanting,
        "checks": [one.name.value for one in judged.findings if one.result is not Result.SKIPPED],
        "warnings": list(map(_problem, judged.warnings)),
        "errors": list({(one.code, one.pointer): _problem(one) for one in reversed(judged.wanting)}.values())[::-1],
        "findings": list(map(verdict.check_members, judged.findings)),
    }
    return JSONResponse(result, 400 if judged.wanting else 200)


def _problem(finding: Finding) -> dict[str, Any]:
    kind, detail = _PROBLEMS.get(finding.name, _PROBLEMS["other"]), verdict.check_members(finding)["detail"]["en"]
    return {"type": kind, "title": finding.code, "detail": detail, "pointer": finding.pointer}
