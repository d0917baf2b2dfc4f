"""Make paper-codes.json: paper codes that are read, that are not, and what a check of them must say.

Both readers, ours in Python and the one of the pages in JavaScript, are held to this one file (site.md A47, A48).
"""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas.paper_code import (
    LONGEST_NAME,
    encode_code,
    encode_payload,
    paper_sha256,
    protected_header,
    signed_bytes,
    to_digits,
)
from tests.support import world
from tests.support.paper_codes import BAD, BAD_DIGITS, CODE, PARTS, coded, coded_header

FILE = Path(__file__).with_name("paper-codes.json")
HOST, PAGE = "localhost:8000", world.PROFILE.page_id
SEALED = PARTS.content.issued_at
YEAR = 365 * 86400
LATER = world.paper_code(at=datetime(2026, 3, 17, tzinfo=UTC))
FOREIGN = world.paper_code(label="cse/status-2026")


def key(
    label: str = "cse/seal-2026", state: str = "active", since: int = SEALED - YEAR, to: int = SEALED + YEAR
) -> Any:
    return {"x": world.key(label, "seal").public_key.hex(), "from": since, "to": to, "state": state}


def resealed(protected: bytes, label: str = "cse/seal-2026", payload: bytes = PARTS.payload) -> bytes:
    """The same content with another header or payload, and a good signature."""
    message = signed_bytes(protected, payload, base=world.BASE, page_id=PAGE)
    return encode_code(protected, payload, world.signer(label).sign(message))


def good() -> dict[str, bytes]:
    hint = PARTS.key_hint
    names = {
        "no Chinese name": ("", "Lin Zhiyuan"),
        "the longest names": ("林" * (LONGEST_NAME // 3), "x" * LONGEST_NAME),
        "a sign outside the basic plane": ("\U0002cc56", "Lin"),
        "a byte order mark in a name": ("\ufeff林", "Lin"),
        "no name at all": ("", ""),
    }
    renamed = {
        name: coded(payload=encode_payload(replace(PARTS.content, name_hans=hans, name_latin=latin)))
        for name, (hans, latin) in names.items()
    }
    numbers = (0, 23, 24, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**53 - 1)
    counted = {
        f"index {number}": coded(payload=encode_payload(replace(PARTS.content, index=number))) for number in numbers
    }
    return {"the standard code": CODE, "Ed25519 by its number": coded_header({1: -19, 4: hint}), **renamed, **counted}


def checks() -> list[dict[str, Any]]:
    header = protected_header(world.key("cse/seal-2026", "seal").public_key)
    flipped = CODE[:-1] + bytes([CODE[-1] ^ 1])
    other_header = resealed(header.replace(b"\x27", b"\x32"))
    wrong_hint = resealed(header[:-4] + b"abcd")
    unread = coded_header({1: -7, 4: b"abcd"})
    just_ended, just_begun = key(to=SEALED), key(since=SEALED)
    rows: list[tuple[str, str, dict[str, Any]]] = [
        ("handed out", "matches", {}),
        ("the second of two that were handed out", "matches", {"code": LATER, "listed": [CODE, LATER]}),
        ("the register is not reached", "not_compared", {"digests": None}),
        ("no trust list is in force", "not_compared", {"keys": None}),
        ("a flipped bit", "tampered", {"code": flipped}),
        ("another page", "tampered", {"id": "a1b2c3d4e5f6g7h8j9k0"}),
        ("another host", "tampered", {"host": "verify.cse.example"}),
        ("another port", "tampered", {"host": "localhost"}),
        ("host and page in capitals", "matches", {"host": HOST.upper(), "id": PAGE.upper()}),
        ("good signature, other bytes", "tampered", {"code": LATER, "listed": [CODE]}),
        ("good signature, no code was handed out", "tampered", {"listed": []}),
        ("a flipped bit, the register is not reached", "tampered", {"code": flipped, "digests": None}),
        ("unknown key", "issuer_not_trusted", {"code": FOREIGN, "listed": [CODE]}),
        ("unknown key, although listed", "issuer_not_trusted", {"code": FOREIGN}),
        ("no key at all", "issuer_not_trusted", {"keys": []}),
        ("retired key, sealed inside its time", "matches", {"keys": [key(state="retired")]}),
        ("sealed in the first second of the key", "matches", {"keys": [just_begun]}),
        ("sealed when the key had just ended", "issuer_not_trusted", {"keys": [just_ended]}),
        ("sealed before the key began", "issuer_not_trusted", {"keys": [key(since=SEALED + 1)]}),
        ("outside the time, other bytes", "tampered", {"keys": [just_ended], "code": CODE, "listed": [LATER]}),
        ("compromised key, handed out", "matches_withdrawn", {"keys": [key(state="compromised")]}),
        ("compromised key, other bytes", "tampered", {"keys": [key(state="compromised")], "listed": [LATER]}),
        ("compromised key, outside its time", "issuer_not_trusted", {"keys": [key(state="compromised", to=SEALED)]}),
        (
            "compromised key, register not reached",
            "not_compared",
            {"keys": [key(state="compromised")], "digests": None},
        ),
        ("the second of two keys", "matches", {"keys": [key("cse/issue-2026"), key()]}),
        ("a wrong hint", "matches", {"code": wrong_hint}),
        ("a wrong hint, other bytes", "tampered", {"code": wrong_hint, "listed": [CODE]}),
        ("Ed25519 by its number", "matches", {"code": other_header}),
        ("Ed25519 by its number, flipped", "tampered", {"code": other_header[:-1] + b"\x7f", "listed": [CODE]}),
        ("not readable", "code_unreadable", {"code": unread}),
    ]
    return [_check(name, result, **more) for name, result, more in rows]


def _check(name: str, result: str, *, code: bytes = CODE, listed: list[bytes] | None = None, **more: Any) -> Any:
    digests = [paper_sha256(one) for one in ([code] if listed is None else listed)]
    standard = {"host": HOST, "id": PAGE, "keys": [key()], "digests": digests}
    return {"name": name, "digits": to_digits(code), **(standard | more), "result": result}


def vectors() -> dict[str, Any]:
    read = {name: to_digits(code) for name, code in good().items()}
    unread = {name: to_digits(code) for name, code in BAD.items()}
    unread |= {f"digits {digits[:20]!r} of length {len(digits)}": digits for digits in BAD_DIGITS}
    return {"good": read, "bad": unread, "checks": checks()}


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
