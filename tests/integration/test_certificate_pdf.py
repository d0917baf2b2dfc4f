"""The certificate on paper: its form, what is printed, and what it refuses to print.

The claim PDF/A-3u rests on the structure asserted here and on qpdf, not on veraPDF.
"""

import hashlib
import io
import json
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import zxingcpp
from fontTools.ttLib import TTFont
from PIL import Image
from weasyprint.urls import FatalURLFetchingError

from issuer.badge import badge_png
from issuer.certificate_pdf import certificate_pdf
from issuer.press import Press
from issuer.profile import CertificateProfile
from issuer.refusals import PrinterMissingError, UnprintableError
from issuer.typesetting import Enclosure, MemoryFetcher, typeset
from registry.adapters.printing import limited_printer
from registry.services.printing import Printer
from schemas import codes
from schemas.paper_code import code_segments
from tests.support import world
from tests.support.pictures import page_of, read_code, text_of
from verifier.badge import baked_credential
from verifier.formats import Kind

FONTS = Path(__file__).resolve().parents[2] / "issuer" / "data" / "fonts"
NAMES = {
    "short": ("林知远", "Lin Zhiyuan"),
    "long": ("阿依古丽·买买提", "Ayiguli Maimaiti"),
    "beyond the BMP": ("裴𬱖", "Pei Wei"),
    "extensions": ("𫖯䶮", "Fu Yan"),
    "Latin only": (None, "Amara Okonjo-Example"),
    "Chinese only": ("诸葛澄", None),
}
MARKUP = "<link rel=attachment href=file:///etc/passwd>"
ENCLOSED = Enclosure("certificate.json", "application/vc", b"{}", world.ISSUED)


PRESS = Press()


@pytest.fixture(params=[certificate_pdf, PRESS], ids=["weasyprint", "typst"])
def printer(request: pytest.FixtureRequest) -> Printer:
    return request.param


@cache
def printed(
    profile: CertificateProfile = world.PROFILE,
    *,
    sealed: bool = True,
    is_demo: bool = True,
    printer: Printer = certificate_pdf,
) -> tuple[bytes, bytes, bytes | None]:
    """Return the PDF of a profile, the certificate and its paper code."""
    certificate = world.certificate(profile)
    code = world.paper_code(certificate) if sealed else None
    return printer(certificate, code, world.BASE, is_demo), certificate, code


def named(hans: str | None, latin: str | None) -> CertificateProfile:
    return replace(world.PROFILE, name_hans=hans, name_latin=latin)


def changed(**members: str) -> bytes:
    """Return the certificate with other members of its subject; who prints does not judge signatures."""
    document = world.parsed(world.certificate())
    document["credentialSubject"] |= members
    return json.dumps(document, ensure_ascii=False).encode()


def with_society(name: str) -> bytes:
    document = world.parsed(changed(nameHans="林" * 200, nameLatin="W" * 200))
    document["credentialSubject"]["achievement"]["creator"]["name"] = name
    return json.dumps(document, ensure_ascii=False).encode()


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_the_file_has_the_structure_of_pdf_a_3u(printer: Printer) -> None:
    pdf = pikepdf.open(io.BytesIO(printed(printer=printer)[0]))
    with pdf.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "U")
        assert metadata["dc:title"] == str(pdf.docinfo.Title)
        assert metadata["xmp:CreateDate"] == "2026-03-16T02:00:00Z"
    assert world.PROFILE.number in str(pdf.docinfo.Title)
    assert pdf.Root.Lang == "zh-CN"
    (intent,) = pdf.Root.OutputIntents
    assert (intent.S, intent.DestOutputProfile.N) == ("/GTS_PDFA1", 3)
    assert pdf.trailer.ID is not None
    assert not pdf.is_encrypted
    assert len(pdf.pages) == 1
    fonts = pdf.pages[0].Resources.Font.values()
    assert len(list(fonts)) >= 2
    for font in fonts:
        assert "/FontFile3" in font.DescendantFonts[0].FontDescriptor or "/FontFile2" in (
            font.DescendantFonts[0].FontDescriptor
        )
        assert "/ToUnicode" in font
    forbidden = {"/JavaScript", "/OpenAction", "/AA", "/AcroForm"}
    assert not any(forbidden & set(one.keys()) for one in pdf.objects if isinstance(one, pikepdf.Dictionary))


def test_the_signed_certificate_travels_inside_byte_for_byte(printer: Printer) -> None:
    content, certificate, _ = printed(printer=printer)
    pdf = pikepdf.open(io.BytesIO(content))
    assert list(pdf.attachments) == ["certificate.json"]
    (specification,) = pdf.Root.AF
    assert specification.AFRelationship == "/Source"
    assert specification.EF.F.Subtype == "/application/vc"
    assert pdf.attachments["certificate.json"].get_file().read_bytes() == certificate


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="not installed: apt-get install qpdf")
def test_qpdf_has_nothing_to_say(tmp_path: Path, printer: Printer) -> None:
    (tmp_path / "c.pdf").write_bytes(printed(printer=printer)[0])
    said = subprocess.run(["qpdf", "--check", tmp_path / "c.pdf"], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("pdfdetach") is None, reason="not installed: apt-get install poppler-utils")
def test_pdfdetach_gives_the_certificate(tmp_path: Path, printer: Printer) -> None:
    (tmp_path / "c.pdf").write_bytes(printed(printer=printer)[0])
    subprocess.run(["pdfdetach", "-save", "1", "-o", tmp_path / "c.json", tmp_path / "c.pdf"], check=True)
    assert (tmp_path / "c.json").read_bytes() == printed()[1]


def test_one_certificate_gives_one_pdf_in_whatever_process() -> None:
    content, certificate, code = printed()
    assert certificate_pdf(certificate, code, world.BASE, True) == content
    assert limited_printer(certificate, code, world.BASE, True) == content


def test_one_certificate_gives_one_pdf_from_whatever_press() -> None:
    content, certificate, code = printed(printer=PRESS)
    assert Press()(certificate, code, world.BASE, True) == content


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"is_demo": False},
        {"sealed": False},
        {"profile": replace(world.PROFILE, basis="interim")},
        *({"profile": named(*names)} for names in NAMES.values()),
        {"profile": named("林" * 21, "W" * 60), "sealed": False},
    ],
)
def test_both_printers_print_the_same_letters(options: dict[str, Any]) -> None:
    one, other = (Counter(text_of(printed(**options, printer=printer)[0])) for printer in (certificate_pdf, PRESS))
    assert one == other


def test_a_custodian_is_printed_in_the_same_letters() -> None:
    certificate = world.certificate(world.CUSTODY, created=world.CUSTODY_AT)
    one, other = (
        Counter(text_of(printer(certificate, None, world.BASE, True))) for printer in (certificate_pdf, PRESS)
    )
    assert one == other


def test_our_bold_font_has_every_text_that_is_set_in_bold() -> None:
    texts = [codes.FIELDS, codes.GRADES, codes.SOCIETIES]
    fixed = "".join(one.name_zh + one.name_en for table in texts for one in table.values())
    bold = TTFont(FONTS / "serif-bold.otf").getBestCmap()
    assert not {
        letter for letter in fixed + "本登记为工程能力评价结果（演示数据）授权已终止" if ord(letter) not in bold
    }


def test_the_fonts_are_those_that_sources_md_names() -> None:
    said = (FONTS / "SOURCES.md").read_text(encoding="utf-8")
    for font in FONTS.glob("*.otf"):
        assert hashlib.sha256(font.read_bytes()).hexdigest() in said, font.name


@pytest.mark.parametrize(("hans", "latin"), NAMES.values(), ids=NAMES)
def test_the_code_on_the_page_at_150_dpi_and_the_name_are_read(
    hans: str | None, latin: str | None, printer: Printer
) -> None:
    content, _, code = printed(named(hans, latin), printer=printer)
    expected = "".join(text for text, _ in code_segments(world.BASE, world.PROFILE.page_id, code))
    assert read_code(page_of(content)) == expected
    for name in (hans, latin):
        assert squeezed(name or "") in text_of(content)


@pytest.mark.parametrize("sealed", [True, False], ids=["sealed", "address"])
def test_the_printed_code_is_32_mm_wide_and_sharp(sealed: bool, printer: Printer) -> None:
    picture = page_of(printed(sealed=sealed, printer=printer)[0], dpi=600).convert("L")
    (found,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    corner, other = found.position.top_left, found.position.top_right
    assert abs((other.x - corner.x) / 600 * 25.4 - 32) < 0.2
    dots = picture.crop((corner.x, corner.y, other.x, found.position.bottom_left.y)).histogram()
    assert sum(dots[16:240]) < 0.1 * sum(dots), "edges alone may be grey"


def test_site_a51_the_page_carries_what_it_must_say() -> None:
    text = text_of(printed()[0])
    for line in (
        "已登记为工程会员：专业工程师（PE）级",
        "Professional Engineer (PE)",
        "CSE26ELE00012379",
        "2026 年 3 月 16 日起，至 2031 年 3 月 15 日 24:00（北京时间）",
        "from 16 March 2026 to the end of 15 March 2031, China time (UTC+8)",
        "T/CAS 326-2021",
        "示例电气工程学会",
        "Example Society of Electrical Engineering",
        "Check that the address is exactly localhost:8000",
        "请核对网址",
        "Competency registration; not a licence to practise, statutory registration or job title.",
        "本登记为工程能力评价结果，不是行政许可、法定注册执业资格或职称。",
        "Ask for photo ID. Many people share a name; this page does not show who presents it.",
        "请核对姓名与身份证件。同名者众，本页不证明出示者身份。",
        "Once a certificate is replaced, other verifiers show the old one as revoked",
    ):
        assert squeezed(line) in text, line
    assert "已注册为" not in text


@pytest.mark.parametrize(
    ("line", "options", "is_there"),
    [
        ("DEMONSTRATIONDATA", {"is_demo": True}, True),
        ("演示数据，并非真实登记", {"is_demo": True}, True),
        ("DEMONSTRATION", {"is_demo": False}, False),
        ("二维码仅含网址", {"sealed": False}, True),
        ("carriestheaddressonly", {"sealed": False}, True),
        ("carriestheaddressonly", {"sealed": True}, False),
        ("Interimcertificate", {"profile": replace(world.PROFILE, basis="interim")}, True),
        ("Interimcertificate", {}, False),
    ],
)
def test_a_line_is_printed_where_it_holds_and_nowhere_else(line: str, options: dict[str, bool], is_there: bool) -> None:
    assert (line in text_of(printed(**options)[0])) is is_there


def test_site_a39_a_name_over_60_bytes_is_printed_with_the_address_alone() -> None:
    content = printed(named("林" * 21, "Lin"), sealed=False)[0]
    assert read_code(page_of(content)).count("#") == 0
    assert "林" * 21 in text_of(content)


def test_certificates_in_custody_name_the_custodian() -> None:
    content = certificate_pdf(
        world.certificate(world.CUSTODY, created=world.CUSTODY_AT), None, world.BASE, is_demo=True
    )
    assert squeezed("中国工程师联合体代管机构（代示例地质工程学会，授权已终止）") in text_of(content)


def test_a_character_without_a_glyph_is_named_and_nothing_is_printed(printer: Printer) -> None:
    with pytest.raises(UnprintableError, match=r"(?i)3FFFD.*apt-get install"):
        printer(changed(nameHans="裴\U0003fffd"), None, world.BASE, is_demo=True)


@pytest.mark.skipif(
    not Path("/usr/share/fonts/truetype/hanazono").exists(), reason="not installed: apt-get install fonts-hanazono"
)
def test_a_character_of_another_font_is_printed_with_that_font(printer: Printer) -> None:
    content = printer(changed(nameHans="裴𠀀"), None, world.BASE, True)
    assert "裴𠀀" in text_of(content)
    pdf = pikepdf.open(io.BytesIO(content))
    assert any("HanaMin" in str(font.BaseFont) for font in pdf.pages[0].Resources.Font.values())


def test_threat_H09_markup_in_a_certificate_is_text(printer: Printer) -> None:
    document = world.parsed(world.certificate())
    document["credentialSubject"] |= {
        "nameHans": "<style>@import url(http://127.0.0.1/x);</style>",
        "nameLatin": MARKUP,
    }
    document["credentialSubject"]["achievement"]["creator"]["name"] = f"{MARKUP} {MARKUP}"
    content = printer(json.dumps(document).encode(), None, world.BASE, is_demo=True)
    assert squeezed(MARKUP) in text_of(content)
    assert "<style>@importurl(http://127.0.0.1/x);</style>" in text_of(content)
    assert list(pikepdf.open(io.BytesIO(content)).attachments) == ["certificate.json"]


@pytest.mark.parametrize(
    "html",
    ["<link rel=attachment href=file:///etc/passwd>", "<img src='http://127.0.0.1/x.png'>", "<img src='data:,x'>"],
)
def test_threat_T20_an_address_from_outside_ends_the_printing(html: str) -> None:
    with pytest.raises(FatalURLFetchingError):
        typeset(f"<p>{html}</p>", [""], ENCLOSED)


@pytest.mark.parametrize("url", ["http://127.0.0.1/x", "file:///etc/passwd", "data:text/css,x", "cse:other", ""])
def test_threat_T20_the_fetcher_serves_what_it_was_given_and_nothing_else(url: str) -> None:
    fetcher = MemoryFetcher({"cse:certificate.json": ENCLOSED})
    with pytest.raises(FatalURLFetchingError):
        fetcher.fetch(url)
    with pytest.raises(FatalURLFetchingError):
        fetcher.open(url)
    assert fetcher.fetch("cse:certificate.json").read() == b"{}"


def test_threat_T20_a_stylesheet_that_imports_ends_the_printing() -> None:
    with pytest.raises(FatalURLFetchingError):
        typeset("<p>x</p>", ["@import url(http://127.0.0.1/x);"], ENCLOSED)


@pytest.mark.parametrize(
    ("certificate", "why"),
    [
        (changed(nameHans="林" * 1_000_000), "65536 bytes"),
        (changed(nameHans="林" * 201), "name_hans has more than 200 characters"),
        (changed(nameLatin="L\u202ein"), "name_latin has more than"),
        (with_society(f"{'示' * 200} {'W' * 200}"), "more than one page"),
    ],
    ids=["a megabyte", "201 characters", "turned text", "two pages"],
)
def test_threat_H10_what_does_not_fit_the_page_is_refused(certificate: bytes, why: str, printer: Printer) -> None:
    with pytest.raises(UnprintableError, match=why):
        printer(certificate, None, world.BASE, is_demo=True)


def test_the_longest_names_are_printed_whole(printer: Printer) -> None:
    content = printer(changed(nameHans="林" * 200, nameLatin="W" * 200), None, world.BASE, is_demo=True)
    assert "林" * 200 in text_of(content)
    assert "W" * 200 in text_of(content)
    assert squeezed("is registered as an engineering member: Professional Engineer (PE)") in text_of(content)


def test_without_pango_the_refusal_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango')", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "issuer.typesetting")
    with pytest.raises(PrinterMissingError, match="apt-get install libpangoft2"):
        certificate_pdf(world.certificate(), None, world.BASE, is_demo=True)


def test_the_badge_is_600_dots_wide_leads_to_the_page_and_carries_the_certificate() -> None:
    badge = badge_png(world.certificate(), world.BASE, True)
    picture = Image.open(io.BytesIO(badge))
    assert picture.size == (600, 600)
    assert read_code(picture) == "".join(text for text, _ in code_segments(world.BASE, world.PROFILE.page_id, None))
    assert baked_credential(badge, Kind.PNG) == world.certificate()
