"""Sheets of cells -> tables, and the one text of a workbook that they are spans of.

The text is each sheet's name and its rows as lines of cells between tabs. Cells read as the
workbook shows them: a share as ``6.17%``, a date as ISO 8601 or as its month or year alone.
"""

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from innoqa.domain import Block, Section, Table, TableRow
from innoqa.errors import DocumentError
from innoqa.grids import Kind, kind, read_grid
from innoqa.markup import one_line
from innoqa.metadata import NO_METADATA, Metadata

MOST_CELLS = 1_000_000
"""In a sheet, blank ones among them."""
MOST_IN_ALL = 4_000_000
"""In all sheets of a workbook together."""
_GENERIC_NAME = re.compile(r"(?:sheet|table|tabelle|feuil|hoja|foglio|工作表)\s*\d*", re.IGNORECASE)
_TOKEN = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.|[#0?][#0?,.]*|.', re.DOTALL)
_MOST_DECIMALS = 30  # as many as any spreadsheet program shows
_LONGEST_FORMAT = 255  # characters, as in any spreadsheet program

Grid = list[list[str]]


@dataclass(frozen=True, slots=True)
class Workbook:
    """What the visible sheets hold; every span is an offset into ``text``.

    ``gaps`` say what was not read, one sentence each, without the file's name.
    """

    text: str
    tables: tuple[Table, ...]
    sections: tuple[Section, ...]
    gaps: tuple[str, ...] = ()
    metadata: Metadata = NO_METADATA


def workbook_of(sheets: Iterable[tuple[str, Grid]]) -> Workbook:
    """The tables of sheets, each a title and its rows. A sheet without any reads as prose.

    Raises DocumentError, in words that go on after the name of the file, where there are more
    cells than are read.
    """
    text = ""
    tables: list[Table] = []
    sections: list[Section] = []
    size = 0
    for title, grid in sheets:
        size += sum(map(len, grid))
        if size > MOST_IN_ALL:
            raise DocumentError(f"has more than {MOST_IN_ALL:,} cells; split it into workbooks")
        text += f"{one_line(title)}\n\n"
        rows, lines = _rows(grid, len(text))
        text += "".join(f"{line}\n" for line in lines) + "\n"
        found = tuple(_titled(read_grid(rows), title)) if _is_table(rows) else ()
        tables += found
        blocks = tuple(Block(r.start, r.end) for r in rows if not found and any(r.cells))
        if blocks:
            sections.append(Section((title,), blocks))
    return Workbook(text, tuple(tables), tuple(sections))


def check_size(sheet: str, rows: int, columns: int) -> None:
    """Raise DocumentError for a sheet of more cells than are read; before they take memory."""
    if rows * columns > MOST_CELLS:
        raise DocumentError(
            f"has a sheet {sheet!r} of {rows:,} rows and {columns:,} columns; up to "
            f"{MOST_CELLS:,} cells are read. Delete the empty rows and columns in which "
            "something stands far out"
        )


def hidden_gap(sheet: str) -> str:
    """What is said of a sheet that the workbook does not show."""
    return f"the hidden sheet {sheet!r} was not read"


def fill_merged(grid: Grid, bounds: tuple[int, int, int, int]) -> None:
    """Repeat a merged label over its cells, or down alone where nothing else is in its rows.

    ``bounds`` are (top, left, bottom, right), counted from 0, the last of each included; what of
    them lies outside the grid is passed over. A number is not repeated, so that none counts twice.
    """
    top, left, bottom, right = bounds
    rows = grid[top : bottom + 1]
    if not rows or left >= len(rows[0]):
        return
    words = rows[0][left]
    if kind(words) in (Kind.NUMBER, Kind.MEASURE):
        return
    others = any(
        cell for row in rows for column, cell in enumerate(row) if not left <= column <= right
    )
    for row in rows:
        for column in range(left, min(right + 1, len(row))) if others else (left,):
            row[column] = words


def _rows(grid: Grid, start: int) -> tuple[list[TableRow], list[str]]:
    """The rows with their spans in a text that goes on at ``start``, and their lines."""
    rows: list[TableRow] = []
    lines: list[str] = []
    for cells in grid:
        line = "\t".join(cells).rstrip("\t")
        rows.append(TableRow(tuple(cells), start, start + len(line)))
        lines.append(line)
        start += len(line) + 1
    return rows, lines


def _is_table(rows: list[TableRow]) -> bool:
    return any(sum(map(bool, row.cells)) > 1 for row in rows)


def _titled(tables: tuple[Table, ...], sheet: str) -> Iterator[Table]:
    """The tables with the sheet's name in front of their titles, where it says anything."""
    generic = _GENERIC_NAME.fullmatch(sheet.strip())
    for table in tables:
        said = (generic and table.title) or sheet.lower() in table.title.lower()
        title = table.title if said else ": ".join(filter(None, (sheet, table.title)))
        yield replace(table, title=title)


def printed(value: object, number_format: str) -> str:
    """A cell as the workbook shows it, on one line.

    >>> printed(0.0617, "0.00%"), printed(20000.0, "#,##0"), printed(12.5, '[$€-407] #,##0.00')
    ('6.17%', '20000', '€12.50')
    """
    number_format = number_format[:_LONGEST_FORMAT]
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float | Decimal):
        return _number(value, number_format)
    if isinstance(value, datetime.date):
        return _date(value, number_format)
    return one_line(str(value))


def _number(value: float | Decimal, number_format: str) -> str:
    """A number to the decimals that are shown, or with all that it has where none are."""
    exact = Decimal(f"{value:.15g}")  # a workbook shows no more digits
    if not exact.is_finite():
        return str(value)
    before, digits, after = _form(number_format)
    share = "%" in after
    exact = exact * 100 if share else exact
    exact /= 1000 ** (len(digits) - len(digits.rstrip(",")))  # "#,##0," shows thousands
    decimals = len(re.findall("[#0?]", digits.partition(".")[2]))
    if decimals and "E" not in after:
        words = f"{exact:.{min(decimals, _MOST_DECIMALS)}f}"
    else:
        words = f"{exact:f}"
        words = words.rstrip("0").rstrip(".") if "." in words else words
    unit = "%" if share else after if "E" not in after else ""
    return f"{before}{words}{unit}"


def _form(number_format: str) -> tuple[str, str, str]:
    """(what stands before the digits, the digits, what stands after) of a number format."""
    before, digits, after = "", "", ""
    plain = number_format in ("General", "@") or "?/" in number_format  # text, fractions
    for part in _TOKEN.findall("" if plain else number_format):
        if part == ";":
            break
        if part[0] in "#0?.," and not after.strip():
            digits, after = digits + part, ""
        elif not digits:
            before += _literal(part)
        else:
            after += _literal(part)
    return before.strip(" ()"), digits, after.rstrip(" ()")


def _literal(part: str) -> str:
    """The words that a part of a number format puts beside the digits."""
    if part[0] == "[":
        return part[2:-1].partition("-")[0] if part.startswith("[$") else ""
    if part[0] in "_*":
        return ""
    return part.strip('"').removeprefix("\\")


def _date(value: datetime.date, number_format: str) -> str:
    """A date to the day, month or year that is shown."""
    form = re.sub(r'"[^"]*"|\[[^\]]*\]', "", number_format).lower()
    if "d" not in form and "y" in form:
        return value.strftime("%B %Y") if "m" in form else f"{value.year}"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    return value.isoformat().replace("T", " ")
