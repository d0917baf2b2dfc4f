"""What a certificate says twice it says alike: each rule broken alone is named by its place."""

from dataclasses import replace
from typing import Any

import pytest

from issuer.build import unsigned_certificate
from issuer.profile import StatusPlace
from tests.support import world
from tests.support.expect import changed
from verifier.certificate import consistent_facts, read_certificate

DOCUMENT = unsigned_certificate(world.PROFILE)
SUBJECT, REGISTRATION = "credentialSubject", "credentialSubject/registration"
OTHER_PAGE = f"{world.BASE}/credentials/1q2mx4t9k0rb3wzd8hvn"
RULES: list[tuple[str, Any, str]] = [
    ("id", f"{world.BASE}/credentials/7q2mx4t9k0rb3wzd8hvu", "/id"),
    ("id", f"{world.BASE}/credentials/7q2mx4t9k0rb3wzd8hv", "/id"),
    ("id", "https://evil.example/credentials/7q2mx4t9k0rb3wzd8hvn", "/id"),
    ("validFrom", "2026-02-30T00:00:00+08:00", "/validFrom"),
    ("validFrom", "2026-03-17T10:00:00+08:00", "/validFrom"),
    ("validFrom", "2031-03-16T00:00:00+08:00", "/validUntil"),
    ("validUntil", "2031-03-15T23:59:59+09:00", "/validUntil"),
    ("validUntil", "2031-03-14T23:59:59+08:00", "/validUntil"),
    (f"{REGISTRATION}/registerNumber", "CSE26ELE00012378", f"/{REGISTRATION}/registerNumber"),
    (f"{REGISTRATION}/firstRegistered", "2025-03-16", f"/{REGISTRATION}/registerNumber"),
    (f"{REGISTRATION}/firstRegistered", "2026-03-17", f"/{REGISTRATION}/gradeSince"),
    (f"{REGISTRATION}/gradeSince", "2026-03-17", f"/{REGISTRATION}/gradeSince"),
    (f"{REGISTRATION}/termFrom", "2026-03-17", "/validFrom"),
    (f"{REGISTRATION}/id", f"{world.BASE}/registrations/CSE26ELE00012379#term-2", f"/{REGISTRATION}/id"),
    (f"{REGISTRATION}/termNumber", 2, f"/{REGISTRATION}/id"),
    (f"{SUBJECT}/licenseNumber", "CSE26ELE00012476", f"/{SUBJECT}/licenseNumber"),
    (f"{SUBJECT}/name", "林知远", f"/{SUBJECT}/name"),
    (f"{SUBJECT}/nameLatin", "Lin\u202eZhiyuan", f"/{SUBJECT}/nameHans"),
    (f"{SUBJECT}/id", f"{OTHER_PAGE}#holder", f"/{SUBJECT}/id"),
    (f"{SUBJECT}/achievement/criteria/id", "urn:x:1", f"/{SUBJECT}/achievement/criteria/id"),
    (f"{SUBJECT}/achievement/version", "T/CAS 326-2018", f"/{SUBJECT}/achievement/version"),
    (f"{SUBJECT}/achievement/description", "Registered\u200b", ""),
    ("evidence/0/id", f"{OTHER_PAGE}#assessment", "/evidence/0/id"),
    ("credentialStatus/0/id", f"{OTHER_PAGE}#status-revocation", "/credentialStatus/0/id"),
    ("credentialStatus/1/statusListIndex", "94568", "/credentialStatus/1/statusListIndex"),
    (
        "credentialStatus/1/statusListCredential",
        f"{world.BASE}/status/suspension-2",
        "/credentialStatus/1/statusListCredential",
    ),
    (
        "credentialStatus/0/statusListCredential",
        f"{world.BASE}/status/revocation-0",
        "/credentialStatus/0/statusListCredential",
    ),
    (
        "credentialStatus/0/statusListCredential",
        f"{world.BASE}/status/revocation-01",
        "/credentialStatus/0/statusListCredential",
    ),
    (
        "credentialStatus/0/statusListCredential",
        f"{world.BASE}/status/revocation-\u0661",
        "/credentialStatus/0/statusListCredential",
    ),
    (
        "credentialStatus/0/statusListCredential",
        "https://evil.example/status/revocation-1",
        "/credentialStatus/0/statusListCredential",
    ),
]


def inconsistency(document: dict[str, Any], base: str) -> str | None:
    found = consistent_facts(document, base)
    assert isinstance(found, str) or found == read_certificate(document)
    return found if isinstance(found, str) else None


@pytest.mark.parametrize(("path", "value", "pointer"), RULES)
def test_a_contradiction_is_named_by_its_place(path: str, value: Any, pointer: str) -> None:
    assert inconsistency(changed(DOCUMENT, (path, value)), world.BASE) == pointer


@pytest.mark.parametrize("profile", [world.PROFILE, world.RENEWED, world.CUSTODY])
def test_our_own_certificates_agree_with_themselves(profile: Any) -> None:
    assert inconsistency(unsigned_certificate(profile), world.BASE) is None
    without_evidence = unsigned_certificate(replace(profile, assessment=None))
    assert inconsistency(without_evidence, world.BASE) is None


@pytest.mark.parametrize(
    "character", ["\0", "\n", "\x1f", "\x7f", "\x9f", "\u200b", "\u202e", "\u2028", "\ue000"], ids=ascii
)
@pytest.mark.parametrize("text", ["Registered{}", 'Registered "{}" \\'], ids=["plain", "with escapes"])
def test_no_text_holds_a_character_that_readers_draw_differently(character: str, text: str) -> None:
    path = f"{SUBJECT}/achievement/description"
    assert inconsistency(changed(DOCUMENT, (path, text.format(character))), world.BASE) == ""
    assert inconsistency(changed(DOCUMENT, (path, text.format("é"))), world.BASE) is None


def test_a_name_of_no_script_is_a_contradiction() -> None:
    both_empty = changed(DOCUMENT, (f"{SUBJECT}/nameHans", ""), (f"{SUBJECT}/nameLatin", ""))
    assert inconsistency(both_empty, world.BASE) == f"/{SUBJECT}/nameHans"


def test_the_subject_may_be_the_did_of_a_holder_with_a_wallet() -> None:
    assert inconsistency(changed(DOCUMENT, (f"{SUBJECT}/id", "did:key:z6Mk")), world.BASE) is None


def test_a_term_that_ends_before_it_begins_is_a_contradiction() -> None:
    reversed_term = changed(
        DOCUMENT,
        (f"{REGISTRATION}/basis", "interim"),
        (f"{REGISTRATION}/termUntil", "2026-03-16"),
    )
    assert inconsistency(reversed_term, world.BASE) == f"/{REGISTRATION}/termUntil"


@pytest.mark.parametrize(
    ("created", "pointer"),
    [
        ("2026-03-15T16:00:00Z", None),
        ("2026-03-15T15:59:59Z", "/proof/0/created"),
        ("2026-02-30T00:00:00Z", "/validFrom"),
    ],
    ids=["the first second of the day", "a second before", "no such day"],
)
def test_nothing_is_signed_before_the_grade_was_given(created: str, pointer: str | None) -> None:
    proofs = [{**proof, "created": created} for proof in world.parsed(world.certificate())["proof"]]
    assert inconsistency({**DOCUMENT, "proof": proofs}, world.BASE) == pointer


def test_facts_are_read_from_the_document() -> None:
    facts = read_certificate(unsigned_certificate(replace(world.PROFILE, status=StatusPlace(3, 5))))
    assert (facts.status_index, facts.page_id, facts.number) == (5, world.PROFILE.page_id, world.PROFILE.number)
    assert facts.status_lists == {
        "revocation": f"{world.BASE}/status/revocation-3",
        "suspension": f"{world.BASE}/status/suspension-3",
    }
