"""Question -> query -> evidence -> answer: the pipeline, and what it needs from outside."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

import numpy as np
import numpy.typing as npt

from innoqa import extraction, fusion, table_questions
from innoqa.citing import Draft, Span, cell_span, numbered
from innoqa.contract import checked_question
from innoqa.domain import (
    Abstention,
    Answer,
    Corpus,
    Document,
    Hit,
    IndexedTable,
    Passage,
    Query,
    Reply,
    Turn,
)
from innoqa.question_types import Wanted
from innoqa.words import words

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

CANDIDATES = 100
"""How many passages each retriever proposes."""

FUSED = 150
"""How many of the proposals are scored sentence by sentence."""

REFINED = 30
"""How many of the best candidates are looked at word by word."""

REACH = 8
"""How many passages before and after one belong to its surroundings."""

ENOUGH = 0.4
"""The confidence below which the nearest passages are shown instead of an answer."""

UNKNOWN_TRUST = 0.25
"""What the confidence of a table's row is multiplied by where the corpus lacks a word asked for."""

TABLES = 12
"""How many tables a question may be computed from."""

TABLE_ROWS = 100
"""How many table rows each retriever proposes tables by."""

NEAREST = 3
"""How many passages are shown in place of an answer."""

COVERAGE = 8
"""How many documents are named as what the corpus covers."""


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
    def titles(self, limit: int) -> tuple[str, ...]: ...
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

    @property
    def has_tables_alone(self) -> bool:
        """Whether there is no text but that of tables."""
        return len(self.table_rows) == len(self.vectors.edges) - 1

    def search(self, query: Query, limit: int) -> tuple[Hit, ...]:
        """The best passages for a query, best first, each text once.

        Both retrievers propose candidates; then each sentence of each candidate is scored exactly
        (see ``fusion``). Ties fall to the smaller passage id, so the same index and query always
        give the same hits.
        """
        vector = self.encoder.encode(query.text)
        rows = self._candidates(query, vector)
        if not len(rows):
            return ()
        weights = self.passage_words.weights(query.text)
        starts, ends = self.vectors.edges[rows], self.vectors.edges[rows + 1]
        places = np.concatenate([np.arange(s, e) for s, e in zip(starts, ends, strict=True)])
        signals = fusion.Signals(
            sentence_cosine=self.vectors.sentences(places) @ vector,
            sentence_coverage=self.sentence_words.coverage(weights)[places],
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
        return fusion.refined(query.text, candidates, self.passage_words.terms, weights)[:limit]

    def tables(self, query: Query, hits: Sequence[Hit]) -> list[IndexedTable]:
        """The tables that a question may be computed from: those with the best rows first."""
        by_words = self.passage_words.scores(query.text)[self.table_rows]
        rows = self.table_rows[fusion.top_positive(by_words, TABLE_ROWS)]
        near = self.catalog.rows([hit.passage.id for hit in hits if hit.passage.cell])
        ids = self.catalog.table_ids([*rows.tolist(), *sorted(near.values())])
        return [self.catalog.table(table_id) for table_id in ids[:TABLES]]

    def around(self, passage: Passage) -> list[Passage]:
        """The passages around one in its document, itself included, in reading order."""
        return self.catalog.around(passage.id, REACH)

    def _candidates(self, query: Query, vector: Floats) -> Rows:
        """What either retriever proposes, fused and without duplicates."""
        near = self.catalog.rows(self.dense.nearest(vector, CANDIDATES))
        rows = np.array(sorted(near.values()), np.int64)
        by_meaning = rows[np.argsort(-self.vectors.passages(rows) @ vector, kind="stable")]
        by_words = fusion.top_positive(self.passage_words.scores(query.text), CANDIDATES)
        return fusion.reciprocal_rank_fusion([by_meaning.tolist(), by_words.tolist()], FUSED)


@dataclass(frozen=True, slots=True)
class Assistant:
    """Answers questions over whatever index is published at the moment of asking."""

    open_index: Callable[[], AbstractContextManager[Index]]
    sources: int

    def search(self, question: str) -> tuple[Hit, ...]:
        """The best passages for a question, best first. Raises QuestionError as ``answer``."""
        asked = checked_question(question)
        with self.open_index() as index:
            return index.search(Query(index.speller.corrected(asked)), self.sources)

    def answer(self, question: str) -> Turn:
        """Everything that comes of one question. Raises QuestionError for what is no question."""
        started = perf_counter()
        asked = checked_question(question)
        with self.open_index() as index:
            query = Query(index.speller.corrected(asked))
            found = index.search(query, max(REFINED, self.sources))
            reply, drawn_on, composer = self._reply(query, found, index)
        return Turn(
            question=question,
            query=query,
            hits=drawn_on,
            reply=reply,
            composer=composer,
            elapsed_ms=(perf_counter() - started) * 1000,
        )

    def _reply(
        self, query: Query, found: tuple[Hit, ...], index: Index
    ) -> tuple[Reply, tuple[Hit, ...], str]:
        """The reply, what it could draw on, and what put it into words."""
        hits = found[: self.sources]
        tables = index.tables(query, hits)
        said = table_questions.answer(query.text, tables, alone=index.has_tables_alone)
        if said is None or _may_be_in_texts(said, hits, index):
            return _from_texts(query, hits, index), hits, "extractive"
        drawn_on = _with_rows(said, hits)
        if isinstance(said, table_questions.Refused):
            return _refused(said, drawn_on, index), drawn_on, "computed"
        if not said.rest:
            beside, told_in = _beside(said, found)
            composer = "computed, extractive" if beside else "computed"
            return _computed(said, None, beside), _joined(drawn_on, told_in), composer
        rest = Query(said.rest)
        hits = index.search(rest, self.sources) if rest != query else hits
        answer = _from_texts(rest, hits, index)
        composer = "computed, extractive" if isinstance(answer, Answer) else "computed"
        return _computed(said, answer, []), _joined(drawn_on, hits), composer

    def corpus(self) -> Corpus:
        """What the published index is about."""
        with self.open_index() as index:
            return index.corpus

    def document(self, document_id: str) -> Document | None:
        """A document of the published index, or None where there is none of that id."""
        with self.open_index() as index:
            return index.catalog.document(document_id)

    def texts(self) -> dict[str, str]:
        """The text of every document of the published index, by its source."""
        with self.open_index() as index:
            return {document.source: document.text for document in index.catalog.documents()}


def _from_texts(query: Query, hits: tuple[Hit, ...], index: Index) -> Answer | Abstention:
    confidence = hits[0].confidence if hits else 0.0
    if hits and hits[0].passage.cell and _asks_for_the_unknown(query, index):
        confidence *= UNKNOWN_TRUST
    if confidence >= ENOUGH:
        terms = index.sentence_words.terms
        answer = extraction.compose(query, hits, terms, index.around, confidence)
        if answer is not None:
            return answer
    return Abstention(
        reason="Nothing in the corpus answers this question clearly enough.",
        nearest=hits[:NEAREST],
        coverage=index.catalog.titles(COVERAGE),
        confidence=confidence,
    )


_AMOUNT = re.compile(r"\b(?:number|amount|value|worth|rate|level) of\b|\bworth\b", re.IGNORECASE)


def _asks_for_the_unknown(query: Query, index: Index) -> bool:
    """Whether a number is asked for of something that the corpus never speaks of.

    However near the rows of other numbers lie, it is not among them.
    """
    number = Wanted.by(query.text).kind in ("number", "share") or _AMOUNT.search(query.text)
    if not number:
        return False
    meant = (word for word in words(query.text) if word.stem not in table_questions.FUNCTION_WORDS)
    return any(w.text.isalpha() and not index.passage_words.knows(w.text) for w in meant)


def _beside(
    said: table_questions.Computed, hits: Sequence[Hit]
) -> tuple[list[Draft], tuple[Hit, ...]]:
    """What the texts say of a figure, where they give another, and where they say it."""
    if not said.is_figure or not said.known:
        return [], ()
    passages = (hit.passage for hit in hits)
    found = table_questions.told_beside(said.known, said.asked_year, passages)
    drafts = [Draft(s.text, (Span(p, s.start, s.end, s.references),)) for p, s in found]
    told_in = {passage.id for passage, _ in found}
    return drafts, tuple(hit for hit in hits if hit.passage.id in told_in)


def _joined(first: Sequence[Hit], more: Sequence[Hit]) -> tuple[Hit, ...]:
    known = {hit.passage.id for hit in first}
    return (*first, *(hit for hit in more if hit.passage.id not in known))


def _computed(
    said: table_questions.Computed, rest: Reply | None, beside: Sequence[Draft]
) -> Answer:
    drafts = [
        Draft(told.text, tuple(cell_span(passage, seen) for passage, seen in told.cells))
        for told in said.told
    ]
    drafts.extend(beside)
    if isinstance(rest, Answer):
        drafts.extend(
            Draft(
                statement.text,
                tuple(
                    Span(c.passage, c.start, c.end, c.references, c.observation)
                    for c in statement.citations
                ),
            )
            for statement in rest.statements
        )
    return Answer(numbered(drafts), said.confidence, said.computation, said.conflicts)


def _refused(said: table_questions.Refused, drawn_on: Sequence[Hit], index: Index) -> Abstention:
    return Abstention(
        reason=said.reason,
        nearest=tuple(drawn_on[:NEAREST]),
        coverage=index.catalog.titles(COVERAGE),
        confidence=1 - said.confidence,
    )


def _may_be_in_texts(said: table_questions.TableReply, hits: Sequence[Hit], index: Index) -> bool:
    """Whether the texts may know what no table has.

    A name that no sentence found has beside the indicator is not there; nor is a word that the
    whole corpus lacks.
    """
    if not isinstance(said, table_questions.Refused) or not said.lacking:
        return False
    lacking, measure = said.lacking
    if not lacking[:1].isupper() and all(map(index.passage_words.knows, lacking.split())):
        return True
    wanted = {word.stem for word in words(f"{lacking} {measure}")} - {"of", "the", "and"}
    texts = (hit.passage for hit in hits if hit.passage.cell is None)
    return any(
        wanted <= {word.stem for word in words(sentence.text)}
        for passage in texts
        for sentence in passage.sentences
    )


def _with_rows(said: table_questions.TableReply, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """The rows that a reply was computed from, then what was found besides."""
    if isinstance(said, table_questions.Refused):
        cells = said.cells
    else:
        cells = tuple(cell for told in said.told for cell in told.cells)
    rows = {passage.id: passage for passage, _ in cells}
    known = {hit.passage.id: hit for hit in hits}
    score = hits[0].score if hits else 0.0
    first = tuple(
        known.get(name) or Hit(passage, score, (score,) * len(passage.sentences), said.confidence)
        for name, passage in rows.items()
    )
    return (*first, *(hit for hit in hits if hit.passage.id not in rows))
