"""What confidence is worth, and whether a difference is more than chance."""

import math
from itertools import product
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from innoqa.metrics import (
    Point,
    aurc,
    calibration_error,
    coverage_at,
    holm,
    paired_p_value,
    reliability,
    risk_coverage,
)

# Four answers to five questions, surest first: right, wrong (as sure as the first), right, wrong.
SURE = np.array([0.5, 0.9, 0.2, 0.9])
RIGHT = np.array([True, True, False, False])
NO_ANSWER = np.array([]), np.array([], bool)


def test_the_risk_coverage_curve_takes_equally_sure_answers_together() -> None:
    assert risk_coverage(SURE, RIGHT, 5) == [
        Point(0.9, 2 / 5, 1 / 2),
        Point(0.5, 3 / 5, 1 / 3),
        Point(0.2, 4 / 5, 2 / 4),
    ]
    assert risk_coverage(*NO_ANSWER, 5) == []


def test_coverage_is_the_largest_at_which_the_risk_is_kept() -> None:
    assert coverage_at(0.5, SURE, RIGHT, 5) == 4 / 5
    assert coverage_at(0.34, SURE, RIGHT, 5) == 3 / 5
    assert coverage_at(0.33, SURE, RIGHT, 5) == 0
    assert coverage_at(1.0, *NO_ANSWER, 5) == 0


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.4, 0.8]), st.booleans()), min_size=1, max_size=7))
def test_aurc_is_the_mean_risk_over_all_orders_of_equally_sure_answers(
    answers: list[tuple[float, bool]],
) -> None:
    sure, right = (np.array(column) for column in zip(*answers, strict=True))
    groups = [[bool(r) for s, r in answers if s == level] for level in (0.8, 0.4, 0.1)]
    # The expected number of wrong ones among the first k of a group is in proportion to k.
    risks, wrong, given_before = [], 0.0, 0
    for group in groups:
        rate = sum(not r for r in group) / len(group) if group else 0.0
        for _ in group:
            wrong, given_before = wrong + rate, given_before + 1
            risks.append(wrong / given_before)
    assert aurc(sure, right) == pytest.approx(fmean(risks))


def test_aurc_is_best_when_all_right_answers_are_surer_than_all_wrong_ones() -> None:
    sure = np.linspace(1, 0.1, 6)
    rights = [np.array(right) for right in product([True, False], repeat=6) if sum(right) == 3]
    best = min(rights, key=lambda right: aurc(sure, right))
    assert best.tolist() == [True, True, True, False, False, False]
    assert math.isnan(aurc(*NO_ANSWER))


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=80))
def test_the_reliability_bins_are_those_of_scikit_learn(answers: list[tuple[float, bool]]) -> None:
    # Values at an edge may fall to either side: 0.3 is no sum of tenths in binary.
    sure = np.array([round(s * 1000 // 1 / 1000 + 0.0005, 4) for s, _ in answers]).clip(0, 0.9995)
    right = np.array([r for _, r in answers])
    shares, means = calibration_curve(right, sure, n_bins=10)
    bins = reliability(sure, right)
    assert [b.right for b in bins] == pytest.approx(shares.tolist())
    assert [b.confidence for b in bins] == pytest.approx(means.tolist())
    assert sum(b.questions for b in bins) == len(answers)
    gaps = [b.questions * abs(b.confidence - b.right) for b in bins]
    assert calibration_error(sure, right) == pytest.approx(sum(gaps) / len(answers))


def test_the_calibration_error_is_none_for_honest_confidence_and_all_for_the_reverse() -> None:
    right = np.array([True, False])
    assert calibration_error(np.array([1.0, 0.0]), right) == 0
    assert calibration_error(np.array([0.0, 1.0]), right) == 1
    assert math.isnan(calibration_error(*NO_ANSWER))


def test_the_paired_test_is_exact_for_a_few_differences() -> None:
    """Of the 32 ways to put signs before five ones, two are as far from 0: all + and all -."""
    assert paired_p_value([1.0] * 5) == pytest.approx(2 / 32)
    assert paired_p_value([-1.0] * 5) == pytest.approx(2 / 32)
    assert paired_p_value([0.0] * 5) == 1
    assert paired_p_value([1.0]) == 1
    assert paired_p_value([1.0, -1.0] * 3) == 1


def test_the_paired_test_of_many_differences_is_the_same_every_time() -> None:
    differences = [1.0] * 30 + [-1.0] * 10 + [0.0] * 100
    assert paired_p_value(differences) == paired_p_value(differences)
    assert 0.0005 < paired_p_value(differences) < 0.01  # a sign test gives 0.0022


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_adjusted_p_values_are_no_smaller_keep_their_order_and_stay_below_1(
    p_values: list[float],
) -> None:
    adjusted = holm(p_values)
    assert all(p <= a <= 1 for p, a in zip(p_values, adjusted, strict=True))
    by_p = sorted(zip(p_values, adjusted, strict=True))
    assert [a for _, a in by_p] == sorted(adjusted)
    assert adjusted[p_values.index(min(p_values))] == min(1, min(p_values) * len(p_values))
