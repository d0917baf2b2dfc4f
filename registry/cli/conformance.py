"""`cse serve conformance`: the VC-API for published test suites, on this machine only and never in production."""

import os
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute

from public_site import access, guard, problems
from registry.adapters import clock, randomness
from registry.api.vc_api import vc_api_router
from registry.cli.console import Session, UsageError
from registry.services.conformance import ConformancePort
from schemas.contexts import contexts_in

_PER_MINUTE = 1_000_000
"""A suite asks as often as it likes: only this machine can."""


def require_test_place(session: Session, host: str) -> None:
    """Refuse production, and another machine's reach: whoever asks this port gets a signature (A07)."""
    if not session.settings.is_demo:
        raise UsageError("the conformance port signs for everybody: it is refused in production")
    if host not in {"127.0.0.1", "localhost"}:
        raise UsageError(f"the conformance port listens on this machine only, not on {host}: leave --host out")


def conformance_app(session: Session, origin: str) -> tuple[FastAPI, str]:
    """Return the conformance port that is reached at `origin`, and the did:key that it signs with."""
    extra = contexts_in(Path(vectors := os.environ.get("CSE_VECTORS", "")) / "contexts")
    if vectors and not extra:
        raise UsageError(f"CSE_VECTORS: {vectors} has no folder contexts with contexts of the suites in it")
    port = ConformancePort(session.desk, origin, randomness.SystemRandomness(), extra)
    router = vc_api_router(port, partial(clock.now, session.settings))
    app = FastAPI(title="CSE conformance port (tests only)", openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(router)
    app.add_exception_handler(404, lambda *_: problems.of_status(404).response())
    app.add_exception_handler(405, lambda *_: problems.of_status(405).response({"Allow": "POST"}))
    doors = {(route.path, False): guard.Door() for route in router.routes if isinstance(route, APIRoute)}
    app.add_middleware(guard.BodyGuard, doors=doors, access=access.Access(_PER_MINUTE))
    return app, port.did
