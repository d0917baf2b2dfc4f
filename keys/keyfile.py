"""The text of a keystore file: lines of words, one spelling for each content.

::

    cse-keystore 1
    body <body>
    kdf argon2id <time> <memory KiB> <parallelism> <salt>
    data-key <nonce> <ciphertext>
    key <id> <class> <not before> <not after> <public> <nonce> <ciphertext>
    key <id> <class> <not before> <not after> <public> destroyed destroyed
    seal <HMAC of all lines above>
    sum <SHA-256 of all lines above>

The sum tells damage from a wrong passphrase before the costly step; anybody can make
it. The seal, made with the data key, is what nobody else can make.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote, unquote

from keys.records import KeyRecord, KeyUse
from keys.refusals import KdfCostError, KeystoreDamagedError
from keys.sealing import KEY_BYTES, NONCE_BYTES, SALT_BYTES, TAG_BYTES, Box, KdfCost
from schemas.multikey import algorithm_of
from schemas.refusals import translated

VERSION = "1"

_SAFE = ":/#?@!$&'()*+,;=-._~"
_DESTROYED = "destroyed"
_SUM = re.compile(rb"(?P<above>.*\n)sum (?P<sum>[0-9a-f]{64})\n", re.DOTALL)
_SEAL = re.compile(rb"(?P<above>.*\n)seal (?P<seal>[0-9a-f]{64})\n", re.DOTALL)
_BOX_BYTES = KEY_BYTES + TAG_BYTES


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A record with its encrypted seed, which is gone when it was destroyed."""

    record: KeyRecord
    seed: Box | None


@dataclass(frozen=True, slots=True)
class Header:
    """What is needed, with the passphrase, to reach the data key."""

    body: str
    cost: KdfCost
    salt: bytes

    def binding(self) -> bytes:
        """Return the lines that the wrapped data key is bound to."""
        cost = self.cost
        kdf = f"{cost.time} {cost.memory_kib} {cost.parallelism} {self.salt.hex()}"
        return (f"cse-keystore {VERSION}\nbody {_word(self.body)}\nkdf argon2id {kdf}\n").encode()


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The parsed file; its seal is not checked yet."""

    header: Header
    data_key: Box
    keys: tuple[StoredKey, ...]
    sealed_text: bytes
    seal: bytes


def seed_binding(record: KeyRecord) -> bytes:
    """Return what an encrypted seed is bound to: key id, class, version."""
    return f"{_word(record.key_id)}\n{record.key_use}\n{VERSION}".encode()


def body_text(header: Header, data_key: Box, keys: Sequence[StoredKey]) -> bytes:
    """Return all lines above the seal."""
    lines = [f"data-key {_box_words(data_key)}", *(_key_line(key) for key in keys)]
    return header.binding() + "".join(f"{line}\n" for line in lines).encode()


def finished(text: bytes, seal: bytes) -> bytes:
    """Return the whole file: `text`, its seal and its sum."""
    sealed = text + f"seal {seal.hex()}\n".encode()
    return sealed + f"sum {sha256(sealed).hexdigest()}\n".encode()


def parse(content: bytes) -> KeyFile:
    """Read a file strictly; raises `KeystoreDamagedError` for any other form."""
    summed = _SUM.fullmatch(content)
    if summed is None:
        raise KeystoreDamagedError("its end is missing")
    if sha256(summed["above"]).hexdigest() != summed["sum"].decode():
        raise KeystoreDamagedError("the sum of its lines does not fit")
    sealed = _SEAL.fullmatch(summed["above"])
    if sealed is None:
        raise KeystoreDamagedError("its seal is missing")
    with translated(ValueError, KdfCostError, to=KeystoreDamagedError("a line is not of its form")):
        header, data_key, keys = _parse_lines(sealed["above"].decode("ascii"))
    # One spelling only: what we would write must be what is there.
    if body_text(header, data_key, keys) != sealed["above"]:
        raise KeystoreDamagedError("its lines are not as they are written")
    seal = bytes.fromhex(sealed["seal"].decode())
    return KeyFile(header, data_key, keys, sealed["above"], seal)


def _parse_lines(text: str) -> tuple[Header, Box, tuple[StoredKey, ...]]:
    """Read what stands in the lines; `parse` compares everything else, such as their first words and the version."""
    _, (_, body), kdf, (_, nonce, ciphertext), *lines = (line.split(" ") for line in text.splitlines())
    _, _, time, memory, parallelism, salt = kdf
    cost = KdfCost(int(time), int(memory), int(parallelism))
    header = Header(unquote(body, errors="strict"), cost, _bytes(salt, SALT_BYTES))
    keys = tuple(map(_parse_key, lines))
    if len({key.record.key_id for key in keys}) != len(keys):
        raise ValueError("key id twice")
    return header, _parse_box(nonce, ciphertext), keys


def _parse_key(words: list[str]) -> StoredKey:
    _, key_id, use, not_before, not_after, public, nonce, ciphertext = words
    is_destroyed = nonce == ciphertext == _DESTROYED
    window = _moment(not_before), _moment(not_after)
    record = KeyRecord(unquote(key_id, errors="strict"), KeyUse(use), *window, bytes.fromhex(public), is_destroyed)
    if algorithm_of(record.public_key) is not record.key_use.algorithm:
        raise ValueError("algorithm")
    return StoredKey(record, None if is_destroyed else _parse_box(nonce, ciphertext))


def _key_line(key: StoredKey) -> str:
    record = key.record
    seed = f"{_DESTROYED} {_DESTROYED}" if key.seed is None else _box_words(key.seed)
    window = f"{_moment_word(record.not_before)} {_moment_word(record.not_after)}"
    return f"key {_word(record.key_id)} {record.key_use} {window} {record.public_key.hex()} {seed}"


def _word(text: str) -> str:
    return quote(text, safe=_SAFE)


def _box_words(sealed: Box) -> str:
    return f"{sealed.nonce.hex()} {sealed.ciphertext.hex()}"


def _parse_box(nonce: str, ciphertext: str) -> Box:
    return Box(_bytes(nonce, NONCE_BYTES), _bytes(ciphertext, _BOX_BYTES))


def _bytes(word: str, length: int) -> bytes:
    value = bytes.fromhex(word)
    if len(value) != length:
        raise ValueError("length")
    return value


def _moment(word: str) -> datetime:
    return datetime.strptime(word, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _moment_word(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
