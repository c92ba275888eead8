"""The guard of all tests: what would leave this machine is refused and told, children included."""

import asyncio
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[1]
OUTSIDE = "192.0.2.1"  # for documentation: nobody's


@pytest.mark.parametrize("host", [OUTSIDE, "2001:db8::1", "::ffff:192.0.2.1"])
def test_a_connection_to_another_machine_is_an_error(host, outside_calls):
    with pytest.raises(ConnectionError, match="stay on this machine"):
        socket.create_connection((host, 80), 1)
    assert outside_calls() == [f"socket.connect {host}"]


def test_so_is_the_look_up_of_a_name(outside_calls):
    for look_up in (lambda: socket.gethostbyname("a.example"),
                    lambda: socket.getaddrinfo("a.example", 80),
                    lambda: socket.gethostbyaddr(OUTSIDE)):  # fmt: skip
        with pytest.raises(ConnectionError):
            look_up()
    assert len(outside_calls()) == 3


def test_so_is_a_datagram_though_a_route_may_be_asked_for(outside_calls):
    with socket.socket(type=socket.SOCK_DGRAM) as door:
        with pytest.raises(ConnectionError):
            door.connect((OUTSIDE, 53))
        assert outside_calls() == []
        with pytest.raises(ConnectionError):
            door.sendto(b"who?", (OUTSIDE, 53))
    assert outside_calls() == [f"socket.sendto {OUTSIDE}"]


def test_clients_of_the_web_meet_it(outside_calls):
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen("http://a.example/", timeout=1)
    with pytest.raises(httpx.ConnectError):
        httpx.get("http://a.example/")
    assert len(outside_calls()) == 2


def test_asynchronous_calls_meet_it(outside_calls):
    async def call() -> None:
        await asyncio.open_connection(OUTSIDE, 80)

    with pytest.raises(ConnectionError):
        asyncio.run(call())
    assert outside_calls() == [f"socket.connect {OUTSIDE}"]


def test_a_process_that_a_test_starts_meets_it_even_if_it_says_nothing(outside_calls):
    call = (
        "import contextlib, socket\n"
        f"with contextlib.suppress(OSError): socket.create_connection(({OUTSIDE!r}, 80), 1)"
    )
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {call!r}], check=True)"
    subprocess.run([sys.executable, "-c", nested], check=True)
    assert outside_calls() == [f"socket.connect {OUTSIDE}"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9"])
def test_this_machine_is_reached(host):
    with socket.create_server(("", 0)) as door:
        socket.create_connection((host, door.getsockname()[1]), 1).close()


def test_a_test_fails_though_it_never_sees_the_error(tmp_path):
    test = tmp_path / "test_silent.py"
    test.write_text(
        "import contextlib, socket\n"
        "def test_silent():\n"
        f"    with contextlib.suppress(OSError): socket.create_connection(({OUTSIDE!r}, 80), 1)\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "tests.guard", str(test)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert f"were refused: ['socket.connect {OUTSIDE}']" in ran.stdout
    assert ran.returncode == 1
