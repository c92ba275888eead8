"""Observations -> points in time that may be set beside one another.

Only what is alike is put in one series: one indicator, variant included, of one place, in one base
unit, over periods of one kind. Where several observations stand for one time, one leads and the
others stay with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from innoqa.domain import Observation, Period
from innoqa.quantities import comparable, converted
from innoqa.table_questions.facts import Fact
from innoqa.table_questions.frames import lies_in

_EXACTNESS = {
    "": 0, "exact": 0, "rounded": 1, "preliminary": 3, "estimated": 4, "estimate": 4, "target": 9,
    "goal": 9, "planned": 9, "plan": 9, "forecast": 9, "projected": 9, "projection": 9,
}  # fmt: skip
_ASIDE = 9
_INEXACT = 2
_EARLIEST = date.min

Slot = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Point:
    """A time with the observation that leads there, and others for the same time."""

    fact: Fact
    others: tuple[Fact, ...] = ()

    @property
    def value(self) -> Decimal:
        """The leading value."""
        value = self.fact.observation.value
        assert value is not None
        return value

    @property
    def period(self) -> Period:
        """The leading observation's time."""
        return self.fact.observation.period

    @property
    def year(self) -> int:
        """The year that the time ends in."""
        year = self.period.year
        assert year is not None
        return year


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one indicator and place over like periods, oldest first."""

    indicator: str
    entity: str
    kind: str
    points: tuple[Point, ...]

    def at(self, period: Period) -> Point | None:
        """The point that lies in a period, the last one where several do."""
        inside = [point for point in self.points if lies_in(point.period, period)]
        return inside[-1] if inside else None

    def values(self) -> tuple[Decimal, ...]:
        """The points' values in the unit of the first."""
        return in_one_unit([point.fact for point in self.points])


def is_aside(observation: Observation) -> bool:
    """Whether a value is a target or forecast: never a point of a series of what was."""
    return _exactness(observation) >= _ASIDE or observation.period.printed.casefold() in (
        "goal",
        "target",
    )


def all_series(facts: Iterable[Fact]) -> list[Series]:
    """Every series that dated observations with a value make, longest first."""
    groups: dict[tuple[str, str, str, str], list[Fact]] = {}
    for fact in facts:
        seen = fact.observation
        if seen.value is None or seen.period.end is None or is_aside(seen):
            continue
        key = (seen.indicator.casefold(), seen.entity, _base(seen), kind_of(seen.period))
        groups.setdefault(key, []).append(fact)
    for key in [key for key in groups if key[3] == "month"]:
        whole = (*key[:3], "year")
        if _once_a_year(groups[key]):  # a count taken in some month, and not a monthly series
            groups.setdefault(whole, []).extend(groups.pop(key))
    found = [
        Series(group[0].observation.indicator, key[1], key[3], points_of(group))
        for key, group in groups.items()
    ]
    return sorted(found, key=lambda s: (-len(s.points), s.kind != "year", s.indicator, s.entity))


def _once_a_year(facts: Sequence[Fact]) -> bool:
    years = [fact.observation.period.year for fact in facts]
    return len(years) == len(set(years))


def points_of(facts: Iterable[Fact]) -> tuple[Point, ...]:
    """One point for each time, oldest first."""
    slots: dict[Slot, list[Fact]] = {}
    for fact in facts:
        slots.setdefault(_slot(fact.observation.period), []).append(fact)
    points = []
    for _, group in sorted(slots.items()):
        first, *others = sorted(group, key=preference)
        points.append(Point(first, tuple(others)))
    return tuple(points)


def preference(fact: Fact) -> tuple[int, date, str, int]:
    """Which observation leads: exact before rounded, later in the year, from a surer source."""
    seen = fact.observation
    end = seen.period.end or _EARLIEST
    return (_exactness(seen), date.fromordinal(date.max.toordinal() - end.toordinal()),
            seen.confidence or "Z", seen.cell.row)  # fmt: skip


def kind_of(period: Period) -> str:
    """What a period may be set beside: years and dates together, parts of a year with their like.

    January to July is a kind of its own, for no other part of a year is as long.
    """
    if period.kind in ("year", "date"):
        return "year"
    if period.kind == "in-year" and period.start and period.end:
        return f"in-year {period.start:%m-%d} {period.end:%m-%d}"
    return period.kind


def overlaps_in_kind(one: Period, other: Period) -> bool:
    """Whether values for two periods may disagree: a part of a year never with a whole one."""
    stocks = ("year", "date", "month", "undated")
    return (one.kind in stocks and other.kind in stocks) or kind_of(one) == kind_of(other)


def in_one_unit(facts: Sequence[Fact]) -> tuple[Decimal, ...]:
    """Values in the unit of the first observation; all must be comparable and have a value."""
    unit = facts[0].observation.unit
    values = []
    for fact in facts:
        value = fact.observation.value
        assert value is not None
        values.append(converted(value, fact.observation.unit, unit))
    return tuple(values)


def alike(facts: Sequence[Fact]) -> bool:
    """Whether observations have one base unit."""
    return all(comparable(facts[0].observation.unit, f.observation.unit) for f in facts)


def agree(one: Observation, other: Observation) -> bool:
    """Whether two values can both be right: equal as precisely as both are printed, or bounds."""
    if one.value is None or other.value is None or not comparable(one.unit, other.unit):
        return True
    first = converted(one.value, one.unit, other.unit)
    second = other.value
    if first == second or _bounded(one, first, second) or _bounded(other, second, first):
        return True
    places = [_places(value) for value in (first, second)]
    coarse = Decimal(1).scaleb(-min(places))
    return abs(first - second) * 2 <= coarse


def _bounded(observation: Observation, value: Decimal, other: Decimal) -> bool:
    """Whether "more than 1,600" leaves room for the other value, within a tenth."""
    qualifier = observation.qualifier.casefold()
    near = abs(other - value) <= abs(value) / 10
    if qualifier in ("more than", "over", "at least", "above"):
        return other >= value and near
    if qualifier in ("less than", "under", "almost", "nearly", "at most", "up to", "below"):
        return other <= value and near
    return False


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _exactness(observation: Observation) -> int:
    return _EXACTNESS.get(observation.qualifier.casefold(), _INEXACT)


def _base(observation: Observation) -> str:
    return observation.unit.base.casefold().removesuffix("s")


def _slot(period: Period) -> Slot:
    """The time that a point stands for: the days from its start to its end."""
    assert period.end is not None
    return period.end, period.start or _EARLIEST
