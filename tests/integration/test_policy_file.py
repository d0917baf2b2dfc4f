"""`CSE_POLICY_FILE` and `cse policy`: what a deployment changes, and what it may not."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from registry.adapters.opening import RegisterUnusableError, read_policy
from registry.domain.actors import Actor, Role
from registry.domain.policy import DEFAULT_POLICY, read_versions
from registry.services.ports import Desk
from registry.services.sweeping import sweep
from tests.integration.conftest import Cse
from tests.integration.registers import AT, Demo, Office

CLOCK = Actor("clock", Role.CLOCK, "CSE", "machine")
GOOD = """
[[version]]
version = "2027-1"
from_on = 2027-01-01
"cpd.cure_days" = 45
"cpd.submit_by" = [2, 15]
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "policy.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_the_built_in_version_counts() -> None:
    assert read_policy(None) is DEFAULT_POLICY


def test_a_file_adds_versions(tmp_path: Path) -> None:
    (later,) = read_policy(written(tmp_path, GOOD)).later
    assert (later.version, later.cpd_cure_days, later.cpd_submit_by) == ("2027-1", 45, (2, 15))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("version = [", "policy.toml"),
        ("", "tables \\[\\[version\\]\\] and nothing else"),
        ("version = 1", "policy.toml"),
        ("version = [1]", "policy.toml"),
        (GOOD + "[other]", "and nothing else"),
        (GOOD.replace("cure_days", "cure_weeks"), "2027-1, cpd.cure_weeks: there is no such key"),
    ],
)
def test_a_file_that_is_not_one_is_told(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(RegisterUnusableError, match=told):
        read_policy(written(tmp_path, text))


def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(RegisterUnusableError, match=r"absent\.toml"):
        read_policy(tmp_path / "absent.toml")


def test_cse_policy_show_prints_every_version(copied: Demo, cse: Cse, tmp_path: Path) -> None:
    env = copied.environment(CSE_POLICY_FILE=str(written(tmp_path, GOOD)))
    first, later = cse("policy", "show", "--json", env=env).json
    assert (first["version"], first["cpd.cure_days"], first["term.years"]) == ("default-1", 60, 5)
    expected = {"version": "2027-1", "from_on": "2027-01-01", "cpd.cure_days": 45, "cpd.submit_by": [2, 15]}
    assert later == expected
    assert "cpd.cure_days = 45\n" in cse("policy", "show", env=env).out
    refused = cse("policy", "show", env=copied.environment(CSE_POLICY_FILE=str(written(tmp_path, "x = 1"))))
    assert refused.code == 3
    assert "CSE_POLICY_FILE" in refused.err


def test_after_a_change_of_policy_the_clock_job_looks_at_everything_again(staffed: Office) -> None:
    def looked_at(desk: Desk) -> bool:
        sweep(desk, actor=CLOCK, now=AT)
        ((count,),) = staffed.database.execute("SELECT count(*) FROM registration WHERE due_at < '2032-01-01'")
        return bool(count)

    version = {"version": "2027", "from_on": date(2027, 1, 1), "renewal.grace_days": 10}
    shorter = replace(staffed.desk, policy=read_versions([version]))
    staffed.database.execute("UPDATE registration SET due_at = '9999-01-01 00:00:00+00:00'")
    assert not looked_at(staffed.desk)
    assert looked_at(shorter)
    staffed.database.execute("UPDATE registration SET due_at = '9999-01-01 00:00:00+00:00'")
    assert not looked_at(shorter)
    assert looked_at(staffed.desk)
