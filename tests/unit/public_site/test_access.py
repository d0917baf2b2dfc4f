"""How often one address may ask, and which address that is (`threats.md` 3, V39)."""

from ipaddress import ip_network
from typing import Any

import pytest
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from public_site.access import ADDRESSES, Access
from tests.unit.public_site.support import client, register

VC = {"Content-Type": "application/vc"}


class Clock:
    """Stands still until it is moved; in seconds."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def asked(access: Access, times: int, address: str = "192.0.2.1") -> int:
    """How many of so many questions of one address are let in."""
    return sum(not access.is_too_often(address) for _ in range(times))


@pytest.mark.parametrize(("per_minute", "at_once"), [(60, 20), (3, 1), (2, 1), (1, 1), (7, 2), (9_999_999, 100)])
def test_a_third_of_a_minute_may_come_at_once(per_minute: int, at_once: int) -> None:
    assert asked(Access(per_minute, clock=Clock()), min(100, at_once + 1)) == at_once


def test_the_bucket_fills_evenly_and_never_above_its_size() -> None:
    clock = Clock()
    access = Access(60, clock=clock)
    assert asked(access, 21) == 20
    clock.now += 0.99
    assert asked(access, 1) == 0
    clock.now += 0.01
    assert asked(access, 2) == 1
    clock.now += 3_600
    assert asked(access, 21) == 20


def test_threat_V39_ten_thousand_questions_in_a_minute() -> None:
    """60 in the minute beside the 20 that were saved up; another address is let in whenever it asks."""
    clock = Clock()
    access = Access(60, clock=clock)
    let_in, others = 0, 0
    for step in range(10_000):
        clock.now = 1_000.0 + step * 60 / 10_000
        let_in += asked(access, 1)
        others += asked(access, 1, "192.0.2.2") if step % 200 == 0 else 0
    assert (let_in, others) == (79, 50)


@pytest.mark.parametrize(("more", "is_known"), [(ADDRESSES - 1, True), (ADDRESSES, False)])
def test_memory_is_bounded_and_who_asked_longest_ago_is_forgotten_first(more: int, is_known: bool) -> None:
    access = Access(3, clock=Clock())
    assert asked(access, 1, "first") == 1
    for other in range(more):
        access.is_too_often(f"other {other}")
    assert asked(access, 1, "first") == (0 if is_known else 1)
    assert len(access._due) == ADDRESSES


def test_who_asks_again_is_not_the_one_who_asked_longest_ago() -> None:
    access = Access(3, clock=Clock())
    for address in ("first", "second", "first"):
        access.is_too_often(address)
    for other in range(ADDRESSES - 1):
        access.is_too_often(f"other {other}")
    assert (asked(access, 1, "first"), asked(access, 1, "second")) == (0, 1)


PROXIES = tuple(ip_network(text) for text in ("10.0.0.0/8", "2001:db8:1::/64"))


@pytest.mark.parametrize(
    ("peer", "passed_on", "address"),
    [
        ("10.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        ("10.0.0.1", ["198.51.100.1, 192.0.2.7"], "192.0.2.7"),
        ("10.0.0.1", ["192.0.2.7, 10.9.9.9"], "192.0.2.7"),
        ("10.0.0.1", ["192.0.2.7", "10.9.9.9"], "192.0.2.7"),
        ("10.0.0.1", ["198.51.100.1", "192.0.2.7"], "192.0.2.7"),
        ("::ffff:10.0.0.1", ["::ffff:192.0.2.7"], "192.0.2.7"),
        ("2001:db8:1::9", ["192.0.2.7"], "192.0.2.7"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["192.0.2.7, "], "10.0.0.1"),
        ("10.0.0.1", ["192.0.2.7, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["192.0.2.7:5000"], "10.0.0.1"),
        ("10.0.0.1", ["192.0.2.07"], "10.0.0.1"),
        ("10.0.0.1", ["192.0.2.7, 300.1.1.1, 10.0.0.2"], "10.0.0.2"),
        ("192.0.2.1", ["198.51.100.1"], "192.0.2.1"),
        ("11.0.0.1", ["198.51.100.1"], "11.0.0.1"),
        ("2001:db8:2::9", ["198.51.100.1"], str(0x20010DB8_00020000)),
        ("10.0.0.1", ["2001:db8:2::9"], str(0x20010DB8_00020000)),
        ("a name", ["198.51.100.1"], "a name"),
        (None, ["198.51.100.1"], ""),
    ],
)
def test_threat_V39_the_address_is_the_last_hop_that_is_no_proxy(
    peer: str | None, passed_on: list[str], address: str
) -> None:
    headers = [(b"x-forwarded-for", value.encode()) for value in passed_on]
    scope: dict[str, Any] = {"type": "http", "client": (peer, 1) if peer else None, "headers": headers}
    assert Access(proxies=PROXIES).address(scope, Headers(scope=scope)) == address
    no_proxy = Access().address(scope, Headers(scope=scope))
    assert no_proxy == Access().address(scope, Headers())


def test_threat_V39_the_twenty_first_check_is_told_when_to_come_back() -> None:
    visitor: TestClient = client(register(), Access(clock=Clock()))
    answers = [visitor.post("/api/v1/verify", content=b"valid", headers=VC) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert answers[-1].json()["type"] == "/problems/too-often"
    assert answers[-1].headers["Retry-After"] == "30"
    page = visitor.post("/check", data={"text": "x"}, files={"file": ("", b"")}, headers={"accept-language": "en"})
    assert (page.status_code, page.headers["Retry-After"]) == (429, "30")
    assert "Too many checks were asked for" in page.text
    assert visitor.get("/check").status_code == 200
