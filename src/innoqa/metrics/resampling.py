"""How sure figures and their differences are."""

from collections.abc import Sequence
from math import sqrt

import numpy as np
import numpy.typing as npt

RESAMPLES = 2000
PERMUTATIONS = 9999


def draws(count: int) -> npt.NDArray[np.int64]:
    """Which of so many questions are drawn, with replacement: shape (RESAMPLES, count), seeded."""
    return np.random.default_rng(0).integers(count, size=(RESAMPLES, count))


def spread(drawn: npt.NDArray[np.float64]) -> tuple[float, float]:
    """The 95 % percentile interval (Efron 1979) of a figure's values over draws, NaN left out."""
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of the mean, resampling questions.

    Of differences between two runs, question by question, it is the paired interval.
    """
    return spread(np.asarray(values, float)[draws(len(values))].mean(axis=1))


def share_interval(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), which tells something even of none or all."""
    z = 1.959964
    share = hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    reach = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def paired_p_value(differences: Sequence[float]) -> float:
    """How likely a mean at least as far from 0 is where signs fall by chance (Fisher 1935)."""
    from scipy import stats

    if len(differences) < 2 or not any(differences):
        return 1.0
    test = stats.permutation_test(
        (np.asarray(differences, float),),
        np.mean,
        permutation_type="samples",
        vectorized=True,
        n_resamples=PERMUTATIONS,
        batch=500,
        rng=np.random.default_rng(0),
    )
    return float(test.pvalue)


def holm(p_values: Sequence[float]) -> list[float]:
    """P values adjusted for being several (Holm 1979), in the order given.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted = [0.0] * len(p_values)
    worst = 0.0
    for rank, place in enumerate(order):
        worst = max(worst, min(1.0, p_values[place] * (len(order) - rank)))
        adjusted[place] = worst
    return adjusted
