"""Judging heavy and foreign documents in a limited child (`threats.md` T03)."""

from collections.abc import Callable
from datetime import datetime

from registry.adapters.children import run_limited
from registry.adapters.refusals import ChildFailedError
from schemas.refusals import translated
from verifier.asked import Asked
from verifier.judge import judge
from verifier.refusals import TooComplexError
from verifier.report import Report
from verifier.sources import Sources

SECONDS = 2.0
MEMORY = 256 << 20


def limited_judge(content: bytes, told: Callable[[], Sources], *, now: datetime, asked: Asked) -> Report:
    """Judge `content` by what is `told` of the register, asked for when there is a place. Raises what `judge` raises.

    Also `BusyError`. A document that takes too much, or ends the child otherwise, is `TooComplexError` too.
    """
    with translated(ChildFailedError, to=TooComplexError(f"it takes more than {SECONDS:g} s or {MEMORY >> 20} MiB")):
        return run_limited(
            judge_in_child, content, now, asked, seconds=SECONDS, memory=MEMORY, asked_for=lambda: (told(),)
        )


def judge_in_child(content: bytes, now: datetime, asked: Asked, sources: Sources) -> Report:
    """Judge by position, as a child is asked."""
    return judge(content, sources, now=now, asked=asked)
