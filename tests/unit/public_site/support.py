"""The public origin around a fake register."""

from functools import cache

from fastapi import FastAPI
from starlette.testclient import TestClient

from public_site.access import Access
from public_site.routes import install
from tests.unit.public_site.fakes import FakeReads
from tests.unit.public_site.samples import BASE, NUMBER, PAGE, STATES, verdict
from verifier.answers import NumberVerdict


def register(base_url: str = BASE) -> FakeReads:
    """Return a register with one page per state, and `PAGE` for a valid one."""
    reads = FakeReads({state: verdict(state) for state in STATES} | {PAGE: verdict("valid")}, base_url)
    reads.numbers = {
        NUMBER: NumberVerdict("verdict", NUMBER, verdict("superseded")),
        "CSE26ELE00012378": NumberVerdict("typing_mistake", "CSE26ELE00012378", None),
        "hello": NumberVerdict("not_a_number", None, None),
    }
    return reads


def client(reads: FakeReads | None = None, access: Access | None = None) -> TestClient:
    """Return a client of the whole public origin; `access` counts who asks how often, else the wall clock does."""
    app = _application(reads, access) if reads else _usual_application()
    base_url = reads.base_url if reads else BASE
    return TestClient(app, base_url=base_url, raise_server_exceptions=False)


def _application(reads: FakeReads, access: Access | None = None) -> FastAPI:
    app = FastAPI()
    install(app, reads, access)
    return app


@cache
def _usual_application() -> FastAPI:
    """Build once: nothing in the usual register changes."""
    return _application(register())
