"""What a hostile client sends: graphs that cost much, texts that swell, requests that never end."""

import gzip
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from issuer.proofs import document_bytes
from tests.support.graphs import chain, clique, unnamed

VERIFY = "/api/v1/verify"
CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
JSON_LD = "application/vc"
Body = tuple[str, bytes, dict[str, str]]
"""Name, bytes, headers of a request."""


def foreign(subject: Any) -> bytes:
    """Return a foreign credential over `subject`, which no guard refuses before its graph is looked at."""
    return json.dumps(
        {
            "@context": [CREDENTIALS],
            "type": ["VerifiableCredential"],
            "issuer": "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
            "credentialSubject": subject,
        }
    ).encode()


def wide(size: int) -> bytes:
    """Return one node with many statements."""
    return foreign({"id": "urn:x", "name": [f"n{index}" for index in range(size)]})


def alike(count: int) -> bytes:
    """Return rings of blank nodes that look alike in twos, so that every order of them is tried."""
    return document_bytes(unnamed({one: [(one + step) % count for step in (1, 2, 3)] for one in range(count)}))


def swollen(certificate: bytes, size: int) -> bytes:
    """Return a certificate of ours with many more terms: it claims our contexts and breaks our schema."""
    document = json.loads(certificate)
    document["evidence"] = [dict(document["evidence"][0], id=f"urn:x:{index}") for index in range(size)]
    return json.dumps(document).encode()


def bodies(certificate: bytes) -> list[Body]:
    """Return one of each kind; the largest fill the limit of 256 KiB."""
    vc = {"Content-Type": JSON_LD}
    bomb = gzip.compress(bytes(64 << 20))[: 256 << 10]
    return [
        *((f"clique of {size}", document_bytes(clique(size)), vc) for size in (4, 8, 32)),
        ("ring of 4", alike(4), vc),
        ("chain of 32", document_bytes(chain(32)), vc),
        ("1,900 statements", wide(1_900), vc),
        ("4,900 statements", wide(4_900), vc),
        ("own, swollen", swollen(certificate, 200), vc),
        (
            "contexts over and over",
            foreign({}).replace(b'["http', b'["https://w3id.org/security/multikey/v1", "http'),
            vc,
        ),
        ("200 contexts", json.dumps({"@context": [CREDENTIALS] * 200, "type": ["VerifiableCredential"]}).encode(), vc),
        ("deep", b'{"a":' + b"[" * 100_000, vc),
        ("half a mebibyte", b" " * (1 << 19), vc),
        ("gzip", bomb, vc | {"Content-Encoding": "gzip"}),
        ("one long text", foreign({"id": "urn:x", "name": "x" * 65_000}), vc),
        ("two hundred thousand brackets", b"[" + b"[]," * 80_000 + b"[]]", vc),
    ]


class Attack:
    """Attacks from `places` connections at once, and holds `slow` more that never end."""

    def __init__(self, port: int, certificate: bytes) -> None:
        """Attack the server at `port` of 127.0.0.1."""
        self._port = port
        self._bodies = bodies(certificate)
        self._stop = threading.Event()
        self.answers: Counter[str] = Counter()

    def run(self, places: int, slow: int) -> None:
        """Attack until standard input ends; then wait until nothing is under way."""
        work = [self._flood] * places + [self._drip] * slow
        threads = [threading.Thread(target=act, daemon=True) for act in work]
        for thread in threads:
            thread.start()
        sys.stdin.read()
        self._stop.set()
        for thread in threads:
            thread.join(timeout=40)

    def _flood(self) -> None:
        order = random.Random(threading.get_ident())  # which poison comes next is no secret
        while not self._stop.is_set():
            name, content, headers = order.choice(self._bodies)
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=40)
            try:
                connection.request("POST", VERIFY, content, headers)
                self.answers[f"{name}: {connection.getresponse().status}"] += 1
            except OSError as error:
                self.answers[f"{name}: {type(error).__name__}"] += 1
            finally:
                connection.close()

    def _drip(self) -> None:
        """Send a byte each second, of a header or of a body, until the server hangs up; then begin again."""
        head = f"POST {VERIFY} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {JSON_LD}\r\nContent-Length: 9999\r\n"
        while not self._stop.is_set():
            try:
                with socket.create_connection(("127.0.0.1", self._port), timeout=5) as opened:
                    opened.sendall(head.encode() + random.choice((b"\r\n", b"")))
                    while not self._stop.wait(1):
                        opened.sendall(b"x")
            except OSError:
                self.answers["slow: hung up on"] += 1
            time.sleep(0.1)


class Hostile:
    """The hostile client as a process of its own. It steps back for all others: it stands for another machine."""

    def __init__(self, port: int, certificate: Path, *, places: int, slow: int) -> None:
        """Attack the server at `port` of 127.0.0.1, with `certificate` as a sample."""
        self._arguments = [str(port), str(certificate), str(places), str(slow)]
        self.answers: dict[str, int] = {}

    def __enter__(self) -> "Hostile":
        """Begin."""
        command = [sys.executable, "-m", "tests.drills.poison", *self._arguments]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and take the answers."""
        out, _err = self._process.communicate(timeout=120)
        self.answers = json.loads(out)


def main(port: str, certificate: str, places: str, slow: str) -> None:
    """Attack until standard input ends, then print what was answered how often."""
    os.nice(19)
    attack = Attack(int(port), Path(certificate).read_bytes())
    attack.run(int(places), int(slow))
    print(json.dumps(attack.answers))


if __name__ == "__main__":
    main(*sys.argv[1:])
