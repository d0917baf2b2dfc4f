"""The certificate as an Open Badge: one picture, drawn by us, with the signed credential baked in (OB 3.0, 5.3).

The picture names grade, field, society and where to verify, and nobody; its code is the address alone.
"""

import json
import struct
from io import BytesIO
from zlib import crc32

from pypdfium2 import PdfDocument

from issuer.certificate_pdf import escaped, printed, printed_values, template
from issuer.qr import qr_svg, screen_code
from issuer.refusals import UnprintableError
from verifier.badge import KEYWORD
from verifier.instants import parse_instant

_END_BYTES = 12
_HOST_WIDTH = 580
_PAGE = "@page { size: 600px; margin: 0 } html { font-size: 0 } body { margin: 0 } img { width: 600px; height: 600px }"
_DOTS_PER_POINT = 4 / 3


def badge_svg(certificate: bytes, base: str, is_demo: bool) -> bytes:
    """Return the badge of a signed `certificate` of this register. Raises `UnprintableError` if it cannot be drawn."""
    if b"]]>" in certificate:
        raise UnprintableError("a credential with ]]> in a text cannot stand in an SVG")
    page_id = json.loads(certificate)["id"].rpartition("/")[2]
    drawn = screen_code(base, page_id)
    values = escaped(printed_values(certificate, drawn, base, is_demo)) | {"qr": qr_svg(drawn).decode()}
    # The host is always whole: it is what tells us from a look-alike.
    size = f"{min(22, _HOST_WIDTH / len(values['host'])):.1f}"
    shown = {"credential": certificate.decode(), "demo": "inline" if is_demo else "none", "host_size": size}
    return template("badge.svg").substitute(values, **shown).encode()


def badge_png(certificate: bytes, base: str, is_demo: bool) -> bytes:
    """Return the badge as PNG, 600 dots wide. Raises what `badge_svg` raises, and `PrinterMissingError`."""
    drawing = badge_svg(certificate, base, is_demo)
    made_at = parse_instant(json.loads(certificate)["proof"][0]["created"])
    page = printed('<img src="cse:badge.svg">', (_PAGE,), ("badge.svg", "image/svg+xml", drawing, made_at))
    file = BytesIO()
    PdfDocument(page)[0].render(scale=_DOTS_PER_POINT).to_pil().save(file, "PNG", optimize=True)
    return baked_png(file.getvalue(), certificate)


def baked_png(picture: bytes, certificate: bytes) -> bytes:
    """Return a PNG with the `certificate` in the one text chunk, uncompressed, before its end."""
    data = b"iTXt" + KEYWORD + bytes(5) + certificate
    chunk = struct.pack(">I", len(data) - 4) + data + struct.pack(">I", crc32(data))
    return picture[:-_END_BYTES] + chunk + picture[-_END_BYTES:]
