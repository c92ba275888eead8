"""What is shown beside an answer: the tables around its citations, and charts."""

from dataclasses import dataclass, field
from typing import Self

import charts
import sources
import tables
from innoqa.answering import Assistant
from innoqa.contract import cited_cell
from innoqa.domain import Answer, Citation, Document, Turn


@dataclass(frozen=True, slots=True)
class Exhibits:
    """The excerpts and charts of one answer.

    They are made when it is given: by the time that it is drawn again, its documents may have
    changed.
    """

    excerpts: sources.Excerpts = field(default_factory=dict)
    figures: tuple[charts.Figure, ...] = ()

    @classmethod
    def of(cls, turn: Turn, assistant: Assistant) -> Self:
        """The exhibits of a turn; an abstention has none."""
        answer = turn.reply
        if not isinstance(answer, Answer):
            return cls()
        identities = dict.fromkeys(
            one.passage.document_id for one in answer.citations if cited_cell(one)
        )
        documents = {identity: assistant.document(identity) for identity in identities}
        excerpts = {
            citation.marker: part
            for citation in answer.citations
            if (part := _excerpt(citation, documents.get(citation.passage.document_id)))
        }
        series = answer.computation.series if answer.computation else ()
        return cls(excerpts, charts.figures(series))


def _excerpt(citation: Citation, document: Document | None) -> tables.Excerpt | None:
    cell = cited_cell(citation)
    if cell is None or document is None or cell.table_number >= len(document.tables):
        return None
    return tables.excerpt(document.tables[cell.table_number], cell)
