"""Composition only: reads the settings, opens the store, mounts the public origin. Nothing imports it."""

import os
from dataclasses import replace

from fastapi import FastAPI

from public_site.access import Access
from public_site.routes import install
from registry.adapters.judging import limited_judge
from registry.adapters.opening import open_desk
from registry.app.reads import RegisterReads
from registry.settings import read_settings


def create() -> FastAPI:
    """Return the public origin of the register that the settings name.

    The process that runs it opens no keystore: what is signed lies ready in the published folder.
    """
    settings = read_settings(os.environ)
    title = "CSE Engineer Register" + (" (demonstration data)" if settings.is_demo else "")
    app = FastAPI(
        title=title,
        version="1",
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # Nobody is told who asked what.
    )
    desk = replace(open_desk(settings), judge_apart=limited_judge)
    install(app, RegisterReads(desk, settings), Access(settings.verify_rate, settings.trusted_proxies))
    return app
