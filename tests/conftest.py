"""Settings for every test, and what is said once at the end of a run from the reports of every process that tested."""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from tests.conformance.interop_table import PROJECT, InteropTable
from tests.integration.postgres import DATABASES

# The same examples in every run, and no clock: a loaded machine must not turn a run red.
settings.register_profile("every run alike", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("every run alike")

HERE = Path(__file__).parent
# Folders whose tests look from outside at what the others reach line by line.
FROM_OUTSIDE = {"browser", "conformance"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Let the tracing of coverage rest where it learns nothing new: it makes a test three times as long.

    A test that runs on both kinds of database reaches the same lines on each, so they are counted on SQLite; what is
    so on PostgreSQL alone has tests of its own. The floors of coverage tell if that should change. Coverage itself
    is not stopped: each new start would patch the ends of processes once more.
    """
    counts = "postgresql" not in _kinds_in(item.nodeid) and item.path.relative_to(HERE).parts[0] not in FROM_OUTSIDE
    if counts and not item.get_closest_marker("untraced"):
        return (yield)
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [one for some in terminalreporter.stats.values() for one in some if isinstance(one, pytest.TestReport)]
    # By file, because several processes tell in no order; the tests of a file run in one of them.
    reports.sort(key=lambda report: report.nodeid.partition("::")[0])
    told = [each for report in reports for each in report.user_properties]
    _say_how_many_ran_on_each_kind_of_database(terminalreporter)
    _say_figures(terminalreporter, [str(line) for name, line in told if name == "figure"])
    # A property stands in the report of a call and in that of what is torn down after it.
    _say_rules(terminalreporter, list(dict.fromkeys(str(line) for name, line in told if name == "rule")))
    _say_what_other_software_said(terminalreporter, InteropTable.of(told).lines())


def _kinds_in(nodeid: str) -> list[str]:
    """The kind of database in the name of a test, if it runs on each."""
    return re.findall(r"(?<=[\[-])(?:sqlite|postgresql)(?=[\]-])", nodeid)


def _say_how_many_ran_on_each_kind_of_database(reporter: pytest.TerminalReporter) -> None:
    counted = {kind: Counter[str]() for kind in DATABASES}
    for outcome in ("passed", "failed", "skipped"):
        for report in reporter.getreports(outcome):
            for kind in _kinds_in(report.nodeid):
                counted[kind][outcome] += 1
    if any(counted.values()):
        said = [f"{kind} " + ", ".join(f"{n} {outcome}" for outcome, n in one.items()) for kind, one in counted.items()]
        reporter.write_line(f"databases: {'; '.join(said)}")


def _say_figures(reporter: pytest.TerminalReporter, lines: list[str]) -> None:
    if lines:
        reporter.section("conformance")
        reporter.write_line("\n".join(lines))


def _say_what_other_software_said(reporter: pytest.TerminalReporter, lines: list[str]) -> None:
    if not lines:
        return
    file = PROJECT / "var" / "interop-table.txt"
    file.parent.mkdir(exist_ok=True)
    today = datetime.now(UTC).date()
    file.write_text("\n".join([f"What other software said on {today}.", *lines, ""]), encoding="utf-8")
    reporter.section("what other software says of our certificates")
    reporter.write_line("\n".join(lines))


def _say_rules(reporter: pytest.TerminalReporter, lines: list[str]) -> None:
    if lines:
        reporter.section("every rule and its tests (all of them: var/rules.txt)")
        reporter.write_line("\n".join(lines))
