"""What was seen once is never answered from something older (`threats.md` 0, S15, K10)."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from issuer.proofs import document_bytes
from tests.support import world
from tests.support.expect import faults, finding, unknowns
from verifier.checks import Outcome
from verifier.folder import PublishedFolder
from verifier.judge import judge
from verifier.report import Report
from verifier.seen import NOTHING_SEEN, Seen
from verifier.state import State
from verifier.verdict import report_state, verdict_on_date

HOUR = timedelta(hours=1)
EARLIER, LATER = world.NOW - HOUR, world.NOW + HOUR


def trust_list(version: int, now: datetime = world.NOW) -> bytes:
    return world.trust_list(replace(world.TRUST_LIST, version=version), now=now)


def published(folder: Path, listed: bytes, *, now: datetime = world.NOW, suspended: tuple[int, ...] = ()) -> Path:
    files = world.publication(listed=listed, now=now, suspended=suspended)
    return world.write(folder, {**files, "/manifest.json": world.manifest(files, now=now)})


def judged(folder: Path, seen: Seen = NOTHING_SEEN, *, now: datetime = world.NOW) -> tuple[Report, Seen]:
    sources = PublishedFolder(folder, root=world.root(), seen=seen)
    return judge(world.certificate(), sources, now=now), sources.seen()


SEVEN = trust_list(7)
ROWS = [
    pytest.param(SEVEN, None, id="threat_S15-the-same-trust-list"),
    pytest.param(trust_list(8), None, id="threat_S15-the-next-trust-list"),
    pytest.param(trust_list(6), "trust_list_rolled_back", id="threat_S15-older-trust-list"),
    pytest.param(trust_list(7, EARLIER), "trust_list_rolled_back", id="threat_K10-one-version-two-lists"),
]


@pytest.mark.parametrize(("listed", "code"), ROWS)
def test_a_trust_list_older_than_one_seen_is_refused(tmp_path: Path, listed: bytes, code: str | None) -> None:
    _, seen = judged(published(tmp_path / "first", SEVEN))
    report, after = judged(published(tmp_path / "second", listed), seen)
    if code is None:
        assert (report.outcome, after.version) == (Outcome.VALID, 8 if listed != SEVEN else 7)
        return
    assert (report.outcome, report_state(report)) == (Outcome.INDETERMINATE, State.COULD_NOT_CHECK)
    assert finding(report, "issuer_trusted").code == code
    assert after == seen
    fresh, _ = judged(tmp_path / "second")
    assert fresh.outcome is Outcome.VALID, "only what was seen before speaks against it"


@pytest.mark.parametrize(
    ("at", "code"),
    [
        pytest.param(world.NOW, None, id="threat_S15-the-same-slot"),
        pytest.param(LATER, None, id="threat_S15-a-later-slot"),
        pytest.param(world.NOW - timedelta(seconds=1), "manifest_too_old", id="threat_S15-an-earlier-slot"),
    ],
)
def test_lists_older_than_those_seen_are_refused(tmp_path: Path, at: datetime, code: str | None) -> None:
    """A cache hands out the lists of before a suspension: fresh enough, and refused."""
    listed = trust_list(7, EARLIER)
    _, seen = judged(published(tmp_path / "first", listed, suspended=(world.INDEX,)))
    report, after = judged(published(tmp_path / "second", listed, now=at), seen, now=LATER)
    assert report.outcome is (Outcome.VALID if code is None else Outcome.INDETERMINATE)
    assert unknowns(report) == ({} if code is None else {"revocation": code, "suspension": code})
    assert after.manifest_at == max(at, world.NOW)


def test_what_was_not_signed_or_not_in_force_is_not_learned(tmp_path: Path) -> None:
    folder = published(tmp_path, SEVEN)
    eight = world.parsed(trust_list(8))
    for content, now in (
        (document_bytes({**eight, "validUntil": "2026-06-01T02:00:01Z"}), world.NOW),
        (SEVEN, EARLIER),
    ):
        world.write(folder, {"/trust/list.json": content})
        assert judged(folder, now=now)[1] == NOTHING_SEEN
    world.write(folder, {"/trust/list.json": SEVEN, "/manifest.json": b"{}"})
    assert judged(folder)[1] == Seen(7, world.sha256(SEVEN), world.NOW)
    world.write(folder, {"/trust/list.json": trust_list(8)})
    world.write(folder, {"/manifest.json": world.manifest({"/trust/list.json": SEVEN})})
    assert judged(folder)[1] == NOTHING_SEEN, "a trust list that the manifest does not name"


def test_each_of_both_is_kept_at_its_newest() -> None:
    old = Seen(7, "a" * 64, EARLIER, LATER)
    assert old.updated(Seen(8, "b" * 64, world.NOW, world.NOW)) == Seen(8, "b" * 64, world.NOW, LATER)
    assert old.updated(Seen(7, "a" * 64, EARLIER)) == old
    assert NOTHING_SEEN.updated(Seen(1, "a" * 64, EARLIER)) == Seen(1, "a" * 64, EARLIER)


@pytest.mark.parametrize(
    ("moment", "left"),
    [
        (EARLIER - HOUR, NOTHING_SEEN),
        (EARLIER, Seen(7, "a" * 64, EARLIER)),
        (world.NOW, Seen(7, "a" * 64, EARLIER, world.NOW)),
    ],
)
def test_a_question_about_the_past_knows_what_existed_then(moment: datetime, left: Seen) -> None:
    assert Seen(7, "a" * 64, EARLIER, world.NOW).until(moment) == left


# --- a past moment (V51) -----------------------------------------------------------------------------------------


def on_date(folder: Path, at: datetime, now: datetime) -> dict[str, object]:
    return verdict_on_date(judged(folder, now=at)[0], judged(folder, now=now)[0])


def test_threat_V51_a_past_moment_is_answered_from_lists_of_then_beside_the_answer_of_now(tmp_path: Path) -> None:
    folder = published(tmp_path, SEVEN)
    answer = on_date(folder, LATER, world.NOW + timedelta(days=3))
    assert (answer["outcome"], answer["state"], answer["as_of"]) == ("valid", "valid_on_date", "2026-05-25T03:00:00Z")
    assert (answer["current_outcome"], answer["current"]) == ("indeterminate", {"state": "offline_genuine"})
    assert answer["checked_at"] == "2026-05-28T02:00:00Z"


def test_threat_V51_lists_of_today_do_not_speak_of_last_week(tmp_path: Path) -> None:
    folder = published(tmp_path, trust_list(7, world.NOW - timedelta(days=6)))
    answer = on_date(folder, world.NOW - timedelta(days=5), world.NOW)
    assert (answer["outcome"], answer["state"]) == ("indeterminate", "offline_genuine")
    assert (answer["current_outcome"], answer["current"]) == ("valid", {"state": "offline_snapshot"})


def test_threat_V51_what_was_suspended_then_is_no_good_on_that_date(tmp_path: Path) -> None:
    folder = published(tmp_path, SEVEN, suspended=(world.INDEX,))
    report, _ = judged(folder)
    assert faults(report) == {"suspension": "suspended"}
    assert on_date(folder, world.NOW, LATER)["state"] == "suspended"
