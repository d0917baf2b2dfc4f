"""Paper: the PDF of a certificate, made when it is asked for, and its QR.

Only the digest of a PDF is kept (`threats.md` 9): one certificate and one version of this program give one PDF.
"""

import hashlib
from datetime import datetime
from typing import Protocol, cast

from issuer.qr import Code, paper_code
from registry.services.ports import Desk
from registry.store.certificates import StoredCertificate


class Printer(Protocol):
    """What turns signed bytes, paper code, base address and the mark of a demonstration into a PDF."""

    def __call__(self, certificate: bytes, code: bytes | None, base: str, is_demo: bool) -> bytes:
        """Return the PDF. Raises the refusals of `issuer`, or why it could not be tried."""


def print_page(desk: Desk, page_id: str, *, printer: Printer, now: datetime) -> bytes:
    """Return the PDF of a certificate that is known to be there by its page; see `print_certificate`."""
    with desk.open_reading() as work:
        certificate = cast("StoredCertificate", work.certificates.by_page(page_id))
    return print_certificate(desk, certificate, printer=printer, now=now)


def print_certificate(desk: Desk, certificate: StoredCertificate, *, printer: Printer, now: datetime) -> bytes:
    """Return the PDF of a certificate that the caller was allowed to read, and keep its digest."""
    content = printer(certificate.document, _newest_code(desk, certificate), desk.base, desk.is_demo)
    digest = hashlib.sha256(content).hexdigest()
    with desk.open_reading() as work:
        is_known = work.certificates.was_printed(certificate.page_id, digest)
    if not is_known:
        with desk.open_work() as work:
            work.certificates.keep_printed(certificate.page_id, sha256=digest, made_at=now)
    return content


def drawn_paper_code(desk: Desk, certificate: StoredCertificate) -> Code:
    """Return the QR as it stands on the paper of a certificate."""
    return paper_code(desk.base, certificate.page_id, _newest_code(desk, certificate))


def _newest_code(desk: Desk, certificate: StoredCertificate) -> bytes | None:
    """Return the last paper code that was sealed, or None for a certificate from before there were any."""
    with desk.open_reading() as work:
        codes = work.certificates.paper_codes(certificate.page_id)
    return codes[-1] if codes else None
