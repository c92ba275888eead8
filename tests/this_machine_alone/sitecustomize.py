"""Refuses every connection and every look-up of a name that would leave this machine.

Python runs this at its start wherever this folder is on PYTHONPATH: ``tests/guard.py`` puts it
there for all processes that tests start. What is refused is also written to the file that
OUTSIDE_CALLS names, since who asked may pass over the error in silence.
"""

import ipaddress
import os
import socket
import sys
from pathlib import Path

LOOK_UPS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
CONNECTIONS = ("socket.connect", "socket.sendto", "socket.sendmsg")
NAMES = frozenset((None, "", "localhost", "ip6-localhost", socket.gethostname()))

RAYS = frozenset(("169.254.169.254", "metadata.google.internal"))
"""Where the head of a Ray cluster asks which cloud it runs in; it is refused, and that is well."""


def is_here(host: object) -> bool:
    """Whether a host is this machine: a name of it, or an address that can be listened at."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in NAMES:
        return True
    if not is_address(host) or ipaddress.ip_address(host).is_multicast:
        return False
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as door:
        try:
            door.bind((host, 0))
        except OSError:
            return False
    return True


def is_address(host: object) -> bool:
    """Whether a host is no name, so that it need not be looked up."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def refuse(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: raises ConnectionError for what would leave this machine."""
    if event in LOOK_UPS:
        host = arguments[0]
        if is_here(host) or (event != "socket.gethostbyaddr" and is_address(host)):
            return
    elif event in CONNECTIONS:
        peer, to = arguments[:2]
        if peer.family not in (socket.AF_INET, socket.AF_INET6) or not isinstance(to, tuple):
            return
        host = to[0]
        if is_here(host):
            return
        if event == "socket.connect" and peer.type == socket.SOCK_DGRAM and is_address(host):
            raise ConnectionError(f"no way to {host}")  # asks for a route; nothing would be sent
    else:
        return
    told = f"{event} {host}"
    if host not in RAYS and (log := os.environ.get("OUTSIDE_CALLS")):
        with Path(log).open("a") as file:
            file.write(f"{told}\n")
    raise ConnectionError(f"{told}: tests stay on this machine")


sys.addaudithook(refuse)
