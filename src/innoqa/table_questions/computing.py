"""A reading of a question -> the value that it asks for, computed from cells.

Each operation is one function from a ``Plan`` to a ``Result``, a ``Refusal``, or None where it does
not apply; ``compute`` asks them in turn. Values are got by evaluating the very expression that is
shown.
"""

import re
from collections.abc import Callable

from innoqa.domain import Period
from innoqa.table_questions.aggregates import aggregate
from innoqa.table_questions.changes import annual_growth, change
from innoqa.table_questions.limits import counting, crossing, held_against
from innoqa.table_questions.pairs import against_target, compare, share_of_whole
from innoqa.table_questions.places import growth, having_figures, rank, rank_among
from innoqa.table_questions.plans import Outcome, Plan, Refusal
from innoqa.table_questions.times import counts_rankings, extreme_period, ordinal
from innoqa.table_questions.values import lookup, series, values_at
from innoqa.table_questions.wording import is_rank, is_ratio


def compute(plan: Plan) -> Outcome:
    """The first operation that the question's signs and the reading call for, carried out."""
    for applies, operation in _OPERATIONS:
        if applies(plan):
            outcome = operation(plan)
            if outcome is not None:
                return outcome
    return None if _needs_more_than_a_value(plan) else lookup(plan)


def _needs_more_than_a_value(plan: Plan) -> bool:
    """Whether a share is asked for, or the first of several, which no single value answers."""
    asked = plan.asked
    if asked.has("share") and not any(is_ratio(f.observation.unit) for f in plan.facts):
        return True
    return asked.has("top") or asked.chooses


def _nothing_to_choose_from(plan: Plan) -> Outcome:
    """A refusal where the figures are of one place alone."""
    places = {fact.observation.entity for fact in (*plan.facts, *plan.reading.other_places)}
    if len(places) != 1:
        return None
    return Refusal(
        f"The tables have {plan.reading.measure} for {places.pop() or 'one thing'} alone, so there "
        "is nothing to choose from.", plan.facts[:3],
    )  # fmt: skip


def _has_threshold(plan: Plan) -> bool:
    return plan.asked.threshold is not None


def _is_two(plan: Plan) -> bool:
    frame = plan.asked.frame
    return plan.second is not None or (
        plan.several_places and not plan.reading.is_group and len(frame.points) < 2
    )


def _whole_stretch(plan: Plan) -> Period | None:
    """The period of a figure that is itself for the whole stretch asked for: "2011-2015"."""
    frame = plan.asked.frame
    wants_more = plan.asked.has(
        "change", "difference", "series", "annual growth", "percentage change", "highest",
        "lowest", "mean", "median", "range", "which period", "count years",
    )  # fmt: skip
    if wants_more or not frame.is_stretch:
        return None
    spans = (f.observation.period for f in plan.facts if f.observation.period.kind == "span")
    return next((p for p in spans if p.start == frame.first and p.end == frame.last), None)


def _of_whole_stretch(plan: Plan) -> Outcome:
    period = _whole_stretch(plan)
    return values_at(plan, [period]) if period else None


Applies = Callable[[Plan], bool]
Operation = Callable[[Plan], Outcome]


def _is_one_of_many(plan: Plan) -> bool:
    return (
        len(plan.reading.places) == 1
        and bool(plan.reading.named)
        and bool(plan.reading.other_places)
        and bool(plan.facts)
        and not is_rank(plan.facts[0].observation.unit)
    )


def _is_ordinal(plan: Plan) -> bool:
    return (
        plan.asked.ordinal is not None
        and bool(plan.facts)
        and is_rank(plan.facts[0].observation.unit)
        and (
            plan.asked.has("which period", "count years", "first", "last", "whether")
            or counts_rankings(plan)
        )
    )


_FASTEST = re.compile(r"\b(?:fast|slow|strong|quick)\w*est\b", re.IGNORECASE)
_OPERATIONS: tuple[tuple[Applies, Operation], ...] = (
    (lambda p: _whole_stretch(p) is not None, _of_whole_stretch),
    (_is_ordinal, ordinal),
    (lambda p: p.asked.has("target") and p.asked.has(
        "difference", "share", "ratio", "percentage change", "whether"), against_target),
    (lambda p: p.asked.has("count") and p.reading.is_group, having_figures),
    (lambda p: _has_threshold(p) and p.asked.has("which period", "count years", "first", "last")
     and not (p.asked.has("whether") and p.asked.frame.points), crossing),
    (lambda p: _has_threshold(p) and (p.reading.is_group or p.asked.has("which entity")), counting),
    (_has_threshold, held_against),
    (lambda p: p.asked.has("which period", "top years") and not p.asked.has("range")
     and p.asked.has("highest", "lowest", "top"),
     extreme_period),
    (lambda p: p.asked.has("which period") and p.asked.has("compare") and p.second is None
     and re.search(r"\bthan\b", p.asked.question) is None, extreme_period),
    (lambda p: p.asked.has("annual growth"), annual_growth),
    (lambda p: p.several_places and len(p.reading.places) > 2
     and p.asked.has("sum", "mean", "median", "range"), aggregate),
    (lambda p: _is_two(p) and p.asked.has(
        "compare", "difference", "ratio", "share", "whether", "which entity", "highest", "lowest",
        "sum", "mean", "percentage change"), compare),
    (lambda p: p.second is not None, compare),
    (lambda p: p.asked.has("share") and p.reading.named_place and len(p.reading.places) == 1,
     share_of_whole),
    (lambda p: (p.reading.is_group or p.asked.has("which entity"))
     and p.asked.has("top", "rank", "compare") and not p.asked.has("mean"), rank),
    (lambda p: p.asked.has("which entity") and len(p.reading.places) > 1
     and p.asked.has("change", "annual growth") and (p.asked.has("highest", "lowest")
     or _FASTEST.search(p.asked.question) is not None), growth),
    (lambda p: p.asked.has("which entity") and p.asked.has("highest", "lowest"), rank),
    (lambda p: p.asked.has("ratio") and len(p.asked.frame.points) == 2, compare),
    (lambda p: p.asked.has("change", "difference", "percentage change", "points")
     and not (p.asked.has("series") and not p.asked.frame.points)
     and not p.asked.has("mean", "median", "range"), change),
    (lambda p: p.asked.chooses and not p.asked.has("which period"), _nothing_to_choose_from),
    (lambda p: p.asked.has("median", "mean", "range", "sum", "highest", "lowest"), aggregate),
    (lambda p: p.asked.has("series") or p.asked.frame.is_stretch or p.asked.frame.count is not None,
     series),
    (lambda p: p.asked.has("compare") and len(p.asked.frame.points) == 2, compare),
    (lambda p: p.asked.has("rank") and _is_one_of_many(p), rank_among),
    (lambda p: p.reading.is_group and not p.asked.has("latest", "earliest"), rank),
)  # fmt: skip
