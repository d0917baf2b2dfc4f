"""From settings to the desk that the use cases work at."""

from functools import partial

from registry.adapters.refusals import AdapterError
from registry.services.ports import Desk
from registry.settings import Settings
from registry.store.engine import open_engine, open_reading, open_work
from registry.store.refusals import StoreError


class RegisterUnusableError(AdapterError):
    """There is no register where the settings point, or it is not one for this mode and address."""

    code = "register"


def open_desk(settings: Settings, *, create: bool = False) -> Desk:
    """Open the register of `settings`; `create` makes an empty database.

    Raises `RegisterUnusableError` for a register of another base address, and for a demonstration register in
    production.
    """
    try:
        if create:
            settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = open_engine(settings.database_url, create=create)
    except StoreError as error:
        raise RegisterUnusableError(f"no register in {settings.data_dir}: {error}") from error
    except OSError as error:
        raise RegisterUnusableError(f"{settings.data_dir} cannot be written: {error.strerror}") from error
    desk = Desk(partial(open_work, engine), partial(open_reading, engine), settings.base_url, settings.is_demo)
    if not create:
        _require_match(desk, settings)
    return desk


def _require_match(desk: Desk, settings: Settings) -> None:
    with desk.open_reading() as work:
        base, kind = work.trust.fact("base"), work.trust.fact("kind")
    if base is None:
        raise RegisterUnusableError(f"the database in {settings.data_dir} holds no register yet: run cse demo")
    if base != settings.base_url:
        raise RegisterUnusableError(
            f"this register was founded for {base}, CSE_BASE_URL is {settings.base_url}: every identifier would differ"
        )
    if kind != settings.mode:
        raise RegisterUnusableError(f"this is a {kind} register, CSE_MODE is {settings.mode}")
