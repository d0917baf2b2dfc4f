"""Every text of the site, read once from `texts/`; one place per sentence, two languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from public_site.dates import Lang
from schemas.tables import read_table
from verifier.checks import Outcome
from verifier.state import State

Line = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StateText:
    """One row of the state table of site.md 4, in one language."""

    outcome: Outcome
    """The outcome that goes with the state; another one is a contradiction."""
    tone: str
    """Colour class of the panel."""
    icon: str
    """Shape of the panel."""
    next_step: str | None
    """Key of the next-step line, or None."""
    shows_data: bool
    """True when the facts of the certificate are proved and may be shown."""
    headline: Line
    """Alternatives: the first whose values are all there is used."""
    lines: tuple[Line, ...]
    """Sentences, each as alternatives; one without its values is left out."""


@dataclass(frozen=True, slots=True)
class ReasonText:
    """The sentence of one reason, in one language."""

    states: tuple[str, ...]
    """The states whose line this reason writes."""
    is_harmless: bool
    """True when the reason is not a finding of misconduct and must be told so."""
    line: Line
    """Alternatives, as in `StateText`."""


def _read(name: str) -> dict[str, Any]:
    return read_table(name, "texts", "public_site")


def _line(value: str | list[str]) -> Line:
    return (value,) if isinstance(value, str) else tuple(value)


@cache
def states(lang: Lang) -> Mapping[str, StateText]:
    """Return the state table in `lang`."""
    return {name: _state_text(name, row, lang) for name, row in _read("states.json").items()}


@cache
def wordings(lang: Lang) -> Mapping[str, StateText]:
    """Return by `state/code` what is said of a state in other words, because one finding has led to it."""
    rows, states_of = _read("wordings.json"), _read("states.json")
    return {key: _state_text(name := key.partition("/")[0], states_of[name] | rows[key], lang) for key in rows}


def _state_text(name: str, row: dict[str, Any], lang: Lang) -> StateText:
    return StateText(
        outcome=State(name).outcome,
        tone=row["tone"],
        icon=row["icon"],
        next_step=row["next"],
        shows_data=row["shows_data"],
        headline=_line(row[lang]["headline"]),
        lines=tuple(_line(line) for line in row[lang]["lines"]),
    )


@cache
def reasons(lang: Lang) -> Mapping[str, ReasonText]:
    """Return the sentences of the reasons in `lang`."""
    rows = _read("reasons.json").items()
    return {code: ReasonText(tuple(row["states"]), row["harmless"] == "yes", _line(row[lang])) for code, row in rows}


@cache
def labels(lang: Lang) -> Mapping[str, str]:
    """Return the short texts of results: rows, checks, next steps."""
    return {key: text[lang] for key, text in _read("labels.json").items()}


@cache
def site(lang: Lang) -> Mapping[str, str]:
    """Return the texts of the frame, the forms and the home page."""
    return {key: text[lang] for key, text in _read("site.json").items()}


@cache
def page(name: str, lang: Lang) -> Mapping[str, Any]:
    """Return the prose page `name`: title, intro and sections."""
    content: Mapping[str, Any] = _read(f"pages/{name}.json")[lang]
    return content
