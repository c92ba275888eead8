"""The chat page: ``streamlit run app/chat.py``, or ``innoqa chat``.

It asks the same assistant as the command and the evaluation, and shows what comes back. Text from
the corpus and from the reader goes through ``cards`` and ``sources``, where it is escaped, or into
``charts`` as data.
"""

import logging
from pathlib import Path

import streamlit as st

import asking
import cards
import choices
import composers
import conversations
import following
import keeping
import navigation
import scope
import scripts
import suggesting
import turns
from asking import Asked
from innoqa.adapters.conversation_store import KeptConversation
from innoqa.answering import Assistant
from innoqa.errors import ConversationsError, InnoqaError
from writing import Writing

STYLE = Path(__file__).with_name("chat.css")
SUGGESTIONS = 4
TYPED = "typed question"

logger = logging.getLogger("innoqa.chat")


def main() -> None:
    """Draw the page; whatever goes wrong ends as one plain message on it."""
    st.set_page_config(
        page_title="InnoQA", page_icon="🔎", layout="centered", menu_items=choices.MENU
    )
    st.html(STYLE)
    try:
        converse()
    except ConversationsError as error:
        keeping.give_up(error)
        if typed := st.session_state.get(TYPED):
            asking.ask(Asked(typed))
        st.rerun()
    except InnoqaError as error:
        st.html(cards.problem(str(error)))
    except Exception:  # the outermost edge: a reader is never shown a traceback
        logger.exception("the chat page failed")
        st.html(cards.problem("Something went wrong on this page. Its log says what; try again."))


def converse() -> None:
    """The page. The list of conversations is drawn last: an answer changes it."""
    begun = following.pending()  # before what is kept is read: it may come to its end
    shown = keeping.current()
    navigation.links()
    listed = conversations.place()
    try:
        shown = talk(shown, begun)
    except ConversationsError:
        raise
    except InnoqaError as error:
        st.html(cards.problem(str(error)))
    with listed:
        conversations.show(shown)
    scripts.remember(keeping.owner())
    if shown and shown.owner == keeping.owner():
        suggesting.offer(scope.restricted(choices.assistant()), shown)


def talk(shown: KeptConversation | None, begun: Writing | None) -> KeptConversation | None:
    """The page from its title to its newest answer; the conversation as it is after that.

    ``begun`` is what is being written in it.

    What an answer changes above itself is drawn after it, in the place that is kept for it: so the
    page need not run twice.
    """
    assistant = choices.assistant()
    is_own = shown is None or shown.owner == keeping.owner()
    asked = question() if is_own else None
    st.html(cards.title(assistant.corpus()) + composers.line())
    tools = st.container(horizontal=True, gap="small", key="tools")
    with tools:
        scope.widget(assistant)
        with st.popover("How sure answers must be"):
            choices.accept_risk(assistant.calibration)
    told = st.container(key="told")
    if begun and asked:
        shown, begun = following.cut_short(begun, shown), None
    elif begun:
        asked = begun.asked
    if asked:
        number = begun.number if begun else asked.number(shown)
        show(shown, range(1, number), assistant, newest=number)
        shown = asking.answer(asked, scope.restricted(assistant), shown, begun)
        turns.answer(shown.turns[number - 1], place(shown, number), assistant)
        show(shown, range(number + 1, len(shown.turns) + 1), assistant)
    elif shown:
        show(shown, range(1, len(shown.turns) + 1), assistant)
    else:
        begin(assistant)
    asking.offer_stopped()
    with told:
        tell(shown)
    if shown:
        to_newest(shown)
        with tools:
            conversations.menu(shown)
    return shown


def question() -> Asked | None:
    """What is asked in this run: what was typed, or what was clicked."""
    typed = st.bottom.chat_input("Ask a question", key=TYPED)
    return Asked(typed) if typed else asking.taken()


def tell(shown: KeptConversation | None) -> None:
    """Whatever a reader has to know of what is kept."""
    if why := st.session_state.get("not_kept_because"):
        st.html(cards.problem(f"What you ask here is not kept. {why}"))
    if told := st.session_state.pop("told", None):
        st.toast(told)
    composers.trouble()
    conversations.undo()
    if shown and shown.owner != keeping.owner():
        conversations.another(shown)
    elif not shown and navigation.CONVERSATION in st.query_params:
        conversations.missing()


def begin(assistant: Assistant) -> None:
    """Questions to begin with."""
    questions = assistant.corpus().suggested_questions[:SUGGESTIONS]
    if questions:
        with st.container(gap="xsmall"):
            st.html('<h2 class="innoqa-label">Questions to begin with</h2>')
            asking.offer(questions, "suggestion")


def show(
    shown: KeptConversation | None, numbers: range, assistant: Assistant, newest: int = 0
) -> None:
    """Turns by their numbers; ``newest`` is the number of the last one, where it is yet to come."""
    for number in numbers:
        assert shown is not None
        turns.show(shown.turns[number - 1], place(shown, number, newest), assistant)


def place(shown: KeptConversation, number: int, newest: int = 0) -> turns.Place:
    """Where a turn stands."""
    return turns.Place(
        number,
        is_newest=number == max(newest, len(shown.turns)),
        is_fresh=st.session_state.get("fresh") == (shown.id, number),
        is_own=shown.owner == keeping.owner(),
    )


def to_newest(shown: KeptConversation) -> None:
    """Bring the answer that was given last into view, once."""
    fresh = st.session_state.get("fresh")
    at = fresh[1] if fresh and fresh[0] == shown.id else len(shown.turns)
    scripts.scroll_to(shown.turns[at - 1].id, at)


if __name__ == "__main__":
    main()
