"""Printing in a limited child (`threats.md` T20, H10)."""

from issuer.badge import badge_png
from issuer.certificate_pdf import certificate_pdf
from registry.adapters.children import Children, run_limited

SECONDS = 10.0
MEMORY = 512 << 20
POOL = Children()  # Of its own, so that checking goes on however much is printed (`threats.md` 3, shed order).


def limited_printer(certificate: bytes, code: bytes | None, base: str, is_demo: bool) -> bytes:
    """Return the PDF of a certificate. Raises what `certificate_pdf` raises, `ChildFailedError` and `BusyError`."""
    return run_limited(certificate_pdf, certificate, code, base, is_demo, seconds=SECONDS, memory=MEMORY, pool=POOL)


def limited_badge(certificate: bytes, base: str, is_demo: bool) -> bytes:
    """Return the badge as PNG. Raises what `badge_png` raises, `ChildFailedError` and `BusyError`."""
    return run_limited(badge_png, certificate, base, is_demo, seconds=SECONDS, memory=MEMORY, pool=POOL)
