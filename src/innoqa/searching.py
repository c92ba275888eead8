"""What an index is asked for: passages for a query, tables, and how a question is read.

``Index`` is one published generation, open for reading; the Protocols are what it needs from
outside.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from innoqa import follow_ups, fusion, scoping
from innoqa.domain import (
    Conversation,
    Corpus,
    Document,
    Hit,
    IndexedDocument,
    IndexedTable,
    Passage,
    Query,
    Reading,
)
from innoqa.scripts import is_latin

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

CANDIDATES = 100
"""How many passages each retriever proposes."""

FUSED = 150
"""How many of the proposals are scored sentence by sentence."""

REFINED = 30
"""How many of the best candidates are looked at word by word."""

READ = 6
"""How many of the best passages the reader reads."""

REACH = 8
"""How many passages before and after one belong to its surroundings."""

TABLES = 12
"""How many tables a question may be computed from."""

TABLE_ROWS = 100
"""How many table rows each retriever proposes tables by."""


class Encoder(Protocol):
    """Turns a question into a unit vector."""

    def encode(self, text: str) -> Floats: ...


class DenseRetriever(Protocol):
    """Finds the passages nearest to a vector."""

    def nearest(self, vector: Floats, limit: int) -> Sequence[str]: ...


class LexicalIndex(Protocol):
    """Scores every indexed text for the words of a query."""

    def scores(self, text: str) -> Floats: ...
    def weights(self, text: str) -> dict[str, float]: ...
    def coverage(self, weights: Mapping[str, float]) -> Floats: ...
    def knows(self, word: str) -> bool: ...
    def terms(self, text: str) -> list[str]: ...


class Reader(Protocol):
    """Judges whether and where passages answer a question."""

    def read(self, question: str, passages: Sequence[Passage]) -> Sequence[Reading]: ...


class Speller(Protocol):
    """Mends misspelt words."""

    def corrected(self, question: str) -> str: ...


class ExactVectors(Protocol):
    """Passage and sentence vectors by row."""

    edges: Rows

    def passages(self, rows: Rows) -> Floats: ...
    def sentences(self, places: Rows) -> Floats: ...


class PassageCatalog(Protocol):
    """Passages and documents by row and id."""

    def rows(self, passage_ids: Sequence[str]) -> dict[str, int]: ...
    def passages(self, rows: Sequence[int]) -> list[Passage]: ...
    def around(self, passage_id: str, reach: int) -> list[Passage]: ...
    def document(self, document_id: str) -> Document | None: ...
    def documents(self) -> Iterator[Document]: ...
    def listing(self) -> Iterator[IndexedDocument]: ...
    def passages_of(self, document_id: str) -> list[Passage]: ...
    def titles(self, limit: int) -> tuple[str, ...]: ...
    def within(self, document_ids: Collection[str]) -> Self: ...
    def passage_rows(self) -> Rows: ...
    def table_rows(self) -> Rows: ...
    def table_ids(self, rows: Sequence[int]) -> list[str]: ...
    def table(self, table_id: str) -> IndexedTable: ...


@dataclass(frozen=True, slots=True)
class Index:
    """One published generation, open for reading."""

    name: str
    corpus: Corpus
    speller: Speller
    encoder: Encoder
    dense: DenseRetriever
    passage_words: LexicalIndex
    sentence_words: LexicalIndex
    vectors: ExactVectors
    catalog: PassageCatalog
    table_rows: Rows
    reader: Reader | None = None
    rows: Rows | None = None
    """Those that questions are asked of; None for all."""
    reads: Callable[[str], bool] = is_latin
    """Whether the encoder was trained on texts like one: else words alone find and rank."""

    @property
    def has_tables_alone(self) -> bool:
        """Whether there is no text but that of tables."""
        passages = len(self.vectors.edges) - 1 if self.rows is None else len(self.rows)
        return len(self.table_rows) == passages

    def within(self, document_ids: Collection[str]) -> "Index":
        """The index as far as some documents go: of the others nothing is found or told."""
        catalog = self.catalog.within(document_ids)
        rows = catalog.passage_rows()
        return replace(
            self,
            dense=scoping.NearestWithin(self.vectors, catalog, rows),
            passage_words=scoping.WordsWithin(self.passage_words, rows),
            catalog=catalog,
            table_rows=catalog.table_rows(),
            rows=rows,
        )

    def search(self, query: Query, limit: int) -> tuple[Hit, ...]:
        """The best passages for a query, best first, each text once.

        Both retrievers propose candidates; then each sentence of each candidate is scored exactly
        (see ``fusion``). Ties fall to the smaller passage id, so the same index and query always
        give the same hits. The best few are read, where there is a reader, and ranked anew.
        """
        vector = self.encoder.encode(query.text) if self.reads(query.text) else None
        rows = self._candidates(query, vector)
        if not len(rows):
            return ()
        weights = self.passage_words.weights(query.text)
        starts, ends = self.vectors.edges[rows], self.vectors.edges[rows + 1]
        places = np.concatenate([np.arange(s, e) for s, e in zip(starts, ends, strict=True)])
        coverage = self.sentence_words.coverage(weights)[places]
        signals = fusion.Signals(
            sentence_cosine=(
                fusion.COSINE_OF_WORDS * coverage
                if vector is None
                else self.vectors.sentences(places) @ vector
            ),
            sentence_coverage=coverage,
            passage_coverage=self.passage_words.coverage(weights)[rows],
            owner=np.repeat(np.arange(len(rows)), ends - starts),
        )
        best = np.argsort(-signals.passages(), kind="stable")[: max(REFINED, limit)]
        by_sentence = signals.sentences()
        candidates = [
            (passage, by_sentence[signals.owner == number])
            for number, passage in zip(
                best, self.catalog.passages(rows[best].tolist()), strict=True
            )
        ]
        hits = fusion.refined(query.text, candidates, self.passage_words.terms, weights)
        if self.reader is None or not is_latin(query.text):
            return hits[:limit]  # the reader learnt English alone
        readings = self.reader.read(query.text, [hit.passage for hit in hits[:READ]])
        return fusion.with_readings(hits, readings)[:limit]

    def tables(self, query: Query, hits: Sequence[Hit]) -> list[IndexedTable]:
        """The tables that a question may be computed from: those with the best rows first."""
        by_words = self.passage_words.scores(query.text)[self.table_rows]
        rows = self.table_rows[fusion.top_positive(by_words, TABLE_ROWS)]
        near = self.catalog.rows([hit.passage.id for hit in hits if hit.passage.cell])
        ids = self.catalog.table_ids([*rows.tolist(), *sorted(near.values())])
        return [self.catalog.table(table_id) for table_id in ids[:TABLES]]

    def resolve(self, question: str, conversation: Conversation) -> Query:
        """The query that a question stands for after the turns of a conversation."""
        if not conversation.turns:
            return Query(question)
        near = Query(f"{conversation.turns[-1].query.text} {question}")
        known = follow_ups.Known.of(self.tables(near, ()))
        return follow_ups.resolve(question, conversation, known)

    def around(self, passage: Passage) -> list[Passage]:
        """The passages around one in its document, itself included, in reading order."""
        return self.catalog.around(passage.id, REACH)

    def _candidates(self, query: Query, vector: Floats | None) -> Rows:
        """What either retriever proposes, fused and without duplicates."""
        by_words = fusion.top_positive(self.passage_words.scores(query.text), CANDIDATES)
        if vector is None:
            return by_words
        near = self.catalog.rows(self.dense.nearest(vector, CANDIDATES))
        rows = np.array(sorted(near.values()), np.int64)
        by_meaning = rows[np.argsort(-self.vectors.passages(rows) @ vector, kind="stable")]
        return fusion.reciprocal_rank_fusion([by_meaning.tolist(), by_words.tolist()], FUSED)
