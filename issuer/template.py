"""Certificates by the thousand: what differs between two of one kind stands in holes (`performance.md` 4a).

A kind is a profile whose names, numbers and days are stand-ins. Its certificate is built and canonicalized once, by the
builder and the reference, and split at the stand-ins. A kind whose canonical lines could come in another order, or that
has more than one node without an id, is refused, and so is one of which a sample is not what builder and PyLD make.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import pairwise
from json.encoder import encode_basestring
from operator import attrgetter, itemgetter
from typing import Any

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
# What neither JSON nor N-Quads escapes, and no value holds (R-ME-02): all are escaped at once.
_BETWEEN = "\ufffc"
_STAND_INS: dict[str, Any] = {
    "page_id": "z" * 19 + "0",
    "name_hans": "㐀㐁",
    "name_latin": "Ʒƺ",
    "number": "CSE70XXX70000001",
    "grade_since": date(7000, 1, 1),
    "first_registered": date(7001, 1, 1),
    "term_number": 70_000_002,
    "term_from": date(7002, 1, 1),
    "term_until": date(7003, 1, 1),
    "valid_until": date(7004, 1, 1),
    "issue_number": 70_000_003,
    "discipline": "㐂㐃",
    "material_review_on": date(7005, 1, 1),
    "written_test_on": date(7006, 1, 1),
    "interview_on": date(7007, 1, 1),
}
_FIXED = ("base", "is_demo", "grade", "field", "society", "basis", "standard", "assessed_by")
_TESTS = tuple(name for name in _STAND_INS if name in Assessment.__dataclass_fields__)
_fixed, _tested = attrgetter(*_FIXED), attrgetter(*_TESTS)
_own = attrgetter(*(name for name in _STAND_INS if name not in _TESTS))


def kind_of(profile: CertificateProfile) -> tuple[Any, ...]:
    """Return the kind of a certificate: what all of it share, and which of the values that differ are given at all."""
    tests = profile.assessment
    return *_fixed(profile), tests and tests.waiver, *[value and True for value in _given(profile)]


def _given(profile: CertificateProfile) -> tuple[Any, ...]:
    """Return what differs from one certificate to the next, in the order of the stand-ins; also what is not given."""
    own: tuple[Any, ...] = _own(profile)
    return own + _tested(profile.assessment) if profile.assessment else own


def _profile_of(kind: tuple[Any, ...]) -> CertificateProfile:
    """Return the profile of a kind, with stand-ins for all that differs from one to the next."""
    named = zip((*_FIXED, "waiver", *_STAND_INS), kind, strict=False)
    said = {name: _STAND_INS.get(name, True) if value is True else value for name, value in named}
    tests = {name: said.pop(name) for name in ("waiver", *_TESTS) if name in said}
    return CertificateProfile(
        **said,
        valid_from=datetime(7700, 1, 1, tzinfo=UTC),
        status=StatusPlace(70_000_004, 70_000_005),
        assessment=Assessment(**tests) if len(tests) > 1 else None,
    )


def _values(profile: CertificateProfile) -> list[str]:
    """Return what fills the holes, in the order of their stand-ins."""
    place = profile.status
    always = (china_text(profile.valid_from), str(place.list_number), str(place.index))
    return [*always, *map(str, filter(None, _given(profile)))]


class _Form:
    """A text in pieces: constants, and the positions of the values between them."""

    def __init__(self, text: str, stand_ins: Sequence[str]) -> None:
        pieces = re.split(f"({'|'.join(map(re.escape, stand_ins))})", text)
        self._ordered: Callable[[Sequence[bytes]], tuple[bytes, ...]] = itemgetter(*map(stand_ins.index, pieces[1::2]))
        self._format = b"%b".join(piece.encode().replace(b"%", b"%%") for piece in pieces[::2])
        self._start, self._begun = len(pieces[0].encode()), hashlib.sha256(pieces[0].encode())

    def fill(self, values: Sequence[bytes]) -> bytes:
        return self._format % self._ordered(values)

    def sha256(self, filled: bytes) -> bytes:
        """Return the digest of the text as it was filled, of which the start is hashed already."""
        whole = self._begun.copy()
        whole.update(memoryview(filled)[self._start :])
        return whole.digest()


class Template:
    """The three texts of one kind of certificate: as it is stored, as JCS has it, and its canonical N-Quads."""

    def __init__(self, kind: tuple[Any, ...]) -> None:
        """Build the certificate of a kind. Raises `TemplateError`."""
        profile = _profile_of(kind)
        document, stand_ins = unsigned_certificate(profile), _values(profile)
        nquads = reference_nquads(document, profile.base)
        require_fixed_order(nquads, stand_ins)
        self._contexts, self._base, self._made, self._holes = document["@context"], profile.base, 0, len(stand_ins)
        self._text, self._jcs, self._nquads = (
            _Form(text, stand_ins) for text in (document_bytes(document).decode(), jcs_bytes(document).decode(), nquads)
        )

    def fill(self, profile: CertificateProfile) -> Draft:
        """Return the draft of a `profile` of this kind. Raises `TemplateError` if it is a sample, and wrong."""
        values = _values(profile)
        together = _BETWEEN.join(values)
        escapes = escaped(together)
        in_graph = in_json = escapes.encode().split(_BETWEEN.encode())
        if escapes is not together:  # What no canonical text escapes, no JSON does.
            in_json = encode_basestring(together)[1:-1].encode().split(_BETWEEN.encode())
        if not len(values) == len(in_json) == self._holes:
            raise TemplateError("a certificate has more or fewer values than its template has holes")
        text, jcs, nquads = self._text.fill(in_json), self._jcs.fill(in_json), self._nquads.fill(in_graph)
        known = {(True, "sha256"): self._nquads.sha256(nquads), (False, "sha256"): self._jcs.sha256(jcs)}
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


template_of = lru_cache(maxsize=512)(Template)
"""The template of a kind, as `kind_of` gives it. Raises `TemplateError`."""


def drafted(profile: CertificateProfile) -> Draft:
    """Return the draft of the certificate of `profile`.

    Raises `TextError` if the holder has no printable name, and `TemplateError`.
    """
    full_name(profile.name_hans, profile.name_latin)
    return template_of(kind_of(profile)).fill(profile)
