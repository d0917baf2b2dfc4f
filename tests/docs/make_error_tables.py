"""The tables of codes in `docs/errors.md`, made from the program: `python -m tests.docs.make_error_tables` writes them.

They stand between `<!-- codes:NAME -->` and `<!-- end -->`.
"""

import re
from pathlib import Path

from public_site.problems import PROBLEMS
from verifier.messages import findings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "errors.md"


def _findings() -> list[str]:
    rows = [f"| `{code}` | {entry['en']} | {entry.get('clause', '')} |" for code, entry in sorted(findings().items())]
    return ["| finding | meaning | rests on |", "|---|---|---|", *rows]


def _problems() -> list[str]:
    rows = [f"| `{one.slug}` | {one.status} | {one.title} |" for _, one in sorted(PROBLEMS.items())]
    return ["| problem | status | meaning |", "|---|---|---|", *rows]


def with_tables(text: str) -> str:
    """Return the page `text` with both tables made anew."""
    for name, lines in (("findings", _findings()), ("problems", _problems())):
        block = "\n".join([f"<!-- codes:{name} -->", "", *lines, "", "<!-- end -->"])
        place = rf"<!-- codes:{name} -->(.*?<!-- end -->)?"
        text = re.sub(place, lambda _, block=block: block, text, count=1, flags=re.DOTALL)
    return text


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
