"""Work on the workers of a Ray cluster, by Ray Data (https://docs.ray.io): the only user of Ray.

Orders go out in shares of a few documents; each worker is an actor that makes its tools once. A
worker that dies is started again and its share done again; what ends its workers each time is tried
once more alone, and is a failure then. Ray's makers are told nothing, and there is no dashboard.
"""

import gc
import importlib.util
import pickle
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from queue import SimpleQueue
from time import monotonic
from typing import Any

from innoqa.adapters.ray_workers.joining import CLIENT, deaf, join, place, why
from innoqa.adapters.ray_workers.pipeline import Outcome, Pipeline, Plan, Result, Work, binary
from innoqa.errors import ClusterError, InnoqaError, SettingError
from innoqa.indexing.origins import Failed, Order

INSTALL = "pip install 'innoqa[ray]'"

_MEBIBYTE = 1 << 20
_CHUNK = 8192, 256 * _MEBIBYTE
"""Documents, and bytes of them, that are given to the cluster at a time."""
MOST = 32
"""Documents of a share."""
_SHARE = MOST, _MEBIBYTE // 16
"""These, and bytes of them; what comes last in it may be larger."""
_SHARES_EACH = 4  # at least, for each worker, so that all of them end at about the same time
_AHEAD = 2  # shares for a worker that are on its machine before their turn
_WATCH_SECONDS = 5
_LOST_SECONDS = 40  # without a sign of the head; Ray's own patience ends at 60


@dataclass
class RayWorkers:
    """The workers of a cluster: ``local`` (started here), ``auto``, ``host:port``, ``ray://...``.

    ``make`` makes what a worker works with; it is pickled. The cluster is joined at the first order
    and left at ``close``. Where nothing is done for ``patience`` seconds it is given up: Ray can
    lose track of what it gave to a worker that died, and would wait for ever.
    """

    address: str
    make: Callable[[], Work]
    patience: float = 3600
    _size: int = field(default=0, init=False)
    _head: tuple[str, int] | None = field(default=None, init=False)
    _lost: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        """Raise SettingError where Ray is not installed, or the address is none."""
        if importlib.util.find_spec("ray") is None:
            raise SettingError(f"--ray needs Ray, which is not installed. Install it: {INSTALL}")
        place(self.address)

    def all(self, orders: Iterable[Order]) -> Iterator[tuple[Order, Outcome]]:
        """Each order with what came of it, in the order given.

        Raises SettingError where the cluster cannot be joined, ClusterError where it cannot do the
        work, and what is wrong with the worker's tools (ModelError).
        """
        for chunk in _parted(orders, *_CHUNK):
            if not self._size:
                self._size, self._head = join(self.address)
            yield from self._done(chunk)

    def close(self) -> None:
        """Leave the cluster; one that was started here is ended."""
        if self._size and not self._lost:  # a lost one is waited for until Ray ends this process
            import ray

            gc.collect()  # what Ray Data leaves in cycles wants Ray when it goes
            ray.shutdown()
        self._size = 0

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
            for number, raw in self._watched(self._passed(shares, is_last)):
                outcomes = pickle.loads(raw)  # noqa: S301 - it comes from our own workers
                if isinstance(outcomes, InnoqaError):
                    raise outcomes
                if not isinstance(outcomes, Failed):
                    yield number, outcomes
                elif is_last:
                    yield number, [outcomes]
        except (RayError, ConnectionError) as error:
            raise ClusterError(
                f"The Ray cluster {self.address!r} cannot do the work: {why(error)} Each of its "
                "machines needs the same InnoQA as this one; what was stored so far is kept."
            ) from error

    def _watched(self, results: Iterator[Result]) -> Iterator[Result]:
        """Results as they come. Raises ClusterError where the cluster's head is gone.

        Ray itself would end this process, a minute later and without a word. And where none comes
        for too long.
        """
        gc.collect()  # Ray Data leaves workers of the run before in cycles, with their processors
        asked: SimpleQueue[Future[Any] | None] = SimpleQueue()
        # A daemon, since whoever waits for a cluster that is gone waits for ever.
        threading.Thread(target=_answer, args=(results, asked), name="ray", daemon=True).start()
        try:
            while True:
                result: Future[Any] = Future()
                asked.put(result)
                heard = began = monotonic()
                while not wait([result], _WATCH_SECONDS).done:
                    gc.collect()
                    heard = heard if self._head and deaf(self._head) else monotonic()
                    self._lost = monotonic() - heard > _LOST_SECONDS
                    if self._lost:
                        raise ClusterError(
                            f"The Ray cluster {self.address!r} is gone. What was stored so far is "
                            "kept: run the same command again, with a cluster that runs."
                        )
                    if monotonic() - began > self.patience:
                        raise ClusterError(
                            f"The Ray cluster {self.address!r} did nothing for "
                            f"{self.patience:.0f} s. What was stored so far is kept: run the same "
                            "command again."
                        )
                if (found := result.result()) is None:
                    return
                yield found
        finally:
            asked.put(None)

    def _passed(self, shares: Sequence[Sequence[Order]], is_last: bool) -> Iterator[Result]:
        import pyarrow
        import ray

        tables = [
            pyarrow.table({"number": [number], "raw": binary(share)})
            for number, share in enumerate(shares)
        ]
        # What waits at a worker that dies is charged with its death too.
        plan = Plan(self.make, min(self._size, len(shares)), 1 if is_last else _AHEAD)
        if not self.address.startswith(CLIENT):
            yield from iter(Pipeline(plan, tables).next, None)
            return
        # Ray Data does not work through Ray's client: its part is done on the cluster.
        remote: Any = ray.remote(num_cpus=0)(Pipeline)
        pipeline = remote.remote(plan, tables)
        while (result := ray.get(pipeline.next.remote())) is not None:
            yield result


def _answer(results: Iterator[Result], asked: "SimpleQueue[Future[Any] | None]") -> None:
    while (result := asked.get()) is not None:
        try:
            result.set_result(next(results, None))
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is awaited
            result.set_exception(error)


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
