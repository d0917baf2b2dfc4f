"""The check of a mutual-recognition claim (`domain.md` 5): who asks decides what is told, whatever the facts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise
from typing import Any

from registry.domain import clock, cpd, lifecycle, status, transitions
from registry.domain.calendar import anniversary, civil_date, end_of, whole_second
from registry.domain.changes import EventType
from registry.domain.history import PastEntry, PastEvent, entry_at
from registry.domain.refusals import NotFoundError
from registry.domain.registration import Grade, HoldKind, Life, Registration
from registry.services import bodies
from registry.services.agreements import agreements_in_force
from registry.services.cpd import ledger
from registry.services.ports import Desk
from registry.services.refusals import TrustListError
from registry.services.trust import body_of, trust_in_force
from registry.store.work import Work
from schemas.refusals import translated
from verifier import eligibility
from verifier.agreements import Agreement, Claim
from verifier.eligibility import RefusedError
from verifier.instants import utc_text
from verifier.recognition import Answer, Question, Recognition, recognise
from verifier.report import Report
from verifier.standing import Calendar, CpdYear, Personal, Standing
from verifier.statements import StatementError

_FIRST_ZONE = timezone(timedelta(hours=14))
"""Where a day begins first."""
_ASSESSED = {Grade.AE: (0, 0), Grade.PE: (2, 0), Grade.SPE: (7, 2)}
"""Years of experience, and in responsible charge, that whoever passed has shown at least (R-EL-02, R-EL-03)."""
_SUSPENSION_SHOWN, _REVOCATION_SHOWN = 3, 10
"""For how many years the public is told of a suspension after its end, and of a revocation (R-CC-10)."""


def check_number(desk: Desk, number: str, claim: Claim, *, now: datetime) -> dict[str, Any]:
    """Answer about the registration that answers for a number; never with what leads to its page.

    Raises `NotFoundError` if there is no such number, and `StoreError`.
    """
    with desk.open_reading() as work:
        return _Check(desk, work, claim, now, number).answer()[1]


def check_report(desk: Desk, report: Report, claim: Claim, *, now: datetime) -> Report:
    """Return the report of a certificate that was shown, with the answer about its registration."""
    with desk.open_reading() as work:
        return eligibility.with_recognition(report, *_Check(desk, work, claim, now, report=report).answer())


@dataclass(slots=True)
class _Check:
    """One question with what it is asked of; a certificate that was shown gives the `number` once it counts."""

    desk: Desk
    work: Work
    claim: Claim
    now: datetime
    number: str = ""
    report: Report | None = None

    def answer(self) -> tuple[Recognition, dict[str, Any]]:
        """Return the answer, and the same as JSON."""
        policy, told = self.desk.policy, dict[str, Any]()
        calendar = Calendar(anniversary, lambda year: date(year + 1, *policy.on(date(year, 1, 1)).cpd_assess_on))
        shown = eligibility.presented(self.report) if self.report is not None else None
        try:
            at, agreements = self._facts(told)
            found = recognise(Question(self.claim, agreements, calendar, at, shown))
        except RefusedError as refused:
            found = recognise(Question(self.claim, (), calendar, None, shown, refused.row))
        return found, eligibility.recognition_members(found) | told

    def _facts(self, told: dict[str, Any]) -> tuple[Standing, tuple[Agreement, ...]]:
        """Return how the registration stood, and what is asked of it; rows 1 to 6 raise `RefusedError`, in order."""
        of: Registration | None = None
        if self.report is not None:
            facts = eligibility.counting(self.report)
            shown = self.work.certificates.by_page(facts.page_id)
            self.number = facts.number
            of = self.work.register.stored(self.number, shown.registration_seq).value if shown is not None else None
        answering = self.work.register.answering(self.number).value
        is_behind = clock.is_behind(answering, self.now, self.desk.policy)
        today = status.status_at(answering, self.now).lower()
        told["current"] = {"status": "register_behind" if is_behind else today, "grade": answering.grade}
        moment = self._moment()
        if is_behind:
            raise RefusedError("REGISTER_BEHIND", Answer.INDETERMINATE)
        if self.report is not None:
            eligibility.require_answered(self.report)
        unread = translated(NotFoundError, to=RefusedError("STATUS_UNAVAILABLE", Answer.INDETERMINATE))
        missing = RefusedError("MRA_UNAVAILABLE", Answer.INDETERMINATE)
        with unread, translated(StatementError, TrustListError, to=missing):
            at, changed_at = self._standing(moment, answering, of)
            trust = trust_in_force(self.work, now=self.now)
            agreements = agreements_in_force(self.work, trust, self.claim.agreement)
        society = body_of(self.desk.base, (of or answering).assessing_society)
        at = replace(at, remarks=at.remarks + ("AUTH_SOCIETY_LOST",) * trust.has_lost(society, moment))
        told |= {"as_of": utc_text(moment)} | ({"changed_at": list(map(utc_text, changed_at))} if changed_at else {})
        return at, agreements

    def _moment(self) -> datetime:
        """Return the moment that is asked about, if the asker may ask about it: of a day its last (R-MR-03)."""
        as_of, now, today = self.claim.as_of, self.now, civil_date(self.now)
        if as_of is None:
            return now
        day = civil_date(as_of) if isinstance(as_of, datetime) else as_of
        begins = as_of if isinstance(as_of, datetime) else datetime.combine(as_of, time.min, tzinfo=_FIRST_ZONE)
        if begins > now:
            raise RefusedError("AS_OF_FUTURE", Answer.INDETERMINATE)
        years = self.desk.policy.on(today).status_public_history_years
        earliest = anniversary(today, -years) if self.claim.has_history else today
        if day < earliest and not (self.claim.has_history and self.claim.is_personal):
            raise RefusedError("HISTORY_NOT_SHOWN", Answer.INDETERMINATE)
        if isinstance(as_of, datetime):
            return as_of
        return now if day >= today else end_of(day) + timedelta(seconds=1) - timedelta.resolution

    def _standing(
        self, moment: datetime, answering: Registration, of: Registration | None
    ) -> tuple[Standing, tuple[datetime, ...]]:
        """Return how the registration stood, and the instants at which its state changed on the day asked about.

        Without a registration `of` a certificate it is the one that answered for the number then. Raises
        `NotFoundError` if no record of the past was kept.
        """
        register, day, events = self.work.register, civil_date(moment), self._events(self.number, moment)
        past = entry_at(events, moment) if events else PastEntry(None)
        value, grades = _asked_about(past, of or answering, of, moment, is_now=moment == self.now)
        stored = next(one for one in register.registrations(self.number) if _is_same(one.value, value))
        member, last, term = register.member(value.member_id), value.last_term(), value.current_term(day)
        life, today, sanctions = status.life_at(value, moment), civil_date(self.now), list(_sanctions(events, moment))
        changed_at = past.changed_at if type(self.claim.as_of) is date else ()
        remarks = ("CHANGED_THAT_DAY",) * bool(changed_at) + ("HISTORY_DIFFERS",) * past.differs
        if self.report is None:
            remarks += ("NAME_WITHHELD",) * (member is None or not member.consent_c1)
        elif any(one.code == "key_compromised_later" for one in self.report.findings):
            remarks += ("KEY_COMPROMISED_REISSUE_PENDING",)
        at = Standing(
            moment=whole_second(moment),
            day=day,
            life=life,
            field=register.entry(self.number).field,
            held=tuple((str(grade), since) for grade, since in grades),
            starts_on=min(one.start_on for one in value.terms),
            term_end_on=last.end_on if last is not None else day,
            holds=frozenset(hold.kind for hold in value.holds if not clock.is_overrun(hold, moment, self.desk.policy)),
            lapse=self._lapse(moment) if life is Life.LAPSED else None,
            is_annulled_now=stored.value.life is Life.ANNULLED,
            deceased_on=member.deceased_on if member is not None else None,
            is_in_doubt=bodies.is_in_doubt(self.work, self.number, stored.seq, moment),
            is_interim=life is Life.CURRENT and term is not None and term.end_on < day,
            sanctioned_on=tuple(on for on, shown_until in sanctions if today < shown_until),
            remarks=remarks,
            personal=self._personal(value, moment) if self.claim.is_personal else None,
        )
        return at, changed_at

    def _events(self, number: str, moment: datetime) -> list[PastEvent]:
        """Return the record of the past; an entry that is older than it answers for now alone."""
        try:
            return self.work.journal.past(number)
        except NotFoundError:
            if moment != self.now:
                raise
            return []

    def _lapse(self, moment: datetime) -> str:
        told = self.work.journal.events(self.number)
        reasons = [one.public_reason for one in told if one.type == EventType.LAPSED and one.effective_at <= moment]
        return "CPD_LAPSE" if reasons[-1:] == [lifecycle.CPD_LAPSE.public_reason] else "RENEWAL_LAPSE"

    def _personal(self, value: Registration, moment: datetime) -> Personal:
        """Return what is on file about the person, in every field; nothing is on file yet about degrees."""
        numbers = self.work.register.numbers_of(value.member_id)
        known = [one for number in numbers for one in _sanctions(self._events(number, moment), moment)]
        years = ledger(self.work, value.member_id, moment, self.desk.policy)
        states = [(one.year, one.states[-1].state) for one in years]
        ledgers = tuple(CpdYear(year, state, state not in cpd.NOT_ASSESSED) for year, state in states)
        return Personal(*_ASSESSED[value.grade], "unknown", ledgers, tuple(on for on, _ in known))


def _is_same(one: Registration, other: Registration) -> bool:
    """Tell whether two readings are of one registration: no two of an entry share the number of a term."""
    return one.terms[0].seq == other.terms[0].seq


def _asked_about(
    past: PastEntry, today: Registration, of: Registration | None, moment: datetime, *, is_now: bool
) -> tuple[Registration, tuple[tuple[Grade, date], ...]]:
    """Return the registration as it stood, and the grades held; now it is as it is recorded.

    One that did not answer for its number then had ended before, or was yet to begin.
    """
    alone = ((today.grade, today.grade_since_on),)
    if past.value is not None and (of is None or _is_same(past.value, of)):
        return today if is_now else past.value, past.held or alone
    return today if today.life_since <= moment else replace(today, life=Life.CURRENT), alone


def _sanctions(events: Sequence[PastEvent], at: datetime) -> Iterator[tuple[date, date]]:
    """Give the day of each final sanction up to `at`, and from when the public is no longer told of it.

    A suspension that an appeal lifted was undone; one that another decision lifted early was a sanction (row 31).
    """
    ever = {hold for one in events for hold in one.after.holds if hold.kind is HoldKind.CONDUCT_SANCTION}
    over = {hold: one for before, one in pairwise(events) for hold in before.after.holds - one.after.holds}
    for hold, last_on in ((hold, hold.until_on) for hold in ever if hold.until_on is not None):
        end = over.get(hold)
        if hold.since <= at and (end is None or end.reason_code != transitions.APPEAL or end.effective_at > at):
            ended_on = min(last_on, civil_date(end.effective_at)) if end is not None else last_on
            yield civil_date(hold.since), anniversary(ended_on, _SUSPENSION_SHOWN)
    undone = {one.corrects for one in events}
    back = {one.place for one in events if one.type is EventType.APPEAL_ALLOWED}
    for one in events:
        if one.type is EventType.REVOKED and one.effective_at <= at and one.seq not in undone and one.place not in back:
            yield civil_date(one.effective_at), anniversary(civil_date(one.effective_at), _REVOCATION_SHOWN)
