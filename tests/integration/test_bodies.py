"""What CSE decides about societies and keys, lived on both databases: scenarios of domain 6, both sides of each day."""

import shutil
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from issuer.certificates import sign_certificate
from issuer.lint import lint
from issuer.template import drafted
from keys.records import KeyUse
from registry.adapters.keyring import FolderKeyring
from registry.adapters.randomness import SystemRandomness
from registry.demo.officers import CLOCK, PUBLISHER, REGISTRAR, REGISTRARS, board
from registry.domain.calendar import start_of
from registry.domain.history import entry_at
from registry.domain.refusals import HoldExistsError
from registry.services.answers import verdict_of_document, verdict_of_number
from registry.services.audit import audit
from registry.services.bodies import (
    BodyDecision,
    GrantAuthorization,
    decide,
    grant_authorization,
    in_doubt,
    is_in_doubt,
    mark_compromised,
    review,
    to_resign,
)
from registry.services.decisions import withdraw
from registry.services.entries import public_entry
from registry.services.issuing import _placed, _profile
from registry.services.memberships import move_due
from registry.services.publishing import publish
from registry.services.refusals import CommandError, SocietyNotAuthorizedError
from registry.services.registrations import confirm_registration, recommend_registration
from registry.services.replacing import ReplacedFor, Replacement, confirm_replacement, propose_replacement
from registry.services.sweeping import sweep
from registry.services.trust import refresh_trust_list, trust_in_force
from registry.store.tables import ENTRY, REGISTRATION, TERM
from tests.fakes import MemoryPublisher
from tests.integration.registers import AT, MINUTE, Office, recommendation

DAY = date(2026, 8, 1)
BEFORE, AFTER = start_of(DAY) - MINUTE, start_of(DAY) + MINUTE
RENEWED = {"origin": "renewal"}


def act(office: Office, state: str, on: date = DAY, society: str = "ELE", now: datetime = AT, **more: Any) -> int:
    decision = BodyDecision(society, state, on, "T/1", **more)
    return decide(office.desk, office.keyring, decision, actor=REGISTRAR, now=now)


def run(office: Office, at: datetime) -> dict[str, int]:
    done = sweep(office.desk, actor=CLOCK, now=at, approved_by=REGISTRARS).done
    refresh_trust_list(office.desk, office.keyring, actor=REGISTRAR, now=at)
    return {name: count for name, count in done.items() if name == "transfer"}


def society(office: Office, number: int) -> str:
    with office.desk.open_reading() as work:
        return work.register.entry(office.numbers[number]).society


def document(office: Office, number: int) -> bytes:
    with office.desk.open_reading() as work:
        return work.certificates.of_registration(office.numbers[number], 1)[-1].document


def judged(office: Office, content: bytes, at: datetime) -> dict[str, Any]:
    return verdict_of_document(office.desk, content, now=at)


def code(answer: dict[str, Any], check: str) -> Any:
    return next(one.get("code") for one in answer["checks"] if one["name"] == check)


def events(office: Office, number: int) -> list[tuple[str, datetime]]:
    with office.desk.open_reading() as work:
        return [(one.type, one.effective_at) for one in work.journal.events(office.numbers[number])]


def next_term(office: Office, number: int, **values: Any) -> None:
    """Let the term of a registration be one that has no certificate."""
    office.database.execute(update(TERM).filter_by(register_no=office.numbers[number]).values(seq=2, **values))


def forged(office: Office, number: int, society_keystore: str, at: datetime) -> bytes:
    """Sign a certificate of a term by the keys of CSE and of a society, whatever the register says."""
    with office.desk.open_work() as work:
        placed = _placed(work, [office.numbers[number]], SystemRandomness())[office.numbers[number]]
    draft = drafted(_profile(office.desk, *placed))
    ticket = lint(draft, base=office.desk.base, created=at)
    cse, other = (office.keyring.signer(name, KeyUse.ISSUE, at) for name in ("cse", society_keystore))
    return sign_certificate(ticket, cse=cse, society=other, created=at)


def test_scenario_51_a_withdrawn_society_is_administered_by_the_custodian_and_its_certificates_verify(
    staffed: Office,
) -> None:
    old = document(staffed, 0)
    act(staffed, "withdrawn", cause="quality")
    assert run(staffed, BEFORE) == {}
    before = judged(staffed, old, BEFORE)
    assert (society(staffed, 0), code(before, "authorization_at_signing")) == ("ELE", None)
    assert run(staffed, AFTER) == {"transfer": 2}
    assert run(staffed, AFTER + MINUTE) == {}
    assert [society(staffed, number) for number in range(3)] == ["CUS", "CUS", "CIV"]
    assert events(staffed, 0)[1:] == events(staffed, 1)[1:] == [("TRANSFERRED", start_of(DAY))]
    assert events(staffed, 2)[1:] == []
    answer = judged(staffed, old, AFTER)
    assert (answer["outcome"], code(answer, "authorization_at_signing")) == ("valid", "authorization_lost_later")
    told = [answer["certificate"][name]["code"] for name in ("society", "administered_by")]
    assert (told, "administered_by" in before["certificate"]) == (["ELE", "CUS"], False)
    assert code(judged(staffed, document(staffed, 2), AFTER), "authorization_at_signing") is None
    shown = public_entry(staffed.desk, staffed.numbers[0], now=AFTER)
    assert shown is not None
    assert (shown["society"]["code"], shown["registration"]["status"]) == ("CUS", "active")
    with staffed.desk.open_reading() as work:
        assert work.certificates.revoked_indexes(1) == work.certificates.suspended_indexes(1) == []
        (custody,) = [one for one in work.trust.authorizations() if one.acting_for is not None]
        assert {(row.field, row.may, row.from_on, row.until_on) for row in custody.scope} == {
            ("ELE", ("maintain",), DAY, date(2027, 7, 31)),
            ("ICT", ("maintain",), DAY, date(2027, 7, 31)),
        }
    assert audit(staffed.desk, None, actor=REGISTRAR, now=AFTER) == []


def test_scenario_52_in_custody_a_renewal_is_good_and_nothing_else_is(staffed: Office) -> None:
    act(staffed, "withdrawn", cause="quality")
    next_term(staffed, 0, **RENEWED)
    at = AFTER + timedelta(days=1)
    by_society = forged(staffed, 0, "society-ele", at)
    run(staffed, AFTER)
    refresh_trust_list(staffed.desk, staffed.keyring, actor=REGISTRAR, now=at)
    answer = judged(staffed, by_society, at)
    assert (answer["outcome"], answer["state"]) == ("invalid", "issuer_not_trusted")
    staffed.issue(staffed.numbers[0], at)
    renewed = document(staffed, 0)
    answer = judged(staffed, renewed, at)
    told = [answer["certificate"][name]["code"] for name in ("society", "administered_by")]
    assert (answer["outcome"], told) == ("valid", ["ELE", "CUS"])
    assert b"authorization ended" in renewed
    assert b'"assessedBy":"did:web:localhost%3A8000:societies:ele"' in renewed.replace(b": ", b":")


def test_scenario_52_an_initial_registration_signed_in_custody_is_not_trusted(staffed: Office) -> None:
    act(staffed, "withdrawn", cause="quality")
    run(staffed, AFTER)
    next_term(staffed, 1, start_on=DAY, origin="initial")
    with pytest.raises(SocietyNotAuthorizedError):
        staffed.issue(staffed.numbers[1], AFTER)
    answer = judged(staffed, forged(staffed, 1, "custodian", AFTER), AFTER)
    assert (answer["outcome"], answer["state"]) == ("invalid", "issuer_not_trusted")
    # A replacement of what began before the loss keeps its basis, and is good.
    next_term(staffed, 0)
    staffed.issue(staffed.numbers[0], AFTER)
    assert judged(staffed, document(staffed, 0), AFTER)["outcome"] == "valid"


def test_scenario_4_and_r_au_02_a_society_decides_and_signs_for_the_grades_of_its_authorization(office: Office) -> None:
    higher = {"grade": "SPE", "member_ref": "M-2"}
    open_file, number = office.recommend(**higher), office.register(member_ref="M-3", grade="SPE")
    act(office, "withdrawn", cause="own_request")
    grant = GrantAuthorization("ELE", ("ELE",), ("AE", "PE"), DAY, "T/2")
    grant_authorization(office.desk, office.keyring, grant, actor=REGISTRAR, now=AT)
    assert run(office, AFTER) == {}

    def handed_in(**own: str) -> str:
        return recommend_registration(office.desk, recommendation(**own), actor=board("ELE"), now=AFTER)

    with pytest.raises(SocietyNotAuthorizedError) as outside:
        handed_in(grade="SPE", member_ref="M-4")
    for decided in (lambda: confirm(office, open_file, AFTER), lambda: office.issue(number, AFTER)):
        with pytest.raises(SocietyNotAuthorizedError, match="void: the society ELE is not authorized for SPE") as void:
            decided()
        assert (outside.value.code, void.value.code) == ("SOCIETY_NOT_AUTHORIZED", "AUTH_SCOPE_VIOLATION")
    within = confirm(office, handed_in(), AFTER)
    office.issue(within, AFTER)
    lived = replace(office, numbers=(within, number))
    assert judged(lived, document(lived, 0), AFTER)["outcome"] == "valid"
    assert judged(lived, forged(lived, 1, "society-ele", AFTER), AFTER)["state"] == "issuer_not_trusted"


@pytest.mark.parametrize(("begins", "ends"), [("2026-07-01", "2031-06-30"), ("2028-02-29", "2033-02-28")])
def test_r_au_03_an_authorization_runs_five_years(office: Office, begins: str, ends: str) -> None:
    grant = GrantAuthorization("CIV", ("CIV", "ARC"), ("AE", "SPE"), date.fromisoformat(begins), "T/1")
    grant_authorization(office.desk, office.keyring, grant, actor=REGISTRAR, now=AT)
    with office.desk.open_reading() as work:
        (first, given) = (one for one in work.trust.authorizations() if "societies/civ/" in one.path)
    assert (first.path[-1], given.path[-1], str(given.to_on)) == ("1", "2", ends)
    rows = [(one.field, one.grades, one.may, str(one.until_on)) for one in given.scope]
    assert rows == [(field, ("AE", "SPE"), ("new", "maintain"), ends) for field in ("CIV", "ARC")]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"society": "MEC"}, "there is no society MEC"),
        ({"society": "CUS"}, "there is no society CUS"),
        ({"fields": ("ELE", "XYZ")}, "there is no field XYZ"),
        ({"grades": ("XE",)}, "there is no grade XE"),
        ({"grades": ()}, "there is no grade"),
        ({"decision_ref": " "}, "needs the reference"),
        ({"from_on": date(2026, 6, 30)}, "acts forward only"),
    ],
)
def test_r_au_01_what_does_not_exist_is_not_authorized(office: Office, changed: dict[str, Any], reason: str) -> None:
    before = office.database.dump()
    grants = [GrantAuthorization("CIV", ("CIV",), ("PE",), date(2026, 7, 1), "T/1")]
    grants.append(replace(grants[0], **changed))
    with pytest.raises(CommandError, match=reason):
        grant_authorization(office.desk, office.keyring, *grants, actor=REGISTRAR, now=AT)
    assert office.database.dump() == before


def test_scenario_55_and_r_au_04_a_suspended_society_maintains_and_takes_in_nobody(office: Office) -> None:
    digest = office.recommend()
    number = office.register(member_ref="M-2")
    office.issue(number)
    lived = Office(office.desk, office.keyring, office.database, (number,))
    act(lived, "suspended")
    act(lived, "active", DAY + timedelta(days=10), now=AFTER)
    next_term(lived, 0, **RENEWED)
    with pytest.raises(SocietyNotAuthorizedError):
        confirm(lived, digest, AFTER)
    lived.issue(number, AFTER)
    answer = judged(lived, document(lived, 0), AFTER)
    assert (answer["outcome"], code(answer, "authorization_at_signing")) == ("valid", None)
    assert run(lived, AFTER) == {}
    restored = start_of(DAY + timedelta(days=10))
    refresh_trust_list(lived.desk, lived.keyring, actor=REGISTRAR, now=restored - MINUTE)
    with pytest.raises(SocietyNotAuthorizedError):
        confirm(lived, digest, restored - MINUTE)
    refresh_trust_list(lived.desk, lived.keyring, actor=REGISTRAR, now=restored)
    assert confirm(lived, digest, restored)


def test_scenario_108_under_suspension_a_renewal_is_genuine_and_a_first_registration_is_not(staffed: Office) -> None:
    act(staffed, "suspended")
    run(staffed, AFTER)
    next_term(staffed, 0, **RENEWED)
    next_term(staffed, 1, start_on=DAY, origin="initial")
    renewed, first = (judged(staffed, forged(staffed, one, "society-ele", AFTER), AFTER) for one in (0, 1))
    # Both are signed by hand; what is good but stands in no register has its own row of the table, 4a.
    assert (code(renewed, "issuer_trusted"), code(renewed, "register")) == (None, "not_registered")
    assert (first["outcome"], first["state"]) == ("invalid", "issuer_not_trusted")
    staffed.issue(staffed.numbers[0], AFTER)
    assert judged(staffed, document(staffed, 0), AFTER)["outcome"] == "valid"


def confirm(office: Office, digest: str, at: datetime) -> str:
    return confirm_registration(office.desk, digest, randomness=SystemRandomness(), actor=REGISTRAR, now=at)


def test_r_au_05_a_named_society_takes_over_what_it_is_in_scope_for(staffed: Office) -> None:
    with pytest.raises(SocietyNotAuthorizedError, match="CIV is not authorized for AE PE SPE in ELE"):
        act(staffed, "withdrawn", cause="own_request", custodian="CIV")
    act(staffed, "withdrawn", society="ICT", cause="own_request", custodian="ELE")
    staffed.database.execute(update(ENTRY).filter_by(field="ICT").values(society="ICT"))
    assert run(staffed, AFTER) == {"transfer": 1}
    assert society(staffed, 1) == "ELE"
    assert [kind for kind, _ in events(staffed, 1)][1:] == ["CUSTODIAN_NAMED", "TRANSFERRED"]
    with staffed.desk.open_reading() as work:
        assert all(one.acting_for is None for one in work.trust.authorizations())


def test_r_au_05_a_society_that_is_named_later_takes_over_from_custody(staffed: Office) -> None:
    named, later = date(2026, 9, 1), start_of(date(2026, 9, 1))
    act(staffed, "withdrawn", cause="quality")
    act(staffed, "withdrawn", society="ICT", cause="quality")
    staffed.database.execute(update(ENTRY).filter_by(register_no=staffed.numbers[1]).values(society="ICT"))
    staffed.database.execute(
        update(REGISTRATION).filter_by(register_no=staffed.numbers[1]).values(assessing_society="ICT")
    )
    assert run(staffed, AFTER) == {"transfer": 2}
    with pytest.raises(SocietyNotAuthorizedError, match="CIV is not authorized for AE PE SPE in ELE"):
        act(staffed, "withdrawn", named, now=AFTER, cause="quality", custodian="CIV")
    grant = GrantAuthorization("CIV", ("ELE", "ICT"), ("AE", "PE", "SPE"), DAY, "T/2")
    grant_authorization(staffed.desk, staffed.keyring, grant, actor=REGISTRAR, now=AFTER)
    act(staffed, "withdrawn", named, now=AFTER, cause="quality", custodian="CIV")
    refresh_trust_list(staffed.desk, staffed.keyring, actor=REGISTRAR, now=later - MINUTE)
    next_term(staffed, 0, **RENEWED)
    assert run(staffed, later - MINUTE) == {}
    assert run(staffed, later) == {"transfer": 1}
    assert run(staffed, later + MINUTE) == {}
    assert [society(staffed, number) for number in range(3)] == ["CIV", "CUS", "CIV"]
    took_over = [("CUSTODIAN_NAMED", later), ("TRANSFERRED", later)]
    assert events(staffed, 0)[1:] == [("TRANSFERRED", start_of(DAY)), *took_over]
    assert events(staffed, 1)[1:] == [("TRANSFERRED", start_of(DAY))]
    staffed.issue(staffed.numbers[0], later + MINUTE)
    answer = judged(staffed, document(staffed, 0), later + MINUTE)
    assert (answer["outcome"], answer["certificate"]["society"]["code"]) == ("valid", "CIV")
    with staffed.desk.open_reading() as work:
        custody = {one.path[-5:]: one for one in work.trust.authorizations() if one.acting_for is not None}
    assert (custody["ele-1"].state, {row.until_on for row in custody["ele-1"].scope}) == (
        "withdrawn",
        {named - timedelta(days=1)},
    )
    assert custody["ict-1"].state == "active"
    with pytest.raises(CommandError, match="no authorization of ELE"):
        act(staffed, "withdrawn", date(2026, 10, 1), now=later, cause="quality", custodian="CIV")
    assert audit(staffed.desk, None, actor=REGISTRAR, now=later + MINUTE) == []


def test_scenario_120_after_a_merger_members_and_open_files_pass_and_nothing_is_lost(staffed: Office) -> None:
    digest, old = staffed.recommend(member_ref="M-7", society="ICT", field="ICT"), document(staffed, 1)
    staffed.database.execute(update(ENTRY).filter_by(field="ICT").values(society="ICT"))
    act(staffed, "withdrawn", society="ICT", cause="merger", custodian="CIV")
    with pytest.raises(SocietyNotAuthorizedError):
        confirm_as_custodian_was_named(staffed)
    assert run(staffed, AFTER) == {"transfer": 1}
    assert (society(staffed, 1), events(staffed, 1)[-1][0]) == ("CIV", "TRANSFERRED")
    assert code(judged(staffed, old, AFTER), "authorization_at_signing") is None
    number = confirm(staffed, digest, AFTER)
    page = staffed.issue(number, AFTER)
    with staffed.desk.open_reading() as work:
        entry, issued = work.register.entry(number), work.certificates.by_page(page)
        assert not trust_in_force(work, now=AFTER).has_lost("did:web:localhost%3A8000:societies:ict", AFTER)
    assert issued is not None
    answer = judged(staffed, issued.document, AFTER)
    assert (entry.society, answer["outcome"], answer["certificate"]["society"]["code"]) == ("CIV", "valid", "CIV")


def confirm_as_custodian_was_named(office: Office) -> None:
    act(office, "withdrawn", society="CIV", cause="quality", custodian="ICT")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"on": date(2026, 7, 1)}, "has begun"),
        ({"cause": "integrity"}, "integrity, and no other cause"),
        ({"cause": "integrity", "doubt": (date(2026, 2, 2), date(2026, 2, 1))}, "integrity, and no other cause"),
        ({"cause": "integrity", "doubt": (date(2026, 2, 2), None)}, "integrity, and no other cause"),
        ({"cause": "quality", "doubt": (date(2026, 2, 2), date(2026, 2, 3))}, "integrity, and no other cause"),
        ({"cause": "quality", "doubt": (None, date(2026, 2, 3))}, "integrity, and no other cause"),
        ({"cause": "merger"}, "name another society"),
        ({"cause": "quality", "custodian": "ELE"}, "name another society"),
        ({"cause": "merger", "custodian": "GEO"}, "there is no society GEO"),
        ({"state": "active"}, "no authorization of ELE is suspended"),
        ({"cause": "quality", "society": "GEO"}, "no authorization of GEO is active or suspended"),
    ],
)
def test_a_decision_about_a_society_is_whole_and_acts_forward_only(
    staffed: Office, changed: dict[str, Any], reason: str
) -> None:
    before = staffed.database.dump()
    with pytest.raises(CommandError, match=reason):
        act(staffed, **{"state": "withdrawn"} | changed)
    assert staffed.database.dump() == before


def test_r_au_05_what_ran_out_without_another_goes_to_the_custodian(staffed: Office) -> None:
    act(staffed, "expired", date(2026, 12, 10), cause="term_end")
    with staffed.desk.open_reading() as work:
        ended = next(one for one in work.trust.authorizations() if one.path == "/societies/ele/authorizations/1")
    assert (ended.state, {row.until_on for row in ended.scope}) == ("expired", {date(2026, 11, 30)})
    assert run(staffed, start_of(date(2026, 12, 10))) == {"transfer": 2}


def test_r_au_05_an_authorization_that_begins_later_leaves_a_time_of_custody(staffed: Office) -> None:
    grant = GrantAuthorization("ELE", ("ELE", "ICT"), ("PE",), date(2026, 9, 1), "T/2")
    grant_authorization(staffed.desk, staffed.keyring, grant, actor=REGISTRAR, now=AT)
    act(staffed, "withdrawn", cause="own_request")
    with staffed.desk.open_reading() as work:
        assert {one.state for one in work.trust.authorizations() if "societies/ele/" in one.path} == {
            "annulled",
            "withdrawn",
        }
    grant_authorization(staffed.desk, staffed.keyring, grant, actor=REGISTRAR, now=AT)
    assert run(staffed, AFTER) == {"transfer": 2}


def test_r_au_05_custody_is_prolonged_by_a_decision_from_the_day_after_its_last(staffed: Office) -> None:
    act(staffed, "withdrawn", cause="quality")
    for on in (DAY, date(2027, 7, 31)):
        with pytest.raises(CommandError, match="no authorization of ELE is active or suspended"):
            act(staffed, "withdrawn", on, cause="quality")
    act(staffed, "withdrawn", date(2027, 8, 1), cause="quality")
    with staffed.desk.open_reading() as work:
        known = work.trust.authorizations()
    custody = [one for one in known if one.acting_for is not None]
    assert [(one.from_on, one.to_on) for one in custody] == [
        (DAY, date(2027, 7, 31)),
        (date(2027, 8, 1), date(2028, 7, 31)),
    ]
    assert [one.path for one in custody] == [f"/custodian/authorizations/ele-{number}" for number in (1, 2)]
    (lost,) = [one for one in known if one.path == "/societies/ele/authorizations/1"]
    assert lost.state_since == DAY


def test_r_au_02_an_authorization_that_would_never_begin_is_annulled(office: Office) -> None:
    act(office, "withdrawn", date(2026, 7, 2), cause="own_request")
    with office.desk.open_reading() as work:
        trust = trust_in_force(work, now=AT)
    assert {one.state for one in trust.authorizations if one.society.endswith(":ele")} == {"withdrawn"}
    with pytest.raises(CommandError, match="no authorization of ELE"):
        act(office, "withdrawn", date(2026, 7, 3), cause="quality")


# --- keys -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def keyed(staffed: Office, tmp_path: Path) -> Office:
    """The office with a copy of its keystores: a new key belongs to this test alone."""
    own = staffed.keyring
    folders = [Path(shutil.copytree(one, tmp_path / one.name)) for one in (own._keystores, own._passphrases)]
    return replace(staffed, keyring=FolderKeyring(*folders))


ELE_KEY = "did:web:localhost%3A8000:societies:ele#issue-2026"


def test_scenario_54_a_compromised_key_counts_for_what_was_logged_before(keyed: Office) -> None:
    later = AT + timedelta(days=2)
    stolen = AT + timedelta(days=1)
    old, forged_before = document(keyed, 0), forged(keyed, 1, "society-ele", AT)
    named = mark_compromised(keyed.desk, keyed.keyring, ELE_KEY, stolen, actor=REGISTRAR, now=later)
    assert [number for number, _ in named] == list(keyed.numbers[:2])
    with keyed.desk.open_reading() as work:
        assert to_resign(work, now=later) == named
        assert to_resign(work, now=start_of(date(2031, 7, 1))) == []
    answer = judged(keyed, old, later)
    assert (answer["outcome"], code(answer, "issuer_trusted")) == ("valid", "key_compromised_later")
    assert judged(keyed, forged_before, later)["outcome"] != "valid"
    with_stolen = judged(keyed, forged(keyed, 1, "society-ele", stolen + MINUTE), later)
    assert (with_stolen["outcome"], code(with_stolen, "issuer_trusted")) == ("invalid", "key_compromised")
    next_term(keyed, 0, **RENEWED)
    keyed.issue(keyed.numbers[0], later)
    renewed = document(keyed, 0)
    assert b"societies:ele#issue-2026b" in renewed
    answer = judged(keyed, renewed, later)
    assert (answer["outcome"], code(answer, "issuer_trusted")) == ("valid", None)


def test_scenario_54_what_the_stolen_key_signed_is_signed_again_by_the_new_one(keyed: Office) -> None:
    stolen, known = AT + timedelta(days=1), AT + timedelta(days=2)
    named = mark_compromised(keyed.desk, keyed.keyring, ELE_KEY, stolen, actor=REGISTRAR, now=known)
    for number, _ in named:
        command = Replacement(number, ReplacedFor.KEY, "K/1")
        digest = propose_replacement(keyed.desk, command, actor=board("ELE"), now=known)
        confirm_replacement(keyed.desk, digest, actor=REGISTRAR, now=known)
        keyed.issue(number, known + MINUTE)
    folder = MemoryPublisher()
    for minutes in (2, 3):
        publish(keyed.desk, keyed.keyring, folder, actor=PUBLISHER, now=known + minutes * MINUTE)
    with keyed.desk.open_reading() as work:
        assert to_resign(work, now=known + 4 * MINUTE) == []
        old, new = work.certificates.of_registration(keyed.numbers[0], 1)
    assert old.ended is not None
    assert (old.ended.reason, old.ended.sub_reason, new.term_seq, new.basis) == ("REPLACED", "KEY", 1, "initial")
    states = [judged(keyed, one.document, known + 4 * MINUTE)["state"] for one in (old, new)]
    assert states == ["replaced", "valid"]


@pytest.mark.parametrize(
    ("key_id", "since"),
    [
        (ELE_KEY, AT + MINUTE),
        (ELE_KEY + "x", AT),
        ("did:web:localhost%3A8000#status-2026", AT),
        ("did:web:localhost%3A8000:root#root-a", AT),
    ],
    ids=["yet-to-come", "unknown", "of-lists", "root"],
)
def test_only_an_issuing_key_is_marked_and_once(keyed: Office, key_id: str, since: datetime) -> None:
    with pytest.raises(CommandError, match="no issuing key"):
        mark_compromised(keyed.desk, keyed.keyring, key_id, since, actor=REGISTRAR, now=AT)


def test_a_key_of_a_year_that_is_over_gets_no_successor(keyed: Office) -> None:
    late, did = datetime.fromisoformat("2027-01-02T00:00:00+00:00"), ELE_KEY.partition("#")[0]
    with keyed.desk.open_reading() as work:
        before = [key.key_id for key in work.trust.keys(did)]
    mark_compromised(keyed.desk, keyed.keyring, ELE_KEY, AT, actor=REGISTRAR, now=late)
    with keyed.desk.open_reading() as work:
        assert [key.key_id for key in work.trust.keys(did)] == before


# --- assessments in doubt ---------------------------------------------------------------------------------------------

DOUBT = (date(2026, 6, 1), date(2026, 6, 10))


def lost(office: Office, doubt: tuple[date, date] = DOUBT) -> None:
    act(office, "withdrawn", cause="integrity", doubt=doubt)
    run(office, AFTER)


def doubtful(office: Office, number: int, at: datetime = AFTER) -> bool:
    with office.desk.open_reading() as work:
        return is_in_doubt(work, office.numbers[number], 1, at)


def test_r_au_08_a_review_holds_many_by_one_decision_and_is_lifted_one_by_one(staffed: Office) -> None:
    lost(staffed)
    both, later = list(staffed.numbers[:2]), AFTER + MINUTE
    asked: dict[str, Any] = {"actor": REGISTRAR, "now": later}
    with pytest.raises(CommandError, match="no interval in doubt"):
        review(staffed.desk, [*both, staffed.numbers[2]], "V/1", clears=False, **asked)
    assert [kind for kind, _ in events(staffed, 0)] == ["REGISTERED", "TRANSFERRED"]
    review(staffed.desk, both, "V/1", clears=False, **asked)
    assert events(staffed, 0)[-1] == events(staffed, 1)[-1] == ("HOLD_ADDED", later)
    verdict = verdict_of_number(staffed.desk, both[0], now=later).verdict
    assert verdict is not None
    assert verdict["state"] == "suspended"
    with pytest.raises(HoldExistsError):
        review(staffed.desk, both, "V/2", clears=False, **asked)
    review(staffed.desk, both[:1], "V/3", clears=True, actor=REGISTRAR, now=later + MINUTE)
    assert (events(staffed, 0)[-1][0], events(staffed, 1)[-1][0]) == ("HOLD_LIFTED", "HOLD_ADDED")
    assert (doubtful(staffed, 0, later), doubtful(staffed, 0, later + MINUTE)) == (True, False)
    assert doubtful(staffed, 1, later + MINUTE)
    with pytest.raises(CommandError, match="or is cleared"):
        review(staffed.desk, both[:1], "V/4", clears=True, actor=REGISTRAR, now=later + 2 * MINUTE)
    assert audit(staffed.desk, None, actor=REGISTRAR, now=later + 2 * MINUTE) == []


def test_r_au_08_who_was_cleared_is_in_doubt_again_by_a_later_decision(staffed: Office) -> None:
    lost(staffed)
    review(staffed.desk, staffed.numbers[:1], "V/1", clears=True, actor=REGISTRAR, now=AFTER)
    later = date(2026, 9, 1)
    grant = GrantAuthorization("ELE", ("ELE",), ("PE",), date(2026, 8, 20), "T/2")
    grant_authorization(staffed.desk, staffed.keyring, grant, actor=REGISTRAR, now=AFTER)
    act(staffed, "withdrawn", later, now=AFTER, cause="integrity", doubt=DOUBT)
    assert (doubtful(staffed, 0, start_of(later) - MINUTE), doubtful(staffed, 0, start_of(later))) == (False, True)


def test_r_au_08_what_is_in_doubt_is_listed(staffed: Office) -> None:
    lost(staffed)
    review(staffed.desk, staffed.numbers[:1], "V/1", clears=True, actor=REGISTRAR, now=AFTER)
    told = in_doubt(staffed.desk, "ELE", actor=REGISTRAR, now=AFTER)
    assert told == {staffed.numbers[0]: AFTER, staffed.numbers[1]: None}
    assert in_doubt(staffed.desk, "CIV", actor=REGISTRAR, now=AFTER) == {}


def test_r_au_08_what_is_in_order_is_cleared_without_a_hold(staffed: Office) -> None:
    lost(staffed)
    review(staffed.desk, staffed.numbers[:1], "V/1", clears=True, actor=REGISTRAR, now=AFTER)
    assert (doubtful(staffed, 0), doubtful(staffed, 1)) == (False, True)
    assert [kind for kind, _ in events(staffed, 0)] == ["REGISTERED", "TRANSFERRED"]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 6, 10), date(2026, 6, 10), True),
        (date(2026, 6, 11), date(2026, 6, 30), False),
        (date(2026, 5, 1), date(2026, 6, 9), False),
    ],
)
def test_scenario_109_in_doubt_is_what_was_assessed_in_the_interval(
    staffed: Office, first: date, last: date, *, expected: bool
) -> None:
    act(staffed, "withdrawn", cause="integrity", doubt=(first, last))
    assert not doubtful(staffed, 0, BEFORE)
    assert doubtful(staffed, 0, AFTER) is expected
    assert not doubtful(staffed, 2, AFTER)


@pytest.mark.parametrize(("first", "expected"), [(date(2026, 7, 1), True), (date(2026, 7, 2), False)])
def test_scenario_109_without_a_day_on_file_it_was_assessed_when_it_was_registered(
    staffed: Office, first: date, *, expected: bool
) -> None:
    staffed.database.execute(update(REGISTRATION).values(interview_on=None))
    act(staffed, "withdrawn", cause="integrity", doubt=(first, date(2026, 7, 9)))
    assert doubtful(staffed, 0, AFTER) is expected


# --- the clock job ----------------------------------------------------------------------------------------------------


def test_t19_what_was_decided_since_midnight_stays_the_last_word(staffed: Office) -> None:
    act(staffed, "withdrawn", cause="quality")
    held = start_of(DAY) + timedelta(hours=1)
    refresh_trust_list(staffed.desk, staffed.keyring, actor=REGISTRAR, now=held)
    withdraw(staffed.desk, staffed.numbers[0], decision_ref="W/1", actor=board("ELE"), now=held)
    run(staffed, held + MINUTE)
    assert events(staffed, 0)[-2:] == [("WITHDRAWN", held), ("TRANSFERRED", held)]
    with staffed.desk.open_reading() as work:
        then = entry_at(work.journal.past(staffed.numbers[0]), held - MINUTE).value
    assert then is not None
    assert then.life == "CURRENT"


def test_t19_what_is_owed_a_change_moves_after_it(staffed: Office) -> None:
    act(staffed, "withdrawn", cause="quality")
    staffed.database.execute(update(TERM).filter_by(register_no=staffed.numbers[0]).values(end_on=date(2026, 7, 30)))
    assert move_due(staffed.desk, AFTER, actor=CLOCK, now=AFTER) == {"transfer": 1}
    assert run(staffed, AFTER + MINUTE) == {"transfer": 1}
    assert [kind for kind, _ in events(staffed, 0)] == ["REGISTERED", "EXPIRED", "TRANSFERRED"]
