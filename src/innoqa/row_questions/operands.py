"""The cells that a reading stands on, as observations, and the arithmetic over them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice

from innoqa.domain import Cell, IndexedTable, Observation, Period, Unit
from innoqa.periods import read_period
from innoqa.quantities import read_quantity, read_unit
from innoqa.row_questions.candidate import Candidate
from innoqa.row_questions.grid import Column, Grid, View
from innoqa.row_questions.selections import Selection

_ENOUGH_CELLS = 50
_UNDATED = Period("", "undated")
_IN_BRACKETS = re.compile(r"\(([^()]*)\)\s*$")
_TIMES = frozenset({"first", "second", "total", "margin"})
_AGGREGATES = {"sum": "sum", "mean": "mean", "median": "median"}


def operands(source: IndexedTable, grid: Grid, candidate: Candidate) -> tuple[Observation, ...]:
    """An observation for each cell that the answer stands on, row by row.

    What is computed with comes before what only selects a row; a cell's own observation, where
    the table has one of the same value, is kept.
    """
    known = {
        (one.cell.row, one.cell.column_number): one
        for passage in source.rows
        for one in passage.observations
    }
    ways: dict[tuple[int, str], _Way] = {}
    found: dict[tuple[int, int, str], Observation] = {}
    for row, column, view in _places(grid, candidate):
        kind = view.kind if view else ""
        if (column, kind) not in ways:
            ways[column, kind] = _way(grid, column, view)
        if (row, column, kind) not in found:
            own = known.get((row + 1, column + 1))
            one = _observation(source, grid, row, ways[column, kind])
            same = own is not None and own.value == one.value
            found[row, column, kind] = own if own is not None and same else one
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _Way:
    """How the cells of a column are read, and what they count."""

    column: Column
    view: View | None
    unit: Unit


def _way(grid: Grid, column: int, view: View | None) -> _Way:
    read = grid.columns[column]
    view = view or read.view("number")
    return _Way(read, view, unit_of(read, view))


def expression(grid: Grid, candidate: Candidate) -> str:
    """The arithmetic that gives the answer, "" where it is read and not computed."""
    operation, views = candidate.operation, candidate.views
    rows = [grid.rows(selection.rows) for selection in candidate.selections]
    if operation in ("count", "count distinct", "consecutive"):
        return _counted(int(Decimal(candidate.value[0])))
    if operation in _AGGREGATES:
        return f"{_AGGREGATES[operation]}({_listed(_stated(views[0], rows[0]))})"
    if operation == "range":
        values = _listed(_stated(views[0], rows[0]))
        return f"max({values}) - min({values})"
    if operation == "difference of counts":
        return _apart(*((_counted(len(each)), len(each)) for each in rows))
    if operation in ("difference", "difference of columns"):
        return _apart(*(_sum(view, each) for each in rows for view in views))
    return ""


def _counted(number: int) -> str:
    """Each row is a one: ``count(1, 1, 1)``."""
    return f"count({', '.join(['1'] * number)})" if number else "0"


def _apart(one: tuple[str, Decimal | int], other: tuple[str, Decimal | int]) -> str:
    greater, lesser = (one, other) if one[1] >= other[1] else (other, one)
    return f"{greater[0]} - {lesser[0]}"


def _sum(view: View, rows: Sequence[int]) -> tuple[str, Decimal]:
    values = _stated(view, rows)
    words = _listed(values)
    return (f"sum({words})" if len(values) > 1 else words, sum(values, Decimal(0)))


def _stated(view: View, rows: Sequence[int]) -> list[Decimal]:
    return [_number(view, value) for row in rows if (value := view.values[row]) is not None]


def _number(view: View, value: Decimal) -> Decimal:
    """A date as its year: differences of dates are told in years."""
    return value // 372 if view.kind == "date" else value


def _listed(values: Sequence[Decimal]) -> str:
    return ", ".join(f"{value:f}" if value >= 0 else f"({value:f})" for value in values)


def _places(grid: Grid, candidate: Candidate) -> Iterator[tuple[int, int, View | None]]:
    for selection in candidate.selections:
        rows = grid.rows(selection.rows)
        for view in candidate.views:
            yield from ((row, view.column, view) for row in rows if view.values[row] is not None)
        if candidate.column is not None and not candidate.views:
            yield from ((row, candidate.column, None) for row in rows)
        yield from _selecting(grid, selection)


def _selecting(grid: Grid, selection: Selection) -> Iterator[tuple[int, int, View | None]]:
    """The cells that the conditions and steps read in the selected rows."""
    for row in grid.rows(selection.rows):
        for condition in selection.conditions:
            if not selection.steps or selection.steps[-1].kind not in ("next", "previous"):
                yield row, condition.column, None
        for step in selection.steps:
            if step.view is not None:
                yield row, step.view.column, step.view
        if not selection.conditions and not selection.steps:
            yield row, grid.name_column, None


def row_name(grid: Grid, row: int) -> str:
    """What a row is called: its cell in the column of names."""
    return " ".join(grid.columns[grid.name_column].cells[row].printed.split())


def _observation(source: IndexedTable, grid: Grid, row: int, way: _Way) -> Observation:
    column, view = way.column, way.view
    value = view.values[row] if view else None
    header, name = " ".join(column.header.split()), row_name(grid, row)
    return Observation(
        indicator=header,
        entity=name,
        period=_period(grid, row),
        value=None if value is None or view is None else _number(view, value),
        printed=" ".join(column.cells[row].printed.split()),
        unit=way.unit,
        qualifier="missing" if column.cells[row].missing else "",
        source="",
        cell=Cell(source.table.title, row + 1, name, header, source.number, column.number + 1),
    )


def _period(grid: Grid, row: int) -> Period:
    """The period that a row's first date cell states."""
    for column in grid.columns:
        cell = column.cells[row]
        if column.kind == "date" and not cell.missing:
            printed = " ".join(cell.printed.split())
            if cell.day and cell.day.year and printed == str(cell.day.year):
                year = cell.day.year
                return Period(printed, "year", date(year, 1, 1), date(year, 12, 31))
            return read_period(printed) or _UNDATED
    return _UNDATED


def unit_of(column: Column, view: View | None) -> Unit:
    """What a column's numbers count: named in its header's brackets, or beside its numbers."""
    if view is None or view.kind == "date":
        return Unit("")
    if view.kind == "time":
        return Unit("seconds", "second")
    if view.kind == "years":
        return read_unit("years")
    if view.kind in _TIMES:
        return Unit("")
    bracketed = _IN_BRACKETS.search(" ".join(column.header.split()))
    if bracketed and bracketed[1].strip():
        return read_unit(bracketed[1].strip())
    stated = (cell.printed for cell in column.cells if not cell.missing)
    units = {_unit_beside(printed) for printed in islice(stated, _ENOUGH_CELLS)}
    return units.pop() if len(units) == 1 else Unit("")


def _unit_beside(printed: str) -> Unit:
    quantity = read_quantity(printed)
    if quantity is None:
        return Unit("")
    unit = quantity.unit
    return Unit(unit.base, unit.base) if unit.scale != 1 else unit
