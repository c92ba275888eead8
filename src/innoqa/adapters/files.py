"""Files -> documents: Markdown, plain text, HTML, tables (CSV, TSV, XLSX), BEIR JSON Lines."""

import contextlib
import csv
import hashlib
import io
import itertools
import json
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from innoqa.domain import (
    Corpus,
    Document,
    Footnote,
    MediaType,
    Section,
    Table,
    TableRow,
)
from innoqa.errors import DocumentError
from innoqa.furniture import without_furniture
from innoqa.grids import filled, is_note_line, is_unit_line, numbers, read_grid
from innoqa.indicators import is_tidy

FORMATS: dict[str, MediaType] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "plain",
    ".text": "plain",
    ".html": "html",
    ".htm": "html",
    ".csv": "table",
    ".tsv": "table",
    ".xlsx": "table",
    ".xlsm": "table",
    ".jsonl": "beir",
}
_NOT_DOCUMENTS = frozenset({"readme.md", "corpus.toml", "datapackage.json"})
_DESCRIPTION = "corpus.toml"
_HIDDEN = (".", "~$")  # the second is what a spreadsheet program puts beside an open workbook
_WORKBOOKS = frozenset({".xlsx", ".xlsm"})
_DELIMITERS = ",;\t|"
_LONGEST_CELL = 131_072  # characters
_LINES_JUDGED = 50


class Structure(Protocol):
    """What a parser finds in a text; see ``adapters.markdown``."""

    @property
    def title(self) -> str: ...
    @property
    def sections(self) -> tuple[Section, ...]: ...
    @property
    def tables(self) -> tuple[Table, ...]: ...
    @property
    def footnotes(self) -> tuple[Footnote, ...]: ...


class Sheets(Protocol):
    """What a parser finds in a workbook; see ``adapters.workbook``."""

    @property
    def text(self) -> str: ...
    @property
    def sections(self) -> tuple[Section, ...]: ...
    @property
    def tables(self) -> tuple[Table, ...]: ...


@dataclass(frozen=True, slots=True)
class Parsers:
    """The parsers of the other adapters, as ``bootstrap`` hands them in."""

    markdown: Callable[[str], Structure]
    plain: Callable[[str], Structure]
    web_page: Callable[[str], tuple[str, str]]
    workbook: Callable[[bytes], Sheets]


@dataclass(frozen=True, slots=True)
class Origin:
    """One document before it is parsed. Its hash tells whether it has changed."""

    source: str
    content_hash: str
    parse: Callable[[str], Document]
    """Takes the document's id. Raises DocumentError."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, or a line of one, that was not read, and why.

    ``several`` tells that it may hold documents of other names than its own.
    """

    source: str
    reason: str
    several: bool = False


@dataclass(frozen=True, slots=True)
class _Description:
    """What a Frictionless ``datapackage.json`` beside a file says of it; {} where it is silent."""

    resource: dict[str, Any]

    def __str__(self) -> str:
        return json.dumps(self.resource, sort_keys=True)

    @property
    def title(self) -> str:
        return str(self.resource.get("title") or "")

    @property
    def delimiter(self) -> str:
        """One character, or "" where none is named."""
        dialect = self.resource.get("dialect")
        sign = dialect.get("delimiter") if isinstance(dialect, dict) else None
        return sign if isinstance(sign, str) and len(sign) == 1 else ""

    def applied(self, document: Document) -> Document:
        """The document with its sources as footnotes, and its tables with their fields' names."""
        sources = _entries(self.resource, "sources")
        notes = tuple(Footnote("source", str(s["title"])) for s in sources if s.get("title"))
        tables = tuple(self._applied(table) for table in document.tables)
        return replace(document, footnotes=notes, tables=tables)

    def _applied(self, table: Table) -> Table:
        schema = self.resource.get("schema")
        schema = schema if isinstance(schema, dict) else {}
        fields = {str(field.get("name")): field for field in _entries(schema, "fields")}
        known = [fields.get(name, {}) for name in table.header]
        absent = {str(v) for v in schema.get("missingValues") or () if isinstance(v, str)}
        rows = table.rows
        if absent - {""}:  # what stands for no value must never be read as one
            rows = tuple(
                replace(row, cells=tuple("" if c.strip() in absent else c for c in row.cells))
                for row in rows
            )
        if is_tidy(table.header):  # its columns are known by their names
            units = [f"Unit: {_unit(f)}" for n, f in zip(table.header, known, strict=True)
                     if n.lower() == "value" and _unit(f)]  # fmt: skip
            return replace(table, rows=rows, notes=(*table.notes, *units))
        header = tuple(_column(n, f) for n, f in zip(table.header, known, strict=True))
        told = (f"{n}: {f['description']}" for n, f in zip(header, known, strict=True)
                if f.get("description"))  # fmt: skip
        return replace(table, header=header, rows=rows, notes=(*table.notes, *told))


@dataclass(frozen=True, slots=True)
class FileReader:
    """Finds the documents under a path that a user names."""

    parsers: Parsers

    def corpus(self, root: Path) -> Corpus:
        """How the owner of a folder describes it, from its ``corpus.toml`` where there is one."""
        path = root / _DESCRIPTION
        named = root.resolve()
        name = _title(named.name if named.is_dir() else named.stem)
        if not path.is_file():
            return Corpus(name)
        try:
            given = tomllib.loads(path.read_text("utf-8"))
            questions = given.get("suggested_questions", [])
            if not isinstance(questions, list):
                raise DocumentError(f"{path}: suggested_questions must be a list of questions.")
            title, description = given.get("title", name), given.get("description", "")
            return Corpus(str(title), str(description), tuple(map(str, questions)))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise DocumentError(f"{path} is not valid TOML: {error}.") from None

    def origins(self, root: Path) -> Iterator[Origin | Skipped]:
        """The documents of a file or folder, in the order of their paths.

        Hidden files, ``README.md`` and descriptions are passed over; any other file that is not
        read is reported as Skipped.
        """
        files = [root] if root.is_file() else sorted(p for p in root.rglob("*") if p.is_file())
        base = root.parent if root.is_file() else root
        for path in files:
            source = path.relative_to(base).as_posix()
            if any(part.startswith(_HIDDEN) for part in path.relative_to(base).parts):
                continue
            if path != root and path.name.lower() in _NOT_DOCUMENTS:
                continue
            kind = FORMATS.get(path.suffix.lower())
            if kind is None:
                formats = ", ".join(FORMATS)
                yield Skipped(source, f"not one of the formats that InnoQA reads ({formats})")
                continue
            try:
                yield from self._of_file(path, source, kind)
            except OSError as error:
                yield Skipped(source, f"cannot be read: {error.strerror}", kind == "beir")
            except UnicodeDecodeError as error:
                reason = f"not UTF-8 (byte {error.start}); save it as UTF-8"
                yield Skipped(source, reason, kind == "beir")
            except DocumentError as error:  # of the description beside a table
                yield Skipped(source, str(error))

    def _of_file(self, path: Path, source: str, kind: MediaType) -> Iterator[Origin | Skipped]:
        raw = path.read_bytes()
        if path.suffix.lower() in _WORKBOOKS:
            yield self._workbook(path, source, raw)
            return
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        if not text.strip():
            yield Skipped(source, "empty", kind == "beir")
        elif kind == "beir":
            yield from self._beir(source, text)
        elif kind == "table":
            described = _description(path)
            parse = partial(_delimited, source=source, text=text, described=described)
            yield Origin(source, _hash(kind, text, str(described)), parse)
        else:
            parse = partial(self._prose, source=source, text=text, kind=kind)
            yield Origin(source, _hash(kind, text), parse)

    def _workbook(self, path: Path, source: str, raw: bytes) -> Origin:
        described = _description(path)
        content_hash = _hash("table", hashlib.sha256(raw).hexdigest(), str(described))
        parse = partial(self._sheets, source=source, raw=raw, described=described)
        return Origin(source, content_hash, parse)

    def _sheets(self, id: str, *, source: str, raw: bytes, described: _Description) -> Document:
        try:
            sheets = self.parsers.workbook(raw)
        except DocumentError as error:
            raise DocumentError(f"{source} {error}.") from None
        title = described.title or _title(Path(source).stem)
        tables = tuple(replace(t, title=t.title or title) for t in sheets.tables)
        document = Document(id, source, title, "table", sheets.text, sheets.sections, tables)
        return described.applied(document)

    def _prose(self, id: str, *, source: str, text: str, kind: MediaType) -> Document:
        title = ""
        if kind == "html":
            title, text = self.parsers.web_page(text)
            if not text.strip():
                raise DocumentError(f"{source} has no main text.")
        parse = self.parsers.plain if kind in ("plain", "beir") else self.parsers.markdown
        structure = parse(text)
        title = structure.title or title or _title(Path(source).stem)
        document = Document(
            id=id,
            source=source,
            title=title,
            media_type=kind,
            text=text,
            sections=structure.sections,
            tables=tuple(replace(t, title=t.title or title) for t in structure.tables),
            footnotes=structure.footnotes,
        )
        return without_furniture(document) if kind in ("plain", "html") else document

    def _entry(self, id: str, *, name: str, title: str, body: str) -> Document:
        structure = self.parsers.plain(body)
        return Document(id, name, title or structure.title, "beir", body, structure.sections)

    def _beir(self, file: str, text: str) -> Iterator[Origin | Skipped]:
        for number, line in enumerate(text.split("\n"), start=1):
            if not line.strip():
                continue
            where = f"{file}:{number}"
            try:
                entry = json.loads(line)
                name, title, body = entry["_id"], entry.get("title") or "", entry["text"]
            except (json.JSONDecodeError, KeyError, TypeError, AttributeError):
                yield Skipped(
                    where, 'not a line of the form {"_id": ..., "title": ..., "text": ...}'
                )
                continue
            if not (isinstance(name, str) and isinstance(title, str) and isinstance(body, str)):
                yield Skipped(where, "_id, title and text must be strings")
            elif not name or not body.strip():
                yield Skipped(where, "empty _id or text")
            else:
                yield Origin(
                    name,
                    _hash("beir", title, body),
                    partial(self._entry, name=name, title=title, body=body),
                )


def _delimited(id: str, *, source: str, text: str, described: _Description) -> Document:
    title = described.title or _title(Path(source).stem)
    rows = _rows(source, text, described.delimiter)
    found = read_grid(rows)
    if not found:
        raise DocumentError(f"{source} has a header but no rows, or no header at all.")
    tables = tuple(_named(table, title, given=bool(described.title)) for table in found)
    title = title if described.title or len(tables) > 1 else tables[0].title
    return described.applied(Document(id, source, title, "table", text, tables=tables))


def _named(table: Table, title: str, *, given: bool) -> Table:
    """The table under the title that was given for it; a line above it becomes a note then."""
    if not table.title:
        return replace(table, title=title)
    if not given or table.title == title:
        return table
    return replace(table, title=title, notes=(table.title, *table.notes))


def _rows(source: str, text: str, delimiter: str) -> list[TableRow]:
    """Every row of a delimited text, blank ones too; a line of prose above or below is one cell.

    Raises DocumentError for a row that has words beyond the header's last column.
    """
    lines = io.StringIO(text, newline="\n").readlines()
    starts = list(itertools.accumulate(map(len, lines), initial=0))
    rows: list[TableRow] = []
    at = 0
    csv.field_size_limit(_LONGEST_CELL)  # of the whole process, so others may have changed it
    reader = csv.reader(lines, delimiter=delimiter or _delimiter(lines))
    try:
        for cells in reader:
            span = text[starts[at] : starts[reader.line_num]].rstrip("\n")
            rows.append(TableRow(tuple(cells), starts[at], starts[at] + len(span)))
            at = reader.line_num
    except csv.Error as error:
        raise DocumentError(f"{source}, line {reader.line_num}: {error}.") from None
    rows = _with_prose(rows, text)
    _check_width(rows, source, text)
    return rows


def _with_prose(rows: list[TableRow], text: str) -> list[TableRow]:
    """Titles and notes whose commas were not meant to cut them, as one cell."""
    prose = [n for n, row in enumerate(rows) if _is_prose(row)]
    top = next((n for n, row in enumerate(rows) if len(filled(row)) > 1 and n not in prose), 0)
    if any(n > top and not is_note_line(rows[n].cells[0]) for n in prose):
        return rows  # a space after the comma is this file's way
    lines = {n: text[rows[n].start : rows[n].end].rstrip(_DELIMITERS) for n in prose}
    return [replace(row, cells=(lines[n],)) if n in lines else row for n, row in enumerate(rows)]


def _is_prose(row: TableRow) -> bool:
    """Whether what cuts a row into cells is a comma and a space each time."""
    return len(filled(row)) > 1 and all(cell[:1] in ("", " ") for cell in row.cells[1:])


def _check_width(rows: list[TableRow], source: str, text: str) -> None:
    wide = [row for row in rows if len(filled(row)) > 1]
    if not wide:
        return
    under = itertools.takewhile(lambda row: not row.cells[0].strip() and not numbers(row), wide[1:])
    width = max(len(row.cells) for row in (wide[0], *under))
    for row in wide:
        if filled(row)[-1] >= width:
            line = text.count("\n", 0, row.start) + 1
            raise DocumentError(
                f"{source}, line {line}: {filled(row)[-1] + 1} cells under a header of {width}."
            )


def _delimiter(lines: list[str]) -> str:
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


def _description(path: Path) -> _Description:
    """What a data package beside a table says of it. Raises DocumentError where it is broken."""
    package = path.with_name("datapackage.json")
    if not package.is_file():
        return _Description({})
    try:
        resources = json.loads(package.read_text("utf-8")).get("resources", [])
        described = (r for r in resources if r.get("path") == path.name)
        return _Description(next(described, {}))
    except (ValueError, AttributeError, TypeError) as error:
        raise DocumentError(f"{package} is not a Frictionless data package: {error}.") from None


def _entries(of: dict[str, Any], name: str) -> list[dict[str, Any]]:
    given = of.get(name)
    return [entry for entry in given if isinstance(entry, dict)] if isinstance(given, list) else []


def _unit(field: dict[str, Any]) -> str:
    """The unit of a field, where it has the property or its description says nothing else."""
    described = str(field.get("description") or "").rstrip(".")
    plain = described if is_unit_line(described) else ""
    return str(field.get("unit") or plain.rpartition(":")[2].strip())


def _column(name: str, field: dict[str, Any]) -> str:
    title, unit = str(field.get("title") or name), _unit(field)
    return f"{title} ({unit})" if unit and unit not in title else title


def _title(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").strip()


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
