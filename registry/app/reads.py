"""What the public site may ask, answered from the register and the published folder."""

import hashlib
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from starlette.exceptions import HTTPException

from issuer.badge import badge_svg
from issuer.qr import qr_png, qr_svg, screen_code
from issuer.refusals import IssuerError, UnprintableError
from public_site.problems import problem
from public_site.reads import PrintedForm, PublishedFile, RefusedDocumentError, TrustInForce
from registry.adapters.clock import now
from registry.adapters.printing import limited_badge, limited_printer
from registry.adapters.reading import read_file
from registry.adapters.refusals import AdapterError, BusyError
from registry.domain.numbers import parse_page_id
from registry.domain.refusals import NotFoundError, PageIdError
from registry.domain.status import PublicStatus, status_at
from registry.services import answers, entries, presented, printing, trust
from registry.services.ports import Desk
from registry.services.refusals import QuestionError, ServiceError
from registry.settings import Settings
from registry.store.certificates import StoredCertificate
from registry.store.engine import on_server
from registry.store.refusals import StoreError
from schemas.contexts import REGISTRATION_PATH
from schemas.refusals import translated
from verifier.answers import CodeVerdict, NumberVerdict
from verifier.asked import NOTHING_ASKED, Asked
from verifier.rdf import IS_PLAIN_READ
from verifier.refusals import TooComplexError, TooManyCredentialsError, UnreadableDocumentError, UnreadableFileError
from verifier.weight import LIGHT_BYTES

_LOG = logging.getLogger("cse.public")
_CREDENTIALS = "credentials/"
_PROBLEMS: dict[type[Exception], str] = {
    BusyError: "busy",
    UnreadableDocumentError: "malformed-json",
    TooComplexError: "document-too-complex",
    TooManyCredentialsError: "too-many-credentials",
    StoreError: "register-unreachable",
    QuestionError: "recognition-question",
}
"""Why there is no answer, and the slug of the problem that says so."""

_LOOKED_AT, _EXAMPLES = 24, 3
"""How many numbers of a demonstration are looked at for examples, and how many are shown."""


class RegisterReads:
    """Implements `public_site.Reads` for one register."""

    def __init__(self, desk: Desk, settings: Settings, *, printer: printing.Printer = limited_printer) -> None:
        """Read through `desk` and from the published folder of `settings`; PDFs are made by `printer`."""
        self.base_url, self.is_demo = desk.base, desk.is_demo
        self._desk = desk
        self._context = f"{desk.base}{REGISTRATION_PATH}".encode()
        # Reading a file of this machine takes a moment; a server of databases may be far, slow or dead.
        self._answers_light = IS_PLAIN_READ and not on_server(settings.database_url)
        self._settings = settings
        self._printer = printer

    def _now(self) -> datetime:
        return now(self._settings)

    def examples(self) -> tuple[str, ...]:
        """Return the first numbers of different status in a demonstration, one that counts today before the others."""
        if not self._desk.is_demo:
            return ()
        found: dict[PublicStatus, str] = {}
        moment = self._now()
        try:
            with self._desk.open_reading() as work:
                for number in work.register.numbers()[:_LOOKED_AT]:
                    found.setdefault(status_at(work.register.answering(number).value, moment), number)
        except StoreError:
            return ()
        ordered = sorted(found, key=lambda status: status is not PublicStatus.ACTIVE)
        return tuple(found[status] for status in ordered[:_EXAMPLES])

    def verdict_of_page(self, page_id: str) -> dict[str, Any] | None:
        """Return the verdict of the certificate with this page id, or None."""
        return answers.verdict_of_page(self._desk, page_id, now=self._now())

    def verdict_of_number(self, text: str) -> NumberVerdict:
        """Return what the register answers for a number as it was typed."""
        return answers.verdict_of_number(self._desk, text, now=self._now())

    def verify(self, content: bytes, media_type: str | None = None, asked: Asked = NOTHING_ASKED) -> CodeVerdict:
        """Return the answer to what was handed in, which is kept nowhere. Raises `RefusedDocumentError`."""
        with _refused():
            found = read_file(content, media_type)
            return presented.verdict_of_handed_in(self._desk, content, found, now=self._now(), asked=asked)

    def verify_light(self, content: bytes, media_type: str, asked: Asked) -> CodeVerdict | None:
        """Return what `verify` does, or None for what is not light. Raises `RefusedDocumentError`."""
        # What does not name our context is not parsed here; what does, and proves not to be light, is read again apart.
        is_short = len(content) <= LIGHT_BYTES and content[:1] == b"{" and self._context in content
        if not self._answers_light or not is_short or asked.agreement is not None:
            return None
        with _refused():
            read_file(content, media_type)
            return presented.verdict_of_light(self._desk, content, now=self._now(), asked=asked)

    def recognition(self, question: bytes) -> dict[str, Any] | None:
        """Return the answer to a recognition check, or None if there is no entry. Raises `RefusedDocumentError`."""
        with _refused(), suppress(NotFoundError):
            return presented.recognition_of(self._desk, question, now=self._now())
        return None

    def registration(self, number: str) -> dict[str, Any] | None:
        """Return the public register entry of `number`, or None. Raises `RefusedDocumentError`."""
        with _refused():
            return entries.public_entry(self._desk, number, now=self._now())

    def published(self, path: str) -> PublishedFile | None:
        """Return a published file, or a certificate that its holder opened (in a demonstration: every one)."""
        if path.startswith(_CREDENTIALS):
            return self._credential(path.removeprefix(_CREDENTIALS))
        media_type = self._listed().get(f"/{path}")
        if media_type is None:
            return None
        with suppress(OSError):
            content = (self._settings.publish_dir / path).read_bytes()
            return PublishedFile(content, media_type, hashlib.sha256(content).hexdigest())
        return None

    def _listed(self) -> dict[str, str]:
        """Return path and media type of every file that the manifest names: nothing else is ever served."""
        try:
            manifest = json.loads((self._settings.publish_dir / "manifest.json").read_bytes())
        except (OSError, ValueError):
            return {}
        files = {entry["path"]: entry["media_type"] for entry in manifest["files"]}
        return files | {"/manifest.json": "application/json"}

    def _credential(self, page: str) -> PublishedFile | None:
        certificate = self._opened(page)
        if certificate is None:
            return None
        return PublishedFile(certificate.document, "application/vc", certificate.document_sha256)

    def _opened(self, page: str) -> StoredCertificate | None:
        """Return a certificate that everybody may have: in a demonstration each whose name may be published (C1)."""
        if not self._desk.is_demo:
            return None
        with suppress(PageIdError), translated(StoreError, to=HTTPException(503)):
            page_id = parse_page_id(page)
            with self._desk.open_reading() as work:
                certificate = work.certificates.by_page(page_id)
                return certificate if certificate is not None and answers.may_name(work, certificate) else None
        return None

    def printed(self, page_id: str, form: PrintedForm) -> bytes | None:
        """Return the PDF, badge or screen QR of an opened certificate, or None. Raises `RefusedDocumentError`."""
        certificate = self._opened(page_id)
        if certificate is None:
            return None
        if not form.startswith("qr"):
            return self._made(certificate, form)
        draw = qr_svg if form == "qr.svg" else qr_png
        return draw(screen_code(self._desk.base, certificate.page_id))

    def _made(self, certificate: StoredCertificate, form: PrintedForm) -> bytes:
        with _refused():
            try:
                if form == "pdf":
                    return printing.print_certificate(self._desk, certificate, printer=self._printer, now=self._now())
                make = limited_badge if form == "badge.png" else badge_svg
                return make(certificate.document, self._desk.base, self._desk.is_demo)
            except UnprintableError as error:
                raise RefusedDocumentError(problem("unprintable", reason=error)) from error
            except (AdapterError, IssuerError) as error:
                _LOG.warning("certificate.not-printed code=%s", error.code)
                raise RefusedDocumentError(problem("not-printed")) from error

    def trust(self) -> TrustInForce:
        """Return the trust list in force, as the pinned root signed it."""
        moment = self._now()
        with translated(ServiceError, StoreError, to=HTTPException(503)), self._desk.open_reading() as work:
            trust_list, root = trust.trust_and_root(work, now=moment)
            return TrustInForce(trust_list, root.sha256, moment)

    def ready(self) -> bool:
        """Return whether questions can be answered: the register is read and a trust list is in force."""
        try:
            with self._desk.open_reading() as work:
                trust.trust_in_force(work, now=self._now())
                work.register.has_entry("")
        except (StoreError, ServiceError):
            return False
        return True


@contextmanager
def _refused() -> Iterator[None]:
    """Turn why there is no answer into the problem that is sent."""
    try:
        yield
    except UnreadableFileError as error:
        raise RefusedDocumentError(problem(error.code)) from error
    except tuple(_PROBLEMS) as error:
        slug = next(slug for kind, slug in _PROBLEMS.items() if isinstance(error, kind))
        raise RefusedDocumentError(problem(slug, reason=error)) from error
