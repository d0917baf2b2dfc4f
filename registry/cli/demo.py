"""`cse demo` and `cse census`."""

import os
import shutil
from collections import Counter
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from keys.keystore import FULL_COST
from registry.adapters import actors, clock, folder, opening, randomness, refusals
from registry.adapters.keyring import FolderKeyring, SecretFile
from registry.cli.console import ERR, GOOD, OUT, AsJson, Directory, Session, UsageError, flag, open_session, print_json
from registry.demo.live import Stage, live, live_by_habits
from registry.demo.officers import officers
from registry.demo.plan import ENGINEERS, STORIES
from registry.services import answers, census
from registry.settings import Settings, read_moment, read_settings
from schemas.addresses import page_url
from schemas.refusals import translated
from verifier.instants import InstantError
from verifier.state import State


def demo(
    directory: Directory = None,
    engineers: Annotated[int, typer.Option(help="How many engineers.", min=STORIES, max=ENGINEERS)] = ENGINEERS,
    at: Annotated[str | None, typer.Option(help="Live it up to this instant (else now).")] = None,
    show_all: Annotated[bool, flag("--all", help="Print every entry, not one of each kind.")] = False,
    as_json: AsJson = False,
) -> int:
    """Build the demonstration register, if there is none, and print its addresses.

    Example: cse demo --dir var/demo --at 2026-07-01T10:00:00+08:00
    """
    settings = read_settings(os.environ, data_dir=directory)
    if not settings.is_demo:
        raise UsageError("the demonstration is refused in production")
    if not opening.has_database(settings):
        _build(settings, engineers, _moment(at, settings))
    session = open_session(directory)
    lines = census.register_lines(session.desk, actor=session.actor(), now=session.now)
    if as_json:
        _print_json(session, lines)
    else:
        _print_lines(session, lines, show_all=show_all)
    return GOOD


def _moment(at: str | None, settings: Settings) -> datetime:
    if at is None:
        return clock.now(settings)
    with translated(InstantError, to=UsageError(f"--at {at} is no instant such as 2026-07-01T10:00+08:00")):
        return read_moment(at)


def _build(settings: Settings, count: int, at: datetime) -> None:
    """Build beside the target and rename, so that a half-built register never stands there."""
    target = settings.data_dir
    if target.exists() and any(target.iterdir()):
        raise UsageError(f"{target} holds something, no register of this database: name another CSE_DATA_DIR or --dir")
    building: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with folder.building_folder(target) as building, opening.building_place(settings, building) as url:
            plain = {"CSE_MODE": settings.mode, "CSE_BASE_URL": settings.base_url, "CSE_DATABASE_URL": url}
            _live(read_settings(plain, data_dir=building), count, at)
            if target.exists():
                target.rmdir()
            # Half of a register until its database is in its place too.
            building = building.rename(target)
        building = None
    except OSError as error:
        raise refusals.FolderError(target, error) from error
    finally:
        if building is not None:
            shutil.rmtree(building, ignore_errors=True)


def _live(settings: Settings, count: int, at: datetime) -> None:
    ERR.print(f"Building a demonstration register of {count} engineers, lived up to {at:%Y-%m-%d %H:%M} UTC")
    ERR.print("Making 18 keystores, each behind a passphrase of its own (about 20 seconds)")
    desk = opening.open_desk(settings, create=True)
    keyring = FolderKeyring(settings.keystore_dir, settings.passphrase_dir, cost=FULL_COST)
    secret = SecretFile(settings.secret_file)
    stage = Stage(desk, keyring, randomness.SystemRandomness(), folder.PublishFolder(settings.publish_dir), secret)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=ERR) as progress:
        task = progress.add_task("Events", total=None)
        build = live_by_habits if count == ENGINEERS else partial(live, count=count)
        build(stage, at=at, step=lambda done, total: progress.update(task, completed=done, total=total))
    folder.write_atomically(settings.data_dir / actors.FILE, actors.actors_text(officers()).encode("utf-8"))


def _print_json(session: Session, lines: list[census.RegisterLine]) -> None:
    told = []
    for line in lines:
        members = asdict(line)
        page_id = members.pop("page_id")
        told.append(members | {"page": page_url(session.settings.base_url, page_id) if page_id is not None else None})
    print_json(told)


def _print_lines(session: Session, lines: list[census.RegisterLine], *, show_all: bool) -> None:
    base = session.settings.base_url
    OUT.print("DEMONSTRATION DATA / 演示数据")
    for line in lines if show_all else _one_of_each_kind(lines):
        page = page_url(base, line.page_id) if line.page_id else "-"
        OUT.print(f"{line.number}  {line.grade:3}  {line.status:9}  {page}  {', '.join(line.marks)}".rstrip())
    counted = Counter(line.status for line in lines)
    by_status = ", ".join(f"{count} {status}" for status, count in sorted(counted.items()))
    OUT.print(f"{len(lines)} entries: {by_status}. By grade: cse census. Every entry: cse demo --all")
    named = (line for line in lines if "name withheld" not in line.marks)  # Of these the document is public.
    good = next((line.page_id for line in named if line.page_id and _reads_valid(session, line.page_id)), None)
    OUT.print(f"Home:                {base}/")
    if good is not None:
        OUT.print(f"A valid certificate: {page_url(base, good)}")


def _one_of_each_kind(lines: list[census.RegisterLine]) -> list[census.RegisterLine]:
    """Return the first line of each status with the same marks."""
    kinds = {(line.status, line.marks): line for line in reversed(lines)}
    return [kinds[kind] for kind in sorted(kinds)]


def _reads_valid(session: Session, page_id: str) -> bool:
    answer = answers.verdict_of_page(session.desk, page_id, now=session.now)
    return answer is not None and answer["state"] == State.VALID


def census_command(directory: Directory = None, as_json: AsJson = False) -> int:
    """Count the register: entries by grade and public status, certificates by kind and state."""
    session = open_session(directory)
    counted = census.census(census.register_lines(session.desk, actor=session.actor(), now=session.now))
    held = census.certificate_lines(session.desk, actor=session.actor(), now=session.now)
    persons, registrations = ({getattr(one, name) for one in held} for name in ("member_id", "registration"))
    sizes = {"persons": len(persons), "entries": counted.total(), "registrations": len(registrations)}
    told = sorted(Counter((one.kind, one.state, one.bits) for one in held).items())
    if as_json:
        by_grade = [{"grade": grade, "status": status, "count": n} for (grade, status), n in sorted(counted.items())]
        certificates = [{"kind": kind, "state": state, "bits": bits, "count": n} for (kind, state, bits), n in told]
        print_json(sizes | {"by_grade": by_grade, "certificates": certificates})
        return GOOD
    _print_table("status", Counter({(status, grade): n for (grade, status), n in counted.items()}))
    OUT.print(", ".join(f"{count} {name}" for name, count in sizes.items()))
    for name in ("kind", "state"):
        _print_table(f"certificates by {name}", Counter((getattr(one, name), one.bits) for one in held))
    return GOOD


def _print_table(first: str, counted: Counter[tuple[str, str]]) -> None:
    """Print how often each pair of row and column was counted, with the sums of both."""
    rows, columns = (sorted({pair[place] for pair in counted}) for place in (0, 1))
    table = Table(first, *columns, "sum")
    for name in (*rows, "sum"):
        row = [sum(n for (of, to), n in counted.items() if name in {of, "sum"} and to == column) for column in columns]
        table.add_row(name, *map(str, [*row, sum(row)]))
    OUT.print(table)
