"""Tables of data as rows of cells, merged ones filled."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from innoqa.office.grids import Area, Framed, fill, framed, padded

_WIDEST = 1000  # columns and rows that a cell may span
_MOST_CELLS = 500_000
_LONGEST_CELL = 300  # characters, on average: a longer one is prose in a layout
_BLOCKS = ("table", "ul", "ol", "h1", "h2", "h3", "h4")
_OWN = (None, "thead", "tbody", "tfoot")


def read_table(table: Any, words: Callable[[Any], str]) -> Framed | None:
    """A table with the lines above and below it, the caption first of them.

    None where it only lays out a page. ``words`` are those of a cell.
    """
    rows = [r for r in table.iter("tr") if next(r.iterancestors("table"), None) is table]
    cells = [[c for c in row if c.tag in ("td", "th")] for row in rows]
    if any(next(c.iter(*_BLOCKS), None) is not None for row in cells for c in row):
        return None
    placed = _placed(cells, words)
    if placed is None:
        return None
    found = framed(placed)
    length = sum(len(cell) for row in found.grid for cell in row)
    count = sum(1 for row in found.grid for cell in row if cell)
    if len(found.grid) < 2 or len(found.grid[0]) < 2 or length > _LONGEST_CELL * count:
        return None
    captions = [w for c in table.iter("caption") if (w := words(c))]
    return Framed((*captions, *found.above), found.grid, found.below)


def _placed(rows: list[list[Any]], words: Callable[[Any], str]) -> list[list[str]] | None:
    """The grid that cells make; None where it would be larger than any table."""
    taken: dict[tuple[int, int], str] = {}
    areas: list[Area] = []
    for top, row in enumerate(rows):
        column = 0
        for cell in row:
            while (top, column) in taken:
                column += 1
            bottom = min(top + _span(cell, "rowspan"), len(rows)) - 1
            area = Area(top, column, bottom, column + _span(cell, "colspan") - 1)
            if len(taken) + (bottom - top + 1) * (area.right - column + 1) > _MOST_CELLS:
                return None
            taken |= dict.fromkeys(_covered(area), "")
            taken[top, column] = words(cell)
            areas.append(area)
            column = area.right + 1
    return _filled(taken, areas, len(rows))


def _covered(area: Area) -> Iterator[tuple[int, int]]:
    rows, columns = range(area.top, area.bottom + 1), range(area.left, area.right + 1)
    return itertools.product(rows, columns)


def _filled(
    taken: dict[tuple[int, int], str], areas: list[Area], height: int
) -> list[list[str]] | None:
    width = 1 + max((x for _, x in taken), default=-1)
    if width * height > _MOST_CELLS:
        return None
    grid = padded([[taken.get((y, x), "") for x in range(width)] for y in range(height)])
    for area in areas:
        if area.bottom > area.top or area.right > area.left:
            fill(grid, area)
    return grid


def _span(cell: Any, name: str) -> int:
    given = (cell.get(name) or "").strip()
    digits = given if given.isascii() and given.isdigit() and len(given) < 7 else "1"
    return min(max(int(digits), 1), _WIDEST)
