"""Selective disclosure (RFC 9901) by all of its rules, among them those that common libraries leave out.

Every disclosure is used exactly once, no digest occurs twice, nothing is written over, and what decides about the
token is never disclosed by choice. What the holder signed to show that the token is theirs is judged here too.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from schemas import contracts, refusals
from schemas.base64url import Base64urlError, decode_base64url, encode_base64url
from schemas.strict_json import MalformedJsonError, parse
from verifier import instants, jwk
from verifier.asked import Asked
from verifier.jws import LONGEST, TokenError, check_header, read_jws, refuse
from verifier.refusals import UnreadableDocumentError

ALWAYS_SHOWN = frozenset({"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"})
"""Claims that no holder may hold back (SD-JWT VC, 2.2.2.3)."""

_MOST_DISCLOSURES = 100
_DEEPEST = 32


@dataclass(frozen=True, slots=True)
class SdJwt:
    """The parts between the tildes; `key_binding` is what the holder signed, empty if nothing."""

    issuer_signed: str
    disclosures: tuple[str, ...]
    key_binding: str


def read_sd_jwt(text: str) -> SdJwt:
    """Take `text` apart at its tildes. Raises `UnreadableDocumentError` if there is none, or too much in all."""
    issuer_signed, tilde, rest = text.partition("~")
    *disclosures, key_binding = rest.split("~")
    if not tilde or len(text) > LONGEST or len(disclosures) > _MOST_DISCLOSURES:
        raise UnreadableDocumentError(f"no tilde, over {LONGEST} characters or over {_MOST_DISCLOSURES} disclosures")
    return SdJwt(issuer_signed, tuple(disclosures), key_binding)


def digest(text: str) -> str:
    """Return the digest of a disclosure, or of what a holder signs for, by the one hash in use: SHA-256."""
    return encode_base64url(hashlib.sha256(text.encode()).digest())


def disclosed_claims(payload: dict[str, Any], disclosures: tuple[str, ...]) -> dict[str, Any]:
    """Return the claims of `payload` with what was disclosed in its place, and without any digest (RFC 9901, 7.1).

    Raises `TokenError`: `digest_algorithm`, and the codes that begin with `disclosure_` and `digest_`.
    """
    refuse(payload.get("_sd_alg", "sha-256") != "sha-256", "digest_algorithm", "/_sd_alg")
    waiting = {digest(text): _disclosure(text, f"/disclosures/{index}") for index, text in enumerate(disclosures)}
    refuse(len(waiting) != len(disclosures), "disclosure_repeated", "/disclosures")
    shown = {name: member for name, member in payload.items() if name != "_sd_alg"}
    claims: dict[str, Any] = _Opening(waiting).opened(shown, 0)
    unused = [pointer for _, pointer in waiting.values()]
    refuse(unused, "disclosure_unreferenced", *unused[:1])
    return claims


_Disclosure = tuple[list[Any], str]
"""Name and value of a member, or the value of an element alone; and where the disclosure stands."""


def _disclosure(text: str, pointer: str) -> _Disclosure:
    with refusals.translated(Base64urlError, MalformedJsonError, to=TokenError("disclosure_malformed", pointer)):
        parts = parse(decode_base64url(text))
    is_array = isinstance(parts, list) and len(parts) in {2, 3}
    refuse(not is_array or not all(isinstance(one, str) for one in parts[:-1]), "disclosure_malformed", pointer)
    refuse(len(parts) == 3 and parts[1] in {"_sd", "_sd_alg", "..."}, "disclosure_reserved", pointer)
    return parts[1:], pointer


@dataclass
class _Opening:
    """One pass over a payload: the disclosures that wait to be used, by digest, and every digest seen so far."""

    waiting: dict[str, _Disclosure]
    seen: set[str] = field(default_factory=set)

    def opened(self, value: Any, depth: int) -> Any:
        """Return a value with what was disclosed in its place; what was held back leaves no trace."""
        refuse(depth > _DEEPEST, "disclosure_depth")
        if isinstance(value, list):
            return [self.opened(one, depth + 1) for element in value for one in self._element(element)]
        return self._members(value, depth) if isinstance(value, dict) else value

    def _element(self, element: Any) -> list[Any]:
        """Return the one element that stands here, or none if it was held back."""
        if not isinstance(element, dict) or "..." not in element:
            return [element]
        refuse(len(element) != 1, "digest_malformed")
        return self._taken(element["..."], 1)[0]

    def _members(self, value: dict[str, Any], depth: int) -> dict[str, Any]:
        hidden = value.get("_sd", [])
        refuse("..." in value or not isinstance(hidden, list), "digest_malformed")
        members = {name: self.opened(member, depth + 1) for name, member in value.items() if name != "_sd"}
        for found, pointer in (self._taken(one, 2) for one in hidden):
            for name, member in zip(found[::2], found[1::2], strict=True):
                refuse(name in members, "disclosure_overwrites", pointer)
                refuse(depth == 0 and name in ALWAYS_SHOWN, "disclosure_reserved", pointer)
                members[name] = self.opened(member, depth + 1)
        return members

    def _taken(self, digest: object, length: int) -> _Disclosure:
        """Return the disclosure behind a digest, of this `length`; an empty one if it was held back or is a decoy."""
        if not isinstance(digest, str):
            raise TokenError("digest_malformed")
        refuse(digest in self.seen, "digest_repeated")
        self.seen.add(digest)
        found, pointer = self.waiting.pop(digest, ([], ""))
        refuse(found and len(found) != length, "disclosure_malformed", pointer)
        return found, pointer


def check_key_binding(token: SdJwt, claims: dict[str, Any], asked: Asked, *, now: datetime) -> str | None:
    """Judge what the holder signed (RFC 9901, 7.3) and return a remark on whether it shows who presents the token.

    Nonce and audience are what was asked as challenge and domain. Without both it proves nothing about the presenter:
    it may be an old answer, or one that was given to somebody else. Raises `TokenError` and
    `UnreadableDocumentError`.
    """
    if not token.key_binding:
        refuse(asked.asks_who, "holder_not_proved")
        return None
    bound, confirmation = read_jws(token.key_binding), claims.get("cnf")
    check_header(bound)
    said = bound.claims()
    with refusals.translated(jwk.JwkError, to=TokenError("holder_binding")):
        holder = jwk.read_jwk(confirmation.get("jwk") if isinstance(confirmation, dict) else None)
    refuse(bound.kind != "kb+jwt", "typ", "/key_binding/header/typ")
    refuse(not bound.is_signed_by(holder), "holder_binding")
    pointer, _ = contracts.first_violation("key-binding", "", said) or (None, "")
    refuse(pointer is not None, "key_binding_form", f"/key_binding{pointer}")
    presented = "~".join((token.issuer_signed, *token.disclosures, ""))
    refuse(said["sd_hash"] != digest(presented), "key_binding_hash", "/key_binding/sd_hash")
    _check_time(said, now, is_answer=asked.challenge is not None)
    refuse(asked.challenge not in (None, said["nonce"]), "challenge_differs", "/key_binding/nonce")
    refuse(asked.domain not in (None, said["aud"]), "domain_differs", "/key_binding/aud")
    if asked.challenge is None:
        return "challenge_not_asked"
    return "domain_not_asked" if asked.domain is None else "key_binding_good"


def _check_time(said: dict[str, Any], now: datetime, *, is_answer: bool) -> None:
    """Refuse what the holder signed for another time; `exp` is the first moment that is too late (RFC 7519, 4.1.4)."""
    seconds = {"nbf": 0, "exp": instants.LAST_SECOND} | said
    signed_at, begins, ends = (instants.parse_numeric_date(seconds[name]) for name in ("iat", "nbf", "exp"))
    is_stale = is_answer and signed_at < now - instants.CLOCK_SKEW
    refuse(is_stale or signed_at > now + instants.CLOCK_SKEW, "key_binding_time", "/key_binding/iat")
    refuse(begins > now + instants.CLOCK_SKEW, "key_binding_time", "/key_binding/nbf")
    refuse(ends <= now, "key_binding_time", "/key_binding/exp")
