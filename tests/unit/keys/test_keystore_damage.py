"""A keystore that was cut, flipped, edited or left open to others is refused."""

import os
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from keys.disk import read_passphrase
from keys.keystore import FULL_COST, KdfCost, Keystore
from keys.records import KeyUse
from keys.refusals import (
    KdfCostError,
    KeysError,
    KeystoreDamagedError,
    KeystorePermissionsError,
    KeystoreReadError,
    KeystoreWriteError,
    PassphraseMissingError,
    WrongPassphraseError,
)
from keys.sealing import wrapping_key
from tests.support.keystores import add

CHEAP = KdfCost(1, 8192, 1)
SECRET = b"correct horse"
FROM, TO = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "cse.keys"
    store = Keystore.create(path, body="CSE", passphrase=SECRET, cost=CHEAP)
    add(store, "did:x#1", KeyUse.ISSUE, FROM, TO)
    add(store, "did:x#2", KeyUse.SEAL, FROM, TO)
    store.destroy("did:x#2")
    return path


def unlock(path: Path) -> Keystore:
    return Keystore.unlock(path, passphrase=SECRET)


def with_sum(content: bytes) -> bytes:
    """Return the content with a fitting sum, as anyone can make it."""
    above = content[: content.rindex(b"sum ")]
    return above + f"sum {sha256(above).hexdigest()}\n".encode()


def test_a_file_cut_anywhere_is_damaged(path: Path) -> None:
    content = path.read_bytes()
    for length in [*range(0, len(content), 50), len(content) - 1]:
        path.write_bytes(content[:length])
        with pytest.raises(KeystoreDamagedError):
            unlock(path)


def test_a_file_with_more_behind_it_is_damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(KeystoreDamagedError):
        unlock(path)


@pytest.mark.parametrize("bit", [0x01, 0x20, 0x80])
def test_any_flipped_byte_is_damage(path: Path, bit: int) -> None:
    content = path.read_bytes()
    for place in range(len(content)):
        flipped = bytearray(content)
        flipped[place] ^= bit
        path.write_bytes(bytes(flipped))
        with pytest.raises(KeystoreDamagedError):
            unlock(path)


@pytest.mark.parametrize("bit", [0x01, 0x20])
def test_any_flipped_byte_with_a_new_sum_is_refused_too(path: Path, bit: int) -> None:
    content = path.read_bytes()
    end = content.rindex(b"sum ")
    for place in range(0, end, 3):
        flipped = bytearray(content)
        flipped[place] ^= bit
        path.write_bytes(with_sum(bytes(flipped)))
        # A changed salt or wrapped key cannot be told from a wrong passphrase.
        with pytest.raises((KeystoreDamagedError, WrongPassphraseError)):
            unlock(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2026-12-31T", "2029-12-31T"),
        (" issue ", " trust "),
        (" issue ", " nothing "),
        (" issue ", " issue-jose "),
        ("did:x#1", "did:x#3"),
        ("did:x#2", "did:x#1"),
        ("key did:x#2", "KEY did:x#2"),
        ("2026-01-01T00:00:00Z", "2026-01-01"),
        ("2026-01-01T", "2026-1-1T"),
        ("cse-keystore 1", "cse-keystone 1"),
        ("body CSE", "body %43SE"),
        ("body CSE", "body %FF"),
        ("body CSE", "body C SE"),
        ("cse-keystore 1", "cse-keystore 2"),
        ("destroyed destroyed", "destroyed"),
        ("argon2id 1 8192 1", "argon2id 11 8192 1"),
        ("argon2id 1 8192 1", "argon2id 1 1048577 1"),
        ("argon2id 1 8192 1", "argon2id 1 8192 9"),
        ("argon2id 1 8192 1", "argon2id 0 8192 1"),
        ("argon2id 1 8192 1", "argon2id 1 7 1"),
        ("argon2id 1 8192 1", "argon2id 01 8192 1"),
        ("argon2id 1 8192 1", "argon2i 1 8192 1"),
        ("\nseal ", "\nSEAL "),
    ],
)
def test_an_edit_of_the_open_part_is_damage(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_bytes(with_sum(text.replace(old, new).encode()))
    with pytest.raises(KeystoreDamagedError):
        unlock(path)


def test_a_dropped_or_copied_line_is_damage(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    for place in range(len(lines) - 1):
        for changed in (lines[:place] + lines[place + 1 :], [*lines[:place], lines[place], *lines[place:]]):
            path.write_bytes(with_sum(b"".join(changed)))
            with pytest.raises(KeystoreDamagedError):
                unlock(path)


def test_a_seed_does_not_open_under_another_key_id(path: Path) -> None:
    """The binding of each seed holds even if the seal were made anew."""
    store = unlock(path)
    first = store._keys[0]
    other = type(first)(store._keys[1].record, first.seed)
    store._keys = (first, other)
    with pytest.raises(KeystoreDamagedError):
        store._open(other.record, other.seed)  # type: ignore[arg-type]
    store.signer("did:x#1", use=KeyUse.ISSUE, at=FROM)


def test_a_public_key_that_is_not_of_its_seed_is_damage(path: Path) -> None:
    store = unlock(path)
    first, second = store._keys
    store._keys = (type(first)(second.record, None), first)
    forged = type(first.record)("did:x#1", KeyUse.ISSUE, FROM, TO, second.record.public_key)
    with pytest.raises(KeystoreDamagedError):
        store._open(forged, first.seed)  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o602, 0o777])
def test_a_file_others_have_access_to_is_refused(path: Path, mode: int) -> None:
    path.chmod(mode)
    with pytest.raises(KeystorePermissionsError) as refused:
        unlock(path)
    assert refused.value.code == "keystore.permissions"
    assert f"chmod 0600 {path}" in str(refused.value)


def test_a_directory_anyone_may_write_is_refused(path: Path) -> None:
    path.parent.chmod(0o777)
    try:
        with pytest.raises(KeystorePermissionsError, match="chmod 0700"):
            unlock(path)
        with pytest.raises(KeystorePermissionsError):
            Keystore.create(path.with_name("new"), body="CSE", passphrase=SECRET, cost=CHEAP)
    finally:
        path.parent.chmod(0o700)
    assert [file.name for file in path.parent.iterdir()] == ["cse.keys"]


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "directory").mkdir(mode=0o700)
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name in ("directory", "pipe"):
        with pytest.raises(KeystoreReadError):
            unlock(tmp_path / name)
    (tmp_path / "file").write_text("")
    for below in (tmp_path / "file" / "below", tmp_path / "file" / "far" / "below"):
        with pytest.raises(KeystoreReadError):
            unlock(below)


def test_a_file_too_large_is_damaged(path: Path) -> None:
    path.write_bytes(b"x" * (4 * 1024 * 1024 + 1))
    with pytest.raises(KeystoreDamagedError):
        unlock(path)


def test_what_cannot_be_written_leaves_all_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, store = path.read_bytes(), unlock(path)
    records = store.records()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeystoreWriteError, match="No space left"):
        add(store, "did:x#3", KeyUse.ISSUE, FROM, TO)
    with pytest.raises(KeystoreWriteError):
        Keystore.create(path.with_name("new"), body="CSE", passphrase=SECRET, cost=CHEAP)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert store.records() == records == unlock(path).records()
    assert [file.name for file in path.parent.iterdir()] == ["cse.keys"]


def test_a_directory_that_is_a_file_cannot_be_written(path: Path) -> None:
    with pytest.raises(KeystoreWriteError):
        Keystore.create(path / "below", body="CSE", passphrase=SECRET, cost=CHEAP)


@pytest.mark.parametrize(
    "cost", [(0, 8192, 1), (11, 8192, 1), (1, 7, 1), (1, 1024 * 1024 + 1, 1), (1, 8192, 0), (1, 8192, 9)]
)
def test_a_cost_out_of_bounds_is_refused(cost: tuple[int, int, int]) -> None:
    with pytest.raises(KdfCostError):
        KdfCost(*cost)


def test_the_bounds_of_the_cost_are_allowed() -> None:
    assert KdfCost(10, 1024 * 1024, 8).time == 10
    assert KdfCost(1, 64, 8).parallelism == 8
    assert KdfCost(3, 256 * 1024, 2) == FULL_COST


def test_a_cost_that_cannot_be_borne_is_a_refusal() -> None:
    with pytest.raises(KdfCostError):
        wrapping_key(SECRET, salt=b"short", cost=CHEAP)


def test_damage_is_not_blamed_on_the_passphrase(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(KeystoreDamagedError):
        Keystore.unlock(path, passphrase=b"another")


def test_a_value_of_another_length_is_damage(path: Path) -> None:
    for line, word in ((2, 5), (3, 1), (3, 2), (4, 5), (4, 6), (4, 7)):
        lines = [row.split(" ") for row in path.read_text().splitlines()]
        lines[line][word] += "00"
        changed = "".join(" ".join(row) + "\n" for row in lines)
        damaged = path.with_name("damaged")
        damaged.write_bytes(with_sum(changed.encode()))
        damaged.chmod(0o600)
        with pytest.raises(KeystoreDamagedError):
            unlock(damaged)


def test_a_file_of_another_body_does_not_open_under_this_name(path: Path) -> None:
    path.write_bytes(with_sum(path.read_bytes().replace(b"body CSE", b"body ELE")))
    with pytest.raises(WrongPassphraseError):
        unlock(path)


def test_a_file_without_its_lines_is_damaged(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    for kept in ([], lines[:2], lines[:-2], lines[-2:-1], [*lines[:3], lines[-2]]):
        path.write_bytes(with_sum(b"".join([*kept, b"sum "])))
        with pytest.raises(KeystoreDamagedError):
            unlock(path)


@pytest.mark.parametrize(
    ("content", "passphrase"),
    [(b"secret", b"secret"), (b"secret\n", b"secret"), (b"secret\n\n", b"secret\n"), (b" a b ", b" a b ")],
)
def test_a_passphrase_loses_one_line_end_at_most(tmp_path: Path, content: bytes, passphrase: bytes) -> None:
    file = tmp_path / "passphrase"
    file.write_bytes(content)
    file.chmod(0o600)
    assert read_passphrase(file) == passphrase


@pytest.mark.parametrize("content", [b"", b"\n", b" \n\n"])
def test_an_empty_passphrase_file_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "passphrase"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(PassphraseMissingError):
        read_passphrase(file)


def test_a_passphrase_file_must_be_there_and_private(tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    with pytest.raises(PassphraseMissingError) as refused:
        read_passphrase(file)
    assert refused.value.code == "keystore.passphrase-missing"
    file.write_bytes(b"secret")
    file.chmod(0o644)
    with pytest.raises(KeystorePermissionsError):
        read_passphrase(file)


def test_every_refusal_has_its_own_code() -> None:
    codes = [refusal.code for refusal in KeysError.__subclasses__()]
    assert len(set(codes)) == len(codes)
    assert all("." in code for code in codes)
