"""The answer to what somebody asks or hands in: a verdict, and what belongs to it beside the verdict."""

from dataclasses import dataclass
from typing import Any, Literal

About = Literal["document", "attachment", "badge", "image_mismatch", "paper_code", "register_entry"]
# What a verdict is about, where something was handed in; nothing else of it was checked: not the printed page of a PDF,
# not the picture of a badge (a mismatch shows the code of another certificate), and with an address no paper at all.


@dataclass(frozen=True, slots=True)
class NumberVerdict:
    """The answer to a number as it was typed, which is in its canonical form; `verdict` is there only for its kind."""

    kind: Literal["verdict", "unknown", "typing_mistake", "not_a_number"]
    number: str | None = None
    verdict: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class CodeVerdict:
    """The answer to a code, document or file: the verdict, and the page of ours to which a code leads.

    `is_readable` tells whether the paper code could be read, None where there is none; then, and where it could not be
    read, the verdict is that of the register entry and says nothing about a paper. `host` names where a foreign code
    leads, `about` what the verdict is about where that is no code, `number` is the answer to a typed number, and
    `document` what was judged of the bytes handed in.
    """

    verdict: dict[str, Any]
    page_id: str | None = None
    is_readable: bool | None = None
    host: str | None = None
    about: About | None = None
    number: NumberVerdict | None = None
    document: bytes | None = None
