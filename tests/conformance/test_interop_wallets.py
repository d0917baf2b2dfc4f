"""What other implementations say of copies for wallets, and what ours says of what they make of them.

A small register of its own hands out copies; others read them from its published folder, or are the wallet that
shows them. Every cell is compared with docs/interop.md.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import sd_jwt.holder
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from jwcrypto.common import JWException
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from registry.adapters.folder import PublishFolder
from registry.adapters.randomness import SystemRandomness
from registry.demo.officers import PUBLISHER, REGISTRAR, SECOND_REGISTRAR
from registry.domain.changes import GroundClass
from registry.domain.registration import HoldKind
from registry.services.answers import register_sources
from registry.services.decisions import Suspension, suspend_registration
from registry.services.publishing import publish
from registry.services.trust import trust_in_force
from registry.services.wallets import issue_vc_jwt, issue_wallet_copy
from schemas.base64url import decode_base64url, encode_base64url
from tests.conformance.interop import run_wallet, why_unavailable
from tests.conformance.interop_table import OURS, InteropTable, Reader
from tests.integration.registers import AT, BASE, Office, office_of, staffed_in
from tests.support import tokens
from tests.support.rulings import confirm_end, propose_end
from verifier.asked import NOTHING_ASKED, Asked
from verifier.jose import judge_token
from verifier.jwk import jwk_of
from verifier.sd_jwt import disclosed_claims, read_sd_jwt
from verifier.sources import StatusAnswer
from verifier.status_list import MINIMUM_BITS, read_token_status
from verifier.verdict import verdict

needs_node = pytest.mark.skipif(why_unavailable() is not None, reason=str(why_unavailable()))
NOW = int(AT.timestamp())
NONCE, AUDIENCE = "n-0S6_WzA2Mj", "https://regulator.xa.example"
ASKED = Asked(challenge=NONCE, domain=AUDIENCE)
SHOWN = ("name_latin", "field")
HIDDEN = (*SHOWN, "name_hans", "register_number", "society", "first_registered", "standard", "certificate")
_MINE = tokens.private_key("holder/1")
HOLDER = jwk_of(tokens.public_key("holder/1"))
PRIVATE = {**HOLDER, "d": encode_base64url(_MINE.private_numbers().private_value.to_bytes(32))}


@dataclass(frozen=True)
class Wallets:
    """A register with three certificates: one good, one on hold, one revoked, and a copy of each."""

    office: Office
    folder: Path
    copies: tuple[str, str, str]
    vc_jwts: tuple[str, str, str]

    def index(self, position: int) -> int:
        payload = self.copies[position].split(".")[1]
        return int(json.loads(decode_base64url(payload))["status"]["status_list"]["idx"])

    def read(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    @property
    def issuer_key(self) -> dict[str, Any]:
        """The key as readers of JOSE find it."""
        keys = json.loads(self.read(".well-known/jwt-vc-issuer"))["jwks"]["keys"]
        named = json.loads(decode_base64url(self.copies[0].split(".")[0]))["kid"]
        return next(dict(key) for key in keys if key["kid"] == named)

    def ours(self, token: str, asked: Asked = NOTHING_ASKED) -> str:
        with self.office.desk.open_reading() as work:
            sources = register_sources(self.office.desk, work, AT)
            answer = verdict(judge_token(token.encode(), sources, now=AT, asked=asked))
        failed = [check["name"] for check in answer["checks"] if check["result"] == "fail"]
        return ": ".join([answer["state"], *([", ".join(failed)] if failed else [])])


@pytest.fixture(scope="module")
def wallets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wallets]:
    with office_of(staffed_in(tmp_path_factory.getbasetemp(), None)) as office:
        held, revoked, good = office.numbers  # The first two are one person's, in two fields.
        with office.desk.open_reading() as work:
            pages = [work.certificates.of_registration(one, 1)[0].page_id for one in (good, held, revoked)]
        given: dict[str, Any] = {"keyring": office.keyring, "actor": REGISTRAR, "now": AT}
        drawn = SystemRandomness()
        copies = [issue_wallet_copy(office.desk, page, HOLDER, randomness=drawn, **given) for page in pages]
        vc_jwts = [issue_vc_jwt(office.desk, page, **given) for page in pages]
        suspend_registration(office.desk, Suspension(held, HoldKind.CPD, "D/1"), actor=REGISTRAR, now=AT)
        digest = propose_end(
            office.desk,
            "revocation",
            revoked,
            GroundClass.CONVICTION,
            decision_ref="C/1",
            actor=SECOND_REGISTRAR,
            now=AT,
        )
        confirm_end(office.desk, digest, actor=REGISTRAR, now=AT)
        folder = tmp_path_factory.mktemp("wallets")
        publish(office.desk, office.keyring, PublishFolder(folder), actor=PUBLISHER, now=AT)
        yield Wallets(
            office,
            folder,
            tuple(one.decode() for one in copies),  # type: ignore[arg-type]
            tuple(one.decode() for one in vc_jwts),  # type: ignore[arg-type]
        )


Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def ask(wallets: Wallets, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Have the libraries on Node do some jobs."""

    def jobs(*wanted: dict[str, Any]) -> list[dict[str, Any]]:
        folder = tmp_path_factory.mktemp("jobs")
        files = [folder / f"{place}.json" for place in range(len(wanted))]
        for file, job in zip(files, wanted, strict=True):
            file.write_text(json.dumps(job), encoding="utf-8")
        return run_wallet(wallets.folder, files)

    return jobs


def _other(text: str, place: int) -> str:
    """Return `text` with another character at `place`."""
    return text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]


def _of_python(copy: str, **asked: Any) -> str:
    """Have the wallet of Python show two claims; it reads the wall clock."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sd_jwt.holder, "time", lambda: NOW)
        wallet = sd_jwt.holder.SDJWTHolder(copy)
        wallet.create_presentation(dict.fromkeys(SHOWN, True), holder_key=JWK(**PRIVATE), **asked)
    return str(wallet.sd_jwt_presentation)


def _of_node(ask: Ask, copy: str, said: list[dict[str, Any]], holder: dict[str, Any]) -> list[str]:
    """Have the wallet of `@sd-jwt` show two claims and sign what is `said`."""
    job = {"do": "present", "token": copy, "show": SHOWN, "holder": holder}
    return [answer["token"] for answer in ask(*({**job, "said": one} for one in said))]


@pytest.fixture(scope="module")
def shown(wallets: Wallets, ask: Ask) -> dict[str, tuple[str, bool]]:
    """What is given, by its name in the table, and whether the holder was asked to sign for it."""
    good, held, revoked = wallets.copies
    signed, *disclosures, _ = good.split("~")
    _, payload, signature = signed.split(".")
    repeated = "~".join([signed, *disclosures, disclosures[0], ""])
    foreign = tokens.disclosure("salt", "name_latin", "Somebody Else")
    changed = [disclosures[0], tokens.disclosure("salt", "name_latin", "Somebody Else"), *disclosures[2:]]
    claims = json.loads(decode_base64url(payload))
    senior = encode_base64url(json.dumps({**claims, "grade": "SPE"}).encode())
    asked = {"iat": NOW, "nonce": NONCE, "aud": AUDIENCE}
    bound, nonce, audience = _of_node(
        ask, good, [asked, {**asked, "nonce": "another"}, {**asked, "aud": "https://other.example"}], PRIVATE
    )
    thief = tokens.private_key("thief/1").private_numbers().private_value.to_bytes(32)
    (stolen,) = _of_node(ask, good, [asked], {**jwk_of(tokens.public_key("thief/1")), "d": encode_base64url(thief)})
    *front, last = bound.split("~")
    python = _of_python(good, nonce=NONCE, aud=AUDIENCE)
    return {
        "as handed out": (good, False),
        "every claim held back": (f"{signed}~", False),
        "two claims, shown and bound by @sd-jwt": (bound, True),
        "two claims, shown and bound by Python sd-jwt": (python, True),
        "on hold": (held, False),
        "revoked": (revoked, False),
        "disclosure changed": ("~".join([signed, *changed, ""]), False),
        "disclosure twice": (repeated, False),
        "disclosure of another": ("~".join([signed, *disclosures, foreign, ""]), False),
        "grade changed": (good.replace(payload, senior), False),
        "signature changed": (good.replace(signature, _other(signature, 10)), False),
        "signature removed": (good.replace(signature, ""), False),
        "bound with another nonce": (nonce, True),
        "bound for another audience": (audience, True),
        "bound with another key": (stolen, True),
        "a claim more than was bound": ("~".join([*front, disclosures[0], last]), True),
        "not bound": ("~".join([*front, ""]), True),
    }


def _told(claims: int | None) -> str:
    return "refused" if claims is None else f"accepted, {claims} of 8 claims"


def test_what_ours_says_of_copies(wallets: Wallets, shown: dict[str, Any], interop_table: InteropTable) -> None:
    said = {
        name: wallets.ours(token, ASKED if is_asked else NOTHING_ASKED) for name, (token, is_asked) in shown.items()
    }
    interop_table.tell("SD-JWT VC", Reader(OURS, version("cse-registry")), said)


@needs_node
def test_what_sd_jwt_vc_says_of_copies(
    wallets: Wallets, ask: Ask, shown: dict[str, Any], interop_table: InteropTable
) -> None:
    jobs = [
        {"do": "verify", "token": token, "now": NOW, **({"nonce": NONCE} if is_asked else {})}
        for token, is_asked in shown.values()
    ]
    answers = ask(*jobs)
    said = {
        name: _told(None if answer["refused"] is not None else len({*answer["claims"]} & {*HIDDEN}))
        for name, answer in zip(shown, answers, strict=True)
    }
    package = "@sd-jwt/sd-jwt-vc"
    interop_table.tell("SD-JWT VC", Reader(package, answers[0]["versions"][package]), said)


def test_what_sd_jwt_of_python_says_of_copies(
    wallets: Wallets, shown: dict[str, Any], interop_table: InteropTable
) -> None:
    key = JWK(**{name: wallets.issuer_key[name] for name in ("kty", "crv", "x", "y")})
    said = {}
    for name, (token, is_asked) in shown.items():
        asked = {"expected_aud": AUDIENCE, "expected_nonce": NONCE} if is_asked else {}
        try:
            payload = SDJWTVerifier(token, lambda issuer, header: key, **asked).get_verified_payload()
        except (JWException, ValueError, KeyError):
            said[name] = _told(None)
        else:
            said[name] = _told(len({*payload} & {*HIDDEN}))
    interop_table.tell("SD-JWT VC", Reader("sd-jwt", version("sd-jwt")), said)


@needs_node
def test_sd_jwt_vc_takes_what_was_asked_for_or_nothing(wallets: Wallets, ask: Ask, shown: dict[str, Any]) -> None:
    """It drops a changed disclosure without a word; only a claim that was required is missed (`credential.md` 7)."""
    token = shown["disclosure changed"][0]
    silent, asked = ask(
        {"do": "verify", "token": token, "now": NOW},
        {"do": "verify", "token": token, "now": NOW, "required": list(SHOWN)},
    )
    assert (silent["refused"], "name_latin" in silent["claims"]) == (None, False)
    assert "Missing required claim keys: name_latin" in asked["refused"]


@needs_node
def test_sd_jwt_vc_refuses_a_copy_a_second_after_exp(wallets: Wallets, ask: Ask) -> None:
    """`exp` is the first second that is no longer good (RFC 7519, 4.1.4); it still takes that one.

    The list is too old by then, which it looks at after the copy: it tells which of the two it means.
    """
    ends = json.loads(decode_base64url(wallets.copies[0].split(".")[1]))["exp"]
    jobs = ({"do": "verify", "token": wallets.copies[0], "now": now} for now in (ends - 1, ends, ends + 1))
    own, of_list = "Verify Error: JWT is expired", "Status List JWT verification failed: Verify Error: JWT is expired"
    assert [answer["refused"] for answer in ask(*jobs)] == [of_list, of_list, own]


@needs_node
def test_sd_jwt_vc_reads_the_status_under_its_own_key(wallets: Wallets, ask: Ask) -> None:
    content = wallets.read("statuslist/1")
    job = {"do": "verify", "now": NOW}
    good, held, revoked, broken = ask(
        *({**job, "token": copy} for copy in wallets.copies),
        {**job, "token": wallets.copies[0], "list": _other(content, len(content) - 10)},
    )
    assert [one["refused"] for one in (good, held, revoked)] == [None, "status 2", "status 1"]
    assert broken["refused"] is not None


@needs_node
def test_sd_jwt_vc_takes_our_type_metadata(ask: Ask) -> None:
    (answer,) = ask({"do": "metadata"})
    assert (answer["valid"], answer["issues"]) == (True, [])


@needs_node
def test_what_another_issuer_made_with_sd_jwt_vc_is_read_and_not_trusted(wallets: Wallets, ask: Ask) -> None:
    claims = {"iss": BASE, "vct": "https://other.example/type", "iat": NOW, "grade": "PE", "name_latin": "Lin", "a": 1}
    job = {"do": "issue", "claims": claims, "hidden": ["name_latin", "a"], "key": PRIVATE}
    (answer,) = ask({**job, "header": {"kid": "did:web:other.example#1"}})
    token = read_sd_jwt(answer["token"])
    payload = json.loads(decode_base64url(token.issuer_signed.split(".")[1]))
    assert "name_latin" not in payload
    assert disclosed_claims(payload, token.disclosures) == claims
    assert wallets.ours(answer["token"]).startswith("issuer_not_trusted")


# --- Token Status List ----------------------------------------------------------------------------------------------


def _given(wallets: Wallets) -> dict[str, int]:
    taken = {wallets.index(position) for position in range(3)}
    unused = next(index for index in range(MINIMUM_BITS) if index not in taken)
    return {"good": wallets.index(0), "on hold": wallets.index(1), "revoked": wallets.index(2), "unused": unused}


def test_what_ours_says_of_the_list(wallets: Wallets, interop_table: InteropTable) -> None:
    with wallets.office.desk.open_reading() as work:
        trust = trust_in_force(work, now=AT)
    content = (wallets.folder / "statuslist" / "1").read_bytes()

    def told(index: int) -> str:
        url = f"{BASE}/statuslist/1"
        found = read_token_status(content, trust, url=url, index=index, now=AT, max_age=tokens.DURING[1] - AT)
        return ", ".join(f"{purpose} {_bit(answer)}" for purpose, answer in found.items())

    said = {name: told(index) for name, index in _given(wallets).items()}
    interop_table.tell("Token Status List", Reader(OURS, version("cse-registry")), said)


def _bit(answer: StatusAnswer) -> str:
    return {True: "set", False: "clear", None: "not told"}[answer.bit]


@needs_node
def test_what_jwt_status_list_says_of_the_list(wallets: Wallets, ask: Ask, interop_table: InteropTable) -> None:
    given = _given(wallets)
    (answer,) = ask({"do": "status", "list": f"{BASE}/statuslist/1", "indexes": list(given.values())})
    assert answer["refused"] is None
    package = "@sd-jwt/jwt-status-list"
    said = {name: f"value {value}" for name, value in zip(given, answer["values"], strict=True)}
    interop_table.tell("Token Status List", Reader(package, answer["versions"][package]), said)


# --- vc+jwt ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def jwts(wallets: Wallets) -> dict[str, str]:
    good, held, revoked = wallets.vc_jwts
    header, payload, signature = good.split(".")
    claims = json.loads(decode_base64url(payload))
    claims["credentialSubject"]["registration"]["grade"] = "SPE"
    unsigned = encode_base64url(json.dumps({"alg": "none", "typ": "vc+jwt"}).encode())
    return {
        "as handed out": good,
        "on hold": held,
        "revoked": revoked,
        "grade changed": f"{header}.{encode_base64url(json.dumps(claims).encode())}.{signature}",
        "signature changed": f"{header}.{payload}.{_other(signature, 10)}",
        "signature removed": f"{header}.{payload}.",
        "alg none": f"{unsigned}.{payload}.",
    }


def test_what_ours_says_of_a_vc_jwt(wallets: Wallets, jwts: dict[str, str], interop_table: InteropTable) -> None:
    said = {name: wallets.ours(token) for name, token in jwts.items()}
    interop_table.tell("vc+jwt", Reader(OURS, version("cse-registry")), said)


def test_what_joserfc_says_of_a_vc_jwt(wallets: Wallets, jwts: dict[str, str], interop_table: InteropTable) -> None:
    key = ECKey.import_key(wallets.issuer_key)
    asked = jwt.JWTClaimsRegistry(now=lambda: NOW, leeway=0, iss={"essential": True})
    said = {}
    for name, token in jwts.items():
        try:
            found = jwt.decode(token, key, algorithms=["ES256"])
            asked.validate(found.claims)
        except (JoseError, ValueError):
            said[name] = "refused"
        else:
            said[name] = f"good, of {found.claims['iss'].removeprefix('did:web:localhost%3A8000') or 'CSE'}"
    interop_table.tell("vc+jwt", Reader("joserfc", version("joserfc")), said)


def test_joserfc_takes_a_vc_jwt_until_its_last_second(wallets: Wallets) -> None:
    found = jwt.decode(wallets.vc_jwts[0], ECKey.import_key(wallets.issuer_key), algorithms=["ES256"])
    ends = found.claims["exp"]
    jwt.JWTClaimsRegistry(now=lambda: ends - 1, leeway=0).validate(found.claims)
    with pytest.raises(JoseError, match="expired"):
        jwt.JWTClaimsRegistry(now=lambda: ends, leeway=0).validate(found.claims)
