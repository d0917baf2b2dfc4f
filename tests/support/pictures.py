"""Pictures of what we draw, and what another implementation reads in them."""

import re

import pypdfium2
import zxingcpp
from PIL import Image, ImageDraw

_DOTS = 8
"""Of an SVG, for each unit."""


def page_of(pdf: bytes, *, dpi: int = 150) -> Image.Image:
    """Return the one page of a PDF as a picture."""
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    return document[0].render(scale=dpi / 72).to_pil()


def text_of(pdf: bytes) -> str:
    """Return the text of the page without any white space."""
    return "".join(pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded().split())


def drawn_svg(svg: bytes) -> Image.Image:
    """Draw our SVG of a QR: squares and bars on a grid, nothing else."""
    path = re.search(rb'<path d="([^"]*)z"', svg)
    box = re.search(rb'viewBox="0 0 (\d+) ', svg)
    assert path is not None
    assert box is not None
    side = int(box[1])
    picture = Image.new("L", (side * _DOTS, side * _DOTS), "white")
    pen = ImageDraw.Draw(picture)
    for bar in path[1].decode().split("z"):
        start, _, rest = bar.removeprefix("M").partition("h")
        x, y = (int(number) * _DOTS for number in start.split())
        pen.rectangle((x, y, x + int(rest.split("v")[0]) * _DOTS - 1, y + _DOTS - 1), fill="black")
    return picture


def read_code(picture: Image.Image) -> str:
    """Return the text of the one QR in a picture."""
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    assert len(found) == 1, "there is not exactly one code in the picture"
    return found[0].text
