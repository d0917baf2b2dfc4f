"""The public register entry of a number: the registration that answers, and the history of the whole entry."""

from datetime import datetime
from typing import Any

from registry.domain import calendar, changes, clock, numbers, refusals, registration, status
from registry.services.ports import Desk
from registry.store.journal import RecordedEvent
from registry.store.register import Member
from schemas import codes


def public_entry(desk: Desk, text: str, *, now: datetime) -> dict[str, Any] | None:
    """Return the public entry of a register number as JSON members, or None if there is none.

    Never page ids, and the name only with consent C1 (R-PV-01, R-PV-05).
    """
    try:
        number = numbers.parse_register_number(text)
        with desk.open_reading() as work:
            entry = work.register.entry(number)
            answering = work.register.answering(number)
            history = [one.value for one in work.register.registrations(number)]
            member = work.register.member(entry.member_id)
            events = work.journal.events(number)
    except (refusals.NumberFormatError, refusals.NumberCheckDigitsError, refusals.NotFoundError):
        return None
    return {
        "number": number,
        "field": codes.FIELDS[entry.field].labelled,
        "society": codes.SOCIETIES[entry.society].labelled,
        "first_registered": entry.first_registered_on.isoformat(),
        **_names(member),
        "registration": _registration(answering.value, now),
        **({"note": "register_behind"} if clock.is_behind(answering.value, now, desk.policy) else {}),
        "history": [_registration(one, now) for one in history],
        "events": [_event(one) for one in events],
    }


def _event(event: RecordedEvent) -> dict[str, Any]:
    # Of a death only the day on which the entry was closed is public (T15).
    on = event.recorded_at if event.type == changes.EventType.DECEASED else event.effective_at
    told = {"type": event.type, "status": event.to_state.lower(), "public_reason": event.public_reason}
    return told | {"on": calendar.civil_date(on).isoformat()}


def _names(member: Member | None) -> dict[str, Any]:
    if member is None or not member.consent_c1:
        return {"name_withheld": "NAME_WITHHELD"}
    names = {"hans": member.name_hans, "latn": member.name_latin}
    return {"names": {script: name for script, name in names.items() if name}}


def _registration(value: registration.Registration, now: datetime) -> dict[str, Any]:
    return {
        "grade": codes.GRADES[value.grade].labelled,
        "status": status.status_at(value, now).lower(),
        "standard": value.standard_ref,
        "grade_since": value.grade_since_on.isoformat(),
        "terms": [
            {"from": term.start_on.isoformat(), "until": term.end_on.isoformat(), "basis": str(term.origin)}
            for term in value.terms
        ],
    }
