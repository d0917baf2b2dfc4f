"""`cse export` of copies for wallets, and the addresses at which their readers look."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from registry.adapters.keyring import FolderKeyring
from registry.demo.officers import REGISTRAR
from registry.demo.plan import Story
from registry.services.trust import publish_trust_list, trust_in_force
from registry.store.engine import open_engine
from schemas.base64url import decode_base64url
from tests.integration.conftest import Cse
from tests.integration.published import DAY
from tests.integration.registers import AT, BASE, MINUTE, Database, Demo
from verifier.status_list import read_token_status

HOLDER = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "wallet.jwk"
    file.write_text(json.dumps(HOLDER), encoding="utf-8")
    return file


def parts(token: str) -> list[dict[str, Any]]:
    return [json.loads(decode_base64url(part)) for part in token.split(".")[:2]]


def test_a_certificate_is_taken_out_as_vc_jwt(copied: Demo, cse: Cse, tmp_path: Path) -> None:
    number, out = copied.number(Story.VALID), tmp_path / "certificate.jwt"
    said = cse("export", number, "--format", "vc-jwt", "--out", out, env=copied.environment())
    assert (said.code, said.err) == (0, "")
    assert f"certificate of {number} as vc-jwt, {out.stat().st_size} bytes" in said.out
    header, claims = parts(out.read_text(encoding="ascii"))
    assert (header["typ"], claims["credentialSubject"]["licenseNumber"]) == ("vc+jwt", number)


def test_a_copy_for_a_wallet_has_a_place_that_the_published_list_shows(
    copied: Demo, cse: Cse, tmp_path: Path, key_file: Path
) -> None:
    env, number, out = copied.environment(), copied.number(Story.VALID), tmp_path / "copy.txt"
    asked = ("export", number, "--format", "sd-jwt", "--holder-key", key_file, "--out", out)
    assert cse(*asked, env=env).code == 0
    header, claims = parts(out.read_text(encoding="ascii"))
    assert (header["typ"], claims["cnf"]) == ("dc+sd-jwt", {"jwk": HOLDER})
    place = claims["status"]["status_list"]

    def bits() -> tuple[bool | None, bool | None]:
        assert cse("publish", env=env).code == 0
        content = (copied.published / "statuslist" / "1").read_bytes()
        with copied.desk().open_reading() as work:
            trust = trust_in_force(work, now=AT)
        found = read_token_status(content, trust, url=place["uri"], index=place["idx"], now=AT, max_age=DAY)
        return found["revocation"].bit, found["suspension"].bit

    assert bits() == (False, False)
    assert cse("decide", "suspend", number, "--reason", "identity", "--decision", "D/1", env=env).code == 0
    assert bits() == (False, True)
    again = cse(*asked, env=env)
    assert (again.code, "does not count today" in again.err) == (3, True)


@pytest.mark.parametrize(
    ("form", "key", "why"),
    [
        ("sd-jwt", None, "--holder-key"),
        ("vc", HOLDER, "--holder-key"),
        ("vc-jwt", HOLDER, "--holder-key"),
        ("sd-jwt", {**HOLDER, "d": "AQ"}, "a private one (member d): give its public half alone"),
        ("sd-jwt", {"kty": "RSA"}, "it needs kty, crv, x"),
        ("sd-jwt", [HOLDER], "wallet.jwk: not a JSON object"),
        ("sd-jwt", ..., "cannot be read"),
        ("jwt", None, "it is vc, vc-jwt, sd-jwt, pdf, "),
    ],
    ids=["no key", "a key for vc", "a key for vc-jwt", "private", "RSA", "a list", "no such file", "no such format"],
)
def test_what_cannot_be_bound_is_refused_and_nothing_is_written(
    copied: Demo, cse: Cse, tmp_path: Path, form: str, key: Any, why: str
) -> None:
    given, before = [], copied.rows()
    if key is not None:
        file = tmp_path / "wallet.jwk"
        if key is not ...:
            file.write_text(json.dumps(key), encoding="utf-8")
        given = ["--holder-key", file]
    asked = ("export", copied.number(Story.VALID), "--format", form, "--out", tmp_path / "out", *given)
    said = cse(*asked, env=copied.environment())
    assert (said.code, why in said.err, said.err.count("\n")) == (3, True, 1)
    assert not (tmp_path / "out").exists()
    assert copied.rows() == before


def test_an_officer_of_a_society_has_none_signed(copied: Demo, cse: Cse, tmp_path: Path) -> None:
    number = copied.number(Story.VALID)
    board = f"board-{copied.engineers[number].society.lower()}"
    asked = ("export", number, "--format", "vc-jwt", "--out", tmp_path / "out", "--as", board)
    said = cse(*asked, env=copied.environment())
    assert (said.code, "try --as registrar-1" in said.err, (tmp_path / "out").exists()) == (3, True, False)


def test_a_register_of_the_release_before_is_told_the_command_that_makes_the_keys(
    copied: Demo, cse: Cse, tmp_path: Path
) -> None:
    engine = open_engine(copied.settings.database_url)
    Database(engine).execute("DELETE FROM body_key WHERE key_use LIKE '%-jose'")
    engine.dispose()
    keyring = FolderKeyring(copied.settings.keystore_dir, copied.settings.passphrase_dir)
    publish_trust_list(copied.desk(), keyring, actor=REGISTRAR, now=AT)
    env = copied.environment(AT + MINUTE)
    asked = ("export", copied.number(Story.VALID), "--format", "vc-jwt", "--out", tmp_path / "out")
    said = cse(*asked, env=env)
    assert (said.code, said.err) == (
        3,
        "cse: the trust list names no key of class issue-jose: cse trust publish makes and publishes it\n",
    )
    assert cse("publish", env=env).code == 0
    assert cse("trust", "publish", env=env).code == 0
    assert cse(*asked, env=env).code == 0


def test_readers_find_the_lists_the_keys_and_the_type(demo: Demo, visit: Callable[..., TestClient]) -> None:
    client = visit(demo)
    for path, media_type in (
        ("/statuslist/1", "application/statuslist+jwt"),
        ("/.well-known/jwt-vc-issuer", "application/json"),
        ("/vct/engineer-registration/v1", "application/json"),
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
        assert answer.headers["access-control-allow-origin"] == "*"
        etag = answer.headers["etag"]
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
    assert client.get("/statuslist/2").status_code == 404
    assert client.get("/vct/engineer-registration/v1").json()["vct"] == f"{BASE}/vct/engineer-registration/v1"
