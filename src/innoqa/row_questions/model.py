"""Which of the readings is meant: a linear model over their features, and how sure it is."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from innoqa.row_questions.candidate import Candidate, Value
from innoqa.row_questions.candidates import candidates
from innoqa.row_questions.features import features
from innoqa.row_questions.linking import Links
from innoqa.row_questions.selection_features import Features
from innoqa.row_questions.weights import CONFIDENCE, WEIGHTS
from innoqa.row_questions.words import folded


@dataclass(frozen=True, slots=True)
class Choice:
    """The likeliest of ``readings`` readings.

    ``share`` is the part that its answer has of all readings' weight, ``margin`` by how much it is
    ahead of the next other answer's, ``score`` what speaks for the reading itself.
    """

    candidate: Candidate
    features: Features
    share: float
    margin: float
    score: float
    readings: int

    @property
    def confidence(self) -> float:
        """How likely the answer is right, between 0 and 1."""
        return calibrated(confidence_features(self), CONFIDENCE)


def choose(links: Links) -> Choice | None:
    """The best reading of a question over a table; None where there is none."""
    found = tuple(candidates(links))
    if not found:
        return None
    described = [features(links, candidate) for candidate in found]
    return choice(found, described, WEIGHTS)


def choice(
    found: Sequence[Candidate], described: Sequence[Features], weights: Mapping[str, float]
) -> Choice:
    """The best of some readings: of the answer whose readings together weigh most, the first."""
    scores = [
        sum(weights.get(name, 0.0) * amount for name, amount in one.items()) for one in described
    ]
    greatest = max(scores)
    shares: dict[tuple[str, ...], float] = {}
    total = 0.0
    for candidate, score in zip(found, scores, strict=True):
        weight = math.exp(score - greatest)
        total += weight
        key = same_answer(candidate.value)
        shares[key] = shares.get(key, 0.0) + weight
    ranked = sorted(shares, key=lambda key: -shares[key])
    best = ranked[0]
    at = max(
        (at for at, candidate in enumerate(found) if same_answer(candidate.value) == best),
        key=lambda at: scores[at],
    )
    share = shares[best] / total
    runner_up = shares[ranked[1]] / total if len(ranked) > 1 else 0.0
    margin = share - runner_up
    return Choice(found[at], described[at], share, margin, scores[at], len(found))


def same_answer(value: Sequence[Value]) -> tuple[str, ...]:
    """A key that is equal for answers that say the same.

    >>> same_answer(("1,234",)) == same_answer((Decimal("1234.0"),))
    True
    """
    return tuple(sorted(map(_key, value)))


def _key(value: Value) -> str:
    if isinstance(value, str):
        plain = value.replace(",", "").strip()
        if not plain.removeprefix("-").replace(".", "", 1).isdecimal():
            return " ".join(folded(value).split()).strip("\"'. ")
        value = Decimal(plain)
    return format(value.normalize(), "f")


_TOLD: tuple[tuple[str, ...], ...] = (
    ("unexplained share",),
    ("unexplained links",),
    ("unexplained words of the title",),
    ("condition's misfit",),
    ("condition:similar", "condition:means"),
    ("step:greatest by view", "step:least by view"),
    ("order unnamed",),
    ("all rows", "all rows, narrowed"),
    ("column is unnamed", "measure is unnamed", "distinct is unnamed"),
    ("column is asked for", "measure is asked for", "column is the name of the title's noun"),
)
"""The features, added up in groups, that tell how sure a reading is."""


def confidence_features(chosen: Choice) -> tuple[float, ...]:
    """What the confidence is read from.

    How far the answer is ahead of others, how much speaks for its reading, how many readings there
    were, what of the question is not done, not explained or guessed, and, where words are left
    unexplained, whether the rows were merely counted or taken in their order.
    """
    described = chosen.features
    left = min(described.get("unexplained words", 0.0), 5.0)
    counted = described.get("count of all", 0.0)
    ordered = _sum(described, ("order of rows", "order of rows although dated"))
    return (
        _log_odds(chosen.share),
        chosen.margin,
        chosen.score / 5,
        math.log(chosen.readings),
        sum(amount for name, amount in described.items() if name.endswith(" idle")),
        left,
        counted,
        counted * left,
        ordered,
        ordered * left,
        *(_sum(described, names) for names in _TOLD),
    )


def _sum(described: Features, names: Sequence[str]) -> float:
    return sum(described.get(name, 0.0) for name in names)


def _log_odds(share: float) -> float:
    bounded = min(max(share, 0.01), 0.99)
    return math.log(bounded / (1 - bounded))


def calibrated(values: Sequence[float], coefficients: Sequence[float]) -> float:
    """A logistic function of the values; the first coefficient stands alone."""
    first, *others = coefficients
    exponent = first + sum(a * b for a, b in zip(others, values, strict=True))
    small = math.exp(-abs(exponent))  # never overflows
    return (1 if exponent >= 0 else small) / (1 + small)
