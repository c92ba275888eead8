"""Retrieval measures as the field defines them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoqa.adapters.ir_metrics import per_query

NAMES = st.lists(st.sampled_from([f"d{n}" for n in range(12)]), unique=True, max_size=12)
QUERIES = st.dictionaries(st.sampled_from(["q1", "q2", "q3"]), NAMES, max_size=3)


def test_measures_are_named_as_in_the_literature() -> None:
    assert list(per_query({"q": ["a"]}, {"q": ["a"]})) == [
        "Success@1",
        "Success@5",
        "R@5",
        "nDCG@10",
        "RR",
    ]


def test_the_values_are_those_of_the_definitions() -> None:
    values = per_query({"q": ["a", "b"]}, {"q": ["a", "x", "b"]})
    ideal = 1 + 1 / math.log2(3)
    assert values["Success@1"]["q"] == 1
    assert values["R@5"]["q"] == 1
    assert values["nDCG@10"]["q"] == pytest.approx((1 + 1 / math.log2(4)) / ideal)


@pytest.mark.parametrize(
    ("place", "success_1", "success_5", "found"),
    [(0, 1, 1, True), (1, 0, 1, True), (4, 0, 1, True), (5, 0, 0, True), (10, 0, 0, False)],
)
def test_what_comes_later_than_the_cut_does_not_count(
    place: int, success_1: int, success_5: int, found: bool
) -> None:
    run = [f"x{n}" for n in range(12)]
    run[place] = "a"
    values = per_query({"q": ["a"]}, {"q": run})
    assert values["Success@1"]["q"] == success_1
    assert values["Success@5"]["q"] == values["R@5"]["q"] == success_5
    assert (values["nDCG@10"]["q"] > 0) is found
    assert values["RR"]["q"] == pytest.approx(1 / (place + 1))


def test_a_query_without_results_scores_0() -> None:
    values = per_query({"q": ["a"], "r": ["a"]}, {"q": [], "r": ["a"]})
    assert {measure: by_query["q"] for measure, by_query in values.items()} == dict.fromkeys(
        values, 0.0
    )
    assert all(by_query["r"] == 1 for by_query in values.values())


def test_no_query_has_no_value() -> None:
    assert all(by_query == {} for by_query in per_query({}, {}).values())


@given(QUERIES, QUERIES)
def test_every_judged_query_has_each_value_between_0_and_1(
    qrels: dict[str, list[str]], run: dict[str, list[str]]
) -> None:
    for by_query in per_query(qrels, {q: run.get(q, []) for q in qrels}).values():
        assert set(by_query) == set(qrels)
        assert all(0 <= value <= 1 for value in by_query.values())
