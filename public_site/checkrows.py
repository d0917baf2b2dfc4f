"""The rows "How we checked" (site.md 4.1) and the rows for engineers.

`Passed` stands only where every check of the group ran and passed, or was skipped for a reason that the
rules list as harmless; then the reason is said.
"""

from dataclasses import dataclass
from typing import Any

from public_site import catalogue, sentences
from public_site.dates import Lang, instant_words
from verifier.checks import CHECK_TABLE

_GROUPS = {
    "signature": ("parse", "contexts", "schema", "all_terms_signed", "proofs", "issuer_binding"),
    "issuer": ("issuer_trusted", "authorization_at_signing", "logged"),
    "status": ("revocation", "suspension"),
    "dates": ("dates",),
    "register": ("register",),
}
_SAID_APART = "no_status_declared"
"""Takes nothing from the outcome, and yet no row may say Passed for a status that nobody declared."""

_SKIPS = {(str(name), code) for table in CHECK_TABLE.values() for name, codes in table.items() for code in codes}
_WORDS = {"pass": "passed", "fail": "failed", "unknown": "not_checked", "skipped": "not_part"}


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One of the six rows."""

    key: str
    """Stable name of the row."""
    label: str
    """What was checked."""
    result: str
    """`passed`, `failed`, `not_checked` or `not_part`."""
    word: str
    """The result in words."""
    sentence: str
    """What it means."""
    time: str
    """When, or of when the data are."""


@dataclass(frozen=True, slots=True)
class ExpertRow:
    """One of the 14 checks, as the API gives it."""

    name: str
    """Name in the API."""
    label: str
    """Name in words."""
    result: str
    """As in `CheckRow`."""
    word: str
    """The result in words."""
    code: str
    """Finding code, or an empty text."""
    detail: str
    """Sentence of the verifier, or of the skip, or an empty text."""
    place: str
    """Clause and JSON pointer, or an empty text."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of facts: of the certificate, or a digest, version or time on which the answer rests."""

    key: str
    """Stable name of the row."""
    label: str
    """What it is."""
    value: str
    """What it says."""


def check_rows(verdict: dict[str, Any], state: str, lang: Lang) -> tuple[CheckRow, ...]:
    """Return the six rows, always the same, in order.

    While a signature is bad, nothing that the document names counts as checked; the register was asked all the same.
    """
    by_name, labels = {check["name"]: check for check in verdict["checks"]}, catalogue.labels(lang)
    rows = [_group_row(key, [by_name[name] for name in names], verdict, lang) for key, names in _GROUPS.items()]
    if rows[0].result == "failed":
        instead = ("not_checked", labels["result.not_checked"], labels["sentence.unproved"])
        resting = {row.key for row in rows if row.result == "passed"} - {"register"}
        rows = [CheckRow(row.key, row.label, *instead, row.time) if row.key in resting else row for row in rows]
    paper = "failed" if state == "tampered" else "not_part"
    return (*rows, _row("paper", paper, "", verdict, lang))


def paper_row(result: str, sentence: str, verdict: dict[str, Any], lang: Lang) -> CheckRow:
    """Return the row of the paper code as the check on the device fills it."""
    return _row("paper", result, catalogue.labels(lang)[sentence], verdict, lang)


def refused_paper_rows(verdict: dict[str, Any], lang: Lang) -> tuple[CheckRow, ...]:
    """Return the six rows of an answer about a refused paper code alone."""
    verdict = verdict | {"freshness": {}}
    apart = catalogue.labels(lang)["sentence.apart"]
    rows = [_row(key, "not_part", apart, verdict, lang) for key in _GROUPS]
    return (*rows, paper_row("failed", "sentence.paper.failed", verdict, lang))


def _group_row(key: str, checks: list[dict[str, Any]], verdict: dict[str, Any], lang: Lang) -> CheckRow:
    result = _group_result(checks)
    labels = catalogue.labels(lang)
    decisive = {"failed": "fail", "not_checked": "unknown"}.get(result, "skipped")
    own = " ".join(dict.fromkeys(_said(check, lang) for check in checks if check["result"] == decisive))
    if result == "passed":
        own = f"{labels[f'sentence.{key}.passed']} {own}".strip()
    return _row(key, result, own, verdict, lang)


def _group_result(checks: list[dict[str, Any]]) -> str:
    results = {check["result"] for check in checks}
    if "fail" in results:
        return "failed"
    if results == {"skipped"}:
        return "not_part"
    open_skip = any(check["result"] == "skipped" and not _is_harmless(check) for check in checks)
    return "not_checked" if "unknown" in results or open_skip else "passed"


def _is_harmless(check: dict[str, Any]) -> bool:
    return check.get("code") != _SAID_APART and (check["name"], check.get("code")) in _SKIPS


def _row(key: str, result: str, own: str, verdict: dict[str, Any], lang: Lang) -> CheckRow:
    labels = catalogue.labels(lang)
    listed = verdict["freshness"].get("status_list")
    time = instant_words(verdict["checked_at"], lang)
    if key == "status" and listed:
        time = labels["time.list"].format(time=instant_words(listed["issued_at"], lang))
    sentence = own or labels[f"sentence.{key}.{result}"]
    return CheckRow(key, labels[f"group.{key}"], result, labels[f"result.{result}"], sentence, time)


def _said(check: dict[str, Any], lang: Lang) -> str:
    """Return the sentence that goes with one check, or an empty text."""
    return sentences.visible(check.get("detail", {}).get(lang, ""))


def expert_rows(verdict: dict[str, Any], lang: Lang) -> tuple[ExpertRow, ...]:
    """Return all checks with their codes."""
    labels = catalogue.labels(lang)
    return tuple(
        ExpertRow(
            name=check["name"],
            label=labels[f"check.{check['name']}"],
            result=_WORDS[check["result"]],
            word=labels[f"result.{_WORDS[check['result']]}"],
            code=check.get("code", ""),
            detail=_said(check, lang),
            place=sentences.visible(" ".join(filter(None, [check.get("clause"), check.get("pointer")]))),
        )
        for check in verdict["checks"]
    )


def facts(verdict: dict[str, Any], state: str, lang: Lang) -> tuple[Row, ...]:
    """Return what the answer rests on; the state is the one shown."""
    basis = verdict.get("basis", {})
    texts = {
        "outcome": f"{catalogue.states(lang)[state].outcome} / {state}",
        "as_of": instant_words(verdict["as_of"], lang),
        "document_sha256": verdict.get("document_sha256", ""),
        "paper_sha256": " ".join(verdict.get("paper_sha256", [])),
        "root_sha256": basis.get("root_sha256", ""),
        "trust_list_version": str(basis.get("trust_list_version", "")),
    }
    for name in ("status_list", "trust_list", "manifest", "log"):
        issued = verdict["freshness"].get(name, {}).get("issued_at")
        texts[name] = instant_words(issued, lang) if issued else ""
    labels = catalogue.labels(lang)
    return tuple(Row(key, labels[f"fact.{key}"], text) for key, text in texts.items() if text)
