"""Keys of the classes that wallets read: P-256, and the keystores of the release before go on opening."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from keys.keystore import KdfCost, Keystore, NewKey
from keys.records import KeyUse
from keys.refusals import KeyFormError
from keys.signer import P256Signer, new_seed
from schemas.multikey import Algorithm, algorithm_of
from tests.support.keystores import add
from verifier.signatures import is_signature

SECRET = b"correct horse"
FROM, MID, TO = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 7, 12))
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
KEY = "did:web:registry.example#issue-p256-2026"
BEFORE = Path(__file__).with_name("files") / "part-two.keystore"
"""Made by the release before, of throw-away keys: two that sign and one that was destroyed."""


def test_signatures_are_those_of_rfc_6979() -> None:
    """RFC 6979 A.2.5, P-256 with SHA-256, message "sample"."""
    signer = P256Signer(KEY, bytes.fromhex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"))
    r = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    s = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
    assert signer.sign(b"sample").hex() == r + s
    assert signer.public_key.hex() == "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"


@pytest.mark.parametrize("number", [1, ORDER - 1])
def test_the_ends_of_the_range_are_keys(number: int) -> None:
    signer = P256Signer(KEY, number.to_bytes(32))
    assert is_signature(Algorithm.ES256, signer.public_key, b"m", signer.sign(b"m"))


@pytest.mark.parametrize("number", [0, ORDER, ORDER + 1, 2**256 - 1])
def test_a_number_outside_the_range_is_no_key(tmp_path: Path, number: int) -> None:
    with pytest.raises(KeyFormError, match="private number must be from 1 to the order of P-256 less 1"):
        P256Signer(KEY, number.to_bytes(32))
    store = Keystore.create(tmp_path / "k" / "cse", body="CSE", passphrase=SECRET, cost=KdfCost(1, 8192, 1))
    with pytest.raises(KeyFormError):
        add(store, KEY, KeyUse.ISSUE_JOSE, FROM, TO, number.to_bytes(32))
    assert store.records() == ()


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_number_has_32_bytes(length: int) -> None:
    with pytest.raises(KeyFormError, match="32 bytes"):
        P256Signer(KEY, b"\1" * length)


@pytest.mark.parametrize("use", list(KeyUse))
def test_the_class_fixes_the_algorithm(tmp_path: Path, use: KeyUse) -> None:
    path = tmp_path / "k" / "cse"
    add(Keystore.create(path, body="CSE", passphrase=SECRET, cost=KdfCost(1, 8192, 1)), KEY, use, FROM, TO)
    again = Keystore.unlock(path, passphrase=SECRET)
    (record,) = again.records()
    assert use.algorithm is (Algorithm.ES256 if use in {"issue-jose", "status-jose"} else Algorithm.EDDSA)
    assert algorithm_of(record.public_key) is use.algorithm
    assert is_signature(use.algorithm, record.public_key, b"m", again.active(use, MID).sign(b"m"))


def test_new_keys_differ() -> None:
    assert new_seed(Algorithm.ES256) != new_seed(Algorithm.ES256)


def test_a_keystore_of_the_release_before_opens_signs_and_takes_the_new_classes(tmp_path: Path) -> None:
    path = tmp_path / "k" / "cse.keystore"
    path.parent.mkdir(mode=0o700)
    shutil.copyfile(BEFORE, path)
    path.chmod(0o600)
    store = Keystore.unlock(path, passphrase=SECRET)
    before = store.records()
    assert [(one.key_use, len(one.public_key), one.is_destroyed) for one in before] == [
        ("issue", 32, False),
        ("status", 32, False),
        ("seal", 32, True),
    ]
    assert is_signature(Algorithm.EDDSA, before[0].public_key, b"m", store.active(KeyUse.ISSUE, MID).sign(b"m"))
    added = store.add_many([NewKey(KEY, KeyUse.ISSUE_JOSE, FROM, TO)])
    assert Keystore.unlock(path, passphrase=SECRET).records() == (*before, *added)
