"""From a profile to the unsigned certificate; its members and their order stand in `forms` (`credential.md` 2)."""

from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from issuer.bodies import CUSTODIAN, creator_profile, issuer_profile
from issuer.forms import filled
from issuer.profile import CertificateProfile
from schemas import addresses, codes
from schemas.contexts import certificate_contexts
from schemas.names import full_name

_SHANGHAI = ZoneInfo("Asia/Shanghai")


def unsigned_certificate(profile: CertificateProfile) -> dict[str, Any]:
    """Return the certificate of `profile` without proofs. Raises `TextError` if the holder has no printable name."""
    url = addresses.credential_url(profile.base, profile.page_id)
    return filled(
        "certificate",
        profile=profile,
        url=url,
        contexts=certificate_contexts(profile.base),
        grade=codes.GRADES[profile.grade],
        field=codes.FIELDS[profile.field],
        issuer=issuer_profile(profile.base, is_demo=profile.is_demo),
        valid_from=china_text(profile.valid_from),
        last_day=profile.valid_until or profile.term_until,
        name=full_name(profile.name_hans, profile.name_latin),
        achievement=achievement(profile),
        registration_id=addresses.registration_id(profile.base, profile.number, profile.term_number),
        society=_did(profile, profile.society),
        assessed_by=_did(profile, profile.assessed_by),
        status=[_status(profile, url, purpose) for purpose in ("revocation", "suspension")],
        evidence=[_evidence(profile, url)] if profile.assessment is not None else None,
    )


@lru_cache(maxsize=1024)
def china_text(instant: datetime) -> str:
    """Write an instant as it stands in China, in whole seconds."""
    return instant.astimezone(_SHANGHAI).replace(microsecond=0).isoformat()


def achievement(profile: CertificateProfile) -> dict[str, Any]:
    """Return the achievement of society, field, grade and edition: the same for every holder (`credential.md` C10)."""
    base, field, grade = profile.base, profile.field, profile.grade
    creator = creator_profile(base, profile.society, profile.assessed_by)
    slug = addresses.achievement_slug(creator["id"], _did(profile, profile.assessed_by))
    return filled(
        "achievement",
        profile=profile,
        url=addresses.achievement_url(base, slug=slug, field=field, grade=grade, standard=profile.standard),
        grade=codes.GRADES[grade],
        field=codes.FIELDS[field],
        badge=f"{field}-{grade}".lower(),
        creator=creator,
    )


def _did(profile: CertificateProfile, society: str | None) -> str | None:
    if society is None:
        return None
    if society == CUSTODIAN:
        return addresses.body_did(profile.base, CUSTODIAN)
    return addresses.society_did(profile.base, society)


def _status(profile: CertificateProfile, url: str, purpose: str) -> dict[str, Any]:
    place = profile.status
    list_url = addresses.status_list_url(profile.base, purpose, place.list_number)
    return filled("status", url=url, purpose=purpose, index=str(place.index), list_url=list_url)


def _evidence(profile: CertificateProfile, url: str) -> dict[str, Any]:
    assessed_by = _did(profile, profile.assessed_by or profile.society)
    return filled("evidence", profile=profile, url=url, assessed_by=assessed_by)
