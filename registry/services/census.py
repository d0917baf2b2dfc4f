"""Counting the register by grade and public status."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from registry.domain.status import life_at, public_status
from registry.services.ports import Desk


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One register entry as it stands: number, grade, status, and the page of its latest certificate."""

    number: str
    grade: str
    status: str
    page_id: str | None


def register_lines(desk: Desk, *, now: datetime) -> list[RegisterLine]:
    """Return every entry as it stands at `now`, by number."""
    lines = []
    with desk.open_reading() as work:
        for number in work.register.numbers():
            stored = work.register.answering(number)
            status = public_status(life_at(stored.value, now), stored.value.holds)
            issued = work.certificates.of_registration(number, stored.seq)
            page = issued[-1].page_id if issued else None
            lines.append(RegisterLine(number, stored.value.grade, status, page))
    return lines


def census(lines: list[RegisterLine]) -> Counter[tuple[str, str]]:
    """Count `lines` by grade and public status."""
    return Counter((line.grade, line.status) for line in lines)
