"""Certificates from templates are those of the builder; kinds that no template can hold are refused."""

import json
import random
from dataclasses import replace
from datetime import date

import pytest

from issuer.build import unsigned_certificate
from issuer.draft import draft_of
from issuer.lint import lint
from issuer.profile import StatusPlace
from issuer.proofs import document_bytes
from issuer.refusals import LintError, TemplateError
from issuer.template import drafted, kind_of, require_fixed_order, template_of
from schemas.names import TextError
from tests.support import world
from tests.support.many_documents import profile
from verifier.cryptosuite import content_sha256
from verifier.rdf import reference_nquads


@pytest.mark.parametrize("given", [world.PROFILE, world.RENEWED, world.CUSTODY], ids=["initial", "renewed", "custody"])
def test_a_draft_is_what_the_builder_makes(given: object) -> None:
    draft, document = drafted(given), unsigned_certificate(given)
    assert draft.text == document_bytes(document)
    assert draft.hashes.of_document(False).hex() == content_sha256(document)
    assert draft.hashes.of_document(True) == draft_of(document, world.BASE).hashes.of_document(True)
    assert json.loads(lint(draft, base=world.BASE).redeem().text) == document


def test_many_drafts_are_what_the_builder_makes() -> None:
    rng = random.Random(7)
    for given in (profile(rng) for _ in range(150)):
        draft, built = drafted(given), draft_of(unsigned_certificate(given), world.BASE)
        assert draft.text == built.text
        assert all(draft.hashes.of_document(graph) == built.hashes.of_document(graph) for graph in (True, False))


def test_the_first_place_of_a_list_is_a_place() -> None:
    """Index 0 is drawn like any other."""
    given = replace(world.PROFILE, status=StatusPlace(1, 0))
    assert drafted(given).text == document_bytes(unsigned_certificate(given))


def test_a_certificate_of_another_kind_does_not_fit() -> None:
    other = replace(world.PROFILE, name_hans=None)
    with pytest.raises(TemplateError, match="more or fewer values"):
        template_of(kind_of(world.PROFILE)).fill(other)


def test_a_value_that_holds_what_stands_between_values_makes_no_draft() -> None:
    """It would be taken for two; no name that is taken in holds the sign (R-ME-02)."""
    with pytest.raises(TemplateError, match="more or fewer values"):
        drafted(replace(world.PROFILE, name_latin="Lin\ufffc"))


def test_what_fills_two_holes_as_one_makes_no_draft() -> None:
    """A value too few and one that counts for two are not right together."""
    other = replace(world.PROFILE, name_hans=None, name_latin="Lin\ufffcEr")
    with pytest.raises(TemplateError, match="more or fewer values"):
        template_of(kind_of(world.PROFILE)).fill(other)


def test_two_certificates_of_a_kind_share_a_template() -> None:
    other = replace(world.PROFILE, name_latin="Wang Wu", issue_number=9, term_from=date(2027, 1, 1))
    assert template_of(kind_of(other)) is template_of(kind_of(world.PROFILE))
    assert kind_of(replace(other, name_latin=None)) != kind_of(other)


def test_a_name_that_cannot_be_printed_makes_no_draft() -> None:
    with pytest.raises(TextError):
        drafted(replace(world.PROFILE, name_latin="Lin\u202e"))


def test_a_kind_that_holds_a_stand_in_itself_is_refused() -> None:
    """Its constant would be taken for a hole: the first certificate of each kind is compared with the builder's."""
    with pytest.raises(TemplateError, match="not the one that builder and PyLD make"):
        drafted(replace(world.PROFILE, standard="T/CAS 7000-01-01"))


NODE = "<urn:a>"
REFUSED = [
    (f'{NODE} <urn:p> "\x01" .\n{NODE} <urn:p> "\x02" .', "order", "two values of one property"),
    (f'{NODE} <urn:p> "a" .\n{NODE} <urn:p> "\x01" .', "order", "a constant and a value"),
    (f'{NODE} <urn:p> "a\x01" .\n{NODE} <urn:p> "ab\x02" .', "order", "one constant begins the other"),
    ('_:c14n0 <urn:p> "a" .\n_:c14n1 <urn:p> "b" .', "labels", "two nodes without an id"),
]


@pytest.mark.parametrize(("lines", "message"), [row[:2] for row in REFUSED], ids=[row[2] for row in REFUSED])
def test_lines_without_a_fixed_order_are_refused(lines: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        require_fixed_order(lines, ["\x01", "\x02"])


def test_the_order_of_a_certificate_is_fixed() -> None:
    lines = reference_nquads(unsigned_certificate(world.PROFILE), world.BASE)
    require_fixed_order(lines, [world.PROFILE.page_id, world.PROFILE.number, "林知远", "Lin Zhiyuan"])


def test_the_lint_refuses_a_draft_whose_hashes_are_of_something_else() -> None:
    one = drafted(world.PROFILE)
    other = drafted(replace(world.PROFILE, issue_number=2))
    with pytest.raises(LintError) as refusal:
        lint(replace(one, hashes=other.hashes), base=world.BASE)
    assert refusal.value.code == "hashes"


def test_the_lint_refuses_a_draft_that_is_no_json() -> None:
    with pytest.raises(LintError) as refusal:
        lint(replace(drafted(world.PROFILE), text=b"{"), base=world.BASE)
    assert refusal.value.code == "malformed_json"
    assert json.loads(drafted(world.PROFILE).text)["id"].endswith(world.PROFILE.page_id)
