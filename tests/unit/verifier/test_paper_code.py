"""A paper code is as good as its seal, its page and the register's record, never better than the certificate."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from issuer.proofs import document_bytes
from schemas.paper_code import PaperCodeError, decode_code, encode_code, paper_sha256
from tests.support import world
from tests.support.expect import changed, faults, finding, unknowns
from tests.support.online import online
from verifier.checks import CheckName, Outcome, Result
from verifier.paper_code import PresentedCode, judge_paper_code
from verifier.report import Report
from verifier.sources import RegisterKnows, RegisterSources
from verifier.state import State, state_of
from verifier.trust import TrustedKey, TrustList

CODE = world.paper_code()
PAGE = world.PROFILE.page_id


def _sources(*codes: bytes, **more: object) -> RegisterSources:
    return online(paper_sha256=tuple(map(paper_sha256, codes or (CODE,))), **more)  # type: ignore[arg-type]


def _judge(code: bytes = CODE, sources: RegisterSources | None = None, page: str = PAGE) -> Report:
    answers = sources or _sources()
    return judge_paper_code(PresentedCode(code, page), world.certificate(), answers, now=world.NOW)


def _state(report: Report) -> State:
    return state_of(report.findings, report.outcome, report.profile, report.register)


def _with_seal(*keys: TrustedKey) -> TrustList:
    """Return a trust list in which CSE has these seal keys."""
    cse, *others = world.BODIES
    kept = tuple(one for one in cse.keys if one.key_use != "seal")
    return world.trust(replace(world.TRUST_LIST, bodies=(replace(cse, keys=(*kept, *keys)), *others)))


def test_a_code_that_was_handed_out_is_valid_and_shows_the_certificate() -> None:
    report = _judge()
    assert report.outcome is Outcome.VALID
    assert _state(report) is State.VALID
    assert report.document_sha256 == paper_sha256(CODE)
    skips = {entry.name.value: entry.code for entry in report.findings if entry.result is Result.SKIPPED}
    assert skips == {
        "contexts": "not_json_ld",
        "all_terms_signed": "not_json_ld",
        "logged": "register_answers",
        "agreement": "not_asked",
    }


def test_a_flipped_bit_of_the_signature_is_tampering() -> None:
    report = _judge(CODE[:-1] + bytes([CODE[-1] ^ 1]))
    assert faults(report) == {"proofs": "signature", "register": "paper_code_differs"}
    assert _state(report) is State.TAMPERED


def test_site_a10_a_code_glued_to_another_page_is_tampering() -> None:
    assert _state(_judge(page="a1b2c3d4e5f6g7h8j9k0")) is State.TAMPERED


def test_a_good_seal_over_other_bytes_is_tampering() -> None:
    other = world.paper_code(at=datetime(2026, 3, 17, tzinfo=UTC))
    report = _judge(other)
    assert faults(report) == {"register": "paper_code_differs"}
    assert _state(report) is State.TAMPERED


def test_every_code_that_was_handed_out_counts() -> None:
    other = world.paper_code(at=datetime(2026, 3, 17, tzinfo=UTC))
    assert _judge(other, _sources(CODE, other)).outcome is Outcome.VALID


def test_site_a11_a_seal_of_an_unknown_key_is_not_trusted() -> None:
    foreign = world.paper_code(label="cse/status-2026")
    report = _judge(foreign, _sources(foreign))
    assert faults(report) == {"issuer_trusted": "unknown_key"}
    assert _state(report) is State.ISSUER_NOT_TRUSTED


def test_site_a11_a_seal_of_an_unknown_key_that_nobody_handed_out_is_not_trusted() -> None:
    report = _judge(world.paper_code(label="cse/status-2026"))
    assert faults(report) == {"issuer_trusted": "unknown_key"}
    assert _state(report) is State.ISSUER_NOT_TRUSTED


def test_what_the_code_leaves_open_hides_no_fault_of_the_certificate() -> None:
    good = world.parsed(world.certificate())
    bad = document_bytes(changed(good, ("proof/0/proofValue", good["proof"][1]["proofValue"])))
    foreign = PresentedCode(world.paper_code(label="cse/status-2026"), PAGE)
    report = judge_paper_code(foreign, bad, _sources(foreign.content), now=world.NOW)
    assert faults(report) == {"proofs": "signature", "issuer_trusted": "unknown_key"}


def test_a_key_of_another_class_makes_no_seal() -> None:
    """The status key is in the directory, in `assertionMethod`, and still no seal key."""
    code = world.paper_code(label="cse/issue-2026")
    assert faults(_judge(code, _sources(code))) == {"issuer_trusted": "unknown_key"}


def test_a_seal_key_of_another_body_is_none_of_ours() -> None:
    trust = world.trust()
    other = f"{world.did('custodian')}#seal-2026"
    keys = {name: replace(key, key_id=other) if key.key_use == "seal" else key for name, key in trust.keys.items()}
    assert faults(_judge(sources=_sources(trust_list=replace(trust, keys=keys)))) == {"issuer_trusted": "unknown_key"}


@pytest.mark.parametrize(
    ("during", "state"),
    [
        ((datetime(2026, 3, 16, 2, tzinfo=UTC), datetime(2026, 3, 16, 2, 0, 1, tzinfo=UTC)), State.VALID),
        ((datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 16, 2, tzinfo=UTC)), State.ISSUER_NOT_TRUSTED),
        ((datetime(2026, 3, 16, 2, 0, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)), State.ISSUER_NOT_TRUSTED),
    ],
    ids=["retired, sealed inside its time", "sealed when it had ended", "sealed before it began"],
)
def test_site_a12_a_seal_counts_within_the_time_of_its_key(during: tuple[datetime, datetime], state: State) -> None:
    trust = _with_seal(world.key("cse/seal-2026", "seal", during))
    assert _state(_judge(sources=_sources(trust_list=trust))) is state


COMPROMISED = world.key("cse/seal-2026", "seal", compromised_since=datetime(2026, 2, 1, tzinfo=UTC))


def test_site_a13_a_compromised_key_is_no_fault_of_a_code_that_was_handed_out() -> None:
    report = _judge(sources=_sources(trust_list=_with_seal(COMPROMISED)))
    assert finding(report, "issuer_trusted").code == "key_compromised_later"
    assert report.outcome is Outcome.VALID


def test_a_compromised_key_makes_no_new_code() -> None:
    forged = world.paper_code(at=datetime(2026, 3, 17, tzinfo=UTC))
    report = _judge(forged, _sources(trust_list=_with_seal(COMPROMISED)))
    assert unknowns(report) == {"issuer_trusted": "key_compromised_later"}
    assert _state(report) is State.TAMPERED


def test_the_hint_decides_nothing_when_the_seal_fits() -> None:
    """Two keys in force: the second is found although the first is tried first."""
    trust = _with_seal(world.key("cse/other-seal", "seal"), world.key("cse/seal-2026", "seal"))
    assert _judge(sources=_sources(trust_list=trust)).outcome is Outcome.VALID


def test_a_key_that_nobody_can_read_makes_no_seal() -> None:
    trust = world.trust()
    keys = {name: replace(key, public_key=None) if key.key_use == "seal" else key for name, key in trust.keys.items()}
    assert faults(_judge(sources=_sources(trust_list=replace(trust, keys=keys)))) == {"issuer_trusted": "unknown_key"}


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({"suspended": True, "public_status": "suspended"}, State.SUSPENDED),
        ({"revoked": True, "public_status": "revoked", "ended": "REVOKED"}, State.REVOKED),
        ({"knows": RegisterKnows.UNREACHABLE, "suspended": None}, State.STATUS_UNREACHABLE),
        ({"knows": RegisterKnows.BEHIND}, State.STATUS_UNREACHABLE),
    ],
)
def test_a_good_code_is_never_better_than_its_certificate(more: dict[str, object], state: State) -> None:
    assert _state(_judge(sources=_sources(**more))) is state


def test_a_code_is_called_foreign_only_by_a_register_that_was_reached() -> None:
    other = world.paper_code(at=datetime(2026, 3, 17, tzinfo=UTC))
    report = _judge(other, _sources(knows=RegisterKnows.UNREACHABLE))
    assert unknowns(report) == {"register": "register_unreachable"}


def test_a_bad_seal_without_a_register_is_bad_offline() -> None:
    report = _judge(CODE[:-1] + bytes([CODE[-1] ^ 1]), _sources(knows=RegisterKnows.UNREACHABLE))
    assert _state(report) is State.OFFLINE_BAD


def test_without_a_trust_list_nothing_is_said() -> None:
    answers = replace(_sources(), trust_list=None)
    report = _judge(sources=answers)
    assert report.outcome is Outcome.INDETERMINATE
    assert faults(report) == {}


def test_a_changed_payload_with_the_old_signature_is_tampering() -> None:
    parts = decode_code(CODE)
    payload = parts.payload.replace("远".encode(), "近".encode())
    assert _state(_judge(encode_code(parts.protected, payload, parts.signature))) is State.TAMPERED


def test_what_is_no_code_is_refused() -> None:
    with pytest.raises(PaperCodeError):
        _judge(b"no code")


def test_the_checks_stand_in_their_order() -> None:
    assert [entry.name for entry in _judge().findings] == list(CheckName)
