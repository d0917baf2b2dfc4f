"""Every relative link in the documentation leads to a file.

Addresses on the web are not opened: a check must not depend on other people's machines.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def broken_links(document: Path) -> Iterator[str]:
    """Yield each relative link of `document` that leads nowhere."""
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        if re.match(r"[a-z][a-z0-9+.-]*:|#", target):
            continue
        if not (document.parent / target.split("#")[0]).exists():
            yield target


@pytest.mark.parametrize("document", DOCUMENTS, ids=[str(one.relative_to(ROOT)) for one in DOCUMENTS])
def test_every_link_leads_to_a_file(document: Path) -> None:
    assert list(broken_links(document)) == []


def test_a_broken_link_is_found_and_others_are_not(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[a](page.md#x) [b](#y) [c](https://example.org/) [d](gone.md)", encoding="utf-8")
    assert list(broken_links(page)) == ["gone.md"]
