"""Drafts -> statements with numbered citations, whoever wrote the drafts."""

from collections.abc import Iterable
from dataclasses import dataclass

from innoqa.domain import Citation, Observation, Passage, Statement


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a passage that a statement stands on; of a table row perhaps one cell of it.

    ``focus`` is where in the document the words stand that answer by themselves, if some do.
    """

    passage: Passage
    start: int
    end: int
    references: tuple[str, ...] = ()
    observation: Observation | None = None
    focus: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement before its citations are numbered: text and the spans that it stands on.

    ``focus`` is where in its text the words stand that answer by themselves, if some do.
    """

    text: str
    spans: tuple[Span, ...]
    focus: tuple[int, int] | None = None


def cell_span(passage: Passage, observation: Observation) -> Span:
    """The span of a table's row, with the one cell of it that is meant."""
    references = passage.sentences[0].references
    return Span(passage, passage.start, passage.end, references, observation)


def as_draft(statement: Statement) -> Draft:
    """The draft that a statement was numbered from."""
    spans = tuple(
        Span(c.passage, c.start, c.end, c.references, c.observation, c.focus)
        for c in statement.citations
    )
    return Draft(statement.text, spans, statement.focus)


def numbered(drafts: Iterable[Draft]) -> tuple[Statement, ...]:
    """Statements with markers 1, 2, ... in the order of first use, one for each span and cell."""
    markers: dict[tuple[str, int, int, int | None], int] = {}
    statements = []
    for draft in drafts:
        citations = []
        for span in draft.spans:
            column = span.observation.cell.column_number if span.observation else None
            place = (span.passage.id, span.start, span.end, column)
            marker = markers.setdefault(place, len(markers) + 1)
            quote = span.passage.text[
                span.start - span.passage.start : span.end - span.passage.start
            ]
            citations.append(
                Citation(
                    marker=marker,
                    passage=span.passage,
                    quote=quote,
                    start=span.start,
                    end=span.end,
                    references=span.references,
                    observation=span.observation,
                    focus=span.focus,
                )
            )
        statements.append(Statement(draft.text, tuple(citations), draft.focus))
    return tuple(statements)
