"""The API does what its description says, whatever is sent (schemathesis, in this process, bounded)."""

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.routing import Route

from public_site.routes import public_router
from registry.app import create
from registry.app.reads import RegisterReads
from tests.integration.registers import Demo
from verifier.formats import MEDIA_TYPES

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)


@pytest.fixture(scope="module")
def app(demo: Demo) -> FastAPI:
    with pytest.MonkeyPatch.context() as patched:
        for name, value in demo.environment().items():
            patched.setenv(name, value)
        return create()


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("at", range(3))
def test_whatever_is_sent_gets_a_documented_answer(app: FastAPI, at: int, mode: GenerationMode) -> None:
    """What fits the description, and what breaks it in some part."""
    api = schemathesis.openapi.from_asgi("/openapi.json", app)
    operation = [found.ok() for found in api.get_all_operations()][at]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS)

    ask()


def test_the_description_names_every_route_of_the_api_and_every_format(app: FastAPI, demo: Demo) -> None:
    document = app.openapi()
    described = {(path, method) for path, methods in document["paths"].items() for method in methods}
    routes = public_router(RegisterReads(demo.desk(), demo.settings)).routes
    of_api = [route for route in routes if isinstance(route, Route) and route.path.startswith("/api/")]
    assert described == {(route.path, one.lower()) for route in of_api for one in route.methods or () if one != "HEAD"}
    body = document["paths"]["/api/v1/verify"]["post"]["requestBody"]
    assert list(body["content"]) == list(MEDIA_TYPES)
    assert document["info"]["title"] == "CSE Engineer Register (demonstration data)"
