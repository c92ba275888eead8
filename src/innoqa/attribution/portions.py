"""Whether a part that is told in words, such as "over a third", follows from numbers beside it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import permutations

from innoqa import quantities
from innoqa.attribution.amounts import Amount, scale_of

_PARTS: Mapping[str, Fraction] = {
    "half": Fraction(1, 2), "third": Fraction(1, 3), "quarter": Fraction(1, 4),
    "fifth": Fraction(1, 5), "tenth": Fraction(1, 10), "twice": Fraction(2),
}  # fmt: skip
_TIMES = {"": 1, "two": 2, "three": 3, "four": 4, "2": 2, "3": 3, "4": 4}
_ABOVE = re.compile(r"\b(?:more than|over|above)\s(?:an?\s)?\Z", re.IGNORECASE)
_BELOW = re.compile(
    r"\b(?:less than|under|below|almost|nearly|not quite|close to)\s(?:an?\s)?\Z", re.IGNORECASE
)
_NEAR = Fraction(1, 5)
"""How far a value told as a part may lie from it."""


def is_portion(part: str, text: str, amounts: Sequence[Amount]) -> bool:
    """Whether a text tells, with the numbers that it gives itself, what a part of it is.

    A share in percent or two numbers of a kind make a part; ``part`` is as in "two third".
    """
    several, _, word = part.rpartition(" ")
    if word not in _PARTS or several not in _TIMES:
        return False
    value = _PARTS[word] * _TIMES[several]
    place = text.lower().find(f"{several} {word}".strip())
    before = text[: max(0, place)]
    return any(_is_near(value, held, before) for held in _values(amounts))


def _is_near(value: Fraction, held: Fraction, before: str) -> bool:
    """Whether a value is a part, on the side of it that is told."""
    if _ABOVE.search(before) and held <= value:
        return False
    if _BELOW.search(before) and held >= value:
        return False
    return abs(held - value) <= value * _NEAR


def _values(amounts: Sequence[Amount]) -> Iterator[Fraction]:
    """The shares of the numbers, and how many times one is another."""
    for one in amounts:
        if one.unit.base == "percent":
            yield Fraction(one.value) / 100
    for one, other in permutations(amounts, 2):
        if other.value and (quantities.comparable(one.unit, other.unit) or not other.unit.base):
            first, second = (Fraction(a.value) * scale_of(a.unit.scale) for a in (one, other))
            yield first / second
