"""Plots as SVG that stands alone, in the text's colour and two that hold in light and dark.

Blue and orange are told apart by every kind of colour vision, and by their places and dashes too.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import ceil, floor, log10, sqrt

from innoqa.adapters.html_report.markup import Html, element
from innoqa.evaluation.records import Bin, Confidence, Figure, Point
from innoqa.metrics import share_interval

WIDTH = 680
"""In pixels, as are all lengths here; wider plots would be shrunk on most screens."""
COLOURS = ("#3b82d9", "#d9730d")
DASHES = ("none", "7 4")
QUIET = "#7a818c"
FAINT = 0.25
NAMES, VALUES = 150, 180
"""The columns of names and of printed figures beside bars."""
BAR, GAP, LINE = 13, 8, 18
RISKS = (0.01, 0.05, 0.1)
LEAST_COVERAGE = 0.05
"""Below it a risk is of few answers and jumps; the axis is not stretched for it."""

Row = tuple[str, Sequence[Figure | None]]


def bars(rows: Sequence[Row], series: Sequence[str], unit: str = "") -> Html:
    """A bar with its 95 % interval for each figure, those of a row below one another.

    Figures are shares where there is no ``unit``.
    """
    top, read = 1.0, _shares
    if unit:
        read = _amounts
        top = _ceiling(max(1.0, *(one["high"] for _, figures in rows for one in figures if one)))
    height = BAR * len(series)
    heads = [*_key(series)] if len(series) > 1 else []
    above = LINE + 4 if heads else 4
    below = above + (height + GAP) * len(rows)
    parts = [*heads, *_across(_ticks(top), top, (above, below), unit)]
    for place, (name, figures) in enumerate(rows):
        y = above + GAP / 2 + place * (height + GAP)
        parts.append(_text(name, NAMES - 10, y + height / 2 + 4, "end"))
        for number, figure in enumerate(figures):
            if figure is not None:
                parts += _bar(figure, number, y + number * BAR, (top, read))
    told = (
        f"{name}: " + ", ".join(f"{s} {read(f)}" for s, f in zip(series, figures, strict=True) if f)
        for name, figures in rows
    )
    return _svg(below + 2 * LINE, f"Bars with 95 % intervals. {'; '.join(told)}.", parts)


def parts_of(counts: Mapping[str, int], look: Mapping[str, tuple[str, float]]) -> Html:
    """One bar of how many are what; ``look`` is the colour and the opacity of each part."""
    whole, x, named = sum(counts.values()), 0.0, 0.0
    shown: list[Html] = []
    for name, count in counts.items():
        colour, opacity = look[name]
        fill: dict[str, str | float] = {"fill": colour, "fill_opacity": opacity}
        width = WIDTH * count / whole
        shown.append(_box(x, 0, max(width - 1, 0.5), 22, **fill))
        shown.append(_box(named, 30, 12, 11, **fill))
        shown.append(_text(label := f"{name} {count}", named + 18, 40))
        x, named = x + width, named + 40 + 6.5 * len(label)
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    return _svg(46, f"One bar of {whole} questions: {told}.", shown)


def risk_coverage(groups: Mapping[str, Confidence], least: float) -> Html:
    """Risk against coverage, a line for each group.

    Marked are the points of the confidence in use, and what 1, 5 and 10 % of risk allow.
    """
    left, right, top, bottom = 60, WIDTH - 52, LINE + 14, 300
    curves = [point for one in groups.values() for point in one["curve"]]
    steady = [point["risk"] for point in curves if point["coverage"] >= LEAST_COVERAGE]
    most = _ceiling(max([0.12, *steady]))

    def at(coverage: float, risk: float) -> tuple[float, float]:
        return left + (right - left) * coverage, bottom - (bottom - top) * min(risk / most, 1)

    titles = (
        "coverage: share of the questions that is answered",
        "risk: share of these answers that is wrong",
    )
    parts = [*_key(list(groups), lines=True), *_frame(at, most, titles), *_risk_lines(at, right)]
    told = []
    for number, (name, one) in enumerate(groups.items()):
        parts.append(_path([at(p["coverage"], p["risk"]) for p in one["curve"]], number))
        within = _within(one)
        parts += [_diamond(*at(reach, risk), number) for risk, reach in within.items() if reach]
        said = [f"{reach:.0%} covered at {risk:.0%} risk" for risk, reach in within.items()]
        now = in_use(one["curve"], least)
        if now is not None:
            parts += _mark(*at(now["coverage"], now["risk"]), number, f"now {now['risk']:.1%}")
            said.append(f"now {now['coverage']:.0%} covered at {now['risk']:.1%} risk")
        told.append(f"{name}: {', '.join(said)}")
    return _svg(bottom + 44, f"Lines of risk against coverage. {'; '.join(told)}.", parts)


def _within(one: Confidence) -> dict[float, float]:
    """The largest coverage within each risk."""
    names = {risk: f"coverage@{risk:.0%}" for risk in RISKS}
    return {r: one["figures"][n]["value"] for r, n in names.items() if n in one["figures"]}


def in_use(curve: Sequence[Point], least: float) -> Point | None:
    """The point of the confidence from which answers are given, None where none is so sure."""
    return next((p for p in reversed(curve) if p["confidence"] >= least), None)


def reliability(bins: Sequence[Bin]) -> Html:
    """The share that is right against confidence, over how many answers there are of each.

    Each point has its 95 % interval (Wilson).
    """
    left, right, top, bottom, base = 56, 312, 12, 268, 358
    most = max(one["questions"] for one in bins)

    def at(confidence: float, share: float) -> tuple[float, float]:
        return left + (right - left) * confidence, bottom - (bottom - top) * share

    parts = [*_frame(at, 1.0, ("", "share of answers that is right"))]
    parts.append(_line(*at(0, 0), *at(1, 1), stroke=QUIET, stroke_dasharray="4 4"))
    for one in bins:
        low, high = share_interval(round(one["right"] * one["questions"]), one["questions"])
        x, y = at(one["confidence"], one["right"])
        parts.append(_line(x, at(0, low)[1], x, at(0, high)[1], stroke=COLOURS[0]))
        radius = 3 + 5 * sqrt(one["questions"] / most)
        parts.append(element("circle", cx=x, cy=y, r=radius, fill=COLOURS[0]))
        x, width = at(one["low"], 0)[0], (right - left) * (one["high"] - one["low"])
        height = 32 * one["questions"] / most
        parts.append(_box(x + 1, base - height, width - 2, height, fill=QUIET))
        parts.append(_text(str(one["questions"]), x + width / 2, base - height - 3, "middle"))
    parts.append(_line(left, base, right, base, stroke=QUIET))
    parts.append(_text("confidence, and answers in each tenth of it", (left + right) / 2,
                       base + 18, "middle"))  # fmt: skip
    told = "; ".join(
        f"{one['questions']} answers of confidence {one['confidence']:.2f}: {one['right']:.0%}"
        for one in bins
    )
    return _svg(base + 26, f"Share that is right by confidence. {told}.", parts, right + 28)


def _bar(
    figure: Figure, number: int, y: float, scale: tuple[float, Callable[[Figure], str]]
) -> Iterator[Html]:
    top, read = scale
    wide = WIDTH - NAMES - VALUES
    x, low, high = (NAMES + wide * figure[end] / top for end in ("value", "low", "high"))
    middle, colour = y + BAR / 2 - 1, COLOURS[number % len(COLOURS)]
    yield _box(NAMES, y, max(x - NAMES, 1), BAR - 2, fill=colour, fill_opacity=0.75)
    yield _line(low, middle, high, middle, stroke="currentColor", stroke_width=1.5)
    for end in (low, high):
        yield _line(end, middle - 3, end, middle + 3, stroke="currentColor", stroke_width=1.5)
    yield _text(f"{read(figure)} of {figure['questions']}", WIDTH - VALUES + 14, y + BAR - 3)


def _across(
    ticks: Sequence[float], top: float, ends: tuple[float, float], unit: str
) -> Iterator[Html]:
    """The axis of bars: a line and a number at each tick."""
    for tick in ticks:
        x = NAMES + (WIDTH - NAMES - VALUES) * tick / top
        yield _line(x, ends[0], x, ends[1], stroke=QUIET, stroke_opacity=FAINT)
        yield _text(f"{tick:g}", x, ends[1] + 14, "middle")
    middle = NAMES + (WIDTH - NAMES - VALUES) / 2
    yield _text(unit or "share of questions", middle, ends[1] + 30, "middle")


def _frame(
    at: Callable[[float, float], tuple[float, float]], most: float, titles: tuple[str, str]
) -> Iterator[Html]:
    """Both axes of a plot whose first goes from 0 to 1 and second from 0 to ``most``."""
    (left, bottom), (right, top) = at(0, 0), at(1, most)
    for tick in _ticks(most):
        y = at(0, tick)[1]
        yield _line(left, y, right, y, stroke=QUIET, stroke_opacity=FAINT)
        yield _text(f"{tick:.0%}", left - 8, y + 4, "end")
    for tick in _ticks(1.0):
        x = at(tick, 0)[0]
        yield _line(x, bottom, x, bottom + 4, stroke=QUIET)
        yield _text(f"{tick:.0%}", x, bottom + 18, "middle")
    yield _text(titles[0], (left + right) / 2, bottom + 38, "middle")
    yield _text(titles[1], 12, (top + bottom) / 2, "middle", turned=True)


def _risk_lines(at: Callable[[float, float], tuple[float, float]], right: float) -> Iterator[Html]:
    """The risks that coverage is told for, named at the right without overlap."""
    label = at(0, 0)[1] + 12
    for risk in RISKS:
        y = at(0, risk)[1]
        label = min(y + 4, label - 12)
        yield _line(at(0, 0)[0], y, right, y, stroke="currentColor", stroke_dasharray="2 4")
        yield _text(f"{risk:.0%}", right + 8, label)


def _key(series: Sequence[str], *, lines: bool = False) -> Iterator[Html]:
    x = 60.0 if lines else NAMES
    for number, name in enumerate(series):
        colour = COLOURS[number % len(COLOURS)]
        if lines:
            yield _path([(x, 9), (x + 26, 9)], number)
        else:
            yield _box(x + 14, 3, 12, 11, fill=colour, fill_opacity=0.75)
        yield _text(name, x + 32, 13)
        x += 56 + 7 * len(name)


def _mark(x: float, y: float, number: int, said: str) -> Iterator[Html]:
    """The point of the confidence in use."""
    yield element(
        "circle", cx=x, cy=y, r=5.5, fill=COLOURS[number % len(COLOURS)], stroke="currentColor"
    )
    aside = (-10, -9, "end") if number % 2 == 0 else (10, 19, "start")
    yield _text(said, x + aside[0], y + aside[1], aside[2])


def _diamond(x: float, y: float, number: int) -> Html:
    corners = f"{x:.1f},{y - 5:.1f} {x + 5:.1f},{y:.1f} {x:.1f},{y + 5:.1f} {x - 5:.1f},{y:.1f}"
    return element("polygon", points=corners, fill=COLOURS[number % len(COLOURS)])


def _path(points: Sequence[tuple[float, float]], number: int) -> Html:
    return element(
        "polyline",
        points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points),
        fill="none",
        stroke=COLOURS[number % len(COLOURS)],
        stroke_width=2,
        stroke_dasharray=DASHES[number % len(DASHES)],
    )


def _line(x1: float, y1: float, x2: float, y2: float, **more: str | float) -> Html:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **more)


def _box(x: float, y: float, width: float, height: float, **more: str | float) -> Html:
    return element("rect", x=x, y=y, width=width, height=height, **more)


def _text(words: str, x: float, y: float, anchor: str = "start", *, turned: bool = False) -> Html:
    turn = {"transform": f"rotate(-90 {x:.1f} {y:.1f})"} if turned else {}
    return element("text", words, x=x, y=y, text_anchor=anchor, **turn)


def _svg(height: float, told: str, parts: Sequence[Html], width: float = WIDTH) -> Html:
    return element(
        "svg",
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        width=width,
        height=height,
        role="img",
        aria_label=told,
        fill="currentColor",
        font_family="system-ui, sans-serif",
        font_size=12,
        style="color-scheme: light dark",
    )


def _shares(figure: Figure) -> str:
    return f"{figure['value']:.2f} ({figure['low']:.2f}–{figure['high']:.2f})"


def _amounts(figure: Figure) -> str:
    return f"{figure['value']:.0f} ({figure['low']:.0f}–{figure['high']:.0f})"


def _step(top: float) -> float:
    """A round step that divides an axis into about five."""
    size = 10.0 ** floor(log10(top / 5))
    return next(size * times for times in (1, 2, 5, 10) if size * times * 5 >= top * 0.999)


def _ceiling(value: float) -> float:
    return ceil(value / _step(value) - 1e-9) * _step(value)


def _ticks(top: float) -> list[float]:
    step = _step(top)
    return [step * number for number in range(round(top / step) + 1)]
