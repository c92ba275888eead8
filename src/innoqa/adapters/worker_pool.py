"""Work in child processes, so that one bad file stops neither the run nor the machine.

A worker is a command that calls ``serve``. Orders go to it and results come back one at a time, as
length and pickle; a worker that takes too long is killed, one that dies is replaced.
"""

import contextlib
import ctypes
import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, Any, TypeVar

Task = TypeVar("Task")

_LENGTH = 8  # bytes that tell how long a pickle is
_AHEAD = 2  # orders for each worker that are taken before their turn
_MEBIBYTE = 1 << 20
_TOLD = 300  # characters of what a worker said at its end
_NO_MEMORY = 77  # the exit code that says that not even an order or a result had room
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


class WorkerFailed(Exception):
    """A worker did not bring an order to its end; the message says why, after the file's name."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an order may take: seconds, and mebibytes beyond what the worker has at its start."""

    seconds: float
    mebibytes: int


class WorkerPool:
    """Workers of one kind, started when they are needed and kept until ``close``.

    May be used by several threads at once.
    """

    def __init__(self, command: Sequence[str], limits: Limits, count: int) -> None:
        self._command, self._limits, self._count = command, limits, count
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="worker")

    def results(
        self, tasks: Iterable[tuple[Task, Any]]
    ) -> Iterator[tuple[Task, Any | WorkerFailed]]:
        """Each task, given as (task, order), with its result or failure, in the order given."""
        waiting: deque[tuple[Task, Future[Any]]] = deque()
        run = _Run()
        try:
            for task, order in tasks:
                waiting.append((task, self._threads.submit(self._done, order, run)))
                if len(waiting) >= _AHEAD * self._count:
                    yield _taken(waiting)
            while waiting:
                yield _taken(waiting)
        finally:
            for _, future in waiting:
                future.cancel()
            run.stop()

    def result(self, order: Any) -> Any:
        """The result of one order. Raises WorkerFailed."""
        ((_, result),) = self.results([(None, order)])
        if isinstance(result, WorkerFailed):
            raise result
        return result

    def close(self) -> None:
        """End the workers; what is under way is brought to its end first."""
        self._threads.shutdown(cancel_futures=True)
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().end()

    def _done(self, order: Any, run: "_Run") -> Any:
        """The result of an order. Only threads of the pool come here: workers die with theirs."""
        worker = self._worker()
        run.begin(worker)
        try:
            result = worker.result(order)
        except BaseException:
            worker.kill()
            raise
        finally:
            run.end(worker)
            if worker.is_spent:
                worker.end()
            else:
                self._idle.put(worker)
        return result

    def _worker(self) -> "_Worker":
        with contextlib.suppress(queue.Empty):
            while True:
                worker = self._idle.get_nowait()
                if not worker.is_spent:
                    return worker
                worker.end()
        return _Worker(self._command, self._limits)


class _Run:
    """The workers that are busy for one caller; whoever stops early waits for none of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy: set[_Worker] = set()
        self._is_over = False

    def begin(self, worker: "_Worker") -> None:
        with self._lock:
            self._busy.add(worker)
            if self._is_over:
                worker.kill()

    def end(self, worker: "_Worker") -> None:
        with self._lock:
            self._busy.discard(worker)

    def stop(self) -> None:
        with self._lock:
            self._is_over = True
            for worker in self._busy:
                worker.kill()


def _taken(waiting: "deque[tuple[Task, Future[Any]]]") -> tuple[Task, Any | WorkerFailed]:
    task, future = waiting.popleft()
    try:
        return task, future.result()
    except WorkerFailed as failed:
        return task, failed


class _Worker:
    """One child process."""

    def __init__(self, command: Sequence[str], limits: Limits) -> None:
        self._limits = limits
        self._is_killed = False
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the worker
        self._process = subprocess.Popen(  # noqa: S603 - the command is ours
            [*command, str(limits.mebibytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env={**os.environ, "PYTHONSAFEPATH": "1"},  # no module comes from the user's folder
        )

    @property
    def is_spent(self) -> bool:
        """Whether it takes no more orders."""
        return self._is_killed or self._process.poll() is not None

    def result(self, order: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._said.seek(0)  # the worker's place in it too
        self._said.truncate()
        late = threading.Event()
        timer = threading.Timer(self._limits.seconds, self._kill_late, [late])
        timer.daemon = True
        timer.start()
        try:
            _send(self._process.stdin, pickle.dumps(order, pickle.HIGHEST_PROTOCOL))
            is_done, result = pickle.loads(_received(self._process.stdout))  # noqa: S301 - our own
        except (OSError, EOFError):
            raise WorkerFailed(self._why(late.is_set())) from None
        finally:
            timer.cancel()
        if not is_done:
            raise WorkerFailed(str(result))
        return result

    def _kill_late(self, late: threading.Event) -> None:
        late.set()
        self.kill()

    def kill(self) -> None:
        """Stop it at once, whatever it does."""
        self._is_killed = True
        self._process.kill()

    def _why(self, is_late: bool) -> str:
        code = self._process.wait()
        if is_late:
            return (
                f"takes longer than {self._limits.seconds:g} seconds to read; cut it into smaller "
                "files, or set INNOQA_READ_SECONDS higher"
            )
        if code == _NO_MEMORY:
            return _too_much(self._limits.mebibytes)
        self._said.seek(0)
        said = " ".join(self._said.read().decode(errors="replace").split())[-_TOLD:]
        ended = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return (
            f"ended the program that read it ({ended}{': ' * bool(said)}{said}); it may be damaged"
        )

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()
        self._said.close()


def serve(work: Callable[[Any], Any]) -> None:
    """Be a worker: do orders until there are no more. For the child process of a pool.

    Memory is limited, connections are refused, and whatever is raised is told as a failure.
    """
    orders, results = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no result
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for who gives the orders
    _limit_memory(int(sys.argv[-1]) * _MEBIBYTE)
    sys.addaudithook(_refuse_connections)
    _end_with_parent()
    with contextlib.suppress(EOFError):
        while True:
            try:
                _send(results, _outcome(work, _received(orders)))
            except MemoryError:
                os._exit(_NO_MEMORY)


def _outcome(work: Callable[[Any], Any], order: bytes) -> bytes:
    """What comes of an order, pickled: (True, result), or False and why there is none."""
    try:
        result = work(pickle.loads(order))  # noqa: S301 - it comes from our own process
        return pickle.dumps((True, result), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        why = _too_much(int(sys.argv[-1]))
    except RecursionError:
        why = "is nested too deeply to be read; save it in another format"
    except BaseException as error:  # noqa: BLE001 - a library's panics are no Exception
        why = f"cannot be read ({type(error).__name__}: {error}); it may be damaged"
    return pickle.dumps((False, why))


def _too_much(mebibytes: int) -> str:
    return (
        f"takes more than {mebibytes} MiB of memory to read; cut it into smaller files, or set "
        "INNOQA_READ_MEMORY higher"
    )


def _limit_memory(more: int) -> None:
    """Let this process have so many bytes of address space more than it has now."""
    try:
        import resource
    except ImportError:  # on Windows
        return
    pages = 0
    with contextlib.suppress(OSError), open("/proc/self/statm", "rb") as file:  # noqa: PTH123
        pages = int(file.read().split()[0])
    most = pages * resource.getpagesize() + more
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _refuse_connections(event: str, _arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        raise ConnectionError("a file is read without any connection")


def _end_with_parent() -> None:
    """Leave when the process that gives the orders is gone, even amid a call that never returns."""
    threading.Thread(target=_leave_after, args=(os.getppid(),), daemon=True).start()
    with contextlib.suppress(OSError, AttributeError):  # on Linux alone
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)


def _leave_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _send(pipe: IO[bytes], raw: bytes) -> None:
    pipe.write(len(raw).to_bytes(_LENGTH, "big"))
    pipe.write(raw)
    pipe.flush()


def _received(pipe: IO[bytes]) -> bytes:
    """The next pickle in a pipe. Raises EOFError at its end."""
    size = pipe.read(_LENGTH)
    raw = pipe.read(int.from_bytes(size, "big")) if len(size) == _LENGTH else b""
    if not raw:
        raise EOFError
    return raw
