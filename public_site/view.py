"""What a result page says, as one pure function of the verdict: words and codes, no HTML.

The site never turns a verdict green by itself: a verdict whose parts contradict each other is shown as
`could_not_check`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from public_site import catalogue
from public_site.checkrows import CheckRow, ExpertRow, Row, check_rows, expert_rows, facts
from public_site.dates import Lang, day_words, instant_words
from public_site.sentences import Values, fill, fill_all, headline, known_reasons, reason_line, values, visible
from schemas import addresses, codes

TICKED = frozenset({"valid", "valid_notice", "valid_interim"})
_STANDS = frozenset({"not_eligible", "eligibility_open"})
"""What is asked beside the document is not met, or open; the document itself is good."""
_OURS = TICKED | _STANDS | {"valid_on_date"}
_REMARKS = frozenset({"challenge_not_asked", "holder_not_subject", "no_code_found"})
_TABLES = {"grade": codes.GRADES, "field": codes.FIELDS, "society": codes.SOCIETIES, "administered_by": codes.SOCIETIES}


@dataclass(frozen=True, slots=True)
class Name:
    """The name block: both scripts, or the words that say it is withheld."""

    hans: str | None
    """Name in Chinese script."""
    latn: str | None
    """Name in Latin script."""
    withheld: str | None
    """What stands there instead of a name."""


@dataclass(frozen=True, slots=True)
class Current:
    """The state of the register entry today, when it differs from that of the paper."""

    label: str
    """Title of the box."""
    text: str
    """The headline of the state today, with the grade where it is known."""
    line: str | None
    """Since when, or why."""
    link: str
    """The page about the number."""


@dataclass(frozen=True, slots=True)
class ResultView:
    """Everything a result page shows, in one language."""

    state: str
    """State shown; `could_not_check` when the verdict contradicts itself."""
    outcome: str
    """Outcome that goes with the state."""
    headline: str
    """The verdict, a full statement."""
    lines: tuple[str, ...]
    """What it means, sentence by sentence."""
    tone: str
    """Colour class."""
    icon: str
    """Shape."""
    checked: str
    """When it was checked, China time and UTC."""
    name: Name | None = None
    """Name block, or None where nothing is proved."""
    rows: tuple[Row, ...] = ()
    """Facts, empty where nothing is proved."""
    next_step: str | None = None
    """What to do now."""
    next_key: str | None = None
    """Its key in the catalogue."""
    not_a_licence: str | None = None
    """The sentence of R-CE-09, on every positive page."""
    current: Current | None = None
    """The entry today."""
    successor: str | None = None
    """Page of the certificate that replaced this one."""
    number: str | None = None
    """Register number, where it is proved."""
    checks: tuple[CheckRow, ...] = ()
    """The six rows of site.md 4.1."""
    expert: tuple[ExpertRow, ...] = ()
    """All 14 checks."""
    facts: tuple[Row, ...] = ()
    """Digests and times."""
    shown: tuple["ResultView", ...] = ()
    """The credentials in a presentation."""


def result_view(verdict: dict[str, Any], lang: Lang) -> ResultView:
    """Return what the page says about `verdict` in `lang`."""
    state = _settled_state(verdict)
    text = _text(verdict, state, lang)
    found = values(verdict, lang)
    certificate = _certificate(verdict) if text.shows_data else None
    labels = catalogue.labels(lang)
    next_key = _next_step(verdict, text, lang)
    return replace(
        bare_view(state, lang, text),
        headline=fill(text.headline, found) or headline(state, found, lang),
        lines=(*_lines(verdict, text, state, found, lang), *_remarks(verdict, lang)),
        checked=labels["checked"].format(time=instant_words(verdict["checked_at"], lang)),
        name=_name(certificate, lang) if certificate else None,
        rows=_rows(certificate, state, lang) if certificate else (),
        next_step=labels[f"next.{next_key}"] if next_key else None,
        next_key=next_key,
        not_a_licence=labels["not_a_licence"] if state in _OURS else None,
        current=_current(verdict, state, lang) if certificate else None,
        successor=_successor(certificate) if certificate else None,
        number=certificate.get("number") if certificate else None,
        checks=check_rows(verdict, state, lang),
        expert=expert_rows(verdict, lang),
        facts=facts(verdict, state, lang),
        shown=tuple(result_view(one, lang) for one in verdict.get("credentials", ())),
    )


def _certificate(verdict: dict[str, Any]) -> dict[str, Any] | None:
    """Return what may be shown of a certificate: all of it, or what its holder chose to disclose, in the same form."""
    claims = verdict.get("disclosed")
    if claims is None:
        return verdict.get("certificate")
    said = claims | {"society": addresses.society_code(claims.get("society", ""))}
    told = {name: table[said[name]].labelled for name, table in _TABLES.items() if said.get(name) in table}
    plain = {"number": said.get("register_number"), "first_registered": said.get("first_registered")}
    names = {"hans": said.get("name_hans"), "latn": said.get("name_latin")}
    return told | plain | {"names": names, "is_disclosed": True}


def _remarks(verdict: dict[str, Any], lang: Lang) -> Iterator[str]:
    """Give what is said where a holder chose what to show, and what a finding adds to the verdict."""
    if "disclosed" in verdict:
        yield catalogue.labels(lang)["disclosed"]
    yield from (check["detail"][lang] for check in verdict["checks"] if check.get("code") in _REMARKS)


def bare_view(state: str, lang: Lang, text: catalogue.StateText | None = None) -> ResultView:
    """Return `state` without any facts, such as for a number or page id that the register does not have."""
    text = text or catalogue.states(lang)[state]
    return ResultView(
        state=state,
        outcome=text.outcome,
        headline=headline(state, {}, lang),
        lines=fill_all(text.lines, {}),
        tone=text.tone,
        icon=text.icon,
        checked="",
        next_key=text.next_step,
    )


def at_address(view: ResultView, lang: Lang) -> ResultView:
    """Return the `view` of nothing found as it is said of the address of a page."""
    texts = catalogue.site(lang)
    return replace(view, headline=texts["unknown_page"], lines=(texts["unknown_page_text"],))


def _settled_state(verdict: dict[str, Any]) -> str:
    """Return the state to show, or `could_not_check` for a verdict that contradicts itself."""
    state: str = verdict["state"]
    text = catalogue.states("en").get(state)
    if text is None or text.outcome != verdict["outcome"]:
        return "could_not_check"
    if text.outcome == "valid" and not all(_carries_valid(check) for check in verdict["checks"]):
        return "could_not_check"
    return state


def _text(verdict: dict[str, Any], state: str, lang: Lang) -> catalogue.StateText:
    """Return the words of `state`, or those for the first finding that has its own; of several failures, for one."""
    failed = [check for check in verdict["checks"] if check["result"] == "fail"]
    keys = [f"{state}/{check.get('code')}" for check in (failed if len(failed) > 1 else verdict["checks"])]
    return next(filter(None, map(catalogue.wordings(lang).get, keys)), catalogue.states(lang)[state])


def _carries_valid(check: dict[str, Any]) -> bool:
    """Tell whether a valid verdict may rest on `check`: passed, or skipped with a reason."""
    if check["result"] == "skipped":
        return "code" in check or check["name"] == "agreement"
    return bool(check["result"] == "pass")


def _lines(
    verdict: dict[str, Any], text: catalogue.StateText, state: str, found: Values, lang: Lang
) -> tuple[str, ...]:
    reasons = known_reasons(verdict, state, lang)
    written = tuple(line for r in reasons if (line := reason_line(r, lang)) is not None)
    # The first sentence of the table is the one without a known reason.
    rest = fill_all(text.lines[1:] if written else text.lines, found)
    joined = ("" if lang == "zh" else " ").join(rest)
    return (*written, joined) if joined else written


def _next_step(verdict: dict[str, Any], text: catalogue.StateText, lang: Lang) -> str | None:
    key = text.next_step
    if key != "by_reason":
        return key
    texts = catalogue.reasons(lang)
    codes = [r["code"] for r in verdict.get("certificate", {}).get("status_reason", [])]
    harmless = codes and all(code in texts and texts[code].is_harmless for code in codes)
    return "not_misconduct" if harmless else "contact"


def _successor(certificate: dict[str, Any]) -> str | None:
    """Return the link to the next certificate, if it is one a browser may follow."""
    link: str = certificate.get("successor", "")
    return link if link.startswith(("https://", "http://")) else None


def _name(certificate: dict[str, Any], lang: Lang) -> Name:
    hans, latn = map(certificate.get("names", {}).get, ("hans", "latn"))
    if not (hans or latn) or "name_withheld" in certificate:
        key = "name.not_disclosed" if "is_disclosed" in certificate else "name.withheld"
        return Name(None, None, catalogue.labels(lang)[key])
    return Name(hans and visible(hans), latn and visible(latn), None)


def _rows(certificate: dict[str, Any], state: str, lang: Lang) -> tuple[Row, ...]:
    labels = catalogue.labels(lang)
    is_valid = state in _STANDS or catalogue.states(lang)[state].outcome == "valid"
    label = {name: certificate[name]["label"][lang] for name in _TABLES if name in certificate}
    grade = f"{certificate['grade']['code']} – {label['grade']}" if "grade" in label else ""
    texts = {
        "grade": grade if is_valid or "not_yet" in state or not grade else labels["row.was"].format(grade=grade),
        "field": label.get("field"),
        "number": certificate.get("number"),
        "society": label.get("society"),
        "administered_by": label.get("administered_by"),
        "until" if is_valid else "ended": _zoned_day(certificate.get("valid_until"), lang, "row.end"),
        "first": _zoned_day(certificate.get("first_registered"), lang),
        "from": _zoned_day(certificate.get("valid_from"), lang),
    }
    return tuple(Row(key, labels[f"row.{key}"], visible(text)) for key, text in texts.items() if text)


def _zoned_day(day: str | None, lang: Lang, key: str = "row.day") -> str:
    return catalogue.labels(lang)[key].format(day=day_words(day, lang)) if day is not None else ""


def _current(verdict: dict[str, Any], state: str, lang: Lang) -> Current | None:
    current = verdict.get("current")
    if current is None or (current["state"] == state and "grade" not in current):
        return None
    text = headline(current["state"], {}, lang)
    if "grade" in current:
        grade = current["grade"]
        text = f"{text} · {visible(grade['code'])} – {visible(grade['label'][lang])}"
    reason = {"code": current.get("reason"), "since": current.get("since")}
    is_told = reason["code"] in catalogue.reasons(lang) and reason["since"] is not None
    line = reason_line(reason, lang) if is_told else None
    link = "/lookup?" + urlencode({"number": verdict["certificate"]["number"]})
    return Current(catalogue.labels(lang)["current.label"], text, line, link)
