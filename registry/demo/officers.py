"""The officers of a demonstration register: roles, no people."""

from registry.demo.plan import SOCIETIES
from registry.domain.actors import CSE, Actor, Role
from schemas.codes import CUSTODIAN


def _officer(name: str, role: Role, tenant: str = CSE) -> Actor:
    return Actor(name, role, tenant, "demonstration")


REGISTRAR = _officer("registrar-1", Role.CSE_REGISTRAR)
SECOND_REGISTRAR = _officer("registrar-2", Role.CSE_REGISTRAR)
REGISTRARS = (REGISTRAR, SECOND_REGISTRAR)
"""The two persons who approve what waits for two (R-DT-12)."""
CONDUCT_PANEL = _officer("conduct-panel-1", Role.CONDUCT_PANEL)
APPEAL_PANEL = _officer("appeal-panel-1", Role.APPEAL_PANEL)
PUBLISHER = _officer("publisher", Role.PUBLISHER)
CLOCK = _officer("clock", Role.CLOCK)


def board(society: str) -> Actor:
    """Return the board of a society."""
    return _officer(f"board-{society.lower()}", Role.SOCIETY_BOARD, society)


def officers() -> dict[str, Actor]:
    """Return every officer by name."""
    own = (REGISTRAR, SECOND_REGISTRAR, CONDUCT_PANEL, APPEAL_PANEL, PUBLISHER, CLOCK)
    return {actor.person: actor for actor in (*own, *(board(society) for society in (*SOCIETIES, CUSTODIAN)))}
