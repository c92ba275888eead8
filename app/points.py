"""Observations -> where they stand in a chart and under which names; what joins and what does not.

A line joins neighbouring periods only. It ends where a period is missing, where the base or the
definition of a series changed, and where one period has several values.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from innoqa.domain import Observation, Period
from innoqa.table_questions.wording import is_break

LONGEST_AXIS = 400
"""Places of an axis; where it would have more, those without a value are left out."""
LONGEST_LABEL = 9
"""Characters of a period that is written on the axis as printed: "2018/2019", not a sentence."""

_MONTHS = {"year": 12, "half": 6, "quarter": 3, "month": 1}
_PART_OF_A_YEAR = ("half", "quarter", "month", "in-year")
_TIMELESS = ("span", "undated")
Name = Callable[[Observation], str]


@dataclass(frozen=True, slots=True)
class Point:
    """An observation at a place of the axis, on an unbroken run of a line."""

    observation: Observation
    line: str
    place: int
    run: int
    is_part: bool
    """Whether it covers only a part of the year that it is drawn at."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Points on an axis of ``labels``, one for each place, those without a value included.

    ``breaks`` are the points where a line begins anew, since their notes say so. ``unplaced`` are
    the observations that belong to no single place, or have no value.
    """

    points: tuple[Point, ...]
    labels: dict[int, str]
    breaks: tuple[Point, ...]
    unplaced: tuple[Observation, ...]

    @property
    def has_gaps(self) -> bool:
        """Whether a line lacks a value between its first and its last."""
        lines: dict[str, set[int]] = {}
        for point in self.points:
            lines.setdefault(point.line, set()).add(point.place)
        return any(len(at) <= max(at) - min(at) for at in lines.values())

    @property
    def has_several(self) -> bool:
        """Whether a line has several values at one place."""
        wholes = [(p.line, p.place) for p in self.points if not p.is_part]
        return len(wholes) > len(set(wholes))


def place(observations: Sequence[Observation], name: Name) -> Placed:
    """Places observations in time; those of one ``name`` form a line."""
    timed = [one for one in observations if _is_timed(one) and one.value is not None]
    months = _months(timed)
    placed = [(one, _place(one.period, months)) for one in timed]
    points: list[Point] = []
    breaks: list[Point] = []
    for line in dict.fromkeys(map(name, timed)):
        own = sorted((pair for pair in placed if name(pair[0]) == line), key=lambda pair: pair[1])
        begun = frozenset(at for _, at in _breaks(own))
        drawn = list(_line(own, line, begun, months))
        points += drawn
        breaks += (p for p in drawn if p.place in begun and is_break(p.observation))
    unplaced = tuple(one for one in observations if one not in timed)
    return Placed(tuple(points), _labels(placed, months), tuple(breaks), unplaced)


def _is_timed(observation: Observation) -> bool:
    return observation.period.end is not None and observation.period.kind not in _TIMELESS


def _months(observations: Sequence[Observation]) -> int:
    """Months between two places: those of the one kind of period that there is, else a year."""
    kinds = {one.period.kind for one in observations}
    if kinds == {"date"}:
        years = Counter((one.entity, one.indicator, one.period.year) for one in observations)
        return 1 if max(years.values()) > 1 else 12
    return _MONTHS.get(kinds.pop(), 12) if len(kinds) == 1 else 12


def _place(period: Period, months: int) -> int:
    assert period.end is not None
    return (period.end.year * 12 + period.end.month - 1) // months


def _line(
    own: Sequence[tuple[Observation, int]], line: str, begun: frozenset[int], months: int
) -> Iterator[Point]:
    wholes = Counter(at for one, at in own if not _is_part(one, months))
    run, before = 0, None
    for one, at in own:
        is_part = _is_part(one, months)
        joins = before is not None and at == before + 1 and at not in begun and wholes[at] == 1
        if is_part:
            yield Point(one, line, at, -1 - run, is_part)
            continue
        run += not joins
        before = at if wholes[at] == 1 else None
        yield Point(one, line, at, run, is_part)


def _is_part(observation: Observation, months: int) -> bool:
    return months == 12 and observation.period.kind in _PART_OF_A_YEAR


def _breaks(own: Sequence[tuple[Observation, int]]) -> Iterator[tuple[Observation, int]]:
    """Where a note tells of a break that the value before was not yet told to be part of."""
    before: Observation | None = None
    for one, at in own:
        if before is not None and is_break(one) and not is_break(before):
            yield one, at
        before = one


def _labels(placed: Sequence[tuple[Observation, int]], months: int) -> dict[int, str]:
    """A label for each place from the first to the last, as printed where that is the place's."""
    if not placed:
        return {}
    places = {at for _, at in placed}
    if max(places) - min(places) < LONGEST_AXIS:
        places = set(range(min(places), max(places) + 1))
    printed = {
        at: one.period.printed
        for one, at in placed
        if _MONTHS.get(one.period.kind) == months and len(one.period.printed) <= LONGEST_LABEL
    }
    return {at: printed.get(at) or _label(at, months) for at in sorted(places)}


def _label(at: int, months: int) -> str:
    year, part = divmod(at, 12 // months)
    match months:
        case 12:
            return str(year)
        case 1:
            return f"{year}-{part + 1:02}"
        case _:
            return f"{'H' if months == 6 else 'Q'}{part + 1} {year}"


def names_of(observations: Sequence[Observation]) -> list[str]:
    """A name for each, all different: what tells them apart, and a number where nothing does."""
    for parts in (("indicator", "entity", "period"), ("indicator", "entity", "period", "source")):
        names = [joined(one, varying_parts(observations, parts)) for one in observations]
        if len(set(names)) == len(names):
            return names
    return [f"{name} ({number})" for name, number in zip(names, count(1))]


def varying_parts(observations: Sequence[Observation], parts: Sequence[str]) -> tuple[str, ...]:
    """The parts of a name in which these observations differ."""
    return tuple(part for part in parts if len({str(getattr(o, part)) for o in observations}) > 1)


def joined(observation: Observation, parts: Sequence[str]) -> str:
    """Parts of an observation in a row, those that it lacks left out."""
    return ", ".join(filter(None, (str(getattr(observation, part)) for part in parts)))
