"""Work on the index in a thread of its own: it goes on when the reader looks at another page."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, TypeVar

import streamlit as st

from innoqa.indexing import Progress

_STAGES = {
    "reading": "Reading",
    "embedding": "Computing vectors",
    "indexing": "Writing the index",
}
_WORK = "work"
_Result = TypeVar("_Result")
_LOOK_AGAIN = 0.1
"""In seconds."""


def until_done(future: Future[Any]) -> Iterator[None]:
    """Comes back every now and then until something is done; a click ends the run here."""
    while not wait([future], _LOOK_AGAIN).done:
        st.session_state.get(_WORK)
        yield


@dataclass(slots=True)
class _Work:
    what: str
    stage: tuple[str, int, int] = ("", 0, 0)
    future: Future[Any] = field(default_factory=Future)

    def follow(self, stage: str, done: int, total: int) -> None:
        self.stage = (stage, done, total)


def start(what: str, act: Callable[[Progress], Any]) -> None:
    """Begin work, told in words that are ours; ``finished`` has its result."""
    work = _Work(what)
    work.future = _threads().submit(act, work.follow)
    st.session_state[_WORK] = work


def is_under_way() -> bool:
    """Whether this session's work has not been taken yet."""
    return _WORK in st.session_state


def finished() -> Any:
    """What the work came to, once it is done; meanwhile the page shows how far it is.

    Raises what the work raised.
    """
    work: _Work = st.session_state[_WORK]
    with st.container(key="working"):
        bar = st.progress(0.0, text=f"{work.what}: starting")
        for _ in until_done(work.future):
            stage, done, total = work.stage
            if stage:
                how_far = f"{done} of {total}" if total else str(done)
                share = min(done / total, 1.0) if total else 0.0
                bar.progress(share, text=f"{work.what}: {_STAGES[stage]} ({how_far})")
    del st.session_state[_WORK]
    return work.future.result()


def beside(act: Callable[[], _Result]) -> _Result:
    """What something comes to that takes its time, while the page can be left."""
    future = _threads().submit(act)
    for _ in until_done(future):
        pass
    return future.result()


@st.cache_resource(show_spinner=False)
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(4, "innoqa-work")
