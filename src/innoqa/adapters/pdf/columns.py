"""Lines of a page in the order in which they are read: column by column."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from innoqa.adapters.pdf.lines import HAN, Grid, Item, Row, line_of, rows_of
from innoqa.adapters.pdf.source import Word

_DEEPEST = 3  # columns inside columns
_FEW = 4  # rows with a gap: with fewer, a column must be told otherwise
_MOST_GAPS = 8  # that are tried, of the most frequent and of the widest
_GUTTER = 0.9  # between columns, in sizes, at least


def in_order(
    words: list[Word],
    grids: list[Grid],
    tables: Callable[[list[Row]], list[tuple[int, int, Grid]]],
    depth: int = 0,
) -> list[Item]:
    """Lines and tables as they are read: column by column between what runs over all of them.

    ``tables`` finds, in the rows of one column, (first row, row after the last, the table).
    """
    rows = rows_of(words, near=0.7)  # the lines of two columns need not be level
    gutter = _gutter(rows) if depth < _DEEPEST else None
    if gutter is None:
        return _column(rows_of(words), grids, tables)
    items: list[Item] = []
    for band, spanning in _bands(rows, grids, gutter):
        if spanning:
            inside = [w for row in band.rows for w in row]
            items += _column(rows_of(inside), band.grids, tables)
            continue
        for side in (0, 1):
            part = [w for row in band.rows for w in row if _side(w, gutter) == side]
            beside = [g for g in band.grids if _side(g, gutter) == side]
            items += in_order(part, beside, tables, depth + 1)
    return items


def _side(box: Word | Grid, gutter: float) -> int:
    return int((box.x0 + box.x1) / 2 > gutter)


@dataclass(slots=True)
class _Band:
    rows: list[Row]
    grids: list[Grid]


def _bands(rows: list[Row], grids: list[Grid], gutter: float) -> Iterator[tuple[_Band, bool]]:
    """The page from the top in stretches that the gutter parts, or that run over it (True)."""
    boxes: list[tuple[float, bool, Row | Grid]] = [
        (row[0].base, _crosses(row, gutter), row) for row in rows
    ]
    boxes += [(g.top, g.x0 < gutter < g.x1, g) for g in grids]
    boxes.sort(key=lambda box: box[0])
    for crosses, group in itertools.groupby(boxes, key=lambda box: box[1]):
        found = [box for _, _, box in group]
        spanning = crosses or (len(found) == 1 < len(boxes) and _stands_across(found[0], gutter))
        end = len(found) if spanning else _balanced_end(found, gutter)
        for part, over in ((found[:end], spanning), (found[end:], True)):
            if part:
                yield (
                    _Band(
                        [box for box in part if isinstance(box, list)],
                        [box for box in part if isinstance(box, Grid)],
                    ),
                    over,
                )


def _stands_across(box: Row | Grid, gutter: float) -> bool:
    return isinstance(box, list) and box[0].x0 < gutter < box[-1].x1


def _balanced_end(boxes: list[Row | Grid], gutter: float) -> int:
    """Where two columns end together, and a heading or short lines stand below the left one."""
    right = max((n for n, box in enumerate(boxes) if _reaches_right(box, gutter)), default=-1)
    last, below = boxes[right], boxes[right + 1 :]
    rows = [box for box in boxes if isinstance(box, list)]
    full = max((w.x1 for row in rows for w in row if w.x1 < gutter), default=0.0)
    if right < 0 or not all(isinstance(box, list) for box in below):
        return len(boxes)
    end = last[-1].base if isinstance(last, list) else last.bottom
    for n in range(right + 1, len(boxes)):
        before, box = boxes[n - 1], boxes[n]
        if not (isinstance(before, list) and isinstance(box, list)):
            continue
        apart = box[0].base - before[0].base > 1.7 * box[0].size
        short = all(isinstance(r, list) and r[-1].x1 < full - r[0].size for r in boxes[n:])
        heads = box[0].size > 1.1 * before[0].size or (box[0].bold and not before[0].bold)
        if apart and (short or heads) and before[0].base - end < 2 * box[0].size:
            return n
    return len(boxes)


def _reaches_right(box: Row | Grid, gutter: float) -> bool:
    return (box[-1] if isinstance(box, list) else box).x1 > gutter


def _crosses(row: Row, gutter: float) -> bool:
    """Whether a row runs over the gutter, with a word or with a narrow space."""
    for before, word in itertools.pairwise(row):
        if before.x1 <= gutter <= word.x0:
            return word.x0 - before.x1 < _GUTTER * max(before.size, word.size)
    return any(word.x0 < gutter < word.x1 for word in row)


def _gutter(rows: list[Row]) -> float | None:
    """Where white space parts two columns of prose; None where it does not."""
    gaps = [(before.x1, word.x0, row) for row in rows for before, word in _wide_gaps(row)]
    places = Counter(round((a + b) / 2) for a, b, _ in gaps)
    widest = sorted(gaps, key=lambda gap: gap[0] - gap[1])[:_MOST_GAPS]
    tried = {x for x, _ in places.most_common(_MOST_GAPS)} | {
        round((a + b) / 2) for a, b, _ in widest
    }
    over = {x: sum(a <= x <= b for a, b, _ in gaps) for x in tried}
    crossed = {x: sum(_crosses(row, x) for row in rows) for x in over}
    best = max(over, key=lambda x: over[x] - crossed[x], default=None)
    if best is None or (over[best] < _FEW and (crossed[best] or len(rows) < 3 * _FEW)):
        return None
    if crossed[best] and _together(rows, best) < _FEW:
        return None
    parts = [(a, b, row) for a, b, row in gaps if a <= best <= b]
    left, right = max(a for a, _, _ in parts), min(b for _, b, _ in parts)
    lefts = [[w for w in row if w.x1 <= a] for a, _, row in parts]
    rights = [[w for w in row if w.x0 >= b] for _, b, row in parts]
    if over[best] < _FEW:  # the right column ends early, so the left one tells all
        lefts = [part for row in rows if (part := [w for w in row if w.x1 < best])]
        rights = lefts
    sure = right - left > 4 and _is_prose(lefts) and _is_prose(rights)
    return (left + right) / 2 if sure else None


def _together(rows: list[Row], gutter: float) -> int:
    """How many rows stand on both sides of a gutter without one between them that crosses it."""
    most = run = 0
    for row in rows:
        run = 0 if _crosses(row, gutter) else run + _stands_across(row, gutter)
        most = max(most, run)
    return most


def _wide_gaps(row: Row) -> Iterator[tuple[Word, Word]]:
    for before, word in itertools.pairwise(row):
        if word.x0 - before.x1 > _GUTTER * max(before.size, word.size):
            yield before, word


def _is_prose(parts: list[Row]) -> bool:
    """Whether lines fill a column as those of a text do, with words and not with numbers."""
    start, end = min(p[0].x0 for p in parts), max(p[-1].x1 for p in parts)
    full = sum(p[-1].x1 - p[0].x0 > 0.7 * (end - start) for p in parts)
    signs = median(sum(len(w.text) for w in p) for p in parts)
    letters = sum(any(map(str.isalpha, w.text)) for p in parts for w in p)
    spread = len({round(p[0].x0) for p in parts}) <= max(3, len(parts) / 2)
    count = sum(map(len, parts))
    han = any(HAN.search(w.text) for p in parts for w in p)
    return (
        spread and 2 * full >= len(parts) and signs >= (8 if han else 16) and letters > 0.6 * count
    )


def _column(
    rows: list[Row],
    grids: list[Grid],
    tables: Callable[[list[Row]], list[tuple[int, int, Grid]]],
) -> list[Item]:
    """The lines of one column and the tables between them, from the top."""
    found = tables(rows)
    inside = {n for first, last, _ in found for n in range(first, last)}
    lines = [line_of(row) for n, row in enumerate(rows) if n not in inside]
    left = min((line.x0 for line in lines), default=0.0)
    right = max((line.x1 for line in lines), default=0.0)
    for line in lines:
        line.left, line.right = left, right
    items: list[Item] = [*lines, *grids, *(grid for _, _, grid in found)]
    return sorted(items, key=lambda item: item.top)
