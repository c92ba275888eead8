"""The conversations of a browser: their list in the sidebar, and what can be done with one."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import cards
import feedback
import keeping
import keys
import navigation
import writing
from innoqa import bibliography, exporting
from innoqa.adapters.conversation_store import KeptConversation, Listed

AT_FIRST = 30
"""Conversations that are listed until more are asked for."""

EXPORTS: dict[str, tuple[str, str, Callable[[KeptConversation], str]]] = {
    "Markdown": ("md", "text/markdown", lambda c: exporting.markdown(c.title, c.before())),
    "Web page": ("html", "text/html", lambda c: exporting.html(c.title, c.before())),
    "References as BibTeX": (
        "bib",
        "application/x-bibtex",
        lambda c: bibliography.bibtex(bibliography.sources(c.before())),
    ),
    "References as CSL JSON": (
        "json",
        "application/vnd.citationstyles.csl+json",
        lambda c: bibliography.csl(bibliography.sources(c.before())),
    ),
    "Judged answers as tests": (
        "jsonl",
        "application/jsonl",
        lambda c: feedback.judged(c.turns),
    ),
}
"""By label: the ending of the file, its media type, and what makes it of a conversation."""

_UNSAFE = re.compile(r"[^\w-]+")


def place() -> DeltaGenerator:
    """The place of the list in the sidebar, under a button for a new conversation."""
    with st.sidebar:
        st.button("New chat", key="new", width="stretch", shortcut=keys.NEW_CHAT,
                  on_click=keeping.open_conversation, args=(None,))  # fmt: skip
        return st.container(key="conversations", gap="xsmall")


def show(shown: KeptConversation | None) -> None:
    """A search, and the list, the one changed last on top."""
    st.html('<h2 class="innoqa-label">Your conversations</h2>')
    limit = st.session_state.get("listed", AT_FIRST)
    search = st.session_state.get("search", "")
    found = keeping.store().listed(keeping.owner(), search, limit + 1)
    if found or search:
        st.text_input(
            "Search questions and answers", key="search", label_visibility="collapsed",
            placeholder="Search questions and answers", type="search",
        )  # fmt: skip
    for one in found[:limit]:
        is_shown = shown is not None and one.id == shown.id
        st.button(
            label(one), key=f"open-{one.id}", width="stretch",
            type="secondary" if is_shown else "tertiary",
            on_click=keeping.open_conversation, args=(one.id,),
        )  # fmt: skip
    if len(found) > limit:
        st.button("Show more", key="more", on_click=list_more, args=(limit,))
    if not found:
        nothing = "None has all of these words." if search else "They are kept here."
        st.html(f'<p class="innoqa-note">{nothing}</p>')


def list_more(limit: int) -> None:
    """List more in the run that follows."""
    st.session_state.listed = limit + AT_FIRST


def label(one: Listed) -> str:
    """A conversation's title and when it was changed last, for a button."""
    now = datetime.now(UTC).astimezone(_zone())
    return f"{cards.as_label(one.title)} :small[{when(one.updated.astimezone(_zone()), now)}]"


def when(then: datetime, now: datetime) -> str:
    """A time in a few words: the hour of today, else the day, with its year where it is another.

    >>> when(datetime(2026, 3, 1, 9, 5), datetime(2026, 3, 1, 18, 0))
    '09:05'
    """
    if then.date() == now.date():
        return f"{then:%H:%M}"
    day = f"{then.day} {then:%B}"
    return day if then.year == now.year else f"{day} {then.year}"


def _zone() -> tzinfo:
    """The time zone of the browser, where it tells one that is known here."""
    try:
        return ZoneInfo(str(st.context.timezone or "UTC"))
    except (LookupError, ValueError, OSError):
        return UTC


def menu(shown: KeptConversation) -> None:
    """What can be done with the conversation that is open."""
    is_own = shown.owner == keeping.owner()
    with st.popover("This conversation"), st.container(gap="xsmall", key="this-conversation"):
        if is_own:
            key = f"name-{shown.id}"
            st.text_input("Name", shown.title, key=key, max_chars=80,
                          on_change=rename, args=(shown.id, key))  # fmt: skip
        st.html(cards.copy_button("Copy link"))
        st.html('<h3 class="innoqa-label">Download</h3>')
        is_judged = is_own and any(kept.verdict for kept in shown.turns)
        for name, export in EXPORTS.items():
            if is_judged or export[0] != "jsonl":
                download(shown, name)
        if is_own:
            st.button("Delete", key="delete", on_click=delete, args=(shown,))


def download(shown: KeptConversation, name: str) -> None:
    """A button that gives the conversation as a file, made when it is clicked."""
    ending, media_type, make = EXPORTS[name]
    stem = _UNSAFE.sub("-", shown.title).strip("-").lower()[:60] or "conversation"
    st.download_button(
        name, lambda: make(shown), f"{stem}.{ending}", media_type,
        key=f"download-{ending}", on_click="ignore", type="tertiary",
    )  # fmt: skip


def rename(identity: str, key: str) -> None:
    """Give a conversation the name that was typed."""
    keeping.attempt(keeping.store().rename, keeping.owner(), identity, st.session_state[key])


def delete(shown: KeptConversation) -> None:
    """Delete a conversation and begin a new one, where that can be undone."""
    writing.drop((keeping.owner(), shown.id))
    keeping.attempt(keeping.store().delete, keeping.owner(), shown.id)
    keeping.open_conversation(None)
    st.session_state.deleted = (shown.id, shown.title)


def undo() -> None:
    """That a conversation was deleted, with the way back, until something else is opened."""
    if "deleted" in st.session_state:
        identity, title = st.session_state.deleted
        offer_back(identity, f"“{title}” is deleted.")


def missing() -> None:
    """That the conversation of the page's address is not there; a deleted one can be had back."""
    identity = st.query_params[navigation.CONVERSATION]
    if keeping.store().is_deleted(keeping.owner(), identity):
        offer_back(identity, "The conversation of this address is deleted.")
    else:
        st.html(cards.notice("The conversation of this address is not here."))


def offer_back(identity: str, why: str) -> None:
    """A button that brings a deleted conversation back."""
    with st.container(horizontal=True, vertical_alignment="center", key="undo"):
        st.html(cards.notice(why), width="content")
        st.button("Undo", key="undo-delete", on_click=restore, args=(identity,))


def restore(identity: str) -> None:
    """Bring a deleted conversation back, and open it."""
    keeping.attempt(keeping.store().restore, keeping.owner(), identity)
    keeping.open_conversation(identity)


def another(shown: KeptConversation) -> None:
    """That the conversation is another browser's: it can be read, and continued in a copy."""
    with st.container(horizontal=True, vertical_alignment="center", key="another"):
        words = "This conversation was begun in another browser. It can only be read here."
        st.html(cards.notice(words), width="content")
        st.button("Continue in a copy", key="copy", on_click=copy, args=(shown.id,))


def copy(identity: str) -> None:
    """Open a copy of a conversation, this browser's own."""
    keeping.open_conversation(keeping.store().copy(identity, keeping.owner()))
