"""What is said twice, because one package may not import the other, is held equal here."""

from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain import refusals as domain
from registry.domain.numbers import compose_register_number, page_id, parse_page_id, parse_register_number
from registry.domain.registration import Grade, HoldKind
from registry.services import refusals as services
from registry.services.publishing import PublicationError
from registry.store import refusals as store
from schemas import codes
from schemas.addresses import PAGE_ID, is_register_number


@settings(deadline=None)
@given(st.integers(2000, 2099), st.sampled_from(sorted(codes.FIELDS)), st.integers(0, 999_999), st.integers(0, 99))
def test_both_homes_of_the_register_number_agree(year: int, field: str, serial: int, ending: int) -> None:
    number = compose_register_number(year=year, field=field, serial=serial)
    assert is_register_number(number)
    changed = f"{number[:-2]}{ending:02}"
    try:
        parsed = parse_register_number(changed)
    except domain.DomainError:
        parsed = None
    assert (parsed is not None) is is_register_number(changed) is (changed == number)


@settings(deadline=None)
@given(st.binary(min_size=13, max_size=13))
def test_both_homes_of_the_page_id_agree(drawn: bytes) -> None:
    made = page_id(drawn)
    assert PAGE_ID.fullmatch(made)
    assert parse_page_id(made.upper()) == made


def test_the_grades_and_holds_of_the_rules_have_words() -> None:
    assert set(Grade) == set(codes.GRADES)
    assert {kind.on_person or kind.on_entry for kind in HoldKind} == {True}


def test_every_refusal_has_a_code_of_its_own() -> None:
    kinds = {
        kind
        for module in (domain, services, store)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Exception)
    }
    found = [kind.code for kind in (*kinds, PublicationError)]  # type: ignore[attr-defined]
    assert len(set(found)) == len(found)
