"""The published index as questions use it: one generation at a time, swapped when another comes."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from innoqa.adapters import embedder, generations, reader, sqlite_store
from innoqa.domain import Corpus
from innoqa.errors import IndexBroken, IndexMismatch
from innoqa.scoping import NearestWithin
from innoqa.scripts import is_latin
from innoqa.searching import DenseRetriever, Encoder, Index
from innoqa.settings import Settings

if TYPE_CHECKING:
    from innoqa.adapters import chroma_index

FORMAT = 4
"""Raised whenever a generation's files, or what is in them, change: it is then made again."""


def vectors_place(settings: Settings) -> "chroma_index.Place":
    """Where the settings have the vectors of generations kept."""
    from innoqa.adapters import chroma_index

    return chroma_index.place(settings.chroma, settings.chroma_token, settings.chroma_ca)


class PublishedIndex:
    """The generation that the pointer names, opened once and swapped when the pointer moves.

    A question holds a lease on the generation that it started with; a generation that was
    replaced is closed when its last lease ends. Until then no ingest deletes it, in whatever
    process it runs.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings, self._published = settings, generations.Generations(settings.index)
        self._lock = threading.Lock()
        self._current: _Generation | None = None

    @contextmanager
    def lease(self) -> Iterator[Index]:
        """The published generation, which stays as it is as long as it is held.

        Raises IndexMissing, IndexMismatch, IndexBroken or ModelError.
        """
        with self._lock:
            generation = self._follow()
            generation.leases += 1
        try:
            yield generation.index
        finally:
            with self._lock:
                generation.leases -= 1
                if generation is not self._current and generation.leases == 0:
                    generation.close()

    def _follow(self) -> "_Generation":
        name = self._published.published()
        old = self._current
        if old is not None and old.folder.name == name:
            return old
        self._current = _open_generation(self._published, self._settings, old)
        if old is not None and old.leases == 0:
            old.close()
        return self._current


@dataclass(slots=True)
class _Generation:
    """An open generation, its folder, and the digest of the model that encodes questions."""

    index: Index
    folder: Path
    model: str
    close: Callable[[], None]
    leases: int = 0


def _open_generation(
    published: generations.Generations, settings: Settings, before: _Generation | None
) -> _Generation:
    """What is published now; the models of the generation before are used on where they fit."""
    with ExitStack() as opened:
        lease = published.lease()
        opened.callback(lease.close)
        folder, manifest = lease.folder, lease.manifest
        if manifest.get("format") != FORMAT:
            raise IndexMismatch(
                f"{published.index} was made by another version of InnoQA. Run innoqa ingest with "
                "its documents again; what has not changed is not embedded again."
            )
        model = embedder.find_model(manifest["model"])
        if model.digest != manifest["encoder"]:
            raise IndexMismatch(
                f"{published.index} was built with {manifest['embedder']}, but {model.name} on "
                f"this machine has weights {model.digest[:16]}. Run innoqa ingest to rebuild it."
            )
        try:
            if before is not None and before.model == model.digest:
                encoder, reads_with = before.index.encoder, before.index.reader
            else:
                encoder = embedder.QueryEncoder(model, published.encoder(model.digest))
                reads_with = _reader(published) if settings.reader else None
            index = _read_generation(lease, model, encoder, vectors_place(settings), opened)
        except (OSError, ValueError, KeyError, sqlite3.Error, RuntimeError) as error:
            raise IndexBroken(
                f"{folder} is damaged ({error}). Delete that folder and run innoqa ingest with its "
                "documents again: it is made anew from what is stored."
            ) from error
        index = replace(index, reader=reads_with)
        return _Generation(index, folder, model.digest, opened.pop_all().close)


def _reader(published: generations.Generations) -> reader.Reader:
    bundled = embedder.find_model("").folder
    return reader.Reader(bundled, published.encoder(reader.digest()))


def _read_generation(
    lease: generations.Lease,
    model: embedder.ModelFiles,
    encoder: Encoder,
    place: "chroma_index.Place",
    opened: ExitStack,
) -> Index:
    from innoqa.adapters import bm25s_index, chroma_index, spelling, vector_files

    folder, manifest = lease.folder, lease.manifest
    passage_words = bm25s_index.Bm25Index(folder / "lexical" / "passages")
    pieces = embedder.PieceCounter(model)

    def is_known(word: str) -> bool:
        # A word that the embedder has whole is a word of the language.
        return pieces(word) == 1 or passage_words.knows(word)

    catalog = sqlite_store.Catalog(folder / "catalog.sqlite")
    opened.callback(catalog.close)
    vectors = vector_files.VectorFiles(folder / "vectors")
    dense: DenseRetriever
    if chroma_index.is_write_protected(folder / "chroma"):
        # Chroma writes even to read; the same is found, and more slowly, without it.
        dense = NearestWithin(vectors, catalog, catalog.passage_rows())
    else:
        dense = chroma = chroma_index.ChromaRetriever(folder / "chroma", place)
        opened.callback(chroma.close)
    return Index(
        name=manifest["state"],
        corpus=corpus_of(manifest),
        speller=spelling.Speller(folder / "words.txt", is_known),
        encoder=encoder,
        dense=dense,
        passage_words=passage_words,
        sentence_words=bm25s_index.Bm25Index(folder / "lexical" / "sentences"),
        vectors=vectors,
        catalog=catalog,
        table_rows=catalog.table_rows(),
        # The bundled embedder learnt English alone; who names another one knows what it reads.
        reads=is_latin if not manifest["model"] else lambda _: True,
    )


def corpus_of(manifest: Mapping[str, Any]) -> Corpus:
    """What an index is about, by the manifest of its generation."""
    questions = tuple(manifest["suggested_questions"])
    return Corpus(manifest["title"], manifest["description"], questions)
