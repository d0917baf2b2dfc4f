"""What follows on a registration that is over (domain 3.5): promotion, appeal, the lower grade again, correction.

T14, T17, T21 and T23; restoration (T16) is in `renewal`. Each gives back the `Change` to record, in effect from `at`.
Every way back issues a new certificate: the end of the old one stays (3.4). The right of the actor, a second person and
a final decision are asked before, by the use case.
"""

from dataclasses import replace
from datetime import datetime

from registry.domain import clock, lifecycle, refusals, transitions
from registry.domain.calendar import civil_date, term_end
from registry.domain.changes import Admission, Change, EventType, changed
from registry.domain.policy import Policy
from registry.domain.registration import Ended, EndedReason, Life, RegisterEntry, Registration, TermOrigin, next_term

UNDONE = _CORRECTED, _APPEALED = ("corrected", "appeal")
"""What undoes an end, in the words of the page."""
APPEALABLE = frozenset({Life.REVOKED, Life.ANNULLED})
"""The lives from which an appeal leads back (T17)."""


def promote(
    held: Registration, admission: Admission, entry: RegisterEntry, *, at: datetime, policy: Policy
) -> tuple[Change, Change]:
    """Supersede a live registration by one of a higher grade at one instant: no moment without, or with two (T14).

    The new term is a full one; holds of person and entry apply to it (R-PR-03, R-PR-06). Raises what `register` does.
    """
    over = lifecycle.end(held, lifecycle.SUPERSESSION, at=at, decision_ref=admission.decision_ref)
    others = tuple(over.registration if one == held else one for one in entry.registrations)
    after = replace(entry, registrations=others)
    return over, transitions.register(admission, at=at, entry=after, policy=policy, origin=TermOrigin.PROMOTION)


def allow_appeal(
    registration: Registration,
    entry: RegisterEntry,
    *,
    at: datetime,
    ref: str,
    policy: Policy,
    is_superseded: bool = False,
    undoes: int | None = None,
) -> Change:
    """Bring a revoked or annulled registration back from `at` on, after a later review (T17).

    `is_superseded` is one above which a promotion stands. `undoes` is the number of its supersession if that promotion
    was annulled without the holder's fault: the grade then counts as held throughout (T21). Raises `NotLiveError` for
    any other.
    """
    if registration.life not in APPEALABLE:
        raise refusals.NotLiveError(registration.register_no, registration.life, "appeal")
    after = replace(registration, life=Life.SUPERSEDED, life_since=at)
    if not is_superseded:
        after = _from_now(registration, entry, at=at, policy=policy)
    return _back(registration, after, EventType.APPEAL_ALLOWED, at=at, ref=ref, reason="appeal-allowed", undoes=undoes)


def reinstate(
    lower: Registration, entry: RegisterEntry, *, at: datetime, ref: str, policy: Policy, undoes: int | None
) -> Change:
    """Let the lower grade live again when the higher one is annulled (T21).

    `undoes` is the number of its supersession if the holder is without fault: the grade then counts as held throughout.
    Raises `NotLiveError` if it was not superseded.
    """
    if lower.life is not Life.SUPERSEDED:
        raise refusals.NotLiveError(lower.register_no, lower.life, "reinstatement")
    after, term = _from_now(lower, entry, at=at, policy=policy), lower.last_term()
    if undoes is not None and term is not None and term.covers(civil_date(at)):
        terms = tuple(replace(one, origin=TermOrigin.APPEAL) if one == term else one for one in lower.terms)
        after = replace(after, terms=terms)
    return _back(lower, after, EventType.REINSTATED, at=at, ref=ref, reason="reinstated", undoes=undoes)


def correct(registration: Registration, before: Registration, *, at: datetime, ref: str, undoes: int) -> Change:
    """Take back the event numbered `undoes`, which was an error: the registration is again as `before` it (T23).

    Holds are those of today: they end by their own rules. A deadline that ran out meanwhile is open for 60 days.
    """
    terms = tuple(clock.reopened(one, registration.life_since, at) for one in before.terms)
    person, entry = registration.person_holds, registration.entry_holds
    after = replace(before, person_holds=person, entry_holds=entry, terms=terms, reopened_at=at)
    return _back(registration, after, EventType.CORRECTED, at=at, ref=ref, reason="corrected", undoes=undoes)


def _from_now(registration: Registration, entry: RegisterEntry, *, at: datetime, policy: Policy) -> Registration:
    """Return it as current from `at` on: for the rest of its term, or for a new one if that is over."""
    on, last = civil_date(at), registration.last_term()
    end_on = last.end_on if last is not None and last.end_on >= on else term_end(on, years=policy.term_years)
    terms = (*registration.terms, next_term(entry, on, end_on, TermOrigin.APPEAL))
    return replace(registration, life=Life.CURRENT, life_since=at, terms=terms)


def _back(
    was: Registration, after: Registration, event: EventType, *, at: datetime, ref: str, reason: str, undoes: int | None
) -> Change:
    return replace(changed(was, after, event, at=at, reasons=reason, decision_ref=ref), corrects=undoes)


def told_today(ended: Ended, value: Registration) -> Ended:
    """Return how the end of a credential is told of today: closed, if its registration is back (T17, T23).

    That was an appeal, since then, or the correction of an error of its day. The end itself stays as written (3.4).
    """
    if not value.is_live or ended.reason in {EndedReason.REPLACED, EndedReason.CLOSED}:
        return ended
    restored = (term.start_on for term in value.terms if term.origin is TermOrigin.RESTORATION)
    again = value.reopened_at is not None and value.reopened_at >= ended.at
    if again and all(start_on < civil_date(ended.at) for start_on in restored):
        return Ended(EndedReason.CLOSED, _CORRECTED, ended.at)
    is_appealed = ended.reason in {EndedReason.REVOKED, EndedReason.ANNULLED}
    return Ended(EndedReason.CLOSED, _APPEALED, value.life_since) if is_appealed else ended
