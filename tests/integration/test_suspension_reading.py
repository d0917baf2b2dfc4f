"""The suspension bit in SQL and in the domain: one rule, two readings, held equal over generated histories.

And which certificates are of a later term and have not ended.
"""

from datetime import timedelta
from functools import partial
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from registry.demo.officers import CONDUCT_PANEL, REGISTRAR, SECOND_REGISTRAR
from registry.domain.changes import GroundClass
from registry.domain.refusals import DomainError
from registry.domain.registration import EndedReason, HoldKind
from registry.domain.status import revocation_bit, suspension_bit
from registry.services.decisions import Suspension, lift_hold, suspend_registration
from registry.store.certificates import INTENT, ISSUED, VOID
from registry.store.tables import CERTIFICATE
from tests.integration.postgres import Server
from tests.integration.registers import AT, MINUTE, Office, office_of, staffed_in
from tests.support.rulings import confirm_end, propose_end

KINDS = (HoldKind.CPD, HoldKind.IDENTITY, HoldKind.MEMBERSHIP, HoldKind.CONDUCT_INTERIM)
STEPS = st.tuples(st.sampled_from(["suspend", "lift", "lift", "revoke"]), st.integers(0, 2), st.sampled_from(KINDS))


def act(office: Office, verb: str, number: str, kind: HoldKind, position: int) -> None:
    now = AT + position * MINUTE
    actor = CONDUCT_PANEL if kind is HoldKind.CONDUCT_INTERIM else REGISTRAR
    if verb == "suspend":
        suspend_registration(office.desk, Suspension(number, kind, "D/1"), actor=actor, now=now)
    elif verb == "lift":
        lift_hold(office.desk, number, kind, decision_ref="D/2", actor=actor, now=now)
    else:
        propose = partial(propose_end, decision_ref="C/1", actor=SECOND_REGISTRAR, now=now)
        digest = propose(office.desk, "revocation", number, GroundClass.CONVICTION)
        confirm_end(office.desk, digest, actor=REGISTRAR, now=now + timedelta(seconds=1))


def readings(office: Office) -> dict[str, tuple[bool, bool]]:
    """R and S of each certificate, read by SQL, after they were found equal to the rule."""
    found = {}
    with office.desk.open_reading() as work:
        revoked, suspended = work.certificates.revoked_indexes(1), work.certificates.suspended_indexes(1)
        for number in office.numbers:
            stored = work.register.answering(number)
            (one,) = work.certificates.of_registration(number, stored.seq)
            in_sql = (one.status_index in revoked, one.status_index in suspended)
            by_rule = suspension_bit(holds_now=stored.value.holds, kept=one.suspension_kept, ended=one.ended)
            assert in_sql == (revocation_bit(one.ended), by_rule)
            found[number] = in_sql
    return found


def test_both_readings_agree_after_every_step(tmp_path_factory: pytest.TempPathFactory, place: Server | None) -> None:
    """Fewer histories on the server, where each takes ten times as long."""
    original = staffed_in(tmp_path_factory.getbasetemp(), place)

    @settings(max_examples=40 if place is None else 10, deadline=None)
    @given(st.lists(STEPS, max_size=12))
    def agree(steps: list[tuple[str, int, HoldKind]]) -> None:
        with office_of(original) as office:
            _live(office, steps)

    agree()


def _live(office: Office, steps: list[tuple[str, int, HoldKind]]) -> None:
    before = readings(office)
    for position, (verb, who, kind) in enumerate(steps):
        try:
            act(office, verb, office.numbers[who], kind, position)
        except DomainError:
            assert readings(office) == before
        after = readings(office)
        for number, (was_revoked, was_suspended) in before.items():
            if was_revoked:
                assert after[number] == (True, was_suspended)
        before = after
    with office.desk.open_reading() as work:
        assert work.journal.broken_at() is None


def test_what_is_of_a_later_term_and_has_not_ended_is_read_in_sql_as_from_the_rows(staffed: Office) -> None:
    """Three terms, certificates in every state, ended or not, of two entries of one person."""
    query = select(CERTIFICATE).where(CERTIFICATE.c.register_no == staffed.numbers[0])
    with staffed.database.engine.begin() as connection:
        original = dict(connection.execute(query).mappings().one())
        many = product(staffed.numbers[:2], (3, 1, 2), (ISSUED, INTENT, VOID), (None, AT), (True, False))
        for place, (number, term, state, ended, _twice) in enumerate(many):
            reason = EndedReason.REPLACED if ended else None
            own = {"page_id": f"later-{place:02}", "issue_number": 100 - place, "status_index": place}
            own |= {"register_no": number, "term_seq": term, "state": state, "valid_from": AT + place * MINUTE}
            connection.execute(insert(CERTIFICATE), original | own | {"ended_at": ended, "ended_reason": reason})
    counts = set()
    with staffed.desk.open_reading() as work:
        for number in staffed.numbers[:2]:
            issued = work.certificates.of_registration(number, 1)
            for one in issued:
                later = [it for it in issued if it.term_seq > one.term_seq and it.ended is None]
                found = work.certificates.row(one.page_id)
                assert found is not None
                assert found.certificate == one
                assert found.paper_codes == work.certificates.paper_codes(one.page_id)
                assert found.later == [(it.page_id, it.valid_from, it.valid_until) for it in later]
                counts.add(len(later))
    assert counts == {0, 2, 4}
