"""What the command line refuses: exit code 3, one plain sentence on stderr, and nothing written (interface 2)."""

import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from registry.adapters.folder import building_folder
from registry.demo.plan import Story
from registry.store.engine import open_engine
from tests.integration.conftest import Cse, Said
from tests.integration.registers import AT, DATABASE, Demo, clean_environment, listing

PROJECT = Path(__file__).resolve().parents[2]
OTHER = "CSE26ELE00012379"


def is_one_sentence(said: Said) -> bool:
    lines = said.err.strip().splitlines()
    return len(lines) == 1 and lines[0].startswith("cse: ") and "Traceback" not in said.err


def world(demo: Demo) -> tuple[object, ...]:
    folder = demo.folder.parent
    return listing(folder), demo.rows(), sorted(str(path) for path in folder.rglob("*") if path.is_dir())


@pytest.fixture
def refused(copied: Demo, cse: Cse) -> Callable[..., str]:
    """Run a command that must be refused and leave everything as it was; returns its sentence."""

    def command(*arguments: object, env: dict[str, str] | None = None, without: tuple[str, ...] = ()) -> str:
        given = {**copied.environment(), **(env or {})}
        before = world(copied)
        said = cse(*arguments, env={name: value for name, value in given.items() if name not in without})
        assert (said.code, is_one_sentence(said)) == (3, True), said
        assert world(copied) == before
        return said.err

    return command


Refused = Callable[..., str]


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"CSE_MODO": "demo"}, "unknown setting CSE_MODO"),
        ({"CSE_MODE": "test"}, "it is demo or production"),
        ({"CSE_BASE_URL": "https://register.example/path"}, "CSE_BASE_URL"),
        ({"CSE_BASE_URL": "http://localhost:8001"}, "founded for http://localhost:8000"),
        ({"CSE_CLOCK": "yesterday"}, "CSE_CLOCK is no instant"),
        ({"CSE_DATABASE_URL": "nonsense"}, "postgresql+psycopg://"),
        ({"CSE_DATABASE_URL": "mysql://register@localhost/register"}, "mysql+mysqldb is not supported"),
        ({"CSE_DATABASE_URL": "sqlite:////nowhere/at/all/register.sqlite"}, "there is no file"),
        ({"CSE_MODE": "production"}, "CSE_CLOCK is refused in production"),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
)
@pytest.mark.parametrize("command", [("census",), ("publish",), ("issue", "--pending"), ("serve", "--port", "0")])
def test_settings_that_cannot_work(
    refused: Refused, command: tuple[str, ...], env: dict[str, str], expected: str
) -> None:
    assert expected in refused(*command, env=env)


def test_offline_verification_reads_the_settings_as_strictly(refused: Refused, copied: Demo) -> None:
    asked = ("verify", copied.folder / "actors.toml", "--offline", copied.published)
    assert "unknown setting" in refused(*asked, env={"CSE_MODO": "demo"})
    assert "refused in production" in refused(*asked, env={"CSE_MODE": "production"})


def test_threat_g08_production_refuses_a_demonstration_register(refused: Refused, copied: Demo) -> None:
    production = {"CSE_MODE": "production"}
    for command in (("census",), ("serve", "--port", "0"), ("publish",), ("verify", OTHER), ("trust",)):
        assert "demo register" in refused(*command, env=production, without=("CSE_CLOCK",))
    assert "refused in production" in refused("demo", env=production, without=("CSE_CLOCK",))
    assert "CSE_DATA_DIR is required" in refused("census", env=production, without=("CSE_CLOCK", "CSE_DATA_DIR"))


def test_as_another_officer_exists_in_demonstrations_only(refused: Refused, copied: Demo) -> None:
    """A real production register with an officer's table: `--as` is refused before anything is looked at."""
    _make_production(copied)
    production = {"CSE_MODE": "production"}
    number = copied.number(Story.VALID)
    asked = ("decide", "suspend", number, "--reason", "identity", "--decision", "D/1", "--as", "registrar-1")
    assert "demonstration registers only" in refused(*asked, env=production, without=("CSE_CLOCK",))
    past = ("sweep", "--as-of", "2026-01-01")
    assert "only a demonstration register" in refused(*past, env=production, without=("CSE_CLOCK",))
    unknown = refused(*asked[:-2], env=production, without=("CSE_CLOCK",))
    assert "names no actor" in unknown


def _make_production(demo: Demo) -> None:
    with closing(sqlite3.connect(demo.folder / DATABASE)) as database:
        database.execute("UPDATE register_fact SET value = 'production' WHERE name = 'kind'")
        database.commit()


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("census", "--nonsense"),
        ("verify",),
        ("issue",),
        ("decide", "promote", OTHER),
        ("decide", "suspend", OTHER, "--reason", "bad", "--decision", "D/1"),
        ("decide", "suspend", OTHER),
        ("decide", "suspend", OTHER, "--reason", "identity"),
        ("decide", "lift", OTHER, "--reason", "identity"),
        ("decide", "lift", OTHER, "--reason", "bad", "--decision", "D/1"),
        ("decide", "revoke", OTHER, "--reason", "bad", "--decision", "x"),
        ("decide", "suspend", OTHER, "--reason", "identity", "--decision", "D/1", "--until", "soon"),
        ("decide", "suspend", OTHER, "--reason", "identity", "--decision", "D/1", "--as", "nobody"),
        ("decide", "suspend", OTHER, "--reason", "identity", "--decision", "D/1"),
        ("decide", "suspend", "CSE26ELE00012378", "--reason", "identity", "--decision", "D/1"),
        ("decide", "lift", "hello", "--reason", "identity", "--decision", "D/1"),
        ("decide", "revoke", OTHER, "--reason", "conviction", "--decision", "x"),
        ("decide", "confirm", "0" * 64, "--as", "registrar-2"),
        ("decide", "annul", OTHER, "--reason", "conviction", "--decision", "x"),
        ("decide", "appeal-allowed", OTHER, "--grade", "PE", "--decision", "x"),
        ("decide", "withdraw", OTHER, "--decision", "x"),
        ("decide", "death", OTHER, "--on", "2026-06-30", "--decision", "x"),
        ("decide", "death", OTHER, "--on", "soon", "--decision", "x"),
        ("sweep", "--as-of", "soon"),
        ("sweep", "--dry-run", "--as-of", "0001-01-01"),
        ("sweep", "--as-of", "2026-07-02"),
        ("issue", "hello"),
        ("export", OTHER, "--out", "out.json"),
        ("export", OTHER, "--out", "out.json", "--format", "pdf"),
        ("export", OTHER, "--out", "out.json", "--format", "vc-jwt"),
        ("trust", "burn"),
        ("trust", "publish", "--as", "publisher"),
        ("publish", "--as", "board-ele"),
        ("publish", "--every", "1"),
        ("serve", "staff"),
        ("serve", "--tls", "--port", "0"),
        ("serve", "--port", "70000"),
        ("verify", "CSE26ELE00012378"),
        ("verify", "CSE" + "1" * 300),
        ("verify", "CSE26"),
        ("verify", "no-such-file.json"),
        ("verify", "."),
        ("verify", OTHER, "--lang", "fr"),
        ("verify", OTHER, "--trust-root", "sha256:" + "0" * 64),
        ("verify", OTHER, "--max-status-age", "1"),
        ("verify", "x", "--offline", "no-such-folder"),
        ("verify", "x", "--offline", "1" * 300),
        ("verify", "x", "--offline", ".", "--max-status-age", "25"),
        ("verify", "no-such-file", "--offline", "."),
        ("recommend", "no-such-file.json"),
    ],
    ids=lambda arguments: " ".join(arguments)[:60],
)
def test_wrong_use(refused: Refused, arguments: tuple[str, ...]) -> None:
    refused(*arguments)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("census", "--nonsense"), "(cse census --help tells how)"),
        (("decide", "suspend"), "(cse decide suspend --help tells how)"),
        (("nonsense",), "(cse --help tells how)"),
        (("decide", "suspend", "{}", "--reason", "conduct_interim", "--decision", "D/1"), "--as conduct-panel-1\n"),
        (
            ("publish", "--as", "board-ele"),
            "that is for cse_registrar or publisher; in this demonstration try --as regis",
        ),
        (
            ("export", "{}", "--out", "x", "--as", "board-nuc"),
            "not for ELE; in this demonstration try --as board-ele\n",
        ),
    ],
)
def test_a_refusal_says_the_way_out(refused: Refused, copied: Demo, arguments: tuple[str, ...], expected: str) -> None:
    number = next(number for number, one in copied.engineers.items() if one.society == "ELE")
    assert expected in refused(*(word.format(number) for word in arguments))


def test_in_production_no_other_officer_is_offered(
    refused: Refused, copied: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    _make_production(copied)
    monkeypatch.setenv("LOGNAME", "board-ele")
    said = refused("publish", env={"CSE_MODE": "production"}, without=("CSE_CLOCK",))
    assert said == "cse: society_board may not publish: that is for cse_registrar or publisher\n"


def test_only_a_register_in_its_folder_is_missed_there(cse: Cse, copied: Demo) -> None:
    settings = copied.environment()
    with closing(sqlite3.connect(copied.folder / DATABASE)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '0000'")
    said = cse("census", env=settings)
    assert (said.code, said.err.startswith("cse: the database is at revision 0000")) == (3, True)
    elsewhere = cse("census", env={**settings, "CSE_DATABASE_URL": "sqlite:////nowhere/register.sqlite"})
    assert elsewhere.err.startswith("cse: the database cannot be opened: there is no file /nowhere/register.sqlite")
    (copied.folder / DATABASE).unlink()
    said = cse("census", env=settings)
    assert said.err.startswith(f"cse: no register in {copied.folder}: ")
    assert "cse demo makes one" in said.err


@pytest.mark.parametrize("arguments", [("issue", OTHER), ("register", "0" * 64)])
def test_rows_that_are_refused_are_told_one_by_one(copied: Demo, cse: Cse, arguments: tuple[str, str]) -> None:
    before = world(copied)
    said = cse(*arguments, env=copied.environment())
    assert (said.code, said.err, said.out.splitlines()[-1]) == (1, "", "0 done, 1 refused")
    assert said.out.startswith(f"{arguments[1]}  refused: ")
    assert world(copied) == before


RECOMMENDATION = (
    '{"member_ref": "E-1", "name_latin": "A B", "consent_c1": true, "society": "ELE", "field": "ELE", "grade": "PE", '
    '"standard": "T/CAS 326-2021", "decided_on": "2026-06-01", "decision_ref": "x"}'
)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("}", "", "recommendation.json"),
        ('"grade": "PE"', '"grade": "XE"', "no grade"),
        ('"grade": "PE", ', "", "'grade' is missing"),
        ('"grade": "PE"', '"grade": 3', "is a text"),
        ('"grade": "PE"', '"grade": "PE", "grade": "AE"', "recommendation.json"),
        ('"consent_c1": true', '"consent_c1": "yes"', "true or false"),
        ('"2026-06-01"', '"1 June"', "YYYY-MM-DD"),
        ('"A B"', '"A\\u202eB"', "control characters"),
        ('"member_ref"', '"extra": "x", "member_ref"', "'extra' is unknown"),
        ("T/CAS 326-2021", "T/CAS 1", "there is no standard"),
    ],
)
def test_recommendations_that_are_not_in_order(
    refused: Refused, copied: Demo, old: str, new: str, expected: str
) -> None:
    file = copied.folder.parent / "recommendation.json"
    file.write_text(RECOMMENDATION.replace(old, new, 1), encoding="utf-8")
    assert expected in refused("recommend", file, "--as", "board-ele")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[1]", b"\xff\xfe{}", b'{"a": 1, "a": 2}', b'{"a":' + b" " * 262_144 + b"1}", b'{"a": NaN}'],
    ids=["empty", "cut off", "no object", "no UTF-8", "twice", "256 KiB and more", "NaN"],
)
@pytest.mark.parametrize("offline", [False, True])
def test_documents_that_cannot_be_read(refused: Refused, copied: Demo, content: bytes, offline: bool) -> None:
    file = copied.folder.parent / "document.json"
    file.write_bytes(content)
    refused("verify", file, *(("--offline", copied.published) if offline else ()))


@pytest.mark.parametrize(("size", "code"), [(262_144, 2), (262_145, 3)])
def test_the_limit_of_a_document_is_exact(copied: Demo, cse: Cse, tmp_path: Path, size: int, code: int) -> None:
    file = tmp_path / "document.json"
    file.write_bytes(b'{"a": 1' + b" " * (size - 8) + b"}")
    assert file.stat().st_size == size
    said = cse("verify", file, "--json", env=copied.environment())
    assert said.code == code


# --- keys: K06 ----------------------------------------------------------------------------------------------------


def _wrong_passphrase(demo: Demo) -> None:
    for name in ("cse", "statements"):
        (demo.folder / "passphrases" / name).write_bytes(b"not the passphrase\n")


def _cut_off(demo: Demo) -> None:
    for path in (demo.folder / "keys").iterdir():
        path.write_bytes(path.read_bytes()[:-10])


def _flipped(demo: Demo) -> None:
    for path in (demo.folder / "keys").iterdir():
        path.write_bytes(path.read_bytes().replace(b"kdf argon2id 1", b"kdf argon2id 2"))


def _readable_by_all(demo: Demo) -> None:
    for path in (demo.folder / "keys").iterdir():
        path.chmod(0o644)


def _passphrase_readable(demo: Demo) -> None:
    for path in (demo.folder / "passphrases").iterdir():
        path.chmod(0o640)


def _gone(demo: Demo) -> None:
    shutil.rmtree(demo.folder / "keys")


def _passphrase_gone(demo: Demo) -> None:
    shutil.rmtree(demo.folder / "passphrases")


def _passphrase_empty(demo: Demo) -> None:
    for path in (demo.folder / "passphrases").iterdir():
        path.write_bytes(b"\n")


@pytest.mark.parametrize(
    "damage",
    [
        _wrong_passphrase,
        _cut_off,
        _flipped,
        _readable_by_all,
        _passphrase_readable,
        _gone,
        _passphrase_gone,
        _passphrase_empty,
    ],
)
def test_threat_k06_keys_that_cannot_be_opened(
    refused: Refused, copied: Demo, damage: Callable[[Demo], None], cse: Cse
) -> None:
    number, second = copied.number(Story.VALID), copied.number(Story.SUSPENDED_CPD)
    proposed = ("decide", "revoke", number, "--reason", "conviction", "--decision", "C/1", "--as", "registrar-2")
    digest = cse(*proposed, "--json", env=copied.environment()).json["proposal"]
    damage(copied)
    for command in (
        ("publish",),
        ("decide", "suspend", number, "--reason", "identity", "--decision", "D/1"),
        ("decide", "lift", second, "--reason", "identity", "--decision", "D/1"),
        ("decide", "confirm", digest),
        *([("trust", "publish")] if damage is not _wrong_passphrase else []),
    ):
        refused(*command)


# --- folders ------------------------------------------------------------------------------------------------------


def test_folders_that_cannot_be_written(refused: Refused, copied: Demo, tmp_path: Path) -> None:
    blocked = tmp_path / "a-file"
    blocked.write_text("", encoding="utf-8")
    number = copied.number(Story.VALID)
    assert "cannot be written" in refused("publish", "--out", blocked / "site")
    assert "cannot be written" in refused("export", number, "--out", blocked / "certificate.json")
    assert "cannot be written" in refused("export", number, "--out", tmp_path / "missing" / "certificate.json")
    elsewhere = {"CSE_PUBLISH_DIR": str(blocked / "site")}
    assert "cannot be written" in refused(
        "decide", "suspend", number, "--reason", "identity", "--decision", "D/1", env=elsewhere
    )
    assert "cannot be written" in refused("demo", "--dir", blocked / "register", without=("CSE_DATA_DIR",))


def test_a_refused_command_makes_no_database(cse: Cse, tmp_path: Path) -> None:
    """A fixed bug: the empty database that SQLite made stood in the way of the real one."""
    env = {"CSE_DATA_DIR": str(tmp_path), "CSE_CLOCK": AT.isoformat()}
    for command in (("census",), ("publish",), ("serve", "--port", "0"), ("verify", OTHER), ("trust",)):
        said = cse(*command, env=env)
        assert (said.code, is_one_sentence(said), list(tmp_path.iterdir())) == (3, True, [])


def test_a_database_without_a_register_is_refused(cse: Cse, tmp_path: Path) -> None:
    open_engine(f"sqlite:///{tmp_path / DATABASE}", create=True).dispose()
    said = cse("census", env={"CSE_DATA_DIR": str(tmp_path)})
    assert (said.code, "holds no register yet" in said.err) == (3, True)


@pytest.mark.parametrize("content", [b"no database at all" * 100, b""])
def test_a_file_that_is_no_database_is_refused(cse: Cse, tmp_path: Path, content: bytes) -> None:
    (tmp_path / DATABASE).write_bytes(content)
    said = cse("census", env={"CSE_DATA_DIR": str(tmp_path)})
    assert (said.code, is_one_sentence(said)) == (3, True)
    assert (tmp_path / DATABASE).read_bytes().startswith(content[:10])


@pytest.mark.parametrize("table", ["", "no toml [", 'registrar-1 = "x"', '[registrar-1]\nperson = "x"', "\udcff"])
def test_a_table_of_actors_that_cannot_be_used(refused: Refused, copied: Demo, table: str) -> None:
    (copied.folder / "actors.toml").write_bytes(table.encode("utf-8", "surrogateescape"))
    refused(
        "decide",
        "suspend",
        copied.number(Story.VALID),
        "--reason",
        "identity",
        "--decision",
        "D/1",
        "--as",
        "registrar-1",
    )


def test_a_missing_table_of_actors(refused: Refused, copied: Demo) -> None:
    (copied.folder / "actors.toml").unlink()
    assert "cannot be read" in refused("publish")


# --- the demonstration --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--at", "yesterday"), "is no instant"),
        (("--at", "2021-02-28T10:00+08:00"), "can be lived up to"),
        (("--at", "2036-07-01T10:00+08:00"), "can be lived up to"),
        (("--at", "2025-01-01T10:00+08:00", "--engineers", "24"), "can be lived up to"),
        (("--at", "2036-01-01T10:00Z", "--engineers", "199"), "can be lived up to"),
        (("--engineers", "201"), "engineers"),
        (("--engineers", "23"), "engineers"),
    ],
)
def test_a_demonstration_that_cannot_be_built_leaves_nothing(
    cse: Cse, tmp_path: Path, arguments: tuple[str, ...], expected: str
) -> None:
    said = cse("demo", "--dir", tmp_path / "demo", *arguments, env={"CSE_CLOCK": AT.isoformat()})
    assert (said.code, expected in said.err.splitlines()[-1]) == (3, True)
    assert list(tmp_path.iterdir()) == []


def test_a_demonstration_is_not_built_over_something_else(cse: Cse, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    said = cse("demo", "--dir", tmp_path, env={})
    assert (said.code, is_one_sentence(said), listing(tmp_path)) == (3, True, {"letter.txt": b"mine"})
    assert "CSE_DATA_DIR" in said.err


def test_a_build_that_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "registry.cli.main", "demo", "--dir", str(tmp_path / "demo")],
        cwd=PROJECT,
        env={**clean_environment(), "CSE_CLOCK": AT.isoformat()},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    first = process.stderr.readline()
    assert first.startswith("Building a demonstration register")
    assert [path.name.startswith(".demo.building-") for path in tmp_path.iterdir()] == [True]
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=60)[1]
    assert (process.returncode, rest.splitlines()[-1]) == (3, "cse: stopped")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_build_left_is_removed_by_the_next_and_no_living_build_is(tmp_path: Path) -> None:
    other = tmp_path / ".demo.building-file"
    other.write_bytes(b"no folder")

    def builds() -> set[Path]:
        return {path for path in tmp_path.iterdir() if path.is_dir()}

    def build() -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "registry.cli.main", "demo", "--dir", str(tmp_path / "demo")],
            cwd=PROJECT,
            env={**clean_environment(), "CSE_CLOCK": AT.isoformat()},
            stderr=subprocess.PIPE,
        )
        assert process.stderr is not None
        assert process.stderr.readline().startswith(b"Building a demonstration register")
        return process

    killed = build()
    left = builds()
    killed.kill()
    killed.communicate(timeout=60)
    assert (len(left), builds()) == (1, left)
    living = build()
    try:
        held = builds()
        assert (len(held), held & left) == (1, set())
        with building_folder(tmp_path / "demo") as third:
            assert builds() == held | {third}
        assert builds() == held | {third}
    finally:
        living.send_signal(signal.SIGINT)
        living.communicate(timeout=60)
    with building_folder(tmp_path / "demo") as fourth:
        assert builds() == {fourth}
    assert other.read_bytes() == b"no folder"


# --- the port -----------------------------------------------------------------------------------------------------


def test_a_port_in_use_is_refused(refused: Refused) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"port {port} on 127.0.0.1 cannot be used" in (said := refused("serve", "--port", port))
        assert "CSE_BASE_URL=http://localhost:8011 CSE_DATA_DIR=var/demo-8011 make run" in said
    refused("serve", "--host", "::ffff:1:2:3:4", "--port", "0")


@pytest.mark.parametrize("arguments", [(), ("decide",)])
def test_without_a_verb_the_help_is_shown(cse: Cse, arguments: tuple[str, ...]) -> None:
    said = cse(*arguments, env={})
    assert (said.code, "Usage" in said.out + said.err) == (3, True)
    assert "cse:  (" not in said.err


@pytest.mark.parametrize("arguments", [("--help",), ("decide", "--help"), ("verify", "--help")])
def test_help_is_no_refusal(cse: Cse, arguments: tuple[str, ...]) -> None:
    said = cse(*arguments, env={})
    assert (said.code, said.err) == (0, "")
