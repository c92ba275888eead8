"""Shares of documents on their way through Ray Data."""

import logging
import pickle
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from innoqa.errors import InnoqaError
from innoqa.indexing.origins import Failed, Order, Prepared

Outcome = Prepared | Failed
Work = Callable[[Sequence[Order]], Sequence[Outcome]]
"""What a worker does with a share: an outcome for each order."""

Result = tuple[int, Any]
"""The number of a share, and its outcomes as a pickle."""

RETRIES = 2
"""Of a share whose worker died."""

_RESTARTS = 8  # of a worker


@dataclass(frozen=True, slots=True)
class Plan:
    """By whom shares are done: so many workers, each with so many shares at hand."""

    make: Callable[[], Work]
    workers: int
    at_hand: int


class Pipeline:
    """Shares, as tables of one row, on their way through workers."""

    def __init__(self, plan: Plan, tables: list[Any]) -> None:
        import ray.data

        _configure()
        with warnings.catch_warnings():
            # Ray means to take away how often it retries, which is for ever, and has nothing else.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._dataset = ray.data.from_blocks(tables).map_batches(
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
                max_task_retries=RETRIES,
            )
        self._results = self._run()

    def next(self) -> Result | None:
        """The next share that is done, by number."""
        return next(self._results, None)

    def _run(self) -> Iterator[Result]:
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

        return pyarrow.table({"number": batch["number"], "raw": binary(self._outcome(batch))})

    def _outcome(self, batch: Any) -> Sequence[Outcome] | InnoqaError | Failed:
        if isinstance(self._work, InnoqaError):
            return self._work
        try:
            return self._work(pickle.loads(batch["raw"][0].as_buffer()))  # noqa: S301 - ours
        except InnoqaError as error:
            return error
        except Exception as error:  # noqa: BLE001 - told where it is known what to do about it
            return Failed(f"cannot be prepared by a Ray worker ({type(error).__name__}: {error})")


def binary(value: Any) -> Any:
    """A pickle as an Arrow column of one."""
    import pyarrow

    raw = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return pyarrow.array([raw], pyarrow.large_binary())  # the smaller kind holds 2 GiB


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
