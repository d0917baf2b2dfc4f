"""Make our own test vectors anew: run every `make_*.py` below `tests/vectors`.

A generated vector keeps its script beside it, so that anyone can make it again and compare.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Run the scripts one after the other; return the first exit code that is not 0."""
    scripts = sorted((ROOT / "tests" / "vectors").rglob("make_*.py"))
    if not scripts:
        print("vectors: tests/vectors holds no script yet; nothing was made")
    for script in scripts:
        print(f"vectors: {script.relative_to(ROOT)}")
        module = ".".join(script.relative_to(ROOT).with_suffix("").parts)
        done = subprocess.run([sys.executable, "-m", module], cwd=ROOT, check=False)
        if done.returncode != 0:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
