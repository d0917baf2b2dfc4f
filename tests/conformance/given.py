"""What is given to other verifiers: certificates as issued, and each way of spoiling one that they may not notice."""

import json
from collections.abc import Mapping
from typing import Any

from registry.demo.plan import Story
from tests.integration.registers import Demo
from tests.support.expect import DROP, changed
from tests.support.respelled import V2, full_status, typed

Document = dict[str, Any]
PROOFS = ("CSE's rdfc proof", "CSE's jcs proof", "society's rdfc proof", "society's jcs proof")
"""In the order in which a certificate carries them."""


def issued(demo: Demo, story: Story, grade: str | None = None) -> Document:
    """Return the certificate of somebody with this story (and grade), as it was handed out."""
    number = next(n for n, one in demo.engineers.items() if one.story == story and grade in {None, one.grade})
    with demo.desk().open_reading() as work:
        certificate = work.certificates.by_page(demo.pages()[number])
    assert certificate is not None
    value: Document = json.loads(certificate.document)
    return value


def as_issued(demo: Demo) -> dict[str, Document]:
    """Return a good certificate, and one for each status bit, for both, and for the end of time."""
    return {
        "as issued": issued(demo, Story.VALID, "PE"),
        "suspension bit set": issued(demo, Story.SUSPENDED_CPD),
        "revocation bit set": issued(demo, Story.REVOKED),
        "both bits set": issued(demo, Story.REVOKED_WHILE_HELD),
        "expired": issued(demo, Story.EXPIRED),
    }


def everything(demo: Demo) -> dict[str, Document]:
    """Return every document that is given, by what it is called in the table."""
    found = as_issued(demo)
    good = found["as issued"]
    ordered = {
        "another order: proofs": {**good, "proof": good["proof"][::-1]},
        "another order: types": {**good, "type": good["type"][::-1]},
    }
    return found | ordered | _one_character(good) | _proofs(good) | _respelled(demo, found)


def _other(text: str, place: int = -1) -> str:
    """Return `text` with another character at `place`."""
    swapped = "2" if text[place] != "2" else "3"
    return text[:place] + swapped + text[place:][1:]


def _one_character(good: Document) -> dict[str, Document]:
    until, entries = good["validUntil"], good["credentialStatus"]
    paths = ("credentialStatus/0/statusListIndex", "credentialStatus/1/statusListIndex")
    index = _other(entries[0]["statusListIndex"])
    name = _other(good["credentialSubject"]["name"])
    return {
        "one character: name": changed(good, ("credentialSubject/name", name)),
        "one character: grade": changed(good, ("credentialSubject/registration/grade", "AE")),
        "one character: validUntil": changed(good, ("validUntil", _other(until, 2))),
        "one character: status index": changed(good, *((path, index) for path in paths)),
    }


def _proofs(good: Document) -> dict[str, Document]:
    removed = {f"removed: {name}": changed(good, (f"proof/{place}", DROP)) for place, name in enumerate(PROOFS)}
    removed["removed: society's two proofs"] = {**good, "proof": good["proof"][:2]}
    removed["removed: CSE's two proofs"] = {**good, "proof": good["proof"][2:]}
    removed["removed: both jcs proofs"] = {**good, "proof": good["proof"][::2]}
    broken = {
        f"broken: {name}": changed(good, (f"proof/{place}/proofValue", _other(good["proof"][place]["proofValue"])))
        for place, name in enumerate(PROOFS)
    }
    return removed | broken


def _respelled(demo: Demo, found: Mapping[str, Document]) -> dict[str, Document]:
    good, expired, revoked, held = (
        found[name] for name in ("as issued", "expired", "revocation bit set", "suspension bit set")
    )
    registration = ("credentialSubject", "registration")
    full_grade = (*registration, f"{demo.base}/ns/registration/v1#grade")
    grade = good["credentialSubject"]["registration"]["grade"]
    status = (f"{V2}credentialStatus",)
    ends, holds = revoked["credentialStatus"], held["credentialStatus"]
    return {
        "full address: grade": changed(good, ((*registration, "grade"), DROP), (full_grade, grade)),
        "full address: validUntil of an expired one": changed(
            expired, ("validUntil", DROP), ((f"{V2}validUntil",), typed(expired["validUntil"]))
        ),
        "full address: revocation entry of a revoked one": changed(
            revoked, ("credentialStatus", ends[1:]), (status, full_status(ends[:1]))
        ),
        "full address: suspension entry of a suspended one": changed(
            held, ("credentialStatus", holds[:1]), (status, full_status(holds[1:]))
        ),
        "full address: both entries of a revoked one": changed(
            revoked, ("credentialStatus", DROP), (status, full_status(ends))
        ),
    }
