"""Every decoder under a fuzzer that is guided by coverage: declared refusals alone, and one spelling."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.decoders import DECODERS

SECONDS = (600 if os.environ.get("LONG") == "1" else 60) // len(DECODERS) + 1
"""For each decoder, counted from when the fuzzer begins."""


@pytest.mark.parametrize("name", DECODERS)
def test_fuzzing(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for index, sample in enumerate(DECODERS[name].samples):
        (tmp_path / f"sample-{index}").write_bytes(sample)
    command = [sys.executable, "-m", "tests.drills.fuzz", name, str(SECONDS), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=SECONDS + 120)
    found = re.search(r"number_of_executed_units: *(\d+)", done.stderr)
    executions = int(found[1]) if found else 0
    with capsys.disabled():
        print(f"\nFUZZ target={name} executions={executions} crashes={int(done.returncode != 0)}", end="")
    assert done.returncode == 0, done.stderr[-4000:]
    assert executions > 100
