"""What is shown beside an answer: the tables around its citations, and charts."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import charts
import sources
import tables
from innoqa.answering import Assistant
from innoqa.contract import cited_cell
from innoqa.domain import Answer, Citation, Document, Turn


@dataclass(frozen=True, slots=True)
class Exhibits:
    """The excerpts and charts of one answer.

    They are made when it is given, and the excerpts are kept with it: by the time that it is drawn
    again, its documents may have changed.
    """

    excerpts: sources.Excerpts = field(default_factory=dict)
    figures: tuple[charts.Figure, ...] = ()
    has_changed: bool = False
    """Whether a document that is cited is no longer there as it was."""

    @classmethod
    def of(cls, turn: Turn, assistant: Assistant) -> Self:
        """The exhibits of a turn; an abstention has none."""
        documents = _cited(turn, assistant)
        citations = turn.reply.citations if isinstance(turn.reply, Answer) else ()
        excerpts = {
            citation.marker: part
            for citation in citations
            if (part := _excerpt(citation, documents.get(citation.passage.document_id)))
        }
        return cls(excerpts, _figures(turn))

    def dumped(self) -> str:
        """The excerpts as JSON; charts are drawn from the turn alone."""
        return json.dumps({str(marker): asdict(part) for marker, part in self.excerpts.items()})

    @classmethod
    def loaded(cls, turn: Turn, dumped: str, assistant: Assistant) -> Self:
        """The exhibits of a turn that was kept with what ``dumped`` gave for it."""
        found: dict[str, dict[str, Any]] = json.loads(dumped or "{}")
        excerpts = {int(marker): tables.Excerpt(**part) for marker, part in found.items()}
        has_changed = None in _cited(turn, assistant).values()
        return cls(excerpts, _figures(turn), has_changed)


def _cited(turn: Turn, assistant: Assistant) -> dict[str, Document | None]:
    """The documents that an answer cites, as they are now: None where another took their place."""
    citations = turn.reply.citations if isinstance(turn.reply, Answer) else ()
    identities = dict.fromkeys(citation.passage.document_id for citation in citations)
    return {identity: assistant.document(identity) for identity in identities}


def _figures(turn: Turn) -> tuple[charts.Figure, ...]:
    computation = turn.reply.computation if isinstance(turn.reply, Answer) else None
    return charts.figures(computation.series) if computation else ()


def _excerpt(citation: Citation, document: Document | None) -> tables.Excerpt | None:
    cell = cited_cell(citation)
    if cell is None or document is None or cell.table_number >= len(document.tables):
        return None
    return tables.excerpt(document.tables[cell.table_number], cell)
