"""The QR of a certificate, for paper and for screens (`site.md` 5)."""

import io
from collections.abc import Iterator
from re import finditer
from typing import NamedTuple

import segno
from segno import consts

from schemas.paper_code import code_segments

LARGEST_VERSION = 12
"""On 32 mm of paper a larger code has modules that photos no longer resolve."""
PAPER_MM = 32
"""Side of a printed code without its quiet zone."""
QUIET_MODULES = 4
_MASK = 2
"""Every mask is legal; to compare all eight takes three quarters of the time, and signatures are noise under each."""
_FEWEST_DOTS = -(-PAPER_MM * 300 * 10 // 254)
"""Dots of 32 mm at 300 per inch."""


class Code(NamedTuple):
    """A drawn code, and whether it carries the seal or the address alone."""

    symbol: segno.QRCode
    is_sealed: bool


def paper_code(base: str, page_id: str, code: bytes | None) -> Code:
    """Return the code for paper: with the seal at correction M, or the address alone if it would be too large."""
    if code is not None:
        symbol = _symbol(base, page_id, code, "m")
        if int(symbol.version) <= LARGEST_VERSION:
            return Code(symbol, is_sealed=True)
    return screen_code(base, page_id)


def screen_code(base: str, page_id: str) -> Code:
    """Return the code for screens: the address alone, at correction Q."""
    return Code(_symbol(base, page_id, None, "q"), is_sealed=False)


def _symbol(base: str, page_id: str, code: bytes | None, error: str) -> segno.QRCode:
    parts = code_segments(base, page_id, code)
    segments = [(text, getattr(consts, f"MODE_{mode.upper()}")) for text, mode in parts]
    # The library takes segments with their modes, and its annotations do not say so.
    return segno.make(segments, error=error, boost_error=False, micro=False, mask=_MASK)  # type: ignore[arg-type]


def printed_side_mm(code: Code) -> float:
    """Return the side of a printed code with its quiet zone, mm."""
    modules = len(code.symbol.matrix)
    return PAPER_MM * (modules + 2 * QUIET_MODULES) / modules


def qr_svg(code: Code) -> bytes:
    """Draw `code` in black on white, one path, with its quiet zone; a module is one unit, the code 32 mm."""
    path = "".join(f"M{x} {y}h{width}v1h-{width}z" for x, y, width in _bars(code))
    side, paper = len(code.symbol.matrix) + 2 * QUIET_MODULES, f"{printed_side_mm(code):.3f}mm"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{paper}" height="{paper}" viewBox="0 0 {side} {side}" '
        'shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>'
    ).encode()


def qr_pdf(code: Code) -> bytes:
    """Draw `code` as operators of PDF: with its quiet zone a square of side 1, and y grows downwards."""
    bars = "".join(f"{x} {y} {width} 1 re " for x, y, width in _bars(code))
    scale = 1 / (len(code.symbol.matrix) + 2 * QUIET_MODULES)
    return f"1 1 1 rg 0 0 1 1 re f 0 0 0 rg {scale:.9f} 0 0 {scale:.9f} 0 0 cm {bars}f".encode()


def _bars(code: Code) -> Iterator[tuple[int, int, int]]:
    """Give column, row and length of each run of dark modules, counted from the edge of the quiet zone."""
    for y, row in enumerate(code.symbol.matrix, QUIET_MODULES):
        for run in finditer(b"\x01+", row):
            yield QUIET_MODULES + run.start(), y, run.end() - run.start()


def qr_png(code: Code) -> bytes:
    """Draw `code` with whole dots for each module, at least 300 per inch, and say how many: printed it has 32 mm."""
    file, modules = io.BytesIO(), len(code.symbol.matrix)
    scale = -(-_FEWEST_DOTS // modules)
    dpi = round(scale * modules * 25.4 / PAPER_MM)
    code.symbol.save(file, kind="png", scale=scale, border=QUIET_MODULES, dpi=dpi)
    return file.getvalue()
