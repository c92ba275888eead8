"""What is told of a source beside its words: its place in a table, its reference, its file.

Like ``cards``, every piece of text is escaped here.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from innoqa.contract import stated_value
from innoqa.domain import HEADER_JOIN, Observation, Passage


def told(passage: Passage, observation: Observation | None, references: Sequence[str]) -> str:
    """Everything that is told of a passage, or of what is observed in it, in HTML."""
    origin = _of_origin(passage, observation, references)
    return _html(_of_cell(passage, observation)) + _html(origin)


def _of_cell(passage: Passage, observation: Observation | None) -> Iterator[tuple[str, str]]:
    """Where in a table a row or cell stands, and what it states."""
    cell = observation.cell if observation else passage.cell
    if cell is None:
        return
    if cell.table:
        yield "Table", cell.table
    yield "Row", f"{cell.row} ({cell.row_name})" if cell.row_name else str(cell.row)
    if cell.column:
        yield "Column", cell.column.replace(HEADER_JOIN, ", ")
    if observation:
        yield "Value", stated_value(observation)
        if observation.note:
            yield "Note", observation.note


def _of_origin(
    passage: Passage, observation: Observation | None, references: Sequence[str]
) -> Iterator[tuple[str, str]]:
    stated = observation.source if observation else ""
    if stated and not any(stated in reference for reference in references):
        yield "Reference", stated
    for reference in references:
        yield "Reference", reference
    page = f", page {passage.page}" if passage.page else ""
    yield "File", passage.source + page


def _html(facts: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(fact)}</dd>" for name, fact in facts)
    return f"<dl>{rows}</dl>" if rows else ""
