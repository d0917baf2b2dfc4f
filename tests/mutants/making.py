"""Make mutants: copies of one file of ours with one small mistake each, by the operators of mutmut.

Left out is what cannot change an answer: docstrings and type annotations (mutmut leaves them out too), `__all__`,
the names in `cast` and `NewType`, log lines, what `assert_never` proves unreachable, the letter case in the name of a
codec, and sentences for people in a `raise`. Unlike mutmut's own runner this makes mutants of constants and of
decorated functions too.
"""

import ast
import difflib
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
import libcst.matchers as m
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import Mutation, MutationVisitor, deep_replace
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

_ONLY_FOR_TYPES = m.Call(func=m.Name("cast") | m.Name("NewType") | m.Name("TypeVar") | m.Name("assert_never"))
_LOG_LINE = m.Call(func=m.Attribute(value=m.Name("_LOG") | m.Name("logging")))
_EXPORTS = m.Assign(targets=[m.AssignTarget(target=m.Name("__all__"))])
_CODECS = {"ascii", "utf-8", "latin-1", "idna", "utf-16", "utf-16-be"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake in one file: what stood there, what stands there now, on which lines the statement stands.

    `lines` is empty for code that runs when the module is imported.
    """

    file: str
    line: int
    lines: range
    rank: str
    _wrapped: MetadataWrapper
    _mutation: Mutation

    @property
    def source(self) -> str:
        """The whole file with the mistake."""
        changed = deep_replace(self._wrapped.module, self._mutation.original_node, self._mutation.mutated_node)
        assert isinstance(changed, cst.Module)
        return changed.code

    def change(self) -> tuple[str, str]:
        """Return the lines that differ, as they are and with the mistake."""
        before, after = self._wrapped.module.code.splitlines(), self.source.splitlines()
        diff = list(difflib.unified_diff(before, after, lineterm="", n=0))[2:]
        was, now = ([line[1:].strip() for line in diff if line.startswith(sign)] for sign in "-+")
        return " ".join(was), " ".join(now)


def mutants_of(file: Path, seed: str) -> list[Mutant]:
    """Return every mutant of `file` in the order in which `seed` draws them.

    The rank of a mutant depends on its own code alone, so a change elsewhere draws the same mutants again.
    """
    content = file.read_text(encoding="utf-8")
    wrapped = MetadataWrapper(cst.parse_module(content))
    visitor = _Visitor()
    wrapped.visit(visitor)
    positions = wrapped.resolve(PositionProvider)
    statements, seen = _Statements(content), Counter[str]()
    made = []
    for mutation in visitor.mutations:
        line = positions[mutation.original_node].start.line
        key = "\n".join([str(file), *(wrapped.module.code_for_node(node) for node in _nodes(mutation))])
        seen[key] += 1
        rank = hashlib.sha256(f"{seed}\n{seen[key]}\n{key}".encode()).hexdigest()
        made.append(Mutant(str(file), line, statements.around(line), rank, wrapped, mutation))
    return sorted(made, key=lambda mutant: mutant.rank)


def drawn(files: Sequence[Path], count: int, seed: str) -> list[Mutant]:
    """Return `count` mutants of `files`, of each file in proportion to how many it has (largest remainders)."""
    made = [mutants_of(file, seed) for file in files]
    total = sum(map(len, made))
    shares = [min(count, total) * len(some) / total for some in made]
    left = min(count, total) - sum(map(int, shares))
    more = sorted(range(len(made)), key=lambda index: int(shares[index]) - shares[index])[:left]
    return [mutant for index, some in enumerate(made) for mutant in some[: int(shares[index]) + (index in more)]]


def _nodes(mutation: Mutation) -> tuple[cst.CSTNode, ...]:
    around = mutation.contained_by_top_level_function
    return (mutation.original_node, mutation.mutated_node, *([around] if around else []))


class _Statements:
    """The statements of a file and the lines on which they stand."""

    def __init__(self, content: str) -> None:
        tree = ast.parse(content)
        self._functions = list(self._spans(tree, ast.FunctionDef))
        self._all = list(self._spans(tree, ast.stmt))

    @staticmethod
    def _spans(tree: ast.AST, kind: type[ast.stmt]) -> Iterator[range]:
        for node in ast.walk(tree):
            if isinstance(node, kind):
                yield range(node.lineno, (node.end_lineno or node.lineno) + 1)

    def around(self, line: int) -> range:
        """Return the lines of the smallest statement with `line`, none if it is in no function."""
        if not any(line in function for function in self._functions):
            return range(0)
        return min((span for span in self._all if line in span), key=len)


class _Visitor(MutationVisitor):
    """Mutmut's visitor, without what cannot change an answer and with decorated functions."""

    def __init__(self) -> None:
        super().__init__(mutation_operators, IgnoredCode(set(), set(), set()))
        self._in_raise = 0

    def on_visit(self, node: cst.CSTNode) -> bool:
        self._in_raise += isinstance(node, cst.Raise)
        return super().on_visit(node)

    def on_leave(self, original_node: cst.CSTNode) -> None:
        self._in_raise -= isinstance(original_node, cst.Raise)
        super().on_leave(original_node)

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        if m.matches(node, _ONLY_FOR_TYPES | _LOG_LINE | _EXPORTS) or self._is_sentence(node):
            return True
        if isinstance(node, cst.FunctionDef):
            node = node.with_changes(decorators=())
        return super()._skip_node_and_children(node)

    def _is_sentence(self, node: cst.CSTNode) -> bool:
        return bool(self._in_raise) and isinstance(node, cst.SimpleString) and " " in node.value

    def _create_mutations(self, node: cst.CSTNode) -> None:
        super()._create_mutations(node)
        if isinstance(node, cst.SimpleString) and node.raw_value in _CODECS:
            self.mutations[:] = [one for one in self.mutations if one.original_node is not node or _is_marked(one)]


def _is_marked(mutation: Mutation) -> bool:
    return isinstance(mutation.mutated_node, cst.SimpleString) and "XX" in mutation.mutated_node.value
