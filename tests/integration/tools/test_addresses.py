"""What is asked before minutes go into a register: whose address, and whether the port is free."""

import socket
import subprocess
from pathlib import Path

import pytest

from tools import lan_address

PROJECT = Path(__file__).resolve().parents[3]


def try_port(port: int, *address: str) -> subprocess.CompletedProcess[str]:
    command = ["bash", "tools/free-port.sh", *address]
    environment = {"CSE_BASE_URL": f"http://localhost:{port}", "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("address", "way_out"),
    [
        ((), "CSE_BASE_URL=http://localhost:{0} CSE_DATA_DIR=var/demo-{0} make run"),
        (("127.0.0.1",), "make run LAN=127.0.0.1 LAN_PORT={1}"),
    ],
)
def test_a_taken_port_is_told_with_the_line_that_works(address: tuple[str, ...], way_out: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert try_port(port, *address).returncode == 0, "nobody listens"
        taken.listen()
        said = try_port(port, *address)
    assert (said.returncode, said.stderr.splitlines()[1].strip()) == (3, way_out.format(port + 11, port + 1))


def test_make_run_asks_before_it_builds() -> None:
    said = subprocess.run(["make", "-n", "run"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert -1 < said.index("free-port.sh") < said.index("cse demo")


@pytest.mark.parametrize("address", ["300.1.1.1", "192.0.2.7", "a..b", "127.0.0.1"])
def test_a_named_address_is_one_of_this_machine_in_a_network(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert lan_address.main([address]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err.startswith(f"{address} is no address of this machine")) == ("", True)


def test_the_address_that_is_found_may_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    if lan_address.main([]) == 0:
        found = capsys.readouterr().out.strip()
        assert (lan_address.main([found]), capsys.readouterr().out.strip()) == (0, found)
    else:
        assert "no network" in capsys.readouterr().err
