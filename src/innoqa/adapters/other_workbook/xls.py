"""XLS workbooks (Excel 2 to 2003), by xlrd.

Cells read as in their number formats. A formula reads as its last value, and as nothing where it
has none; XLS files say nothing of themselves here: ``metadata`` is empty.
"""

import contextlib
import datetime
import io
import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

from innoqa.errors import DocumentError
from innoqa.sheets import Grid, Workbook, check_size, fill_merged, hidden_gap, printed, workbook_of

_MOST_BYTES = 100_000_000
_DAMAGE = (
    LookupError, ValueError, TypeError, AttributeError, AssertionError, OSError, EOFError,
    ArithmeticError, RuntimeError, struct.error, MemoryError,
)  # fmt: skip


def read_xls(raw: bytes) -> Workbook:
    """The tables and hidden sheets of a workbook. Raises DocumentError."""
    import xlrd
    from xlrd.biffh import XLRDError
    from xlrd.compdoc import CompDocError

    if len(raw) > _MOST_BYTES:
        raise DocumentError(f"is larger than {_MOST_BYTES:,} bytes; save it as .xlsx")
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # some of its words go there whatever
            book = xlrd.open_workbook(
                file_contents=raw, formatting_info=True, ragged_rows=True, logfile=io.StringIO()
            )
        hidden = tuple(hidden_gap(s.name) for s in book.sheets() if s.visibility)
        return replace(workbook_of(_sheets(book)), gaps=hidden)
    except (*_DAMAGE, XLRDError, CompDocError) as error:
        raise DocumentError(_told(str(error))) from None


def _told(error: str) -> str:
    if "encrypted" in error:
        return "is encrypted; save it without a password"
    return f"is not an XLS workbook, or a damaged one ({error[:200]}); save it as .xlsx"


def _sheets(book: Any) -> Iterator[tuple[str, Grid]]:
    for sheet in book.sheets():
        if not sheet.visibility:
            yield sheet.name, _grid(book, sheet)


def _grid(book: Any, sheet: Any) -> Grid:
    check_size(sheet.name, sheet.nrows, sheet.ncols)
    grid = [[_words(book, cell) for cell in sheet.row(row)] for row in range(sheet.nrows)]
    for row in grid:
        row.extend([""] * (sheet.ncols - len(row)))
    for top, below, left, beside in sheet.merged_cells:
        fill_merged(grid, (top, left, below - 1, beside - 1))
    return grid


def _words(book: Any, cell: Any) -> str:
    from xlrd import biffh

    number_format = _format(book, cell.xf_index)
    if cell.ctype == biffh.XL_CELL_BOOLEAN:
        return printed(bool(cell.value), number_format)
    if cell.ctype == biffh.XL_CELL_ERROR:
        return str(biffh.error_text_from_code.get(cell.value, "#ERROR!"))
    if cell.ctype == biffh.XL_CELL_DATE:
        moment = _date(cell.value, book.datemode)
        return printed(cell.value, "General") if moment is None else printed(moment, number_format)
    return printed(cell.value, number_format)


def _date(value: float, datemode: Literal[0, 1]) -> datetime.datetime | datetime.time | None:
    """The day and time of a date's number; None where there is no such day."""
    from xlrd import xldate

    try:
        moment = xldate.xldate_as_datetime(value, datemode).replace(microsecond=0)
    except (xldate.XLDateError, ArithmeticError, ValueError):
        return None
    if value < 1:
        return moment.time() if value >= 0 else None
    return moment


def _format(book: Any, xf_index: int | None) -> str:
    if xf_index is None or not 0 <= xf_index < len(book.xf_list):
        return "General"
    known = book.format_map.get(book.xf_list[xf_index].format_key)
    return str(known.format_str) if known else "General"
