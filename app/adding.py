"""Adding files on the page and removing documents, with what became of each."""

from collections.abc import Sequence
from html import escape

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

import cards
import working
from innoqa import bootstrap
from innoqa.domain import IndexedDocument
from innoqa.errors import InnoqaError
from innoqa.settings import Settings
from innoqa.uploads import Received, Upload
from sources import count

FORMATS = "PDF, Word, PowerPoint, Excel, web pages, Markdown, text, CSV, EPUB, e-mail"
MOST_UNREAD = 10
"""Cells that are named of those that could not be read as numbers."""
_ROUND = "files that were given"
_TOLD = "what became of the work"
_OUTCOMES = {
    "added": "added",
    "changed": "replaced",
    "unchanged": "unchanged",
    "skipped": "not added",
}


def work() -> None:
    """Work that is under way, until it is done, and then what became of it."""
    if working.is_under_way():
        try:
            told = working.finished()
        except InnoqaError as error:
            told = cards.problem(str(error))
        st.session_state[_TOLD] = told
        st.rerun()
    if told := st.session_state.pop(_TOLD, None):
        st.html(told)


def files(settings: Settings) -> None:
    """The place where files are dropped, and the button that adds them."""
    number = st.session_state.setdefault(_ROUND, 0)
    given = st.file_uploader(
        f"Add documents: {FORMATS}", accept_multiple_files=True, key=f"files-{number}"
    )
    if not given:
        return
    replacing = _replaced(given, settings)
    if st.button("Add to the index", type="primary"):
        contents = [(file.name, file.getvalue()) for file in given]
        st.session_state[_ROUND] += 1
        working.start(
            f"Adding {count(len(contents), 'file')}",
            lambda progress: received(bootstrap.receive(contents, replacing, settings, progress)),
        )
        st.rerun()


def _replaced(given: Sequence[UploadedFile], settings: Settings) -> list[str]:
    """The names of files that are to replace others, which a reader has to say of each."""
    kept = bootstrap.kept_uploads(settings)
    replacing = []
    for place, file in enumerate(given):
        name = kept.name_for(file.name)
        if name in kept.names() and not kept.holds(name, file.getvalue()):
            label = f"Replace the {cards.as_label(name)} that is there by this other one"
            if st.checkbox(label, key=f"replace-{place}-{file.file_id}"):
                replacing.append(file.name)
    return replacing


@st.dialog("Remove this document?")
def confirm(document: IndexedDocument, settings: Settings) -> None:
    """Ask whether a document shall go, and say what becomes of its file."""
    is_ours = document.id in bootstrap.uploaded(settings)
    fate = (
        f"It was added on this page: the file {document.source.partition('/')[0]} is deleted, "
        "with all that it holds."
        if is_ours
        else "Its file stays where it is. It comes back when its folder is ingested again."
    )
    st.html(f"<p><strong>{escape(document.title)}</strong> ({escape(document.source)})</p>"
            f"<p>Questions will no longer use it. {fate}</p>")  # fmt: skip
    with st.container(horizontal=True):
        if st.button("Remove", type="primary"):
            st.query_params.clear()
            working.start(
                "Removing 1 document",
                lambda progress: removed(document, settings, progress),
            )
            st.rerun()
        if st.button("Keep it"):
            st.rerun()


def removed(document: IndexedDocument, settings: Settings, progress: working.Progress) -> str:
    """Remove a document; says so in HTML."""
    bootstrap.remove([document.id], settings, progress)
    return _panel(f"<p><strong>{escape(document.title)}</strong> is removed.</p>")


def received(outcome: Received) -> str:
    """What became of files that were given, in HTML."""
    rows = "".join(f"<li>{_fate(upload)}</li>" for upload in outcome.uploads)
    report = outcome.report
    if report is None or not report.published:
        return _panel(f"<ul>{rows}</ul><p>The index is as it was.</p>")
    skipped = (
        f"{one.source} is kept and could not be read: {one.reason}" for one in report.skipped
    )
    gaps = (f"Not all of {one.source} was read: {one.reason}" for one in report.gaps)
    cells = (f"Not a number, kept as text: {cell}" for cell in report.unread_cells[:MOST_UNREAD])
    told = "".join(f"<li>{escape(line)}</li>" for line in (*skipped, *gaps, *cells))
    rebuilt = f"<p>All was made anew, since {escape(report.rebuilt)}.</p>" if report.rebuilt else ""
    holds = f"{count(report.documents, 'document')} and {count(report.passages, 'passage')}"
    return _panel(f"<ul>{rows}{told}</ul>{rebuilt}<p>The index holds {holds} now.</p>")


def _fate(upload: Upload) -> str:
    is_renamed = upload.given != upload.name and upload.outcome in ("added", "changed")
    name = f", kept as {escape(upload.name)}" if is_renamed else ""
    why = f": {escape(upload.why)}" if upload.why else ""
    return f"<strong>{escape(upload.given)}</strong> {_OUTCOMES[upload.outcome]}{name}{why}"


def _panel(body: str) -> str:
    return f'<div class="innoqa-panel" role="status">{body}</div>'
