"""The settings of a deployment: unknown names and unsafe mixtures are refused."""

from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

import pytest

from registry.adapters.clock import now
from registry.settings import LATER, NAMES, SettingsError, read_settings


def test_without_any_setting_it_is_the_demonstration_here() -> None:
    settings = read_settings({})
    assert (settings.is_demo, settings.base_url, settings.data_dir) == (True, "http://localhost:8000", Path("var/demo"))
    assert settings.database_url == "sqlite:///var/demo/register.sqlite"
    assert (settings.keystore_dir, settings.passphrase_dir, settings.publish_dir) == (
        Path("var/demo/keys"),
        Path("var/demo/passphrases"),
        Path("var/demo/publish"),
    )
    assert settings.secret_file == Path("var/demo/secret")


def test_every_name_is_read() -> None:
    given = {
        "CSE_MODE": "production",
        "CSE_BASE_URL": "https://register.example/",
        "CSE_DATA_DIR": "data",
        "CSE_DATABASE_URL": "sqlite:///elsewhere.sqlite",
        "CSE_KEYSTORE_DIR": "k",
        "CSE_PASSPHRASE_DIR": "p",
        "CSE_PUBLISH_DIR": "w",
        "CSE_SECRET_FILE": "s",
        "CSE_POLICY_FILE": "policy.toml",
        "CSE_FOREIGN_DIDS": "on",
        "CSE_VERIFY_RATE": "30",
        "CSE_TRUSTED_PROXIES": "10.0.0.7, 2001:db8::/64",
    }
    settings = read_settings(given)
    assert (settings.is_demo, settings.base_url) == (False, "https://register.example")
    assert (settings.database_url, settings.data_dir) == ("sqlite:///elsewhere.sqlite", Path("data"))
    assert [settings.keystore_dir, settings.passphrase_dir, settings.publish_dir] == [Path("k"), Path("p"), Path("w")]
    assert (settings.secret_file, settings.policy_file) == (Path("s"), Path("policy.toml"))
    assert (settings.foreign_dids, settings.fetch_loopback) == (True, None)
    assert (settings.verify_rate, settings.trusted_proxies) == (
        30,
        (ip_network("10.0.0.7/32"), ip_network("2001:db8::/64")),
    )
    assert set(given) | {"CSE_CLOCK", "CSE_FAST_GRAPHS", "CSE_FETCH_LOOPBACK", "CSE_VECTORS"} == set(NAMES)


@pytest.mark.parametrize(("text", "rate"), [("1", 1), ("9999999", 9_999_999)])
def test_the_bounds_of_a_rate(text: str, rate: int) -> None:
    assert read_settings({"CSE_VERIFY_RATE": text}).verify_rate == rate
    assert (read_settings({}).verify_rate, read_settings({}).trusted_proxies) == (60, ())


@pytest.mark.parametrize("environment", [{}, {"CSE_FOREIGN_DIDS": "off"}, {"CSE_FOREIGN_DIDS": ""}])
def test_nothing_foreign_is_fetched_unless_it_is_switched_on(environment: dict[str, str]) -> None:
    settings = read_settings(environment)
    assert (settings.foreign_dids, settings.fetch_loopback) == (False, None)


@pytest.mark.parametrize("base", ["http://localhost:8000", "https://localhost:8443", "http://register.example"])
def test_the_development_switch_is_for_a_register_of_this_machine(base: str) -> None:
    settings = read_settings({"CSE_FETCH_LOOPBACK": "ca.pem", "CSE_BASE_URL": base})
    assert settings.fetch_loopback == Path("ca.pem")


def test_the_folder_can_be_given_beside_the_environment() -> None:
    assert read_settings({"CSE_DATA_DIR": "a"}, data_dir=Path("b")).data_dir == Path("b")


@pytest.mark.parametrize("name", [*sorted(LATER), "CSE_OIDC_ISSUER", "CSE_VECTORS"])
def test_names_that_others_read_are_known(name: str) -> None:
    assert read_settings({name: "x"}) == read_settings({})


@pytest.mark.parametrize("environment", [{"PATH": "/bin"}, {"CSE_MODO": ""}, {"XCSE_MODE": "x"}])
def test_what_is_not_ours_or_empty_says_nothing(environment: dict[str, str]) -> None:
    assert read_settings(environment) == read_settings({})


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"CSE_MODO": "demo"}, "unknown setting CSE_MODO"),
        ({"CSE_MODE": "Production"}, "demo or production"),
        ({"CSE_MODE": "production"}, "CSE_DATA_DIR is required"),
        ({"CSE_MODE": "production", "CSE_DATA_DIR": "d", "CSE_CLOCK": "2026-07-01T02:00:00Z"}, "refused in production"),
        ({"CSE_CLOCK": "2026-07-01T02:00:00"}, "no instant"),
        ({"CSE_CLOCK": "now"}, "no instant"),
        ({"CSE_FOREIGN_DIDS": "yes"}, "off or on"),
        ({"CSE_FAST_GRAPHS": "no"}, "off or on"),
        ({"CSE_VERIFY_RATE": "0"}, "from 1 to 9999999"),
        ({"CSE_VERIFY_RATE": "10000000"}, "from 1 to 9999999"),
        ({"CSE_VERIFY_RATE": "60/min"}, "from 1 to 9999999"),
        ({"CSE_TRUSTED_PROXIES": "10.0.0.7,"}, "such as"),
        ({"CSE_TRUSTED_PROXIES": "proxy.example"}, "such as"),
        ({"CSE_TRUSTED_PROXIES": "10.0.0.7/8"}, "such as"),
        ({"CSE_FETCH_LOOPBACK": "c", "CSE_BASE_URL": "https://register.example"}, "others can reach"),
        ({"CSE_FETCH_LOOPBACK": "c", "CSE_BASE_URL": "https://localhost.example:1"}, "others can reach"),
        ({"CSE_FETCH_LOOPBACK": "c", "CSE_MODE": "production", "CSE_DATA_DIR": "d"}, "refused in production"),
        ({"CSE_BASE_URL": "localhost:8000"}, "CSE_BASE_URL"),
        ({"CSE_BASE_URL": "ftp://localhost"}, "CSE_BASE_URL"),
        ({"CSE_BASE_URL": "https://REGISTER.example"}, "CSE_BASE_URL"),
        ({"CSE_BASE_URL": "https://user@register.example"}, "CSE_BASE_URL"),
        ({"CSE_BASE_URL": "https://register.example/?a=b"}, "CSE_BASE_URL"),
    ],
    ids=lambda value: " ".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else "",
)
def test_what_cannot_work_is_refused_in_a_sentence(environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence) as refused:
        read_settings(environment)
    assert refused.value.code == "settings"


def test_a_fixed_clock_stands_and_any_other_runs() -> None:
    moment = datetime(2026, 7, 1, 2, tzinfo=UTC)
    assert now(read_settings({"CSE_CLOCK": "2026-07-01T10:00:00+08:00"})) == moment
    first, second = now(read_settings({})), now(read_settings({}))
    assert first <= second
    assert first.tzinfo is UTC
