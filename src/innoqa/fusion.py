"""Candidates of several retrievers -> one ranking of passages and of their sentences.

A sentence scores by five terms, each between 0 and 1, that do not depend on the other candidates:
so a score means the same for every question, and tells how far the best sentence can be trusted.
A passage scores as its best sentence.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from innoqa.domain import Hit, Passage, Reading
from innoqa.question_types import Wanted

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

# Fitted by article on SQuAD 2.0, tested on QED: docs/decisions/0004-ranking.md
SENTENCE_COVERAGE = 0.5
PASSAGE_COVERAGE = 0.4
PASSAGE_PAIRS = 0.25
ANSWER_TYPE = 0.15
OTHER_YEAR = 0.25
OTHER_YEAR_TRUST, OTHER_NAMES_TRUST = 0.25, 0.5
CONFIDENCE_SLOPE, CONFIDENCE_OFFSET = 8.73, -8.11
COSINE_OF_WORDS = 0.5
"""What stands for the cosine of a sentence with all words of a question that is not encoded."""
READER, LEAST_LOG = 0.05, -8.0
"""What a sentence gains for each unit of the reader's log likelihood, and where that is cut off."""
RANK_CONSTANT = 60


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of c candidate passages with s sentences in all.

    Coverage is the share of the query's terms that is present, rarer terms weighing more; a
    sentence is credited with the terms of its headings too. ``owner`` gives each sentence's
    passage among the candidates.
    """

    sentence_cosine: Floats  # (s,)
    sentence_coverage: Floats  # (s,)
    passage_coverage: Floats  # (c,)
    owner: Rows  # (s,)

    def sentences(self) -> Floats:
        """The score of each sentence from these signals alone, shape (s,)."""
        of_passage = PASSAGE_COVERAGE * self.passage_coverage[self.owner]
        return np.asarray(
            self.sentence_cosine + SENTENCE_COVERAGE * self.sentence_coverage + of_passage,
            np.float32,
        )

    def passages(self) -> Floats:
        """The score of each passage's best sentence from these signals alone, shape (c,)."""
        best = np.full(len(self.passage_coverage), -np.inf, np.float32)
        np.maximum.at(best, self.owner, self.sentences())
        return best


def top_positive(scores: Floats, limit: int) -> Rows:
    """The positions of the highest scores above zero, best first, at most ``limit``."""
    order = np.argsort(-scores, kind="stable")[:limit]
    return np.asarray(order[scores[order] > 0], np.int64)


def reciprocal_rank_fusion(rankings: Sequence[Sequence[int]], limit: int) -> Rows:
    """The rows that several rankings propose, best first (Cormack et al. 2009), ties to the lower.

    A row scores the sum of 1 / (60 + its rank) over the rankings that hold it.

    >>> reciprocal_rank_fusion([[7, 3], [3, 5]], limit=2).tolist()
    [3, 7]
    """
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, row in enumerate(ranking, start=1):
            scores[row] = scores.get(row, 0.0) + 1 / (RANK_CONSTANT + rank)
    best = sorted(scores, key=lambda row: (-scores[row], row))[:limit]
    return np.array(best, np.int64)


def pair_coverage(
    query_terms: Sequence[str], terms: Sequence[str], weights: Mapping[str, float]
) -> float:
    """The weighted share of the query's neighbouring terms that stand side by side in a text.

    >>> pair_coverage(["high", "tech", "firm"], ["high", "tech"], dict(high=1, tech=1, firm=2))
    0.4
    """
    wanted = {pair: weights[pair[0]] + weights[pair[1]] for pair in pairwise(query_terms)}
    present = set(pairwise(terms))
    whole = sum(wanted.values())
    return sum(w for pair, w in wanted.items() if pair in present) / whole if whole else 0.0


def confidence(best_score: float) -> float:
    """The estimated probability that a corpus answers a query whose best sentence scores this.

    The score is taken without its answer type term, which says nothing of the corpus.
    """
    return 1 / (1 + math.exp(-(CONFIDENCE_SLOPE * best_score + CONFIDENCE_OFFSET)))


def refined(
    question: str,
    candidates: Sequence[tuple[Passage, Floats]],
    terms: Callable[[str], Sequence[str]],
    weights: Mapping[str, float],
) -> tuple[Hit, ...]:
    """Candidates with the scores of their sentences -> hits, best first.

    Adds the two terms that need the words themselves. Equal texts appear once; ties fall to the
    smaller passage id.
    """
    wanted = Wanted.by(question)
    asked = terms(question)
    hits = []
    for passage, scores in candidates:
        text = f"{passage.heading_path}\n{passage.words}"
        pairs = PASSAGE_PAIRS * pair_coverage(asked, terms(text), weights)
        fits = [_fit(wanted, passage, sentence.text) for sentence in passage.sentences]
        misses = [wanted.misses_year(sentence.text) for sentence in passage.sentences]
        of_sentences = tuple(
            float(score) + pairs + ANSWER_TYPE * fit - OTHER_YEAR * miss
            for score, fit, miss in zip(scores, fits, misses, strict=True)
        )
        best = max(range(len(fits)), key=lambda i: of_sentences[i])
        trust = confidence(of_sentences[best] - ANSWER_TYPE * fits[best])
        trust *= OTHER_YEAR_TRUST if misses[best] else 1.0
        trust *= OTHER_NAMES_TRUST if wanted.misses_names(text) else 1.0
        hits.append(Hit(passage, of_sentences[best], of_sentences, trust))
    hits.sort(key=lambda hit: (-hit.score, hit.passage.id))
    by_words: dict[str, Hit] = {}
    for hit in hits:
        by_words.setdefault(hit.passage.words.casefold(), hit)
    return tuple(by_words.values())


def with_readings(hits: Sequence[Hit], readings: Sequence[Reading]) -> tuple[Hit, ...]:
    """Hits of which the first were read -> all hits, ranked anew.

    A sentence gains the logarithm of its odds against all others that were read and against "no
    answer", within bounds; one that was not read counts as one that hardly answers.
    """
    everything = np.array([0.0, *(s for reading in readings for s in reading.sentences)])
    whole = float(np.logaddexp.reduce(everything))
    read = [_scored(hit, reading, whole) for hit, reading in zip(hits, readings, strict=False)]
    rest = [_scored(hit, None, whole) for hit in hits[len(readings) :]]
    return tuple(sorted([*read, *rest], key=lambda hit: (-hit.score, hit.passage.id)))


def _scored(hit: Hit, reading: Reading | None, whole: float) -> Hit:
    logits = reading.sentences if reading else (-math.inf,) * len(hit.sentence_scores)
    gains = (READER * (max(LEAST_LOG, logit - whole) - LEAST_LOG) for logit in logits)
    scores = tuple(s + g for s, g in zip(hit.sentence_scores, gains, strict=True))
    return replace(hit, score=max(scores), sentence_scores=scores, reading=reading)


def _fit(wanted: Wanted, passage: Passage, sentence: str) -> float:
    """1 for a sentence with the kind of thing asked for, 0 without, -1 for a row that cannot be."""
    if passage.cell is not None and wanted.is_prose:
        return -1.0
    return float(wanted.held_by(sentence))
