"""The documentation says what the program does: every verb, setting, finding, problem (style 12)."""

import json
import re
from pathlib import Path

import pytest
from typer.main import get_command

from public_site.problems import PROBLEMS
from registry.cli.main import app
from registry.settings import NAMES
from tests.docs.make_error_tables import PAGES, with_tables

PROJECT = Path(__file__).resolve().parents[2]
DOCUMENTS = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
FINDINGS = sorted(json.loads((PROJECT / "schemas" / "data" / "findings.json").read_text(encoding="utf-8")))


def verbs() -> list[str]:
    """Every command of `cse`, those of a group with its name."""
    found = []
    for name, command in sorted(get_command(app).commands.items()):
        inner = getattr(command, "commands", None)
        found += [f"cse {name} {verb}" for verb in sorted(inner)] if inner else [f"cse {name}"]
    return found


def slugs() -> dict[str, int]:
    """Slug and status of every problem, from the one table of them."""
    return {slug: problem.status for slug, problem in PROBLEMS.items()}


def missing(words: list[str]) -> list[str]:
    """The words that stand nowhere in the documentation as words of their own."""
    return [word for word in words if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", TEXT) is None]


def table(kind: str) -> dict[str, str]:
    """The rows between `<!-- codes:kind -->` and `<!-- end -->`: first cell, second cell."""
    errors = (PROJECT / "docs" / "errors.md").read_text(encoding="utf-8")
    place = re.search(rf"<!-- codes:{kind} -->(.*?)<!-- end -->", errors, re.DOTALL)
    assert place is not None, f"docs/errors.md has no place codes:{kind}"
    return dict(re.findall(r"^\| `([^`]+)` \| ([^|]*?) \|", place[1], re.MULTILINE))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("commands of cse --help", verbs()),
        ("settings of registry.settings.NAMES", sorted(NAMES)),
        ("finding codes of schemas/data/findings.json", FINDINGS),
        ("problems of public_site/problems.py", sorted(slugs())),
    ],
    ids=["commands", "settings", "findings", "problems"],
)
def test_everything_is_mentioned(kind: str, words: list[str]) -> None:
    assert words
    absent = missing(words)
    assert not absent, f"{kind} that README.md and docs/*.md do not mention: {', '.join(absent)}"


def test_the_table_of_findings_is_exact() -> None:
    listed = table("findings")
    assert sorted(set(FINDINGS) - set(listed)) == [], "not in the table"
    assert sorted(set(listed) - set(FINDINGS)) == [], "in the table, unknown to the program"
    texts = json.loads((PROJECT / "schemas" / "data" / "findings.json").read_text(encoding="utf-8"))
    assert {code for code in FINDINGS if listed[code] != texts[code]["en"]} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_tables_are_as_the_program_makes_them(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text == with_tables(text), "make them anew: .venv/bin/python -m tests.docs.make_error_tables"


def test_the_table_of_problems_is_exact() -> None:
    assert {slug: int(status) for slug, status in table("problems").items()} == slugs()


def test_a_missing_word_is_named() -> None:
    assert missing(["cse nonsense", "CSE_NONSENSE", "cse verify"]) == ["cse nonsense", "CSE_NONSENSE"]
