"""Every mandatory member with every wrong type, asked of the conformance port; the answers expected are the table's.

`make conformance` asks for every cell (FULL_MATRIX=1); `make test` for every seventh.
"""

import json
import os
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from tests.conformance.port import Document, Holder, Port
from tests.integration.registers import AT
from tests.support.data_model import (
    DID,
    MISSING,
    RULES,
    V1,
    V2,
    VOCABULARY,
    Rule,
    are_types,
    cells,
    contexts_of,
    has_type,
    is_readable,
    is_url,
    meant,
    moment,
    plain_issuer,
    several,
    with_value,
)

STEP = 1 if os.environ.get("FULL_MATRIX") else 7
VERSIONS = ("2.0", "1.1")


def every(items: Sequence[Any]) -> Sequence[Any]:
    """Return all of a table, or the part of it that a quick run asks for."""
    return items[::STEP]


def document(version: str, member: str, value: Any) -> Document:
    """Return the least credential with the value, in contexts that give every word a meaning."""
    made = with_value(version, member, value)
    if version == "1.1" and made.get("@context") == [V1]:
        made["@context"] = [V1, VOCABULARY]
    return made


def all_cells(version: str) -> Iterator[tuple[str, Any, bool]]:
    for member in RULES[version]:
        for value, accepted in cells(version, member, every(meant(member))):
            yield member, value, accepted and is_readable(value)


def renamed(node: Any, did: str) -> Any:
    """Return `node` in which the issuer of the table has another DID."""
    return json.loads(json.dumps(node).replace(DID, did))


def told(figures: list[str], name: str, answers: list[int], unexpected: list[str]) -> None:
    """Add the line of figures, and fail if an answer was not that of the table."""
    part = "" if STEP == 1 else f", every {STEP}th cell"
    counts = ", ".join(f"{status}: {answers.count(status)}" for status in sorted(set(answers)))
    figures.append(f"conformance {name}: cells={len(answers)} ({counts}{part}) unexpected={len(unexpected)}")
    assert unexpected == [], "\n".join(unexpected)


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_issued(port: Port, version: str, figures: list[str]) -> None:
    answers, unexpected = [], []
    for member, value, accepted in all_cells(version):
        expected = 201 if accepted or (member == "issuer" and value is MISSING) else 400
        status, content = port.issue(document(version, member, value))
        answers.append(status)
        if status != expected or (status == 400) is not bool(content.get("errors")):
            unexpected.append(f"{member} {value!r}: {status} {content}")
    told(figures, f"issue VCDM {version}", answers, unexpected)


def holds_now(member: str, value: Any) -> bool:
    """Tell whether a good date lets the credential hold at the moment of the port."""
    instant = moment(value)
    if instant is None or member not in {"validFrom", "issuanceDate", "validUntil", "expirationDate"}:
        return True
    return instant <= AT if member in {"validFrom", "issuanceDate"} else instant >= AT


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_verified(port: Port, version: str, figures: list[str]) -> None:
    signer, answers, unexpected = Holder(), [], []
    for member, value, accepted in all_cells(version):
        named = value.get("id") if isinstance(value, dict) else value
        is_bound = member != "issuer" or named == DID
        is_beyond = "9" * 40 in json.dumps(value, default=str)  # No list is so long: RANGE_ERROR.
        expected = 200 if accepted and is_bound and holds_now(member, value) and not is_beyond else 400
        status, content = port.verify(signer.sign(renamed(document(version, member, value), signer.did)))
        answers.append(status)
        if status != expected or content["verified"] is not (status == 200):
            unexpected.append(f"{member} {value!r}: {status} {content}")
    told(figures, f"verify VCDM {version}", answers, unexpected)


def is_first(value: Any) -> bool:
    """A presentation of either version: its base context first, and no base context after it (4.3)."""
    return contexts_of(V2, V1)(value) or contexts_of(V1, V2)(value)


def is_presentation_type(value: Any) -> bool:
    """One value is `VerifiablePresentation`; that of a credential beside it would be two documents in one."""
    kinds = value if isinstance(value, list) else [value]
    return are_types(value) and "VerifiablePresentation" in kinds and "VerifiableCredential" not in kinds


def is_holder(value: Any) -> bool:
    """A URL, or an object with one as `id` (4.13), and here whoever signed."""
    return plain_issuer(value) and (value.get("id") if isinstance(value, dict) else value) == DID


PRESENTED: dict[str, Rule] = {
    "@context": is_first,
    "type": is_presentation_type,
    "id": is_url,
    "holder": is_holder,
    "verifiableCredential": lambda value: value == [],  # Values of the table are no credentials.
    "termsOfUse": several(has_type),
}


def swapped(value: Any) -> Any:
    """Return a type of the table with the two base types exchanged."""
    names = {"VerifiableCredential": "VerifiablePresentation", "VerifiablePresentation": "VerifiableCredential"}
    return json.loads(re.sub("|".join(names), lambda found: names[found[0]], json.dumps(value)))


def test_what_is_verified_of_a_presentation(port: Port, figures: list[str]) -> None:
    signer, answers, unexpected = Holder(), [], []
    frame: Document = {"@context": [V2, VOCABULARY], "type": ["VerifiablePresentation"], "holder": DID}
    for member, rule in PRESENTED.items():
        for value in every(meant(member)):
            made = swapped(value) if member == "type" and value is not MISSING else value
            document = {name: one for name, one in {**frame, member: made}.items() if one is not MISSING}
            accepted = member not in {"@context", "type"} if made is MISSING else rule(made) and is_readable(made)
            status, content = port.verify_presentation(signer.present(renamed(document, signer.did)))
            answers.append(status)
            if status != (200 if accepted else 400):
                unexpected.append(f"{member} {made!r}: {status} {content}")
    told(figures, "verify a presentation", answers, unexpected)
