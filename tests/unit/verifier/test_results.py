"""What is remembered of certificates that were judged before changes no report, and has an end."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest

from issuer.proofs import document_bytes
from tests.support import foreign, mutations, world
from tests.support.expect import changed, finding
from tests.support.online import online
from verifier.checks import CheckName, Result
from verifier.credential import judge_credential
from verifier.judge import judge
from verifier.refusals import VerifierError
from verifier.report import Report
from verifier.sources import RegisterKnows, RegisterSources
from verifier.study import LARGEST_KEPT, Results, studied
from verifier.trust import TrustedKey, TrustList
from verifier.weight import light_document

CONTENT = world.certificate()
OTHER = world.certificate(replace(world.PROFILE, issue_number=7, name_latin="Lin Other"))
METHOD = world.parsed(CONTENT)["proof"][0]["verificationMethod"]


def asked(results: Results, content: bytes, sources: RegisterSources, now: datetime, original: object) -> Report | str:
    """Judge as the register does, which remembers what it handed out; or say why there is no report."""
    try:
        study = light_document(content, world.BASE, results)
        report = judge(content, sources, now=now) if study is None else judge_credential(study, sources, now=now)
    except VerifierError as error:
        return repr(error)
    if study is not None and sources.trust_list is not None:
        results.keep(study, original, sources.trust_list)
    return report


def judged(content: bytes, sources: RegisterSources, now: datetime) -> Report | str:
    """Judge without anything that is remembered."""
    try:
        return judge(content, sources, now=now)
    except VerifierError as error:
        return repr(error)


def with_key(**changes: Any) -> TrustList:
    """Return the trust list with the first key of the certificate changed."""
    trust = world.trust()
    key: TrustedKey = replace(trust.keys[METHOD], **changes)
    return replace(trust, keys=trust.keys | {METHOD: key})


def without_key() -> TrustList:
    trust = world.trust()
    return replace(trust, keys={name: key for name, key in trust.keys.items() if name != METHOD})


@cache
def trust_lists() -> tuple[TrustList, ...]:
    """Every way in which a new list may speak of a key: as before, compromised, late, of another class, gone, other."""
    other = world.trust().keys[world.parsed(CONTENT)["proof"][2]["verificationMethod"]].public_key
    return (
        world.trust(),
        with_key(compromised_since=world.ISSUED - timedelta(days=1)),
        with_key(compromised_since=world.ISSUED + timedelta(days=1)),
        with_key(not_after=world.ISSUED),
        with_key(key_use="status"),
        with_key(public_key=other),
        with_key(public_key=None),
        without_key(),
        replace(world.trust(), authorizations=()),
        replace(world.trust(), bodies={}),
        replace(world.trust(), log_required_from=world.ISSUED),
    )


def registers(trust: TrustList) -> Iterator[RegisterSources]:
    for known in (RegisterKnows.KNOWN, RegisterKnows.ABSENT, RegisterKnows.UNREACHABLE):
        yield online(CONTENT, trust_list=trust, knows=known)
    yield online(CONTENT, trust_list=trust, revoked=True, ended="WITHDRAWN")
    yield online(CONTENT, trust_list=trust, suspended=True, public_status="suspended")
    yield online(CONTENT, trust_list=trust, suspended=None)
    yield online(OTHER, trust_list=trust)
    yield replace(online(CONTENT), trust_list=None)


MOMENTS = (world.NOW, world.ISSUED - timedelta(days=1), world.NOW + timedelta(days=2_000))


def documents(content: bytes = CONTENT, other: bytes = OTHER) -> list[bytes]:
    """The certificate, others, the same text in other bytes, and many that somebody changed, some signed anew."""
    rng, document = random.Random(4), world.parsed(content)
    grade = changed(document, ("credentialSubject/registration/grade", "AE"))
    resigned = world.signed(grade, "cse/issue-2026", "ele/issue-2026")
    changes = [changed for _, changed in (mutations.mutant(rng, document) for _ in range(60))]
    return [content, content, other, content + b" ", document_bytes(grade), resigned, b"{", *changes]


def ask_in_some_order(seed: int, questions: int) -> None:
    """Ask many questions with results and without, and hold the reports equal."""
    rng, results = random.Random(seed), Results(3)
    places = [sources for trust in trust_lists() for sources in registers(trust)]
    given = documents()
    for _ in range(questions):
        content = rng.choice([CONTENT, rng.choice(given)])
        sources, now = rng.choice(places), rng.choice(MOMENTS)
        found = asked(results, content, sources, now, rng.choice([content, CONTENT, RegisterKnows.ABSENT]))
        assert found == judged(content, sources, now), content[:200]


def test_with_results_and_without_every_question_has_the_same_report() -> None:
    ask_in_some_order(0, 60)


def kept(content: bytes = CONTENT, *, original: object = None, trust: TrustList | None = None) -> bool:
    """Whether a certificate is remembered once it was judged."""
    results = Results()
    asked(results, content, online(content, trust_list=trust), world.NOW, original or content)
    return results.find(content, world.BASE) is not None


def test_what_the_register_handed_out_is_kept() -> None:
    assert kept()


@pytest.mark.parametrize("original", [CONTENT + b" ", OTHER, RegisterKnows.ABSENT, RegisterKnows.UNREACHABLE])
def test_other_bytes_of_the_same_text_take_no_place(original: object) -> None:
    assert not kept(original=original)


@pytest.mark.parametrize(
    "content",
    [
        document_bytes(changed(world.parsed(CONTENT), ("proof/0/proofValue", "z" + "1" * 86))),
        document_bytes(changed(world.parsed(CONTENT), ("credentialSubject/nameLatin", "Lin Zhiyuan2"))),
        world.signed(changed(world.parsed(CONTENT), ("validFrom", "2026-01-01T00:00:00+08:00")), "cse/issue-2026"),
        CONTENT.ljust(LARGEST_KEPT + 1),
    ],
    ids=["bad proof", "changed", "signed by one, and inconsistent", "too large"],
)
def test_what_did_not_pass_or_is_large_is_not_kept(content: bytes) -> None:
    assert not kept(content)


def test_the_largest_that_is_kept() -> None:
    assert kept(CONTENT.ljust(LARGEST_KEPT))


@pytest.mark.parametrize("trust", [without_key(), with_key(public_key=None)])
def test_what_is_unknown_is_not_kept(trust: TrustList) -> None:
    assert not kept(trust=trust)


def test_a_key_that_became_another_is_asked_anew() -> None:
    results, other = Results(), trust_lists()[5]
    asked(results, CONTENT, online(), world.NOW, CONTENT)
    again = asked(results, CONTENT, online(trust_list=other), world.NOW, CONTENT)
    assert isinstance(again, Report)
    assert finding(again, CheckName.PROOFS).result is Result.FAIL


def test_what_has_no_report_of_its_own_is_never_kept() -> None:
    shown = document_bytes({"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiablePresentation"]})
    for content in (shown, document_bytes(foreign.badge())):
        assert light_document(content, world.BASE, Results()) is None


def test_a_new_trust_list_empties_it() -> None:
    results = Results()
    asked(results, CONTENT, online(trust_list=world.trust()), world.NOW, CONTENT)
    asked(results, OTHER, online(OTHER, trust_list=with_key()), world.NOW, OTHER)
    assert results.find(CONTENT, world.BASE) is None
    assert results.find(OTHER, world.BASE) is not None


def test_what_was_not_asked_for_the_longest_goes_first() -> None:
    results, trust = Results(2), world.trust()
    third = world.certificate(replace(world.PROFILE, issue_number=8))
    for content in (CONTENT, OTHER, CONTENT, third):
        asked(results, content, online(content, trust_list=trust), world.NOW, content)
    assert [results.find(one, world.BASE) is not None for one in (CONTENT, OTHER, third)] == [True, False, True]


def test_another_base_is_another_question() -> None:
    results = Results()
    asked(results, CONTENT, online(), world.NOW, CONTENT)
    study = results.find(CONTENT, world.BASE)
    assert study is not None
    assert results.find(CONTENT, "https://other.example") is None
    assert studied(study, world.BASE) is study
    assert studied(study, "https://other.example").base == "https://other.example"


def test_many_may_ask_at_once() -> None:
    results = Results(2)
    contents = [CONTENT, OTHER, world.certificate(replace(world.PROFILE, issue_number=8))]

    def ask(number: int) -> object:
        content = contents[number % 3]
        return asked(results, content, online(content, trust_list=trust_lists()[0]), world.NOW, content)

    expected = [judged(one, online(one), world.NOW) for one in contents]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(60))) == expected * 20
    assert sum(results.find(one, world.BASE) is not None for one in contents) == 2


def test_the_state_of_the_register_is_asked_anew() -> None:
    results, found = Results(), []
    for bit in (False, True, None, False):
        report = asked(results, CONTENT, online(revoked=bit), world.NOW, CONTENT)
        assert isinstance(report, Report)
        found.append(finding(report, CheckName.REVOCATION).result)
    assert found == [Result.PASS, Result.FAIL, Result.UNKNOWN, Result.PASS]
