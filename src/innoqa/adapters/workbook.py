"""XLSX workbooks, by openpyxl.

Cells read as the workbook shows them: the last computed value of a formula, which is never
executed, in its number format; the formula itself where it was never computed. Hidden sheets are
told, hidden rows and columns are read.
"""

import datetime
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from innoqa.errors import DocumentError
from innoqa.metadata import Metadata, metadata_of
from innoqa.sheets import (
    MOST_CELLS,
    Grid,
    Workbook,
    check_size,
    fill_merged,
    hidden_gap,
    printed,
    workbook_of,
)

_MOST_BYTES = 400_000_000  # unpacked: what a million cells take many times over
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of before 2007, and of ciphers
_CIPHER = "EncryptedPackage".encode("utf-16-le")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_UNCOMPUTED = re.compile(rb"</f>(?:<v\s*/>|<v></v>)?</c>|<f[^>]*/>(?:<v\s*/>|<v></v>)?</c>")
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, IndexError,
    OSError, EOFError, SyntaxError, RuntimeError, ArithmeticError,
)  # fmt: skip


def read_workbook(raw: bytes) -> Workbook:
    """The tables, metadata and hidden sheets of a workbook.

    Raises DocumentError, in words that go on after the name of the file, where the bytes are no
    workbook, or one that is encrypted, damaged or too large.
    """
    uncomputed = _checked(raw)
    opened = datetime.datetime.now(datetime.UTC).replace(tzinfo=None, microsecond=0)
    try:
        values = _opened(raw, values=True)
        formulas = _opened(raw, values=False) if uncomputed else None
        hidden = [s.title for s in values.worksheets if s.sheet_state != "visible"]
        made = workbook_of(_sheets(values, formulas))
        return replace(
            made, gaps=tuple(map(hidden_gap, hidden)), metadata=_metadata(values, opened)
        )
    except _DAMAGE as error:
        raise DocumentError(_told(error)) from None


def _told(error: Exception) -> str:
    return f"is not an XLSX workbook, or a damaged one ({str(error)[:200]})"


def _sheets(values: Any, formulas: Any) -> Iterator[tuple[str, Grid]]:
    for sheet in values.worksheets:
        if sheet.sheet_state == "visible":
            yield sheet.title, _grid(sheet, formulas[sheet.title] if formulas else None)


def _checked(raw: bytes) -> bool:
    """Whether the file, which is a workbook of a size that is read, has formulas without values."""
    if raw.startswith(_COMPOUND):
        raise DocumentError(
            "is encrypted; save it without a password"
            if _CIPHER in raw
            else "is in the form of before 2007; rename it to .xls, or save it as .xlsx"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > _MOST_BYTES:
                raise DocumentError(f"is larger than {_MOST_BYTES:,} bytes when it is unpacked")
            sheets = [archive.read(part) for part in parts if _SHEET.fullmatch(part.filename)]
    except _DAMAGE as error:
        raise DocumentError(_told(error)) from None
    cells = sum(sheet.count(b"<c ") for sheet in sheets)
    if cells > MOST_CELLS:
        raise DocumentError(f"has {cells:,} cells; workbooks of up to {MOST_CELLS:,} are read")
    return any(_UNCOMPUTED.search(sheet) for sheet in sheets)


def _opened(raw: bytes, *, values: bool) -> Any:
    from openpyxl import load_workbook  # a third of a second that only workbooks need

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells of styles and drawings that it does not know
        return load_workbook(io.BytesIO(raw), data_only=values, keep_links=False)


def _grid(sheet: Any, formulas: Any | None) -> Grid:
    """The cells of a sheet as strings, merged ones repeated over the cells that they cover."""
    check_size(sheet.title, sheet.max_row, sheet.max_column)
    grid = [[printed(cell.value, cell.number_format) for cell in row] for row in sheet.iter_rows()]
    if formulas is not None:
        _show_uncomputed(grid, formulas)
    for area in sheet.merged_cells.ranges:
        left, top, right, bottom = (edge - 1 for edge in area.bounds)
        fill_merged(grid, (top, left, bottom, right))
    return grid


def _show_uncomputed(grid: Grid, formulas: Any) -> None:
    """Put a formula that was never computed where its value would stand: it is told, not lost."""
    for number, row in enumerate(formulas.iter_rows()):
        for column, cell in enumerate(row):
            if cell.data_type == "f" and not grid[number][column]:
                grid[number][column] = f"={str(cell.value).removeprefix('=')}"


def _metadata(book: Any, opened: datetime.datetime) -> Metadata:
    said = book.properties
    made = said.created.replace(tzinfo=None)
    date = made.isoformat() if made < opened else ""  # openpyxl puts now where there is no date
    authors = (said.creator or "").split(";")
    return metadata_of(said.title or "", authors, date, said.language or "")
