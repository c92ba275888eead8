"""Addresses of the documents page: a document, words in it, a table of it, a cell.

An address names its document by id, words by their offsets in ``Document.text``, a table by its
number from 0 in the document, a row and a column by their numbers from 1 as in ``domain.Cell``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from innoqa.contract import cited_cell
from innoqa.domain import Citation, Passage

PAGE = "documents"
"""Where the page is, beside any other page of this app."""

_ID = re.compile(r"[0-9a-f]{16}")
_SPAN = re.compile(r"(\d{1,9})-(\d{1,9})")
_CELL = re.compile(r"(\d{1,9})(?:,(\d{1,9}))?")


@dataclass(frozen=True, slots=True)
class Place:
    """What an address shows: a document, and in it a span of its text, a table, a cell or row."""

    document_id: str
    span: tuple[int, int] | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None

    @classmethod
    def of(cls, citation: Citation) -> Self:
        """Where a citation stands: its cell or row in the table, else its words in the text."""
        cell = cited_cell(citation)
        identity = citation.passage.document_id
        if cell is None:
            return cls(identity, span=(citation.start, citation.end))
        return cls(identity, table=cell.table_number, row=cell.row, column=cell.column_number)

    @classmethod
    def of_passage(cls, passage: Passage) -> Self:
        """Where a passage stands: its row in the table, else its words in the text."""
        cell = passage.cell
        if cell is None:
            return cls(passage.document_id, span=(passage.start, passage.end))
        return cls(passage.document_id, table=cell.table_number, row=cell.row)

    @classmethod
    def named_by(cls, given: Mapping[str, str]) -> Self | None:
        """The place that the parameters of an address name, or None where they name none.

        What is malformed is left out: the document is then shown from its beginning.
        """
        if not _ID.fullmatch(given.get("doc", "")):
            return None
        span = _SPAN.fullmatch(given.get("at", ""))
        cell = _CELL.fullmatch(given.get("cell", ""))
        table = given.get("table", "")
        return cls(
            document_id=given["doc"],
            span=(int(span[1]), int(span[2])) if span else None,
            table=int(table) if table.isdecimal() and len(table) < 10 else None,
            row=int(cell[1]) if cell else None,
            column=int(cell[2]) if cell and cell[2] else None,
        )

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the place's address."""
        named = {"doc": self.document_id}
        if self.table is not None:
            named["table"] = str(self.table)
            if self.row is not None:
                named["cell"] = f"{self.row},{self.column}" if self.column else str(self.row)
        elif self.span is not None:
            named["at"] = f"{self.span[0]}-{self.span[1]}"
        return named

    @property
    def address(self) -> str:
        """The address, relative to any page; its signs need no escaping in HTML but ``&``.

        >>> Place("0123456789abcdef", span=(3, 9)).address
        'documents?doc=0123456789abcdef&at=3-9'
        >>> Place("0123456789abcdef", table=0, row=2, column=5).address
        'documents?doc=0123456789abcdef&table=0&cell=2,5'
        """
        return f"{PAGE}?" + "&".join(f"{name}={value}" for name, value in self.parameters.items())
