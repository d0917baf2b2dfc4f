"""Days and instants in words, per language, always with their zone."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Literal

from schemas.tables import read_table

Lang = Literal["en", "zh"]

CHINA = timezone(timedelta(hours=8))
_HOUR = 60
_TEXTS = read_table("dates.json", "texts", "public_site")


def _said(name: str, lang: Lang, **values: Any) -> str:
    return str(_TEXTS[name][lang].format(**values))


def _moment(instant: str) -> datetime:
    """Parse an instant of a contract: UTC with `Z`."""
    return datetime.fromisoformat(instant).astimezone(UTC)


def china_day(instant: str) -> date:
    """Return the day in China on which `instant` falls."""
    return _moment(instant).astimezone(CHINA).date()


def day_words(day: str, lang: Lang) -> str:
    """Return the civil `day` in long form: 1 May 2026, 2026 年 5 月 1 日."""
    return _said("day", lang, day=date.fromisoformat(day))


def until_words(day: str, lang: Lang) -> str:
    """Return the end of `day` with its zone, as site.md 4 writes {d}."""
    return _said("end", lang, day=day_words(day, lang))


def instant_words(instant: str, lang: Lang) -> str:
    """Return `instant` in China time and in UTC; the UTC day only where it differs."""
    utc = _moment(instant)
    china = utc.astimezone(CHINA)
    day, other = (_said("day", lang, day=one) for one in (china, utc))
    other = "" if utc.date() == china.date() else f"{other} "
    return _said("instant", lang, day=day, here=china, other=other, utc=utc)


def age_words(earlier: str, later: str, lang: Lang) -> str:
    """Return the time from one instant to another in minutes, from an hour on in hours; begun ones count in full."""
    minutes = -((_moment(earlier) - _moment(later)) // timedelta(minutes=1))
    if minutes < _HOUR:
        return _said("minutes", lang, count=minutes)
    return _said("hours", lang, count=-(-minutes // _HOUR))
