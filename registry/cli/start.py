"""The entry of `cse`: an installation without the extra `registry` has the command and not what it needs."""

import sys

from registry.cli.exits import REFUSED

_ALONE = "this installation holds the verifier alone: use cse-verify, or install with the extra registry"


def main() -> None:
    """Run `cse`, or say in one plain sentence that this installation holds the verifier alone."""
    try:
        from registry.cli.main import main as run
    except ModuleNotFoundError as error:
        print(f"cse: {_ALONE} ({error.name} is missing)", file=sys.stderr)
        sys.exit(REFUSED)
    run()
