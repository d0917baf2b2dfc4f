"""`make mutants`: what is mutated and what is not, which mutants are drawn, and when one is killed."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.making import drawn, mutants_of

SEED = "a seed"


def changes(folder: Path, content: str) -> list[str]:
    file = folder / "given.py"
    file.write_text(content, encoding="utf-8")
    return sorted(mutant.change()[1] for mutant in mutants_of(file, SEED))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("LONGEST = 4\n", ["LONGEST = 5", "LONGEST = None"]),
        ("@property\ndef is_less(self):\n    return self < 4\n", ["return self < 5", "return self <= 4"]),
        ("assert a == 'a b'\n", ["assert a != 'a b'", "assert a == 'A B'", "assert a == 'XXa bXX'"]),
        (
            "return_ = b.decode('ascii')\n",
            ["return_ = None", "return_ = b.decode('XXasciiXX')", "return_ = b.decode(None)"],
        ),
    ],
    ids=["constant", "decorated function", "text", "codec, but not its letter case"],
)
def test_what_can_change_an_answer_is_mutated(tmp_path: Path, content: str, expected: list[str]) -> None:
    assert changes(tmp_path, content) == expected


@pytest.mark.parametrize(
    "content",
    ['"""What it is."""\n', "a: 'A'\n", "cast('A', a)\n", "_LOG.info('a', extra={})\n", "assert_never(a)\n"],
)
def test_what_cannot_is_not(tmp_path: Path, content: str) -> None:
    assert changes(tmp_path, content) == []


def test_a_sentence_in_a_refusal_is_left_alone_and_a_code_is_not(tmp_path: Path) -> None:
    assert "raise A('XXcodeXX', 'two words')" in changes(tmp_path, "raise A('code', 'two words')\n")
    assert not [change for change in changes(tmp_path, "raise A('code', 'two words')\n") if "XXtwo" in change]


def test_of_each_file_are_drawn_in_proportion_and_the_same_after_a_change_elsewhere(tmp_path: Path) -> None:
    small, large = tmp_path / "a.py", tmp_path / "b.py"
    small.write_text("A = 1\nB = 2\n", encoding="utf-8")
    large.write_text("".join(f"A{n} = {n}\n" for n in range(6)), encoding="utf-8")
    before = [mutant.change() for mutant in drawn([small, large], 8, SEED)]
    assert len(before) == 8
    assert sum(line.startswith(("A =", "B =")) for line, _ in before) == 2
    large.write_text("\n\n" + large.read_text(encoding="utf-8"), encoding="utf-8")
    assert [mutant.change() for mutant in drawn([small, large], 8, SEED)] == before


@pytest.mark.parametrize(
    ("mistake", "survived"),
    [("", "True"), ("\nencode_base64url = None\n", "False"), ("\nimport os; os.abort()\n", "False")],
    ids=["no mistake", "wrong value", "crash"],
)
def test_a_mutant_survives_only_if_every_test_passes(mistake: str, survived: str) -> None:
    # In a process of its own, because this one has imported our packages already.
    asked = [sys.executable, "-c", TRIAL, mistake]
    assert subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip() == survived


TRIAL = """
import os, sys
from pathlib import Path
from tests.mutants.running import Trial, trials
file, test = "schemas/base64url.py", "tests/unit/schemas/test_base64url.py::test_every_value_comes_back"
trial = Trial(file, Path(file).read_text() + sys.argv[1], [[test]], {test: 0.1}, os.devnull)
print(*(survived for _, survived in trials(lambda _: trial, [file], at_once=1)))
"""
