"""The composition root: adapters and settings put together into what the entries use."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
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
from innoqa.answering import Assistant
from innoqa.composing import ModelComposer
from innoqa.domain import Corpus, Passage
from innoqa.errors import ChatModelError, InnoqaError, SettingError
from innoqa.indexing import Indexer, Progress, Report
from innoqa.published import FORMAT, PublishedIndex, corpus_of, vectors_place
from innoqa.settings import Settings
from innoqa.uploads import Received, Uploads

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable
    from mcp.server.mcpserver import MCPServer

    from innoqa.adapters import chroma_index
    from innoqa.adapters.chat_model import ChatModel
    from innoqa.adapters.langchain_retriever import InnoqaRetriever

READERS = 2
"""Raised whenever the same file would be read as another document than before."""

CHUNKER = 3
"""Raised whenever the same document would be cut into other passages than before."""

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
    vectors = vectors_place(settings)
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
    index = PublishedIndex(settings)
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
        model=open_model_composer(settings) if settings.model else None,
    )


def open_chat_model(settings: Settings) -> "ChatModel":
    """The chat model that the settings name, not asked yet.

    Raises SettingError for a provider that is not known or whose package or key is missing.
    """
    from innoqa.adapters import chat_model

    return chat_model.open_model(
        settings.model, settings.model_url, settings.model_seconds, settings.model_tokens
    )


def open_model_composer(settings: Settings) -> ModelComposer:
    """What lets that chat model put answers into words. Raises as ``open_chat_model``."""
    from innoqa.adapters.sentences import sentence_boundaries

    return ModelComposer(open_chat_model(settings), sentence_boundaries)


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


def published_at(settings: Settings) -> datetime:
    """When the index was published last. Raises IndexMissing or IndexBroken."""
    return generations.Generations(settings.index).published_at()


def published_corpus(settings: Settings) -> Corpus:
    """What the published index is about, without opening it. Raises IndexMissing or IndexBroken."""
    return corpus_of(generations.Generations(settings.index).manifest())


def describe_model(settings: Settings) -> str:
    """The embedder in a sentence, its weights checked. Raises ModelError."""
    model = embedder.find_model(settings.embedder)
    return f"{model.name}, {model.max_tokens} word pieces, weights {model.digest[:16]}"


def describe_chat_model(settings: Settings) -> str:
    """The chat model in a sentence, after a greeting. Raises SettingError and ChatModelError."""
    model = open_chat_model(settings)
    try:
        tried = model.try_it(settings.model_seconds)
    except ChatModelError as error:
        raise ChatModelError(f"{model.name} {error}") from None
    where = model.place or "this machine"
    return f"{model.name} on {where} answered in {tried.seconds:.1f} s: {tried.text[:60]}"


def describe_index(settings: Settings) -> str:
    """The published index in a sentence, after one search in it. Raises as ``open_assistant``."""
    manifest = generations.Generations(settings.index).manifest()
    open_assistant(replace(settings, model="")).search("What is this about?")
    return (
        f"{manifest['documents']} documents, {manifest['passages']} passages in {settings.index}, "
        f"made with {manifest['embedder']}"
    )


def describe_conversations(settings: Settings) -> str:
    """The kept conversations in a sentence. Raises ConversationsError; nothing is made."""
    if not settings.conversations.exists():
        return f"none yet; {settings.conversations} is made with the first"
    return f"{open_conversations(settings).count()} in {settings.conversations}"
