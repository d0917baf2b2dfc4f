"""What a keystore does when all is well, and which keys it will not use."""

import pickle
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from nacl.signing import VerifyKey

from keys.keystore import KdfCost, KeyRecord, Keystore, NewKey
from keys.records import KeyUse
from keys.refusals import (
    KeyExistsError,
    KeyFormError,
    KeyNotUsableError,
    KeystoreChangedError,
    KeystoreExistsError,
    KeystoreMissingError,
    PassphraseMissingError,
    WrongPassphraseError,
)
from keys.signer import Ed25519Signer, P256Signer, Signer, throw_away_signer
from tests.support.keystores import add

CHEAP = KdfCost(1, 8192, 1)
SECRET = b"correct horse"
FROM = datetime(2026, 1, 1, tzinfo=UTC)
TO = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)
MID = datetime(2026, 7, 1, tzinfo=UTC)
KEY = "did:web:registry.example#issue-2026"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "private" / "cse.keys"


@pytest.fixture
def store(path: Path) -> Keystore:
    return Keystore.create(path, body="CSE", passphrase=SECRET, cost=CHEAP)


def reopened(path: Path) -> Keystore:
    return Keystore.unlock(path, passphrase=SECRET)


def test_round_trip(path: Path, store: Keystore) -> None:
    record = add(store, KEY, KeyUse.ISSUE, FROM, TO)
    assert record == KeyRecord(KEY, KeyUse.ISSUE, FROM, TO, record.public_key)
    again = reopened(path)
    assert (again.body, again.records()) == ("CSE", (record,))
    signer: Signer = again.signer(KEY, use=KeyUse.ISSUE, at=MID)
    assert signer.verification_method == KEY
    signature = signer.sign(b"message")
    assert len(signature) == 64
    VerifyKey(record.public_key).verify(b"message", signature)


def test_a_given_seed_gives_its_key(path: Path, store: Keystore) -> None:
    seed = bytes(range(32))
    add(store, KEY, KeyUse.SEAL, FROM, TO, seed)
    signer = reopened(path).signer(KEY, use=KeyUse.SEAL, at=MID)
    assert signer.public_key == Ed25519Signer(KEY, seed).public_key
    assert signer.sign(b"m") == Ed25519Signer(KEY, seed).sign(b"m")


def test_only_the_owner_reads_file_and_directory(path: Path, store: Keystore) -> None:
    add(store, KEY, KeyUse.ISSUE, FROM, TO)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["cse.keys"]


def test_the_file_holds_no_seed_in_the_open(path: Path, store: Keystore) -> None:
    seed = bytes(range(32))
    add(store, KEY, KeyUse.ISSUE, FROM, TO, seed)
    content = path.read_bytes()
    assert seed not in content
    assert seed.hex().encode() not in content
    assert SECRET not in content


def test_every_class_and_odd_names_read_back(path: Path) -> None:
    body = "中国工程师联合体 50% #1"
    store = Keystore.create(path, body=body, passphrase=SECRET, cost=CHEAP)
    keys = [NewKey(f"did:web:x%3A8443:statements#{use} é {use}", use, FROM, TO) for use in KeyUse]
    records = store.add_many(keys)
    again = reopened(path)
    assert again.body == body
    assert again.records() == records
    for record in records:
        assert again.active(record.key_use, MID).verification_method == record.key_id


def test_windows_are_kept_at_whole_seconds_in_utc(path: Path, store: Keystore) -> None:
    zone = timezone(timedelta(hours=8))
    record = add(store, KEY, KeyUse.ISSUE, FROM.astimezone(zone), TO + timedelta(milliseconds=800))
    assert (record.not_before, record.not_after) == (FROM, TO)
    assert reopened(path).records() == (record,)


@pytest.mark.parametrize(
    ("at", "usable"),
    [
        (FROM - timedelta(microseconds=1), False),
        (FROM, True),
        (TO - timedelta(microseconds=1), True),
        (TO, False),
        (TO + timedelta(seconds=1), False),
    ],
)
def test_a_key_signs_in_its_window_only(store: Keystore, at: datetime, usable: bool) -> None:
    add(store, KEY, KeyUse.ISSUE, FROM, TO)
    if usable:
        assert store.signer(KEY, use=KeyUse.ISSUE, at=at).sign(b"m")
        assert store.active(KeyUse.ISSUE, at).sign(b"m")
        return
    with pytest.raises(KeyNotUsableError) as refused:
        store.signer(KEY, use=KeyUse.ISSUE, at=at)
    assert (refused.value.code, refused.value.reason) == ("key.not-usable", "outside-window")
    with pytest.raises(KeyNotUsableError):
        store.active(KeyUse.ISSUE, at)


@pytest.mark.parametrize("use", sorted(set(KeyUse) - {KeyUse.ISSUE}))
def test_a_key_signs_for_its_class_only(store: Keystore, use: KeyUse) -> None:
    add(store, KEY, KeyUse.ISSUE, FROM, TO)
    with pytest.raises(KeyNotUsableError) as refused:
        store.signer(KEY, use=use, at=MID)
    assert refused.value.reason == "wrong-use"
    with pytest.raises(KeyNotUsableError):
        store.active(use, MID)


def test_an_unknown_key_is_refused(store: Keystore) -> None:
    with pytest.raises(KeyNotUsableError) as refused:
        store.signer(KEY, use=KeyUse.ISSUE, at=MID)
    assert refused.value.reason == "unknown"
    with pytest.raises(KeyNotUsableError):
        store.destroy(KEY)


def test_the_newest_usable_key_is_active(store: Keystore) -> None:
    store.add_many(
        [
            NewKey("did:x#b", KeyUse.STATUS, MID, TO),
            NewKey("did:x#a", KeyUse.STATUS, FROM, TO),
        ]
    )
    assert store.active(KeyUse.STATUS, MID - timedelta(seconds=1)).verification_method == "did:x#a"
    assert store.active(KeyUse.STATUS, MID).verification_method == "did:x#b"
    store.destroy("did:x#b")
    assert store.active(KeyUse.STATUS, MID).verification_method == "did:x#a"


def test_a_destroyed_key_leaves_its_record_only(path: Path, store: Keystore) -> None:
    record = add(store, KEY, KeyUse.ISSUE, FROM, TO)
    other = add(store, "did:x#other", KeyUse.ISSUE, FROM, TO)
    line = path.read_text().splitlines()[4]
    store.destroy(KEY)
    store.destroy(KEY)
    assert line.rsplit(" ", 1)[1] not in path.read_text()
    for keystore in (store, reopened(path)):
        gone, kept = keystore.records()
        assert (gone.public_key, gone.is_destroyed, kept) == (record.public_key, True, other)
        with pytest.raises(KeyNotUsableError) as refused:
            keystore.signer(KEY, use=KeyUse.ISSUE, at=MID)
        assert refused.value.reason == "destroyed"
        assert keystore.active(KeyUse.ISSUE, MID).verification_method == other.key_id
        with pytest.raises(KeyExistsError):
            add(keystore, KEY, KeyUse.ISSUE, FROM, TO)


@pytest.mark.parametrize(
    "bad",
    [
        NewKey("did:x#n", KeyUse.ISSUE, TO, FROM),
        NewKey("did:x#n", KeyUse.ISSUE, FROM.replace(tzinfo=None), TO),
        NewKey("", KeyUse.ISSUE, FROM, TO),
        NewKey("did:x#n\nkey", KeyUse.ISSUE, FROM, TO),
        NewKey("did:x#n", KeyUse.ISSUE, FROM, TO, b"short"),
        NewKey("did:x#1", KeyUse.ISSUE, FROM, TO),
    ],
    ids=["ends first", "no zone", "no id", "line in id", "seed", "twice in one call"],
)
def test_all_of_several_keys_or_none(path: Path, store: Keystore, bad: NewKey) -> None:
    before = path.read_bytes()
    with pytest.raises((KeyFormError, KeyExistsError)):
        store.add_many([NewKey("did:x#1", KeyUse.ISSUE, FROM, TO), bad])
    assert store.records() == ()
    assert path.read_bytes() == before


def test_a_keystore_is_never_overwritten(path: Path, store: Keystore) -> None:
    add(store, KEY, KeyUse.ISSUE, FROM, TO)
    before = path.read_bytes()
    with pytest.raises(KeystoreExistsError):
        Keystore.create(path, body="CSE", passphrase=SECRET, cost=CHEAP)
    assert path.read_bytes() == before
    assert len(list(path.parent.iterdir())) == 1


def test_a_key_added_by_another_process_is_not_lost(path: Path, store: Keystore) -> None:
    add(reopened(path), "did:x#theirs", KeyUse.ISSUE, FROM, TO)
    with pytest.raises(KeystoreChangedError):
        add(store, "did:x#ours", KeyUse.ISSUE, FROM, TO)
    assert store.records() == ()
    assert [record.key_id for record in reopened(path).records()] == ["did:x#theirs"]
    path.unlink()
    with pytest.raises(KeystoreChangedError):
        add(store, "did:x#ours", KeyUse.ISSUE, FROM, TO)


@pytest.mark.parametrize("other", [SECRET + b"\n", b"Correct horse", b"x"])
def test_another_passphrase_is_refused(path: Path, store: Keystore, other: bytes) -> None:
    with pytest.raises(WrongPassphraseError) as refused:
        Keystore.unlock(path, passphrase=other)
    assert refused.value.code == "keystore.wrong-passphrase"


@pytest.mark.parametrize("empty", [b"", b" \n"])
def test_an_empty_passphrase_is_refused(path: Path, store: Keystore, empty: bytes) -> None:
    with pytest.raises(PassphraseMissingError):
        Keystore.unlock(path, passphrase=empty)
    with pytest.raises(PassphraseMissingError):
        Keystore.create(path.with_name("other"), body="CSE", passphrase=empty, cost=CHEAP)


def test_a_missing_keystore_is_called_so(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path / "no" / "such" / "none"):
        with pytest.raises(KeystoreMissingError):
            Keystore.unlock(path, passphrase=SECRET)


@pytest.mark.parametrize("kind", [Ed25519Signer, P256Signer])
def test_nothing_shows_a_seed(store: Keystore, kind: type[Ed25519Signer] | type[P256Signer]) -> None:
    seed = bytes(range(32))
    signer = kind(KEY, seed)
    new = NewKey(KEY, KeyUse.ISSUE, FROM, TO, seed)
    for shown in (repr(signer), str(signer), repr(new), repr(store)):
        assert seed.hex() not in shown
        assert repr(seed) not in shown
    with pytest.raises(KeyFormError):
        pickle.dumps(signer)


def test_a_throw_away_key_is_new_each_time() -> None:
    one, two = throw_away_signer(KEY), throw_away_signer(KEY)
    assert one.public_key != two.public_key
    VerifyKey(one.public_key).verify(b"m", one.sign(b"m"))
