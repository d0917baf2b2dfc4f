"""Refuse code that outgrew its ceilings: function, file, and the whole.

A function is counted from `def` to its last line, a file by its lines, both as they stand. Code lines are
those with code on them: no blanks, comments or docstrings. Branch complexity and arguments by
position are checked by ruff (C901, PLR0917).
"""

import ast
import io
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON_FOLDERS = ("schemas", "verifier", "keys", "issuer", "registry", "public_site", "tools")
JAVASCRIPT_FOLDERS = ("public_site",)

MAX_FUNCTION_LINES = 40
MAX_FILE_LINES = 300
MAX_PYTHON_CODE_LINES = 18_500
MAX_SCRIPT_LINES = 150
MAX_JAVASCRIPT_CODE_LINES = 1_500

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def _docstring_lines(tree: ast.AST) -> set[int]:
    """Return the numbers of the lines that docstrings fill, also those under attributes and constants."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def code_lines(source: str) -> int:
    """Count the lines of Python that hold code."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT and token.string.strip():
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines - _docstring_lines(ast.parse(source)))


def function_faults(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and message for each function that is too long."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, _FUNCTIONS):
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > MAX_FUNCTION_LINES:
            yield node.lineno, f"{node.name} has {length} lines, at most {MAX_FUNCTION_LINES}"


def file_faults(name: str, source: str) -> list[str]:
    """List what is too large in one Python file."""
    faults = [f"{name}:{line}: {message}" for line, message in function_faults(source)]
    length = len(source.splitlines())
    if length > MAX_FILE_LINES:
        faults.append(f"{name}:1: the file has {length} lines, at most {MAX_FILE_LINES}")
    return faults


def _files(folders: tuple[str, ...], pattern: str) -> Iterator[tuple[str, str]]:
    """Yield name and text of each file below `folders`."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob(pattern)):
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def _script_lines(source: str) -> int:
    """Count the lines of a script that hold code; a line that begins with a comment sign does not."""
    stripped = (line.strip() for line in source.splitlines())
    return sum(1 for line in stripped if line and not line.startswith(("//", "/*", "*")))


def main() -> int:
    """Print the faults and the totals; return 1 if there is a fault."""
    python, scripts = dict(_files(PYTHON_FOLDERS, "*.py")), dict(_files(JAVASCRIPT_FOLDERS, "*.js"))
    script_lines = {name: _script_lines(source) for name, source in scripts.items()}
    totals = {
        "Python": (sum(map(code_lines, python.values())), MAX_PYTHON_CODE_LINES),
        "JavaScript": (sum(script_lines.values()), MAX_JAVASCRIPT_CODE_LINES),
    }
    faults = [fault for name, source in python.items() for fault in file_faults(name, source)]
    for name, lines in script_lines.items():
        if lines > MAX_SCRIPT_LINES:
            faults.append(f"{name}:1: the script has {lines} code lines, at most {MAX_SCRIPT_LINES}")
    faults += [f"{name} has {n} code lines, at most {most}" for name, (n, most) in totals.items() if n > most]
    print(*faults, sep="\n", end="\n" if faults else "")
    print("sizes:", ", ".join(f"{n:,} code lines of {name} (at most {most:,})" for name, (n, most) in totals.items()))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
