"""Proposing and confirming an end of a registration, in one line."""

from datetime import datetime

from registry.domain.actors import Actor
from registry.domain.changes import GroundClass
from registry.services import rulings
from registry.services.ports import Desk

confirm_end = rulings.confirm


def propose_end(
    desk: Desk, kind: str, number: str, ground: GroundClass, *, decision_ref: str, actor: Actor, now: datetime
) -> str:
    """Propose to revoke or annul the registration that answers for a number, and nothing else of the person."""
    ruling = rulings.Ruling(kind, number, decision_ref, ground, in_this_field=kind == "revocation")
    return rulings.propose(desk, ruling, actor=actor, now=now)
