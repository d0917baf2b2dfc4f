"""Our own certificate as a value, and the consistency that a JSON Schema cannot say (`credential.md` 2)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

import orjson

from schemas import addresses, codes
from schemas.names import TextError, full_name, has_control_character
from schemas.strict_json import texts
from verifier.instants import InstantError, civil_day, parse_instant

_LIST_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_USUAL = bytes(range(0x20, 0x7F))
_LAST_SECOND = "T23:59:59+08:00"


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What a certificate says, read from the document that was checked and from nothing else."""

    credential_id: str
    page_id: str
    issuer: str
    creator: str
    number: str
    grade: str
    field: str
    society: str
    assessed_by: str | None
    name_hans: str | None
    name_latin: str | None
    valid_from: datetime
    valid_until: datetime
    valid_from_text: str
    valid_until_text: str
    first_registered: str
    term_number: int
    term_from: str
    basis: str
    standard: str
    issue_number: int
    status_index: int
    status_lists: dict[str, str]

    @property
    def society_code(self) -> str:
        """The code of the second signer in the code table; CSE's custodian body has one too."""
        code = addresses.society_code(self.society)
        return codes.CUSTODIAN if code == "CUSTODIAN" else code

    @property
    def registered_by(self) -> str:
        """The code of the society that registered: of what was signed in custody the one that assessed (R-AU-05)."""
        if self.society_code != codes.CUSTODIAN or self.assessed_by is None:
            return self.society_code
        return addresses.society_code(self.assessed_by)

    @property
    def list_number(self) -> int:
        """The number of both status lists."""
        return int(self.status_lists["revocation"].rsplit("-", 1)[-1])


def read_certificate(document: dict[str, Any]) -> CertificateFacts:
    """Return the facts of a certificate that satisfies its schema. Raises `InstantError` on an impossible instant."""
    subject = document["credentialSubject"]
    registration = subject["registration"]
    status = document["credentialStatus"]
    return CertificateFacts(
        credential_id=document["id"],
        page_id=document["id"].rsplit("/", 1)[-1],
        issuer=document["issuer"]["id"],
        creator=subject["achievement"]["creator"]["id"],
        number=registration["registerNumber"],
        grade=registration["grade"],
        field=registration["field"],
        society=registration["society"],
        assessed_by=registration.get("assessedBy"),
        name_hans=subject.get("nameHans"),
        name_latin=subject.get("nameLatin"),
        valid_from=parse_instant(document["validFrom"]),
        valid_until=parse_instant(document["validUntil"]),
        valid_from_text=document["validFrom"],
        valid_until_text=document["validUntil"],
        first_registered=registration["firstRegistered"],
        term_number=registration["termNumber"],
        term_from=registration["termFrom"],
        basis=registration["basis"],
        standard=registration["standard"],
        issue_number=registration["issueNumber"],
        status_index=int(status[0]["statusListIndex"]),
        status_lists={entry["statusPurpose"]: entry["statusListCredential"] for entry in status},
    )


def consistent_facts(document: dict[str, Any], base: str) -> CertificateFacts | str:
    """Return the facts of a certificate, or the JSON Pointer of the first member that contradicts another.

    The document satisfies its schema. Everything that is said twice must be said alike, and every
    address must be the one that the rest of the document leads to.
    """
    try:
        facts = read_certificate(document)
        for pointer, holds in chain(
            _number_rules(document, facts, base),
            _name_rules(document["credentialSubject"], facts),
            _date_rules(document, facts),
            _address_rules(document, facts, base),
            _status_rules(document["credentialStatus"], facts, base),
        ):
            if not holds:
                return pointer
        return facts
    except InstantError:
        return "/validFrom"


def _number_rules(document: dict[str, Any], facts: CertificateFacts, base: str) -> Iterator[tuple[str, bool]]:
    is_page = addresses.PAGE_ID.fullmatch(facts.page_id) is not None
    yield "/id", is_page and facts.credential_id == addresses.credential_url(base, facts.page_id)
    subject, here = document["credentialSubject"], "/credentialSubject/registration"
    begins = f"CSE{facts.first_registered[2:4]}{facts.field}"
    yield f"{here}/registerNumber", addresses.is_register_number(facts.number) and facts.number.startswith(begins)
    yield "/credentialSubject/licenseNumber", subject["licenseNumber"] == facts.number
    expected = addresses.registration_id(base, facts.number, facts.term_number)
    yield f"{here}/id", subject["registration"]["id"] == expected


def _name_rules(subject: dict[str, Any], facts: CertificateFacts) -> Iterator[tuple[str, bool]]:
    name = _printable_name(facts)
    yield "/credentialSubject/nameHans", name is not None
    yield "/credentialSubject/name", subject["name"] == name
    yield "/credentialSubject/identifier/0/identityHash", subject["identifier"][0]["identityHash"] == name


def _printable_name(facts: CertificateFacts) -> str | None:
    try:
        return full_name(facts.name_hans, facts.name_latin)
    except TextError:
        return None


def _date_rules(document: dict[str, Any], facts: CertificateFacts) -> Iterator[tuple[str, bool]]:
    registration = document["credentialSubject"]["registration"]
    china = facts.valid_from_text.endswith("+08:00") and facts.valid_until_text.endswith(_LAST_SECOND)
    yield "/validUntil", china and facts.valid_from < facts.valid_until
    if facts.basis != "interim":
        yield "/validFrom", str(civil_day(facts.valid_from_text)) == registration["termFrom"]
        yield "/validUntil", str(civil_day(facts.valid_until_text)) == registration["termUntil"]
    yield "/credentialSubject/registration/termUntil", registration["termFrom"] < registration["termUntil"]
    since = registration["firstRegistered"] <= registration["gradeSince"] <= registration["termFrom"]
    yield "/credentialSubject/registration/gradeSince", since
    granted = parse_instant(f"{registration['gradeSince']}T00:00:00+08:00")
    for index, proof in enumerate(document.get("proof", [])):
        yield f"/proof/{index}/created", parse_instant(proof["created"]) >= granted


def _address_rules(document: dict[str, Any], facts: CertificateFacts, base: str) -> Iterator[tuple[str, bool]]:
    subject, achievement = document["credentialSubject"], document["credentialSubject"]["achievement"]
    slug = addresses.achievement_slug(facts.creator, facts.assessed_by)
    expected = addresses.achievement_url(base, slug=slug, field=facts.field, grade=facts.grade, standard=facts.standard)
    yield "/credentialSubject/registration/society", facts.society == facts.creator
    yield "/credentialSubject/achievement/id", achievement["id"] == expected
    yield "/credentialSubject/achievement/criteria/id", achievement["criteria"]["id"] == f"{expected}#criteria"
    yield "/credentialSubject/achievement/version", achievement["version"] == facts.standard
    own = subject["id"] == f"{facts.credential_id}#holder" or subject["id"].startswith("did:")
    yield "/credentialSubject/id", own
    for evidence in document.get("evidence", []):
        yield "/evidence/0/id", evidence["id"] == f"{facts.credential_id}#assessment"
    yield "", not _holds_control_characters(document)


def _status_rules(entries: list[dict[str, Any]], facts: CertificateFacts, base: str) -> Iterator[tuple[str, bool]]:
    number = entries[0]["statusListCredential"].rsplit("-", 1)[-1]
    for index, entry in enumerate(entries):
        here, purpose = f"/credentialStatus/{index}", entry["statusPurpose"]
        yield f"{here}/id", entry["id"] == f"{facts.credential_id}#status-{purpose}"
        yield f"{here}/statusListIndex", entry["statusListIndex"] == entries[0]["statusListIndex"]
        is_number = _LIST_NUMBER.fullmatch(number) is not None
        expected = f"{base}/status/{purpose}-{number}"
        yield f"{here}/statusListCredential", is_number and entry["statusListCredential"] == expected


def _holds_control_characters(document: dict[str, Any]) -> bool:
    """Look at all that is no usual ASCII at once; a text with escapes is looked at without them."""
    text = orjson.dumps(document)
    shown = texts(document) if b"\\" in text else (text.translate(None, _USUAL).decode(),)
    return any(map(has_control_character, shown))
