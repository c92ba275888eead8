"""The chat page: ``streamlit run app/chat.py``, or ``innoqa chat``.

It asks the same assistant as the command and the evaluation, and shows what comes back. Text from
the corpus and from the reader goes through ``cards`` and ``sources``, where it is escaped, or into
``charts`` as data.
"""

import logging
from pathlib import Path

import streamlit as st

import cards
import charts
import choices
import feedback
import scope
import sources
from exhibits import Exhibits
from innoqa.answering import Assistant
from innoqa.domain import Abstention, Conversation, Turn
from innoqa.errors import InnoqaError

STYLE = Path(__file__).with_name("chat.css")
SUGGESTIONS = 4
SCROLL = """<script>
/* turn {} */ [...document.querySelectorAll(".innoqa-question")].pop()?.scrollIntoView();
document.querySelectorAll(".innoqa-lit").forEach(lit => {{
    const around = lit.closest(".innoqa-scroll");
    around.scrollLeft = lit.offsetLeft - around.clientWidth / 2;
}});
</script>"""
"""The page's only script, the same for every turn but for its number, an integer."""

logger = logging.getLogger("innoqa.chat")


def main() -> None:
    """Draw the page; whatever goes wrong ends as one plain message on it."""
    st.set_page_config(page_title="InnoQA", page_icon="🔎", layout="centered")
    st.html(STYLE)
    with st.container(key="pages"):
        st.page_link("pages/evaluation.py", label="Evaluation")
    try:
        converse(choices.assistant())
    except InnoqaError as error:
        st.html(cards.problem(str(error)))
    except Exception:  # the outermost edge: a reader is never shown a traceback
        logger.exception("the chat page failed")
        st.html(cards.problem("Something went wrong on this page. Its log says what; try again."))


def converse(assistant: Assistant) -> None:
    """The page from its title to its newest answer."""
    corpus = assistant.corpus()
    conversation: Conversation = st.session_state.setdefault("conversation", Conversation())
    asked = st.bottom.chat_input("Ask a question") or st.session_state.pop("suggestion", None)

    st.html(cards.title(corpus))
    with st.container(horizontal=True):
        scope.widget(assistant)
        with st.popover("How sure answers must be"):
            choices.accept_risk(assistant.calibration)
    assistant = scope.restricted(assistant)
    if not conversation.turns and not asked:
        suggest(corpus.suggested_questions[:SUGGESTIONS])
    show(conversation)
    if asked:
        answer(asked, assistant, conversation)


def suggest(questions: tuple[str, ...]) -> None:
    """Questions to begin with, each a button that asks it."""
    if not questions:
        return
    with st.container(gap="xsmall"):
        st.html('<h2 class="innoqa-label">Questions to begin with</h2>')
        for number, question in enumerate(questions):
            label = cards.as_label(question)
            st.button(label, key=f"suggestion-{number}", on_click=choose, args=(question,))


def offer(turn: Turn, number: int) -> None:
    """Questions that the corpus does answer, in place of an answer."""
    suggested = turn.reply.suggestions if isinstance(turn.reply, Abstention) else ()
    for place, question in enumerate(suggested):
        label = cards.as_label(question)
        st.button(label, key=f"offer-{number}-{place}", on_click=choose, args=(question,))


def judge(turn: Turn, number: int) -> None:
    """Keep a turn as a question of the evaluation: as it is, or as one that went wrong."""
    with st.container(horizontal=True, gap="small"):
        good = st.button("Make this a test", key=f"test-{number}", type="tertiary")
        bad = st.button("This is wrong", key=f"wrong-{number}", type="tertiary")
    if good or bad:
        feedback.export(feedback.as_test(turn) if good else feedback.as_complaint(turn))
        st.toast(f"Kept in {feedback.EXPORTED}. Join it with: innoqa eval add")


def choose(question: str) -> None:
    """Ask a suggested question in the run that follows the click."""
    st.session_state.suggestion = question


def show(conversation: Conversation) -> None:
    """Every turn so far. Statements and sources are apart, so that open cards stay open."""
    exhibits: tuple[Exhibits, ...] = st.session_state.setdefault("exhibits", ())
    for number, (turn, shown) in enumerate(zip(conversation.turns, exhibits, strict=True), start=1):
        with st.chat_message("user"):
            st.html(cards.question(turn.question))
        with st.chat_message("assistant"):
            newest = number == len(conversation.turns)
            st.html(cards.reply(turn, number, newest=newest))
            draw(shown.figures)
            put(cards.derivation(turn, number))
            put(cards.conflicts(turn, number))
            offer(turn, number)
            st.html(sources.sources(turn, number, shown.excerpts))
            judge(turn, number)
    if conversation.turns:
        scroll_to(len(conversation.turns))


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


def scroll_to(number: int) -> None:
    """Bring the newest question to the top once, so that its answer is read from the beginning.

    Streamlit would go to the end, past the answer; an input in ``st.bottom`` keeps it from that.
    Tables that are wider than the page are moved sideways to their lit cells.
    """
    st.html(SCROLL.format(number), unsafe_allow_javascript=True)


def answer(question: str, assistant: Assistant, conversation: Conversation) -> None:
    """Answer a question, keep the turn, and draw the page again with it."""
    with st.chat_message("user"):
        st.html(cards.question(question))
        scroll_to(len(conversation.turns) + 1)
    with st.chat_message("assistant"), st.spinner("Looking in the corpus"):
        turn = assistant.answer(question)
        shown = Exhibits.of(turn, assistant)
    st.session_state.conversation = conversation.with_turn(turn)
    st.session_state.exhibits = (*st.session_state.exhibits, shown)
    st.rerun()


if __name__ == "__main__":
    main()
