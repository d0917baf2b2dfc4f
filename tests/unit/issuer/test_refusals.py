"""The codes by which callers tell one refusal of the issuer from another, and what a refusal says."""

import pytest

from issuer import refusals
from issuer.refusals import IssuerError, LintError

CODES = {
    "IssuerError": "issuer",
    "AlreadyRedeemedError": "issuer.ticket-spent",
    "SignerMismatchError": "issuer.signer-mismatch",
    "NotApprovedError": "issuer.not-approved",
    "RecheckError": "issuer.recheck",
    "TemplateError": "issuer.template",
    "HolderKeyError": "holder-key",
    "UnprintableError": "print.unprintable",
    "PrinterMissingError": "print.unavailable",
}


@pytest.mark.parametrize(("name", "code"), CODES.items(), ids=CODES)
def test_each_refusal_has_its_stable_code(name: str, code: str) -> None:
    assert getattr(refusals, name).code == code


def test_no_two_refusals_share_a_code_and_all_are_listed() -> None:
    assert {one.__name__ for one in IssuerError.__subclasses__()} == (CODES.keys() | {"LintError"}) - {"IssuerError"}


@pytest.mark.parametrize(("pointer", "place"), [("", "/"), ("/issuer", "/issuer")], ids=["the whole", "a member"])
def test_a_lint_says_where(pointer: str, place: str) -> None:
    refused = LintError("schema", pointer)
    assert (refused.code, refused.pointer) == ("schema", pointer)
    assert str(refused) == f"the credential may not be signed: schema at {place}"
