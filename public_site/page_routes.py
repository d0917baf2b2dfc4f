"""The pages that people read."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from public_site import catalogue, language
from public_site.dates import Lang, china_day, day_words, instant_words
from public_site.file_routes import PrintRoutes, file_answer
from public_site.pages import Pages
from public_site.paper import paper_check
from public_site.reads import Reads, TrustInForce
from public_site.view import at_address, bare_view, result_view
from registry.domain import numbers, refusals
from schemas import codes, tables
from verifier.answers import NumberVerdict
from verifier.instants import utc_text
from verifier.trust import Authorization


class PageRoutes:
    """The routes that answer with a page."""

    def __init__(self, reads: Reads, pages: Pages) -> None:
        """Keep `reads`, the only source, and `pages`, which renders."""
        self._reads = reads
        self._pages = pages

    def home(self, request: Request) -> Response:
        """Show the form."""
        return self._pages.page(request, "home.html", canonical=f"{self._reads.base_url}/")

    def lookup(self, request: Request) -> Response:
        """Answer the form: a problem with the input, nothing found, or the verdict."""
        typed = request.query_params.get("number", "").strip()
        if not typed:
            return self._refused(request, "", "error_empty")
        answer = self._reads.verdict_of_number(typed)
        if answer.kind == "typing_mistake" or answer.kind == "not_a_number":
            return self._refused(request, typed, f"error_{answer.kind}")
        return self.number_page(request, typed, answer)

    def certificate(self, request: Request, page_id: str) -> Response:
        """Show the verdict of one certificate, under either spelling of its address."""
        lang = language.choose(request)
        page_id = _canonical(page_id)
        verdict = self._reads.verdict_of_page(page_id)
        if verdict is None:
            view = at_address(bare_view("unknown", lang), lang)
            return self._pages.page(request, "unknown.html", status=404, view=view, by_page=True)
        canonical = f"{self._reads.base_url}/v/{page_id}"
        return self._result(request, verdict, lang=lang, canonical=canonical, path=f"/v/{page_id}")

    def trust(self, request: Request) -> Response:
        """Show the trust list in force."""
        facts = _trust_facts(self._reads.trust(), language.choose(request))
        return self._pages.page(request, "trust.html", **facts, codes=codes)

    def vocabulary(self, request: Request) -> Response:
        """Show every term of our contexts, one anchor each."""
        return self._pages.page(request, "vocabulary.html", terms=tables.read_table("own/vocabulary-v1.json"))

    def credential(self, request: Request, page_id: str) -> Response:
        """Show people who open the address of a certificate its result page; programs get what they accept."""
        wanted = "application/vc" if page_id.endswith(".json") else request.headers.get("accept", "")
        if "application/vc" in wanted or not ("text/html" in wanted or "application/pdf" in wanted):
            return file_answer(self._reads.published(f"credentials/{page_id.removesuffix('.json')}"), request)
        if "text/html" in wanted:
            return self.certificate(request, page_id)
        return PrintRoutes(self._reads).answer(page_id, "pdf")

    def prose(self, name: str) -> Callable[[Request], Response]:
        """Return the route of the prose page `name`."""

        def route(request: Request) -> Response:
            content = catalogue.page(name, language.choose(request))
            return self._pages.page(request, "prose.html", content=content)

        return route

    def _refused(self, request: Request, typed: str, error: str) -> Response:
        return self._pages.page(request, "home.html", status=400, number=typed, error=error)

    def number_page(self, request: Request, typed: str, answer: NumberVerdict) -> Response:
        """Show the verdict of a number, or that nothing was found under it."""
        lang = language.choose(request)
        if answer.verdict is None:
            view = bare_view("unknown", lang)
            number = answer.number or typed
            return self._pages.page(request, "unknown.html", status=404, view=view, by_page=False, number=number)
        return self._result(request, answer.verdict, lang=lang, canonical=None, path=None)

    def _result(
        self, request: Request, verdict: dict[str, Any], *, lang: Lang, canonical: str | None, path: str | None
    ) -> Response:
        """Show a verdict; without `canonical` nothing on the page may lead to a certificate."""
        base = self._reads.base_url
        view = result_view(verdict, lang)
        is_named = view.name is not None and view.name.withheld is None
        is_open = path is not None and self._reads.is_demo and view.outcome == "valid" and is_named
        return self._pages.page(
            request,
            "result.html",
            view=view,
            canonical=canonical,
            print_links=path if is_open else None,
            json_link=path and f"{path}.json",
            paper=paper_check(verdict, self._trust_or_none(), base=base, lang=lang) if canonical else None,
            noindex=True,
        )

    def _trust_or_none(self) -> TrustInForce | None:
        try:
            return self._reads.trust()
        except HTTPException:
            return None


def _canonical(page_id: str) -> str:
    """Return the one spelling of a page id, to which its paper code is bound; what is none is only lowered."""
    try:
        return numbers.parse_page_id(page_id)
    except refusals.PageIdError:
        return page_id.lower()


def _state(right: Authorization, until: datetime, at: datetime) -> str:
    if at > until:
        return "ended"
    return right.state if right.state_since <= at else "active"


def _trust_facts(in_force: TrustInForce, lang: Lang) -> dict[str, Any]:
    """Return what the page needs: the list, each row of each authorization, the keys of each body, and its dates.

    A right and a key stand beside their state at that moment; a right whose last day is over has ended.
    """
    trust, at = in_force.trust_list, in_force.at

    def when(moment: datetime) -> str:
        return instant_words(utc_text(moment), lang)

    def day(moment: datetime) -> str:
        return day_words(china_day(utc_text(moment)).isoformat(), lang)

    rights = [
        {"society": trust.bodies[one.society].code, "scope": scope, "state": _state(one, scope.until, at)}
        for one in trust.authorizations
        for scope in one.scopes
    ]
    keys = {did: [{"key": key, "state": key.state(at)} for key in trust.keys_of(did)] for did in trust.bodies}
    return {"trust": trust, "root": in_force.root_sha256, "rights": rights, "keys": keys, "when": when, "day": day}
