"""Certificates on paper by the thousand: the page of `certificate_pdf`, set by typst (ADR 0011)."""

from importlib.resources import files
from typing import cast

import typst

from issuer.certificate_pdf import drawn_code, printed_values
from issuer.qr import qr_svg
from issuer.refusals import MORE_FONTS, TOO_LONG, UnprintableError

_DATA = str(files("issuer") / "data")


class Press:
    """Prints one certificate after the other; the fonts are found once, ours before those of the system."""

    def __init__(self) -> None:
        """Find the fonts."""
        fonts = typst.Fonts(include_embedded_fonts=False, font_paths=[f"{_DATA}/fonts"])
        self._compiler = typst.Compiler(f"{_DATA}/certificate.typ", root=_DATA, font_paths=fonts)

    def __call__(self, certificate: bytes, code: bytes | None, base: str, is_demo: bool) -> bytes:
        """Return the PDF of a signed `certificate`, as `certificate_pdf` does. Raises `UnprintableError`."""
        drawn = drawn_code(certificate, code, base)
        values = printed_values(certificate, drawn, base, is_demo)
        values |= {"certificate": certificate.decode(), "qr": qr_svg(drawn).decode(), "too_long": TOO_LONG}
        why = ""
        for style in ("roomy", "tight"):
            try:
                inputs = values | {"style": style}
                return cast("bytes", self._compiler.compile(format="pdf", pdf_standards=["a-3u"], sys_inputs=inputs))
            except typst.TypstError as error:
                why = error.message
        raise UnprintableError(TOO_LONG if TOO_LONG in why else f"{why}: {MORE_FONTS}")
