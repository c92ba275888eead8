"""The links between the pages, the same on each of them."""

import streamlit as st

import scripts

SETTINGS = "pages/settings.py"
PAGES = {
    "chat.py": "Chat",
    "pages/documents.py": "Documents",
    "pages/evaluation.py": "Evaluation",
    SETTINGS: "Settings",
}
CONVERSATION = "c"
"""The query parameter of the chat page that names a conversation."""
LAST = "last_conversation"
"""Where a session keeps the conversation that it had open last."""


def links() -> None:
    """A link to each page, at the top of the sidebar; the chat's leads back to what was open."""
    last = st.session_state.get(LAST)
    with st.sidebar.container(key="pages", gap="xxsmall"):
        for page, label in PAGES.items():
            is_chat = page == "chat.py" and last
            st.page_link(page, label=label, query_params={CONVERSATION: last} if is_chat else None)
        scripts.listen()
