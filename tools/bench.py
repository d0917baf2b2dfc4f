"""Write the figures of `make bench`: none yet.

`var/bench.json` is a list of objects with `name`, `value`, `unit`, `peer`, `peer_value`, `ratio` and `note`,
both sides measured in the same run. It stays empty until something is measured; no figure
is copied in by hand.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

REPORT = Path("var/bench.json")


def main() -> int:
    """Write the empty list and say so."""
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps([]) + "\n", encoding="utf-8")
    print(
        "bench: nothing is measured yet. Issuing, verification, sweep and their peers come in the performance"
        f" part. {REPORT} = []"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
