"""What the register answers to the codes in a picture, to digits alone, and to a PDF with and without a certificate."""

import json
from collections.abc import Sequence
from datetime import datetime

import pytest

from registry.services.codes import verdict_of_code
from registry.services.ports import Desk
from registry.services.presented import verdict_of_codes, verdict_of_handed_in
from registry.store.refusals import StoreError
from tests.integration.registers import AT, BASE, Office
from tests.support.papers import document_of, paper_text
from verifier.answers import CodeVerdict
from verifier.formats import Found, Kind
from verifier.refusals import UnreadableDocumentError

FOREIGN = "https://cse-verify.example.net/V/7Q2MX4T9K0RB3WZD8HVN#1"


@pytest.fixture
def pages(staffed: Office) -> list[str]:
    """The pages of two certificates."""
    with staffed.desk.open_reading() as work:
        return [str(work.certificates.of_registration(number, 1)[0].page_id) for number in staffed.numbers[:2]]


def verdict_of_pdf(desk: Desk, attached: Sequence[bytes], codes: Sequence[str], *, now: datetime) -> CodeVerdict:
    return verdict_of_handed_in(desk, b"%PDF", Found(Kind.PDF, tuple(codes), tuple(attached)), now=now)


def about(answer: CodeVerdict) -> str | None:
    return answer.verdict.get("about")


def told(answer: CodeVerdict) -> tuple[str, str | None]:
    return answer.verdict["state"], answer.page_id


def why(answer: CodeVerdict) -> tuple[str, str]:
    return answer.verdict["state"], answer.verdict["checks"][0]["code"]


AMBIGUOUS = ("could_not_check", "ambiguous_input")


def test_a_picture_without_a_code_is_malformed(staffed: Office) -> None:
    assert why(verdict_of_codes(staffed.desk, (), now=AT)) == ("malformed", "no_code_found")


def test_ours_is_taken_before_those_of_others(staffed: Office, pages: list[str]) -> None:
    own = paper_text(staffed.desk, pages[0])
    for texts in ((own,), (FOREIGN, own), (own, "http://[::1", "WIFI:S:cafe;;")):
        answer = verdict_of_codes(staffed.desk, texts, now=AT)
        assert (*told(answer), answer.is_readable) == ("valid", pages[0], True)


def test_two_of_ours_are_asked_for_one_at_a_time(staffed: Office, pages: list[str]) -> None:
    texts = [paper_text(staffed.desk, page) for page in pages]
    assert why(verdict_of_codes(staffed.desk, texts, now=AT)) == AMBIGUOUS


def test_only_codes_of_others_are_foreign(staffed: Office) -> None:
    answer = verdict_of_codes(staffed.desk, (FOREIGN, "https://example.org/"), now=AT)
    assert (answer.verdict["state"], answer.host) == ("foreign_code", "cse-verify.example.net")


def test_the_digits_alone_lead_to_their_page(staffed: Office, pages: list[str]) -> None:
    digits = paper_text(staffed.desk, pages[0]).partition("#")[2]
    spaced = " ".join(digits[place : place + 17] for place in range(0, len(digits), 17))
    for text in (digits, f" {spaced}\n"):
        answer = verdict_of_code(staffed.desk, text, now=AT)
        assert (*told(answer), answer.is_readable) == ("valid", pages[0], True)


def test_digits_that_nobody_was_given_lead_nowhere(staffed: Office, pages: list[str]) -> None:
    digits = paper_text(staffed.desk, pages[0]).partition("#")[2]
    changed = digits[:40] + str((int(digits[40]) + 1) % 10) + digits[41:]
    assert verdict_of_code(staffed.desk, changed, now=AT).verdict["state"] in {"unknown", "malformed"}
    assert verdict_of_code(staffed.desk, digits[:-1], now=AT).verdict["state"] == "malformed"
    assert verdict_of_code(staffed.desk, "00", now=AT).verdict["state"] == "malformed"
    assert verdict_of_code(staffed.desk, "0" * 17, now=AT).verdict["state"] == "unknown"
    assert verdict_of_code(staffed.desk, "１" * 17, now=AT).verdict["state"] == "unknown"


def test_without_the_register_digits_are_not_judged(staffed: Office) -> None:
    staffed.database.execute("ALTER TABLE paper_code RENAME TO gone")
    assert verdict_of_code(staffed.desk, "0" * 17, now=AT).verdict["state"] == "could_not_check"


def test_a_pdf_without_a_certificate_is_a_picture(staffed: Office, pages: list[str]) -> None:
    answer = verdict_of_pdf(staffed.desk, (), (paper_text(staffed.desk, pages[0]),), now=AT)
    assert (*told(answer), about(answer)) == ("valid", pages[0], "paper_code")
    assert verdict_of_pdf(staffed.desk, (), (), now=AT).verdict["state"] == "malformed"


def test_threat_U10_a_pdf_with_two_certificates_is_not_judged(staffed: Office, pages: list[str]) -> None:
    document = document_of(staffed.desk, pages[0])
    answer = verdict_of_pdf(staffed.desk, (document, document), (), now=AT)
    assert (why(answer), about(answer)) == (AMBIGUOUS, None)


def test_threat_U15_the_attached_certificate_is_judged_and_the_page_is_not(staffed: Office, pages: list[str]) -> None:
    document, own = document_of(staffed.desk, pages[0]), paper_text(staffed.desk, pages[0])
    for texts in ((own,), (own.partition("#")[0],), (FOREIGN, own)):
        answer = verdict_of_pdf(staffed.desk, (document,), texts, now=AT)
        assert (answer.verdict["state"], about(answer), answer.is_readable) == ("valid", "attachment", None)
    edited = document.replace("林知远".encode(), "林志远".encode())
    assert verdict_of_pdf(staffed.desk, (edited,), (own,), now=AT).verdict["state"] == "invalid"


def test_threat_U15_a_page_and_a_certificate_that_disagree_are_not_judged(staffed: Office, pages: list[str]) -> None:
    document, (own, other) = document_of(staffed.desk, pages[0]), [paper_text(staffed.desk, page) for page in pages]
    glued = own.partition("#")[0] + "#" + other.partition("#")[2]
    nowhere = f"{BASE}/V/7Q2MX4T9K0RB3WZD8HVN"
    for texts in ((), (other,), (FOREIGN,), (glued,), (nowhere,), (own, other), ("just text",)):
        answer = verdict_of_pdf(staffed.desk, (document,), texts, now=AT)
        assert (why(answer), about(answer)) == (AMBIGUOUS, None), texts
    for attached in (b'{"id": 1}', b"{}"):
        assert why(verdict_of_pdf(staffed.desk, (attached,), (own,), now=AT)) == AMBIGUOUS


def test_threat_U15_a_page_that_was_not_seen_whole_agrees_with_nothing(staffed: Office, pages: list[str]) -> None:
    document, own = document_of(staffed.desk, pages[0]), paper_text(staffed.desk, pages[0])
    for kind, attached in ((Kind.PDF, (document,)), (Kind.PNG, (document,)), (Kind.PNG, ()), (Kind.PDF, ())):
        found = Found(kind, (own,), attached, is_whole=False)
        assert why(verdict_of_handed_in(staffed.desk, b"x", found, now=AT)) == AMBIGUOUS


@pytest.mark.parametrize("row", [pytest.param(row, id=f"threat_{row}") for row in ("U15", "Q06")])
def test_a_presentation_is_no_certificate_whatever_it_calls_itself(staffed: Office, pages: list[str], row: str) -> None:
    shown, other = (json.loads(document_of(staffed.desk, page)) for page in pages)
    frame = {"@context": ["https://www.w3.org/ns/credentials/v2"], "id": other["id"]}
    texts = (f"{BASE}/v/{pages[1]}",)
    for types in ("VerifiablePresentation", ["VerifiablePresentation"]):
        content = json.dumps({**frame, "type": types, "verifiableCredential": [shown]}).encode()
        found = Found(Kind.PDF if row == "U15" else Kind.PNG, texts, (content,))
        answer = verdict_of_handed_in(staffed.desk, b"x", found, now=AT)
        assert (about(answer), answer.verdict["outcome"]) == (
            (None, "indeterminate") if row == "U15" else ("image_mismatch", answer.verdict["outcome"])
        )


def test_an_attached_file_that_is_no_json_is_refused(staffed: Office) -> None:
    with pytest.raises(UnreadableDocumentError):
        verdict_of_pdf(staffed.desk, (b"{",), (), now=AT)


def test_a_foreign_document_in_a_pdf_is_judged_like_any_other(staffed: Office) -> None:
    document = json.dumps({"@context": ["https://www.w3.org/ns/credentials/v2"], "type": "VerifiableCredential"})
    answer = verdict_of_pdf(staffed.desk, (document.encode(),), (), now=AT)
    assert answer.verdict["outcome"] != "valid"


def test_without_the_register_a_pdf_is_not_judged(staffed: Office, pages: list[str]) -> None:
    document = document_of(staffed.desk, pages[0])
    staffed.database.execute("ALTER TABLE certificate RENAME TO gone")
    with pytest.raises(StoreError):
        verdict_of_pdf(staffed.desk, (document,), (), now=AT)
