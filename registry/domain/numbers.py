"""Register numbers (R-RG-05) and page ids: composing them, and reading them kindly.

People type numbers from paper, with full-width digits, spaces and hyphens. Reading
forgives all that, but never a wrong digit.
"""

import re
import unicodedata
from typing import NewType

from registry.domain.refusals import NumberCheckDigitsError, NumberFormatError, NumberPartsError, PageIdError

RegisterNumber = NewType("RegisterNumber", str)
PageId = NewType("PageId", str)

_FORM = re.compile(r"CSE[0-9]{2}[A-Z]{3}[0-9]{6}[0-9]{2}")
_FIELD = re.compile(r"[A-Z]{3}")
_CENTURY = range(2000, 2100)
_SERIALS = range(1_000_000)
LONGEST_TEXT = 2048
"""Characters of what people type. Normalizing a text may take the square of its length."""
_IGNORED_CATEGORIES = frozenset({"Cc", "Cf", "Pd", "Zs", "Zl", "Zp"})
_MINUS = "\u2212"

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_CROCKFORD_ALIASES = str.maketrans({"i": "1", "l": "1", "o": "0"})
_PAGE_ID_LENGTH = 20
_PAGE_ID_BYTES = 13
_SPARE_BITS = 4


def compose_register_number(*, year: int, field: str, serial: int) -> RegisterNumber:
    """Return the number of an entry first made in `year` (R-RG-05).

    `field` is its three-letter code, `serial` was drawn by the caller. Raises
    `NumberPartsError` when a part does not fit its place.
    """
    if year not in _CENTURY:
        raise NumberPartsError("year", "from 2000 to 2099")
    if not _FIELD.fullmatch(field):
        raise NumberPartsError("field", "three capital letters")
    if serial not in _SERIALS:
        raise NumberPartsError("serial", "from 0 to 999999")
    stem = f"CSE{year % 100:02}{field}{serial:06}"
    return RegisterNumber(stem + _check_digits(stem))


def parse_register_number(text: str) -> RegisterNumber:
    """Read a register number as typed.

    Raises `NumberFormatError` when the text is none, and `NumberCheckDigitsError`
    when it holds a typing mistake.
    """
    if len(text) > LONGEST_TEXT or not _FORM.fullmatch(number := _squeezed(text)):
        raise NumberFormatError
    # Compared, not just divided: 98 and 01 leave the same rest, one is canonical.
    if _check_digits(number[:-2]) != number[-2:]:
        raise NumberCheckDigitsError(number)
    return RegisterNumber(number)


def page_id(random_bytes: bytes) -> PageId:
    """Return the page id made of the first 100 bits of 13 `random_bytes`."""
    if len(random_bytes) != _PAGE_ID_BYTES:
        raise PageIdError
    bits = int.from_bytes(random_bytes) >> _SPARE_BITS
    shifts = range(5 * (_PAGE_ID_LENGTH - 1), -1, -5)
    return PageId("".join(_CROCKFORD[(bits >> shift) & 31] for shift in shifts))


def parse_page_id(text: str) -> PageId:
    """Read a page id in either case; I and L mean 1, O means 0.

    Raises `PageIdError` when it is none.
    """
    # ASCII first: lower() turns the Kelvin sign into a k.
    if not text.isascii() or len(text) != _PAGE_ID_LENGTH:
        raise PageIdError
    canonical = text.lower().translate(_CROCKFORD_ALIASES)
    if not set(canonical) <= set(_CROCKFORD):
        raise PageIdError
    return PageId(canonical)


def _squeezed(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    kept = (letter for letter in plain if unicodedata.category(letter) not in _IGNORED_CATEGORIES and letter != _MINUS)
    return "".join(kept).upper()


def _check_digits(stem: str) -> str:
    # ISO 7064 MOD 97-10, letters A=10 ... Z=35: the whole leaves 1 modulo 97.
    digits = "".join(str(int(letter, 36)) for letter in stem)
    return f"{98 - int(digits + '00') % 97:02}"
