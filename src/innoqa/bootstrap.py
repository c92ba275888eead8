"""The composition root: adapters and settings put together into what the entries use."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from innoqa.adapters import embedder, generations, sqlite_store
from innoqa.chunking import PassageSize, TextTools
from innoqa.domain import Passage
from innoqa.indexing import Indexer, Progress, Report
from innoqa.settings import Settings

CHUNKER = 1
"""Raised whenever the same document would be cut into other passages than before."""


def ingest(paths: Sequence[Path], settings: Settings, progress: Progress) -> Report:
    """Bring the index in line with files and folders; see ``indexing.Indexer.ingest``.

    Raises DocumentError for a path that is not there.
    """
    with _open_indexer(settings) as indexer:
        return indexer.ingest(paths, progress)


@contextmanager
def _open_indexer(settings: Settings) -> Iterator[Indexer]:
    from innoqa.adapters import files, markdown, sentences, web_page

    model = embedder.find_model(settings.embedder)
    dtype = embedder.hardware_dtype() if settings.dtype == "auto" else settings.dtype
    name = f"{model.name} {model.digest[:16]} {dtype}"
    publisher = generations.Generations(settings.index)
    store = sqlite_store.SqliteStore(publisher.truth)
    encoder = publisher.encoder(model.digest)
    loaded: list[embedder.PassageEmbedder] = []

    def passage_embedder() -> embedder.PassageEmbedder:
        if not loaded:
            loaded.append(embedder.PassageEmbedder(model, dtype, settings.batch))
        return loaded[0]

    def export_encoder() -> None:
        if not encoder.is_file():
            embedder.export_query_encoder(model, encoder)

    tools = TextTools(
        boundaries=sentences.sentence_boundaries,
        count=embedder.PieceCounter(model),
        readable=markdown.readable,
        mask=markdown.mask_markers,
        markers=markdown.markers,
    )
    limit = model.room - 2
    try:
        yield Indexer(
            reader=files.FileReader(
                files.Parsers(markdown.parse_markdown, markdown.parse_plain, web_page.main_text)
            ),
            tools=tools,
            size=PassageSize(min(settings.passage_tokens, limit), limit),
            fingerprint=f"chunker {CHUNKER}; {settings.passage_tokens} of {limit} pieces; {name}",
            embedder=passage_embedder,
            store=store,
            publisher=publisher,
            export_encoder=export_encoder,
            catalog=lambda folder: sqlite_store.Catalog.write(folder / "catalog.sqlite", store),
            parts=lambda folder: _generation_parts(folder, name),
            manifest={"embedder": name, "model": settings.embedder, "encoder": model.digest},
        )
    finally:
        store.close()


def _generation_parts(folder: Path, embedder_name: str) -> tuple[Any, ...]:
    from innoqa.adapters import bm25s_index, chroma_index, vector_files

    return (
        vector_files.VectorWriter(folder / "vectors"),
        chroma_index.ChromaWriter(folder / "chroma", embedder_name),
        bm25s_index.Bm25Writer(folder / "lexical" / "passages", _passage_text),
        bm25s_index.Bm25Writer(folder / "lexical" / "sentences", _sentence_texts),
    )


def _passage_text(passage: Passage) -> tuple[str]:
    return (f"{passage.heading_path}\n{passage.words}",)


def _sentence_texts(passage: Passage) -> tuple[str, ...]:
    return tuple(sentence.text for sentence in passage.sentences)
