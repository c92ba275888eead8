"""Questions to go on with, under the newest answer.

They are looked for after everything else is drawn, so that no answer waits for them; each is drawn
when it is found, where a reader who asks something else meanwhile stops the search.
"""

from collections.abc import Iterator

import streamlit as st

import asking
from innoqa.adapters.conversation_store import KeptConversation, KeptTurn
from innoqa.answering import Assistant
from innoqa.domain import Answer

_FOUND = "found questions"


def offer(assistant: Assistant, shown: KeptConversation) -> None:
    """Questions that are answered, none of them asked before. Looked for once in a session."""
    last = shown.turns[-1]
    if last.turn is None or not isinstance(last.turn.reply, Answer):
        return
    found: dict[int, tuple[str, ...]] = st.session_state.setdefault(_FOUND, {})
    with st.container(gap="xsmall", key="next"):
        drawn: list[str] = []
        for question in found.get(last.id) or _looked_for(assistant, shown, last):
            if not drawn:
                st.html('<h2 class="innoqa-label">Ask next</h2>')
            asking.offer((question,), f"next-{last.id}-{len(drawn)}")
            drawn.append(question)
        found[last.id] = tuple(drawn)


def _looked_for(assistant: Assistant, shown: KeptConversation, last: KeptTurn) -> Iterator[str]:
    assert last.turn is not None
    return assistant.suggestions(last.turn, shown.before(last.number))
