"""Check that every relative link in the documentation leads to a file.

Addresses on the web are not opened: a check must not depend on other people's machines.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def documents(root: Path) -> list[Path]:
    """List the documents: those at the top and everything below `docs`."""
    return sorted([*root.glob("*.md"), *(root / "docs").rglob("*.md")])


def broken_links(document: Path) -> Iterator[str]:
    """Yield each relative link of `document` that leads nowhere."""
    for target in _LINK.findall(document.read_text(encoding="utf-8")):
        if re.match(r"[a-z][a-z0-9+.-]*:|#", target):
            continue
        if not (document.parent / target.split("#")[0]).exists():
            yield target


def main() -> int:
    """Print every broken link; return 1 if there is one."""
    pages = documents(ROOT)
    broken = [f"{page.relative_to(ROOT)}: no such file: {link}" for page in pages for link in broken_links(page)]
    for line in broken:
        print(line)
    print(f"docs: {len(pages)} documents, {len(broken)} broken links")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
