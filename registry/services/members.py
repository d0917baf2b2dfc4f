"""Taking members in: one person is one member, however many societies name them (R-ME-01)."""

import json
from dataclasses import asdict, replace
from functools import partial
from typing import Any

from registry.domain.actors import Action, require
from registry.domain.calendar import civil_date
from registry.domain.identity import IdType, identity_number, keyed_hash, member_id_of
from registry.services.intake import Import, Outcome, take_in
from registry.services.ports import Desk, Secret
from registry.services.refusals import CommandError, SecretError
from registry.services.rows import Row, read_rows
from registry.store.members import MemberFile, Membership
from registry.store.register import Member
from registry.store.work import Work
from schemas.names import TextError, require_readable_names
from schemas.refusals import translated

COLUMNS = (
    "member_no", "name_hans", "name_latin", "birth_on", "id_type", "id_country", "id_number", "society",
    "society_membership_no", "membership_from", "email", "consent_c1", "consent_c2", "consent_c3", "consent_c4",
)  # fmt: skip
"""The header of a file of members."""

_IDEOGRAPHS = r"\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HANS, _LATIN = f"[{_IDEOGRAPHS}]+(·[{_IDEOGRAPHS}]+)*", f"[^{_IDEOGRAPHS}]+"
"""R-ME-02: any ideograph of Unicode."""
_FACT = "secret_mark"
_CORRECTION = "the register has another of this member: a correction is a decision of its own, not an import"
_NOT_OF_THE_ROW = frozenset({"id", "member_id", "consents_on"})


def import_members(desk: Desk, order: Import, *, secret: Secret) -> list[Outcome]:
    """Take in the members of a society; `secret` keys the hashes of identity documents, and is made when first needed.

    Raises `NotAllowedError`, `CsvError` for the file as a whole, `SecretError` if the secret is not the register's.
    """
    require(order.actor, Action.IMPORT_MEMBERS, tenant=order.society)
    rows = read_rows(order.content, COLUMNS)
    pepper = _pepper(desk, secret, is_trial=order.is_trial)
    return take_in(desk, order, rows, partial(_keep, desk, order, pepper), reference="member_no")


def _pepper(desk: Desk, secret: Secret, *, is_trial: bool) -> bytes:
    """Return the secret. One beside hashes that another made would recognize nobody, so it is refused."""
    with desk.open_reading() as work:
        mark = work.trust.fact(_FACT)
    found = secret.read()
    if found is None and mark is None:
        return b"trial" if is_trial else secret.make()
    if found is None or mark not in {None, keyed_hash(found, _FACT)}:
        raise SecretError
    return found


def _keep(desk: Desk, order: Import, pepper: bytes, work: Work, row: Row) -> bool:
    """Keep a row; returns whether it added a person or a membership. Raises `CommandError` or `IdNumberError`."""
    person, file, membership = _read(desk, order, pepper, row)
    held = _held(work, file)
    if held is not None:
        # A row without mail says nothing about it.
        said = asdict(person) | asdict(replace(file, email=file.email or held.email))
        _require_unchanged(asdict(work.register.member(held.member_id) or person) | asdict(held), said)
        membership = replace(membership, member_id=held.member_id)
        known = work.members.membership(member_id=held.member_id, society=membership.society)
        if known is not None and known.is_same(membership):
            return False
        if known is not None:
            is_number = known.membership_no != membership.membership_no
            raise CommandError(_CORRECTION, "society_membership_no" if is_number else "membership_from")
    _require_free(work, membership)
    if held is None:
        _add_person(work, person, file)
    work.members.add(membership)
    if work.trust.fact(_FACT) is None:
        work.trust.set_fact(_FACT, keyed_hash(pepper, _FACT))
    # Keyed too: a plain digest of a name and a birth date could be guessed.
    digest = keyed_hash(pepper, json.dumps([asdict(one) for one in (person, file, membership)], default=str))
    subject, person_acting = membership.member_id, order.actor.person
    work.journal.append(kind="member", subject=subject, payload_sha256=digest, actor=person_acting, at=order.now)
    return True


def _read(desk: Desk, order: Import, pepper: bytes, row: Row) -> tuple[Member, MemberFile, Membership]:
    """Return what a row says, as if nobody knew the person yet."""
    today = civil_date(order.now)
    society, membership_no = row.choice("society", [order.society]), row.reference("society_membership_no")
    birth_on, id_type = row.day("birth_on", until=today), IdType(row.choice("id_type", IdType))
    form = "CN" if id_type is IdType.RESIDENT_ID else "[A-Z]{2}"
    country = row.text("id_country", form, "two capital letters, CN for a resident_id")
    number = identity_number(id_type, row.text("id_number"), birth_on=birth_on, is_demo=desk.is_demo)
    member_id = member_id_of(society, membership_no)
    hans = row.text("name_hans", _HANS, "Chinese characters, and · within") if row.cells["name_hans"] else None
    latin = row.text("name_latin", _LATIN, "in other than Chinese characters") if row.cells["name_latin"] else None
    with translated(TextError, to=lambda error: CommandError(str(error), "name_hans")):
        require_readable_names(hans, latin)
    file = MemberFile(
        member_id=member_id,
        member_no=row.reference("member_no"),
        birth_on=birth_on,
        identity_sha256=keyed_hash(pepper, id_type, country, number),
        email=row.email("email"),
        consent_c2=row.flag("consent_c2"),
        consent_c3=row.flag("consent_c3"),
        consent_c4=row.flag("consent_c4"),
        consents_on=today,
    )
    membership = Membership(society, membership_no, member_id, row.day("membership_from", until=today))
    return Member(member_id, hans, latin, row.flag("consent_c1")), file, membership


def _held(work: Work, file: MemberFile) -> MemberFile | None:
    """Return the file of this person, found by the identity document and confirmed by the birth date."""
    held = work.members.file(identity_sha256=file.identity_sha256)
    if held is None and work.members.file(member_no=file.member_no) is not None:
        raise CommandError(_CORRECTION, "id_number")
    if held is not None and held.birth_on != file.birth_on:
        raise CommandError(_CORRECTION, "birth_on")
    if held is not None and held.member_no != file.member_no:
        raise CommandError(f"this person is member {held.member_no} of the register: use that number", "member_no")
    return held


def _require_unchanged(known: dict[str, Any], said: dict[str, Any]) -> None:
    """Raise `CommandError` for a name, consent or mail that a row says otherwise than the register has it."""
    for field, value in known.items():
        if field not in _NOT_OF_THE_ROW and said[field] != value:
            raise CommandError(_CORRECTION, field)


def _require_free(work: Work, membership: Membership) -> None:
    """Raise `CommandError` if somebody else stands under this number of the society."""
    society, number = membership.society, membership.membership_no
    first = member_id_of(society, number)
    is_taken = work.members.membership(society=society, membership_no=number) is not None
    if is_taken or (first != membership.member_id and work.register.member(first) is not None):
        reason = "stands for another member already: joining two people is a decision of its own"
        raise CommandError(reason, "society_membership_no")


def _add_person(work: Work, person: Member, file: MemberFile) -> None:
    """Add a person, or the file of one whom the society recommended before they were imported."""
    known = work.register.member(person.id)
    if known is None:
        work.register.add_member(person)
    else:
        _require_unchanged(asdict(known), asdict(person))
    work.members.add(file)
