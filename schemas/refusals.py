"""How the packages refuse: with a code and a sentence, in place of whatever a library has raised."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Refusal(Exception):  # noqa: N818 (the base alone; what is raised is named Error)
    """Something cannot be had or done; the message may be shown to the asker."""

    code: str = "refusal"
    says: str = "{}"
    """The sentence, with places for the arguments."""

    def __init_subclass__(cls, code: str = "") -> None:
        """Give the base of a package, and each reason, a stable `code` of its own; without it, that of its base."""
        cls.code = code or cls.code

    def __str__(self) -> str:
        """Return the sentence, with the arguments in its places."""
        return self.says.format(*self.args)


@contextmanager
def translated(*met: type[Exception], to: Exception | Callable[[Any], Exception]) -> Iterator[None]:
    """Raise `to`, or what `to` makes of the exception, in place of one that the block `met`; that stays its cause."""
    try:
        yield
    except met as error:
        raise (to if isinstance(to, Exception) else to(error)) from error
