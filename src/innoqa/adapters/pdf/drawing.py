"""What is drawn on a page beside its text: ruling lines, dots, images; and how it is turned."""

import ctypes
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_MOST_DOTS = 300
_MOST_OBJECTS = 20_000  # drawn on one page; a map or a drawing may have more
_MOST_POINTS = 300  # of one path
_DEEPEST = 5  # drawings inside drawings
_THIN = 3.0  # points: a filled box as thin as this is a line
_SHORTEST = 6.0  # points of a ruling line
_PATH, _IMAGE, _FORM = 2, 3, 5

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Rule:
    """A ruling line: at ``at``, from ``start`` to ``end`` along the other direction."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class View:
    """A page turned so that its text is upright."""

    corners: Box
    turn: int

    @property
    def width(self) -> float:
        """From left to right, in points."""
        left, bottom, right, top = self.corners
        return top - bottom if self.turn % 2 else right - left

    @property
    def height(self) -> float:
        """From top to bottom, in points."""
        left, bottom, right, top = self.corners
        return right - left if self.turn % 2 else top - bottom

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the file is on the page as it is read."""
        left, bottom, right, top = self.corners
        if not self.turn:
            return x - left, top - y
        turned = (y - bottom, x - left), (right - x, y - bottom), (top - y, right - x)
        return turned[self.turn - 1]

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """(left, top, right, bottom) of the box between two points of the file."""
        a, b = self.place(x0, y0)
        c, d = self.place(x1, y1)
        return (a if a < c else c), (b if b < d else d), (c if a < c else a), (d if b < d else b)


def drawn(page: Any, view: View) -> tuple[list[Rule], list[Rule], list[Box], bool]:
    """(lines across, lines down, dots, whether images cover half of the page)."""
    across: list[Rule] = []
    down: list[Rule] = []
    dots: list[Box] = []
    covered = 0.0
    for kind, found, matrix in itertools.islice(_objects(page), _MOST_OBJECTS):
        left, top, right, bottom = _bounds(found, matrix, view)
        wide = min(right, view.width) - max(left, 0)
        high = min(bottom, view.height) - max(top, 0)
        if kind == _IMAGE:
            covered += max(wide, 0) * max(high, 0)
        elif max(wide, high) < _SHORTEST:
            dots.append((left, top, right, bottom))
        else:
            for x0, y0, x1, y1 in (view.box(*edge) for edge in _edges(found, matrix)):
                if y1 - y0 <= _THIN and x1 - x0 >= _SHORTEST:
                    across.append(Rule((y0 + y1) / 2, x0, x1))
                elif x1 - x0 <= _THIN and y1 - y0 >= _SHORTEST:
                    down.append(Rule((x0 + x1) / 2, y0, y1))
    dots = [d for d in dots if d[2] - d[0] > 1.5 and d[3] - d[1] > 1.5]
    return across, down, dots[:_MOST_DOTS], covered > 0.5 * view.width * view.height


_Matrix = tuple[float, float, float, float, float, float]
_SAME: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _objects(page: Any) -> Iterator[tuple[int, Any, _Matrix]]:
    """The paths and images of a page, with what turns their places into those of the page."""
    import pypdfium2.raw as pdfium

    for at in range(pdfium.FPDFPage_CountObjects(page)):
        yield from _inside(pdfium.FPDFPage_GetObject(page, at), _SAME, 0)


def _inside(drawn: Any, matrix: _Matrix, depth: int) -> Iterator[tuple[int, Any, _Matrix]]:
    import pypdfium2.raw as pdfium

    kind = pdfium.FPDFPageObj_GetType(drawn)
    if kind in (_PATH, _IMAGE):
        yield kind, drawn, matrix
    elif kind == _FORM and depth < _DEEPEST:
        inner = _times(_matrix(drawn), matrix)
        for at in range(pdfium.FPDFFormObj_CountObjects(drawn)):
            yield from _inside(pdfium.FPDFFormObj_GetObject(drawn, at), inner, depth + 1)


def _matrix(drawn: Any) -> _Matrix:
    import pypdfium2.raw as pdfium

    m = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(drawn, m):
        return _SAME
    return m.a, m.b, m.c, m.d, m.e, m.f


def _times(first: _Matrix, then: _Matrix) -> _Matrix:
    a, b, c, d, e, f = first
    return (
        *(a * then[0] + b * then[2], a * then[1] + b * then[3]),
        *(c * then[0] + d * then[2], c * then[1] + d * then[3]),
        *_at(e, f, then),
    )


def _at(x: float, y: float, matrix: _Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _bounds(drawn: Any, matrix: _Matrix, view: View) -> Box:
    """Where something is drawn: (left, top, right, bottom) on the page."""
    import pypdfium2.raw as pdfium

    sides = [ctypes.c_float() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetBounds(drawn, *sides):
        return 0.0, 0.0, 0.0, 0.0
    x0, y0, x1, y1 = (side.value for side in sides)
    return view.box(*_at(x0, y0, matrix), *_at(x1, y1, matrix))


def _edges(drawn: Any, matrix: _Matrix) -> Iterator[Box]:
    """The straight pieces of a path along the page's sides; a thin box is one of them."""
    import pypdfium2.raw as pdfium

    count = pdfium.FPDFPath_CountSegments(drawn)
    if not 2 <= count <= _MOST_POINTS:
        return
    own = _times(_matrix(drawn), matrix)
    pieces = [list(points) for points in _pieces(drawn, count, own)]
    if any(not math.isfinite(v) for points in pieces for point in points for v in point):
        return
    for points in pieces:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if max(xs) - min(xs) <= _THIN or max(ys) - min(ys) <= _THIN:
            yield min(xs), min(ys), max(xs), max(ys)
            continue
        for (x0, y0), (x1, y1) in itertools.pairwise(points):
            yield x0, y0, x1, y1


def _pieces(drawn: Any, count: int, matrix: _Matrix) -> Iterator[list[tuple[float, float]]]:
    """The points of each part of a path; a part with a curve is left out."""
    import pypdfium2.raw as pdfium

    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    curved = False
    for at in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(drawn, at)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            if points and not curved:
                yield points
            points, curved = [], False
        curved = curved or kind == pdfium.FPDF_SEGMENT_BEZIERTO
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        points.append(_at(x.value, y.value, matrix))
        if pdfium.FPDFPathSegment_GetClose(segment) and points:
            points.append(points[0])
    if points and not curved:
        yield points
