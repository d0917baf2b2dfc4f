"""How a command ends: the exit codes of `cse` and `cse-verify`, and the refusal of wrong use."""

GOOD, NO, UNDECIDED, REFUSED = 0, 1, 2, 3
"""Exit codes: good; the answer is no (or some rows refused); could not decide; wrong use or refused input."""


class UsageError(Exception):
    """A command was used wrongly; the message names what and the way out."""
