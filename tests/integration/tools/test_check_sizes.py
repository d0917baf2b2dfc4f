"""The ceilings hold on both sides of each boundary."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.check_sizes import ROOT, code_lines, file_faults


def _function(lines: int) -> str:
    return "def grow():\n" + "    pass\n" * (lines - 1)


@pytest.mark.parametrize(("lines", "faults"), [(40, 0), (41, 1)])
def test_a_function_has_at_most_40_lines(lines: int, faults: int) -> None:
    assert len(file_faults("a.py", _function(lines))) == faults


@pytest.mark.parametrize(("lines", "faults"), [(300, 0), (301, 1)])
def test_a_file_has_at_most_300_lines(lines: int, faults: int) -> None:
    assert len(file_faults("a.py", "x = 1\n" * lines)) == faults


@pytest.mark.parametrize(
    ("signature", "faults"),
    [("self, a, b, c, d, e", 0), ("self, a, b, c, d, e, f", 1), ("self, a, *, b, c, d, e, f", 0)],
    ids=["exactly five beside self", "six", "keyword-only does not count"],
)
def test_a_function_takes_at_most_five_arguments_by_position(signature: str, faults: int) -> None:
    ruff = Path(sys.executable).with_name("ruff")
    asked = [ruff, "check", "--no-cache", "--stdin-filename=keys/a.py", "-"]
    method = f"class A:\n    def call({signature}):\n        pass\n"
    found = subprocess.run(asked, cwd=ROOT, input=method, capture_output=True, text=True, check=False)
    assert found.stdout.count("Too many positional arguments") == faults


def test_blanks_comments_and_docstrings_are_no_code() -> None:
    source = '"""Module.\n\nMore.\n"""\n\n# why\nx = (\n    1,\n)\n\n\ndef f():\n    """One."""\n    return x\n'
    assert code_lines(source) == 5
    assert code_lines('x = 1\n"""What x is,\nin words."""\n') == 1
    assert code_lines('x = """Not a docstring.\n"""\n') == 2
