"""From a society's recommendation to an entry in the register: two bodies, two persons."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from registry.domain import applications, approvals, intake_refusals, numbers, refusals, succession, transitions
from registry.domain.actors import Action, Actor, require
from registry.domain.calendar import civil_date
from registry.domain.changes import Admission, Change, EventType, GroundClass
from registry.domain.identity import member_id_of
from registry.domain.registration import Grade, Life, Registration, TermOrigin
from registry.services import cpd, decisions
from registry.services.memberships import require_good, successor_of
from registry.services.ports import Desk, Randomness
from registry.services.refusals import CommandError
from registry.services.trust import STANDARDS, body_of, require_covered, trust_in_force
from registry.store.register import AssessmentDays, Entry, Member, StoredRegistration, answering
from registry.store.work import Work
from schemas import codes
from schemas.names import TextError, require_readable_names
from schemas.refusals import translated
from verifier.trust import TrustList

KIND = "registration"
_SERIALS = 1_000_000
ASSESSED = ("material_review_on", "written_test_on", "interview_on")
"""The days of an assessment, by name."""
PROMOTION = "promotion"
"""The kind of an application for a higher grade (domain 2.9)."""
_NAMED_LATER = ("application_ref", "recommended_by", "kind")
"""Members that the first recommendations did not have: left out while empty, so that those keep their digest."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A society recommends that CSE register a member after a passed assessment (P9, A13).

    `member_ref` is the society's stable reference of the person: the membership number, if they were imported.
    `application_ref` is the society's, once per application; `recommended_by` who in the society decided; `kind` is
    `PROMOTION`, or None for a first registration. Days are Shanghai civil dates.
    """

    member_ref: str
    name_hans: str | None
    name_latin: str | None
    consent_c1: bool
    society: str
    field: str
    grade: str
    standard: str
    decided_on: date
    decision_ref: str
    material_review_on: date | None = None
    written_test_on: date | None = None
    interview_on: date | None = None
    application_ref: str | None = None
    recommended_by: str | None = None
    kind: str | None = None

    @property
    def is_promotion(self) -> bool:
        """Whether it asks for a higher grade than one that lives."""
        return self.kind == PROMOTION


def recommend_registration(desk: Desk, command: Recommendation, *, actor: Actor, now: datetime) -> str:
    """Keep the recommendation and return its digest, which CSE confirms.

    Raises `CommandError` for unknown codes or an unprintable name, `SocietyNotAuthorizedError`, `NotAllowedError`,
    `IntakeError` if a rule for applications is not met, `LiveRegistrationError`.
    """
    require(actor, Action.RECOMMEND_REGISTRATION, tenant=command.society)
    with desk.open_work() as work:
        digest, _ = keep_recommendation(desk, work, command, trust=trust_in_force(work, now=now), actor=actor, now=now)
    return digest


def keep_recommendation(
    desk: Desk, work: Work, command: Recommendation, *, trust: TrustList, actor: Actor, now: datetime
) -> tuple[str, bool]:
    """Keep the recommendation in an open transaction; returns its digest, and whether it is new.

    The right to do so was asked before. Raises what `recommend_registration` does.
    """
    _check(command)
    members = {name: v for name, v in asdict(command).items() if v is not None or name not in _NAMED_LATER}
    body = json.dumps(members, default=date.isoformat, sort_keys=True, ensure_ascii=False)
    proposal = approvals.Proposal(KIND, body, actor, now)
    if work.proposals.knows(proposal.digest):
        return proposal.digest, False
    reference = command.application_ref
    if reference is not None and work.proposals.has_reference(KIND, command.society, reference):
        raise CommandError("was imported with other content, which stays: give the new one its own", "application_ref")
    _require_covered(trust, command, now, is_decided=False)
    subject = _require_admissible(desk, work, command, trust, now)
    work.proposals.add(proposal, reference=reference, subject=subject)
    return proposal.digest, True


def _require_admissible(desk: Desk, work: Work, command: Recommendation, trust: TrustList, now: datetime) -> str:
    """Raise unless the rules for a first registration are met; returns the person and field it is about.

    What a society recommended that has lost its authorization since is transferred by this (R-AU-09).
    """
    assessed, today = {name: getattr(command, name) for name in ASSESSED}, civil_date(now)
    applications.require_days_in_order(assessed, decided_on=command.decided_on, today=today)
    applications.require_usable_assessment(command.decided_on, on=today, policy=desk.policy)
    member_id = _member_id(work, command)
    require_good(work, member_id, command.society, today)
    entry = work.register.entry_of(member_id, command.field)
    held = [one.value for one in work.register.registrations(entry.register_no)] if entry is not None else []
    asked: Any = {"promotion": command.is_promotion, "policy": desk.policy.on(today)}
    applications.require_new_grade(Grade(command.grade), held, **asked)
    applications.require_no_bar(_begun_on(command), barring(work, member_id), policy=desk.policy)
    subject = f"{member_id}/{command.field}"
    for body in work.proposals.open_bodies(KIND, subject):
        other = read_recommendation(body)
        if today > applications.last_day_of_use(other.decided_on, desk.policy):
            continue
        if trust.has_lost(body_of(trust.base, other.society), now):
            applications.require_recent_stages(assessed, on=today, policy=desk.policy)
        else:
            reason = "one application of this person is open in the field (R-AP-04)"
            raise intake_refusals.DuplicateApplicationError("field", reason)
    return subject


def _member_id(work: Work, command: Recommendation) -> str:
    """Return the person: by the membership on file, else the one whom this society's reference stands for."""
    membership = work.members.membership(society=command.society, membership_no=command.member_ref)
    return membership.member_id if membership is not None else member_id_of(command.society, command.member_ref)


def ever_held(work: Work, member_id: str) -> list[StoredRegistration]:
    """Return everything that a person ever held, in every field."""
    return [one for number in work.register.numbers_of(member_id) for one in work.register.registrations(number)]


def barring(work: Work, member_id: str) -> list[Registration]:
    """Return what a person held, but for what was annulled without their fault: that bars from nothing (R-CC-09)."""
    held = ever_held(work, member_id)
    return [one.value for one in held if one.value.life is not Life.ANNULLED or not _is_blameless(work, one)]


def _is_blameless(work: Work, stored: StoredRegistration) -> bool:
    told = [one for one in work.journal.events(stored.value.register_no) if one.type == EventType.ANNULLED]
    return any(one.public_reason.endswith(GroundClass.VOID_DECISION) for one in told[-1:])


def _begun_on(command: Recommendation) -> date:
    days = (command.decided_on, command.material_review_on, command.written_test_on, command.interview_on)
    return min(day for day in days if day is not None)


def _check(command: Recommendation) -> None:
    tables = {"field": codes.FIELDS, "grade": codes.GRADES, "society": codes.SOCIETIES, "standard": STANDARDS}
    for name, table in tables.items():
        known, value = [code for code in table if code != codes.CUSTODIAN], getattr(command, name)
        if value not in known:
            raise CommandError(f"there is no {name} {value!r}; it is one of {', '.join(known)}", name)
    if not command.member_ref.strip():
        raise CommandError("the society's reference of the member is missing", "member_ref")
    with translated(TextError, to=lambda error: CommandError(str(error), "name")):
        require_readable_names(command.name_hans, command.name_latin)


def _require_covered(trust: TrustList, command: Recommendation, now: datetime, *, is_decided: bool = True) -> None:
    basis, place = TermOrigin(command.kind or TermOrigin.INITIAL), (command.society, command.field, command.grade)
    asked: dict[str, Any] = {"standard": command.standard, "basis": basis, "is_decided": is_decided}
    require_covered(trust, *place, **asked, term_from=civil_date(now), now=now)


def read_recommendation(body: str) -> Recommendation:
    """Read back what `recommend_registration` kept. Raises `CommandError` if that is not what stands there."""
    with translated(KeyError, TypeError, ValueError, to=CommandError("the recommendation on file cannot be read")):
        members: dict[str, Any] = json.loads(body)
        days = {day: date.fromisoformat(members[day]) for day in ("decided_on", *ASSESSED) if members[day] is not None}
        return Recommendation(**(members | days))


def confirm_registration(
    desk: Desk, digest: str, *, randomness: Randomness, actor: Actor, now: datetime
) -> numbers.RegisterNumber:
    """Enter what was recommended, as another person than who recommended, and return the register number.

    `digest` is that of the recommendation that was shown. Raises `SamePersonError`, also for whom it names as
    having decided, `NotFoundError`, `SocietyNotAuthorizedError`, `IntakeError` if a rule for applications is not
    met any more, `LiveRegistrationError`.
    """
    require(actor, Action.CONFIRM_REGISTRATION)
    with desk.open_work() as work:
        proposal = work.proposals.open(digest, KIND)
        approvals.require_second_person(proposal, actor, digest)
        command = read_recommendation(proposal.body)
        if command.recommended_by is not None and approvals.is_account_of(actor, command.recommended_by):
            raise refusals.SamePersonError(KIND)
        society = successor_of(work, command.society, civil_date(now))
        _require_covered(trust_in_force(work, now=now), replace(command, society=society), now)
        member_id = _member_id(work, command)
        require_good(work, member_id, society, civil_date(now))
        applications.require_usable_assessment(command.decided_on, on=civil_date(now), policy=desk.policy)
        held = ever_held(work, member_id)
        decisions.require_swept(desk, now, *held)
        applications.require_no_bar(_begun_on(command), barring(work, member_id), policy=desk.policy)
        applications.require_no_hold([one.value for one in held], command.decided_on)
        entry = _entry(work, command, society, randomness, civil_date(now))
        change = _entered(desk, work, _admission(entry, command), promotion=command.is_promotion, actor=actor, now=now)
        days = AssessmentDays(command.material_review_on, command.written_test_on, command.interview_on)
        place = work.register.add_registration(change.registration, days, recommendation=digest)
        work.journal.record(change, place=place, actor=actor.person, at=now)
        cpd.settle(work, entry.member_id, now, desk.policy)
        work.proposals.confirm(digest, by=actor, at=now)
    return entry.register_no


def _admission(entry: Entry, command: Recommendation) -> Admission:
    place, told = (entry.register_no, entry.member_id), (command.decided_on, command.decision_ref)
    return Admission(*place, Grade(command.grade), command.society, command.standard, *told)


def _entered(desk: Desk, work: Work, admission: Admission, *, promotion: bool, actor: Actor, now: datetime) -> Change:
    """Return the registration to enter (T1); at a promotion the lower grade is superseded first (T14)."""
    before = work.register.entry_before(admission.member_id, admission.register_no)
    if not promotion:
        return transitions.register(admission, at=now, entry=before, policy=desk.policy)
    held, policy = work.register.registrations(admission.register_no), desk.policy.on(civil_date(now))
    applications.require_new_grade(admission.grade, [one.value for one in held], promotion=True, policy=policy)
    live = answering(held)
    over, change = succession.promote(live.value, admission, before, at=now, policy=desk.policy)
    decisions.apply_change(work, live, over, actor=actor, now=now)
    return change


def _entry(work: Work, command: Recommendation, society: str, randomness: Randomness, on: date) -> Entry:
    """Find the person's entry in the field, or make it, and the person, with a new number.

    `society` is the one that recommended, or its successor: an open file passes in a merger (R-AU-11).
    """
    member_id = _member_id(work, command)
    recommended = Member(member_id, command.name_hans, command.name_latin, command.consent_c1)
    member = work.register.member(member_id)
    if member is None:
        work.register.add_member(recommended)
    elif member.deceased_on is not None:
        raise CommandError("the death of this member is recorded (T15): nobody is registered after it")
    elif member != recommended:
        raise CommandError("the register has another name or consent of this member: a registration changes neither")
    known = work.register.entry_of(member_id, command.field)
    if known is not None:
        return known
    entry = Entry(_free_number(work, command.field, on.year, randomness), member_id, command.field, society, on)
    work.register.add_entry(entry)
    return entry


def _free_number(work: Work, field: str, year: int, randomness: Randomness) -> numbers.RegisterNumber:
    """Draw a serial without order, so that a number tells no count (R-RG-05)."""
    for _ in range(1000):
        number = numbers.compose_register_number(year=year, field=field, serial=randomness.randrange(_SERIALS))
        if not work.register.has_entry(number):
            return number
    raise refusals.NotFoundError("free register number", f"{field} {year}")
