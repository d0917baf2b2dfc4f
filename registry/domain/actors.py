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
    PROPOSE_REVOCATION = "propose_revocation"
    CONFIRM_REVOCATION = "confirm_revocation"
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


_Rights = Mapping[tuple[Role, Action], frozenset[HoldKind]]
_NO_HOLD: frozenset[HoldKind] = frozenset()
_CONDUCT = frozenset({HoldKind.CONDUCT_INTERIM, HoldKind.CONDUCT_SANCTION})
_CPD = frozenset({HoldKind.CPD})
_MEMBERSHIP = frozenset({HoldKind.MEMBERSHIP})

# POLICY, after the actor column of domain 3.5 and the roles of threats 8. A pair that
# is not here is refused; suspend and lift reach the kinds of hold named with them.
# The registrar sets and lifts every hold but those of conduct, which are the panel's.
# The clock sets the CPD hold (T2), and lifts it and a sanction at its end (T3, T11).
# The deciding society accepts cured hours and so lifts the CPD hold (T3).
POLICY: _Rights = MappingProxyType(
    {
        (Role.SOCIETY_BOARD, Action.IMPORT_MEMBERS): _NO_HOLD,
        (Role.SOCIETY_OFFICER, Action.IMPORT_MEMBERS): _NO_HOLD,
        (Role.SOCIETY_BOARD, Action.RECOMMEND_REGISTRATION): _NO_HOLD,
        (Role.CSE_REGISTRAR, Action.CONFIRM_REGISTRATION): _NO_HOLD,
        (Role.CSE_REGISTRAR, Action.ISSUE_CERTIFICATE): _NO_HOLD,
        (Role.CSE_REGISTRAR, Action.SUSPEND): frozenset(HoldKind) - _CONDUCT,
        (Role.CSE_REGISTRAR, Action.LIFT): frozenset(HoldKind) - _CONDUCT,
        (Role.CONDUCT_PANEL, Action.SUSPEND): _CONDUCT,
        (Role.CONDUCT_PANEL, Action.LIFT): _CONDUCT,
        (Role.SOCIETY_BOARD, Action.SUSPEND): _MEMBERSHIP,
        (Role.SOCIETY_BOARD, Action.LIFT): _MEMBERSHIP | _CPD,
        (Role.SOCIETY_OFFICER, Action.LIFT): _CPD,
        (Role.CLOCK, Action.SUSPEND): _CPD,
        (Role.CLOCK, Action.LIFT): _CPD | {HoldKind.CONDUCT_SANCTION},
        (Role.CONDUCT_PANEL, Action.PROPOSE_REVOCATION): _NO_HOLD,
        (Role.CSE_REGISTRAR, Action.PROPOSE_REVOCATION): _NO_HOLD,
        (Role.CSE_REGISTRAR, Action.CONFIRM_REVOCATION): _NO_HOLD,
        (Role.PUBLISHER, Action.PUBLISH): _NO_HOLD,
        (Role.CSE_REGISTRAR, Action.PUBLISH): _NO_HOLD,
        (Role.CSE_REGISTRAR, Action.ADMINISTER_TRUST): _NO_HOLD,
        (Role.CSE_REGISTRAR, Action.READ_REGISTER): _NO_HOLD,
        (Role.CONDUCT_PANEL, Action.READ_REGISTER): _NO_HOLD,
        (Role.APPEAL_PANEL, Action.READ_REGISTER): _NO_HOLD,
        (Role.AUDITOR, Action.READ_REGISTER): _NO_HOLD,
        (Role.SOCIETY_BOARD, Action.READ_REGISTER): _NO_HOLD,
        (Role.SOCIETY_OFFICER, Action.READ_REGISTER): _NO_HOLD,
    }
)

_SOCIETY_ROLES = frozenset({Role.SOCIETY_OFFICER, Role.SOCIETY_BOARD})
_HOLD_ACTIONS = frozenset({Action.SUSPEND, Action.LIFT})


def require(actor: Actor, action: Action, *, tenant: str | None = None, hold: HoldKind | None = None) -> None:
    """Raise `NotAllowedError` unless `actor` may do `action`.

    `tenant` is the society whose matter it is: society roles reach their own only,
    and must be asked with it. `hold` must be given to suspend and to lift.
    """
    holds = POLICY.get((actor.role, action))
    if holds is None or (action in _HOLD_ACTIONS and hold not in holds):
        able = sorted(role for (role, one), reach in POLICY.items() if one is action and (not reach or hold in reach))
        what = f"{action} a hold {hold}" if action in _HOLD_ACTIONS else action
        raise NotAllowedError(f"{actor.role} may not {what}: that is for {' or '.join(able)}", tuple(able), tenant)
    _require_tenant(actor, tenant)


def _require_tenant(actor: Actor, tenant: str | None) -> None:
    if actor.role not in _SOCIETY_ROLES:
        if actor.tenant != CSE:
            raise NotAllowedError(f"{actor.role} must act for {CSE}")
        return
    if actor.tenant == CSE or actor.tenant != tenant:
        reach = f"may act for that society only, not for {tenant}"
        raise NotAllowedError(f"{actor.role} of {actor.tenant} {reach}", (actor.role,), tenant)
