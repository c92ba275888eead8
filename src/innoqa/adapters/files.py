"""Files -> documents: Markdown, plain text, HTML, CSV and TSV, and JSON Lines in the BEIR form."""

import csv
import hashlib
import io
import json
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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

FORMATS: dict[str, MediaType] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "plain",
    ".text": "plain",
    ".html": "html",
    ".htm": "html",
    ".csv": "table",
    ".tsv": "table",
    ".jsonl": "beir",
}
_NOT_DOCUMENTS = frozenset({"readme.md", "corpus.toml", "datapackage.json"})
_DESCRIPTION = "corpus.toml"
_DELIMITERS = ",;\t|"


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


@dataclass(frozen=True, slots=True)
class Parsers:
    """The parsers of the other adapters, as ``bootstrap`` hands them in."""

    markdown: Callable[[str], Structure]
    plain: Callable[[str], Structure]
    web_page: Callable[[str], tuple[str, str]]


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
            if any(part.startswith(".") for part in path.relative_to(base).parts):
                continue
            if path != root and path.name.lower() in _NOT_DOCUMENTS:
                continue
            kind = FORMATS.get(path.suffix.lower())
            if kind is None:
                formats = ", ".join(FORMATS)
                yield Skipped(source, f"not one of the formats that InnoQA reads ({formats})")
                continue
            try:
                raw = path.read_bytes()
                text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
            except OSError as error:
                yield Skipped(source, f"cannot be read: {error.strerror}", kind == "beir")
            except UnicodeDecodeError as error:
                reason = f"not UTF-8 (byte {error.start}); save it as UTF-8"
                yield Skipped(source, reason, kind == "beir")
            else:
                yield from self._of_file(path, source, text, kind)

    def _of_file(
        self, path: Path, source: str, text: str, kind: MediaType
    ) -> Iterator[Origin | Skipped]:
        if not text.strip():
            yield Skipped(source, "empty", kind == "beir")
        elif kind == "beir":
            yield from self._beir(source, text)
        elif kind == "table":
            try:
                resource = _resource(path)
            except DocumentError as error:
                yield Skipped(source, str(error))
                return
            described = json.dumps(resource, sort_keys=True)
            yield Origin(
                source,
                _hash(kind, text, described),
                partial(_delimited, source=source, text=text, resource=resource),
            )
        else:
            parse = partial(self._prose, source=source, text=text, kind=kind)
            yield Origin(source, _hash(kind, text), parse)

    def _prose(self, id: str, *, source: str, text: str, kind: MediaType) -> Document:
        title = ""
        if kind == "html":
            title, text = self.parsers.web_page(text)
            if not text.strip():
                raise DocumentError(f"{source} has no main text.")
        parse = self.parsers.plain if kind in ("plain", "beir") else self.parsers.markdown
        structure = parse(text)
        document = Document(
            id=id,
            source=source,
            title=structure.title or title or _title(Path(source).stem),
            media_type=kind,
            text=text,
            sections=structure.sections,
            tables=structure.tables,
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


def _delimited(id: str, *, source: str, text: str, resource: dict[str, Any]) -> Document:
    title = str(resource.get("title") or _title(Path(source).stem))
    lines = io.StringIO(text, newline="\n").readlines()
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    rows: list[TableRow] = []
    at = 0
    reader = csv.reader(lines, delimiter=_delimiter(lines))
    try:
        for cells in reader:
            span = text[starts[at] : starts[reader.line_num]].rstrip("\n")
            if any(cell.strip() for cell in cells):
                rows.append(TableRow(tuple(cells), starts[at], starts[at] + len(span)))
            at = reader.line_num
    except csv.Error as error:
        raise DocumentError(f"{source}, line {reader.line_num}: {error}.") from None
    if len(rows) < 2:
        raise DocumentError(f"{source} has a header but no rows, or no header at all.")
    width = len(rows[0].cells)
    ragged = next((row for row in rows if len(row.cells) != width), None)
    if ragged is not None:
        number = text.count("\n", 0, ragged.start) + 1
        raise DocumentError(
            f"{source}, line {number}: {len(ragged.cells)} cells under a header of {width}."
        )
    notes = tuple(
        Footnote("source", str(given["title"]))
        for given in resource.get("sources") or ()
        if isinstance(given, dict) and given.get("title")
    )
    header = tuple(name.strip() for name in rows[0].cells)
    table = Table(title, (), header, tuple(rows[1:]))
    return Document(id, source, title, "table", text, tables=(table,), footnotes=notes)


def _delimiter(lines: list[str]) -> str:
    """The sign that cuts the first line into the most cells; a comma where none cuts it."""
    first = next((line for line in lines if line.strip()), "")
    return max(
        _DELIMITERS, key=lambda sign: len(next(csv.reader([first[:100_000]], delimiter=sign), ()))
    )


def _resource(path: Path) -> dict[str, Any]:
    """What a Frictionless ``datapackage.json`` beside a table says of it, if there is one."""
    package = path.with_name("datapackage.json")
    if not package.is_file():
        return {}
    try:
        resources = json.loads(package.read_text("utf-8")).get("resources", [])
        described = (r for r in resources if r.get("path") == path.name)
        return next(described, {})
    except (ValueError, AttributeError, TypeError) as error:
        raise DocumentError(f"{package} is not a Frictionless data package: {error}.") from None


def _title(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").strip()


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
