"""Answers that a chat model is writing, each in a thread of its own that keeps the turn itself.

A run of the page only looks on. So nothing is lost when the page is reloaded or closed meanwhile,
or another conversation is opened. A process that ends stops them, and keeps what is proved.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from innoqa.composing import Composing, Follow
from innoqa.domain import Turn
from innoqa.errors import ConversationsError

if TYPE_CHECKING:
    from asking import Asked
    from keeping import Slot

Key = tuple[str, str]
"""Owner and conversation."""


@dataclass(frozen=True, slots=True)
class Written:
    """A turn, what is kept beside it, and the conversation that has it: "" where none could."""

    turn: Turn
    beside: str
    identity: str = ""


@dataclass(slots=True)
class Writing:
    """An answer on its way: to what, the number and place of its turn, and how far it is.

    ``model`` is who writes it.
    """

    asked: "Asked"
    number: int
    slot: "Slot"
    model: str
    composing: Composing | None = None
    is_stopped: bool = False
    is_dropped: bool = False
    future: Future[Written] = field(default_factory=Future)

    def follow(self, composing: Composing) -> bool:
        """Take note of how far it is; whether it shall go on."""
        self.composing = composing
        return not self.is_stopped and threading.main_thread().is_alive()

    def stop(self) -> None:
        """Let it end: what is proved is kept."""
        self.is_stopped = True

    @property
    def key(self) -> Key:
        """By whom and in which conversation it was asked for."""
        return self.slot.owner, self.slot.identity

    @property
    def is_kept(self) -> bool:
        """Whether there is nothing left to do."""
        done = self.future.done() and not self.future.exception()
        return done and bool(self.future.result().identity)


def start(writing: Writing, answer: Callable[[Follow], tuple[Turn, str]]) -> None:
    """Begin to write. ``answer`` gives the turn and what is kept beside it."""
    under = _under_way()
    for done in [key for key, one in under.items() if one.is_kept]:
        under.pop(done, None)
    under[writing.key] = writing
    # A process that ends waits for it, which the run's own thread would not make it do.
    threading.Thread(target=_write, args=(writing, answer), daemon=False).start()


def _write(writing: Writing, answer: Callable[[Follow], tuple[Turn, str]]) -> None:
    try:
        turn, beside = answer(writing.follow)
        writing.future.set_result(Written(turn, beside, _kept(writing, turn, beside)))
    except Exception as error:  # noqa: BLE001 - the run of the page that looks on raises it
        writing.future.set_exception(error)


def _kept(writing: Writing, turn: Turn, beside: str) -> str:
    if writing.is_dropped:
        return ""
    try:
        return writing.slot.keep(turn, beside)
    except ConversationsError:
        return ""  # the page tries once more, and tells of it


def under_way(key: Key) -> Writing | None:
    """What is being written in a conversation, or came to an end that nobody has seen."""
    found = _under_way().get(key)
    if found and found.is_kept:
        forget(found)
        return None
    return found


def forget(writing: Writing) -> None:
    """Let go of an answer whose end was seen."""
    _under_way().pop(writing.key, None)


def drop(key: Key) -> None:
    """Stop an answer and keep nothing of it: its conversation is deleted."""
    if found := _under_way().pop(key, None):
        found.is_dropped = True
        found.stop()


@st.cache_resource(show_spinner=False)
def _under_way() -> dict[Key, Writing]:
    return {}
