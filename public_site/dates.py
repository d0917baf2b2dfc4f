"""Days and instants in words, per language, always with their zone."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal

Lang = Literal["en", "zh"]

CHINA = timezone(timedelta(hours=8))
_HOUR = 60


def _moment(instant: str) -> datetime:
    """Parse an instant of a contract: UTC with `Z`."""
    return datetime.fromisoformat(instant).astimezone(UTC)


def china_day(instant: str) -> date:
    """Return the day in China on which `instant` falls."""
    return _moment(instant).astimezone(CHINA).date()


def _words(day: date, lang: Lang) -> str:
    if lang == "zh":
        return f"{day.year} 年 {day.month} 月 {day.day} 日"
    return f"{day.day} {day:%B %Y}"


def day_words(day: str, lang: Lang) -> str:
    """Return the civil `day` in long form: 1 May 2026, 2026 年 5 月 1 日."""
    return _words(date.fromisoformat(day), lang)


def until_words(day: str, lang: Lang) -> str:
    """Return the end of `day` with its zone, as site.md 4 writes {d}."""
    if lang == "zh":
        return f"{day_words(day, lang)} 24:00（北京时间）"
    return f"the end of {day_words(day, lang)}, China time (UTC+8)"


def instant_words(instant: str, lang: Lang) -> str:
    """Return `instant` in China time and in UTC; the UTC day only where it differs."""
    utc = _moment(instant)
    china = utc.astimezone(CHINA)
    other = "" if utc.date() == china.date() else f"{_words(utc.date(), lang)} "
    here, there = f"{china:%H:%M}", f"{utc:%H:%M}"
    if lang == "zh":
        return f"{_words(china.date(), lang)} {here} 北京时间（{other}{there} UTC）"
    return f"{_words(china.date(), lang)} {here} China time ({other}{there} UTC)"


def age_words(earlier: str, later: str, lang: Lang) -> str:
    """Return the time from one instant to another in minutes, from an hour on in hours; begun ones count in full."""
    minutes = -((_moment(earlier) - _moment(later)) // timedelta(minutes=1))
    if minutes < _HOUR:
        return f"{minutes} 分钟" if lang == "zh" else f"{minutes} min"
    hours = -(-minutes // _HOUR)
    return f"{hours} 小时" if lang == "zh" else f"{hours} h"
