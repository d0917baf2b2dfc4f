"""Who is at the keyboard: the operating system's user, mapped to an actor by a table of the deployment.

`actors.toml` in the data folder holds a table per name: `person`, `role`, `tenant`. In a demonstration
register one person plays all officers, so another name may be chosen there; in production never.
"""

import getpass
import tomllib
from pathlib import Path

from registry.adapters.refusals import ActorsError
from registry.domain.actors import Actor, Role
from schemas.refusals import translated

FILE = "actors.toml"
_DEMO_USER = "registrar-1"


def machine_user() -> str:
    """Return the name of the operating system's user."""
    with translated(KeyError, OSError, to=ActorsError("the operating system does not say who you are")):
        return getpass.getuser()


def read_actor(data_dir: Path, name: str | None, *, is_demo: bool) -> Actor:
    """Return the actor of the machine user, or of `name` in a demonstration register.

    Raises `ActorsError` if the table does not know them, or `name` is given in production.
    """
    if name is not None and not is_demo:
        raise ActorsError("--as exists in demonstration registers only: here you act as the user you are")
    user = name or machine_user()
    table = _table(data_dir / FILE)
    if user not in table and is_demo and name is None:
        user = _DEMO_USER
    return _actor(table, user)


def _actor(table: dict[str, dict[str, str]], name: str) -> Actor:
    entry = table.get(name)
    if entry is None:
        raise ActorsError(f"{FILE} names no actor {name!r}; it names {', '.join(sorted(table))}")
    incomplete = ActorsError(f"{FILE}: the entry {name!r} needs person, role and tenant")
    with translated(KeyError, TypeError, ValueError, to=incomplete):
        return Actor(entry["person"], Role(entry["role"]), entry["tenant"], "machine user")


def machine_actor(data_dir: Path, name: str) -> Actor:
    """Return the actor `name` that the program itself is, from the same table. Raises `ActorsError`."""
    return _actor(_table(data_dir / FILE), name)


def _table(path: Path) -> dict[str, dict[str, str]]:
    is_toml = translated(tomllib.TOMLDecodeError, UnicodeDecodeError, to=ActorsError(f"{path} is not TOML"))
    with is_toml, translated(OSError, to=lambda error: ActorsError(f"{path} cannot be read: {error.strerror}")):
        return tomllib.loads(path.read_text(encoding="utf-8"))


def actors_text(actors: dict[str, Actor]) -> str:
    """Return the text of a table with these actors."""
    return "\n".join(
        f'[{name}]\nperson = "{actor.person}"\nrole = "{actor.role}"\ntenant = "{actor.tenant}"\n'
        for name, actor in actors.items()
    )
