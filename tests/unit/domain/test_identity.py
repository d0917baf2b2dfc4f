"""Identity documents: the check character, both registers, and the keyed hash (R-ME-01, domain 7)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.identity import IdType, check_character, identity_number, keyed_hash, member_id_of
from registry.domain.intake_refusals import IdNumberError

STEM = "99990019840702013"
"""No region has the code 999900."""
BORN = date(1984, 7, 2)
CHARACTERS = "0123456789X"
stems = st.from_regex(r"[0-9]{17}", fullmatch=True).filter(str.isascii)


def read(number: str, *, is_demo: bool, id_type: IdType = IdType.RESIDENT_ID, birth_on: date = BORN) -> str:
    return identity_number(id_type, number, birth_on=birth_on, is_demo=is_demo)


def test_the_published_example_of_the_standard_has_its_check_character() -> None:
    assert check_character("11010519491231002") == "X"


@given(stems)
def test_a_whole_number_leaves_one_modulo_eleven(stem: str) -> None:
    character = check_character(stem)
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    weighted = sum(int(digit) * weight for digit, weight in zip(stem, weights, strict=True))
    assert (weighted + CHARACTERS.index(character)) % 11 == 1


@given(stems)
def test_a_demonstration_wants_the_character_one_step_after(stem: str) -> None:
    right, demo = check_character(stem), check_character(stem, is_demo=True)
    assert (CHARACTERS.index(right) + 1) % 11 == CHARACTERS.index(demo)


@pytest.mark.parametrize("is_demo", [False, True])
def test_exactly_one_of_the_eleven_characters_is_taken(is_demo: bool) -> None:
    good = check_character(STEM, is_demo=is_demo)
    assert read(STEM + good, is_demo=is_demo) == STEM + good
    for character in CHARACTERS.replace(good, ""):
        with pytest.raises(IdNumberError, match="check character") as refused:
            read(STEM + character, is_demo=is_demo)
        assert STEM not in str(refused.value)
        assert ("a demonstration register" in str(refused.value), refused.value.field) == (is_demo, "id_number")
    assert check_character(STEM) != check_character(STEM, is_demo=True)


@given(stems, st.integers(0, 16), st.integers(1, 9), st.booleans())
def test_one_wrong_digit_is_always_found(stem: str, place: int, step: int, is_demo: bool) -> None:
    wrong = stem[:place] + str((int(stem[place]) + step) % 10) + stem[place + 1 :]
    assert check_character(wrong, is_demo=is_demo) != check_character(stem, is_demo=is_demo)


def test_two_spellings_are_one_number() -> None:
    plain = STEM + check_character(STEM)
    full_width = plain.translate({ord(digit): ord(digit) + 0xFEE0 for digit in CHARACTERS})
    assert read(full_width, is_demo=False) == plain
    assert read(f" {plain[:6]} {plain[6:14]}-{plain[14:]}".lower(), is_demo=False) == plain
    assert read("e 12-34567", is_demo=True, id_type=IdType.PASSPORT) == "E1234567"


@pytest.mark.parametrize("number", ["", "1", STEM, STEM + "XX", STEM[:-1] + "XX", "９" * 18 + "A"])
def test_a_resident_number_has_eighteen_places(number: str) -> None:
    with pytest.raises(IdNumberError, match="17 digits"):
        read(number, is_demo=True)


@pytest.mark.parametrize("id_type", [one for one in IdType if one is not IdType.RESIDENT_ID])
@pytest.mark.parametrize(("number", "good"), [("1234", False), ("12345", True), ("A" * 20, True), ("A" * 21, False)])
def test_other_documents_have_letters_and_digits(id_type: IdType, number: str, good: bool) -> None:
    if good:
        assert read(number, is_demo=False, id_type=id_type) == number
        return
    with pytest.raises(IdNumberError, match="5 to 20"):
        read(number, is_demo=False, id_type=id_type)


def test_the_birth_date_inside_the_number_is_compared() -> None:
    number = STEM + check_character(STEM)
    assert read(number, is_demo=False) == number
    with pytest.raises(IdNumberError, match="another birth date"):
        read(number, is_demo=False, birth_on=date(1984, 7, 3))


def test_a_hash_needs_its_key_and_every_part() -> None:
    hashes = {
        keyed_hash(key, *parts)
        for key in (b"a", b"b")
        for parts in (("passport", "XA", "E12345"), ("passport", "XB", "E12345"), ("passport", "XAE12345"))
    }
    assert len(hashes) == 6
    assert {len(one) for one in hashes} == {64}
    assert keyed_hash(b"a", "x") == keyed_hash(b"a", "x")


def test_a_reference_is_a_societys_own() -> None:
    assert member_id_of("ELE", "1") == member_id_of("ELE", "1")
    assert len({member_id_of("ELE", "1"), member_id_of("CIV", "1"), member_id_of("ELE", "2")}) == 3
