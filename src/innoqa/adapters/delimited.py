"""CSV, TSV and their like: the tables of a delimited text, whose rows are spans of it."""

import contextlib
import csv
import io
import itertools
from collections.abc import Iterator, Sequence

from innoqa.domain import Table, TableRow
from innoqa.errors import DocumentError
from innoqa.grids import filled, is_note_line, numbers, read_grid

MOST_ROWS = 1_000_000
MOST_CELLS = 10_000_000
_DELIMITERS = ",;\t|"
_NO_DELIMITERS = '"\0\r\n'
_LONGEST_CELL = 131_072  # characters
_LONGEST_LINE = 2_000_000
_LINES_JUDGED = 50
_END = "\0"  # stands for the end of the text: no text that is read holds it
_ROWS_IN_A_CELL = 3  # so many lines that look like rows were never meant to be one cell
_HOW_TO_QUOTE = 'a quote that opens a cell must close it, one inside a cell is written ""'


def read_delimited(text: str, delimiter: str = "") -> tuple[Table, ...]:
    """The tables of a text whose lines end in line feeds; their titles are the lines above, or "".

    ``delimiter`` is the sign between cells; where it is "", the one that cuts the lines alike is
    taken. Quotes are read as in RFC 4180; a quoted cell may span lines.
    Raises DocumentError, in words that go on after the name of the file, where a row is longer
    than its header, a quote stays open, nothing is a table, or a limit of size is passed.
    """
    if delimiter and delimiter in _NO_DELIMITERS:
        raise DocumentError(f"cannot be cut into cells at {delimiter!r}; name another delimiter")
    lines = _lines(text)
    csv.field_size_limit(_LONGEST_CELL)  # of the whole process, so others may have changed it
    delimiter = delimiter or _delimiter(lines)
    rows = _rows(text, lines, delimiter)
    _check_quotes(rows, text, delimiter)
    rows = _with_prose(rows, text)
    _check_width(rows, text)
    found = read_grid(rows)
    if not found:
        raise DocumentError("has a header but no rows, or no header at all")
    return found


def _lines(text: str) -> list[str]:
    if _END in text:
        before = text.count("\n", 0, text.index(_END))
        raise DocumentError(f"holds a NUL character in line {before + 1}; save it as UTF-8 text")
    lines = io.StringIO(text, newline="\n").readlines()
    for number, line in enumerate(lines, start=1):
        if len(line) > _LONGEST_LINE:
            raise DocumentError(
                f"has {len(line):,} characters in line {number}; lines of up to "
                f"{_LONGEST_LINE:,} are read"
            )
    return lines


def _rows(text: str, lines: list[str], delimiter: str) -> list[TableRow]:
    """Every row, blank ones too, with its span in the text."""
    starts = list(itertools.accumulate(map(len, lines), initial=0))
    rows: list[TableRow] = []
    at = size = 0
    for cells, end in _parsed(lines, delimiter):
        size += len(cells)
        if len(rows) == MOST_ROWS or size > MOST_CELLS:
            raise DocumentError(
                f"has more than {MOST_ROWS:,} rows or {MOST_CELLS:,} cells; split it into files "
                "of fewer"
            )
        span = text[starts[at] : starts[end]].rstrip("\n")
        rows.append(TableRow(tuple(cells), starts[at], starts[at] + len(span)))
        at = end
    return rows


def _parsed(lines: list[str], delimiter: str) -> Iterator[tuple[list[str], int]]:
    """Each row with the number of its last line."""
    reader = csv.reader(itertools.chain(lines, (_END,)), delimiter=delimiter)
    last = 0
    try:
        for cells in reader:
            if cells == [_END]:
                return
            if reader.line_num > len(lines):
                line = len(lines) + lines[-1].endswith("\n") - cells[-1].count("\n")
                raise DocumentError(
                    f"has a quote in line {line} that is never closed; {_HOW_TO_QUOTE}"
                )
            last = reader.line_num
            yield cells, last
    except csv.Error as error:
        raise DocumentError(_told(error, last + 1)) from None


def _told(error: csv.Error, line: int) -> str:
    if "field larger" not in str(error):
        return f"cannot be cut into cells in line {line} ({error})"
    return (
        f"has a cell of more than {_LONGEST_CELL:,} characters in line {line}; shorten it, or "
        f"mend its quotes: {_HOW_TO_QUOTE}"
    )


def _with_prose(rows: list[TableRow], text: str) -> list[TableRow]:
    """Titles and notes whose commas were not meant to cut them, as one cell."""
    prose = [n for n, row in enumerate(rows) if _is_prose(row)]
    known = frozenset(prose)
    top = next((n for n, row in enumerate(rows) if len(filled(row)) > 1 and n not in known), 0)
    if any(n > top and not is_note_line(rows[n].cells[0]) for n in prose):
        return rows  # a space after the comma is this file's way
    lines = {n: text[rows[n].start : rows[n].end].rstrip(_DELIMITERS) for n in prose}
    return [
        TableRow((lines[n],), row.start, row.end) if n in lines else row
        for n, row in enumerate(rows)
    ]


def _is_prose(row: TableRow) -> bool:
    """Whether what cuts a row into cells is a comma and a space each time."""
    return len(filled(row)) > 1 and all(cell[:1] in ("", " ") for cell in row.cells[1:])


def _check_width(rows: list[TableRow], text: str) -> None:
    """A row beyond the header's last column has shifted cells, so that its figures are wrong."""
    wide = [row for row in rows if len(filled(row)) > 1]
    if not wide:
        return
    under = itertools.takewhile(lambda row: not row.cells[0].strip() and not numbers(row), wide[1:])
    width = max(len(row.cells) for row in (wide[0], *under))
    for row in wide:
        if filled(row)[-1] >= width:
            raise DocumentError(
                f"has {filled(row)[-1] + 1} cells in line {_line(row, text)} under a header of "
                f"{width}; add the missing column name or quote the cell"
            )


def _check_quotes(rows: list[TableRow], text: str, delimiter: str) -> None:
    """A cell whose lines look like rows was opened by a quote that stands there by mistake."""
    width = next((len(row.cells) for row in rows if len(filled(row)) > 1), 0)
    for row in rows:
        for cell in row.cells:
            inner = cell.split("\n")[1:-1] if "\n" in cell else ()
            alike = sum(line.count(delimiter) == width - 1 > 0 for line in inner)
            if alike >= _ROWS_IN_A_CELL and 2 * alike > len(inner):
                raise DocumentError(
                    f"has a quoted cell of {len(inner) + 2} lines in line {_line(row, text)} that "
                    f"look like rows; {_HOW_TO_QUOTE}"
                )


def _line(row: TableRow, text: str) -> int:
    return text.count("\n", 0, row.start) + 1


def _delimiter(lines: Sequence[str]) -> str:
    """The sign that cuts most of the lines alike, into most cells; a comma where none does."""

    def evenness(sign: str) -> tuple[float, int]:
        sizes: list[tuple[int, int]] = []  # of each row, without and with blank cells at its end
        with contextlib.suppress(csv.Error):  # it is told when the whole file is read
            for cells in csv.reader(lines[:_LINES_JUDGED], delimiter=sign):
                used = [number for number, cell in enumerate(cells, start=1) if cell.strip()]
                sizes += [(used[-1], len(cells))] if used else []
        widths = {size for pair in sizes for size in pair if size > 1}
        shares = ((sum(a <= w <= b for a, b in sizes) / len(sizes), w) for w in widths)
        return max(shares, default=(0, 0))

    return max(_DELIMITERS, key=evenness)
