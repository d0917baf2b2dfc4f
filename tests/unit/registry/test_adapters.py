"""The outside: who acts, the published folder, keystores in a folder, the database."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from keys.keystore import KdfCost, NewKey
from keys.records import KeyUse
from keys.refusals import KeystoreWriteError
from registry.adapters.actors import FILE, actors_text, machine_actor, machine_user, read_actor
from registry.adapters.folder import PublishFolder, write_atomically
from registry.adapters.keyring import FolderKeyring
from registry.adapters.opening import RegisterUnusableError, open_desk
from registry.adapters.randomness import SystemRandomness
from registry.adapters.refusals import ActorsError, FolderError
from registry.demo.officers import REGISTRAR, officers
from registry.settings import read_settings

AT = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (tmp_path / FILE).write_text(actors_text(officers()), encoding="utf-8")
    return tmp_path


def test_the_table_that_is_written_is_read_back(table: Path) -> None:
    for name, actor in officers().items():
        found = read_actor(table, name, is_demo=True)
        assert (found.person, found.role, found.tenant) == (actor.person, actor.role, actor.tenant)
        assert found.authenticated_by == "machine user"


def test_a_demonstration_takes_an_unknown_user_for_its_registrar(table: Path) -> None:
    assert read_actor(table, None, is_demo=True).person == REGISTRAR.person


def test_production_knows_its_users_only(table: Path) -> None:
    with pytest.raises(ActorsError, match="names no actor"):
        read_actor(table, None, is_demo=False)
    with pytest.raises(ActorsError, match="demonstration registers only"):
        read_actor(table, "registrar-1", is_demo=False)
    own = f'[{machine_user()}]\nperson = "p"\nrole = "auditor"\ntenant = "CSE"\n'
    (table / FILE).write_text(own, encoding="utf-8")
    assert read_actor(table, None, is_demo=False).person == "p"


def test_the_program_itself_is_in_the_table(table: Path) -> None:
    assert [machine_actor(table, name).role for name in ("publisher", "clock")] == ["publisher", "clock"]
    with pytest.raises(ActorsError, match="names no actor"):
        machine_actor(table, "watch")


def test_a_published_file_is_replaced_whole_and_left_alone_when_equal(tmp_path: Path) -> None:
    folder = PublishFolder(tmp_path / "site")
    with folder.exclusive():
        folder.put("/status/revocation-1", b"one")
        file = tmp_path / "site" / "status" / "revocation-1"
        inode = file.stat().st_ino
        folder.put("/status/revocation-1", b"one")
        assert file.stat().st_ino == inode
        folder.put("/status/revocation-1", b"two")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"two", 0o644)
    assert [path.name for path in file.parent.iterdir()] == ["revocation-1"]


def test_what_cannot_be_published_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FolderError), PublishFolder(tmp_path / "file").exclusive():
        pass
    folder = PublishFolder(tmp_path / "site")
    (tmp_path / "site" / "status").mkdir(parents=True)
    for path in ("/status", "/status/../../file/x"):
        with pytest.raises(FolderError, match="cannot be written"):
            folder.put(path, b"x")
    with pytest.raises(OSError, match="directory"):
        write_atomically(tmp_path / "site", b"x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "site"]


def test_a_keystore_is_made_once_with_a_passphrase_of_its_own(tmp_path: Path) -> None:
    keys, passphrases = tmp_path / "keys", tmp_path / "passphrases"
    new = NewKey("did:web:x#issue-2026", KeyUse.ISSUE, AT, AT.replace(year=2027))
    made = FolderKeyring(keys, passphrases, cost=KdfCost(1, 8, 1))
    (record,) = made.create("cse", body="did:web:x", new_keys=[new])
    assert made.signer("cse", KeyUse.ISSUE, AT).verification_method == record.key_id
    assert FolderKeyring(keys, passphrases).signer("cse", KeyUse.ISSUE, AT).verification_method == record.key_id
    assert (passphrases / "cse").stat().st_mode & 0o777 == 0o600
    with pytest.raises(KeystoreWriteError):
        made.create("cse", body="did:web:x", new_keys=[new])


def test_a_database_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(RegisterUnusableError, match="cannot be written"):
        open_desk(read_settings({}, data_dir=tmp_path / "file" / "register"), create=True)


def test_the_randomness_of_the_system_keeps_its_bounds() -> None:
    source = SystemRandomness()
    assert len({source.randbytes(13) for _ in range(100)}) == 100
    assert {len(source.randbytes(count)) for count in (1, 13)} == {1, 13}
    assert {source.randrange(3) for _ in range(200)} == {0, 1, 2}
