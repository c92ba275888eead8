"""Where the collections of generations are kept: what writers, readers and publishers need of it.

``folder`` is always the part of a generation that is Chroma's, in the generation's own folder.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from chromadb.api.collection_configuration import CreateHNSWConfiguration

FOLDER = "chroma"
COLLECTION = "passages"
HNSW: "CreateHNSWConfiguration" = {
    "space": "cosine",
    "ef_construction": 200,
    "ef_search": 200,
    "max_neighbors": 32,
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A collection that is open.

    ``most`` is how many records can be added at a time, ``where`` names the collection in messages,
    and ``told`` is entered around each use: errors of reaching it are InnoQA's own there.
    """

    collection: Any
    most: int
    where: str
    close: Callable[[], None]
    told: Callable[[], AbstractContextManager[None]] = nullcontext


class Place(Protocol):
    """Keeps a collection for each generation."""

    def create(self, folder: Path, embedder: str) -> Opened:
        """An empty collection for a generation that is being built."""
        ...

    def completed(self, folder: Path, passages: int) -> None:
        """Note that a collection has been filled and verified."""
        ...

    def open(self, folder: Path) -> Opened:
        """The collection of a generation. Raises IndexBroken where it is not there or not whole."""
        ...

    def reopen(self, folder: Path) -> Opened:
        """The same of one that has just been filled, to verify it: uses may take longer."""
        ...

    def named(self, generation: Path) -> Mapping[str, Any]:
        """What a generation's manifest says of its collection; no secrets."""
        ...

    def holds(self, generation: Path) -> bool:
        """Whether the collection of a generation is kept here, and is whole."""
        ...

    def drop(self, generation: Path) -> bool:
        """Delete what is kept of a generation outside its folder.

        False says that this must be tried again before the folder is deleted.
        """
        ...
