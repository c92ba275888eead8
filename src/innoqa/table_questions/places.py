"""Places beside one another: like observations of each, their order, their number."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from innoqa.expressions import evaluate
from innoqa.quantities import comparable
from innoqa.table_questions.conflicting import conflicts_for, like_time
from innoqa.table_questions.facts import Fact
from innoqa.table_questions.frames import lies_in
from innoqa.table_questions.missing import missing_period
from innoqa.table_questions.names import is_total
from innoqa.table_questions.plans import (
    NONE,
    PERCENT,
    POINTS,
    Outcome,
    Plan,
    Refusal,
    Result,
    Said,
    two_places,
    wants_lowest,
)
from innoqa.table_questions.series import (
    Point,
    Series,
    alike,
    all_series,
    in_one_unit,
    is_aside,
    kind_of,
    preference,
)
from innoqa.table_questions.values import newest
from innoqa.table_questions.wording import amount, as_printed, listed, named, plain, signed, when

_MANY_MORE = 1.5


_A_KIND = 3


def across_places(plan: Plan) -> tuple[Fact, ...] | Outcome:
    """One like observation of each place, for the period asked for or the latest common one."""
    usable = [
        f for f in plan.facts
        if f.observation.value is not None and not is_aside(f.observation)
        and not (plan.reading.is_group and is_total(f.observation.entity))
    ]  # fmt: skip
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
        latest = _latest_of_all(usable)
        best = latest if len(latest) > _MANY_MORE * len(best) else best
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
        slot = (seen.indicator.casefold(), seen.unit.base, like_time(seen))
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
        and not is_total(f.observation.entity)
    )  # fmt: skip
    lead = next(iter(chosen.values())).observation
    others = slots.get((lead.indicator.casefold(), lead.unit.base, like_time(lead)), {})
    return {**chosen, **others} if len(others) <= len(chosen) else chosen


def _latest_of_all(usable: Sequence[Fact]) -> dict[str, Fact]:
    """The latest whole-year or dated figure of each place, in the commonest unit."""
    with_date = [
        f for f in usable if f.observation.period.end and kind_of(f.observation.period) == "year"
    ]
    found: dict[str, Fact] = {}
    for fact in newest(with_date, earliest=False):
        lead = next(iter(found.values()), fact)
        if comparable(lead.observation.unit, fact.observation.unit):
            found.setdefault(fact.observation.entity, fact)
    return found


def _latest_of_each(plan: Plan, usable: Sequence[Fact]) -> tuple[Fact, ...] | Outcome:
    """The latest of each named place, where no period was asked for and none is common."""
    found: dict[str, Fact] = {}
    for fact in newest([f for f in usable if f.observation.period.end], earliest=False):
        found.setdefault(fact.observation.entity, fact)
    chosen = tuple(found[place] for place in plan.reading.places if place in found)
    return chosen if len(chosen) > 1 and alike(chosen) else None


def _newness(group: dict[str, Fact]) -> int:
    return -max((f.observation.period.end.toordinal() if f.observation.period.end else 0)
                for f in group.values())  # fmt: skip


def rank(plan: Plan) -> Outcome:
    """Places in order of their values; the first of them where one is asked for."""
    chosen = across_places(plan)
    if not isinstance(chosen, tuple):
        return chosen
    if len(chosen) < 2 or not alike(chosen):
        return None
    values = dict(zip(chosen, in_one_unit(chosen), strict=True))
    lowest = wants_lowest(plan)
    ordered = sorted(
        chosen, key=lambda f: (values[f] if lowest else -values[f], f.observation.entity)
    )
    wanted = plan.asked.top or (len(ordered) if plan.asked.has("rank", "compare") else 1)
    if plan.asked.has("rank") and plan.reading.named:
        return _rank_of(plan.reading.named[0], ordered, values, lowest=lowest)
    if plan.asked.nth is not None and plan.asked.nth <= len(ordered):
        return _nth_of(plan.asked.nth, ordered, lowest=lowest)
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
                     f"{'' if dated(ordered) == ' ' + when(lead.period) else dated(ordered)}.",
                     tuple(kept)))  # fmt: skip
        rest = ordered[len(kept) : len(kept) + 4]
        if rest:
            told = listed([f"{f.observation.entity} ({amount(f.observation)})" for f in rest])
            said.append((f"Then follow {told}.", tuple(rest)))
    else:
        told = _in_order(kept)
        order = "lowest first" if lowest else "highest first"
        said.append((f"By {lead.indicator}{dated(ordered)}, {order}: {told}.", tuple(kept)))
    return Result(
        operation=("argmin" if lowest else "argmax") if wanted == 1 else "rank",
        said=tuple(said),
        value=names[0] if len(names) == 1 else names,
        unit=NONE,
        expression=f"{'min' if lowest else 'max'}({numbers})" if wanted == 1 else "",
        operands=tuple(ordered),
        series=tuple(ordered) if len(ordered) > 2 else (),
        conflicts=conflicts_for(plan, kept),
    )


def _in_order(facts: Sequence[Fact]) -> str:
    told = (f"{f.observation.entity}, {amount(f.observation)}" for f in facts)
    return "; ".join(f"{n}. {words}" for n, words in enumerate(told, 1))


def _nth_of(nth: int, ordered: Sequence[Fact], *, lowest: bool) -> Outcome:
    """The second, third ... of an order."""
    seen = ordered[nth - 1].observation
    words = (
        f"{seen.entity}: {amount(seen)}{as_printed(seen)} {when(seen.period)}, number {nth} by "
        f"{seen.indicator} of the {len(ordered)} places with a figure, "
        f"{'lowest' if lowest else 'highest'} first."
    )
    told = _in_order(ordered)
    return Result(
        operation="rank",
        said=((words, (ordered[nth - 1],)), (f"In order: {told}.", tuple(ordered))),
        value=seen.entity,
        operands=tuple(ordered),
        series=tuple(ordered) if len(ordered) > 2 else (),
    )


def growth(plan: Plan) -> Outcome:
    """The place whose value grew (or fell) the most between two times, in percent where asked."""
    changes = []
    relative = plan.asked.has("percentage change", "percent")
    for line in all_series(plan.facts):
        ends = _ends_of(plan, line)
        if ends is None or is_total(line.entity):
            continue
        first, last = ends
        a, b = in_one_unit([first.fact, last.fact])
        if not a and relative:
            continue
        expression = f"({plain(b)} - {plain(a)}) / {plain(abs(a))} * 100" if relative else (
            f"{plain(b)} - {plain(a)}")  # fmt: skip
        changes.append((evaluate(expression), line.entity, first, last, expression))
    if len(changes) < 2:
        return None
    slowest = plan.asked.has("lowest") and not plan.asked.has("highest")
    slowest = slowest or re.search(r"\bslow\w*", plan.asked.question, re.I) is not None
    downward = slowest != plan.asked.falls
    ordered = sorted(changes, key=lambda c: (c[0] if downward else -c[0], c[1]))
    value, place, first, last, expression = ordered[0]
    own = first.fact.observation.unit
    unit = PERCENT if relative else POINTS if own.base == "percent" else own
    told = listed([f"{c[1]} ({signed(two_places(c[0]), unit)})" for c in ordered[1:5]])
    words = (
        f"{place}: {signed(two_places(value), unit)}, from {amount(first.fact.observation)} "
        f"{when(first.period)} to {amount(last.fact.observation)} {when(last.period)}, the "
        f"{'smallest' if slowest else 'largest'} change of {len(ordered)} places."
    )
    both = tuple(point.fact for c in ordered[1:5] for point in (c[2], c[3]))
    return Result(
        operation="argmin" if downward else "argmax",
        said=((words, (first.fact, last.fact)), (f"Then follow {told}.", both)),
        value=place,
        expression=expression,
        operands=(last.fact, first.fact, *both),
    )


def _ends_of(plan: Plan, line: Series) -> tuple[Point, Point] | None:
    points = plan.asked.frame.points
    if len(points) == 2:
        first, last = line.at(points[0]), line.at(points[1])
        return (first, last) if first and last and first is not last else None
    return (line.points[0], line.points[-1]) if len(line.points) > 1 else None


def rank_among(plan: Plan) -> Outcome:
    """The place that a named one takes among all that the tables have beside it."""
    facts = (*plan.reading.facts, *plan.reading.other_places)
    places = tuple(dict.fromkeys(fact.observation.entity for fact in facts))
    reading = replace(plan.reading, facts=facts, places=places, is_group=True, other_places=())
    return rank(replace(plan, reading=reading))


def _rank_of(
    place: str, ordered: Sequence[Fact], values: dict[Fact, Decimal], *, lowest: bool
) -> Outcome:
    """The place that one of several takes."""
    own = next((fact for fact in ordered if fact.observation.entity == place), None)
    if own is None:
        return None
    before = (values[f] < values[own] if lowest else values[f] > values[own] for f in ordered)
    position = 1 + sum(before)
    seen = own.observation
    words = (
        f"Number {position} of {len(ordered)}: {place}, {amount(seen)}{as_printed(seen)} "
        f"{when(seen.period)} ({seen.indicator})."
    )
    told = _in_order(ordered)
    return Result(
        operation="rank",
        said=((words, (own,)), (f"In order: {told}.", tuple(ordered))),
        value=Decimal(position),
        operands=tuple(ordered),
        series=tuple(ordered) if len(ordered) > 2 else (),
    )


def having_figures(plan: Plan) -> Outcome:
    """How many places there is a figure for."""
    chosen = across_places(plan)
    if not isinstance(chosen, tuple):
        return chosen
    seen = chosen[0].observation
    numbers = ", ".join(plain(f.observation.value or Decimal(0)) for f in chosen)
    return Result(
        operation="count",
        said=((f"{len(chosen)} places have a figure of {seen.indicator}{dated(chosen)}: "
               f"{listed([f.observation.entity for f in chosen])}.", chosen),),
        value=Decimal(len(chosen)),
        expression=f"count({numbers})",
        operands=chosen,
    )  # fmt: skip


def dated(chosen: Sequence[Fact]) -> str:
    """`` in 2005`` where all are of one time; that the dates differ, where they do."""
    times = {fact.observation.period for fact in chosen}
    return f" {when(chosen[0].observation.period)}" if len(times) == 1 else " (the latest of each)"
