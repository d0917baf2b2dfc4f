"""Fill the sentences of the catalogue with the facts of a verdict.

A placeholder without a value makes its sentence fall back to the next alternative, or fall away: a page
says less rather than something it does not know.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from string import Formatter
from typing import Any

from public_site import catalogue
from public_site.dates import Lang, age_words, china_day, day_words, instant_words, until_words

Values = Mapping[str, str]

_VOWELS = "AEIOU"
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp"})


def fill(options: Sequence[str], values: Values) -> str | None:
    """Return the first of `options` whose placeholders all have values, filled."""
    for option in options:
        needed = {name for _, name, _, _ in Formatter().parse(option) if name}
        if needed <= values.keys():
            return option.format_map(values)
    return None


def fill_all(lines: Iterable[Sequence[str]], values: Values) -> tuple[str, ...]:
    """Return every sentence of `lines` that can be filled."""
    return tuple(text for line in lines if (text := fill(line, values)) is not None)


def visible(text: str) -> str:
    """Return `text` with invisible and direction-changing characters spelled out (site.md A49)."""
    return "".join(f"[U+{ord(sign):04X}]" if unicodedata.category(sign) in _UNSEEN else sign for sign in text)


def headline(state: str, values: Values, lang: Lang) -> str:
    """Return the headline of `state`, a full statement."""
    text = fill(catalogue.states(lang)[state].headline, values)
    return text or fill(catalogue.states(lang)["could_not_check"].headline, {}) or ""


def known_reasons(verdict: dict[str, Any], state: str, lang: Lang) -> list[dict[str, Any]]:
    """Return the reasons that write the line of `state`, CPD before the others."""
    given = verdict.get("certificate", {}).get("status_reason", [])
    texts = catalogue.reasons(lang)
    told = [r if r["code"] in texts else {**r, "code": "other"} for r in given]
    mine = [reason for reason in told if state in texts[reason["code"]].states]
    return sorted(mine, key=lambda reason: reason["code"] != "cpd")


def reason_line(reason: dict[str, Any], lang: Lang) -> str | None:
    """Return the sentence of one `reason`."""
    return fill(catalogue.reasons(lang)[reason["code"]].line, _reason_values(reason, lang))


def values(verdict: dict[str, Any], lang: Lang) -> dict[str, str]:
    """Return every value a sentence about `verdict` may use."""
    found = _certificate_values(verdict, lang) | _current_values(verdict, lang)
    found["as_of"] = day_words(china_day(verdict["as_of"]).isoformat(), lang)
    failed = [check["name"] for check in verdict["checks"] if check["result"] == "fail"]
    if failed:
        # A document that was altered often has a wrong form too: the signature is the stronger reason.
        found["check"] = catalogue.labels(lang)[f"check.{'proofs' if 'proofs' in failed else failed[0]}"]
    listed = verdict["freshness"].get("status_list")
    if listed:
        age = age_words(listed["issued_at"], verdict["checked_at"], lang)
        found |= {"list_time": instant_words(listed["issued_at"], lang), "list_age": age}
    return found


def _reason_values(reason: dict[str, Any], lang: Lang) -> dict[str, str]:
    since = {"since": day_words(reason["since"], lang)} if "since" in reason else {}
    return since | ({"reason_until": until_words(reason["until"], lang)} if "until" in reason else {})


def _certificate_values(verdict: dict[str, Any], lang: Lang) -> dict[str, str]:
    certificate = verdict.get("certificate")
    if certificate is None:
        return {}
    grade = visible(certificate["grade"]["label"][lang])
    code = visible(certificate["grade"]["code"])
    end = until_words(certificate["valid_until"], lang)
    found = {
        "grade_label": grade,
        "grade_code": code,
        "a_grade": f"{'an' if grade[:1].upper() in _VOWELS else 'a'} {grade} ({code})",
        "issuer": visible(certificate["society"]["label"][lang]),
        "from": day_words(certificate["valid_from"], lang),
        "until": f"截至 {end}" if lang == "zh" else end,
        "until_day": day_words(certificate["valid_until"], lang),
    }
    return found | _ended_values(verdict, certificate, lang)


def _ended_values(verdict: dict[str, Any], certificate: dict[str, Any], lang: Lang) -> dict[str, str]:
    today = china_day(verdict["checked_at"]).isoformat()
    reasons = certificate.get("status_reason", [])
    found = _reason_values(reasons[0], lang) if reasons else {}
    if certificate["valid_until"] < today:
        found["ended_day"] = day_words(certificate["valid_until"], lang)
    if certificate.get("grace_until", "") >= today:
        found["grace"] = until_words(certificate["grace_until"], lang)
    return found


def _current_values(verdict: dict[str, Any], lang: Lang) -> dict[str, str]:
    current = verdict.get("current")
    if current is None:
        return {}
    found = {"current_headline": headline(current["state"], {}, lang)}
    if "grade" in current:
        found["grade_now"] = visible(current["grade"]["code"])
    listed = verdict["freshness"].get("status_list")
    if listed:
        found |= {"last_state": found["current_headline"], "last_time": instant_words(listed["issued_at"], lang)}
    return found
