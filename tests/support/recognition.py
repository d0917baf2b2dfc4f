"""A slow, literal second reading of the decision table (`domain.md` 5.2), written from its text alone.

It shares the values with the verifier and no line of the function: rows stand here in words of the table, one after
another, and dates are counted by hand.
"""

from datetime import date

from verifier.agreements import Agreement
from verifier.recognition import Question

NOT_ELIGIBLE, INDETERMINATE, SUBJECT_TO, ELIGIBLE = (
    "NOT_ELIGIBLE",
    "INDETERMINATE",
    "ELIGIBLE_SUBJECT_TO",
    "ELIGIBLE",
)


def anniversary(day: date, years: int) -> date:
    """Count years by hand: 29 February becomes 1 March in a common year."""
    try:
        return date(day.year + years, day.month, day.day)
    except ValueError:
        return date(day.year + years, 3, 1)


def second_reading(question: Question) -> tuple[str, tuple[str, ...], str]:
    """Return outcome, all codes in order, and the primary code."""
    told: list[tuple[str, str]] = []
    if question.standing is None:
        told.append((question.refused[0], str(question.refused[1])))
    else:
        _read(question, told)
        told += [(code, "") for code in question.standing.remarks]
    if question.claim.holds_title:
        told.append(("CLAIM_OVERSTATED", ""))
    outcome = ELIGIBLE
    for candidate in (SUBJECT_TO, INDETERMINATE, NOT_ELIGIBLE, "NOT_VERIFIED"):
        if candidate in [answer for _, answer in told]:
            outcome = candidate
    primary = "OK"
    for code, answer in reversed(told):
        if answer == outcome:
            primary = code
    told_first = ["OK"] if outcome == ELIGIBLE else []
    return outcome, tuple(dict.fromkeys([*told_first, *(code for code, _ in told)])), primary


def _read(question: Question, told: list[tuple[str, str]]) -> None:  # noqa: C901 (the table, row by row)
    at, shown, claim = question.standing, question.presented, question.claim
    assert at is not None
    if at.is_annulled_now or at.life == "ANNULLED":  # 7
        told.append(("REG_ANNULLED", NOT_ELIGIBLE))
        return
    if at.life == "REVOKED":  # 8
        told.append(("REG_REVOKED", NOT_ELIGIBLE))
        return
    if at.life == "DECEASED" or (at.deceased_on and at.deceased_on <= at.day):  # 9
        told.append(("REG_DECEASED", NOT_ELIGIBLE))
        return
    if at.life == "SUPERSEDED":  # 10
        told += [("REG_SUPERSEDED", NOT_ELIGIBLE), ("USE_SUCCESSOR", NOT_ELIGIBLE)]
        return
    if shown and shown.ended_reason and at.life in ("CURRENT", "EXPIRED"):  # 11
        told.append(("CRED_REPLACED" if shown.ended_reason == "REPLACED" else "CRED_CLOSED", ""))
    if at.life == "WITHDRAWN":  # 12
        told.append(("REG_WITHDRAWN", NOT_ELIGIBLE))
        return
    if at.life == "LAPSED":  # 13
        told.append(("REG_LAPSED", NOT_ELIGIBLE))
        if at.lapse:
            told.append((at.lapse, NOT_ELIGIBLE))
        return
    if at.day < at.starts_on:  # 14
        told.append(("REG_NOT_YET_VALID", NOT_ELIGIBLE))
        return
    if shown and shown.valid_from > at.moment:  # 14a
        told.append(("CRED_NOT_YET_VALID", ""))
    if shown and shown.valid_until < at.moment and at.life == "CURRENT" and not at.is_interim:
        told.append(("CRED_ENDED_RENEWED", ""))
    _read_agreement(question, told, claim.lodged_on)


def _versions(question: Question) -> dict[str, list[Agreement]]:
    found: dict[str, list[Agreement]] = {}
    for one in question.agreements:
        if question.claim.agreement is not None:
            fits = one.id == question.claim.agreement
        else:
            fits = question.claim.title == one.title and question.claim.jurisdiction in one.jurisdictions
        if fits:
            found.setdefault(one.id, []).append(one)
    return found


def _savings_run(one: Agreement, lodged_on: date | None, day: date) -> bool:
    ended = one.state_on(day) == "ended" or (one.effective_to_on is not None and day > one.effective_to_on)
    if not ended or lodged_on is None or one.lodged_by_on is None:
        return False
    if lodged_on < one.effective_from_on or lodged_on > one.lodged_by_on:
        return False
    return one.decide_by_on is None or day <= one.decide_by_on


def _version(versions: list[Agreement], lodged_on: date | None, day: date) -> Agreement:
    newest_first = sorted(versions, key=lambda one: -one.version)
    for one in newest_first:
        if _savings_run(one, lodged_on, day):
            return one
    for one in newest_first:
        to = one.effective_to_on or date.max
        if one.state_on(day) == "in_force" and one.effective_from_on <= day <= to:
            return one
    for one in newest_first:
        if one.effective_from_on <= day:
            return one
    return newest_first[-1]


def _read_agreement(question: Question, told: list[tuple[str, str]], lodged_on: date | None) -> None:  # noqa: C901 (the table, row by row)
    at, claim = question.standing, question.claim
    assert at is not None
    groups = _versions(question)
    if not groups:  # 15
        told.append(("MRA_UNKNOWN", NOT_ELIGIBLE))
        return
    if len(groups) > 1:  # 16
        told.append(("MRA_AMBIGUOUS", INDETERMINATE))
        return
    agreement = _version(next(iter(groups.values())), lodged_on, at.day)
    state = agreement.state_on(at.day)
    if agreement.is_framework or state == "negotiating":  # 17
        told.append(("MRA_FRAMEWORK_ONLY", NOT_ELIGIBLE))
        return
    if state == "signed" or at.day < agreement.effective_from_on:  # 18
        told.append(("MRA_NOT_YET_IN_FORCE", NOT_ELIGIBLE))
        return
    saved = _savings_run(agreement, lodged_on, at.day)
    if saved:  # 19
        told.append(("MRA_SAVINGS_APPLY", ""))
        if not claim.is_confirmed:
            told.append(("LODGEMENT_UNCONFIRMED", SUBJECT_TO))
    elif state == "ended" or (agreement.effective_to_on is not None and at.day > agreement.effective_to_on):  # 20
        told.append(("MRA_ENDED", NOT_ELIGIBLE))
        return
    if state == "suspended":  # 21
        runs_on = lodged_on is not None and claim.is_confirmed and not agreement.suspension_stops_lodged
        if not runs_on:
            told.append(("MRA_SUSPENDED", NOT_ELIGIBLE))
            return
    if agreement.direction == "inbound":  # 22
        told.append(("MRA_DIRECTION", NOT_ELIGIBLE))
        return
    before = len(told)
    if claim.jurisdiction is not None and claim.jurisdiction not in agreement.jurisdictions:  # 23
        told.append(("MRA_JURISDICTION_MISMATCH", NOT_ELIGIBLE))
    if claim.title is not None and claim.title != agreement.title:
        told.append(("MRA_TITLE_MISMATCH", NOT_ELIGIBLE))
    if len(told) > before:
        return
    _read_conditions(question, agreement, told)


def _read_conditions(question: Question, agreement: Agreement, told: list[tuple[str, str]]) -> None:  # noqa: C901 (the table, row by row)
    at, shown, claim, asks = question.standing, question.presented, question.claim, agreement.conditions
    assert at is not None
    grade, since = at.held[-1]
    may_know = claim.is_personal and at.personal is not None
    if at.holds and asks.active_required:  # 24
        told.append(("REG_SUSPENDED", NOT_ELIGIBLE))
        told += [(kind, NOT_ELIGIBLE) for kind in sorted(at.holds)]
    if at.life == "EXPIRED":  # 25
        told.append(("REG_EXPIRED", NOT_ELIGIBLE))
    if grade not in agreement.mappings:  # 26
        told.append(("GRADE_NOT_COVERED", NOT_ELIGIBLE))
    elif at.field not in agreement.mappings[grade]:  # 27
        told.append(("FIELD_NOT_COVERED", NOT_ELIGIBLE))
    if asks.min_years_registered and not at.is_offline:  # 28
        counted = [day for held, day in at.held if at.field in agreement.mappings.get(held, ())]
        if not asks.count_lower_grades:
            counted = [since] if at.field in agreement.mappings.get(grade, ()) else []
        if not counted or anniversary(min(counted), asks.min_years_registered) > at.day:
            told.append(("YEARS_REGISTERED_SHORT", NOT_ELIGIBLE))
    personal_rows = (
        asks.min_years_experience > 0
        or asks.min_responsible_years > 0
        or asks.cpd_last_n > 0
        or asks.conduct_lookback_years > 0
        or len(asks.degree_accreditation) > 0
    )
    if personal_rows and not claim.is_personal and not at.is_offline:  # 28a
        told.append(("PERSONAL_CONDITIONS_NOT_SHOWN", SUBJECT_TO))
    assessed = []
    if may_know:
        assert at.personal is not None
        if at.personal.experience_years < asks.min_years_experience:  # 29
            told.append(("YEARS_EXPERIENCE_SHORT", NOT_ELIGIBLE))
        if at.personal.responsible_years < asks.min_responsible_years:
            told.append(("RESPONSIBLE_YEARS_SHORT", NOT_ELIGIBLE))
        ledger = sorted(at.personal.cpd, key=lambda one: -one.year)
        assessed = [one.state for one in ledger if one.is_assessed and one.state != "NOT_DUE"][: asks.cpd_last_n]
        good = {"COMPLIANT", "EXEMPT", "CURED"} if asks.accept_cured_cpd else {"COMPLIANT", "EXEMPT"}
        bad = [state for state in assessed if state not in good | {"DEFERRED", "SHORTFALL"}]
        if len(assessed) < asks.cpd_last_n or bad:  # 30
            told.append(("CPD_YEARS_SHORT", NOT_ELIGIBLE))
    if asks.conduct_lookback_years and not at.is_offline:  # 31
        known = at.personal.sanctioned_on if may_know and at.personal else at.sanctioned_on
        if any(anniversary(day, asks.conduct_lookback_years) > at.day for day in known):
            told.append(("CONDUCT_LOOKBACK", NOT_ELIGIBLE))
    age = (at.day - shown.issued_on).days if shown else 0
    if asks.max_credential_age_days is not None and age > asks.max_credential_age_days:  # 32
        told.append(("CRED_TOO_OLD", SUBJECT_TO))
    if "DEFERRED" in assessed or "SHORTFALL" in assessed:  # 33
        told.append(("CPD_YEARS_PENDING", INDETERMINATE))
    if may_know and at.personal and asks.degree_accreditation:
        degree = at.personal.degree_accreditation
        if degree != "unknown" and degree not in asks.degree_accreditation:  # 34
            told.append(("DEGREE_NOT_ACCEPTED", NOT_ELIGIBLE))
        if degree == "unknown" and degree not in asks.degree_accreditation:  # 35
            told.append(("DEGREE_EVIDENCE_REQUIRED", SUBJECT_TO))
    if asks.manual:  # 36
        told.append(("MANUAL_CONDITION", SUBJECT_TO))
    if at.is_in_doubt and not at.is_offline:  # 36a
        told.append(("AUTH_SOCIETY_LOST_INTEGRITY", SUBJECT_TO))
    if at.is_interim and not asks.accept_interim and not at.is_offline:  # 36b
        told.append(("RENEWAL_PENDING", SUBJECT_TO))
    if at.is_offline:
        told.append(("ONLINE_CHECK_REQUIRED", SUBJECT_TO))
    if claim.body is not None and claim.body not in agreement.parties:
        told.append(("BODY_NOT_PARTY", ""))
    if at.life == "CURRENT" and (at.term_end_on - at.day).days < 90:
        told.append(("EXPIRES_SOON", ""))
