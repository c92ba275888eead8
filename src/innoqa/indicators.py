"""Tables -> observations and rows in words.

A tidy table (one observation a row) is known by its column names; its rows read as observations.
Any other table's rows read as their header and cells, in order. See ``corpus/README.md``.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

from innoqa.domain import Cell, Document, Observation, Passage, Sentence, Table, TableRow

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

_NUMBER = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?")
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
    for table in document.tables:
        columns = roles(table.header)
        heading = table.heading or ((table.title,) if table.title else ())
        for number, row in enumerate(table.rows, start=1):
            observation = _observation(table, number, row, columns) if columns else None
            cell = (
                observation.cell if observation else Cell(table.title, number, row.cells[0], None)
            )
            references = _references(row, columns) if "source" in columns else notes
            parts = _observed(row, columns, table.header) if columns else _pairs(table, row)
            for words in _joined(parts, count, room):
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
                    cell=cell,
                    observation=observation,
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


def decimal(printed: str) -> Decimal | None:
    """The number that a cell states, or None where it is not a plain number."""
    text = printed.strip().replace("\u2212", "-").replace("\u00a0", "").removesuffix("%").strip()
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None


def _cell(row: TableRow, columns: Mapping[str, int], role: str) -> str:
    position = columns.get(role)
    return " ".join(row.cells[position].split()) if position is not None else ""


def _observation(
    table: Table, number: int, row: TableRow, columns: Mapping[str, int]
) -> Observation | None:
    printed = _cell(row, columns, "value")
    value = decimal(printed)
    if value is None:
        return None
    entity, indicator = _cell(row, columns, "entity"), _cell(row, columns, "indicator")
    when = _when(row, columns)
    name = ", ".join(filter(None, (entity, when, indicator)))
    return Observation(
        indicator=indicator,
        entity=entity,
        period=when,
        value=value,
        printed=printed,
        unit=_cell(row, columns, "unit"),
        qualifier=_cell(row, columns, "qualifier"),
        source=_cell(row, columns, "source"),
        cell=Cell(table.title, number, name, table.header[columns["value"]]),
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
    number = decimal(printed)
    grouped = f"{number:,f}" if number is not None and abs(number) >= 10_000 else printed
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
