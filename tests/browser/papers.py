"""A register with one certificate, served to Chromium under the address that its paper codes name."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.exceptions import HTTPException

from public_site.reads import TrustInForce
from public_site.routes import install
from schemas.addresses import cse_did
from tests.unit.public_site.fakes import FakeReads
from tests.unit.public_site.samples import PAGE, verdict
from verifier.trust import TrustedKey

OTHER = "a1b2c3d4e5f6g7h8j9k0"


class PaperRegister(FakeReads):
    """Answers with the certificate, the digests and the seal keys that a test gives it."""

    def __init__(self) -> None:
        super().__init__({})
        self.keys: list[dict[str, Any]] | None = []

    def hold(self, check: dict[str, Any], state: str = "valid", **certificate: Any) -> None:
        """Hold what a check of the vectors asks about, in `state`."""
        answer = verdict(state, **certificate)
        del answer["paper_sha256"]
        if check["digests"] is None:
            answer = verdict("could_not_check")
            del answer["paper_sha256"]
            for one in answer["checks"]:
                if one["name"] == "register":
                    one["result"] = "unknown"
        elif check["digests"]:
            answer["paper_sha256"] = check["digests"]
        self.pages = {PAGE: answer, OTHER: answer}
        self.keys = check["keys"]

    def trust(self) -> TrustInForce:
        if self.keys is None:
            raise HTTPException(503)
        in_force = super().trust()
        did = cse_did(self.base_url)
        listed = {str(place): _trusted_key(f"{did}#{place}", one) for place, one in enumerate(self.keys)}
        return replace(in_force, trust_list=replace(in_force.trust_list, keys=listed))


def _trusted_key(key_id: str, one: dict[str, Any]) -> TrustedKey:
    since, to = (datetime.fromtimestamp(one[name], UTC) for name in ("from", "to"))
    compromised = since if one["state"] == "compromised" else None
    return TrustedKey(key_id, "seal", bytes.fromhex(one["x"]), since, to, compromised)


@contextmanager
def serving(reads: FakeReads) -> Iterator[int]:
    """Serve on a free port of this machine, and give the port."""
    app = FastAPI()
    install(app, reads)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            thread.join(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
