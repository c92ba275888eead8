"""Candidates of several retrievers -> one ranking."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoqa.domain import Hit, Passage, Reading, Sentence
from innoqa.fusion import (
    RANK_CONSTANT,
    Floats,
    Signals,
    confidence,
    pair_coverage,
    reciprocal_rank_fusion,
    refined,
    top_positive,
    with_readings,
)

RANKINGS = st.lists(st.lists(st.integers(0, 30), unique=True, max_size=12), max_size=4)
WORDS = st.lists(st.sampled_from("high tech firm park town".split()), max_size=8)


def terms(text: str) -> list[str]:
    return text.lower().replace(".", "").replace("?", "").split()


def passage(id: str, *sentences: str) -> Passage:
    edges = [0]
    for sentence in sentences:
        edges.append(edges[-1] + len(sentence) + 1)
    spans = zip(edges, sentences, strict=False)
    return Passage(
        id=id,
        document_id="d",
        source="d.md",
        title="",
        heading=(),
        text=" ".join(sentences),
        start=0,
        end=edges[-1] - 1,
        sentences=tuple(Sentence(start, start + len(s), s) for start, s in spans),
    )


def scores(*values: float) -> Floats:
    return np.array(values, np.float32)


def rank(question: str, *candidates: tuple[Passage, Floats]) -> list[str]:
    weights = dict.fromkeys(terms(question), 1.0)
    return [hit.passage.id for hit in refined(question, candidates, terms, weights)]


@given(RANKINGS, st.integers(0, 40))
def test_reciprocal_rank_fusion_is_the_published_sum_with_ties_to_the_lower_row(
    rankings: list[list[int]], limit: int
) -> None:
    exact = {
        row: sum(Fraction(1, RANK_CONSTANT + r.index(row) + 1) for r in rankings if row in r)
        for row in {row for r in rankings for row in r}
    }
    fused = reciprocal_rank_fusion(rankings, limit).tolist()
    assert len(fused) == min(limit, len(exact))
    assert len(set(fused)) == len(fused)
    sums = [float(exact[row]) for row in fused]
    assert sums == pytest.approx(sorted(map(float, exact.values()), reverse=True)[:limit])


def test_reciprocal_rank_fusion_gives_a_tie_to_the_lower_row() -> None:
    assert reciprocal_rank_fusion([[9, 2], [2, 9]], limit=5).tolist() == [2, 9]
    assert reciprocal_rank_fusion([[5], [4]], limit=5).tolist() == [4, 5]


def test_a_row_that_both_rankings_hold_comes_before_one_that_only_one_holds_first() -> None:
    assert reciprocal_rank_fusion([[1, 2], [3, 2]], limit=3).tolist() == [2, 1, 3]


def test_no_ranking_gives_no_rows_of_the_type_that_indexes_arrays() -> None:
    rows = reciprocal_rank_fusion([[], []], limit=5)
    assert rows.dtype == np.int64
    assert rows.tolist() == []


def test_only_scores_above_zero_are_proposed_best_first_and_ties_in_order() -> None:
    assert top_positive(scores(0, 2, 3, 2, -1), limit=10).tolist() == [2, 1, 3]
    assert top_positive(scores(0, 2, 3, 2, -1), limit=2).tolist() == [2, 1]


@given(WORDS, WORDS)
def test_pair_coverage_is_a_share_that_is_whole_for_the_question_itself(
    asked: list[str], found: list[str]
) -> None:
    weights = dict.fromkeys(asked, 2.0)
    assert 0 <= pair_coverage(asked, found, weights) <= 1
    assert pair_coverage(asked, asked, weights) == (1.0 if len(asked) > 1 else 0.0)
    assert pair_coverage(asked, [*asked, *found], weights) == pair_coverage(asked, asked, weights)


def test_pair_coverage_counts_neighbours_in_the_order_asked() -> None:
    weights = {"high": 1.0, "tech": 1.0}
    assert pair_coverage(["high", "tech"], ["a", "high", "tech"], weights) == 1
    assert pair_coverage(["high", "tech"], ["tech", "high"], weights) == 0
    assert pair_coverage(["high", "tech"], ["high", "and", "tech"], weights) == 0


@given(st.floats(-1, 3), st.floats(-1, 3))
def test_confidence_lies_between_0_and_1_and_grows_with_the_score(one: float, two: float) -> None:
    low, high = sorted((one, two))
    assert 0 < confidence(low) <= confidence(high) < 1


def test_a_passage_scores_as_its_best_sentence() -> None:
    signals = Signals(
        sentence_cosine=scores(0.1, 0.9, 0.2),
        sentence_coverage=scores(0, 0, 1),
        passage_coverage=scores(0.5, 1),
        owner=np.array([0, 0, 1]),
    )
    by_sentence = signals.sentences()
    assert signals.passages().tolist() == [by_sentence[:2].max(), by_sentence[2]]


def test_the_better_passage_comes_first_and_a_tie_falls_to_the_smaller_id() -> None:
    found = rank(
        "Tell",
        (passage("c", "Three."), scores(0.5)),
        (passage("b", "Two."), scores(0.5)),
        (passage("a", "One."), scores(0.4)),
    )
    assert found == ["b", "c", "a"]


def test_of_passages_with_equal_words_only_the_best_remains() -> None:
    found = rank(
        "Tell",
        (passage("a", "The same words."), scores(0.4)),
        (passage("b", "THE SAME WORDS."), scores(0.5)),
        (passage("c", "Others."), scores(0.1)),
    )
    assert found == ["b", "c"]


def test_a_sentence_that_holds_the_kind_of_thing_asked_for_goes_before_one_that_does_not() -> None:
    found = rank(
        "How many firms are there?",
        (passage("a", "Firms there are indeed."), scores(0.5)),
        (passage("b", "There live 40 of them."), scores(0.5)),
    )
    assert found == ["b", "a"]


def test_words_that_stand_side_by_side_as_in_the_question_raise_a_passage() -> None:
    found = rank(
        "tell high tech",
        (passage("a", "Tech on a high level, tell."), scores(0.5)),
        (passage("b", "Tell high tech."), scores(0.5)),
    )
    assert found == ["b", "a"]


def test_the_scores_of_the_sentences_come_in_their_order_and_the_best_is_the_passages() -> None:
    candidate = passage("a", "One.", "Two.", "Three."), scores(0.1, 0.7, 0.3)
    (hit,) = refined("Tell", [candidate], terms, {"tell": 1.0})
    assert hit.sentence_scores == pytest.approx((0.1, 0.7, 0.3))
    assert hit.score == max(hit.sentence_scores)


def test_the_kind_of_thing_asked_for_says_nothing_about_the_corpus() -> None:
    def confident(sentence: str) -> float:
        candidates: Sequence[tuple[Passage, Floats]] = [(passage("a", sentence), scores(0.9))]
        return refined("How many?", candidates, terms, {"how": 1.0, "many": 1.0})[0].confidence

    assert confident("There are 40.") == pytest.approx(confident("There are some."))


def test_a_passage_that_the_reader_finds_answering_comes_first():
    first, second, third = (passage(name, "One thing.", "Another.") for name in "abc")
    hits = [Hit(p, s, (s, s - 0.1), 0.5) for p, s in ((first, 1.0), (second, 0.95), (third, 0.9))]
    readings = [Reading(-5.0, (-6.0, -6.0), ()), Reading(4.0, (-3.0, 5.0), ())]
    ranked = with_readings(hits, readings)
    assert [hit.passage.id for hit in ranked] == ["b", "a", "c"]
    assert ranked[0].sentence_scores[1] > ranked[0].sentence_scores[0]
    assert [hit.reading is None for hit in ranked] == [False, False, True]
    assert ranked[2].score == pytest.approx(0.9)  # what is not read gains nothing


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=6))
def test_readings_of_any_size_leave_finite_scores_and_every_hit(logits: list[float]):
    hits = [Hit(passage(str(n), "One."), 1.0, (1.0,), 0.5) for n in range(8)]
    ranked = with_readings(hits, [Reading(x, (x,), ()) for x in logits])
    assert sorted(hit.passage.id for hit in ranked) == sorted(hit.passage.id for hit in hits)
    assert all(0.99 < hit.score < 3 for hit in ranked)
