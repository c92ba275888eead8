"""One way to read a question over a table, carried out."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from innoqa.row_questions.grid import View
from innoqa.row_questions.selections import Selection

Operation = Literal[
    "lookup", "parts", "count", "count distinct", "sum", "mean", "median", "maximum", "minimum",
    "difference", "range", "difference of counts", "difference of columns", "compare",
    "compare counts", "compare columns", "most frequent", "least frequent", "greatest total",
    "consecutive", "whether",
]  # fmt: skip
Value = Decimal | str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading with its result. ``tokens`` are the words that it explains, as bits.

    ``half`` are words that it explains in part. ``direction`` is 1 for the greatest or later, -1
    for the least or earlier, 0 where none is meant.
    """

    operation: Operation
    value: tuple[Value, ...]
    selections: tuple[Selection, ...]
    tokens: int
    half: int = 0
    column: int | None = None
    views: tuple[View, ...] = ()
    direction: int = 0
