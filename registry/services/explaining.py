"""Why a registration has its status: rule by rule, as it stands or stood on a day (`cse policy explain`)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from registry.domain import clock, cpd_person, history, refusals, status
from registry.domain.actors import Action, Actor, require
from registry.domain.calendar import SHANGHAI, civil_date, day_after, start_of
from registry.domain.cpd import YearState
from registry.domain.registration import Registration
from registry.services import cpd
from registry.services.ports import Desk
from registry.store.work import Work
from schemas.tables import read_table

_RULES: dict[str, str] = read_table("rules.json", "services", "registry")
"""The rule behind the end of a registration, and behind each kind of hold."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One step: the rule, and what it says of this registration."""

    rule: str
    says: str


def explain(desk: Desk, number: str, *, actor: Actor, now: datetime, on: date | None = None) -> list[Reason]:
    """Return, rule by rule, why the registration that answers for a number has its status; the last step is that.

    `on` is a past day, answered as at its 24:00 in China (R-DT-13). Raises `NotFoundError`, `NotAllowedError`.
    """
    at = now if on is None or on >= civil_date(now) else start_of(day_after(on)) - timedelta(seconds=1)
    with desk.open_reading() as work:
        require(actor, Action.READ_REGISTER, tenant=work.register.entry(number).society)
        value = work.register.answering(number).value
        value = _foreseen(desk, work, _past(work, value, at) if at != now else value, at)
        last = Reason("3.4", f"public status on {_instant(at)}: {status.status_at(value, at)}")
        return [*_life(value, at), *_years(desk, work, value, at), *_coming(desk, value, at), last]


def _past(work: Work, today: Registration, at: datetime) -> Registration:
    """Return the registration as it stood at `at`, with a notice about the membership if it was given by then."""
    value = history.entry_at(work.journal.past(today.register_no), at).value
    if value is None:
        raise refusals.NotFoundError("registration on that day", today.register_no)
    noted = today.membership_notice_on
    return replace(value, membership_notice_on=noted if noted is not None and start_of(noted) <= at else None)


def _foreseen(desk: Desk, work: Work, value: Registration, at: datetime) -> Registration:
    """Return the registration with the hold of CPD that is to come by the facts on file at `at`."""
    years = [replace(one, facts=one.facts.known_by(at)) for one in cpd.ledger(work, value.member_id, at, desk.policy)]
    ahead = cpd_person.outlook(value.member_id, years, at, desk.policy)
    return replace(value, cpd_hold_at=ahead.hold_at, cpd_lapse_at=ahead.lapse_at)


def _life(value: Registration, at: datetime) -> Iterator[Reason]:
    """Tell of the registration, its terms, and its holds."""
    yield Reason("R-RG-02", f"{value.grade} since {value.grade_since_on}, assessed by {value.assessing_society}")
    for term in value.terms:
        is_longer = term.promotion_filed_at or term.timely_until_on
        more = "T23" if value.reopened_at is not None else "R-PR-07"
        rule = more if is_longer else "R-RN-05" if term.is_prolonged else "R-DT-04"
        interim = f", interim until {term.interim_until_on}" if term.interim_until_on is not None else ""
        yield Reason(rule, f"term {term.seq}, {term.origin}: {term.start_on} to {term.end_on}{interim}")
    if not value.is_live:
        yield Reason(_RULES[value.life], f"{value.life.lower()} since {civil_date(value.life_since)}")
    elif value.current_term(civil_date(at)) is None:
        yield Reason("T5", f"no term covers {civil_date(at)}: expired")
    for hold in sorted(value.holds, key=lambda hold: hold.since):
        until = f" until the end of {hold.until_on}" if hold.until_on is not None else ""
        says = f"hold {hold.kind.lower()} since {_instant(hold.since)}{until} ({hold.decision_ref})"
        yield Reason(_RULES[hold.kind], says)


def _years(desk: Desk, work: Work, value: Registration, at: datetime) -> Iterator[Reason]:
    """Tell of the CPD years of the person, each by the version of the policy that counts for it."""
    years = cpd.ledger(work, value.member_id, at, desk.policy)
    for one, row in zip(years, cpd.rows_of(years, at, desk.policy), strict=True):
        state = one.states[-1]
        cure = f", to be made up by {state.cure_until_on}" if row.state is YearState.SHORTFALL else ""
        hours = f"{row.accepted} of {row.required} hours accepted, {row.pending} waiting"
        provisional = ", provisional" if row.is_provisional else ""
        yield Reason("R-CPD-09", f"{row.year}: {row.state}{provisional}{cure}; {hours} (policy {row.policy_version})")


def _coming(desk: Desk, value: Registration, at: datetime) -> Iterator[Reason]:
    """Tell what time alone will change, if nothing else does."""
    for one in clock.due(value, desk.policy):
        when = "is due since" if one.at <= at else "will come on"
        yield Reason("R-DT-08", f"{one.name} {when} {_instant(one.at)}")


def _instant(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} China time"
