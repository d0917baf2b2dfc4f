"""Another implementation reads the folder that the demonstration register published."""

import json
from pathlib import Path
from typing import Any

import pytest

from registry.demo.plan import Story
from registry.services.answers import verdict_of_document
from tests.conformance.interop import run_interop, why_unavailable
from tests.integration.registers import AT, BASE, Demo, demo_in

pytestmark = pytest.mark.skipif(why_unavailable() is not None, reason=str(why_unavailable()))

SOCIETY = f"{BASE.replace('http://localhost:', 'did:web:localhost%3A')}:societies:"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return demo_in(tmp_path_factory.getbasetemp())


def document(demo: Demo, story: Story) -> dict[str, Any]:
    with demo.desk().open_reading() as work:
        certificate = work.certificates.by_page(demo.pages()[demo.number(story)])
    assert certificate is not None
    value: dict[str, Any] = json.loads(certificate.document)
    return value


def variants(demo: Demo) -> dict[str, dict[str, Any]]:
    """Certificates as issued, and two that were changed."""
    good = document(demo, Story.VALID)
    changed = json.loads(json.dumps(good))
    registration = changed["credentialSubject"]["registration"]
    registration["grade"] = "AE" if registration["grade"] != "AE" else "SPE"
    alone = {**good, "proof": [one for one in good["proof"] if not one["verificationMethod"].startswith(SOCIETY)]}
    return {
        "as issued": good,
        "changed grade": changed,
        "society's proofs removed": alone,
        "revoked": document(demo, Story.REVOKED),
    }


def test_another_implementation_reads_our_folder_and_misses_what_we_say_it_misses(
    demo: Demo, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    files = {}
    for position, (name, value) in enumerate(variants(demo).items()):
        files[name] = tmp_path / f"{position}.json"
        files[name].write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    answers = run_interop(demo.published, BASE, list(files.values()), status=True, now=AT)
    theirs = dict(zip(files, answers, strict=True))
    ours = {name: verdict_of_document(demo.desk(), file.read_bytes(), now=AT) for name, file in files.items()}
    lines = [f"{'certificate':26} {'theirs':10} ours"]
    for name, answer in theirs.items():
        said = "verified" if answer["verified"] else "refused"
        lines.append(f"{name:26} {said:10} {ours[name]['outcome']} ({ours[name]['state']})")
    lines.append(" ".join(f"{package} {version}" for package, version in theirs["as issued"]["versions"].items()))
    with capfd.disabled():
        print("\n" + "\n".join(lines))
    assert {name: answer["verified"] for name, answer in theirs.items()} == {
        "as issued": True,
        "changed grade": False,
        "society's proofs removed": True,
        "revoked": True,
    }
    assert {name: answer["outcome"] for name, answer in ours.items()} == {
        "as issued": "valid",
        "changed grade": "invalid",
        "society's proofs removed": "invalid",
        "revoked": "invalid",
    }
    rdfc = [one["assertion"] for one in theirs["as issued"]["proofs"] if one["cryptosuite"] == "eddsa-rdfc-2022"]
    assert rdfc == [True, True], "the society's graph proof is good for them too, when it is looked at alone"


def test_the_published_lists_tell_another_implementation_the_same_bits(demo: Demo, tmp_path: Path) -> None:
    stories = {Story.VALID: (False, False), Story.SUSPENDED_CPD: (False, True), Story.REVOKED: (True, False)}
    files = []
    for story in stories:
        files.append(tmp_path / f"{story.name}.json")
        files[-1].write_text(json.dumps(document(demo, story), ensure_ascii=False), encoding="utf-8")
    answers = run_interop(demo.published, BASE, files, status=True, now=AT)
    for bits, answer in zip(stories.values(), answers, strict=True):
        assert {entry["purpose"]: entry["set"] for entry in answer["status"]} == dict(
            zip(("revocation", "suspension"), bits, strict=True)
        )
