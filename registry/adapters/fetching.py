"""The one way out: a public file by https, from a host that the caller names (`threats.md` 4).

No other module opens a connection to another machine. Nothing is followed, kept or sent that the caller did not ask
for: no redirect, cookie, proxy or name of a user. In order: 1 the address is spelled plainly, and this caller may ask
its host; 2 equal questions are one fetch, and its answer is kept for a while; 3 at most four at a time of one host;
4 the name is resolved once, and every address of it must be public; 5 one of exactly these is connected, and proves
the name by TLS; 6 the head is judged, then the body is read, within a number of bytes. All of it has five seconds.
"""

import ipaddress
import logging
import re
import socket  # noqa: TID251 (the one fetch module)
import ssl
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache, partial
from http.client import HTTPException, HTTPResponse  # noqa: TID251 (the one fetch module)
from io import BufferedReader, RawIOBase
from pathlib import Path
from threading import Lock, Semaphore, Thread
from typing import Any
from weakref import WeakValueDictionary

from registry.adapters.refusals import FetchError
from schemas import strict_json
from schemas.refusals import translated
from verifier.formats import BYTES, MEDIA_TYPES, Kind

_LOG = logging.getLogger("cse.fetching")
_URL = re.compile(r"https://(?P<host>[a-z0-9.-]{1,253})(?::(?P<port>[0-9]{1,5}))?(?P<path>/[!-\"$-~]*)?", re.I | re.A)
# A name with a dot whose last label begins with a letter: no IP address in any spelling, no name of this machine.
_NAME = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age=([0-9]{1,9})(?![0-9])", re.IGNORECASE)
_PORT = 443
_CONNECT_SECONDS = 2.0
_LEAST_KEPT, _MOST_KEPT, _FAILURE_KEPT = 60, 24 * 60 * 60, 30
_PER_HOST, _ADDRESSES, _ANSWERS = 4, 4, 64
_GLOBAL_UNICAST, _NAT64 = ipaddress.IPv6Network("2000::/3"), ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """What a fetch may bring: the media types, each with its most bytes."""

    sizes: Mapping[str, int]


_JSON = ("application/json", "application/ld+json")
_DIDS = ("application/did", "application/did+json", "application/did+ld+json")
DID_DOCUMENT = Wanted(dict.fromkeys([*_JSON, *_DIDS], 64 * 1024))
STATUS_LIST = Wanted(dict.fromkeys([*_JSON, "application/vc"], strict_json.STATUS_LIST.size))
CERTIFICATE = Wanted({name: BYTES[kind] for name, kind in MEDIA_TYPES.items() if kind is not Kind.TEXT})


@dataclass(frozen=True, slots=True)
class _Target:
    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class _Answer:
    content: bytes | None
    code: str
    until: float


_Left = Callable[[], float]
"""Returns the seconds that are left, or raises `TimeoutError`."""


def addresses_of(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of a name. Raises `OSError`."""
    return [str(place[0]) for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def host_of(url: str) -> str:
    """Return the host of a plainly spelled https address, in lower case, or an empty text."""
    found = _URL.fullmatch(url)
    return found["host"].lower() if found is not None else ""


@cache
def _context(authority: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if authority is not None:
        context.load_verify_locations(authority)
    return context


@dataclass(kw_only=True, eq=False)
class Fetcher:
    """Fetches, and keeps what it fetched for a while; one for the whole process.

    `any_host` is the switch for foreign DIDs: without it only the hosts that a caller names are asked.
    `authority` is the development switch: with it (a file of CA certificates, trusted besides) this machine may be
    asked, at any port. `resolve` and `connect` are the system's; `clock` counts seconds, a fetch has `seconds` of them.
    """

    any_host: bool = False
    authority: Path | None = None
    resolve: Callable[[str, int], list[str]] = addresses_of
    connect: Callable[[tuple[str, int], float], socket.socket] = socket.create_connection
    clock: Callable[[], float] = time.monotonic
    seconds: float = 5.0

    def __post_init__(self) -> None:
        """Begin with nothing fetched. Raises `OSError` for a bad `authority`."""
        self._is_development = self.authority is not None
        self._tls = _context(self.authority)
        self._lock = Lock()
        self._flights: dict[tuple[_Target, Wanted], Future[_Answer]] = {}
        # A gate lives as long as a fetch of its host.
        self._gates: WeakValueDictionary[str, Semaphore] = WeakValueDictionary()

    def fetch(self, url: str, wanted: Wanted, *, hosts: Collection[str] = ()) -> bytes:
        """Return the file at `url`, whose host is one of `hosts` (lower case). Raises `FetchError`."""
        target = self._target(url, hosts)
        with translated(TimeoutError, to=FetchError("fetch_failed", target.host)):
            answer = self._flight(target, wanted).result(timeout=self.seconds)
        if answer.content is None:
            raise FetchError(answer.code, target.host)
        return answer.content

    def _target(self, url: str, hosts: Collection[str]) -> _Target:
        found, host = _URL.fullmatch(url), host_of(url)
        is_here = self._is_development and host == "localhost"
        if found is None or not (is_here or _NAME.fullmatch(host)):
            raise FetchError("fetch_denied", "this address")
        # A name that may look like another is asked only by who spelled it out.
        if host not in hosts and not (self.any_host and "xn--" not in host):
            raise FetchError("fetch_denied", host)
        port = int(found["port"] or _PORT)
        if port != _PORT and not self._is_development:
            raise FetchError("unsupported", host)
        return _Target(host, port, found["path"] or "/")

    def _flight(self, target: _Target, wanted: Wanted) -> Future[_Answer]:
        """Return the fetch that runs or whose answer is kept, or begin one."""
        key, now = (target, wanted), self.clock()
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None and not (flight.done() and flight.result().until <= now):
                return flight
            self._flights.pop(key, None)
            if len(self._flights) >= _ANSWERS:
                oldest = next((other for other, one in self._flights.items() if one.done()), None)
                if oldest is None:
                    raise FetchError("fetch_failed", target.host)
                del self._flights[oldest]
            flight = self._flights[key] = Future()
            gate = self._gates.setdefault(target.host, Semaphore(_PER_HOST))
        Thread(target=self._fly, args=(flight, gate, target, wanted), daemon=True).start()
        return flight

    def _fly(self, flight: Future[_Answer], gate: Semaphore, target: _Target, wanted: Wanted) -> None:
        """Fetch in a thread of its own, so that whoever waits has an answer in time even if the resolver hangs."""
        content, code, kept = None, "fetch_failed", _FAILURE_KEPT
        try:
            content, kept = self._in_turn(gate, target, wanted)
        except FetchError as error:
            code = error.code
        except ssl.SSLError:
            code = "tls"
        except (OSError, HTTPException):
            code = "fetch_failed"
        finally:
            _LOG.info("fetched host=%s refusal=%s", target.host, "none" if content is not None else code)
            flight.set_result(_Answer(content, code, self.clock() + kept))

    def _in_turn(self, gate: Semaphore, target: _Target, wanted: Wanted) -> tuple[bytes, int]:
        left = partial(self._left, self.clock() + self.seconds)
        if not gate.acquire(timeout=left()):
            raise TimeoutError
        try:
            return self._get(target, wanted, left)
        finally:
            gate.release()

    def _left(self, ends: float) -> float:
        seconds = ends - self.clock()
        if seconds <= 0:
            raise TimeoutError
        return seconds

    def _get(self, target: _Target, wanted: Wanted, left: _Left) -> tuple[bytes, int]:
        addresses = self.resolve(target.host, target.port)
        if not all(self._may_connect(address) for address in addresses):
            raise FetchError("fetch_denied", target.host)
        with self._connected(addresses, target.port, left) as plain:
            plain.settimeout(left())
            with self._tls.wrap_socket(plain, server_hostname=target.host, suppress_ragged_eofs=False) as connection:
                connection.settimeout(left())
                connection.sendall(_request(target, wanted))
                # Of a socket, this reader only asks for `makefile`.
                response = HTTPResponse(_Stream(connection, left))  # type: ignore[arg-type]
                response.begin()
                return _body(response, wanted, target.host), _seconds_kept(response)

    def _may_connect(self, text: str) -> bool:
        address = ipaddress.ip_address(text)
        if self._is_development and address.is_loopback:
            return True
        if isinstance(address, ipaddress.IPv6Address):
            inner = ipaddress.IPv4Address(address.packed[-4:]) if address in _NAT64 else None
            address = inner or address.ipv4_mapped or address.sixtofour or address
        is_usual = address.version == 4 or address in _GLOBAL_UNICAST
        return is_usual and address.is_global and not address.is_multicast

    def _connected(self, addresses: list[str], port: int, left: _Left) -> socket.socket:
        failure = OSError("no address")
        for address in addresses[:_ADDRESSES]:
            try:
                return self.connect((address, port), min(_CONNECT_SECONDS, left()))
            except OSError as error:
                failure = error
        raise failure


class _Stream(RawIOBase):
    """What a server sends; no wait for it is longer than the time that is left, however little comes at a time."""

    def __init__(self, connection: ssl.SSLSocket, left: _Left) -> None:
        self._connection, self._left = connection, left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(self._left())
        return self._connection.recv_into(buffer)

    def makefile(self, _mode: str) -> BufferedReader:
        return BufferedReader(self)


def _request(target: _Target, wanted: Wanted) -> bytes:
    host = target.host if target.port == _PORT else f"{target.host}:{target.port}"
    accepted = f"Accept: {', '.join(sorted(wanted.sizes))}\r\nAccept-Encoding: identity"
    return f"GET {target.path} HTTP/1.1\r\nHost: {host}\r\n{accepted}\r\nConnection: close\r\n\r\n".encode("ascii")


def _body(response: HTTPResponse, wanted: Wanted, host: str) -> bytes:
    """Judge the head of an answer, then read its body; a byte too many, or too few, and there is none."""
    if response.status != 200:
        raise FetchError("fetch_denied" if 300 <= response.status < 400 else "fetch_failed", host)
    is_encoded = response.headers.get("Content-Encoding", "identity").strip().lower() != "identity"
    largest = wanted.sizes.get(response.headers.get_content_type())
    if is_encoded or largest is None:
        raise FetchError("unsupported", host)
    if (response.length or 0) > largest:
        raise FetchError("too_large", host)
    content = response.read(largest + 1)
    if response.length:
        raise FetchError("fetch_failed", host)
    if len(content) > largest:
        raise FetchError("too_large", host)
    return content


def _seconds_kept(response: HTTPResponse) -> int:
    found = _MAX_AGE.search(response.headers.get("Cache-Control", ""))
    return min(max(int(found[1]) if found is not None else 0, _LEAST_KEPT), _MOST_KEPT)
