"""Changes between two times: difference, percentage change, compound annual growth."""

import re
from collections.abc import Sequence
from decimal import Decimal

from innoqa.domain import Period
from innoqa.expressions import evaluate
from innoqa.quantities import formatted, rounded
from innoqa.table_questions.asking import Asked
from innoqa.table_questions.conflicting import break_notes, conflicts, sides
from innoqa.table_questions.facts import Fact
from innoqa.table_questions.missing import missing_period, missing_stretch
from innoqa.table_questions.plans import (
    PERCENT,
    POINTS,
    Outcome,
    Plan,
    Refusal,
    Result,
    Said,
    counted,
    two_places,
    within_frame,
)
from innoqa.table_questions.series import (
    Point,
    Series,
    all_series,
    in_one_unit,
)
from innoqa.table_questions.values import at_period
from innoqa.table_questions.wording import (
    amount,
    is_rank,
    listed,
    named,
    plain,
    risen,
    size,
    subject,
    when,
)


def change(plan: Plan) -> Outcome:
    """The difference and the percentage change between two times."""
    ends = _ends(plan)
    if isinstance(ends, Refusal) and _may_be_no_change(plan):
        return None
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
    if plan.asked.has("difference") and not plan.asked.has("change") and a > b:
        difference = f"{plain(a)} - {plain(b)}"  # a difference that is no change has no direction
    expression = relative if wants_percent else difference
    value = evaluate(expression) if wants_percent else rounded(evaluate(expression), (a, b))
    said: list[Said] = [
        (_changed(plan, first, last, (a, b), wants_percent), (first.fact, last.fact))
    ]
    said += _other_changes(first, last, relative_wanted=wants_percent)
    between = [p.fact for p in line.points if first.year <= p.year <= last.year]
    said += break_notes(between)
    said += _turn(plan, between, b - a)
    said += _other_lines(plan, line)
    return Result(
        operation="percentage change" if wants_percent else "difference",
        said=tuple(said),
        value=two_places(value) if wants_percent else value,
        unit=PERCENT if wants_percent else POINTS if unit.base == "percent" else unit,
        expression=expression,
        operands=(last.fact, first.fact),
        series=tuple(between) if len(between) > 2 else (),
        conflicts=conflicts([(p.fact, *p.others) for p in (first, last)]),
    )


def _may_be_no_change(plan: Plan) -> bool:
    """Whether a value is asked for rather: one time, and no word that means a change alone."""
    frame = plan.asked.frame
    single = len(frame.points) == 1 and not frame.is_stretch
    return single and not plan.asked.has("percentage change", "difference", "points")


def _changed(
    plan: Plan, first: Point, last: Point, values: tuple[Decimal, Decimal], in_percent: bool
) -> str:
    a, b = values
    unit = first.fact.observation.unit
    difference = rounded(b - a, values)
    percent = "" if is_rank(unit) else _percent_change(a, b)
    direction = risen(b - a, unit)
    parts = [size(difference, unit), percent] if percent else [size(difference, unit)]
    if in_percent:
        parts = [part.lstrip("+-") for part in reversed(parts)]
    by = f" by {parts[0]}" + (f" ({parts[1]})" if len(parts) > 1 else "") if b != a else ""
    answer = _yes_no(plan.asked, a - b if is_rank(unit) else b - a)
    return (
        f"{answer}{direction}{by}, from {amount(first.fact.observation)} {when(first.period)} to "
        f"{amount(last.fact.observation)} {when(last.period)}: {subject(last.fact.observation)}."
    )


def _yes_no(asked: Asked, difference: Decimal) -> str:
    """``Yes: `` or ``No: `` where the question asks whether something rose or fell."""
    if not asked.has("whether"):
        return ""
    words = " ".join(word.stem for word in asked.words)
    falls = asked.falls
    rises = re.search(r"\b(?:rise|rose|grow\w*|increas\w*|go up|expand\w*|improv\w*)\b", words)
    if falls and rises:
        return ""
    if not falls and re.search(r"\b(?:chang|develop|evolv)\w*", words):
        return "Yes: " if difference else "No: "
    holds = difference < 0 if falls else difference > 0
    return "Yes: " if holds else "No: "


def _percent_change(a: Decimal, b: Decimal) -> str:
    if not a or a == b:
        return ""
    value = two_places(evaluate(f"({plain(b)} - {plain(a)}) / {plain(abs(a))} * 100"))
    return f"{'+' if value > 0 else ''}{formatted(value, PERCENT)}"


def _other_changes(first: Point, last: Point, *, relative_wanted: bool) -> list[Said]:
    """The same with the figures of other sources for the two times."""
    said: list[Said] = []
    for one in sides(first):
        for other in sides(last):
            if (one, other) == (first.fact, last.fact) or len(said) == 3:
                continue
            a, b = in_one_unit([one, other])
            unit = one.observation.unit
            percent = _percent_change(a, b).lstrip("+-") if relative_wanted else ""
            by = percent or size(rounded(b - a, (a, b)), unit)
            said.append((
                f"With other sources' figures, {amount(one.observation)} {when(first.period)} and "
                f"{amount(other.observation)} {when(last.period)}, it is "
                f"{'unchanged' if a == b else f'up by {by}' if b > a else f'down by {by}'}.",
                (one, other),
            ))  # fmt: skip
    return said


def _turn(plan: Plan, between: Sequence[Fact], difference: Decimal) -> list[Said]:
    """The last step, where no time was named and it goes against the whole change."""
    if plan.asked.frame.points or len(between) < 3:
        return []
    before, last = between[-2:]
    a, b = in_one_unit([before, last])
    unit = last.observation.unit
    if (b - a) * difference >= 0:
        return []
    return [(
        f"The last step goes the other way: {risen(b - a, unit).lower()} by "
        f"{size(rounded(b - a, (a, b)), unit)}, from {amount(before.observation)} "
        f"{when(before.observation.period)} to {amount(last.observation)} "
        f"{when(last.observation.period)}.", (before, last),
    )]  # fmt: skip


def _other_lines(plan: Plan, told: Series) -> list[Said]:
    """How other compilers' series of the same place went, where no time or compiler was named."""
    if plan.asked.frame.points or plan.asked.has("whether"):
        return []
    place = told.points[0].fact.observation.entity
    others = [
        line for line in within_frame(all_series(plan.facts), plan)
        if line is not told and len(line.points) > 1
        and line.points[0].fact.observation.entity == place
        and line.points[0].fact.observation.indicator != told.points[0].fact.observation.indicator
    ]  # fmt: skip
    said: list[Said] = []
    for line in others[:3]:
        first, last = line.points[0], line.points[-1]
        a, b = in_one_unit([first.fact, last.fact])
        words = _changed(plan, first, last, (a, b), in_percent=False)
        said.append((f"Also: {words[:1].lower()}{words[1:]}", (first.fact, last.fact)))
    return said


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
    value = two_places(evaluate(expression))
    seen = last.fact.observation
    words = (
        f"{formatted(value, PERCENT)} a year on average (compound) over {counted(steps, 'year')}, "
        f"from {amount(first.fact.observation)} {when(first.period)} to {amount(seen)} "
        f"{when(last.period)}: {subject(seen)}."
    )
    between = [p.fact for p in line.points if first.year <= p.year <= last.year]
    return Result(
        operation="compound annual growth rate",
        said=((words, (first.fact, last.fact)), *break_notes(between)),
        value=value,
        unit=PERCENT,
        expression=expression,
        operands=(last.fact, first.fact),
        series=tuple(between) if len(between) > 2 else (),
        conflicts=conflicts([(p.fact, *p.others) for p in (first, last)]),
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
    cut = [line for line in within_frame(lines, plan) if len(line.points) > 1]
    if not cut:
        return missing_stretch(plan)
    if frame.first is not None and not any(
        p.period.end and p.period.end.year == frame.first.year for p in cut[0].points
    ):
        return missing_stretch(plan) if frame.points else None
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
    found = [f for p in (first, last) for f in at_period(plan.facts, p)]
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
    return missing_period(plan, period, f"{period} and the year before it")
