"""Who may do what: one policy table, asked by every use case (threats 8).

A role may do nothing that the table does not name. What needs a second natural
person is asked of `approvals`, not here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from registry.domain.refusals import NotAllowedError
from registry.domain.registration import HoldKind

CSE = "CSE"
"""The tenant of the Chinese Society of Engineers itself."""


class Role(StrEnum):
    """In which capacity somebody acts; `CLOCK` and `PUBLISHER` are machines."""

    CSE_REGISTRAR = "cse_registrar"
    SOCIETY_OFFICER = "society_officer"
    SOCIETY_BOARD = "society_board"
    CONDUCT_PANEL = "conduct_panel"
    APPEAL_PANEL = "appeal_panel"
    AUDITOR = "auditor"
    CLOCK = "clock"
    PUBLISHER = "publisher"


class Action(StrEnum):
    """What can be asked of the register, as far as rights differ."""

    IMPORT_MEMBERS = "import_members"
    RECOMMEND_REGISTRATION = "recommend_registration"
    CONFIRM_REGISTRATION = "confirm_registration"
    ISSUE_CERTIFICATE = "issue_certificate"
    SUSPEND = "suspend"
    LIFT = "lift"
    PROPOSE_END = "propose_end"
    CONFIRM_END = "confirm_end"
    ALLOW_APPEAL = "allow_appeal"
    CORRECT = "correct"
    PROPOSE_REPLACEMENT = "propose_replacement"
    WITHDRAW = "withdraw"
    RECORD_DEATH = "record_death"
    FILE_RENEWAL = "file_renewal"
    RECOMMEND_RENEWAL = "recommend_renewal"
    REFUSE_RENEWAL = "refuse_renewal"
    CONFIRM_RENEWAL = "confirm_renewal"
    BEGIN_CPD = "begin_cpd"
    SUBMIT_CPD = "submit_cpd"
    DECIDE_CPD = "decide_cpd"
    SAMPLE_CPD = "sample_cpd"
    KEEP_MEMBERSHIP = "keep_membership"
    TRANSFER = "transfer"
    SWEEP = "sweep"
    APPROVE_SWEEP = "approve_sweep"
    PUBLISH = "publish"
    ADMINISTER_TRUST = "administer_trust"
    READ_REGISTER = "read_register"


@dataclass(frozen=True, slots=True)
class Actor:
    """One person or machine, acting."""

    person: str
    """The account: one per natural person."""
    role: Role
    tenant: str
    """`CSE`, or the code of an authorized society."""
    authenticated_by: str


_Rights = Mapping[Action, Mapping[Role, frozenset[HoldKind]]]
_CONDUCT = frozenset({HoldKind.CONDUCT_INTERIM, HoldKind.CONDUCT_SANCTION})
_ADMINISTRATIVE = frozenset(HoldKind) - _CONDUCT
_CPD = frozenset({HoldKind.CPD})
_MEMBERSHIP = frozenset({HoldKind.MEMBERSHIP})
_SOCIETY_ROLES = frozenset({Role.SOCIETY_OFFICER, Role.SOCIETY_BOARD})


def _roles(*roles: Role) -> Mapping[Role, frozenset[HoldKind]]:
    """Give a right that concerns no hold to `roles`."""
    return dict.fromkeys(roles, frozenset())


# POLICY, after the actor column of domain 3.5 and the roles of threats 8. A role that is
# not named with an action is refused; suspend and lift reach the kinds of hold named with it.
# The registrar sets and lifts every hold but those of conduct, which are the panel's.
# The clock job sweeps, and has no other right: of what it changes the dates alone decide.
# The deciding society accepts cured hours and so lifts the CPD hold (T3); a review that is late passes to CSE.
POLICY: _Rights = MappingProxyType(
    {
        Action.IMPORT_MEMBERS: _roles(Role.SOCIETY_BOARD, Role.SOCIETY_OFFICER),
        Action.RECOMMEND_REGISTRATION: _roles(Role.SOCIETY_BOARD),
        Action.CONFIRM_REGISTRATION: _roles(Role.CSE_REGISTRAR),
        Action.ISSUE_CERTIFICATE: _roles(Role.CSE_REGISTRAR),
        Action.SUSPEND: {
            Role.CSE_REGISTRAR: _ADMINISTRATIVE,
            Role.CONDUCT_PANEL: _CONDUCT,
            Role.SOCIETY_BOARD: _MEMBERSHIP,
        },
        Action.LIFT: {
            Role.CSE_REGISTRAR: _ADMINISTRATIVE,
            Role.CONDUCT_PANEL: _CONDUCT,
            Role.APPEAL_PANEL: _CONDUCT,
            Role.SOCIETY_BOARD: _MEMBERSHIP | _CPD,
            Role.SOCIETY_OFFICER: _CPD,
        },
        Action.PROPOSE_END: _roles(Role.CONDUCT_PANEL, Role.CSE_REGISTRAR),
        Action.CONFIRM_END: _roles(Role.CSE_REGISTRAR),
        Action.ALLOW_APPEAL: _roles(Role.APPEAL_PANEL),
        Action.CORRECT: _roles(Role.CSE_REGISTRAR),
        Action.PROPOSE_REPLACEMENT: _roles(*_SOCIETY_ROLES, Role.CSE_REGISTRAR),
        Action.WITHDRAW: _roles(*_SOCIETY_ROLES),
        Action.RECORD_DEATH: _roles(*_SOCIETY_ROLES),
        Action.FILE_RENEWAL: _roles(*_SOCIETY_ROLES),
        Action.RECOMMEND_RENEWAL: _roles(Role.SOCIETY_BOARD, Role.CSE_REGISTRAR),
        Action.REFUSE_RENEWAL: _roles(Role.SOCIETY_BOARD, Role.CSE_REGISTRAR),
        Action.CONFIRM_RENEWAL: _roles(Role.CSE_REGISTRAR),
        Action.BEGIN_CPD: _roles(Role.CSE_REGISTRAR),
        Action.SUBMIT_CPD: _roles(*_SOCIETY_ROLES),
        Action.DECIDE_CPD: _roles(Role.CSE_REGISTRAR, *_SOCIETY_ROLES),
        Action.SAMPLE_CPD: _roles(Role.CSE_REGISTRAR),
        Action.KEEP_MEMBERSHIP: _roles(Role.SOCIETY_BOARD),
        Action.TRANSFER: _roles(Role.CSE_REGISTRAR),
        Action.SWEEP: _roles(Role.CLOCK),
        Action.APPROVE_SWEEP: _roles(Role.CSE_REGISTRAR),
        Action.PUBLISH: _roles(Role.PUBLISHER, Role.CSE_REGISTRAR),
        Action.ADMINISTER_TRUST: _roles(Role.CSE_REGISTRAR),
        Action.READ_REGISTER: _roles(
            Role.CSE_REGISTRAR, Role.CONDUCT_PANEL, Role.APPEAL_PANEL, Role.AUDITOR, *_SOCIETY_ROLES
        ),
    }
)

_HOLD_ACTIONS = frozenset({Action.SUSPEND, Action.LIFT})


def require(actor: Actor, action: Action, *, tenant: str | None = None, hold: HoldKind | None = None) -> None:
    """Raise `NotAllowedError` unless `actor` may do `action`.

    `tenant` is the society whose matter it is: society roles reach their own only,
    and must be asked with it. `hold` must be given to suspend and to lift.
    """
    holds = POLICY[action].get(actor.role)
    if holds is None or (action in _HOLD_ACTIONS and hold not in holds):
        able = sorted(role for role, reach in POLICY[action].items() if not reach or hold in reach)
        what = f"{action} a hold {hold}" if action in _HOLD_ACTIONS else action
        raise NotAllowedError(f"{actor.role} may not {what}: that is for {' or '.join(able)}", tuple(able), tenant)
    if actor.role not in _SOCIETY_ROLES:
        if actor.tenant != CSE:
            raise NotAllowedError(f"{actor.role} must act for {CSE}")
    elif actor.tenant == CSE or actor.tenant != tenant:
        reach = f"may act for that society only, not for {tenant}"
        raise NotAllowedError(f"{actor.role} of {actor.tenant} {reach}", (actor.role,), tenant)
