"""Register numbers and page ids: what is read kindly, and what never."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.numbers import compose_register_number, page_id, parse_page_id, parse_register_number
from registry.domain.refusals import (
    DomainError,
    NumberCheckDigitsError,
    NumberFormatError,
    NumberPartsError,
    PageIdError,
)

PUBLISHED = [
    ("CSE21CIV00004530", 2021, "CIV", 45),
    ("CSE26ELE00012379", 2026, "ELE", 123),
    ("CSE24MEC00000174", 2024, "MEC", 1),
    ("CSE23ICT00077718", 2023, "ICT", 777),
    ("CSE24RLY00022922", 2024, "RLY", 229),
]
NUMBER = "CSE26ELE00012379"
FIELDS = st.text(string.ascii_uppercase, min_size=3, max_size=3)


@pytest.mark.parametrize(("number", "year", "field", "serial"), PUBLISHED)
def test_the_published_numbers(number: str, year: int, field: str, serial: int) -> None:
    assert compose_register_number(year=year, field=field, serial=serial) == number
    assert parse_register_number(number) == number


@settings(deadline=None)
@given(st.integers(2000, 2099), FIELDS, st.integers(0, 999_999))
def test_a_number_leaves_one_modulo_97_and_reads_back(year: int, field: str, serial: int) -> None:
    number = compose_register_number(year=year, field=field, serial=serial)
    assert int("".join(str(int(letter, 36)) for letter in number)) % 97 == 1
    assert parse_register_number(number.lower()) == number


@pytest.mark.parametrize("number", [row[0] for row in PUBLISHED])
def test_any_single_changed_digit_or_letter_is_a_typing_mistake(number: str) -> None:
    for place in range(3, len(number)):
        signs = string.digits if number[place].isdigit() else string.ascii_uppercase
        for other in set(signs) - {number[place]}:
            with pytest.raises(NumberCheckDigitsError):
                parse_register_number(number[:place] + other + number[place + 1 :])


@settings(max_examples=20, deadline=None)
@given(st.integers(2000, 2099), FIELDS, st.integers(0, 999_999))
def test_each_number_has_one_pair_of_check_digits(year: int, field: str, serial: int) -> None:
    number = compose_register_number(year=year, field=field, serial=serial)
    accepted: list[str] = []
    for pair in range(100):
        try:
            accepted.append(parse_register_number(f"{number[:-2]}{pair:02}"))
        except NumberCheckDigitsError:
            continue
    assert accepted == [number]


@pytest.mark.parametrize(
    "typed",
    [
        "cse26ele00012379",
        "  CSE26 ELE 000123 79 ",
        "CSE26-ELE-000123-79",
        "CSE26\u2013ELE\u2212000123\u201179",
        "\uff23\uff33\uff25\uff12\uff16\uff25\uff2c\uff25\uff10\uff10\uff10\uff11\uff12\uff13\uff17\uff19",
        " " * 2032 + NUMBER,
        "CSE26\u200bELE\ufeff000123\u00ad79\u3000\n",
        "CSE26\u2028ELE\u2029000123\t79",
    ],
)
def test_forgiving_reading(typed: str) -> None:
    assert parse_register_number(typed) == NUMBER


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "CSE",
        "CSE26ELE0001237",
        "CSE26ELE000123790",
        "XSE26ELE00012379",
        "CSE26EL100012379",
        "CSE26ELE0001237\u0669\u0669",
        "CSE26ELE00012379 CSE21CIV00004530",
        "https://registry.example/lookup?number=CSE26ELE00012379",
        "registry.example/CSE26ELE00012379",
        "number=CSE26ELE00012379",
        " " * 2033 + NUMBER,
    ],
)
def test_what_is_not_of_the_form_is_refused(typed: str) -> None:
    with pytest.raises(NumberFormatError) as refused:
        parse_register_number(typed)
    assert refused.value.code == "number.format"


@settings(deadline=None)
@given(st.text() | st.text("CSE0189%?/=&#[]:\ud800\u200b number"))
def test_any_text_gives_a_number_or_a_refusal(text: str) -> None:
    try:
        number = parse_register_number(text)
    except DomainError:
        return
    assert parse_register_number(number) == number


@pytest.mark.parametrize(
    ("year", "field", "serial"),
    [
        (1999, "CIV", 1),
        (2100, "CIV", 1),
        (26, "CIV", 1),
        (2026, "civ", 1),
        (2026, "CI", 1),
        (2026, "CIV\n", 1),
        (2026, "CIV", -1),
        (2026, "CIV", 1_000_000),
    ],
)
def test_parts_out_of_their_place_are_refused(year: int, field: str, serial: int) -> None:
    with pytest.raises(NumberPartsError) as refused:
        compose_register_number(year=year, field=field, serial=serial)
    assert refused.value.args[0] in {"year", "field", "serial"}


def test_a_page_id_is_the_first_100_bits() -> None:
    assert page_id(b"\x00" * 13) == "0" * 20
    assert page_id(b"\xff" * 13) == "z" * 20
    assert page_id(b"\x00" * 12 + b"\x10") == "0" * 19 + "1"
    assert page_id(b"\x00" * 12 + b"\x0f") == "0" * 20


@settings(deadline=None)
@given(st.binary(min_size=13, max_size=13))
def test_a_page_id_reads_back_in_either_case(random_bytes: bytes) -> None:
    made = page_id(random_bytes)
    assert len(made) == 20
    assert parse_page_id(made) == parse_page_id(made.upper()) == made


def test_look_alikes_are_read_as_the_digit() -> None:
    assert parse_page_id("ILOilo" + "A" * 14) == "110110" + "a" * 14


@pytest.mark.parametrize(
    "text",
    ["", "a" * 19, "a" * 21, "u" + "a" * 19, "-" + "a" * 19, "\u212a" + "a" * 19, "a" * 19 + "\n"],
    ids=["empty", "short", "long", "no u", "hyphen", "Kelvin sign", "line end"],
)
def test_what_is_no_page_id_is_refused(text: str) -> None:
    with pytest.raises(PageIdError):
        parse_page_id(text)


@pytest.mark.parametrize("size", [0, 12, 14])
def test_a_page_id_needs_its_13_bytes(size: int) -> None:
    with pytest.raises(PageIdError):
        page_id(b"\x00" * size)
