"""Sealing: what does not read back never leaves, and what does not fit is printed as an address alone."""

from dataclasses import replace

import pytest

from issuer.paper import seal_paper_code
from issuer.refusals import RecheckError
from keys.signer import throw_away_signer
from schemas.paper_code import decode_code
from tests.support import world
from verifier.certificate import CertificateFacts, read_certificate

SEAL = world.key("cse/seal-2026", "seal")
TRUSTED = world.trust().keys[SEAL.key_id]


def _facts(**changes: object) -> CertificateFacts:
    return replace(read_certificate(world.parsed(world.certificate())), **changes)  # type: ignore[arg-type]


def _seal(facts: CertificateFacts) -> bytes | None:
    signer = world.signer("cse/seal-2026")
    return seal_paper_code(facts, signer=signer, key=TRUSTED, sealed_at=world.ISSUED, base=world.BASE)


def test_an_absent_name_is_empty() -> None:
    code = _seal(_facts(name_hans=None))
    assert code is not None
    assert decode_code(code).content.name_hans == ""


def test_a_certificate_in_custody_names_the_custodian() -> None:
    code = _seal(read_certificate(world.parsed(world.certificate(world.CUSTODY, created=world.CUSTODY_AT))))
    assert code is not None
    assert decode_code(code).content.society == 13


@pytest.mark.parametrize(("characters", "fits"), [(20, True), (21, False)], ids=["60 bytes", "63 bytes"])
def test_site_a39_a_long_name_gets_no_code(characters: int, fits: bool) -> None:
    assert (_seal(_facts(name_hans="林" * characters)) is not None) is fits


def test_a_seal_by_another_key_never_leaves() -> None:
    with pytest.raises(RecheckError):
        seal_paper_code(
            _facts(), signer=throw_away_signer(SEAL.key_id), key=TRUSTED, sealed_at=world.ISSUED, base=world.BASE
        )
