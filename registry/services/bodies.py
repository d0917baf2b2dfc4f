"""What CSE decides about societies and keys (domain 2.2, 4).

Each decision is one transaction with the new statements and the new trust list: it counts with them or not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from string import ascii_lowercase
from typing import Any

from issuer.trusted import INTEGRITY, MERGER, TERM_END, AuthorizationEntry, ScopeRow
from keys.keystore import NewKey
from keys.records import KeyUse
from registry.domain import clock, registration, transitions
from registry.domain.actors import Action, Actor, require
from registry.domain.calendar import civil_date, deadline_months, term_end, whole_second
from registry.services import memberships, refusals
from registry.services.decisions import apply_hold, require_reference, require_swept
from registry.services.ports import Desk, Keyring
from registry.services.trust import STANDARDS, body_of, code_of, keep_authorization, listed, sign_trust_list
from registry.store.work import Work
from schemas import codes

_MAY = {"active": ("new", "maintain"), "suspended": ("maintain",)}
_FROM = {"active": {"suspended"}, "suspended": {"active"}}
_REVIEW = registration.HoldKind.SOCIETY_REVIEW
_Entries = Sequence[AuthorizationEntry]


@dataclass(frozen=True, slots=True)
class GrantAuthorization:
    """CSE authorizes a society for fields and grades, from a day on and as long as the policy says (R-AU-01)."""

    society: str
    fields: tuple[str, ...]
    grades: tuple[str, ...]
    from_on: date
    decision_ref: str
    state: str = "active"


def grant_authorization(desk: Desk, keyring: Keyring, *grants: GrantAuthorization, actor: Actor, now: datetime) -> int:
    """Sign authorizations, and the trust list with which they count; return its version.

    Raises `CommandError` for a first day in the past, and for a society, field or grade that does not exist.
    """
    require(actor, Action.ADMINISTER_TRUST)
    with desk.open_work() as work:
        for grant in grants:
            require_reference(grant.decision_ref)
            keep_authorization(desk, work, keyring, _granted(desk, work, grant, now), actor=actor, now=now)
        return sign_trust_list(desk, work, keyring, actor=actor, now=now)


def _granted(desk: Desk, work: Work, grant: GrantAuthorization, now: datetime) -> AuthorizationEntry:
    """Return the authorization: what may be new or maintained per field and grade (R-AU-02), for a term (R-AU-03)."""
    societies, begins = {one.code for one in work.trust.bodies() if one.role == "society"}, grant.from_on
    asked = {"society": ((grant.society,), societies), "field": (grant.fields, codes.FIELDS)}
    for name, (values, known) in (asked | {"grade": (grant.grades, codes.GRADES)}).items():
        if not values or not {*values} <= {*known}:
            raise refusals.CommandError(f"there is no {name} {' '.join({*values} - {*known})}", name)
    if begins < civil_date(now):
        raise refusals.CommandError(f"an authorization acts forward only (R-AU-02): {begins} is past", "from_on")
    days = begins, term_end(begins, years=desk.policy.on(begins).auth_term_years)
    rows = [ScopeRow(field, grant.grades, _MAY["active"], *days) for field in grant.fields]
    at, told = f"/societies/{grant.society.lower()}/authorizations/", {"decision_ref": grant.decision_ref}
    whose = {"society": body_of(desk.base, grant.society), "standards": STANDARDS}
    return _active(work.trust.authorizations(), at, rows, begins, **whose, **told)


def _active(known: _Entries, at: str, rows: Sequence[ScopeRow], on: date, **own: Any) -> AuthorizationEntry:
    """Return an authorization for `rows` that is active from a day on, at the first numbered path below `at`."""
    taken, last = {one.path for one in known}, max(row.until_on for row in rows)
    path = next(path for path in (f"{at}{number}" for number in count(1)) if path not in taken)
    days: Any = {"from_on": on, "to_on": last, "state_since": on}
    return AuthorizationEntry(path=path, scope=tuple(dict.fromkeys(rows)), state="active", **days, **own)


@dataclass(frozen=True, slots=True)
class BodyDecision:
    """A decision about a society, in effect from 00:00 of `from_on`: `state` is active (again), suspended, else ended.

    An end has its `cause`, that of integrity the first and last day of the assessments in `doubt`. `custodian` is the
    society in scope that takes over, or the successor of a merger; without one it is CSE's custodian body.
    """

    society: str
    state: str
    from_on: date
    decision_ref: str
    cause: str | None = None
    custodian: str | None = None
    doubt: tuple[date | None, date | None] = (None, None)


def decide(desk: Desk, keyring: Keyring, decision: BodyDecision, *, actor: Actor, now: datetime) -> int:
    """Suspend, restore or end the authorization of a society; return the version of the new trust list.

    R-AU-04, R-AU-05, R-AU-11. Raises `CommandError`, `SocietyNotAuthorizedError` for a custodian that is out of scope.
    """
    require(actor, Action.ADMINISTER_TRUST)
    require_reference(decision.decision_ref)
    _require_sound(decision, civil_date(now))
    with desk.open_work() as work:
        if decision.custodian not in {None, *(body.code for body in work.trust.bodies() if body.role == "society")}:
            raise refusals.CommandError(f"there is no society {decision.custodian}", "custodian")
        known = work.trust.authorizations()
        own, lost = _concerned(desk, decision, known)
        changed = _changed(desk, decision, own, own or lost, known)
        _require_going_on(work, decision, known)
        for one in changed:
            keep_authorization(desk, work, keyring, one, actor=actor, now=now)
        return sign_trust_list(desk, work, keyring, actor=actor, now=now)


def end_run_out(desk: Desk, keyring: Keyring, until: datetime, *, actor: Actor, now: datetime) -> None:
    """Record which authorizations ran out by `until` with no other of their society: CSE's custodian body acts then.

    It does from the day after the term, for all that the society was ever authorized for (R-AU-05, R-DT-08).
    """
    require(actor, Action.SWEEP)
    with desk.open_work() as work:
        known, ended = work.trust.authorizations(), memberships.run_out(work, civil_date(until))
        for last in ended:
            on = last.over_on
            over = [one for one in known if (one.society, one.successor) == (last.society, None) and one.over_on <= on]
            decision = BodyDecision(code_of(last.society), "expired", on, clock.REFERENCE, TERM_END)
            for one in _changed(desk, decision, [one for one in over if one.over_on == on], over, known):
                keep_authorization(desk, work, keyring, one, actor=actor, now=now)
        if ended:
            sign_trust_list(desk, work, keyring, actor=actor, now=now)


def _changed(desk: Desk, decision: BodyDecision, own: _Entries, covered: _Entries, known: _Entries) -> _Entries:
    """Return what is authorized anew, for what was `covered`, and how a decision leaves a society's `own`."""
    told: dict[str, Any] = dict(zip(("doubt_from", "doubt_until"), decision.doubt, strict=True))
    told |= {"cause": decision.cause, "decision_ref": decision.decision_ref}
    given: _Entries = ()
    if decision.cause is not None:
        told["successor"] = body_of(desk.base, decision.custodian or codes.CUSTODIAN)
        given = _given(desk, decision, covered, known)
    may = _MAY.get(decision.state, ())
    return [*given, *(one.changed(decision.from_on, decision.state, may, **told) for one in own)]


def _concerned(desk: Desk, decision: BodyDecision, known: _Entries) -> tuple[_Entries, _Entries]:
    """Return the authorizations of a society that change, or else those that are lost: custody is prolonged.

    One that ran out without another is ended all the same, so that somebody takes over. Once lost, it is the custody of
    CSE's body that a society ends which is named later.
    """
    did = body_of(desk.base, decision.society)
    of = [one for one in known if one.society == did]
    before, is_end = _FROM.get(decision.state, {"active", "suspended"}), decision.cause is not None
    own = [one for one in of if one.rows_from(decision.from_on) and one.state in before]
    lost = [one for one in of if one.successor is not None]
    if not own and not lost and is_end:
        own = sorted(of, key=lambda one: one.to_on)[-1:]
    custody = [one for one in known if one.acting_for == did]
    kept_until = max((one.to_on for one in custody), default=date.max)
    if not own and is_end and decision.custodian is not None:
        own = [one for one in sorted(custody, key=lambda one: one.to_on)[-1:] if one.successor is None]
    is_prolonged = is_end and decision.custodian is None and decision.from_on > kept_until
    if not own and not is_prolonged:
        wanted = " or ".join(sorted(before))
        raise refusals.CommandError(f"no authorization of {decision.society} is {wanted} then", "society")
    return own, lost


def _require_sound(decision: BodyDecision, today: date) -> None:
    first, last = decision.doubt
    is_interval = first is not None and last is not None and first <= last
    if decision.from_on <= today:
        reason = f"an authorization acts forward only (R-AU-02): {decision.from_on} has begun, name a later day"
        raise refusals.CommandError(reason, "from_on")
    if is_interval is not (decision.cause == INTEGRITY) or (first is None) is not (last is None):
        reason = "integrity, and no other cause, names first and last day of the assessments in doubt (R-AU-08)"
        raise refusals.CommandError(reason, "doubt")
    if decision.custodian == decision.society or (decision.cause == MERGER and decision.custodian is None):
        raise refusals.CommandError("name another society, the one that goes on (R-AU-11)", "custodian")


def _require_going_on(work: Work, decision: BodyDecision, known: _Entries) -> None:
    """Raise `CommandError` if who takes over has lost its own authorization then, or is to lose it."""
    to = decision.custodian
    days = [one.state_since for one in known if code_of(one.society) == to]
    if (to, None) in memberships.last_ended(work, max([decision.from_on, *days])):
        raise refusals.CommandError(f"{to} has no authorization then: authorize it anew (R-AU-11)", "custodian")


def _given(desk: Desk, decision: BodyDecision, own: _Entries, known: _Entries) -> _Entries:
    """Return what whoever takes over is authorized for anew: a successor for the same, the custodian to maintain.

    Raises `SocietyNotAuthorizedError` unless a society that is named is in scope for all of it.
    """
    on, to, is_merger = decision.from_on, decision.custodian, decision.cause == MERGER
    rows = [row for entry in own for row in entry.rows_from(on) or (() if is_merger else entry.scope)]
    if to is not None and not is_merger:
        theirs = [one for one in known if one.society == body_of(desk.base, to) and one.state != "annulled"]
        for row in rows:
            if not any(one.covers(row, on) for one in theirs):
                raise refusals.SocietyNotAuthorizedError(to, row.field, " ".join(row.grades))
        return []
    if is_merger:
        at, acting_for = f"/societies/{(to or '').lower()}/authorizations/", None
    else:
        at, acting_for = f"/custodian/authorizations/{decision.society.lower()}-", own[0].society
        until = deadline_months(on, desk.policy.on(on).auth_custody_months) - timedelta(days=1)
        rows = [replace(row, may=("maintain",), from_on=on, until_on=until) for row in rows]
    whose = {"society": body_of(desk.base, to or codes.CUSTODIAN), "acting_for": acting_for}
    told = {"standards": own[0].standards, "decision_ref": decision.decision_ref}
    return [_active(known, at, rows, on, **whose, **told)] if rows else []


def mark_compromised(
    desk: Desk, keyring: Keyring, key_id: str, since: datetime, *, actor: Actor, now: datetime
) -> list[tuple[str, str]]:
    """Publish that an issuing key counts for nothing from `since` on, with a new one of its body while it would serve.

    Returns what is to be replaced, as `to_resign` does. Raises `CommandError`.
    """
    require(actor, Action.ADMINISTER_TRUST)
    moment, did = whole_second(now), key_id.partition("#")[0]
    with desk.open_work() as work:
        keys = {key.key_id: key for key in work.trust.keys(did) if key.key_use == KeyUse.ISSUE}
        key = keys.get(key_id)
        if key is None or key.compromised_since is not None or since > now:
            reason = f"{key_id} is no issuing key that can be marked as compromised since {since.isoformat()}"
            raise refusals.CommandError(reason, "key")
        work.trust.set_compromised(key_id, whole_second(since))
        if key.not_before <= moment < key.not_after:
            free = next(name for name in (key_id + letter for letter in ascii_lowercase[1:]) if name not in keys)
            new = NewKey(free, KeyUse.ISSUE, moment, key.not_after)
            work.trust.add_key(did, *listed(keyring.add(work.trust.keystore(did), [new])))
        told = f"{key_id} {whole_second(since).isoformat()}".encode()
        work.journal.note("key-compromised", key_id, told, actor=actor, at=now)
        sign_trust_list(desk, work, keyring, actor=actor, now=now)
        return to_resign(work, now=now)


def to_resign(work: Work, *, now: datetime) -> list[tuple[str, str]]:
    """Return number and page of each certificate in force or to come that was signed with a compromised key."""
    keys = [key.key_id for body in work.trust.bodies() for key in body.keys if key.compromised_since is not None]
    return work.certificates.signed_with(keys, now=now)


def is_in_doubt(work: Work, number: str, seq: int, at: datetime) -> bool:
    """Tell whether a registration was assessed in an interval in doubt and not cleared by `at` (R-AU-08, row 36a)."""
    found = work.register.doubts(civil_date(at), register_no=number)
    cleared_at = found.get((number, seq))
    return (number, seq) in found and (cleared_at is None or at < cleared_at)


def in_doubt(desk: Desk, society: str, *, actor: Actor, now: datetime) -> dict[str, datetime | None]:
    """Return the numbers that a society assessed in an interval in doubt, each with when it was cleared."""
    require(actor, Action.READ_REGISTER, tenant=society)
    if society not in codes.SOCIETIES:
        raise refusals.CommandError(f"there is no society {society}", "society")
    with desk.open_reading() as work:
        found = work.register.doubts(civil_date(now), assessing_society=society)
        return {number: found[number, seq] for number, seq in found if work.register.answering(number).seq == seq}


def review(desk: Desk, numbers: Sequence[str], decision_ref: str, *, clears: bool, actor: Actor, now: datetime) -> None:
    """Add the hold SOCIETY_REVIEW to all of these by one decision, or clear them and lift it (R-AU-08, T18).

    All or none. Raises `CommandError` for one that is not in doubt, and what `transitions.suspend` does.
    """
    require(actor, Action.LIFT if clears else Action.SUSPEND, hold=_REVIEW)
    require_reference(decision_ref)
    hold = registration.Hold(_REVIEW, now, None, decision_ref)
    add = partial(transitions.suspend, hold=hold, at=now, reason_code=_REVIEW.lower())
    lift = partial(transitions.lift, kind=_REVIEW, at=now, reason_code=_REVIEW.lower(), decision_ref=decision_ref)
    with desk.open_work() as work:
        for number in numbers:
            stored = work.register.answering(number)
            require_swept(desk, now, stored)
            if not is_in_doubt(work, number, stored.seq, now):
                reason = "was assessed in no interval in doubt, or is cleared (R-AU-08)"
                raise refusals.CommandError(f"{number} {reason}", "number")
            if clears:
                work.register.clear(stored, now)
                told = f"{number} {stored.seq} {decision_ref}".encode()
                work.journal.note("review-cleared", number, told, actor=actor, at=now)
            if not clears or any(one.kind is _REVIEW for one in stored.value.entry_holds):
                apply_hold(work, stored, lift if clears else add, on_person=False, actor=actor, now=now)
