"""Asking: what is to be asked in this run of the page, and answering it."""

from dataclasses import dataclass

import streamlit as st

import cards
import following
import keeping
import scripts
import writing
from exhibits import Exhibits
from innoqa.adapters.conversation_store import KeptConversation
from innoqa.answering import NEW, Assistant
from innoqa.composing import Follow, go_on
from innoqa.domain import Turn
from keeping import Slot
from writing import Writing

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


def answer(
    asked: Asked, assistant: Assistant, shown: KeptConversation | None, begun: Writing | None
) -> KeptConversation:
    """Answer a question and keep the turn; the conversation with it, which is open from now on.

    ``begun`` is where a chat model is writing the answer already.
    """
    number = begun.number if begun else asked.number(shown)
    with st.chat_message("user"):
        st.html(cards.question(asked.question, number))
        scripts.scroll_to(-number, number)
        if begun is None and assistant.model:
            begun = _begin(asked, assistant, shown)
        identity = following.end(begun, shown) if begun else _at_once(asked, assistant, shown)
    keeping.open_conversation(identity)
    st.session_state.fresh = (identity, number)
    kept = keeping.current()
    assert kept is not None
    return kept


def _at_once(asked: Asked, assistant: Assistant, shown: KeptConversation | None) -> str:
    """Answer in this run, which ends where something is clicked: then nothing is kept."""
    slot = _slot(asked, shown)
    with following.looking(_stopped, asked):
        turn, beside = _answered(asked, assistant, slot, shown, go_on)
    return keeping.keep(turn, beside, slot, shown)


def _begin(asked: Asked, assistant: Assistant, shown: KeptConversation | None) -> Writing:
    """Let the assistant answer beside this run, in a conversation that is open from now on."""
    assert assistant.model is not None
    slot = _slot(asked, shown)
    begun = Writing(asked, asked.number(shown), slot, assistant.model.writer.name)
    writing.start(begun, lambda follow: _answered(asked, assistant, slot, shown, follow))
    keeping.open_conversation(slot.identity)
    return begun


def _slot(asked: Asked, shown: KeptConversation | None) -> Slot:
    turns = shown.turns if shown else ()
    old = turns[asked.instead_of - 1] if asked.instead_of else None
    return keeping.slot(shown, old, branch=asked.anew and old is not None and old is not turns[-1])


def _answered(
    asked: Asked, assistant: Assistant, slot: Slot, shown: KeptConversation | None, follow: Follow
) -> tuple[Turn, str]:
    """The turn, and what is kept beside it."""
    before = shown.before(slot.old.number if slot.old else None) if shown else NEW
    turn = assistant.answer(asked.question, before, read_as=asked.read_as, follow=follow)
    return turn, Exhibits.of(turn, assistant).dumped()


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
