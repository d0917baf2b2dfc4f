"""Members and applications from a file: one person is one member, and a recommendation is no registration."""

import logging
import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from registry.adapters.randomness import SystemRandomness
from registry.demo.officers import REGISTRAR, board
from registry.domain.actors import Actor, Role
from registry.domain.approvals import batch_digest
from registry.domain.refusals import NotAllowedError, NotFoundError, ProposalChangedError, SamePersonError
from registry.services.applications import KINDS, import_applications
from registry.services.census import approved_batch, named_recommendation, waiting_recommendations
from registry.services.members import import_members
from registry.services.refusals import CommandError, CsvError, SecretError, TrustListError
from registry.services.registrations import confirm_registration
from registry.services.rows import MOST_ROWS
from tests.fakes import MemorySecret
from tests.integration.intake_files import (
    another,
    application,
    csv_text,
    member,
    order,
    resident_id,
    take_applications,
    take_members,
    told,
)
from tests.integration.registers import AT, MINUTE, Office

TABLES = ("member", "member_file", "membership", "proposal", "journal", "register_fact", "registration")
OFFICER = Actor("officer-ele", Role.SOCIETY_OFFICER, "ELE", "passkey")


def counts(office: Office) -> list[int]:
    return [office.count(table) for table in TABLES]


def confirm(office: Office, digest: str, actor: Actor = REGISTRAR) -> str:
    return confirm_registration(office.desk, digest, randomness=SystemRandomness(), actor=actor, now=AT + MINUTE)


def waiting(office: Office) -> list[str]:
    return [digest for digest, _ in waiting_recommendations(office.desk, actor=REGISTRAR)]


# --- members ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", [board("ELE"), OFFICER], ids=["board", "officer"])
def test_a_member_is_kept_without_the_number_of_the_document(office: Office, actor: Actor) -> None:
    assert told(take_members(office, member(), actor=actor)) == ["added"]
    with office.desk.open_reading() as work:
        file = work.members.file(member_no="M-1")
        assert file is not None
        person = work.register.member(file.member_id)
        membership = work.members.membership(society="ELE", membership_no="E-1")
    assert person is not None
    assert (person.name_hans, person.name_latin, person.consent_c1) == ("诸葛澄", "Zhuge Cheng", True)
    assert (file.consent_c2, file.consent_c3, file.consent_c4, file.email) == (
        True,
        False,
        False,
        "zhuge.cheng@mail.example",
    )
    assert membership is not None
    assert membership.member_id == file.member_id
    last = "SELECT kind, subject, actor FROM journal ORDER BY seq DESC LIMIT 1"
    assert office.database.execute(last) == [("member", file.member_id, actor.person)]


def test_nothing_kept_or_logged_holds_the_number(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    outcomes = take_members(office, member(), another(2, birth_on="1984-07-03"), another(3, id_number="9" * 18))
    assert told(outcomes) == ["added", "refused id_number", "refused id_number"]
    printed = "".join(f"{one}" for one in outcomes) + caplog.text
    stored = "".join(str(list(office.database.execute(f"SELECT * FROM {table}"))) for table in TABLES)  # noqa: S608
    for secret in (resident_id(), resident_id(serial=2), "9" * 18, resident_id()[:17]):
        assert secret not in printed + stored
    for personal in ("诸葛澄", "Zhuge", "mail.example", "1984"):
        assert personal not in printed
        assert personal not in str(list(office.database.execute("SELECT * FROM journal")))


def test_threat_c07_the_same_content_again_adds_nothing(office: Office) -> None:
    rows = [member(), another(2), another(3, name_hans="", id_type="passport", id_country="XA", id_number="XA 12345")]
    assert told(take_members(office, *rows)) == ["added"] * 3
    before = counts(office)
    mixed = random.Random(1).sample(rows, 3)
    turned = [dict(reversed(row.items())) for row in mixed]
    again = csv_text(turned).encode("gb18030")
    outcomes = import_members(office.desk, order(again, at=AT + timedelta(days=3)), secret=MemorySecret())
    assert told(outcomes) == ["unchanged"] * 3
    assert counts(office) == before


def test_a_person_is_one_member_in_two_societies(office: Office) -> None:
    take_members(office, member())
    second = member(society="CIV", society_membership_no="C-9", membership_from="2024-02-29", email="")
    assert told(take_members(office, second, actor=board("CIV"))) == ["added"]
    assert told(take_members(office, second, actor=board("CIV"))) == ["unchanged"]
    assert (office.count("member"), office.count("member_file"), office.count("membership")) == (1, 1, 2)


def test_two_people_of_one_name_are_two_members(office: Office) -> None:
    assert told(take_members(office, member(name_hans="王伟"), another(2, name_hans="王伟"))) == ["added", "added"]
    assert office.count("member") == 2


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"birth_on": "1984-07-03", "id_number": resident_id()}, "id_number"),
        ({"id_number": resident_id(serial=14)}, "id_number"),
        ({"member_no": "M-2"}, "member_no"),
        ({"name_hans": "诸葛以宁"}, "name_hans"),
        ({"name_latin": ""}, "name_latin"),
        ({"consent_c1": "false"}, "consent_c1"),
        ({"consent_c2": "false"}, "consent_c2"),
        ({"consent_c4": "true"}, "consent_c4"),
        ({"email": "other@mail.example"}, "email"),
        ({"society_membership_no": "E-2"}, "society_membership_no"),
        ({"membership_from": "2020-02-01"}, "membership_from"),
    ],
    ids=str,
)
def test_a_conflict_is_refused_and_changes_nothing(office: Office, changed: dict[str, str], field: str) -> None:
    take_members(office, member())
    before = counts(office)
    (outcome,) = take_members(office, member(**changed))
    assert told([outcome]) == [f"refused {field}"]
    assert outcome.reason
    assert counts(office) == before


def test_the_birth_date_confirms_a_document_without_one_inside(office: Office) -> None:
    passport = {"id_type": "passport", "id_country": "XA", "id_number": "XA12345"}
    take_members(office, member(**passport))
    assert told(take_members(office, member(**passport, birth_on="1984-07-03"))) == ["refused birth_on"]
    other_country = another(2, **{**passport, "id_country": "XB"})
    assert told(take_members(office, other_country)) == ["added"]


def test_a_row_that_says_nothing_about_mail_is_no_change(office: Office) -> None:
    take_members(office, member())
    assert told(take_members(office, member(email=""))) == ["unchanged"]


def test_a_number_of_a_society_stands_for_one_member(office: Office) -> None:
    outcomes = take_members(office, member(), another(2, society_membership_no="E-1"))
    assert told(outcomes) == ["added", "refused society_membership_no"]
    assert (office.count("member"), office.count("member_file")) == (1, 1)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"society": "CIV"}, "society"),
        ({"society": ""}, "society"),
        ({"birth_on": ""}, "birth_on"),
        ({"birth_on": "2026-07-02"}, "birth_on"),
        ({"id_type": "driving_licence"}, "id_type"),
        ({"id_country": "HK"}, "id_country"),
        ({"id_country": "China"}, "id_country"),
        ({"id_type": "passport", "id_country": "x1", "id_number": "AB12345"}, "id_country"),
        ({"id_number": "12345"}, "id_number"),
        ({"member_no": ""}, "member_no"),
        ({"member_no": "="}, "member_no"),
        ({"member_no": resident_id()}, "member_no"),
        ({"society_membership_no": resident_id()}, "society_membership_no"),
        ({"name_hans": "", "name_latin": ""}, "name_hans"),
        ({"name_hans": "Zhuge"}, "name_hans"),
        ({"name_hans": "·"}, "name_hans"),
        ({"name_latin": "诸葛澄"}, "name_latin"),
        ({"membership_from": "2026-07-02"}, "membership_from"),
        ({"consent_c3": "yes"}, "consent_c3"),
        ({"consent_c1": ""}, "consent_c1"),
        ({"email": "a@b.example;c@d.example"}, "email"),
    ],
    ids=str,
)
def test_a_bad_row_names_its_field_and_stops_no_other(office: Office, changed: dict[str, str], field: str) -> None:
    before = office.count("member")
    outcomes = take_members(office, another(2), member(**changed), another(3))
    assert told(outcomes) == ["added", f"refused {field}", "added"]
    assert [one.line for one in outcomes] == [2, 3, 4]
    assert resident_id() not in str(outcomes)
    assert office.count("member") == before + 2


@pytest.mark.parametrize("name", ["曾䶮", "裴𬱖", "赵𫖯", "阿依古丽·买买提"])
def test_every_ideograph_is_kept_as_it_was_written(office: Office, name: str) -> None:
    content = csv_text([member(name_hans=name)]).encode("gb18030")
    assert told(import_members(office.desk, order(content), secret=MemorySecret())) == ["added"]
    assert list(office.database.execute("SELECT name_hans FROM member")) == [(name,)]


def test_somebody_recommended_before_is_the_member_who_is_imported(office: Office) -> None:
    """One person, whether CSE met them through a recommendation or through a file."""
    number = office.register(member_ref="E-1", name_hans="诸葛澄", name_latin="Zhuge Cheng")
    assert told(take_members(office, member(name_latin="Zhuge Chen"))) == ["refused name_latin"]
    assert told(take_members(office, member(name_hans=""))) == ["refused name_hans"]
    assert told(take_members(office, member())) == ["added"]
    assert office.count("member") == 1
    (outcome,) = take_applications(office, application())
    assert (outcome.field, number in outcome.reason) == ("grade", True)
    second = office.register(member_ref="E-1", name_hans="诸葛澄", name_latin="Zhuge Cheng", field="ICT")
    assert second != number
    assert office.count("member") == 1


def test_two_people_of_the_register_are_not_joined_by_an_import(office: Office) -> None:
    office.register(society="CIV", field="CIV", member_ref="C-9", name_hans="诸葛澄", name_latin="Zhuge Cheng")
    take_members(office, member())
    second = member(society="CIV", society_membership_no="C-9")
    assert told(take_members(office, second, actor=board("CIV"))) == ["refused society_membership_no"]
    assert office.count("membership") == 1


def test_another_secret_is_refused_because_it_would_recognize_nobody(office: Office) -> None:
    take_members(office, member())
    before = counts(office)
    for secret in (MemorySecret(b"other"), MemorySecret(None)):
        for is_trial in (True, False):
            with pytest.raises(SecretError):
                take_members(office, another(2), secret=secret, is_trial=is_trial)
        assert secret.made == 0
    assert counts(office) == before


def test_the_secret_is_made_when_it_is_first_needed(office: Office) -> None:
    secret = MemorySecret(None)
    with pytest.raises(CsvError):
        import_members(office.desk, order(b"nothing"), secret=secret)
    assert told(take_members(office, member(), secret=secret, is_trial=True)) == ["added"]
    assert secret.made == 0
    for result in ("added", "unchanged"):
        assert told(take_members(office, member(), secret=secret)) == [result]
        assert secret.made == 1


# --- applications -------------------------------------------------------------------------------------------------


@pytest.fixture
def manned(office: Office) -> Office:
    """A register with three members of ELE, one of them of ICT too."""
    take_members(office, member(), another(2), another(3))
    take_members(office, member(society="ICT", society_membership_no="I-1"), actor=board("ICT"))
    return office


def test_threat_r07_an_import_recommends_and_a_second_person_confirms(manned: Office) -> None:
    """One person who holds both rights gets no further than the recommendation."""
    before = manned.count("registration")
    assert told(take_applications(manned, application())) == ["added"]
    (digest,) = waiting(manned)
    assert manned.count("registration") == before
    both = Actor(" BOARD-ELE", Role.CSE_REGISTRAR, "CSE", "passkey")
    with pytest.raises(SamePersonError):
        confirm(manned, digest, both)
    assert manned.count("registration") == before
    number = confirm(manned, digest)
    with manned.desk.open_reading() as work:
        stored = work.register.answering(number)
        event = work.journal.events(number)[0]
        file = work.members.file(member_no="M-1")
        entry = work.register.entry(number)
    assert (stored.value.grade, event.type, stored.assessment.written_test_on.isoformat()) == (
        "PE",
        "REGISTERED",
        "2026-05-08",
    )
    assert file is not None
    assert entry.member_id == file.member_id
    assert manned.issue(number, AT + MINUTE)


def test_threat_r07_who_the_file_names_as_having_recommended_may_not_confirm(manned: Office) -> None:
    take_applications(manned, application(recommended_by="registrar-1"))
    with pytest.raises(SamePersonError):
        confirm(manned, waiting(manned)[0])


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SOCIETY_BOARD])
def test_threat_r08_only_the_board_of_the_society_recommends(manned: Office, role: Role) -> None:
    tenant = "ELE" if role is Role.SOCIETY_OFFICER else "CSE"
    with pytest.raises(NotAllowedError):
        take_applications(manned, application(), actor=Actor("somebody", role, tenant, "passkey"))
    assert waiting(manned) == []


def test_threat_r05_a_society_recommends_within_its_authorization_only(manned: Office) -> None:
    rows = [application(field="CIV"), application(application_ref="A-2", field="ICT")]
    assert told(take_applications(manned, *rows)) == ["refused field", "added"]
    civ = {"society": "ICT", "recommended_by": "board-ict"}
    assert told(take_applications(manned, application(**civ), actor=board("ICT"))) == ["refused field"]
    with pytest.raises(TrustListError):
        take_applications(manned, application(), at=AT + timedelta(days=8))


def test_threat_r06_one_person_has_one_number_in_a_field_whatever_the_society(manned: Office) -> None:
    take_applications(manned, application(field="ICT"))
    other = application(society="ICT", field="ICT", grade="AE", recommended_by="board-ict")
    (open_one,) = take_applications(manned, other, actor=board("ICT"))
    assert (open_one.field, "R-AP-04" in open_one.reason) == ("field", True)
    confirm(manned, waiting(manned)[0])
    (held,) = take_applications(manned, other, actor=board("ICT"))
    assert (held.field, "R-AP-06" in held.reason) == ("grade", True)
    assert manned.count("register_entry") == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"application_ref": ""}, "application_ref"),
        ({"member_no": "M-99"}, "member_no"),
        ({"member_no": ""}, "member_no"),
        ({"society": "CIV"}, "society"),
        ({"field": "XXX"}, "field"),
        ({"grade": "XE"}, "grade"),
        ({"grade": ""}, "grade"),
        ({"standard_ref": "T/CAS 1"}, "standard_ref"),
        ({"kind": "wish"}, "kind"),
        *(({"kind": kind}, "kind") for kind in KINDS[2:]),
        ({"kind": "promotion"}, "kind"),
        ({"material_on": ""}, "material_on"),
        ({"written_on": "2026-06-31"}, "written_on"),
        ({"material_on": "2026-06-21"}, "material_on"),
        ({"written_on": "2026-06-21"}, "written_on"),
        ({"interview_on": "2026-06-21"}, "interview_on"),
        ({"recommended_on": "2026-07-02"}, "recommended_on"),
        ({"material_on": "2024-01-02", "written_on": "2024-01-02", "interview_on": "2025-06-30",
          "recommended_on": "2025-06-30"}, "recommended_on"),
        ({"material_on": "2020-01-30"}, "member_no"),
        ({"recommended_by": "Board of ELE"}, "recommended_by"),
    ],
    ids=str,
)  # fmt: skip
def test_a_bad_application_names_its_field_and_stops_no_other(
    manned: Office, changed: dict[str, str], field: str
) -> None:
    good = [application(application_ref=f"A-{n}", member_no=f"M-{n}") for n in (2, 3)]
    outcomes = take_applications(manned, good[0], application(**changed), good[1])
    assert told(outcomes) == ["added", f"refused {field}", "added"]
    assert len(waiting(manned)) == 2


def test_scenario_03_a_member_of_another_society_only_is_refused(manned: Office) -> None:
    take_members(manned, another(4, society="CIV", society_membership_no="C-4"), actor=board("CIV"))
    assert told(take_applications(manned, application(member_no="M-4"))) == ["refused member_no"]


@pytest.mark.parametrize(
    ("recommended_on", "result"), [("2025-07-01", "added"), ("2025-06-30", "refused recommended_on")]
)
def test_an_application_older_than_twelve_months_is_refused(manned: Office, recommended_on: str, result: str) -> None:
    days = dict.fromkeys(("material_on", "written_on", "interview_on"), "2025-05-01")
    assert told(take_applications(manned, application(**days, recommended_on=recommended_on))) == [result]


def test_threat_c07_applications_again_add_nothing_also_once_registered(manned: Office) -> None:
    rows = [application(application_ref=f"A-{n}", member_no=f"M-{n}") for n in (1, 2, 3)]
    assert told(take_applications(manned, *rows)) == ["added"] * 3
    confirm(manned, waiting(manned)[0])
    before = counts(manned)
    turned = csv_text([dict(reversed(row.items())) for row in reversed(rows)]).encode("gb18030")
    assert told(import_applications(manned.desk, order(turned, at=AT + MINUTE))) == ["unchanged"] * 3
    assert counts(manned) == before


def test_a_reference_with_other_content_is_refused_before_and_after_the_confirmation(manned: Office) -> None:
    take_applications(manned, application())
    for _ in range(2):
        (outcome,) = take_applications(manned, application(member_no="M-2"))
        assert (outcome.field, "other content" in outcome.reason) == ("application_ref", True)
        if waiting(manned):
            confirm(manned, waiting(manned)[0])


def test_threat_c06_bad_rows_of_a_large_file_are_named_and_the_rest_stays(office: Office) -> None:
    rows = [another(n, id_type="passport", id_country="XA", id_number=f"XA{n:06}") for n in range(1, 401)]
    for place in (7, 207, 399):
        rows[place] = rows[place] | {"consent_c1": "yes"}
    outcomes = take_members(office, *rows)
    assert [one.line for one in outcomes if one.result == "refused"] == [9, 209, 401]
    assert office.count("member") == 397
    again = take_members(office, *rows)
    assert [told(again).count(word) for word in ("added", "unchanged", "refused consent_c1")] == [0, 397, 3]


@pytest.mark.parametrize("count", [MOST_ROWS, MOST_ROWS + 1])
def test_threat_c08_more_rows_than_the_limit_refuse_the_file(office: Office, count: int) -> None:
    content = csv_text([member()]).encode() + b"1,2\n" * (count - 1)
    if count > MOST_ROWS:
        with pytest.raises(CsvError, match="50,001 rows, at most 50,000"):
            import_members(office.desk, order(content), secret=MemorySecret())
        assert office.count("member") == 0
    else:
        outcomes = import_members(office.desk, order(content), secret=MemorySecret())
        assert (len(outcomes), office.count("member")) == (MOST_ROWS, 1)


def test_a_trial_says_the_same_and_writes_nothing(office: Office) -> None:
    rows = [member(), member(member_no="M-9"), another(2), member()]
    before = counts(office)
    trial = take_members(office, *rows, is_trial=True)
    assert counts(office) == before
    assert take_members(office, *rows) == trial
    assert told(trial) == ["added", "refused member_no", "added", "unchanged"]
    asked = [application(), application(application_ref="A-2"), application(application_ref="A-3", member_no="M-2")]
    before = counts(office)
    trial = take_applications(office, *asked, is_trial=True)
    assert counts(office) == before
    assert take_applications(office, *asked) == trial
    assert told(trial) == ["added", "refused field", "added"]


def test_what_was_kept_stays_when_a_later_batch_breaks(office: Office) -> None:
    class StoppedError(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done == 150:
            raise StoppedError

    rows = [another(n, id_type="passport", id_country="XA", id_number=f"XA{n:06}") for n in range(1, 161)]
    made = order(rows)
    stopping = type(made)(made.content, made.society, made.actor, made.now, False, stop)
    with pytest.raises(StoppedError):
        import_members(office.desk, stopping, secret=MemorySecret())
    assert office.count("member") == 100
    assert told(take_members(office, *rows)).count("added") == 60


# --- the batch ----------------------------------------------------------------------------------------------------


def test_threat_c09_a_batch_is_confirmed_as_it_was_shown_or_not_at_all(manned: Office) -> None:
    take_applications(manned, application())
    shown = batch_digest(waiting(manned))
    assert approved_batch(manned.desk, shown, actor=REGISTRAR) == waiting(manned)
    take_applications(manned, application(application_ref="A-2", member_no="M-2"))
    with pytest.raises(ProposalChangedError):
        approved_batch(manned.desk, shown, actor=REGISTRAR)


def test_threat_c09_an_edited_recommendation_is_void(manned: Office) -> None:
    take_applications(manned, application())
    (digest,) = waiting(manned)
    manned.database.execute("UPDATE proposal SET body = replace(body, '\"PE\"', '\"SPE\"')")
    with pytest.raises(ProposalChangedError):
        confirm(manned, digest)
    assert manned.count("registration") == 0


def test_threat_c05_one_person_in_two_sessions_is_one_person(manned: Office) -> None:
    """Recommended in one role, confirmed in another; and a confirmation counts once."""
    take_applications(manned, application())
    (digest,) = waiting(manned)
    for spelling in ("board-ele", "Board-ELE", " board-ele "):
        with pytest.raises(SamePersonError):
            confirm(manned, digest, Actor(spelling, Role.CSE_REGISTRAR, "CSE", "passkey"))
    confirm(manned, digest)
    with pytest.raises(NotFoundError):
        confirm(manned, digest)
    assert manned.count("registration") == 1


def test_an_application_is_named_by_its_reference_or_its_digest(manned: Office) -> None:
    take_applications(manned, application())
    (digest,) = waiting(manned)
    assert named_recommendation(manned.desk, "A-1") == digest
    assert named_recommendation(manned.desk, digest) == digest
    assert named_recommendation(manned.desk, "A-9") == "A-9"
    other = application(society="ICT", field="ICT", recommended_by="board-ict")
    assert told(take_applications(manned, other, actor=board("ICT"))) == ["added"]
    with pytest.raises(CommandError, match="2 societies"):
        named_recommendation(manned.desk, "A-1")
    confirm(manned, digest)
    with pytest.raises(CommandError, match="2 societies"):
        named_recommendation(manned.desk, "A-1")


def test_a_digest_is_never_taken_for_anothers_reference(manned: Office) -> None:
    """A society calls its application by the digest of another: the digest still means what it was shown for."""
    take_applications(manned, application())
    (digest,) = waiting(manned)
    manned.recommend(member_ref="M-7", application_ref=digest)
    assert named_recommendation(manned.desk, digest) == digest


def test_a_board_takes_nothing_in_for_another_society(manned: Office) -> None:
    made = order([application()])
    foreign = type(made)(made.content, "CIV", made.actor, made.now, False, made.step)
    ask: Callable[[], object]
    for ask in (
        lambda: import_applications(manned.desk, foreign),
        lambda: import_members(manned.desk, foreign, secret=MemorySecret()),
    ):
        with pytest.raises(NotAllowedError):
            ask()
