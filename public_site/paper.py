"""The paper code on a result page: what the script compares it with, and every answer that it may show.

The code stands after # in the address, so it never arrives here: the script checks it (site.md 4.2). All its
words come from here, in templates of the page, and no word is made in the browser.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from public_site import catalogue
from public_site.checkrows import CheckRow, paper_row, refused_paper_rows
from public_site.dates import Lang, instant_words
from public_site.reads import TrustInForce
from public_site.view import ResultView, bare_view
from schemas.addresses import cse_did

_SEAL = "seal"
_REFUSED = "refused"
_DECISIVE = ("proofs", "issuer_binding", "issuer_trusted", "register")
"""The checks of a paper code that say whether we handed it out for this page."""
_PANELS = ("tampered", "issuer_not_trusted")
_PASSED = ("matches", "matches_withdrawn")
_OPEN = ("not_checked_here", "not_compared", "code_unreadable", "other_address", "interrupted")


@dataclass(frozen=True, slots=True)
class PaperCheck:
    """What a result page brings along for the check of a paper code."""

    keys: str | None
    """Seal keys of CSE as JSON (key, begin, end, state), or None where the trust list could not be read."""
    digests: str | None
    """Digests of every code handed out for the certificate, or None where the register could not say."""
    rows: Mapping[str, CheckRow]
    """By result: the row and the line that leave the answer of the register as it is."""
    panels: Mapping[str, ResultView]
    """By result: what replaces the whole answer, because the paper is not to be accepted."""


def paper_check(verdict: dict[str, Any], trust: TrustInForce | None, *, base: str, lang: Lang) -> PaperCheck:
    """Return what the page of `verdict` brings along, in `lang`; `trust` is None where it could not be read."""
    rows = {name: _row(name, verdict, lang) for name in _PASSED + _OPEN}
    away = rows["other_address"]
    rows["other_address"] = replace(away, sentence=away.sentence.format(host=urlsplit(base).netloc))
    return PaperCheck(
        keys=_seal_keys(trust, base) if trust is not None else None,
        digests=_digests(verdict),
        rows=rows,
        panels={state: _refused(verdict, state, lang) for state in _PANELS},
    )


def paper_result(verdict: dict[str, Any], is_readable: bool | None) -> str | None:
    """Return what the server found about a paper code, by the name that the device uses; None where there was none."""
    if not is_readable:
        return "code_unreadable" if is_readable is False else None
    checks = {check["name"]: check for check in verdict["checks"]}
    results = {checks[name]["result"] for name in _DECISIVE}
    if "fail" in results:
        return _REFUSED
    if results != {"pass"}:
        return "not_compared"
    is_withdrawn = checks["issuer_trusted"].get("code") == "key_compromised_later"
    return "matches_withdrawn" if is_withdrawn else "matches"


def with_paper_row(view: ResultView, paper: str | None, verdict: dict[str, Any], lang: Lang) -> ResultView:
    """Return `view` with the row of the paper code as `paper_result` has it."""
    if paper is None:
        return view
    is_refused = paper == _REFUSED
    row = paper_row("failed", "sentence.paper.failed", verdict, lang) if is_refused else _row(paper, verdict, lang)
    return replace(view, checks=(*view.checks[:-1], row))


def _seal_keys(trust: TrustInForce, base: str) -> str:
    """Return every seal key of CSE, whatever its state: the moment of signing decides which may have signed."""
    keys = [key for key in trust.trust_list.keys_of(cse_did(base)) if key.key_use == _SEAL]
    windows = [[int(end.timestamp()) for end in (key.not_before, key.not_after)] for key in keys]
    each = zip(keys, windows, strict=True)
    found = [((key.public_key or b"").hex(), *window, key.state(trust.at)) for key, window in each]
    return json.dumps(found, separators=(",", ":"))


def _row(name: str, verdict: dict[str, Any], lang: Lang) -> CheckRow:
    return paper_row("passed" if name in _PASSED else "not_checked", f"paper.{name}", verdict, lang)


def _digests(verdict: dict[str, Any]) -> str | None:
    """Tell "none was handed out", an empty text, from "the register could not say", None."""
    listed = verdict.get("paper_sha256")
    register = {check["name"]: check["result"] for check in verdict["checks"]}["register"]
    return None if listed is None and register == "unknown" else " ".join(listed or ())


def _refused(verdict: dict[str, Any], state: str, lang: Lang) -> ResultView:
    labels = catalogue.labels(lang)
    return replace(
        bare_view(state, lang),
        checked=labels["checked"].format(time=instant_words(verdict["checked_at"], lang)),
        next_step=labels[f"next.{catalogue.states(lang)[state].next_step}"],
        checks=refused_paper_rows(verdict, lang),
    )
