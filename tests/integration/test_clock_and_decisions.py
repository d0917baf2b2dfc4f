"""No decision is made on what the clock job owes a change, on both databases, nor without what its rule asks."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from registry.demo.officers import REGISTRAR, SECOND_REGISTRAR, board
from registry.domain.calendar import civil_date, start_of
from registry.domain.changes import GroundClass
from registry.domain.refusals import ConductPendingError, RegisterBehindError
from registry.domain.registration import HoldKind
from registry.services.decisions import lift_hold, record_death, withdraw
from registry.services.refusals import CommandError
from tests.integration.registers import AT, MINUTE, Office
from tests.integration.test_clock_job import LAPSE, bits, hold, lapsing, life, run
from tests.support.rulings import confirm_end, propose_end


def _withdraw(office: Office, now: datetime) -> None:
    withdraw(office.desk, office.numbers[0], decision_ref="W/1", actor=board("ELE"), now=now)


def _die(office: Office, now: datetime) -> None:
    on = civil_date(AT)
    record_death(office.desk, office.numbers[1], on, decision_ref="E/1", actor=board("ELE"), now=now)


def _propose(office: Office, now: datetime) -> None:
    about = {"ground": GroundClass.CODE_BREACH, "decision_ref": "C/2", "actor": SECOND_REGISTRAR}
    propose_end(office.desk, "annulment", office.numbers[0], now=now, **about)  # type: ignore[arg-type]


def _confirm(office: Office, now: datetime) -> None:
    with office.desk.open_reading() as work:
        (digest,) = work.proposals.open_digests("revocation")
    confirm_end(office.desk, digest, actor=REGISTRAR, now=now)


DECISIONS: dict[str, Callable[[Office, datetime], None]] = {
    "lift": lambda office, now: lift_hold(
        office.desk, office.numbers[0], HoldKind.CPD, decision_ref="D/2", actor=REGISTRAR, now=now
    ),
    "lift-elsewhere": lambda office, now: lift_hold(
        office.desk, office.numbers[1], HoldKind.CPD, decision_ref="D/2", actor=REGISTRAR, now=now
    ),
    "suspend": lambda office, now: hold(office, HoldKind.IDENTITY, now),
    "suspend-entry": lambda office, now: hold(office, HoldKind.SOCIETY_REVIEW, now),
    "propose": _propose,
    "confirm": _confirm,
    "withdraw": _withdraw,
    "death": _die,
}


@pytest.mark.parametrize("name", DECISIONS)
@pytest.mark.parametrize("owed", ["lapse.cpd", "lapse.renewal", "sanction-over"])
def test_no_decision_undoes_what_the_clock_job_owes(staffed: Office, owed: str, name: str) -> None:
    held = AT + timedelta(days=1) if owed == "lapse.cpd" else LAPSE - timedelta(days=90)
    due = {
        "lapse.cpd": start_of(date(2027, 7, 2)),
        "lapse.renewal": LAPSE,
        "sanction-over": start_of(date(2031, 8, 1)),
    }[owed]
    if name == "confirm":
        about = {"ground": GroundClass.CODE_BREACH, "decision_ref": "C/1", "actor": SECOND_REGISTRAR}
        propose_end(staffed.desk, "revocation", staffed.numbers[0], now=held, **about)  # type: ignore[arg-type]
    hold(staffed, HoldKind.CPD, held)
    if owed == "sanction-over":
        hold(staffed, HoldKind.CONDUCT_SANCTION, held, until=date(2031, 7, 31))
    before = staffed.database.dump()
    with pytest.raises(RegisterBehindError, match="run cse sweep first") as refused:
        DECISIONS[name](staffed, due)
    assert (refused.value.code, due.isoformat() in str(refused.value)) == ("register.behind", True)
    assert staffed.database.dump() == before
    DECISIONS[name](staffed, due - timedelta(seconds=1))
    assert staffed.database.dump() != before


def test_a_decision_about_one_entry_waits_for_no_other(staffed: Office) -> None:
    lapsing(staffed, 1)
    hold(staffed, HoldKind.SOCIETY_REVIEW, AT)
    with pytest.raises(RegisterBehindError, match=staffed.numbers[1]):
        hold(staffed, HoldKind.CPD, AT)
    run(staffed, AT)
    hold(staffed, HoldKind.CPD, AT)
    assert (life(staffed), life(staffed, 1), bits(staffed)) == ("CURRENT", "LAPSED", (0, 1))


@pytest.mark.parametrize("kind", ["revocation", "annulment"])
def test_r_cc_08_no_withdrawal_while_a_proposal_to_end_it_is_open(staffed: Office, kind: str) -> None:
    about = {"ground": GroundClass.CODE_BREACH, "decision_ref": "C/1", "actor": SECOND_REGISTRAR}
    propose_end(staffed.desk, kind, staffed.numbers[0], now=AT, **about)  # type: ignore[arg-type]
    before = staffed.database.dump()
    with pytest.raises(ConductPendingError):
        _withdraw(staffed, AT + MINUTE)
    assert staffed.database.dump() == before
    withdraw(staffed.desk, staffed.numbers[1], decision_ref="W/1", actor=board("ELE"), now=AT + MINUTE)
    assert life(staffed, 1) == "WITHDRAWN"


@pytest.mark.parametrize("reference", ["", "  "])
def test_no_end_without_the_reference_of_its_decision(staffed: Office, reference: str) -> None:
    before = staffed.database.dump()
    ask = {"decision_ref": reference, "actor": board("ELE"), "now": AT}
    with pytest.raises(CommandError, match="reference"):
        withdraw(staffed.desk, staffed.numbers[0], **ask)  # type: ignore[arg-type]
    with pytest.raises(CommandError, match="reference"):
        record_death(staffed.desk, staffed.numbers[0], civil_date(AT), **ask)  # type: ignore[arg-type]
    assert staffed.database.dump() == before
