"""Who a person is: identity documents, their check character, and the keyed hash that stands for one (R-ME-01)."""

import hmac
import re
import unicodedata
import uuid
from datetime import date
from enum import StrEnum

from registry.domain.intake_refusals import IdNumberError

_CHECK_CHARACTERS = "0123456789X"
_RESIDENT_ID = re.compile(r"[0-9]{17}[0-9X]")
_OTHER_NUMBER = re.compile(r"[A-Z0-9]{5,20}")
_MEMBER_SPACE = uuid.UUID("5f0c1b52-6a0e-5d0f-9a44-2b1f5a6f2a10")


class IdType(StrEnum):
    """The kinds of identity document (domain 2.3)."""

    RESIDENT_ID = "resident_id"
    PASSPORT = "passport"
    HK_MACAO_PERMIT = "hk_macao_permit"
    TAIWAN_PERMIT = "taiwan_permit"
    OTHER = "other"


def check_character(digits: str, *, is_demo: bool = False) -> str:
    """Return the check character of the 17 `digits` of a resident identity number (GB 11643; ISO 7064 MOD 11-2).

    A demonstration register wants the one that is a step after the right one, 0 after X: so it never holds the
    number of a real person, and a typing mistake is still found.
    """
    weighted = sum(int(digit) * pow(2, len(digits) - place, 11) for place, digit in enumerate(digits))
    return _CHECK_CHARACTERS[(1 - weighted + is_demo) % 11]


def identity_number(id_type: IdType, text: str, *, birth_on: date, is_demo: bool) -> str:
    """Return the number of an identity document as it is compared: capitals, no spaces, no hyphens.

    Raises `IdNumberError` if it has not the form of its kind, its check character does not fit, or it holds
    another birth date. The message never repeats the number.
    """
    number = re.sub(r"[ -]", "", unicodedata.normalize("NFKC", text)).upper()
    if id_type is not IdType.RESIDENT_ID:
        if not _OTHER_NUMBER.fullmatch(number):
            raise IdNumberError("id_number", "5 to 20 letters and digits are needed")
        return number
    if not _RESIDENT_ID.fullmatch(number):
        raise IdNumberError("id_number", "17 digits and a check character (0 to 9 or X) are needed")
    if number[-1] != check_character(number[:-1], is_demo=is_demo):
        why = "a typing mistake (GB 11643)"
        if is_demo:
            why = "a demonstration register wants the one after the right one (0 after X), so never a real number"
        raise IdNumberError("id_number", f"the check character does not fit: {why}")
    if number[6:14] != f"{birth_on:%Y%m%d}":
        raise IdNumberError("id_number", "the number holds another birth date than birth_on")
    return number


def keyed_hash(pepper: bytes, *parts: str) -> str:
    """Return the HMAC-SHA-256 of `parts`, none of which holds a line feed, in hexadecimal."""
    return hmac.new(pepper, "\n".join(parts).encode("utf-8"), "sha256").hexdigest()


def member_id_of(society: str, reference: str) -> str:
    """Return the id that a person gets who is first known by a society's own `reference` of them."""
    return str(uuid.uuid5(_MEMBER_SPACE, f"{society}/{reference}"))
