"""The assistant with a part left out: indexes whose parts find nothing, and how much that costs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from innoqa.answering import Assistant
from innoqa.evaluation import measures
from innoqa.evaluation.asking import RetrievalMeasures, Watch, ask
from innoqa.evaluation.comparing import adjust, tested
from innoqa.evaluation.records import Ablation, Question
from innoqa.indexing import Progress
from innoqa.metrics import EvalQuestion
from innoqa.searching import (
    DenseRetriever,
    Encoder,
    Floats,
    Index,
    LexicalIndex,
    PassageCatalog,
    Rows,
)

TESTED = ("nDCG@10", "correctness")
"""The measures whose differences are tested."""


@dataclass(frozen=True, slots=True)
class Variant:
    """An index with a part left out, asked with or without the reader."""

    name: str
    definition: str
    change: Callable[[Index], Index]
    reads: bool = False


@dataclass(frozen=True, slots=True)
class Shipped:
    """The assistant as it ships and without its reader, each with its own calibration."""

    assistant: Assistant
    without_reader: Assistant


def ablate(
    shipped: Shipped,
    questions: Sequence[EvalQuestion],
    asked: Sequence[Question],
    retrieval_measures: RetrievalMeasures,
    progress: Progress,
) -> list[Ablation]:
    """Ask every variant the questions that were ``asked`` of the assistant as it ships.

    Each is compared with the latter, question by question; the p values of all tests are adjusted
    together (Holm 1979).
    """
    found = []
    for variant in VARIANTS:
        base = shipped.assistant if variant.reads else shipped.without_reader
        watch = Watch(variant.name, progress)
        replies = ask(_changed(base, variant.change), questions, retrieval_measures, watch)
        found.append(_ablation(variant, asked, replies))
    adjust([one for ablation in found for one in ablation["differences"].values()])
    return found


def _ablation(variant: Variant, asked: Sequence[Question], replies: Sequence[Question]) -> Ablation:
    return {
        "name": variant.name,
        "definition": variant.definition,
        "figures": measures.figures(replies),
        "differences": tested(asked, replies, TESTED),
    }


def _changed(assistant: Assistant, change: Callable[[Index], Index]) -> Assistant:
    @contextmanager
    def open_index() -> Iterator[Index]:
        with assistant.open_index() as index:
            yield change(index)

    return replace(assistant, open_index=open_index)


def _lexical_only(index: Index) -> Index:
    return replace(index, encoder=_Nowhere(index.encoder), dense=_NoNeighbours())


def _dense_only(index: Index) -> Index:
    return replace(
        index,
        passage_words=_NoScores(index.passage_words),
        sentence_words=_NoScores(index.sentence_words),
    )


def _as_it_is(index: Index) -> Index:
    return index


def _without_rows(index: Index) -> Index:
    rows = index.table_rows
    return replace(
        index,
        dense=_DenseWithoutRows(index.dense, index.catalog, rows),
        passage_words=_WordsWithoutRows(index.passage_words, rows),
    )


VARIANTS = (
    Variant(
        "lexical only",
        "BM25 proposes; words, year and answer type rank: no vectors, no reader",
        _lexical_only,
    ),
    Variant(
        "dense only",
        "the embedder proposes; cosines, year and answer type rank: no BM25, no reader",
        _dense_only,
    ),
    Variant(
        "fused without reader",
        "both propose; words, cosines, year and answer type rank: no reader",
        _as_it_is,
    ),
    Variant(
        "rows not verbalised",
        "as shipped, but no table row is found, and so nothing is computed from tables",
        _without_rows,
        reads=True,
    ),
)
"""What is left out; the assistant as it ships has both retrievers, the rows and the reader."""


@dataclass(frozen=True, slots=True)
class _Nowhere:
    """An encoder that is as far from every text: all cosines are 0."""

    encoder: Encoder

    def encode(self, text: str) -> Floats:
        return np.zeros_like(self.encoder.encode(text))


@dataclass(frozen=True, slots=True)
class _NoNeighbours:
    """A dense retriever that proposes nothing."""

    def nearest(self, _vector: Floats, _limit: int) -> Sequence[str]:
        return ()


@dataclass(frozen=True, slots=True)
class _NoScores:
    """A lexical index that knows the corpus's words and scores no text for them."""

    words: LexicalIndex

    def scores(self, text: str) -> Floats:
        return np.zeros_like(self.words.scores(text))

    def weights(self, text: str) -> dict[str, float]:
        return dict.fromkeys(self.words.weights(text), 0.0)

    def coverage(self, weights: Mapping[str, float]) -> Floats:
        return np.zeros_like(self.words.coverage(weights))

    def knows(self, word: str) -> bool:
        return self.words.knows(word)

    def terms(self, text: str) -> list[str]:
        return self.words.terms(text)


@dataclass(frozen=True, slots=True)
class _DenseWithoutRows:
    """A dense retriever that passes over the rows of tables."""

    dense: DenseRetriever
    catalog: PassageCatalog
    table_rows: Rows

    def nearest(self, vector: Floats, limit: int) -> Sequence[str]:
        ids = self.dense.nearest(vector, limit + len(self.table_rows))
        rows, of_tables = self.catalog.rows(ids), set(self.table_rows.tolist())
        return [name for name in ids if rows[name] not in of_tables][:limit]


@dataclass(frozen=True, slots=True)
class _WordsWithoutRows:
    """A lexical index that finds no word in the rows of tables."""

    words: LexicalIndex
    table_rows: Rows

    def scores(self, text: str) -> Floats:
        scores = self.words.scores(text).copy()
        scores[self.table_rows] = 0
        return scores

    def weights(self, text: str) -> dict[str, float]:
        return self.words.weights(text)

    def coverage(self, weights: Mapping[str, float]) -> Floats:
        return self.words.coverage(weights)

    def knows(self, word: str) -> bool:
        return self.words.knows(word)

    def terms(self, text: str) -> list[str]:
        return self.words.terms(text)
