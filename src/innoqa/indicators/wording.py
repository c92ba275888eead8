"""The rows of tables in words, as passages of their own."""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from innoqa.domain import HEADER_JOIN, Cell, Document, Passage, Sentence, Table, TableRow
from innoqa.indicators import column_names
from innoqa.indicators.reading import Readings, RowReading, cell_of, read_tables, sources_of
from innoqa.periods import period_of

_LONG_NUMBER = re.compile(r"-?[1-9]\d{4,}(?:\.\d+)?")
_BEFORE_VALUE = ("about", "around", "over", "more than", "at least", "almost", "nearly", "close to",
                 "less than", "under", "up to", "at most", "below", "above")  # fmt: skip
_PLAIN_QUALIFIERS = ("", "exact")


def row_passages(
    document: Document, count: Callable[[str], int], limit: int, readings: Readings | None = None
) -> Iterator[Passage]:
    """Each row of the document's tables as a passage of its own, in words, still without ids.

    A row too long for one passage becomes several, cut between cells; the first has the row's
    observations. ``limit`` is in word pieces; ``readings`` are what ``read_tables`` gives.
    """
    room = limit - limit // 3  # the heading path takes the rest
    tables = zip(document.tables, readings or read_tables(document), strict=True)
    for place, (table, states) in enumerate(tables):
        columns = column_names.roles(table.header)
        heading = _heading(table)
        named, sources = column_names.named_roles(table.header), sources_of(document, table)
        for number, (row, reading) in enumerate(zip(table.rows, states, strict=True), start=1):
            references = _references(row, named) if "source" in named else sources
            parts = (
                _observed(row, columns, table.header) if columns else _pairs(table, row, reading)
            )
            cell = _cell(table, place, number, reading) or Cell(
                table.title, number, row.cells[0], None, place
            )
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
                    cell=cell,
                    observations=reading.observations if part == 0 else (),
                )


def _heading(table: Table) -> tuple[str, ...]:
    """The headings above a table and its title, where they do not say it."""
    if not table.title or table.title in table.heading:
        return table.heading
    return (*table.heading, table.title)


def _cell(table: Table, place: int, number: int, reading: RowReading) -> Cell | None:
    """The value's cell in a tidy row, the whole row in any other; None where it says nothing."""
    if column_names.is_tidy(table.header):
        return reading.observations[0].cell if reading.observations else None
    name = reading.observations[0].cell.row_name if reading.observations else ""
    return Cell(table.title, number, name, None, place) if name else None


def _references(row: TableRow, columns: Mapping[str, int]) -> tuple[str, ...]:
    source, confidence = cell_of(row, columns, "source"), cell_of(row, columns, "confidence")
    if not source:
        return ()
    return (f"{source}; confidence {confidence}" if confidence else source,)


def _observed(row: TableRow, columns: Mapping[str, int], header: tuple[str, ...]) -> list[str]:
    """A tidy row in words: ``Beijing, 2018: R&D intensity 6.17 percent``, then what is added."""
    entity = cell_of(row, columns, "entity")
    when = period_of(cell_of(row, columns, "year"), cell_of(row, columns, "period")).printed
    subject = f"{entity}, {when}" if entity and when else entity or when
    value = _quantity(cell_of(row, columns, "value"), cell_of(row, columns, "unit"))
    qualifier = cell_of(row, columns, "qualifier")
    if qualifier.lower() in _BEFORE_VALUE:
        value = f"{qualifier} {value}"
    elif qualifier.lower() not in _PLAIN_QUALIFIERS:
        value = f"{value} ({qualifier})"
    words = f"{cell_of(row, columns, 'indicator')} {value}"
    words = f"{subject}: {words}" if subject else words
    known = set(columns.values())
    extra = [f"{h}: {c}" for i, (h, c) in enumerate(zip(header, row.cells, strict=False))
             if i not in known and c.strip()]  # fmt: skip
    return [words, *filter(None, (cell_of(row, columns, "note"), *extra))]


def _quantity(printed: str, unit: str) -> str:
    grouped = f"{Decimal(printed):,f}" if _LONG_NUMBER.fullmatch(printed) else printed
    if unit == "year":
        return printed
    # "758 x 100 million yuan" is read rightly, "758 100 million yuan" is not.
    return f"{grouped} \u00d7 {unit}" if unit[:1].isdigit() else f"{grouped} {unit}".strip()


def _pairs(table: Table, row: TableRow, reading: RowReading) -> list[str]:
    """A row of any other table: its first cell names it, the others follow their header.

    The section that it stands under comes before its name.
    """
    cells = [reading.labels.get(c) or cell for c, cell in enumerate(row.cells)]
    names = [name.replace(HEADER_JOIN, " ") for name in table.header]
    first = f"{reading.section}: {cells[0]}" if reading.section else cells[0]
    label = f"{names[0]}: {first}" if names[0] else first
    pairs = [f"{name}: {cell}" if name else cell
             for name, cell in zip(names[1:], cells[1:], strict=True) if cell.strip()]  # fmt: skip
    return [" ".join(part.split()) for part in (label, *pairs)]


def _joined(parts: list[str], count: Callable[[str], int], room: int) -> Iterator[str]:
    """The parts joined by semicolons, in as many texts as it takes to stay within ``room``.

    The first part names the row and is said again in each text, unless it fills half of one.
    """
    whole = "; ".join(parts)
    if count(whole) <= room:
        yield whole
        return
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
