"""Found files -> documents: each format by the parser that was handed in for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Protocol

from innoqa.domain import Document, Footnote, MediaType, Section, Table
from innoqa.errors import DocumentError
from innoqa.furniture import without_furniture
from innoqa.indexing.origins import Format, Origin
from innoqa.markup import Converted
from innoqa.metadata import Metadata

_TEXTS = ("markdown", "plain", "beir")
_UNREADABLE_NAME = "its name is not UTF-8, so it is cited by another; rename it"


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
    """What a parser finds in a workbook; see ``sheets``."""

    @property
    def text(self) -> str: ...
    @property
    def sections(self) -> tuple[Section, ...]: ...
    @property
    def tables(self) -> tuple[Table, ...]: ...
    @property
    def gaps(self) -> tuple[str, ...]: ...
    @property
    def metadata(self) -> Metadata: ...


@dataclass(frozen=True, slots=True)
class DocumentParser:
    """Parses what was found, by the functions of the format adapters.

    ``decode`` gives the text of bytes in any encoding, ``markdown`` and ``plain`` the structure of
    a text, ``delimited(text, delimiter)`` its tables; ``converters`` make Markdown of a file,
    ``workbooks`` sheets.
    """

    decode: Callable[[bytes], str]
    markdown: Callable[[str], Structure]
    plain: Callable[[str], Structure]
    delimited: Callable[[str, str], tuple[Table, ...]]
    converters: Mapping[Format, Callable[[bytes], Converted]]
    workbooks: Mapping[Format, Callable[[bytes], Sheets]]

    def parse(self, origin: Origin, document_id: str) -> Document:
        """The document that was found, under an id.

        Raises DocumentError in words that go on after the name of the file: "is encrypted; ...".
        """
        if origin.format in self.converters:
            document = self._converted(origin, document_id)
        elif origin.format in self.workbooks:
            document = self._workbook(origin, document_id)
        elif origin.format == "delimited":
            document = self._delimited(origin, document_id)
        elif origin.format in _TEXTS:
            document = self._text(origin, document_id)
        else:
            raise DocumentError(f"is of a format that is not read here ({origin.format})")
        if origin.description is not None:
            document = origin.description.applied(document)
        if "\ufffd" in origin.source:
            document = replace(document, gaps=(*document.gaps, _UNREADABLE_NAME))
        _check(document)
        return document

    def _text(self, origin: Origin, document_id: str) -> Document:
        if origin.format == "beir":
            return self._entry(origin, document_id)
        text = self.decode(origin.content)
        if origin.format == "markdown":
            return _structured(origin, document_id, "markdown", text, self.markdown(text))
        document = _structured(origin, document_id, "plain", text, self.plain(text))
        return without_furniture(document)

    def _entry(self, origin: Origin, document_id: str) -> Document:
        text = origin.content.decode()  # to the letter, since others have offsets in it
        structure = self.plain(text)
        title = origin.title or structure.title
        return Document(document_id, origin.source, title, "beir", text, structure.sections)

    def _converted(self, origin: Origin, document_id: str) -> Document:
        made = self.converters[origin.format](origin.content)
        if not made.markdown.strip():
            raise DocumentError(
                "has no text that could be read" + "".join(f"; {g}" for g in made.gaps)
            )
        structure = self.markdown(made.markdown)
        media_type: MediaType = origin.format  # type: ignore[assignment]  # converters' formats are media types
        document = _structured(origin, document_id, media_type, made.markdown, structure)
        document = replace(_described(document, made.metadata), pages=made.pages, gaps=made.gaps)
        return without_furniture(document) if media_type == "html" else document

    def _workbook(self, origin: Origin, document_id: str) -> Document:
        sheets = self.workbooks[origin.format](origin.content)
        title = _given_title(origin) or title_of(origin.source)
        tables = tuple(replace(t, title=t.title or title) for t in sheets.tables)
        document = Document(
            document_id, origin.source, title, "table", sheets.text, sheets.sections, tables
        )
        return replace(_described(document, sheets.metadata), gaps=sheets.gaps)

    def _delimited(self, origin: Origin, document_id: str) -> Document:
        text = self.decode(origin.content)
        given = _given_title(origin)
        title = given or title_of(origin.source)
        found = self.delimited(text, origin.description.delimiter if origin.description else "")
        tables = tuple(_named(table, title, given=bool(given)) for table in found)
        title = title if given or len(tables) > 1 else tables[0].title
        return Document(document_id, origin.source, title, "table", text, tables=tables)


def title_of(source: str) -> str:
    """A title made of the name of a file.

    >>> title_of("reports/annual_report-2023.pdf")
    'annual report 2023'
    """
    name = PurePosixPath(source).name
    stem = name.rpartition(".")[0] or name
    return stem.replace("_", " ").replace("-", " ").strip()


def _structured(
    origin: Origin, document_id: str, media_type: MediaType, text: str, structure: Structure
) -> Document:
    title = structure.title or title_of(origin.source)
    return Document(
        id=document_id,
        source=origin.source,
        title=title,
        media_type=media_type,
        text=text,
        sections=structure.sections,
        tables=tuple(replace(t, title=t.title or title) for t in structure.tables),
        footnotes=structure.footnotes,
    )


def _check(document: Document) -> None:
    """Raise DocumentError for what no index can hold, before it stops all of an ingest."""
    said = (document.text, document.title, *document.authors, document.date, document.language)
    try:
        "".join(said).encode()
    except UnicodeEncodeError:
        raise DocumentError("holds halves of signs, which are no text; save it as UTF-8") from None


def _given_title(origin: Origin) -> str:
    return origin.description.title if origin.description else ""


def _described(document: Document, metadata: Metadata) -> Document:
    return replace(
        document, authors=metadata.authors, date=metadata.date, language=metadata.language
    )


def _named(table: Table, title: str, *, given: bool) -> Table:
    """The table under the title that was given for it; a line above it becomes a note then."""
    if not table.title:
        return replace(table, title=title)
    if not given or table.title == title:
        return table
    return replace(table, title=title, notes=(table.title, *table.notes))
