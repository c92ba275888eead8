"""One document on the page: its text in parts, or one of its tables, at the place asked for."""

from html import escape

import streamlit as st

import cards
import viewer
from innoqa.answering import Assistant
from innoqa.domain import Document, IndexedDocument
from links import Place
from sources import count

SCROLL = """<script>
/* %s */ {
    const place = document.getElementById("place");
    const around = place?.closest(".innoqa-whole-table");
    if (around) {
        const ends = place.offsetLeft + place.offsetWidth;
        if (ends > around.clientWidth) around.scrollLeft = ends - around.clientWidth / 2;
        around.scrollTop = place.offsetTop - around.clientHeight / 2;
    }
    if (place) place.scrollIntoView({block: "center"});
    else document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
}
</script>"""
"""Brings the place, or the top, into view. Nothing but what ``links`` lets through is put in."""
TEXT = "Text"
MOST_AUTHORS = 3
"""Authors of a document that are named."""


def document(known: IndexedDocument, place: Place, assistant: Assistant) -> None:
    """A document under its title; the place in it is lit and in view."""
    with assistant.open_index() as index:
        found = index.catalog.document(known.id)
        passages = index.catalog.passages_of(known.id)
    assert found is not None
    text = viewer.Text.of(found, passages)
    st.html(_title(known))
    table = _chosen_table(found, place, has_text=bool(text.passages))
    if table is None:
        _text(text, place)
    else:
        _table(found, table, place)
    shown = "all" if st.session_state.get(f"whole {place.address}") else "a part"
    st.html(SCROLL % f"{place.address}, {shown}", unsafe_allow_javascript=True)


def _title(known: IndexedDocument) -> str:
    tables = count(known.tables, "table") if known.tables else ""
    told = (*byline(known), known.source, tables, count(known.passages, "passage"),
            f"{known.characters:,} characters")  # fmt: skip
    gaps = "".join(cards.notice(f"Not all of it was read: {gap}.") for gap in known.gaps)
    return (
        f'<header class="innoqa-title"><h1>{escape(known.title)}</h1>'
        f"<p>{escape(' · '.join(filter(None, told)))}</p></header>{gaps}"
    )


def byline(known: IndexedDocument) -> tuple[str, str]:
    """Who wrote a document, and when; "" where it does not say."""
    more = len(known.authors) - MOST_AUTHORS
    names = ", ".join(known.authors[:MOST_AUTHORS]) + (f" and {more} more" if more > 0 else "")
    return names, known.date


def _chosen_table(found: Document, place: Place, *, has_text: bool) -> int | None:
    """The number of the table to show, None for the text; a document of both lets choose."""
    asked = place.table if place.table is not None and place.table < len(found.tables) else None
    if not found.tables or (not has_text and len(found.tables) == 1):
        return 0 if found.tables else None
    offered = [None] * has_text + list(range(len(found.tables)))
    return st.selectbox(
        "Show",
        offered,
        index=offered.index(asked) if asked in offered else 0,
        format_func=lambda number: TEXT if number is None else _name(found, number),
        key=f"table of {place.address}",
    )


def _name(found: Document, number: int) -> str:
    return f"Table {number + 1}: {found.tables[number].title or found.title}"


def _text(text: viewer.Text, place: Place) -> None:
    parts = text.parts()
    number = _part(len(parts), text.part_at(place), place)
    shown = (0, len(text.document.text) + 1) if number is None else parts[number]
    st.html(text.html(shown, place))
    if number is None or number == len(parts) - 1:
        _put(viewer.notes(text.document))


def _table(found: Document, number: int, place: Place) -> None:
    table = found.tables[number]
    at = place if place.table == number else Place(found.id)
    parts = -(-len(table.rows) // viewer.ROWS) or 1
    part = _part(parts, min(viewer.rows_at(at), parts - 1), at)
    rows = (0, len(table.rows)) if part is None else (part * viewer.ROWS, (part + 1) * viewer.ROWS)
    if table.title and table.title != found.title:
        st.html(f'<h2 class="innoqa-label">{escape(table.title)}</h2>')
    st.html(viewer.table_html(table, rows, at))
    if at.row is not None and at.row > len(table.rows):
        st.html(cards.problem(f"The table has {count(len(table.rows), 'row')}, no row {at.row}."))


def _part(parts: int, at: int, place: Place) -> int | None:
    """The number of the part to show, from 0; None for all of them."""
    if parts == 1:
        return 0
    with st.container(horizontal=True, vertical_alignment="center", key="parts"):
        whole = st.toggle("Show all", key=f"whole {place.address}")
        if whole:
            return None
        number = st.pagination(parts, default=at + 1, key=f"part of {place.address}")
    return number - 1


def _put(html: str) -> None:
    if html:
        st.html(html)
