"""Addresses and DIDs made from the base address; and the one rule about register numbers that stands twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain import numbers
from schemas import addresses
from schemas.addresses import BaseAddressError, checked_base

BASE = "https://register.example:8443"
CSE = "did:web:register.example%3A8443"


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://localhost:8000/", "http://localhost:8000"),
        ("https://register.example", "https://register.example"),
        ("https://127.0.0.1:8743/", "https://127.0.0.1:8743"),
        ("https://register.example:80", "https://register.example:80"),
    ],
)
def test_a_base_address_loses_its_slash(text: str, base: str) -> None:
    assert checked_base(text) == base


@pytest.mark.parametrize(
    "text",
    [
        "",
        "localhost:8000",
        "ftp://localhost",
        "http://",
        "http://localhost/path",
        "http://localhost?x=1",
        "http://localhost#x",
        "http://user@localhost",
        "http://:pass@localhost",
        "http://LOCALHOST:8000",
        "HTTP://localhost",
        "http://localhost:port",
        "http://localhost:",
        "http://localhost:8000\n",
        "http://local host",
        "http://-host",
        "http://b\u00fccher.example",
        "https://register.example:443",
        "http://register.example:80/",
        "https://register.example:65536",
    ],
)
def test_anything_else_is_no_base_address(text: str) -> None:
    with pytest.raises(BaseAddressError):
        checked_base(text)


ADDRESSES = [
    (addresses.cse_did(BASE), CSE),
    (addresses.body_did(BASE, "root"), f"{CSE}:root"),
    (addresses.society_did(BASE, "ELE"), f"{CSE}:societies:ele"),
    (addresses.society_code(f"{CSE}:societies:ele"), "ELE"),
    (addresses.did_document_path(BASE, CSE), "/.well-known/did.json"),
    (addresses.did_document_path(BASE, f"{CSE}:root"), "/root/did.json"),
    (addresses.did_document_path(BASE, f"{CSE}:societies:ele"), "/societies/ele/did.json"),
    (addresses.credential_url(BASE, "x"), f"{BASE}/credentials/x"),
    (addresses.page_url(BASE, "x"), f"{BASE}/v/x"),
    (addresses.registration_id(BASE, "N", 2), f"{BASE}/registrations/N#term-2"),
    (addresses.status_list_url(BASE, "revocation", 1), f"{BASE}/status/revocation-1"),
    (addresses.achievement_slug(f"{CSE}:societies:ele", None), "ele"),
    (addresses.achievement_slug(f"{CSE}:custodian", f"{CSE}:societies:geo"), "custodian-geo"),
    (addresses.edition("T/CAS 326-2021"), "t-cas-326-2021"),
    (
        addresses.achievement_url(BASE, slug="ele", field="ELE", grade="PE", standard="T/CAS 326-2021"),
        f"{BASE}/achievements/ele/ele/pe/t-cas-326-2021",
    ),
]


@pytest.mark.parametrize(("made", "expected"), ADDRESSES)
def test_an_address(made: str, expected: str) -> None:
    assert made == expected


@pytest.mark.parametrize(
    ("text", "is_page_id"),
    [("7q2mx4t9k0rb3wzd8hvn", True), ("7q2mx4t9k0rb3wzd8hv", False), ("7q2mx4t9k0rb3wzd8hvu", False),
     ("7Q2mx4t9k0rb3wzd8hvn", False), ("7q2mx4t9k0rb3wzd8hvi", False)],
)  # fmt: skip
def test_a_page_id_is_twenty_letters_of_crockford(text: str, is_page_id: bool) -> None:
    assert (addresses.PAGE_ID.fullmatch(text) is not None) is is_page_id


def reads(text: str) -> bool:
    """Tell whether the register reads exactly this text as a number."""
    try:
        return numbers.parse_register_number(text) == text
    except (numbers.NumberFormatError, numbers.NumberCheckDigitsError):
        return False


@given(
    st.integers(2000, 2099), st.sampled_from(["ELE", "ICT", "AAA", "ZZZ"]), st.integers(0, 999_999), st.integers(0, 99)
)
def test_both_rules_about_a_register_number_are_equal(year: int, field: str, serial: int, digits: int) -> None:
    made = numbers.compose_register_number(year=year, field=field, serial=serial)
    assert addresses.is_register_number(made)
    other = f"{made[:-2]}{digits:02}"
    assert addresses.is_register_number(other) is reads(other) is (other == made)


@given(st.from_regex(r"CSE[0-9]{2}[A-Z]{3}[0-9]{8}", fullmatch=True))
def test_both_rules_agree_on_any_text_of_that_form(text: str) -> None:
    assert addresses.is_register_number(text) is reads(text)


@pytest.mark.parametrize("text", ["", "CSE26ELE0001237", "cse26ele00012379", "CSE26ELE00012379\n", "CSE26ELE０0012379"])
def test_another_form_is_no_register_number(text: str) -> None:
    assert not addresses.is_register_number(text)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        (f"{BASE}/v/x", True),
        ("HTTPS://REGISTER.example.:8443?x", True),
        ("register.example:8443/v/x", True),
        ("https:/\\register.example:8443\\v", True),
        ("http://register.example:8443", True),
        ("https://register.example/v/x", False),
        ("https://register.example:8443.evil.example/", False),
        ("https://user@register.example:8443/", False),
        ("https://register.example%3A8443/", False),
        ("https://register.example:8443\n.evil.example/", False),
        ("https://register.example:8443%2Fv%2Fx%3F@evil.example/", False),
        ("ftp://register.example:8443/v/x", False),
        ("", False),
    ],
)
def test_threat_Q01_only_the_whole_host_as_it_is_written_is_ours(text: str, own: bool) -> None:
    assert addresses.is_own(BASE, addresses.split_address(text)) is own


def test_the_usual_port_may_be_spelt_out_in_an_address() -> None:
    for base, text in (("https://r.example", "https://r.example:443/"), ("http://r.example", "http://r.example:80/")):
        assert addresses.is_own(base, addresses.split_address(text))
    assert not addresses.is_own("https://r.example", addresses.split_address("https://r.example:80/"))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (f"{BASE}/lookup?number=CSE26ELE00012379", "CSE26ELE00012379"),
        (f"{BASE}/lookup?lang=zh&number=cse26-ele-000123-79&x=1#top", "cse26-ele-000123-79"),
        ("register.example:8443/lookup?number=CSE26+ELE%20000123", "CSE26 ELE 000123"),
        (f"{BASE}/api/v1/registrations/CSE26ELE00012379/?lang=en", "CSE26ELE00012379"),
        (f"{BASE}/lookup?number=CSE26ELE00012379&number=CSE21CIV00004530", ""),
        (f"{BASE}/CSE26ELE00012379?number=nothing", "nothing"),
        ("CSE26ELE00012379", "CSE26ELE00012379"),
        (
            "https://other.example/lookup?number=CSE26ELE00012379",
            "https://other.example/lookup?number=CSE26ELE00012379",
        ),
    ],
)
def test_a_number_is_taken_out_of_our_own_addresses_alone(text: str, number: str) -> None:
    assert addresses.number_in(BASE, text) == number
