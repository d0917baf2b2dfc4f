"""Tokens as CSE, a holder or a forger would make them, and a register that knows which of them it handed out.

Everything here signs whatever it is given: that our own issuer does not is tested elsewhere.
"""

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from schemas.base64url import encode_base64url
from tests.support import world
from tests.support.online import online
from verifier.cryptosuite import jcs_bytes, without_proof
from verifier.jose import judge_token
from verifier.report import Report
from verifier.sources import ABSENT, RegisterKnows, RegisterSources, Row, WalletCopy
from verifier.trust import TrustedKey, TrustList

ISSUE_KEY = f"{world.CSE}#issue-p256-2026"
STATUS_KEY = f"{world.CSE}#status-p256-2026"
LIST_URL = f"{world.BASE}/statuslist/1"
INDEX = 51217
DURING = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
ASKED = ("n-0S6_WzA2Mj", "https://regulator.xa.example")

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@cache
def private_key(label: str) -> ec.EllipticCurvePrivateKey:
    """Return the P-256 key of a label, made as the README of the examples says."""
    seed = hashlib.sha256(f"cse-example-test-key:{label}".encode()).digest()
    return ec.derive_private_key(int.from_bytes(seed) % (_ORDER - 1) + 1, ec.SECP256R1())


def public_key(label: str) -> bytes:
    """Return the compressed point of a label."""
    return private_key(label).public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def jwk(label: str) -> dict[str, str]:
    """Return the public key of a label in the JOSE form."""
    point = private_key(label).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {"kty": "EC", "crv": "P-256", "x": encode_base64url(point[1:33]), "y": encode_base64url(point[33:])}


def es256(label: str, message: bytes) -> bytes:
    """Return r and s of the ES256 signature of `message`."""
    der = private_key(label).sign(message, ec.ECDSA(SHA256(), deterministic_signing=True))
    return b"".join(part.to_bytes(32) for part in decode_dss_signature(der))


def encoded(value: Any) -> str:
    """Return a value as base64url of its JSON; bytes as they are."""
    return encode_base64url(value if isinstance(value, bytes) else json.dumps(value).encode())


def signed(header: Mapping[str, Any], payload: Any, label: str = "cse/issue-p256-2026") -> str:
    """Return a compact token; the key `label` signs with ES256, or with EdDSA if the header says so."""
    text = f"{encoded(header)}.{encoded(payload)}"
    if header.get("alg") == "EdDSA":
        return f"{text}.{encode_base64url(world.signer(label).sign(text.encode()))}"
    return f"{text}.{encode_base64url(es256(label, text.encode()))}"


JWT_HEADER = {"alg": "ES256", "typ": "vc+jwt", "cty": "vc", "kid": ISSUE_KEY}
SD_HEADER = {"alg": "ES256", "typ": "dc+sd-jwt", "kid": ISSUE_KEY}
LIST_HEADER = {"alg": "ES256", "typ": "statuslist+jwt", "kid": STATUS_KEY}


def seconds(instant: str | datetime) -> int:
    """Return an instant as a NumericDate."""
    moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return int(moment.timestamp())


def jwt_claims(certificate: bytes | None = None, **changes: Any) -> dict[str, Any]:
    """Return the payload of the vc+jwt of a certificate; None as a new value takes a claim away."""
    content = without_proof(world.parsed(world.certificate() if certificate is None else certificate))
    claims = content | {
        "iss": content["issuer"]["id"],
        "jti": content["id"],
        "sub": content["credentialSubject"]["id"],
        "nbf": seconds(content["validFrom"]),
        "exp": seconds(content["validUntil"]) + 1,
        "iat": seconds(world.ISSUED),
        **changes,
    }
    return {name: member for name, member in claims.items() if member is not None}


def vc_jwt(label: str = "cse/issue-p256-2026", header: Mapping[str, Any] = JWT_HEADER, **changes: Any) -> bytes:
    """Return the vc+jwt of the standard certificate, with other claims, signed by another key if so wanted."""
    return signed(header, jwt_claims(**changes), label).encode()


def disclosure(*parts: Any) -> str:
    """Return a disclosure of these parts: salt, perhaps a name, value."""
    return encoded(list(parts))


def digest(text: str) -> str:
    """Return the digest of a disclosure."""
    return encode_base64url(hashlib.sha256(text.encode()).digest())


def holder_claims(**changes: Any) -> dict[str, Any]:
    """Return what the holder of the standard certificate may disclose or hold back."""
    content = without_proof(world.parsed(world.certificate()))
    held = hashlib.sha256(jcs_bytes(content)).digest()
    claims = {
        "name_hans": "林知远",
        "name_latin": "Lin Zhiyuan",
        "register_number": "CSE26ELE00012379",
        "field": "ELE",
        "society": world.did("ele"),
        "first_registered": "2026-03-16",
        "standard": "T/CAS 326-2021",
        "certificate": {"id": content["id"], "digest": f"sha256-{base64.b64encode(held).decode()}"},
        **changes,
    }
    return {name: member for name, member in claims.items() if member is not None}


@dataclass(frozen=True)
class Copy:
    """An SD-JWT VC as it was handed out, and how its holder shows it."""

    issuer_signed: str
    disclosures: dict[str, str] = field(default_factory=dict)

    def showing(self, *names: str) -> str:
        """Return the copy with the disclosures of these claims and no key binding."""
        return "~".join((self.issuer_signed, *(self.disclosures[name] for name in names), ""))

    def bound(self, *names: str, label: str = "holder/1", typ: str = "kb+jwt", **changes: Any) -> str:
        """Return a presentation of these claims, signed by the holder's key at `world.NOW`."""
        shown = self.showing(*names)
        said = {"iat": seconds(world.NOW), "aud": ASKED[1], "nonce": ASKED[0], "sd_hash": digest(shown), **changes}
        said = {name: member for name, member in said.items() if member is not None}
        return shown + signed({"alg": "ES256", "typ": typ}, said, label)


def copy_of(
    claims: Mapping[str, Any] | None = None,
    header: Mapping[str, Any] = SD_HEADER,
    label: str = "cse/issue-p256-2026",
    **changes: Any,
) -> Copy:
    """Return the copy of the standard certificate; `changes` replace what is always shown, None takes it away."""
    hidden = holder_claims() if claims is None else claims
    disclosures = {name: disclosure(f"salt of {name}", name, member) for name, member in hidden.items()}
    payload = {
        "iss": world.BASE,
        "vct": f"{world.BASE}/vct/engineer-registration/v1",
        "iat": seconds("2026-03-16T00:00:00+00:00"),
        "nbf": seconds("2026-03-16T00:00:00+08:00"),
        "exp": seconds("2031-03-16T00:00:00+08:00"),
        "cnf": {"jwk": jwk("holder/1")},
        "status": {"status_list": {"idx": INDEX, "uri": LIST_URL}},
        "grade": "PE",
        "_sd": sorted(digest(text) for text in disclosures.values()),
        "_sd_alg": "sha-256",
        **changes,
    }
    payload = {name: member for name, member in payload.items() if member is not None}
    return Copy(signed(header, payload, label), disclosures)


COPY = copy_of()


def listed(label: str, use: str, **more: Any) -> TrustedKey:
    """Return the entry of a P-256 key of CSE for the trust list."""
    return TrustedKey(f"{world.CSE}#{label.split('/')[1]}", use, public_key(label), *DURING, **more)


KEYS = (listed("cse/issue-p256-2026", "issue-jose"), listed("cse/status-p256-2026", "status-jose"))


def trust(*keys: TrustedKey) -> TrustList:
    """Return the trust list of the world, in which CSE has these keys beside its own (standard: `KEYS`)."""
    found = world.trust()
    return replace(found, keys=found.keys | {key.key_id: key for key in keys or KEYS})


@dataclass(frozen=True, slots=True)
class Register(RegisterSources):
    """A register that is reached: its certificates by page id, its copies by list and entry."""

    certificates: dict[str, bytes] = field(default_factory=dict)
    copies: dict[tuple[str, int], WalletCopy] = field(default_factory=dict)


def register(copy: Copy = COPY, certificate: bytes | None = None, **more: Any) -> Register:
    """Return a register that issued the standard certificate and handed out this `copy` of it."""
    content = world.certificate() if certificate is None else certificate
    known = online(content, **{"trust_list": trust(), **more})
    page = world.PROFILE.page_id
    certificates = {page: content}
    copies = {(LIST_URL, INDEX): WalletCopy(page, world.sha256(copy.issuer_signed.rpartition(".")[0].encode()))}

    def row(page_id: str) -> Row:
        document = certificates.get(page_id)
        return ABSENT if document is None else replace(known.row(page_id), document=document)

    def copy_at(list_url: str, index: int) -> WalletCopy | RegisterKnows:
        return copies.get((list_url, index), RegisterKnows.ABSENT)

    return Register(known.trust_list, known.rested_on, row, copy_at, certificates=certificates, copies=copies)


def judged(token: bytes | str, sources: Any = None, *, now: datetime = world.NOW, **more: Any) -> Report:
    """Judge a token by the register that handed out the standard forms."""
    content = token.encode() if isinstance(token, str) else token
    return judge_token(content, register() if sources is None else sources, now=now, **more)


def status_list(
    values: Mapping[int, int] | None = None,
    *,
    label: str = "cse/status-p256-2026",
    header: Mapping[str, Any] = LIST_HEADER,
    **changes: Any,
) -> bytes:
    """Return a Token Status List of 131,072 entries of 2 bits with these values, published at `world.NOW`."""
    claims = {
        "sub": LIST_URL,
        "iat": seconds(world.NOW),
        "exp": seconds(world.NOW) + 86_400,
        "ttl": 900,
        "status_list": {"bits": 2, "lst": packed(values or {})},
        **changes,
    }
    return signed(header, {name: member for name, member in claims.items() if member is not None}, label).encode()


def packed(values: Mapping[int, int], *, bits: int = 2, entries: int = 131_072, wbits: int = 15) -> str:
    """Return entries in the compressed form of a list; another `wbits` is another format of zlib."""
    content = bytearray(entries * bits // 8)
    for index, value in values.items():
        content[index * bits // 8] |= value << index * bits % 8
    engine = zlib.compressobj(wbits=wbits)
    return encode_base64url(engine.compress(bytes(content)) + engine.flush())


def publication(copies: bytes | None = None, keys: Sequence[TrustedKey] = KEYS) -> dict[str, bytes]:
    """Return everything published, by path, with the Token Status List `copies`, under a trust list with these keys."""
    cse, *others = world.BODIES
    own = (key for key in cse.keys if key.key_id not in {other.key_id for other in KEYS})
    bodies = (replace(cse, keys=(*own, *keys)), *others)
    files = world.publication(listed=world.trust_list(replace(world.TRUST_LIST, bodies=bodies)))
    files["/statuslist/1"] = status_list() if copies is None else copies
    return files | {"/manifest.json": world.manifest(files)}
