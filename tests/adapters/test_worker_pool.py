"""Workers within limits: what an order may do to them, and what is told of it."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from innoqa.adapters.worker_pool import Limits, WorkerFailed, WorkerPool

WORKER = """
import ctypes, os, re, signal, socket, sys, time
from innoqa.adapters.worker_pool import serve

def work(order):
    name, *rest = order
    return globals()[name](*rest)

def same(value): return value
def process(): return os.getpid()
def nap(seconds): time.sleep(seconds); return seconds
def eat(mebibytes): return len(bytearray(mebibytes << 20))
def die(number): os.kill(os.getpid(), number); time.sleep(9)
def leave(): os._exit(3)
def crash(): ctypes.string_at(0)
def nested(): return nested()
def fail(): raise KeyError("the third page")
def panic(): raise SystemExit("a library's")
def talk(words):
    print(words, flush=True)
    os.write(1, words.encode())
    print(words, file=sys.stderr, flush=True)
    return "done"
def unpicklable(): return lambda: None
def large(mebibytes): return b"x" * (mebibytes << 20)
def connect():
    socket.create_connection(("127.0.0.1", 9), timeout=1)
def ask_name(): socket.getaddrinfo("localhost", 80)
def catastrophe(): re.match("(a|a)*b", "a" * 60)  # holds on to the interpreter all the while

serve(work)
"""
COMMAND = [sys.executable, "-c", WORKER]


@pytest.fixture(scope="module")
def pool():
    pool = WorkerPool(COMMAND, Limits(20, 256), 1)
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def hurried():
    pool = WorkerPool(COMMAND, Limits(4, 256), 1)
    yield pool
    pool.close()


def why(pool, *order):
    with pytest.raises(WorkerFailed) as failed:
        pool.result(order)
    return str(failed.value)


def test_one_worker_does_many_orders(pool):
    assert pool.result(("process",)) == pool.result(("process",)) != os.getpid()


def test_results_come_in_the_order_given_though_some_take_longer(pool):
    pool = WorkerPool(COMMAND, Limits(20, 256), 2)
    naps = [0.3, 0.0, 0.2, 0.0, 0.1, 0.0, 0.0]
    found = list(pool.results((number, ("nap", nap)) for number, nap in enumerate(naps)))
    pool.close()
    assert found == list(enumerate(naps))


def test_few_orders_are_taken_before_their_turn(pool):
    """A folder of many files is never in memory as a whole."""
    taken = []

    def orders():
        for number in range(20):
            taken.append(number)
            yield number, ("same", number)

    results = pool.results(orders())
    assert next(results) == (0, 0)
    assert len(taken) <= 3
    assert [result for _, result in results] == list(range(1, 20))


def test_an_order_that_takes_too_long_is_killed_and_the_next_one_done(hurried):
    hurried.result(("same", 1))
    first = hurried.result(("process",))
    assert why(hurried, "nap", 60) == (
        "takes longer than 4 seconds to read; cut it into smaller files, or set "
        "INNOQA_READ_SECONDS higher"
    )
    assert hurried.result(("same", 1)) == 1
    assert hurried.result(("process",)) != first


def test_a_call_that_never_lets_go_of_the_interpreter_is_killed_too(hurried):
    assert why(hurried, "catastrophe").startswith("takes longer than 4 seconds")


def test_an_order_that_takes_too_much_memory_is_told_and_the_next_one_done(pool):
    assert why(pool, "eat", 400) == (
        "takes more than 256 MiB of memory to read; cut it into smaller files, or set "
        "INNOQA_READ_MEMORY higher"
    )
    assert pool.result(("eat", 50)) == 50 << 20


def test_an_order_or_result_that_has_no_room_by_itself_is_told_as_that(pool):
    assert why(pool, "large", 150).startswith("takes more than 256 MiB of memory")
    assert why(pool, "same", bytes(300 << 20)).startswith("takes more than 256 MiB of memory")
    assert pool.result(("same", 1)) == 1


@pytest.mark.parametrize(
    ("order", "told"),
    [
        (("die", signal.SIGSEGV), "ended the program that read it (SIGSEGV); it may be damaged"),
        (("die", signal.SIGABRT), "ended the program that read it (SIGABRT); it may be damaged"),
        (("leave",), "ended the program that read it (exit code 3); it may be damaged"),
        (("nested",), "is nested too deeply to be read; save it in another format"),
        (("fail",), "cannot be read (KeyError: 'the third page'); it may be damaged"),
        (("panic",), "cannot be read (SystemExit: a library's); it may be damaged"),
    ],
)
def test_what_goes_wrong_is_told_and_the_next_order_done(pool, order, told):
    assert why(pool, *order) == told
    assert pool.result(("same", "well")) == "well"


def test_a_crash_in_c_is_told_without_what_was_said_before_it(pool):
    pool.result(("talk", "warning: of an earlier file"))
    assert why(pool, "crash") == (
        "ended the program that read it (SIGSEGV); it may be damaged"
    )  # fmt: skip


def test_what_a_library_prints_is_no_result(pool):
    assert pool.result(("talk", "x" * 100_000)) == "done"
    assert pool.result(("same", 7)) == 7


def test_a_result_that_cannot_be_sent_is_a_failure(pool):
    assert why(pool, "unpicklable").startswith("cannot be read (")


def test_a_large_result_comes_whole(pool):
    assert len(pool.result(("large", 40))) == 40 << 20


@pytest.mark.parametrize("order", ["connect", "ask_name"])
def test_connections_are_refused(pool, order):
    assert why(pool, order) == (
        "cannot be read (ConnectionError: a file is read without any connection); it may be damaged"
    )


def test_a_worker_that_was_killed_while_it_was_idle_costs_no_order(pool):
    worker = pool.result(("process",))
    os.kill(worker, signal.SIGKILL)
    until(lambda: not is_running(worker))
    assert pool.result(("same", 1)) == 1


def test_whoever_stops_early_waits_for_no_order():
    pool = WorkerPool(COMMAND, Limits(60, 256), 1)
    results = pool.results([(1, ("process",)), (2, ("nap", 50)), (3, ("nap", 50))])
    _, worker = next(results)
    started = time.monotonic()
    results.close()
    pool.close()
    assert time.monotonic() - started < 10
    assert not is_running(worker)


def test_a_caller_that_stops_does_not_stop_the_work_of_another():
    pool = WorkerPool(COMMAND, Limits(60, 256), 2)
    found = []
    thread = threading.Thread(target=lambda: found.append(pool.result(("nap", 1.0))))
    thread.start()
    results = pool.results([(1, ("same", 1)), (2, ("nap", 50))])
    next(results)
    results.close()
    thread.join()
    pool.close()
    assert found == [1.0]


def test_no_module_of_the_folder_where_innoqa_runs_is_loaded(tmp_path):
    (tmp_path / "shutil.py").write_text("raise RuntimeError('not of Python')")
    ended = subprocess.run(
        [sys.executable, "-P", "-c", PARENT, "1", "same", "[1]"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ended.stdout, ended.stderr) == ("1\n", "")


PARENT = f"""
import json, sys
from innoqa.adapters.worker_pool import Limits, WorkerPool
pool = WorkerPool([sys.executable, "-c", {WORKER!r}.replace("import ctypes", "import shutil, ctypes")],
                  Limits(60, 256), 1)
_, *orders = sys.argv[1:]
for name, rest in zip(orders[::2], orders[1::2]):
    print(pool.result((name, *json.loads(rest))), flush=True)
"""  # noqa: E501 - one line of a program


@pytest.mark.parametrize("order", ["nap", "catastrophe"])
def test_no_worker_outlives_a_parent_that_is_killed(order):
    rest = "[50]" if order == "nap" else "[]"
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, "2", "process", "[]", order, rest], stdout=subprocess.PIPE
    )
    worker = int(parent.stdout.readline())
    time.sleep(0.3)
    assert is_running(worker)
    parent.kill()
    parent.communicate()
    until(lambda: not is_running(worker), seconds=2)


def until(is_so, seconds=5):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_running(process):
    """Whether it runs; one that has ended and was not waited for does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
