"""Where a session keeps its conversations, and whose they are.

A browser is told by a random id in a cookie, so that on a shared server each sees its own
conversations alone. Where they cannot be kept, the session goes on with a store in memory and says
why.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

import scripts
import writing
from innoqa.adapters.conversation_store import (
    ConversationStore,
    KeptConversation,
    KeptTurn,
    unguessable,
)
from innoqa.bootstrap import open_conversations
from innoqa.domain import Turn
from innoqa.errors import ConversationsError
from innoqa.settings import Settings
from navigation import CONVERSATION, LAST

_SHOWN = "conversation that is shown"
_OWNER = re.compile(r"[\w-]{32}", re.ASCII)


def owner() -> str:
    """Who this browser is."""
    if "owner" not in st.session_state:
        known = str(st.context.cookies.get(scripts.COOKIE, ""))
        st.session_state.owner = known if _OWNER.fullmatch(known) else unguessable()
    return str(st.session_state.owner)


def store() -> ConversationStore:
    """Where this session's conversations are kept."""
    if "in_memory" not in st.session_state:
        try:
            return _opened(Settings.from_environment())
        except ConversationsError as error:
            give_up(error)
    in_memory: ConversationStore = st.session_state.in_memory
    return in_memory


@st.cache_resource(show_spinner=False)
def _opened(settings: Settings) -> ConversationStore:
    return open_conversations(settings)


def give_up(error: ConversationsError, shown: KeptConversation | None = None) -> ConversationStore:
    """Go on in memory, with the turns that are shown; they last as long as the page is open."""
    in_memory, shown = ConversationStore(None), shown or st.session_state.get(_SHOWN)
    for kept in shown.turns if shown else ():
        if kept.turn:
            in_memory.add(owner(), shown.id, kept.turn, kept.beside)
    st.session_state.in_memory = in_memory
    st.session_state.not_kept_because = str(error)
    st.session_state.pop("exhibits", None)  # they are found by the ids of turns, which are new
    return in_memory


def current() -> KeptConversation | None:
    """The conversation that the page's address names, if it is there."""
    identity, kept_in = st.query_params.get(CONVERSATION), store()
    is_begun = identity and writing.under_way((owner(), identity))
    found = kept_in.conversation(identity) if identity else None
    st.session_state[LAST] = identity if found or is_begun else None
    st.session_state[_SHOWN] = found
    return found


def open_conversation(identity: str | None) -> None:
    """Let the page's address name a conversation, or none: then a new one is begun."""
    if identity:
        st.query_params[CONVERSATION] = identity
    else:
        st.query_params.clear()
    st.session_state[LAST] = identity
    for passing in ("editing", "judging", "deleted"):
        st.session_state.pop(passing, None)


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a turn is to be kept, and whose; any thread can keep it.

    With ``old`` it is put in that one's place; with ``branch`` in a conversation of its own that
    begins with the turns before it.
    """

    kept_in: ConversationStore
    owner: str
    identity: str
    old: KeptTurn | None = None
    branch: bool = False

    def keep(self, turn: Turn, beside: str) -> str:
        """Keep a turn; returns the id of the conversation that has it."""
        if self.old and self.branch:
            return self.kept_in.branch(self.owner, (self.identity, self.old.number), turn, beside)
        if self.old:
            self.kept_in.replace(self.owner, (self.identity, self.old.id), turn, beside)
        else:
            self.kept_in.add(self.owner, self.identity, turn, beside)
        return self.identity


def slot(shown: KeptConversation | None, old: KeptTurn | None = None, *, branch: bool) -> Slot:
    """The place of a turn in the conversation that is shown, or at the head of a new one."""
    return Slot(store(), owner(), shown.id if shown else unguessable(), old, branch)


def keep(turn: Turn, beside: str, slot: Slot, shown: KeptConversation | None) -> str:
    """Keep a turn, in memory where that cannot be helped; the id of the conversation that has it.

    ``shown`` is the conversation that the slot is in.
    """
    try:
        return slot.keep(turn, beside)
    except ConversationsError as error:
        old = slot.old
        before = shown and replace(shown, turns=shown.turns[: old.number - 1 if old else None])
        in_memory = give_up(error, before)
        return replace(slot, kept_in=in_memory, old=None, branch=False).keep(turn, beside)


def attempt(change: Callable[..., object], *given: object) -> None:
    """Change what is kept, in a callback; where that fails, go on in memory."""
    try:
        change(*given)
    except ConversationsError as error:
        give_up(error)
