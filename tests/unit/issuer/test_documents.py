"""Certificates, DID documents, trust list, statements and manifest as they are made from values."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from issuer.bodies import creator_profile, cse_name, english_name
from issuer.build import unsigned_certificate
from issuer.documents import (
    DEMONSTRATION,
    PublishedEntry,
    did_document,
    issuer_registry,
    trusted_key,
    unsigned_agreement,
    unsigned_authorization,
    unsigned_code_tables,
    unsigned_manifest,
    unsigned_trust_list,
)
from issuer.profile import Assessment
from issuer.proofs import document_bytes, sign_document
from issuer.status_lists import VALID_FOR, encode_bits, unsigned_list
from schemas import codes
from schemas.addresses import cse_did
from schemas.contracts import first_violation
from tests.support import world
from tests.support.bodies import key
from verifier.proof_set import shape_fault, signature_fault
from verifier.status_list import MINIMUM_BITS

SECOND = timedelta(seconds=1)
BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


# --- certificates -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grade", codes.GRADES)
@pytest.mark.parametrize("names", [("林知远", None), (None, "Lin Zhiyuan"), ("林知远", "Lin Zhiyuan")])
@pytest.mark.parametrize("waived", [False, True])
def test_a_certificate_of_any_grade_name_and_assessment_has_the_closed_form(
    grade: str, names: tuple[str | None, str | None], waived: bool
) -> None:
    rule = f"{world.BASE}/rules/waiver-1"
    assessment = Assessment(date(2026, 1, 20), None, date(2026, 3, 2), rule) if waived else world.PROFILE.assessment
    profile = replace(
        world.PROFILE, grade=grade, name_hans=names[0], name_latin=names[1], assessment=assessment, discipline="Power"
    )
    document = unsigned_certificate(profile)
    assert first_violation("certificate", world.BASE, document) is None
    evidence = document["evidence"][0]
    assert ("writtenTestOn" in evidence, "waiver" in evidence) == (not waived, waived)
    assert document["credentialSubject"]["registration"]["discipline"] == "Power"
    assert set(document["credentialSubject"]) & {"nameHans", "nameLatin"} == {
        member for member, name in zip(("nameHans", "nameLatin"), names, strict=True) if name
    }


def test_without_an_assessment_on_file_there_is_no_evidence() -> None:
    assert "evidence" not in unsigned_certificate(replace(world.PROFILE, assessment=None))


def test_an_achievement_is_the_same_for_every_holder() -> None:
    other = replace(world.PROFILE, name_hans="张三", number="CSE26ELE00012476", page_id="1" * 20)
    assert (
        unsigned_certificate(other)["credentialSubject"]["achievement"]
        == (unsigned_certificate(world.PROFILE)["credentialSubject"]["achievement"])
    )


def test_a_certificate_by_another_society_names_who_assessed() -> None:
    document = unsigned_certificate(replace(world.PROFILE, assessed_by="MEC"))
    assert document["credentialSubject"]["registration"]["assessedBy"] == world.did("mec")
    assert document["evidence"][0]["assessedBy"] == world.did("mec")


def test_the_custodian_says_for_whom_it_acts() -> None:
    profile = creator_profile(world.BASE, "custodian", "GEO")
    assert profile["id"] == world.did("custodian")
    assert "Example Society of Geological Engineering, authorization ended" in profile["name"]


@pytest.mark.parametrize("is_demo", [True, False])
def test_a_demo_register_says_so_in_its_names(is_demo: bool) -> None:
    assert ("demonstration data" in cse_name(is_demo=is_demo)) is is_demo
    assert ("demonstration data" in english_name("CSE", is_demo=is_demo)) is is_demo


def test_fractions_of_a_second_are_cut() -> None:
    profile = replace(world.PROFILE, valid_from=world.ISSUED + timedelta(microseconds=999_999))
    assert unsigned_certificate(profile)["validFrom"] == "2026-03-16T10:00:00+08:00"


# --- keys ---------------------------------------------------------------------------------------------------------

ASSERTING = {"issue", "issue-jose", "status", "status-jose", "statement", "root", "trust"}


@pytest.mark.parametrize("key_use", [*sorted(ASSERTING), "seal", "manifest", "receipt"])
def test_only_keys_that_assert_stand_in_assertion_method(key_use: str) -> None:
    listed = key("cse/issue-2026", key_use)
    document = did_document(world.CSE, [listed])
    assert [entry["id"] for entry in document["verificationMethod"]] == [listed.key_id]
    assert document.get("assertionMethod") == ([listed.key_id] if key_use in ASSERTING else None)


def test_the_did_document_of_a_demo_register_says_so() -> None:
    listed = [key("cse/issue-2026", "issue")]
    assert did_document(world.CSE, listed, is_demo=True)["alsoKnownAs"] == [DEMONSTRATION]
    assert "alsoKnownAs" not in did_document(world.CSE, listed)


def test_a_compromised_key_is_in_no_did_document() -> None:
    mec = next(body for body in world.BODIES if body.code == "MEC")
    document = did_document(mec.did, mec.keys)
    assert [entry["id"] for entry in document["verificationMethod"]] == [f"{mec.did}#issue-2026b"]
    assert document["assertionMethod"] == [f"{mec.did}#issue-2026b"]


STATES = [
    (BEGIN - SECOND, None, "pending"),
    (BEGIN, None, "active"),
    (END - SECOND, None, "active"),
    (END, None, "retired"),
    (BEGIN - SECOND, BEGIN, "compromised"),
    (END, BEGIN, "compromised"),
]


@pytest.mark.parametrize(("now", "since", "state"), STATES)
def test_the_state_of_a_key_follows_its_time(now: datetime, since: datetime | None, state: str) -> None:
    entry = trusted_key(key("ele/issue-2026", "issue", (BEGIN, END), compromised_since=since), now=now)
    assert entry["keyState"] == state
    assert ("compromisedSince" in entry) is (since is not None)
    assert (entry["notBefore"], entry["notAfter"]) == ("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")


# --- statements ---------------------------------------------------------------------------------------------------


def test_a_trust_list_runs_seven_days_and_names_the_one_before() -> None:
    document = unsigned_trust_list(world.TRUST_LIST, now=world.NOW)
    assert (document["validFrom"], document["validUntil"]) == ("2026-05-25T02:00:00Z", "2026-06-01T02:00:00Z")
    assert document["credentialSubject"]["previousDigest"] == world.TRUST_LIST.previous_sha256
    first = unsigned_trust_list(replace(world.TRUST_LIST, previous_sha256=None, is_demo=False), now=world.NOW)
    assert "previousDigest" not in first["credentialSubject"]
    assert first["name"] == "Trust list, version 7"


@pytest.mark.parametrize("is_demo", [True, False])
def test_statements_are_fully_mapped_and_verify(is_demo: bool) -> None:
    entry = world.TRUST_LIST.authorizations[0]
    statements = [
        unsigned_authorization(entry, "ELE", base=world.BASE, is_demo=is_demo),
        unsigned_code_tables(world.BASE, is_demo=is_demo, since=date(2026, 1, 1)),
    ]
    signer = world.signer("statements/statement-2026")
    for unsigned in statements:
        signed = sign_document(unsigned, (signer,), created=world.NOW, base=world.BASE)
        assert shape_fault(signed, 1) is None
        assert signature_fault(signed, world.BASE, {signer.verification_method: signer.public_key}) is None
        assert ("demonstration data" in signed["name"]) is is_demo


def test_code_tables_have_no_end_and_hold_every_code() -> None:
    document = unsigned_code_tables(world.BASE, is_demo=False, since=date(2026, 1, 1))
    assert "validUntil" not in document
    tables = {table["id"].rsplit("#", 1)[1]: table["entry"] for table in document["credentialSubject"]}
    assert {name: len(entries) for name, entries in tables.items()} == {"field": 12, "society": 13, "grade": 3}


def test_the_list_for_other_verifiers_names_cse_alone() -> None:
    assert list(issuer_registry(world.BASE, is_demo=False, now=world.NOW)["registry"]) == [world.CSE]


def manifest(*paths: str) -> dict[str, Any]:
    entries = [PublishedEntry(path, "application/json", "0" * 64) for path in paths]
    return unsigned_manifest(
        world.BASE, entries, slot=1, trust_list=(7, "1" * 64), journal=world.JOURNAL, now=world.NOW
    )


def test_a_manifest_is_sorted_by_path_and_runs_24_hours() -> None:
    document = manifest("/b", "/a/2", "/a", "/a/10")
    assert [entry["path"] for entry in document["files"]] == ["/a", "/a/10", "/a/2", "/b"]
    assert manifest("/a", "/b") == manifest("/b", "/a")
    assert (document["issued_at"], document["valid_until"]) == ("2026-05-25T02:00:00Z", "2026-05-26T02:00:00Z")


def test_a_document_is_compact_utf8() -> None:
    assert document_bytes({"name": "林", "list": [1, 2]}) == '{"name":"林","list":[1,2]}'.encode()


# --- status lists -------------------------------------------------------------------------------------------------


def test_the_same_bits_give_the_same_text() -> None:
    assert encode_bits([7, 94567]) == encode_bits([94567, 7, 7])
    assert encode_bits([]) == "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"


@pytest.mark.parametrize("index", [-1, MINIMUM_BITS, 2**40])
def test_an_index_beyond_the_list_is_refused(index: int) -> None:
    with pytest.raises(ValueError, match=f"the index {index} is not in a list of {MINIMUM_BITS}"):
        encode_bits([index])


def test_a_full_list_stays_small() -> None:
    every_third = encode_bits(range(0, MINIMUM_BITS, 3))
    assert len(every_third) < 30_000
    assert len(encode_bits(range(0, MINIMUM_BITS, 7), length=2 * MINIMUM_BITS)) < 60_000


def test_a_list_runs_24_hours() -> None:
    document = unsigned_list(world.BASE, "revocation", 1, (), now=world.NOW)
    assert (document["validFrom"], document["validUntil"]) == ("2026-05-25T02:00:00Z", "2026-05-26T02:00:00Z")
    assert timedelta(hours=24) == VALID_FOR


# --- agreements ---------------------------------------------------------------------------------------------------


def test_a_statement_of_an_agreement_names_its_version_and_every_node() -> None:
    said = {"textHans": "面谈", "textEnglish": "Interview"}
    foreign = {"id": "did:web:engineers.xa.example"}
    told = {"id": "m9", "agreementVersion": 2, "party": [foreign], "conditions": {"manual": [said, said]}}
    made = unsigned_agreement(told, base=world.BASE, is_demo=True, now=BEGIN)
    url = f"{world.BASE}/agreements/m9"
    assert (made["id"], made["name"]) == (f"{url}/2", "Recognition agreement M9, version 2 (demonstration data)")
    subject = made["credentialSubject"]
    assert (subject["id"], subject["agreementVersion"]) == (url, 2)
    assert [one["id"] for one in subject["party"]] == [cse_did(world.BASE), foreign["id"]]
    conditions = subject["conditions"]
    assert conditions["id"] == f"{url}/2#subject-conditions"
    assert [one["id"] for one in conditions["manual"]] == [f"{url}/2#subject-conditions-manual-{n}" for n in (1, 2)]
    assert told["party"] == [foreign], "what was given is left as it is"
