"""Say plainly what a verb of the Makefile does not do yet, and what will do it.

A verb that exists and measures nothing must not look as if it had passed: each prints that nothing was done.
"""

import sys

PARTS = {
    "release": (
        "release: no release was made. The signed archive, its list of components and its digests come in the"
        " release part."
    ),
}


def main(arguments: list[str]) -> int:
    """Print the statement for one verb; return 3 for a verb that is not listed."""
    if len(arguments) != 1 or arguments[0] not in PARTS:
        print(f"usage: later.py {'|'.join(PARTS)}", file=sys.stderr)
        return 3
    print(PARTS[arguments[0]])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
