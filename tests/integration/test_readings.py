"""Readings of a register: each sees one moment, writes nothing, and leaves nothing to the one after it."""

import os
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool

from registry.services.ports import Desk
from registry.store.engine import open_engine
from registry.store.refusals import StoreError
from registry.store.work import Work
from tests.integration.postgres import Server
from tests.integration.registers import desk_on, founded_in, office_of
from tests.integration.serving import opened_files


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, place: Server | None) -> Iterator[Desk]:
    """The desk of a founded register, on SQLite in a file."""
    original = founded_in(tmp_path_factory.getbasetemp(), place)
    if place is not None:
        with office_of(original) as office:
            yield office.desk
        return
    engine = open_engine(f"sqlite:///{shutil.copy(original.database, tmp_path)}")
    yield desk_on(engine)
    engine.dispose()


def root_of(work: Work) -> str | None:
    return work.trust.fact("root")


def test_a_reading_sees_one_moment_and_the_next_one_what_came_between(desk: Desk) -> None:
    with desk.open_reading() as first:
        before = root_of(first)
        with desk.open_work() as work:
            work.trust.set_fact("root", "another")
        with desk.open_reading() as other:
            assert root_of(other) == "another"
        assert root_of(first) == before
    with desk.open_reading() as later:
        assert root_of(later) == "another"


def test_a_reading_writes_nothing(desk: Desk) -> None:
    for _ in range(2):
        with pytest.raises(StoreError), desk.open_reading() as work:
            work.trust.set_fact("root", "another")
        with desk.open_reading() as work:
            assert root_of(work) != "another"


def test_one_that_was_broken_off_holds_nobody_up(desk: Desk) -> None:
    for _ in range(3):
        with suppress(KeyError), desk.open_reading() as work:
            root_of(work)
            raise KeyError
    with desk.open_work() as work:
        work.trust.set_fact("root", "another")
    with desk.open_reading() as work:
        assert root_of(work) == "another"


def test_nothing_of_a_file_stays_open_when_its_engine_is_disposed_of(desk: Desk, place: Server | None) -> None:
    with desk.open_reading() as work:
        engine, root = work._connection.engine, root_of(work)
    engine.dispose()
    assert place or not opened(engine)
    with desk.open_reading() as work:
        assert root_of(work) == root


def opened(engine: Engine) -> int:
    """Count the files of a database that this process has open."""
    return sum(name.startswith(str(engine.url.database)) for name in opened_files(os.getpid()))


def test_after_a_burst_few_stay_open_and_whoever_writes_finds_a_place(desk: Desk, place: Server | None) -> None:
    most = 15 if place else 69
    with ExitStack() as burst:
        first, *_ = [burst.enter_context(desk.open_reading()) for _ in range(most)]
        engine = first._connection.engine
    with desk.open_work() as work:
        work.trust.set_fact("root", "another")
    with desk.open_reading() as reading:
        assert root_of(reading) == "another"
    if place is None:
        assert cast(QueuePool, engine.pool).checkedout() <= 5


def test_a_reading_that_outlives_its_engine_is_given_back_to_nobody(desk: Desk, place: Server | None) -> None:
    with desk.open_reading() as work:
        engine, root = work._connection.engine, root_of(work)
        engine.dispose()
        assert root_of(work) == root
    del work
    assert place or not opened(engine)


def test_threads_that_read_at_once_share_no_connection(desk: Desk) -> None:
    def read(_number: int) -> str | None:
        with desk.open_reading() as work:
            return root_of(work)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(read, range(400)))) == 1
    finally:
        sys.setswitchinterval(before)
