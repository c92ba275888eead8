"""One or several values as they stand: for a time, the latest, or a whole stretch."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from innoqa.domain import Period, Unit
from innoqa.quantities import comparable, formatted, rounded
from innoqa.table_questions.conflicting import break_notes, conflict_of, conflicts
from innoqa.table_questions.facts import Fact
from innoqa.table_questions.frames import lies_in
from innoqa.table_questions.missing import empty_cell, missing_period, missing_stretch
from innoqa.table_questions.plans import (
    Outcome,
    Plan,
    Result,
    Said,
    also,
    sentence,
    short,
    within_frame,
    without_targets,
)
from innoqa.table_questions.series import Series, all_series, kind_of, preference
from innoqa.table_questions.wording import amount, named, risen, size, subject, when

_MOST_SAID = 12
_MOST_OTHERS = 3
_WHOLE_NAME = 0.35


def lookup(plan: Plan) -> Outcome:
    """The values for the periods asked for, or the latest."""
    frame = plan.asked.frame
    if frame.points:
        return values_at(plan, frame.points)
    if frame.is_stretch or frame.count:
        return series(plan)
    earliest = plan.asked.has("earliest") and not plan.asked.has("latest")
    return _latest(plan, earliest=earliest)


def values_at(plan: Plan, asked: Sequence[Period]) -> Outcome:
    """The values for each period asked for, the leading one of each first."""
    found: list[tuple[Fact, ...]] = []
    for period in asked:
        here = at_period(plan.facts, period)
        if not here:
            for other in plan.others:
                here = at_period(without_targets(plan.asked, other.facts), period)
                if here:
                    break
        if not here:
            return missing_period(plan, period)
        found.append(here)
    lead = found[0][0].observation
    if lead.value is None:
        return empty_cell(found[0][0])
    if plan.several_places:
        found = [group for facts in found for group in _by_place(plan, facts)]
    said: list[Said] = [(named(facts[0].observation), (facts[0],)) for facts in found]
    said += [also(fact) for facts in found for fact in facts[1:]]
    said += _other_readings(plan, found[0][0], asked[0])
    values = tuple(facts[0].observation.value for facts in found)
    numbers = tuple(value for value in values if value is not None)
    return Result(
        operation="lookup",
        said=tuple(sentence(words, facts) for words, facts in said[:_MOST_SAID]),
        value=numbers[0] if len(numbers) == 1 else numbers,
        unit=lead.unit,
        operands=tuple(facts[0] for facts in found),
        conflicts=conflicts(found),
    )


def _by_place(plan: Plan, facts: Sequence[Fact]) -> list[tuple[Fact, ...]]:
    places = [p for p in plan.reading.places if any(f.observation.entity == p for f in facts)]
    return [tuple(f for f in facts if f.observation.entity == place) for place in places]


def at_period(facts: Sequence[Fact], period: Period) -> tuple[Fact, ...]:
    """The observations for a period, the one that leads first."""
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
        return empty_cell(plan.facts[0]) if plan.facts else None
    dated = [fact for fact in facts if fact.observation.period.end is not None]
    nearby = [] if dated else _dated_nearby(plan)
    undated = [fact for fact in facts if fact.observation.period.end is None]
    chosen = newest(dated + nearby, earliest=earliest)
    lead, *rest = [*chosen, *undated]
    shown = [lead, *(fact for fact in rest if _worth_telling(fact, lead, plan))]
    said = [(named(lead.observation), (lead,)), *(also(fact) for fact in shown[1:])]
    said += _other_readings(plan, lead, None)
    return Result(
        operation="earliest" if earliest else "latest" if dated + nearby else "lookup",
        said=tuple(sentence(words, behind) for words, behind in said[:_MOST_SAID]),
        value=lead.observation.value,
        unit=lead.observation.unit,
        operands=(lead,),
        series=_line(plan, lead),
        conflicts=conflict_of(shown),
    )


def _other_readings(plan: Plan, lead: Fact, period: Period | None) -> list[Said]:
    """What else the words may mean, where they are only a part of an indicator's name."""
    vague = not plan.reading.named_place and period is None
    if plan.reading.missing_words <= _WHOLE_NAME and not vague:
        return []
    said: list[Said] = []
    for other in plan.others:
        facts = [
            f for f in without_targets(plan.asked, other.facts)
            if f.observation.value is not None
            and (vague or f.observation.entity == lead.observation.entity)
            and f.observation.indicator != lead.observation.indicator
        ]  # fmt: skip
        fitting = at_period(facts, period) if period else newest(facts, earliest=False)
        said += [also(fact) for fact in fitting[:1]]
    return said[:_MOST_OTHERS]


def _worth_telling(fact: Fact, lead: Fact, plan: Plan) -> bool:
    """Another place is left out where none was asked for."""
    same = fact.observation.entity == lead.observation.entity
    return same or plan.reading.named_place or len(plan.reading.places) > 1


def _dated_nearby(plan: Plan) -> list[Fact]:
    """Dated observations of the next reading, where the first has none with a date."""
    for other in plan.others:
        dated = [
            fact for fact in without_targets(plan.asked, other.facts)
            if fact.observation.period.end is not None and fact.observation.value is not None
        ]  # fmt: skip
        if dated:
            return dated
    return []


def newest(facts: Iterable[Fact], *, earliest: bool) -> list[Fact]:
    """The last (or first) observation of each indicator and place, newest (or oldest) first."""
    groups: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        seen = fact.observation
        if seen.period.end is not None:
            groups.setdefault((seen.indicator.casefold(), seen.entity), []).append(fact)
    best: list[Fact] = []
    for group in groups.values():
        ends = [fact.observation.period.end for fact in group]
        edge = min(e for e in ends if e) if earliest else max(e for e in ends if e)
        same = [
            f
            for f in group
            if f.observation.period.end and f.observation.period.end.year == edge.year
        ]
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
    lines = within_frame(all_series(plan.facts), plan)
    if not lines:
        return missing_stretch(plan)
    line = lines[0]
    if len(line.points) < 2:
        return values_at(plan, [line.points[0].period])
    facts = tuple(point.fact for point in line.points)
    first, last = line.points[0], line.points[-1]
    said: list[Said] = [(_course(line), (first.fact, last.fact))]
    told = "; ".join(f"{short(p.period)}: {amount(p.fact.observation)}" for p in line.points)
    said.append((f"{subject(first.fact.observation)}, by period: {told}.", facts))
    said += break_notes(facts)
    values = tuple(line.values())
    return Result(
        operation="series",
        said=tuple(said),
        value=values,
        unit=first.fact.observation.unit,
        operands=facts,
        series=_all_points(lines),
        conflicts=conflicts([(p.fact, *p.others) for p in line.points]),
    )


def _course(line: Series) -> str:
    """How a series went, in a sentence: ``Up by 2 % ...``."""
    first, last = line.points[0], line.points[-1]
    start, end = line.values()[0], line.values()[-1]
    unit = first.fact.observation.unit
    change = rounded(end - start, (start, end))
    seen = last.fact.observation
    return (
        f"{direction(change, unit)} from {formatted(start, unit)} {when(first.period)} to "
        f"{formatted(end, unit)} {when(last.period)}: {subject(seen)}."
    )


def direction(change: Decimal, unit: Unit) -> str:
    """Up or down, and by how much."""
    return f"{risen(change, unit)}{f' by {size(change, unit)}' if change else ''},"


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
