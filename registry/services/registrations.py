"""From a society's recommendation to an entry in the register: two bodies, two persons."""

import json
import uuid
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from registry.domain.actors import Action, Actor, require
from registry.domain.approvals import Proposal, require_second_person
from registry.domain.calendar import civil_date, start_of
from registry.domain.changes import Admission
from registry.domain.numbers import RegisterNumber, compose_register_number
from registry.domain.refusals import NotFoundError
from registry.domain.registration import Grade, TermOrigin
from registry.domain.transitions import register
from registry.services.ports import Desk, Randomness
from registry.services.refusals import CommandError, SocietyNotAuthorizedError
from registry.services.trust import STANDARDS, trust_in_force
from registry.store.register import AssessmentDays, Entry, Member
from registry.store.work import Work
from schemas import codes
from schemas.addresses import society_did
from schemas.names import TextError, full_name
from verifier.trust import Signing

KIND = "registration"
_SERIALS = 1_000_000
_MEMBER_SPACE = uuid.UUID("5f0c1b52-6a0e-5d0f-9a44-2b1f5a6f2a10")


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A society recommends that CSE register a member after a passed assessment (P9, A13).

    `member_ref` is the society's stable reference of the person; days are Shanghai civil dates.
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


def recommend_registration(desk: Desk, command: Recommendation, *, actor: Actor, now: datetime) -> str:
    """Keep the recommendation and return its digest, which CSE confirms.

    Raises `CommandError` for unknown codes or an unprintable name, `SocietyNotAuthorizedError`, `NotAllowedError`.
    """
    require(actor, Action.RECOMMEND_REGISTRATION, tenant=command.society)
    _check(command)
    body = json.dumps(asdict(command), default=date.isoformat, sort_keys=True, ensure_ascii=False)
    proposal = Proposal(KIND, body, actor, now)
    with desk.open_work() as work:
        _require_authorized(desk, work, command, now)
        work.proposals.add(proposal)
    return proposal.digest


def _check(command: Recommendation) -> None:
    for name, value, table in (
        ("field", command.field, codes.FIELDS),
        ("grade", command.grade, codes.GRADES),
        ("society", command.society, codes.SOCIETIES),
    ):
        known = [code for code in table if code != codes.CUSTODIAN]
        if value not in known:
            raise CommandError(f"there is no {name} {value!r}; it is one of {', '.join(known)}")
    if command.standard not in STANDARDS:
        raise CommandError(f"there is no standard {command.standard!r}; it is one of {', '.join(STANDARDS)}")
    if not command.member_ref.strip():
        raise CommandError("the society's reference of the member is missing")
    try:
        full_name(command.name_hans, command.name_latin)
    except TextError as error:
        raise CommandError(str(error)) from error


def _require_authorized(desk: Desk, work: Work, command: Recommendation, now: datetime) -> None:
    """Ask the published trust list whether the society may assess this today: the one home of the rule (R-AU-02)."""
    today = start_of(civil_date(now))
    signing = Signing(
        society=society_did(desk.base, command.society),
        assessed_by=None,
        field=command.field,
        grade=command.grade,
        basis=TermOrigin.INITIAL,
        standard=command.standard,
        term_began=today,
        created=now,
    )
    if not trust_in_force(work, now=now).covers(signing):
        raise SocietyNotAuthorizedError(command.society, command.field, command.grade)


def read_recommendation(body: str) -> Recommendation:
    """Read back what `recommend_registration` kept."""
    members: dict[str, Any] = json.loads(body)
    days = ("decided_on", "material_review_on", "written_test_on", "interview_on")
    parsed = {day: date.fromisoformat(members[day]) for day in days if members[day] is not None}
    return Recommendation(**(members | parsed))


def confirm_registration(
    desk: Desk, digest: str, *, randomness: Randomness, actor: Actor, now: datetime
) -> RegisterNumber:
    """Enter what was recommended, as another person than who recommended, and return the register number.

    `digest` is that of the recommendation that was shown. Raises `SamePersonError`, `NotFoundError`,
    `SocietyNotAuthorizedError`, `LiveRegistrationError`.
    """
    require(actor, Action.CONFIRM_REGISTRATION)
    with desk.open_work() as work:
        proposal = work.proposals.open(digest, KIND)
        require_second_person(proposal, actor, digest)
        command = read_recommendation(proposal.body)
        _require_authorized(desk, work, command, now)
        entry = _entry(work, command, randomness, civil_date(now))
        admission = Admission(
            register_no=entry.register_no,
            member_id=entry.member_id,
            grade=Grade(command.grade),
            assessing_society=command.society,
            standard_ref=command.standard,
            decided_on=command.decided_on,
            decision_ref=command.decision_ref,
        )
        before = work.register.entry_before(entry.member_id, entry.register_no)
        change = register(admission, at=now, entry=before, policy=desk.policy)
        days = AssessmentDays(command.material_review_on, command.written_test_on, command.interview_on)
        work.register.add_registration(change.registration, days, recommendation=digest)
        for event in change.events:
            work.journal.record_event(event, actor=actor.person, at=now)
        work.proposals.confirm(digest, by=actor, at=now)
    return entry.register_no


def _entry(work: Work, command: Recommendation, randomness: Randomness, on: date) -> Entry:
    """Find the person's entry in the field, or make it, and the person, with a new number."""
    member_id = str(uuid.uuid5(_MEMBER_SPACE, f"{command.society}/{command.member_ref}"))
    recommended = Member(member_id, command.name_hans, command.name_latin, command.consent_c1)
    member = work.register.member(member_id)
    if member is None:
        work.register.add_member(recommended)
    elif member != recommended:
        raise CommandError("the register has another name or consent of this member: a registration changes neither")
    known = work.register.entry_of(member_id, command.field)
    if known is not None:
        return known
    number = _free_number(work, command.field, on.year, randomness)
    entry = Entry(number, member_id, command.field, command.society, on)
    work.register.add_entry(entry)
    return entry


def _free_number(work: Work, field: str, year: int, randomness: Randomness) -> RegisterNumber:
    """Draw a serial without order, so that a number tells no count (R-RG-05)."""
    for _ in range(1000):
        number = compose_register_number(year=year, field=field, serial=randomness.below(_SERIALS))
        if not work.register.has_entry(number):
            return number
    raise NotFoundError("free register number", f"{field} {year}")
