"""Asking: what is to be asked in this run of the page, and answering it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

import cards
import keeping
import keys
import scripts
from exhibits import Exhibits
from innoqa.adapters.conversation_store import KeptConversation
from innoqa.answering import NEW, Assistant

_STOPPED = "question that was stopped"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to ask, and where its answer belongs.

    ``instead_of`` is the number of the turn whose place it takes. With ``anew`` the turns after
    that one are no longer its own: where there are some, they stay behind in a conversation of
    their own.
    """

    question: str
    read_as: str | None = None
    instead_of: int | None = None
    anew: bool = False

    def number(self, shown: KeptConversation | None) -> int:
        """The number of the turn that its answer becomes, from 1."""
        return self.instead_of or (len(shown.turns) if shown else 0) + 1


def ask(asked: Asked) -> None:
    """Ask in the run that follows a click."""
    st.session_state.asked = asked
    st.session_state.pop("editing", None)


def taken() -> Asked | None:
    """What was last asked for by a click, once."""
    asked: Asked | None = st.session_state.pop("asked", None)
    return asked


def answer(asked: Asked, assistant: Assistant, shown: KeptConversation | None) -> KeptConversation:
    """Answer a question and keep the turn; the conversation with it, which is open from now on."""
    turns = shown.turns if shown else ()
    old = turns[asked.instead_of - 1] if asked.instead_of else None
    number = asked.number(shown)
    with st.chat_message("user"):
        st.html(cards.question(asked.question, number))
        scripts.scroll_to(-number, number)
        with _looking(asked):
            before = shown.before(old.number if old else None) if shown else NEW
            turn = assistant.answer(asked.question, before, read_as=asked.read_as)
            beside = Exhibits.of(turn, assistant).dumped()
    branch = asked.anew and old is not None and old is not turns[-1]
    identity = keeping.keep(turn, beside, shown, old, branch=branch)
    keeping.open_conversation(identity)
    st.session_state.fresh = (identity, number)
    kept = keeping.current()
    assert kept is not None
    return kept


@contextmanager
def _looking(asked: Asked) -> Iterator[None]:
    """Tells that an answer is looked for, with a button that stops it: then nothing is kept."""
    waiting = st.empty()
    with waiting.container(horizontal=True, vertical_alignment="center", key="looking"):
        st.html('<p class="innoqa-note" role="status">Looking in the corpus …</p>', width="content")
        st.button("Stop", key="stop", type="tertiary", shortcut=keys.STOP,
                  on_click=_stopped, args=(asked,))  # fmt: skip
    yield
    waiting.empty()


def _stopped(asked: Asked) -> None:
    st.session_state[_STOPPED] = asked


def offer_stopped() -> None:
    """The question whose answer was stopped, to be asked after all; told once."""
    stopped: Asked | None = st.session_state.pop(_STOPPED, None)
    if stopped:
        with st.container(horizontal=True, vertical_alignment="center", key="stopped"):
            words = f"Stopped: “{stopped.question}” was not answered."
            st.html(cards.notice(words), width="content")
            st.button("Ask it after all", key="ask-stopped", on_click=ask, args=(stopped,))


def offer(questions: tuple[str, ...], key: str) -> None:
    """Questions that stand alone, each a button that asks it as it is."""
    for place, question in enumerate(questions):
        asked = Asked(question, read_as=question)
        st.button(cards.as_label(question), key=f"{key}-{place}", on_click=ask, args=(asked,))


def buttons(first: str, second: str) -> tuple[bool, bool]:
    """Two buttons of a form, side by side."""
    with st.container(horizontal=True, gap="small"):
        return st.form_submit_button(first, type="primary"), st.form_submit_button(second)
