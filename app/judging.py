"""What a reader thinks of an answer: a thumb, a comment, and the answer as a test."""

import streamlit as st

import asking
import feedback
import keeping
import scripts
from innoqa.adapters.conversation_store import KeptTurn, Verdict
from innoqa.domain import Turn


def thumbs(kept: KeptTurn) -> None:
    """A thumb, up or down, kept with the turn."""
    key = f"verdict-{kept.id}"

    def keep() -> None:
        chosen = st.session_state[key]
        keeping.attempt(judged, kept, None if chosen is None else ("down", "up")[chosen], "")
        st.session_state.judging = None if chosen is None else kept.id

    default = {"down": 0, "up": 1}.get(kept.verdict or "")
    st.feedback("thumbs", key=key, default=default, on_change=keep)


def judged(kept: KeptTurn, verdict: Verdict | None, comment: str) -> None:
    """Keep a verdict on a turn."""
    keeping.store().judge(keeping.owner(), kept.id, verdict, comment)


def explain(turn: Turn, kept: KeptTurn) -> None:
    """A comment on the verdict, and the turn as a question of the evaluation."""
    is_wrong = kept.verdict == "down"
    with st.form(f"comment-{kept.id}", border=False):
        ask_for = (
            "What is wrong, and what would be right?" if is_wrong else "What is good about it?"
        )
        comment = st.text_input(ask_for, kept.comment, placeholder="Optional")
        said, test = asking.buttons("Keep", "Keep and make this a test")
    scripts.show_form(kept.id)
    if said or test:
        keeping.attempt(judged, kept, kept.verdict, " ".join(comment.split()))
        st.session_state.judging = None
        if test:
            entry = feedback.as_complaint(turn, comment) if is_wrong else feedback.as_test(turn)
            feedback.export(entry)
            st.session_state.told = f"Kept in {feedback.EXPORTED}. Join it with: innoqa eval add"
        st.rerun()
