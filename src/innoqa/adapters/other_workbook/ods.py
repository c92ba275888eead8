"""ODS workbooks (OpenDocument 1.0 to 1.4 spreadsheets), by lxml.

A cell reads as its exact value with the decimals, the sign of percent and the unit that it is
shown with, but with a point before its decimals and nothing between its thousands.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from innoqa.errors import DocumentError
from innoqa.markup import one_line
from innoqa.metadata import Metadata, metadata_of
from innoqa.sheets import (
    Grid,
    Workbook,
    check_size,
    fill_merged,
    hidden_gap,
    printed,
    workbook_of,
)

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_SHEETS, _SHEET, _ROW = f"{_OFFICE}spreadsheet", f"{_TABLE}table", f"{_TABLE}table-row"
_HIDING = f"{_STYLE}table-properties"
_SAFELY = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False,
           "remove_comments": True, "remove_pis": True}  # fmt: skip
_ROW_GROUPS = tuple(_TABLE + x for x in ("table-header-rows", "table-row-group", "table-rows"))
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_MOST_REPEATS = 1 << 24  # more than any sheet has rows or columns
_MOST_META = 10_000_000  # bytes
_MOST_DECIMALS = 15
_SHOWN = re.compile(r"\d(?:[\d.,'’٬\s]*\d)?")
_NUMBERS = re.compile(r"\d+")
_TIME = re.compile(r"P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?")
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, LookupError, ValueError, TypeError, OSError, EOFError,
    RuntimeError, ArithmeticError, SyntaxError,
)  # fmt: skip


def read_ods(raw: bytes) -> Workbook:
    """The tables, metadata and hidden sheets of a workbook. Raises DocumentError."""
    hidden: list[str] = []
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            manifest = "META-INF/manifest.xml"
            if manifest in archive.namelist() and b"encryption-data" in archive.read(manifest):
                raise DocumentError("is encrypted; save it without a password")
            with archive.open("content.xml") as content:
                made = workbook_of(_sheets(content, hidden))
            return replace(made, gaps=tuple(map(hidden_gap, hidden)), metadata=_metadata(archive))
    except _DAMAGE as error:
        words = f"is not an ODS workbook, or a damaged one ({str(error)[:200]}); save it as .xlsx"
        raise DocumentError(words) from None


def _sheets(content: IO[bytes], hidden: list[str]) -> Iterator[tuple[str, Grid]]:
    """The visible sheets; the names of the others go to ``hidden``.

    Rows are forgotten once they are read, so that a large file takes little more than its cells.
    """
    from lxml import etree

    unseen: set[str] = set()
    sheet, is_workbook = _Sheet(""), False
    parts = etree.iterparse(content, tag=(_HIDING, _ROW, _SHEET, _SHEETS), **_SAFELY)
    for _, part in parts:
        if part.tag == _HIDING and part.get(f"{_TABLE}display") == "false":
            unseen.add(part.getparent().get(f"{_STYLE}name", ""))
        elif part.tag == _ROW and (table := _sheet_of(part)) is not None:
            sheet.title = table.get(f"{_TABLE}name", "")
            if table.get(f"{_TABLE}style-name") not in unseen:
                sheet.add(part)
            _forget(part)
        elif part.tag == _SHEET and part.getparent().tag == _SHEETS:
            title = part.get(f"{_TABLE}name", "")
            if part.get(f"{_TABLE}style-name") in unseen:
                hidden.append(title)
            else:
                yield title, sheet.finished()
            sheet = _Sheet("")
        is_workbook |= part.tag == _SHEETS
    if not is_workbook:
        raise DocumentError("is an OpenDocument file without sheets; save it as .xlsx")


def _forget(row: Any) -> None:
    """Free what a row took; the row itself goes with the next one."""
    row.clear()
    while row.getprevious() is not None:
        row.getparent().remove(row.getprevious())


def _sheet_of(row: Any) -> Any | None:
    """The sheet that a row is of; None for a row of a table in a cell or outside of all sheets."""
    table = row.getparent()
    while table is not None and table.tag in _ROW_GROUPS:
        table = table.getparent()
    of_sheets = table is not None and table.tag == _SHEET and table.getparent() is not None
    return table if of_sheets and table.getparent().tag == _SHEETS else None


def _metadata(archive: zipfile.ZipFile) -> Metadata:
    """What the file says of itself; nothing where that is damaged."""
    from lxml import etree

    try:
        if archive.getinfo("meta.xml").file_size > _MOST_META:
            return Metadata()
        root = etree.fromstring(archive.read("meta.xml"), etree.XMLParser(**_SAFELY))
        said = root.find(f"{_OFFICE}meta")
    except _DAMAGE:
        return Metadata()
    if said is None:
        return Metadata()

    def words(*names: str) -> str:
        return next(filter(None, ((said.findtext(name) or "").strip() for name in names)), "")

    return metadata_of(
        words(f"{_DUBLIN_CORE}title"),
        words(f"{_META}initial-creator", f"{_DUBLIN_CORE}creator").split(";"),
        words(f"{_META}creation-date", f"{_DUBLIN_CORE}date"),
        words(f"{_DUBLIN_CORE}language"),
    )


@dataclass
class _Sheet:
    """The rows of a sheet up to the last one that holds anything."""

    title: str
    grid: Grid = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    blank: int = 0
    width: int = 0

    def add(self, row: Any) -> None:
        cells, merged = _cells(row, self.title)
        times = _repeats(row, "rows")
        if not cells:
            self.blank += times
            return
        top = len(self.grid) + self.blank
        self.width = max(self.width, len(cells))
        check_size(self.title, top + times, self.width)
        self.grid += [[] for _ in range(self.blank)]
        self.grid += [list(cells) for _ in range(times)]
        self.merged += [(top, left, top + down, right) for left, down, right in merged]
        self.blank = 0

    def finished(self) -> Grid:
        """The rows, all of one length, with merged labels over their cells."""
        for cells in self.grid:
            cells.extend([""] * (self.width - len(cells)))
        for bounds in self.merged:
            fill_merged(self.grid, bounds)
        return self.grid


def _cells(row: Any, sheet: str) -> tuple[list[str], list[tuple[int, int, int]]]:
    """(the cells up to the last that holds anything, (left, rows below, right) of merged ones)."""
    cells: list[str] = []
    merged: list[tuple[int, int, int]] = []
    blank = 0
    for cell in row:
        if cell.tag not in _CELLS:
            continue
        words, times = _words(cell) if cell.tag == _CELLS[0] else "", _repeats(cell, "columns")
        if not words:
            blank += times
            continue
        check_size(sheet, 1, len(cells) + blank + times)
        cells += [""] * blank
        across, down = _number(cell, "number-columns-spanned"), _number(cell, "number-rows-spanned")
        if across > 1 or down > 1:
            merged.append((len(cells), down - 1, len(cells) + across - 1))
        cells += [words] * times
        blank = 0
    return cells, merged


def _repeats(part: Any, what: str) -> int:
    return _number(part, f"number-{what}-repeated")


def _number(part: Any, name: str) -> int:
    given = part.get(_TABLE + name, "1")
    return min(max(int(given[:12]), 1), _MOST_REPEATS) if given.isdecimal() else 1


def _words(cell: Any) -> str:
    """A cell as it is shown; see the module."""
    kind, shown = cell.get(f"{_OFFICE}value-type"), _shown(cell)
    value = cell.get(f"{_OFFICE}value")
    if value is not None and kind in ("float", "percentage", "currency"):
        return _quantity(value, kind, shown or cell.get(f"{_OFFICE}currency", ""))
    if kind == "date":
        return _date(cell.get(f"{_OFFICE}date-value", ""), shown)
    if kind == "time":
        return _time(cell.get(f"{_OFFICE}time-value", ""), shown)
    if kind == "boolean":
        return str(cell.get(f"{_OFFICE}boolean-value", shown)).upper()
    return shown or one_line(cell.get(f"{_OFFICE}string-value", ""))


def _shown(cell: Any) -> str:
    paragraphs = (_paragraph(part) for part in cell if part.tag == f"{_TEXT}p")
    return one_line(" ".join(paragraphs))


def _paragraph(part: Any) -> str:
    """The words of a paragraph without the comments in it."""
    words = [part.text or ""]
    for inner in part:
        if inner.tag in (f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break"):
            words.append(" ")
        elif inner.tag != f"{_OFFICE}annotation":
            words.append(_paragraph(inner))
        words.append(inner.tail or "")
    return "".join(words)


def _quantity(value: str, kind: str, shown: str) -> str:
    """A number in the form that it is shown in, where that is a form of this number."""
    try:
        exact = Decimal(f"{Decimal(value.strip()):.15g}")
    except InvalidOperation:
        return shown
    if not exact.is_finite() or abs(exact.adjusted()) > 300:
        return shown
    exact = exact * 100 if kind == "percentage" else exact
    found = _SHOWN.search(shown)
    if found is None:
        return _plain(exact, kind, shown)
    digits = "".join(_NUMBERS.findall(found[0]))
    for decimals in range(_MOST_DECIMALS):
        if f"{abs(exact):.{decimals}f}".replace(".", "") == digits:
            before, after = (
                shown[: found.start()].strip(" (-−"),
                shown[found.end() :].rstrip(" )-−"),
            )
            words = f"{exact:.{decimals}f}" if decimals else _exact(exact)
            after = after.replace(" %", "%").replace("\N{NO-BREAK SPACE}%", "%")
            return one_line(f"{before}{words}{after}")
    return _plain(exact, kind, "")


def _plain(exact: Decimal, kind: str, currency: str) -> str:
    unit = "%" if kind == "percentage" else f" {currency}" if currency.isalpha() else ""
    return f"{_exact(exact)}{unit}"


def _exact(number: Decimal) -> str:
    words = f"{number:f}"
    return words.rstrip("0").rstrip(".") if "." in words else words


def _date(value: str, shown: str) -> str:
    """A date to the day, month or year that is shown."""
    try:
        moment = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    except ValueError:
        return shown or value
    numbers = [int(number) for number in _NUMBERS.findall(shown)]
    letters = any(sign.isalpha() for sign in shown.replace("年", ""))
    years, month = (moment.year, moment.year % 100), moment.month
    if numbers == [moment.year] and not letters:
        return printed(moment, "yyyy")
    alone = len(numbers) == 1 and numbers[0] in years and letters
    if alone or sorted(numbers) == sorted((moment.year, month)):
        return printed(moment, "mmmm yyyy")
    return printed(moment, "yyyy-mm-dd")


def _time(value: str, shown: str) -> str:
    found = _TIME.fullmatch(value)
    if found is None:
        return shown or value
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return f"{days * 24 + hours:02}:{minutes:02}:{seconds:02}"
