"""How a registration ends: every life and every ending of domain 3.3 and 3.5, in a table written out here."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from registry.domain import lifecycle
from registry.domain.calendar import start_of
from registry.domain.changes import EventType, GroundClass, ended_of
from registry.domain.lifecycle import decease, end, expire, withdraw
from registry.domain.refusals import ConductPendingError, NotLiveError
from registry.domain.registration import Ended, EndedReason, Hold, HoldKind, Life
from registry.domain.status import PublicStatus
from tests.unit.domain.test_public_status import REGISTRATION

AT = datetime(2026, 3, 2, 3, tzinfo=UTC)
LIVE = {"CURRENT", "EXPIRED"}
AFTERWARDS = LIVE | {"LAPSED", "WITHDRAWN"}
TABLE = {
    "CPD_LAPSE": (lifecycle.CPD_LAPSE, LIVE, "LAPSED", "CPD_LAPSE", "LAPSED", "lapsed.cpd"),
    "RENEWAL_LAPSE": (lifecycle.RENEWAL_LAPSE, LIVE, "LAPSED", "RENEWAL_LAPSE", "LAPSED", "lapsed.renewal"),
    "WITHDRAWAL": (lifecycle.WITHDRAWAL, LIVE, "WITHDRAWN", "WITHDRAWN", "WITHDRAWN", "withdrawn"),
    "REVOCATION": (lifecycle.REVOCATION, AFTERWARDS, "REVOKED", "REVOKED", "REVOKED", "revoked"),
    "ANNULMENT": (lifecycle.ANNULMENT, set(Life) - {"ANNULLED"}, "ANNULLED", "ANNULLED", "ANNULLED", "annulled"),
    "DEATH": (lifecycle.DEATH, AFTERWARDS, "DECEASED", "DECEASED", "DECEASED", "deceased"),
}
"""By name: from which lives, to which, the reason for the credentials, the event, and the public reason."""


@pytest.mark.parametrize("life", Life)
@pytest.mark.parametrize("name", TABLE)
def test_every_life_and_every_ending(name: str, life: Life) -> None:
    ending, before, after, reason, event_type, public = TABLE[name]
    opened = REGISTRATION.life_since
    registration = replace(REGISTRATION, life=life, person_holds=frozenset({Hold(HoldKind.CPD, AT, None, "d")}))
    if life not in before:
        with pytest.raises(NotLiveError):
            end(registration, ending, at=AT, decision_ref="d", case_opened_at=opened)
        return
    change = end(registration, ending, at=AT, decision_ref="d-9", case_opened_at=opened)
    assert change.registration == replace(registration, life=Life(after), life_since=AT)
    assert change.ended == Ended(EndedReason(reason), None, AT)
    (event,) = change.events
    assert (event.type, event.to_state, event.public_reason) == (event_type, after, public)
    assert event.from_state == ("SUSPENDED" if life in LIVE else life)
    assert (event.effective_at, event.decision_ref, event.reason_code) == (AT, "d-9", reason.lower())


@pytest.mark.parametrize("life", [Life.LAPSED, Life.WITHDRAWN])
@pytest.mark.parametrize(("opened", "refused"), [(None, True), (-1, False), (0, False), (1, True)])
def test_t12_after_a_lapse_only_in_a_case_that_was_opened_before(life: Life, opened: int | None, refused: bool) -> None:
    gone = replace(REGISTRATION, life=life, life_since=AT)
    case = AT + timedelta(seconds=opened) if opened is not None else None
    if refused:
        with pytest.raises(NotLiveError):
            end(gone, lifecycle.REVOCATION, at=AT, decision_ref="d", case_opened_at=case)
    else:
        done = end(gone, lifecycle.REVOCATION, at=AT, decision_ref="d", case_opened_at=case)
        assert done.registration.life is Life.REVOKED


@pytest.mark.parametrize("ground", GroundClass)
def test_the_public_learns_the_class_of_the_ground(ground: GroundClass) -> None:
    (event,) = end(REGISTRATION, lifecycle.REVOCATION, at=AT, decision_ref="d", ground=ground).events
    assert (event.reason_code, event.public_reason) == (ground, f"revoked.{ground}")


@pytest.mark.parametrize("kind", HoldKind)
def test_scenario_49_no_withdrawal_while_a_case_is_open(kind: HoldKind) -> None:
    hold = frozenset({Hold(kind, AT, None, "d")})
    held = replace(REGISTRATION, person_holds=hold) if kind.on_person else replace(REGISTRATION, entry_holds=hold)
    if kind is HoldKind.CONDUCT_INTERIM:
        with pytest.raises(ConductPendingError, match="R-CC-08"):
            withdraw(held, at=AT, decision_ref="d")
    else:
        assert withdraw(held, at=AT, decision_ref="d").registration.life is Life.WITHDRAWN


def test_t15_counts_from_the_day_of_death_and_the_entry_closed_when_it_was_recorded() -> None:
    change = decease(REGISTRATION, date(2026, 2, 1), recorded_at=AT, decision_ref="d")
    died = start_of(date(2026, 2, 1))
    assert (change.ended, change.events[0].effective_at) == (Ended(EndedReason.DECEASED, None, died), died)
    assert change.registration.life_since == AT


@pytest.mark.parametrize("is_held", [False, True])
def test_t05_and_t22_an_expiry_says_what_was_before(is_held: bool) -> None:
    holds = frozenset({Hold(HoldKind.CPD, AT, None, "d")} if is_held else ())
    at = start_of(date(2026, 7, 15))
    change = expire(replace(REGISTRATION, person_holds=holds), at=at, decision_ref="clock")
    (event,) = change.events
    assert (change.registration, change.ended) == (replace(REGISTRATION, life=Life.EXPIRED, person_holds=holds), None)
    states = ("SUSPENDED", "SUSPENDED") if is_held else ("ACTIVE", "EXPIRED")
    assert (event.type, event.from_state, event.to_state) == (EventType.EXPIRED, *map(PublicStatus, states))


@pytest.mark.parametrize("reason", EndedReason)
@pytest.mark.parametrize(("seconds", "is_dropped"), [(-1, False), (0, False), (1, True)])
def test_r_pr_07_a_certificate_for_a_term_to_come_is_dropped_at_a_promotion(
    reason: EndedReason, seconds: int, is_dropped: bool
) -> None:
    ended = Ended(reason, None, AT)
    dropped = Ended(EndedReason.CLOSED, "CANCELLED", AT)
    told = ended_of(AT + timedelta(seconds=seconds), ended)
    assert told == (dropped if is_dropped and reason is EndedReason.SUPERSEDED else ended)
