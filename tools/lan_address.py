"""Print the address under which other devices of the network reach this machine.

lan_address.py [ADDRESS]    a named one is only looked at
"""

from __future__ import annotations

import ipaddress
import socket
import sys

_ANYWHERE = ("192.0.2.1", 9)
"""A documentation address: connecting a datagram socket sends nothing, it only picks the way out."""


def main(arguments: list[str]) -> int:
    """Print the address, or the one that is named; return 1 if this machine is in no network, or not under that one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way_out:
        try:
            if arguments:
                way_out.bind((arguments[0], 0))
            else:
                way_out.connect(_ANYWHERE)
            address = way_out.getsockname()[0]
        except (OSError, UnicodeError):
            address = "127.0.0.1"
    if ipaddress.ip_address(address).is_loopback:
        what = f"{arguments[0]} is no address of this machine in a network" if arguments else "no network was found"
        print(f"{what}: name its own, such as make run LAN=192.0.2.7", file=sys.stderr)
        return 1
    print(*arguments or [address])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
