"""Certificates by the thousand: what differs between two of one kind stands in holes (`performance.md` 4a).

A kind is a profile whose names, numbers and days are stand-ins. Its certificate is built and canonicalized once, by the
builder and the reference, and split at the stand-ins. A kind whose canonical lines could come in another order, or that
has more than one node without an id, is refused, and so is one of which a sample is not what builder and PyLD make.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import pairwise
from json.encoder import encode_basestring

from issuer.build import china_text, unsigned_certificate
from issuer.draft import Draft
from issuer.profile import Assessment, CertificateProfile, StatusPlace
from issuer.proofs import document_bytes
from issuer.refusals import TemplateError
from schemas.names import full_name
from verifier.canonical import escaped
from verifier.cryptosuite import DocumentHashes, jcs_bytes
from verifier.rdf import reference_nquads

# The first of each kind, and then so many, are compared with what builder and reference make.
_ONE_IN = 1_000
_DAYS = [date(7000 + number, 1, 1) for number in range(8)]


def kind_of(profile: CertificateProfile) -> CertificateProfile:
    """Return the kind of a certificate: its profile with stand-ins for all that differs from one to the next."""
    return replace(
        profile,
        page_id="z" * 19 + "0",
        name_hans="㐀㐁" if profile.name_hans else None,
        name_latin="Ʒƺ" if profile.name_latin else None,
        number="CSE70XXX70000001",
        grade_since=_DAYS[0],
        first_registered=_DAYS[1],
        term_number=70_000_002,
        term_from=_DAYS[2],
        term_until=_DAYS[3],
        valid_from=datetime(7700, 1, 1, tzinfo=UTC),
        valid_until=_DAYS[4] if profile.valid_until else None,
        issue_number=70_000_003,
        status=StatusPlace(70_000_004, 70_000_005),
        discipline="㐂㐃" if profile.discipline else None,
        assessment=profile.assessment and _kind_of_assessment(profile.assessment),
    )


def _kind_of_assessment(tests: Assessment) -> Assessment:
    return Assessment(
        material_review_on=_DAYS[5] if tests.material_review_on else None,
        written_test_on=_DAYS[6] if tests.written_test_on else None,
        interview_on=_DAYS[7] if tests.interview_on else None,
        waiver=tests.waiver,
    )


def _values(profile: CertificateProfile) -> list[str]:
    """Return what fills the holes, in the order of their stand-ins."""
    tests = profile.assessment or Assessment()
    given = (
        profile.page_id,
        profile.name_hans or None,
        profile.name_latin or None,
        profile.number,
        profile.grade_since,
        profile.first_registered,
        profile.term_number,
        profile.term_from,
        profile.term_until,
        china_text(profile.valid_from),
        profile.valid_until,
        profile.issue_number,
        profile.status.list_number,
        profile.status.index,
        profile.discipline or None,
        tests.material_review_on,
        tests.written_test_on,
        tests.interview_on,
    )
    return [str(value) for value in given if value is not None]


class _Form:
    """A text in pieces: constants, and the positions of the values between them."""

    def __init__(self, text: str, stand_ins: Sequence[str]) -> None:
        pieces = re.split(f"({'|'.join(map(re.escape, stand_ins))})", text)
        self.order = [stand_ins.index(piece) for piece in pieces[1::2]]
        self._format = b"%b".join(piece.encode().replace(b"%", b"%%") for piece in pieces[::2])

    def fill(self, values: Sequence[bytes]) -> bytes:
        return self._format % tuple([values[place] for place in self.order])


class Template:
    """The three texts of one kind of certificate: as it is stored, as JCS has it, and its canonical N-Quads."""

    def __init__(self, kind: CertificateProfile) -> None:
        """Build the certificate of a kind. Raises `TemplateError`."""
        document, stand_ins = unsigned_certificate(kind), _values(kind)
        nquads = reference_nquads(document, kind.base)
        require_fixed_order(nquads, stand_ins)
        self._contexts, self._base, self._made = document["@context"], kind.base, 0
        self._holes = len(stand_ins)
        self._text, self._jcs, self._nquads = (
            _Form(text, stand_ins) for text in (document_bytes(document).decode(), jcs_bytes(document).decode(), nquads)
        )

    def fill(self, profile: CertificateProfile) -> Draft:
        """Return the draft of a `profile` of this kind. Raises `TemplateError` if it is a sample, and wrong."""
        values = _values(profile)
        if len(values) != self._holes:
            raise TemplateError("a certificate has more or fewer values than its template has holes")
        written = [encode_basestring(value)[1:-1].encode() for value in values]
        jcs = self._jcs.fill(written)
        nquads = self._nquads.fill([escaped(value).encode() for value in values])
        known = {(True, "sha256"): hashlib.sha256(nquads).digest(), (False, "sha256"): hashlib.sha256(jcs).digest()}
        text = self._text.fill(written)
        if self._made % _ONE_IN == 0:
            document = unsigned_certificate(profile)
            if (text, nquads.decode()) != (document_bytes(document), reference_nquads(document, profile.base)):
                raise TemplateError("a certificate from the template is not the one that builder and PyLD make")
        self._made += 1
        return Draft(text, DocumentHashes({"@context": self._contexts}, self._base, known=known))


def require_fixed_order(nquads: str, stand_ins: Sequence[str]) -> None:
    """Raise `TemplateError` unless the lines stay sorted, and labels the same, whatever fills the holes.

    Two lines must differ first in constant text, and one node without an id is always `c14n0`.
    """
    hole = re.compile(f"({'|'.join(map(re.escape, stand_ins))})")
    for pair in pairwise(nquads.splitlines()):
        left, right = next(both for both in zip(*map(hole.split, pair), strict=False) if both[0] != both[1])
        if {left, right} & {*stand_ins} or left.startswith(right) or right.startswith(left):
            raise TemplateError("the order of the canonical lines depends on what fills the template")
    if "_:c14n1" in nquads:
        raise TemplateError("the labels of nodes without an id depend on what fills the template")


@lru_cache(maxsize=512)
def template_of(kind: CertificateProfile) -> Template:
    """Return the template of a kind, as `kind_of` gives it. Raises `TemplateError`."""
    return Template(kind)


def drafted(profile: CertificateProfile) -> Draft:
    """Return the draft of the certificate of `profile`.

    Raises `TextError` if the holder has no printable name, and `TemplateError`.
    """
    full_name(profile.name_hans, profile.name_latin)
    return template_of(kind_of(profile)).fill(profile)
