"""From settings to the desk that the use cases work at."""

import tomllib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

from registry.adapters.clock import now
from registry.adapters.fetching import Fetcher
from registry.adapters.foreign import fetch_foreign
from registry.adapters.refusals import AdapterError
from registry.domain.calendar import civil_date
from registry.domain.policy import DEFAULT_POLICY, Policy, read_versions
from registry.domain.refusals import PolicyError
from registry.services.ports import Desk
from registry.services.sweeping import known_policy
from registry.settings import Settings, sqlite_in
from registry.store.building import built_aside
from registry.store.engine import Readings, database_file, is_empty, on_server, open_engine, open_work, upgrade
from registry.store.refusals import SchemaBehindError, StoreError, UnreachableError
from schemas.refusals import translated


class RegisterUnusableError(AdapterError, code="register"):
    """There is no register where the settings point, or it is not one for this mode and address."""


def open_desk(settings: Settings, *, create: bool = False) -> Desk:
    """Open the register of `settings`; `create` makes an empty database.

    Raises `RegisterUnusableError` for a register of another base address, and for a demonstration register in
    production; `UnreachableError` if the database does not answer.
    """
    with _usable(settings):
        if create:
            settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = open_engine(settings.database_url, create=create)
    works = partial(open_work, engine), Readings(engine)
    desk = Desk(*works, settings.base_url, settings.is_demo, policy=read_policy(settings.policy_file))
    if settings.foreign_dids:
        desk = replace(desk, fetch_foreign=partial(fetch_foreign, open_fetcher(settings), desk.base))
    if not create:
        _require_match(desk, settings)
    return desk


def read_policy(file: Path | None) -> Policy:
    """Return the policy with the versions of a file, which are tables `[[version]]` of TOML; without one the default.

    Raises `RegisterUnusableError`, naming version and key.
    """
    if file is None:
        return DEFAULT_POLICY
    unusable = OSError, ValueError, AttributeError, TypeError, PolicyError
    with translated(*unusable, to=lambda error: RegisterUnusableError(f"CSE_POLICY_FILE: {file}: {error}")):
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
        if set(tables) != {"version"}:
            raise RegisterUnusableError(f"CSE_POLICY_FILE: {file} holds tables [[version]] and nothing else")
        return read_versions(tables["version"])


def open_fetcher(settings: Settings) -> Fetcher:
    """Return the way to other machines, as `settings` allow it. Raises `RegisterUnusableError`."""
    file = settings.fetch_loopback
    with translated(OSError, to=RegisterUnusableError(f"CSE_FETCH_LOOPBACK: {file} is no file of CA certificates")):
        return Fetcher(any_host=settings.foreign_dids, authority=file)


@contextmanager
def _usable(settings: Settings) -> Iterator[None]:
    try:
        yield
    except UnreachableError:
        raise
    except StoreError as error:
        is_here = settings.database_url == sqlite_in(settings.data_dir) and not isinstance(error, SchemaBehindError)
        place = f"no register in {settings.data_dir}: " if is_here else ""
        raise RegisterUnusableError(f"{place}{error}") from error
    except OSError as error:
        raise RegisterUnusableError(f"{settings.data_dir} cannot be written: {error.strerror}") from error


def has_database(settings: Settings) -> bool:
    """Tell whether a register, or something in its way, is where the settings point. Raises `RegisterUnusableError`."""
    with _usable(settings):
        if on_server(settings.database_url):
            return not is_empty(settings.database_url)
        file = database_file(settings.database_url)
        return file is not None and Path(file).exists()


def building_place(settings: Settings, folder: Path) -> AbstractContextManager[str]:
    """Give the address of a database to build in while its other files are built in `folder`.

    On PostgreSQL it becomes that of the settings when the block ends well; an SQLite file moves with `folder`.
    Raises `RegisterUnusableError` if the settings put an SQLite file elsewhere.
    """
    if on_server(settings.database_url):
        return built_aside(settings.database_url)
    if settings.database_url != sqlite_in(settings.data_dir):
        raise RegisterUnusableError("an SQLite register is built in its own folder: leave CSE_DATABASE_URL out")
    return nullcontext(sqlite_in(folder))


def upgrade_database(settings: Settings) -> tuple[str, str]:
    """Bring the database to the newest revision; return the one before and the one after.

    Raises `RegisterUnusableError` if there is no register.
    """
    with _usable(settings):
        return upgrade(settings.database_url)


def _require_match(desk: Desk, settings: Settings) -> None:
    with desk.open_reading() as work:
        base, kind, known = work.trust.fact("base"), work.trust.fact("kind"), known_policy(work)
    if base is None:
        raise RegisterUnusableError(f"the database in {settings.data_dir} holds no register yet: run cse demo")
    if base != settings.base_url:
        raise RegisterUnusableError(
            f"this register was founded for {base}, CSE_BASE_URL is {settings.base_url}: set it to the first, "
            "or found another register with another CSE_DATA_DIR"
        )
    with translated(PolicyError, to=lambda error: RegisterUnusableError(f"CSE_POLICY_FILE: {error}")):
        desk.policy.require_forward(known, civil_date(now(settings)))
    if kind != settings.mode:
        raise RegisterUnusableError(f"this is a {kind} register, CSE_MODE is {settings.mode}: set it to {kind}")
