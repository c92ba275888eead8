"""The exact vectors of a generation, as memory-mapped NumPy files in half precision."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from innoqa.domain import Passage

Vectors = npt.NDArray[np.float32]


class VectorWriter:
    """Collects the vectors of a generation that is being built."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._passages: list[npt.NDArray[np.float16]] = []
        self._sentences: list[npt.NDArray[np.float16]] = []

    def add(self, _passage: Passage, vectors: Vectors) -> None:
        """Take the vectors of a passage, shape (1 + sentences, dimensions)."""
        self._passages.append(vectors[:1].astype(np.float16))
        self._sentences.append(vectors[1:].astype(np.float16))

    def finish(self) -> None:
        """Write the files."""
        self._folder.mkdir(parents=True)
        edges = np.cumsum([0, *map(len, self._sentences)], dtype=np.int64)
        np.save(self._folder / "edges.npy", edges)
        for name, parts in (("passages", self._passages), ("sentences", self._sentences)):
            stacked = np.concatenate(parts) if parts else np.zeros((0, 0), np.float16)
            np.save(self._folder / f"{name}.npy", stacked)


class VectorFiles:
    """Passage and sentence vectors; ``edges[row]:edges[row + 1]`` are a passage's sentences."""

    def __init__(self, folder: Path) -> None:
        self._passages = np.load(folder / "passages.npy", mmap_mode="r")
        self._sentences = np.load(folder / "sentences.npy", mmap_mode="r")
        self.edges = np.load(folder / "edges.npy")

    def passages(self, rows: npt.NDArray[np.int64]) -> Vectors:
        """The vectors of the passages in the given rows, shape (rows, dimensions)."""
        return np.asarray(self._passages[rows], np.float32)

    def sentences(self, places: npt.NDArray[np.int64]) -> Vectors:
        """The vectors of sentences by their number in the index, shape (places, dimensions)."""
        return np.asarray(self._sentences[places], np.float32)
