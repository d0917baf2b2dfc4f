"""Badges of anybody: the one credential in a PNG or SVG, and every way to hide a second one (`threats.md` 2.8)."""

from zlib import compress

import pytest

from tests.support.papers import PNG, baked_png, baked_svg, chunk, photo, picture, png_of, sheet
from verifier.badge import baked_credential
from verifier.formats import DOCUMENT_BYTES, Kind
from verifier.refusals import UnreadableFileError

CREDENTIAL = b'{"id": "http://localhost:8000/credentials/x", "name": "\xe6\x9e\x97 ]] > & <b>"}'
TOKEN = b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln"
PLAIN = picture(sheet())
HEAD, END = PLAIN[:-12], PLAIN[-12:]
KEY = b"openbadgecredential"
TEXT = "<openbadges:credential>{0}</openbadges:credential>"
CDATA = "<openbadges:credential><![CDATA[{0}]]></openbadges:credential>"
VERIFY = '<openbadges:credential verify="{0}"/>'


def refused(content: bytes, kind: Kind) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        baked_credential(content, kind)
    return caught.value.code


def with_chunks(*chunks: bytes) -> bytes:
    return HEAD + b"".join(chunks) + END


@pytest.mark.parametrize("credential", [CREDENTIAL, TOKEN, b" \n" + CREDENTIAL])
def test_a_png_gives_its_credential_byte_for_byte(credential: bytes) -> None:
    assert baked_credential(baked_png(credential), Kind.PNG) == credential
    tagged = KEY + b"\0\0\0en\0Nachweis\0"
    assert baked_credential(baked_png(credential, head=tagged), Kind.PNG) == credential


def test_a_picture_without_a_credential_is_a_picture() -> None:
    others = with_chunks(chunk(b"iTXt", b"openbadges\0\0\0\0\0{}"), chunk(b"tEXt", b"Comment\0" + KEY), chunk(b"tEXt"))
    for content, kind in ((PLAIN, Kind.PNG), (others, Kind.PNG), (photo("x"), Kind.JPEG)):
        assert baked_credential(content, kind) is None


def test_threat_U02_a_long_or_compressed_text_is_refused_unread() -> None:
    bomb = compress(bytes(200 << 20), 9)
    assert len(bomb) < 210_000
    for content in (
        baked_png(bomb, head=KEY + b"\0\1\0\0\0"),
        baked_png(compress(CREDENTIAL), head=KEY + b"\0\1\0\0\0"),
        baked_png(CREDENTIAL, head=KEY + b"\0\0\1\0\0"),
        baked_png(b"{" + bytes(DOCUMENT_BYTES)),
        with_chunks(chunk(b"zTXt", KEY + b"\0\0" + compress(CREDENTIAL))),
    ):
        assert refused(content, Kind.PNG) == "unreadable-file"
    room = DOCUMENT_BYTES - len(KEY) - 5
    assert baked_credential(baked_png(b"{" * room), Kind.PNG) == b"{" * room
    assert refused(baked_png(b"{" * (room + 1)), Kind.PNG) == "unreadable-file"


_ITXT = chunk(b"iTXt", KEY + b"\0\0\0\0\0" + CREDENTIAL)


@pytest.mark.parametrize(
    "second",
    [
        _ITXT,
        chunk(b"iTXt", KEY + b"\0\0\0\0\0{}"),
        chunk(b"tEXt", KEY + b"\0{}"),
        chunk(b"zTXt", KEY + b"\0\0" + compress(b"{}")),
        chunk(b"iTXt", KEY.upper() + b"\0\0\0\0\0{}"),
        chunk(b"tEXt", b" " + KEY + b" \0{}"),
        chunk(b"tEXt", KEY),
    ],
    ids=["twice", "another", "tEXt", "zTXt", "upper case", "spaces", "no text"],
)
def test_threat_U03_two_credentials_are_none(second: bytes) -> None:
    for content in (with_chunks(_ITXT, second), with_chunks(second, _ITXT)):
        assert refused(content, Kind.PNG) == "ambiguous-badge"


@pytest.mark.parametrize(
    "content",
    [
        with_chunks(chunk(b"tEXt", KEY + b"\0" + CREDENTIAL)),
        with_chunks(chunk(b"iTXt", KEY)),
        with_chunks(chunk(b"iTXt", KEY + b"\0\0\0en" + CREDENTIAL)),
        baked_png(b"https://localhost:8000/V/7Q2MX4T9K0RB3WZD8HVN"),
        baked_png(b'"{}"'),
        baked_png(b""),
        baked_png(b"\xff"),
    ],
    ids=["tEXt alone", "no text", "no languages", "address", "JSON text", "empty", "no text at all"],
)
def test_what_is_no_credential_is_refused(content: bytes) -> None:
    assert refused(content, Kind.PNG) == "unreadable-file"


@pytest.mark.parametrize(
    "content",
    [
        with_chunks(chunk(b"iTXt", KEY + b"\0\0\0\0\0{}", crc=1)),
        with_chunks(_ITXT) + chunk(b"IDAT"),
        with_chunks(_ITXT)[:-12],
        with_chunks(_ITXT)[: len(HEAD) + 20],
        with_chunks(chunk(b"acTL", bytes(8)), _ITXT),
        PNG + _ITXT + png_of(1, 1)[8:],
        with_chunks(chunk(b"IHDR", bytes(13)), _ITXT),
        with_chunks(_ITXT, END),
        PNG,
    ],
    ids=[
        "checksum",
        "after the end",
        "no end",
        "cut",
        "animated",
        "before the head",
        "two heads",
        "two ends",
        "nothing",
    ],
)
def test_threat_U04_a_damaged_badge_is_refused(content: bytes) -> None:
    assert refused(content, Kind.PNG) == "unreadable-file"


@pytest.mark.parametrize(
    ("form", "given", "expected"),
    [
        (CDATA, CREDENTIAL.decode(), CREDENTIAL),
        (CDATA, f"\n  {CREDENTIAL.decode()}\n", CREDENTIAL),
        (TEXT, '{"a": "&lt;&amp;"}', b'{"a": "<&"}'),
        (VERIFY, TOKEN.decode(), TOKEN),
        (TEXT, TOKEN.decode(), TOKEN),
        ("<openbadges:credential>\n<![CDATA[{0}]]>\n</openbadges:credential>", "{}", b"{}"),
        ("<o:credential xmlns:o='https://purl.imsglobal.org/ob/v3p0'>{0}</o:credential>", "{}", b"{}"),
    ],
    ids=["CDATA", "spaces", "text", "token", "token as text", "spaces around", "another prefix"],
)
def test_an_svg_gives_its_credential(form: str, given: str, expected: bytes) -> None:
    assert baked_credential(baked_svg(given, form), Kind.SVG) == expected
    declared = b'<?xml version="1.0" encoding="UTF-8"?>\n' + baked_svg(given, form)
    assert baked_credential(declared, Kind.SVG) == expected


XLINK = ' xmlns:xlink="http://www.w3.org/1999/xlink"'
DTD = b"<!DOCTYPE svg>"
ENTITIES = b'<!DOCTYPE svg [<!ENTITY a "{}">]>'
OUTSIDE = b'<!DOCTYPE svg SYSTEM "file:///etc/passwd">'


def drawn(part: str, attributes: str = "") -> bytes:
    return baked_svg("{}", CDATA + part, attributes)


@pytest.mark.parametrize(
    "content",
    [
        *(start + baked_svg("{}") for start in (DTD, ENTITIES, OUTSIDE)),
        ENTITIES + baked_svg("&a;", TEXT),
        drawn('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="#a"/>'),
        *(
            drawn(f'<image xlink:href="{address}"/>', XLINK)
            for address in ("file:///etc/passwd", " JavaScript:alert(1)", "data:text/html,x", "//example.net/x", "")
        ),
        drawn("<script>alert(1)</script>"),
        drawn("<SCRIPT/>"),
        drawn('<h:script xmlns:h="http://www.w3.org/1999/xhtml"/>'),
        drawn("<foreignObject><b/></foreignObject>"),
        drawn("<rect onclick='x'/>"),
        drawn("<rect onLoad='x'/>"),
        baked_svg("{}", attributes=' onload="x"'),
        baked_svg("{}").replace(b"<svg ", b"<sgv ").replace(b"</svg>", b"</sgv>"),
        baked_svg("{}").replace(b"http://www.w3.org/2000/svg", b"http://example.org/svg"),
        baked_svg("", "{0}"),
        baked_svg("{}")[:-3],
        b'<?xml version="1.0" encoding="none-such"?>' + baked_svg("{}"),
        b"<svg>" * 50_000,
        b"<svg>" + b"<a>" * 50_000 + b"</a>" * 50_000 + b"</svg>",
        b"<svg/>",
    ],
)
def test_threat_U05_an_svg_that_does_or_loads_something_is_refused(content: bytes) -> None:
    assert refused(content, Kind.SVG) == "svg-refused"


def test_parts_of_a_picture_are_harmless() -> None:
    parts = (
        '<image xlink:href="data:image/png;base64,AA=="/><use href="#a"/><a href="https://example.org/"><g id="a"/></a>'
    )
    assert baked_credential(drawn(parts, XLINK), Kind.SVG) == b"{}"


@pytest.mark.parametrize(
    "form",
    [
        CDATA + CDATA,
        CDATA + VERIFY,
        "<g>" + CDATA + "</g>",
        CDATA + "<g>" + TEXT + "</g>",
        CDATA + '<o:credential xmlns:o="http://openbadges.org"/>',
        '<openbadges:credential xmlns:openbadges="http://openbadges.org">{0}</openbadges:credential>',
        "<credential>{0}</credential>",
        "<openbadges:credential><![CDATA[{0}]]><![CDATA[{0}]]></openbadges:credential>",
        "<openbadges:credential>{0}<![CDATA[{0}]]></openbadges:credential>",
        "<openbadges:credential>{0}<!-- x -->{0}</openbadges:credential>",
        "<openbadges:credential><!-- x -->{0}</openbadges:credential>",
        "<openbadges:credential>{0}<b/></openbadges:credential>",
        '<openbadges:credential verify="{0}">{0}</openbadges:credential>',
        "<openbadges:credential/>",
        "<openbadges:credential> \n</openbadges:credential>",
    ],
)
def test_threat_U06_a_second_or_parted_credential_is_none(form: str) -> None:
    assert refused(baked_svg("{}".replace("{}", "{ }"), form), Kind.SVG) == "ambiguous-badge"


@pytest.mark.parametrize("said", ["https://localhost:8000/V/7Q2MX4T9K0RB3WZD8HVN", '"{}"', "hello"])
def test_an_svg_with_another_text_holds_no_credential(said: str) -> None:
    assert refused(baked_svg(said), Kind.SVG) == "unreadable-file"
