"""What the register answers to a QR: its address, and the paper code in it if there is one."""

from urllib.parse import urlsplit

import pytest

from registry.demo.officers import REGISTRAR
from registry.domain.registration import HoldKind
from registry.services.codes import verdict_of_code
from registry.services.decisions import Suspension, suspend_registration
from schemas.paper_code import code_segments, paper_sha256, to_digits
from tests.integration.registers import AT, BASE, Office, certificates
from verifier.answers import CodeVerdict


@pytest.fixture
def page(staffed: Office) -> str:
    """The page of the first certificate."""
    with staffed.desk.open_reading() as work:
        return str(work.certificates.of_registration(staffed.numbers[0], 1)[0].page_id)


def _code(office: Office, page: str) -> bytes:
    with office.desk.open_reading() as work:
        return work.certificates.paper_codes(page)[0]


def _text(office: Office, page: str) -> str:
    return "".join(text for text, _ in code_segments(BASE, page, _code(office, page)))


def _ask(office: Office, text: str) -> CodeVerdict:
    return verdict_of_code(office.desk, text, now=AT)


def test_the_code_on_the_paper_is_valid(staffed: Office, page: str) -> None:
    answer = _ask(staffed, _text(staffed, page))
    assert (answer.verdict["state"], answer.page_id, answer.is_readable) == ("valid", page, True)
    assert answer.verdict["document_sha256"] == paper_sha256(_code(staffed, page))


def test_the_address_alone_says_nothing_about_a_paper(staffed: Office, page: str) -> None:
    for text in (f"{BASE}/v/{page}", f"{BASE}/V/{page.upper()}", f"  {BASE.replace('l', 'L')}/V/{page}#  "):
        answer = _ask(staffed, text)
        assert (answer.verdict["state"], answer.is_readable) == ("valid", None)


def test_threat_Q03_digits_glued_to_another_page_are_tampering(staffed: Office, page: str) -> None:
    with staffed.desk.open_reading() as work:
        other = next(one.page_id for one in certificates(work) if one.page_id != page)
    answer = _ask(staffed, f"{BASE}/V/{other}#{to_digits(_code(staffed, page))}")
    assert answer.verdict["state"] == "tampered"
    assert "certificate" not in answer.verdict


def test_a_flipped_digit_never_matches_and_a_cut_code_slanders_nobody(staffed: Office, page: str) -> None:
    address, _, digits = _text(staffed, page).partition("#")
    for place in range(0, len(digits), 7):
        changed = digits[:place] + str((int(digits[place]) + 1) % 10) + digits[place + 1 :]
        answer = _ask(staffed, f"{address}#{changed}")
        assert answer.is_readable is False or answer.verdict["state"] in {"tampered", "issuer_not_trusted"}
    for length in range(1, len(digits), 29):
        answer = _ask(staffed, f"{address}#{digits[:length]}")
        assert (answer.is_readable, answer.verdict["state"]) == (False, "valid")


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://cse-verify.example.net/V/7Q2MX4T9K0RB3WZD8HVN#1", "cse-verify.example.net"),
        ("http://localhost:8000@example.net/V/7Q2MX4T9K0RB3WZD8HVN", "example.net"),
        ("http://localhost:8001/V/7Q2MX4T9K0RB3WZD8HVN", "localhost:8001"),
        ("http://xn--lcalhost-n4a:8000/V/7Q2MX4T9K0RB3WZD8HVN", "xn--lcalhost-n4a:8000"),
        ("ftp://localhost:8000/V/7Q2MX4T9K0RB3WZD8HVN", "localhost:8000"),
        ("javascript:alert(1)", ""),
        ("WIFI:S:cafe;T:WPA;P:secret;;", ""),
        ("http://[::1", ""),
        ("http://[ {own}", ""),
        ("//\u2100 {own}", ""),
        ("{base}%2FV%2F{page}%3F@evil.example/#{digits}", "evil.example"),
        ("{base}%2FV%2F{page}%3F%23@evil.example/", "evil.example"),
        ("{base}\n@evil.example/", "evil.example"),
        ("{base}%00/V/{page}", ""),
        ("https:/evil.example/{own}", "evil.example"),
        ("https:\\\\evil.example\\{own}", "evil.example"),
        ("http:evil.example/{own}", "evil.example"),
        ("//evil.example/{own}", "evil.example"),
        ("evil.example/{own}", "evil.example"),
        ("evil.example?{own}", "evil.example"),
        ("javascript:alert(1)//{own}", ""),
        ("evil.example/{number}", "evil.example"),
        ("//evil.example/lookup?number={number}", "evil.example"),
        ("mailto:x?number={number}", ""),
        ("number={number}#{own}", ""),
        ("{number}/{number}", "{number}"),
    ],
)
def test_threat_Q01_another_host_is_named_and_not_opened(staffed: Office, page: str, text: str, host: str) -> None:
    own, number = _text(staffed, page), staffed.numbers[0]
    parts = {"base": BASE, "page": page, "own": own, "number": number, "digits": own.partition("#")[2]}
    answer = _ask(staffed, text.format(**parts))
    assert (answer.verdict["state"], answer.host) == ("foreign_code", host.format(**parts))


@pytest.mark.parametrize(
    "text", ["Please check: {own}", "evil.example {own}", "evil.example /{number}", "{number} {own}"]
)
def test_threat_Q01_an_address_in_the_middle_of_a_text_is_none(staffed: Office, page: str, text: str) -> None:
    answer = _ask(staffed, text.format(own=_text(staffed, page), number=staffed.numbers[0]))
    assert (answer.verdict["state"], answer.page_id) == ("malformed", None)


def test_threat_V39_a_long_text_is_not_even_normalized(staffed: Office) -> None:
    marks = "\u0315\u0300"
    for text in ("http://a" + marks * 64_000, marks * 64_000, "9" * 2049, f"{BASE}/v/" + "x" * 2049):
        assert _ask(staffed, text).verdict["state"] == "malformed"
    assert _ask(staffed, "9" * 2048).verdict["state"] == "malformed"
    assert _ask(staffed, (f"{BASE}/v/" + "x" * 2048)[:2048]).verdict["state"] == "unknown"


@pytest.mark.parametrize(
    "spelling",
    [
        "{base}/V/{page}/#{digits}",
        "{base}/V/{page}?utm_source=chat#{digits}",
        "{base}/V/{page}%23{digits}",
        "{base}/v/%{first:02x}{rest}#{digits}",
        "“{base}/V/{page}#{digits}”",
        "<{base}/V/{page}#{digits}>",
        "https://localhost:8000/V/{page}#{digits}",
        "http://localhost.:8000/V/{page}#{digits}",
        "{base}/credentials/{page}#{digits}",
        "http:{host}/V/{page}#{digits}",
        "http:\\\\{host}\\V\\{page}#{digits}",
        "{host}/v/{page}#{digits}",
        "{base}/V/{page}\n#{digits}",
        "\u00a0{base}/V/{page}#{digits}\u200b",
    ],
)
def test_other_spellings_of_an_address_change_nothing(staffed: Office, page: str, spelling: str) -> None:
    parts = {"base": BASE, "host": urlsplit(BASE).netloc, "page": page, "first": ord(page[0]), "rest": page[1:]}
    answer = _ask(staffed, spelling.format(**parts, digits=to_digits(_code(staffed, page))))
    assert (answer.verdict["state"], answer.is_readable) == ("valid", True)


def test_full_width_digits_are_digits(staffed: Office, page: str) -> None:
    wide = to_digits(_code(staffed, page)).translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    assert _ask(staffed, wide).verdict["state"] == "valid"


@pytest.mark.parametrize("path", ["/V/", "/V/7Q2MX4T9K0RB3WZD8HVN", "/credentials/7q2mx4t9k0rb3wzd8hvn", "/V/../x", ""])
def test_an_address_of_ours_that_leads_nowhere_is_unknown(staffed: Office, path: str) -> None:
    assert _ask(staffed, f"{BASE}{path}").verdict["state"] == "unknown"


@pytest.mark.parametrize("typed", ["{number}", " cse{rest} ", "{base}/lookup?number={number}", "{wide}"])
def test_a_number_in_a_code_is_looked_up_as_if_it_were_typed(staffed: Office, typed: str) -> None:
    number = staffed.numbers[0]
    wide = number.translate({code: code + 0xFEE0 for code in range(33, 127)})
    answer = _ask(staffed, typed.format(number=number, rest=number[3:], base=BASE, wide=wide))
    assert (answer.verdict["state"], answer.about, answer.page_id) == ("valid", "register_entry", None)


def test_a_good_paper_of_a_suspended_engineer_is_suspended(staffed: Office, page: str) -> None:
    suspend_registration(
        staffed.desk, Suspension(staffed.numbers[0], HoldKind.CPD, "test/hold"), actor=REGISTRAR, now=AT
    )
    answer = _ask(staffed, _text(staffed, page))
    assert (answer.verdict["state"], answer.is_readable) == ("suspended", True)


def test_every_host_is_compared_whole(staffed: Office, page: str) -> None:
    """The port belongs to the host."""
    own = urlsplit(BASE)
    assert _ask(staffed, f"{own.scheme}://{own.hostname}/V/{page}").verdict["state"] == "foreign_code"
