"""No test leaves this machine: what would is refused, in the processes that tests start too."""

import os
import runpy
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ALONE = Path(__file__).with_name("this_machine_alone")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse calls to the outside from now on."""
    number, log = tempfile.mkstemp(prefix="outside-calls")
    os.close(number)
    config.add_cleanup(Path(log).unlink)
    os.environ["OUTSIDE_CALLS"] = log
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if str(ALONE) not in paths:  # a process that divides the tests has put it there
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ALONE), *paths)))
        runpy.run_path(str(ALONE / "sitecustomize.py"))


@pytest.fixture(autouse=True)
def outside_calls() -> Iterator[Callable[[], list[str]]]:
    """Fails a test during which a call to the outside was refused.

    Gives a function that tells the calls until now, for a test that makes some on purpose.
    """
    log = Path(os.environ["OUTSIDE_CALLS"])

    def told() -> list[str]:
        calls = log.read_text().splitlines()
        os.truncate(log, 0)
        return calls

    yield told
    assert not log.stat().st_size, f"calls to the outside were refused: {told()}"
