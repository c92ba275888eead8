"""Points of a computation -> charts, with what has to be said under each.

Text of the corpus enters a chart as data and titles alone, never as an expression or an address.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

import chart_notes
import marks
import points
from innoqa.domain import Observation
from points import Placed, joined, names_of, varying_parts

LEAST_POINTS = 3
MOST_LINES = 8
MOST_BARS = 40
COLOURS = ("#3b82d9", "#d9730d", "#2f9e62", "#a35ccc", "#d6457a", "#1595a8", "#9a7a1a", "#7a818c")
"""Each has a contrast of at least 3 : 1 with a white page and with a dark one."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "triangle-left",
          "triangle-right")  # fmt: skip
QUIET = "#7a818c"
HEIGHT = 260
"""In pixels, as are the next."""
BAR_HEIGHT = 28
AXIS_HEIGHT = 72
LEGEND_LINE = 26
LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class Figure:
    """A Vega-Lite chart, what it is of, and what a reader must know of it, in plain text."""

    spec: dict[str, Any]
    title: str
    description: str
    notes: tuple[str, ...]


def figures(series: Sequence[Observation]) -> tuple[Figure, ...]:
    """A chart for each unit that two or more values share; none for fewer than three points.

    Values of one base are drawn in the scale of the first: millions beside thousands, say.
    """
    if len(series) < LEAST_POINTS:
        return ()
    bases = dict.fromkeys(map(_base, series))
    drawn = (_figure([one for one in series if _base(one) == base]) for base in bases)
    return tuple(figure for figure in drawn if figure is not None)


def _base(observation: Observation) -> str:
    return observation.unit.base or observation.unit.printed


def _figure(group: Sequence[Observation]) -> Figure | None:
    """Bars where nothing has values at several periods, else lines."""
    known = [one for one in group if one.value is not None]
    names = {(one.indicator, one.entity) for one in known}
    periods = {(one.indicator, one.entity, one.period) for one in known}
    if len(names) == len(periods):
        return _bars(group, known) if len(known) > 1 else None
    return _lines(group)


def _bars(group: Sequence[Observation], known: Sequence[Observation]) -> Figure:
    ordered = sorted(known, key=lambda one: -marks.scaled(one, group[0]))
    shown, left_out = ordered[:MOST_BARS], len(ordered[MOST_BARS:])
    names = names_of(shown)
    drawn = [marks.row(one, group[0], name) for one, name in zip(shown, names, strict=True)]
    names_axis = alt.Axis(labelLimit=LONGEST_NAME // 2, labelOverlap=False)
    bars = marks.of(drawn).mark_bar(color=COLOURS[0]).encode(
        y=alt.Y("line:N", sort=names, title=None, axis=names_axis),
        x=alt.X("value:Q", title=_unit(group), axis=alt.Axis(tickCount=5, labelFlush=False)),
        tooltip=marks.tooltips(drawn),
    )  # fmt: skip
    notes = [f"{left_out} smaller values are not drawn."] if left_out else []
    zero = marks.of([{"value": 0}]).mark_rule(color=QUIET).encode(x="value:Q")
    return _described(
        alt.layer(bars, zero, height=BAR_HEIGHT * len(drawn) + AXIS_HEIGHT),
        "Bar chart",
        group,
        (*notes, *chart_notes.without_value(one for one in group if one.value is None)),
    )


def _lines(group: Sequence[Observation]) -> Figure | None:
    varying = varying_parts(group, ("indicator", "entity"))

    def name(observation: Observation) -> str:
        return joined(observation, varying)

    lines = list(dict.fromkeys(map(name, group)))
    drawn, left_out = lines[:MOST_LINES], len(lines[MOST_LINES:])
    placed = points.place([one for one in group if name(one) in drawn], name)
    if len(placed.points) < 2:
        return None
    layers = [*_breaks(placed), *_ranges(placed, group), *_points(placed, group, drawn)]
    legend = LEGEND_LINE * len(drawn) if len(drawn) > 1 else 0
    notes = [f"{left_out} more lines are not drawn."] if left_out else []
    return _described(
        alt.layer(*layers, height=HEIGHT + legend),
        "Line chart",
        group,
        (*notes, *chart_notes.of(placed)),
    )


def _points(
    placed: Placed, group: Sequence[Observation], lines: Sequence[str]
) -> Iterator[alt.Chart]:
    """The lines, the points on them, and as hollow points what covers part of a year."""
    x = _axis(placed)
    y = alt.Y(
        "value:Q",
        title=_unit(group),
        scale=alt.Scale(zero=_begins_at_zero(placed, group), nice=5),
        axis=alt.Axis(tickCount=5, labelFlush=False),
    )
    legend = alt.Legend(
        orient="bottom", columns=1, title=None, labelLimit=LONGEST_NAME, symbolSize=60, rowPadding=2
    )
    key = legend if len(lines) > 1 else None
    colours, shapes = (
        alt.Scale(domain=lines, range=each[: len(lines)]) for each in (COLOURS, SHAPES)
    )
    colour = alt.Color("line:N", scale=colours, legend=key)
    shape = alt.Shape("line:N", scale=shapes, legend=key)
    wholes = marks.rows((p for p in placed.points if not p.is_part), placed, group[0])
    parts = marks.rows((p for p in placed.points if p.is_part), placed, group[0])
    tooltips = marks.tooltips([*wholes, *parts])
    line = marks.of(wholes).mark_line(strokeWidth=2, strokeCap="round")
    yield line.encode(x=x, y=y, color=colour, detail="run:N")
    for rows, filled in ((wholes, True), (parts, False)):
        if rows:
            mark = marks.of(rows).mark_point(filled=filled, size=60, opacity=1)
            yield mark.encode(x=x, y=y, color=colour, shape=shape, tooltip=tooltips)


def _breaks(placed: Placed) -> Iterator[alt.Chart]:
    rows: list[marks.Row] = [{"place": placed.labels[point.place]} for point in placed.breaks]
    if rows:
        rule = marks.of(rows).mark_rule(color=QUIET, strokeDash=[4, 4], strokeWidth=1.5)
        yield rule.encode(x=_axis(placed, between=True))


def _ranges(placed: Placed, group: Sequence[Observation]) -> Iterator[alt.Chart]:
    """From the lower to the upper end of what is printed as a range."""
    rows = marks.rows(
        (p for p in placed.points if p.observation.upper is not None), placed, group[0]
    )
    if rows:
        rule = marks.of(rows).mark_rule(color=QUIET, strokeWidth=2)
        yield rule.encode(x=_axis(placed), y="value:Q", y2="upper:Q")


def _axis(placed: Placed, *, between: bool = False) -> alt.X:
    """Every place in order, those without a value too, so that a gap is as wide as it is long.

    ``between`` is where a place meets the one before it.
    """
    return alt.X(
        "place:O",
        title=None,
        scale=alt.Scale(type="band", domain=list(placed.labels.values())),
        axis=alt.Axis(labelAngle=0, labelFlush=False, labelOverlap="greedy", labelSeparation=8),
        bandPosition=0 if between else alt.Undefined,
    )


def _begins_at_zero(placed: Placed, group: Sequence[Observation]) -> bool:
    values = [marks.scaled(point.observation, group[0]) for point in placed.points]
    return 0 <= min(values) <= max(values) / 2


def _described(
    chart: alt.LayerChart,
    kind: str,
    group: Sequence[Observation],
    notes: Sequence[str],
) -> Figure:
    parts = ("indicator", "entity", "period")
    varying = varying_parts(group, parts)
    title = joined(group[0], tuple(part for part in parts if part not in varying))
    unit = f" in {group[0].unit}" if group[0].unit.printed else ""
    known = sum(one.value is not None for one in group)
    description = f"{kind} of {title or 'values'}{unit}, {known} values. The derivation lists them."
    spec = chart.to_dict()
    del spec["$schema"]  # an address that nothing needs
    return Figure(spec, title, description, tuple(notes))


def _unit(group: Sequence[Observation]) -> str:
    return group[0].unit.printed or "number"
