"""Ingest: files -> documents -> passages -> vectors -> a new generation, published."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from innoqa.chunking import PassageSize, TextTools, heading_prefix, prose_passages
from innoqa.domain import Corpus, Document, Passage
from innoqa.errors import DocumentError, IndexMissing, NothingToIngest
from innoqa.indicators import UnreadCell, read_tables, row_passages, unread_cells

Vectors = npt.NDArray[np.float32]
Keyed = tuple[bytes, Passage]


class Origin(Protocol):
    """A document that has been found but not parsed."""

    @property
    def source(self) -> str: ...
    @property
    def content_hash(self) -> str: ...
    @property
    def parse(self) -> Callable[[str], Document]: ...


class Unread(Protocol):
    """Something that could not be read, and why."""

    @property
    def source(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def several(self) -> bool: ...


class Reader(Protocol):
    """Finds documents under a path."""

    def corpus(self, root: Path) -> Corpus: ...
    def origins(self, root: Path) -> Iterator[Any]: ...


class Embedder(Protocol):
    """Turns passages into vectors."""

    def embed(self, texts: Sequence[tuple[str, tuple[str, ...]]]) -> list[Vectors]: ...


class Store(Protocol):
    """The truth: documents, passages, vectors."""

    def fingerprint(self) -> str: ...
    def roots(self) -> tuple[str, ...]: ...
    def corpora(self) -> tuple[Corpus, ...]: ...
    def content_hashes(self, root: str) -> dict[str, str]: ...
    def put_fingerprint(self, fingerprint: str) -> None: ...
    def put_root(self, root: str, corpus: Corpus) -> None: ...
    def put_documents(
        self,
        root: str,
        documents: Iterable[tuple[str, Document, Sequence[Keyed]]],
        removed: Iterable[str],
    ) -> None: ...
    def missing_vectors(self, keys: Sequence[bytes]) -> set[bytes]: ...
    def put_vectors(self, vectors: Mapping[bytes, Vectors]) -> None: ...
    def drop_unused_vectors(self) -> None: ...
    def state(self) -> str: ...
    def counts(self) -> tuple[int, int]: ...


class Publisher(Protocol):
    """Where generations are kept."""

    @property
    def index(self) -> Path: ...
    def writing(self) -> AbstractContextManager[None]: ...
    def is_whole(self, name: str) -> bool: ...
    def start(self, name: str) -> Path: ...
    def publish(self, folder: Path, manifest: dict[str, Any]) -> None: ...


class GenerationPart(Protocol):
    """One file or folder of a generation under construction."""

    def add(self, passage: Passage, vectors: Vectors, /) -> None: ...
    def finish(self) -> None: ...


@dataclass(slots=True)
class Report:
    """What an ingest did. Counts are documents, except ``passages`` and ``embedded`` (passages).

    ``unread_cells`` are of the tables that were read now: text that stands among numbers.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    skipped: list[Unread] = field(default_factory=list)
    unread_cells: list[UnreadCell] = field(default_factory=list)
    documents: int = 0
    passages: int = 0
    embedded: int = 0
    rebuilt: str = ""
    published: bool = False
    seconds: float = 0.0

    @property
    def read(self) -> int:
        """How many documents were there and could be read."""
        return self.added + self.changed + self.unchanged


Progress = Callable[[str, int, int], None]
"""Called with a stage, how much of it is done and how much there is (0 where unknown)."""


@dataclass(frozen=True, slots=True)
class Indexer:
    """The ingest pipeline with everything it works with."""

    reader: Reader
    tools: TextTools
    size: PassageSize
    fingerprint: str
    embedder: Callable[[], Embedder]
    store: Store
    publisher: Publisher
    export_encoder: Callable[[], None]
    catalog: Callable[[Path], Iterator[tuple[Passage, Vectors]]]
    parts: Callable[[Path], Sequence[GenerationPart]]
    manifest: Mapping[str, Any]
    batch: int = 512

    def ingest(self, paths: Sequence[Path], progress: Progress) -> Report:
        """Bring the index in line with the given files and folders, and publish it.

        Documents of other roots stay as they are. What is unchanged is not embedded again, and
        when nothing changed nothing is written. Until the last step, questions see the index as
        it was. Raises NothingToIngest for a path without a document that can be read,
        DocumentError for one that is not there, IndexBusy and the errors of the parts.
        """
        started = perf_counter()
        report = Report()
        for path in paths:
            if not path.exists():
                raise DocumentError(f"{path} does not exist. Give a file or folder that does.")
        with self.publisher.writing():
            roots = {self._root_name(path): path for path in paths}
            rebuilding = self.store.counts() > (0, 0) and (
                self.store.fingerprint() != self.fingerprint
            )
            if rebuilding:
                report.rebuilt = "the embedder, the passage size or the chunker changed"
                roots = self._known_roots() | roots
            # Whoever is killed in a rebuild leaves passages of two makes: the next one starts over.
            self.store.put_fingerprint("being rebuilt" if rebuilding else self.fingerprint)
            for name, path in roots.items():
                self._ingest_root(name, path, rebuilding, report, progress)
            self.store.put_fingerprint(self.fingerprint)
            report.documents, report.passages = self.store.counts()
            self.store.drop_unused_vectors()
            self.export_encoder()
            state = f"{self.store.state()}-{self.manifest['format']}"
            if not self.publisher.is_whole(state):
                self._publish(state, report, progress)
        report.seconds = perf_counter() - started
        return report

    def _root_name(self, path: Path) -> str:
        """Relative to the index, so that a project folder can be moved as a whole."""
        return Path(os.path.relpath(path.resolve(), self.publisher.index.resolve())).as_posix()

    def _known_roots(self) -> dict[str, Path]:
        roots = {name: (self.publisher.index / name).resolve() for name in self.store.roots()}
        gone = next((path for path in roots.values() if not path.exists()), None)
        if gone is not None:
            raise IndexMissing(
                f"The whole index must be rebuilt, but {gone}, which is part of it, is not there. "
                "Put it back, or start a new index with --index."
            )
        return roots

    def _ingest_root(
        self, root: str, path: Path, rebuilding: bool, report: Report, progress: Progress
    ) -> None:
        corpus = self.reader.corpus(path)
        stored = self.store.content_hashes(root)
        seen: set[str] = set()
        made: set[str] = set()
        before = report.read
        waiting: list[tuple[str, Document, list[Passage]]] = []
        known = {} if rebuilding else stored
        for origin, document, found in self._read(root, path, known, seen, report):
            if not waiting:
                self.store.put_root(root, corpus)
            waiting.append((origin.content_hash, document, found))
            report.changed += origin.source in stored
            report.added += origin.source not in stored
            made.add(origin.source)
            progress("reading", report.read, 0)
            if sum(len(passages) for _, _, passages in waiting) >= self.batch:
                self._store(root, waiting, report, progress)
                waiting = []
        if report.read == before:
            raise NothingToIngest(
                f"No document in {path} could be read."
                + "".join(f"\n  {u.source}: {u.reason}" for u in report.skipped[:10])
            )
        # Which documents an unread collection held is not known, so none is taken for gone.
        kept = stored.keys() if any(unread.several for unread in report.skipped) else seen
        removed = sorted(stored.keys() - (made if rebuilding else kept))
        self._store(root, waiting, report, progress, removed)
        report.removed += len(removed)
        if stored.keys() & seen:
            self.store.put_root(root, corpus)

    def _read(
        self, root: str, path: Path, known: Mapping[str, str], seen: set[str], report: Report
    ) -> Iterator[tuple[Origin, Document, list[Passage]]]:
        """The documents that are new or changed; ``seen`` takes the source of each that is there.

        What was skipped keeps what was read of it before, except in a rebuild.
        """
        for origin in self.reader.origins(path):
            if not hasattr(origin, "parse"):
                report.skipped.append(origin)
            elif origin.source in seen:
                report.skipped.append(_Skipped(origin.source, "another document has this name"))
            elif known.get(origin.source) == origin.content_hash:
                report.unchanged += 1
            else:
                try:
                    document = origin.parse(_document_id(root, origin))
                    yield origin, document, self._passages(document, report)
                except DocumentError as error:
                    report.skipped.append(_Skipped(origin.source, str(error)))
            seen.add(origin.source)

    def _passages(self, document: Document, report: Report) -> list[Passage]:
        readings = read_tables(document)
        report.unread_cells += unread_cells(document, readings)
        found = [
            *prose_passages(document, self.tools, self.size),
            *row_passages(document, self.tools.count, self.size.limit, readings),
        ]
        if not found:
            raise DocumentError("has headings at most, and no text under them")
        return [replace(p, id=f"{document.id}-{number:05d}") for number, p in enumerate(found)]

    def _store(
        self,
        root: str,
        documents: Sequence[tuple[str, Document, list[Passage]]],
        report: Report,
        progress: Progress,
        removed: Sequence[str] = (),
    ) -> None:
        texts: dict[bytes, tuple[str, tuple[str, ...]]] = {}
        keyed: list[tuple[str, Document, list[Keyed]]] = []
        for content_hash, document, passages in documents:
            pairs: list[Keyed] = []
            for passage in passages:
                prefix = heading_prefix(passage.heading_path, self.tools.count, self.size.limit)
                text = prefix, tuple(sentence.text for sentence in passage.sentences)
                key = self._vector_key(*text)
                texts[key] = text
                pairs.append((key, passage))
            keyed.append((content_hash, document, pairs))
        missing = sorted(self.store.missing_vectors(list(texts)))
        if missing:
            progress("embedding", report.embedded, report.embedded + len(missing))
            vectors = self.embedder().embed([texts[key] for key in missing])
            self.store.put_vectors(dict(zip(missing, vectors, strict=True)))
            report.embedded += len(missing)
            progress("embedding", report.embedded, report.embedded)
        if keyed or removed:
            self.store.put_documents(root, keyed, removed)

    def _vector_key(self, heading: str, sentences: tuple[str, ...]) -> bytes:
        words = "\0".join((str(self.manifest["embedder"]), heading, *sentences))
        return hashlib.sha256(words.encode()).digest()

    def _publish(self, state: str, report: Report, progress: Progress) -> None:
        folder = self.publisher.start(state)
        parts = self.parts(folder)
        for number, (passage, vectors) in enumerate(self.catalog(folder), start=1):
            for part in parts:
                part.add(passage, vectors)
            progress("indexing", number, report.passages)
        for part in parts:
            part.finish()
        corpora = self.store.corpora()
        self.publisher.publish(
            folder,
            {
                **self.manifest,
                "state": state,
                "fingerprint": self.fingerprint,
                "documents": report.documents,
                "passages": report.passages,
                "title": ", ".join(corpus.title for corpus in corpora),
                "description": " ".join(c.description for c in corpora if c.description),
                "suggested_questions": [q for c in corpora for q in c.suggested_questions],
            },
        )
        report.published = True


@dataclass(frozen=True, slots=True)
class _Skipped:
    source: str
    reason: str
    several: bool = False


def _document_id(root: str, origin: Origin) -> str:
    words = "\0".join((root, origin.source, origin.content_hash))
    return hashlib.sha256(words.encode()).hexdigest()[:16]
