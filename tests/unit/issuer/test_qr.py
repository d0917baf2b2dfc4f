"""The QR of a certificate: versions, correction, what falls back to the address, and what readers read."""

import io

import pytest
from PIL import Image, ImageFilter

from issuer.qr import LARGEST_VERSION, Code, paper_code, qr_png, qr_svg, screen_code
from schemas.paper_code import code_segments
from tests.support.pictures import drawn_svg, read_code
from tests.support.shared import example_json

BASE, PAGE = "http://localhost:8000", "7q2mx4t9k0rb3wzd8hvn"
LENGTHS = {"short": 144, "typical": 151, "long": 163, "no larger fits": 244}


def text(code: bytes | None) -> str:
    return "".join(part for part, _ in code_segments(BASE, PAGE, code))


def picture(code: Code) -> Image.Image:
    return Image.open(io.BytesIO(qr_png(code))).convert("L")


def test_the_published_example_is_version_10_at_m() -> None:
    example = example_json("paper-code.json")
    drawn = paper_code(BASE, PAGE, bytes.fromhex(example["bytes_hex"]))
    assert (drawn.symbol.designator, drawn.is_sealed) == ("10-M", True)
    assert read_code(picture(drawn)) == example["url"]


@pytest.mark.parametrize("length", LENGTHS.values(), ids=LENGTHS)
def test_site_a38_a_code_is_read_small_turned_and_blurred(length: int) -> None:
    content = bytes(range(256))[:length]
    drawn = paper_code(BASE, PAGE, content)
    assert drawn.symbol.error == "M"
    small = picture(drawn).resize((240, 240), Image.Resampling.LANCZOS)
    turned = small.rotate(30, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    assert read_code(turned.filter(ImageFilter.GaussianBlur(0.8))) == text(content)


@pytest.mark.parametrize(("length", "version"), [(244, 12), (245, 4)], ids=["version 12 fits", "version 13 does not"])
def test_site_a39_above_version_12_the_paper_carries_the_address(length: int, version: int) -> None:
    drawn = paper_code(BASE, PAGE, bytes(length))
    assert (int(drawn.symbol.version), drawn.is_sealed) == (version, version == LARGEST_VERSION)
    assert read_code(picture(drawn)) == text(bytes(length) if drawn.is_sealed else None)


def test_without_a_paper_code_the_code_is_the_address_at_q() -> None:
    drawn = paper_code(BASE, PAGE, None)
    assert (drawn.symbol.designator, drawn.is_sealed) == ("4-Q", False)
    assert drawn.symbol == screen_code(BASE, PAGE).symbol
    assert read_code(picture(drawn)) == "http://LOCALHOST:8000/V/7Q2MX4T9K0RB3WZD8HVN"


@pytest.mark.parametrize("code", [None, bytes(151)], ids=["address", "sealed"])
def test_a_picture_has_whole_dots_a_quiet_zone_and_no_other_colour(code: bytes | None) -> None:
    drawn = paper_code(BASE, PAGE, code)
    modules = len(drawn.symbol.matrix)
    dots = picture(drawn)
    scale, rest = divmod(dots.width, modules + 8)
    assert rest == 0
    assert scale * modules >= 32 / 25.4 * 300, "fewer than 300 dots per inch on 32 mm"
    assert set(dots.tobytes()) == {0, 255}
    assert set(dots.crop((0, 0, dots.width, 4 * scale)).tobytes()) == {255}


@pytest.mark.parametrize("code", [None, bytes(151)], ids=["address", "sealed"])
def test_an_svg_is_one_crisp_path_and_reads_the_same(code: bytes | None) -> None:
    svg = qr_svg(paper_code(BASE, PAGE, code))
    assert b'shape-rendering="crispEdges"' in svg
    assert svg.count(b"<path") == 2, "the white ground, and one path"
    assert read_code(drawn_svg(svg)) == text(code)


@pytest.mark.parametrize("code", [None, bytes(151), bytes(244)], ids=["address", "sealed", "largest"])
def test_both_pictures_are_32_mm_without_the_quiet_zone(code: bytes | None) -> None:
    drawn = paper_code(BASE, PAGE, code)
    modules = len(drawn.symbol.matrix)
    png = Image.open(io.BytesIO(qr_png(drawn)))
    printed = png.width / png.info["dpi"][0] * 25.4 * modules / (modules + 8)
    assert abs(printed - 32) < 0.1
    side = f"{32 * (modules + 8) / modules:.3f}mm"
    assert f'width="{side}" height="{side}" viewBox="0 0 {modules + 8} {modules + 8}"'.encode() in qr_svg(drawn)
