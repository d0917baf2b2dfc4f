"""Who may do what: every role against every action, society and hold."""

import pytest

from registry.domain.actors import POLICY, Action, Actor, Role, require
from registry.domain.refusals import NotAllowedError
from registry.domain.registration import HoldKind

SOCIETY = {Role.SOCIETY_OFFICER, Role.SOCIETY_BOARD}
HOLD_ACTIONS = {Action.SUSPEND, Action.LIFT}
CONDUCT = {HoldKind.CONDUCT_INTERIM, HoldKind.CONDUCT_SANCTION}


def actor(role: Role, tenant: str | None = None) -> Actor:
    return Actor("wang", role, tenant or ("CIV" if role in SOCIETY else "CSE"), "passkey")


def allowed(who: Actor, action: Action, tenant: str | None = "CIV", hold: HoldKind | None = None) -> bool:
    try:
        require(who, action, tenant=tenant, hold=hold)
    except NotAllowedError:
        return False
    return True


def test_every_cell_of_the_table_without_a_hold() -> None:
    granted = {(role, action) for role in Role for action in set(Action) - HOLD_ACTIONS if allowed(actor(role), action)}
    assert granted == {
        (Role.SOCIETY_BOARD, Action.IMPORT_MEMBERS),
        (Role.SOCIETY_OFFICER, Action.IMPORT_MEMBERS),
        (Role.SOCIETY_BOARD, Action.RECOMMEND_REGISTRATION),
        (Role.CSE_REGISTRAR, Action.CONFIRM_REGISTRATION),
        (Role.CSE_REGISTRAR, Action.ISSUE_CERTIFICATE),
        (Role.CSE_REGISTRAR, Action.PROPOSE_END),
        (Role.CONDUCT_PANEL, Action.PROPOSE_END),
        (Role.CSE_REGISTRAR, Action.CONFIRM_END),
        (Role.APPEAL_PANEL, Action.ALLOW_APPEAL),
        (Role.CSE_REGISTRAR, Action.CORRECT),
        *((role, Action.PROPOSE_REPLACEMENT) for role in (*SOCIETY, Role.CSE_REGISTRAR)),
        (Role.SOCIETY_OFFICER, Action.WITHDRAW),
        (Role.SOCIETY_BOARD, Action.WITHDRAW),
        (Role.SOCIETY_OFFICER, Action.RECORD_DEATH),
        (Role.SOCIETY_BOARD, Action.RECORD_DEATH),
        (Role.SOCIETY_OFFICER, Action.FILE_RENEWAL),
        (Role.SOCIETY_BOARD, Action.FILE_RENEWAL),
        (Role.SOCIETY_BOARD, Action.RECOMMEND_RENEWAL),
        (Role.CSE_REGISTRAR, Action.RECOMMEND_RENEWAL),
        (Role.SOCIETY_BOARD, Action.REFUSE_RENEWAL),
        (Role.CSE_REGISTRAR, Action.REFUSE_RENEWAL),
        (Role.CSE_REGISTRAR, Action.CONFIRM_RENEWAL),
        (Role.CSE_REGISTRAR, Action.BEGIN_CPD),
        (Role.SOCIETY_OFFICER, Action.SUBMIT_CPD),
        (Role.SOCIETY_BOARD, Action.SUBMIT_CPD),
        (Role.SOCIETY_OFFICER, Action.DECIDE_CPD),
        (Role.SOCIETY_BOARD, Action.DECIDE_CPD),
        (Role.CSE_REGISTRAR, Action.DECIDE_CPD),
        (Role.CSE_REGISTRAR, Action.SAMPLE_CPD),
        (Role.SOCIETY_BOARD, Action.KEEP_MEMBERSHIP),
        (Role.CSE_REGISTRAR, Action.TRANSFER),
        (Role.CLOCK, Action.SWEEP),
        (Role.CSE_REGISTRAR, Action.APPROVE_SWEEP),
        (Role.CSE_REGISTRAR, Action.PUBLISH),
        (Role.PUBLISHER, Action.PUBLISH),
        (Role.CSE_REGISTRAR, Action.ADMINISTER_TRUST),
        *((role, Action.READ_REGISTER) for role in set(Role) - {Role.CLOCK, Role.PUBLISHER}),
    }


@pytest.mark.parametrize(
    ("role", "suspends", "lifts"),
    [
        (Role.CSE_REGISTRAR, set(HoldKind) - CONDUCT, set(HoldKind) - CONDUCT),
        (Role.CONDUCT_PANEL, CONDUCT, CONDUCT),
        (Role.SOCIETY_BOARD, {HoldKind.MEMBERSHIP}, {HoldKind.MEMBERSHIP, HoldKind.CPD}),
        (Role.SOCIETY_OFFICER, set(), {HoldKind.CPD}),
        (Role.CLOCK, set(), set()),
        (Role.APPEAL_PANEL, set(), CONDUCT),
        (Role.AUDITOR, set(), set()),
        (Role.PUBLISHER, set(), set()),
    ],
)
def test_every_cell_of_the_holds(role: Role, suspends: set[HoldKind], lifts: set[HoldKind]) -> None:
    who = actor(role)
    assert {kind for kind in HoldKind if allowed(who, Action.SUSPEND, hold=kind)} == suspends
    assert {kind for kind in HoldKind if allowed(who, Action.LIFT, hold=kind)} == lifts
    assert not any(allowed(who, action) for action in HOLD_ACTIONS)


@pytest.mark.parametrize(
    ("own", "asked"),
    [("CIV", "ELE"), ("CIV", None), ("CSE", "CSE"), ("CSE", "CIV")],
    ids=["another society", "no society named", "CSE is no society", "a society role of CSE"],
)
def test_a_society_reaches_its_own_members_only(own: str, asked: str | None) -> None:
    board = actor(Role.SOCIETY_BOARD, own)
    assert not allowed(board, Action.RECOMMEND_REGISTRATION, asked)
    assert not allowed(board, Action.SUSPEND, asked, HoldKind.MEMBERSHIP)


@pytest.mark.parametrize(("role", "action"), sorted((role, action) for action in POLICY for role in POLICY[action]))
def test_a_role_of_cse_is_worth_nothing_in_a_society(role: Role, action: Action) -> None:
    if role not in SOCIETY:
        hold = min(POLICY[action][role], default=None)
        assert allowed(actor(role), action, hold=hold)
        assert not allowed(actor(role, "CIV"), action, hold=hold)


@pytest.mark.parametrize(
    ("action", "hold", "expected"),
    [
        (Action.PUBLISH, None, "auditor may not publish: that is for cse_registrar or publisher"),
        (Action.SUSPEND, HoldKind.CONDUCT_INTERIM, "a hold CONDUCT_INTERIM: that is for conduct_panel"),
        (Action.LIFT, HoldKind.MEMBERSHIP, "a hold MEMBERSHIP: that is for cse_registrar or society_board"),
    ],
)
def test_a_refusal_names_the_roles_that_may(action: Action, hold: HoldKind | None, expected: str) -> None:
    with pytest.raises(NotAllowedError) as refusal:
        require(Actor("a", Role.AUDITOR, "CSE", "test"), action, hold=hold)
    assert str(refusal.value).endswith(expected)
    assert set(refusal.value.able) == set(expected.rpartition("that is for ")[2].split(" or "))
