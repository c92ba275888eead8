"""What follows from cited cells: differences, changes, ratios, and how many there are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from innoqa import quantities
from innoqa.attribution.amounts import Amount, in_unit, is_same_unit, scale_of
from innoqa.attribution.evidence import Evidence, subject_of
from innoqa.domain import Computation, Observation, Unit
from innoqa.expressions import evaluate
from innoqa.quantities.units import unit_words

_PERCENT, _POINT = Unit("percent", "percent"), Unit("percentage points", "percentage point")
_TIMES, _PLACE = Unit("times", "time"), Unit("places", "place")
_COUNTED = frozenset("figure period value point cell source".split())


@dataclass(frozen=True, slots=True)
class Derived:
    """A value in a unit. A change has a sign, which words may tell instead ("down by 5").

    The result of the computation may stand anywhere; another change without its unit only after
    "by" or in brackets.
    """

    value: Fraction
    unit: Unit
    about: str
    is_change: bool = False
    is_result: bool = False

    def fits(self, amount: Amount, text: str) -> bool:
        """Whether a number of a text is this one, rounded as it is written, and so signed."""
        amount = in_unit(amount, text, self.unit)
        if amount.upper is not None or not self._has_unit_of(amount, text):
            return False
        if text[: amount.start].endswith(("from ", "to ")):
            return False
        sign = text[amount.start - 1 : amount.start] if amount.start else ""
        if sign == "+" and self.value <= 0:
            return False
        value = self.value
        if sign != "+" and amount.value >= 0 and self.is_change:
            value = abs(value)
        scale = scale_of(amount.unit.scale)
        own = scale_of(self.unit.scale)
        if not amount.unit.base:
            own /= scale_of(unit_words(self.unit.printed).base_scale)
        difference = abs(Fraction(amount.value) * scale - value * own)
        return not difference or (amount.is_precise and difference * 2 <= amount.step * scale)

    def _has_unit_of(self, amount: Amount, text: str) -> bool:
        if self.unit == _TIMES:
            return amount.noun == "time" or text[amount.end :].lstrip().startswith("times")
        if not amount.unit.base:
            free = self.is_result or not self.is_change
            return free or text[: amount.start].endswith(("by ", "(", "+", "-"))
        return is_same_unit(amount, self.unit, self.about)


def counts(amount: Amount, text: str, evidence: Evidence) -> bool:
    """Whether a whole number tells how many cells, places or years there are, or a rank."""
    if amount.is_measured or amount.qualifier not in ("", "more than") or amount.upper is not None:
        return False
    before = text[: amount.start].lower()
    if before.endswith("number "):
        return any(amount.value in _ranks(c, evidence.known) for c in evidence.cells)
    of_all = _OF_ALL.match(text, amount.end)
    is_bare = not amount.unit.base and (of_all or _OF.search(before))
    noun = "figure" if is_bare else amount.noun
    groups = evidence.groups
    if of_all:
        groups = groups[:2]
    elif len(groups) > 1 and before.endswith(("over ", "of ", "of the ")):
        groups = (groups[2] or groups[1],)
    return any(amount.value == size for group in groups for size in _sizes(group, noun))


_OF = re.compile(r"[0-9] of (?:the )?\Z")
_OF_ALL = re.compile(r" of (?:the )?[0-9]")


def _sizes(group: Sequence[Observation], noun: str) -> Iterator[int]:
    """How many of what a noun means there are in a group of cells."""
    if noun in _COUNTED:
        yield len(group)
    if noun == "place":
        yield len({cell.entity for cell in group})
    if noun == "row":
        yield len({(cell.cell.table_number, cell.cell.row) for cell in group})
    years = [cell.period.year for cell in group if cell.period.year]
    if noun == "year" and len(group) == 2 and len(years) == 2:
        yield abs(years[1] - years[0])


def _ranks(cell: Observation, among: Sequence[Observation]) -> tuple[int, int]:
    """The place of a cell among others, counted from the highest and from the lowest."""
    others = [pair for other in among if (pair := in_one_unit(cell, other))]
    return 1 + sum(b > a for a, b in others), 1 + sum(b < a for a, b in others)


def derived(evidence: Evidence) -> tuple[Derived, ...]:
    """The values that follow from the cited cells, and the computation's own."""
    found = list(_computed(evidence.computation))
    for one, other in _pairs(evidence.cells):
        found += _of_pair(one, other)
    return tuple(found)


def _computed(computation: Computation | None) -> Iterator[Derived]:
    """The value, from its expression where it has one."""
    if computation is None:
        return
    about = " ".join(subject_of(cell) for cell in computation.operands[:3])
    unit = _TIMES if computation.operation == "ratio" else computation.unit
    is_change = computation.operation in ("difference", "percentage change")
    value = computation.value
    if isinstance(value, Decimal) and computation.expression:
        value = evaluate(computation.expression)
    for one in value if isinstance(value, tuple) else (value,):
        if isinstance(one, Decimal):
            yield Derived(Fraction(one), unit, about, is_change, is_result=True)


def _pairs(cells: Sequence[Observation]) -> Iterator[tuple[Observation, Observation]]:
    """The two cells that are cited, or the first and last of each thing that has several."""
    known = [cell for cell in cells if cell.value is not None]
    if len(known) == 2:
        one, other = in_time(known)
        yield one, other
        return
    of_one: dict[tuple[str, str], list[Observation]] = {}
    for cell in known:
        of_one.setdefault((cell.indicator, cell.entity), []).append(cell)
    for group in of_one.values():
        if len(group) > 1:
            ordered = in_time(group)
            yield ordered[0], ordered[-1]


def in_time(cells: Sequence[Observation]) -> tuple[Observation, ...]:
    """The cells oldest first; those of one time keep their order."""
    return tuple(sorted(cells, key=lambda cell: cell.period.end or date.min))


def in_one_unit(one: Observation, other: Observation) -> tuple[Fraction, Fraction] | None:
    """The two values in the unit of the first; None where they cannot be set beside each other."""
    if one.value is None or other.value is None:
        return None
    a, b = Fraction(one.value), Fraction(other.value)
    if quantities.comparable(one.unit, other.unit):
        return a, b * scale_of(other.unit.scale) / scale_of(one.unit.scale)
    counted = one.unit.scale == other.unit.scale == 1
    return (a, b) if counted else None


def _of_pair(first: Observation, last: Observation) -> Iterator[Derived]:
    values = in_one_unit(first, last)
    if values is None:
        return
    a, b = values
    about = f"{subject_of(first)} {subject_of(last)}"
    unit = first.unit
    if unit.base == "percent":
        unit = _POINT
    elif unit.base == "rank":
        unit = _PLACE
    yield Derived(b - a, unit, about, is_change=True)
    for one, other in ((a, b), (b, a)):
        if one:
            yield Derived(other / one, _TIMES, about)
            yield Derived(other / one * 100, _PERCENT, about)
    if a:
        yield Derived((b - a) / abs(a) * 100, _PERCENT, about, is_change=True)
