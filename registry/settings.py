"""The settings of a deployment: one frozen value, read once by the command line and the application.

Unknown names that begin with `CSE_` are refused, so that a typing mistake is not a silent default.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from schemas.addresses import BaseAddressError, checked_base
from schemas.refusals import Refusal, translated
from schemas.tables import read_table
from verifier.instants import InstantError, parse_instant

NAMES: dict[str, str] = read_table("settings.json", "", "registry")
"""Every setting with its meaning."""

LATER = frozenset({"CSE_STAFF_URL", "CSE_CUSTODIAL_KEYS", "CSE_SMTP_URL"})
"""Names of settings that later parts read; accepted and without effect."""


class SettingsError(Refusal, code="settings"):
    """A setting is missing, unknown or contradicts another."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force."""

    mode: str
    base_url: str
    data_dir: Path
    database_url: str
    keystore_dir: Path
    passphrase_dir: Path
    publish_dir: Path
    secret_file: Path
    policy_file: Path | None
    foreign_dids: bool
    fetch_loopback: Path | None
    verify_rate: int
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    fixed_clock: datetime | None

    @property
    def is_demo(self) -> bool:
        """Whether this is a demonstration register."""
        return self.mode == "demo"


def read_settings(environment: Mapping[str, str], *, data_dir: Path | None = None) -> Settings:
    """Return the settings in `environment`; `data_dir` overrides the folder. Raises `SettingsError`."""
    given = {name: value for name, value in environment.items() if name.startswith("CSE_") and value}
    unknown = sorted(name for name in given.keys() - NAMES.keys() - LATER if not name.startswith("CSE_OIDC_"))
    if unknown:
        raise SettingsError(f"unknown setting {unknown[0]}; known are {', '.join(sorted(NAMES))}")
    mode = given.get("CSE_MODE", "demo")
    if mode not in {"demo", "production"}:
        raise SettingsError(f"CSE_MODE is {mode!r}; it is demo or production")
    for name in ("CSE_FOREIGN_DIDS", "CSE_FAST_GRAPHS"):
        if given.get(name, "off") not in {"off", "on"}:
            raise SettingsError(f"{name} is {given[name]!r}; it is off or on")
    folder = data_dir or _folder(given, mode)
    return Settings(
        mode=mode,
        base_url=_base(given),
        data_dir=folder,
        database_url=given.get("CSE_DATABASE_URL", sqlite_in(folder)),
        keystore_dir=Path(given.get("CSE_KEYSTORE_DIR", folder / "keys")),
        passphrase_dir=Path(given.get("CSE_PASSPHRASE_DIR", folder / "passphrases")),
        publish_dir=Path(given.get("CSE_PUBLISH_DIR", folder / "publish")),
        secret_file=Path(given.get("CSE_SECRET_FILE", folder / "secret")),
        policy_file=Path(given["CSE_POLICY_FILE"]) if "CSE_POLICY_FILE" in given else None,
        foreign_dids=given.get("CSE_FOREIGN_DIDS") == "on",
        fetch_loopback=_fetch_loopback(given, mode),
        verify_rate=_rate(given),
        trusted_proxies=_proxies(given),
        fixed_clock=_clock(given, mode),
    )


def sqlite_in(folder: Path) -> str:
    """Return the address of the SQLite database in a data folder."""
    return f"sqlite:///{folder / 'register.sqlite'}"


def _folder(given: Mapping[str, str], mode: str) -> Path:
    if "CSE_DATA_DIR" in given:
        return Path(given["CSE_DATA_DIR"])
    if mode == "production":
        raise SettingsError("CSE_DATA_DIR is required in production")
    return Path("var/demo")


def _base(given: Mapping[str, str]) -> str:
    with translated(BaseAddressError, to=lambda error: SettingsError(f"CSE_BASE_URL: {error}")):
        return checked_base(given.get("CSE_BASE_URL", "http://localhost:8000"))


def _fetch_loopback(given: Mapping[str, str], mode: str) -> Path | None:
    """Return the file of the development switch: a register that others can reach must not fetch from itself."""
    if "CSE_FETCH_LOOPBACK" not in given:
        return None
    base = urlsplit(_base(given))
    if mode == "production" or (base.scheme == "https" and base.hostname != "localhost"):
        raise SettingsError("CSE_FETCH_LOOPBACK is refused in production, and at a base address that others can reach")
    return Path(given["CSE_FETCH_LOOPBACK"])


def _rate(given: Mapping[str, str]) -> int:
    text = given.get("CSE_VERIFY_RATE", "60")
    if re.fullmatch("[1-9][0-9]{0,6}", text) is None:
        raise SettingsError(f"CSE_VERIFY_RATE is {text!r}; it is a number from 1 to 9999999")
    return int(text)


def _proxies(given: Mapping[str, str]) -> tuple[IPv4Network | IPv6Network, ...]:
    wanted = "it is such as 10.0.0.7, 2001:db8::/64"
    with translated(ValueError, to=lambda error: SettingsError(f"CSE_TRUSTED_PROXIES: {error}; {wanted}")):
        texts = given["CSE_TRUSTED_PROXIES"].split(",") if "CSE_TRUSTED_PROXIES" in given else ()
        return tuple(ip_network(text.strip()) for text in texts)


def _clock(given: Mapping[str, str], mode: str) -> datetime | None:
    if "CSE_CLOCK" not in given:
        return None
    if mode == "production":
        raise SettingsError("CSE_CLOCK is refused in production")
    with translated(InstantError, to=SettingsError("CSE_CLOCK is no instant such as 2026-07-01T10:00:00+08:00")):
        return read_moment(given["CSE_CLOCK"])


def read_moment(text: str) -> datetime:
    """Return an instant that is given by hand: seconds may be left out of `10:00+08:00`. Raises `InstantError`."""
    return parse_instant(re.sub(r"(?<=T\d\d:\d\d)(?=(?:\+08:00|Z)\Z)", ":00", text))
