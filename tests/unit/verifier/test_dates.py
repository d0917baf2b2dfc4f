"""Dates: whole seconds with a zone, in one lexical form, and both ends of a certificate to the second."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.proofs import document_bytes
from tests.support import foreign, world
from tests.support.expect import DROP, changed, faults, finding
from tests.support.online import online
from verifier.checks import Outcome
from verifier.instants import InstantError, civil_day, parse_instant, parse_timestamp, utc_text
from verifier.judge import judge
from verifier.state import State
from verifier.verdict import report_state

ILL_FORMED = [
    pytest.param("validFrom", "2026-03-16T10:00:00", id="threat_V30-without-zone"),
    pytest.param("validFrom", "10000-01-01T00:00:00Z", id="threat_V30-year-10000"),
    pytest.param("validFrom", "2026-06-30T23:59:60Z", id="threat_V30-leap-second"),
    pytest.param("validFrom", "2026-02-30T00:00:00+08:00", id="threat_V30-no-such-day"),
    pytest.param("validFrom", "2026-03-16T24:00:00+08:00", id="threat_V30-hour-24"),
    pytest.param("validFrom", "2026-03-16T10:00:00.5+08:00", id="threat_V30-fraction"),
    pytest.param("validFrom", "2026-03-16 10:00:00+08:00", id="threat_V30-space"),
    pytest.param("validFrom", "2026-03-16", id="threat_V30-day-alone"),
    pytest.param("validFrom", "", id="threat_V30-empty"),
    pytest.param("validFrom", 1773626400, id="threat_V30-number"),
    pytest.param("validFrom", "2026-03-16T10:00:00+25:00", id="threat_V30-zone-of-25-hours"),
    pytest.param("validFrom", "0000-03-16T10:00:00Z", id="threat_V30-year-0"),
    pytest.param("validFrom", "0001-01-01T00:00:00+08:00", id="threat_V30-before-the-first-year"),
    pytest.param("validUntil", "9999-12-31T23:59:59-08:00", id="threat_V30-after-the-last-year"),
    pytest.param("validUntil", "2031-03-15T23:59:60+08:00", id="threat_V30-leap-second-at-the-end"),
    pytest.param("validUntil", "2025-03-15T23:59:59+08:00", id="threat_V30-end-before-beginning"),
    pytest.param("validUntil", DROP, id="threat_V30-without-end"),
]
OWN_ALONE = [
    pytest.param("validFrom", "2026-03-16T02:00:00Z", id="threat_V30-not-in-the-zone-of-the-register"),
    pytest.param("validUntil", "2031-03-15T23:59:58+08:00", id="threat_V30-not-the-last-second"),
    pytest.param("validUntil", "2031-03-15T15:59:59Z", id="threat_V30-end-in-another-zone"),
    pytest.param("validFrom", "2026-03-17T00:00:00+08:00", id="threat_V30-not-the-first-day-of-the-term"),
]


@pytest.mark.parametrize(("name", "value"), [*ILL_FORMED, *OWN_ALONE])
def test_an_ill_formed_date_of_our_own_is_refused(name: str, value: Any) -> None:
    document = changed(world.parsed(world.certificate()), (name, value))
    content = document_bytes(document)
    report = judge(content, online(content), now=world.NOW)
    assert (report.outcome, report_state(report)) == (Outcome.INVALID, State.INVALID)
    assert faults(report)["schema"] in {"schema", "inconsistent"}


OWN_FORM = {"threat_V30-hour-24", "threat_V30-fraction"}
"""Our own documents have whole seconds and no hour 24; a date and time of XML Schema may."""


@pytest.mark.parametrize(("name", "value"), [row for row in ILL_FORMED[:-1] if row.id not in OWN_FORM])
def test_an_ill_formed_date_of_a_foreign_document_is_refused(name: str, value: Any) -> None:
    document = changed(foreign.badge(), ("validFrom", "2026-03-16T10:00:00Z"), (name, value))
    report = judge(document_bytes(document), online(), now=world.NOW)
    assert report.outcome is Outcome.INVALID
    assert faults(report)["dates"] == "malformed_date"
    assert report_state(report) is State.ISSUER_NOT_TRUSTED


@pytest.mark.parametrize("created", ["2026-02-30T00:00:00Z", "2026-03-16T02:00:00.5Z", "2026-03-16T02:00:00z"])
def test_an_ill_formed_date_of_a_proof_is_refused(created: str) -> None:
    paths = [(f"proof/{index}/created", created) for index in range(4)]
    report = judge(document_bytes(changed(world.parsed(world.certificate()), *paths)), online(), now=world.NOW)
    assert report.outcome is Outcome.INVALID
    assert faults(report)["issuer_trusted"] == "proof_created"
    assert report_state(report) is State.ISSUER_NOT_TRUSTED


OWN_ENDS = [
    (world.PROFILE, world.ISSUED, datetime(2026, 3, 16, 1, 59, 59, tzinfo=UTC), "not_yet_valid"),
    (world.PROFILE, world.ISSUED, datetime(2026, 3, 16, 2, 0, 0, tzinfo=UTC), None),
    (world.PROFILE, world.ISSUED, datetime(2031, 3, 15, 15, 59, 59, tzinfo=UTC), None),
    (world.PROFILE, world.ISSUED, datetime(2031, 3, 15, 15, 59, 59, 999_999, tzinfo=UTC), None),
    (world.PROFILE, world.ISSUED, datetime(2031, 3, 15, 16, 0, 0, tzinfo=UTC), "expired"),
    (world.RENEWED, world.RENEWED_AT, datetime(2026, 7, 14, 15, 59, 59, tzinfo=UTC), "not_yet_valid"),
    (world.RENEWED, world.RENEWED_AT, datetime(2026, 7, 14, 16, 0, 0, tzinfo=UTC), None),
]


@pytest.mark.parametrize(("profile", "created", "now", "code"), OWN_ENDS)
def test_both_ends_of_our_certificate(profile: Any, created: datetime, now: datetime, code: str | None) -> None:
    content = world.certificate(profile, created=created)
    report = judge(content, online(content), now=now)
    assert finding(report, "dates").code == code
    states = {"not_yet_valid": State.NOT_YET_VALID, "expired": State.EXPIRED}
    assert report_state(report) is (states[code] if code else State.VALID)


FOREIGN_ENDS = [
    (datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC), "not_yet_valid"),
    (datetime(2024, 1, 1, tzinfo=UTC), None),
    (datetime(2030, 1, 1, 0, 0, 0, 5, tzinfo=UTC), None),
    (datetime(2030, 1, 1, 0, 0, 1, tzinfo=UTC), "expired"),
]


@pytest.mark.parametrize(("now", "code"), FOREIGN_ENDS)
def test_both_ends_of_a_foreign_document(now: datetime, code: str | None) -> None:
    report = judge(document_bytes(foreign.badge()), online(), now=now)
    assert finding(report, "dates").code == code


@pytest.mark.parametrize("dropped", ["validFrom", "validUntil"])
def test_a_foreign_document_may_lack_an_end(dropped: str) -> None:
    report = judge(document_bytes(changed(foreign.badge(), (dropped, DROP))), online(), now=world.NOW)
    assert finding(report, "dates").result == "pass"


FUTURE = [
    pytest.param(timedelta(0), None, id="now"),
    pytest.param(timedelta(minutes=2), None, id="two minutes ahead"),
    pytest.param(timedelta(minutes=2, seconds=1), "proof_from_the_future", id="more than two minutes ahead"),
]


@pytest.mark.parametrize(("ahead", "code"), FUTURE)
def test_a_proof_dated_in_the_future_is_refused(ahead: timedelta, code: str | None) -> None:
    content = world.certificate(created=world.NOW + ahead)
    report = judge(content, online(content), now=world.NOW)
    assert finding(report, "issuer_trusted").code == code
    assert report_state(report) is (State.ISSUER_NOT_TRUSTED if code else State.VALID)


def test_an_interim_ends_after_its_term_and_the_last_second_of_its_own() -> None:
    """Sixty days from the day after the term, under the dates of the old term."""
    profile = replace(
        world.RENEWED,
        basis="interim",
        term_number=1,
        term_from=date(2021, 7, 15),
        term_until=date(2026, 7, 14),
        valid_until=date(2026, 9, 12),
    )
    content = world.certificate(profile, created=world.RENEWED_AT)
    last = datetime(2026, 9, 12, 15, 59, 59, tzinfo=UTC)
    sources = online(content, is_interim=True)
    assert report_state(judge(content, sources, now=last)) is State.VALID_INTERIM
    assert report_state(judge(content, sources, now=last + timedelta(seconds=1))) is State.EXPIRED


@given(st.integers(0, 8_999 * 365 * 86_400), st.integers(0, 999_999))
def test_an_instant_written_and_read_is_the_same_to_the_second(seconds: int, microseconds: int) -> None:
    instant = datetime(1000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert parse_instant(utc_text(instant.replace(microsecond=microseconds))) == instant


@given(st.text(max_size=30))
def test_any_other_text_is_no_instant_or_is_one(text: str) -> None:
    try:
        instant = parse_instant(text)
    except InstantError:
        return
    assert instant.tzinfo is UTC


def test_a_civil_day_is_read_in_the_zone_in_which_it_is_written() -> None:
    assert civil_day("2026-03-16T00:00:00+08:00") == date(2026, 3, 16)
    assert parse_instant("2026-03-16T00:00:00+08:00").date() == date(2026, 3, 15)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2023-02-26T01:02:58.447Z", datetime(2023, 2, 26, 1, 2, 58, 447_000, tzinfo=UTC)),
        ("2023-02-26T01:02:58.1234567-08:00", datetime(2023, 2, 26, 9, 2, 58, 123_456, tzinfo=UTC)),
        ("2023-12-31T24:00:00.0Z", datetime(2024, 1, 1, tzinfo=UTC)),
        ("2023-01-01T14:00:00+14:00", datetime(2023, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("9999-12-31T24:00:00Z", None),
        ("2023-01-01T24:00:00.1Z", None),
        ("2023-01-01T14:00:00+14:01", None),
        ("2023-02-29T00:00:00Z", None),
        ("2016-12-31T23:59:60Z", None),
        ("2023-01-01T00:00:00", None),
        (1_700_000_000, None),
    ],
)
def test_a_timestamp_of_somebody_else(text: object, instant: datetime | None) -> None:
    if instant is None:
        with pytest.raises(InstantError):
            parse_timestamp(text)
    else:
        assert parse_timestamp(text) == instant
