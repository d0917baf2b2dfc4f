"""Write the tables of codes in `docs/errors.md` anew from the program; prints how many there are.

The tables stand between `<!-- codes:NAME -->` and `<!-- end -->`.
"""

import re
import sys
from pathlib import Path

from public_site import problems
from verifier.messages import findings

PAGE = Path(__file__).resolve().parents[1] / "docs" / "errors.md"


def _findings() -> list[str]:
    rows = [f"| `{code}` | {entry['en']} | {entry.get('clause', '')} |" for code, entry in sorted(findings().items())]
    return ["| finding | meaning | rests on |", "|---|---|---|", *rows]


def _problems() -> list[str]:
    known = [
        problems.body_too_large(262_144),
        problems.content_encoding(),
        problems.body_timeout(10),
        problems.empty_body(),
        problems.media_type(("application/vc",)),
        problems.requirement(),
        problems.not_found(),
        problems.method_not_allowed(),
        problems.internal(),
        problems.of_status(400),
        problems.malformed_json("…"),
        problems.too_complex("…"),
        problems.too_many_credentials("…"),
        problems.register_unreachable(),
        problems.not_printed(),
        problems.unprintable("…"),
        problems.busy(),
        problems.too_many(4),
        problems.too_often(),
        problems.one_input(),
        *problems.FILE_PROBLEMS.values(),
    ]
    rows = [f"| `{one.slug}` | {one.status} | {one.title} |" for one in sorted(known, key=lambda one: one.slug)]
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
