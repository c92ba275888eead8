"""Which documents a reader's questions are asked of: all of them, or those that were chosen."""

from collections.abc import Sequence

import streamlit as st

import cards
from innoqa.answering import Assistant
from innoqa.domain import IndexedDocument
from innoqa.searching import PassageCatalog
from sources import count

_CHOSEN = "chosen documents"
_MISSED = "chosen documents that are gone"
LONGEST_LABEL = 40


def restricted(assistant: Assistant) -> Assistant:
    """The assistant, asked of the chosen documents alone where some are chosen."""
    wanted = chosen(listing(assistant))
    return assistant.within(wanted) if wanted else assistant


def chosen(documents: Sequence[IndexedDocument]) -> frozenset[str]:
    """The ids of the chosen documents, none for all.

    A document that was changed since is followed to its new id; one that is gone is forgotten, and
    ``widget`` tells of it.
    """
    kept: dict[str, str] = st.session_state.get(_CHOSEN, {})
    ids = {document.id for document in documents}
    by_source = {document.source: document.id for document in documents}
    now = {name if name in ids else by_source.get(source): source for name, source in kept.items()}
    if None in now:
        st.session_state[_MISSED] = [s for name, s in kept.items()
                                     if name not in ids and s not in by_source]  # fmt: skip
    found = {name: source for name, source in now.items() if name is not None}
    if found != kept:
        st.session_state[_CHOSEN] = found
    return frozenset(found)


def choose(documents: Sequence[IndexedDocument]) -> None:
    """Ask these documents alone from now on; all, where there are none."""
    st.session_state[_CHOSEN] = {document.id: document.source for document in documents}
    st.session_state.pop(_MISSED, None)


def widget(assistant: Assistant) -> None:
    """What questions are asked of, as a popover in which documents can be chosen."""
    documents = listing(assistant)
    wanted = chosen(documents)
    for source in st.session_state.pop(_MISSED, ()):
        st.html(cards.problem(f"{source} was chosen and is no longer in the index."))
    by_id = {document.id: document for document in documents}
    with st.popover(f"Asking: {_told([by_id[name] for name in wanted], len(documents))}"):
        st.multiselect(
            "Ask these documents alone",
            list(by_id),
            default=[name for name in by_id if name in wanted],
            format_func=lambda name: _name(by_id[name], documents),
            placeholder="All documents",
            key="scope",
            on_change=lambda: choose([by_id[name] for name in st.session_state.scope]),
        )


def listing(assistant: Assistant) -> tuple[IndexedDocument, ...]:
    """Every document of the published index, by title."""
    with assistant.open_index() as index:
        return _listing(index.name, index.catalog)


@st.cache_data(show_spinner=False, max_entries=2)
def _listing(
    generation: str,  # noqa: ARG001 - what the listing is kept by
    _catalog: PassageCatalog,
) -> tuple[IndexedDocument, ...]:
    return tuple(_catalog.listing())


def _told(wanted: Sequence[IndexedDocument], all_there_are: int) -> str:
    if not wanted:
        return "all documents"
    if len(wanted) > 1:
        return f"{len(wanted)} of {count(all_there_are, 'document')}"
    title = wanted[0].title
    short = title if len(title) <= LONGEST_LABEL else title[: LONGEST_LABEL - 1].rstrip() + "…"
    return cards.as_label(short)


def _name(document: IndexedDocument, documents: Sequence[IndexedDocument]) -> str:
    """The title, with the source where another document has the same."""
    alike = sum(other.title == document.title for other in documents)
    return document.title if alike == 1 else f"{document.title} ({document.source})"
