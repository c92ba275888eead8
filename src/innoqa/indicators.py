"""Tables -> observations and rows in words.

A tidy table (one observation a row) is known by its column names; its rows read as observations.
Any other table's rows read as their header and cells, in order. See ``corpus/README.md``.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from innoqa.domain import Cell, Document, Observation, Passage, Sentence, Table, TableRow
from innoqa.periods import period_of
from innoqa.quantities import read_quantity, read_unit

ROLES: Mapping[str, frozenset[str]] = {
    "entity": frozenset({"entity", "place", "city", "region", "district", "country", "area name"}),
    "year": frozenset({"year", "date", "time"}),
    "period": frozenset({"period", "period kind", "period note"}),
    "indicator": frozenset({"indicator", "measure", "metric", "variable"}),
    "value": frozenset({"value", "amount", "obs_value"}),
    "unit": frozenset({"unit", "units", "unit of measure"}),
    "qualifier": frozenset({"qualifier", "status"}),
    "note": frozenset({"note", "notes", "comment", "remark", "remarks"}),
    "source": frozenset({"source", "sources", "reference"}),
    "confidence": frozenset({"confidence"}),
    "source_id": frozenset({"source_id", "source id"}),
}
"""Column names (lower case) that give a column its part in a tidy table."""

_LONG_NUMBER = re.compile(r"-?[1-9]\d{4,}(?:\.\d+)?")
_BEFORE_VALUE = ("about", "around", "over", "more than", "at least", "almost", "nearly", "close to",
                 "less than", "under", "up to", "at most", "below", "above")  # fmt: skip
_PLAIN_QUALIFIERS = ("", "exact")
_WHOLE_YEAR = ("", "year")


def row_passages(document: Document, count: Callable[[str], int], limit: int) -> Iterator[Passage]:
    """Each row of the document's tables as a passage of its own, in words, still without ids.

    A row too long for one passage becomes several, cut between cells. ``limit`` is in word pieces.
    """
    room = limit - limit // 3  # the heading path takes the rest
    # A table file has its sources as footnotes; in a text they belong to its sentences.
    notes = tuple(n.text for n in document.footnotes) if document.media_type == "table" else ()
    for table_number, table in enumerate(document.tables):
        columns = roles(table.header)
        heading = table.heading or ((table.title,) if table.title else ())
        for number, row in enumerate(table.rows, start=1):
            cell = Cell(table.title, number, row.cells[0], None, table_number)
            observation = _observation(table, cell, row, columns) if columns else None
            observations = (observation,) if observation else ()
            references = _references(row, columns) if "source" in columns else notes
            parts = _observed(row, columns, table.header) if columns else _pairs(table, row)
            for part, words in enumerate(_joined(parts, count, room)):
                yield Passage(
                    id="",
                    document_id=document.id,
                    source=document.source,
                    title=document.title,
                    heading=heading,
                    text=document.text[row.start : row.end],
                    start=row.start,
                    end=row.end,
                    sentences=(Sentence(row.start, row.end, words, references),),
                    cell=observation.cell if observation else cell,
                    observations=observations if part == 0 else (),
                )


def roles(header: tuple[str, ...]) -> dict[str, int]:
    """The column of each role that the header names; empty unless the table is tidy.

    Tidy means at least an indicator (or entity) and a value column.
    """
    columns: dict[str, int] = {}
    for position, name in enumerate(header):
        for role, names in ROLES.items():
            if name.strip().lower() in names and role not in columns:
                columns[role] = position
    return columns if {"indicator", "value"} <= columns.keys() else {}


def is_tidy(header: tuple[str, ...]) -> bool:
    """Whether a table has one observation a row, known by its column names."""
    return bool(roles(header))


def _cell(row: TableRow, columns: Mapping[str, int], role: str) -> str:
    position = columns.get(role)
    return " ".join(row.cells[position].split()) if position is not None else ""


def _observation(
    table: Table, cell: Cell, row: TableRow, columns: Mapping[str, int]
) -> Observation | None:
    printed = _cell(row, columns, "value")
    quantity = read_quantity(printed)
    if quantity is None:
        return None
    entity, indicator = _cell(row, columns, "entity"), _cell(row, columns, "indicator")
    period = period_of(_cell(row, columns, "year"), _cell(row, columns, "period"))
    name = ", ".join(filter(None, (entity, period.printed, indicator)))
    column = columns["value"]
    unit = _cell(row, columns, "unit")
    return Observation(
        indicator=indicator,
        entity=entity,
        period=period,
        value=quantity.value,
        printed=printed,
        unit=read_unit(unit) if unit else quantity.unit,
        qualifier=_cell(row, columns, "qualifier") or quantity.qualifier,
        source=_cell(row, columns, "source"),
        cell=replace(cell, row_name=name, column=table.header[column], column_number=column + 1),
        upper=quantity.upper,
        note=_cell(row, columns, "note"),
        confidence=_cell(row, columns, "confidence"),
    )


def _references(row: TableRow, columns: Mapping[str, int]) -> tuple[str, ...]:
    source, confidence = _cell(row, columns, "source"), _cell(row, columns, "confidence")
    if not source:
        return ()
    return (f"{source}; confidence {confidence}" if confidence else source,)


def _when(row: TableRow, columns: Mapping[str, int]) -> str:
    year, period = _cell(row, columns, "year"), _cell(row, columns, "period")
    if not year:
        return f"period {period}" if period.startswith("not ") else period
    return year if period in _WHOLE_YEAR else f"{year} ({period})"


def _observed(row: TableRow, columns: Mapping[str, int], header: tuple[str, ...]) -> list[str]:
    """A tidy row in words: ``Beijing, 2018: R&D intensity 6.17 percent``, then what is added."""
    entity, when = _cell(row, columns, "entity"), _when(row, columns)
    subject = f"{entity}, {when}" if entity and when else entity or when
    value = _quantity(_cell(row, columns, "value"), _cell(row, columns, "unit"))
    qualifier = _cell(row, columns, "qualifier")
    if qualifier.lower() in _BEFORE_VALUE:
        value = f"{qualifier} {value}"
    elif qualifier.lower() not in _PLAIN_QUALIFIERS:
        value = f"{value} ({qualifier})"
    words = f"{_cell(row, columns, 'indicator')} {value}"
    words = f"{subject}: {words}" if subject else words
    known = set(columns.values())
    extra = [f"{h}: {c}" for i, (h, c) in enumerate(zip(header, row.cells, strict=False))
             if i not in known and c.strip()]  # fmt: skip
    return [words, *filter(None, (_cell(row, columns, "note"), *extra))]


def _quantity(printed: str, unit: str) -> str:
    grouped = f"{Decimal(printed):,f}" if _LONG_NUMBER.fullmatch(printed) else printed
    if unit == "year":
        return printed
    # "758 x 100 million yuan" is read rightly, "758 100 million yuan" is not.
    return f"{grouped} \u00d7 {unit}" if unit[:1].isdigit() else f"{grouped} {unit}".strip()


def _pairs(table: Table, row: TableRow) -> list[str]:
    """A row of any other table: its first cell names it, the others follow their header."""
    first, *rest = row.cells
    label = f"{table.header[0]}: {first}" if table.header and table.header[0] else first
    names = [*table.header[1:], *[""] * len(rest)]
    pairs = [f"{name}: {cell}" if name else cell
             for name, cell in zip(names, rest, strict=False) if cell.strip()]  # fmt: skip
    return [" ".join(part.split()) for part in (label, *pairs)]


def _joined(parts: list[str], count: Callable[[str], int], room: int) -> Iterator[str]:
    """The parts joined by semicolons, in as many texts as it takes to stay within ``room``.

    The first part names the row and is said again in each text, unless it fills half of one.
    """
    label = parts[:1] if count(parts[0]) <= room // 2 else []
    left = room - count("; ".join([*label, ""]))
    group = list(label)
    fitting = (piece for part in parts[len(label) :] for piece in _cut(part, count, left))
    for part in fitting:
        if len(group) > len(label) and count("; ".join([*group, part])) > room:
            yield "; ".join(group)
            group = list(label)
        group.append(part)
    yield "; ".join(group)


def _cut(text: str, count: Callable[[str], int], room: int) -> Iterator[str]:
    """A cell in as few halves as it takes for each to fit, cut at a space if there is any."""
    if count(text) <= room or len(text) < 2:
        yield text
        return
    spaces = [place for place, sign in enumerate(text) if sign.isspace() and place]
    middle = len(text) // 2
    at = min(spaces, key=lambda place: abs(place - middle), default=middle)
    for half in (text[:at].strip(), text[at:].strip()):
        if half:
            yield from _cut(half, count, room)
