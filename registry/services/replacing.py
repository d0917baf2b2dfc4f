"""Replacing certificates: another name, an error, one lost, a key that is not to be trusted (T20, R-CE-06, R-ME-03).

Two persons decide. Then the new certificate is issued like any that is wanted, for the same term, and published; only
what is published before it ends the old one, so that no reader finds neither.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum

from registry.domain import approvals, changes
from registry.domain.actors import Action, Actor, require
from registry.domain.changes import EventType
from registry.domain.registration import Ended, EndedReason
from registry.services.decisions import keep_proposal, require_reference, require_swept
from registry.services.ports import Desk
from registry.services.refusals import CommandError
from registry.store.register import StoredRegistration
from registry.store.work import Work
from schemas.names import TextError, require_readable_names
from schemas.refusals import translated

KIND = "replacement"


class ReplacedFor(StrEnum):
    """Why a certificate is replaced: the sub-reasons of `REPLACED` (3.4)."""

    NAME = "NAME"
    DATA = "DATA"
    LOST = "LOST"
    KEY = "KEY"


@dataclass(frozen=True, slots=True)
class Replacement:
    """Which number, why, by which decision; with `NAME` the names from now on: one that is not given stays."""

    number: str
    replaced_for: ReplacedFor
    decision_ref: str
    name_hans: str | None = None
    name_latin: str | None = None


def propose_replacement(desk: Desk, command: Replacement, *, actor: Actor, now: datetime) -> str:
    """Propose to replace what a number has, and return the digest for a second person; nothing changes yet.

    Raises `CommandError` for a name that cannot be printed, or none where one is needed, and if there is nothing to
    replace.
    """
    require_reference(command.decision_ref)
    names = (command.name_hans, command.name_latin)
    if (command.replaced_for is ReplacedFor.NAME) is (names == (None, None)):
        raise CommandError("the names from now on go with the reason NAME, and with no other", "name")
    if command.replaced_for is ReplacedFor.NAME:
        with translated(TextError, to=lambda error: CommandError(str(error), "name")):
            require_readable_names(*names)
    with desk.open_work() as work:
        entry = work.register.entry(command.number)
        require(actor, Action.PROPOSE_REPLACEMENT, tenant=entry.society)
        member = work.register.member(entry.member_id)
        if command.replaced_for is ReplacedFor.NAME and member is not None:
            kept = command.name_hans or member.name_hans, command.name_latin or member.name_latin
            command = replace(command, name_hans=kept[0], name_latin=kept[1])
        _concerned(desk, work, command, now)
        body = json.dumps(asdict(command), sort_keys=True, ensure_ascii=False)
        return keep_proposal(work, approvals.Proposal(KIND, body, actor, now), subject=command.number)


def confirm_replacement(desk: Desk, digest: str, *, actor: Actor, now: datetime) -> Replacement:
    """Have certificates replaced as it was proposed, as another person: `issuing` then finds them wanted.

    A name is that of the person: the certificates of every number of theirs are replaced, those for a term to come too.
    """
    require(actor, Action.CONFIRM_END)
    with desk.open_work() as work:
        proposal = work.proposals.open(digest, KIND)
        approvals.require_second_person(proposal, actor, digest)
        members = json.loads(proposal.body)
        command = Replacement(**members | {"replaced_for": ReplacedFor(members["replaced_for"])})
        for stored, pages in _concerned(desk, work, command, now).items():
            for page in pages:
                work.certificates.flag(page, command.replaced_for)
            if command.replaced_for is ReplacedFor.NAME:
                _record(work, stored, EventType.NAME_CHANGED, command.decision_ref, actor=actor, now=now)
        if command.replaced_for is ReplacedFor.NAME:
            member_id = work.register.entry(command.number).member_id
            work.register.rename(member_id, (command.name_hans, command.name_latin), named_by=digest)
        work.proposals.confirm(digest, by=actor, at=now)
    return command


def _concerned(desk: Desk, work: Work, command: Replacement, now: datetime) -> dict[StoredRegistration, list[str]]:
    """Return the live registrations with the pages to replace: what counts today, and what is for a term to come."""
    entry = work.register.entry(command.number)
    is_of_person = command.replaced_for is ReplacedFor.NAME
    numbers = work.register.numbers_of(entry.member_id) if is_of_person else [command.number]
    live = [one for one in map(work.register.answering, numbers) if one.value.is_live]
    require_swept(desk, now, *live)
    found = {}
    for stored in live:
        issued = work.certificates.of_registration(stored.value.register_no, stored.seq)
        found[stored] = [one.page_id for one in issued if one.ended is None and one.valid_until >= now]
    if not is_of_person and not any(found.values()):
        raise CommandError(f"{command.number} has no certificate in force that could be replaced (T20)")
    return found


def end_replaced(work: Work, published_at: datetime, *, actor: Actor, now: datetime) -> None:
    """End every certificate whose replacement was issued before the publication at `published_at`, with its event."""
    for number, page, why in work.certificates.replaced_before(published_at):
        certificate = work.certificates.by_page(page)
        if certificate is None:
            continue
        stored = work.register.stored(number, certificate.registration_seq)
        work.certificates.end(page, Ended(EndedReason.REPLACED, why, now), suspension=bool(stored.value.holds))
        _record(work, stored, EventType.REPLACED, page, actor=actor, now=now)


def _record(work: Work, stored: StoredRegistration, event: EventType, ref: str, *, actor: Actor, now: datetime) -> None:
    reasons = (event.lower(), event.lower().replace("_", "-"))
    change = changes.changed(stored.value, stored.value, event, at=now, reasons=reasons, decision_ref=ref)
    work.journal.record(change, place=stored.seq, actor=actor.person, at=now)


def named_in(body: str) -> tuple[str | None, str | None]:
    """Return the names that a confirmed replacement gave, Chinese and Latin."""
    members = json.loads(body)
    return members["name_hans"], members["name_latin"]
