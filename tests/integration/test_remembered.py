"""What the service remembers between two questions: it saves work, and changes no answer."""

import random
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from types import FrameType
from typing import Any

import pytest

from registry.demo.officers import REGISTRAR, SECOND_REGISTRAR
from registry.domain.changes import GroundClass
from registry.domain.registration import HoldKind
from registry.services.answers import verdict_of_document
from registry.services.decisions import Suspension, lift_hold, suspend_registration
from registry.services.ports import Desk
from registry.services.trust import publish_trust_list, trust_in_force
from registry.store.trust import StoredTrustList
from tests.integration.registers import AT, MINUTE, Office
from tests.support.rulings import confirm_end, propose_end
from tests.unit.verifier.test_results import documents
from verifier.asked import NOTHING_ASKED, Asked
from verifier.refusals import VerifierError
from verifier.root import _believe
from verifier.signatures import is_signature
from verifier.study import Results

_SIGNATURES = 4


def calls(function: Callable[..., object], act: Callable[[], object]) -> int:
    """Count how often the body of a function is entered while this thread acts."""
    entered = 0

    def note(frame: FrameType, happened: str, _argument: object) -> None:
        nonlocal entered
        entered += happened == "call" and frame.f_code is function.__code__

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(before)
    return entered


def certificate(office: Office, position: int = 0) -> bytes:
    with office.desk.open_reading() as work:
        (one,) = work.certificates.of_registration(office.numbers[position], 1)
    return one.document


def new_list(office: Office, now: datetime) -> None:
    publish_trust_list(office.desk, office.keyring, actor=REGISTRAR, now=now)


def believed(office: Office) -> object:
    with office.desk.open_reading() as work:
        return trust_in_force(work, now=AT + MINUTE)


def signatures(office: Office, content: bytes) -> int:
    """How many signatures one verdict checks, the trust list being believed already."""
    believed(office)
    return calls(is_signature, lambda: verdict_of_document(office.desk, content, now=AT + MINUTE))


def test_a_certificate_as_issued_is_proved_once(staffed: Office) -> None:
    content, other = certificate(staffed), certificate(staffed, 1)
    assert [signatures(staffed, one) for one in (content, content, other, content)] == [_SIGNATURES, 0, _SIGNATURES, 0]


def test_under_a_new_trust_list_what_the_same_keys_proved_stays_with_who_asks_first_alone(staffed: Office) -> None:
    content, other = certificate(staffed), certificate(staffed, 1)
    assert [signatures(staffed, one) for one in (content, other)] == [_SIGNATURES] * 2
    new_list(staffed, AT + MINUTE)
    assert [signatures(staffed, one) for one in (content, other, other)] == [0, _SIGNATURES, 0]


def test_other_bytes_of_a_certificate_are_proved_every_time(staffed: Office) -> None:
    content = certificate(staffed)
    assert signatures(staffed, content) == _SIGNATURES
    assert [signatures(staffed, content + b" ") for _ in range(3)] == [_SIGNATURES] * 3
    assert signatures(staffed, content) == 0


def test_another_desk_remembers_nothing_of_it(staffed: Office) -> None:
    content = certificate(staffed)
    assert signatures(staffed, content) == _SIGNATURES
    assert signatures(replace(staffed, desk=replace(staffed.desk, results=Results())), content) == _SIGNATURES


def newest(office: Office) -> StoredTrustList | None:
    with office.desk.open_reading() as work:
        return work.trust.trust_list()


def test_a_version_of_the_trust_list_is_believed_once_and_is_one_value(staffed: Office) -> None:
    _believe.cache_clear()
    assert [calls(_believe.__wrapped__, lambda: believed(staffed)) for _ in range(3)] == [1, 0, 0]
    first = newest(staffed)
    assert newest(staffed) is first
    new_list(staffed, AT + MINUTE)
    _believe.cache_clear()
    assert [calls(_believe.__wrapped__, lambda: believed(staffed)) for _ in range(3)] == [1, 0, 0]
    second = newest(staffed)
    assert second is not None
    assert first is not None
    assert (second.version, newest(staffed) is second) == (first.version + 1, True)


def answered(desk: Desk, content: bytes, now: datetime, asked: Asked) -> dict[str, Any] | str:
    """The verdict, or why there is none."""
    try:
        return verdict_of_document(desk, content, now=now, asked=asked)
    except VerifierError as error:
        return repr(error)


def steps(office: Office) -> list[Callable[[datetime], object]]:
    """What happens between questions: nothing, a hold and its end, a new list, a revocation."""
    desk, number = office.desk, office.numbers[0]

    def revoke(now: datetime) -> None:
        asked = {"decision_ref": "C/1", "now": now}
        propose = partial(propose_end, desk, "revocation", number, GroundClass.CONVICTION, actor=SECOND_REGISTRAR)
        digest = propose(**asked)  # type: ignore[arg-type]
        confirm_end(desk, digest, actor=REGISTRAR, now=now)

    return [
        lambda now: None,
        lambda now: suspend_registration(desk, Suspension(number, HoldKind.CPD, "D/1"), actor=REGISTRAR, now=now),
        lambda now: new_list(office, now),
        lambda now: lift_hold(desk, number, HoldKind.CPD, decision_ref="D/2", actor=REGISTRAR, now=now),
        revoke,
        lambda now: new_list(office, now),
    ]


@pytest.mark.parametrize("seed", range(2))
def test_with_results_and_without_the_service_gives_the_same_answers(staffed: Office, seed: int) -> None:
    rng, content, remembering = random.Random(seed), certificate(staffed), replace(staffed.desk, results=Results(2))
    given, states = documents(content, certificate(staffed, 1)), set()
    for position, step in enumerate(steps(staffed)):
        step(AT + position * MINUTE)
        for _ in range(25):
            one, asked = rng.choice([content, rng.choice(given)]), rng.choice([NOTHING_ASKED] * 3 + [Asked(domain="d")])
            now = AT + position * MINUTE + rng.choice([timedelta(0), timedelta(days=8), timedelta(days=2_000)])
            answer = answered(remembering, one, now, asked)
            assert answer == answered(replace(staffed.desk, results=Results()), one, now, asked), one[:200]
            states.add(answer["state"] if isinstance(answer, dict) else "refused")
    assert {"valid", "suspended", "revoked", "invalid", "refused", "could_not_check"} <= states
