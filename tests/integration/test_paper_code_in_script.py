"""The script of the pages reads and judges paper codes as the verifier does: one file of vectors for both."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.paper_code import PaperCodeError, decode_code, from_digits, to_digits
from tests.support import world
from tests.support.online import online
from tests.support.paper_codes import CODE
from tests.support.script import run_script
from tests.vectors.make_paper_codes import FILE, HOST, PAGE, key, vectors
from verifier.paper_code import PresentedCode, judge_paper_code
from verifier.state import state_of
from verifier.trust import TrustedKey

VECTORS: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
READABLE = """
    return given.map((text) => {
        try {
            paper.readCode(digits.bytesOfDigits(text));
            return true;
        } catch (error) {
            if (error instanceof digits.Unreadable) return false;
            throw error;
        }
    });
"""
CHECKED = "return Promise.all(given.map((one) => paper.checkPaper(one.digits, one)));"
NOT_RED = {"matches", "matches_withdrawn", "not_compared"}


def readable(digits: str) -> bool:
    try:
        decode_code(from_digits(digits))
    except PaperCodeError:
        return False
    return True


def nearly(code: bytes) -> list[str]:
    """Every flipped bit, every changed digit, and every shorter text of a code."""
    flips = (
        code[:place] + bytes([code[place] ^ 1 << bit]) + code[place + 1 :]
        for place in range(len(code))
        for bit in range(8)
    )
    text = to_digits(code)
    changed = [
        text[:at] + digit + text[at + 1 :] for at in range(len(text)) for digit in "0123456789" if digit != text[at]
    ]
    return [*map(to_digits, flips), *changed, *(text[:length] for length in range(len(text)))]


def test_the_vectors_are_those_that_their_script_makes() -> None:
    assert vectors() == VECTORS
    assert len(VECTORS["bad"]) >= 60


@pytest.mark.parametrize(("kind", "expected"), [("good", True), ("bad", False)])
def test_site_a48_both_readers_take_and_refuse_the_same(kind: str, expected: bool) -> None:
    given = VECTORS[kind]
    in_script = dict(zip(given, run_script(READABLE, list(given.values())), strict=True))
    assert {name for name, answer in in_script.items() if answer is not expected} == set()
    assert {name for name, text in given.items() if readable(text) is not expected} == set()


def test_site_a48_both_readers_agree_on_everything_that_is_nearly_a_code() -> None:
    given = nearly(CODE)
    in_script = run_script(READABLE, given)
    assert in_script == [readable(text) for text in given]
    print(f"readers: {len(given):,} codes with one change, {sum(in_script):,} readable to both")


def test_site_a09_nothing_with_one_change_ever_matches() -> None:
    digests = VECTORS["checks"][0]["digests"]
    page = {"host": HOST, "id": PAGE, "keys": [key(), key(state="compromised")], "digests": digests}
    answers = run_script(CHECKED, [{**page, "digits": text} for text in nearly(CODE)])
    assert set(answers) == {"code_unreadable", "tampered", "issuer_not_trusted"}


def test_site_a47_the_script_says_what_the_vectors_say() -> None:
    given = VECTORS["checks"]
    answers = run_script(CHECKED, given)
    told = {one["name"]: (answer, one["result"]) for one, answer in zip(given, answers, strict=True)}
    assert {name: pair for name, pair in told.items() if pair[0] != pair[1]} == {}


def server_state(check: dict[str, Any]) -> str:
    """The state that the verifier gives to a check of the vectors whose certificate is valid."""
    cse, *others = world.BODIES
    kept = [one for one in cse.keys if one.key_use != "seal"]
    seals = [seal_key(place, one) for place, one in enumerate(check["keys"])]
    trust = world.trust(replace(world.TRUST_LIST, bodies=(replace(cse, keys=(*kept, *seals)), *others)))
    sources = online(paper_sha256=tuple(check["digests"]), trust_list=trust)
    code = from_digits(check["digits"])
    report = judge_paper_code(PresentedCode(code, check["id"]), world.certificate(), sources, now=world.NOW)
    return str(state_of(report.findings, report.outcome, report.profile, report.register))


def seal_key(place: int, one: dict[str, Any]) -> TrustedKey:
    since = datetime.fromtimestamp(one["from"], UTC)
    return TrustedKey(
        f"{world.CSE}#seal-{place}",
        "seal",
        bytes.fromhex(one["x"]),
        since,
        datetime.fromtimestamp(one["to"], UTC),
        since if one["state"] == "compromised" else None,
    )


ASKED = [
    one
    for one in VECTORS["checks"]
    if one["host"].lower() == HOST and one["digests"] is not None and one["keys"] is not None
]


@pytest.mark.parametrize("check", ASKED, ids=[one["name"] for one in ASKED])
def test_site_a47_the_verifier_says_what_the_vectors_say(check: dict[str, Any]) -> None:
    if check["result"] == "code_unreadable":
        assert not readable(check["digits"])
        return
    assert server_state(check) == ("valid" if check["result"] in NOT_RED else check["result"])


@pytest.mark.parametrize(
    "broken",
    ["undefined", "{}", "{ importKey() { throw new DOMException('no', 'NotSupportedError'); } }"],
    ids=["no Web Crypto", "an empty one", "no Ed25519"],
)
def test_without_ed25519_there_is_no_answer_at_all(broken: str) -> None:
    body = f"return paper.checkPaper(given.digits, given, {broken}).then(String, () => 'thrown');"
    if broken == "undefined":
        body = "Object.defineProperty(globalThis, 'crypto', {value: undefined});" + body
    assert run_script(body, VECTORS["checks"][0]) == "thrown"
