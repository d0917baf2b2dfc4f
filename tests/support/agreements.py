"""Agreements of the test register: what is recorded of one, its signed statement, and a trust list that pins some."""

import hashlib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from issuer.documents import TrustListContent, unsigned_agreement
from schemas.tables import read_table
from tests.support import bodies, world
from verifier.trust import TrustList

GIVEN: dict[str, Any] = {
    "id": "t1",
    "agreementVersion": 1,
    "party": [{"id": "did:web:engineers.xa.example", "nameHans": "示例理事会", "nameLatin": "Example Board"}],
    "jurisdictions": ["XA"],
    "kind": "binding",
    "direction": "both",
    "targetTitle": "Registered Engineer (XA)",
    "signedOn": "2025-01-15",
    "effectiveFrom": "2025-03-01",
    "effectiveTo": "2029-12-31",
    "stateHistory": [{"state": "signed", "sinceDate": "2025-01-15"}, {"state": "in_force", "sinceDate": "2025-03-01"}],
    "mapping": [
        {"grade": "PE", "fields": ["ELE"], "targetDiscipline": "Power"},
        {"grade": "PE", "fields": ["ICT"], "targetDiscipline": "Networks"},
        {"grade": "SPE", "fields": ["ELE"]},
    ],
    "conditions": {
        "activeRequired": True,
        "minYearsRegistered": 2,
        "countLowerGrades": False,
        "minYearsExperience": 7,
        "minResponsibleYears": 2,
        "cpdLastN": 3,
        "acceptCuredCpd": False,
        "conductLookbackYears": 5,
        "degreeAccreditation": ["washington_accord"],
        "maxCredentialAgeDays": 90,
        "acceptInterim": True,
        "manual": [{"textHans": "当地法律面谈", "textEnglish": "interview on local law"}],
    },
    "savings": {"lodgedBy": "2029-12-31", "decideBy": "2030-06-30"},
    "suspensionStopsLodged": True,
    "simplifiedProcedure": {"textHans": "面谈", "textEnglish": "Interview"},
    "document": "https://engineers.xa.example/agreement.pdf",
}
"""Every member that there is."""

OF_DEMO: tuple[dict[str, Any], ...] = tuple(
    {name: member for name, member in given.items() if name != "recorded"}
    for given in read_table("agreements.json", "demo", "registry")["agreements"]
)


def given(**changed: Any) -> dict[str, Any]:
    """Return what is recorded, but for what is `changed`; None leaves a member out."""
    members = deepcopy(GIVEN) | changed
    return {name: member for name, member in members.items() if member is not None}


def statement(told: Mapping[str, Any], *labels: str) -> bytes:
    """Return the statement of what is recorded, signed by the key for statements, or by others."""
    unsigned = unsigned_agreement(dict(told), base=world.BASE, is_demo=True, now=world.ISSUED)
    return world.signed(unsigned, *(labels or ("statements/statement-2026",)))


def files(*told: Mapping[str, Any]) -> dict[str, bytes]:
    """Return statements by their paths."""
    return {f"/agreements/{one['id']}/{one['agreementVersion']}": statement(one) for one in told}


def _content(published: Mapping[str, bytes]) -> TrustListContent:
    pinned = tuple((world.BASE + path, hashlib.sha256(content).hexdigest()) for path, content in published.items())
    return replace(bodies.TRUST_LIST, resources=(*bodies.TRUST_LIST.resources, *pinned))


def pinning(published: Mapping[str, bytes]) -> TrustList:
    """Return the trust list that pins these files."""
    return bodies.trust(_content(published))


def pinning_list(published: Mapping[str, bytes]) -> bytes:
    """Return the bytes of the trust list that pins these files."""
    return bodies.trust_list(_content(published))
