"""A table with its columns typed: what each can be ordered, added up and asked by."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Literal

from innoqa.domain import Table
from innoqa.row_questions.cells import Reading, read_cell
from innoqa.row_questions.words import content, folded, stem, tokens

ViewKind = Literal["number", "date", "time", "first", "second", "total", "margin", "years"]
ColumnKind = Literal["number", "date", "time", "score", "rank", "text"]
_ENOUGH = 0.6
_RANKS = frozenset(map(stem, "rank pos position place finish standing # no draw placing".split()))
_TOTAL = re.compile(
    r"(?:grand |sub)?-?totals?\b"
    r"|(?:overall|all|sum|averages?|career|combined|mean)(?: total| sum|:|$)"
)


@dataclass(frozen=True, slots=True)
class View:
    """One way to read a column as numbers: ``values[row]`` is None where the cell has none."""

    column: int
    kind: ViewKind
    values: tuple[Decimal | None, ...]


@dataclass(frozen=True)
class Column:
    """A column: its header's stems, its cells, and what they are."""

    number: int
    header: str
    stems: tuple[str, ...]
    lesser_stems: tuple[str, ...]
    cells: tuple[Reading, ...]
    kind: ColumnKind
    views: tuple[View, ...]

    @cached_property
    def distinct(self) -> int:
        """How many different things it states."""
        return len({cell.folded for cell in self.cells if not cell.missing})

    @cached_property
    def stated(self) -> int:
        """The rows whose cell is not empty, as bits."""
        return sum(1 << row for row, cell in enumerate(self.cells) if not cell.missing)

    @cached_property
    def by_folded(self) -> dict[str, int]:
        """The rows of each distinct cell, as bits."""
        rows: dict[str, int] = {}
        for row, cell in enumerate(self.cells):
            rows[cell.folded] = rows.get(cell.folded, 0) | 1 << row
        return rows

    @cached_property
    def different(self) -> tuple[tuple[int, Reading], ...]:
        """The different cells that state anything, each with the rows that it is in, as bits."""
        return tuple(
            (bits, cell)
            for bits in self.by_folded.values()
            if not (cell := self.cells[(bits & -bits).bit_length() - 1]).missing
        )

    @property
    def is_rank(self) -> bool:
        """Whether a smaller number is a better one."""
        return self.kind == "rank"

    def view(self, kind: ViewKind) -> View | None:
        """The view of a kind, if the column has it."""
        return next((view for view in self.views if view.kind == kind), None)


@dataclass(frozen=True)
class Grid:
    """The columns of a table. ``body`` are the rows that are not totals, as bits."""

    columns: tuple[Column, ...]
    height: int
    body: int
    name_column: int

    @property
    def totals(self) -> int:
        """The rows that sum up others, as bits."""
        return ((1 << self.height) - 1) & ~self.body

    def rows(self, bits: int) -> tuple[int, ...]:
        """The numbers of the rows in a bit set, from the top.

        >>> Grid((), 4, 15, 0).rows(0b1010)
        (1, 3)
        """
        found = []
        while bits:
            low = bits & -bits
            found.append(low.bit_length() - 1)
            bits ^= low
        return tuple(found)


def read_grid(table: Table) -> Grid:
    """Type the columns of a table."""
    height = len(table.rows)
    readings = [[read_cell(row.cells[at]) for row in table.rows] for at in range(len(table.header))]
    totals = _total_rows(readings, height)
    body = ((1 << height) - 1) & ~totals
    kept = [row for row in range(height) if not totals >> row & 1]
    columns = tuple(
        _column(number, header, cells, kept)
        for number, (header, cells) in enumerate(zip(table.header, readings, strict=True))
    )
    return Grid(columns, height, body, _name_column(columns))


def _total_rows(readings: Sequence[Sequence[Reading]], height: int) -> int:
    """Rows named "Total" in one of their first cells that state anything."""
    bits = 0
    for row in range(height):
        stated = [cells[row] for cells in readings if not cells[row].missing][:2]
        if any(_TOTAL.match(cell.folded) for cell in stated):
            bits |= 1 << row
    return bits if bits != (1 << height) - 1 else 0


def _column(number: int, header: str, cells: Sequence[Reading], kept: Sequence[int]) -> Column:
    line = " ".join(folded(header).split())
    main = re.sub(r"\([^)]*\)", " ", line)
    stems = content(token.stem for token in tokens(main)) or content(
        token.stem for token in tokens(line)
    )
    if not stems and line:
        stems = (line,)
    lesser = tuple(token.stem for token in tokens(line) if token.stem not in stems)
    body = [cells[row] for row in kept if not cells[row].missing]
    kind = _kind(stems, body)
    if kind == "number" and _is_numbering([cell.numbers[0] for cell in body if cell.numbers]):
        kind = "rank"
    views = _views(number, kind, cells, body)
    return Column(number, header, stems, lesser, tuple(cells), kind, views)


def _share(cells: Sequence[Reading], holds: Callable[[Reading], bool]) -> float:
    return sum(map(holds, cells)) / len(cells) if cells else 0.0


def _kind(stems: Sequence[str], body: Sequence[Reading]) -> ColumnKind:
    if _share(body, _is_date) >= _ENOUGH:
        return "date"
    if _share(body, lambda cell: cell.score is not None and len(cell.numbers) <= 4) >= _ENOUGH:
        clock = _share(body, lambda cell: cell.seconds is not None and ":" in cell.folded)
        return "time" if clock >= _ENOUGH else "score"
    if _share(body, lambda cell: cell.seconds is not None) >= _ENOUGH:
        return "time"
    if _share(body, lambda cell: cell.leads_with_number) < _ENOUGH:
        return "text"
    ordinals = _share(body, lambda cell: re.match(r"\d+(?:st|nd|rd|th)\b", cell.folded) is not None)
    return "rank" if not _RANKS.isdisjoint(stems) or ordinals >= _ENOUGH else "number"


def _is_numbering(values: Sequence[Decimal]) -> bool:
    """Whether numbers only count the rows: 1, 2, 3 and so on."""
    return len(values) > 3 and all(b - a == 1 for a, b in pairwise(values))


def _is_date(cell: Reading) -> bool:
    if cell.day is None:
        return False
    bare = re.fullmatch(r"\d+(?:-\d+)?", cell.folded) is not None
    return not bare or cell.day.year is not None


def _views(
    number: int, kind: ColumnKind, cells: Sequence[Reading], body: Sequence[Reading]
) -> tuple[View, ...]:
    readers: list[tuple[ViewKind, Callable[[Reading], Decimal | None]]] = []
    if kind == "date":
        readers.append(("date", lambda cell: cell.day.order if cell.day else None))
    if kind == "time":
        readers.append(("time", lambda cell: cell.seconds))
    if kind == "score":
        readers += [
            ("first", lambda cell: cell.score[0] if cell.score else None),
            ("second", lambda cell: cell.score[1] if cell.score else None),
            ("total", lambda cell: sum(cell.score) + Decimal(0) if cell.score else None),
            ("margin", lambda cell: abs(cell.score[0] - cell.score[1]) if cell.score else None),
        ]
    if kind in ("number", "rank") or _share(body, lambda cell: bool(cell.numbers)) >= _ENOUGH:
        readers.append(("number", lambda cell: cell.numbers[0] if cell.numbers else None))
    if kind in ("number", "text") and _share(body, lambda cell: len(cell.numbers) > 1) >= _ENOUGH:
        readers.append(("second", lambda cell: cell.numbers[1] if len(cell.numbers) > 1 else None))
    lengths = [cell.years for cell in body if cell.years is not None]
    if len(lengths) >= len(body) / 3 and len(set(lengths)) > 1:
        readers.append(("years", lambda cell: cell.years or Decimal(0)))
    return tuple(
        View(number, name, tuple(None if cell.missing else read(cell) for cell in cells))
        for name, read in readers
    )


def _name_column(columns: Sequence[Column]) -> int:
    """The column that names the rows: text, nearly all different, as far left as may be."""

    def fitness(column: Column) -> float:
        stated = max(1, column.stated.bit_count())
        text = 1.0 if column.kind == "text" else 0.0
        return 2 * text + column.distinct / stated - 0.15 * column.number

    return max(columns, key=fitness).number if columns else 0
