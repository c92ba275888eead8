"""Candidates of several retrievers -> one ranking of passages and of their sentences.

The score of a sentence adds what is known of it and of its passage, on scales that do not depend
on the other candidates: so a score means the same for every question, and tells how much the best
sentence can be trusted.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from innoqa.domain import Hit, Passage

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

# Fitted on SQuAD 2.0, checked on CLAPnq: docs/decisions/0004-ranking.md
SENTENCE_COSINE = 1.0
SENTENCE_COVERAGE = 0.5
PASSAGE_COSINE = 0.3
PASSAGE_COVERAGE = 0.4
RANK_CONSTANT = 60
CONFIDENCE_SLOPE, CONFIDENCE_OFFSET = 11.0, -10.4


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of c candidate passages with s sentences in all.

    Cosines are those of unit vectors; coverages the share of the query's terms that is present,
    rarer terms weighing more. ``owner`` gives each sentence's passage among the candidates.
    """

    passage_cosine: Floats  # (c,)
    passage_coverage: Floats  # (c,)
    sentence_cosine: Floats  # (s,)
    sentence_coverage: Floats  # (s,)
    owner: Rows  # (s,)


@dataclass(frozen=True, slots=True)
class Scores:
    """One score for each candidate passage and each of its sentences, higher is better."""

    passages: Floats
    sentences: Floats
    owner: Rows


def top_positive(scores: Floats, limit: int) -> Rows:
    """The positions of the highest scores above zero, best first, at most ``limit``."""
    order = np.argsort(-scores, kind="stable")[:limit]
    return np.asarray(order[scores[order] > 0], np.int64)


def reciprocal_rank_fusion(rankings: Sequence[Sequence[int]], limit: int) -> Rows:
    """The rows that several rankings propose, best first (Cormack et al. 2009), ties to the lower.

    A row scores the sum of 1 / (60 + its rank) over the rankings that hold it.
    """
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, row in enumerate(ranking, start=1):
            scores[row] = scores.get(row, 0.0) + 1 / (RANK_CONSTANT + rank)
    best = sorted(scores, key=lambda row: (-scores[row], row))[:limit]
    return np.array(best, np.int64)


def score(signals: Signals) -> Scores:
    """A sentence scores by its own signals and its passage's; a passage by its best sentence."""
    base = (
        PASSAGE_COSINE * signals.passage_cosine + PASSAGE_COVERAGE * signals.passage_coverage
    )
    sentences = (
        SENTENCE_COSINE * signals.sentence_cosine
        + SENTENCE_COVERAGE * signals.sentence_coverage
        + base[signals.owner]
    )
    passages = np.full(len(base), -np.inf, np.float32)
    np.maximum.at(passages, signals.owner, sentences)
    return Scores(passages, np.asarray(sentences, np.float32), signals.owner)


def confidence(best_score: float) -> float:
    """The estimated probability that the corpus answers a query whose best hit scores this."""
    return 1 / (1 + math.exp(-(CONFIDENCE_SLOPE * best_score + CONFIDENCE_OFFSET)))


def best_hits(passages: Sequence[Passage], scores: Scores, limit: int) -> tuple[Hit, ...]:
    """The best passages, equal texts once, ties to the smaller id."""
    order = sorted(range(len(passages)), key=lambda i: (-scores.passages[i], passages[i].id))
    hits: list[Hit] = []
    seen: set[str] = set()
    for i in order:
        words = passages[i].words.casefold()
        if words in seen:
            continue
        seen.add(words)
        of_sentences = scores.sentences[scores.owner == i]
        hits.append(Hit(passages[i], float(scores.passages[i]), tuple(map(float, of_sentences))))
        if len(hits) == limit:
            break
    return tuple(hits)
