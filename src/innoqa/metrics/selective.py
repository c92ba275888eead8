"""What confidence is worth: which answers to give, and how far to trust them.

The questions answered have a confidence each and are right or not; ``asked`` counts these and the
questions that get no answer at any confidence. Only whole groups of equal confidence can be told
apart by a threshold.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Confidences = npt.NDArray[np.float64]  # (n,), each between 0 and 1
Rights = npt.NDArray[np.bool_]  # (n,)
Counts = npt.NDArray[np.int64]

BINS = 10


@dataclass(frozen=True, slots=True)
class Point:
    """What comes of giving the answers that are at least this sure.

    ``coverage`` is the share of the questions asked that they answer, ``risk`` the share of them
    that is wrong.
    """

    confidence: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers whose confidence lies in [low, high): how sure they are, and how many right."""

    low: float
    high: float
    questions: int
    confidence: float
    right: float


def risk_coverage(confidence: Confidences, right: Rights, asked: int) -> list[Point]:
    """The risk-coverage curve (El-Yaniv and Wiener 2010), the surest answers first."""
    sure, given, wrong = _curve(confidence, right)
    return [
        Point(*point)
        for point in zip(
            sure.tolist(), (given / asked).tolist(), (wrong / given).tolist(), strict=True
        )
    ]


def _curve(confidence: Confidences, right: Rights) -> tuple[Confidences, Counts, Counts]:
    """Each confidence, highest first, how many answers are so sure, and how many of these wrong."""
    order = np.argsort(-confidence, kind="stable")
    sure, wrong = confidence[order], np.cumsum(~right[order], dtype=np.int64)
    ends = np.flatnonzero(np.append(sure[1:] != sure[:-1], True)[: len(sure)])
    return sure[ends], (ends + 1).astype(np.int64), wrong[ends]


def aurc(confidence: Confidences, right: Rights) -> float:
    """The area under the risk-coverage curve (Geifman et al. 2019): 0 is best.

    That is the mean risk of giving the k surest answers, over all k; among equally sure answers
    every order is as likely. NaN where there is no answer.
    """
    if not len(confidence):
        return float("nan")
    _, group = np.unique(-confidence, return_inverse=True)
    share_wrong = np.bincount(group, weights=~right) / np.bincount(group)
    counts = np.arange(1, len(confidence) + 1)
    return float(np.mean(np.cumsum(share_wrong[np.sort(group)]) / counts))


def coverage_at(most_risk: float, confidence: Confidences, right: Rights, asked: int) -> float:
    """The largest coverage at which no more than a share ``most_risk`` of the answers is wrong."""
    _, given, wrong = _curve(confidence, right)
    return float(np.max(given[wrong / given <= most_risk], initial=0)) / asked


def reliability(confidence: Confidences, right: Rights) -> list[Bin]:
    """The bins of a reliability diagram, each 0.1 wide, without those that are empty."""
    number = np.minimum((confidence * BINS).astype(int), BINS - 1)
    counts = np.bincount(number, minlength=BINS)
    sure = np.bincount(number, weights=confidence, minlength=BINS)
    rights = np.bincount(number, weights=right, minlength=BINS)
    return [
        Bin(
            at / BINS,
            (at + 1) / BINS,
            int(counts[at]),
            float(sure[at] / counts[at]),
            float(rights[at] / counts[at]),
        )
        for at in np.flatnonzero(counts).tolist()
    ]


def calibration_error(confidence: Confidences, right: Rights) -> float:
    """The expected calibration error (Guo et al. 2017): how far confidence is off, on average.

    NaN where there is no answer.
    """
    if not len(confidence):
        return float("nan")
    bins = reliability(confidence, right)
    return sum(b.questions * abs(b.confidence - b.right) for b in bins) / len(confidence)
