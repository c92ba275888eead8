"""How good replies are, as pure functions."""

import math
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoqa.domain import (
    Abstention,
    Answer,
    Citation,
    Hit,
    Passage,
    Query,
    Reply,
    Sentence,
    Statement,
    Turn,
)
from innoqa.metrics import EvalQuestion, Gold, interval, judge, supports

TEXT = "Ada sailed in 1954. Ina rowed. The ferry was red."
GOLDS = (Gold("d.md", "Ada sailed", 1), Gold("d.md", "Ina rowed", 2))
SPANS = {("d.md", "Ada sailed"): (0, 10), ("d.md", "Ina rowed"): (20, 29)}


def asked(*must: str, golds: tuple[Gold, ...] = GOLDS, answerable: bool = True) -> EvalQuestion:
    return EvalQuestion("q", "fact", "Who sailed?", must, golds, answerable)


def passage(start: int, end: int, source: str = "d.md") -> Passage:
    words = TEXT[start:end]
    sentences = (Sentence(start, end, words),)
    return Passage(f"{source}-{start}", source, source, "", (), words, start, end, sentences)


def answered(text: str, *spans: tuple[int, int], source: str = "d.md") -> Answer:
    citations = tuple(
        Citation(number, passage(start, end, source), TEXT[start:end], start, end)
        for number, (start, end) in enumerate(spans, 1)
    )
    return Answer((Statement(text, citations),), 0.9)


def turn(reply: Reply, *hits: Passage) -> Turn:
    found = tuple(Hit(p, 1.0, (1.0,), 0.9) for p in hits)
    return Turn("Who sailed?", Query("Who sailed?"), found, reply, "extractive", 2.5)


ABSTENTION = Abstention("No.", (), (), 0.1)


@pytest.mark.parametrize(
    ("must", "text", "correct"),
    [
        ((), "Anything.", True),
        (("Ada",), "It was ada.", True),
        (("Ada", "1954"), "Ada, in 1954.", True),
        (("Ada", "1954"), "Ada.", False),
        (("Ada|Ina",), "Ina.", True),
        (("Ada|Ina", "1954|1955"), "Ina.", False),
        (("Ada's   ferry",), "ADA’S ferry", True),
        (("STRASSE",), "straße", True),
    ],
)
def test_an_answer_is_correct_when_it_contains_every_must_in_one_of_its_forms(
    must: tuple[str, ...], text: str, correct: bool
) -> None:
    assert judge(asked(*must), turn(answered(text, (0, 10))), SPANS).correct is correct


def test_an_abstention_is_correct_only_where_nothing_answers() -> None:
    assert not judge(asked(), turn(ABSTENTION), SPANS).correct
    assert judge(asked(golds=(), answerable=False), turn(ABSTENTION), SPANS).correct
    wrong = turn(answered("Ada.", (0, 10)))
    assert not judge(asked(golds=(), answerable=False), wrong, SPANS).correct


@pytest.mark.parametrize(
    ("spans", "precision", "recall"),
    [
        ([(0, 19)], 1.0, 0.5),
        ([(0, 19), (20, 30)], 1.0, 1.0),
        ([(0, 30)], 1.0, 1.0),
        ([(0, 19), (31, 49)], 0.5, 0.5),
        ([(31, 49)], 0.0, 0.0),
        ([(10, 20)], 0.0, 0.0),
    ],
)
def test_citation_precision_is_a_share_of_citations_and_recall_a_share_of_facts(
    spans: list[tuple[int, int]], precision: float, recall: float
) -> None:
    outcome = judge(asked(), turn(answered("Ada.", *spans)), SPANS)
    assert (outcome.citation_precision, outcome.citation_recall) == (precision, recall)


def test_an_abstention_to_an_answerable_question_cites_none_of_its_facts() -> None:
    outcome = judge(asked(), turn(ABSTENTION), SPANS)
    assert (outcome.citation_precision, outcome.citation_recall) == (None, 0.0)


def test_an_unanswerable_question_has_no_citation_figures() -> None:
    outcome = judge(asked(golds=(), answerable=False), turn(answered("Ada.", (0, 10))), SPANS)
    assert (outcome.citation_precision, outcome.citation_recall) == (None, None)


def test_golds_of_one_fact_are_alternatives() -> None:
    golds = (Gold("d.md", "Ada sailed", 1), Gold("d.md", "Ina rowed", 1))
    outcome = judge(asked(golds=golds), turn(answered("Ina.", (20, 30))), SPANS)
    assert outcome.citation_recall == 1.0
    assert asked(golds=golds).facts == {1}


def test_each_retrieved_passage_is_judged_in_its_place() -> None:
    hits = passage(31, 49), passage(0, 30)
    outcome = judge(asked(), turn(ABSTENTION, *hits), SPANS)
    assert outcome.retrieved == (frozenset(), frozenset({1, 2}))
    assert outcome.elapsed_ms == 2.5


def test_the_same_place_in_another_document_supports_nothing() -> None:
    elsewhere = passage(0, 30, source="other.md")
    assert supports(asked(), elsewhere, 0, 30, SPANS) == frozenset()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_the_interval_holds_the_mean_and_stays_within_the_values(values: list[float]) -> None:
    low, high = interval(values)
    slack = 1e-9
    assert low - slack <= fmean(values) <= high + slack
    assert min(values) - slack <= low <= high <= max(values) + slack


def test_the_interval_is_the_same_every_time_and_narrows_with_more_questions() -> None:
    few, many = interval([0.0, 1.0] * 5), interval([0.0, 1.0] * 500)
    assert few == interval([0.0, 1.0] * 5)
    assert many[1] - many[0] < few[1] - few[0]


def test_the_interval_is_about_two_standard_errors_wide_on_each_side() -> None:
    low, high = interval([0.0, 1.0] * 200)
    error = 0.5 / math.sqrt(400)
    assert (0.5 - low) / error == pytest.approx(1.96, rel=0.15)
    assert (high - 0.5) / error == pytest.approx(1.96, rel=0.15)
