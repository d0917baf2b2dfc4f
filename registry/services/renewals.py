"""Re-registration and restoration (domain 3.7): filed through the society, approved by two persons of two bodies.

Nothing is filed or decided on a registration that the clock job owes a change, expiries and interims among them: its
events stand in the order of their days.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from operator import attrgetter

from registry.domain import applications, approvals, clock, policy, refusals, renewal
from registry.domain import renewal_refusals as no
from registry.domain.actors import CSE, Action, Actor, require
from registry.domain.calendar import anniversary, civil_date, deadline_days
from registry.domain.changes import Change
from registry.domain.cpd_person import YearLedger, accepted_between
from registry.domain.registration import Grade, Registration, Term
from registry.services import cpd, memberships, registrations
from registry.services.decisions import apply_change, require_reference
from registry.services.ports import Desk
from registry.store.register import AssessmentDays, StoredRegistration
from registry.store.renewals import APPROVED, PROMOTION, RENEWAL, RESTORATION, RenewalRow
from registry.store.work import Work
from schemas.names import has_control_character

REFUSED, WITHDRAWN = "refused", "withdrawn"


@dataclass(frozen=True, slots=True)
class _Case:
    """The registration that answers for a number, and the file of it that waits, in an open transaction."""

    work: Work
    stored: StoredRegistration
    value: Registration
    last: Term
    waiting: RenewalRow | None

    @property
    def file(self) -> RenewalRow:
        """The file that waits. Raises `RenewalMissingError` if there is none."""
        if self.waiting is None:
            raise no.RenewalMissingError(self.value.register_no)
        return self.waiting

    def keep(self, file: RenewalRow, change: Change, *, actor: Actor, now: datetime) -> None:
        """Record what a file is now and what that changes, with a row of the journal that binds every byte of it."""
        self.work.renewals.keep(file, is_new=self.waiting is None)
        apply_change(self.work, self.stored, change, actor=actor, now=now)
        content = json.dumps(asdict(file), default=str, sort_keys=True).encode()
        self.work.journal.note(file.kind, file.register_no, content, actor=actor, at=now)

    def is_open_again(self, last_on: date, filed_on: date) -> bool:
        """Tell whether a deadline of `last_on` ran out during an error, after which it was filed in time (T23)."""
        at = self.value.reopened_at
        if at is None or filed_on > clock.reopened_until(at):
            return False
        past = self.work.journal.past(self.value.register_no)
        wrong = {one.corrects for one in past if one.recorded_at == at}
        return clock.ran_out(last_on, min(one.recorded_at for one in past if one.seq in wrong), at)


@contextmanager
def _opened(
    desk: Desk, number: str, action: Action, *, promotes: bool = False, actor: Actor, now: datetime
) -> Iterator[_Case]:
    """Open the case of a number for somebody who may do `action`. Raises `RegisterBehindError`, `NotFoundError`."""
    with desk.open_work() as work:
        require(actor, action, tenant=work.register.entry(number).society)
        stored = work.register.answering(number)
        owed = [one.at for one in clock.due(stored.value, desk.policy) if one.at <= now]
        if owed:
            raise refusals.RegisterBehindError(number, owed[0].isoformat())
        last = max(stored.value.terms, key=attrgetter("end_on", "seq"))
        yield _Case(work, stored, stored.value, last, work.renewals.waiting(number, promotes=promotes))


def file_renewal(
    desk: Desk, number: str, code: str, *, is_complete: bool = True, promotes: bool = False, actor: Actor, now: datetime
) -> str:
    """File a renewal or, of what lapsed or was withdrawn, a restoration, and return which (R-RN-02, R-RN-08).

    A promotion is one that the society assesses: it counts as a renewal filed in time until it is decided (R-PR-07).

    `code` is the version of the code of conduct as the member signed it (R-CC-01). A complete file has membership in
    good standing and the fee settled too: the society answers for both. What was missing is told by filing again, and
    it counts from then on. Raises `TooEarlyError`, `RenewalOpenError`, `RenewalConditionsError`, `NotLiveError`,
    `ConductBarError`.
    """
    with _opened(desk, number, Action.FILE_RENEWAL, promotes=promotes, actor=actor, now=now) as case:
        kind, known = _fileable(desk, case, civil_date(now), promotes=promotes), case.waiting
        if not code.strip() or has_control_character(code):
            raise no.RenewalConditionsError(number, ["code-of-conduct"])
        seq, view = case.work.renewals.next_seq(number), (case.stored.seq, case.last.seq, kind)
        file = RenewalRow(case.value.register_no, seq, *view, now, code, now if is_complete else None)
        if known is not None:
            if known.completed_at or not is_complete or (known.registration_seq, known.term_seq, known.kind) != view:
                raise no.RenewalOpenError(number, known.kind)
            file = replace(known, completed_at=now)
        case.keep(file, Change(case.value, (), None), actor=actor, now=now)
    return kind


def _fileable(desk: Desk, case: _Case, today: date, *, promotes: bool) -> str:
    """Return what may be filed today."""
    value = case.value
    if value.life in renewal.RESTORABLE and not promotes:
        applications.require_no_bar(today, registrations.barring(case.work, value.member_id), policy=desk.policy)
        return RESTORATION
    if not value.is_live:
        raise refusals.NotLiveError(value.register_no, value.life, RENEWAL)
    if today < (opens := policy.renewal_window_opens(case.last.end_on, desk.policy)):
        raise no.TooEarlyError(value.register_no, opens)
    if promotes and (today > case.last.end_on or value.grade is Grade.SPE):
        raise no.RenewalConditionsError(value.register_no, ["promotion"])
    return PROMOTION if promotes else RENEWAL


def recommend_renewal(
    desk: Desk, number: str, days: AssessmentDays, *, decision_ref: str, actor: Actor, now: datetime
) -> str:
    """Recommend that CSE approve what was filed, and return the digest for a second person.

    `days` are those of the assessment for a restoration. What was filed on time and nobody decided by day 45 after
    the end is with CSE, where a registrar recommends and another confirms. Raises `RenewalMissingError`,
    `RenewalConditionsError`, `ApplicationDaysError` for a day to come.
    """
    today = civil_date(now)
    with _opened(desk, number, Action.RECOMMEND_RENEWAL, actor=actor, now=now) as case:
        require_reference(decision_ref)
        applications.require_days_in_order(asdict(days), decided_on=today, today=today)
        in_view = case.last.end_on, case.last.timely_until_on
        if actor.tenant == CSE and not renewal.is_with_cse(in_view, case.file.completed_at, today, desk.policy):
            raise no.RenewalConditionsError(number, ["society"])
        _require_conditions(desk, case, days, now)
        members = {"number": number, "file": case.file.seq, "decision_ref": decision_ref, "days": asdict(days)}
        body = json.dumps(members, default=date.isoformat, sort_keys=True, ensure_ascii=False)
        proposal = approvals.Proposal(RENEWAL, body, actor, now)
        if not case.work.proposals.add(proposal, subject=number):
            case.work.proposals.open(proposal.digest, RENEWAL)
    return proposal.digest


def confirm_renewal(desk: Desk, digest: str, *, actor: Actor, now: datetime) -> Registration:
    """Approve what was recommended, as another person, and return the registration with its new term (T6, T7, T16).

    What was asked of the recommendation is asked again. Interims end; the certificate of the term is issued apart.
    """
    require(actor, Action.CONFIRM_RENEWAL)
    with desk.open_reading() as work:
        members = json.loads(work.proposals.open(digest, RENEWAL).body)
    days = AssessmentDays(**{name: day and date.fromisoformat(day) for name, day in members["days"].items()})
    with _opened(desk, members["number"], Action.CONFIRM_RENEWAL, actor=actor, now=now) as case:
        approvals.require_second_person(case.work.proposals.open(digest, RENEWAL), actor, digest)
        if case.file.seq != members["file"]:
            raise refusals.ProposalChangedError(RENEWAL)
        _require_conditions(desk, case, days, now)
        move = renewal.renew if case.file.kind == RENEWAL else renewal.restore
        entry = case.work.register.entry_before(case.value.member_id, case.value.register_no)
        change = move(case.value, entry, at=now, decision_ref=members["decision_ref"], policy=desk.policy)
        decided = replace(case.file, decided_at=now, outcome=APPROVED, decision_ref=members["decision_ref"])
        case.keep(decided, change, actor=actor, now=now)
        case.work.renewals.close_waiting(case.value.register_no, at=now)  # What else waits keeps no term any more.
        if case.file.kind == RESTORATION:
            case.work.register.set_assessment(case.stored, days)
        case.work.proposals.confirm(digest, by=actor, at=now)
    return change.registration


def _require_conditions(desk: Desk, case: _Case, days: AssessmentDays, now: datetime) -> None:
    """Raise `RenewalMissingError` unless the file is complete, `RenewalConditionsError` for what it does not meet."""
    if case.file.completed_at is None:
        raise no.RenewalMissingError(case.value.register_no)
    ledger = cpd.ledger(case.work, case.value.member_id, now, desk.policy)
    if case.file.kind == RENEWAL:
        within = range(case.last.start_on.year, case.last.end_on.year + 1)
        years = [one.states[-1].state for one in ledger if one.year in within]
        missing = renewal.missing_for_renewal(case.value.holds, years)
    else:
        missing = _missing_for_restoration(desk, case, ledger, days, now)
    society = case.work.register.entry(case.value.register_no).society
    if not memberships.is_good(case.work, case.value.member_id, society, civil_date(now)):
        missing.append("membership")
    if missing:
        raise no.RenewalConditionsError(case.value.register_no, missing)


def _missing_for_restoration(
    desk: Desk, case: _Case, ledger: Sequence[YearLedger], days: AssessmentDays, now: datetime
) -> list[str]:
    """Return what a restoration lacks: a simple one, or a full one from the third anniversary on (R-RN-08, R-RN-09)."""
    filed_on, ended_at = civil_date(case.file.filed_at), case.value.life_since
    until = renewal.simple_until(civil_date(ended_at), desk.policy)
    is_simple = filed_on <= until or case.is_open_again(until, filed_on)
    year = anniversary(filed_on, -1), filed_on - timedelta(days=1)
    hours = accepted_between(case.work.cpd.activities(case.value.member_id), *year, now)
    owed = [one.states[-1].state for one in ledger]
    is_assessed = None not in ([days.material_review_on] if is_simple else asdict(days).values())
    asked = {"is_simple": is_simple, "is_assessed": is_assessed}
    return renewal.missing_for_restoration(hours, owed, **asked, policy=desk.policy.on(filed_on))


def refuse_renewal(
    desk: Desk, number: str, *, decision_ref: str, promotes: bool = False, actor: Actor, now: datetime
) -> date:
    """Refuse what waits, by a decision with reasons, and return the last day of the appeal (R-AP-11, T6r)."""
    _close(desk, number, (REFUSED, decision_ref), promotes=promotes, actor=actor, now=now)
    return deadline_days(civil_date(now), desk.policy.on(civil_date(now)).conduct_appeal_days)


def withdraw_renewal(
    desk: Desk, number: str, *, decision_ref: str, promotes: bool = False, actor: Actor, now: datetime
) -> None:
    """Take back what waits, at the applicant's word; an interim that runs ends with it (T6r)."""
    _close(desk, number, (WITHDRAWN, decision_ref), promotes=promotes, actor=actor, now=now)


def _close(desk: Desk, number: str, decided: tuple[str, str], *, promotes: bool, actor: Actor, now: datetime) -> None:
    outcome, decision_ref = decided
    require_reference(decision_ref)
    action = Action.REFUSE_RENEWAL if outcome == REFUSED else Action.FILE_RENEWAL
    with _opened(desk, number, action, promotes=promotes, actor=actor, now=now) as case:
        change, told = Change(case.value, (), None), {"reason": outcome, "decision_ref": decision_ref}
        file = replace(case.file, decided_at=now, outcome=outcome, decision_ref=decision_ref)
        # Only a promotion that was refused leaves days in which the renewal is filed as in time.
        days = desk.policy.on(case.last.end_on).promo_fail_filing_days if outcome == REFUSED else 0
        if case.value.is_live and (case.last.promotion_filed_at if promotes else case.last.filed_at) is not None:
            change = renewal.close(case.value, at=now, **told, promotion_days=days if promotes else None)
        case.keep(file, change, actor=actor, now=now)


def renewal_queue(desk: Desk, *, actor: Actor) -> list[tuple[RenewalRow, tuple[date, date | None], str]]:
    """Return what waits and the actor may see, by the end of the term in view, with that and the society (R-RN-11)."""
    require(actor, Action.READ_REGISTER, tenant=actor.tenant)
    with desk.open_reading() as work:
        return [one for one in work.renewals.queue() if actor.tenant in {CSE, one[2]}]
