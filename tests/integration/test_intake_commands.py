"""`cse import` and `cse register` with the shipped files: the whole way, as the documentation tells it."""

import os
import re
import shlex
import stat
from pathlib import Path

import pytest

from tests.integration.conftest import Cse
from tests.integration.registers import AT, MINUTE, Demo, listing

PROJECT = Path(__file__).resolve().parents[2]
EXAMPLES = PROJECT / "docs" / "examples"
MEMBERS, APPLICATIONS = EXAMPLES / "members.csv", EXAMPLES / "applications.csv"
BOARD = ("--as", "board-ele")


def refused_lines(out: str) -> dict[int, str]:
    """Line and field of each refused row that a table shows."""
    found = re.findall(r"^line +(\d+)  \S+ +refused +(\w+): \S", out, re.MULTILINE)
    return {int(line): field for line, field in found}


def commands_of(page: str, heading: str) -> list[list[str]]:
    """The commands in the code blocks below a heading."""
    section = (
        (PROJECT / "docs" / page).read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    )
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines() if line]


def test_the_shipped_files_are_imported_registered_and_issued(copied: Demo, cse: Cse) -> None:
    env = copied.environment(AT + MINUTE)
    trial = cse("import", "members", MEMBERS, *BOARD, "--dry-run", env=env)
    assert not (copied.folder / "secret").exists()
    first = cse("import", "members", MEMBERS, "--society", "ELE", *BOARD, env=env)
    assert (first.code, first.err, first.out.splitlines()[-1]) == (1, "", "added=12 unchanged=0 refused=5")
    assert trial.out == first.out + "Dry run: nothing was written.\n"
    assert refused_lines(first.out) == {
        6: "id_number",
        10: "birth_on",
        11: "name_hans",
        15: "member_no",
        18: "consent_c1",
    }
    again = cse("import", "members", MEMBERS, *BOARD, env=env)
    assert again.out.splitlines()[-1] == "added=0 unchanged=12 refused=5"
    asked = cse("import", "applications", APPLICATIONS, *BOARD, env=env)
    assert (asked.code, asked.out.splitlines()[-1]) == (1, "added=12 unchanged=0 refused=5")
    assert refused_lines(asked.out) == {5: "grade", 9: "field", 10: "interview_on", 17: "kind", 18: "member_no"}
    assert cse("import", "applications", APPLICATIONS, *BOARD, env=env).out.splitlines()[-1] == (
        "added=0 unchanged=12 refused=5"
    )
    listed = cse("register", env=env).out.splitlines()
    assert (len(listed), listed[-2]) == (14, "12 waiting. All of them, exactly as shown:")
    batch = listed[-1].split()[-1]
    done = cse("register", "--approved", batch, env=env)
    assert (done.code, done.out.splitlines()[-1]) == (0, "12 done, 0 refused")
    waited = {tuple(line.split()[-2:]) for line in listed[:12]}
    assert {tuple(line.split("  ")[:2]) for line in done.out.splitlines()[:12]} == waited, "reference and name"
    issued = cse("issue", "--pending", "--json", env=env).json
    assert (len(issued), {row["refused"] for row in issued}) == (12, {None})
    for row in issued:
        assert cse("verify", row["number"], "--json", env=env).json["state"] == "valid"


def test_the_documented_way_is_the_way(copied: Demo, cse: Cse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    env, said = copied.environment(AT + MINUTE), []
    for program, *arguments in commands_of("intake.md", "From a file to certificates"):
        assert program == ".venv/bin/cse"
        words = [said[-1].out.split()[-1] if word == "DIGEST" else word for word in arguments]
        said.append(cse(*words, env=env))
        assert said[-1].err == ""
    assert [one.code for one in said] == [1, 1, 1, 0, 0, 0]
    assert said[-1].out.splitlines()[-1] == "12 done, 0 refused"


def test_the_answer_as_json_says_the_same(copied: Demo, cse: Cse) -> None:
    env = copied.environment()
    said = cse("import", "members", MEMBERS, *BOARD, "--json", env=env).json
    assert [said[name] for name in ("added", "unchanged", "refused", "dry_run")] == [12, 0, 5, False]
    assert [row["line"] for row in said["rows"]] == list(range(2, 19))
    assert said["rows"][0] == {"line": 2, "reference": "M-101", "result": "added", "field": "", "reason": ""}
    cse("import", "applications", APPLICATIONS, *BOARD, env=env)
    rows = cse("register", "--json", env=env).json
    assert (len(rows), len({row["batch"] for row in rows}), rows[0]["field"]) == (12, 1, "ELE")
    (done,) = cse("register", "ELE-2026-001", "--json", env=env).json
    assert (done["recommendation"], done["refused"]) == ("ELE-2026-001", None)
    stale = cse("register", "--approved", rows[0]["batch"], env=env)
    assert (stale.code, "show the proposal again" in stale.err) == (3, True)
    assert len(cse("register", "--json", env=env).json) == 11


def test_nothing_personal_is_printed(copied: Demo, cse: Cse) -> None:
    text = MEMBERS.read_text(encoding="utf-8").splitlines()[1:]
    said = cse("import", "members", MEMBERS, *BOARD, env=copied.environment())
    for row in text:
        cells = row.split(",")
        for personal in (cells[1], cells[2], cells[6], cells[10]):
            assert not personal or personal not in said.out + said.err


def test_the_secret_is_the_owners_alone_and_made_once(copied: Demo, cse: Cse, tmp_path: Path) -> None:
    env = copied.environment()
    cse("import", "members", MEMBERS, *BOARD, env=env)
    secret = copied.folder / "secret"
    kept = secret.read_bytes()
    assert (stat.S_IMODE(secret.stat().st_mode), len(kept)) == (0o600, 65)
    assert cse("import", "members", MEMBERS, *BOARD, env=env).out.splitlines()[-1] == "added=0 unchanged=12 refused=5"
    assert secret.read_bytes() == kept
    secret.rename(tmp_path / "elsewhere")
    lost = cse("import", "members", MEMBERS, *BOARD, env=env)
    assert (lost.code, "restore it" in lost.err, secret.exists()) == (3, True, False)
    moved = cse("import", "members", MEMBERS, *BOARD, env={**env, "CSE_SECRET_FILE": str(tmp_path / "elsewhere")})
    assert moved.out.splitlines()[-1] == "added=0 unchanged=12 refused=5"
    (tmp_path / "elsewhere").rename(secret)
    os.chmod(secret, 0o644)
    assert cse("import", "members", MEMBERS, *BOARD, env=env).code == 3


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("members", "absent.csv", *BOARD), "cannot be read"),
        (("members", APPLICATIONS, *BOARD), "unknown in the header: 'application_ref'"),
        (("applications", MEMBERS, *BOARD), "nothing was read"),
        (("cpd", MEMBERS, *BOARD), "the columns are member_no, activity_on"),
        (
            ("members", MEMBERS, "--society", "ELE"),
            "that is for society_board or society_officer; in this demonstration",
        ),
        (
            ("applications", APPLICATIONS, "--as", "registrar-2"),
            "may not recommend_registration: that is for society_b",
        ),
        (("members", MEMBERS, *BOARD, "--society", "CIV"), "may act for that society only"),
        (("members",), "Missing argument 'file'"),
    ],
)
def test_threat_r08_what_is_refused_as_a_whole_writes_nothing(
    copied: Demo, cse: Cse, arguments: tuple[object, ...], expected: str
) -> None:
    before = copied.rows(), listing(copied.folder)
    said = cse("import", *arguments, env=copied.environment())
    assert (said.code, expected in said.err, said.out) == (3, True, ""), said
    assert (copied.rows(), listing(copied.folder)) == before


def test_an_import_with_the_own_confirmation_is_refused_at_the_command_line(copied: Demo, cse: Cse) -> None:
    """threats R07 and R08: the machine user is one person, whatever the role."""
    env = copied.environment()
    cse("import", "members", MEMBERS, *BOARD, env=env)
    cse("import", "applications", APPLICATIONS, *BOARD, env=env)
    before = copied.rows()
    said = cse("register", "ELE-2026-001", *BOARD, env=env)
    assert (said.code, "may not confirm_registration" in said.out) == (1, True)
    actors = copied.folder / "actors.toml"
    actors.write_text(
        actors.read_text(encoding="utf-8")
        + '\n[double]\nperson = "board-ele"\nrole = "cse_registrar"\ntenant = "CSE"\n',
        encoding="utf-8",
    )
    said = cse("register", "ELE-2026-001", "--as", "double", env=env)
    assert (said.code, "second natural person" in said.out) == (1, True)
    assert copied.rows() == before
    both = cse("register", "ELE-2026-001", "--approved", "0" * 64, env=env)
    assert (both.code, "not both" in both.err) == (3, True)


def test_a_large_file_shows_how_far_it_is(copied: Demo, cse: Cse, tmp_path: Path) -> None:
    file = tmp_path / "many.csv"
    header = MEMBERS.read_text(encoding="utf-8").splitlines()[0]
    file.write_text(header + "\n1,2" * 600, encoding="utf-8")
    said = cse("import", "members", file, *BOARD, env=copied.environment())
    assert (said.code, said.out.splitlines()[-1]) == (1, "added=0 unchanged=0 refused=600")
    assert "Rows" in said.err
