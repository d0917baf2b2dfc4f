"""Write the tables of codes in `docs/errors.md` anew from the program; prints how many there are.

The tables stand between `<!-- codes:NAME -->` and `<!-- end -->`.
"""

import re
import sys
from pathlib import Path

from public_site.problems import PROBLEMS
from verifier.messages import findings

PAGE = Path(__file__).resolve().parents[1] / "docs" / "errors.md"


def _findings() -> list[str]:
    rows = [f"| `{code}` | {entry['en']} | {entry.get('clause', '')} |" for code, entry in sorted(findings().items())]
    return ["| finding | meaning | rests on |", "|---|---|---|", *rows]


def _problems() -> list[str]:
    rows = [f"| `{one.slug}` | {one.status} | {one.title} |" for _, one in sorted(PROBLEMS.items())]
    return ["| problem | status | meaning |", "|---|---|---|", *rows]


def _replaced(text: str, name: str, lines: list[str]) -> str:
    """Return `text` with the table `name` made anew."""
    block = "\n".join([f"<!-- codes:{name} -->", "", *lines, "", "<!-- end -->"])
    return re.sub(rf"<!-- codes:{name} -->(.*?<!-- end -->)?", lambda _: block, text, count=1, flags=re.DOTALL)


def main() -> int:
    """Replace both tables; return 0."""
    text = PAGE.read_text(encoding="utf-8")
    for name, lines in (("findings", _findings()), ("problems", _problems())):
        text = _replaced(text, name, lines)
        print(f"{name}: {len(lines) - 2} codes")
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
