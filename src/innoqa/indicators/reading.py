"""Tables -> what each row states: an observation for each value, and the cells that cannot be read.

A tidy table has one observation a row, under columns known by their names. In any other table the
columns and rows name indicators, entities and times between them (see ``layout``), and what none
of them names comes from the title.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from innoqa.domain import HEADER_JOIN, Cell, Document, Observation, Period, Table, TableRow, Unit
from innoqa.grids import quantity_of
from innoqa.indicators import column_names
from innoqa.indicators.context import Context, contexts
from innoqa.indicators.layout import Layout, ValueColumn, layout_of
from innoqa.indicators.naming import is_share, scaled, without_mark
from innoqa.periods import period_of, read_period
from innoqa.quantities import Quantity, read_unit
from innoqa.quantities.qualifiers import both, status

UNDATED = Period("", "undated")
_PERCENT = read_unit("%")
_SOURCE_LINE = re.compile(r"(?:data\s+)?sources?\s*[:：]?\s+(.+)", re.IGNORECASE)
_MARKED_LINE = re.compile(r"([*†‡§¶#]+|[¹²³⁴-⁹]|\(?\w{1,2}\)|\[\w{1,2}\]|\d{1,2}(?=\s))[\s.:]*(.+)")
_MARK = re.compile(r"\s*([*†‡§¶#]+|[¹²³⁴-⁹]+|\(\w{1,2}\)|\[\w{1,2}\])$")
_OWN_UNIT = re.compile(r"\bper\s+\w+|\bnumber\s+of\b|\bratio\b|\brank", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UnreadCell:
    """A cell among numbers that is text: no value could be read from it."""

    source: str
    table: str
    row: int
    column: str
    printed: str

    def __str__(self) -> str:
        """Where it is and what it says."""
        table = f", {self.table}" if self.table else ""
        return f"{self.source}{table}, row {self.row}, {self.column or 'no header'}: {self.printed}"


@dataclass(frozen=True, slots=True)
class RowReading:
    """What one row states. ``labels`` are its names, ``section`` the line that it stands under."""

    labels: Mapping[int, str]
    section: str
    observations: tuple[Observation, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    """(column, cell) of what should be a number and is none."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """One table with what is said of all of it."""

    number: int
    table: Table
    layout: Layout
    source: str
    marks: Mapping[str, str]


Readings = Sequence[Sequence[RowReading]]
"""What the rows of each table of a document state."""


def read_tables(document: Document) -> Readings:
    """What each row of each table of a document states, in order."""
    return [read_table(document, number) for number in range(len(document.tables))]


def read_table(document: Document, number: int) -> list[RowReading]:
    """What each row of a document's table states, in order."""
    table = document.tables[number]
    above = [*reversed(table.heading), document.title]
    source = "; ".join(sources_of(document, table))
    reader = _Reader(number, table, layout_of(table, above), source, _marks(table))
    columns = column_names.roles(table.header)
    if columns:
        return [_tidy(reader, n, row, columns) for n, row in enumerate(table.rows, start=1)]
    return [_row(reader, n, row, context) for n, (row, context) in enumerate(
        zip(table.rows, contexts(table, reader.layout), strict=True), start=1)]  # fmt: skip


def sources_of(document: Document, table: Table) -> tuple[str, ...]:
    """What the lines under a table give as its source, or else what its file is said to be from."""
    told = tuple(m[1].strip() for note in table.notes if (m := _SOURCE_LINE.fullmatch(note)))
    if told or document.media_type != "table":
        return told  # in a text the footnotes belong to its sentences
    return tuple(note.text for note in document.footnotes)


def _marks(table: Table) -> dict[str, str]:
    """The notes under a table by the mark that they begin with."""
    found = (_MARKED_LINE.fullmatch(" ".join(note.split())) for note in table.notes)
    return {match[1].strip("()[]"): match[2] for match in found if match}


def cell_of(row: TableRow, columns: Mapping[str, int], role: str) -> str:
    """The words in the cell of a role, "" where there is no such column."""
    position = columns.get(role)
    return " ".join(row.cells[position].split()) if position is not None else ""


def _tidy(reader: _Reader, number: int, row: TableRow, columns: Mapping[str, int]) -> RowReading:
    table, title = reader.table, reader.layout.title
    printed = cell_of(row, columns, "value")
    quantity = quantity_of(printed)
    column = columns["value"]
    if quantity is None:
        return RowReading({}, "", (), ((table.header[column], printed),))
    entity = cell_of(row, columns, "entity") or ("" if "entity" in columns else title.entity)
    indicator = cell_of(row, columns, "indicator") or title.indicator or table.header[column]
    period = period_of(cell_of(row, columns, "year"), cell_of(row, columns, "period"))
    name = ", ".join(filter(None, (entity, period.printed, indicator)))
    unit = cell_of(row, columns, "unit")
    stated = read_unit(unit) if unit else title.unit
    observation = Observation(
        indicator=indicator,
        entity=entity,
        period=period,
        value=quantity.value,
        printed=printed,
        unit=_unit(quantity, stated, indicator) if not unit else read_unit(unit),
        qualifier=cell_of(row, columns, "qualifier") or quantity.qualifier,
        source=cell_of(row, columns, "source") or reader.source,
        cell=Cell(table.title, number, name, table.header[column], reader.number, column + 1),
        upper=quantity.upper,
        note=cell_of(row, columns, "note"),
        confidence=cell_of(row, columns, "confidence"),
    )
    return RowReading({}, "", (observation,))


def _row(reader: _Reader, number: int, row: TableRow, context: Context) -> RowReading:
    """The observations of a row of any other table."""
    layout = reader.layout
    told = [v for v in layout.values if row.cells[v.number].strip()]
    if not told or (layout.labels and not context.name):
        return RowReading(context.labels, context.section)
    observations: list[Observation] = []
    unread: list[tuple[str, str]] = []
    for column in layout.values:
        printed = " ".join(row.cells[column.number].split())
        quantity = quantity_of(printed)
        if quantity is None and column.is_numeric:
            unread.append((reader.table.header[column.number], printed))
        elif quantity is not None:
            observations.append(_observation(reader, number, row, context, (column, quantity)))
    return RowReading(context.labels, context.section, tuple(observations), tuple(unread))


def _observation(
    reader: _Reader,
    number: int,
    row: TableRow,
    context: Context,
    stated: tuple[ValueColumn, Quantity],
) -> Observation:
    (column, quantity), layout, table = stated, reader.layout, reader.table
    indicator, period = _indicator_and_period(context, column, layout)
    header = table.header[column.number]
    printed = " ".join(row.cells[column.number].split())
    note = _noted(reader, (printed, header, *context.labels.values()))
    return Observation(
        indicator=indicator,
        entity=without_mark(column.entity or context.entity) or layout.title.entity,
        period=period,
        value=quantity.value,
        printed=printed,
        unit=_unit_of_cell(quantity, column, (context, row), layout),
        qualifier=cell_of(row, layout.asides, "qualifier")
        or both(quantity.qualifier, status(note)),
        source=cell_of(row, layout.asides, "source") or reader.source,
        cell=Cell(table.title, number, context.name, header, reader.number, column.number + 1),
        upper=quantity.upper,
        note="; ".join(filter(None, (cell_of(row, layout.asides, "note"), note))),
        confidence=cell_of(row, layout.asides, "confidence"),
    )


def _indicator_and_period(
    context: Context, column: ValueColumn, layout: Layout
) -> tuple[str, Period]:
    """What is measured and when, from the row, the column and the title together."""
    name = "" if column_names.is_generic(column.name) else column.name
    period = column.period or context.period
    if context.period and name:  # the column may name the part of the row's year
        part = _part_of(name.replace(HEADER_JOIN, " "), context.period)
        name, period = ("", part) if part else (name, period)
    words = ": ".join(filter(None, (context.indicator, name.replace(HEADER_JOIN, ": "))))
    indicator = words or layout.title.indicator or column.header.replace(HEADER_JOIN, ": ")
    return without_mark(indicator), period or layout.title.period or UNDATED


@lru_cache(4096)
def _part_of(name: str, year: Period) -> Period | None:
    part = read_period(f"{name} {year.printed}")
    return part if part and part.kind in ("half", "quarter", "month", "in-year") else None


def _unit_of_cell(
    quantity: Quantity, column: ValueColumn, of_row: tuple[Context, TableRow], layout: Layout
) -> Unit:
    """The unit of a value: what its row says, its column, or else the whole table."""
    context, row = of_row
    aside = cell_of(row, layout.asides, "unit")
    own = (read_unit(aside) if aside else None, context.unit, column.unit)
    by_column = column.unit if column.period is None else None
    nearest = by_column or next(filter(None, own), None)
    if nearest is not None:
        return _unit(quantity, nearest, "")
    name = f"{context.indicator} {column.name}"
    if column_names.is_rank(column.name):
        return read_unit("rank")
    if is_share(name):
        return quantity.unit if quantity.unit.printed else _PERCENT
    return _unit(quantity, context.section_unit or layout.title.unit, name)


def _unit(quantity: Quantity, stated: Unit | None, name: str) -> Unit:
    """The unit printed beside a value in the scale that is stated for it, or the stated unit.

    ``name`` is the indicator where the unit is stated for the whole table: some are not meant.
    """
    printed = quantity.unit
    if stated is None or (name and _OWN_UNIT.search(name) and stated.scale != 1):
        return printed
    if not printed.printed:
        return stated
    is_sign = all(not sign.isalnum() for sign in printed.printed)
    if is_sign and printed.printed != "%" and stated.base not in ("", "percent"):
        return stated  # a currency sign, in the currency and scale that are stated
    if printed.base in ("percent", "percentage point"):
        return printed
    return scaled(printed, stated)


def _noted(reader: _Reader, words: tuple[str, ...]) -> str:
    """The footnotes that marks at the end of a cell, its header or its row's names lead to."""
    if not reader.marks:
        return ""
    parts = (part for word in words for part in word.split(HEADER_JOIN))
    marks = (match[1].strip("()[]") for part in parts if (match := _MARK.search(part)))
    return "; ".join(dict.fromkeys(reader.marks[m] for m in marks if m in reader.marks))


def unread_cells(document: Document, readings: Readings) -> Iterator[UnreadCell]:
    """The cells of the document's tables that stand among numbers and cannot be read as one."""
    for table, rows in zip(document.tables, readings, strict=True):
        for number, row in enumerate(rows, start=1):
            for column, printed in row.unread:
                yield UnreadCell(document.source, table.title, number, column, printed)
