"""One verdict per state, as the verifier would give it."""

import json
from pathlib import Path
from typing import Any

from public_site import catalogue
from verifier.checks import CheckName
from verifier.messages import message

BASE = "http://localhost:8000"
PAGE = "7q2mx4t9k0rb3wzd8hvn"
NEXT = f"{BASE}/v/0a1b2c3d4e5f6g7h8j9k"
NOW = "2026-11-22T05:36:00Z"
NUMBER = "CSE26ELE00012379"
SCHEMA = Path(__file__).parents[3] / "schemas/data/contracts/verdict-v1.json"

# State -> what fails or is unknown, why, what else the verdict holds.
_FAILS: dict[str, dict[str, str]] = {
    "not_yet_valid": {"dates": "fail"},
    "ended_renewed": {"dates": "fail"},
    "suspended": {"suspension": "fail"},
    "expired": {"dates": "fail"},
    "lapsed": {"revocation": "fail"},
    "ended_unspecified": {"revocation": "fail", "register": "unknown"},
    "withdrawn": {"revocation": "fail"},
    "replaced": {"revocation": "fail"},
    "superseded": {"revocation": "fail"},
    "revoked": {"revocation": "fail"},
    "annulled": {"revocation": "fail"},
    "deceased": {"revocation": "fail"},
    "tampered": {"proofs": "fail"},
    "invalid": {"proofs": "fail"},
    "issuer_not_trusted": {"issuer_trusted": "fail"},
    "signed_but_not_registered": {"register": "fail"},
    "not_logged": {"logged": "fail"},
    "not_eligible": {"agreement": "fail"},
    "eligibility_open": {"agreement": "unknown"},
    "malformed": {"parse": "unknown"},
    "foreign_code": {"parse": "unknown"},
    "unsupported": {"parse": "unknown"},
    "unknown": {"register": "unknown"},
    "status_unreachable": {"revocation": "unknown", "suspension": "unknown", "register": "unknown"},
    "could_not_check": {"proofs": "unknown"},
    "offline_genuine": {"revocation": "unknown", "suspension": "unknown"},
    "offline_snapshot": {"register": "skipped"},
    "offline_not_yet": {"dates": "fail"},
    "offline_expired": {"dates": "fail"},
    "offline_unproven": {"proofs": "unknown"},
    "offline_bad": {"proofs": "fail"},
}
_REASONS: dict[str, list[dict[str, str]]] = {
    "suspended": [{"code": "cpd", "since": "2026-05-01"}],
    "lapsed": [{"code": "cpd_lapse", "since": "2026-05-01"}],
    "withdrawn": [{"code": "withdrawn", "since": "2026-05-01"}],
    "replaced": [{"code": "replaced", "since": "2026-05-01"}],
    "superseded": [{"code": "superseded", "since": "2026-05-01"}],
    "revoked": [{"code": "revoked", "since": "2026-05-01"}],
    "annulled": [{"code": "annulled", "since": "2026-05-01"}],
    "deceased": [{"code": "deceased", "since": "2026-05-01"}],
}
_SPE = {"code": "SPE", "label": {"en": "Senior Professional Engineer", "zh": "高级专业工程师"}}
_CURRENT: dict[str, dict[str, Any]] = {
    "ended_renewed": {"state": "valid"},
    "replaced": {"state": "valid", "since": "2026-05-01"},
    "superseded": {"state": "valid", "since": "2026-05-01", "grade": _SPE},
    "valid_on_date": {"state": "suspended", "since": "2026-05-01", "reason": "cpd"},
}


def certificate(**changes: Any) -> dict[str, Any]:
    """Return the certificate of a fictional engineer, with `changes`."""
    return {
        "number": NUMBER,
        "grade": {"code": "PE", "label": {"en": "Professional Engineer", "zh": "专业工程师"}},
        "field": {"code": "ELE", "label": {"en": "Electrical engineering", "zh": "电气工程类"}},
        "society": {
            "code": "ELE",
            "label": {"en": "Society of Electrical Engineers (demo)", "zh": "电气工程学会（演示）"},
        },
        "valid_from": "2024-07-01",
        "valid_until": "2029-06-30",
        "first_registered": "2024-07-01",
        "names": {"hans": "欧阳明远", "latn": "OUYANG Mingyuan"},
    } | changes


def checks(changes: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """Return the 14 checks: passed, but for `changes` and the two harmless skips."""
    found = [{"name": name, "result": (changes or {}).get(name, "pass")} for name in map(str, CheckName)]
    for check in found:
        if check["name"] == "register" and check["result"] == "skipped":
            check["code"] = "offline"
        if check["result"] == "pass" and check["name"] in {"logged", "agreement"}:
            code = {"logged": "log_not_begun", "agreement": "not_asked"}[check["name"]]
            check |= {"result": "skipped", "code": code}
        if "code" in check:
            check["detail"] = message(check["code"])[0]
    return found


def verdict(state: str, **changes: Any) -> dict[str, Any]:
    """Return the verdict of `state`; `changes` go into its certificate."""
    dates = {
        "expired": {"valid_from": "2021-10-01", "valid_until": "2026-09-30", "grace_until": "2027-09-30"},
        "ended_renewed": {"valid_from": "2021-10-01", "valid_until": "2026-09-30"},
        "not_yet_valid": {"valid_from": "2027-01-01", "valid_until": "2031-12-31"},
        "offline_not_yet": {"valid_from": "2027-01-01", "valid_until": "2031-12-31"},
    }
    more: dict[str, Any] = dict(dates.get(state, {}))
    if more.get("valid_from", "9") < "2024":
        more["first_registered"] = more["valid_from"]
    if state in _REASONS:
        more["status_reason"] = _REASONS[state]
    if state in {"ended_renewed", "replaced", "superseded"}:
        more["successor"] = NEXT
    answer = {
        "outcome": catalogue.states("en")[state].outcome,
        "state": state,
        "checked_at": NOW,
        "as_of": "2026-03-01T15:59:59Z" if state == "valid_on_date" else NOW,
        "document_sha256": "3f" * 32,
        "paper_sha256": ["9c" * 32],
        "checks": checks(_FAILS.get(state)),
        "certificate": certificate(**(more | changes)),
        "freshness": {
            "status_list": {"issued_at": "2026-11-22T05:30:00Z", "max_age_s": 1800},
            "trust_list": {"issued_at": "2026-11-22T00:00:00Z", "max_age_s": 604800},
        },
        "basis": {"base_url": BASE, "root_sha256": "a7" * 32, "trust_list_version": 7},
    }
    if state in _CURRENT:
        answer["current"] = _CURRENT[state]
    return answer


def schema() -> dict[str, Any]:
    """Return the contract with its base filled in."""
    found: dict[str, Any] = json.loads(SCHEMA.read_text().replace("{base}", BASE))
    return found


STATES = tuple(catalogue.states("en"))
