"""`cse-verify`: the same answers as `cse verify --offline`, roots confirmed once, and a memory of what was seen."""

import hashlib
import io
import json
import os
import shutil
import stat
import subprocess
import sys
from datetime import timedelta
from importlib import metadata
from pathlib import Path

import pytest

from registry.cli import alone
from registry.demo.plan import Story
from tests.integration.conftest import Cse, Said
from tests.integration.published import root_sha256
from tests.integration.registers import AT, Demo, clean_environment
from tests.integration.serving import PROJECT
from tests.integration.test_offline import CLOCK, certificate, codes
from tests.support.graphs import clique
from tests.support.papers import baked_png, baked_svg, document_of, pdf, photo, picture, png_of, sheet
from verifier.formats import BYTES, DOCUMENT_BYTES, Kind

HOUR = timedelta(hours=1)


class Terminal(io.StringIO):
    """A person at a terminal who types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def site(demo: Demo, tmp_path: Path) -> Path:
    """A copy of the published folder, for changing."""
    return Path(shutil.copytree(demo.published, tmp_path / "site"))


@pytest.fixture
def pin(site: Path) -> str:
    return f"sha256:{root_sha256(site)}"


def later(demo: Demo, site: Path, cse: Cse, by: timedelta = HOUR) -> dict[str, str]:
    """Publish the folder anew; returns the clock of then."""
    env = demo.environment(AT + by)
    assert cse("publish", "--out", site, env=env).code == 0
    return {"CSE_CLOCK": env["CSE_CLOCK"]}


# --- answers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("story", [Story.VALID, Story.NAME_WITHHELD, Story.SUSPENDED_CPD, Story.REVOKED, Story.EXPIRED])
@pytest.mark.parametrize("form", [(), ("--json",), ("--lang", "zh")], ids=["words", "json", "Chinese"])
def test_both_commands_say_the_same(
    demo: Demo, site: Path, pin: str, cse: Cse, cse_verify: Cse, tmp_path: Path, story: Story, form: tuple[str, ...]
) -> None:
    asked = (certificate(demo, story, tmp_path), "--offline", site, "--trust-root", pin, *form)
    said, alone = cse("verify", *asked, env=CLOCK), cse_verify(*asked, env=CLOCK)
    assert alone == said
    assert alone.code == (0 if story in {Story.VALID, Story.NAME_WITHHELD} else 1)


def test_what_it_says_in_words(demo: Demo, site: Path, pin: str, cse_verify: Cse, tmp_path: Path) -> None:
    said = cse_verify(certificate(demo, Story.VALID, tmp_path), "--offline", site, "--trust-root", pin, env=CLOCK)
    lines = said.out.splitlines()
    assert lines[0] == "Signature genuine – good when last synchronised"
    assert "outcome valid, state offline_snapshot, checked 2026-07-01T02:00:00Z" in lines
    assert f"root_sha256 {pin.removeprefix('sha256:')}" in lines
    checks = [line.split()[0] for line in lines if line.startswith("  ")]
    assert len(checks) == 14
    assert "  register                  not part" in said.out
    person = demo.engineers[demo.number(Story.VALID)]
    start = lines.index(f"{person.name.hans} / {person.name.latin}")
    labels = ["Grade", "Field", "Number", "Registered by", "Valid until"]
    assert [line.partition(":")[0] for line in lines[start + 1 : start + 6]] == labels
    assert f"Number: {demo.number(Story.VALID)}" in lines


def test_a_withheld_name_stays_withheld(demo: Demo, cse: Cse) -> None:
    number = demo.number(Story.NAME_WITHHELD)
    said, name = cse("verify", number, env=demo.environment()), demo.engineers[number].name
    assert {"Name not published", f"Number: {number}"} <= set(said.out.splitlines())
    assert all(text is None or text not in said.out for text in (name.hans, name.latin))


def inside(demo: Demo, story: Story) -> dict[str, tuple[bytes, str]]:
    """Every kind of file with one certificate inside, and what the verdict is about."""
    document = document_of(demo.desk(), demo.pages()[demo.number(story)])
    return {
        "pdf": (pdf("x", attached=[("certificate.json", document)]), "attachment"),
        "png": (baked_png(document), "badge"),
        "svg": (baked_svg(document.decode()), "badge"),
    }


@pytest.mark.parametrize("kind", ["pdf", "png", "svg"])
@pytest.mark.parametrize(("story", "code"), [(Story.VALID, 0), (Story.REVOKED, 1)])
def test_what_is_inside_a_file_is_judged_offline(
    demo: Demo, site: Path, pin: str, cse: Cse, cse_verify: Cse, tmp_path: Path, kind: str, story: Story, code: int
) -> None:
    content, about = inside(demo, story)[kind]
    (tmp_path / "file").write_bytes(content)
    asked = (tmp_path / "file", "--offline", site, "--trust-root", pin)
    said = cse_verify(*asked, "--json", env=CLOCK)
    plain = cse_verify(certificate(demo, story, tmp_path), *asked[1:], "--json", env=CLOCK).json
    assert (said.code, said.err) == (code, "")
    assert said.json == plain | {"about": about, "document_sha256": hashlib.sha256(content).hexdigest()}
    assert cse("verify", *asked, "--json", env=CLOCK) == said
    words = cse_verify(*asked, env=CLOCK).out.splitlines()[0]
    assert words == {"pdf": "The printed page was not checked"}.get(kind, "The picture was not checked")


NOT_OFFLINE = {
    "code": (photo("http://localhost:8000/V/7Q2MX4T9K0RB3WZD8HVN"), "could_not_check", "register_unreachable"),
    "digits": (b"12345678901234567", "could_not_check", "register_unreachable"),
    "number": (b"CSE26ELE00012379", "could_not_check", "register_unreachable"),
    "bytes": (b"\xd2\x84\x43", "could_not_check", "register_unreachable"),
    "no code": (picture(sheet()), "malformed", "no_code_found"),
    "two": (pdf(attached=[("a", b"{}"), ("b", b"{ }")]), "could_not_check", "ambiguous_input"),
}


@pytest.mark.parametrize("name", NOT_OFFLINE)
def test_what_only_the_register_can_answer_is_undecided_offline(
    site: Path, pin: str, cse_verify: Cse, tmp_path: Path, name: str
) -> None:
    content, state, code = NOT_OFFLINE[name]
    (tmp_path / "file").write_bytes(content)
    said = cse_verify(tmp_path / "file", "--offline", site, "--trust-root", pin, "--json", env=CLOCK)
    assert (said.code, said.json["state"], said.json["checks"][0]["code"]) == (2, state, code)
    assert said.err.startswith("cse-verify: only a document proves anything without the register")


@pytest.mark.parametrize(
    "content",
    [
        pdf("x", pages=201),
        png_of(5_000, 5_001),
        baked_svg("{}", attributes=' onload="x"'),
        pdf(attached=[("a", b"{")]),
        b"GIF89a\0",
        b"{" + bytes(DOCUMENT_BYTES),
        b"\0" * (BYTES[Kind.PDF] + 1),
    ],
    ids=["pages", "pixels", "script", "attached", "kind", "document", "size"],
)
def test_a_file_that_is_not_read_is_refused_with_its_name(
    demo: Demo, cse: Cse, cse_verify: Cse, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "file").write_bytes(content)
    for command, env in ((cse_verify, CLOCK), (cse, demo.environment())):
        said = command(*(("verify",) if command is cse else ()), tmp_path / "file", env=env)
        assert (said.code, said.out, len(said.err.splitlines())) == (3, "", 1)
        assert f"{tmp_path / 'file'}: " in said.err


def test_each_program_speaks_under_its_own_name(
    demo: Demo, site: Path, cse: Cse, cse_verify: Cse, tmp_path: Path
) -> None:
    asked = (certificate(demo, Story.VALID, tmp_path), "--offline", site)
    assert cse_verify(*asked, env=CLOCK).err.startswith("cse-verify: no trust root")
    assert cse("verify", *asked, env=CLOCK).err.startswith("cse: no trust root")


def test_the_version_is_told(cse: Cse, capfd: pytest.CaptureFixture[str]) -> None:
    version = metadata.version("cse-registry")
    assert cse("--version", env={}) == Said(0, f"cse {version}\n", "")
    with pytest.raises(SystemExit) as left:
        alone.run(["--version"])
    assert (left.value.code, capfd.readouterr().out) == (0, f"cse-verify {version}\n")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "arguments are required"),
        (("no-such-file",), "no-such-file cannot be read"),
        (("no-such-file", "--offline", "."), "no-such-file cannot be read"),
        (("file", "--offline", "no-such-folder"), "is no folder"),
        (("file", "--offline", "1" * 300), "is no folder"),
        (("trust", "add", "1" * 300), "cannot be read"),
        (("file", "--offline", ".", "--trust-root", "sha256:12"), "is no digest"),
        (("file", "--offline", ".", "--trust-root", "root/did.json"), "vouch for itself"),
        (("file", "--offline", ".", "--max-status-age", "25"), "--max-status-age"),
        (("file", "--offline", ".", "--historical"), "--historical goes with --at"),
        (("file", "--offline", ".", "--at", "yesterday"), "is no instant"),
        (("file", "--offline", ".", "--at", "2026-07-01T02:00:01Z"), "has not come yet"),
        (("file", "--offline", ".", "--agreements", "M1"), "--agreements"),
        (("trust",), "verb"),
        (("trust", "forget"), "forget"),
        (("trust", "add", "no-such-file"), "cannot be read"),
        (("trust", "add", "file"), "the trust root is not a DID document"),
        (("trust", "add", "."), "confirmed by a person"),
        (("trust", "add", ".", "--yes", f"sha256:{'0' * 64}"), "nothing was added"),
        (("trust", "remove", "../../file"), "is no digest"),
        (("trust", "remove", "0" * 64), "no confirmed root"),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, tuple) else None,
)
def test_wrong_use(
    site: Path,
    cse_verify: Cse,
    user_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    expected: str,
) -> None:
    monkeypatch.chdir(site)
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    (site / "file").write_text("{}", encoding="ascii")
    said = cse_verify(*arguments, env=CLOCK)
    assert (said.code, len(said.err.splitlines()), expected in said.err) == (3, 1, True), said
    assert said.err.startswith("cse-verify: ")
    assert not user_folder.exists()


def test_a_certificate_alone_proves_nothing(demo: Demo, cse_verify: Cse, tmp_path: Path) -> None:
    said = cse_verify(certificate(demo, Story.VALID, tmp_path), "--json", env=CLOCK)
    assert (said.code, said.json["outcome"], said.json["state"]) == (2, "indeterminate", "offline_unproven")
    assert "--offline DIR" in said.err


@pytest.mark.parametrize(("name", "value"), [("CSE_MODO", "demo"), ("CSE_CLOCK", "now")])
def test_settings_are_those_of_the_register(site: Path, cse_verify: Cse, name: str, value: str) -> None:
    assert cse_verify(site / "manifest.json", "--offline", site, env={name: value}).code == 3


@pytest.mark.parametrize("content", [b"", b"garbage", b"[]", b'{"a":1,"a":2}'])
def test_garbage_is_exit_3(site: Path, pin: str, cse_verify: Cse, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "garbage").write_bytes(content)
    said = cse_verify(tmp_path / "garbage", "--offline", site, "--trust-root", pin, env=CLOCK)
    assert (said.code, said.err.startswith(f"cse-verify: {tmp_path / 'garbage'}: ")) == (3, True)


def test_a_document_that_would_keep_us_busy_is_exit_3(site: Path, pin: str, cse_verify: Cse, tmp_path: Path) -> None:
    (tmp_path / "clique").write_text(json.dumps(clique(8)))
    said = cse_verify(tmp_path / "clique", "--offline", site, "--trust-root", pin, env=CLOCK)
    assert (said.code, "too complex" in said.err) == (3, True)


def test_a_certificate_may_come_by_the_standard_input(
    demo: Demo, site: Path, pin: str, cse_verify: Cse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = certificate(demo, Story.VALID, tmp_path).read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert cse_verify("-", "--offline", site, "--trust-root", pin, env=CLOCK).code == 0


@pytest.mark.parametrize(
    ("fault", "story", "code"),
    [
        (OSError, Story.REVOKED, 2),
        (KeyboardInterrupt, Story.REVOKED, 3),
        (BrokenPipeError, Story.REVOKED, 1),
        (BrokenPipeError, Story.VALID, 0),
    ],
)
def test_a_command_that_breaks_off_never_answers_no_but_who_stops_reading_has_the_answer(
    demo: Demo, site: Path, pin: str, cse_verify: Cse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    fault: type[BaseException], story: Story, code: int,
) -> None:  # fmt: skip
    class Broken(io.StringIO):
        def write(self, text: str) -> int:
            raise fault

    monkeypatch.setattr("sys.stdout", Broken())
    asked = (certificate(demo, story, tmp_path), "--offline", site, "--trust-root", pin)
    said = cse_verify(*asked, env=CLOCK)
    assert (said.code, said.err == "") == (code, fault is BrokenPipeError)


@pytest.mark.parametrize(("program", "verb"), [("alone", ()), ("main", ("verify",))])
@pytest.mark.parametrize(("story", "code"), [(Story.VALID, 0), (Story.REVOKED, 1)])
def test_a_reader_that_is_gone_changes_nothing(
    demo: Demo, site: Path, pin: str, tmp_path: Path, program: str, verb: tuple[str, ...], story: Story, code: int
) -> None:
    asked = [*verb, certificate(demo, story, tmp_path), "--offline", site, "--trust-root", pin]
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as nobody_reads:
        done = subprocess.run(
            [sys.executable, "-c", f"from registry.cli.{program} import main; main()", *map(str, asked)],
            cwd=PROJECT,
            env={**clean_environment(), **CLOCK},
            stdout=nobody_reads,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (code, b"")


def test_a_root_on_a_way_through_the_folder_under_test_is_refused(
    demo: Demo, site: Path, cse_verify: Cse, tmp_path: Path
) -> None:
    file = certificate(demo, Story.VALID, tmp_path)
    outside = Path(shutil.copy(site / "root" / "did.json", tmp_path / "root.json"))
    (site / "link.json").symlink_to(outside)
    (site / "away").symlink_to(tmp_path)
    (tmp_path / "alias").symlink_to(site)
    (tmp_path / "inward.json").symlink_to(site / "root" / "did.json")
    ways = ("site/root/did.json", "site/link.json", "alias/link.json", "site/away/root.json", "inward.json")
    for folder in (site, tmp_path / "alias"):
        for way in ways:
            said = cse_verify(file, "--offline", folder, "--trust-root", tmp_path / way, env=CLOCK)
            assert (said.code, "vouch for itself" in said.err) == (3, True), way
        assert cse_verify(file, "--offline", folder, "--trust-root", outside, env=CLOCK).code == 0


@pytest.mark.parametrize("place", ["", "seen", "seen/{}.json", "roots", "roots/{}.json"])
def test_a_configuration_that_is_a_link_is_refused(
    demo: Demo, site: Path, pin: str, cse_verify: Cse, tmp_path: Path, user_folder: Path, place: str
) -> None:
    file = certificate(demo, Story.VALID, tmp_path)
    assert cse_verify("trust", "add", site, "--yes", pin, env=CLOCK).code == 0
    assert cse_verify(file, "--offline", site, env=CLOCK).code == 0
    link, elsewhere = user_folder / place.format(pin.removeprefix("sha256:")), tmp_path / "elsewhere"
    link.rename(elsewhere)
    link.symlink_to(elsewhere)
    before = {path: path.stat().st_mtime_ns for path in (elsewhere, *elsewhere.rglob("*"))}
    for asked in ((file, "--offline", site), ("trust", "remove", pin)):
        said = cse_verify(*asked, env=CLOCK)
        assert (said.code, f"{link} is a link" in said.err) == (3, True)
    added = cse_verify("trust", "add", site, "--yes", pin, env=CLOCK)
    assert added.code == (0 if "seen" in place else 3)
    assert {path: path.stat().st_mtime_ns for path in (elsewhere, *elsewhere.rglob("*"))} == before


def test_a_configuration_of_another_user_is_refused(
    demo: Demo, site: Path, pin: str, cse_verify: Cse, user_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cse_verify("trust", "add", site, "--yes", pin, env=CLOCK).code == 0
    owner = os.geteuid()
    monkeypatch.setattr("os.geteuid", lambda: owner + 1)
    said = cse_verify("trust", "list", env=CLOCK)
    assert (said.code, f"{user_folder} is a link or belongs to another user" in said.err) == (3, True)


# --- roots -------------------------------------------------------------------------------------------------------


def test_a_root_is_confirmed_once_by_a_person(
    demo: Demo, site: Path, pin: str, cse_verify: Cse, tmp_path: Path, user_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    file = certificate(demo, Story.VALID, tmp_path)
    said = cse_verify(file, "--offline", site, "--json", env=CLOCK)
    assert (said.code, said.json["outcome"], said.json["state"]) == (2, "indeterminate", "offline_unproven")
    assert "trust_root_unpinned" in codes(said)
    assert "cse-verify trust add" in said.err
    for typed, code in (("no\n", 1), ("", 1), ("y\n", 1), ("yes\n", 0)):
        assert not user_folder.exists()
        monkeypatch.setattr("sys.stdin", Terminal(typed))
        added = cse_verify("trust", "add", site, env=CLOCK)
        assert added.code == code
    shown = added.out.splitlines()
    assert shown[:2] == ["base URL  http://localhost:8000", "root      did:web:localhost%3A8000:root"]
    assert shown[2] == "keys      2 of 3 must sign; the SHA-256 of each:"
    assert [len(line.split()) for line in shown[3:6]] == [17, 17, 17]
    assert {len(group) for line in shown[3:6] for group in line.split()[1:]} == {4}
    assert shown[6] == f"digest    {pin}"
    assert shown[-1].endswith("confirmed")
    assert cse_verify("trust", "add", site, env=CLOCK).out == f"{pin} was confirmed already\n"
    (listed,) = cse_verify("trust", "list", "--json", env=CLOCK).json
    assert listed == {"root": "did:web:localhost%3A8000:root", "trust_root": pin}
    (kept,) = (user_folder / "roots").glob("*.json")
    assert (stat.S_IMODE(kept.stat().st_mode), kept.read_bytes()) == (0o600, (site / "root/did.json").read_bytes())
    assert cse_verify(file, "--offline", site, env=CLOCK).code == 0
    assert pin in cse_verify("trust", "list", env=CLOCK).out
    assert cse_verify("trust", "remove", pin, env=CLOCK).out == "no root is confirmed\n"
    assert cse_verify("trust", "list", env=CLOCK).out == "no root is confirmed\n"
    assert cse_verify("trust", "list", "--json", env=CLOCK).json == []
    assert cse_verify(file, "--offline", site, env=CLOCK).code == 2


def test_a_script_confirms_an_exact_digest(
    demo: Demo, site: Path, pin: str, cse: Cse, cse_verify: Cse, tmp_path: Path
) -> None:
    root = shutil.copy(site / "root" / "did.json", tmp_path / "root.json")
    for _ in range(2):
        assert cse_verify("trust", "add", root, "--yes", pin, env=CLOCK).code == 0
    file = certificate(demo, Story.REVOKED, tmp_path)
    assert cse_verify(file, "--offline", site, env=CLOCK).code == 1
    assert cse("verify", file, "--offline", site, env=CLOCK).code == 1


def test_a_confirmed_root_vouches_for_no_other_folder(
    demo: Demo, site: Path, pin: str, cse_verify: Cse, tmp_path: Path
) -> None:
    assert cse_verify("trust", "add", site, "--yes", pin, env=CLOCK).code == 0
    file = certificate(demo, Story.VALID, tmp_path)
    document = json.loads((site / "root" / "did.json").read_bytes())
    document["verificationMethod"].reverse()
    (site / "root" / "did.json").write_text(json.dumps(document), encoding="ascii")
    said = cse_verify(file, "--offline", site, "--json", env=CLOCK)
    assert (said.code, "trust_root_unpinned" in codes(said)) == (2, True)
    (site / "root" / "did.json").unlink()
    assert cse_verify(file, "--offline", site, env=CLOCK).code == 2


@pytest.mark.parametrize("kind", ["roots", "seen"])
@pytest.mark.parametrize("content", [b"", b"{}", b"{", b'{"version": "7", "sha256": "1"}', None])
def test_a_damaged_file_is_refused_and_never_ignored(
    demo: Demo, site: Path, pin: str, cse_verify: Cse, tmp_path: Path, user_folder: Path, kind: str,
    content: bytes | None,
) -> None:  # fmt: skip
    file = certificate(demo, Story.VALID, tmp_path)
    assert cse_verify("trust", "add", site, "--yes", pin, env=CLOCK).code == 0
    assert cse_verify(file, "--offline", site, env=CLOCK).code == 0
    (damaged,) = (user_folder / kind).glob("*.json")
    if content is None:
        damaged.chmod(0o640)
    else:
        damaged.write_bytes(content)
    said = cse_verify(file, "--offline", site, env=CLOCK)
    assert (said.code, said.out, str(damaged) in said.err) == (3, "", True)
    assert kind == "seen" or cse_verify("trust", "list", env=CLOCK).code == 3
    assert cse_verify("trust", "remove", pin, env=CLOCK).code == 0
    assert cse_verify(file, "--offline", site, "--trust-root", pin, env=CLOCK).code == 0


@pytest.mark.parametrize("place", ["roots", "roots/{}.json", "seen/{}.json"])
def test_what_cannot_be_read_is_refused(
    demo: Demo, site: Path, pin: str, cse_verify: Cse, tmp_path: Path, user_folder: Path, place: str
) -> None:
    blocked = user_folder / place.format(pin.removeprefix("sha256:"))
    blocked.parent.mkdir(parents=True)
    if place == "roots":
        blocked.write_bytes(b"")
    else:
        blocked.mkdir()
    file = certificate(demo, Story.VALID, tmp_path)
    asked = ("--trust-root", pin) if "seen" in place else ()
    said = cse_verify(file, "--offline", site, *asked, env=CLOCK)
    assert (said.code, "cannot be read" in said.err) == (3, True)
    assert cse_verify("trust", "remove", pin, env=CLOCK).code == 3
    assert cse_verify("trust", "list", env=CLOCK).code == (0 if "seen" in place else 3)


def test_without_a_home_there_is_nowhere_to_keep_anything(
    site: Path, pin: str, cse_verify: Cse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    monkeypatch.delenv("HOME", raising=False)
    said = cse_verify("trust", "list", env=CLOCK)
    assert (said.code, "XDG_CONFIG_HOME" in said.err) == (3, True)
    monkeypatch.setenv("HOME", str(site))
    assert cse_verify("trust", "add", site, "--yes", pin, env=CLOCK).code == 0
    assert (site / ".config" / "cse-verify" / "roots").is_dir()


# --- memory ------------------------------------------------------------------------------------------------------


def test_threat_S15_a_folder_older_than_one_seen_is_refused(
    copied: Demo, site: Path, pin: str, cse: Cse, cse_verify: Cse, tmp_path: Path, user_folder: Path
) -> None:
    file, old = certificate(copied, Story.VALID, tmp_path), Path(shutil.copytree(site, tmp_path / "old"))
    clock = later(copied, site, cse)
    ask = ("--trust-root", pin, "--json")
    assert cse_verify(file, "--offline", old, *ask, env=clock).code == 0
    assert cse_verify(file, "--offline", site, *ask, env=clock).code == 0
    said = cse_verify(file, "--offline", old, *ask, env=clock)
    assert (said.code, codes(said)) == (2, {"manifest_too_old"})
    by_register = cse("verify", file, "--offline", old, *ask, env=clock)
    assert (by_register.code, codes(by_register)) == (2, {"manifest_too_old"})
    assert cse_verify(file, "--offline", site, *ask, env=clock).code == 0
    (kept,) = (user_folder / "seen").glob("*.json")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert json.loads(kept.read_bytes())["manifest_at"] == "2026-07-01T03:00:00Z"


def test_threat_S15_an_older_trust_list_is_refused(
    copied: Demo, site: Path, pin: str, cse: Cse, cse_verify: Cse, tmp_path: Path
) -> None:
    file, old = certificate(copied, Story.VALID, tmp_path), Path(shutil.copytree(site, tmp_path / "old"))
    assert cse("trust", "publish", env=copied.environment(AT + HOUR)).code == 0
    clock = later(copied, site, cse)
    ask = ("--trust-root", pin, "--json")
    assert cse_verify(file, "--offline", site, *ask, env=clock).code == 0
    said = cse_verify(file, "--offline", old, *ask, env=clock)
    assert (said.code, said.json["state"]) == (2, "could_not_check")
    assert "trust_list_rolled_back" in codes(said)


def test_what_cannot_be_kept_is_said_and_the_verdict_stands(
    demo: Demo, site: Path, pin: str, cse_verify: Cse, tmp_path: Path, user_folder: Path
) -> None:
    (user_folder / "seen" / ".lock").mkdir(parents=True)
    (user_folder / "roots" / ".lock").mkdir(parents=True)
    for story, code in ((Story.VALID, 0), (Story.REVOKED, 1)):
        file = certificate(demo, story, tmp_path)
        said = cse_verify(file, "--offline", site, "--trust-root", pin, env=CLOCK)
        assert (said.code, "could not be kept" in said.err, len(said.err.splitlines())) == (code, True, 1)
    for _ in range(2):
        said = cse_verify("trust", "add", site, "--yes", pin, env=CLOCK)
        assert (said.code, "confirmed" in said.out, len(said.err.splitlines())) == (3, False, 1)
        shutil.rmtree(user_folder, ignore_errors=True)
        user_folder.write_bytes(b"a file in the place of the folder")


# --- a past moment -----------------------------------------------------------------------------------------------


def test_threat_V51_a_past_moment_is_good_only_for_who_asked_for_it(
    copied: Demo, site: Path, pin: str, cse: Cse, cse_verify: Cse, tmp_path: Path
) -> None:
    """The folder of then, kept; the certificate was suspended since, and the newer folder has been seen."""
    file, old = certificate(copied, Story.VALID, tmp_path), Path(shutil.copytree(site, tmp_path / "old"))
    env = copied.environment(AT + HOUR)
    suspended = ("suspend", copied.number(Story.VALID), "--reason", "identity", "--decision", "D/1")
    assert cse("decide", *suspended, env=env).code == 0
    clock = later(copied, site, cse)
    assert cse_verify(file, "--offline", site, "--trust-root", pin, env=clock).code == 1
    ask = ("--offline", old, "--trust-root", pin, "--at", "2026-07-01T10:00:00+08:00")
    plain = cse_verify(file, *ask, "--json", env=clock)
    assert (plain.code, plain.json["state"], plain.json["current_outcome"]) == (2, "valid_on_date", "indeterminate")
    said = cse_verify(file, *ask, "--historical", env=clock)
    assert said.code == 0
    assert said.out.startswith("Was valid on 1 July 2026 – says nothing about today")
    assert "as of 2026-07-01T02:00:00Z; outcome now indeterminate, state offline_genuine" in said.out
    assert cse("verify", file, *ask, "--historical", env=clock).code == 0
    other = cse_verify(file, *ask[:1], site, *ask[2:], "--historical", "--json", env=clock)
    assert (other.code, other.json["current_outcome"]) == (2, "invalid"), "lists of an hour later say nothing of then"


def test_an_answer_about_the_past_is_no_answer_about_now(
    demo: Demo, site: Path, pin: str, cse_verify: Cse, tmp_path: Path
) -> None:
    file = certificate(demo, Story.VALID, tmp_path)
    clock = {"CSE_CLOCK": (AT + HOUR).isoformat()}
    ask = ("--offline", site, "--trust-root", pin, "--at", AT.isoformat())
    assert [cse_verify(file, *ask, *more, env=clock).code for more in ((), ("--historical",))] == [2, 0]
