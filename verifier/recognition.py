"""The decision table of a mutual-recognition check (`domain.md` 5.2), row by row, as one pure function.

The answer says whether, on a day, a registration meets the recorded conditions of an agreement for using its simplified
procedure (R-MR-01); never that somebody holds a title. Rows are evaluated from the top; a row that stops ends it, and
of the others all codes are told (R-MR-08).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import partial

from verifier.agreements import Agreement, Claim, Conditions, candidates, version_for
from verifier.standing import Calendar, CpdYear, Personal, Presented, Standing

_LIVE = frozenset({"CURRENT", "EXPIRED"})
_MET, _PENDING = frozenset({"COMPLIANT", "EXEMPT"}), frozenset({"DEFERRED", "SHORTFALL"})
_SOON = timedelta(days=90)


class Answer(StrEnum):
    """The five answers, each beating those after it."""

    NOT_VERIFIED = "NOT_VERIFIED"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    INDETERMINATE = "INDETERMINATE"
    SUBJECT_TO = "ELIGIBLE_SUBJECT_TO"
    ELIGIBLE = "ELIGIBLE"


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that the answer depends on.

    `refused` are the rows 1 to 6, which are answered before: a certificate that counts for nothing, or a register that
    does not answer; there is no `standing` then. `presented` is None for a question by number: rows 11 and 14a are not
    asked then.
    """

    claim: Claim
    agreements: tuple[Agreement, ...]
    calendar: Calendar
    standing: Standing | None
    presented: Presented | None = None
    refused: tuple[str, Answer] = ("STATUS_UNAVAILABLE", Answer.INDETERMINATE)


@dataclass(frozen=True, slots=True)
class Recognition:
    """The answer with all codes in the order of the table, and the one that decided."""

    answer: Answer
    primary_code: str
    codes: tuple[str, ...]
    agreement: Agreement | None = None
    first_on: date | None = None
    """The first day on which all dated conditions that the asker is shown can hold (row 28)."""


def recognise(question: Question) -> Recognition:
    """Answer a `question` by the table of `domain.md` 5.2."""
    claimed = [("CLAIM_OVERSTATED", None)] if question.claim.holds_title else []
    if question.standing is None:
        code, answer = question.refused
        return Recognition(answer, code, (code, *(name for name, _ in claimed)))
    case, found = _Case(question, question.standing), list[tuple[str, Answer | None]]()
    for row in ROWS:
        told = row.codes(case)
        found += [(code, row.answer) for code in told]
        if told and row.stops:
            break
    answers = {answer for _, answer in found}
    combined = next((one for one in Answer if one in answers), Answer.ELIGIBLE)
    primary = next((code for code, answer in found if answer is combined), "OK")
    is_short = ("YEARS_REGISTERED_SHORT", Answer.NOT_ELIGIBLE) in found
    codes = dict.fromkeys([*(code for code, _ in found), *question.standing.remarks, *(name for name, _ in claimed)])
    ok = ("OK",) if combined is Answer.ELIGIBLE else ()
    agreement = case.agreement if len(case.versions) == 1 else None
    return Recognition(combined, primary, (*ok, *codes), agreement, case.first_on() if is_short else None)


class _Case:
    """A question with what its rows ask of it."""

    def __init__(self, question: Question, standing: Standing) -> None:
        self.at, self.claim, self.shown, self.calendar = standing, question.claim, question.presented, question.calendar
        self.versions = candidates(question.agreements, question.claim)

    @property
    def agreement(self) -> Agreement:
        """The version by which the claim is judged; asked after rows 15 and 16."""
        return version_for(self.versions[0], self.claim, self.at.day)

    @property
    def state(self) -> str:
        """Its state on the day."""
        return self.agreement.state_on(self.at.day)

    @property
    def asks(self) -> Conditions:
        """Its conditions."""
        return self.agreement.conditions

    @property
    def personal(self) -> Personal | None:
        """What is on file about the person, if the asker may know of it."""
        return self.at.personal if self.claim.is_personal else None

    def is_saved(self) -> bool:
        """Tell whether the agreement is over and yet judges the claim."""
        return self.agreement.saves(self.claim.lodged_on, self.at.day)

    def runs_on(self) -> bool:
        """Tell whether a lodged claim goes on while the agreement is suspended (R-MR-04)."""
        lodged = self.claim.lodged_on is not None and self.claim.is_confirmed
        return lodged and not self.agreement.suspension_stops_lodged

    def registered_since(self) -> date | None:
        """Return from when time in mapped grades counts; None if no grade held is mapped (R-MR-07)."""
        held = self.at.held if self.asks.count_lower_grades else self.at.held[-1:]
        return next((since for grade, since in held if self.agreement.covers(grade, self.at.field)), None)

    def is_held(self, years: int) -> bool:
        """Tell whether the registration counts so many years on the day (R-DT-10)."""
        since = self.registered_since()
        return not years or (since is not None and self.calendar.anniversary(since, years) <= self.at.day)

    def cpd(self) -> list[CpdYear]:
        """Return the years that count, the newest first, as many as the agreement asks for (R-MR-06)."""
        ledger = self.personal.cpd if self.personal is not None else ()
        newest = sorted((one for one in ledger if one.counts), key=lambda one: one.year, reverse=True)
        return newest[: self.asks.cpd_last_n]

    def is_met(self, one: CpdYear) -> bool:
        """Tell whether a year is as the agreement asks."""
        return one.state in _MET or (one.state == "CURED" and self.asks.accept_cured_cpd)

    def is_cpd_short(self) -> bool:
        """Tell whether years are missing, or one was not kept and is not under cure."""
        counted = self.cpd()
        return len(counted) < self.asks.cpd_last_n or any(
            not self.is_met(one) and one.state not in _PENDING for one in counted
        )

    def is_sanctioned(self) -> bool:
        """Tell whether a sanction that the asker may know of lies within the lookback."""
        known = self.personal.sanctioned_on if self.personal is not None else self.at.sanctioned_on
        years = self.asks.conduct_lookback_years
        return bool(years) and any(self.at.day < self.calendar.anniversary(day, years) for day in known)

    def first_on(self) -> date | None:
        """Return the first day on which the dated conditions can hold that the asker is shown."""
        since = self.registered_since()
        days = [self.calendar.anniversary(since, self.asks.min_years_registered)] if since is not None else []
        if self.personal is not None and self.asks.cpd_last_n:
            days.append(self._cpd_on(self.personal))
        return max(days, default=None)

    def _cpd_on(self, personal: Personal) -> date:
        due = sorted((one for one in personal.cpd if one.state != "NOT_DUE"), key=lambda one: one.year, reverse=True)
        counted = [one for one in due if one.is_assessed]
        good = next((place for place, one in enumerate(counted) if not self.is_met(one)), len(counted))
        last = counted[0].year if counted else min((one.year for one in due), default=self.at.day.year) - 1
        return self.calendar.assessed_on(last + max(self.asks.cpd_last_n - good, 0))


@dataclass(frozen=True, slots=True)
class _Row:
    """One row: its codes, when they apply, with which answer (None goes on), and whether it stops there."""

    codes: Callable[[_Case], tuple[str, ...]]
    answer: Answer | None
    stops: bool


def _row(code: str, applies: Callable[[_Case], object], answer: Answer | None, *, stops: bool = False) -> _Row:
    return _Row(lambda case: (code,) if applies(case) else (), answer, stops)


_no = partial(_row, answer=Answer.NOT_ELIGIBLE)
_stop = partial(_no, stops=True)
_subject = partial(_row, answer=Answer.SUBJECT_TO)


def _online(applies: Callable[[_Case], object]) -> Callable[[_Case], object]:
    """Ask it of the register only: the lists do not hold it."""
    return lambda case: not case.at.is_offline and applies(case)


def _is_deceased(case: _Case) -> bool:
    died_on = case.at.deceased_on
    return case.at.life == "DECEASED" or (died_on is not None and died_on <= case.at.day)


def _superseded(case: _Case) -> tuple[str, ...]:
    return ("REG_SUPERSEDED", "USE_SUCCESSOR") if case.at.life == "SUPERSEDED" else ()


def _lapsed(case: _Case) -> tuple[str, ...]:
    return ("REG_LAPSED", *filter(None, [case.at.lapse])) if case.at.life == "LAPSED" else ()


def _mismatch(case: _Case) -> tuple[str, ...]:
    """Return what was named beside the agreement and is not in it."""
    elsewhere = case.claim.jurisdiction not in {None, *case.agreement.jurisdictions}
    other = case.claim.title not in {None, case.agreement.title}
    return ("MRA_JURISDICTION_MISMATCH",) * elsewhere + ("MRA_TITLE_MISMATCH",) * other


def _suspended(case: _Case) -> tuple[str, ...]:
    return ("REG_SUSPENDED", *sorted(case.at.holds)) if case.at.holds and case.asks.active_required else ()


def _ended(case: _Case) -> str | None:
    """Return why the certificate that was shown has ended, if its registration still lives."""
    return case.shown.ended_reason if case.shown is not None and case.at.life in _LIVE else None


def _is_renewed(case: _Case) -> bool:
    """Tell whether the term of the certificate that was shown is over, and a later one runs."""
    over = case.shown is not None and case.at.moment > case.shown.valid_until
    return over and case.at.life == "CURRENT" and not case.at.is_interim


def _is_too_old(case: _Case) -> bool:
    days = case.asks.max_credential_age_days
    return case.shown is not None and days is not None and case.shown.issued_on + timedelta(days) < case.at.day


def _degree(case: _Case, *, is_known: bool) -> bool:
    held, accepted = case.personal, case.asks.degree_accreditation
    if held is None or not accepted or held.degree_accreditation in accepted:
        return False
    return (held.degree_accreditation != "unknown") is is_known


def _is_short_of(case: _Case, held: str, asked: str) -> bool:
    return case.personal is not None and getattr(case.personal, held) < getattr(case.asks, asked)


ROWS = (
    _stop("REG_ANNULLED", lambda case: case.at.is_annulled_now or case.at.life == "ANNULLED"),
    _stop("REG_REVOKED", lambda case: case.at.life == "REVOKED"),
    _stop("REG_DECEASED", _is_deceased),
    _Row(_superseded, Answer.NOT_ELIGIBLE, stops=True),
    _row("CRED_REPLACED", lambda case: _ended(case) == "REPLACED", None),
    _row("CRED_CLOSED", lambda case: _ended(case) not in {None, "REPLACED"}, None),
    _stop("REG_WITHDRAWN", lambda case: case.at.life == "WITHDRAWN"),
    _Row(_lapsed, Answer.NOT_ELIGIBLE, stops=True),
    _stop("REG_NOT_YET_VALID", lambda case: case.at.day < case.at.starts_on),
    _row("CRED_NOT_YET_VALID", lambda case: case.shown is not None and case.at.moment < case.shown.valid_from, None),
    _row("CRED_ENDED_RENEWED", _is_renewed, None),
    _stop("MRA_UNKNOWN", lambda case: not case.versions),
    _stop("MRA_AMBIGUOUS", lambda case: len(case.versions) > 1, answer=Answer.INDETERMINATE),
    _stop("MRA_FRAMEWORK_ONLY", lambda case: case.agreement.is_framework or case.state == "negotiating"),
    _stop(
        "MRA_NOT_YET_IN_FORCE", lambda case: case.at.day < case.agreement.effective_from_on or case.state == "signed"
    ),
    _row("MRA_SAVINGS_APPLY", _Case.is_saved, None),
    _subject("LODGEMENT_UNCONFIRMED", lambda case: case.is_saved() and not case.claim.is_confirmed),
    _stop("MRA_ENDED", lambda case: case.agreement.is_over(case.at.day) and not case.is_saved()),
    _stop("MRA_SUSPENDED", lambda case: case.state == "suspended" and not case.runs_on()),
    _stop("MRA_DIRECTION", lambda case: case.agreement.direction == "inbound"),
    _Row(_mismatch, Answer.NOT_ELIGIBLE, stops=True),
    _Row(_suspended, Answer.NOT_ELIGIBLE, stops=False),
    _no("REG_EXPIRED", lambda case: case.at.life != "CURRENT"),
    _no("GRADE_NOT_COVERED", lambda case: case.at.grade not in case.agreement.mappings),
    _no(
        "FIELD_NOT_COVERED",
        lambda case: case.at.field not in case.agreement.mappings.get(case.at.grade, {case.at.field}),
    ),
    _no("YEARS_REGISTERED_SHORT", _online(lambda case: not case.is_held(case.asks.min_years_registered))),
    _subject(
        "PERSONAL_CONDITIONS_NOT_SHOWN", _online(lambda case: case.asks.are_personal and not case.claim.is_personal)
    ),
    _no("YEARS_EXPERIENCE_SHORT", lambda case: _is_short_of(case, "experience_years", "min_years_experience")),
    _no("RESPONSIBLE_YEARS_SHORT", lambda case: _is_short_of(case, "responsible_years", "min_responsible_years")),
    _no("CPD_YEARS_SHORT", lambda case: case.personal is not None and case.is_cpd_short()),
    _no("CONDUCT_LOOKBACK", _online(_Case.is_sanctioned)),
    _subject("CRED_TOO_OLD", _is_too_old),
    _row("CPD_YEARS_PENDING", lambda case: any(one.state in _PENDING for one in case.cpd()), Answer.INDETERMINATE),
    _no("DEGREE_NOT_ACCEPTED", partial(_degree, is_known=True)),
    _subject("DEGREE_EVIDENCE_REQUIRED", partial(_degree, is_known=False)),
    _subject("MANUAL_CONDITION", lambda case: case.asks.manual),
    _subject("AUTH_SOCIETY_LOST_INTEGRITY", _online(lambda case: case.at.is_in_doubt)),
    _subject("RENEWAL_PENDING", _online(lambda case: case.at.is_interim and not case.asks.accept_interim)),
    _subject("ONLINE_CHECK_REQUIRED", lambda case: case.at.is_offline),
    _row("BODY_NOT_PARTY", lambda case: case.claim.body not in {None, *case.agreement.parties}, None),
    _row("EXPIRES_SOON", lambda case: case.at.life == "CURRENT" and case.at.term_end_on - case.at.day < _SOON, None),
)
"""Rows 7 to 36b in the order of the table, then what only informs."""
