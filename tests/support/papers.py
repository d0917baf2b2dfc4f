"""Pictures and PDF files as people and attackers make them, built from bytes."""

import struct
from collections.abc import Iterable
from io import BytesIO
from zlib import compress, crc32

import pikepdf
import segno
from PIL import Image, ImageDraw, TiffImagePlugin

from registry.services.ports import Desk
from schemas.paper_code import code_segments

PNG = b"\x89PNG\r\n\x1a\n"


def paper_text(desk: Desk, page_id: str) -> str:
    """The text of the QR on the paper of a certificate."""
    with desk.open_reading() as work:
        code = work.certificates.paper_codes(page_id)[0]
    return "".join(text for text, _ in code_segments(desk.base, page_id, code))


def document_of(desk: Desk, page_id: str) -> bytes:
    """The certificate of a page."""
    with desk.open_reading() as work:
        certificate = work.certificates.by_page(page_id)
    assert certificate is not None
    return certificate.document


def sheet(*texts: str) -> Image.Image:
    """A white sheet with a QR for each text, one below the other."""
    codes = []
    for text in texts:
        file = BytesIO()
        segno.make(text, error="m", micro=False).save(file, kind="png", scale=5, border=6)
        codes.append(Image.open(file).convert("L"))
    image = Image.new("L", (max([200, *(code.width for code in codes)]), sum(code.height for code in codes) + 200), 255)
    top = 100
    for code in codes:
        image.paste(code, (0, top))
        top += code.height
    return image


def picture(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The bytes of an image."""
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def photo(*texts: str) -> bytes:
    """A JPEG as a phone makes it: tilted, with the place where it was taken and a comment."""
    exif = Image.Exif()
    exif[0x010F] = "CANARY-MAKER"
    exif.get_ifd(0x8825).update({1: "N", 2: tuple(TiffImagePlugin.IFDRational(part) for part in (39, 54, 27))})
    tilted = sheet(*texts).rotate(8, expand=True, fillcolor=230)
    return picture(tilted, "JPEG", quality=80, exif=exif, comment=b"CANARY-COMMENT")


def chunk(name: bytes, data: bytes = b"", *, crc: int | None = None) -> bytes:
    """A chunk of a PNG."""
    sum_of = crc32(name + data) if crc is None else crc
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", sum_of)


def png_of(width: int, height: int) -> bytes:
    """A black one-bit PNG."""
    row = bytes(1 + (width + 7) // 8)
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return PNG + chunk(b"IHDR", head) + chunk(b"IDAT", compress(row * height, 9)) + chunk(b"IEND")


def baked_png(credential: bytes, *texts: str, head: bytes = b"openbadgecredential\0\0\0\0\0") -> bytes:
    """A badge as others make it: a sheet with codes, and the credential in a chunk before the end."""
    plain = picture(sheet(*texts))
    return plain[:-12] + chunk(b"iTXt", head + credential) + plain[-12:]


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0" '
    'viewBox="0 0 1 1"{attributes}>{inside}<path d="M0 0h1"/></svg>'
)


def baked_svg(
    credential: str, form: str = "<openbadges:credential><![CDATA[{0}]]></openbadges:credential>", attributes: str = ""
) -> bytes:
    """A badge as SVG: the credential in a `form`."""
    return SVG.format(inside=form.format(credential), attributes=attributes).encode()


def pdf(
    *texts: str,
    words: str = "",
    attached: Iterable[tuple[str, bytes]] = (),
    pages: int = 1,
    root: dict[str, object] | None = None,
) -> bytes:
    """A PDF whose first page shows words and a QR for each text, with attached files and members of the catalogue."""
    image = sheet(*texts)
    ImageDraw.Draw(image).text((20, 20), words, fill=0)
    made = pikepdf.open(BytesIO(picture(image, "PDF", resolution=150))) if texts or words else pikepdf.new()
    while len(made.pages) < pages:
        made.add_blank_page()
    for name, content in attached:
        made.attachments[name] = pikepdf.AttachedFileSpec(made, content, filename=name)
    for name, value in (root or {}).items():
        made.Root[name] = value
    file = BytesIO()
    made.save(file)
    return file.getvalue()
