"""`cse renew` on the demonstration: from the file to a certificate that verifies, and what is refused."""

from datetime import date, timedelta

import pytest

from registry.demo.plan import Story
from registry.domain.calendar import start_of
from tests.integration.conftest import Cse
from tests.integration.published import lists
from tests.integration.registers import AT, Demo


@pytest.fixture
def number(copied: Demo, cse: Cse) -> str:
    """Somebody whose term ended, and who is in grace."""
    cse("sweep", "--approved", env=copied.environment())
    return copied.number(Story.EXPIRED)


def board(demo: Demo, number: str) -> str:
    return f"board-{demo.engineers[number].society.lower()}"


def test_a_late_renewal_goes_from_the_file_to_a_certificate(copied: Demo, cse: Cse, number: str) -> None:
    env, own = copied.environment(), ("--as", board(copied, number))
    filed = cse("renew", "file", number, "--code", "2024", "--incomplete", "--json", *own, env=env)
    assert filed.json == {"number": number, "filed": "renewal", "complete": False}
    assert "incomplete" in cse("renew", "list", *own, env=env).out
    assert cse("renew", "file", number, "--code", "2024", *own, env=env).out == f"{number}: renewal filed\n"
    (row,) = cse("renew", "list", "--json", env=env).json
    assert (row["number"], row["kind"], row["waits"], row["mark"]) == (number, "renewal", "0 days", "overdue")
    said = cse("renew", "recommend", number, "--decision", "2026/41", "--json", *own, env=env).json
    confirmed = cse("renew", "confirm", said["proposal"], "--as", "registrar-1", env=env)
    assert (confirmed.code, "term 2 from 2026-07-01" in confirmed.out) == (0, True)
    assert "certificate_pending" in cse("verify", number, "--lang", "en", env=env).out
    assert cse("issue", number, env=env).code == 0
    assert cse("verify", number, "--json", env=env).json["state"] == "valid"
    assert cse("renew", "list", env=env).out == "No renewal or restoration waits.\n"


def test_what_is_refused_or_withdrawn_changes_nothing_in_grace(copied: Demo, cse: Cse, number: str) -> None:
    env, own = copied.environment(), ("--as", board(copied, number))
    before = lists(copied.published, AT)
    cse("renew", "file", number, "--code", "2024", *own, env=env)
    assert (
        "it may be appealed until 2026-07-31; the page now says expired"
        in cse("renew", "refuse", number, "--decision", "2026/42", *own, env=env).out
    )
    cse("renew", "file", number, "--code", "2024", *own, env=env)
    assert "file withdrawn" in cse("renew", "withdraw", number, "--decision", "2026/43", *own, env=env).out
    assert lists(copied.published, AT) == before


def test_a_refusal_says_what_to_do(copied: Demo, cse: Cse, number: str) -> None:
    env, own = copied.environment(), ("--as", board(copied, number))
    missing = cse("renew", "recommend", number, "--decision", "2026/41", *own, env=env)
    assert (missing.code, "cse renew file" in missing.err) == (3, True)
    days = [part for day in range(1, 5) for part in ("--assessed", f"2026-06-0{day}")]
    many = cse("renew", "recommend", number, "--decision", "2026/41", *days, *own, env=env)
    assert (many.code, "three times at most" in many.err) == (3, True)
    early = cse("renew", "file", copied.number(Story.VALID), "--code", "2024", env=env)
    assert (early.code, "cse_registrar may not file_renewal" in early.err) == (3, True)


def test_r_pr_07_a_promotion_is_filed_listed_and_refused(copied: Demo, cse: Cse) -> None:
    number = copied.number(Story.DUE_SOON)
    env, own = copied.environment(), ("--as", board(copied, number))
    filed = cse("renew", "file", number, "--code", "2024", "--promotion", *own, env=env)
    assert (filed.code, filed.out) == (0, f"{number}: promotion filed\n")
    (row,) = cse("renew", "list", "--json", env=env).json
    late = copied.environment(start_of(date.fromisoformat(row["ends"])) + timedelta(days=45))
    (then,) = cse("renew", "list", "--json", env=late).json
    assert (row["kind"], row["mark"], then["mark"]) == ("promotion", "", "overdue")
    said = cse("renew", "refuse", number, "--promotion", "--decision", "2026/42", *own, env=env)
    assert "refused; it may be appealed until 2026-07-31" in said.out
    cse("renew", "file", number, "--code", "2024", "--promotion", *own, env=env)
    gone = cse("renew", "withdraw", number, "--promotion", "--decision", "2026/43", *own, env=env)
    assert (gone.code, "file withdrawn" in gone.out) == (0, True)


def test_scenario_99_the_list_tells_what_has_passed_to_cse(copied: Demo, cse: Cse) -> None:
    number = copied.number(Story.DUE_SOON)
    cse("renew", "file", number, "--code", "2024", "--as", board(copied, number), env=copied.environment())
    (row,) = cse("renew", "list", "--json", env=copied.environment()).json
    end = start_of(date.fromisoformat(row["ends"]))
    told = []
    for days in (0, 1, 44, 45):
        at = end + timedelta(days=days)
        (row,) = cse("renew", "list", "--json", env=copied.environment(at)).json
        told.append(row["mark"])
    assert told == ["", "overdue", "overdue", "overdue, with CSE"]
