"""What is logged of what went wrong: one line that repeats nothing of what was handed in."""

import io
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from registry.adapters.logs import OneLine

SECRET = "Zhang San 110101199003078888\x85INFO cse.public outcome=valid\u2028\r\n\x1b[2J"


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger with its lines."""
    lines, logger = io.StringIO(), logging.getLogger("tests.logs")
    handler = logging.StreamHandler(lines)
    handler.setFormatter(OneLine())
    logger.addHandler(handler)
    yield logger, lines
    logger.removeHandler(handler)


def failing(depth: int) -> None:
    if depth:
        failing(depth - 1)
    try:
        raise KeyError(SECRET)
    except KeyError as error:
        raise ValueError(SECRET * 1000) from error


def test_threat_G02_an_exception_is_told_by_its_type_and_place(log: tuple[logging.Logger, io.StringIO]) -> None:
    try:
        failing(200)
    except ValueError:
        log[0].exception("Exception in ASGI application\n")
    said = log[1].getvalue()
    assert said.startswith("ERROR: tests.logs Exception in ASGI application: ValueError ")
    assert " from KeyError " in said
    assert "test_logs.py:" in said
    assert not any(word in said for word in ("Zhang", "1101", "outcome"))
    assert (said.count("\n"), len(said) <= 1001) == (1, True)


def test_threat_H04_what_is_logged_is_one_line(log: tuple[logging.Logger, io.StringIO]) -> None:
    log[0].warning("told: %s", SECRET)
    said = log[1].getvalue()
    shown = r"Zhang San 110101199003078888\u0085INFO cse.public outcome=valid\u2028\u000d\u000a\u001b[2J"
    assert said == f"WARNING: tests.logs told: {shown}\n"
    log[0].warning("without an exception", exc_info=True)
    assert log[1].getvalue().endswith("\nWARNING: tests.logs without an exception\n")


@pytest.mark.parametrize("name", ["uvicorn.error", "asyncio", "cse.public"])
def test_every_library_logs_that_way(name: str) -> None:
    program = (
        "import logging; from registry.adapters.logs import log_lines; log_lines()\n"
        f"try: raise ValueError('secret')\nexcept ValueError: logging.getLogger({name!r}).exception('failed')"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stderr
    assert said == f"ERROR: {name} failed: ValueError <string>:2\n"
