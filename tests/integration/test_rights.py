"""Who may do what, asked through the use cases: every role and action, every kind of hold (threats 8)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from registry.adapters.randomness import SystemRandomness
from registry.domain.actors import Action, Actor, Role
from registry.domain.changes import GroundClass
from registry.domain.refusals import DomainError, NotAllowedError
from registry.domain.registration import HoldKind
from registry.services import cpd_facts
from registry.services.applications import import_applications
from registry.services.bodies import (
    BodyDecision,
    GrantAuthorization,
    decide,
    grant_authorization,
    in_doubt,
    mark_compromised,
)
from registry.services.breaker import approve
from registry.services.census import newest_certificate, register_lines, waiting_recommendations
from registry.services.decisions import Suspension, lift_hold, record_death, suspend_registration, withdraw
from registry.services.intake import Import
from registry.services.issuing import issue_certificate
from registry.services.members import import_members
from registry.services.memberships import ENDED, move_due, set_standing, transfer
from registry.services.publishing import publish
from registry.services.refusals import ServiceError
from registry.services.registrations import confirm_registration, recommend_registration
from registry.services.renewals import (
    confirm_renewal,
    file_renewal,
    recommend_renewal,
    refuse_renewal,
    renewal_queue,
    withdraw_renewal,
)
from registry.services.replacing import ReplacedFor, Replacement, propose_replacement
from registry.services.rulings import Ruling, propose
from registry.services.sweeping import sweep
from registry.services.trust import (
    Founding,
    found_register,
    publish_trust_list,
    refresh_trust_list,
)
from registry.services.wallets import add_missing_keys, issue_vc_jwt, issue_wallet_copy
from registry.store.register import AssessmentDays
from tests.fakes import MemoryPublisher, MemorySecret
from tests.integration.registers import AT, MINUTE, Office, recommendation
from tests.support.rulings import confirm_end, propose_end

TOMORROW = date(2026, 7, 2)
NOBODY, UNKNOWN = "CSE26ELE00012379", "0" * 64
REGISTRAR, OFFICER, BOARD, PANEL = Role.CSE_REGISTRAR, Role.SOCIETY_OFFICER, Role.SOCIETY_BOARD, Role.CONDUCT_PANEL

# Written out on purpose, not read from the program: the table of threats 8 for what exists today.
MAY: dict[Action, set[Role]] = {
    Action.IMPORT_MEMBERS: {BOARD, OFFICER},
    Action.RECOMMEND_REGISTRATION: {BOARD},
    Action.CONFIRM_REGISTRATION: {REGISTRAR},
    Action.ISSUE_CERTIFICATE: {REGISTRAR},
    Action.PROPOSE_END: {REGISTRAR, PANEL},
    Action.CONFIRM_END: {REGISTRAR},
    Action.ALLOW_APPEAL: {Role.APPEAL_PANEL},
    Action.CORRECT: {REGISTRAR},
    Action.PROPOSE_REPLACEMENT: {BOARD, OFFICER, REGISTRAR},
    Action.WITHDRAW: {BOARD, OFFICER},
    Action.RECORD_DEATH: {BOARD, OFFICER},
    Action.FILE_RENEWAL: {BOARD, OFFICER},
    Action.RECOMMEND_RENEWAL: {BOARD, REGISTRAR},
    Action.REFUSE_RENEWAL: {BOARD, REGISTRAR},
    Action.CONFIRM_RENEWAL: {REGISTRAR},
    Action.BEGIN_CPD: {REGISTRAR},
    Action.SUBMIT_CPD: {BOARD, OFFICER},
    Action.DECIDE_CPD: {REGISTRAR, BOARD, OFFICER},
    Action.SAMPLE_CPD: {REGISTRAR},
    Action.KEEP_MEMBERSHIP: {BOARD},
    Action.TRANSFER: {REGISTRAR},
    Action.SWEEP: {Role.CLOCK},
    Action.APPROVE_SWEEP: {REGISTRAR},
    Action.PUBLISH: {REGISTRAR, Role.PUBLISHER},
    Action.ADMINISTER_TRUST: {REGISTRAR},
    Action.READ_REGISTER: {REGISTRAR, PANEL, BOARD, OFFICER, Role.APPEAL_PANEL, Role.AUDITOR},
}
SETS: dict[HoldKind, set[Role]] = {
    HoldKind.CPD: {REGISTRAR},
    HoldKind.IDENTITY: {REGISTRAR},
    HoldKind.CONDUCT_INTERIM: {PANEL},
    HoldKind.CONDUCT_SANCTION: {PANEL},
    HoldKind.SOCIETY_REVIEW: {REGISTRAR},
    HoldKind.MEMBERSHIP: {REGISTRAR, BOARD},
}
LIFTS: dict[HoldKind, set[Role]] = {
    HoldKind.CPD: {REGISTRAR, BOARD, OFFICER},
    HoldKind.IDENTITY: {REGISTRAR},
    HoldKind.CONDUCT_INTERIM: {PANEL, Role.APPEAL_PANEL},
    HoldKind.CONDUCT_SANCTION: {PANEL, Role.APPEAL_PANEL},
    HoldKind.SOCIETY_REVIEW: {REGISTRAR},
    HoldKind.MEMBERSHIP: {REGISTRAR, BOARD},
}


def somebody(role: Role, society: str = "ELE") -> Actor:
    return Actor(f"somebody-{role}", role, society if role in {OFFICER, BOARD} else "CSE", "passkey")


def _requests(office: Office, actor: Actor) -> dict[Action, list[Callable[[], object]]]:
    """For each action the use cases that do it, asked so that who has the right changes nothing here."""
    desk, keyring, drawn = office.desk, office.keyring, SystemRandomness()
    out_of_scope = recommendation(society=actor.tenant if actor.tenant != "CSE" else "ELE", field="MEC")
    order = Import(b"", "ELE", actor, AT, False, lambda done, total: None)
    grant = GrantAuthorization("ELE", ("ELE",), ("PE",), date(2026, 1, 1), "T/1")
    return {
        Action.IMPORT_MEMBERS: [lambda: import_members(desk, order, secret=MemorySecret())],
        Action.RECOMMEND_REGISTRATION: [
            lambda: recommend_registration(desk, out_of_scope, actor=actor, now=AT),
            lambda: import_applications(desk, order),
        ],
        Action.CONFIRM_REGISTRATION: [
            lambda: confirm_registration(desk, UNKNOWN, randomness=drawn, actor=actor, now=AT)
        ],
        Action.ISSUE_CERTIFICATE: [
            lambda: issue_certificate(desk, NOBODY, keyring=keyring, randomness=drawn, actor=actor, now=AT),
            lambda: issue_vc_jwt(desk, NOBODY, keyring=keyring, actor=actor, now=AT),
            lambda: issue_wallet_copy(desk, NOBODY, {}, keyring=keyring, randomness=drawn, actor=actor, now=AT),
        ],
        Action.PROPOSE_END: [
            lambda: propose_end(
                desk, "revocation", NOBODY, GroundClass.CONVICTION, decision_ref="C/1", actor=actor, now=AT
            )
        ],
        Action.CONFIRM_END: [lambda: confirm_end(desk, UNKNOWN, actor=actor, now=AT)],
        Action.ALLOW_APPEAL: [lambda: propose(desk, Ruling("appeal", NOBODY, "C/1"), actor=actor, now=AT)],
        Action.CORRECT: [lambda: propose(desk, Ruling("correction", NOBODY, "C/1", event=1), actor=actor, now=AT)],
        Action.PROPOSE_REPLACEMENT: [
            lambda: propose_replacement(
                desk, Replacement(office.numbers[0], ReplacedFor.KEY, "K/1"), actor=actor, now=AT
            )
        ],
        Action.WITHDRAW: [lambda: withdraw(desk, office.numbers[0], decision_ref="W/1", actor=actor, now=AT)],
        Action.RECORD_DEATH: [
            lambda: record_death(desk, office.numbers[0], TOMORROW, decision_ref="W/1", actor=actor, now=AT)
        ],
        Action.FILE_RENEWAL: [
            lambda: file_renewal(desk, office.numbers[0], "2024", actor=actor, now=AT),
            lambda: withdraw_renewal(desk, office.numbers[0], decision_ref="W/1", actor=actor, now=AT),
        ],
        Action.RECOMMEND_RENEWAL: [
            lambda: recommend_renewal(
                desk, office.numbers[0], AssessmentDays(), decision_ref="R/1", actor=actor, now=AT
            )
        ],
        Action.REFUSE_RENEWAL: [
            lambda: refuse_renewal(desk, office.numbers[0], decision_ref="R/1", actor=actor, now=AT)
        ],
        Action.CONFIRM_RENEWAL: [lambda: confirm_renewal(desk, UNKNOWN, actor=actor, now=AT)],
        Action.BEGIN_CPD: [lambda: cpd_facts.begin_ledger(desk, 2025, actor=actor, now=AT)],
        Action.SUBMIT_CPD: [lambda: cpd_facts.import_activities(desk, order)],
        Action.DECIDE_CPD: [
            lambda: cpd_facts.review(desk, office.numbers[0], [1], None, actor=actor, now=AT),
            lambda: cpd_facts.reverse(desk, office.numbers[0], 1, Decimal(1), actor=actor, now=AT),
            lambda: cpd_facts.allocate(desk, office.numbers[0], 1, 2025, actor=actor, now=AT),
            lambda: cpd_facts.exempt(desk, office.numbers[0], 2026, 1, "D/1", actor=actor, now=AT),
        ],
        Action.SAMPLE_CPD: [lambda: cpd_facts.draw_audit(desk, 2025, "seed", actor=actor, now=AT)],
        Action.KEEP_MEMBERSHIP: [
            lambda: set_standing(desk, "ELE", "M-9", ENDED, TOMORROW, actor=actor, now=AT),
        ],
        Action.TRANSFER: [lambda: transfer(desk, office.numbers[0], "ELE", "T/1", actor=actor, now=AT)],
        Action.SWEEP: [
            lambda: sweep(desk, actor=actor, now=AT),
            lambda: move_due(desk, AT, actor=actor, now=AT),
        ],
        Action.APPROVE_SWEEP: [
            lambda: sweep(desk, actor=somebody(Role.CLOCK), now=AT, approved_by=[actor]),
            lambda: approve(desk, TOMORROW, actor=actor, now=AT),
        ],
        Action.PUBLISH: [
            lambda: publish(desk, keyring, MemoryPublisher(), actor=actor, now=AT.replace(month=8)),
        ],
        Action.ADMINISTER_TRUST: [
            lambda: found_register(desk, keyring, Founding(2026, 2026, ()), actor=actor, now=AT),
            lambda: grant_authorization(desk, keyring, grant, actor=actor, now=AT),
            lambda: publish_trust_list(desk, keyring, actor=actor, now=AT + MINUTE),
            lambda: refresh_trust_list(desk, keyring, actor=actor, now=AT.replace(month=8)),
            lambda: add_missing_keys(desk, keyring, actor=actor, now=AT),
            lambda: decide(desk, keyring, BodyDecision("ELE", "suspended", AT.date(), "T/1"), actor=actor, now=AT),
            lambda: mark_compromised(desk, keyring, UNKNOWN, AT, actor=actor, now=AT),
        ],
        Action.READ_REGISTER: [
            lambda: register_lines(desk, actor=actor, now=AT),
            lambda: waiting_recommendations(desk, actor=actor),
            lambda: newest_certificate(desk, office.numbers[0], actor=actor),
            lambda: renewal_queue(desk, actor=actor),
            lambda: cpd_facts.statement(desk, office.numbers[0], actor=actor, now=AT),
            lambda: in_doubt(desk, "ELE", actor=actor, now=AT),
        ],
    }


def test_the_table_here_has_every_action_and_every_hold() -> None:
    assert {*MAY, Action.SUSPEND, Action.LIFT} == set(Action)
    assert set(SETS) == set(LIFTS) == set(HoldKind)


@pytest.mark.parametrize("action", MAY)
def test_each_use_case_refuses_every_role_but_those_of_the_table(staffed: Office, action: Action) -> None:
    """In one register, for a refusal changes nothing: which is looked at after each role."""
    before = staffed.database.dump()
    for role in [one for one in Role if one not in MAY[action]]:
        for ask in _requests(staffed, somebody(role))[action]:
            with pytest.raises(NotAllowedError):
                ask()
        assert staffed.database.dump() == before


@pytest.mark.parametrize(("action", "role"), [(action, role) for action in MAY for role in sorted(MAY[action])])
def test_each_use_case_refuses_no_role_of_the_table(staffed: Office, action: Action, role: Role) -> None:
    for ask in _requests(staffed, somebody(role))[action]:
        try:
            ask()
        except NotAllowedError:
            raise
        except (DomainError, ServiceError):
            pass
        except Exception as error:  # the store: the same authorization twice
            assert type(error).__name__ == "StoreError"  # noqa: PT017


@pytest.mark.parametrize("kind", HoldKind)
@pytest.mark.parametrize("role", Role)
def test_each_hold_is_set_and_lifted_by_the_roles_of_the_table(staffed: Office, role: Role, kind: HoldKind) -> None:
    actor, number = somebody(role), staffed.numbers[0]
    last_day = date(2026, 8, 1) if kind is HoldKind.CONDUCT_SANCTION else None
    setting = Suspension(number, kind, "D/1", last_day)

    def outcome(ask: Callable[[], None]) -> bool:
        try:
            ask()
        except NotAllowedError:
            return False
        return True

    own = outcome(lambda: suspend_registration(staffed.desk, setting, actor=actor, now=AT))
    assert own is (role in SETS[kind])
    if not own:
        suspend_registration(staffed.desk, setting, actor=somebody(sorted(SETS[kind])[0]), now=AT)
    lifted = outcome(lambda: lift_hold(staffed.desk, number, kind, decision_ref="D/2", actor=actor, now=AT + MINUTE))
    assert lifted is (role in LIFTS[kind])
    with staffed.desk.open_reading() as work:
        assert bool(work.register.answering(number).value.holds) is not lifted


@pytest.mark.parametrize("role", [BOARD, OFFICER])
def test_a_society_reaches_its_own_entries_only(staffed: Office, role: Role) -> None:
    for tenant in ("CIV", "CSE"):
        foreign = Actor("somebody", role, tenant, "passkey")
        with pytest.raises(NotAllowedError):
            lift_hold(staffed.desk, staffed.numbers[0], HoldKind.CPD, decision_ref="D/2", actor=foreign, now=AT)


def test_a_role_of_cse_must_act_for_cse(staffed: Office) -> None:
    posing = Actor("somebody", Role.CSE_REGISTRAR, "ELE", "passkey")
    with pytest.raises(NotAllowedError):
        lift_hold(staffed.desk, staffed.numbers[0], HoldKind.CPD, decision_ref="D/2", actor=posing, now=AT)
