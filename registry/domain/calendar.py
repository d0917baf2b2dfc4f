"""Days and moments: the one legal clock of the register (domain 3.1).

Moments are aware UTC, days are days in Shanghai, and in the rules this module is the only
bridge between the two. The tz database decides the offset: it was +09:00 in the summers of
1986 to 1991.
"""

import calendar as _months
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from registry.domain.refusals import NaiveInstantError

SHANGHAI = ZoneInfo("Asia/Shanghai")

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def civil_date(instant: datetime) -> date:
    """Return the day in Shanghai on which `instant` falls.

    Raises `NaiveInstantError` when `instant` names no zone.
    """
    return _aware(instant).astimezone(SHANGHAI).date()


def start_of(day: date) -> datetime:
    """Return 00:00:00 Shanghai of `day`, in UTC: `valid_from` of R-CE-02."""
    return datetime.combine(day, time.min, tzinfo=SHANGHAI).astimezone(UTC)


def end_of(day: date) -> datetime:
    """Return 23:59:59 Shanghai of `day`, in UTC: the last second that counts.

    The bound is inclusive and judged at whole seconds (R-CE-02).
    """
    return start_of(day_after(day)) - _SECOND


def day_after(day: date) -> date:
    """Return the next day."""
    return day + _DAY


def anniversary(day: date, years: int) -> date:
    """Return the same day `years` later; 29 February may become 1 March (R-DT-03)."""
    year = day.year + years
    if (day.month, day.day) == (2, 29) and not _months.isleap(year):
        return date(year, 3, 1)
    return day.replace(year=year)


def term_end(start: date, *, years: int) -> date:
    """Return the last day of a term of `years` that begins on `start` (R-DT-04)."""
    return anniversary(start, years) - _DAY


def deadline_days(event_day: date, n: int) -> date:
    """Return the last day of a deadline of `n` days; the event day is not counted.

    R-DT-05; it ends at 24:00 of the day returned.
    """
    return event_day + timedelta(days=n)


def deadline_months(event_day: date, n: int) -> date:
    """Return the last day of a deadline of `n` months, 12 for a year (R-DT-06).

    The corresponding day, or the last of the month when it has none.
    """
    years, month = divmod(event_day.month - 1 + n, 12)
    year, month = event_day.year + years, month + 1
    return date(year, month, min(event_day.day, _months.monthrange(year, month)[1]))


def whole_second(instant: datetime) -> datetime:
    """Return `instant` in UTC, cut to the second at which everything is judged."""
    return _aware(instant).astimezone(UTC).replace(microsecond=0)


def _aware(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise NaiveInstantError(instant.isoformat())
    return instant
