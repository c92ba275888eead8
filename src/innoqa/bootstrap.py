"""The composition root: adapters and settings put together into what the entries use."""

import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from innoqa.adapters import (
    calibration_file,
    embedder,
    generations,
    reader,
    sqlite_store,
    unwritable,
    worker_pool,
)
from innoqa.adapters.conversation_store import ConversationStore
from innoqa.adapters.upload_folder import UploadFolder
from innoqa.answering import Assistant, DenseRetriever, Encoder, Index
from innoqa.domain import Corpus, Passage
from innoqa.errors import IndexBroken, IndexMismatch, InnoqaError, SettingError
from innoqa.indexing import Indexer, Progress, Report
from innoqa.scoping import NearestWithin
from innoqa.scripts import is_latin
from innoqa.settings import Settings
from innoqa.uploads import Received, Uploads

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable
    from mcp.server.mcpserver import MCPServer

    from innoqa.adapters import chroma_index
    from innoqa.adapters.langchain_retriever import InnoqaRetriever

READERS = 2
"""Raised whenever the same file would be read as another document than before."""

CHUNKER = 3
"""Raised whenever the same document would be cut into other passages than before."""

FORMAT = 4
"""Raised whenever a generation's files, or what is in them, change: it is then made again."""

UPLOADS = "uploads"
"""The folder in an index that keeps what was added on the page."""


def ingest(
    paths: Sequence[Path],
    settings: Settings,
    progress: Progress,
    *,
    prune: bool = False,
    ray: str = "",
) -> Report:
    """Bring the index in line with files and folders; see ``indexing.Indexer.ingest``.

    With ``prune`` it holds nothing else then, but for what was added on the page. With the address
    of a Ray cluster, documents are prepared and embedded there. Raises DocumentError for a path
    that is not there, IndexUnwritable where it cannot be written, SettingError and ClusterError
    where the cluster cannot be used.
    """
    with _open_indexer(settings, ray=ray) as indexer:
        return indexer.ingest(paths, progress, keeping=(UPLOADS,) if prune else None)


def plan(
    paths: Sequence[Path], settings: Settings, progress: Progress, *, prune: bool = False
) -> Report:
    """What ``ingest`` would do; nothing is written. Raises as ``ingest``."""
    with _open_indexer(settings, to_read=True) as indexer:
        return indexer.plan(paths, progress, keeping=(UPLOADS,) if prune else None)


def receive(
    files: Iterable[tuple[str, bytes]],
    replacing: Collection[str],
    settings: Settings,
    progress: Progress,
) -> Received:
    """Keep files, given as (name, content), beside the index and ingest them.

    See ``uploads.Uploads.receive``. Raises SettingError where the settings do not allow it.
    """
    if not settings.uploads:
        raise SettingError("INNOQA_UPLOADS is no: nothing can be added or removed on the page.")
    with _open_uploads(settings) as uploads:
        return uploads.receive(files, replacing, progress)


def remove(names: Sequence[str], settings: Settings, progress: Progress) -> Report:
    """Take documents out of the index: by id, source or path; see ``uploads.Uploads.remove``.

    Raises DocumentError for a name of none, IndexMissing where there is no index.
    """
    generations.Generations(settings.index).folder()
    with _open_uploads(settings) as uploads:
        return uploads.remove(names, progress)


def kept_uploads(settings: Settings) -> UploadFolder:
    """The files that were added on the page, to look at."""
    return UploadFolder(settings.index / UPLOADS)


def uploaded(settings: Settings) -> frozenset[str]:
    """The ids of the documents that were added on the page."""
    published = generations.Generations(settings.index)
    if not published.truth.is_file():
        return frozenset()
    with closing(sqlite_store.SqliteStore(published.truth)) as store:
        return frozenset(name for name, root, _ in store.sources() if root == UPLOADS)


@contextmanager
def _open_uploads(settings: Settings) -> Iterator[Uploads]:
    with _open_indexer(settings) as indexer:
        yield Uploads(indexer, kept_uploads(settings))


@contextmanager
def _open_indexer(settings: Settings, *, to_read: bool = False, ray: str = "") -> Iterator[Indexer]:
    with unwritable.told_of(settings.index), _indexer(settings, to_read, ray) as indexer:
        yield indexer


@contextmanager
def _indexer(settings: Settings, to_read: bool, ray: str) -> Iterator[Indexer]:
    from innoqa import distant, reading

    model = embedder.find_model(settings.embedder)
    dtype = embedder.hardware_dtype() if settings.dtype == "auto" else settings.dtype
    name = embedder.describe(model, dtype)
    vectors = _vectors(settings)
    publisher = generations.Generations(settings.index, elsewhere=vectors)
    encoder = publisher.encoder(model.digest)
    reads = publisher.encoder(reader.digest())
    loaded: list[embedder.PassageEmbedder] = []

    def passage_embedder() -> embedder.PassageEmbedder:
        if not loaded:
            loaded.append(embedder.PassageEmbedder(model, dtype))
        return loaded[0]

    def export_encoder() -> None:
        if not encoder.is_file():
            embedder.export_query_encoder(model, encoder)
        if not reads.is_file():
            reader.export_reader(embedder.find_model("").folder, reads)

    how = reading.recipe(settings, model)
    limits = worker_pool.Limits(settings.read_seconds, settings.read_memory)
    workers = reading.workers(how, limits)
    store = sqlite_store.SqliteStore(publisher.truth, to_read=to_read)
    with ExitStack() as opened:
        opened.callback(store.close)
        prepare = workers.all
        if ray:
            terms = distant.Terms(how, limits, name, dtype, store.vector_keys())
            pool = opened.enter_context(closing(distant.ray_pool(ray, terms)))
            prepare = pool.all
        yield Indexer(
            reader=reading.file_reader(settings.read_size, workers.attached),
            prepare=prepare,
            tools=reading.text_tools(model),
            size=how.size,
            make={
                "readers": str(READERS),
                "chunker": str(CHUNKER),
                "passage size": f"{how.size.target} of {how.size.limit} pieces",
                "embedder": name,
            },
            embedder=passage_embedder,
            store=store,
            publisher=publisher,
            export_encoder=export_encoder,
            catalog=lambda folder: sqlite_store.Catalog.write(folder / "catalog.sqlite", store),
            parts=lambda folder: _generation_parts(folder, name, vectors),
            manifest={
                "format": FORMAT,
                "schema": sqlite_store.SCHEMA_VERSION,
                "embedder": name,
                "model": settings.embedder,
                "encoder": model.digest,
            },
        )


def _vectors(settings: Settings) -> "chroma_index.Place":
    """Where the settings have the vectors of generations kept."""
    from innoqa.adapters import chroma_index

    return chroma_index.place(settings.chroma, settings.chroma_token, settings.chroma_ca)


def _generation_parts(
    folder: Path, embedder_name: str, place: "chroma_index.Place"
) -> tuple[Any, ...]:
    from innoqa.adapters import bm25s_index, chroma_index, spelling, vector_files

    return (
        vector_files.VectorWriter(folder / "vectors"),
        chroma_index.ChromaWriter(folder / "chroma", embedder_name, place),
        bm25s_index.Bm25Writer(folder / "lexical" / "passages", _passage_text),
        bm25s_index.Bm25Writer(folder / "lexical" / "sentences", _sentence_texts),
        spelling.WordWriter(folder / "words.txt"),
    )


def _passage_text(passage: Passage) -> tuple[str]:
    return (f"{passage.heading_path}\n{passage.words}",)


def _sentence_texts(passage: Passage) -> tuple[str, ...]:
    return tuple(f"{passage.heading_path}\n{sentence.text}" for sentence in passage.sentences)


def open_assistant(settings: Settings) -> Assistant:
    """The assistant over the index that the settings name; it follows later ingests by itself.

    Raises IndexMissing, IndexMismatch, IndexBroken or ModelError.
    """
    index = _PublishedIndex(settings)
    with index.lease():
        pass  # opens it now, so that a missing index is told at once
    calibration = calibration_file.read(with_reader=settings.reader)
    # Without the reader less can be promised: then the least risk that can be kept to holds.
    risk = settings.risk if settings.reader else max(settings.risk, calibration.least_risk)
    least = calibration.least_confidence(risk)
    if least is None:
        raise SettingError(
            f"INNOQA_RISK is {settings.risk}; the least that InnoQA can keep to is "
            f"{calibration.least_risk}."
        )
    return Assistant(
        open_index=index.lease,
        sources=settings.sources,
        calibration=calibration,
        least_confidence=least,
    )


def open_retriever(settings: Settings) -> "InnoqaRetriever":
    """The published index as a LangChain ``BaseRetriever``. Raises as ``open_assistant``."""
    from innoqa.adapters.langchain_retriever import InnoqaRetriever

    return InnoqaRetriever(search=open_assistant(settings).search)


def open_runnable(settings: Settings) -> "Runnable[str | dict[str, Any], dict[str, Any]]":
    """The assistant as a LangChain ``Runnable``: questions in, replies of the contract out.

    Raises as ``open_assistant``.
    """
    from innoqa.adapters.langchain_runnable import runnable

    return runnable(open_assistant(settings))


def open_mcp_server(settings: Settings) -> "MCPServer[Any]":
    """A server of the Model Context Protocol; an index that cannot be opened is told with calls."""
    from innoqa.adapters import mcp_server

    try:
        corpus = published_corpus(settings)
    except InnoqaError:
        corpus = None
    return mcp_server.server(lambda: open_assistant(settings), corpus)


def open_conversations(settings: Settings) -> ConversationStore:
    """The kept conversations. Raises ConversationsError where they cannot be kept."""
    return ConversationStore(settings.conversations)


class _PublishedIndex:
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
            index = _read_generation(lease, model, encoder, _vectors(settings), opened)
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
        corpus=_corpus(manifest),
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


def published_at(settings: Settings) -> datetime:
    """When the index was published last. Raises IndexMissing or IndexBroken."""
    return generations.Generations(settings.index).published_at()


def published_corpus(settings: Settings) -> Corpus:
    """What the published index is about, without opening it. Raises IndexMissing or IndexBroken."""
    return _corpus(generations.Generations(settings.index).manifest())


def describe_model(settings: Settings) -> str:
    """The embedder in a sentence, its weights checked. Raises ModelError."""
    model = embedder.find_model(settings.embedder)
    return f"{model.name}, {model.max_tokens} word pieces, weights {model.digest[:16]}"


def describe_index(settings: Settings) -> str:
    """The published index in a sentence, after one search in it. Raises as ``open_assistant``."""
    manifest = generations.Generations(settings.index).manifest()
    open_assistant(settings).search("What is this about?")
    return (
        f"{manifest['documents']} documents, {manifest['passages']} passages in {settings.index}, "
        f"made with {manifest['embedder']}"
    )


def describe_conversations(settings: Settings) -> str:
    """The kept conversations in a sentence. Raises ConversationsError; nothing is made."""
    if not settings.conversations.exists():
        return f"none yet; {settings.conversations} is made with the first"
    return f"{open_conversations(settings).count()} in {settings.conversations}"


def _corpus(manifest: Mapping[str, Any]) -> Corpus:
    questions = tuple(manifest["suggested_questions"])
    return Corpus(manifest["title"], manifest["description"], questions)
