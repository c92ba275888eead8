"""The truth of an index: one SQLite file with documents, passages and vectors.

Vectors are kept under a hash of what was embedded and by which model, so that the same words are
never embedded twice. What questions read (``generations``) is derived from this file.
"""

import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from innoqa.adapters.sqlite_store.records import CORPUS, DOCUMENT, PASSAGE, Vectors, among, parts
from innoqa.domain import Corpus, Document, Passage
from innoqa.errors import IndexBroken, IndexMismatch

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
    1: (
        "ALTER TABLE passages ADD COLUMN observations INTEGER NOT NULL DEFAULT 0",
        "UPDATE passages SET observations = json_array_length(body, '$.observations')",
    ),
}
"""What makes the next schema of one, by its number."""


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
        elif version < SCHEMA_VERSION:
            with _Transaction(connection):  # another process may have done it meanwhile
                (version,) = connection.execute("PRAGMA user_version").fetchone()
                for statement in (s for n in range(version, SCHEMA_VERSION) for s in _UPGRADES[n]):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
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
        return tuple(CORPUS.validate_json(body) for (body,) in rows)

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
        body = CORPUS.dump_json(corpus).decode()
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
                body = DOCUMENT.dump_json(document).decode()
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
                            PASSAGE.dump_json(p).decode(),
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
        for part in parts(keys):
            rows = self._connection.execute(among("SELECT key FROM vectors WHERE key", part), part)
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
            yield PASSAGE.validate_json(body), body, matrix

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
