"""How the HTTP clients of all providers behave: where they go, and how much they read."""

import importlib
import ipaddress
import os
import ssl
from collections.abc import AsyncIterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from innoqa.adapters.chat_model.failures import LongReply

CONNECT_SECONDS = 10.0
"""How long a connection may take to come about."""

MOST_BYTES = 16 << 20
"""As much of a reply is read."""


def http(library: Any, address: str, proxy: str = "") -> dict[str, Any]:
    """How a client of ``library``, httpx or httpx2, is to behave.

    The question goes where it is said to go: nothing is sent on to another address, and nothing
    for this machine over a proxy. No reply is read without an end. No connection is kept: a
    question comes now and then.
    """
    parts = urlsplit(address)
    verify = no_trust() if parts.scheme == "http" else True
    limits = library.Limits(max_keepalive_connections=0)
    options: dict[str, Any] = {
        "timeout": library.Timeout(None, connect=CONNECT_SECONDS),
        "limits": limits,
        "follow_redirects": False,
        "verify": verify,
        "event_hooks": {"response": [partial(_limit, library)]},
    }
    if is_here(parts.hostname or ""):  # a transport of one's own knows no proxies
        options["transport"] = library.AsyncHTTPTransport(verify=verify, limits=limits)
    elif given := os.environ.get(proxy):
        options["proxy"] = given
    return options


async def tell_to_wait(response: Any) -> None:
    """Ends a request with the headers that say how long to wait, which Ollama's client drops."""
    if response.status_code == 429:
        await response.aread()
        response.raise_for_status()


async def _limit(library: Any, response: Any) -> None:
    """Let no more than ``MOST_BYTES`` of a reply be read, be it one line without an end."""
    endless = response.stream

    class Limited(library.AsyncByteStream):  # type: ignore[misc]  # of httpx or httpx2
        async def __aiter__(self) -> AsyncIterator[bytes]:
            left = MOST_BYTES
            async for part in endless:
                left -= len(part)
                if left < 0:
                    raise LongReply
                yield part

        async def aclose(self) -> None:
            await endless.aclose()

    response.stream = Limited()


def no_trust() -> ssl.SSLContext:
    """What no TLS comes about with; to load certificates takes long."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def httpx_of(sdk: Any) -> Any:
    """The library that a client of OpenAI or Anthropic is built on."""
    return importlib.import_module(
        sdk.DefaultAsyncHttpxClient.__base__.__module__.partition(".")[0]
    )


def is_here(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
