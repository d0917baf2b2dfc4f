"""What every command shares: settings, the open register, the actor, and output for people or programs."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial, wraps
from inspect import Signature, signature
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from registry.adapters import actors, folder, opening
from registry.adapters.clock import now
from registry.adapters.keyring import FolderKeyring
from registry.cli.exits import GOOD, NO, REFUSED, UNDECIDED, UsageError
from registry.demo.officers import officers
from registry.domain.actors import CSE, Actor
from registry.domain.numbers import parse_register_number
from registry.domain.refusals import NotAllowedError
from registry.services import answers
from registry.services.ports import Desk
from registry.settings import Settings, read_settings
from schemas.refusals import translated

__all__ = ["GOOD", "NO", "REFUSED", "UNDECIDED", "UsageError"]

PUBLISHER, CLOCK = "publisher", "clock"
"""The names of the machine actors: what publishes, and what records that time has passed."""

OUT = Console(highlight=False, soft_wrap=True, emoji=False)
ERR = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)

flag = partial(typer.Option, metavar="")
"""An option without a value: its type is not shown."""


def _day(text: str) -> date:
    with translated(ValueError, to=typer.BadParameter(f"{text} is no day such as 2027-01-31")):
        return date.fromisoformat(text)


day_option = partial(typer.Option, parser=_day, metavar="YYYY-MM-DD")
"""An option whose value is a day."""
Number = Annotated[str, typer.Argument(parser=parse_register_number, help="Register number.")]
Numbers = Annotated[list[str], typer.Argument(parser=parse_register_number, help="Register numbers.")]
Reference = Annotated[str, typer.Option("--decision", help="Reference of the decision.")]
Digest = Annotated[str, typer.Argument(help="Digest of the proposal as it was shown.")]
Directory = Annotated[Path | None, typer.Option("--dir", help="Folder of the register (else CSE_DATA_DIR).")]
AsJson = Annotated[bool, flag("--json", help="Answer as JSON.")]
ActingAs = Annotated[
    str | None, typer.Option("--as", help="Act as this officer; demonstration registers only (see actors.toml).")
]


class NotPublishedError(Exception):
    """A decision stands in the register and is not in the published lists yet."""


@dataclass(frozen=True, slots=True)
class Session:
    """An open register, the moment of the command, as whom it acts, and whether it answers for programs."""

    settings: Settings
    desk: Desk
    now: datetime
    acting: str | None = None
    as_json: bool = False

    def actor(self) -> Actor:
        """Return who acts."""
        return actors.read_actor(self.settings.data_dir, self.acting, is_demo=self.settings.is_demo)

    def answer(self, value: Any, text: str) -> int:
        """Print the good end of the command as `answer` does."""
        return answer(value, text, as_json=self.as_json)

    def propose(self, number: str, digest: str, done: str, *, group: str) -> int:
        """Tell what was done so far, and how another person confirms it by the same `group` of commands."""
        text = f"{number}: {done}; nothing has changed yet. A second person confirms with"
        return self.answer({"number": number, "proposal": digest}, f"{text}\n  cse {group} confirm {digest}")

    def report(self, number: str, done: str) -> int:
        """Tell what was done about a number, and what its page says now."""
        page = answers.verdict_of_number(self.desk, number, now=self.now).verdict or {}
        value = {"number": number, "done": done, "outcome": page.get("outcome"), "state": page.get("state")}
        return self.answer(value, f"{number}: {done}; the page now says {page.get('state')}; lists published")

    def machine(self, name: str) -> Actor:
        """Return the machine actor `name` of the table: what the program does by itself has its own line there."""
        return actors.machine_actor(self.settings.data_dir, name)

    def keyring(self) -> FolderKeyring:
        """Return the keystores of the register, closed until they are needed."""
        return FolderKeyring(self.settings.keystore_dir, self.settings.passphrase_dir)

    def publisher(self, out: Path | None = None) -> folder.PublishFolder:
        """Return the folder to publish into."""
        return folder.PublishFolder(out or self.settings.publish_dir)


def open_session(data_dir: Path | None = None, acting: str | None = None, *, as_json: bool = False) -> Session:
    """Open the register that the settings name. Raises `SettingsError` or `RegisterUnusableError`."""
    settings = read_settings(os.environ, data_dir=data_dir)
    if settings.fetch_loopback is not None:
        ERR.print("DEVELOPMENT: CSE_FETCH_LOOPBACK lets addresses of this machine be fetched", style="bold red")
    return Session(settings, opening.open_desk(settings), now(settings), acting, as_json)


def with_session(act: Callable[..., int]) -> Callable[..., int]:
    """Return the command `act` with the options of all that work on a register: --dir, --as, --json.

    It is called with the session that they describe instead of its first parameter.
    """

    def opened(*, directory: Directory = None, acting: ActingAs = None, as_json: AsJson = False, **own: Any) -> int:
        return act(open_session(directory, acting, as_json=as_json), **own)

    (_, *own), (*shared, _) = (list(signature(one).parameters.values()) for one in (act, opened))
    parameters = [one.replace(kind=one.KEYWORD_ONLY) for one in (*own, *shared)]
    command = wraps(act)(opened)
    command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # where typer looks for the options
    return command


def command(app: typer.Typer, name: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Return the decorator that makes a function, `with_session`, the command `name` of a group."""
    return lambda act: app.command(name)(with_session(act))


def answer(value: Any, text: str, *, as_json: bool) -> int:
    """Print the good end of a command, `value` for programs or `text` for people, and return its exit code."""
    if as_json:
        print_json(value)
    else:
        OUT.print(text, markup=False)
    return GOOD


def print_json(value: Any) -> None:
    """Print one JSON value for people and programs: hours as a number, days and instants as ISO 8601 has them."""
    OUT.print(json.dumps(value, ensure_ascii=False, indent=2, default=_plain), markup=False)


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value.isoformat()


def explained(error: Exception) -> str:
    """Return the words of a refusal; where a role is missing in a demonstration, with the officers who have it."""
    if not isinstance(error, NotAllowedError) or not read_settings(os.environ, data_dir=Path()).is_demo:
        return str(error)
    able = [one for one in officers().values() if one.role in error.able]
    names = [one.person for one in able if CSE in {one.tenant, error.tenant} or one.tenant == error.tenant]
    return f"{error}; in this demonstration try --as {' or --as '.join(names[:2])}" if names else str(error)
