"""Print the address under which other devices of the network reach this machine."""

from __future__ import annotations

import ipaddress
import socket
import sys

_ANYWHERE = ("192.0.2.1", 9)
"""A documentation address: connecting a datagram socket sends nothing, it only picks the way out."""


def main() -> int:
    """Print the address; return 1 if this machine is in no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way_out:
        try:
            way_out.connect(_ANYWHERE)
            address = way_out.getsockname()[0]
        except OSError:
            address = "127.0.0.1"
    if ipaddress.ip_address(address).is_loopback:
        print("This machine is in no network: name its address, such as make run LAN=192.0.2.7", file=sys.stderr)
        return 1
    print(address)
    return 0


if __name__ == "__main__":
    sys.exit(main())
