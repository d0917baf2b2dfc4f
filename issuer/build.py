"""From a profile to the unsigned certificate, member by member in the order of `credential.md` 2."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from issuer.bodies import CUSTODIAN, creator_profile, issuer_profile
from issuer.profile import Assessment, CertificateProfile
from schemas import addresses, codes
from schemas.contexts import certificate_contexts
from schemas.names import full_name

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_NOT_A_LICENCE = (
    "Competency registration; not a licence to practise, statutory registration or job title. / "
    "本登记为工程能力评价结果，不是行政许可、法定注册执业资格或职称。"
)
_NARRATIVE = (
    "Material review, written test and oral interview on five aspects; code of conduct; "
    "40 CPD credit hours a year; re-registration every 5 years."
)


def unsigned_certificate(profile: CertificateProfile) -> dict[str, Any]:
    """Return the certificate of `profile` without proofs. Raises `TextError` if the holder has no printable name."""
    url = addresses.credential_url(profile.base, profile.page_id)
    grade, field = codes.GRADES[profile.grade], codes.FIELDS[profile.field]
    document: dict[str, Any] = {
        "@context": certificate_contexts(profile.base),
        "id": url,
        "type": ["VerifiableCredential", "OpenBadgeCredential", "EngineerRegistrationCredential"],
        "name": f"{grade.name_zh}（{grade.code}）· {field.name_zh} / {grade.name_en} ({grade.code}), {field.name_en}",
        "issuer": issuer_profile(profile.base, is_demo=profile.is_demo),
        "validFrom": _china_text(profile.valid_from),
        "validUntil": f"{profile.valid_until or profile.term_until}T23:59:59+08:00",
        "credentialSubject": _subject(profile, url),
        "credentialStatus": [_status(profile, url, purpose) for purpose in ("revocation", "suspension")],
        "credentialSchema": {"id": f"{profile.base}/schemas/certificate/v1.json", "type": "JsonSchema"},
    }
    if profile.assessment is not None:
        document["evidence"] = [_evidence(profile, profile.assessment, url)]
    document["termsOfUse"] = {"id": f"{profile.base}/terms/certificate/v1", "type": "CertificateTerms"}
    return document


def _china_text(instant: datetime) -> str:
    return instant.astimezone(_SHANGHAI).replace(microsecond=0).isoformat()


def _present(**members: object) -> dict[str, Any]:
    """Return the members that have a value; dates become text."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in members.items()
        if value is not None
    }


def _subject(profile: CertificateProfile, url: str) -> dict[str, Any]:
    name = full_name(profile.name_hans, profile.name_latin)
    identity = {"type": "IdentityObject", "hashed": False, "identityHash": name, "identityType": "name"}
    return _present(
        id=f"{url}#holder",
        type=["AchievementSubject", "EngineeringMember"],
        name=name,
        identifier=[identity],
        nameHans=profile.name_hans,
        nameLatin=profile.name_latin,
        licenseNumber=profile.number,
        achievement=achievement(profile),
        registration=_registration(profile),
    )


def achievement(profile: CertificateProfile) -> dict[str, Any]:
    """Return the achievement of society, field, grade and edition: the same for every holder (`credential.md` C10)."""
    grade, field = codes.GRADES[profile.grade], codes.FIELDS[profile.field]
    creator = creator_profile(profile.base, profile.society, profile.assessed_by)
    slug = addresses.achievement_slug(creator["id"], _did(profile, profile.assessed_by))
    url = addresses.achievement_url(
        profile.base, slug=slug, field=profile.field, grade=profile.grade, standard=profile.standard
    )
    return {
        "id": url,
        "type": ["Achievement"],
        "achievementType": "Certification",
        "name": f"{grade.name_en} ({grade.code}), {field.name_en}",
        "description": (
            f"Registered as {grade.name_en} after engineering competency assessment by peers "
            f"under the General Specification ({profile.standard}). {_NOT_A_LICENCE}"
        ),
        "criteria": {"id": f"{url}#criteria", "narrative": _NARRATIVE},
        "image": {
            "id": f"{profile.base}/badges/{profile.field.lower()}-{profile.grade.lower()}.png",
            "type": "Image",
        },
        "humanCode": f"{profile.field}-{profile.grade}",
        "fieldOfStudy": field.name_en,
        "version": profile.standard,
        "creator": creator,
    }


def _did(profile: CertificateProfile, society: str | None) -> str | None:
    if society is None:
        return None
    if society == CUSTODIAN:
        return addresses.body_did(profile.base, CUSTODIAN)
    return addresses.society_did(profile.base, society)


def _registration(profile: CertificateProfile) -> dict[str, Any]:
    return _present(
        id=addresses.registration_id(profile.base, profile.number, profile.term_number),
        type="EngineerRegistration",
        registerNumber=profile.number,
        grade=profile.grade,
        gradeSince=profile.grade_since,
        field=profile.field,
        discipline=profile.discipline,
        society=_did(profile, profile.society),
        assessedBy=_did(profile, profile.assessed_by),
        firstRegistered=profile.first_registered,
        termNumber=profile.term_number,
        termFrom=profile.term_from,
        termUntil=profile.term_until,
        basis=profile.basis,
        standard=profile.standard,
        issueNumber=profile.issue_number,
    )


def _status(profile: CertificateProfile, url: str, purpose: str) -> dict[str, Any]:
    return {
        "id": f"{url}#status-{purpose}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(profile.status.index),
        "statusListCredential": addresses.status_list_url(profile.base, purpose, profile.status.list_number),
    }


def _evidence(profile: CertificateProfile, on_file: Assessment, url: str) -> dict[str, Any]:
    return _present(
        id=f"{url}#assessment",
        type=["Evidence", "CompetencyAssessment"],
        name="工程能力评价 Engineering competency assessment",
        genre="Assessment",
        assessedBy=_did(profile, profile.assessed_by or profile.society),
        standard=profile.standard,
        materialReviewOn=on_file.material_review_on,
        writtenTestOn=on_file.written_test_on,
        interviewOn=on_file.interview_on,
        waiver=on_file.waiver,
    )
