"""A reading of a question -> the value that it asks for, computed from cells.

Each operation is one function from a ``Plan`` to a ``Result``, a ``Refusal``, or None where it does
not apply; ``compute`` asks them in turn. Values are got by evaluating the very expression that is
shown.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from innoqa.domain import Conflict, Observation, Period, Unit
from innoqa.expressions import evaluate
from innoqa.quantities import comparable, converted, formatted, rounded
from innoqa.table_questions.asking import Asked, Threshold
from innoqa.table_questions.matching import Fact, Reading
from innoqa.table_questions.series import (
    Point,
    Series,
    agree,
    all_series,
    alike,
    in_one_unit,
    is_aside,
    kind_of,
    lies_in,
    overlaps_in_kind,
    preference,
)
from innoqa.table_questions.wording import (
    amount,
    as_printed,
    grouped,
    is_break,
    listed,
    named,
    plain,
    size,
    subject,
    variant,
    when,
    years,
)

PERCENT = Unit("percent", "percent")
POINTS = Unit("percentage points", "percentage point")
NONE = Unit("")
_MOST_SAID = 8
_MANY_MORE = 1.5
_A_KIND = 3
_YEARS = Unit("year", "year")

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
        return _without_targets(self.asked, self.reading.facts)

    @property
    def several_places(self) -> bool:
        """Whether more than one place is named."""
        return self.reading.named_place and len(self.reading.places) > 1


def compute(plan: Plan) -> Outcome:
    """The first operation that the question's signs and the reading call for, carried out."""
    for applies, operation in _OPERATIONS:
        if applies(plan):
            outcome = operation(plan)
            if outcome is not None:
                return outcome
    return lookup(plan)


# --- one or several values -------------------------------------------------------------------


def lookup(plan: Plan) -> Outcome:
    """The values for the periods asked for, or the latest."""
    frame = plan.asked.frame
    if frame.points:
        return _values_at(plan, frame.points)
    if frame.is_stretch or frame.count:
        return series(plan)
    earliest = plan.asked.has("earliest") and not plan.asked.has("latest")
    return _latest(plan, earliest=earliest)


def _values_at(plan: Plan, asked: Sequence[Period]) -> Outcome:
    found: list[tuple[Fact, ...]] = []
    for period in asked:
        here = _at(plan.facts, period)
        if not here:
            for other in plan.others:
                here = _at(_without_targets(plan.asked, other.facts), period)
                if here:
                    break
        if not here:
            return missing_period(plan, period)
        found.append(here)
    lead = found[0][0].observation
    if lead.value is None:
        return _empty_cell(plan, found[0][0])
    if plan.several_places:
        found = [group for facts in found for group in _by_place(plan, facts)]
    said = [(named(facts[0].observation), (facts[0],)) for facts in found]
    said += [_also(fact) for facts in found for fact in facts[1:]]
    values = tuple(facts[0].observation.value for facts in found)
    numbers = tuple(value for value in values if value is not None)
    return Result(
        operation="lookup",
        said=tuple(_capital(words, facts) for words, facts in said[:_MOST_SAID]),
        value=numbers[0] if len(numbers) == 1 else numbers,
        unit=lead.unit,
        operands=tuple(facts[0] for facts in found),
        conflicts=_conflicts(found),
    )


def _by_place(plan: Plan, facts: Sequence[Fact]) -> list[tuple[Fact, ...]]:
    places = [p for p in plan.reading.places if any(f.observation.entity == p for f in facts)]
    return [tuple(f for f in facts if f.observation.entity == place) for place in places]


def _at(facts: Sequence[Fact], period: Period) -> tuple[Fact, ...]:
    """The observations for a period, the one that leads first; equal ones once."""
    inside = [fact for fact in facts if lies_in(fact.observation.period, period)]
    exact = [f for f in inside if _fills(f.observation.period, period)]
    rest = [f for f in inside if f not in exact]
    ordered = sorted(exact, key=preference) + sorted(
        rest, key=lambda f: (f.observation.value is None, *preference(f))
    )
    return tuple(ordered)


def _fills(period: Period, asked: Period) -> bool:
    """Whether a period is all of the one asked for, or its last day."""
    return period.end == asked.end and (period.start == asked.start or period.kind == "date")


def _latest(plan: Plan, *, earliest: bool = False) -> Outcome:
    facts = [fact for fact in plan.facts if fact.observation.value is not None]
    if not facts:
        return _empty_cell(plan, plan.facts[0]) if plan.facts else None
    dated = [fact for fact in facts if fact.observation.period.end is not None]
    nearby = [] if dated else _dated_nearby(plan)
    undated = [fact for fact in facts if fact.observation.period.end is None]
    chosen = _newest(dated + nearby, earliest=earliest)
    lead, *rest = [*chosen, *undated]
    shown = [lead, *(fact for fact in rest if _worth_telling(fact, lead, plan))]
    said = [(named(lead.observation), (lead,))] + [_also(fact) for fact in shown[1:]]
    return Result(
        operation="earliest" if earliest else "latest" if dated + nearby else "lookup",
        said=tuple(_capital(words, behind) for words, behind in said[:_MOST_SAID]),
        value=lead.observation.value,
        unit=lead.observation.unit,
        operands=(lead,),
        series=_line(plan, lead),
        conflicts=_conflict_of(shown),
    )


def _worth_telling(fact: Fact, lead: Fact, plan: Plan) -> bool:
    """Another place is left out where none was asked for."""
    same = fact.observation.entity == lead.observation.entity
    return same or plan.reading.named_place or len(plan.reading.places) > 1


def _dated_nearby(plan: Plan) -> list[Fact]:
    """Dated observations of the next reading, where the first has none with a date."""
    for other in plan.others:
        dated = [
            fact for fact in _without_targets(plan.asked, other.facts)
            if fact.observation.period.end is not None and fact.observation.value is not None
        ]  # fmt: skip
        if dated:
            return dated
    return []


def _newest(facts: Iterable[Fact], *, earliest: bool) -> list[Fact]:
    """The last (or first) observation of each indicator and place, newest (or oldest) first."""
    groups: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        seen = fact.observation
        groups.setdefault((seen.indicator.casefold(), seen.entity), []).append(fact)
    best: list[Fact] = []
    for group in groups.values():
        ends = [fact.observation.period.end for fact in group]
        edge = min(e for e in ends if e) if earliest else max(e for e in ends if e)
        same = [f for f in group if f.observation.period.end and f.observation.period.end.year == edge.year]
        best.extend(same)
    return sorted(
        best,
        key=lambda f: (
            (f.observation.period.end.toordinal() if f.observation.period.end else 0)
            * (1 if earliest else -1),
            preference(f),
            f.observation.indicator,
        ),
    )


def series(plan: Plan) -> Outcome:
    """Every value of a stretch, oldest first, with how it went."""
    lines = [_cut(line, plan) for line in all_series(plan.facts)]
    lines = [line for line in lines if line.points]
    if not lines:
        return _missing_stretch(plan)
    line = lines[0]
    if len(line.points) < 2:
        return _values_at(plan, [line.points[0].period])
    facts = tuple(point.fact for point in line.points)
    first, last = line.points[0], line.points[-1]
    said: list[Said] = [(_course(line), (first.fact, last.fact))]
    told = "; ".join(f"{_short(p.period)}: {amount(p.fact.observation)}" for p in line.points)
    said.append((f"{subject(first.fact.observation)}, by period: {told}.", facts))
    said += _break_notes(facts)
    values = tuple(line.values())
    return Result(
        operation="series",
        said=tuple(said),
        value=values,
        unit=first.fact.observation.unit,
        operands=facts,
        series=_all_points(lines),
        conflicts=_conflicts([(p.fact, *p.others) for p in line.points]),
    )


def _course(line: Series) -> str:
    """How a series went, in a sentence: ``Up by 2 % ...``."""
    first, last = line.points[0], line.points[-1]
    start, end = line.values()[0], line.values()[-1]
    unit = first.fact.observation.unit
    change = rounded(end - start, (start, end))
    seen = last.fact.observation
    return (
        f"{_direction(change, unit)} from {formatted(start, unit)} {when(first.period)} to "
        f"{formatted(end, unit)} {when(last.period)}: {subject(seen)}."
    )


def _direction(change: Decimal, unit: Unit) -> str:
    if change == 0:
        return "Unchanged,"
    return f"{'Up' if change > 0 else 'Down'} by {size(change, unit)},"


def _all_points(lines: Sequence[Series]) -> tuple[Fact, ...]:
    """The points of every series in the first one's unit and place, for a chart."""
    lead = lines[0]
    return tuple(
        point.fact
        for line in lines
        if line.kind == lead.kind
        and comparable(line.points[0].fact.observation.unit, lead.points[0].fact.observation.unit)
        for point in line.points
    )


def _line(plan: Plan, lead: Fact) -> tuple[Fact, ...]:
    """The series around a value, for its chart: those of its place and unit."""
    lines = [
        line for line in all_series(plan.facts)
        if line.entity == lead.observation.entity and line.kind == kind_of(lead.observation.period)
        and comparable(line.points[0].fact.observation.unit, lead.observation.unit)
    ]  # fmt: skip
    return tuple(point.fact for line in lines for point in line.points)


# --- changes ---------------------------------------------------------------------------------


def change(plan: Plan) -> Outcome:
    """The difference and the percentage change between two times."""
    ends = _ends(plan)
    if not isinstance(ends, tuple):
        return ends
    line, first, last = ends
    a, b = in_one_unit([first.fact, last.fact])
    unit = first.fact.observation.unit
    difference = f"{plain(b)} - {plain(a)}"
    relative = f"({plain(b)} - {plain(a)}) / {plain(abs(a))} * 100" if a else ""
    wants_percent = plan.asked.has("percentage change", "percent") and not plan.asked.has("points")
    if wants_percent and not relative:
        return Refusal(
            f"The value {when(first.period)} is 0, so there is no percentage change: "
            f"{subject(first.fact.observation)}.", (first.fact,)
        )  # fmt: skip
    expression = relative if wants_percent else difference
    value = rounded(evaluate(expression), (a, b))
    said: list[Said] = [(_changed(plan, first, last, (a, b), wants_percent), (first.fact, last.fact))]
    said += _other_changes(first, last, relative_wanted=wants_percent)
    between = [p.fact for p in line.points if first.year <= p.year <= last.year]
    said += _break_notes(between)
    return Result(
        operation="percentage change" if wants_percent else "difference",
        said=tuple(said),
        value=_two_places(value) if wants_percent else value,
        unit=PERCENT if wants_percent else POINTS if unit.base == "percent" else unit,
        expression=expression,
        operands=(last.fact, first.fact),
        series=tuple(between) if len(between) > 2 else (),
        conflicts=_conflicts([(p.fact, *p.others) for p in (first, last)]),
    )


def _changed(
    plan: Plan, first: Point, last: Point, values: tuple[Decimal, Decimal], in_percent: bool
) -> str:
    a, b = values
    unit = first.fact.observation.unit
    difference = rounded(b - a, values)
    percent = _percent_change(a, b)
    direction = "Unchanged" if b == a else "Up" if b > a else "Down"
    parts = [size(difference, unit), percent] if percent else [size(difference, unit)]
    if in_percent:
        parts.reverse()
    by = f" by {parts[0]}" + (f" ({parts[1]})" if len(parts) > 1 else "") if b != a else ""
    answer = _yes_no(plan.asked, b - a)
    return (
        f"{answer}{direction}{by}, from {amount(first.fact.observation)} {when(first.period)} to "
        f"{amount(last.fact.observation)} {when(last.period)}: {subject(last.fact.observation)}."
    )


def _yes_no(asked: Asked, difference: Decimal) -> str:
    """``Yes: `` or ``No: `` where the question asks whether something rose or fell."""
    if not asked.has("whether"):
        return ""
    words = " ".join(word.stem for word in asked.words)
    falls = re.search(r"\b(?:fall|fell|declin\w*|decreas\w*|drop\w*|shrink|shrank|go down)\b", words)
    rises = re.search(r"\b(?:rise|rose|grow\w*|increas\w*|go up|expand\w*|improv\w*)\b", words)
    if falls and rises:
        return ""
    holds = difference < 0 if falls else difference > 0
    return "Yes: " if holds else "No: "


def _percent_change(a: Decimal, b: Decimal) -> str:
    if not a or a == b:
        return ""
    value = _two_places(evaluate(f"({plain(b)} - {plain(a)}) / {plain(abs(a))} * 100"))
    return f"{'+' if value > 0 else ''}{formatted(value, PERCENT)}"


def _other_changes(first: Point, last: Point, *, relative_wanted: bool) -> list[Said]:
    """The same with the figures of other sources for the two times."""
    said: list[Said] = []
    for one in _sides(first):
        for other in _sides(last):
            if (one, other) == (first.fact, last.fact) or len(said) == 3:
                continue
            a, b = in_one_unit([one, other])
            unit = one.observation.unit
            by = (
                _percent_change(a, b) if relative_wanted else size(rounded(b - a, (a, b)), unit)
            ) or "nothing"
            said.append((
                f"With other sources' figures, {amount(one.observation)} {when(first.period)} and "
                f"{amount(other.observation)} {when(last.period)}, it is "
                f"{'up' if b > a else 'down' if b < a else 'unchanged'} by {by}.",
                (one, other),
            ))  # fmt: skip
    return said


def _sides(point: Point) -> list[Fact]:
    """The leading observation and those of the same time that do not agree with it."""
    return [point.fact, *(f for f in point.others if not agree(point.fact.observation, f.observation)
                          and f.observation.period.kind == point.period.kind)]  # fmt: skip


def annual_growth(plan: Plan) -> Outcome:
    """The compound annual growth rate between two times, in percent a year."""
    ends = _ends(plan)
    if not isinstance(ends, tuple):
        return ends
    line, first, last = ends
    a, b = in_one_unit([first.fact, last.fact])
    steps = last.year - first.year
    if steps < 1 or a <= 0 or b <= 0:
        return Refusal(
            "A compound annual growth rate needs two values above zero at least a year apart; "
            f"there are {amount(first.fact.observation)} {when(first.period)} and "
            f"{amount(last.fact.observation)} {when(last.period)}.", (first.fact, last.fact)
        )  # fmt: skip
    expression = f"(({plain(b)} / {plain(a)}) ^ (1 / {steps}) - 1) * 100"
    value = _two_places(evaluate(expression))
    seen = last.fact.observation
    words = (
        f"{formatted(value, PERCENT)} a year on average (compound) over {_count(steps, 'year')}, from "
        f"{amount(first.fact.observation)} {when(first.period)} to {amount(seen)} "
        f"{when(last.period)}: {subject(seen)}."
    )
    between = [p.fact for p in line.points if first.year <= p.year <= last.year]
    return Result(
        operation="compound annual growth rate",
        said=((words, (first.fact, last.fact)), *_break_notes(between)),
        value=value,
        unit=PERCENT,
        expression=expression,
        operands=(last.fact, first.fact),
        series=tuple(between) if len(between) > 2 else (),
        conflicts=_conflicts([(p.fact, *p.others) for p in (first, last)]),
    )


def _ends(plan: Plan) -> tuple[Series, Point, Point] | Refusal | None:
    """The first and last point of what is asked for, on one series."""
    frame = plan.asked.frame
    lines = all_series(plan.facts)
    if not lines:
        return None
    if len(frame.points) >= 2:
        first, last = frame.points[0], frame.points[-1]
        if first.end and last.end and first.end > last.end:
            first, last = last, first
        return _on_one_line(plan, lines, first, last)
    if len(frame.points) == 1 and not frame.is_stretch:
        return _since_before(plan, lines, frame.points[0])
    cut = [line for line in (_cut(line, plan) for line in lines) if len(line.points) > 1]
    if not cut:
        return _missing_stretch(plan)
    if frame.first is not None and not any(
        p.period.end and p.period.end.year == frame.first.year for p in cut[0].points
    ):
        return _missing_stretch(plan) if frame.points else None
    return cut[0], cut[0].points[0], cut[0].points[-1]


def _on_one_line(
    plan: Plan, lines: Sequence[Series], first: Period, last: Period
) -> tuple[Series, Point, Point] | Refusal:
    for line in lines:
        start, end = line.at(first), line.at(last)
        if start and end and start is not end:
            return line, start, end
    for period in (first, last):
        if not any(line.at(period) for line in lines):
            return missing_period(plan, period)
    found = [f for p in (first, last) for f in _at(plan.facts, p)]
    told = listed([named(fact.observation) for fact in found[:6]])
    return Refusal(
        f"The figures for {first} and {last} are not of one series (other compiler, scope or part "
        f"of the year), so no change is computed from them. Held: {told}.", tuple(found[:6])
    )  # fmt: skip


def _since_before(plan: Plan, lines: Sequence[Series], period: Period) -> (
    tuple[Series, Point, Point] | Refusal
):  # fmt: skip
    """A change "in 2023": from the year before."""
    for line in lines:
        here = line.at(period)
        place = line.points.index(here) if here else 0
        if here and place and line.points[place - 1].year == here.year - 1:
            return line, line.points[place - 1], here
    return missing_period(plan, period, "the year before it and itself")


# --- over times or places --------------------------------------------------------------------


def aggregate(plan: Plan) -> Outcome:
    """The sum, mean, median, minimum, maximum or range of values over times or places."""
    name, function, label = _aggregate_asked(plan)
    chosen = _across_places(plan) if _is_across(plan) else _across_times(plan)
    if not isinstance(chosen, tuple):
        return chosen
    if len(chosen) < 2 and name != "sum":
        return _values_at(plan, [chosen[0].observation.period]) if chosen else None
    if name == "sum" and chosen[0].observation.unit.base == "percent":
        return Refusal(
            f"These are shares in percent, and shares of different wholes cannot be added: "
            f"{subject(chosen[0].observation)}.", chosen
        )  # fmt: skip
    values = in_one_unit(chosen)
    numbers = ", ".join(map(plain, values))
    expression = (
        f"max({numbers}) - min({numbers})" if name == "range" else f"{function}({numbers})"
    )
    value = evaluate(expression)
    value = rounded(value, values) if name in ("mean", "median") else value
    unit = chosen[0].observation.unit
    if name == "range" and unit.base == "percent":
        unit = POINTS
    edges = _edges(name, chosen, values)
    words = f"{formatted(value, unit)} {label} {_over(plan, chosen)}{edges}."
    return Result(
        operation=name,
        said=((_capital(words, ())[0], chosen), *_break_notes(chosen)),
        value=value,
        unit=unit,
        expression=expression,
        operands=chosen,
        series=chosen if len(chosen) > 2 else (),
        conflicts=_conflicts_for(plan, chosen),
    )


def _wants_lowest(plan: Plan) -> bool:
    """Whether the lowest number is asked for; the highest rank is the lowest number."""
    lowest = plan.asked.has("lowest") and not plan.asked.has("highest")
    ranks = bool(plan.facts) and plan.facts[0].observation.unit.base.casefold() == "rank"
    return lowest != ranks


def _aggregate_asked(plan: Plan) -> tuple[str, str, str]:
    asked = plan.asked
    for sign, name, function, label in (
        ("median", "median", "median", "is the median"),
        ("mean", "mean", "mean", "is the mean"),
        ("range", "range", "range", "lies between the highest and the lowest value"),
    ):
        if asked.has(sign):  # type: ignore[arg-type]
            return name, function, label
    if asked.has("highest", "lowest"):
        word = "lowest" if asked.has("lowest") and not asked.has("highest") else "highest"
        if _wants_lowest(plan):
            return "minimum", "min", f"is the {word}"
        return "maximum", "max", f"is the {word}"
    return "sum", "sum", "is the sum"


def _edges(name: str, chosen: Sequence[Fact], values: Sequence[Decimal]) -> str:
    """Which observation a minimum or maximum is of."""
    if name not in ("minimum", "maximum"):
        return ""
    edge = min(values) if name == "minimum" else max(values)
    where = [f.observation for f, v in zip(chosen, values, strict=True) if v == edge]
    several = {fact.observation.entity for fact in chosen}
    told = [o.entity if len(several) > 1 else when(o.period) for o in where]
    return f", {listed(told)}" if len(several) <= 1 else f": {listed(told)}"


def _over(plan: Plan, chosen: Sequence[Fact]) -> str:
    first = chosen[0].observation
    places = list(dict.fromkeys(f.observation.entity for f in chosen))
    if len(places) > 1:
        return f"of {first.indicator}{_dated(chosen)} over {len(places)} places ({listed(places)})"
    return (
        f"of {subject(first)} over {_count(len(chosen), 'figure')} "
        f"({years(f.observation for f in chosen)})"
    )


def _is_across(plan: Plan) -> bool:
    """Whether values of several places are meant, and not of several times."""
    return (
        (plan.several_places or plan.reading.is_group)
        and not plan.asked.has("which period")
        and len(plan.asked.frame.points) <= 1
        and not plan.asked.frame.is_stretch
    )


def _across_times(plan: Plan) -> tuple[Fact, ...] | Outcome:
    frame = plan.asked.frame
    lines = all_series(plan.facts)
    if len(frame.points) >= 2 and not frame.is_stretch:
        for line in lines:
            points = [line.at(period) for period in frame.points]
            if all(points):
                return tuple(point.fact for point in points if point)
        lacking = next((p for p in frame.points if not any(line.at(p) for line in lines)), None)
        return missing_period(plan, lacking) if lacking else None
    if len(frame.points) == 1 and not frame.is_stretch:
        return _values_at(plan, frame.points)
    cut = [line for line in (_cut(line, plan) for line in lines) if line.points]
    if not cut:
        return _missing_stretch(plan)
    points = cut[0].points
    gaps = _gaps(points, plan)
    if gaps and plan.asked.has("sum") and not plan.asked.has("mean", "median"):
        return Refusal(
            f"A sum needs every year, and there is no figure for {gaps}: "
            f"{subject(points[0].fact.observation)}. Held: "
            f"{years(p.fact.observation for p in points)}.", tuple(p.fact for p in points)
        )  # fmt: skip
    return tuple(point.fact for point in points)


def _gaps(points: Sequence[Point], plan: Plan) -> str:
    """The years of the stretch asked for without a figure, in words."""
    frame = plan.asked.frame
    first = frame.first.year if frame.first else points[0].year
    last = frame.last.year if frame.last else points[-1].year
    known = {point.year for point in points}
    lacking = [str(year) for year in range(first, last + 1) if year not in known]
    return listed(lacking)


def _across_places(plan: Plan) -> tuple[Fact, ...] | Outcome:
    """One like observation of each place, for the period asked for or the latest common one."""
    usable = [f for f in plan.facts if f.observation.value is not None and not is_aside(f.observation)]
    if plan.asked.frame.points:
        period = plan.asked.frame.points[0]
        usable = [f for f in usable if lies_in(f.observation.period, period)]
        if not usable:
            return missing_period(plan, period)
    groups = _by_slot(usable)
    if not groups:
        return None
    ranked = sorted(groups.items(), key=lambda g: (-len(g[1]), _newness(g[1]), g[0]))
    best = ranked[0][1]
    if not plan.asked.frame.points:
        newest = _latest_of_all(usable)
        best = newest if len(newest) > _MANY_MORE * len(best) else best
    best = _with_companions(plan, best)
    named_places = plan.reading.places if plan.several_places and not plan.reading.is_group else ()
    lacking = [place for place in named_places if place not in best]
    if lacking and not plan.asked.frame.points:
        return _latest_of_each(plan, usable)
    if lacking:
        return Refusal(
            f"There is no like figure for {listed(lacking)}: {plan.reading.measure}. Held: "
            + listed([named(f.observation) for f in best.values()]) + ".", tuple(best.values())
        )  # fmt: skip
    return tuple(sorted(best.values(), key=lambda f: f.observation.cell.row))


def _by_slot(usable: Iterable[Fact]) -> dict[tuple[str, str, str], dict[str, Fact]]:
    """For each indicator, unit and time: the leading observation of each place."""
    groups: dict[tuple[str, str, str], dict[str, Fact]] = {}
    for fact in sorted(usable, key=preference, reverse=True):
        seen = fact.observation
        slot = (seen.indicator.casefold(), seen.unit.base, _like(seen))
        groups.setdefault(slot, {})[seen.entity] = fact
    return groups


def _with_companions(plan: Plan, chosen: dict[str, Fact]) -> dict[str, Fact]:
    """With the places that the table lists among those of a kind under another name.

    "The parks" are six called Park and the one Electronics City listed with them.
    """
    if not plan.reading.is_group or len(chosen) < _A_KIND:
        return chosen
    tables = {id(fact.table) for fact in chosen.values()}
    slots = _by_slot(
        f for f in plan.reading.other_places
        if id(f.table) in tables and f.observation.value is not None and f.observation.entity
    )  # fmt: skip
    lead = next(iter(chosen.values())).observation
    others = slots.get((lead.indicator.casefold(), lead.unit.base, _like(lead)), {})
    return {**chosen, **others} if len(others) <= len(chosen) else chosen


def _latest_of_all(usable: Sequence[Fact]) -> dict[str, Fact]:
    """The latest whole-year or dated figure of each place, in the commonest unit."""
    dated = [f for f in usable if f.observation.period.end and kind_of(f.observation.period) == "year"]
    newest: dict[str, Fact] = {}
    for fact in _newest(dated, earliest=False):
        lead = next(iter(newest.values()), fact)
        if comparable(lead.observation.unit, fact.observation.unit):
            newest.setdefault(fact.observation.entity, fact)
    return newest


def _latest_of_each(plan: Plan, usable: Sequence[Fact]) -> tuple[Fact, ...] | Outcome:
    """The latest of each named place, where no period was asked for and none is common."""
    newest: dict[str, Fact] = {}
    for fact in _newest([f for f in usable if f.observation.period.end], earliest=False):
        newest.setdefault(fact.observation.entity, fact)
    chosen = tuple(newest[place] for place in plan.reading.places if place in newest)
    return chosen if len(chosen) > 1 and alike(chosen) else None


def _like(observation: Observation) -> str:
    """What must be the same for places to be compared: the period itself."""
    period = observation.period
    if period.kind in ("year", "date"):
        return str(period.year)
    return f"{period.start}/{period.end}"


def _newness(group: dict[str, Fact]) -> int:
    return -max((f.observation.period.end.toordinal() if f.observation.period.end else 0)
                for f in group.values())  # fmt: skip


def rank(plan: Plan) -> Outcome:
    """Places in order of their values; the first of them where one is asked for."""
    chosen = _across_places(plan)
    if not isinstance(chosen, tuple):
        return chosen
    if len(chosen) < 2 or not alike(chosen):
        return None
    values = dict(zip(chosen, in_one_unit(chosen), strict=True))
    lowest = _wants_lowest(plan)
    ordered = sorted(chosen, key=lambda f: (values[f] if lowest else -values[f], f.observation.entity))
    wanted = plan.asked.top or (len(ordered) if plan.asked.has("rank", "compare") else 1)
    if plan.asked.has("rank") and plan.reading.named:
        return _rank_of(plan.reading.named[0], ordered, values)
    edge = values[ordered[min(wanted, len(ordered)) - 1]]
    kept = [f for f in ordered if (values[f] <= edge if lowest else values[f] >= edge)]
    names = tuple(f.observation.entity for f in kept)
    lead = kept[0].observation
    numbers = ", ".join(plain(values[fact]) for fact in chosen)
    said: list[Said] = []
    if wanted == 1:
        word = "lowest" if lowest else "highest"
        said.append((f"{listed(names)}: {amount(lead)}{as_printed(lead)} {when(lead.period)}, the "
                     f"{word} {lead.indicator} of the {len(ordered)} places with a figure"
                     f"{'' if _dated(ordered) == ' ' + when(lead.period) else _dated(ordered)}.",
                     tuple(kept)))  # fmt: skip
        rest = ordered[len(kept) : len(kept) + 4]
        if rest:
            told = listed([f"{f.observation.entity} ({amount(f.observation)})" for f in rest])
            said.append((f"Then follow {told}.", tuple(rest)))
    else:
        told = "; ".join(
            f"{n}. {f.observation.entity}, {amount(f.observation)}" for n, f in enumerate(kept, 1)
        )
        said.append((f"By {lead.indicator}{_dated(ordered)}, "
                     f"{'lowest' if lowest else 'highest'} first: {told}.", tuple(kept)))  # fmt: skip
    return Result(
        operation=("argmin" if lowest else "argmax") if wanted == 1 else "rank",
        said=tuple(said),
        value=names[0] if len(names) == 1 else names,
        unit=NONE,
        expression=f"{'min' if lowest else 'max'}({numbers})" if wanted == 1 else "",
        operands=tuple(ordered),
        series=tuple(ordered) if len(ordered) > 2 else (),
        conflicts=_conflicts_for(plan, kept),
    )


def _rank_of(place: str, ordered: Sequence[Fact], values: dict[Fact, Decimal]) -> Outcome:
    """The place that one of several takes."""
    own = next((fact for fact in ordered if fact.observation.entity == place), None)
    if own is None:
        return None
    position = 1 + sum(values[fact] > values[own] for fact in ordered)
    seen = own.observation
    words = (
        f"Number {position} of {len(ordered)}: {place}, {amount(seen)}{as_printed(seen)} "
        f"{when(seen.period)} ({seen.indicator})."
    )
    told = "; ".join(
        f"{n}. {f.observation.entity}, {amount(f.observation)}" for n, f in enumerate(ordered, 1)
    )
    return Result(
        operation="rank",
        said=((words, (own,)), (f"In order: {told}.", tuple(ordered))),
        value=Decimal(position),
        operands=tuple(ordered),
        series=tuple(ordered) if len(ordered) > 2 else (),
    )


def having_figures(plan: Plan) -> Outcome:
    """How many places there is a figure for."""
    chosen = _across_places(plan)
    if not isinstance(chosen, tuple):
        return chosen
    seen = chosen[0].observation
    numbers = ", ".join(plain(f.observation.value or Decimal(0)) for f in chosen)
    return Result(
        operation="count",
        said=((f"{len(chosen)} places have a figure of {seen.indicator}{_dated(chosen)}: "
               f"{listed([f.observation.entity for f in chosen])}.", chosen),),
        value=Decimal(len(chosen)),
        expression=f"count({numbers})",
        operands=chosen,
    )  # fmt: skip


def _dated(chosen: Sequence[Fact]) -> str:
    """`` in 2005`` where all are of one time; that the dates differ, where they do."""
    times = {fact.observation.period for fact in chosen}
    return f" {when(chosen[0].observation.period)}" if len(times) == 1 else " (the latest of each)"


def extreme_period(plan: Plan) -> Outcome:
    """The period with the highest or lowest value, or the largest change."""
    lines = [line for line in (_cut(line, plan) for line in all_series(plan.facts)) if line.points]
    if not lines or len(lines[0].points) < 2:
        return _missing_stretch(plan) if plan.asked.frame.is_stretch else None
    line = lines[0]
    lowest = _wants_lowest(plan)
    if plan.asked.has("change", "difference", "percentage change"):
        return _extreme_change(plan, line, lowest=lowest)
    values = line.values()
    ordered = sorted(set(values), reverse=not lowest)
    edge = ordered[min(plan.asked.top or 1, len(ordered)) - 1]
    pairs = [(v, p) for v, p in zip(values, line.points, strict=True)
             if (v <= edge if lowest else v >= edge)]  # fmt: skip
    kept = [p for _, p in sorted(pairs, key=lambda pair: pair[0], reverse=not lowest)]
    if plan.asked.top:
        return _top_periods(line, kept, lowest=lowest)
    lead = kept[0].fact.observation
    numbers = ", ".join(map(plain, values))
    facts = tuple(point.fact for point in line.points)
    words = (
        f"{listed([_short(p.period) for p in kept])}: {amount(lead)}{as_printed(lead)}, the "
        f"{'lowest' if lowest else 'highest'} of the {len(line.points)} figures held "
        f"({years(f.observation for f in facts)}): {subject(lead)}."
    )
    return Result(
        operation="argmin" if lowest else "argmax",
        said=((words, tuple(p.fact for p in kept)), *_break_notes(facts)),
        value=_periods([p.period for p in kept]),
        unit=_YEARS,
        expression=f"{'min' if lowest else 'max'}({numbers})",
        operands=facts,
        series=facts,
        conflicts=_conflicts([(p.fact, *p.others) for p in kept]),
    )


def _top_periods(line: Series, kept: Sequence[Point], *, lowest: bool) -> Outcome:
    told = "; ".join(
        f"{n}. {_short(p.period)}, {amount(p.fact.observation)}" for n, p in enumerate(kept, 1)
    )
    seen = kept[0].fact.observation
    facts = tuple(point.fact for point in kept)
    return Result(
        operation="rank",
        said=((f"{told}: {subject(seen)}, {'lowest' if lowest else 'highest'} first of "
               f"{len(line.points)} figures held.", facts),),
        value=_periods([p.period for p in kept]),
        unit=_YEARS,
        operands=facts,
        series=tuple(point.fact for point in line.points),
    )  # fmt: skip


def ordinal(plan: Plan) -> Outcome:
    """When, or how often, a rank was taken; whether it was in a given year."""
    wanted = Decimal(plan.asked.ordinal or 0)
    lines = [line for line in (_cut(line, plan) for line in all_series(plan.facts)) if line.points]
    if not lines:
        return _missing_stretch(plan)
    line = lines[0]
    met = [point for point in line.points if point.value == wanted]
    facts = tuple(point.fact for point in line.points)
    about = subject(facts[0].observation)
    told = listed([_short(point.period) for point in met]) or "none"
    counted = plan.asked.has("count years", "count")
    chosen = met if counted else met[-1:] if plan.asked.has("last") else met[:1]
    if plan.asked.has("which period") and not plan.asked.has("first", "last"):
        chosen = met
    words = (
        f"{len(met)} of {len(line.points)} figures held are {wanted} ({told}): {about}."
        if counted or not met
        else f"{listed([_short(p.period) for p in chosen])}: {about} was {wanted}; of "
        f"{len(line.points)} figures held, {told} {'is' if len(met) == 1 else 'are'} {wanted}."
    )
    return Result(
        operation="count" if counted else "lookup",
        said=((words, tuple(p.fact for p in met) or facts),),
        value=Decimal(len(met)) if counted else _periods([p.period for p in chosen]) if chosen else None,
        unit=NONE if counted else _YEARS,
        expression=f"count({', '.join(plain(p.value) for p in met)})" if counted and met else "",
        operands=tuple(p.fact for p in met) or facts,
        series=facts,
    )  # fmt: skip


def _extreme_change(plan: Plan, line: Series, *, lowest: bool) -> Outcome:
    """The year with the largest rise (or fall) on the year before."""
    steps = [
        (b, evaluate(f"{plain(y)} - {plain(x)}"), a)
        for (a, b), (x, y) in zip(pairwise(line.points), pairwise(line.values()), strict=True)
        if b.year == a.year + 1
    ]
    if not steps:
        return None
    best = (min if lowest else max)(steps, key=lambda step: step[1])
    point, difference, before = best
    seen = point.fact.observation
    words = (
        f"{_short(point.period)}: {_direction(difference, seen.unit)} from "
        f"{amount(before.fact.observation)} to {amount(seen)}, the "
        f"{'smallest' if lowest else 'largest'} change on the year before among the "
        f"{len(steps)} pairs of neighbouring years held: {subject(seen)}."
    )
    return Result(
        operation="argmin" if lowest else "argmax",
        said=((words, (before.fact, point.fact)),),
        value=_periods([point.period]),
        unit=_YEARS,
        expression=f"{plain(point.value)} - {plain(before.value)}",
        operands=(point.fact, before.fact),
        series=tuple(p.fact for p in line.points),
    )


# --- thresholds ------------------------------------------------------------------------------


def crossing(plan: Plan) -> Outcome:
    """The first period above or below a limit, or all of them where years are asked for."""
    threshold = plan.asked.threshold
    assert threshold is not None
    line = _line_against(plan, threshold)
    if not isinstance(line, Series):
        return line
    limit, shown = _limit(threshold, line.points[0].fact.observation.unit)
    beyond = [p for p, v in zip(line.points, line.values(), strict=True) if _beyond(v, limit, threshold)]
    facts = tuple(point.fact for point in line.points)
    side = "above" if threshold.above else "below"
    if not beyond:
        return Result(
            operation=f"first {side}",
            said=((f"None: no figure held ({years(f.observation for f in facts)}) is {side} {shown}: "
                   f"{subject(facts[0].observation)}.", facts),),
            value=None, operands=facts, series=facts,
        )  # fmt: skip
    if _asks_for_all(plan.asked):
        whole = _all_beyond(plan, line, beyond, (side, shown))
        return replace(
            whole,
            said=(*whole.said, *_other_sides(line, limit, threshold)),
            conflicts=_conflicts(_disputed(line, limit, threshold)),
        )
    place = line.points.index(beyond[0])
    before = line.points[place - 1] if place else None
    lead = beyond[0].fact.observation
    words = (
        f"{_short(beyond[0].period)}: {amount(lead)}{as_printed(lead)}, the first figure held {side} "
        f"{shown}: {subject(lead)}."
    )
    said: list[Said] = [(words, (beyond[0].fact,))]
    if before is not None:
        said.append((_before_crossing(before, beyond[0]), (before.fact,)))
    return Result(
        operation=f"first {side}",
        said=(*said, *_other_sides(line, limit, threshold), *_break_notes(facts)),
        value=_periods([beyond[0].period]),
        unit=_YEARS,
        operands=(beyond[0].fact, *((before.fact,) if before else ())),
        series=facts,
        conflicts=_conflicts(_disputed(line, limit, threshold)),
    )


def _disputed(line: Series, limit: Decimal, threshold: Threshold) -> list[tuple[Fact, ...]]:
    """The points of which some sources lie beyond a limit and some do not."""
    groups = []
    for point in line.points:
        sides = _sides(point)
        held = {_beyond(value, limit, threshold) for value in in_one_unit(sides)}
        if len(held) > 1:
            groups.append(tuple(sides))
    return groups


def _other_sides(line: Series, limit: Decimal, threshold: Threshold) -> list[Said]:
    """What another source's figure would change about a limit."""
    return [
        (f"For {_short(facts[0].observation.period)} the sources differ: "
         f"{listed([amount(fact.observation) for fact in facts])}.", facts)
        for facts in _disputed(line, limit, threshold)
    ]  # fmt: skip


def _before_crossing(before: Point, after: Point) -> str:
    seen = before.fact.observation
    gap = after.year - before.year - 1
    words = f"The figure before it is {amount(seen)} {when(before.period)}"
    if gap < 1:
        return f"{words}."
    held = str(before.year + 1) if gap == 1 else f"{before.year + 1} to {after.year - 1}"
    return (
        f"{words}; there is no figure for {held}, so the limit may have been passed earlier "
        f"than {after.year}."
    )


def _all_beyond(plan: Plan, line: Series, beyond: Sequence[Point], words: tuple[str, str]) -> Result:
    side, shown = words
    facts = tuple(point.fact for point in beyond)
    told = listed([f"{_short(p.period)} ({amount(p.fact.observation)})" for p in beyond])
    counted = plan.asked.has("count years", "count")
    lead = f"{len(beyond)} of the {len(line.points)} periods with a figure: " if counted else ""
    return Result(
        operation="count" if counted else "filter",
        said=((f"{lead}{told} {'is' if len(beyond) == 1 else 'are'} {side} {shown}: "
               f"{subject(facts[0].observation)}.", facts),),
        value=Decimal(len(beyond)) if counted else _periods([p.period for p in beyond]),
        unit=NONE if counted else _YEARS,
        expression=f"count({', '.join(plain(p.value) for p in beyond)})" if counted else "",
        operands=facts,
        series=tuple(point.fact for point in line.points),
    )  # fmt: skip


def _asks_for_all(asked: Asked) -> bool:
    if asked.has("count years"):
        return True
    return asked.has("which period") and "first" not in asked.question.casefold() and bool(
        re.search(r"\b(?:which|what) (?:\w+ )?(?:years|months|quarters|periods)\b", asked.question, re.I)
    )


def _line_against(plan: Plan, threshold: Threshold) -> Series | Outcome:
    lines = [line for line in (_cut(line, plan) for line in all_series(plan.facts)) if line.points]
    if not lines:
        return _missing_stretch(plan)
    line = lines[0]
    seen = line.points[0].fact.observation
    if not _can_be_held_against(threshold, seen.unit):
        return Refusal(
            f"{subject(seen)} is given in {seen.unit.printed}, which cannot be held against "
            f"{_stated(threshold)}.", (line.points[-1].fact,)
        )  # fmt: skip
    return line


def _can_be_held_against(threshold: Threshold, unit: Unit) -> bool:
    stated = threshold.quantity.unit
    if not stated.base or comparable(stated, unit):
        return True
    return stated.base not in _MEASURED and unit.base not in _MEASURED


_MEASURED = frozenset(
    ("percent", "percentage point", "yuan", "US dollar", "euro", "pound", "yen", "m2", "m", "kg")
)


def _limit(threshold: Threshold, unit: Unit) -> tuple[Decimal, str]:
    """The limit in the unit of the values, and in words."""
    value = threshold.quantity.value
    assert value is not None
    stated = threshold.quantity.unit
    if stated.base and comparable(stated, unit):
        return converted(value, stated, unit), _stated(threshold)
    scaled = value * stated.scale
    if not stated.base and stated.scale != 1:
        return scaled / unit.scale, f"{grouped(scaled)} {unit.base}"
    return value, formatted(value, unit)


def _stated(threshold: Threshold) -> str:
    assert threshold.quantity.value is not None
    return formatted(threshold.quantity.value, threshold.quantity.unit)


def _beyond(value: Decimal, limit: Decimal, threshold: Threshold) -> bool:
    if threshold.inclusive and value == limit:
        return True
    return value > limit if threshold.above else value < limit


def counting(plan: Plan) -> Outcome:
    """Which places, and how many of them, lie above or below a limit."""
    threshold = plan.asked.threshold
    assert threshold is not None
    chosen = _across_places(plan)
    if not isinstance(chosen, tuple) or not alike(chosen):
        return chosen if isinstance(chosen, Refusal) else None
    if not _can_be_held_against(threshold, chosen[0].observation.unit):
        return None
    limit, shown = _limit(threshold, chosen[0].observation.unit)
    beyond = [f for f, v in zip(chosen, in_one_unit(chosen), strict=True) if _beyond(v, limit, threshold)]
    side = "above" if threshold.above else "below"
    seen = chosen[0].observation
    told = listed([f"{f.observation.entity} ({amount(f.observation)})" for f in beyond]) or "none"
    counted = plan.asked.has("quantity", "count")
    names = tuple(fact.observation.entity for fact in beyond)
    return Result(
        operation="count" if counted else "filter",
        said=((f"{len(beyond)} of the {len(chosen)} places with a figure{_dated(chosen)} "
               f"{'is' if len(beyond) == 1 else 'are'} {side} {shown}: {told} ({seen.indicator}).",
               tuple(beyond) or chosen),),
        value=Decimal(len(beyond)) if counted else names[0] if len(names) == 1 else names,
        expression=f"count({', '.join(plain(f.observation.value or Decimal(0)) for f in beyond)})"
        if counted and beyond else "",
        operands=tuple(beyond) if beyond else chosen,
        series=chosen if len(chosen) > 2 else (),
    )  # fmt: skip


def held_against(plan: Plan) -> Outcome:
    """Whether a value lies above or below a limit: yes or no, with the value."""
    threshold = plan.asked.threshold
    assert threshold is not None
    found = lookup(replace(plan, asked=plan.asked))
    if not isinstance(found, Result) or not found.operands:
        return found
    seen = found.operands[0].observation
    if seen.value is None or not _can_be_held_against(threshold, seen.unit):
        return None
    limit, shown = _limit(threshold, seen.unit)
    holds = _beyond(seen.value, limit, threshold)
    side = "above" if threshold.above else "below"
    words = (
        f"{'Yes' if holds else 'No'}: {amount(seen)}{as_printed(seen)} {when(seen.period)} is "
        f"{'' if holds else 'not '}{side} {shown}: {subject(seen)}."
    )
    return replace(
        found, operation="compare", value="yes" if holds else "no", unit=NONE,
        said=((words, (found.operands[0],)), *found.said[1:]),
    )  # fmt: skip


# --- two places or two indicators ------------------------------------------------------------


def compare(plan: Plan) -> Outcome:
    """Two or more values side by side, with the difference and the ratio of two."""
    chosen = _operands(plan)
    if not isinstance(chosen, tuple):
        return chosen
    if len(chosen) < 2:
        return None
    if not alike(chosen) and not (_are_counts(chosen) and not plan.asked.has("sum", "mean")):
        told = listed([named(fact.observation) for fact in chosen])
        return Refusal(
            f"These have unlike units and cannot be set against one another: {told}.", chosen
        )
    if len(chosen) > 2:
        return rank(plan) if plan.second is None else None
    return _pair(plan, chosen[0], chosen[1])


def _are_counts(chosen: Sequence[Fact]) -> bool:
    """Whether all are numbers of things, which may be compared though the things differ."""
    return all(
        f.observation.unit.base not in _MEASURED and f.observation.unit.scale == 1
        and len(f.observation.unit.base.split()) == 1 for f in chosen
    )  # fmt: skip


def _values(chosen: Sequence[Fact]) -> tuple[Decimal, ...]:
    """Values in one unit, or as they are where they count different things."""
    if alike(chosen):
        return in_one_unit(chosen)
    return tuple(f.observation.value for f in chosen if f.observation.value is not None)


def _pair(plan: Plan, one: Fact, other: Fact) -> Outcome:
    a, b = _values([one, other])
    asked, unit = plan.asked, one.observation.unit
    if asked.has("share") or asked.has("ratio"):
        return _quotient(plan, one, other)
    if asked.has("percentage change") and b:
        expression = f"({plain(a)} - {plain(b)}) / {plain(abs(b))} * 100"
        value, shown_unit = _two_places(evaluate(expression)), PERCENT
    elif asked.has("sum") and not asked.has("difference"):
        expression, shown_unit = f"{plain(a)} + {plain(b)}", unit
        value = evaluate(expression)
    elif asked.has("mean"):
        expression, shown_unit = f"mean({plain(a)}, {plain(b)})", unit
        value = rounded(evaluate(expression), (a, b))
    else:
        expression = f"{plain(a)} - {plain(b)}"
        value = evaluate(expression)
        shown_unit = POINTS if unit.base == "percent" else unit
    words = _pair_words(plan, one, other, (a, b))
    if asked.has("sum", "mean") and not asked.has("difference", "compare", "which entity"):
        verb = "is the mean" if asked.has("mean") else "is the sum"
        words = f"{formatted(value, shown_unit)} {verb} of {named(one.observation)} and {named(other.observation)}."
    picks = asked.has("which entity", "whether", "highest", "lowest") or (
        asked.has("compare") and not asked.has("difference", "quantity", "percentage change"))  # fmt: skip
    answer: Decimal | str = value
    if picks and not asked.has("difference"):
        answer, shown_unit = _picked(plan, one, other, a - b), NONE
    return Result(
        operation="compare" if picks else "sum" if asked.has("sum") else "difference",
        said=((words, (one, other)),),
        value=answer,
        unit=shown_unit,
        expression=expression,
        operands=(one, other),
        conflicts=_conflicts_for(plan, (one, other)),
    )


def _picked(plan: Plan, one: Fact, other: Fact, difference: Decimal) -> str:
    lower = plan.asked.has("lowest") or bool(
        re.search(r"\b(?:less|fewer|lower|smaller|shorter)\b", plan.asked.question, re.I)
    )
    if plan.asked.has("whether") and not re.search(r"\bor\b", plan.asked.question):
        return "yes" if (difference < 0 if lower else difference > 0) else "no"
    if difference == 0:
        return "equal"
    first = (difference > 0) != lower
    return _distinct(one, other) if first else _distinct(other, one)


def _distinct(one: Fact, other: Fact) -> str:
    """What tells an observation from another: the place, the indicator or the time."""
    a, b = one.observation, other.observation
    if a.entity != b.entity:
        return a.entity
    return a.indicator if a.indicator != b.indicator else _short(a.period)


def _pair_words(plan: Plan, one: Fact, other: Fact, values: tuple[Decimal, Decimal]) -> str:
    a, b = values
    first, second = one.observation, other.observation
    unit = first.unit
    if a == b:
        return f"Equal: {named(first)}; {named(second)}."
    high, low = (one, other) if a > b else (other, one)
    times = ""
    if min(a, b) > 0 and unit.base != "percent":
        ratio = _two_places(max(a, b) / min(a, b))
        times = f", {grouped(ratio)} times as much"
    picked = _picked(plan, one, other, a - b)
    answer = f"{picked.capitalize()}: " if picked in ("yes", "no") else ""
    return (
        f"{answer}{_distinct(high, low)} is higher by "
        f"{size(rounded(abs(a - b), values), unit)}{times}: {named(high.observation)}; "
        f"{named(low.observation)}."
    )


def _quotient(plan: Plan, one: Fact, other: Fact) -> Outcome:
    """A share in percent or a ratio of two values."""
    a, b = _values([one, other])
    share = plan.asked.has("share") and not plan.asked.has("ratio")
    if share and a > b:
        one, other, a, b = other, one, b, a
    if not b:
        return Refusal(f"{named(other.observation)} is zero, so nothing can be divided by it.", (other,))
    expression = f"{plain(a)} / {plain(b)}" + (" * 100" if share else "")
    value = _two_places(evaluate(expression))
    first, second = one.observation, other.observation
    words = (
        f"{formatted(value, PERCENT)}: {named(first)}, as a share of {named(second)}."
        if share
        else f"{grouped(value)} times: {named(first)}, against {named(second)}."
    )
    return Result(
        operation="share" if share else "ratio",
        said=((words, (one, other)),),
        value=value,
        unit=PERCENT if share else NONE,
        expression=expression,
        operands=(one, other),
        conflicts=_conflicts_for(plan, (one, other)),
    )


def _operands(plan: Plan) -> tuple[Fact, ...] | Outcome:
    """The values to compare: of the places, the indicators or the times that are named."""
    if plan.second is not None:
        return _of_two_measures(plan, plan.second)
    if plan.several_places:
        chosen = _across_places(plan)
        if not isinstance(chosen, tuple):
            return chosen
        return tuple(sorted(chosen, key=lambda f: plan.reading.places.index(f.observation.entity)))
    if len(plan.asked.frame.points) == 2:
        for line in all_series(plan.facts):
            one, other = (line.at(p) for p in plan.asked.frame.points)
            if one and other:
                return one.fact, other.fact
        return missing_period(plan, plan.asked.frame.points[0])
    return None


def _of_two_measures(plan: Plan, second: Reading) -> tuple[Fact, ...] | Outcome:
    one, two = plan.facts, _without_targets(plan.asked, second.facts)
    for period in plan.asked.frame.points[:1]:
        for side, reading in ((one, plan.reading), (two, second)):
            if not any(lies_in(f.observation.period, period) for f in side):
                return missing_period(replace(plan, reading=reading), period)
        one = tuple(f for f in one if lies_in(f.observation.period, period))
        two = tuple(f for f in two if lies_in(f.observation.period, period))
    pairs = [
        (a, b) for a in one for b in two
        if a.observation.value is not None and b.observation.value is not None
        and _like(a.observation) == _like(b.observation)
        and (a.observation.entity == b.observation.entity or plan.several_places)
    ]  # fmt: skip
    if not pairs:
        told = listed([named(f.observation) for f in (*one[:2], *two[:2])])
        return Refusal(f"There is no time for which both figures are held: {told}.", (*one[:2], *two[:2]))
    return min(pairs, key=lambda p: (-_ordinal(p[0]), preference(p[0]), preference(p[1])))


def _ordinal(fact: Fact) -> int:
    end = fact.observation.period.end
    return end.toordinal() if end else 0


# --- what is missing, what disagrees ---------------------------------------------------------


def missing_period(plan: Plan, period: Period, what: str = "") -> Refusal:
    """No figure for a time: which times there are, and the nearest."""
    dated = [f for f in plan.facts if f.observation.period.end and f.observation.value is not None]
    about = ", ".join(filter(None, (plan.reading.measure, listed(plan.reading.places[:3]))))
    if not dated:
        return Refusal(f"There is no dated figure of {about}.", plan.facts[:3])
    nearest = sorted(dated, key=lambda f: (_distance(f.observation.period, period), preference(f)))
    told = listed([named(fact.observation) for fact in nearest[:2]])
    return Refusal(
        f"There is no figure for {what or period} of {about}. There are figures for "
        f"{years(f.observation for f in dated)}; the nearest: {told}.",
        tuple(nearest[:3]),
    )


def missing_place(plan: Plan) -> Refusal:
    """No figure for a place: which places there are."""
    held = list(dict.fromkeys(f.observation.entity for f in plan.reading.other_places))
    return Refusal(
        f"There is no figure of {plan.reading.measure} for {plan.reading.missing_place}. There are "
        f"figures for {listed(held[:8])}.",
        plan.reading.other_places[:3],
    )


def _missing_stretch(plan: Plan) -> Outcome:
    frame = plan.asked.frame
    dated = [f for f in plan.facts if f.observation.period.end and f.observation.value is not None]
    if not dated or not (frame.is_stretch or frame.points):
        return None
    if frame.points:
        lacking = next((p for p in frame.points
                        if not any(lies_in(f.observation.period, p) for f in dated)), None)  # fmt: skip
        if lacking is not None:
            return missing_period(plan, lacking)
    about = ", ".join(filter(None, (plan.reading.measure, listed(plan.reading.places[:3]))))
    return Refusal(
        f"There are too few figures of {about} for that time. There are figures for "
        f"{years(f.observation for f in dated)}.", tuple(dated[:3])
    )  # fmt: skip


def _empty_cell(plan: Plan, fact: Fact) -> Refusal:
    seen = fact.observation
    reason = {
        "missing": "the table has no value there",
        "not applicable": "the table says that it does not apply",
    }.get(seen.qualifier, "the cell holds no number")
    return Refusal(
        f"{subject(seen)} {when(seen.period)}: {reason} ({seen.printed or 'an empty cell'}).", (fact,)
    )


def _distance(period: Period, asked: Period) -> int:
    if period.end is None or asked.end is None:
        return 10**9
    return abs((period.end - asked.end).days)


def _conflicts(groups: Iterable[Sequence[Fact]]) -> tuple[Conflict, ...]:
    return tuple(conflict for group in groups for conflict in _conflict_of(group))


def _conflicts_for(plan: Plan, chosen: Sequence[Fact]) -> tuple[Conflict, ...]:
    """Where another observation of the same thing and time disagrees with one that was used."""
    groups = []
    for fact in chosen:
        seen = fact.observation
        same = [
            other for other in plan.facts
            if other is not fact and other.observation.entity == seen.entity
            and other.observation.indicator.casefold() == seen.indicator.casefold()
            and _like(other.observation) == _like(seen) and other.observation.value is not None
        ]  # fmt: skip
        groups.append((fact, *same))
    return _conflicts(groups)


def _conflict_of(facts: Sequence[Fact]) -> tuple[Conflict, ...]:
    """The conflict among observations of one thing, if some disagree."""
    known = [fact.observation for fact in facts if fact.observation.value is not None]
    known = [
        o for o in known
        if o.entity == known[0].entity and overlaps_in_kind(o.period, known[0].period)
    ]  # fmt: skip
    if len(known) < 2 or all(agree(known[0], other) for other in known[1:]):
        return ()
    lead = known[0]
    same_time = len({o.period.printed for o in known}) == 1
    what = ", ".join(filter(None, (
        _measure(known), lead.entity, str(lead.period) if same_time else "")))  # fmt: skip
    return (Conflict(what, tuple(known), _why(known, same_time=same_time)),)


def _measure(known: Sequence[Observation]) -> str:
    names = {o.indicator for o in known}
    return known[0].indicator if len(names) == 1 else known[0].indicator.split(" (")[0]


def _why(known: Sequence[Observation], *, same_time: bool) -> str:
    """What may explain the difference, as far as the tables tell."""
    parts = []
    variants = [v for v in dict.fromkeys(variant(o) or "not named" for o in known)]
    if len(variants) > 1:
        parts.append(f"other compilers or definitions ({'; '.join(variants)})")
    if not same_time:
        parts.append("other dates")
    if len({o.entity for o in known}) > 1:
        parts.append("other scopes")
    if len({o.qualifier for o in known}) > 1:
        parts.append(f"other exactness ({', '.join(dict.fromkeys(o.qualifier or 'exact' for o in known))})")
    if not parts:
        parts.append("the tables do not say why")
    return f"The figures differ: {'; '.join(parts)}."


def _break_notes(facts: Iterable[Fact]) -> list[Said]:
    """The notes of a break in the series, each in the table's own words."""
    return [
        (f"The figure {when(f.observation.period)} carries the note: “{f.observation.note}”.", (f,))
        for f in facts if is_break(f.observation)
    ]  # fmt: skip


# --- small things ----------------------------------------------------------------------------


def _without_targets(asked: Asked, facts: Sequence[Fact]) -> tuple[Fact, ...]:
    plain_facts = tuple(fact for fact in facts if not is_aside(fact.observation))
    if asked.has("target"):
        targets = tuple(fact for fact in facts if is_aside(fact.observation))
        return targets or plain_facts
    points = asked.frame.points
    if points and not any(lies_in(f.observation.period, p) for f in plain_facts for p in points):
        return tuple(facts)
    return plain_facts or tuple(facts)


def _cut(line: Series, plan: Plan) -> Series:
    """A series within the stretch asked for, or its last points."""
    frame = plan.asked.frame
    points = line.points
    if frame.is_stretch:
        points = tuple(point for point in points if frame.holds(point.period))
    if frame.count:
        last = points[-1].year if points else 0
        points = tuple(point for point in points if point.year > last - frame.count)
    return replace(line, points=points)


def _also(fact: Fact) -> Said:
    return f"Also {named(fact.observation)}{_told_by(fact.observation)}", (fact,)


def _told_by(observation: Observation) -> str:
    return f" ({observation.note})" if observation.note and len(observation.note) < 80 else ""


def _capital(words: str, facts: tuple[Fact, ...]) -> Said:
    whole = words if words.endswith(".") else f"{words}."
    return whole[:1].upper() + whole[1:], facts


def _periods(found: Sequence[Period]) -> Decimal | str | tuple[Decimal | str, ...]:
    values = tuple(
        Decimal(p.year) if p.year is not None and p.kind in ("year", "date") else p.printed
        for p in found
    )
    return values[0] if len(values) == 1 else values


def _short(period: Period) -> str:
    return period.printed


def _two_places(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _has_threshold(plan: Plan) -> bool:
    return plan.asked.threshold is not None


def _is_two(plan: Plan) -> bool:
    frame = plan.asked.frame
    return plan.second is not None or (
        plan.several_places and not plan.reading.is_group and len(frame.points) < 2
    )


Applies = Callable[[Plan], bool]
Operation = Callable[[Plan], Outcome]

def _is_ordinal(plan: Plan) -> bool:
    return (
        plan.asked.ordinal is not None
        and bool(plan.facts)
        and plan.facts[0].observation.unit.base.casefold() == "rank"
        and plan.asked.has("which period", "count years", "first", "last", "whether")
    )


_OPERATIONS: tuple[tuple[Applies, Operation], ...] = (
    (_is_ordinal, ordinal),
    (lambda p: p.asked.has("count") and p.reading.is_group, having_figures),
    (lambda p: _has_threshold(p) and p.asked.has("which period", "count years", "first")
     and not (p.asked.has("whether") and p.asked.frame.points), crossing),
    (lambda p: _has_threshold(p) and (p.reading.is_group or p.asked.has("which entity")), counting),
    (lambda p: _has_threshold(p), held_against),
    (lambda p: p.asked.has("which period", "top years") and p.asked.has("highest", "lowest", "top"),
     extreme_period),
    (lambda p: p.asked.has("annual growth"), annual_growth),
    (lambda p: p.several_places and len(p.reading.places) > 2
     and p.asked.has("sum", "mean", "median", "range"), aggregate),
    (lambda p: _is_two(p) and p.asked.has(
        "compare", "difference", "ratio", "share", "whether", "which entity", "highest", "lowest",
        "sum", "mean", "percentage change"), compare),
    (lambda p: p.second is not None, compare),
    (lambda p: (p.reading.is_group or p.asked.has("which entity"))
     and p.asked.has("top", "rank", "compare") and not p.asked.has("mean"), rank),
    (lambda p: p.asked.has("which entity") and p.asked.has("highest", "lowest"), rank),
    (lambda p: p.asked.has("ratio") and len(p.asked.frame.points) == 2, compare),
    (lambda p: p.asked.has("change", "difference", "percentage change", "points")
     and not (p.asked.has("series") and not p.asked.frame.points)
     and not p.asked.has("mean", "median"), change),
    (lambda p: p.asked.has("median", "mean", "range", "sum", "highest", "lowest"), aggregate),
    (lambda p: p.asked.has("series") or p.asked.frame.is_stretch or p.asked.frame.count is not None,
     series),
    (lambda p: p.asked.has("compare") and len(p.asked.frame.points) == 2, compare),
    (lambda p: p.reading.is_group and not p.asked.has("latest", "earliest"), rank),
)  # fmt: skip
