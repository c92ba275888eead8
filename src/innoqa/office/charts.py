"""Charts as tables: a row for each category and a column for each series.

Where the categories are times, they are the columns and the series the rows, as in the tables of
reports.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from innoqa.grids import is_unit
from innoqa.markup import one_line
from innoqa.office.grids import Grid
from innoqa.office.numbers import shown
from innoqa.office.package import Element, at, number, value
from innoqa.periods import read_period

_MOST_CELLS = 200_000
_MOST_TIMES = 40  # columns
_MOST_LEVELS = 5  # of categories in one another
_GENERIC = re.compile(r"(?:series|datenreihen?|reihe|série|serie|系列)\s*\d*", re.IGNORECASE)
_UNITS = {
    "hundreds": 100, "thousands": 1000, "tenThousands": 10_000, "hundredThousands": 100_000,
    "millions": 1_000_000, "tenMillions": 10_000_000, "hundredMillions": 100_000_000,
    "billions": 1_000_000_000, "trillions": 1_000_000_000_000,
}  # fmt: skip
_UNIT_NAMES = {
    "tenThousands": "ten thousands", "hundredThousands": "hundred thousands",
    "tenMillions": "ten millions", "hundredMillions": "hundred millions",
}  # fmt: skip

_Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Chart:
    """What a chart shows: its title with what its axis says, and its values under their names."""

    caption: str
    grid: Grid
    unit: str = ""
    """What the axis says, where there is no title."""


@dataclass(frozen=True, slots=True)
class _Axis:
    title: str
    per: int = 1
    """What the values are divided by where they are shown."""


def read_chart(root: Element) -> Chart | None:
    """The chart of a chart part ("c:chartSpace"), by the values that are kept in it."""
    area = at(root, "c:chart/c:plotArea")
    if area is None:
        return None
    axes = {axis_id: axis for axis in area for axis_id in _ids(axis, "c:axId")}
    columns: list[tuple[str, _Axis, dict[_Key, str]]] = []
    names = ""
    for plot in area:
        category, values = _axes_of(plot, axes)
        for series in plot.findall("c:ser"):
            names = names or category.title
            columns.append((_name(series), values, dict(_points(series, values.per))))
            columns += _bubbles(series)
    keys = list(dict.fromkeys(key for _, _, points in columns for key in points))
    if not keys or len(keys) * len(columns) > _MOST_CELLS:
        return None
    said = {axis.title for _, axis, _ in columns}
    shared = said.pop() if len(said) == 1 else ""
    title = _words(at(root, "c:chart/c:title"))
    header = [names, *(_headed(name, axis, shared, title) for name, axis, _ in columns)]
    grid = [header, *([label, *(p.get((label, n), "") for *_, p in columns)] for label, n in keys)]
    if len(keys) <= _MOST_TIMES and all(read_period(label) for label, _ in keys):
        grid = [list(row) for row in zip(*grid, strict=True)]
    return Chart(_caption(title, shared), grid, "" if title else shared)


def _axes_of(plot: Element, axes: dict[str, Element]) -> tuple[_Axis, _Axis]:
    """(the axis of the categories, the axis of the values) of a plot."""
    own = [axes[axis_id] for axis_id in _ids(plot, "c:axId") if axis_id in axes]
    values = [axis for axis in own if axis.tag == "c:valAx"]
    others = [axis for axis in own if axis.tag != "c:valAx"] or values[:1]
    return _axis(others[:1]), _axis(values[-1:])


def _axis(found: list[Element]) -> _Axis:
    if not found:
        return _Axis("")
    title = _words(found[0].find("c:title"))
    name = value(found[0], "c:dispUnits/c:builtInUnit", name="val")
    if name not in _UNITS:
        return _Axis(title)
    return _Axis(title or _UNIT_NAMES.get(name, name), _UNITS[name])


def _headed(name: str, axis: _Axis, shared: str, title: str) -> str:
    """The name of a series, with what its axis says where other series have another axis."""
    if not name or _GENERIC.fullmatch(name):
        return axis.title or title or name
    return name if shared or not axis.title or axis.title in name else f"{name} ({axis.title})"


def _caption(title: str, shared: str) -> str:
    if not title or not shared or shared.lower() in title.lower():
        return title
    return f"{title} ({shared})" if is_unit(shared) else f"{title}: {shared}"


def _ids(element: Element, name: str) -> list[str]:
    return [found.get("val", "") for found in element.findall(name)]


def _name(series: Element) -> str:
    text = series.find("c:tx")
    if text is None:
        return ""
    return one_line(text.findtext("c:v") or " ".join(v.text or "" for v in text.iter("c:v")))


def _points(series: Element, per: int) -> Iterator[tuple[_Key, str]]:
    """Label, with how often it came before, and value of each point."""
    values = _first(series, "c:val", "c:yVal")
    labels = _labels(_first(series, "c:cat", "c:xVal"))
    seen: Counter[str] = Counter()
    for index, words in _cached(values, per):
        label = labels.get(index) or str(index + 1)
        yield (label, seen[label]), words
        seen[label] += 1


def _bubbles(series: Element) -> Iterator[tuple[str, _Axis, dict[_Key, str]]]:
    sizes = dict(_cached(series.find("c:bubbleSize"), 1))
    if sizes:
        keys = [key for key, _ in _points(series, 1)]
        values = {key: sizes.get(n, "") for n, key in enumerate(keys)}
        yield f"{_name(series)} size".strip(), _Axis(""), values


def _first(series: Element, *names: str) -> Element | None:
    return next((found for name in names if (found := series.find(name)) is not None), None)


def _labels(categories: Element | None) -> dict[int, str]:
    """The categories by their index; of several levels, the outer one before the inner."""
    if categories is None:
        return {}
    levels = list(categories.iter("c:lvl"))[:_MOST_LEVELS]
    if not levels:
        return dict(_cached(categories, 1))
    inner, *outer = [dict(_cached(level, 1)) for level in levels]
    labels: dict[int, str] = {}
    above = ["" for _ in outer]
    for index, name in sorted(inner.items()):
        above = [level.get(index, before) for level, before in zip(outer, above, strict=True)]
        labels[index] = " ".join(filter(None, (*reversed(above), name)))
    return labels


def _cached(values: Element | None, per: int) -> Iterator[tuple[int, str]]:
    """Index and words of the values that are kept of the chart's data."""
    if values is None:
        return
    code = next((found.text or "" for found in values.iter("c:formatCode")), "")
    for point in values.iter("c:pt"):
        words = one_line(point.findtext("c:v") or "")
        own = point.get("formatCode", code)
        is_number = bool(own) or per != 1
        yield number(point.get("idx")), shown(words, own, per) if is_number else words


def _words(title: Element | None) -> str:
    if title is None:
        return ""
    return one_line(" ".join(t.text or "" for t in title.iter() if t.tag in ("a:t", "c:v")))
