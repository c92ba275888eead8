"""One turn of a conversation on the page: question, reply, what stands beside it, what can be done.

Statements and sources are elements of their own, so that open cards stay open.
"""

from dataclasses import dataclass

import streamlit as st

import asking
import cards
import charts
import choices
import derivations
import judging
import sources
from asking import Asked
from exhibits import Exhibits
from innoqa import exporting
from innoqa.adapters.conversation_store import KeptTurn
from innoqa.answering import Assistant
from innoqa.domain import Abstention, Turn

CHANGED = "A cited document has changed since, or is gone. This is the answer as it was given."


@dataclass(frozen=True, slots=True)
class Place:
    """Where a turn stands: its number, and what of the conversation that allows."""

    number: int
    is_newest: bool
    is_fresh: bool
    is_own: bool


def show(kept: KeptTurn, place: Place, assistant: Assistant) -> None:
    """A turn, with what its reader can do where the conversation is their own."""
    with st.chat_message("user"):
        st.html(cards.question(kept.question, place.number))
        if place.is_fresh:  # what told that it was looked for may still stand there
            st.empty()
            st.empty()
    answer(kept, place, assistant)


def answer(kept: KeptTurn, place: Place, assistant: Assistant) -> None:
    """What of a turn stands under its question."""
    with st.chat_message("assistant"):
        if kept.turn is None:
            st.html(cards.words_alone(kept.answer))
        else:
            say(kept.turn, kept, place, assistant)
        act(kept, place)


def say(turn: Turn, kept: KeptTurn, place: Place, assistant: Assistant) -> None:
    """The reply and everything that it stands on."""
    read(turn, kept, place)
    is_struck = choices.settings().unproved == "struck"
    is_new = place.is_fresh and not exporting.model_of(turn)  # else it was seen as it came
    st.html(cards.reply(turn, place.number, newest=place.is_newest, fresh=is_new, struck=is_struck))
    shown = exhibits(turn, kept, assistant)
    draw(shown.figures)
    put(derivations.derivation(turn, place.number))
    put(derivations.conflicts(turn, place.number))
    if isinstance(turn.reply, Abstention) and turn.reply.suggestions and place.is_own:
        with st.container(gap="xsmall"):
            st.html('<h3 class="innoqa-label">Questions with an answer</h3>')
            asking.offer(turn.reply.suggestions, f"offer-{kept.id}")
    st.html(sources.sources(turn, place.number, shown.excerpts))
    if shown.has_changed:
        st.html(cards.notice(CHANGED))


def exhibits(turn: Turn, kept: KeptTurn, assistant: Assistant) -> Exhibits:
    """What stands beside a turn, made once in a session."""
    made: dict[int, Exhibits] = st.session_state.setdefault("exhibits", {})
    if kept.id not in made:
        made[kept.id] = Exhibits.loaded(turn, kept.beside, assistant)
    return made[kept.id]


def read(turn: Turn, kept: KeptTurn, place: Place) -> None:
    """How the question was read, to be edited where it stands."""
    reading = cards.reading(turn)
    if st.session_state.get("editing") == ("reading", kept.id):
        with st.form(f"reading-{kept.id}", border=False):
            text = st.text_input("Read as", turn.query.text)
            go, stop = asking.buttons("Ask as this", "Cancel")
        if go:
            again(Asked(turn.question, read_as=text, instead_of=place.number))
        if stop:
            stop_editing()
    elif reading:
        with st.container(
            horizontal=True, gap="xsmall", vertical_alignment="center", key=f"read-{kept.id}"
        ):
            st.html(reading, width="content")
            if place.is_own:
                tertiary("Edit", f"edit-reading-{kept.id}", ("reading", kept.id))


def edit(kept: KeptTurn, place: Place) -> None:
    """The question, to be put otherwise. What was answered after it stays in its conversation."""
    with st.form(f"question-{kept.id}", border=False):
        text = st.text_input("Question", kept.question)
        go, stop = asking.buttons("Ask", "Cancel")
    if go:
        again(Asked(text, instead_of=place.number, anew=True))
    if stop:
        stop_editing()


def act(kept: KeptTurn, place: Place) -> None:
    """Copy, ask again, edit, judge."""
    with st.container(
        horizontal=True, gap="small", vertical_alignment="center", key=f"acts-{kept.id}"
    ):
        text = exporting.plain(kept.turn) if kept.turn else kept.answer
        st.html(cards.copy_button("Copy", text), width="content")
        if place.is_own:
            edited = kept.turn and kept.turn.query.kind == "edited"
            read_as = kept.turn.query.text if kept.turn and edited else None
            asked = Asked(kept.question, read_as, instead_of=place.number)
            st.button(
                "Ask again",
                key=f"again-{kept.id}",
                type="tertiary",
                on_click=asking.ask,
                args=(asked,),
            )
            tertiary("Edit question", f"edit-{kept.id}", ("question", kept.id))
            judging.thumbs(kept)
    if st.session_state.get("editing") == ("question", kept.id):
        edit(kept, place)
    elif place.is_own and kept.turn and st.session_state.get("judging") == kept.id:
        judging.explain(kept.turn, kept)
    elif kept.comment:
        st.html(cards.comment(kept.comment))


def tertiary(label: str, key: str, editing: tuple[str, int]) -> None:
    """A quiet button that opens something for editing."""

    def begin() -> None:
        st.session_state.editing = editing

    st.button(label, key=key, type="tertiary", on_click=begin)


def again(asked: Asked) -> None:
    """Ask, in a run of its own."""
    asking.ask(asked)
    st.rerun()


def stop_editing() -> None:
    """Leave everything as it was."""
    st.session_state.pop("editing", None)
    st.rerun()


def draw(figures: tuple[charts.Figure, ...]) -> None:
    """Charts, each under what it is of and over what has to be known of it."""
    for figure in figures:
        with st.container(gap="xxsmall"):
            put(cards.caption(figure.title))
            st.vega_lite_chart(spec=figure.spec, alt=figure.description)
            put(cards.notes(figure.notes))


def put(html: str) -> None:
    """HTML, where there is any: Streamlit refuses to draw none."""
    if html:
        st.html(html)
