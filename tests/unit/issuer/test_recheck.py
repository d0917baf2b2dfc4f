"""The last look at the final bytes: parsed anew, judged by the verifier, compared with what was intended."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from issuer.build import unsigned_certificate
from issuer.certificates import recheck
from issuer.draft import draft_of
from issuer.lint import lint
from issuer.proofs import document_bytes, proof_pairs
from issuer.refusals import RecheckError
from issuer.ticket import IssuanceTicket
from tests.support import world
from tests.support.expect import changed
from verifier.cryptosuite import DocumentHashes, content_sha256
from verifier.documents import read_document
from verifier.refusals import UnreadableDocumentError

INTENDED = unsigned_certificate(world.PROFILE)
GOOD = world.certificate()


def ticket_of(intended: dict[str, Any] = INTENDED, created: datetime = world.ISSUED) -> IssuanceTicket:
    return lint(draft_of(intended, world.BASE), base=world.BASE, created=created)


def takes_over(ticket: IssuanceTicket, content: bytes) -> bool:
    """Tell whether the study of `content` has hashes and terms of the lint; schema and facts it never has."""
    found = vars(ticket.study(content, read_document(content), world.BASE))
    assert not {"schema", "facts"} & found.keys()
    assert ("hashes" in found) is ("terms" in found)
    return found.get("hashes") is ticket.hashes


def looked_at(content: bytes, intended: dict[str, Any] = INTENDED, now: datetime = world.ISSUED) -> None:
    """Look with and without what the lint knows: it changes no answer."""
    moment = world.RENEWED_AT if now == world.RENEWED_AT else world.ISSUED
    told = [refusal(content, ticket, intended, now) for ticket in (None, ticket_of(intended, moment))]
    assert str(told[0]) == str(told[1])
    if told[0] is not None:
        raise told[0]


def refusal(content: bytes, ticket: IssuanceTicket | None, intended: dict[str, Any], now: datetime) -> Exception | None:
    try:
        recheck(content, ticket, intended_sha256=content_sha256(intended), trust=world.trust(), now=now)
    except (RecheckError, UnreadableDocumentError) as error:
        return error
    return None


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


def test_hashes_of_the_linted_bytes_are_not_made_again() -> None:
    assert takes_over(ticket_of(), GOOD)


BEGIN, PROOFS = GOOD.split(b',"proof":')
OTHER = [
    pytest.param(SWAPPED, id="another-certificate"),
    pytest.param(BEGIN + b' ,"proof":' + PROOFS, id="a-space"),
    pytest.param(BEGIN[:-1] + b',"x":1},"proof":' + PROOFS, id="a-member-within"),
    pytest.param(BEGIN + b',"x":1,"proof":' + PROOFS, id="a-member-before"),
    pytest.param(GOOD[:-1] + b',"x":1}', id="a-member-after"),
    pytest.param(b'{"proof":' + PROOFS[:-1] + b"," + BEGIN[1:] + b"}", id="the-proofs-first"),
    pytest.param(BEGIN + b"}", id="unsigned"),
    pytest.param(b"{}", id="nothing"),
]
_, *THREE = world.parsed(GOOD)["proof"]
OTHER_PROOFS = [
    pytest.param(value, id=name)
    for name, value in {
        "none": None,
        "deeper": {"proof": world.parsed(GOOD)["proof"]},
        "a-text": "x",
        "null-beside": [None, *THREE],
        "a-text-beside": ["x", *THREE],
        "no-method": [{"proofValue": "z2"}, *THREE],
        "a-number-for-a-method": [THREE[1] | {"verificationMethod": 5}, *THREE],
        "no-value": [{name: part for name, part in THREE[1].items() if name != "proofValue"}, *THREE],
        "a-number-for-a-value": [THREE[1] | {"proofValue": 5}, *THREE],
        "a-long-value": [THREE[1] | {"proofValue": "z" + "2" * 200}, *THREE],
        "a-respelled-member": [THREE[1] | {"https://w3id.org/security#nonce": "x"}, *THREE],
        "five": [THREE[1], THREE[1], *THREE],
        "another-purpose": [THREE[1] | {"proofPurpose": "authentication"}, *THREE],
    }.items()
]


@pytest.mark.parametrize("content", OTHER)
def test_other_bytes_than_the_linted_are_read_anew(content: bytes) -> None:
    ticket = ticket_of()
    assert not takes_over(ticket, content)
    told = [refusal(content, one, INTENDED, world.ISSUED) for one in (None, ticket)]
    assert str(told[0]) == str(told[1])


@pytest.mark.parametrize("proofs", OTHER_PROOFS)
def test_proofs_are_looked_at_as_if_nothing_were_known(proofs: Any) -> None:
    ticket, content = ticket_of(), BEGIN + b',"proof":' + document_bytes(proofs) + b"}"
    assert takes_over(ticket, content)
    told = [refusal(content, one, INTENDED, world.ISSUED) for one in (None, ticket)]
    assert isinstance(told[0], RecheckError)
    assert str(told[0]) == str(told[1])


def test_other_moments_are_looked_at_too() -> None:
    later = world.certificate(created=datetime(2026, 3, 16, 3, tzinfo=UTC))
    told = [refusal(later, one, INTENDED, world.ISSUED) for one in (None, ticket_of())]
    assert str(told[0]) == str(told[1])


def test_a_number_that_goes_on_is_not_what_was_linted() -> None:
    """The draft ends within it: whoever adds a digit has its bytes and another value."""
    ends = {name: value for name, value in INTENDED.items() if name != "validFrom"} | {"x": 1}
    ticket = replace(ticket_of(), text=document_bytes(ends))
    content = document_bytes(ends)[:-1] + b'2,"proof":' + PROOFS
    assert not takes_over(ticket, content)


def test_signatures_over_other_hashes_than_the_lint_made_do_not_leave() -> None:
    """A template that fills a graph other than its text signs what the general reader did not read."""
    hashes = DocumentHashes(unsigned_certificate(replace(world.PROFILE, name_hans="林致远")), world.BASE)
    proofs = proof_pairs(hashes, [world.signer("cse/issue-2026"), world.signer("ele/issue-2026")], world.ISSUED)
    content = BEGIN + b',"proof":' + document_bytes(proofs) + b"}"
    assert takes_over(ticket_of(), content)
    with pytest.raises(RecheckError, match="proofs signature"):
        looked_at(content)


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
