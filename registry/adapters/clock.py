"""The wall clock."""

from datetime import UTC, datetime

from registry.settings import Settings


def now(settings: Settings) -> datetime:
    """Return the moment, aware UTC; the fixed one if the settings name one."""
    return settings.fixed_clock or datetime.now(UTC)  # noqa: TID251 (this is the clock)
