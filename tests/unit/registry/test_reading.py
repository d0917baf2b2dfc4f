"""Files of anybody, read by content: every kind, every limit, and what hostile ones lead to (`threats.md` 2.8)."""

import struct
from io import BytesIO
from typing import Any
from zlib import compress

import pikepdf
import pytest
from PIL import Image, ImageFile

from registry.adapters.reading import CODES, OBJECTS, PAGES, read_file, read_picture
from registry.adapters.reading import read_pdf as read_pdf_of
from tests.support.papers import PNG, chunk, pdf, photo, picture, png_of, sheet
from verifier.formats import BYTES, DOCUMENT_BYTES, Found, Kind, kind_of
from verifier.refusals import UnreadableFileError

TEXT = "http://LOCALHOST:8000/V/7Q2MX4T9K0RB3WZD8HVN"
GOOD = picture(sheet(TEXT))
CERTIFICATE = b'{"id": "x"}'
ZIP = b"PK\x03\x04PK\x01\x02" + bytes(42) + b"PK\x05\x06" + bytes(18)


def read(content: bytes) -> Found:
    return read_picture(content, kind_of(content))


def read_pdf(content: bytes) -> Found:
    return read_pdf_of(content, Kind.PDF)


def refused(content: bytes, read: object = read_file) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read(content)  # type: ignore[operator]
    return caught.value.code


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (GOOD, Kind.PNG),
        (photo(TEXT), Kind.JPEG),
        (picture(sheet(TEXT), "WEBP"), Kind.WEBP),
        (pdf(TEXT), Kind.PDF),
        (pdf(TEXT) + b"\r\n \0", Kind.PDF),
        (b'\n {"a": 1}', Kind.JSON),
        (b'\xef\xbb\xbf{"a": 1}', Kind.JSON),
        (b"[1]", Kind.JSON),
        ('\u00a0{"a": 1}'.encode(), Kind.JSON),
        (b' "http://localhost/V/1" ', Kind.JSON),
        (b"<svg/>", Kind.SVG),
        (b'<?xml version="1.0"?>\n<svg/>', Kind.SVG),
        (b"<!DOCTYPE svg><svg/>", Kind.SVG),
        (b"\xd2\x84\x4a", Kind.CODE),
        (b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln", Kind.TOKEN),
        (b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln~WyJhIl0~\n", Kind.TOKEN),
        (b"eye.example.org", Kind.TEXT),
        (b"12345678901234567 12345678901234567", Kind.TEXT),
        (" CSE26ELE00012379\u200b\r\n\t".encode(), Kind.TEXT),
        (b'"', Kind.TEXT),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, kind: Kind) -> None:
    assert kind_of(content) is kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + bytes(20),
        picture(sheet(TEXT), "GIF") + ZIP,
        picture(sheet(TEXT), "TIFF"),
        picture(sheet(TEXT), "BMP"),
        b"<!doctype html><script>alert(1)</script>",
        b"  \n",
        b"a\0b",
        "\u009d".encode(),
        b"<!--" + GOOD,
        ZIP,
        GOOD + ZIP,
        photo(TEXT) + ZIP,
        pdf(TEXT) + ZIP,
        pdf(TEXT)[:-7] + ZIP + b"%%EOF",
        b"x" + pdf(TEXT),
        pdf(TEXT) + b"<html>",
        b"RIFF\x00\x00\x00\x00AVI ",
        b"MZ\x90",
        b"\n" + GOOD,
        "{".encode("utf-16"),
    ],
)
def test_threat_U11_everything_else_is_of_no_kind(content: bytes) -> None:
    assert refused(content) == "unsupported-file"


def test_pictures_give_the_texts_of_their_codes_and_nothing_else() -> None:
    assert read(picture(sheet(TEXT), "WEBP")) == Found(Kind.WEBP, (TEXT,))
    assert read(picture(sheet())) == Found(Kind.PNG)
    assert set(read(picture(sheet("a", "b", "a"))).codes) == {"a", "b"}


def test_threat_Q06_a_picture_with_more_codes_than_are_looked_at_is_not_whole() -> None:
    for more, is_whole in ((0, True), (1, False)):
        found = read(picture(sheet(*(str(name) for name in range(CODES + more)))))
        assert (len(found.codes), found.is_whole) == (CODES, is_whole)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "RGB"])
def test_threat_Q01_what_is_transparent_is_not_seen(mode: str) -> None:
    """A code under full transparency is there for a program that ignores alpha, and for no eye."""
    code = sheet(TEXT)
    if mode in {"RGBA", "LA"}:
        hidden = code.convert(mode)
        hidden.putalpha(0)
        seen = code.convert(mode)
    else:
        hidden = seen = code.convert(mode)
    key: Any = {"P": bytes(256), "RGB": (0, 0, 0)}.get(mode)
    assert read(picture(seen)).codes == (TEXT,)
    options = {} if key is None else {"transparency": key}
    assert read(picture(hidden, **options)) == Found(Kind.PNG)


def test_a_half_transparent_code_is_seen() -> None:
    code = sheet(TEXT).convert("RGBA")
    code.putalpha(128)
    assert read(picture(code)).codes == (TEXT,)


def test_threat_U13_where_a_photo_was_taken_does_not_leave_the_decoder() -> None:
    content = photo(TEXT)
    assert b"CANARY-MAKER" in content
    assert b"CANARY-COMMENT" in content
    assert Image.open(BytesIO(content)).getexif().get_ifd(0x8825)
    assert read(content) == Found(Kind.JPEG, (TEXT,), ())


def test_threat_U01_pixels_are_counted_before_they_are_decoded() -> None:
    bomb = png_of(30_000, 30_000)
    assert len(bomb) < 200_000
    assert refused(bomb, read) == "image-too-large"
    assert refused(png_of(5_000, 5_001), read) == "image-too-large"
    assert read(png_of(5_000, 5_000)) == Found(Kind.PNG)


_BODY = GOOD.index(b"IDAT") - 4
_END = len(GOOD) - 12


@pytest.mark.parametrize(
    "content",
    [
        GOOD[:-13] + bytes([GOOD[-13] ^ 1]) + GOOD[-12:],
        GOOD[:_END] + chunk(b"IEND", crc=1),
        GOOD + chunk(b"IDAT", compress(b"more")),
        GOOD + chunk(b"IEND"),
        GOOD[:_END],
        GOOD[: len(GOOD) // 2],
        GOOD + b"tail",
        GOOD[:_BODY] + chunk(b"acTL", struct.pack(">II", 2, 0)) + GOOD[_BODY:],
        GOOD[:_BODY] + chunk(b"IEND"),
        PNG,
        PNG + chunk(b"IEND"),
        PNG + struct.pack(">I", 2**32 - 1) + b"IHDR",
    ],
)
def test_threat_U04_a_damaged_picture_is_refused(content: bytes) -> None:
    assert refused(content, read) == "unreadable-file"


def test_threat_U04_a_picture_that_moves_or_stops_short_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    moving = picture(sheet(TEXT), "WEBP", save_all=True, append_images=[sheet(TEXT[::-1])], duration=9)
    assert refused(moving, read) == "unreadable-file"
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # As WeasyPrint does where it is loaded.
    for whole in (photo(TEXT), picture(sheet(TEXT), "WEBP")):
        assert refused(whole[: len(whole) // 2], read) == "unreadable-file"


def test_a_text_bomb_in_a_picture_is_refused() -> None:
    bomb = chunk(b"iTXt", b"openbadgecredential\0\1\0\0\0" + compress(bytes(64 << 20), 9))
    assert refused(GOOD[:_BODY] + bomb + GOOD[_BODY:], read) == "unreadable-file"


def test_a_pdf_gives_the_codes_of_its_first_page_and_its_one_certificate() -> None:
    assert read_pdf(pdf(TEXT)) == Found(Kind.PDF, (TEXT,))
    for pages in (1, 2):
        found = read_pdf(pdf(TEXT, attached=[("a.json", CERTIFICATE)], pages=pages))
        assert found == Found(Kind.PDF, (TEXT,), (CERTIFICATE,), is_whole=pages == 1)
    assert read_pdf(pdf(TEXT, pages=2)).is_whole


def test_threat_U10_attached_files_have_no_names() -> None:
    for name in ("../x", "/etc/passwd", "证书.exe"):
        assert read_pdf(pdf("a", attached=[(name, CERTIFICATE)])).attached == (CERTIFICATE,)
    two = read_pdf(pdf("a", attached=[("a", CERTIFICATE), ("b", b'{"id": "y"}')]))
    assert set(two.attached) == {CERTIFICATE, b'{"id": "y"}'}


def test_threat_U10_a_file_that_no_viewer_lists_is_found_all_the_same() -> None:
    with pikepdf.open(BytesIO(pdf("a", attached=[("a", CERTIFICATE)]))) as made:
        hidden = made.make_stream(b'{"id": "hidden"}')
        made.Root.Hidden = pikepdf.Array([pikepdf.Dictionary(EF=pikepdf.Dictionary(F=hidden))])
        file = BytesIO()
        made.save(file)
    assert set(read_pdf(file.getvalue()).attached) == {CERTIFICATE, b'{"id": "hidden"}'}


_ACTION = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


@pytest.mark.parametrize(
    "members",
    [
        {"/OpenAction": _ACTION},
        {"/OpenAction": pikepdf.Dictionary(S=pikepdf.Name.Named, N=pikepdf.Name.Print)},
        {"/AA": pikepdf.Dictionary(WC=_ACTION)},
        {"/Names": pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=pikepdf.Array(["x", _ACTION])))},
        {"/Any": pikepdf.Array([pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe")])},
        {"/Any": pikepdf.Dictionary(S=pikepdf.Name.SubmitForm, F="http://example.net/")},
    ],
)
def test_threat_U07_a_pdf_that_acts_is_refused(members: dict[str, object]) -> None:
    assert refused(pdf(TEXT, root=members), read_pdf) == "pdf-refused"


def test_a_place_to_open_a_pdf_at_and_a_link_are_no_actions() -> None:
    link = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.net/")
    content = pdf(TEXT, root={"/OpenAction": pikepdf.Array([pikepdf.Name.XYZ]), "/Any": link})
    assert read_pdf(content).codes == (TEXT,)


def test_threat_U07_attached_programs_and_overlong_certificates_are_refused() -> None:
    for content in (b"MZ\x90\0", b"", b"<html>", b"{" + bytes(DOCUMENT_BYTES)):
        assert refused(pdf("a", attached=[("certificate.json", content)]), read_pdf) == "pdf-refused"
    largest = b"{" + b" " * (DOCUMENT_BYTES - 1)
    assert read_pdf(pdf("a", attached=[("a", largest)])).attached == (largest,)


@pytest.mark.parametrize(
    ("size", "label", "code"),
    [
        (DOCUMENT_BYTES, None, "unsupported-file"),
        (DOCUMENT_BYTES + 1, None, "file-too-large"),
        (DOCUMENT_BYTES + 1, "text/plain", "file-too-large"),
        (DOCUMENT_BYTES, "image/png", "unsupported-file"),
        (DOCUMENT_BYTES + 1, "image/png", "wrong-label"),
    ],
)
def test_nobody_reads_the_letters_of_a_text_that_is_too_large(size: int, label: str | None, code: str) -> None:
    with pytest.raises(UnreadableFileError) as refusal:
        kind_of(b"\x01".rjust(size, b"a"), label)
    assert refusal.value.code == code


def test_pages_are_counted() -> None:
    assert read_pdf(pdf(pages=PAGES)) == Found(Kind.PDF)
    assert refused(pdf(pages=PAGES + 1), read_pdf) == "pdf-refused"


def test_objects_are_counted() -> None:
    many = pdf(root={"/Any": pikepdf.Array([])})
    with pikepdf.open(BytesIO(many)) as made:
        made.Root.Any = pikepdf.Array([made.make_indirect(pikepdf.Dictionary()) for _ in range(OBJECTS)])
        made.add_blank_page()
        file = BytesIO()
        made.save(file)
    assert refused(file.getvalue(), read_pdf) == "pdf-refused"


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n%%EOF",
        b"%PDF-1.7\n" + b"1 0 obj<<>>endobj " * 50 + b"\n%%EOF",
        b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer<</Size 1/Prev 9/Root 1 0 R>>\nstartxref\n9\n%%EOF",
        pdf(TEXT)[:300] + b"%%EOF",
        pdf(pages=0),
    ],
)
def test_threat_U07_a_broken_pdf_is_refused(content: bytes) -> None:
    assert refused(content, read_pdf) == "unreadable-file"


@pytest.mark.parametrize(
    ("start", "rest", "kind"),
    [(b"{", b" ", Kind.JSON), (b"\xff\xd8\xff", b" ", Kind.JPEG), (b"%PDF-", b" ", Kind.PDF)],
)
def test_every_kind_has_its_size(start: bytes, rest: bytes, kind: Kind) -> None:
    end = b"%%EOF" if kind is Kind.PDF else b""
    content = start + rest * (BYTES[kind] - len(start) - len(end)) + end
    assert refused(start + rest + content[len(start) :]) == "file-too-large"
    assert len(content) == BYTES[kind]
    if kind is Kind.JSON:
        assert read_file(content) == Found(Kind.JSON)
