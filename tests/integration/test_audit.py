"""The event feed, and whether the register agrees with itself: `cse events`, `cse audit`."""

from datetime import date

import pytest

from registry.demo.officers import REGISTRAR, board
from registry.domain.refusals import NotAllowedError, NotFoundError
from registry.services.audit import audit, events, events_of
from registry.services.publishing import publish
from tests.fakes import MemoryPublisher
from tests.integration.conftest import Cse
from tests.integration.registers import AT, MINUTE, Demo, Office
from tests.integration.test_decisions import revoke, suspend


def found(office: Office, publisher: MemoryPublisher | None = None) -> list[str]:
    return audit(office.desk, publisher, actor=REGISTRAR, now=AT + 3 * MINUTE)


def test_a_register_that_lived_agrees_with_itself(staffed: Office) -> None:
    suspend(staffed, staffed.numbers[1])
    revoke(staffed, staffed.numbers[0])
    assert found(staffed) == []


def test_the_feed_is_gapless_and_goes_on_where_one_stopped(staffed: Office) -> None:
    suspend(staffed, staffed.numbers[1])
    told = events(staffed.desk, actor=REGISTRAR)
    assert [one.seq for one in told] == list(range(1, len(told) + 1))
    assert events(staffed.desk, actor=REGISTRAR, after=2, limit=1) == told[2:3]
    assert events(staffed.desk, actor=REGISTRAR, after=len(told)) == []
    own = events_of(staffed.desk, staffed.numbers[1], actor=board("ELE"))
    assert own == [one for one in told if one.register_no == staffed.numbers[1]]


def test_a_society_reads_the_events_of_its_own_only(staffed: Office) -> None:
    with pytest.raises(NotAllowedError):
        events_of(staffed.desk, staffed.numbers[0], actor=board("CIV"))
    with pytest.raises(NotFoundError):
        events_of(staffed.desk, "CSE26ELE00012379", actor=REGISTRAR)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE journal SET actor = 'somebody' WHERE seq = 3", "journal: row 3 does not fit the chain"),
        ("DELETE FROM status_event WHERE seq = 1", "events: number 1 is missing"),
        ("UPDATE status_event SET to_state = 'ACTIVE' WHERE seq = 4", "events: number 4 is not what the journal says"),
        ("UPDATE status_event SET actor = 'x' WHERE seq = 2", "events: number 2 is not what the journal says"),
        ("UPDATE registration SET grade = 'SPE'", "is not as its events tell"),
        ("UPDATE registration SET life = 'LAPSED'", "has not ended, and its registration has"),
        ("DELETE FROM hold", "is not as its events tell"),
    ],
)
def test_what_does_not_agree_is_told(staffed: Office, change: str, told: str) -> None:
    suspend(staffed, staffed.numbers[1])
    for table in ("journal", "status_event"):
        for verb in ("update", "delete"):
            staffed.database.drop_trigger(f"{table}_no_{verb}", table)
    staffed.database.execute(change)
    assert any(told in line for line in found(staffed)), found(staffed)


def test_two_live_registrations_of_an_entry_are_told(staffed: Office) -> None:
    revoke(staffed, staffed.numbers[0])
    days = {"decided_on": date(2026, 7, 1), "interview_on": date(2026, 7, 1)}
    staffed.without_bar().register(decision_ref="ELE/2026/9", **days)
    assert found(staffed) == []
    staffed.database.execute("UPDATE registration SET life = 'CURRENT'")
    assert f"{staffed.numbers[0]}: more than one registration lives (R-RG-04)" in found(staffed)


def test_events_of_the_first_releases_carry_nothing_and_are_not_held_against_it(staffed: Office) -> None:
    staffed.database.drop_trigger("status_event_no_update", "status_event")
    staffed.database.execute("UPDATE status_event SET after = NULL, registration_seq = NULL")
    staffed.database.execute("UPDATE registration SET grade = 'SPE'")
    assert found(staffed) == []


def test_published_lists_are_compared_with_the_register(staffed: Office) -> None:
    folder = MemoryPublisher()
    publish(staffed.desk, staffed.keyring, folder, actor=REGISTRAR, now=AT)
    assert found(staffed, folder) == []
    suspend(staffed, staffed.numbers[1])
    (told,) = found(staffed, folder)
    assert told.endswith("suspension-1 does not hold the bits of the register")
    assert len(found(staffed, MemoryPublisher())) == 1


def test_both_as_commands(copied: Demo, cse: Cse) -> None:
    env = copied.environment()
    told = cse("events", "--json", "--limit", "100000", env=env).json
    number = told[5]["register_no"]
    assert [one["seq"] for one in told] == list(range(1, len(told) + 1))
    assert [one["seq"] for one in cse("events", "--after", "4", "--limit", "2", "--json", env=env).json] == [5, 6]
    own = cse("events", number, "--json", env=env).json
    assert own == [one for one in told if one["register_no"] == number]
    assert number in cse("events", number, env=env).out
    assert cse("events", "--after", "100000", env=env).out == "no events\n"
    audited = cse("audit", env=env)
    assert (audited.code, audited.out) == (0, "inconsistencies=0\n")
    listed = next(copied.published.glob("status/suspension-1*"))
    listed.write_bytes(b"{}")
    broken = cse("audit", "--json", env=env)
    assert broken.code == 1
    assert len(broken.json["inconsistencies"]) == 1
