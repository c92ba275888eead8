"""Waiting for an answer: that it is looked for, how far a chat model is with it, and a Stop."""

from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import cards
import choices
import keeping
import keys
import statements
import working
import writing
from innoqa.adapters.conversation_store import KeptConversation
from innoqa.errors import InnoqaError
from navigation import CONVERSATION
from writing import Writing

LOOKING = "Looking in the corpus …"
WRITING = "{} is writing. Each sentence is checked against the sources."
STOPPING = "Stopping. What is proved is kept."
Place = tuple[DeltaGenerator, DeltaGenerator]
"""Where it is told what is going on, and where a draft stands."""


@contextmanager
def looking(stop: Callable[..., None] | None, *given: object) -> Iterator[Place]:
    """Tells that an answer is looked for, with a button that stops it, unless it is stopped."""
    waiting = st.empty()
    with waiting.container(gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", key="looking"):
            told = st.empty()
            told.html(cards.status(LOOKING if stop else STOPPING), width="content")
            if stop:
                st.button("Stop", key="stop", type="tertiary", shortcut=keys.STOP,
                          on_click=stop, args=given)  # fmt: skip
        draft = st.empty()
    yield told, draft
    waiting.empty()


def pending() -> Writing | None:
    """What is being written in the conversation of the page's address."""
    identity = st.query_params.get(CONVERSATION)
    return writing.under_way((keeping.owner(), identity)) if identity else None


def end(begun: Writing, shown: KeptConversation | None) -> str:
    """Look on until an answer is written; the id of the conversation that has it."""
    with looking(None if begun.is_stopped else begun.stop) as place:
        _look_on(begun, *place)
    return _kept(begun, shown)


def cut_short(begun: Writing, shown: KeptConversation | None) -> KeptConversation | None:
    """Stop an answer, since something else is asked; the conversation with what is proved of it."""
    begun.stop()
    wait([begun.future])
    try:
        identity = _kept(begun, shown)
        keeping.open_conversation(identity)
        st.session_state.fresh = (identity, begun.number)
    except InnoqaError as error:
        st.html(cards.problem(str(error)))
    return keeping.current()


def _look_on(begun: Writing, told: DeltaGenerator, draft: DeltaGenerator) -> None:
    """Draw what is new of an answer until it is done, or until something is clicked."""
    drawn, is_struck = "", choices.settings().unproved == "struck"
    for _ in working.until_done(begun.future):
        composing = begun.composing
        if composing is None:
            continue
        if not drawn and not begun.is_stopped:
            told.html(cards.status(WRITING.format(begun.model)), width="content")
        if drawn != (now := statements.draft(composing, struck=is_struck)):
            draft.html(now)
            drawn = now


def _kept(begun: Writing, shown: KeptConversation | None) -> str:
    """The id of the conversation that has an answer which is written. Raises what it met."""
    writing.forget(begun)
    try:
        written = begun.future.result()
    except Exception:
        if shown is None:
            keeping.open_conversation(None)
        raise
    if begun.is_dropped:
        st.rerun()
    return written.identity or keeping.keep(written.turn, written.beside, begun.slot, shown)
