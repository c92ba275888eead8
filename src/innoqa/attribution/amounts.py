"""The numbers of a text with their units, and when two of them state the same."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from innoqa import quantities
from innoqa.attribution.evidence import dates_in, matched, stems
from innoqa.domain import Observation, Unit
from innoqa.quantities.units import KNOWN, exact, unit_words
from innoqa.words import stem

scale_of = lru_cache(maxsize=256)(exact)
"""A unit's scale as a fraction."""

_DIGITS = re.compile(r"(?:[0-9][0-9.,]*[0-9]|[0-9])(?!(?:st|nd|rd|th)\b)")
_SIGN_BEFORE_MONEY = re.compile(r"(?<![^\s(])-([$€£¥₹₩₽])(?=[0-9])")
_HYPHENED = re.compile(r"[0-9]-(?:thousand|million|billion|trillion)(?:-[a-z]+)?\b")
_RANK = re.compile(r"\b(?:rank|number)\s\Z", re.IGNORECASE)
_PRONOUNS = ("one", "ones", "other", "more")
_FEW_DIGITS = 2
_SAME_NOUN = 0.8
_ROUNDED = ("about", "almost", "more than", "less than", "at least", "at most", "estimated")
_ABOVE, _BELOW = ("more than", "at least"), ("less than", "at most", "almost")
_OPPOSITES = ({"more than", "at least"}, {"less than", "at most"})


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of a text: ``text[start:end]`` names it. ``upper`` is the other end of a range."""

    start: int
    end: int
    value: Decimal
    unit: Unit
    qualifier: str = ""
    upper: Decimal | None = None

    @property
    def is_measured(self) -> bool:
        """Whether it is of money, a share or a measure, and no count of things."""
        return unit_words(self.unit.printed).kind in KNOWN

    @property
    def noun(self) -> str:
        """The stem of what is counted: "enterprise" of "new enterprises per day"."""
        counted = self.unit.printed.split(" per ")[0].split()
        return stem(counted[-1]) if counted else ""

    @property
    def is_precise(self) -> bool:
        """Whether it has digits enough to be a rounded value, or is said to be about that."""
        digits, exponent = self.value.as_tuple()[1:]
        assert isinstance(exponent, int)
        return len(digits) > _FEW_DIGITS or exponent <= -_FEW_DIGITS or self.qualifier == "about"

    @property
    def step(self) -> Fraction:
        """What one more in the last digit that is written would add."""
        exponent = self.value.as_tuple().exponent
        assert isinstance(exponent, int)
        return Fraction(10) ** exponent


@lru_cache(maxsize=4096)
def amounts_in(text: str) -> tuple[Amount, ...]:
    """The numbers of a text but for its dates, in order: quantities, and digits that are none."""
    masked = _SIGN_BEFORE_MONEY.sub(r"\1-", text)
    masked = _HYPHENED.sub(lambda match: match[0].replace("-", " "), masked)
    for date in dates_in(text):
        masked = masked[: date.start] + "\0" * (date.end - date.start) + masked[date.end :]
    found = list(_quantities(masked))
    for match in _DIGITS.finditer(masked):
        if not any(a.start < match.end() and match.start() < a.end for a in found):
            found.append(Amount(*match.span(), number(match[0]), Unit("")))
    found = [one for one in found if one.is_measured or not masked[: one.start][-1:].isalpha()]
    return _with_shared_units(sorted(found, key=lambda amount: amount.start), text)


def _with_shared_units(found: list[Amount], text: str) -> tuple[Amount, ...]:
    """Numbers of which two share a unit: "from 158 to 263 billion", "from $5 to $6 per hour"."""
    for place, (one, other) in enumerate(pairwise(found)):
        between = text[one.end : other.start]
        is_range = between == " to " and text[: one.start].endswith("from ")
        if not is_range and between != " of ":
            continue
        unit, per = other.unit, other.unit.printed.partition(" per ")[0]
        is_bare = not one.unit.base and one.unit.scale == 1
        if is_bare or (per != unit.printed and one.unit.printed == per):
            found[place] = replace(one, unit=unit)
    return tuple(found)


def _quantities(text: str) -> Iterator[Amount]:
    for mention in quantities.mentions(text):
        named = mention.quantity
        if named.value is None:
            continue
        start, end, unit = mention.start, mention.end, named.unit
        if _RANK.search(text[:start]) and (digits := _DIGITS.match(text, start)):
            unit, end = Unit(""), digits.end()  # "rank 1 lies between": a verb, no unit
        elif unit.printed.endswith(" in"):  # "5 million in 2018": no inches
            unit, end = quantities.read_unit(unit.printed[:-3]), end - 3
        yield Amount(start, end, named.value, unit, named.qualifier, named.upper)


def number(digits: str) -> Decimal:
    """The value of digits with commas between thousands: ``2,843.3``."""
    whole, _, decimals = digits.replace(",", "").partition(".")
    return Decimal(f"{whole}.{decimals.replace('.', '')}" if decimals else whole)


def in_unit(amount: Amount, text: str, unit: Unit) -> Amount:
    """A number of a text, in the unit that follows it just as that is printed, if it does.

    A table's own unit may read as another in running text: "tonnes (t)" as "tonnes".
    """
    digits = _DIGITS.match(text, amount.start)
    if digits is None or unit.printed[-1:].isalnum() or not unit.printed:
        return amount  # a unit that ends in a word reads as itself
    if not text.startswith(f" {unit.printed}", digits.end()):
        return amount
    return replace(amount, value=number(digits[0]), unit=unit)


def states(text: str, amount: Amount) -> bool:
    """Whether a text has the same number in an equal unit."""
    found = amounts_in(text)
    return any(
        _is_same(amount, held, text) and not _counts_other(amount, held, found) for held in found
    )


def _counts_other(amount: Amount, held: Amount, found: Sequence[Amount]) -> bool:
    """Whether a number counts what another of the text counts: "3 inns and 4 shops", "3 shops"."""
    if amount.is_measured or not amount.noun or not held.noun:
        return False
    if matched(amount.noun, frozenset((held.noun,)), _SAME_NOUN):
        return False
    nouns = frozenset(one.noun for one in found if one is not held and one.value != held.value)
    return amount.noun in nouns


def _is_same(amount: Amount, held: Amount, text: str) -> bool:
    if are_opposite(amount.qualifier, held.qualifier):
        return False
    if not is_same_unit(amount, held.unit, text):
        return False
    lower = _equals(amount, amount.value, held.value, held.unit)
    if amount.upper is not None:
        return lower and _equals(amount, amount.upper, held.upper, held.unit)
    return lower or _equals(amount, amount.value, held.upper, held.unit)


def is_value_of(amount: Amount, cell: Observation) -> bool:
    """Whether a cell has that value, in an equal unit or counting what its indicator is of."""
    if cell.value is None:
        return False
    held = Amount(0, 0, cell.value, cell.unit, cell.qualifier.lower(), cell.upper)
    return _is_same(amount, held, f"{cell.indicator} {cell.cell.column or ''}")


def is_same_unit(amount: Amount, held: Unit, about: str) -> bool:
    """Whether a number's unit is the one that is held, or counts what the words are about.

    A number without a unit fits any. One that is measured fits a number without a unit where its
    unit stands in the words ("Size (ha): 21.4").
    """
    unit = amount.unit
    if not unit.base or amount.noun in _PRONOUNS or quantities.comparable(unit, held):
        return True
    if amount.is_measured:
        return not held.base and stem(unit.printed.split()[-1]) in stems(about)
    if unit_words(held.printed).kind in KNOWN:
        return False
    about = f"{about} {held.printed}"
    if not set(_DIGITS.findall(unit.printed)) <= set(_DIGITS.findall(about)):
        return False  # "per 10,000"
    return matched(amount.noun, stems(about), _SAME_NOUN)


def are_opposite(one: str, other: str) -> bool:
    """Whether one qualifier says more and the other less."""
    return any(
        one in side and other.replace("-", " ") in opposite
        for side, opposite in (_OPPOSITES, _OPPOSITES[::-1])
    )


def _equals(amount: Amount, value: Decimal, held: Decimal | None, unit: Unit) -> bool:
    """Whether two values are equal with their scales, or one is the other rounded as it says."""
    if held is None:
        return False
    own = scale_of(unit.scale)
    if not amount.unit.base:  # it may leave out "km²", but never "100 million"
        own /= scale_of(unit_words(unit.printed).base_scale)
    scale = scale_of(amount.unit.scale)
    difference = Fraction(held) * own - Fraction(value) * scale
    if not difference:
        return True
    return amount.qualifier in _ROUNDED and _is_rounded(difference, amount, scale)


def _is_rounded(difference: Fraction, amount: Amount, scale: Fraction) -> bool:
    """Whether what is held lies within the last digit that is not zero, on the side told."""
    digits = amount.value.normalize()
    exponent = digits.as_tuple().exponent
    assert isinstance(exponent, int)
    if amount.qualifier in _ABOVE and difference < 0:
        return False
    if amount.qualifier in _BELOW and difference > 0:
        return False
    step = Fraction(10) ** exponent * scale
    if amount.qualifier in ("about", "estimated"):
        step /= 2
    return len(digits.as_tuple().digits) > 1 and abs(difference) < step
