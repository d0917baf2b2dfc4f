"""Which key, of which body, at which time, for which field and grade: decided by the signed trust list alone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from issuer.build import unsigned_certificate
from issuer.profile import CertificateProfile
from tests.support import world
from tests.support.bodies import key
from tests.support.expect import changed, faults, finding, unknowns
from tests.support.online import online
from verifier.checks import CheckName, Outcome, Profile
from verifier.judge import judge
from verifier.report import Report
from verifier.sources import RegisterKnows
from verifier.state import State
from verifier.trust import Body, Scope, Signing, scope_covers
from verifier.verdict import report_state, verdict

SECOND = timedelta(seconds=1)
CSE_ISSUE, ELE_ISSUE = "cse/issue-2026", "ele/issue-2026"
COMPROMISED = datetime(2026, 2, 10, tzinfo=UTC)
GEO_RETIRED = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)


def number(stem: str) -> str:
    """Give a register number its check digits."""
    rest = int("".join(str(int(character, 36)) for character in stem) + "00") % 97
    return f"{stem}{98 - rest:02}"


def of(society: str, on: date, **more: Any) -> CertificateProfile:
    """Return an initial registration by another society, made on a day."""
    return replace(
        world.PROFILE,
        society=society,
        field=society,
        number=number(f"CSE26{society}000123"),
        grade_since=on,
        first_registered=on,
        term_from=on,
        term_until=on.replace(year=on.year + 5) - timedelta(days=1),
        valid_from=datetime(on.year, on.month, on.day, tzinfo=UTC) - timedelta(hours=8),
        **more,
    )


MEC = of("MEC", date(2026, 1, 20))
GEO = of("GEO", date(2026, 3, 20))
BEFORE = datetime(2026, 1, 20, 2, 0, tzinfo=UTC)


def judged(content: bytes, *, now: datetime = world.NOW, **register: Any) -> Report:
    return judge(content, online(content, **register), now=now)


def test_threat_K01_a_back_dated_certificate_of_a_stolen_key_is_in_no_register() -> None:
    report = judged(world.certificate(MEC, created=BEFORE), knows=RegisterKnows.ABSENT)
    assert (report.outcome, report_state(report)) == (Outcome.INVALID, State.SIGNED_BUT_NOT_REGISTERED)
    assert faults(report) == {"register": "not_registered"}
    assert unknowns(report) == {"issuer_trusted": "key_compromised_later"}


@pytest.mark.parametrize(
    ("issued_at", "outcome"),
    [
        pytest.param(COMPROMISED - SECOND, Outcome.VALID, id="threat_K02-issued-a-second-before"),
        pytest.param(COMPROMISED, Outcome.INDETERMINATE, id="threat_K01-issued-at-that-second"),
        pytest.param(COMPROMISED + SECOND, Outcome.INDETERMINATE, id="threat_K01-issued-a-second-after"),
        pytest.param(None, Outcome.INDETERMINATE, id="threat_K01-no-date-of-issue"),
    ],
)
def test_only_the_register_tells_whether_a_key_signed_before_it_was_stolen(
    issued_at: datetime | None, outcome: Outcome
) -> None:
    report = judged(world.certificate(MEC, created=BEFORE), issued_at=issued_at)
    assert report.outcome is outcome
    assert finding(report, "issuer_trusted").code == "key_compromised_later"
    assert report_state(report) is (State.VALID if outcome is Outcome.VALID else State.COULD_NOT_CHECK)


@pytest.mark.parametrize(
    ("created", "code"),
    [
        pytest.param(COMPROMISED - SECOND, None, id="threat_K02-signed-a-second-before"),
        pytest.param(COMPROMISED, "key_compromised", id="threat_K01-signed-at-that-second"),
    ],
)
def test_what_a_stolen_key_signed_after_the_theft_is_refused(created: datetime, code: str | None) -> None:
    report = judged(world.certificate(MEC, created=created), issued_at=BEFORE)
    assert faults(report).get("issuer_trusted") == code
    assert report_state(report) is (State.ISSUER_NOT_TRUSTED if code else State.VALID)


def test_the_successor_of_a_stolen_key_is_trusted() -> None:
    profile = of("MEC", date(2026, 2, 12))
    created = profile.valid_from
    content = world.certificate(profile, created=created, signers=(CSE_ISSUE, "mec/issue-2026b"))
    assert judged(content).outcome is Outcome.VALID


@pytest.mark.parametrize(
    ("created", "outcome", "code"),
    [
        pytest.param(GEO_RETIRED - SECOND, Outcome.VALID, None, id="threat_K03-signed-a-second-before"),
        pytest.param(GEO_RETIRED, Outcome.INVALID, "key_outside_its_time", id="threat_K04-signed-at-retirement"),
        pytest.param(
            GEO_RETIRED + SECOND, Outcome.INVALID, "key_outside_its_time", id="threat_K04-signed-a-second-after"
        ),
        pytest.param(
            datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC),
            Outcome.INVALID,
            "key_outside_its_time",
            id="signed-before-the-key-began",
        ),
    ],
)
def test_a_key_signs_within_its_time(created: datetime, outcome: Outcome, code: str | None) -> None:
    report = judged(world.certificate(GEO, created=created))
    assert (report.outcome, finding(report, "issuer_trusted").code) == (outcome, code)
    assert report_state(report) is (State.ISSUER_NOT_TRUSTED if code else State.VALID)


def forged(*labels: str, **changes: Any) -> bytes:
    """Return the standard certificate with other members, signed by other keys of ours."""
    names = [(path.replace("__", "/"), value) for path, value in changes.items()]
    return world.signed(changed(unsigned_certificate(world.PROFILE), *names), *labels)


CLASSES = [
    pytest.param(("cse/status-2026", ELE_ISSUE), {}, "key_class", id="threat_K13-status-key"),
    pytest.param(("cse/seal-2026", ELE_ISSUE), {}, "key_class", id="threat_K14-seal-key"),
    pytest.param(
        ("statements/statement-2026", ELE_ISSUE),
        {"issuer__id": world.did("statements")},
        "issuer_not_trusted",
        id="threat_K14-statement-key",
    ),
    pytest.param(
        ("statements/manifest-2026", ELE_ISSUE),
        {"issuer__id": world.did("statements")},
        "issuer_not_trusted",
        id="threat_K14-manifest-key",
    ),
    pytest.param(
        ("verifier/receipt-2026", ELE_ISSUE),
        {"issuer__id": world.did("verifier")},
        "issuer_not_trusted",
        id="threat_K15-verifier-as-issuer",
    ),
    pytest.param(
        (ELE_ISSUE, "ict/issue-2026"),
        {"issuer__id": world.did("ele"), "credentialSubject__achievement__creator__id": world.did("ict")},
        "issuer_not_trusted",
        id="threat_K15-society-as-issuer",
    ),
    pytest.param(
        ("custodian/issue-2026", ELE_ISSUE),
        {"issuer__id": world.did("custodian")},
        "issuer_not_trusted",
        id="threat_K15-custodian-as-issuer",
    ),
    pytest.param(
        (CSE_ISSUE, "statements/statement-2026"),
        {"credentialSubject__achievement__creator__id": world.did("statements")},
        "key_class",
        id="threat_K14-statement-key-as-second",
    ),
    pytest.param(
        (CSE_ISSUE, "verifier/receipt-2026"),
        {"credentialSubject__achievement__creator__id": world.did("verifier")},
        "key_class",
        id="threat_K14-receipt-key-as-second",
    ),
    pytest.param((CSE_ISSUE, "ele/issue-2031"), {}, "unknown_key", id="a-key-that-the-list-does-not-name"),
]


@pytest.mark.parametrize(("labels", "changes", "code"), CLASSES)
def test_only_keys_for_certificates_sign_certificates(
    labels: tuple[str, str], changes: dict[str, Any], code: str
) -> None:
    content = forged(*labels, **changes)
    report = judge(content, online(content), now=world.NOW)
    assert (report.outcome, report_state(report)) == (Outcome.INVALID, State.ISSUER_NOT_TRUSTED)
    assert finding(report, "issuer_trusted").code == code
    assert "certificate" not in verdict(report)


DID_KEY = "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
SELF = [
    pytest.param([("issuer/id", DID_KEY)], id="threat_V52-our-types-and-contexts"),
    pytest.param([("issuer", DID_KEY)], id="threat_V52-issuer-is-a-text"),
    pytest.param(
        [("issuer/id", DID_KEY), ("type", ["VerifiableCredential", "OpenBadgeCredential"])],
        id="threat_V52-our-context-alone",
    ),
    pytest.param([("issuer/id", "did:web:evil.example")], id="threat_V52-another-host"),
    pytest.param([("issuer", {"name": "CSE"})], id="threat_V52-no-issuer-at-all"),
    pytest.param([("issuer", ["did:web:localhost%3A8000"])], id="threat_V52-issuer-is-a-list"),
]


@pytest.mark.parametrize("changes", SELF)
def test_our_types_by_anybody_else_are_not_trusted(changes: list[tuple[str, Any]]) -> None:
    content = world.signed(changed(unsigned_certificate(world.PROFILE), *changes), CSE_ISSUE, ELE_ISSUE)
    report = judge(content, online(content), now=world.NOW)
    assert (report.outcome, report_state(report)) == (Outcome.INVALID, State.ISSUER_NOT_TRUSTED)
    assert report.profile is Profile.OWN_ONLINE
    assert finding(report, "issuer_trusted").code == "issuer_not_trusted"


@pytest.mark.parametrize(
    ("register", "code"),
    [
        pytest.param({"knows": RegisterKnows.ABSENT}, "not_registered", id="threat_V53-no-row"),
        pytest.param({"content_sha256": "0" * 64}, "content_differs", id="threat_V53-another-content"),
        pytest.param({"content_sha256": None}, "content_differs", id="threat_V53-a-row-without-digest"),
        pytest.param(
            {"knows": RegisterKnows.BEHIND, "content_sha256": "0" * 64}, "content_differs", id="threat_V53-behind"
        ),
    ],
)
def test_good_proofs_without_the_row_mean_a_stolen_key(register: dict[str, Any], code: str) -> None:
    report = judged(world.certificate(), **register)
    assert (report.outcome, report_state(report)) == (Outcome.INVALID, State.SIGNED_BUT_NOT_REGISTERED)
    assert faults(report) == {"register": code}
    assert "certificate" not in verdict(report)


# --- rights of the second signer ----------------------------------------------------------------------------------

ROW = Scope("GEO", frozenset({"PE"}), frozenset({"maintain"}), GEO_RETIRED, GEO_RETIRED + timedelta(days=365))
SIGNING = Signing(
    society=world.did("custodian"),
    assessed_by=world.did("geo"),
    field="GEO",
    grade="PE",
    basis="renewal",
    standard="T/CAS 326-2021",
    term_began=GEO_RETIRED,
    created=GEO_RETIRED,
)
RIGHTS = [
    ({}, True, "renewal"),
    ({"basis": "late_renewal"}, True, "late renewal"),
    ({"basis": "restoration"}, True, "restoration"),
    ({"basis": "appeal"}, True, "appeal"),
    ({"basis": "interim"}, True, "interim"),
    ({"basis": "initial"}, False, "initial registration"),
    ({"basis": "promotion"}, False, "promotion"),
    ({"basis": "initial", "term_began": GEO_RETIRED - SECOND}, True, "replacement in a term begun before"),
    ({"field": "ELE"}, False, "another field"),
    ({"grade": "SPE"}, False, "another grade"),
    ({"created": GEO_RETIRED - SECOND}, False, "a second too early"),
    ({"created": ROW.until}, True, "the last second"),
    ({"created": ROW.until + SECOND}, False, "a second too late"),
]


@pytest.mark.parametrize(("changes", "covered"), [row[:2] for row in RIGHTS], ids=[row[2] for row in RIGHTS])
def test_the_right_to_maintain(changes: dict[str, Any], covered: bool) -> None:
    assert scope_covers(ROW, replace(SIGNING, **changes)) is covered


def test_the_right_to_register_anew_covers_every_basis() -> None:
    row = replace(ROW, may=frozenset({"new"}))
    assert scope_covers(row, replace(SIGNING, basis="initial"))
    assert scope_covers(row, SIGNING)
    assert not scope_covers(replace(ROW, may=frozenset()), SIGNING)


AUTHORIZED = [
    ({}, True, "custodian for the society that assessed"),
    ({"assessed_by": world.did("mec")}, False, "custodian for another society"),
    ({"assessed_by": None}, False, "custodian for nobody"),
    ({"standard": "T/CAS 326-2031"}, False, "edition that is not authorized"),
    ({"society": world.did("ele")}, False, "society for a field that is not its own"),
    ({"society": world.did("geo")}, False, "withdrawn society after its end"),
    ({"society": world.did("geo"), "created": GEO_RETIRED - SECOND}, True, "withdrawn society before its end"),
    ({"society": "did:web:evil.example"}, False, "unknown society"),
]


@pytest.mark.parametrize(("changes", "covered"), [row[:2] for row in AUTHORIZED], ids=[row[2] for row in AUTHORIZED])
def test_an_authorization_covers_what_it_names(changes: dict[str, Any], covered: bool) -> None:
    assert world.trust().covers(replace(SIGNING, **changes)) is covered


def test_r_au_06_a_loss_counts_from_its_day_unless_another_authorization_runs() -> None:
    trust = world.trust()
    assert not trust.has_lost(world.did("geo"), GEO_RETIRED - SECOND)
    assert trust.has_lost(world.did("geo"), GEO_RETIRED)
    assert not trust.has_lost(world.did("ele"), GEO_RETIRED)
    (geo,) = (one for one in trust.authorizations if one.society == world.did("geo"))
    merged = replace(trust, authorizations=(replace(geo, cause="merger"),))
    assert not merged.has_lost(world.did("geo"), GEO_RETIRED)
    anew = replace(geo, state="active", scopes=(replace(ROW, since=GEO_RETIRED + SECOND),))
    again = replace(trust, authorizations=(geo, anew))
    assert again.has_lost(world.did("geo"), GEO_RETIRED)
    assert not again.has_lost(world.did("geo"), GEO_RETIRED + SECOND)


def test_an_annulled_authorization_covers_nothing() -> None:
    annulled = tuple(replace(entry, state="annulled") for entry in world.trust().authorizations)
    assert not replace(world.trust(), authorizations=annulled).covers(SIGNING)


@pytest.mark.parametrize(
    "profile",
    [of("GEO", date(2026, 4, 2)), replace(world.PROFILE, field="MEC", number=number("CSE26MEC000123"))],
    ids=["after the society was withdrawn", "a field that is not the society's"],
)
def test_a_certificate_outside_the_authorization_is_refused(profile: CertificateProfile) -> None:
    content = world.certificate(profile, created=max(profile.valid_from, world.ISSUED))
    report = judge(content, online(content), now=world.NOW)
    assert faults(report)["authorization_at_signing"] == "not_authorized_at_signing"
    assert finding(report, "authorization_at_signing").pointer == "/credentialSubject/registration/society"
    assert (report.outcome, report_state(report)) == (Outcome.INVALID, State.ISSUER_NOT_TRUSTED)


def test_custody_is_valid_inside_its_dates() -> None:
    content = world.certificate(world.CUSTODY, created=world.CUSTODY_AT)
    report = judged(content, now=datetime(2026, 7, 1, tzinfo=UTC))
    assert report.outcome is Outcome.VALID
    told = verdict(report)["certificate"]
    assert [told[name]["code"] for name in ("society", "administered_by")] == ["GEO", "CUS"]


# --- the trust list as a value ------------------------------------------------------------------------------------


def test_a_key_says_why_it_may_not_sign() -> None:
    listed = world.trust().keys[f"{world.did('cse')}#issue-2026"]
    at = world.NOW
    assert listed.refusal(key_use="issue", at=at) is None
    assert listed.refusal(key_use="status", at=at) == "key_class"
    assert replace(listed, public_key=None).refusal(key_use="issue", at=at) == "key_unsupported"
    assert listed.refusal(key_use="issue", at=listed.not_before) is None
    assert listed.refusal(key_use="issue", at=listed.not_before - SECOND) == "key_outside_its_time"
    assert listed.refusal(key_use="issue", at=listed.not_after - SECOND) is None
    assert listed.refusal(key_use="issue", at=listed.not_after) == "key_outside_its_time"


@pytest.mark.parametrize(
    ("key_id", "at", "state"),
    [
        ("geo#issue-2026", GEO_RETIRED - SECOND, "active"),
        ("geo#issue-2026", GEO_RETIRED, "retired"),
        ("geo#issue-2026", datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC), "pending"),
        ("mec#issue-2026", datetime(2026, 1, 1, tzinfo=UTC), "compromised"),
    ],
)
def test_a_key_has_its_state_at_each_moment(key_id: str, at: datetime, state: str) -> None:
    body, fragment = key_id.split("#")
    assert world.trust().keys[f"{world.did(body)}#{fragment}"].state(at) == state


def test_the_trust_list_names_one_registrar_and_the_role_of_each_body() -> None:
    trust = world.trust()
    assert trust.registrar == world.did("cse")
    assert [trust.role(world.did(name)) for name in ("custodian", "verifier", "ele")] == [
        "custodian",
        "verifier",
        "society",
    ]
    assert trust.role("did:web:evil.example") is None
    assert trust.bodies[world.did("ele")] == Body(
        world.did("ele"), "society", "Example Society of Electrical Engineering", "ELE"
    )


def test_a_key_of_another_algorithm_is_listed_and_cannot_sign() -> None:
    """The examples hold P-256 keys: they are read, and no document that this verifier judges may use them."""
    listed = replace(key("ele/issue-2026", "issue"), public_key=None)
    trust = replace(world.trust(), keys={**world.trust().keys, listed.key_id: listed})
    report = judge(world.certificate(), online(trust_list=trust), now=world.NOW)
    assert finding(report, "issuer_trusted").code == "key_unsupported"
    assert finding(report, "proofs").code == "unknown_key"
    assert report.outcome is Outcome.INVALID


def test_every_check_is_always_listed_in_its_order() -> None:
    for content in (world.certificate(), forged("cse/status-2026", ELE_ISSUE)):
        report = judge(content, online(), now=world.NOW)
        assert [entry.name for entry in report.findings] == list(CheckName)
