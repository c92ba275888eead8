"""The page of what is indexed: its documents, each with its text and tables, added and removed.

An address names a place in a document (see ``links``); the page opens there. Without one it lists
all documents, of which some can be chosen to be asked alone.
"""

import logging
from collections.abc import Sequence
from html import escape
from pathlib import Path

import streamlit as st

import adding
import cards
import choices
import navigation
import scope
import viewing
from innoqa import bootstrap
from innoqa.domain import IndexedDocument
from innoqa.errors import IndexMissing, InnoqaError
from innoqa.settings import Settings
from links import Place
from sources import count

STYLE = Path(__file__).parents[1] / "chat.css"
PER_PAGE = 25
"""Documents that are listed at a time."""
GONE = (
    "This document is not in the index: it was changed or removed since the link to it was made. "
    "Look for it among all documents."
)
logger = logging.getLogger("innoqa.chat")


def main() -> None:
    """Draw the page; whatever goes wrong ends as one plain message on it."""
    st.set_page_config(
        page_title="InnoQA documents", page_icon="🔎", layout="centered", menu_items=choices.MENU
    )
    st.html(STYLE)
    navigation.links()
    choices.follow_theme()
    try:
        show(choices.settings())
    except InnoqaError as error:
        st.html(cards.problem(str(error)))
    except Exception:  # the outermost edge: a reader is never shown a traceback
        logger.exception("the documents page failed")
        st.html(cards.problem("Something went wrong on this page. Its log says what; try again."))


def show(settings: Settings) -> None:
    """One document at its place, or the list of all; where there is no index, how to make one."""
    adding.work()
    place = Place.named_by(st.query_params)
    try:
        assistant = choices.assistant()
        documents = scope.listing(assistant)
    except IndexMissing as error:
        st.html(cards.problem(str(error)))
        if settings.uploads:
            adding.files(settings)
        return
    if place is None:
        listed(documents, settings)
        return
    known = next((one for one in documents if one.id == place.document_id), None)
    with st.container(horizontal=True, key="of-document"):
        st.button("← All documents", type="tertiary", on_click=st.query_params.clear)
        if known:
            _actions(known, documents, settings)
    if known:
        viewing.document(known, place, assistant)
    else:
        st.html(cards.problem(GONE))


def _actions(
    known: IndexedDocument, documents: Sequence[IndexedDocument], settings: Settings
) -> None:
    """What can be done with one document."""
    if scope.chosen(documents) == {known.id}:
        st.button("Ask all documents again", type="tertiary", on_click=scope.choose, args=([],))
    else:
        alone = "Ask this document alone"
        st.button(alone, type="tertiary", on_click=scope.choose, args=([known],))
    if settings.uploads and st.button("Remove …", type="tertiary"):
        adding.confirm(known, settings)


def listed(documents: Sequence[IndexedDocument], settings: Settings) -> None:
    """What the index holds, and each document by title."""
    st.html(_summary(documents, settings))
    if settings.uploads:
        adding.files(settings)
    wanted = st.text_input("Find by title or file name", key="wanted")
    words = wanted.casefold().split()
    found = [one for one in documents if _has(one, words)]
    if not found:
        st.html(f"<p>No document has “{escape(wanted)}” in its title or file name.</p>")
        return
    pages = -(-len(found) // PER_PAGE)
    page = st.pagination(pages, key=f"page of {wanted}") if pages > 1 else 1
    uploaded = bootstrap.uploaded(settings)
    chosen = scope.chosen(documents)
    _asked(documents)
    with st.container(gap=None, key="documents"):
        for one in found[(page - 1) * PER_PAGE : page * PER_PAGE]:
            _row(one, documents, is_chosen=one.id in chosen, is_uploaded=one.id in uploaded)


def _summary(documents: Sequence[IndexedDocument], settings: Settings) -> str:
    when = f"{bootstrap.published_at(settings):%d %B %Y, %H:%M}".lstrip("0")
    counts = (
        count(len(documents), "document"),
        count(sum(one.tables for one in documents), "table"),
        count(sum(one.passages for one in documents), "passage"),
        f"indexed {when}",
    )
    return (
        '<header class="innoqa-title"><h1>Documents</h1>'
        f"<p>{escape(' · '.join(counts))}</p></header>"
    )


def _asked(documents: Sequence[IndexedDocument]) -> None:
    """Which documents questions are asked of, and the way back to all."""
    chosen = scope.chosen(documents)
    if not chosen:
        st.html('<p class="innoqa-note">Tick documents to ask them alone.</p>')
        return
    with st.container(horizontal=True, vertical_alignment="center", key="asked"):
        alone = "this document" if len(chosen) == 1 else f"these {len(chosen)} documents"
        st.html(cards.notice(f"Questions are asked of {alone} alone."), width="content")
        st.button("Ask all again", on_click=_ask_all, args=(documents,))


def _ask_all(documents: Sequence[IndexedDocument]) -> None:
    scope.choose([])
    for one in documents:
        if f"ask-{one.id}" in st.session_state:
            st.session_state[f"ask-{one.id}"] = False


def _has(document: IndexedDocument, words: Sequence[str]) -> bool:
    searched = f"{document.title} {document.source}".casefold()
    return all(word in searched for word in words)


def _row(
    one: IndexedDocument,
    documents: Sequence[IndexedDocument],
    *,
    is_chosen: bool,
    is_uploaded: bool,
) -> None:
    label = cards.as_label(one.title)
    with st.container(horizontal=True, gap="small", key=f"row-{one.id}"):
        st.checkbox(
            f"Ask {label}",
            value=is_chosen,
            key=f"ask-{one.id}",
            label_visibility="collapsed",
            on_change=_toggle,
            args=(one, documents),
        )
        with st.container(gap=None):
            place = Place(one.id)
            st.button(
                label,
                key=f"open-document-{one.id}",
                type="tertiary",
                on_click=st.query_params.from_dict,
                args=(place.parameters,),
            )
            st.html(_meta(one, is_uploaded=is_uploaded))


def _meta(one: IndexedDocument, *, is_uploaded: bool) -> str:
    tables = count(one.tables, "table") if one.tables else ""
    parts = (
        *viewing.byline(one), one.source, tables, count(one.passages, "passage"),
        "read in part" * bool(one.gaps), "added here" * is_uploaded,
    )  # fmt: skip
    return f'<p class="innoqa-note">{escape(" · ".join(filter(None, parts)))}</p>'


def _toggle(one: IndexedDocument, documents: Sequence[IndexedDocument]) -> None:
    chosen = scope.chosen(documents) ^ {one.id}
    scope.choose([document for document in documents if document.id in chosen])


if __name__ == "__main__":
    main()
