"""The catalog of a generation: its documents and passages in one SQLite file, never changed."""

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from innoqa.adapters.sqlite_store.records import DOCUMENT, PASSAGE, Vectors, among, parts
from innoqa.adapters.sqlite_store.truth import SqliteStore
from innoqa.domain import Document, IndexedDocument, IndexedTable, Passage
from innoqa.errors import IndexBroken

_TABLES_KEPT = 64


class Catalog:
    """The documents and passages of one generation, read-only, for any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tables: dict[str, IndexedTable] = {}
        self._within: tuple[str, ...] | None = None
        self._connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )

    @staticmethod
    def write(path: Path, store: SqliteStore) -> Iterator[tuple[Passage, Vectors]]:
        """Copy a store's documents and passages to ``path``; yields each passage then."""
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.executescript(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;"
                "CREATE TABLE documents (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;"
                "CREATE TABLE passages (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
                " table_id TEXT, body TEXT NOT NULL);"
                "CREATE INDEX passages_by_table ON passages (table_id) WHERE table_id IS NOT NULL;"
            )
            connection.executemany("INSERT INTO documents VALUES (?, ?)", store.documents())
            for row, (passage, body, vectors) in enumerate(store.passages()):
                connection.execute(
                    "INSERT INTO passages VALUES (?, ?, ?, ?)",
                    (row, passage.id, _table_id(passage), body),
                )
                yield passage, vectors
            connection.execute("COMMIT")

    def within(self, document_ids: Collection[str]) -> Self:
        """The same catalog, whose titles and rows are those of some documents alone.

        It lives no longer than this one.
        """
        view = copy(self)
        view._within = tuple(sorted(document_ids))
        return view

    def passage_rows(self) -> npt.NDArray[np.int64]:
        """The rows of all passages, ascending."""
        if self._within is None:
            (count,) = self._connection.execute("SELECT count(*) FROM passages").fetchone()
            return np.arange(count)
        of_one = "SELECT row FROM passages WHERE id BETWEEN ?1 || '-' AND ?1 || '.'"  # next sign
        found = [
            row for name in self._within for (row,) in self._connection.execute(of_one, (name,))
        ]
        return np.array(sorted(found), np.int64)

    def rows(self, passage_ids: Sequence[str]) -> dict[str, int]:
        """The row of each passage id that there is."""
        found: dict[str, int] = {}
        for part in parts(passage_ids):
            select = among("SELECT id, row FROM passages WHERE id", part)
            found.update(self._connection.execute(select, part))
        return found

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """The passages in the given rows, in the order asked for. Raises IndexBroken for a gap."""
        bodies: dict[int, str] = {}
        for part in parts([int(row) for row in rows]):
            select = among("SELECT row, body FROM passages WHERE row", part)
            bodies.update(self._connection.execute(select, part))
        if len(bodies) < len(set(rows)):
            raise IndexBroken(f"{self._path} lacks passages. Run: innoqa ingest")
        return [PASSAGE.validate_json(bodies[int(row)]) for row in rows]

    def around(self, passage_id: str, reach: int) -> list[Passage]:
        """The passages of a document at most ``reach`` before and after one, in reading order."""
        document_id, _, number = passage_id.rpartition("-")
        first, last = max(int(number) - reach, 0), int(number) + reach
        rows = self._connection.execute(
            "SELECT body FROM passages WHERE id BETWEEN ? AND ? ORDER BY id",
            (f"{document_id}-{first:05d}", f"{document_id}-{last:05d}"),
        )
        return [PASSAGE.validate_json(body) for (body,) in rows]

    def table_rows(self) -> npt.NDArray[np.int64]:
        """The rows of the passages that are a table's, ascending."""
        found = self._connection.execute(
            "SELECT row FROM passages WHERE table_id IS NOT NULL ORDER BY row"
        )
        rows = np.array([row for (row,) in found], np.int64)
        return rows if self._within is None else np.intersect1d(rows, self.passage_rows())

    def table_ids(self, rows: Sequence[int]) -> list[str]:
        """The tables that passages belong to, in the order of the rows, each once."""
        found: dict[int, str] = {}
        for part in parts([int(row) for row in rows]):
            select = among(
                "SELECT row, table_id FROM passages WHERE table_id NOTNULL AND row", part
            )
            found.update(self._connection.execute(select, part))
        return list(dict.fromkeys(found[int(row)] for row in rows if int(row) in found))

    def table(self, table_id: str) -> IndexedTable:
        """A table with the passages of its rows. Raises IndexBroken where a row has none."""
        if table_id not in self._tables:
            self._tables[table_id] = self._read_table(table_id)
            for oldest in list(self._tables)[:-_TABLES_KEPT]:
                self._tables.pop(oldest, None)
        return self._tables[table_id]

    def _read_table(self, table_id: str) -> IndexedTable:
        document_id, _, number = table_id.rpartition("/")
        document = self.document(document_id)
        found = self._connection.execute(
            "SELECT body FROM passages WHERE table_id = ? ORDER BY row", (table_id,)
        )
        by_row: dict[int, Passage] = {}
        for (body,) in found:
            passage = PASSAGE.validate_json(body)
            assert passage.cell is not None
            by_row.setdefault(passage.cell.row, passage)  # a long row's first passage has its cells
        if document is None or int(number) >= len(document.tables):
            raise IndexBroken(f"{self._path} lacks a table. Run: innoqa ingest")
        table = document.tables[int(number)]
        if len(by_row) != len(table.rows):
            raise IndexBroken(f"{self._path} lacks rows of a table. Run: innoqa ingest")
        rows = tuple(by_row[row] for row in sorted(by_row))
        return IndexedTable(document.id, document.title, int(number), table, rows)

    def document(self, document_id: str) -> Document | None:
        """A document, or None where there is none of that id."""
        row = self._connection.execute(
            "SELECT body FROM documents WHERE id = ?", (document_id,)
        ).fetchone()
        return DOCUMENT.validate_json(row[0]) if row else None

    def documents(self) -> Iterator[Document]:
        """Every document, by id."""
        for (body,) in self._connection.execute("SELECT body FROM documents ORDER BY id"):
            yield DOCUMENT.validate_json(body)

    def listing(self) -> Iterator[IndexedDocument]:
        """Every document with its counts, by title, then source."""
        found = self._connection.execute(
            "SELECT id, body ->> 'source', body ->> 'title', body ->> 'media_type',"
            " length(body ->> 'text'), json_array_length(body, '$.tables'),"
            " (SELECT count(*) FROM passages"
            " WHERE passages.id BETWEEN documents.id || '-' AND documents.id || '.'),"
            " body ->> 'authors', body ->> 'date', body ->> 'gaps'"
            " FROM documents ORDER BY body ->> 'title' COLLATE NOCASE, body ->> 'source'"
        )
        for *plain, authors, date, gaps in found:
            known = IndexedDocument(*plain)
            written, left = tuple(json.loads(authors)), tuple(json.loads(gaps))
            yield replace(known, authors=written, date=date, gaps=left)

    def passages_of(self, document_id: str) -> list[Passage]:
        """The passages of a document, texts first, then the rows of its tables."""
        found = self._connection.execute(
            "SELECT body FROM passages WHERE id BETWEEN ?1 || '-' AND ?1 || '.' ORDER BY id",
            (document_id,),
        )
        return [PASSAGE.validate_json(body) for (body,) in found]

    def titles(self, limit: int) -> tuple[str, ...]:
        """The titles of the documents, each once: texts, then tables, by source."""
        rows = self._connection.execute(
            "SELECT body ->> 'title' AS title FROM documents"
            " WHERE ?1 IS NULL OR id IN (SELECT value FROM json_each(?1)) GROUP BY title"
            " ORDER BY min(body ->> 'media_type' = 'table'), min(body ->> 'source') LIMIT ?2",
            (None if self._within is None else json.dumps(self._within), limit),
        )
        return tuple(title for (title,) in rows)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _table_id(passage: Passage) -> str | None:
    if passage.cell is None:
        return None
    return f"{passage.document_id}/{passage.cell.table_number}"
