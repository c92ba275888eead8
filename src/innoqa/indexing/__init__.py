"""Ingest: files -> documents -> passages -> vectors -> a new generation, published."""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from innoqa.chunking import PassageSize, TextTools, heading_prefix, prose_passages
from innoqa.domain import Document, Passage
from innoqa.errors import DocumentError, IndexMismatch, IndexMissing, NothingToIngest
from innoqa.indexing.needs import (
    Embedder,
    GenerationPart,
    Keyed,
    Origin,
    Publisher,
    Reader,
    Store,
    Unread,
    Vectors,
)
from innoqa.indicators import UnreadCell, read_tables, row_passages, unread_cells

UNTITLED = "Uploaded documents"
"""What an index is called that no folder with a title is in."""


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
class Stored:
    """A document of the index by where it came from: ``root`` as the index names it."""

    id: str
    root: str
    source: str

    @property
    def path(self) -> str:
        """Where its file is, relative to the index."""
        return f"{self.root}/{self.source}"

    def lies_in(self, path: str) -> bool:
        """Whether a path, relative to the index, is its file, or a file or folder around it."""
        return path in (self.root, self.path) or self.path.startswith(f"{path}/")


@dataclass(frozen=True, slots=True)
class _Root:
    """A file or folder to read; ``only`` are the sources to read of it, None for all."""

    name: str
    path: Path
    only: frozenset[str] | None = None


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
        with self.publisher.writing():
            return self.update(paths, progress)

    def update(self, paths: Sequence[Path], progress: Progress) -> Report:
        """As ``ingest``, for who holds the index for writing already."""
        started = perf_counter()
        report = Report()
        for path in paths:
            if not path.exists():
                raise DocumentError(f"{path} does not exist. Give a file or folder that does.")
        roots = {name: _Root(name, path) for path in paths for name in [self.name_of(path)]}
        rebuilding = self.store.counts() > (0, 0) and self.store.fingerprint() != self.fingerprint
        if rebuilding:
            report.rebuilt = "the embedder, the passage size or the chunker changed"
            roots = self._known_roots() | roots
        # Whoever is killed in a rebuild leaves passages of two makes: the next one starts over.
        self.store.put_fingerprint("being rebuilt" if rebuilding else self.fingerprint)
        for root in roots.values():
            self._ingest_root(root, rebuilding, report, progress)
        self.store.put_fingerprint(self.fingerprint)
        self._bring_out(report, progress)
        report.seconds = perf_counter() - started
        return report

    def remove(self, documents: Sequence[Stored], progress: Progress) -> Report:
        """Take documents out, and publish what is left; who calls it holds the index for writing.

        Their files stay as they are, and come back when their root is ingested anew. Where nothing
        is left, there is no index. Raises IndexMismatch where the index must be rebuilt first.
        """
        started = perf_counter()
        self.check_settings()
        report = Report(removed=len(documents))
        self.store.remove_documents([document.id for document in documents])
        self._bring_out(report, progress)
        report.seconds = perf_counter() - started
        return report

    def check_settings(self) -> None:
        """Raise IndexMismatch where the index was made with other settings than those now."""
        if self.store.fingerprint() != self.fingerprint:
            raise IndexMismatch(
                f"{self.publisher.index} was made with another embedder or passage size than is "
                "set now. Run innoqa ingest with its documents first; then remove."
            )

    def named(self, name: str) -> list[Stored]:
        """The documents that a name stands for: an id, a path, or a source as answers show it.

        A path may be a document's, or that of a file or folder around documents. Raises
        DocumentError for what is none of these, and for a source of several documents.
        """
        stored = [Stored(*row) for row in self.store.sources()]
        path = self.name_of(Path(name))
        found = [one for one in stored if name == one.id or one.lies_in(path)]
        if found:
            return found
        found = [one for one in stored if name == one.source]
        if len(found) > 1:
            index = self.publisher.index
            paths = ", ".join(os.path.normpath(index / one.path) for one in found)
            raise DocumentError(f"{name} is the source of several documents: {paths}. Name a path.")
        if not found:
            raise DocumentError(
                f"{name} is not in {self.publisher.index}: neither the source of a document, as "
                "answers show it, nor a file or folder that was ingested."
            )
        return found

    def why_unread(self, path: Path) -> str:
        """Why a file cannot be read as one document; "" where it can."""
        report = Report()
        read = [origin.source for origin, *_ in self._read(_Root("", path), {}, set(), report)]
        if report.skipped:
            return report.skipped[0].reason
        if read != [path.name]:
            return "holds several documents, or none; innoqa ingest reads such a file"
        return ""

    def _bring_out(self, report: Report, progress: Progress) -> None:
        """Publish what is stored, where that is not what is published; nothing, if it is empty."""
        report.documents, report.passages = self.store.counts()
        if not report.documents:
            self.publisher.withdraw()
            report.published = True
            return
        self.store.drop_unused_vectors()
        self.export_encoder()
        state = f"{self.store.state()}-{self.manifest['format']}"
        if self.publisher.is_whole(state):
            return
        if not self.publisher.restore(state):
            self._publish(state, report, progress)
        report.published = True

    def name_of(self, path: Path) -> str:
        """A path relative to the index, so that a project folder can be moved as a whole."""
        return Path(os.path.relpath(path.resolve(), self.publisher.index.resolve())).as_posix()

    def _known_roots(self) -> dict[str, _Root]:
        """Every root as far as it is in the index: what was removed from it stays away."""
        stored = {name: frozenset(self.store.content_hashes(name)) for name in self.store.roots()}
        roots = {
            name: _Root(name, (self.publisher.index / name).resolve(), sources)
            for name, sources in stored.items()
            if sources
        }
        gone = next((root.path for root in roots.values() if not root.path.exists()), None)
        if gone is not None:
            raise IndexMissing(
                f"The whole index must be rebuilt, but {gone}, which is part of it, is not there. "
                "Put it back, or start a new index with --index."
            )
        return roots

    def _ingest_root(
        self, root: _Root, rebuilding: bool, report: Report, progress: Progress
    ) -> None:
        corpus = self.reader.corpus(root.path)
        stored = self.store.content_hashes(root.name)
        seen: set[str] = set()
        made: set[str] = set()
        before = report.read
        waiting: list[tuple[str, Document, list[Passage]]] = []
        known = {} if rebuilding else stored
        for origin, document, found in self._read(root, known, seen, report):
            if not waiting:
                self.store.put_root(root.name, corpus)
            waiting.append((origin.content_hash, document, found))
            report.changed += origin.source in stored
            report.added += origin.source not in stored
            made.add(origin.source)
            progress("reading", report.read, 0)
            if sum(len(passages) for _, _, passages in waiting) >= self.batch:
                self._store(root.name, waiting, report, progress)
                waiting = []
        if report.read == before:
            raise NothingToIngest(
                f"No document in {root.path} could be read."
                + "".join(f"\n  {u.source}: {u.reason}" for u in report.skipped[:10])
            )
        # Which documents an unread collection held is not known, so none is taken for gone.
        kept = stored.keys() if any(unread.several for unread in report.skipped) else seen
        removed = sorted(stored.keys() - (made if rebuilding else kept))
        self._store(root.name, waiting, report, progress, removed)
        report.removed += len(removed)
        if stored.keys() & seen:
            self.store.put_root(root.name, corpus)

    def _read(
        self, root: _Root, known: Mapping[str, str], seen: set[str], report: Report
    ) -> Iterator[tuple[Origin, Document, list[Passage]]]:
        """The documents that are new or changed; ``seen`` takes the source of each that is there.

        What was skipped keeps what was read of it before, except in a rebuild.
        """
        for origin in self.reader.origins(root.path):
            if root.only is not None and not _is_wanted(origin, root.only):
                continue
            if not hasattr(origin, "parse"):
                report.skipped.append(origin)
            elif origin.source in seen:
                report.skipped.append(_Skipped(origin.source, "another document has this name"))
            elif known.get(origin.source) == origin.content_hash:
                report.unchanged += 1
            else:
                try:
                    document = origin.parse(_document_id(root.name, origin))
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
                "title": ", ".join(c.title for c in corpora if c.title) or UNTITLED,
                "description": " ".join(c.description for c in corpora if c.description),
                "suggested_questions": [q for c in corpora for q in c.suggested_questions],
            },
        )


@dataclass(frozen=True, slots=True)
class _Skipped:
    source: str
    reason: str
    several: bool = False


def _is_wanted(origin: Any, only: frozenset[str]) -> bool:
    """Whether it is one of the sources, or may hold some of them."""
    return origin.source in only or getattr(origin, "several", False)


def _document_id(root: str, origin: Origin) -> str:
    words = "\0".join((root, origin.source, origin.content_hash))
    return hashlib.sha256(words.encode()).hexdigest()[:16]
