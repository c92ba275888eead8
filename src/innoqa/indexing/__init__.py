"""Ingest: files -> documents -> passages -> vectors -> a new generation, published."""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from innoqa.chunking import PassageSize, TextTools, heading_prefix
from innoqa.domain import Passage
from innoqa.errors import DocumentError, IndexMismatch, IndexMissing, NothingToIngest
from innoqa.indexing.needs import (
    Embedder,
    GenerationPart,
    Keyed,
    Prepare,
    Publisher,
    Reader,
    Store,
    Vectors,
)
from innoqa.indexing.origins import Failed, Order, Origin, Prepared, Skipped
from innoqa.indexing.report import Report

__all__ = ["Indexer", "Progress", "Report", "Stored", "vector_key"]

UNTITLED = "Uploaded documents"
"""What an index is called that no folder with a title is in."""


_REBUILDING = "being rebuilt"
_TITLES = 3  # of the files and folders in it that an index is called by

Progress = Callable[[str, int, int], None]
"""Called with a stage, how much of it is done and how much there is (0 where unknown).

Stages are "reading", "embedding" and "indexing"; any other is a message about what follows.
"""


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
    """The ingest pipeline with everything it works with.

    ``make`` is what passages are made by, aspect by aspect: where one of them is another than in
    the index, all of it is made anew.
    """

    reader: Reader
    prepare: Prepare
    tools: TextTools
    size: PassageSize
    make: Mapping[str, str]
    embedder: Callable[[], Embedder]
    store: Store
    publisher: Publisher
    export_encoder: Callable[[], None]
    catalog: Callable[[Path], Iterator[tuple[Passage, Vectors]]]
    parts: Callable[[Path], Sequence[GenerationPart]]
    manifest: Mapping[str, Any]
    batch: int = 512
    at_once: int = 64

    @property
    def fingerprint(self) -> str:
        """What passages are made by, in one string."""
        return "; ".join(f"{aspect} {value}" for aspect, value in self.make.items())

    def ingest(
        self, paths: Sequence[Path], progress: Progress, *, keeping: Sequence[str] | None = None
    ) -> Report:
        """Bring the index in line with the given files and folders, and publish it.

        Documents of other roots stay as they are; where ``keeping`` is given, only those of the
        roots that it names. What is unchanged is not embedded again, and when nothing changed
        nothing is written. Until the last step, questions see the index as it was. Raises
        NothingToIngest where no document could be read, DocumentError for a path that is not
        there, IndexBusy and the errors of the parts.
        """
        with self.publisher.writing():
            return self.update(paths, progress, keeping=keeping)

    def update(
        self, paths: Sequence[Path], progress: Progress, *, keeping: Sequence[str] | None = None
    ) -> Report:
        """As ``ingest``, for who holds the index for writing already."""
        started = perf_counter()
        report = Report()
        roots, rebuilding = self._roots(paths, report, progress)
        # Whoever is killed in a rebuild leaves passages of two makes: the next one starts over.
        self.store.put_fingerprint(_REBUILDING if rebuilding else self.fingerprint)
        self._ingest_roots(list(roots.values()), rebuilding, report, progress)
        if keeping is not None:
            self._prune({*roots, *keeping}, report)
        self.store.put_fingerprint(self.fingerprint)
        self._bring_out(report, progress)
        report.seconds = perf_counter() - started
        return report

    def plan(
        self, paths: Sequence[Path], progress: Progress, *, keeping: Sequence[str] | None = None
    ) -> Report:
        """What ``ingest`` would do, by reading all that it would read; nothing is written."""
        started = perf_counter()
        report = Report(dry=True)
        roots, rebuilding = self._roots(paths, report, progress)
        self._ingest_roots(list(roots.values()), rebuilding, report, progress)
        if keeping is not None:
            self._prune({*roots, *keeping}, report)
        report.documents, report.passages, report.observations = self.store.counts()
        report.seconds = perf_counter() - started
        return report

    def _roots(
        self, paths: Sequence[Path], report: Report, progress: Progress
    ) -> tuple[dict[str, _Root], bool]:
        """What is to be read, and whether all of the index is to be made anew."""
        for path in paths:
            if not path.exists():
                raise DocumentError(f"{path} does not exist. Give a file or folder that does.")
        roots = {name: _Root(name, path) for path in paths for name in [self.name_of(path)]}
        documents, passages, _ = self.store.counts()
        stored = self.store.fingerprint()
        if not documents or stored == self.fingerprint:
            return roots, False
        report.rebuilt = self._difference(stored)
        progress(
            f"All of the index ({documents} documents, {passages} passages) is made anew, since "
            f"{report.rebuilt}.", 0, 0
        )  # fmt: skip
        return self._known_roots() | roots, True

    def _difference(self, stored: str) -> str:
        """In which aspects the index was made otherwise."""
        if stored == _REBUILDING:
            return "an ingest that did so was interrupted"
        parts = stored.split("; ")
        told = []
        for aspect, value in self.make.items():
            before = next((p[len(aspect) + 1 :] for p in parts if p.startswith(f"{aspect} ")), "")
            if before != value:
                told.append(f"{aspect} changed" + f" from {before}" * bool(before) + f" to {value}")
        return ", and ".join(told) or "it was made by another version of InnoQA"

    def _prune(self, kept: set[str], report: Report) -> None:
        """Take out the documents of all roots but those that are kept."""
        gone = [one for row in self.store.sources() if (one := Stored(*row)).root not in kept]
        report.sources["removed"] += [one.source for one in gone]
        if not report.dry:
            self.store.remove_documents([one.id for one in gone])

    def remove(self, documents: Sequence[Stored], progress: Progress) -> Report:
        """Take documents out, and publish what is left; who calls it holds the index for writing.

        Their files stay as they are, and come back when their root is ingested anew. Where nothing
        is left, there is no index. Raises IndexMismatch where the index must be rebuilt first.
        """
        started = perf_counter()
        self.check_settings()
        report = Report()
        report.sources["removed"] = [document.source for document in documents]
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
        """Why nothing of a file, be it an archive or mail, can be read; "" where something can.

        A collection whose documents have names of their own is left to ``ingest``: they could not
        be told from others.
        """
        found = list(self.reader.origins(path))
        if any(one.source.partition("/")[0] != path.name for one in found):
            return "holds documents of other names; innoqa ingest reads such a file"
        orders = [Order("", one) for one in found if isinstance(one, Origin)]
        reasons = [one.reason for one in found if isinstance(one, Skipped)]
        for _, outcome in self.prepare(orders):
            if isinstance(outcome, Prepared):
                return ""
            reasons.append(outcome.reason)
        return next(iter(reasons), "holds no document")

    def _bring_out(self, report: Report, progress: Progress) -> None:
        """Publish what is stored, where that is not what is published; nothing, if it is empty."""
        report.documents, report.passages, report.observations = self.store.counts()
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
            with _timed(report, "publishing"):
                self._publish(state, report, progress)
        report.published = True

    def name_of(self, path: Path) -> str:
        """A path relative to the index, so that a project folder can be moved as a whole."""
        name = Path(os.path.relpath(path.resolve(), self.publisher.index.resolve())).as_posix()
        if any("\ud800" <= sign <= "\udfff" for sign in name):
            raise DocumentError(f"{name!a} has a name that is not UTF-8. Rename it.")
        return name

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

    def _ingest_roots(
        self, roots: Sequence[_Root], rebuilding: bool, report: Report, progress: Progress
    ) -> None:
        """Read and store what is new or changed. Raises NothingToIngest where nothing is read."""
        empty = []
        for root in roots:
            before = report.read
            self._ingest_root(root, rebuilding, report, progress)
            if report.read == before:
                empty.append(root)
        if len(empty) == len(roots):
            raise NothingToIngest(
                f"No document in {', '.join(str(root.path) for root in roots)} could be read."
                + "".join(f"\n  {u.source}: {u.reason}" for u in report.skipped[:10])
            )
        told = {one.source for one in report.skipped}
        report.skipped += [
            Skipped(root.path.name, "no document in it could be read", several=True)
            for root in empty
            if root.path.name not in told
        ]

    def _ingest_root(
        self, root: _Root, rebuilding: bool, report: Report, progress: Progress
    ) -> None:
        corpus = self.reader.corpus(root.path)
        stored = self.store.content_hashes(root.name)
        seen: set[str] = set()
        made: set[str] = set()
        before, skipped = report.read, len(report.skipped)
        files = self.reader.count(root.path)
        waiting: list[tuple[str, Prepared]] = []
        known = {} if rebuilding else stored
        for content_hash, ready in self._read(root, known, seen, report):
            source = ready.document.source
            waiting.append((content_hash, ready))
            report.sources["changed" if source in stored else "added"].append(source)
            made.add(source)
            progress("reading", report.read, max(report.read, before + files))
            if report.dry:
                waiting = []
            elif sum(len(one.passages) for _, one in waiting) >= self.batch:
                self.store.put_root(root.name, corpus)
                self._store(root.name, waiting, report, progress)
                waiting = []
        if report.read == before:
            return
        # Which documents an unread collection held is not known, so none is taken for gone.
        is_known = not any(unread.several for unread in report.skipped[skipped:])
        kept = seen if is_known else stored.keys()
        removed = sorted(stored.keys() - (made if rebuilding else kept))
        report.sources["removed"] += removed
        if not report.dry:
            self.store.put_root(root.name, corpus)
            self._store(root.name, waiting, report, progress, removed)

    def _read(
        self, root: _Root, known: Mapping[str, str], seen: set[str], report: Report
    ) -> Iterator[tuple[str, Prepared]]:
        """The documents that are new or changed, each with its content hash."""
        prepared = self.prepare(self._orders(root, known, seen, report))
        while True:
            with _timed(report, "reading"):
                order, outcome = next(prepared, (None, None))
            if order is None or outcome is None:
                return
            source = order.origin.source
            if isinstance(outcome, Failed):
                report.skipped.append(Skipped(source, outcome.reason))
                continue
            report.unread_cells += outcome.unread_cells
            report.gaps += [Skipped(source, gap) for gap in outcome.document.gaps]
            report.prepared += len(outcome.passages)
            yield order.origin.content_hash, outcome

    def _orders(
        self, root: _Root, known: Mapping[str, str], seen: set[str], report: Report
    ) -> Iterator[Order]:
        """What is to be prepared; ``seen`` takes the source of each document that is there.

        What is skipped keeps what was read of it before, except in a rebuild.
        """
        first: dict[str, str] = {}
        for origin in self.reader.origins(root.path):
            if root.only is not None and not _is_wanted(origin, root.only):
                continue
            if isinstance(origin, Skipped):
                report.skipped.append(origin)
            elif origin.source in seen:
                reason = "another document has this name; give one of them another"
                report.skipped.append(Skipped(origin.source, reason))
            elif not origin.is_entry and first.setdefault(
                origin.content_hash, origin.source
            ) != origin.source:  # fmt: skip
                other = first[origin.content_hash]
                reason = f"has the same content as {other}; delete one of them"
                report.skipped.append(Skipped(origin.source, reason))
                continue  # it is not kept, since the other one has all that is in it
            elif known.get(origin.source) == origin.content_hash:
                report.unchanged += 1
            else:
                yield Order(_document_id(root.name, origin), origin)
            seen.add(origin.source)

    def _store(
        self, root: str, documents: Sequence[tuple[str, Prepared]], report: Report,
        progress: Progress, removed: Sequence[str] = (),
    ) -> None:  # fmt: skip
        texts: dict[bytes, tuple[str, tuple[str, ...]]] = {}
        keyed = []
        vectors: dict[bytes, Vectors] = {}
        for content_hash, ready in documents:
            pairs: list[Keyed] = []
            for passage in ready.passages:
                text = embedded_text(passage, self.tools, self.size)
                key = vector_key(str(self.manifest["embedder"]), text)
                texts[key] = text
                pairs.append((key, passage))
            vectors.update(ready.vectors)
            keyed.append((content_hash, ready.document, pairs))
        with _timed(report, "embedding"):
            self._embed(texts, vectors, report, progress)
        with _timed(report, "storing"):
            self.store.put_documents(root, keyed, removed)

    def _embed(
        self,
        texts: Mapping[bytes, tuple[str, tuple[str, ...]]],
        given: Mapping[bytes, Vectors],
        report: Report,
        progress: Progress,
    ) -> None:
        """Store the vectors of texts that have none yet: those given, and the others embedded."""
        missing = sorted(self.store.missing_vectors(list(texts)))
        made = {key: given[key] for key in missing if key in given}
        left = [key for key in missing if key not in given]
        total = report.embedded + len(missing)
        report.embedded += len(made)
        for first in range(0, len(left), self.at_once):
            progress("embedding", report.embedded, total)
            keys = left[first : first + self.at_once]
            vectors = self.embedder().embed([texts[key] for key in keys])
            made.update(zip(keys, vectors, strict=True))
            report.embedded += len(keys)
        if made:
            self.store.put_vectors(made)
            progress("embedding", report.embedded, total)

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
                "title": _joined([c.title for c in corpora if c.title]) or UNTITLED,
                "description": " ".join(c.description for c in corpora if c.description),
                "suggested_questions": [q for c in corpora for q in c.suggested_questions],
            },
        )


def embedded_text(
    passage: Passage, tools: TextTools, size: PassageSize
) -> tuple[str, tuple[str, ...]]:
    """What is embedded of a passage: its headings, as far as they fit, and its sentences."""
    prefix = heading_prefix(passage.heading_path, tools.count, size.limit)
    return prefix, tuple(sentence.text for sentence in passage.sentences)


def vector_key(embedder: str, text: tuple[str, tuple[str, ...]]) -> bytes:
    """The key of the vectors that an embedder makes of a text."""
    heading, sentences = text
    return hashlib.sha256("\0".join((embedder, heading, *sentences)).encode()).digest()


@contextmanager
def _timed(report: Report, stage: str) -> Iterator[None]:
    started = perf_counter()
    try:
        yield
    finally:
        spent = report.seconds_by_stage.get(stage, 0.0) + perf_counter() - started
        report.seconds_by_stage[stage] = spent


def _joined(titles: Sequence[str]) -> str:
    more = len(titles) - _TITLES
    return ", ".join(titles[:_TITLES]) + (f" and {more} more" if more > 0 else "")


def _is_wanted(origin: Origin | Skipped, only: frozenset[str]) -> bool:
    """Whether it is one of the sources, or may hold some of them."""
    return origin.source in only or getattr(origin, "several", False)


def _document_id(root: str, origin: Origin) -> str:
    words = "\0".join((root, origin.source, origin.content_hash))
    return hashlib.sha256(words.encode()).hexdigest()[:16]
