"""The one outbound module: every row of `threats.md` 2.2 that can exist, against real TLS servers on loopback."""

import json
import logging
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from registry.adapters.fetching import CERTIFICATE, DID_DOCUMENT, Wanted
from registry.adapters.refusals import FetchError
from tests.integration.remote import HERE, HOST, JSON, Network, Remote, Reply, answer, made_for, raw, serving
from verifier.dids import did_web_url
from verifier.messages import findings

PUBLIC = "93.184.216.34"
BEGIN = f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\n"
LARGEST = DID_DOCUMENT.sizes[JSON]
Far = Callable[[Reply], Remote]


class Clock:
    """Seconds that pass only when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture
def far(tls: Path) -> Iterator[Far]:
    """Start servers with a good certificate for the usual name."""
    opened = []

    def start(reply: Reply) -> Remote:
        opened.append(serving(made_for(HOST, tls / "good"), reply))
        return opened[-1].__enter__()

    yield start
    for one in opened:
        one.__exit__(None, None, None)


@contextmanager
def refused(code: str) -> Iterator[None]:
    """A refusal with this code, in a sentence that is the same wherever it is said."""
    with pytest.raises(FetchError) as told:
        yield
    assert told.value.code == code
    assert str(told.value).endswith(findings()[code]["en"])
    assert told.value.is_refusal == (code in {"fetch_denied", "unsupported"})


# --- what may be asked --------------------------------------------------------------------------------------------

DIDS = ["did:web:127.0.0.1%3A6379", "did:web:localhost", "did:web:[::1]", "did:web:[::ffff:127.0.0.1]%3a443"]


@pytest.mark.parametrize("did", DIDS)
def test_threat_F01_no_machine_is_asked_by_a_number_or_as_this_one(did: str) -> None:
    network = Network()
    with refused("fetch_denied"):
        network.fetcher(any_host=True).fetch(did_web_url(did), DID_DOCUMENT)
    assert (network.asked, network.opened) == ([], [])


PRIVATE = [
    "10.0.0.1", "172.16.0.1", "192.168.1.1", "127.0.0.1", "100.64.0.1", "100.127.255.255", "169.254.169.254",
    "0.0.0.0", "192.0.0.1", "198.18.0.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",  # noqa: S104
    "::", "::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2001:db8::1", "2001:0:1::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::808:808",
    "2002:7f00:1::1", "2002:a00:1::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_threat_F02_a_name_that_leads_to_a_place_that_is_not_public_is_not_connected(address: str) -> None:
    for found in ([address], [PUBLIC, address], [address, PUBLIC]):
        network = Network({HOST: [found]})
        with refused("fetch_denied"):
            network.fetcher(any_host=True).fetch(f"https://{HOST}/did.json", DID_DOCUMENT)
        assert (network.asked, network.opened) == ([HOST], [])


class NowhereError(OSError):
    """Every public address of these tests: nothing is sent."""


@pytest.mark.parametrize(
    "address",
    [PUBLIC, "99.255.255.255", "100.128.0.1", "172.32.0.1", "2606:2800:21f::1", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_threat_F02_the_public_side_of_each_boundary_is_connected(address: str) -> None:
    network, opened = Network({HOST: [[address]]}), []

    def connect(place: tuple[str, int], timeout: float) -> ssl.SSLSocket:
        opened.append((place, timeout <= 2))
        raise NowhereError

    network.connect = connect  # type: ignore[method-assign]
    with refused("fetch_failed"):
        network.fetcher(any_host=True).fetch(f"https://{HOST}/did.json", DID_DOCUMENT)
    assert opened == [((address, 443), True)]


def test_threat_F03_the_address_that_was_judged_is_the_one_that_is_connected(far: Far) -> None:
    remote = far(answer(b'{"id": 1}'))
    network = Network({HOST: [HERE, ["10.0.0.1"]]})
    assert remote.fetcher(network).fetch(remote.url(), DID_DOCUMENT) == b'{"id": 1}'
    assert (network.asked, network.opened) == ([HOST], [("127.0.0.1", remote.port)])
    (request,) = remote.requests
    assert request.split(b"\r\n")[:2] == [b"GET /did.json HTTP/1.1", f"Host: {HOST}:{remote.port}".encode()]
    assert b"Cookie" not in request
    assert b"Authorization" not in request


def test_the_next_address_is_tried_where_one_does_not_answer(far: Far) -> None:
    remote = far(answer())
    network = Network({HOST: [["127.0.0.9", "127.0.0.1"]]})
    assert remote.fetcher(network).fetch(remote.url(), DID_DOCUMENT) == b"{}"
    assert [place for place, _ in network.opened] == ["127.0.0.9", "127.0.0.1"]


def test_no_proxy_of_the_environment_is_used(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    remote = far(answer())
    assert remote.fetcher().fetch(remote.url(), DID_DOCUMENT) == b"{}"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
@pytest.mark.parametrize("place", ["https://10.0.0.1/", "http://far.example.org/", "/again"])
def test_threat_F04_no_redirect_is_followed(far: Far, status: str, place: str) -> None:
    remote, network = far(answer(status=status, more=f"Location: {place}\r\n")), Network({HOST: [HERE]})
    with refused("fetch_denied"):
        remote.fetcher(network).fetch(remote.url(), DID_DOCUMENT)
    assert (network.asked, len(network.opened), len(remote.requests)) == ([HOST], 1, 1)


@pytest.mark.parametrize("port", ["22", "80", "442", "444", "8443", "65535"])
def test_threat_F05_another_port_is_refused_before_the_name_is_resolved(port: str) -> None:
    network = Network({HOST: [[PUBLIC]]})
    with refused("unsupported"):
        network.fetcher(any_host=True).fetch(did_web_url(f"did:web:{HOST}%3A{port}"), DID_DOCUMENT)
    assert (network.asked, network.opened) == ([], [])


ODD_HOSTS = [
    "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1", "127.1", "127.0.0.1", "[::1]", "[::ffff:7f00:1]",
    "far.example.0x7f",
    "far.example.1", "far.example.org.", ".far.example.org", "far..example.org", "-far.example.org", "far-.example.org",
    "fär.example.org", "fаr.example.org", "far。example。org", "xn--fr-via.example.org",
    "far.example.or\u212a", "far.e\u017fample.org", "far%2eexample.org", "far_.example.org",
    "user@far.example.org", "user:pass@far.example.org", "far.example.org@10.0.0.1", "far.example.org\\@10.0.0.1",
    "localhost", "intranet", f"{'a' * 64}.example.org", f"{'a.' * 127}org", "", " far.example.org", "far.example.org\t",
]  # fmt: skip


@pytest.mark.parametrize("host", ODD_HOSTS)
def test_threat_F06_an_odd_spelling_of_a_host_is_refused_before_it_is_resolved(host: str) -> None:
    network = Network({host: [[PUBLIC]], HOST: [[PUBLIC]]})
    with refused("fetch_denied"):
        network.fetcher(any_host=True).fetch(f"https://{host}/did.json", DID_DOCUMENT)
    assert (network.asked, network.opened) == ([], [])


def test_threat_F06_a_name_in_punycode_is_asked_only_by_who_spells_it_out() -> None:
    host, network = "xn--fiq228c.example.org", Network()
    with refused("fetch_failed"):
        network.fetcher().fetch(f"https://{host}/", DID_DOCUMENT, hosts={host})
    assert network.asked == [host]


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://far.example.org/a", "gopher://far.example.org/", "data:application/json,{}",
        "jar:https://far.example.org/a!/b", "http://far.example.org/", "//far.example.org/", "far.example.org", "",
        "http\u017f://far.example.org/", "https:far.example.org", "https:/far.example.org",
        "https://far.example.org/a b", "https://far.example.org/\r\nX: y",
        "https://far.example.org/#a", "https://far.example.org?a", "https://far.example.org:/",
        "https://far.example.org:4a/", "https://far.example.org/é", "https://far.example.org/\x00",
    ],
)  # fmt: skip
def test_threat_F13_only_a_plain_https_address_is_fetched(url: str) -> None:
    network = Network({HOST: [[PUBLIC]]})
    with refused("fetch_denied"):
        network.fetcher(any_host=True).fetch(url, DID_DOCUMENT, hosts={HOST})
    assert (network.asked, network.opened) == ([], [])


@pytest.mark.parametrize(
    ("any_host", "hosts", "asked"),
    [(False, (), []), (False, {"other.example.org"}, []), (False, {HOST}, [HOST]), (True, (), [HOST])],
    ids=["nobody named it", "another is named", "it is named", "any may be asked"],
)
def test_threat_F14_a_host_is_asked_only_if_somebody_trusts_it(
    any_host: bool, hosts: tuple[str, ...], asked: list[str]
) -> None:
    network = Network()
    with refused("fetch_failed" if asked else "fetch_denied"):
        network.fetcher(any_host=any_host).fetch(f"https://{HOST}/schema.json", DID_DOCUMENT, hosts=hosts)
    assert network.asked == asked


def test_without_the_development_switch_this_machine_is_never_asked(far: Far) -> None:
    remote, network = far(answer()), Network({HOST: [HERE]})
    for url in (remote.url(), f"https://{HOST}/", "https://localhost/"):
        with refused("unsupported" if str(remote.port) in url else "fetch_denied"):
            network.fetcher(any_host=True).fetch(url, DID_DOCUMENT, hosts={"localhost"})
    assert (network.opened, remote.requests) == ([], [])


# --- what may come back -------------------------------------------------------------------------------------------


def test_threat_F07_a_body_that_drips_ends_with_the_deadline(far: Far) -> None:
    """A second passes at each look at the clock: each wait is short, and all of them together are not."""

    def drip(connection: ssl.SSLSocket) -> None:
        connection.sendall(f"{BEGIN}Content-Length: 60000\r\n\r\n".encode())
        for _ in range(60000):
            connection.sendall(b" ")

    remote, seconds = far(drip), count()
    with refused("fetch_failed"):
        remote.fetcher(clock=lambda: float(next(seconds)), seconds=30).fetch(remote.url(), DID_DOCUMENT)
    assert len(remote.requests) == 1
    assert next(seconds) < 40


def test_threat_F07_a_head_that_drips_ends_with_the_deadline(far: Far) -> None:
    def drip(connection: ssl.SSLSocket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            connection.sendall(b"y")

    remote, seconds = far(drip), count()
    with refused("fetch_failed"):
        remote.fetcher(clock=lambda: float(next(seconds)), seconds=30).fetch(remote.url(), DID_DOCUMENT)
    assert next(seconds) < 40


@pytest.mark.parametrize("stage", ["name", "answer"])
def test_threat_F07_who_waits_is_answered_also_when_nothing_comes(far: Far, stage: str) -> None:
    over, network = threading.Event(), Network({HOST: [HERE]})
    remote = far(lambda connection: over.wait(30))
    if stage == "name":
        network.resolve = lambda host, port: HERE * over.wait(30)  # type: ignore[method-assign]
    with refused("fetch_failed"):
        remote.fetcher(network, seconds=0.2).fetch(remote.url(), DID_DOCUMENT)
    over.set()


def chunked(size: int) -> Reply:
    """A body of `size` bytes whose length is not said beforehand."""

    def send(connection: ssl.SSLSocket) -> None:
        connection.sendall(f"{BEGIN}Transfer-Encoding: chunked\r\n\r\n".encode())
        for begin in range(0, size, 1024):
            length = min(1024, size - begin)
            connection.sendall(f"{length:x}\r\n".encode() + b" " * length + b"\r\n")
        connection.sendall(b"0\r\n\r\n")

    return send


def until_closed(size: int) -> Reply:
    return raw(f"HTTP/1.0 200 OK\r\nContent-Type: {JSON}\r\n\r\n".encode() + b" " * size)


@pytest.mark.parametrize("shape", [chunked, until_closed, lambda size: answer(b" " * size)])
def test_threat_F08_a_body_stops_at_the_cap(far: Far, shape: Callable[[int], Reply]) -> None:
    remote = far(shape(LARGEST))
    assert remote.fetcher().fetch(remote.url(), DID_DOCUMENT) == b" " * LARGEST
    for larger in (LARGEST + 1, 64 * LARGEST):
        remote = far(shape(larger))
        with refused("too_large"):
            remote.fetcher().fetch(remote.url(), DID_DOCUMENT)


def test_threat_F08_ten_gigabytes_are_refused_by_the_head_alone(far: Far) -> None:
    remote = far(raw(f"{BEGIN}Content-Length: 10000000000\r\n\r\n".encode()))
    with refused("too_large"):
        remote.fetcher().fetch(remote.url(), DID_DOCUMENT)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (answer(media_type="text/html"), "unsupported"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"), "unsupported"),
        (answer(media_type="application/json; charset=utf-8"), ""),
        (answer(media_type="APPLICATION/DID+JSON"), ""),
        (answer(more="Content-Encoding: gzip\r\n"), "unsupported"),
        (answer(more="Content-Encoding: identity\r\n"), ""),
        (answer(more="Content-Encoding: identity, gzip\r\n"), "unsupported"),
        (raw(f"{BEGIN}Content-Length: 3\r\n\r\n{{}}".encode()), "fetch_failed"),
        (raw(b"SSH-2.0-OpenSSH\r\n"), "fetch_failed"),
        (raw(b""), "fetch_failed"),
        (raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"), "fetch_failed"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/vc\r\n\r\n{}"), "unsupported"),
        (raw(f"{BEGIN}Transfer-Encoding: chunked\r\n\r\nzz\r\n".encode()), "fetch_failed"),
    ],
    ids=["html", "no type", "charset", "upper case", "gzip", "identity", "two encodings", "cut off", "other protocol",
         "nothing", "endless head", "type not asked for", "bad chunk"],
)  # fmt: skip
def test_threat_F08_an_answer_is_taken_only_in_the_form_that_was_asked_for(far: Far, reply: Reply, code: str) -> None:
    remote = far(reply)
    if code:
        with refused(code):
            remote.fetcher().fetch(remote.url(), DID_DOCUMENT)
    else:
        assert remote.fetcher().fetch(remote.url(), DID_DOCUMENT) == b"{}"


@pytest.mark.parametrize("fault", ["expired", "wrong name", "self-signed", "cut off"])
def test_threat_F09_a_server_that_does_not_prove_its_name_is_not_read(far: Far, tls: Path, fault: str) -> None:
    good = far(answer())
    files = {
        "expired": lambda: made_for(HOST, tls / "expired", days_ago=60),
        "wrong name": lambda: made_for("near.example.org", tls / "wrong"),
        "self-signed": lambda: made_for(HOST, tls / "other"),
        "cut off": lambda: made_for(HOST, tls / "good"),
    }[fault]()

    def cut(connection: ssl.SSLSocket) -> None:
        connection.sendall(f"HTTP/1.0 200 OK\r\nContent-Type: {JSON}\r\n\r\n{{".encode())
        connection.shutdown(2)

    with serving(files, cut if fault == "cut off" else answer()) as remote:
        if fault != "self-signed":
            good.authority = remote.authority
        with refused("tls"):
            good.fetcher().fetch(remote.url(), DID_DOCUMENT)
        assert len(remote.requests) == (fault == "cut off")


def test_threat_F11_two_hundred_who_ask_at_once_are_one_fetch(far: Far) -> None:
    together, remote, network = threading.Barrier(200), far(answer(b'{"id": 1}')), Network({HOST: [HERE]})
    fetcher, found = remote.fetcher(network, seconds=60), []

    def ask() -> None:
        together.wait(timeout=60)
        found.append(fetcher.fetch(remote.url(), DID_DOCUMENT))

    threads = [threading.Thread(target=ask) for _ in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert (len(found), set(found)) == (200, {b'{"id": 1}'})
    assert (len(remote.requests), len(network.opened), network.asked) == (1, 1, [HOST])


def test_of_one_host_four_are_fetched_at_once_and_no_more(far: Far) -> None:
    four, running, most = threading.Barrier(4), [], []

    def reply(connection: ssl.SSLSocket) -> None:
        running.append(1)
        most.append(len(running))
        four.wait(timeout=60)
        running.pop()
        answer()(connection)

    remote = far(reply)
    fetcher, found = remote.fetcher(seconds=60), []
    threads = [
        threading.Thread(target=lambda path=path: found.append(fetcher.fetch(remote.url(f"/{path}"), DID_DOCUMENT)))
        for path in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert (len(found), max(most)) == (12, 4)


def test_who_gets_no_turn_in_time_is_told_and_asks_nothing() -> None:
    over, network = threading.Event(), Network()

    def resolve(host: str, port: int) -> list[str]:
        network.asked.append(host)
        return HERE * over.wait(30)

    network.resolve = resolve  # type: ignore[method-assign]
    fetcher = network.fetcher(any_host=True, seconds=0.05)
    for path in range(6):
        with refused("fetch_failed"):
            fetcher.fetch(f"https://{HOST}/{path}", DID_DOCUMENT)
    assert network.asked == [HOST] * 4
    over.set()


# --- what is kept -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["500 Oops", "404 Not Found", "204 No Content", "206 Partial", "NXDOMAIN"])
def test_threat_F12_a_failure_is_kept_for_thirty_seconds(far: Far, fault: str) -> None:
    remote, clock = far(answer(status=fault)), Clock()
    network = Network({} if fault == "NXDOMAIN" else {HOST: [HERE]})
    fetcher = remote.fetcher(network, clock=clock)
    for passed, asked in ((0, 1), (29.9, 1), (0.1, 2)):
        clock.now += passed
        with refused("fetch_failed"):
            fetcher.fetch(remote.url(), DID_DOCUMENT)
        assert len(network.asked) == asked


@pytest.mark.parametrize(
    ("said", "kept"),
    [("", 60), ("no-store", 60), ("max-age=1", 60), ("max-age=61", 61), ("public, Max-Age=300", 300),
     ("s-max-age=900", 60), ("max-age=86400", 86400), ("max-age=86401", 86400), ("max-age=999999999", 86400),
     ("max-age=9999999999", 60), ("max-age=-1", 60), ("max-age=x", 60)],
)  # fmt: skip
def test_an_answer_is_kept_as_long_as_its_server_says_within_a_minute_and_a_day(far: Far, said: str, kept: int) -> None:
    remote, clock = far(answer(more=f"Cache-Control: {said}\r\n")), Clock()
    fetcher = remote.fetcher(clock=clock)
    for passed, asked in ((0, 1), (kept - 0.1, 1), (0.1, 2)):
        clock.now += passed
        assert fetcher.fetch(remote.url(), DID_DOCUMENT) == b"{}"
        assert len(remote.requests) == asked


def test_what_is_kept_is_no_way_around_who_may_ask(far: Far) -> None:
    remote, network = far(answer()), Network({HOST: [HERE]})
    fetcher = network.fetcher(authority=remote.authority)
    assert fetcher.fetch(remote.url(), DID_DOCUMENT, hosts={HOST}) == b"{}"
    with refused("fetch_denied"):
        fetcher.fetch(remote.url(), DID_DOCUMENT)


def test_another_question_about_the_same_address_is_another_fetch(far: Far) -> None:
    remote = far(answer(b" " * 10, media_type="application/vc"))
    fetcher = remote.fetcher()
    with refused("unsupported"):
        fetcher.fetch(remote.url(), DID_DOCUMENT)
    with refused("too_large"):
        fetcher.fetch(remote.url(), Wanted(dict.fromkeys(CERTIFICATE.sizes, 9)))
    assert fetcher.fetch(remote.url(), CERTIFICATE) == b" " * 10
    assert len(remote.requests) == 3


def test_only_so_many_answers_are_kept(far: Far) -> None:
    remote = far(answer())
    fetcher = remote.fetcher(seconds=60)
    for path in range(65):
        fetcher.fetch(remote.url(f"/{path}"), DID_DOCUMENT)
    for path, requests in ((1, 65), (64, 65), (0, 66)):
        fetcher.fetch(remote.url(f"/{path}"), DID_DOCUMENT)
        assert len(remote.requests) == requests


def test_no_more_are_fetched_at_once_than_are_kept() -> None:
    over, network = threading.Event(), Network()
    network.resolve = lambda host, port: HERE * over.wait(30)  # type: ignore[method-assign]
    fetcher = network.fetcher(any_host=True, seconds=0.001)
    for number in range(65):
        with refused("fetch_failed"):
            fetcher.fetch(f"https://h{number}.example.org/", DID_DOCUMENT)
    assert len(fetcher._flights) == 64
    over.set()


def test_the_log_names_the_host_and_nothing_else(far: Far, caplog: pytest.LogCaptureFixture) -> None:
    remote = far(answer(b'{"name": "Lin Zhiyuan"}'))
    with caplog.at_level(logging.INFO, "cse.fetching"):
        remote.fetcher().fetch(remote.url("/credentials/7q2mx4t9k0rb3wzd8hvn?name=Lin"), DID_DOCUMENT)
        with refused("fetch_denied"):
            Network({HOST: [["10.0.0.1"]]}).fetcher(any_host=True).fetch(f"https://{HOST}/Lin", DID_DOCUMENT)
    assert [record.getMessage() for record in caplog.records] == [
        f"fetched host={HOST} refusal=none",
        f"fetched host={HOST} refusal=fetch_denied",
    ]


def test_a_refusal_repeats_nothing_of_what_came(far: Far) -> None:
    remote = far(answer(json.dumps({"secret": "x"}).encode(), status="500 secret"))
    with pytest.raises(FetchError) as told:
        remote.fetcher().fetch(remote.url("/secret"), DID_DOCUMENT)
    assert "secret" not in str(told.value)
