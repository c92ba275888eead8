"""XLSX workbooks, by openpyxl: each sheet's tables, and a plain text that they are spans of.

The text is each visible sheet's name and its rows as lines of cells between tabs. Cells read as
the workbook shows them: the last computed value of a formula, a share as ``6.17%``, a date as
ISO 8601 or as its month or year alone.
"""

import datetime
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from innoqa.domain import Block, Section, Table, TableRow
from innoqa.errors import DocumentError
from innoqa.grids import Kind, kind, read_grid

MOST_CELLS = 1_000_000
_MOST_BYTES = 400_000_000  # unpacked: what a million cells take many times over
_ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # a compound file: encrypted, or of before 2007
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_UNCOMPUTED = re.compile(rb"</f>(?:<v\s*/>|<v></v>)?</c>|<f[^>]*/>(?:<v\s*/>|<v></v>)?</c>")
_GENERIC_NAME = re.compile(r"(?:sheet|table|tabelle|feuil|hoja|foglio|工作表)\s*\d*", re.IGNORECASE)
_TOKEN = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.|[#0?][#0?,.]*|.', re.DOTALL)
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, IndexError,
    OSError, EOFError, SyntaxError,
)  # fmt: skip

Grid = list[list[str]]


@dataclass(frozen=True, slots=True)
class Workbook:
    """What the visible sheets hold; every span is an offset into ``text``."""

    text: str
    tables: tuple[Table, ...]
    sections: tuple[Section, ...]


def read_workbook(raw: bytes) -> Workbook:
    """The tables of a workbook. A sheet without any reads as prose, line by line.

    Raises DocumentError, in words that go on after the name of the file, where the bytes are no
    workbook, or one that is encrypted, damaged or too large.
    """
    uncomputed = _checked(raw)
    values = _opened(raw, values=True)
    formulas = _opened(raw, values=False) if uncomputed else None
    text = ""
    tables: list[Table] = []
    sections: list[Section] = []
    for sheet in values.worksheets:
        if sheet.sheet_state != "visible":
            continue
        grid = _grid(sheet, formulas[sheet.title] if formulas else None)
        text += f"{_line(sheet.title)}\n\n"
        rows, lines = _rows(grid, len(text))
        text += "".join(f"{line}\n" for line in lines) + "\n"
        found = _titled(read_grid(rows), sheet.title) if _is_table(rows) else []
        tables += found
        blocks = tuple(Block(r.start, r.end) for r in rows if not found and any(r.cells))
        if blocks:
            sections.append(Section((sheet.title,), blocks))
    return Workbook(text, tuple(tables), tuple(sections))


def _checked(raw: bytes) -> bool:
    """Whether the file, which is a workbook of a size that is read, has formulas without values."""
    if raw.startswith(_ENCRYPTED):
        raise DocumentError(
            "is encrypted, or in the form of before 2007; save it as .xlsx without a password"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > _MOST_BYTES:
                raise DocumentError(f"is larger than {_MOST_BYTES:,} bytes when it is unpacked")
            sheets = [archive.read(part) for part in parts if _SHEET.fullmatch(part.filename)]
    except _DAMAGE as error:
        raise DocumentError(f"is not an XLSX workbook, or a damaged one ({error})") from None
    cells = sum(sheet.count(b"<c ") for sheet in sheets)
    if cells > MOST_CELLS:
        raise DocumentError(f"has {cells:,} cells; workbooks of up to {MOST_CELLS:,} are read")
    return any(_UNCOMPUTED.search(sheet) for sheet in sheets)


def _opened(raw: bytes, *, values: bool) -> Any:
    from openpyxl import load_workbook  # a third of a second that only workbooks need

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells of styles and drawings that it does not know
        try:
            return load_workbook(io.BytesIO(raw), data_only=values)
        except _DAMAGE as error:
            raise DocumentError(f"is not an XLSX workbook, or a damaged one ({error})") from None


def _grid(sheet: Any, formulas: Any | None) -> Grid:
    """The cells of a sheet as strings, merged ones repeated over the cells that they cover."""
    if sheet.max_row * sheet.max_column > MOST_CELLS:
        raise DocumentError(
            f"has a sheet {sheet.title!r} of {sheet.max_row:,} rows and {sheet.max_column:,} "
            f"columns; up to {MOST_CELLS:,} cells are read. Delete the empty rows and columns "
            "in which something stands far out"
        )
    grid = [[printed(cell.value, cell.number_format) for cell in row] for row in sheet.iter_rows()]
    if formulas is not None:
        _show_uncomputed(grid, formulas)
    for area in sheet.merged_cells.ranges:
        _fill(grid, area.bounds)
    return grid


def _show_uncomputed(grid: Grid, formulas: Any) -> None:
    """Put a formula that was never computed where its value would stand: it is told, not lost."""
    for number, row in enumerate(formulas.iter_rows()):
        for column, cell in enumerate(row):
            if cell.data_type == "f" and not grid[number][column]:
                grid[number][column] = f"={str(cell.value).removeprefix('=')}"


def _fill(grid: Grid, bounds: tuple[int, int, int, int]) -> None:
    """Repeat a merged label over its cells, or down alone where nothing else is in its rows."""
    left, top, right, bottom = (edge - 1 for edge in bounds)
    words = grid[top][left]
    if kind(words) in (Kind.NUMBER, Kind.MEASURE):
        return  # a value must not be counted twice
    others = any(
        cell
        for row in grid[top : bottom + 1]
        for column, cell in enumerate(row)
        if not left <= column <= right
    )
    for row in grid[top : bottom + 1]:
        for column in range(left, right + 1) if others else (left,):
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


def _line(words: str) -> str:
    return " ".join(words.split())


def printed(value: object, number_format: str) -> str:
    """A cell as the workbook shows it, on one line.

    >>> printed(0.0617, "0.00%"), printed(20000.0, "#,##0"), printed(12.5, '[$€-407] #,##0.00')
    ('6.17%', '20000', '€12.50')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float | Decimal):
        return _number(value, number_format)
    if isinstance(value, datetime.date):
        return _date(value, number_format)
    return _line(str(value))


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
        words = f"{exact:.{decimals}f}"
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
