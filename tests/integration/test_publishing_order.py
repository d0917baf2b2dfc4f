"""One order of two files is enough: whoever mixes them never takes for good what was not (T11, S14, X21)."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from registry.adapters.folder import PublishFolder
from registry.cli.publish import Every
from registry.demo.officers import CONDUCT_PANEL, PUBLISHER, REGISTRAR, SECOND_REGISTRAR
from registry.domain.actors import Actor
from registry.domain.changes import GroundClass
from registry.domain.registration import HoldKind
from registry.services.decisions import Suspension, lift_hold, suspend_registration
from registry.services.publishing import KEPT_FOR, publish
from tests.fakes import MemoryPublisher
from tests.integration.registers import AT, MINUTE, Office, office_of, staffed_in
from tests.support.rulings import confirm_end, propose_end
from verifier.status_list import inflate

REVOCATION, SUSPENSION, MANIFEST = "/status/revocation-1", "/status/suspension-1", "/manifest.json"


class StoppedError(RuntimeError):
    """The machine stopped."""


@dataclass
class Stopping(MemoryPublisher):
    """A folder that lasts, on a machine that may stop after so many files."""

    left: int | None = None

    def put(self, path: str, content: bytes) -> None:
        if self.left == 0:
            raise StoppedError
        self.left = self.left - 1 if self.left is not None else None
        super().put(path, content)


# --- what may happen to a certificate between two publications ------------------------------------------------------

HOLD, LIFT, REVOKE = "hold", "lift", "revoke"
Moves = tuple[str, ...]


def after(moves: Moves) -> tuple[bool, bool] | None:
    """Whether a certificate is held and ended after `moves`, or None if one of them is refused (`domain.md` 3.5)."""
    held = ended = False
    for move in moves:
        refused = {HOLD: held or ended, LIFT: not held, REVOKE: ended}[move]
        if refused:
            return None
        held, ended = held + (move == HOLD) - (move == LIFT) > 0, ended or move == REVOKE
    return held, ended


def sequences(before: Moves, longest: int) -> Iterator[Moves]:
    """Every sequence of at most `longest` moves that is possible after `before`."""
    for length in range(longest + 1):
        for moves in product((HOLD, LIFT, REVOKE), repeat=length):
            if after((*before, *moves)) is not None:
                yield moves


# What was published, what happened then, after how many files the next publication stopped, and what happened before
# the one after it. To stop before the first file is not to publish; after the two lists come files that hold no bits.
LIVES = [
    (before, then, stopped, last)
    for before in ((), (HOLD,))
    for then in sequences(before, 2)
    for stopped in (1, 2, None)
    for last in (sequences((*before, *then), 1) if stopped == 1 else [()])
]
KINDS = list(HoldKind)


@dataclass
class Life:
    """One certificate in a register: what was true of it at each minute, and what the folder held after each write."""

    office: Office
    kind: HoldKind
    minute: int = 0
    good: dict[int, bool] = field(default_factory=dict)
    """By minute, after what happened in it."""
    folder: Stopping = field(default_factory=Stopping)
    writes: list[tuple[str, int, int]] = field(default_factory=list)
    """Path, minute and bit of each list that was written."""

    def __post_init__(self) -> None:
        self.number = self.office.numbers[-1]
        self.index = self._certificate().status_index
        self.good[0] = True

    def _certificate(self) -> Any:
        with self.office.desk.open_reading() as work:
            (found,) = work.certificates.of_registration(self.number, 1)
        return found

    @property
    def officer(self) -> Actor:
        return CONDUCT_PANEL if self.kind.startswith("CONDUCT") else REGISTRAR

    @property
    def now(self) -> datetime:
        return AT + self.minute * MINUTE

    def happens(self, *moves: str) -> None:
        for move in moves:
            self.minute += 1
            getattr(self, f"_{move}")()
            with self.office.desk.open_reading() as work:
                is_held = bool(work.register.answering(self.number).value.holds)
            self.good[self.minute] = self._certificate().ended is None and not is_held

    def _hold(self) -> None:
        until = date(2026, 12, 31) if self.kind is HoldKind.CONDUCT_SANCTION else None
        suspension = Suspension(self.number, self.kind, "D/1", until)
        suspend_registration(self.office.desk, suspension, actor=self.officer, now=self.now)

    def _lift(self) -> None:
        lift_hold(self.office.desk, self.number, self.kind, decision_ref="D/2", actor=self.officer, now=self.now)

    def _revoke(self) -> None:
        desk, ground = self.office.desk, GroundClass.CONVICTION
        digest = propose_end(
            desk, "revocation", self.number, ground, decision_ref="C/1", actor=SECOND_REGISTRAR, now=self.now
        )
        confirm_end(desk, digest, actor=REGISTRAR, now=self.now)

    def published(self, stopped: int | None = None) -> None:
        """Publish; a folder that is whole tells what is true."""
        self.minute += 1
        self.good[self.minute] = self.good[self.minute - 1]
        self.folder.left, begin = stopped, len(self.folder.order)
        try:
            publish(self.office.desk, self.office.keyring, self.folder, actor=PUBLISHER, now=self.now)
        except StoppedError:
            assert stopped is not None
        for path in self.folder.order[begin:]:
            if path in {REVOCATION, SUSPENSION}:
                self.writes.append((path, self.minute, self._bit(path)))
        if stopped is None:
            shown = (self._bit(REVOCATION), self._bit(SUSPENSION))
            assert (shown == (0, 0)) == self.good[self.minute]

    def _bit(self, path: str) -> int:
        bits = inflate(json.loads(self.folder.files[path])["credentialSubject"]["encodedList"])
        return bits[self.index // 8] >> (7 - self.index % 8) & 1

    def read_at_every_moment(self, writes: list[tuple[str, int, int]]) -> list[bool]:
        """After each of these writes to the folder: whether it shows as good what its suspension list knew was not."""
        there: dict[str, tuple[int, int]] = {}
        found = []
        for path, minute, bit in writes:
            there[path] = (minute, bit)
            if len(there) == 2:
                shown_good = not any(bit for _, bit in there.values())
                found.append(shown_good and not self.good[there[SUSPENSION][0]])
        return found

    def read_from_copies(self) -> list[bool]:
        """For each pair of lists that ever were: whether they show as good what at no moment between them was so."""
        by_path = {name: [one for one in self.writes if one[0] == name] for name in (REVOCATION, SUSPENSION)}
        found = []
        for (_, first, revoked), (_, second, suspended) in product(by_path[REVOCATION], by_path[SUSPENSION]):
            between = range(min(first, second), max(first, second) + 1)
            found.append(not revoked and not suspended and not any(self.good[minute] for minute in between))
        return found


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> list[Life]:
    """Every life of the table, lived in a register of its own."""
    original, lived = staffed_in(tmp_path_factory.getbasetemp(), None), []
    for position, (before, then, stopped, last) in enumerate(LIVES):
        with office_of(original) as office:
            life = Life(office, KINDS[position % len(KINDS)])
            life.published()
            if before:
                life.happens(*before)
                life.published()
            life.happens(*then)
            life.published(stopped)
            life.happens(*last)
            life.published()
        lived.append(life)
    return lived


def test_drill_X21_a_publication_that_stops_between_two_lists_shows_nothing_bad_as_good(lives: list[Life]) -> None:
    moments = [bad for life in lives for bad in life.read_at_every_moment(life.writes)]
    print(f"X21 bad_shown_good={sum(moments)} moments={len(moments)} lives={len(lives)}")
    assert sum(moments) == 0
    assert len(moments) > 2 * len(lives)


def test_threat_S14_lists_of_two_times_show_nothing_that_was_not_so_in_between(lives: list[Life]) -> None:
    pairs = [bad for life in lives for bad in life.read_from_copies()]
    assert sum(pairs) == 0
    assert len(pairs) > 4 * len(lives)


def test_the_other_order_would_have_been_noticed(lives: list[Life]) -> None:
    """Suspension first, and a hold that was lifted before the revocation leaves a moment without any bit."""
    found = 0
    for life in lives:
        turned = sorted(life.writes, key=lambda one: (one[1], one[0] == REVOCATION))
        found += sum(life.read_at_every_moment(turned))
    assert found > 0


def test_the_table_has_every_kind_of_hold_and_every_end() -> None:
    assert {(HOLD, REVOKE), (LIFT, REVOKE), (REVOKE,), (REVOKE, LIFT), (HOLD, LIFT)} <= {then for _, then, *_ in LIVES}
    assert len(LIVES) > len(KINDS)


# --- a list whose bits have not changed -----------------------------------------------------------------------------


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office_of(staffed_in(tmp_path_factory.getbasetemp(), None)) as opened:
        yield opened


def written(office: Office, folder: MemoryPublisher, at: datetime) -> set[str]:
    """The lists that a publication wrote anew."""
    before = {path: folder.files.get(path) for path in (REVOCATION, SUSPENSION)}
    publish(office.desk, office.keyring, folder, actor=PUBLISHER, now=at)
    return {path for path, content in before.items() if folder.files[path] != content}


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), set()),
        (KEPT_FOR, set()),
        (KEPT_FOR + timedelta(seconds=1), {REVOCATION, SUSPENSION}),
        (-timedelta(hours=1), {REVOCATION, SUSPENSION}),
    ],
    ids=["at once", "young", "old", "of the future"],
)
def test_a_list_with_the_same_bits_stays_as_it_is_while_it_is_young(
    office: Office, age: timedelta, expected: set[str]
) -> None:
    folder = MemoryPublisher()
    assert written(office, folder, AT + timedelta(hours=2)) == {REVOCATION, SUSPENSION}
    assert written(office, folder, AT + timedelta(hours=2) + age) == expected
    digests = {one["path"]: one["sha256"] for one in json.loads(folder.files[MANIFEST])["files"]}
    assert {REVOCATION, SUSPENSION} <= set(digests)


def test_only_the_list_whose_bits_changed_is_written(office: Office) -> None:
    life = Life(office, HoldKind.CPD, folder=Stopping())
    life.published()
    life.happens(HOLD)
    assert written(office, life.folder, life.now) == {SUSPENSION}
    life.happens(REVOKE)
    assert written(office, life.folder, life.now) == {REVOCATION}


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff"])
def test_a_published_list_that_is_damaged_is_written_anew(office: Office, content: bytes) -> None:
    folder = MemoryPublisher()
    written(office, folder, AT)
    folder.files[SUSPENSION] = content
    assert written(office, folder, AT) == {SUSPENSION}


def test_no_list_is_ever_older_than_fifteen_minutes() -> None:
    (option,) = Every.__metadata__
    assert KEPT_FOR + timedelta(seconds=option.max) <= timedelta(minutes=15)


def test_each_file_is_durable_in_its_folder_before_the_next_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the system is asked for, in order; the rename is durable once its folder is."""
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def noted_fsync(descriptor: int) -> None:
        done.append("folder" if Path(f"/proc/self/fd/{descriptor}").resolve().is_dir() else "file")
        fsync(descriptor)

    def noted_replace(path: Path, target: Path) -> Path:
        done.append(f"rename {target.name}")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    folder = PublishFolder(tmp_path / "site")
    for path in (REVOCATION, SUSPENSION, SUSPENSION):
        folder.put(path, b"x")
    assert done == ["file", "rename revocation-1", "folder", "file", "rename suspension-1", "folder"]
    assert (folder.get(SUSPENSION), folder.get("/status/missing"), folder.get("/status")) == (b"x", None, None)
