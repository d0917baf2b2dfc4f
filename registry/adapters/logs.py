"""What the serving process writes to its log: one bounded line for each record, and nothing that a stranger sent."""

import logging
import traceback

_LONGEST = 1000


class OneLine(logging.Formatter):
    """Tells an unexpected exception by type and places; what it says may repeat what was handed in (H04, G02)."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of `record`."""
        text = f"{record.levelname}: {record.name} {record.getMessage().strip()}"
        if record.exc_info and record.exc_info[1] is not None:
            text = f"{text}: {' from '.join(map(_place, _chain(record.exc_info[1])))}"
        return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text[:_LONGEST])


def _chain(error: BaseException | None) -> list[BaseException]:
    return [] if error is None else [error, *_chain(error.__cause__ or error.__context__)]


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    return " ".join([type(error).__name__, *(f"{frame.filename[-40:]}:{frame.lineno}" for frame in reversed(frames))])


def log_lines() -> None:
    """Let every record of every library go this way, to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine())
    logging.basicConfig(handlers=[handler])
