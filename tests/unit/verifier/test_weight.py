"""What is judged at once, and what only apart (`threats.md` T03): short, ours, and within our schema."""

from typing import Any

import pytest

from issuer.proofs import document_bytes
from schemas.contracts import validator
from tests.support import foreign, world
from tests.support.expect import DROP, changed
from verifier.refusals import UnreadableDocumentError
from verifier.study import Results
from verifier.weight import LIGHT_BYTES, light_document


def is_light(content: bytes, base: str) -> bool:
    return light_document(content, base, Results()) is not None


def padded(size: int) -> bytes:
    return world.certificate().ljust(size)


@pytest.mark.parametrize(("content", "light"), [(padded(LIGHT_BYTES), True), (padded(LIGHT_BYTES + 1), False)])
def test_a_document_of_32_kib_is_light_and_one_more_byte_is_not(content: bytes, light: bool) -> None:
    assert is_light(content, world.BASE) is light


@pytest.mark.parametrize(
    ("path", "value", "light"),
    [
        ("credentialSubject/registration/grade", "SPE", True),
        ("evidence/0/evil", {"a": "b"}, False),
        ("evil", [], False),
        ("validUntil", DROP, False),
        ("type", "VerifiableCredential", False),
    ],
)
def test_the_closed_schema_decides_and_no_signature(path: str, value: Any, light: bool) -> None:
    document = changed(world.parsed(world.certificate()), (path, value))
    assert is_light(document_bytes(document), world.BASE) is light


@pytest.mark.parametrize("member", ["proof", "evidence"])
def test_what_is_wrong_is_not_explained_where_others_wait(member: str) -> None:
    """Thousands of faults take a quarter of a second to tell, and a moment to see (`threats.md` T03)."""
    document = changed(world.parsed(world.certificate()), (member, [{}] * 4_700))
    asked = validator.cache_info()
    assert not is_light(document_bytes(document), world.BASE)
    assert validator.cache_info() == asked


@pytest.mark.parametrize("value", [foreign.badge(), {}, {"@context": ["x"], "type": ["VerifiableCredential"]}])
def test_what_does_not_claim_to_be_ours_is_not_light(value: dict[str, Any]) -> None:
    assert not is_light(document_bytes(value), world.BASE)


@pytest.mark.parametrize(("size", "refused"), [(LIGHT_BYTES, True), (LIGHT_BYTES + 1, False)])
def test_a_long_text_is_not_even_parsed(size: int, refused: bool) -> None:
    broken = b"{".ljust(size)
    if refused:
        with pytest.raises(UnreadableDocumentError):
            is_light(broken, world.BASE)
    else:
        assert not is_light(broken, world.BASE)
