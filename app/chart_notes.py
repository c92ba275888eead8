"""What has to be known of a chart, in plain text."""

from collections.abc import Iterator

from innoqa.contract import stated_value
from innoqa.domain import Observation
from points import Placed, joined


def of(placed: Placed) -> Iterator[str]:
    """What the lines of a chart do not say by themselves."""
    for point in placed.breaks:
        at, note = placed.labels[point.place], point.observation.note
        yield f"The dashed line marks a break in {point.line or 'the series'} at {at}: {note}."
    if placed.has_gaps:
        yield "Periods without a figure are left open."
    if placed.has_several:
        yield "Several figures for one period stand side by side, not joined."
    if any(point.is_part for point in placed.points):
        yield "A hollow point covers part of a year."
    yield from without_value(one for one in placed.unplaced if one.value is None)
    undrawn = [one for one in placed.unplaced if one.value is not None]
    if undrawn:
        told = "; ".join(
            f"{one.period.printed or 'undated'}: {stated_value(one)}" for one in undrawn
        )
        yield f"Not on the axis, since of no single period: {told}."


def without_value(observations: Iterator[Observation]) -> Iterator[str]:
    """Missing and not applicable are told apart, and from zero."""
    told = [f"{joined(o, ('entity', 'period'))}: {stated_value(o)}" for o in observations]
    if told:
        yield f"Without a value: {'; '.join(told)}."
