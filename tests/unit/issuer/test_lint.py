"""What may be signed: everything is looked at with throw-away keys before a real key is touched."""

import json
from dataclasses import replace
from typing import Any

import pytest

from issuer.build import unsigned_certificate
from issuer.certificates import sign_certificate
from issuer.draft import draft_of
from issuer.lint import lint
from issuer.refusals import AlreadyRedeemedError, LintError, SignerMismatchError
from keys.signer import Ed25519Signer
from schemas.names import TextError
from tests.support import world
from tests.support.expect import DROP, changed
from verifier.certificate import read_certificate

GOOD = unsigned_certificate(world.PROFILE)
SUBJECT, REGISTRATION = "credentialSubject", "credentialSubject/registration"


class Counting:
    """A signer that counts how often it was asked to sign."""

    def __init__(self, signer: Ed25519Signer) -> None:
        self._signer, self.verification_method, self.signed = signer, signer.verification_method, 0

    def sign(self, message: bytes) -> bytes:
        self.signed += 1
        return self._signer.sign(message)


REFUSED: list[tuple[str, tuple[Any, Any], str, str]] = [
    ("already signed", ("proof", []), "already_signed", "/proof"),
    ("no issuer", ("issuer", DROP), "schema", ""),
    ("issuer is a text", ("issuer", world.CSE), "schema", ""),
    ("issuer is a number", ("issuer/id", 7), "schema", "/issuer"),
    ("issuer is an object", ("issuer/id", {}), "schema", "/issuer"),
    ("no status", ("credentialStatus", []), "schema", "/credentialStatus"),
    ("index is a word", ("credentialStatus/0/statusListIndex", "x"), "schema", "/credentialStatus/0/statusListIndex"),
    ("impossible date", ("validFrom", "2026-02-30T00:00:00+08:00"), "schema", ""),
    ("unknown grade", (f"{REGISTRATION}/grade", "CE"), "schema", f"/{REGISTRATION}/grade"),
    ("term 0", (f"{REGISTRATION}/termNumber", 0), "schema", f"/{REGISTRATION}/termNumber"),
    ("other schema", ("credentialSchema/id", "urn:x:1"), "schema", "/credentialSchema/id"),
    ("another context", ("@context/1", "https://evil.example/v1"), "unknown_context", ""),
    ("undefined term", (f"{SUBJECT}/honour", "first class"), "undefined_term", ""),
    ("undefined type", ("type/3", "Chartered"), "undefined_identifier", ""),
    ("relative id", ("termsOfUse/id", "#terms"), "undefined_identifier", ""),
    ("wrong check digits", (f"{REGISTRATION}/registerNumber", "CSE26ELE00012378"), "inconsistent",
     f"/{REGISTRATION}/registerNumber"),
    ("two numbers", (f"{SUBJECT}/licenseNumber", "CSE26ELE00012476"), "inconsistent", f"/{SUBJECT}/licenseNumber"),
    ("control character in a name", (f"{SUBJECT}/nameLatin", "Lin\u202e"), "inconsistent", f"/{SUBJECT}/nameHans"),
    ("control character elsewhere", ("issuer/name", "CSE\u200b"), "inconsistent", ""),
    ("no name at all", (f"{SUBJECT}/nameHans", ""), "schema", f"/{SUBJECT}/nameHans"),
    ("other society than signer", (f"{REGISTRATION}/society", world.did("mec")), "inconsistent",
     f"/{REGISTRATION}/society"),
    ("indexes unlike", ("credentialStatus/1/statusListIndex", "7"), "inconsistent",
     "/credentialStatus/1/statusListIndex"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "pointer"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_the_lint_refuses(change: tuple[Any, Any], code: str, pointer: str) -> None:
    with pytest.raises(LintError) as refusal:
        lint(draft_of(changed(GOOD, change), world.BASE), base=world.BASE)
    assert (refusal.value.code, refusal.value.pointer) == (code, pointer)


def test_one_body_cannot_sign_for_both() -> None:
    """Its two pairs would be one signer's four proofs: the shape that the verifier refuses."""
    same = changed(GOOD, (f"{SUBJECT}/achievement/creator/id", world.CSE))
    with pytest.raises(LintError) as refusal:
        lint(draft_of(same, world.BASE), base=world.BASE)
    assert refusal.value.code == "proof_set_shape"


def test_a_member_that_hides_from_readers_is_refused() -> None:
    """Under its full address the graph keeps it."""
    name = ("https://schema.org/name",)
    with pytest.raises(LintError) as refusal:
        lint(draft_of(changed(GOOD, (name, "PE")), world.BASE), base=world.BASE)
    assert (refusal.value.code, refusal.value.pointer) == ("respelled_term", "/https:~1~1schema.org~1name")


@pytest.mark.parametrize(
    "profile", [world.PROFILE, world.RENEWED, world.CUSTODY], ids=["initial", "renewed", "custody"]
)
def test_a_good_certificate_gets_a_ticket_for_exactly_its_content(profile: Any) -> None:
    credential = unsigned_certificate(profile)
    ticket = lint(draft_of(credential, world.BASE), base=world.BASE)
    credential["name"] = "changed after the lint"
    assert ticket.facts == read_certificate(unsigned_certificate(profile))
    assert json.loads(ticket.redeem().text) == unsigned_certificate(profile)


def test_the_lint_leaves_the_credential_as_it_was() -> None:
    credential = unsigned_certificate(world.PROFILE)
    lint(draft_of(credential, world.BASE), base=world.BASE)
    assert credential == GOOD


def test_a_ticket_is_redeemed_once() -> None:
    ticket = lint(draft_of(GOOD, world.BASE), base=world.BASE)
    ticket.redeem()
    with pytest.raises(AlreadyRedeemedError):
        ticket.redeem()


def test_signing_spends_the_ticket() -> None:
    ticket = lint(draft_of(GOOD, world.BASE), base=world.BASE)
    signers = {"cse": world.signer("cse/issue-2026"), "society": world.signer("ele/issue-2026")}
    content = sign_certificate(ticket, **signers, created=world.ISSUED)
    assert content == world.certificate()
    with pytest.raises(AlreadyRedeemedError):
        sign_certificate(ticket, **signers, created=world.ISSUED)


@pytest.mark.parametrize(
    ("cse", "society"),
    [
        ("ele/issue-2026", "ele/issue-2026"),
        ("cse/issue-2026", "mec/issue-2026"),
        ("cse/issue-2026", "cse/issue-2026"),
        ("ele/issue-2026", "cse/issue-2026"),
        ("cse/issue-2026", "custodian/issue-2026"),
    ],
)
def test_a_signer_of_another_body_signs_nothing(cse: str, society: str) -> None:
    first, second = Counting(world.signer(cse)), Counting(world.signer(society))
    ticket = lint(draft_of(GOOD, world.BASE), base=world.BASE)
    with pytest.raises(SignerMismatchError, match="the document names did:web"):
        sign_certificate(ticket, cse=first, society=second, created=world.ISSUED)
    assert (first.signed, second.signed) == (0, 0)


def test_each_signer_signs_both_forms_and_nothing_else() -> None:
    first, second = Counting(world.signer("cse/issue-2026")), Counting(world.signer("ele/issue-2026"))
    ticket = lint(draft_of(GOOD, world.BASE), base=world.BASE)
    sign_certificate(ticket, cse=first, society=second, created=world.ISSUED)
    assert (first.signed, second.signed) == (2, 2)


@pytest.mark.parametrize(
    ("hans", "latin"), [(None, None), ("林\u200b", None), (None, "Lin\n"), ("", "")], ids=["none", "Cf", "Cc", "empty"]
)
def test_a_name_that_cannot_be_printed_makes_no_certificate(hans: str | None, latin: str | None) -> None:
    with pytest.raises(TextError):
        unsigned_certificate(replace(world.PROFILE, name_hans=hans, name_latin=latin))
