"""Questions over the rows of one table, read without a language model.

The words of a question are linked to the table's headers and cells, a small grammar makes every
reading that the links allow, each is carried out, and a linear model chooses one.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from innoqa.domain import Computation, IndexedTable, Unit
from innoqa.row_questions.candidate import Candidate, Value
from innoqa.row_questions.grid import Grid, read_grid
from innoqa.row_questions.linking import link
from innoqa.row_questions.model import choose
from innoqa.row_questions.operands import expression, operands, unit_of
from innoqa.row_questions.question import read_question
from innoqa.row_questions.wording import reading, rounded_value, sentence

LARGEST = 30_000
"""The most cells of a table that is still read; larger ones would take too long."""

_REASONS = re.compile(r"why\b|how (?:do|does|did|can|could|should|would)\b|explain\b|describe\b")
_OBSERVED = frozenset({"indicator", "value"})
_COMPUTED = frozenset(
    {"sum", "mean", "median", "difference", "range", "difference of columns", "count",
     "count distinct", "difference of counts", "consecutive"}
)  # fmt: skip
_READ = frozenset({"lookup", "parts", "maximum", "minimum"})
_FIELD_WORDS = {"parts": "lookup", "range": "difference", "difference of columns": "difference",
                "difference of counts": "difference", "compare counts": "compare",
                "compare columns": "compare", "count distinct": "count"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """An answer from the rows of one table. ``confidence``, 0 to 1, is how likely it is right."""

    computation: Computation
    text: str
    confidence: float


def answer(question: str, table: IndexedTable) -> RowAnswer | None:
    """Answer a question from a table's rows; None where it has no reading over them.

    Refused are questions for reasons, tables with more than ``LARGEST`` cells, and those with one
    observation a row, whose rows are values of different things.
    """
    cells = len(table.table.rows) * len(table.table.header)
    if not 0 < cells <= LARGEST or {name.lower() for name in table.table.header} >= _OBSERVED:
        return None
    if _REASONS.match(question.strip().lower()):
        return None
    grid = read_grid(table.table)
    title = f"{table.document_title} {table.table.title}"
    chosen = choose(link(read_question(question), grid, title))
    if chosen is None:
        return None
    candidate = chosen.candidate
    unit = _unit(grid, candidate)
    value = tuple(_stated(grid, candidate, one) for one in candidate.value)
    computation = Computation(
        operation=_operation(candidate),
        reading=reading(grid, candidate),
        expression=expression(grid, candidate),
        value=value[0] if len(value) == 1 else value,
        unit=unit,
        operands=operands(table, grid, candidate),
    )
    printed = candidate.value if candidate.operation in _READ else value
    return RowAnswer(computation, sentence(grid, candidate, printed, unit), chosen.confidence)


def _operation(candidate: Candidate) -> str:
    """The field's word: a row chosen by its greatest value is an argmax, and so on."""
    steps = [step.kind for selection in candidate.selections for step in selection.steps]
    if candidate.operation in ("lookup", "parts") and steps:
        return {"greatest": "argmax", "least": "argmin"}.get(steps[-1], steps[-1])
    return _FIELD_WORDS.get(candidate.operation, candidate.operation)


def _unit(grid: Grid, candidate: Candidate) -> Unit:
    if not candidate.views or candidate.operation not in _COMPUTED | {"maximum", "minimum"}:
        return Unit("")
    view = candidate.views[0]
    return unit_of(grid.columns[view.column], view)


def _stated(grid: Grid, candidate: Candidate, value: Value) -> Value:
    """A computed value rounded; a number read from a cell as one where the cell is nothing else."""
    if isinstance(value, Decimal):
        return rounded_value(candidate, value)
    plain = value.replace(",", "")
    numbers = candidate.column is not None and grid.columns[candidate.column].kind == "number"
    if numbers and plain.removeprefix("-").replace(".", "", 1).isdecimal():
        return Decimal(plain)
    return value
