"""Which language a visitor reads: the query, then the cookie, then the browser."""

from urllib.parse import urlencode

from starlette.requests import Request

from public_site.dates import Lang

COOKIE = "lang"


HTML_LANG: dict[Lang, str] = {"en": "en", "zh": "zh-CN"}
"""The BCP 47 tag of each language."""
OTHER: dict[Lang, Lang] = {"en": "zh", "zh": "en"}
"""The language that each is not."""


def asked(text: str | None) -> Lang | None:
    """Return the language that `text` names, or None."""
    return next((lang for lang in OTHER if lang == text), None)


def _weight(part: str) -> float:
    for parameter in part.split(";")[1:]:
        name, _, value = parameter.strip().partition("=")
        if name == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def preferred(header: str) -> Lang:
    """Return the language an Accept-Language `header` likes best; English when it likes neither."""
    ranked = sorted(header.split(","), key=_weight, reverse=True)
    for part in ranked:
        lang = asked(part.split(";")[0].strip().lower()[:2])
        if lang and _weight(part) > 0:
            return lang
    return "en"


def choose(request: Request) -> Lang:
    """Return the language of the answer to `request`."""
    wanted = asked(request.query_params.get("lang")) or asked(request.cookies.get(COOKIE))
    return wanted or preferred(request.headers.get("accept-language", ""))


def switch_link(request: Request, lang: Lang) -> str:
    """Return the link to this same page and query in the other language.

    Only the query is written, so a strange path can never become another host.
    """
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return "?" + urlencode([*kept, ("lang", OTHER[lang])])
