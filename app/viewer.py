"""A document's text and tables as HTML, with the place that is asked for lit.

Like ``cards``, every piece of text is escaped here. Text is shown as it reads, sentence by
sentence; what of a sentence lies in the span that is asked for is marked.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby, pairwise

from innoqa.domain import HEADER_JOIN, Document, Passage, Sentence, Table
from links import Place
from sources import Span, count, lit

PART = 40_000
"""Characters of a document that are shown at a time."""
ROWS = 200
"""Rows of a table that are shown at a time."""
LIT = ' class="innoqa-lit" id="place" tabindex="-1"'


@dataclass(frozen=True, slots=True)
class Text:
    """A document with the passages of its text, in reading order."""

    document: Document
    passages: tuple[Passage, ...]

    @classmethod
    def of(cls, document: Document, passages: Iterable[Passage]) -> "Text":
        """The passages of the text among all of a document's."""
        prose = sorted((p for p in passages if p.cell is None), key=lambda p: p.start)
        return cls(document, tuple(prose))

    def parts(self) -> list[Span]:
        """The text cut between passages into parts of about ``PART`` characters."""
        if not self.passages:
            return [(0, len(self.document.text))]
        starts = [0]
        for passage in self.passages[1:]:
            if passage.start - starts[-1] >= PART:
                starts.append(passage.start)
        return list(pairwise([*starts, len(self.document.text) + 1]))

    def part_at(self, place: Place) -> int:
        """The number of the part that a place begins in, from 0."""
        at = place.span[0] if place.span else 0
        return max(bisect_right([start for start, _ in self.parts()], at) - 1, 0)

    def html(self, part: Span, place: Place) -> str:
        """What begins in a part: headings, paragraphs, and links to the tables between them."""
        shown = [passage for passage in self.passages if part[0] <= passage.start < part[1]]
        tables = [
            (table.rows[0].start, number)
            for number, table in enumerate(self.document.tables)
            if table.rows and part[0] <= table.rows[0].start < part[1]
        ]
        pieces: list[tuple[int, str]] = [(at, self._table_link(number)) for at, number in tables]
        before: tuple[str, ...] = ()
        page: int | None = None
        writer = _Writer(self.document, place.span)
        for passage in shown:
            mark = "" if passage.page == page else f'<p class="innoqa-note">Page {passage.page}</p>'
            heading = _headings(passage.heading, before, self.document.title)
            pieces.append((passage.start, mark + heading + writer.paragraphs(passage)))
            before, page = passage.heading, passage.page
        body = "".join(html for _, html in sorted(pieces, key=lambda piece: piece[0]))
        return f'<div class="innoqa-document">{body}</div>'

    def _table_link(self, number: int) -> str:
        table = self.document.tables[number]
        address = escape(Place(self.document.id, table=number).address)
        size = f"{count(len(table.rows), 'row')}, {count(len(table.header), 'column')}"
        return (
            f'<p class="innoqa-open"><a href="{address}" target="_blank">'
            f"Table: {escape(table.title or self.document.title)}</a> <small>{size}</small></p>"
        )


class _Writer:
    """Writes passages as paragraphs; the first words that are lit get the id of the place."""

    def __init__(self, document: Document, span: Span | None) -> None:
        self._document, self._span = document, span
        self._blocks = sorted(b.start for section in document.sections for b in section.blocks)
        self._notes = {note.text: n for n, note in enumerate(document.footnotes)}
        self._attributes = LIT

    def paragraphs(self, passage: Passage) -> str:
        """The passage, each paragraph and list item of its own."""
        written = []
        for _, group in groupby(passage.sentences, lambda s: bisect_right(self._blocks, s.start)):
            sentences = list(group)
            place = sentences[0].place
            style = ' class="innoqa-item"' if place and place.item else ""
            written.append(f"<p{style}>{' '.join(map(self._sentence, sentences))}</p>")
        return "".join(written)

    def _sentence(self, sentence: Sentence) -> str:
        marks = "".join(map(self._mark, sentence.references))
        span = self._span
        if span is None or sentence.end <= span[0] or span[1] <= sentence.start:
            return escape(sentence.text) + marks
        words = lit(sentence.text, _within(sentence, span, self._document.text), "mark")
        written = words.replace("<mark>", f"<mark{self._attributes}>", 1)
        self._attributes = ""
        return written + marks

    def _mark(self, reference: str) -> str:
        number = self._notes.get(reference)
        if number is None:
            return ""
        label = escape(self._document.footnotes[number].label)
        return f'<sup><a href="#note-{number}">{label}</a></sup>'


def _within(sentence: Sentence, span: Span, text: str) -> Span:
    """What of a sentence's words lies in a span of the text; all, where that cannot be told."""
    first, last = max(span[0], sentence.start), min(span[1], sentence.end)
    words = " ".join(text[first:last].split())
    # Markup only lengthens a sentence, so its plain text has the words no later.
    at = sentence.text.rfind(words, 0, first - sentence.start + len(words)) if words else -1
    whole = (first, last) == (sentence.start, sentence.end)
    return (0, len(sentence.text)) if whole or at < 0 else (at, at + len(words))


def _headings(path: tuple[str, ...], before: tuple[str, ...], title: str) -> str:
    """The headings that begin with a passage; the document's title is over all of it."""
    same = next((n for n, pair in enumerate(zip(path, before, strict=False)) if pair[0] != pair[1]),
                min(len(path), len(before)))  # fmt: skip
    return "".join(
        f"<h{min(level + 2, 6)}>{escape(heading)}</h{min(level + 2, 6)}>"
        for level, heading in enumerate(path[same:], start=same)
        if heading != title
    )


def notes(document: Document) -> str:
    """The footnotes of a document."""
    listed = "".join(
        f'<li id="note-{number}"><span>{escape(note.label)}</span> {escape(note.text)}</li>'
        for number, note in enumerate(document.footnotes)
    )
    return f'<div class="innoqa-notes"><h3>Notes</h3><ul>{listed}</ul></div>' if listed else ""


def table_html(table: Table, rows: Span, place: Place) -> str:
    """Rows of a table, from the first up to the second number, under its header.

    The header and the first column stay in view; rows and cells are lit as the place says.
    """
    head = "".join(f'<th scope="col">{_levels(name)}</th>' for name in table.header)
    body = "".join(
        _row(table.rows[number].cells, place.row == number + 1, place.column)
        for number in range(*rows)
        if number < len(table.rows)
    )
    label = escape(table.title or "Table")
    told = "".join(f"<p>{escape(note)}</p>" for note in table.notes)
    return (
        f'<div class="innoqa-whole-table" role="group" tabindex="0" aria-label="{label}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        f"{f'<div class=innoqa-note>{told}</div>' if told else ''}"
    )


def rows_at(place: Place) -> int:
    """The number of the part of a table that a place is in, from 0."""
    return max((place.row or 1) - 1, 0) // ROWS


def _levels(name: str) -> str:
    return "<br>".join(map(escape, name.split(HEADER_JOIN)))


def _row(cells: Sequence[str], is_lit: bool, column: int | None) -> str:
    written = "".join(_cells(cells, column if is_lit else None))
    return f"<tr{LIT if is_lit and column is None else ''}>{written}</tr>"


def _cells(cells: Sequence[str], column: int | None) -> Iterator[str]:
    for number, text in enumerate(cells, start=1):
        tag, scope = ("th", ' scope="row"') if number == 1 else ("td", "")
        words = f"<mark>{escape(text)}</mark>" if number == column else escape(text)
        yield f"<{tag}{scope}{LIT if number == column else ''}>{words}</{tag}>"
