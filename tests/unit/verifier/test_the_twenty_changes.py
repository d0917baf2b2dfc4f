"""One member changed after signing: always refused, by the text proof and by whatever else the change breaks.

The list is that of `credential.md` 5. The same changes signed again with the real keys (a mistake of ours, or
a thief of both keys) are refused by the closed schema wherever something is said twice, and in any case by
the digest in the register.
"""

from typing import Any

import pytest

from issuer.proofs import document_bytes
from tests.support import world
from tests.support.expect import DROP, changed, faults, finding
from tests.support.online import online
from verifier.checks import Outcome
from verifier.judge import judge
from verifier.state import State
from verifier.verdict import report_state, verdict

GEO = world.did("geo")
SUBJECT, REGISTRATION = "credentialSubject", "credentialSubject/registration"

# What is changed, its new value, and the place that the check `schema` names (None: the text proof alone sees it).
CHANGES = [
    pytest.param(f"{SUBJECT}/nameHans", "林致远", f"/{SUBJECT}/name", id="nameHans"),
    pytest.param(f"{SUBJECT}/name", "林知远 Lin Z.", f"/{SUBJECT}/name", id="name"),
    pytest.param(
        f"{SUBJECT}/identifier/0/identityHash", "Lin Z.", f"/{SUBJECT}/identifier/0/identityHash", id="identityHash"
    ),
    pytest.param(f"{REGISTRATION}/grade", "SPE", f"/{SUBJECT}/achievement/id", id="grade"),
    pytest.param(f"{REGISTRATION}/field", "MEC", f"/{REGISTRATION}/registerNumber", id="field"),
    pytest.param(
        f"{REGISTRATION}/registerNumber", "CSE26ELE00012476", f"/{SUBJECT}/licenseNumber", id="registerNumber"
    ),
    pytest.param(f"{SUBJECT}/licenseNumber", "CSE26ELE00012476", f"/{SUBJECT}/licenseNumber", id="licenseNumber"),
    pytest.param("validUntil", "2036-03-15T23:59:59+08:00", "/validUntil", id="validUntil"),
    pytest.param(f"{REGISTRATION}/termUntil", "2036-03-15", "/validUntil", id="termUntil"),
    pytest.param(f"{REGISTRATION}/society", GEO, f"/{REGISTRATION}/society", id="society"),
    pytest.param(f"{SUBJECT}/achievement/creator/id", GEO, f"/{REGISTRATION}/society", id="creator"),
    pytest.param("credentialStatus/0/statusListIndex", "7", "/credentialStatus/1/statusListIndex", id="status-index"),
    pytest.param("credentialStatus/1", DROP, "/credentialStatus", id="status-entry-dropped"),
    pytest.param("evidence/0/interviewOn", "2026-03-09", None, id="interviewOn"),
    pytest.param(f"{REGISTRATION}/standard", "T/CAS 326-2018", f"/{SUBJECT}/achievement/id", id="standard"),
    pytest.param("issuer/name", "Chinese Society of Engineers", None, id="issuer-name"),
    pytest.param("termsOfUse/id", f"{world.BASE}/terms/certificate/v2", None, id="termsOfUse"),
    pytest.param(f"{SUBJECT}/id", f"{world.BASE}/credentials/x#holder", f"/{SUBJECT}/id", id="subject-id"),
    pytest.param("evidence", DROP, None, id="evidence-dropped"),
    pytest.param("awarded", "yes", "/awarded", id="unmapped-term"),
]


@pytest.mark.parametrize(("path", "value", "pointer"), CHANGES)
def test_a_changed_member_is_refused(path: str, value: Any, pointer: str | None) -> None:
    content = document_bytes(changed(world.parsed(world.certificate()), (path, value)))
    report = judge(content, online(content), now=world.NOW)
    assert report.outcome is Outcome.INVALID
    assert finding(report, "schema").pointer == pointer
    if path.endswith("creator/id"):
        assert (finding(report, "proofs").code, faults(report)["issuer_binding"]) == (
            "proof_set_shape",
            "issuer_binding",
        )
    else:
        assert finding(report, "proofs").code == "signature"
        assert finding(report, "proofs").pointer == "/proof/1"
    assert report_state(report) is State.INVALID
    assert "certificate" not in verdict(report)


@pytest.mark.parametrize(("path", "value", "pointer"), CHANGES[:-1])
def test_a_changed_member_signed_again_is_still_refused(path: str, value: Any, pointer: str | None) -> None:
    document = changed(world.parsed(world.certificate()), (path, value))
    content = world.signed(document, "cse/issue-2026", "ele/issue-2026")
    report = judge(content, online(), now=world.NOW)
    assert report.outcome is Outcome.INVALID
    if pointer is None:
        assert faults(report) == {"register": "content_differs"}
        assert report_state(report) is State.SIGNED_BUT_NOT_REGISTERED
    else:
        assert finding(report, "schema").pointer == pointer
        assert faults(report)["schema"] in {"schema", "inconsistent"}


def test_the_unchanged_certificate_is_valid() -> None:
    report = judge(world.certificate(), online(), now=world.NOW)
    assert (report.outcome, faults(report), report_state(report)) == (Outcome.VALID, {}, State.VALID)


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        ("credentialSubject/salary", 7, "/credentialSubject/salary"),
        ("credentialStatus", DROP, "/credentialStatus"),
        ("proof/0/proofPurpose", "authentication", "/proof/0/proofPurpose"),
        ("proof/1/proofPurpose", "authentication", "/proof/1/proofPurpose"),
        ("proof/0/proofValue", "uAAAA", "/proof/0/proofValue"),
        ("proof/2/cryptosuite", "eddsa-2022", "/proof/2/cryptosuite"),
        ("proof/1/@context", DROP, "/proof/1/@context"),
        ("proof/3/created", DROP, "/proof/3/created"),
        ("proof/3", 7, "/proof/3"),
    ],
)
def test_the_form_is_refused_at_the_member_at_fault(path: str, value: Any, pointer: str) -> None:
    content = document_bytes(changed(world.parsed(world.certificate()), (path, value)))
    assert finding(judge(content, online(content), now=world.NOW), "schema").pointer == pointer
