"""Instants as they stand in signed documents: whole seconds, with a zone, in the years 1000 to 9999."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from schemas.refusals import translated

_INSTANT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}:[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})")

_TIMESTAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T(?:24:00:00(?:\.0+)?|([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?))"
    r"(Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)"
)

LAST_SECOND = 253_402_300_799

_CHINA = timedelta(hours=8)

CLOCK_SKEW = timedelta(minutes=2)
"""How far the clock of an issuer may run ahead of ours."""


class InstantError(ValueError):
    """The text is not an instant with a zone."""

    code = "instant"


def parse_instant(text: object) -> datetime:
    """Return the UTC instant that `text` names. Leap seconds, fractions, missing zones: `InstantError`."""
    if not isinstance(text, str):
        raise InstantError("not a text")
    return _instant(text)


@lru_cache(maxsize=1024)
def _instant(text: str) -> datetime:
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise InstantError("not an instant with whole seconds and a zone")
    day, time, zone = match.groups()
    with translated(ValueError, OverflowError, to=InstantError("no such instant")):
        return datetime.fromisoformat(f"{day}T{time}{'+00:00' if zone == 'Z' else zone}").astimezone(UTC)


def parse_timestamp(text: object) -> datetime:
    """Return the UTC instant of an XML Schema `dateTimeStamp` by anybody, cut to microseconds.

    Fractions, and 24:00:00 for the end of a day, are fine. Leap seconds, missing zones, later years: `InstantError`.
    """
    match = _TIMESTAMP.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise InstantError("not a date and time with a zone")
    day, time, zone = match.groups()
    with translated(ValueError, OverflowError, to=InstantError("no such instant")):
        begins = datetime.fromisoformat(f"{day}T{time or '00:00:00'}{'+00:00' if zone == 'Z' else zone}")
        return (begins if time else begins + timedelta(days=1)).astimezone(UTC)


def parse_numeric_date(value: object) -> datetime:
    """Return the UTC instant of a NumericDate (RFC 7519, 2): seconds from 1970 to 9999. Raises `InstantError`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LAST_SECOND:
        raise InstantError("not a number of seconds")
    return datetime.fromtimestamp(value, UTC)


def civil_day(text: str) -> date:
    """Return the calendar day written in an instant, in the zone in which it is written."""
    return date.fromisoformat(text[:10])


def china_day(instant: datetime) -> date:
    """Return the day in China on which a UTC instant falls."""
    return (instant + _CHINA).date()


@lru_cache(maxsize=1024)
def utc_text(instant: datetime) -> str:
    """Write `instant` as UTC with `Z`, cut to whole seconds."""
    return instant.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
