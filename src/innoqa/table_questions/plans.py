"""A plan of what to compute, its outcome, and what every operation uses."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from innoqa.domain import Conflict, Observation, Period, Unit
from innoqa.quantities import rounded
from innoqa.table_questions.asking import Asked
from innoqa.table_questions.facts import Fact
from innoqa.table_questions.frames import Frame, lies_in
from innoqa.table_questions.matching import Reading
from innoqa.table_questions.series import Series, is_aside
from innoqa.table_questions.wording import is_rank, named

PERCENT = Unit("percent", "percent")

POINTS = Unit("percentage points", "percentage point")


NONE = Unit("")

YEARS = Unit("year", "year")

Said = tuple[str, tuple[Fact, ...]]


@dataclass(frozen=True, slots=True)
class Result:
    """What was computed, and what is to be said of it: sentences with the facts behind each."""

    operation: str
    said: tuple[Said, ...]
    value: Decimal | str | tuple[Decimal | str, ...] | None
    unit: Unit = NONE
    expression: str = ""
    operands: tuple[Fact, ...] = ()
    series: tuple[Fact, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a question about indicators cannot be answered from the tables."""

    reason: str
    nearest: tuple[Fact, ...] = ()


Outcome = Result | Refusal | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A question with the reading that was chosen for it and those beside it."""

    asked: Asked
    reading: Reading
    others: tuple[Reading, ...] = ()
    second: Reading | None = None

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The observations that may be used: targets only where asked for, or alone."""
        return without_targets(self.asked, self.reading.facts)

    @property
    def several_places(self) -> bool:
        """Whether more than one place is named."""
        return self.reading.named_place and len(self.reading.places) > 1


def wants_lowest(plan: Plan) -> bool:
    """Whether the lowest number is asked for; the highest rank is the lowest number."""
    lowest = plan.asked.has("lowest") and not plan.asked.has("highest")
    lowest = lowest or _LESS.search(plan.asked.question) is not None
    ranks = bool(plan.facts) and is_rank(plan.facts[0].observation.unit)
    return lowest != ranks


def without_targets(asked: Asked, facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """The observations of what was; targets where they are asked for, or stand alone."""
    plain_facts = tuple(fact for fact in facts if not is_aside(fact.observation))
    if asked.has("target"):
        targets = tuple(fact for fact in facts if is_aside(fact.observation))
        return targets or plain_facts
    points = asked.frame.points
    if points and not any(lies_in(f.observation.period, p) for f in plain_facts for p in points):
        return tuple(facts)
    return plain_facts or tuple(facts)


def within_frame(lines: Iterable[Series], plan: Plan) -> list[Series]:
    """The series within the stretch asked for, or their last points; those with none left out."""
    cut = (_within(line, plan.asked.frame) for line in lines)
    return [line for line in cut if line.points]


def _within(line: Series, frame: Frame) -> Series:
    points = line.points
    if frame.is_stretch:
        points = tuple(point for point in points if frame.holds(point.period))
    if frame.count:
        last = points[-1].year if points else 0
        points = tuple(point for point in points if point.year > last - frame.count)
    return replace(line, points=points)


def also(fact: Fact) -> Said:
    """A further value, with the short note that stands beside it."""
    return f"Also {named(fact.observation)}{_told_by(fact.observation)}", (fact,)


def _told_by(observation: Observation) -> str:
    return f" ({observation.note})" if observation.note and len(observation.note) < 80 else ""


def sentence(words: str, facts: tuple[Fact, ...]) -> Said:
    """Words as a sentence: a capital in front, a full stop behind."""
    whole = words if words.endswith(".") else f"{words}."
    return whole[:1].upper() + whole[1:], facts


def names_of(found: Sequence[Period]) -> Decimal | str | tuple[Decimal | str, ...]:
    """Periods as an answer: years as numbers, others as printed; one alone or several."""
    values = tuple(_name_of(period) for period in found)
    return values[0] if len(values) == 1 else values


def _name_of(period: Period) -> Decimal | str:
    """The year of a year, of its last day, or of a business year named by one; else as printed."""
    named = set(_YEAR.findall(period.printed))
    whole = period.kind in ("year", "date") and len(named) == 1 and "/" not in period.printed
    return Decimal(named.pop()) if whole else period.printed


_PLACES = 2
_LESS = re.compile(r"\b(?:lower|smaller|less|fewer|shorter)\b(?! than)", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d{2}(?!\d)")


def short(period: Period) -> str:
    """A period as a heading: as it is printed."""
    return period.printed


def two_places(value: Decimal) -> Decimal:
    """A quotient or percentage, rounded to two decimal places, halves away from zero.

    Very small ones keep two significant digits.
    """
    if value and abs(value) < Decimal("0.01"):
        return rounded(value, ())
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def as_precise(value: Decimal) -> Decimal:
    """A value as it is where it ends within two decimal places, else rounded to them."""
    exponent = value.as_tuple().exponent
    short = isinstance(exponent, int) and exponent >= -_PLACES
    return value if short else two_places(value)


def counted(number: int, noun: str) -> str:
    """A number with its noun, in the plural where it is one."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
