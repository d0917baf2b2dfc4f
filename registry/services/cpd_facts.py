"""Facts of CPD: hours handed in, decided on, taken back, given to a shortfall; exempt months; samples.

Each is one transaction: the fact, its row of the journal, the copy of the years, and the end of the hold if it was the
last that was missing (T3). The society of the entry's field decides (R-CPD-02), or CSE where the review passed to it.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, partial
from typing import Any

from registry.domain import calendar, cpd_rules
from registry.domain.actors import CSE, Action, Actor, require
from registry.domain.cpd import YearState
from registry.domain.cpd_person import Activity, Exemption
from registry.services import cpd
from registry.services.decisions import lift_without_cause, require_reference, require_swept
from registry.services.intake import Import, Outcome, take_in
from registry.services.ports import Desk
from registry.services.refusals import CommandError
from registry.services.rows import Row, read_rows
from registry.store.cpd import YearRow
from registry.store.register import Entry
from registry.store.work import Work

COLUMNS = ("member_no", "activity_on", "hours", "category", "organizer", "field", "evidence_ref")
"""The header of a file of activities."""
HOURS = r"[0-9]{1,3}(\.[05])?"
"""Steps of half an hour, as they are written."""


@dataclass(frozen=True)
class Case:
    """The ledger of one person in an open transaction, and who acts on it, when."""

    desk: Desk
    work: Work
    member_id: str
    actor: Actor
    now: datetime

    @cached_property
    def entries(self) -> list[Entry]:
        """The register entries of the person, the oldest first."""
        found = [self.work.register.entry(number) for number in self.work.register.numbers_of(self.member_id)]
        return sorted(found, key=lambda entry: (entry.first_registered_on, entry.register_no))

    def holder(self) -> cpd_rules.Holder:
        """Return what decides whether hours count."""
        entries, activities = self.entries, self.work.cpd.activities(self.member_id)
        years = cpd.ledger(self.work, self.member_id, self.now, self.desk.policy)
        return cpd_rules.Holder([one.field for one in entries], entries[0].first_registered_on, activities, years)

    def activity(self, seq: int, holder: cpd_rules.Holder | None = None) -> Activity:
        """Return an activity that the actor may decide on: for the society of its field, else of the oldest entry."""
        found = (holder or self.holder()).activity(seq)
        require(self.actor, Action.DECIDE_CPD, tenant=self.society(found.field))
        return found

    def society(self, field: str | None) -> str:
        """Return which society decides on hours in a field."""
        return next((one for one in self.entries if one.field == field), self.entries[0]).society

    def decide(self, kind: str, decided: dict[int, dict[str, Any]]) -> None:
        """Write what was decided on activities, by their numbers."""
        for seq, columns in decided.items():
            self.work.cpd.decide(self.member_id, seq, **columns)
        self.record(kind, *([self.member_id, seq, columns] for seq, columns in decided.items()))

    def record(self, kind: str, *about: Any) -> None:
        """Write the journal, and the copy of the years; end the hold if no year is UNCURED any more (T3)."""
        digests = [hashlib.sha256(json.dumps(one, default=str, sort_keys=True).encode()).hexdigest() for one in about]
        told, at = [(kind, self.member_id, digest) for digest in digests], self.now
        self.work.journal.append_all(told, actor=self.actor.person, at=at)
        cpd.settle(self.work, self.member_id, at, self.desk.policy)
        number, ref = self.entries[0].register_no, f"{kind}/{digests[-1][:16]}"
        lift_without_cause(self.work, number, decision_ref=ref, actor=self.actor, now=at)


@contextmanager
def opened(desk: Desk, number: str, actor: Actor, now: datetime) -> Iterator[Case]:
    """Open the ledger of the person who holds a register number, for a decision.

    Raises `NotFoundError`, `NotAllowedError` if none of it is the actor's to decide, and `RegisterBehindError` while
    the clock job owes one of the registrations a change.
    """
    with desk.open_work() as work:
        case = Case(desk, work, work.register.entry(number).member_id, actor, now)
        societies = [entry.society for entry in case.entries]
        require(actor, Action.DECIDE_CPD, tenant=actor.tenant if actor.tenant in societies else societies[0])
        require_swept(desk, now, *(work.register.answering(entry.register_no) for entry in case.entries))
        yield case


def begin_ledger(desk: Desk, year: int, *, actor: Actor, now: datetime) -> None:
    """Keep the ledger from a `year` on, the running one or a later one: nobody is asked for hours of the past.

    Raises `CommandError` for a year that has begun before, or if it is kept already.
    """
    require(actor, Action.BEGIN_CPD)
    with desk.open_work() as work:
        if year < calendar.civil_date(now).year or work.trust.fact(cpd.FROM_YEAR) is not None:
            raise CommandError("the ledger begins once, with the running year or a later one", "year")
        work.trust.set_fact(cpd.FROM_YEAR, str(year))
        work.journal.note("cpd-begun", str(year), str(year).encode(), actor=actor, at=now)


def import_activities(desk: Desk, order: Import) -> list[Outcome]:
    """Hand in the hours of members of a society; nothing is accepted by it.

    Raises `NotAllowedError`, `CsvError` for the file as a whole, `CommandError` if the register keeps no ledger.
    """
    require(order.actor, Action.SUBMIT_CPD, tenant=order.society)
    rows = read_rows(order.content, COLUMNS)
    with desk.open_reading() as work:
        from_year = work.trust.fact(cpd.FROM_YEAR)
    if from_year is None:
        raise CommandError("this register keeps no CPD ledger yet: a registrar begins it with cse cpd begin")
    return take_in(desk, order, rows, partial(_keep, desk, order, int(from_year)), reference="member_no")


def _keep(desk: Desk, order: Import, from_year: int, work: Work, row: Row) -> bool:
    """Hand in one row; returns whether it was new. Raises `CommandError`, `ActivityError`."""
    file = work.members.file(member_no=row.reference("member_no"))
    if file is None or work.members.membership(member_id=file.member_id, society=order.society) is None:
        raise CommandError(f"is no member of {order.society}: import the member first", "member_no")
    case, person = Case(desk, work, file.member_id, order.actor, order.now), work.register.member(file.member_id)
    if person is not None and person.deceased_on is not None:
        raise CommandError("has died: no hours are handed in any more (R-CPD-16)", "member_no")
    if not case.entries:
        raise CommandError("is not registered: hours count from the first registration on (R-CPD-05)", "member_no")
    holder, on = case.holder(), row.day("activity_on", until=calendar.civil_date(order.now))
    one = Activity(
        seq=len(holder.activities) + 1,
        activity_on=on,
        hours=Decimal(row.text("hours", HOURS, "a number in steps of 0.5, such as 6 or 6.5 (R-CPD-06)")),
        category=int(row.choice("category", [str(category) for category in cpd_rules.CATEGORIES])),
        organizer=row.text("organizer"),
        field=row.text("field"),
        evidence_ref=row.reference("evidence_ref"),
        submitted_at=order.now,
        year=on.year,
    )
    if cpd_rules.is_on_file(one, holder):
        return False
    cpd_rules.require_countable(one, holder, from_year=from_year, policy=desk.policy)
    work.cpd.add(case.member_id, one)
    case.record("cpd-submitted", [case.member_id, one.seq, one.activity_on, one.hours, one.evidence_ref])
    return True


def review(
    desk: Desk, number: str, seqs: Sequence[int], hours: Decimal | None, *, actor: Actor, now: datetime
) -> list[int]:
    """Accept `hours` of each of the activities (None: all of them, 0: reject them), and return which were decided on.

    Without numbers it decides on all that wait and are the actor's to decide on. Raises `NotAllowedError`,
    `CpdStateError`, and what `opened` does.
    """
    with opened(desk, number, actor, now) as case:
        holder = case.holder()
        waiting = [one for one in holder.activities if one.decided_at is None]
        own = [one.seq for one in waiting if actor.tenant in {CSE, case.society(one.field)}]
        chosen = list(dict.fromkeys(seqs)) or own
        decided = {}
        for one in (case.activity(seq, holder) for seq in chosen):
            accepted = one.hours if hours is None else hours
            cpd_rules.require_decidable(one, accepted)
            decided[one.seq] = {"decided_at": now, "accepted": accepted}
        if decided:
            case.decide("cpd-decided", decided)
    return chosen


def reverse(desk: Desk, number: str, seq: int, hours: Decimal, *, actor: Actor, now: datetime) -> None:
    """Take back accepted `hours` that were found wrong (R-CPD-13): from now on, never for the past.

    Raises `NotAllowedError`, `CpdStateError`, and what `opened` does.
    """
    with opened(desk, number, actor, now) as case:
        cpd_rules.require_reversible(case.activity(seq), hours)
        case.decide("cpd-reversed", {seq: {"reversed_at": now, "reversed_hours": hours}})


def allocate(desk: Desk, number: str, seq: int, year: int, *, actor: Actor, now: datetime) -> None:
    """Let an activity make up the shortfall of an earlier `year`; it counts nowhere else (R-CPD-10).

    Raises `NotAllowedError`, `CpdStateError`, and what `opened` does.
    """
    with opened(desk, number, actor, now) as case:
        cpd_rules.require_allocatable(case.activity(seq), case.holder(), year)
        case.decide("cpd-allocated", {seq: {"year": year, "allocated_at": now}})


def exempt(desk: Desk, number: str, year: int, months: int, decision_ref: str, *, actor: Actor, now: datetime) -> None:
    """Exempt whole `months` of a year on evidence, by a decision (R-CPD-14).

    Raises `NotAllowedError`, `CpdStateError`, `CommandError`, and what `opened` does.
    """
    require_reference(decision_ref)
    with opened(desk, number, actor, now) as case:
        require(actor, Action.DECIDE_CPD, tenant=case.society(None))
        whole = cpd_rules.require_exemptible(case.holder(), year, months, now=now)
        case.work.cpd.add(case.member_id, Exemption(year, now, whole), decision_ref=decision_ref)
        case.record("cpd-exempted", [case.member_id, year, whole, decision_ref])


def statement(desk: Desk, number: str, *, actor: Actor, now: datetime) -> tuple[list[YearRow], list[Activity]]:
    """Return the years of the person who holds a number, and every activity. Raises `NotAllowedError`."""
    with desk.open_reading() as work:
        entry = work.register.entry(number)
        require(actor, Action.READ_REGISTER, tenant=entry.society)
        years = cpd.ledger(work, entry.member_id, now, desk.policy)
        return cpd.rows_of(years, now, desk.policy), work.cpd.activities(entry.member_id)


def draw_audit(desk: Desk, year: int, seed: str, *, actor: Actor, now: datetime) -> tuple[str, dict[str, str]]:
    """Draw the members to be audited for a `year` (R-CPD-15).

    Returns the digest of the list, which the journal keeps with the seed and which is published before they hear of it,
    and the number and the society of each member drawn. Raises `CommandError` while the clock job is behind.
    """
    require(actor, Action.SAMPLE_CPD)
    with desk.open_work() as work:
        if cpd.due(work, now) or work.cpd.ahead(now):
            raise CommandError("the clock job has years to look at first: run cse sweep", "year")
        compliant, cured = work.cpd.of_state(year, YearState.COMPLIANT), work.cpd.of_state(year - 1, YearState.CURED)
        drawn = cpd_rules.draw_sample(seed, compliant, cured, desk.policy.on(date(year, 1, 1)).cpd_sample)
        numbers = [work.register.numbers_of(member)[0] for member in drawn]
        told = {number: work.register.entry(number).society for number in sorted(numbers)}
        row = work.journal.note("cpd-sample", f"{year}/{seed}", "\n".join(told).encode(), actor=actor, at=now)
    return row.payload_sha256, told
