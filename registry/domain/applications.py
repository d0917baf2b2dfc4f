"""What an application for registration or promotion must fulfil (domain 2.4, 2.9), as far as the register sees it."""

from collections.abc import Iterable, Mapping
from datetime import date

from registry.domain import intake_refusals as refusals
from registry.domain.calendar import anniversary, civil_date, deadline_months
from registry.domain.policy import Policy
from registry.domain.refusals import LiveRegistrationError
from registry.domain.registration import Grade, HoldKind, Life, Registration

_ORDER = tuple(Grade)
"""From the lowest to the highest."""


def require_days_in_order(assessed: Mapping[str, date | None], *, decided_on: date, today: date) -> None:
    """Raise `ApplicationDaysError` unless each assessment day is on or before the decision, and that not after today.

    `assessed` are the days of the assessment by name; None is one that is not on file.
    """
    if decided_on > today:
        raise refusals.ApplicationDaysError("decided_on", f"{decided_on} lies after today, {today}")
    for name, day in assessed.items():
        if day is not None and day > decided_on:
            raise refusals.ApplicationDaysError(name, f"{day} lies after the decision of {decided_on}")


def last_day_of_use(decided_on: date, policy: Policy) -> date:
    """Return the last day on which an assessment passed on a day may be registered (R-AP-10)."""
    return deadline_months(decided_on, policy.on(decided_on).apply_pass_validity_months)


def require_usable_assessment(decided_on: date, *, on: date, policy: Policy) -> None:
    """Raise `AssessmentExpiredError` if it was passed too long ago (R-AP-10)."""
    last = last_day_of_use(decided_on, policy)
    if on > last:
        reason = f"decided on {decided_on}, usable until {last} (R-AP-10): the assessment must be repeated"
        raise refusals.AssessmentExpiredError("decided_on", reason)


def require_recent_stages(assessed: Mapping[str, date | None], *, on: date, policy: Policy) -> None:
    """Raise `ApplicationDaysError` for a stage that was passed too long before a transfer after a loss (R-AU-09)."""
    for name, day in assessed.items():
        if day is not None and on > deadline_months(day, policy.on(on).auth_transfer_stage_validity_months):
            reason = f"{day} is too old to count after a transfer (R-AU-09): repeat it"
            raise refusals.ApplicationDaysError(name, reason)


def require_new_grade(grade: Grade, held: Iterable[Registration], *, promotion: bool, policy: Policy) -> None:
    """Raise unless a grade can be registered beside what the person holds in the field.

    `GradeHeldError` for the same or a lower grade than one that lives (R-AP-06); `LiveRegistrationError` for a higher
    one, unless it is a `promotion` (R-RG-04), which needs one to start from and may skip a grade by policy (R-PR-02).
    """
    live = next((one for one in held if one.is_live), None)
    if live is None:
        if promotion:
            raise refusals.PromotionError("kind", "nothing lives in the field that could be promoted (R-PR-01)")
        return
    steps = _ORDER.index(grade) - _ORDER.index(live.grade)
    if steps <= 0:
        reason = f"{live.register_no} is live as {live.grade} (R-AP-06): the grade is held"
        raise refusals.GradeHeldError("grade", reason)
    if not promotion:
        raise LiveRegistrationError(live.register_no, live.grade)
    if steps > 1 and not policy.promo_allow_skip:
        reason = f"{live.register_no} is live as {live.grade}: a grade may not be skipped (R-PR-02)"
        raise refusals.PromotionSkipsGradeError("grade", reason)


def require_no_bar(begun_on: date, held: Iterable[Registration], *, policy: Policy) -> None:
    """Raise `ConductBarError` if the assessment began before what was revoked or annulled ceased to bar (R-CC-09).

    `begun_on` is the first day of the assessment; `held` is what bars the person, in any field: nothing that was
    annulled without their fault.
    """
    for one in held:
        if one.life not in {Life.REVOKED, Life.ANNULLED}:
            continue
        ends = anniversary(civil_date(one.life_since), policy.on(civil_date(one.life_since)).conduct_reapply_years)
        if begun_on < ends:
            reason = f"{one.register_no} was {one.life.lower()}: a new assessment may begin on {ends} (R-CC-09)"
            raise refusals.ConductBarError("decided_on", reason)


def require_no_hold(held: Iterable[Registration], decided_on: date) -> None:
    """Raise `HoldRunningError` while the person is under any hold: filing is allowed, deciding is not (R-EL-05).

    What was decided before a CPD hold began is registered, and begins under it (scenario 75 of the rules).
    """
    for one in held:
        running = [hold for hold in one.holds if hold.kind is not HoldKind.CPD or civil_date(hold.since) <= decided_on]
        if one.is_live and running:
            kinds = ", ".join(sorted(hold.kind.lower() for hold in running))
            reason = f"{one.register_no} is on hold ({kinds}): decide when it is lifted (R-EL-05)"
            raise refusals.HoldRunningError("member_ref", reason)
