"""The sum, mean, median, minimum, maximum or range of values over times or places."""

from collections.abc import Sequence
from decimal import Decimal

from innoqa.domain import Observation
from innoqa.expressions import evaluate
from innoqa.quantities import formatted
from innoqa.table_questions.conflicting import break_notes, conflicts_for
from innoqa.table_questions.facts import Fact
from innoqa.table_questions.missing import missing_period, missing_stretch
from innoqa.table_questions.places import across_places, dated
from innoqa.table_questions.plans import (
    POINTS,
    Outcome,
    Plan,
    Refusal,
    Result,
    Said,
    as_precise,
    counted,
    sentence,
    wants_lowest,
    within_frame,
)
from innoqa.table_questions.series import Point, all_series, in_one_unit
from innoqa.table_questions.values import values_at
from innoqa.table_questions.wording import amount, listed, plain, subject, when, years


def aggregate(plan: Plan) -> Outcome:
    """The sum, mean, median, minimum, maximum or range of values over times or places."""
    name, function, label = _aggregate_asked(plan)
    chosen = across_places(plan) if _is_across(plan) else _across_times(plan)
    if not isinstance(chosen, tuple):
        return chosen
    if len(chosen) < 2:
        return values_at(plan, [chosen[0].observation.period]) if chosen else None
    if name == "sum" and chosen[0].observation.unit.base == "percent":
        return Refusal(
            f"These are shares in percent, and shares of different wholes cannot be added: "
            f"{subject(chosen[0].observation)}.", chosen
        )  # fmt: skip
    values = in_one_unit(chosen)
    numbers = ", ".join(map(plain, values))
    expression = f"max({numbers}) - min({numbers})" if name == "range" else f"{function}({numbers})"
    value = evaluate(expression)
    value = as_precise(value)
    unit = chosen[0].observation.unit
    if name == "range" and unit.base == "percent":
        unit = POINTS
    edges = _edges(name, chosen, values)
    words = f"{formatted(value, unit)} {label} {_over(chosen)}{edges}."
    return Result(
        operation=name,
        said=((sentence(words, ())[0], chosen), *_inexact(chosen), *break_notes(chosen)),
        value=value,
        unit=unit,
        expression=expression,
        operands=chosen,
        series=chosen if len(chosen) > 2 else (),
        conflicts=conflicts_for(plan, chosen),
    )


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
        if wants_lowest(plan):
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


def _inexact(chosen: Sequence[Fact]) -> list[Said]:
    """Which of the figures are not exact, as printed: ``more than 160 billion yuan in 2018``."""
    facts = tuple(f for f in chosen if f.observation.qualifier not in _AS_PRINTED)
    if not facts:
        return []
    told = listed([f"{amount(o)} {_of(o, chosen)}" for o in (f.observation for f in facts)])
    return [(f"Not all of these figures are exact: {told}.", facts)]


_AS_PRINTED = ("", "exact", "rounded")


def _of(observation: Observation, chosen: Sequence[Fact]) -> str:
    """What tells an observation from the others: its place or its time."""
    places = {fact.observation.entity for fact in chosen}
    return f"({observation.entity})" if len(places) > 1 else when(observation.period)


def _over(chosen: Sequence[Fact]) -> str:
    first = chosen[0].observation
    places = list(dict.fromkeys(f.observation.entity for f in chosen))
    if len(places) > 1:
        return f"of {first.indicator}{dated(chosen)} over {len(places)} places ({listed(places)})"
    return (
        f"of {subject(first)} over {counted(len(chosen), 'figure')} "
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
            asked = [line.at(period) for period in frame.points]
            if all(asked):
                return tuple(point.fact for point in asked if point)
        lacking = next((p for p in frame.points if not any(line.at(p) for line in lines)), None)
        return missing_period(plan, lacking) if lacking else None
    if len(frame.points) == 1 and not frame.is_stretch:
        return values_at(plan, frame.points)
    cut = within_frame(lines, plan)
    if not cut:
        return missing_stretch(plan)
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
