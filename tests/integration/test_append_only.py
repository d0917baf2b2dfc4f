"""Events and journal: nothing is changed or deleted, no number is missing, and the chain shows tampering."""

from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from registry.demo.officers import REGISTRAR
from registry.domain.calendar import SHANGHAI
from registry.domain.registration import HoldKind
from registry.services.decisions import Suspension, lift_hold, suspend_registration
from registry.store.engine import open_engine
from registry.store.journal import link_sha256
from registry.store.refusals import StoreError
from registry.store.tables import JOURNAL
from tests.integration.registers import AT, DATABASE, MINUTE, Database, Demo, Office

TABLES = ("status_event", "journal")
CHAINED = ("status_event", "certificate", "paper_code", "trust_list", "authorization_grant")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET seq = seq + 1000 WHERE seq = 1", "DELETE FROM {} WHERE seq = 1"])
def test_the_database_itself_refuses_to_change_the_past(staffed: Office, table: str, statement: str) -> None:
    with pytest.raises(IntegrityError, match=f"{table} is append-only"):
        staffed.database.execute(statement.format(table))


@pytest.mark.parametrize("table", TABLES)
def test_numbers_have_no_gap_also_after_refusals(staffed: Office, table: str) -> None:
    number = staffed.numbers[0]
    for step in range(3):
        suspend_registration(
            staffed.desk, Suspension(number, HoldKind.CPD, "D/1"), actor=REGISTRAR, now=AT + 2 * step * MINUTE
        )
        with pytest.raises(Exception, match="has a hold"):
            suspend_registration(staffed.desk, Suspension(number, HoldKind.CPD, "D/1"), actor=REGISTRAR, now=AT)
        lift_hold(
            staffed.desk, number, HoldKind.CPD, decision_ref="D/2", actor=REGISTRAR, now=AT + (2 * step + 1) * MINUTE
        )
    seqs = [seq for (seq,) in staffed.database.execute(f"SELECT seq FROM {table} ORDER BY seq")]  # noqa: S608
    assert seqs == list(range(1, len(seqs) + 1))
    with staffed.desk.open_reading() as work:
        assert work.journal.broken_at() is None


def test_every_event_and_certificate_of_the_demonstration_is_in_the_chain(demo: Demo) -> None:
    with demo.desk().open_reading() as work:
        assert work.journal.broken_at() is None
        head = work.journal.head()
    rows = demo.rows()
    assert head.seq == rows["journal"]
    agreements, ledger_begun = rows["statement"] - len(["codes"]), 1
    assert rows["journal"] == sum(rows[table] for table in CHAINED) + agreements + ledger_begun


@pytest.mark.parametrize(
    "column", ["kind", "subject", "actor", "payload_sha256", "previous_sha256", "sha256", "recorded_at"]
)
def test_a_changed_row_is_named(staffed: Office, column: str) -> None:
    staffed.database.drop_trigger("journal_no_update", "journal")
    value = AT if column == "recorded_at" else "changed"
    staffed.database.execute(update(JOURNAL).where(JOURNAL.c.seq == 4).values({column: value}))
    with staffed.desk.open_reading() as work:
        assert work.journal.broken_at() == 4


def test_a_missing_row_is_named_by_the_next(staffed: Office) -> None:
    staffed.database.drop_trigger("journal_no_delete", "journal")
    staffed.database.execute("DELETE FROM journal WHERE seq = 3")
    with staffed.desk.open_reading() as work:
        assert work.journal.broken_at() == 4


def test_a_row_made_anew_breaks_at_the_row_after_it(staffed: Office) -> None:
    """Who computes the digest of the changed row anew is still found out by the next link."""
    staffed.database.drop_trigger("journal_no_update", "journal")
    ((seq, previous),) = staffed.database.execute("SELECT seq, previous_sha256 FROM journal WHERE seq = 2")
    digest = link_sha256(
        seq=seq,
        recorded_at=AT,
        kind="status-event",
        subject="forged",
        actor="registrar-1",
        payload="0" * 64,
        previous=previous,
    )
    forged = {"kind": "status-event", "subject": "forged", "actor": "registrar-1", "payload_sha256": "0" * 64}
    changed = update(JOURNAL).where(JOURNAL.c.seq == 2).values(**forged, recorded_at=AT, sha256=digest)
    staffed.database.execute(changed)
    with staffed.desk.open_reading() as work:
        assert work.journal.broken_at() == 3


def test_a_register_waits_for_the_disk_and_one_that_is_only_being_built_does_not(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / DATABASE}"
    for create, level in ((True, 1), (False, 2)):
        engine = open_engine(url, create=create)
        assert Database(engine).execute("PRAGMA synchronous") == [(level,)]
        engine.dispose()


def test_reading_cannot_write(staffed: Office) -> None:
    with pytest.raises(StoreError, match=r"read-?only"), staffed.desk.open_reading() as work:
        work.trust.set_fact("written", "while reading")


def test_the_digest_of_a_row_does_not_depend_on_the_zone_in_which_its_moment_was_given(office: Office) -> None:
    """A fixed bug: a moment given in China time made a row that did not fit its own digest."""
    with office.desk.open_work() as work:
        work.journal.append(kind="test", subject="zone", payload_sha256="0" * 64, actor="x", at=AT.astimezone(SHANGHAI))
    with office.desk.open_reading() as work:
        assert work.journal.broken_at() is None
