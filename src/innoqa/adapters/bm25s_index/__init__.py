"""Lexical retrieval: BM25 over terms, by bm25s; memory-mapped when read."""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import bm25s
import numpy as np
import numpy.typing as npt

from innoqa.adapters.bm25s_index.lexicon import Lexicon
from innoqa.domain import Passage

Scores = npt.NDArray[np.float32]

_PRIOR_TEXTS, _PRIOR_HOLDERS = 100, 1
_NOTHING = ""

__all__ = ["Bm25Index", "Bm25Writer", "Lexicon"]


class Bm25Writer:
    """Builds a lexical index over the texts that ``texts`` takes from each passage."""

    def __init__(self, folder: Path, texts: Callable[[Passage], Sequence[str]]) -> None:
        self._folder, self._texts = folder, texts
        self._lexicon = Lexicon()
        self._terms: list[list[str]] = []

    def add(self, passage: Passage, _vectors: object) -> None:
        """Take a passage; its vectors play no part here."""
        # bm25s drops empty texts' columns unless each holds some term.
        self._terms.extend(self._lexicon.terms(text) or [_NOTHING] for text in self._texts(passage))

    def finish(self) -> None:
        """Compute the scores and save them."""
        index = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
        index.index(self._terms or [[_NOTHING]], show_progress=False)
        index.save(self._folder)


class Bm25Index:
    """The lexical index of a published generation."""

    def __init__(self, folder: Path) -> None:
        self._index = bm25s.BM25.load(folder, mmap=True)
        self._lexicon = Lexicon()

    def scores(self, text: str) -> Scores:
        """The BM25 score of every indexed text, shape (texts,); 0 where no term occurs."""
        vocabulary = self._index.vocab_dict
        known = [term for term in dict.fromkeys(self._lexicon.terms(text)) if term in vocabulary]
        if not known:
            return np.zeros(self._index.scores["num_docs"], np.float32)
        return np.asarray(self._index.get_scores(known), np.float32)

    def weights(self, text: str) -> dict[str, float]:
        """The terms of a text, each with its inverse document frequency in this index.

        As if there were 100 texts more and each term stood in one of them: a handful of texts
        tells little of how rare a word is.
        """
        count = self._index.scores["num_docs"] + _PRIOR_TEXTS
        found = {t: len(self._holders(t)) + _PRIOR_HOLDERS for t in self._lexicon.terms(text)}
        return {t: math.log(1 + (count - n + 0.5) / (n + 0.5)) for t, n in found.items()}

    def coverage(self, weights: Mapping[str, float]) -> Scores:
        """The weighted share of the terms that each indexed text holds, shape (texts,), 0 to 1.

        A term that no indexed text holds counts as missing in all of them.
        """
        covered = np.zeros(self._index.scores["num_docs"], np.float32)
        for term, weight in weights.items():
            covered[self._holders(term)] += weight
        return np.asarray(covered / max(sum(weights.values()), 1e-9), np.float32)

    def knows(self, word: str) -> bool:
        """Whether some indexed text holds the word, in any of its forms."""
        return any(len(self._holders(term)) for term in self._lexicon.terms(word))

    def _holders(self, term: str) -> npt.NDArray[np.int32]:
        """The texts in which a term occurs."""
        column = self._index.vocab_dict.get(term)
        if column is None:
            return np.zeros(0, np.int32)
        edges, texts = self._index.scores["indptr"], self._index.scores["indices"]
        return np.asarray(texts[edges[column] : edges[column + 1]])

    def terms(self, text: str) -> list[str]:
        """The terms that the index sees in a text."""
        return self._lexicon.terms(text)
