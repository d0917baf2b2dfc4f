"""Reading the register as an officer: its lines, its counts, a certificate, what waits for a decision."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from registry.domain import approvals, calendar, refusals
from registry.domain import status as rules
from registry.domain.actors import CSE, Action, Actor, require
from registry.domain.changes import EventType
from registry.domain.registration import Ended, EndedReason, Life, Registration
from registry.services.ports import Desk
from registry.services.refusals import CommandError
from registry.services.registrations import KIND, Recommendation, read_recommendation
from registry.store.certificates import StoredCertificate
from registry.store.work import Work

_KINDS = {"initial": "first", "promotion": "first", "late_renewal": "renewal", "appeal": "after review"}
"""What a certificate is called after what its term rests on, if not by the same word."""


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One register entry as it stands: number, grade, status, and the page of its latest certificate.

    `marks` tell what the status leaves out: its holds, and what `_marks` lists.
    """

    number: str
    grade: str
    status: str
    page_id: str | None
    marks: tuple[str, ...]


def _may_see(actor: Actor, society: str) -> bool:
    """Tell whether the matters of `society` are the actor's: those of every society for CSE, else the own ones."""
    return actor.tenant in {CSE, society}


def register_lines(desk: Desk, *, actor: Actor, now: datetime) -> list[RegisterLine]:
    """Return every entry that `actor` may see, as it stands at `now`, by number. Raises `NotAllowedError`."""
    require(actor, Action.READ_REGISTER, tenant=actor.tenant)
    lines = []
    with desk.open_reading() as work:
        for number in work.register.numbers():
            if not _may_see(actor, work.register.entry(number).society):
                continue
            stored = work.register.answering(number)
            status = rules.status_at(stored.value, now)
            issued = work.certificates.of_registration(number, stored.seq)
            page = issued[-1].page_id if issued else None
            marks = _marks(desk, work, stored.value, now)
            lines.append(RegisterLine(number, stored.value.grade, status, page, marks))
    return lines


def _marks(desk: Desk, work: Work, value: Registration, now: datetime) -> tuple[str, ...]:
    """Return the holds of a registration, then what else is special about the entry."""
    member, term, on = work.register.member(value.member_id), value.last_term(), calendar.civil_date(now)
    others = (
        ("term ended", value.is_live and rules.life_at(value, now) is Life.EXPIRED),
        ("due soon", value.is_live and term is not None and rules.renewal_due_soon(term, on, desk.policy)),
        ("name withheld", member is not None and not member.consent_c1),
        ("two fields", len(work.register.numbers_of(value.member_id)) > 1),
        ("hold lifted", any(one.type == EventType.HOLD_LIFTED for one in work.journal.events(value.register_no))),
    )
    holds = sorted(hold.kind.lower().replace("_", " ") for hold in value.holds)
    return (*holds, *(mark for mark, applies in others if applies))


def census(lines: list[RegisterLine]) -> Counter[tuple[str, str]]:
    """Count `lines` by grade and public status."""
    return Counter((line.grade, line.status) for line in lines)


@dataclass(frozen=True, slots=True)
class CertificateLine:
    """One certificate: of which person and registration, why it was issued, how it stands, and its bits."""

    member_id: str
    registration: tuple[str, int]
    kind: str
    state: str
    """In capital letters the reason if it has ended, and what became of the registration since, if it lives again."""
    bits: str
    """`R=1 S=0` and the like."""


def certificate_lines(desk: Desk, *, actor: Actor, now: datetime) -> list[CertificateLine]:
    """Return every certificate that was ever issued, as it stands at `now`. Raises `NotAllowedError`."""
    require(actor, Action.READ_REGISTER)
    lines: list[CertificateLine] = []
    with desk.open_reading() as work:
        for number in work.register.numbers():
            held = work.register.registrations(number)
            issued = [(stored, one) for stored in held for one in work.certificates.of_registration(number, stored.seq)]
            replaced = {one.replaced_by: one.ended for _, one in issued if one.ended is not None}
            for stored, one in issued:
                is_suspended = one.suspension_kept if one.ended is not None else bool(stored.value.holds)
                bits = f"R={one.ended is not None:d} S={is_suspended:d}"
                told = _kind(one, replaced.get(one.page_id)), _state(one, stored.value, now)
                lines.append(CertificateLine(stored.value.member_id, (number, stored.seq), *told, bits))
    return lines


def _kind(one: StoredCertificate, before: Ended | None) -> str:
    """Return why a certificate was issued; `before` is the end of the one whose place it took, if it took one."""
    if before is not None and before.reason is EndedReason.REPLACED and before.sub_reason != "INTERIM":
        return f"replacement {before.sub_reason}"
    return _KINDS.get(one.basis, one.basis)


def _state(one: StoredCertificate, registration: Registration, now: datetime) -> str:
    if one.ended is None:
        return "run out" if one.valid_until < now else "to come" if one.valid_from > now else "in force"
    # What is replaced or closed has a sub-reason, and ends without its registration.
    sub = one.ended.sub_reason or ("(current again)" if registration.is_live else "")
    return f"{one.ended.reason} {sub}".rstrip()


def newest_certificate(desk: Desk, number: str, *, actor: Actor) -> StoredCertificate:
    """Return the newest certificate of a number as it was issued. Raises `NotFoundError` or `NotAllowedError`."""
    with desk.open_reading() as work:
        require(actor, Action.READ_REGISTER, tenant=work.register.entry(number).society)
        issued = work.certificates.of_registration(number, work.register.answering(number).seq)
    if not issued:
        raise refusals.NotFoundError("certificate", number)
    return issued[-1]


def waiting_recommendations(desk: Desk, *, actor: Actor) -> list[tuple[str, Recommendation]]:
    """Return the recommendations that wait for CSE, with their digests, oldest first. Raises `NotAllowedError`."""
    require(actor, Action.READ_REGISTER, tenant=actor.tenant)
    with desk.open_reading() as work:
        digests = work.proposals.open_digests(KIND)
        waiting = [(digest, read_recommendation(work.proposals.open(digest, KIND).body)) for digest in digests]
    return [(digest, one) for digest, one in waiting if _may_see(actor, one.society)]


def approved_batch(desk: Desk, shown: str, *, actor: Actor) -> list[str]:
    """Return the digests of what waits, if it is exactly the batch that was `shown`. Raises `ProposalChangedError`."""
    digests = [digest for digest, _ in waiting_recommendations(desk, actor=actor)]
    if approvals.batch_digest(digests) != shown:
        raise refusals.ProposalChangedError("batch of recommendations")
    return digests


def named_recommendation(desk: Desk, name: str) -> str:
    """Return the digest that `name` is, or that of the one application ever made under that reference.

    Raises `CommandError` if several societies have used the reference: which one was shown, only its digest tells.
    An unknown name is given back: it opens nothing.
    """
    with desk.open_reading() as work:
        found = [name] if work.proposals.knows(name) else work.proposals.named(KIND, name)
    if len(found) > 1:
        raise CommandError(f"{len(found)} societies use the reference {name}: name the digest instead")
    return found[0] if found else name
