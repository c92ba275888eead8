"""Times picked by their values: the highest, the first so many, those with a given rank."""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from innoqa.expressions import evaluate
from innoqa.table_questions.conflicting import break_notes, conflicts
from innoqa.table_questions.missing import missing_stretch
from innoqa.table_questions.plans import (
    NONE,
    YEARS,
    Outcome,
    Plan,
    Result,
    names_of,
    short,
    wants_lowest,
    within_frame,
)
from innoqa.table_questions.series import (
    Point,
    Series,
    all_series,
)
from innoqa.table_questions.values import direction
from innoqa.table_questions.wording import amount, as_printed, listed, plain, subject, years


def extreme_period(plan: Plan) -> Outcome:
    """The period with the highest or lowest value, or the largest change."""
    lines = within_frame(all_series(plan.facts), plan)
    if not lines or len(lines[0].points) < 2:
        return missing_stretch(plan) if plan.asked.frame.is_stretch else None
    line = lines[0]
    lowest = wants_lowest(plan)
    if plan.asked.has("change", "difference", "percentage change"):
        return _extreme_change(line, lowest=lowest, falls=plan.asked.falls)
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
        f"{listed([short(p.period) for p in kept])}: {amount(lead)}{as_printed(lead)}, the "
        f"{'lowest' if lowest else 'highest'} of the {len(line.points)} figures held "
        f"({years(f.observation for f in facts)}): {subject(lead)}."
    )
    return Result(
        operation="argmin" if lowest else "argmax",
        said=((words, tuple(p.fact for p in kept)), *break_notes(facts)),
        value=names_of([p.period for p in kept]),
        unit=YEARS,
        expression=f"{'min' if lowest else 'max'}({numbers})",
        operands=facts,
        series=facts,
        conflicts=conflicts([(p.fact, *p.others) for p in kept]),
    )


def _top_periods(line: Series, kept: Sequence[Point], *, lowest: bool) -> Outcome:
    told = "; ".join(
        f"{n}. {short(p.period)}, {amount(p.fact.observation)}" for n, p in enumerate(kept, 1)
    )
    seen = kept[0].fact.observation
    facts = tuple(point.fact for point in kept)
    return Result(
        operation="rank",
        said=((f"{told}: {subject(seen)}, {'lowest' if lowest else 'highest'} first of "
               f"{len(line.points)} figures held.", facts),),
        value=names_of([p.period for p in kept]),
        unit=YEARS,
        operands=facts,
        series=tuple(point.fact for point in line.points),
    )  # fmt: skip


def ordinal(plan: Plan) -> Outcome:
    """When, or how often, a rank was taken; whether it was in a given year."""
    wanted = Decimal(plan.asked.ordinal or 0)
    lines = within_frame(all_series(plan.facts), plan)
    if not lines:
        return missing_stretch(plan)
    line = lines[0]
    met = [point for point in line.points if point.value == wanted]
    facts = tuple(point.fact for point in line.points)
    about = subject(facts[0].observation)
    told = listed([short(point.period) for point in met]) or "none"
    counted = plan.asked.has("count years", "count") or counts_rankings(plan)
    chosen = met if counted else met[-1:] if plan.asked.has("last") else met[:1]
    if plan.asked.has("which period") and not plan.asked.has("first", "last"):
        chosen = met
    picked = names_of([p.period for p in chosen]) if chosen else None
    words = (
        f"{len(met)} of {len(line.points)} figures held are {wanted} ({told}): {about}."
        if counted or not met
        else f"{listed([short(p.period) for p in chosen])}: {about} was {wanted}; of "
        f"{len(line.points)} figures held, {told} {'is' if len(met) == 1 else 'are'} {wanted}."
    )
    return Result(
        operation="count" if counted else "lookup",
        said=((words, tuple(p.fact for p in met) or facts),),
        value=Decimal(len(met)) if counted else picked,
        unit=NONE if counted else YEARS,
        expression=f"count({', '.join(plain(p.value) for p in met)})" if counted and met else "",
        operands=tuple(p.fact for p in met) or facts,
        series=facts,
    )  # fmt: skip


def counts_rankings(plan: Plan) -> bool:
    """Whether it is asked in how many rankings (or editions, or lists) something holds."""
    return re.search(r"\b(?:in )?how many\b", plan.asked.question, re.IGNORECASE) is not None


def _extreme_change(line: Series, *, lowest: bool, falls: bool) -> Outcome:
    """The year with the largest rise (or fall) on the year before."""
    steps = [
        (b, evaluate(f"{plain(y)} - {plain(x)}"), a)
        for (a, b), (x, y) in zip(pairwise(line.points), pairwise(line.values()), strict=True)
        if b.year == a.year + 1
    ]
    if not steps:
        return None
    downward = lowest != falls
    best = (min if downward else max)(steps, key=lambda step: step[1])
    point, difference, before = best
    seen = point.fact.observation
    words = (
        f"{short(point.period)}: {direction(difference, seen.unit)} from "
        f"{amount(before.fact.observation)} to {amount(seen)}, the "
        f"{'smallest' if lowest else 'largest'} change on the year before among the "
        f"{len(steps)} pairs of neighbouring years held: {subject(seen)}."
    )
    return Result(
        operation="argmin" if downward else "argmax",
        said=((words, (before.fact, point.fact)),),
        value=names_of([point.period]),
        unit=YEARS,
        expression=f"{plain(point.value)} - {plain(before.value)}",
        operands=(point.fact, before.fact),
        series=tuple(p.fact for p in line.points),
    )
