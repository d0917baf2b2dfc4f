"""The example tokens verify through the example certificate, offline they do not, and no flip of them ever does."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.test_examples import SERVED, example_trust
from tests.support import tokens, world
from tests.support.expect import finding
from tests.support.shared import example
from verifier.asked import Asked
from verifier.checks import Outcome
from verifier.folder import PublishedFolder
from verifier.jose import judge_token
from verifier.refusals import UnreadableDocumentError
from verifier.root import read_root
from verifier.sources import WalletCopy
from verifier.verdict import verdict

PRESENTED_AT = datetime(2026, 3, 20, tzinfo=UTC)
JWT, COPY, PRESENTATION = "certificate.vc+jwt.txt", "certificate.sd-jwt.txt", "presentation.sd-jwt+kb.txt"


def _register() -> tokens.Register:
    """Return a register that issued the example certificate and handed out the example copy."""
    sources = tokens.register(certificate=example("certificate.json"), trust_list=example_trust())
    issued = example(COPY).partition(b"~")[0]
    sources.copies[tokens.LIST_URL, 51217] = WalletCopy(world.PROFILE.page_id, world.sha256(issued))
    return sources


@pytest.mark.parametrize("name", [JWT, COPY, PRESENTATION])
def test_an_example_token_is_valid_through_its_certificate(name: str) -> None:
    assert judge_token(example(name), _register(), now=world.NOW).outcome is Outcome.VALID


def test_the_example_presentation_answers_the_question_of_the_readme() -> None:
    asked = Asked(challenge="n-0S6_WzA2Mj", domain="https://regulator.xa.example")
    report = judge_token(example(PRESENTATION), _register(), now=PRESENTED_AT, asked=asked)
    assert finding(report, "proofs").code == "key_binding_good"
    shown = {"grade": "PE", "name_latin": "Lin Zhiyuan", "field": "ELE"}
    assert verdict(report)["disclosed"] == shown


@pytest.mark.parametrize("name", [JWT, COPY])
def test_offline_an_example_token_is_not_decided(name: str, tmp_path: Path) -> None:
    files = {path: example(file) for path, file in SERVED.items()}
    folder = world.write(tmp_path, {**files, "/manifest.json": example("manifest.json")})
    sources = PublishedFolder(folder, root=read_root(example("did-root.json")))
    report = judge_token(example(name), sources, now=world.NOW)
    assert report.outcome is Outcome.INDETERMINATE
    if name == COPY:
        assert finding(report, "revocation").code is finding(report, "suspension").code is None


def _flipped(content: bytes) -> dict[int, bytes]:
    """Return the content with one bit of each byte turned, by place."""
    return {
        place: content[:place] + bytes([byte ^ 1 << place % 7]) + content[place + 1 :]
        for place, byte in enumerate(content)
    }


@pytest.mark.parametrize("name", [JWT, COPY, PRESENTATION])
def test_no_flipped_bit_of_an_example_verifies(name: str) -> None:
    sources, accepted = _register(), []
    for place, content in _flipped(example(name).strip()).items():
        try:
            outcome: Any = judge_token(content, sources, now=world.NOW).outcome
        except UnreadableDocumentError:
            continue
        accepted += [place] if outcome is Outcome.VALID else []
    assert accepted == []
