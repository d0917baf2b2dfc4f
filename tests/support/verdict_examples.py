"""Write one example verdict for each state to `schemas/data/examples/`, which are part of the product.

`python -m tests.support.verdict_examples` writes them anew.

Everything in them is example data: an invented person, public test keys, base address `http://localhost:8000`.
"""

import json
from pathlib import Path

from tests.support.verdicts import example_verdict
from verifier.state import State

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "schemas" / "data" / "examples"


def file_name(state: State) -> str:
    """Return the name of the example of `state`."""
    return f"verdict-{state.value}.json"


def example_text(state: State) -> str:
    """Return the text of the example of `state`."""
    return json.dumps(example_verdict(state), ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Write every example."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for state in State:
        (FOLDER / file_name(state)).write_text(example_text(state), encoding="utf-8")
    print(f"verdict examples: {len(State)} written to {FOLDER.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
