"""Every rule, transition and scenario of the life of a registration has a test that proves it, or a reason why not.

`rules.toml` has each of them in a few words. A test belongs to a rule if its name or its docstring says so (`r_cpd_09`,
R-CPD-09), to a transition or scenario if its name does (`t06i`, `scenario_07`), or if it is there under `proved_by`.
"""

import ast
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
FILE = TESTS.parent / "var" / "rules.txt"
FAMILIES = {"AU": 11, "ME": 3, "RG": 6, "PR": 7, "CE": 9, "DT": 13, "CPD": 17, "RN": 11, "PV": 8, "MR": 9}
"""How many rules each family has."""
TRANSITIONS = [*(f"T{number}" for number in range(1, 25)), "T6i", "T6r"]
PARTS = ["3.3", "3.4", "3.10", *(f"4.{row}" for row in range(1, 7)), "5.2"]
"""What has no number of its own: a section, or a row of its table."""
SCENARIOS = [f"scenario {number}" for number in range(1, 123)]
BOTH = {"place", "living"}
"""The fixtures that run a test on each kind of database."""


@dataclass(frozen=True)
class Proof:
    """A test: where it stands, its name, what it says of itself, and whether it runs on both kinds of database."""

    at: str
    name: str
    words: str
    is_on_both: bool

    @property
    def id(self) -> str:
        return f"{self.at}::{self.name}"

    @property
    def proves(self) -> set[str]:
        """The rules, transitions and scenarios that it names."""
        name = re.sub(r"(threat|drill|site)_[a-zA-Z]\d+(_[A-Z]\d+)*", "", self.name)
        rules = re.findall(r"(?<![a-z])r_([a-z]{2,3})_(\d\d)(?!\d)", name.lower())
        rules += re.findall(r"R-([A-Z]{2,3})-(\d\d)", self.words)
        moves = re.findall(r"(?<![a-z0-9])t(\d\d?[ir]?)(?![a-z0-9])", name)
        lists = re.findall(r"scenarios?((?:_(?:and_)?\d+)+)(?!\d)", name)
        numbers = [number for found in lists for number in re.findall(r"\d+", found)]
        return {
            *(f"R-{family.upper()}-{number}" for family, number in rules),
            *(f"T{move.lstrip('0')}" for move in moves),
            *(f"scenario {int(number)}" for number in numbers),
        }


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in tree.body if isinstance(node, ast.FunctionDef))


def asked(tree: ast.Module) -> dict[str, set[str]]:
    """What each function of a module asks pytest for."""
    marks = {one.name: {"".join(re.findall(r"usefixtures\('(\w+)", ast.dump(one)))} for one in functions(tree)}
    return {one.name: {each.arg for each in one.args.args} | marks[one.name] for one in functions(tree)}


def closure(name: str, known: dict[str, set[str]]) -> set[str]:
    found, left = set[str](), {name}
    while left:
        one = left.pop()
        found.add(one)
        left |= known.get(one, set()) - found
    return found


@cache
def proofs() -> dict[str, Proof]:
    """Every test of the project, by file and name."""
    shared = asked(ast.parse((TESTS / "integration" / "conftest.py").read_text("utf-8")))
    found = {}
    for file in sorted(TESTS.rglob("test_*.py")):
        tree, at = ast.parse(file.read_text("utf-8")), str(file.relative_to(TESTS).with_suffix(""))
        known = (shared if at.startswith("integration/") else {}) | asked(tree)
        for one in functions(tree):
            if one.name.startswith("test_"):
                is_on_both = bool(closure(one.name, known) & BOTH)
                proof = Proof(at, one.name, ast.get_docstring(one) or "", is_on_both)
                found[proof.id] = proof
    return found


@cache
def naming() -> dict[str, list[Proof]]:
    """Which tests name a rule, by its id."""
    found: dict[str, list[Proof]] = {}
    for one in proofs().values():
        for each in one.proves:
            found.setdefault(each, []).append(one)
    return found


@dataclass(frozen=True)
class Row:
    """A line of the table: a rule, its words, what `rules.toml` says of it, and the tests that name it."""

    id: str
    says: str = ""
    proved_by: tuple[str, ...] = ()
    missing: str = ""
    """Why nothing proves it."""
    rest: str = ""
    """What of it nothing proves yet, and why."""

    @property
    def tests(self) -> list[Proof]:
        """Those that run on both kinds of database first."""
        named = [proofs()[each] for each in self.proved_by if each in proofs()]
        found = dict.fromkeys([*naming().get(self.id, []), *named])
        return sorted(found, key=lambda one: not one.is_on_both)

    def lines(self) -> Iterable[str]:
        rest = [f"    not yet: {self.rest}"] if self.rest else []
        told = [f"    {one.id}" for one in self.tests] or [f"    no test: {self.missing}"]
        return [f"{self.id}  {self.says}".rstrip(), *told, *rest]

    def line(self) -> str:
        tests = self.tests
        more = f" and {len(tests) - 1} more" if len(tests) > 1 else ""
        told = f"{tests[0].name}{more}" if tests else f"no test: {self.missing}"
        return f"{self.id:13} {told}" + (f" (not yet: {self.rest})" if self.rest else "")


@cache
def rows() -> dict[str, Row]:
    said = tomllib.loads(Path(__file__).with_name("rules.toml").read_text("utf-8"))
    found = {}
    for each, told in said.items():
        proved_by = tuple(told.pop("proved_by", ()))
        found[each] = Row(each, proved_by=proved_by, **told)
    return found | {each: Row(each) for each in SCENARIOS if each not in found}


RULES = [f"R-{family}-{number:02}" for family, count in FAMILIES.items() for number in range(1, count + 1)]
IDS = [*RULES, *TRANSITIONS, *PARTS, *SCENARIOS]


def test_every_rule_transition_and_scenario_stands_in_the_table_in_words() -> None:
    assert set(rows()) == set(IDS)
    assert [one.id for one in rows().values() if not one.says and one.id not in SCENARIOS] == []


def test_every_rule_has_a_test_or_the_reason_why_not() -> None:
    assert {one.id for one in rows().values() if not one.tests and not one.missing} == set()
    assert {one.id for one in rows().values() if one.tests and one.missing} == set()


def test_every_test_that_is_named_exists() -> None:
    assert {each for one in rows().values() for each in one.proved_by} - set(proofs()) == set()


def test_no_test_names_a_rule_that_does_not_exist() -> None:
    families = re.compile("R-(?:" + "|".join(FAMILIES) + r")-|T\d|scenario ")
    assert {each for each in naming() if families.match(each)} - set(IDS) == set()


def test_every_scenario_is_lived_through_the_use_cases_on_both_databases() -> None:
    lived = {each for each in SCENARIOS if any(one.is_on_both for one in naming().get(each, []))}
    assert {each for each in SCENARIOS if each not in lived and not rows()[each].missing + rows()[each].rest} == set()


@pytest.mark.parametrize(
    ("name", "words", "proves"),
    [
        ("test_r_cpd_09_and_t06i", "", {"R-CPD-09", "T6i"}),
        ("test_R_MR_03_a_day", "", {"R-MR-03"}),
        ("test_scenarios_33_94_and_95_of_12_months", "", {"scenario 33", "scenario 94", "scenario 95"}),
        ("test_scenario_07_at_16", "As R-CE-02 and threat T5 say.", {"scenario 7", "R-CE-02"}),
        ("test_threat_T23_and_site_a06_and_threat_X05_X06_say_nothing", "", set()),
        ("test_40_hours_of_12_months", "", set()),
    ],
)
def test_what_a_name_says(name: str, words: str, proves: set[str]) -> None:
    assert Proof("", name, words, True).proves == proves


def test_the_table_is_told(record_property: Callable[[str, object], None]) -> None:
    """Told at the end of the run, the first test of each; with every test it is in var/rules.txt."""
    table = [rows()[each] for each in IDS]
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text("\n".join([line for row in table for line in row.lines()] + [""]), encoding="utf-8")
    for row in table:
        record_property("rule", row.line())
    proved = sum(bool(row.tests) for row in table)
    record_property("rule", f"ids={len(table)} proved={proved} without={len(table) - proved}")
    assert len(FILE.read_text("utf-8").splitlines()) >= 2 * len(table)
