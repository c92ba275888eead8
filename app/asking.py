"""Asking: what is to be asked in this run of the page, and answering it."""

from dataclasses import dataclass

import streamlit as st

import cards
import keeping
import scripts
from exhibits import Exhibits
from innoqa.adapters.conversation_store import KeptConversation
from innoqa.answering import NEW, Assistant


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


def ask(asked: Asked) -> None:
    """Ask in the run that follows a click."""
    st.session_state.asked = asked
    st.session_state.pop("editing", None)


def taken() -> Asked | None:
    """What was last asked for by a click, once."""
    asked: Asked | None = st.session_state.pop("asked", None)
    return asked


def answer(asked: Asked, assistant: Assistant, shown: KeptConversation | None) -> None:
    """Answer a question, keep the turn, and draw the page again with it."""
    turns = shown.turns if shown else ()
    old = turns[asked.instead_of - 1] if asked.instead_of else None
    number = asked.instead_of or len(turns) + 1
    with st.chat_message("user"):
        st.html(cards.question(asked.question, number))
        scripts.scroll_to(-number, number)
    with st.chat_message("assistant"), st.spinner("Looking in the corpus"):
        before = shown.before(old.number if old else None) if shown else NEW
        turn = assistant.answer(asked.question, before, read_as=asked.read_as)
        beside = Exhibits.of(turn, assistant).dumped()
    branch = asked.anew and old is not None and old is not turns[-1]
    identity = keeping.keep(turn, beside, shown, old, branch=branch)
    keeping.open_conversation(identity)
    st.session_state.fresh = (identity, number)
    st.rerun()


def offer(questions: tuple[str, ...], key: str) -> None:
    """Questions that stand alone, each a button that asks it as it is."""
    for place, question in enumerate(questions):
        asked = Asked(question, read_as=question)
        st.button(cards.as_label(question), key=f"{key}-{place}", on_click=ask, args=(asked,))


def buttons(first: str, second: str) -> tuple[bool, bool]:
    """Two buttons of a form, side by side."""
    with st.container(horizontal=True, gap="small"):
        return st.form_submit_button(first, type="primary"), st.form_submit_button(second)
