"""The certificate on paper: one A4 page in Chinese and English, the signed credential attached.

Everything that is printed comes from the signed bytes, and is text: nothing of it is read as markup.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Any
from urllib.parse import urlsplit

from issuer.build import china_text
from issuer.qr import Code, paper_code, printed_side_mm, qr_pdf
from issuer.refusals import PrinterMissingError, UnprintableError
from schemas import codes
from schemas.addresses import page_url
from schemas.names import LONGEST_NAME, has_control_character
from schemas.refusals import translated
from verifier.certificate import CertificateFacts, read_certificate
from verifier.instants import civil_day, parse_instant

ATTACHMENT = "certificate.json"
_LARGEST = 65_536
"""Longest certificate that is printed, bytes; ours have about 5,000."""
_NO_PANGO = "PDFs need Pango, which is missing (Debian: apt-get install libpangoft2-1.0-0 fonts-noto-cjk)"


def certificate_pdf(certificate: bytes, code: bytes | None, base: str, is_demo: bool) -> bytes:
    """Return the PDF of a signed `certificate` of this register; without a paper `code` its QR is the address alone.

    Raises `UnprintableError` if it cannot be printed whole, and `PrinterMissingError` without the libraries.
    """
    page, styles, drawn = page_of(certificate, code, base, is_demo)
    signed_at = parse_instant(json.loads(certificate)["proof"][0]["created"])
    return printed(page, styles, (ATTACHMENT, "application/vc", certificate, signed_at), qr_pdf(drawn))


def printed(html: str, styles: Sequence[str], enclosed: tuple[str, str, bytes, datetime], code: bytes = b"") -> bytes:
    """Return what `typesetting` makes of a page and of the file inside. Raises `PrinterMissingError` without Pango."""
    with translated(OSError, to=PrinterMissingError(_NO_PANGO)):
        from issuer.typesetting import Enclosure, typeset
    return typeset(html, styles, Enclosure(*enclosed), code)


def page_of(certificate: bytes, code: bytes | None, base: str, is_demo: bool) -> tuple[str, tuple[str, str], Code]:
    """Return what `certificate_pdf` prints: page as HTML, style sheets with the roomiest first, and what is drawn."""
    drawn = drawn_code(certificate, code, base)
    values = escaped(printed_values(certificate, drawn, base, is_demo))
    roomy, tight = template("certificate.css").template, template("certificate-tight.css").template
    return template("certificate.html").substitute(values), (roomy, roomy + tight), drawn


def drawn_code(certificate: bytes, code: bytes | None, base: str) -> Code:
    """Return the QR for the paper of a `certificate`. Raises `UnprintableError` if that is longer than any of ours."""
    if len(certificate) > _LARGEST:
        raise UnprintableError(f"a certificate of more than {_LARGEST} bytes is not printed")
    return paper_code(base, read_certificate(json.loads(certificate)).page_id, code)


@cache
def template(name: str) -> Template:
    """Return the template `name` of `data`."""
    return Template((files("issuer") / "data" / name).read_text(encoding="utf-8"))


def printed_values(certificate: bytes, drawn: Code, base: str, is_demo: bool) -> dict[str, str]:
    """Return what a `certificate` says by the names in every template, with the code `drawn` for it.

    Raises `UnprintableError` if a text cannot be printed.
    """
    document = json.loads(certificate)
    facts = read_certificate(document)
    texts = {name: text for name, text in asdict(facts).items() if isinstance(text, str)} | _texts(document, facts)
    texts |= {"host": urlsplit(base).netloc, "page": page_url(base, facts.page_id)}
    shown = {"demo": is_demo, "interim": facts.basis == "interim", "address-only": not drawn.is_sealed}
    for name, text in texts.items():
        if len(text) > LONGEST_NAME or has_control_character(text):
            raise UnprintableError(f"{name} has more than {LONGEST_NAME} characters, or one that is not printed")
    return texts | {
        "classes": " ".join(name for name, is_shown in shown.items() if is_shown),
        "hans_size": _size(texts["hans"], 9),
        "latn_size": _size(texts["latn"], 32),
        "side": f"{printed_side_mm(drawn):.3f}",
    }


def escaped(values: dict[str, str]) -> dict[str, str]:
    """Return `values` as text of HTML and SVG."""
    return {name: escape(text) for name, text in values.items()}


def _texts(document: dict[str, Any], facts: CertificateFacts) -> dict[str, str]:
    """Return the names of the template that are not those of the facts; what is said twice, in both languages."""
    grade, field = codes.GRADES[facts.grade], codes.FIELDS[facts.field]
    cse, society = document["proof"][0], document["proof"][2]
    both = {
        "cse": document["issuer"]["name"].partition(" ")[::2],
        "society": document["credentialSubject"]["achievement"]["creator"]["name"].partition(" ")[::2],
        "grade": (grade.name_zh, grade.name_en),
        "field": (field.name_zh, field.name_en),
        "from": _day(facts.valid_from_text),
        "until": _day(facts.valid_until_text),
        "first": _day(facts.first_registered),
        "signed": _day(china_text(parse_instant(cse["created"]))),
    }
    texts = {
        f"{name}_{lang}": text for name, pair in both.items() for lang, text in zip(("zh", "en"), pair, strict=True)
    }
    keys = {"cse_key": cse["verificationMethod"], "society_key": society["verificationMethod"]}
    return texts | keys | {"created": cse["created"], "hans": facts.name_hans or "", "latn": facts.name_latin or ""}


def _day(text: str) -> tuple[str, str]:
    day = civil_day(text)
    return f"{day.year} 年 {day.month} 月 {day.day} 日", f"{day.day} {day:%B %Y}"


def _size(text: str, fits: int) -> str:
    """Return how large a name is set: what fits one line at the largest size, at the next, or neither."""
    return "large" if len(text) <= fits else "medium" if len(text) <= 2 * fits else "small"
