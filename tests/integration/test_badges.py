"""Badges through the whole program: command line, public origin, and back through every door."""

import io
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest
import zxingcpp
from fastapi import FastAPI
from openbadgeslib import baking
from PIL import Image
from starlette.testclient import TestClient

from issuer.badge import badge_png, baked_png
from public_site.routes import install
from registry.app.reads import RegisterReads
from registry.demo.plan import Story
from tests.integration.conftest import Cse
from tests.integration.registers import BASE, Demo
from tests.support.papers import document_of
from verifier.badge import baked_credential
from verifier.formats import Kind

KINDS = {"badge.png": Kind.PNG, "badge.svg": Kind.SVG}
MEDIA_TYPES = {"badge.png": "image/png", "badge.svg": "image/svg+xml"}


def page_of(demo: Demo, story: Story) -> str:
    return demo.pages()[demo.number(story)]


@pytest.fixture(scope="module")
def badge(demo: Demo) -> bytes:
    return badge_png(document_of(demo.desk(), page_of(demo, Story.VALID)), BASE, True)


@pytest.mark.parametrize("form", KINDS)
def test_command_line_and_page_give_the_same_badge(
    demo: Demo, cse: Cse, visit: Callable[[Demo], TestClient], tmp_path: Path, form: str
) -> None:
    number, page = demo.number(Story.VALID), page_of(demo, Story.VALID)
    asked = ("export", number, "--format", form.replace(".", "-"), "--out", tmp_path / form)
    said = cse(*asked, env=demo.environment())
    assert (said.code, said.err) == (0, "")
    served = visit(demo).get(f"/v/{page}/{form}")
    assert (served.status_code, served.headers["content-type"]) == (200, MEDIA_TYPES[form])
    assert served.headers["content-disposition"] == f'attachment; filename="{page}.{form[-3:]}"'
    assert served.headers["cache-control"] == "no-store"
    assert served.content == (tmp_path / form).read_bytes()
    assert baked_credential(served.content, KINDS[form]) == document_of(demo.desk(), page)


def test_site_a40_badges_go_round_through_check(demo: Demo, visit: Callable[[Demo], TestClient]) -> None:
    client, page = visit(demo), page_of(demo, Story.VALID)
    shown = client.get(f"/v/{page}", headers={"accept-language": "en"}).text
    for form in KINDS:
        assert f'href="/v/{page}/{form}"' in shown
        content = client.get(f"/v/{page}/{form}").content
        answer = client.post("/check", files={"file": ("x", content)}, headers={"accept-language": "en"}).text
        assert 'data-state="valid"' in answer
        assert "<h1>The picture was not checked</h1>" in answer
        assert demo.number(Story.VALID) in answer


def test_the_picture_leads_to_the_page(demo: Demo, badge: bytes) -> None:
    picture = Image.open(io.BytesIO(badge))
    assert picture.size == (600, 600)
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text.lower() == f"{BASE}/v/{page_of(demo, Story.VALID)}"


def test_threat_Q06_a_badge_with_the_credential_of_another_is_flagged(
    demo: Demo, badge: bytes, visit: Callable[[Demo], TestClient]
) -> None:
    plain = io.BytesIO()
    Image.open(io.BytesIO(badge)).save(plain, "PNG")
    other = baked_png(plain.getvalue(), document_of(demo.desk(), page_of(demo, Story.REVOKED)))
    client = visit(demo)
    body = client.post("/api/v1/verify", content=other, headers={"content-type": "image/png"}).json()
    assert (body["state"], body["about"]) == ("revoked", "image_mismatch")
    page = client.post("/check", files={"file": ("x", other)}, headers={"accept-language": "en"}).text
    assert "<h1>This picture belongs to another certificate</h1>" in page


def test_a_badge_is_private_until_its_holder_opens_it(demo: Demo, visit: Callable[[Demo], TestClient]) -> None:
    withheld, client = page_of(demo, Story.NAME_WITHHELD), visit(demo)
    closed = FastAPI()
    install(closed, RegisterReads(replace(demo.desk(), is_demo=False), demo.settings))
    other = TestClient(closed, base_url=BASE, raise_server_exceptions=False)
    for form in KINDS:
        assert client.get(f"/v/{withheld}/{form}").status_code == 404
        assert client.get(f"/v/7q2mx4t9k0rb3wzd8hvn/{form}").status_code == 404
        assert other.get(f"/v/{page_of(demo, Story.VALID)}/{form}").status_code == 404
    assert "badge.png" not in client.get(f"/v/{withheld}").text
    assert "badge.png" not in client.get(f"/v/{page_of(demo, Story.REVOKED)}").text


def test_openbadgeslib_unbakes_ours_and_we_what_it_bakes(demo: Demo, badge: bytes, cse: Cse, tmp_path: Path) -> None:
    assert version("openbadgeslib") == "4.6.3"
    certificate = document_of(demo.desk(), page_of(demo, Story.VALID)).decode()
    number = demo.number(Story.VALID)
    asked = ("export", number, "--format", "badge-svg", "--out", tmp_path / "badge.svg")
    assert cse(*asked, env=demo.environment()).code == 0
    drawing = (tmp_path / "badge.svg").read_bytes()
    element, keyword = baking.SVG_ELEMENT_OB3, baking.ITXT_KEYWORD_OB3
    assert baking.extract_png(badge, keyword=keyword) == certificate
    assert baking.extract_svg(drawing, element=element, text_fallback=True) == certificate
    plain = io.BytesIO()
    Image.new("L", (9, 9)).save(plain, "PNG")
    theirs = baking.bake_png(plain.getvalue(), certificate, keyword=keyword)
    assert baked_credential(theirs, Kind.PNG) == certificate.encode()
    blank = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1"/></svg>'
    for token in (certificate, "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln"):
        baked = baking.bake_svg(
            blank, token, "x", element=element, namespace=baking.SVG_NS_OB3, as_text=token == certificate
        )
        start = baked.index(b"<svg")
        assert baked_credential(baked[start:], Kind.SVG) == token.encode()
        assert baked_credential(baked, Kind.SVG) == token.encode()
