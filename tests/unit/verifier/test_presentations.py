"""Presentations: who shows what, to whom and when; each credential judged for itself, the worst of all counts."""

import json
from dataclasses import replace
from typing import Any

import pytest

from issuer.proofs import document_bytes
from public_site.view import result_view
from schemas.base64url import encode_base64url
from schemas.contexts import CREDENTIALS_V2
from schemas.contracts import validator
from tests.support import world
from tests.support.expect import DROP, changed, faults, finding, unknowns
from tests.support.graphs import chain, clique
from tests.support.online import online
from tests.support.strangers import ALICE, BOB, KINDS, Stranger, stranger, with_proof
from tests.unit.verifier.test_foreign_proofs import PORT, unsigned
from verifier.asked import Asked
from verifier.checks import CheckName, Outcome, Profile, Result
from verifier.judge import judge
from verifier.refusals import TooManyCredentialsError
from verifier.report import Report
from verifier.state import State
from verifier.verdict import report_state, verdict

OWN = world.parsed(world.certificate())
FOREIGN = with_proof(unsigned())
ASKED = Asked(challenge="5fd2", domain="employer.example")
FOR_US = {"proofPurpose": "authentication", "challenge": "5fd2", "domain": "employer.example"}


def frame(*credentials: Any) -> dict[str, Any]:
    return {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiablePresentation"],
        "holder": ALICE.did,
        "verifiableCredential": list(credentials),
    }


def presented(*credentials: Any, by: Stranger = ALICE, suite: str = "eddsa-jcs-2022", **options: Any) -> dict[str, Any]:
    made: dict[str, Any] = with_proof(frame(*credentials), by, suite, **{**FOR_US, **options})
    return made


def verified(document: dict[str, Any], asked: Asked = ASKED, **register: Any) -> Report:
    return judge(document_bytes(document), online(**register), now=world.NOW, asked=asked)


GOOD = presented(OWN)


@pytest.mark.parametrize("suite", KINDS)
def test_a_good_presentation_of_a_good_certificate_is_valid(suite: str) -> None:
    by = stranger(KINDS[suite])
    document = with_proof(changed(frame(OWN), ("holder", by.did)), by, suite, **FOR_US)
    report = verified(document)
    assert (report.outcome, report_state(report), report.profile) == (
        Outcome.VALID,
        State.VALID,
        Profile.PRESENTATION,
    )
    alone = judge(document_bytes(OWN), online(), now=world.NOW)
    assert [one.findings for one in report.credentials] == [alone.findings]
    assert [one.profile for one in report.credentials] == [Profile.OWN_ONLINE]


@pytest.mark.parametrize("contexts", [DROP, [], CREDENTIALS_V2, {}], ids=["none", "empty", "a text", "an object"])
def test_a_presentation_in_another_form_is_not_looked_into(contexts: Any) -> None:
    report = verified(changed(GOOD, ("@context", contexts)))
    assert (report.outcome, report_state(report)) == (Outcome.INDETERMINATE, State.UNSUPPORTED)
    assert finding(report, "parse").code == "unsupported_format"
    assert report.credentials == ()


def test_the_verdict_of_a_presentation_holds_that_of_each_credential() -> None:
    answer = verdict(verified(presented(OWN, FOREIGN)))
    assert list(validator("verdict", world.BASE).iter_errors(answer)) == []
    assert (answer["outcome"], answer["state"]) == ("invalid", "issuer_not_trusted")
    assert [one["state"] for one in answer["credentials"]] == ["valid", "issuer_not_trusted"]
    assert answer["credentials"][0]["certificate"]["number"] == world.PROFILE.number
    assert "certificate" not in answer
    assert "credentials" not in answer["credentials"][0]


@pytest.mark.parametrize(("document", "asked"), [(GOOD, ASKED), (GOOD, Asked(challenge="x")), (frame(OWN), ASKED)])
def test_a_page_shows_the_state_of_a_presentation(document: dict[str, Any], asked: Asked) -> None:
    answer = verdict(verified(document, asked))
    for lang in ("en", "zh"):
        assert result_view(answer, lang).state == answer["state"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("register", "outcome", "state"),
    [
        ({}, Outcome.VALID, State.VALID),
        ({"revoked": True, "ended": "REVOKED", "public_status": "revoked"}, Outcome.INVALID, State.REVOKED),
        ({"suspended": None}, Outcome.INDETERMINATE, State.STATUS_UNREACHABLE),
    ],
)
def test_the_worst_counts(register: dict[str, Any], outcome: Outcome, state: State) -> None:
    report = verified(GOOD, **register)
    assert (report.outcome, report_state(report)) == (outcome, state)


def test_what_the_presentation_itself_lacks_outweighs_good_credentials() -> None:
    unproved = verified(frame(OWN))
    assert (unproved.outcome, report_state(unproved)) == (Outcome.INDETERMINATE, State.COULD_NOT_CHECK)
    assert unknowns(unproved) == {"proofs": "holder_not_proved", "issuer_binding": "holder_not_proved"}
    assert [one.outcome for one in unproved.credentials] == [Outcome.VALID]
    refused = verified(changed(GOOD, ("proof/nonce", "n")), suspended=None)
    assert (refused.outcome, report_state(refused)) == (Outcome.INVALID, State.INVALID)


def test_what_is_shown_is_a_credential_or_several() -> None:
    report = verified(with_proof({**frame(), "verifiableCredential": None}, suite="eddsa-jcs-2022", **FOR_US))
    assert (report.outcome, faults(report)) == (Outcome.INVALID, {"schema": "model_presentation"})


@pytest.mark.parametrize("credentials", [[], DROP])
def test_a_presentation_of_nothing_is_never_valid(credentials: Any) -> None:
    unsigned_frame = changed(frame(), ("verifiableCredential", credentials))
    report = verified(with_proof(unsigned_frame, suite="eddsa-jcs-2022", **FOR_US))
    assert (report.outcome, report_state(report)) == (Outcome.INDETERMINATE, State.COULD_NOT_CHECK)
    assert unknowns(report) == {"schema": "no_credentials"}


def test_one_credential_may_stand_alone() -> None:
    alone = with_proof({**frame(), "verifiableCredential": OWN}, suite="eddsa-jcs-2022", **FOR_US)
    assert verified(alone).outcome is Outcome.VALID


# --- meant for us, and now ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "asked", "code"),
    [
        pytest.param({"challenge": "5fd3"}, ASKED, "challenge_differs", id="threat_P02-other-challenge"),
        pytest.param({"challenge": None}, ASKED, "challenge_differs", id="threat_P02-no-challenge"),
        pytest.param({"domain": "other.example"}, ASKED, "domain_differs", id="threat_P03-other-domain"),
        pytest.param({"domain": None}, ASKED, "domain_differs", id="threat_P03-no-domain"),
        pytest.param({"domain": ["employer.example", "x"]}, ASKED, "domain_differs", id="threat_P03-one-of-two"),
        pytest.param({"domain": ["employer.example"]}, ASKED, None, id="threat_P03-a-list-of-one"),
        pytest.param({"domain": None}, Asked(challenge="5fd2"), None, id="threat_P03-no-domain-asked"),
        pytest.param({"proofPurpose": "assertionMethod"}, ASKED, "proof_purpose", id="threat_V28-other-purpose"),
        pytest.param({"expires": "2026-05-25T01:59:59Z"}, ASKED, "proof_expired", id="threat_P05-expired"),
        pytest.param({"created": "2026-05-25T02:02:01Z"}, ASKED, "proof_from_the_future", id="threat_P05-future"),
    ],
)
def test_a_presentation_answers_this_question_only(options: dict[str, Any], asked: Asked, code: str | None) -> None:
    found = finding(verified(presented(OWN, **options), asked), "proofs")
    assert (found.result, found.code) == (Result.PASS if code is None else Result.FAIL, code)


def test_every_proof_of_a_presentation_answers_it() -> None:
    two = with_proof(GOOD, BOB, "eddsa-jcs-2022", **{**FOR_US, "challenge": "old"})
    assert faults(verified(two)) == {"proofs": "challenge_differs"}


def test_a_challenge_that_nobody_gave_is_told() -> None:
    report = verified(GOOD, Asked())
    assert report.outcome is Outcome.VALID
    assert finding(report, "proofs").code == "challenge_not_asked"
    assert finding(verified(presented(OWN, challenge=None), Asked()), "proofs").code == "challenge_not_asked"


def test_challenge_and_domain_are_not_asked_of_the_credentials() -> None:
    asked = Asked(challenge="5fd2", domain="employer.example", is_conformance=True)
    assert verified(presented(FOREIGN), asked).outcome is Outcome.VALID


# --- who shows it -------------------------------------------------------------------------------------------------

BOUND = with_proof(changed(unsigned(), ("credentialSubject/id", BOB.did)))


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        pytest.param(presented(BOUND), "/verifiableCredential/0", id="threat_P06-bound-to-another"),
        pytest.param(presented(OWN, by=BOB), "/holder", id="threat_P06-signed-by-another"),
        pytest.param(
            with_proof(changed(frame(OWN), ("holder", {"id": BOB.did})), suite="eddsa-jcs-2022", **FOR_US),
            "/holder",
            id="threat_P06-holder-object",
        ),
        pytest.param(
            with_proof(changed(frame(OWN), ("holder", ["x"])), suite="eddsa-jcs-2022", **FOR_US),
            "/holder",
            id="threat_P06-holder-is-a-list",
        ),
    ],
)
def test_a_presentation_by_somebody_else_is_refused(document: dict[str, Any], pointer: str) -> None:
    report = verified(document)
    assert report.outcome is Outcome.INVALID
    found = finding(report, "issuer_binding")
    assert (found.code, found.pointer) == ("holder_binding", pointer)


@pytest.mark.parametrize("did", ["did:web:alice.example", "did:example:holder"])
def test_threat_P06_a_subject_whose_key_is_not_known_is_not_shown_by_just_anybody(did: str) -> None:
    other = with_proof(changed(unsigned(), ("credentialSubject/id", did)))
    report = verified(presented(OWN, other))
    assert (report.own_outcome, unknowns(report)) == (Outcome.INDETERMINATE, {"issuer_binding": "holder_not_proved"})
    assert finding(report, "issuer_binding").pointer == "/verifiableCredential/1"
    assert faults(verified(presented(other, BOUND))) == {"issuer_binding": "holder_binding"}
    assert verified(presented(other), replace(ASKED, is_conformance=True)).outcome is Outcome.VALID


def test_threat_P06_the_subject_itself_may_show_it() -> None:
    asked = Asked(challenge="5fd2", domain="employer.example", is_conformance=True)
    mine = with_proof(changed(unsigned(), ("credentialSubject/id", ALICE.did)))
    assert verified(presented(mine), asked).outcome is Outcome.VALID
    by_bob = with_proof(changed(frame(BOUND), ("holder", DROP)), BOB, "eddsa-jcs-2022", **FOR_US)
    assert verified(by_bob, asked).outcome is Outcome.VALID
    assert finding(verified(by_bob, asked), "issuer_binding").code is None


def test_a_certificate_of_somebody_who_is_no_key_may_be_shown_by_anybody_and_that_is_said() -> None:
    report = verified(presented(OWN))
    assert report.outcome is Outcome.VALID
    binding = finding(report, "issuer_binding")
    assert (binding.result, binding.code) == (Result.PASS, "holder_not_subject")


# --- what is in it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [21, 101])
def test_threat_V34_too_many_credentials_are_refused_before_one_is_looked_at(number: int) -> None:
    with pytest.raises(TooManyCredentialsError, match="at most 20"):
        verified(frame(*({"id": f"urn:x:{place}"} for place in range(number))))


PAGES = [f"{number:020}" for number in range(20)]
TWENTY = [world.parsed(world.certificate(replace(world.PROFILE, page_id=page))) for page in PAGES]
ALIKE = [with_proof(changed(unsigned(), ("id", f"urn:x:{number}"))) for number in range(20)]


def judged_of_twenty(document: dict[str, Any], asked: Asked) -> Report:
    rows = {page: online(document_bytes(one)).row(page) for page, one in zip(PAGES, TWENTY, strict=True)}
    return judge(document_bytes(document), replace(online(), row=rows.__getitem__), now=world.NOW, asked=asked)


@pytest.mark.parametrize("suite", ["eddsa-jcs-2022", "eddsa-rdfc-2022"])
@pytest.mark.parametrize("shown", [TWENTY, ALIKE], ids=["ours", "foreign"])
def test_threat_V34_twenty_credentials_are_judged(shown: list[Any], suite: str) -> None:
    """Each has nodes without an id, and those of one credential look like those of the next."""
    asked = replace(ASKED, is_conformance=shown is ALIKE)
    report = judged_of_twenty(presented(*shown, suite=suite), asked)
    assert [one.outcome for one in report.credentials] == [Outcome.VALID] * 20
    assert report.outcome is Outcome.VALID
    unproved = judged_of_twenty(frame(*shown), asked)
    assert [one.outcome for one in unproved.credentials] == [Outcome.VALID] * 20
    assert unknowns(unproved) == {"proofs": "holder_not_proved", "issuer_binding": "holder_not_proved"}


@pytest.mark.parametrize("document", [clique(8), chain(40)], ids=["threat_V06-clique-of-8", "threat_V07-chain-of-40"])
def test_a_credential_that_is_too_complex_leaves_open_itself_and_the_proof_over_it(document: dict[str, Any]) -> None:
    report = verified(presented(OWN, document, suite="eddsa-jcs-2022"))
    assert [one.outcome for one in report.credentials] == [Outcome.VALID, Outcome.INDETERMINATE]
    assert unknowns(report.credentials[1])["parse"] == "document_too_complex"
    assert finding(report, "proofs").result is Result.PASS
    proof = {**GOOD["proof"], "cryptosuite": "eddsa-rdfc-2022"}
    over_graph = verified({**frame(OWN, document), "proof": proof})
    assert unknowns(over_graph) == {"proofs": "document_too_complex"}
    assert finding(over_graph, "proofs").pointer == "/proof"
    assert over_graph.credentials[0].outcome is Outcome.VALID


def test_a_repeated_credential_is_judged_twice_and_a_repeated_envelope_hides_nothing() -> None:
    assert verified(presented(OWN, OWN)).outcome is Outcome.VALID
    report = verified(presented(enveloped("data:application/vc+jwt,x.y.z"), enveloped("data:application/vc+jwt,x.y.z")))
    assert faults(report) == {"all_terms_signed": "respelled_term"}
    report = verified(presented({**enveloped("data:application/vc+jwt,x.y.z"), "note": "x"}))
    assert "all_terms_signed" in faults(report)


@pytest.mark.parametrize(
    "inner",
    [
        pytest.param(GOOD, id="threat_V34-presentation-in-a-presentation"),
        pytest.param({**frame(), "type": "VerifiablePresentation"}, id="threat_V34-type-is-a-text"),
        pytest.param({"type": ["EnvelopedVerifiablePresentation"]}, id="threat_V34-in-an-envelope"),
        pytest.param(presented(presented(presented(presented(GOOD)))), id="threat_V34-five-deep"),
    ],
)
def test_a_presentation_in_a_presentation_is_refused(inner: dict[str, Any]) -> None:
    with pytest.raises(TooManyCredentialsError, match="inside a presentation"):
        verified(frame(OWN, inner))


def enveloped(text: str) -> dict[str, Any]:
    return {"@context": CREDENTIALS_V2, "type": "EnvelopedVerifiableCredential", "id": text}


TOKEN = ".".join(encode_base64url(json.dumps(part).encode()) for part in ({"alg": "ES256"}, {}, "x"))


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(enveloped("data:text/plain,x"), id="threat_V38-other-media"),
        pytest.param(enveloped(f"data:application/vc+jwt;base64,{TOKEN}"), id="threat_V38-base64"),
        pytest.param({**enveloped("x"), "id": 7}, id="threat_V38-id-is-a-number"),
        pytest.param(enveloped(document_bytes(GOOD).decode()), id="threat_V38-presentation-in-an-envelope"),
        pytest.param(document_bytes(OWN).decode(), id="threat_V38-certificate-as-a-text"),
        pytest.param({}, id="empty"),
        pytest.param([], id="a-list"),
        pytest.param(7, id="a-number"),
        pytest.param("x", id="a-text"),
        pytest.param(None, id="null"),
    ],
)
def test_what_is_no_credential_makes_the_whole_not_valid(item: Any) -> None:
    report = verified(frame(OWN, item))
    assert report.outcome is not Outcome.VALID
    assert report.credentials[1].outcome is Outcome.INDETERMINATE
    assert [entry.name for entry in report.credentials[1].findings] == list(CheckName)


def test_each_credential_has_a_digest_of_its_own() -> None:
    digests = {one.document_sha256 for one in verified(frame(OWN, FOREIGN, "x", enveloped("x.y.z"))).credentials}
    assert len(digests) == 4


def test_contexts_of_a_presentation_are_pinned_and_its_members_all_signed() -> None:
    unknown = verified(presented(OWN) | {"@context": [CREDENTIALS_V2, "https://evil.example/1"]})
    assert (unknown.outcome, report_state(unknown)) == (Outcome.INDETERMINATE, State.UNSUPPORTED)
    assert [one.outcome for one in unknown.credentials] == [Outcome.VALID]
    inline = verified(changed(GOOD, ("holder", {"id": ALICE.did, "@context": CREDENTIALS_V2})))
    assert finding(inline, "contexts").code == "inline_context"
    extra = verified(with_proof({**frame(OWN), "note": "x"}, suite="eddsa-jcs-2022", **FOR_US))
    assert faults(extra) == {"all_terms_signed": "undefined_term"}


def test_a_presentation_on_the_conformance_port_is_one_of_strangers() -> None:
    asked = Asked(challenge="5fd2", domain="employer.example", is_conformance=True)
    report = verified(presented(FOREIGN, with_proof(changed(unsigned(BOB), ("id", "urn:x:2")), BOB)), asked)
    assert (report.outcome, report_state(report)) == (Outcome.VALID, State.VALID_FOREIGN)
    assert verified(presented(FOREIGN), PORT).credentials[0].outcome is Outcome.VALID


def test_without_a_trust_list_nothing_of_a_presentation_is_judged() -> None:
    sources = replace(online(), trust_list=None)
    report = judge(document_bytes(GOOD), sources, now=world.NOW)
    assert (report.outcome, report.credentials) == (Outcome.INDETERMINATE, ())
