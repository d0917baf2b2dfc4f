"""Who asks, and how often: the one notion of an address on which every limit counts (`threats.md` 3)."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from time import monotonic

from starlette.datastructures import Headers
from starlette.types import Scope

Network = IPv4Network | IPv6Network

PER_MINUTE = 60
_AT_ONCE = 3
"""One part in so many of what a minute allows may come at once."""
ADDRESSES = 10_000
"""Addresses that are remembered; the one that asked longest ago is forgotten first."""
_HOST_BITS = 64  # What one customer of a network may choose of an IPv6 address.


class Access:
    """Counts the questions of each address: a bucket that fills evenly, of a third of what a minute allows."""

    def __init__(
        self, per_minute: int = PER_MINUTE, proxies: Sequence[Network] = (), clock: Callable[[], float] = monotonic
    ) -> None:
        """Allow `per_minute` questions of one address; of `proxies` alone believe whom they speak for."""
        self._interval = 60 / per_minute
        self._ahead = self._interval * (max(1, per_minute // _AT_ONCE) - 1)
        self._proxies = proxies
        self._clock = clock
        self._due: dict[str, float] = {}

    def is_too_often(self, address: str) -> bool:
        """Count a question of `address`, or tell that it comes too early; then it does not count."""
        now = self._clock()
        due = max(self._due.pop(address, now), now)
        is_early = due - now > self._ahead
        self._due[address] = due if is_early else due + self._interval
        if len(self._due) > ADDRESSES:
            del self._due[next(iter(self._due))]
        return is_early

    def address(self, scope: Scope, headers: Headers) -> str:
        """Return whose places and questions a request with these `headers` takes: an IPv4 address, or an IPv6 network.

        It is the peer, or the last in `X-Forwarded-For` that is no trusted proxy. What a trusted proxy passes on and
        is no address counts as its own.
        """
        address: str = (scope.get("client") or ("",))[0]
        passed_on = ",".join(headers.getlist("x-forwarded-for")).split(",")
        for hop in (address, *reversed(passed_on)):
            try:
                found, address = _asker(hop.strip())
            except ValueError:
                break
            if not any(found in network for network in self._proxies):
                break
        return address


@lru_cache(maxsize=1024)
def _asker(text: str) -> tuple[IPv4Address | IPv6Address, str]:
    """Return the IP address in a text, and the name under which its questions count. Raises `ValueError`."""
    found = ip_address(text)
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return found, str(found) if isinstance(found, IPv4Address) else str(int(found) >> _HOST_BITS)
