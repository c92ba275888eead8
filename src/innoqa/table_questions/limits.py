"""Values held against a limit: when it is passed, where, how often, whether at all."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from innoqa.domain import Unit
from innoqa.quantities import comparable, converted, formatted
from innoqa.quantities.units import KNOWN, unit_words
from innoqa.table_questions.asking import Asked
from innoqa.table_questions.conflicting import break_notes, conflicts, sides
from innoqa.table_questions.facts import Fact
from innoqa.table_questions.missing import missing_stretch
from innoqa.table_questions.places import across_places, dated
from innoqa.table_questions.plans import (
    NONE,
    YEARS,
    Outcome,
    Plan,
    Refusal,
    Result,
    Said,
    names_of,
    short,
    within_frame,
)
from innoqa.table_questions.series import (
    Point,
    Series,
    alike,
    all_series,
    in_one_unit,
)
from innoqa.table_questions.thresholds import Threshold
from innoqa.table_questions.values import lookup
from innoqa.table_questions.wording import (
    amount,
    as_printed,
    grouped,
    listed,
    plain,
    subject,
    when,
    years,
)


def crossing(plan: Plan) -> Outcome:
    """The first period above or below a limit, or all of them where years are asked for."""
    threshold = plan.asked.threshold
    assert threshold is not None
    line = _line_against(plan, threshold)
    if not isinstance(line, Series):
        return line
    limit, shown = _limit(threshold, line.points[0].fact.observation.unit)
    beyond = [
        p for p, v in zip(line.points, line.values(), strict=True) if _beyond(v, limit, threshold)
    ]
    facts = tuple(point.fact for point in line.points)
    side = "above" if threshold.above else "below"
    if not beyond:
        return Result(
            operation=f"first {side}",
            said=((f"None: no figure held ({years(f.observation for f in facts)}) is {side} "
                   f"{shown}: "
                   f"{subject(facts[0].observation)}.", facts),),
            value=None, operands=facts, series=facts,
        )  # fmt: skip
    if _asks_for_all(plan.asked):
        whole = _all_beyond(plan, line, beyond, (side, shown))
        return replace(
            whole,
            said=(*whole.said, *_other_sides(line, limit, threshold)),
            conflicts=conflicts(_disputed(line, limit, threshold)),
        )
    if plan.asked.has("last"):
        return _last_beyond(plan, line, beyond, (side, shown))
    place = line.points.index(beyond[0])
    before = line.points[place - 1] if place else None
    lead = beyond[0].fact.observation
    words = (
        f"{short(beyond[0].period)}: {amount(lead)}{as_printed(lead)}, the first figure held "
        f"{side} "
        f"{shown}: {subject(lead)}."
    )
    said: list[Said] = [(words, (beyond[0].fact,))]
    if before is not None:
        said.append((_before_crossing(before, beyond[0]), (before.fact,)))
    return Result(
        operation=f"first {side}",
        said=(*said, *_other_sides(line, limit, threshold), *break_notes(facts)),
        value=names_of([beyond[0].period]),
        unit=YEARS,
        operands=(beyond[0].fact, *((before.fact,) if before else ())),
        series=facts,
        conflicts=conflicts(_disputed(line, limit, threshold)),
    )


def _last_beyond(
    plan: Plan, line: Series, beyond: Sequence[Point], words: tuple[str, str]
) -> Result:
    whole = _all_beyond(plan, line, beyond[-1:], words)
    side, shown = words
    seen = beyond[-1].fact.observation
    told = f"{short(beyond[-1].period)}: {amount(seen)}, the last figure held {side} {shown}"
    return replace(whole, said=((f"{told}: {subject(seen)}.", (beyond[-1].fact,)),))


def _disputed(line: Series, limit: Decimal, threshold: Threshold) -> list[tuple[Fact, ...]]:
    """The points of which some sources lie beyond a limit and some do not."""
    groups = []
    for point in line.points:
        both = sides(point)
        held = {_beyond(value, limit, threshold) for value in in_one_unit(both)}
        if len(held) > 1:
            groups.append(tuple(both))
    return groups


def _other_sides(line: Series, limit: Decimal, threshold: Threshold) -> list[Said]:
    """What another source's figure would change about a limit."""
    return [
        (f"For {short(facts[0].observation.period)} the sources differ: "
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


def _all_beyond(
    plan: Plan, line: Series, beyond: Sequence[Point], words: tuple[str, str]
) -> Result:
    side, shown = words
    facts = tuple(point.fact for point in beyond)
    told = listed([f"{short(p.period)} ({amount(p.fact.observation)})" for p in beyond])
    counted = plan.asked.has("count years", "count")
    lead = f"{len(beyond)} of the {len(line.points)} periods with a figure: " if counted else ""
    return Result(
        operation="count" if counted else "filter",
        said=((f"{lead}{told} {'is' if len(beyond) == 1 else 'are'} {side} {shown}: "
               f"{subject(facts[0].observation)}.", facts),),
        value=Decimal(len(beyond)) if counted else names_of([p.period for p in beyond]),
        unit=NONE if counted else YEARS,
        expression=f"count({', '.join(plain(p.value) for p in beyond)})" if counted else "",
        operands=facts,
        series=tuple(point.fact for point in line.points),
    )  # fmt: skip


def _asks_for_all(asked: Asked) -> bool:
    if asked.has("count years"):
        return True
    if asked.has("which period") and _STATE.search(asked.question):
        return True
    return (
        asked.has("which period")
        and "first" not in asked.question.casefold()
        and bool(
            re.search(
                r"\b(?:which|what) (?:\w+ )?(?:years|months|quarters|periods)\b",
                asked.question,
                re.I,
            )
        )
    )


_STATE = re.compile(
    r"\b(?:which|what) \w*\s?(?:years?|quarters?|months?|periods?) (?:was|were|is|are)\b"
    r"(?!.*\bfirst\b)",
    re.IGNORECASE,
)


def _line_against(plan: Plan, threshold: Threshold) -> Series | Outcome:
    lines = within_frame(all_series(plan.facts), plan)
    if not lines:
        return missing_stretch(plan)
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
    return not is_measured(stated) and not is_measured(unit)


def is_measured(unit: Unit) -> bool:
    """Whether a unit is of money, a share or a measure, and no count of things."""
    return unit_words(unit.printed).kind in KNOWN


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
    chosen = across_places(plan)
    if not isinstance(chosen, tuple) or not alike(chosen):
        return chosen if isinstance(chosen, Refusal) else None
    if not _can_be_held_against(threshold, chosen[0].observation.unit):
        return None
    limit, shown = _limit(threshold, chosen[0].observation.unit)
    beyond = [
        f for f, v in zip(chosen, in_one_unit(chosen), strict=True) if _beyond(v, limit, threshold)
    ]
    side = "above" if threshold.above else "below"
    seen = chosen[0].observation
    told = listed([f"{f.observation.entity} ({amount(f.observation)})" for f in beyond]) or "none"
    counted = plan.asked.has("quantity", "count")
    names = tuple(fact.observation.entity for fact in beyond)
    return Result(
        operation="count" if counted else "filter",
        said=((f"{len(beyond)} of the {len(chosen)} places with a figure{dated(chosen)} "
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
    found = lookup(plan)
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
