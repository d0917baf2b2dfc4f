"""Issuing many at once: one refused stops no other, and whoever is killed at any moment loses and doubles nothing."""

import os
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import count, groupby
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, insert, make_url

from issuer.refusals import LintError, NotApprovedError
from registry.adapters.keyring import FolderKeyring
from registry.adapters.randomness import SystemRandomness
from registry.demo.officers import REGISTRAR, board
from registry.domain.refusals import NotAllowedError, NotFoundError
from registry.domain.registration import Life
from registry.services.answers import verdict_of_page
from registry.services.issuing import Outcome, issue_certificates, pending_numbers
from registry.services.ports import Keyring
from registry.services.refusals import AlreadyIssuedError, CommandError, ScopeViolationError
from registry.store.engine import open_engine
from registry.store.tables import TERM
from tests.fakes import HardwareError, OtherKeyring
from tests.integration.postgres import Server
from tests.integration.registers import AT, Database, Office, Original, desk_on, founded_in
from tests.integration.waiting import register

UNKNOWN = "CSE26ELE00012379"
_BODY = "UPDATE proposal SET body = {} WHERE digest = (SELECT recommendation FROM registration WHERE register_no = :n)"


def issue(office: Office, numbers: list[str], keyring: Keyring | None = None) -> dict[str, Outcome]:
    return issue_certificates(
        office.desk,
        numbers,
        keyring=keyring or office.keyring,
        randomness=SystemRandomness(),
        actor=REGISTRAR,
        now=AT,
    )


@pytest.fixture
def waiting(office: Office) -> Office:
    """A register in which twelve wait, in every field and grade."""
    register(office.database.engine, 12)
    return office


def states(database: Database) -> Counter[str]:
    return Counter(state for (state,) in database.execute("SELECT state FROM certificate"))


def require_sound(office: Office, numbers: list[str]) -> None:
    """Each number has one certificate that reads valid, under a place and a page that nothing else ever had."""
    rows = office.database.execute(
        "SELECT register_no, page_id, list_number, status_index, state, document FROM certificate"
    )
    issued = [(number, page) for number, page, _, _, state, _ in rows if state == "issued"]
    assert sorted(number for number, _ in issued) == sorted(numbers)
    assert len({(index, place) for _, _, index, place, _, _ in rows}) == len({row[1] for row in rows}) == len(rows)
    assert [state for *_, state, document in rows if document is not None] == ["issued"] * len(numbers)
    for _, page in issued:
        answer = verdict_of_page(office.desk, page, now=AT)
        assert answer is not None
        assert answer["state"] == "valid"
    with office.desk.open_reading() as work:
        assert work.journal.broken_at() is None
        assert all(len(work.certificates.paper_codes(page)) == 1 for _, page in issued)
    kinds = Counter(kind for (kind,) in office.database.execute("SELECT kind FROM journal"))
    assert (kinds["certificate-issued"], kinds["paper-code"]) == (len(numbers), len(numbers))


def test_many_are_issued_as_one_is(waiting: Office) -> None:
    numbers = pending_numbers(waiting.desk)
    told = issue(waiting, numbers)
    assert (len(numbers), list(told)) == (12, numbers)
    assert pending_numbers(waiting.desk) == []
    require_sound(waiting, numbers)
    pages = dict(waiting.database.execute("SELECT register_no, page_id FROM certificate"))
    assert told == pages


def test_a_number_that_is_named_twice_gets_one_certificate(waiting: Office) -> None:
    number = pending_numbers(waiting.desk)[0]
    issue(waiting, [number, number])
    require_sound(waiting, [number])


def test_nobody_waits_and_nothing_happens(office: Office) -> None:
    journal = office.count("journal")
    assert issue(office, []) == {}
    assert (office.count("certificate"), office.count("journal")) == (0, journal)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ("UPDATE registration SET life = 'REVOKED' WHERE register_no = :n", NotFoundError),
        ("UPDATE registration SET standard_ref = 'T/CAS 1' WHERE register_no = :n", ScopeViolationError),
        ("UPDATE registration SET grade = 'XE' WHERE register_no = :n", ScopeViolationError),
        ("UPDATE registration_term SET end_on = '2026-06-30' WHERE register_no = :n", LintError),
        (
            "UPDATE member SET name_latin = 'Lin Er' "
            "WHERE id = (SELECT member_id FROM register_entry WHERE register_no = :n)",
            NotApprovedError,
        ),
        (_BODY.format("replace(body, '\"grade\"', '\"graded\"')"), CommandError),
        (_BODY.format("replace(body, '\"interview_on\"', '\"seen_on\"')"), CommandError),
        (_BODY.format("replace(body, '2026-06-20', '20 June')"), CommandError),
        (_BODY.format("'[]'"), CommandError),
    ],
)
def test_one_that_is_refused_stops_no_other(waiting: Office, change: str, refusal: type[Exception]) -> None:
    first, wrong, last = pending_numbers(waiting.desk)[:3]
    issue(waiting, [first])
    waiting.database.execute(change, {"n": wrong})
    told = issue(waiting, [first, wrong, UNKNOWN, last])
    assert [type(told[number]) for number in (first, wrong, UNKNOWN)] == [AlreadyIssuedError, refusal, NotFoundError]
    require_sound(waiting, [first, last])
    assert waiting.count("certificate") == 2


def test_who_may_not_issue_one_may_not_issue_many(waiting: Office) -> None:
    numbers = pending_numbers(waiting.desk)
    with pytest.raises(NotAllowedError):
        issue_certificates(
            waiting.desk,
            numbers,
            keyring=waiting.keyring,
            randomness=SystemRandomness(),
            actor=board("ELE"),
            now=AT,
        )
    assert waiting.count("certificate") == 0


def test_a_key_that_fails_leaves_intents_and_the_next_issue_voids_those_of_its_numbers(waiting: Office) -> None:
    numbers = pending_numbers(waiting.desk)
    with pytest.raises(HardwareError):
        issue(waiting, numbers, OtherKeyring(waiting.keyring))
    assert states(waiting.database) == {"intent": 12}
    issue(waiting, numbers[:5])
    assert states(waiting.database) == {"void": 5, "issued": 5, "intent": 7}
    issue(waiting, numbers[5:])
    require_sound(waiting, numbers)


def test_what_waits_is_read_in_sql_as_the_domain_says(waiting: Office) -> None:
    """Every life, a term granted later that ends earlier, two that end alike, and a certificate of an earlier term."""
    numbers, database = pending_numbers(waiting.desk), waiting.database
    issue(waiting, numbers[8:])
    for life, number in zip(Life, numbers, strict=False):
        database.execute("UPDATE registration SET life = :life WHERE register_no = :n", {"life": life, "n": number})
    for number, end in zip(numbers[8:11], (date(2029, 1, 1), date(2029, 6, 30), date(2032, 6, 30)), strict=True):
        term = {"register_no": number, "registration_seq": 1, "seq": 2, "origin": "renewal", "end_on": end}
        database.execute(insert(TERM), term | {"start_on": date(2026, 8, 1)})
    expected, lives = {}, {}
    with waiting.desk.open_reading() as work:
        terms = work.pending.terms(numbers)
        for number in numbers:
            stored = work.register.answering(number)
            last = stored.value.last_term()
            assert last is not None
            issued = {one.term_seq for one in work.certificates.of_registration(number, stored.seq)}
            lives[number] = stored.value.life
            if stored.value.is_live:
                expected[number] = (last.seq, last.start_on, last.end_on, last.origin, last.seq in issued)
    read = {n: (t.term_seq, t.start_on, t.end_on, t.origin, t.is_certified) for n, t in terms.items()}
    assert read == expected
    assert len({certified for *_, certified in read.values()}) == 2
    wanted = (number for number, (*_, certified) in read.items() if not certified and lives[number] is Life.CURRENT)
    assert pending_numbers(waiting.desk) == sorted(wanted)


# --- killed at every moment ---------------------------------------------------------------------------------------


@contextmanager
def copy_of(original: Original, file: Path) -> Iterator[str]:
    """Give the address of a copy of a database that another process can open."""
    if original.server is not None:
        with original.server.database(original.database) as url:
            yield url
    else:
        shutil.copy(original.database, file)
        yield f"sqlite:///{file}"
        file.unlink()


def killed(url: str, keyring: Keyring, moment: int) -> bool:
    """Issue in a process of its own, two at a time, that is killed at its `moment`; tell whether it came so far."""
    child = os.fork()
    if child == 0:
        issue_all(open_engine(url), keyring, moment)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def issue_all(engine: Engine, keyring: Keyring, kill_at: int) -> None:
    """Issue two at a time; each statement and each commit is a moment before which the process can be killed."""
    moments = iter(range(kill_at))

    def pass_by(*_: object) -> None:
        if next(moments, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", pass_by)
    event.listen(engine, "commit", pass_by)
    desk = desk_on(engine)
    numbers = pending_numbers(desk)
    for pair in (numbers[:2], numbers[2:]):
        issue_certificates(desk, pair, keyring=keyring, randomness=SystemRandomness(), actor=REGISTRAR, now=AT)


def test_killed_at_any_moment_and_run_again_nothing_is_lost_or_doubled(
    place: Server | None, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    original = founded_in(tmp_path_factory.getbasetemp(), place)
    keyring = FolderKeyring(original.folder / "keys", original.folder / "passphrases")
    seen: list[Counter[str]] = []
    with copy_of(original, tmp_path / "waiting.sqlite") as url:
        engine = open_engine(url)
        register(engine, 3)
        engine.dispose()
        three = replace(original, database=make_url(url).database)
        # Fewer moments on the server, where each takes longer.
        for moment in count(step=3 if place else 1):
            with copy_of(three, tmp_path / "killed.sqlite") as again:
                was_killed = killed(again, keyring, moment)
                engine = open_engine(again)
                office = Office(desk_on(engine), keyring, Database(engine))
                kept = office.database.execute("SELECT * FROM certificate WHERE state = 'issued'")
                seen.append(states(office.database))
                numbers = office.database.execute("SELECT register_no FROM register_entry")
                issue(office, pending_numbers(office.desk))
                require_sound(office, [number for (number,) in numbers])
                assert set(kept) <= set(office.database.execute("SELECT * FROM certificate WHERE state = 'issued'"))
                engine.dispose()
            if not was_killed:
                break
    told = [dict(found) for found in seen]
    rounds = [{}, {"intent": 2}, {"issued": 2}, {"issued": 2, "intent": 1}, {"issued": 3}]
    assert [found for found, _ in groupby(told)] == rounds
    assert len(told) > (9 if place else 27)
