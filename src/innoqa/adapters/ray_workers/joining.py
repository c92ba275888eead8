"""Joins a Ray cluster, and tells in good time where there is none."""

import contextlib
import logging
import os
import socket
import warnings
from collections.abc import Iterator
from typing import Any

from innoqa.errors import SettingError

CLIENT = "ray://"
_SECONDS = 10
_TOLD = 300  # characters of what Ray says of an error
_SETTINGS = b"\0\0\0\x04\0\0\0\0\0"
_HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + _SETTINGS
"""How gRPC begins, which Ray speaks (RFC 9113, 3.4): the other side sends its settings too."""
_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".",  # else it tells of dead workers where the report goes
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # else Ray warns that this will be the default
}


def join(address: str) -> tuple[int, tuple[str, int] | None]:
    """How many processors the cluster has, and where its head listens. Raises SettingError."""
    os.environ.update({name: os.environ.get(name, value) for name, value in _QUIET.items()})
    _probe(address)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Ray's modules warn of their own old settings
        import ray

        try:
            _start(address)
        except Exception as error:
            raise SettingError(
                f"The Ray cluster {address!r} cannot be joined: {why(error)} Give the address of "
                "one that runs, or --ray local to start one here; where the cluster asks for a "
                "token, set RAY_AUTH_MODE=token."
            ) from error
        resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
        head = place(address) or place(ray.get_runtime_context().gcs_address)
    return max(int(resources.get("CPU", 1)), 1), head


def place(address: str) -> tuple[str, int] | None:
    """Host and port of an address; None for one without. Raises SettingError for no address."""
    if address in ("auto", "local"):
        return None
    host, _, port = address.removeprefix(CLIENT).rpartition(":")
    if not host or not port.isdecimal():
        raise SettingError(
            f"--ray is {address!r}; it must be auto, local, host:port or ray://host:port."
        )
    return host, int(port)


def _probe(address: str) -> None:
    """Raise SettingError where no Ray listens, which Ray itself takes minutes to tell."""
    where = place(address)
    if where is not None and (reason := deaf(where)):
        raise SettingError(
            f"No Ray cluster can be reached at {address} ({reason}). Start one there with ray "
            "start --head, or give --ray local to start one here."
        )


def deaf(where: tuple[str, int]) -> str:
    """Why Ray cannot be listening at a place; "" where it may."""
    try:
        with socket.create_connection(where, _SECONDS) as connection:
            if os.environ.get("RAY_USE_TLS", "0") != "0":
                return ""
            connection.settimeout(_SECONDS)
            connection.sendall(_HELLO)
            heard = connection.recv(len(_SETTINGS), socket.MSG_WAITALL)
    except OSError as error:
        return str(error)
    return "" if heard[3:4] == _SETTINGS[3:4] else "what answers there is no Ray"


def _start(address: str) -> None:
    """Join a cluster, or start one."""
    import ray

    local: dict[str, Any] = {"include_dashboard": False, "_node_ip_address": "127.0.0.1"}
    with _silent():
        ray.init(
            address,
            log_to_driver=False,
            logging_level=logging.CRITICAL,
            **(local if address == "local" else {}),
        )


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """What the native part of Ray writes past Python on standard error is not seen."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def why(error: BaseException) -> str:
    """What Ray says of an error, short."""
    said = str(error).strip()
    if 'File "' in said:  # a traceback of a worker
        said = said.rpartition("\n")[2]
    if isinstance(error, ConnectionError):
        said = said.partition(". ")[0]  # what follows is about options of other commands
    return " ".join(said.split())[:_TOLD].rstrip(".") + "."
