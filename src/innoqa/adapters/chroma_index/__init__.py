"""Dense retrieval: a Chroma collection of one generation, with our own vectors.

It is kept in the generation's folder, or on a server (``server``); it is derived and disposable:
built once by one writer, verified, then only read. Its HNSW graph proposes candidates; exact scores
are computed from the vectors beside it. A vector far from all others may have no way to it in the
graph: such strays are found out when the collection is verified, written beside it, and proposed
for every question.
"""

import json
import os
import weakref
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from innoqa.adapters.chroma_index.places import COLLECTION, FOLDER, HNSW, Opened, Place
from innoqa.adapters.chroma_index.server import Server, forget, named, record_in
from innoqa.domain import Passage
from innoqa.errors import IndexBroken, IndexMismatch, MemoryShort

if TYPE_CHECKING:
    from chromadb.api.client import Client

__all__ = [
    "COLLECTION",
    "ChromaRetriever",
    "ChromaWriter",
    "Embedded",
    "Place",
    "Server",
    "is_write_protected",
    "place",
]

Vectors = npt.NDArray[np.float32]

STARTED_WITHIN = 60
"""Seconds that Chroma may take to start over a folder; it takes a fraction of one."""

_FILE = "chroma.sqlite3"
_BATCH = 2000
_NUMBERS = 4_000_000
"""Components of vectors that are sent at a time."""
_FEW_STRAYS, _STRAY_SHARE = 10, 0.01


def place(address: str, token: str = "", authority: str = "") -> Place:
    """Where generations keep their vectors: in their folders, or on the server of an address."""
    return Server(address, token, authority) if address else Embedded()


class Embedded:
    """Collections in the folders of their generations."""

    def create(self, folder: Path, embedder: str) -> Opened:
        """See ``Place``."""
        client = _client(folder)
        collection = client.create_collection(
            COLLECTION,
            configuration={"hnsw": HNSW},
            metadata={"embedder": embedder},
            embedding_function=None,
        )
        return Opened(collection, client.get_max_batch_size(), str(folder), client.close)

    def completed(self, folder: Path, passages: int) -> None:
        """See ``Place``."""

    def open(self, folder: Path) -> Opened:
        """See ``Place``."""
        from chromadb.errors import ChromaError

        if not folder.is_dir():
            raise IndexBroken(f"{folder} is not there. Delete the folder above and ingest again.")
        with ExitStack() as failing:
            try:
                client = _client(folder)
                failing.callback(client.close)
                collection = client.get_collection(COLLECTION, embedding_function=None)
            except (ChromaError, OSError, ValueError) as error:
                raise _damaged(folder, error) from error
            failing.pop_all()
        return Opened(collection, client.get_max_batch_size(), str(folder), client.close)

    def reopen(self, folder: Path) -> Opened:
        """See ``Place``."""
        return self.open(folder)

    def named(self, generation: Path) -> Mapping[str, Any]:
        """See ``Place``."""
        return named(generation)

    def holds(self, generation: Path) -> bool:
        """See ``Place``."""
        return (generation / FOLDER / _FILE).is_file()

    def drop(self, generation: Path) -> bool:
        """See ``Place``."""
        return forget(generation, None)


def _damaged(folder: Path, error: Exception) -> IndexBroken:
    return IndexBroken(f"{folder} is damaged ({error}). Delete the folder above and ingest again.")


def is_write_protected(folder: Path) -> bool:
    """Whether a collection is there that Chroma cannot open, since it writes even to read."""
    return (folder / _FILE).is_file() and not all(
        os.access(path, os.W_OK) for path in (folder, *folder.iterdir())
    )


class ChromaWriter:
    """Fills the collection of a generation that is being built."""

    def __init__(self, folder: Path, embedder: str, place: Place | None = None) -> None:
        self._folder, self._place = folder, place or Embedded()
        self._opened = self._place.create(folder, embedder)
        self._close = _closing(self, self._opened)
        self._waiting: list[tuple[Passage, Vectors]] = []
        self._added = 0

    def add(self, passage: Passage, vectors: Vectors) -> None:
        """Take a passage; ``vectors[0]`` is its own."""
        self._waiting.append((passage, vectors[0]))
        if len(self._waiting) >= min(
            self._opened.most, _BATCH, max(1, _NUMBERS // vectors.shape[1])
        ):
            self._flush()

    def finish(self) -> None:
        """Write what waits, reopen, and note each passage that its own vector does not find.

        Raises IndexBroken when vectors are missing or more than a few are not found.
        """
        self._flush()
        self._close()
        opened = self._place.reopen(self._folder)
        try:
            with opened.told():
                strays = self._verify(opened.collection, opened.where)
        finally:
            opened.close()
        _strays_beside(self._folder).write_text(json.dumps(strays), "utf-8")
        self._place.completed(self._folder, self._added)

    def _flush(self) -> None:
        if not self._waiting:
            return
        with self._opened.told():
            self._opened.collection.add(
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

    def _verify(self, collection: Any, where: str) -> list[str]:
        if collection.count() != self._added:
            raise IndexBroken(
                f"{where} holds {collection.count()} vectors of {self._added}. Ingest again."
            )
        strays = [
            name for first in range(0, self._added, 500) for name in _lost(collection, first, 500)
        ]
        if len(strays) > max(_FEW_STRAYS, _STRAY_SHARE * self._added):
            raise IndexBroken(
                f"{where} does not find {len(strays)} of {self._added} vectors again. Ingest again."
            )
        return strays


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

    def __init__(self, folder: Path, place: Place | None = None) -> None:
        from chromadb.errors import ChromaError

        self._opened = _place_of(folder, place or Embedded()).open(folder)
        self._close = _closing(self, self._opened)
        try:
            with self._opened.told():
                self._count = self._opened.collection.count()
            self._strays = tuple(json.loads(_strays_beside(folder).read_text("utf-8")))
        except (ChromaError, OSError, ValueError) as error:
            self._close()
            raise _damaged(folder, error) from error

    def nearest(self, vector: Vectors, limit: int) -> Sequence[str]:
        """The ids of the passages nearest to a unit vector, nearest first, then every stray's."""
        if self._count == 0:
            return ()
        with self._opened.told():
            found = self._opened.collection.query(
                query_embeddings=vector[None, :], n_results=min(limit, self._count), include=[]
            )
        return tuple(dict.fromkeys((*found["ids"][0], *self._strays)))

    def close(self) -> None:
        """Release the files or connections; no query may be under way."""
        self._close()


def _place_of(folder: Path, place: Place) -> Place:
    """Where the vectors of a generation are. Raises IndexMismatch where that is not what is set."""
    record = record_in(folder)
    if record is None:
        return Embedded()
    if isinstance(place, Server) and place.address == record.address:
        return place
    now = place.address if isinstance(place, Server) else "not set"
    raise IndexMismatch(
        f"The vectors of {folder.parent} are on the Chroma server {record.address}, but "
        f"INNOQA_CHROMA is {now}. Set it to that server, or run innoqa ingest with its documents "
        "again: nothing is embedded again."
    )


def _closing(user: object, opened: Opened) -> Callable[[], object]:
    """Closes a collection, once; by itself when its user is no longer there."""
    closing = weakref.finalize(user, opened.close)
    closing.atexit = False
    return closing


def _client(folder: Path) -> "Client":
    """Chroma over a folder. Raises MemoryShort where it does not start.

    Where it finds no room for its threads it waits for them for ever, so it is not waited for here.
    """
    import chromadb
    from chromadb.config import Settings

    started: Future[Client] = Future()

    def start() -> None:
        try:
            client = chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False))
            started.set_result(cast("Client", client))  # its interface lacks close()
        except BaseException as error:  # noqa: BLE001 - it is raised where it is asked for
            started.set_exception(error)

    try:
        Thread(target=start, name="chroma", daemon=True).start()
        return started.result(STARTED_WITHIN)
    except (TimeoutError, RuntimeError, MemoryError) as error:
        if isinstance(error, RuntimeError) and "thread" not in str(error):
            raise
        raise MemoryShort(
            f"Chroma did not start over {folder} within {STARTED_WITHIN} s: memory is short. "
            "Close other programs and try again; the published index is as it was."
        ) from error
