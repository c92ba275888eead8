"""Two values: which is higher, by how much, how many times, what share."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from innoqa.expressions import evaluate
from innoqa.quantities import formatted, rounded
from innoqa.table_questions.asking import Asked
from innoqa.table_questions.conflicting import conflicts_for, like_time
from innoqa.table_questions.facts import Fact
from innoqa.table_questions.frames import lies_in
from innoqa.table_questions.limits import is_measured
from innoqa.table_questions.matching import Reading
from innoqa.table_questions.missing import missing_period
from innoqa.table_questions.names import is_total
from innoqa.table_questions.places import across_places, rank
from innoqa.table_questions.plans import (
    NONE,
    PERCENT,
    POINTS,
    Outcome,
    Plan,
    Refusal,
    Result,
    as_precise,
    short,
    two_places,
    without_targets,
)
from innoqa.table_questions.series import (
    alike,
    all_series,
    in_one_unit,
    is_aside,
    preference,
)
from innoqa.table_questions.values import lookup, newest
from innoqa.table_questions.wording import (
    grouped,
    listed,
    named,
    plain,
    size,
)


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
        not is_measured(f.observation.unit) and f.observation.unit.scale == 1
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
        operation, value, shown_unit = (
            "percentage change", two_places(evaluate(expression)), PERCENT)  # fmt: skip
    elif asked.has("sum") and not asked.has("difference"):
        operation, expression, shown_unit = "sum", f"{plain(a)} + {plain(b)}", unit
        value = evaluate(expression)
    elif asked.has("mean"):
        operation, expression, shown_unit = "mean", f"mean({plain(a)}, {plain(b)})", unit
        value = as_precise(evaluate(expression))
    else:
        high, low = (b, a) if a < b and _asks_for_gap(asked) else (a, b)
        operation, expression = "difference", f"{plain(high)} - {plain(low)}"
        value = evaluate(expression)
        shown_unit = POINTS if unit.base == "percent" else unit
    words = _pair_words(plan, one, other, (a, b))
    if asked.has("sum", "mean") and not asked.has("difference", "compare", "which entity"):
        verb = "is the mean" if asked.has("mean") else "is the sum"
        both = f"{named(one.observation)} and {named(other.observation)}"
        words = f"{formatted(value, shown_unit)} {verb} of {both}."
    compares = asked.has("compare")
    sized = asked.has("difference", "quantity", "percentage change")
    picks = asked.has("which entity", "whether", "highest", "lowest") or (compares and not sized)
    answer: Decimal | str = value
    if picks and not asked.has("difference"):
        answer, shown_unit = _picked(plan, one, other, a - b), NONE
    return Result(
        operation="compare" if picks else operation,
        said=((words, (one, other)),),
        value=answer,
        unit=shown_unit,
        expression=expression,
        operands=(one, other),
        conflicts=conflicts_for(plan, (one, other)),
    )


def _asks_for_gap(asked: Asked) -> bool:
    """Whether "the difference between" two values is asked for, which has no direction."""
    return _GAP.search(asked.question) is not None


_GAP = re.compile(r"\b(?:differen\w*|gap|apart|margin|ahead)\b", re.IGNORECASE)


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
    return a.indicator if a.indicator != b.indicator else short(a.period)


def _pair_words(plan: Plan, one: Fact, other: Fact, values: tuple[Decimal, Decimal]) -> str:
    a, b = values
    first, second = one.observation, other.observation
    unit = first.unit
    if a == b:
        return f"Equal: {named(first)}; {named(second)}."
    high, low = (one, other) if a > b else (other, one)
    times = ""
    if min(a, b) > 0 and unit.base != "percent":
        ratio = two_places(max(a, b) / min(a, b))
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
    if share and a > b and not is_aside(other.observation):
        one, other, a, b = other, one, b, a
    if not b:
        return Refusal(
            f"{named(other.observation)} is zero, so nothing can be divided by it.", (other,)
        )
    expression = f"{plain(a)} / {plain(b)}" + (" * 100" if share else "")
    value = two_places(evaluate(expression))
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
        conflicts=conflicts_for(plan, (one, other)),
    )


def against_target(plan: Plan) -> Outcome:
    """What was reached against the target set for it: the share reached, or what is lacking."""
    targets = [fact for fact in plan.facts if is_aside(fact.observation)]
    target = next((fact for fact in targets if _is_asked_for(fact, plan)), None)
    target = target or next(iter(targets), None)
    if target is None or target.observation.value is None:
        return None
    seen = target.observation
    reached = tuple(
        fact for fact in plan.reading.facts
        if not is_aside(fact.observation) and fact.observation.value is not None
        and fact.observation.entity == seen.entity
        and fact.observation.indicator == seen.indicator and alike([fact, target])
    )  # fmt: skip
    periods = plan.asked.frame.points
    others = [p for p in periods if not lies_in(seen.period, p)] or list(periods)
    for period in others:
        there = tuple(fact for fact in reached if lies_in(fact.observation.period, period))
        if not there:
            of_what_was = replace(plan, reading=replace(plan.reading, facts=reached))
            return missing_period(of_what_was, period)
        reached = there
    if not reached:
        return None
    one = newest(reached, earliest=False)[0]
    if plan.asked.has("share", "ratio"):
        return _quotient(plan, one, target)
    a, b = in_one_unit([one, target])
    met = a >= b
    high, low = (a, b) if met else (b, a)
    gap = rounded(high - low, (a, b))
    asks_whether = plan.asked.has("whether") and not plan.asked.has("difference")
    answer = ("Yes: " if met else "No: ") if asks_whether else ""
    side = "above" if met else "below"
    return Result(
        operation="difference",
        said=((f"{answer}{size(gap, one.observation.unit)} {side} the target: "
               f"{named(one.observation)}, against {named(seen)}.", (one, target)),),
        value=answer[:-2].lower() if asks_whether else gap,
        unit=NONE if asks_whether else one.observation.unit,
        expression=f"{plain(high)} - {plain(low)}",
        operands=(one, target),
        conflicts=conflicts_for(plan, (one,)),
    )  # fmt: skip


def _is_asked_for(fact: Fact, plan: Plan) -> bool:
    return any(lies_in(fact.observation.period, period) for period in plan.asked.frame.points)


def share_of_whole(plan: Plan) -> Outcome:
    """The share that one place has in the total of its table, or in the sum of all its places."""
    if any(fact.observation.unit.base == "percent" for fact in plan.facts):
        return None
    own = lookup(plan)
    if not isinstance(own, Result) or not own.operands:
        return own
    one = own.operands[0]
    same = [
        f for f in plan.reading.other_places
        if f.table is one.table and f.observation.value is not None
        and f.observation.indicator == one.observation.indicator
        and like_time(f.observation) == like_time(one.observation)
    ]  # fmt: skip
    total = next((fact for fact in same if is_total(fact.observation.entity)), None)
    if total is not None:
        return _quotient(plan, one, total)
    if not same or not _WHOLE.search(plan.asked.question):
        return None
    parts = (one, *same)
    numbers = [plain(value) for value in in_one_unit(parts)]
    expression = f"{numbers[0]} / sum({', '.join(numbers)}) * 100"
    value = two_places(evaluate(expression))
    seen = one.observation
    told = listed([fact.observation.entity for fact in parts])
    words = f"{formatted(value, PERCENT)} of the {len(parts)} places together ({told})"
    return Result(
        operation="share",
        said=((f"{words}: {named(seen)}.", parts),),
        value=value,
        unit=PERCENT,
        expression=expression,
        operands=parts,
    )


_WHOLE = re.compile(
    r"\b(?:all|total|whole|together|combined|overall|the (?:\d+|two|three|four|five|six|seven|eight"
    r"|nine|ten))\b", re.IGNORECASE)  # fmt: skip


def _operands(plan: Plan) -> tuple[Fact, ...] | Outcome:
    """The values to compare: of the places, the indicators or the times that are named."""
    if plan.second is not None:
        return _of_two_measures(plan, plan.second)
    if plan.several_places:
        chosen = across_places(plan)
        if not isinstance(chosen, tuple):
            return chosen
        return tuple(sorted(chosen, key=lambda f: plan.reading.places.index(f.observation.entity)))
    return _at_two_times(plan) if len(plan.asked.frame.points) == 2 else None


def _at_two_times(plan: Plan) -> tuple[Fact, ...] | Outcome:
    """The values at the two times named, in their order; for a ratio the later one first."""
    first, last = plan.asked.frame.points
    if plan.asked.has("ratio") and first.end and last.end and first.end < last.end:
        first, last = last, first
    for line in all_series(plan.facts):
        one, other = line.at(first), line.at(last)
        if one and other:
            return one.fact, other.fact
    lacking = (p for p in (first, last) if not any(line.at(p) for line in all_series(plan.facts)))
    period = next(lacking, None)
    return missing_period(plan, period) if period else None


def _of_two_measures(plan: Plan, second: Reading) -> tuple[Fact, ...] | Outcome:
    one, two = plan.facts, without_targets(plan.asked, second.facts)
    for period in plan.asked.frame.points[:1]:
        for side, reading in ((one, plan.reading), (two, second)):
            if not any(lies_in(f.observation.period, period) for f in side):
                return missing_period(replace(plan, reading=reading), period)
        one = tuple(f for f in one if lies_in(f.observation.period, period))
        two = tuple(f for f in two if lies_in(f.observation.period, period))
    pairs = [
        (a, b) for a in one for b in two
        if a.observation.value is not None and b.observation.value is not None
        and like_time(a.observation) == like_time(b.observation)
        and (a.observation.entity == b.observation.entity or plan.several_places
             or (plan.reading.named_place and second.named_place))
    ]  # fmt: skip
    if not pairs:
        told = listed([named(f.observation) for f in (*one[:2], *two[:2])])
        return Refusal(
            f"There is no time for which both figures are held: {told}.", (*one[:2], *two[:2])
        )
    return min(pairs, key=lambda p: (-_ordinal(p[0]), preference(p[0]), preference(p[1])))


def _ordinal(fact: Fact) -> int:
    end = fact.observation.period.end
    return end.toordinal() if end else 0
