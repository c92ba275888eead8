"""An index as far as some of its passages go: what a question to chosen documents is asked of.

Filtering is exact: no passage outside is proposed, and none inside is passed over for one outside.
Rows are numbers of passages in the index, ascending, shape (passages,).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from innoqa.domain import Passage

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

_AT_ONCE = 8192
"""Vectors that are compared at a time, so that memory stays small."""


class _Vectors(Protocol):
    def passages(self, rows: Rows) -> Floats: ...


class _Catalog(Protocol):
    def passages(self, rows: Sequence[int]) -> list[Passage]: ...


class _Words(Protocol):
    def scores(self, text: str) -> Floats: ...
    def weights(self, text: str) -> dict[str, float]: ...
    def coverage(self, weights: Mapping[str, float]) -> Floats: ...
    def terms(self, text: str) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class NearestWithin:
    """Finds the passages of some rows that are nearest to a vector, by comparing it with each."""

    vectors: _Vectors
    catalog: _Catalog
    rows: Rows

    def nearest(self, vector: Floats, limit: int) -> Sequence[str]:
        """The ids of the passages nearest to a unit vector, nearest first."""
        parts = [self.rows[at : at + _AT_ONCE] for at in range(0, len(self.rows), _AT_ONCE)]
        if not parts:
            return ()
        scores = np.concatenate([self.vectors.passages(part) @ vector for part in parts])
        best = self.rows[np.argsort(-scores, kind="stable")[:limit]]
        return tuple(passage.id for passage in self.catalog.passages(best.tolist()))


@dataclass(frozen=True, slots=True)
class WordsWithin:
    """A lexical index that finds words in some rows alone; how rare they are is as in all."""

    words: _Words
    rows: Rows

    def scores(self, text: str) -> Floats:
        """The score of every indexed text, shape (texts,); 0 outside the rows."""
        scores = self.words.scores(text)
        within = np.zeros_like(scores)
        within[self.rows] = scores[self.rows]
        return within

    def weights(self, text: str) -> dict[str, float]:
        """The terms of a text, each with its weight in the whole index."""
        return self.words.weights(text)

    def coverage(self, weights: Mapping[str, float]) -> Floats:
        """The weighted share of the terms that each indexed text holds, shape (texts,)."""
        return self.words.coverage(weights)

    def knows(self, word: str) -> bool:
        """Whether some text within the rows holds the word, in any of its forms."""
        return bool(self.words.scores(word)[self.rows].any())

    def terms(self, text: str) -> list[str]:
        """The terms that the index sees in a text."""
        return self.words.terms(text)
