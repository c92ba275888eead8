"""The truth of an index: one SQLite file with documents, passages and vectors.

Vectors are kept under a hash of what was embedded and by which model, so that the same words are
never embedded twice. What questions read (``generations``) is derived from this file.
"""

import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter

from innoqa.domain import Corpus, Document, IndexedDocument, IndexedTable, Passage
from innoqa.errors import IndexBroken, IndexMismatch

Vectors = npt.NDArray[np.float32]
Item = TypeVar("Item")

SCHEMA_VERSION = 2
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS roots (
    root TEXT PRIMARY KEY, corpus TEXT NOT NULL, added INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY,
    root TEXT NOT NULL REFERENCES roots,
    source TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (root, source)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS passages (
    id TEXT PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    vector_key BLOB NOT NULL,
    body TEXT NOT NULL,
    observations INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS passages_by_document ON passages (document_id);
CREATE TABLE IF NOT EXISTS vectors (
    key BLOB PRIMARY KEY, rows INTEGER NOT NULL, matrix BLOB NOT NULL
);
"""
_UPGRADES = {
    1: "ALTER TABLE passages ADD COLUMN observations INTEGER NOT NULL DEFAULT 0;"
    "UPDATE passages SET observations = json_array_length(body, '$.observations');",
}
"""What makes the next schema of one, by its number."""
_DOCUMENT: TypeAdapter[Document] = TypeAdapter(Document)
_PASSAGE: TypeAdapter[Passage] = TypeAdapter(Passage)
_CORPUS: TypeAdapter[Corpus] = TypeAdapter(Corpus)
_VARIABLES = 500
_TABLES_KEPT = 64


class SqliteStore:
    """Documents, passages and vectors, changed only inside ``ingest`` transactions."""

    def __init__(self, path: Path, *, to_read: bool = False) -> None:
        """Open or make the file; ``to_read`` alone, nothing is made or changed.

        Raises IndexBroken for what is no database, IndexMismatch for one of a later InnoQA.
        """
        if not to_read:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        try:
            self._connection = self._open(self._copied() if to_read else path)
        except sqlite3.DatabaseError as error:
            raise IndexBroken(
                f"{path} is not a database that can be read ({error}). "
                "Move the index folder away and ingest again."
            ) from error

    def _copied(self) -> Path:
        """A copy of the file elsewhere, with what a killed ingest left to be undone."""
        self._copy = tempfile.TemporaryDirectory()
        copy = Path(self._copy.name) / self._path.name
        for ending in ("", "-journal"):
            stored = self._path.with_name(self._path.name + ending)
            if stored.is_file():
                shutil.copyfile(stored, copy.with_name(stored.name))
        return copy

    def _open(self, path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            connection.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
            )
        elif version > SCHEMA_VERSION:
            connection.close()
            raise IndexMismatch(
                f"{self._path} has schema {version}, which a later InnoQA wrote; this one reads "
                f"{SCHEMA_VERSION}. Use that InnoQA, or another folder with --index."
            )
        for number in range(version or SCHEMA_VERSION, SCHEMA_VERSION):
            connection.executescript(
                f"BEGIN IMMEDIATE; {_UPGRADES[number]} PRAGMA user_version = {number + 1}; COMMIT;"
            )
        return connection

    def close(self) -> None:
        """Close the file; the store must not be used afterwards."""
        self._connection.close()
        if self._copy is not None:
            self._copy.cleanup()

    def fingerprint(self) -> str:
        """What the stored passages were made with; empty in a new store."""
        row = self._connection.execute(
            "SELECT value FROM meta WHERE key = 'fingerprint'"
        ).fetchone()
        return row[0] if row else ""

    def roots(self) -> tuple[str, ...]:
        """The folders and files that were ingested, in the order of their first ingest."""
        rows = self._connection.execute("SELECT root FROM roots ORDER BY added, root")
        return tuple(root for (root,) in rows)

    def corpora(self) -> tuple[Corpus, ...]:
        """How each root that still has documents describes itself, in the same order."""
        rows = self._connection.execute(
            "SELECT corpus FROM roots WHERE root IN (SELECT root FROM documents)"
            " ORDER BY added, root"
        )
        return tuple(_CORPUS.validate_json(body) for (body,) in rows)

    def sources(self) -> list[tuple[str, str, str]]:
        """(id, root, source) of each stored document, by root, then source."""
        return self._connection.execute(
            "SELECT documents.id, root, source FROM documents JOIN roots USING (root)"
            " ORDER BY added, root, source"
        ).fetchall()

    def content_hashes(self, root: str) -> dict[str, str]:
        """The content hash of each stored document of a root, by its source."""
        rows = self._connection.execute(
            "SELECT source, content_hash FROM documents WHERE root = ?", (root,)
        )
        return dict(rows)

    def put_fingerprint(self, fingerprint: str) -> None:
        """Record what the stored passages were made with."""
        with self._transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO meta VALUES ('fingerprint', ?)", (fingerprint,)
            )

    def put_root(self, root: str, corpus: Corpus) -> None:
        """Add a root, or change how it describes itself."""
        body = _CORPUS.dump_json(corpus).decode()
        with self._transaction() as connection:
            (added,) = connection.execute(
                "SELECT coalesce(max(added), 0) + 1 FROM roots"
            ).fetchone()
            connection.execute(
                "INSERT INTO roots VALUES (?, ?, ?)"
                " ON CONFLICT (root) DO UPDATE SET corpus = excluded.corpus",
                (root, body, added),
            )

    def put_documents(
        self,
        root: str,
        documents: Iterable[tuple[str, Document, Sequence[tuple[bytes, Passage]]]],
        removed: Iterable[str],
    ) -> None:
        """Replace documents and remove sources, all or nothing.

        Each document comes with its content hash and its passages with their vector keys.
        """
        with self._transaction() as connection:
            connection.executemany(
                "DELETE FROM documents WHERE root = ? AND source = ?",
                [(root, source) for source in removed],
            )
            for content_hash, document, passages in documents:
                connection.execute(
                    "DELETE FROM documents WHERE root = ? AND source = ?", (root, document.source)
                )
                body = _DOCUMENT.dump_json(document).decode()
                connection.execute(
                    "INSERT INTO documents VALUES (?, ?, ?, ?, ?)",
                    (document.id, root, document.source, content_hash, body),
                )
                connection.executemany(
                    "INSERT INTO passages VALUES (?, ?, ?, ?, ?)",
                    [
                        (
                            p.id,
                            document.id,
                            key,
                            _PASSAGE.dump_json(p).decode(),
                            len(p.observations),
                        )
                        for key, p in passages
                    ],
                )

    def remove_documents(self, document_ids: Sequence[str]) -> None:
        """Remove documents, and the roots that have none left, all or nothing."""
        with self._transaction() as connection:
            connection.executemany(
                "DELETE FROM documents WHERE id = ?", [(name,) for name in document_ids]
            )
            connection.execute("DELETE FROM roots WHERE root NOT IN (SELECT root FROM documents)")

    def missing_vectors(self, keys: Sequence[bytes]) -> set[bytes]:
        """Those of the keys that have no vectors yet."""
        present: set[bytes] = set()
        for part in _parts(keys):
            rows = self._connection.execute(_among("SELECT key FROM vectors WHERE key", part), part)
            present.update(key for (key,) in rows)
        return set(keys) - present

    def vector_keys(self) -> frozenset[bytes]:
        """Every key that has vectors."""
        return frozenset(key for (key,) in self._connection.execute("SELECT key FROM vectors"))

    def put_vectors(self, vectors: Mapping[bytes, Vectors]) -> None:
        """Keep matrices of shape (1 + sentences, dimensions) in half precision."""
        with self._transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)",
                [(k, len(m), m.astype(np.float16).tobytes()) for k, m in vectors.items()],
            )

    def drop_unused_vectors(self) -> None:
        """Forget the vectors that no passage refers to any more."""
        with self._transaction() as connection:
            connection.execute(
                "DELETE FROM vectors WHERE key NOT IN (SELECT vector_key FROM passages)"
            )

    def state(self) -> str:
        """A hash of everything that a generation is derived from."""
        digest = hashlib.sha256(f"{SCHEMA_VERSION} {self.fingerprint()}".encode())
        for statement in (
            "SELECT root, corpus FROM roots ORDER BY added, root",
            "SELECT root, id FROM documents ORDER BY root, id",
        ):
            for row in self._connection.execute(statement):
                digest.update("\0".join(row).encode() + b"\0")
        return digest.hexdigest()[:24]

    def counts(self) -> tuple[int, int, int]:
        """How many documents, passages and observations there are."""
        (documents,) = self._connection.execute("SELECT count(*) FROM documents").fetchone()
        passages, observations = self._connection.execute(
            "SELECT count(*), coalesce(sum(observations), 0) FROM passages"
        ).fetchone()
        return documents, passages, observations

    def documents(self) -> Iterator[tuple[str, str]]:
        """(id, document as JSON) by root, then source."""
        yield from self._connection.execute(
            "SELECT documents.id, body FROM documents JOIN roots USING (root)"
            " ORDER BY added, root, source"
        )

    def passages(self) -> Iterator[tuple[Passage, str, Vectors]]:
        """(passage, the same as JSON, its float32 vectors) in reading order, root by root."""
        rows = self._connection.execute(
            "SELECT passages.body, vectors.rows, matrix FROM passages"
            " JOIN documents ON documents.id = document_id JOIN roots USING (root)"
            " JOIN vectors ON vectors.key = vector_key"
            " ORDER BY added, root, source, passages.id"
        )
        for body, count, blob in rows:
            matrix = np.frombuffer(blob, np.float16).reshape(count, -1).astype(np.float32)
            yield _PASSAGE.validate_json(body), body, matrix

    def _transaction(self) -> "_Transaction":
        return _Transaction(self._connection)


class _Transaction:
    """BEGIN IMMEDIATE ... COMMIT, or ROLLBACK when the block raises."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> sqlite3.Connection:
        self._connection.execute("BEGIN IMMEDIATE")
        return self._connection

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._connection.execute("COMMIT" if kind is None else "ROLLBACK")


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
        for part in _parts(passage_ids):
            select = _among("SELECT id, row FROM passages WHERE id", part)
            found.update(self._connection.execute(select, part))
        return found

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """The passages in the given rows, in the order asked for. Raises IndexBroken for a gap."""
        bodies: dict[int, str] = {}
        for part in _parts([int(row) for row in rows]):
            select = _among("SELECT row, body FROM passages WHERE row", part)
            bodies.update(self._connection.execute(select, part))
        if len(bodies) < len(set(rows)):
            raise IndexBroken(f"{self._path} lacks passages. Run: innoqa ingest")
        return [_PASSAGE.validate_json(bodies[int(row)]) for row in rows]

    def around(self, passage_id: str, reach: int) -> list[Passage]:
        """The passages of a document at most ``reach`` before and after one, in reading order."""
        document_id, _, number = passage_id.rpartition("-")
        first, last = max(int(number) - reach, 0), int(number) + reach
        rows = self._connection.execute(
            "SELECT body FROM passages WHERE id BETWEEN ? AND ? ORDER BY id",
            (f"{document_id}-{first:05d}", f"{document_id}-{last:05d}"),
        )
        return [_PASSAGE.validate_json(body) for (body,) in rows]

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
        for part in _parts([int(row) for row in rows]):
            select = _among(
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
            passage = _PASSAGE.validate_json(body)
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
        return _DOCUMENT.validate_json(row[0]) if row else None

    def documents(self) -> Iterator[Document]:
        """Every document, by id."""
        for (body,) in self._connection.execute("SELECT body FROM documents ORDER BY id"):
            yield _DOCUMENT.validate_json(body)

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
        return [_PASSAGE.validate_json(body) for (body,) in found]

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


def _parts(items: Sequence[Item]) -> Iterator[list[Item]]:
    for first in range(0, len(items), _VARIABLES):
        yield list(items[first : first + _VARIABLES])


def _among(select: str, items: Sequence[object]) -> str:
    return f"{select} IN ({','.join('?' * len(items))})"
