"""The page /check: a text, or a photo or file, is answered with a result page. It works without script."""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from public_site import catalogue, language, problems
from public_site.dates import Lang
from public_site.handed_in import HandedIn, handed_in
from public_site.page_routes import PageRoutes
from public_site.pages import Pages
from public_site.paper import paper_result, with_paper_row
from public_site.reads import Reads, RefusedDocumentError
from public_site.sentences import fill_all, visible
from public_site.view import ResultView, at_address, result_view
from verifier.answers import CodeVerdict, NumberVerdict
from verifier.explain import explanation

_Form = Annotated[HandedIn | problems.Problem | None, Depends(handed_in)]
_LONGEST_HOST = 253
_LONGEST_ECHO = 2048
_INSIDE = frozenset({"attachment", "badge", "image_mismatch"})
"""Verdicts about what is inside a file: what can be seen was not checked, and that is said first."""
_NUMBER_ERRORS = {"typing_mistake": "error_typing_mistake", "not_a_number": "error_check_text"}


class CheckRoutes:
    """The routes of /check."""

    def __init__(self, reads: Reads, pages: Pages, others: PageRoutes) -> None:
        """Keep `reads`, the only source, `pages`, which renders, and the `others`, for a number."""
        self._reads = reads
        self._pages = pages
        self._others = others

    def check(self, request: Request, form: _Form) -> Response:
        """Show the form, or answer it."""
        if form is None:
            return self._pages.page(request, "check.html", canonical=f"{self._reads.base_url}/check")
        if isinstance(form, problems.Problem):
            return self.refused(request, form)
        try:
            answer = self._reads.verify(form.content or form.text.encode(errors="replace"))
        except RefusedDocumentError as error:
            return self.refused(request, error.problem, form.text)
        if answer.number is not None:
            return self._of_number(request, form.text, answer.number)
        return self._result(request, answer, form.text)

    def refused(self, request: Request, problem: problems.Problem, typed: str = "") -> Response:
        """Show the form with what is wrong."""
        return self._again(request, f"refused_{problem.slug}", problem.status, typed)

    def _again(self, request: Request, error: str, status: int, typed: str) -> Response:
        field = "text" if typed else "file"
        echo = typed[:_LONGEST_ECHO]
        answer = self._pages.page(request, "check.html", status=status, error=error, field=field, typed=echo)
        if status in {429, 503}:
            answer.headers["Retry-After"] = problems.RETRY_SECONDS
        return answer

    def _of_number(self, request: Request, typed: str, answer: NumberVerdict) -> Response:
        if answer.kind in _NUMBER_ERRORS:
            return self._again(request, _NUMBER_ERRORS[answer.kind], 400, typed)
        return self._others.number_page(request, typed, answer)

    def _result(self, request: Request, answer: CodeVerdict, typed: str) -> Response:
        lang = language.choose(request)
        paper = paper_result(answer.verdict, answer.is_readable)
        page = f"/v/{answer.page_id}" if answer.page_id else None
        view = _view(answer, paper, lang)
        if view.state == "unknown" and ("/" in typed or not typed):
            view = at_address(view, lang)
        return self._pages.page(
            request,
            "result.html",
            view=view,
            canonical=page and self._reads.base_url + page,
            json_link=page and f"{page}.json",
            inside=answer.verdict.get("about") if answer.verdict.get("about") in _INSIDE else None,
            note=_note(paper, lang),
            explain=explanation(answer.document, answer.verdict) if view.outcome != "valid" else None,
            links=True,
            again="/check",
            noindex=True,
        )


def _view(answer: CodeVerdict, paper: str | None, lang: Lang) -> ResultView:
    """Return the view of a verdict with what belongs to a code: its row and its host."""
    view = with_paper_row(result_view(answer.verdict, lang), paper, answer.verdict, lang)
    if not answer.host:
        return view
    return replace(view, lines=fill_all(catalogue.states(lang)[view.state].lines, {"host": _shown_host(answer.host)}))


def _shown_host(host: str) -> str:
    """Return a host in its ASCII form, so that no letter of another script stands for one of ours."""
    host = host[:_LONGEST_HOST]
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return visible(host)


def _note(paper: str | None, lang: Lang) -> str | None:
    """Return what is said about the paper code."""
    if paper is None:
        return None
    return catalogue.labels(lang).get(f"paper.{paper}", catalogue.site(lang)["paper_apart"])
