"""The last look at the final bytes: parsed anew, judged by the verifier, compared with what was intended."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from issuer.build import unsigned_certificate
from issuer.certificates import recheck
from issuer.proofs import document_bytes
from issuer.refusals import RecheckError
from tests.support import world
from tests.support.expect import changed
from verifier.cryptosuite import content_sha256
from verifier.refusals import UnreadableDocumentError

INTENDED = unsigned_certificate(world.PROFILE)
GOOD = world.certificate()


def looked_at(content: bytes, intended: dict[str, Any] = INTENDED, now: datetime = world.ISSUED) -> None:
    recheck(content, intended_sha256=content_sha256(intended), trust=world.trust(), now=now)


def test_good_bytes_pass() -> None:
    looked_at(GOOD)


def test_a_certificate_that_begins_later_passes() -> None:
    content = world.certificate(world.RENEWED, created=world.RENEWED_AT)
    looked_at(content, unsigned_certificate(world.RENEWED), world.RENEWED_AT)


def test_a_certificate_that_has_ended_does_not_pass() -> None:
    with pytest.raises(RecheckError, match="dates expired"):
        looked_at(GOOD, now=datetime(2031, 3, 16, tzinfo=UTC))


def signed(*labels: str) -> bytes:
    return world.signed(INTENDED, *labels)


SWAPPED = world.certificate(replace(world.PROFILE, name_hans="林致远"))
BAD_VALUE = world.parsed(SWAPPED)["proof"][2]["proofValue"]
REFUSED = [
    pytest.param(SWAPPED, "register content_differs", id="swapped-content"),
    pytest.param(GOOD.replace("林知远".encode(), "林致远".encode()), "proofs signature", id="changed-letters"),
    pytest.param(signed("cse/issue-2031", "ele/issue-2026"), "unknown_key", id="a-key-of-no-list"),
    pytest.param(signed("cse/status-2026", "ele/issue-2026"), "issuer_trusted key_class", id="the-status-key"),
    pytest.param(signed("cse/issue-2026", "mec/issue-2026b"), "proof_set_shape", id="another-society"),
    pytest.param(signed("cse/issue-2026"), "schema schema", id="one-signer"),
    pytest.param(
        document_bytes(changed(world.parsed(GOOD), ("proof/2/proofValue", BAD_VALUE))),
        "proofs signature",
        id="graph-proof-of-other-bytes",
    ),
    pytest.param(
        document_bytes(changed(world.parsed(GOOD), ("proof/0/created", "2026-03-16T02:00:01Z"))),
        "proof_set_shape",
        id="changed-moment",
    ),
    pytest.param(
        document_bytes(changed(world.parsed(GOOD), ("proof/0/nonce", "x"))), "schema schema", id="added-member"
    ),
]


@pytest.mark.parametrize(("content", "message"), REFUSED)
def test_other_bytes_do_not_leave(content: bytes, message: str) -> None:
    with pytest.raises(RecheckError, match=message):
        looked_at(content)


def test_a_society_without_the_right_does_not_pass() -> None:
    intended = unsigned_certificate(world.CUSTODY)
    content = world.certificate(world.CUSTODY, created=world.ISSUED)
    with pytest.raises(RecheckError, match="authorization_at_signing not_authorized_at_signing"):
        looked_at(content, intended)


@pytest.mark.parametrize("position", range(0, len(GOOD), 401))
def test_a_changed_byte_does_not_leave(position: int) -> None:
    """Every 401st byte, its lowest bit turned: no JSON, another content, or a bad proof."""
    content = bytearray(GOOD)
    content[position] ^= 1
    with pytest.raises((RecheckError, UnreadableDocumentError)):
        looked_at(bytes(content))
