"""Work on the workers of a Ray cluster, by Ray Data (https://docs.ray.io): the only user of Ray.

Orders go out in shares of a few documents; each worker is an actor that makes its tools once. A
worker that dies is started again and its share done again; what ends its workers each time is tried
once more alone, and is a failure then. Ray's makers are told nothing, and there is no dashboard.
"""

import contextlib
import importlib.util
import logging
import os
import pickle
import socket
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from innoqa.errors import ClusterError, InnoqaError, SettingError
from innoqa.indexing.origins import Failed, Order, Prepared

Outcome = Prepared | Failed
Work = Callable[[Sequence[Order]], Sequence[Outcome]]
"""What a worker does with a share: an outcome for each order."""

INSTALL = "pip install 'innoqa[ray]'"

_MEBIBYTE = 1 << 20
_CHUNK = 8192, 256 * _MEBIBYTE
"""Documents, and bytes of them, that are given to the cluster at a time."""
_SHARE = 32, _MEBIBYTE // 16
"""The same of a share; what comes last in it may be larger."""
_SHARES_EACH = 4  # at least, for each worker, so that all of them end at about the same time
_AHEAD = 2  # shares for a worker that are on its machine before their turn
_RETRIES = 2  # of a share whose worker died
_RESTARTS = 8  # of a worker
_CLIENT = "ray://"
_CONNECT_SECONDS = 10
_TOLD = 300  # characters of what Ray says of an error
_SETTINGS = b"\0\0\0\x04\0\0\0\0\0"
_HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + _SETTINGS
"""How gRPC begins, which Ray speaks (RFC 9113, 3.4): the other side sends its settings too."""
_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # else Ray warns that this will be the default
}


@dataclass
class RayWorkers:
    """The workers of a cluster: ``local`` (started here), ``auto``, ``host:port``, ``ray://...``.

    ``make`` makes what a worker works with; it is pickled. The cluster is joined at the first order
    and left at ``close``.
    """

    address: str
    make: Callable[[], Work]
    _size: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Raise SettingError where Ray is not installed, or the address is none."""
        if importlib.util.find_spec("ray") is None:
            raise SettingError(f"--ray needs Ray, which is not installed. Install it: {INSTALL}")
        _host(self.address)

    def all(self, orders: Iterable[Order]) -> Iterator[tuple[Order, Outcome]]:
        """Each order with what came of it, in the order given.

        Raises SettingError where the cluster cannot be joined, ClusterError where it cannot do the
        work, and what is wrong with the worker's tools (ModelError).
        """
        for chunk in _parted(orders, *_CHUNK):
            self._join()
            yield from self._done(chunk)

    def close(self) -> None:
        """Leave the cluster; one that was started here is ended."""
        if self._size:
            import ray

            ray.shutdown()
            self._size = 0

    def _join(self) -> None:
        if self._size:
            return
        os.environ.update({name: os.environ.get(name, value) for name, value in _QUIET.items()})
        _probe(self.address)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Ray's modules warn of their own old settings
            import ray

            try:
                _start(self.address)
            except Exception as error:
                raise SettingError(
                    f"The Ray cluster {self.address!r} cannot be joined: {_why(error)} Give "
                    "the address of one that runs, or --ray local to start one here; where the "
                    "cluster asks for a token, set RAY_AUTH_MODE=token."
                ) from error
            resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
        self._size = max(int(resources.get("CPU", 1)), 1)

    def _done(self, orders: Sequence[Order]) -> Iterator[tuple[Order, Outcome]]:
        """The outcomes of a chunk. What follows a lost share waits until that was done again."""
        most, size = _SHARE
        most = max(1, min(most, len(orders) // (_SHARES_EACH * self._size)))
        shares = list(_parted(orders, most, size))
        done: dict[int, Sequence[Outcome]] = {}
        told = 0
        for number, outcomes in self._results(shares):
            done[number] = outcomes
            while told in done:
                yield from zip(shares[told], done.pop(told), strict=True)
                told += 1
        lost = [number for number in range(told, len(shares)) if number not in done]
        alone = [(number, order) for number in lost for order in shares[number]]
        again = dict(self._results([[order] for _, order in alone], is_last=True))
        gone = [Failed("ended each Ray worker that read it; it may need more memory than there is")]
        for number in range(told, len(shares)):
            outcomes = done.get(number) or [
                again.get(place, gone)[0] for place, (of, _) in enumerate(alone) if of == number
            ]
            yield from zip(shares[number], outcomes, strict=True)

    def _results(
        self, shares: Sequence[Sequence[Order]], *, is_last: bool = False
    ) -> Iterator[tuple[int, Sequence[Outcome]]]:
        """The outcomes of shares with their numbers, ascending; those that are lost are missing.

        Failures of the work itself are lost too, except when it ``is_last`` tried.
        """
        if not shares:
            return
        from ray.exceptions import RayError

        try:
            for number, raw in self._passed(shares, is_last):
                outcomes = pickle.loads(raw)  # noqa: S301 - it comes from our own workers
                if isinstance(outcomes, InnoqaError):
                    raise outcomes
                if not isinstance(outcomes, Failed):
                    yield number, outcomes
                elif is_last:
                    yield number, [outcomes]
        except (RayError, ConnectionError) as error:
            raise ClusterError(
                f"The Ray cluster {self.address!r} cannot do the work: {_why(error)} Each of its "
                "machines needs the same InnoQA as this one; what was stored so far is kept."
            ) from error

    def _passed(
        self, shares: Sequence[Sequence[Order]], is_last: bool
    ) -> Iterator[tuple[int, bytes]]:
        import pyarrow
        import ray

        tables = [
            pyarrow.table({"number": [number], "raw": _binary(share)})
            for number, share in enumerate(shares)
        ]
        # What waits at a worker that dies is charged with its death too.
        plan = _Plan(self.make, min(self._size, len(shares)), 1 if is_last else _AHEAD)
        if not self.address.startswith(_CLIENT):
            yield from iter(_Pipeline(plan, tables).next, None)
            return
        # Ray Data does not work through Ray's client: its part is done on the cluster.
        remote: Any = ray.remote(num_cpus=0)(_Pipeline)
        pipeline = remote.remote(plan, tables)
        while (result := ray.get(pipeline.next.remote())) is not None:
            yield result


@dataclass(frozen=True, slots=True)
class _Plan:
    """By whom shares are done: so many workers, each with so many shares at hand."""

    make: Callable[[], Work]
    workers: int
    at_hand: int


class _Pipeline:
    """Shares, as tables of one row, on their way through workers."""

    def __init__(self, plan: _Plan, tables: list[Any]) -> None:
        import ray.data

        _configure()
        with warnings.catch_warnings():
            # Ray means to take away how often it retries, which is for ever, and has nothing else.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._dataset = ray.data.from_arrow(tables).map_batches(
                _Worker,
                fn_constructor_args=[plan.make],
                batch_size=1,
                batch_format="pyarrow",
                compute=ray.data.ActorPoolStrategy(
                    min_size=1,
                    max_size=plan.workers,
                    initial_size=plan.workers,
                    max_tasks_in_flight_per_actor=plan.at_hand,
                ),
                num_cpus=1,
                max_restarts=_RESTARTS,
                max_task_retries=_RETRIES,
            )
        self._results = self._run()

    def next(self) -> tuple[int, Any] | None:
        """The next share that is done: its number, ascending, and its outcomes as a pickle."""
        return next(self._results, None)

    def _run(self) -> Iterator[tuple[int, Any]]:
        for batch in self._dataset.iter_batches(batch_size=None, batch_format="pyarrow"):
            for number, raw in zip(batch["number"], batch["raw"], strict=True):
                yield number.as_py(), raw.as_buffer()


class _Worker:
    """The actor: makes its tools once, then does shares, given and answered as pickles."""

    def __init__(self, make: Callable[[], Work]) -> None:
        self._work: Work | InnoqaError
        try:
            self._work = make()
        except InnoqaError as error:
            self._work = error

    def __call__(self, batch: Any) -> Any:
        import pyarrow

        return pyarrow.table({"number": batch["number"], "raw": _binary(self._outcome(batch))})

    def _outcome(self, batch: Any) -> Sequence[Outcome] | InnoqaError | Failed:
        if isinstance(self._work, InnoqaError):
            return self._work
        try:
            return self._work(pickle.loads(batch["raw"][0].as_buffer()))  # noqa: S301 - from our own driver
        except InnoqaError as error:
            return error
        except Exception as error:  # noqa: BLE001 - told where it is known what to do about it
            return Failed(f"cannot be prepared by a Ray worker ({type(error).__name__}: {error})")


def _binary(value: Any) -> Any:
    import pyarrow

    raw = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return pyarrow.array([raw], pyarrow.large_binary())  # the smaller kind holds 2 GiB


def _parted(orders: Iterable[Order], most: int, size: int) -> Iterator[list[Order]]:
    """Orders in groups of at most so many, which end where there are so many bytes."""
    part: list[Order] = []
    filled = 0
    for order in orders:
        part.append(order)
        filled += len(order.origin.content)
        if len(part) >= most or filled >= size:
            yield part
            part, filled = [], 0
    if part:
        yield part


def _host(address: str) -> tuple[str, int] | None:
    """Host and port of an address; None for one without. Raises SettingError for no address."""
    if address in ("auto", "local"):
        return None
    host, _, port = address.removeprefix(_CLIENT).rpartition(":")
    if not host or not port.isdecimal():
        raise SettingError(
            f"--ray is {address!r}; it must be auto, local, host:port or ray://host:port."
        )
    return host, int(port)


def _probe(address: str) -> None:
    """Raise SettingError where no Ray listens, which Ray itself takes minutes to tell."""
    place = _host(address)
    if place is None or os.environ.get("RAY_USE_TLS", "0") != "0":
        return
    try:
        with socket.create_connection(place, _CONNECT_SECONDS) as connection:
            connection.settimeout(_CONNECT_SECONDS)
            connection.sendall(_HELLO)
            heard = connection.recv(len(_SETTINGS), socket.MSG_WAITALL)
        why = "" if heard[3:4] == _SETTINGS[3:4] else "what answers there is no Ray"
    except OSError as error:
        why = str(error)
    if why:
        raise SettingError(
            f"No Ray cluster can be reached at {address} ({why}). Start one there with ray start "
            "--head, or give --ray local to start one here."
        )


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


def _configure() -> None:
    """Ray Data keeps the order, goes on after a lost share, and says nothing on the terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its context warns of its own old settings
        import ray.data

        context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.execution_options.preserve_order = True
    context.max_consecutive_actor_init_deaths = _RESTARTS
    context.max_errored_blocks = -1  # a share that is lost is given out again
    for handler in logging.getLogger("ray.data").handlers:
        if handler.name == "console":
            handler.setLevel(logging.CRITICAL)


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


def _why(error: BaseException) -> str:
    said = " ".join(str(error).split())
    if isinstance(error, ConnectionError):
        said = said.partition(". ")[0]  # what follows is about options of other commands
    return said[-_TOLD:].rstrip(".") + "."
