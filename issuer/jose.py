"""The certificate in the forms that wallets read, `vc+jwt` and SD-JWT VC, and all that their readers need of us.

CSE alone signs them (`credential.md` 7): what one is worth stands in the certificate with four proofs that it leads to.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from issuer.draft import draft_of
from issuer.forms import filled
from issuer.lint import lint
from issuer.profile import StatusPlace
from issuer.proofs import document_bytes
from issuer.refusals import HolderKeyError, LintError, RecheckError
from keys.signer import Signer
from schemas.base64url import encode_base64url
from schemas.contexts import own_document
from schemas.contracts import first_violation
from schemas.multikey import Algorithm, algorithm_of
from schemas.refusals import translated
from schemas.strict_json import STATUS_LIST
from verifier.certificate import CertificateFacts, read_certificate
from verifier.cryptosuite import content_sha256, without_proof
from verifier.instants import parse_instant
from verifier.jwk import JwkError, jwk_of, read_jwk
from verifier.jws import check_header, read_jws
from verifier.sd_jwt import digest, disclosed_claims
from verifier.signatures import is_sound_key
from verifier.trust import TrustedKey

_Json = dict[str, Any]
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


@dataclass(frozen=True, slots=True)
class TokenSigner:
    """What a token is made with: the key with its published half, the deployment, the moment."""

    signer: Signer
    public_key: bytes
    base: str
    is_demo: bool
    now: datetime

    def text(self, typ: str, claims: _Json) -> bytes:
        """Return what is signed of a compact JWS: the claims below a header, which tells a reader no key to believe."""
        cty = "vc" if typ == "vc+jwt" else None
        header = filled("token header", typ=typ, cty=cty, key_id=self.signer.verification_method)
        return ".".join(encode_base64url(document_bytes(part)) for part in (header, claims)).encode("ascii")

    def sign(self, text: bytes) -> bytes:
        """Return the compact JWS of `text`, once it was read anew. Raises `RecheckError` if it does not read back."""
        content = text + b"." + encode_base64url(self.signer.sign(text)).encode("ascii")
        read = read_jws(content.decode("ascii"), longest=STATUS_LIST.size)
        check_header(read)
        if not read.is_signed_by(self.public_key) or read.header["kid"] != self.signer.verification_method:
            raise RecheckError("the signed token does not verify under the published key")
        return content


def unsigned_vc_jwt(document: _Json, by: TokenSigner) -> bytes:
    """Return what is signed of the `vc+jwt` of a certificate: its content without proofs, and six claims.

    Raises `LintError`.
    """
    credential = json.loads(lint(draft_of(without_proof(document), by.base), base=by.base).redeem().text)
    facts = read_certificate(credential)
    times = _times(facts, begins=facts.valid_from, issued=by.now)
    claims = credential | filled("vc+jwt claims", facts=facts, subject=credential["credentialSubject"]["id"], **times)
    return by.text("vc+jwt", claims)


def unsigned_sd_jwt(
    document: _Json, holder: _Json, place: StatusPlace, by: TokenSigner, random_bytes: Callable[[int], bytes]
) -> tuple[bytes, tuple[str, ...]]:
    """Return what is signed of the SD-JWT VC of a certificate, and its disclosures.

    It is bound to the public JWK of the `holder` and has its own `place` in a Token Status List. The holder shows each
    claim alone; its salt has 128 bits of `random_bytes`. Days stand in place of instants, which would tell one holder
    from another. Raises `LintError` and `HolderKeyError`.
    """
    credential = json.loads(lint(draft_of(without_proof(document), by.base), base=by.base).redeem().text)
    facts, sha256 = read_certificate(credential), bytes.fromhex(content_sha256(credential))
    shown = filled("SD-JWT disclosures", facts=facts, digest=_integrity(sha256))
    salted = [[encode_base64url(random_bytes(16)), name, value] for name, value in shown.items()]
    disclosures = tuple(encode_base64url(json.dumps(one, ensure_ascii=False).encode("utf-8")) for one in salted)
    first_day = parse_instant(f"{facts.valid_from_text[:10]}T00:00:00+08:00")
    today = by.now.astimezone(UTC).replace(hour=0, minute=0, second=0)
    claims = filled(
        "SD-JWT claims",
        base=by.base,
        place=place,
        facts=facts,
        holder=public_holder_key(holder),
        integrity=_integrity(hashlib.sha256(type_metadata(by.base, is_demo=by.is_demo)).digest()),
        # In their own order they would tell which claim is which.
        digests=sorted(map(digest, disclosures)),
        **_times(facts, begins=first_day, issued=today),
    )
    # Read as a verifier will.
    violation = first_violation("sd-jwt", by.base, disclosed_claims(claims, disclosures))
    if violation is not None:
        raise LintError("schema", violation[0])
    return by.text("dc+sd-jwt", claims), disclosures


def _times(facts: CertificateFacts, *, begins: datetime, issued: datetime) -> dict[str, int]:
    """Return the three instants. `exp` is the first second that is no longer good, `validUntil` the last that is."""
    ends = facts.valid_until + timedelta(seconds=1)
    return {name: int(at.timestamp()) for name, at in {"nbf": begins, "exp": ends, "iat": issued}.items()}


def _integrity(sha256: bytes) -> str:
    return "sha256-" + base64.b64encode(sha256).decode("ascii")


def type_metadata(base: str, *, is_demo: bool) -> bytes:
    """Return the type metadata of our SD-JWT VC as they are published; they never change within a version."""
    note = b" Example data." if is_demo else b""
    return own_document("vct-engineer-registration-v1.json", base).replace(b"{note}", note)


def public_holder_key(jwk: _Json) -> _Json:
    """Return the members of a holder's public JWK that count: an Ed25519 key, or one of P-256.

    Raises `HolderKeyError` for a private key, another kind of key, and what is no point of its curve.
    """
    private = sorted(_PRIVATE & jwk.keys())
    if private:
        raise HolderKeyError(f"the holder's key is a private one (member {private[0]}): give its public half alone")
    unfit = HolderKeyError("the holder's key is not one of P-256 or Ed25519: it needs kty, crv, x, and for P-256 y")
    with translated(JwkError, to=unfit):
        key = read_jwk(jwk)
    if algorithm_of(key) is Algorithm.ES384 or not is_sound_key(key):
        raise unfit
    return jwk_of(key)


def jwt_issuer(base: str, keys: Iterable[TrustedKey]) -> _Json:
    """Return where readers of our JOSE forms find the keys that issue them; one known to be compromised is left out."""
    good = [key for key in keys if key.key_use == "issue-jose" and key.compromised_since is None]
    entries = [jwk_of(key.public_key or b"") | {"kid": key.key_id, "use": "sig", "alg": "ES256"} for key in good]
    return filled("JWT issuer", base=base, keys=entries)
