"""What another implementation reads in our badges, and what we say of badges in other hands."""

import io
import re
from importlib.metadata import version

import pytest
from openbadgeslib import baking
from PIL import Image

from issuer.badge import baked_png
from registry.demo.plan import Story
from tests.conformance.interop_table import OURS, InteropTable, Reader
from tests.conformance.loopback_tls import Secured

KEYWORD, ELEMENT, NAMESPACE = baking.ITXT_KEYWORD_OB3, baking.SVG_ELEMENT_OB3, baking.SVG_NS_OB3


def _certificate(register: Secured, story: Story) -> bytes:
    page = register.demo.pages()[register.demo.number(story)]
    return register.get(f"{register.demo.base}/credentials/{page}")


def _picture(badge: bytes) -> bytes:
    """The picture of a badge, without its credential."""
    file = io.BytesIO()
    Image.open(io.BytesIO(badge)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def badges(register: Secured) -> dict[str, bytes]:
    """The badges as we make them, and what becomes of them in other hands."""
    page = f"{register.demo.base}/v/{register.demo.pages()[register.demo.number(Story.VALID)]}"
    png, svg = register.get(f"{page}/badge.png"), register.get(f"{page}/badge.svg")
    good, other = _certificate(register, Story.VALID), _certificate(register, Story.REVOKED)
    blank = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
    return {
        "PNG as exported": png,
        "SVG as exported": svg,
        "PNG baked by openbadgeslib": baking.bake_png(_picture(png), good.decode(), keyword=KEYWORD),
        "SVG baked by openbadgeslib": baking.bake_svg(
            blank, good.decode(), element=ELEMENT, namespace=NAMESPACE, as_text=True
        ),
        "PNG, credential exchanged": baked_png(_picture(png), other),
        "PNG, a second credential": baked_png(png, other),
        "SVG, a second credential": svg.replace(b"</svg>", b"<openbadges:credential>{}</openbadges:credential></svg>"),
    }


def _read(content: bytes, known: dict[str | None, str]) -> str:
    if content.startswith(b"\x89PNG"):
        return known[baking.extract_png(content, keyword=KEYWORD)]
    return known[baking.extract_svg(content, element=ELEMENT, text_fallback=True)]


def _ours(register: Secured, content: bytes) -> str:
    page = register.hand_in(content)
    state = re.search(r'data-state="([a-z_]+)"', page)
    if state is None:
        assert "exactly one credential" in page
        return "refused"
    title = re.search(r"<h1[^>]*>([^<]*)</h1>", page)
    assert title is not None
    return f"{state[1]}: {title[1].lower()}"


def test_every_reader_says_of_the_badges_what_the_table_says(
    badges: dict[str, bytes], register: Secured, interop_table: InteropTable
) -> None:
    known: dict[str | None, str] = {
        _certificate(register, Story.VALID).decode(): "byte for byte",
        _certificate(register, Story.REVOKED).decode(): "another one",
    }
    ours = {name: _ours(register, content) for name, content in badges.items()}
    interop_table.tell("badge", Reader(OURS, version("cse-registry")), ours)
    theirs = {name: _read(content, known) for name, content in badges.items()}
    interop_table.tell("badge", Reader("openbadgeslib", version("openbadgeslib")), theirs)
