"""Dense retrieval: a Chroma collection of one generation, with our own vectors.

The collection is derived and disposable: built once by one writer, verified, then only read.
Its HNSW graph proposes candidates; exact scores are computed from the vectors beside it. A vector
far from all others may have no way to it in the graph: such strays are found out when the
collection is verified, written beside it, and proposed for every question.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from innoqa.domain import Passage
from innoqa.errors import IndexBroken

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateHNSWConfiguration

Vectors = npt.NDArray[np.float32]

COLLECTION = "passages"
_BATCH = 2000
_FEW_STRAYS, _STRAY_SHARE = 10, 0.01
_HNSW: "CreateHNSWConfiguration" = {
    "space": "cosine",
    "ef_construction": 200,
    "ef_search": 200,
    "max_neighbors": 32,
}


def is_write_protected(folder: Path) -> bool:
    """Whether a collection is there that Chroma cannot open, since it writes even to read."""
    return folder.is_dir() and not all(os.access(p, os.W_OK) for p in (folder, *folder.iterdir()))


class ChromaWriter:
    """Fills the collection of a generation that is being built."""

    def __init__(self, folder: Path, embedder: str) -> None:
        self._folder, self._embedder = folder, embedder
        self._client = _client(folder)
        self._collection = self._client.create_collection(
            COLLECTION,
            configuration={"hnsw": _HNSW},
            metadata={"embedder": embedder},
            embedding_function=None,
        )
        self._waiting: list[tuple[Passage, Vectors]] = []
        self._added = 0

    def add(self, passage: Passage, vectors: Vectors) -> None:
        """Take a passage; ``vectors[0]`` is its own."""
        self._waiting.append((passage, vectors[0]))
        if len(self._waiting) >= _BATCH:
            self._flush()

    def finish(self) -> None:
        """Write what waits, reopen, and note each passage that its own vector does not find.

        Raises IndexBroken when vectors are missing or more than a few are not found.
        """
        self._flush()
        self._client.close()
        client = _client(self._folder)
        try:
            self._verify(client.get_collection(COLLECTION, embedding_function=None))
        finally:
            client.close()

    def _flush(self) -> None:
        if not self._waiting:
            return
        self._collection.add(
            ids=[passage.id for passage, _ in self._waiting],
            embeddings=np.stack([vector for _, vector in self._waiting]),
            documents=[passage.words for passage, _ in self._waiting],
            metadatas=[
                {
                    "document_id": passage.document_id,
                    "source": passage.source,
                    "heading": passage.heading_path,
                    "start": passage.start,
                    "end": passage.end,
                }
                for passage, _ in self._waiting
            ],
        )
        self._added += len(self._waiting)
        self._waiting = []

    def _verify(self, collection: Any) -> None:
        if collection.count() != self._added:
            raise IndexBroken(
                f"{self._folder} holds {collection.count()} vectors of {self._added}. Ingest again."
            )
        strays = [
            name for first in range(0, self._added, 500) for name in _lost(collection, first, 500)
        ]
        if len(strays) > max(_FEW_STRAYS, _STRAY_SHARE * self._added):
            raise IndexBroken(
                f"{self._folder} does not find {len(strays)} of {self._added} vectors again. "
                "Ingest again."
            )
        _strays_beside(self._folder).write_text(json.dumps(strays), "utf-8")


def _lost(collection: Any, offset: int, limit: int) -> list[str]:
    """The passages that are not nearest to their own vector, of those in a slice."""
    batch = collection.get(limit=limit, offset=offset, include=["embeddings"])
    found = collection.query(
        query_embeddings=batch["embeddings"], n_results=1, include=["distances"]
    )
    return [
        wanted
        for wanted, ids, distances in zip(
            batch["ids"], found["ids"], found["distances"], strict=True
        )
        # Equal words have equal vectors: another passage at distance 0 is as good.
        if wanted not in ids and (not distances or distances[0] > 1e-4)
    ]


def _strays_beside(folder: Path) -> Path:
    return folder.with_name("strays.json")


class ChromaRetriever:
    """Nearest passages of a published generation."""

    def __init__(self, folder: Path) -> None:
        from chromadb.errors import ChromaError

        if not folder.is_dir():
            raise IndexBroken(f"{folder} is not there. Delete the folder above and ingest again.")
        try:
            self._client = _client(folder)
            self._collection = self._client.get_collection(COLLECTION, embedding_function=None)
            self._count = self._collection.count()
            self._strays = tuple(json.loads(_strays_beside(folder).read_text("utf-8")))
        except (ChromaError, OSError, ValueError) as error:
            raise IndexBroken(
                f"{folder} is damaged ({error}). Delete the folder above and ingest again."
            ) from error

    def nearest(self, vector: Vectors, limit: int) -> Sequence[str]:
        """The ids of the passages nearest to a unit vector, nearest first, then every stray's."""
        if self._count == 0:
            return ()
        found = self._collection.query(
            query_embeddings=vector[None, :], n_results=min(limit, self._count), include=[]
        )
        return tuple(dict.fromkeys((*found["ids"][0], *self._strays)))

    def close(self) -> None:
        """Release the files; no query may be under way."""
        self._client.close()


def _client(folder: Path) -> "Client":
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False))
    return cast("Client", client)  # typed as its interface, which lacks close()
