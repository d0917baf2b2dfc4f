"""What a holder chose to show, and each credential of a presentation, stand on the page under the verdict."""

import pytest

from issuer.proofs import document_bytes
from public_site.dates import Lang
from public_site.view import Name, ResultView, result_view
from registry.cli.words import print_answer
from tests.support import tokens, world
from tests.support.online import online
from tests.unit.verifier.test_presentations import ASKED, OWN, frame, presented
from verifier.asked import NOTHING_ASKED, Asked
from verifier.judge import judge
from verifier.verdict import verdict

SILENT = "The holder chose what to show. Ask the holder for what is missing."
OLD = "Not checked: nobody gave a challenge here, so the presentation may be an old one."
EVERYTHING = ("name_hans", "name_latin", "register_number", "field", "society", "first_registered", "standard")


def of_token(*names: str, lang: Lang = "en") -> ResultView:
    return result_view(verdict(tokens.judged(tokens.COPY.showing(*names))), lang)


def rows(view: ResultView) -> dict[str, str]:
    return {row.key: row.value for row in view.rows}


def test_what_a_holder_disclosed_is_shown_in_the_words_of_a_certificate() -> None:
    view = of_token(*EVERYTHING)
    whole = rows(result_view(verdict(judge(world.certificate(), online(), now=world.NOW)), "en"))
    assert view.name == Name("林知远", "Lin Zhiyuan", None)
    assert rows(view) == {key: whole[key] for key in ("grade", "field", "number", "society", "first")}
    assert view.number == world.PROFILE.number
    assert (view.state, SILENT in view.lines) == ("valid", True)


@pytest.mark.parametrize(("lang", "withheld"), [("en", "No name shown by the holder"), ("zh", "持有人未出示姓名")])
def test_what_a_holder_held_back_is_not_shown(lang: Lang, withheld: str) -> None:
    view = of_token(lang=lang)
    assert view.name == Name(None, None, withheld)
    assert list(rows(view)) == ["grade"]
    assert view.number is None
    assert rows(of_token("field", lang=lang)).keys() == {"grade", "field"}


def test_one_of_two_names_is_shown_alone() -> None:
    assert of_token("name_latin").name == Name(None, "Lin Zhiyuan", None)


def test_a_holder_who_shows_nothing_good_shows_nothing() -> None:
    broken = tokens.COPY.showing("field")[:-2] + "A~"
    view = result_view(verdict(tokens.judged(broken)), "en")
    assert (view.outcome, view.name, view.rows) == ("invalid", None, ())


@pytest.mark.parametrize("asked", [ASKED, NOTHING_ASKED])
def test_each_credential_of_a_presentation_has_its_own_words(asked: Asked) -> None:
    revoked = {"revoked": True, "ended": "REVOKED", "public_status": "revoked"}
    for register, state in (({}, "valid"), (revoked, "revoked")):
        report = judge(document_bytes(presented(OWN, OWN)), online(**register), now=world.NOW, asked=asked)
        view = result_view(verdict(report), "en")
        alone = result_view(verdict(judge(world.certificate(), online(**register), now=world.NOW)), "en")
        assert [(one.state, one.name, one.rows) for one in view.shown] == [(state, alone.name, alone.rows)] * 2
        assert (OLD in view.lines) is (asked is NOTHING_ASKED)
        assert (view.name, view.rows) == (None, ())


def test_a_presentation_that_nobody_signed_is_not_fine_whatever_it_shows() -> None:
    report = judge(document_bytes(frame(OWN)), online(), now=world.NOW)
    view = result_view(verdict(report), "en")
    assert (view.state, [one.state for one in view.shown]) == ("could_not_check", ["valid"])


def test_the_command_line_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    report = judge(document_bytes(presented(OWN)), online(), now=world.NOW)
    print_answer(verdict(report), lang="en", as_json=False)
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == ["Valid today", OLD]
    assert "林知远 / Lin Zhiyuan" in said
    assert f"Number: {world.PROFILE.number}" in said
