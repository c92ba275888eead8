"""Tables of a page: ruled ones from their lines, others from words that stand in columns."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from innoqa.adapters.pdf.drawing import Rule
from innoqa.adapters.pdf.lines import CAPTION, Grid, Row, cut, joined, rows_of, words_of
from innoqa.adapters.pdf.source import Page, Word
from innoqa.grids import Kind, kind

_NEAR = 3.0  # points within which lines meet
_MOST_LINES = 600  # of one page; a drawing may have more
_LONGEST_CELL = 60  # signs, on average, of a table that is not ruled
_NUMBERS = (Kind.NUMBER, Kind.MEASURE)
_SHARE_OF_NUMBERS = 0.4
_GAP = 0.65  # between cells, in sizes; a space is a third, or 0.6 between letters of one width
_MOST_LEVELS = 3  # of a header
_VALUE = re.compile(r"[-–—.…/]+|n\.?\s?[ad]\.?|\.\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Lattice:
    """The lines of one table: where its columns and rows are parted, and by which lines."""

    xs: list[float]
    ys: list[float]
    across: list[Rule]
    down: list[Rule]

    @property
    def box(self) -> tuple[float, float, float, float]:
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]


def ruled(page: Page) -> tuple[list[Grid], list[Word]]:
    """(the tables with lines between their columns, the words outside of them)."""
    grids: list[Grid] = []
    words = page.words
    for lattice in _lattices(page):
        x0, top, x1, bottom = lattice.box
        inside = [w for w in words if _within(w, lattice.box)]
        rows = _cells(lattice, inside)
        if not _holds(rows):
            continue
        taken = set(map(id, inside))
        words = [w for w in words if id(w) not in taken]
        grids.append(Grid(rows, x0, x1, top, bottom))
    return grids, words


def _within(word: Word, box: tuple[float, float, float, float]) -> bool:
    x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
    return box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1


def _holds(rows: list[list[str]]) -> bool:
    """Whether cells make a table, and not a frame, a form or a chart."""
    filled = sum(bool(cell) for row in rows for cell in row)
    size = sum(map(len, rows))
    several = sum(sum(map(bool, row)) > 1 for row in rows)
    return several >= 2 and len(rows[0]) > 1 and 2 * filled >= size


def _lattices(page: Page) -> Iterator[_Lattice]:
    across, down = _merged(page.across), _merged(page.down)
    if not across or not down or len(across) + len(down) > _MOST_LINES:
        return
    for rows, columns in _connected(across, down):
        xs = _places([r.at for r in columns] + [v for r in rows for v in (r.start, r.end)], columns)
        ys = _places([r.at for r in rows] + [v for r in columns for v in (r.start, r.end)], rows)
        if len(xs) > 2 and len(ys) > 2:
            yield _Lattice(xs, ys, rows, columns)


def _merged(rules: list[Rule]) -> list[Rule]:
    """The lines with those that go on from each other, or lie on each other, as one."""
    merged: list[Rule] = []
    ordered = sorted(rules, key=lambda r: r.at)
    groups: list[list[Rule]] = []
    for rule in ordered:
        if groups and rule.at - groups[-1][0].at <= 2:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    for group in groups:
        at = sum(r.at for r in group) / len(group)
        start = end = None
        for rule in sorted(group, key=lambda r: r.start):
            if start is None or end is None:
                start, end = rule.start, rule.end
            elif rule.start <= end + _NEAR:
                end = max(end, rule.end)
            else:
                merged.append(Rule(at, start, end))
                start, end = rule.start, rule.end
        if start is not None and end is not None:
            merged.append(Rule(at, start, end))
    return merged


def _connected(across: list[Rule], down: list[Rule]) -> Iterator[tuple[list[Rule], list[Rule]]]:
    """The lines in groups of those that meet."""
    left_across, left_down = list(across), list(down)
    while left_down:
        rows, columns = list[Rule](), [left_down.pop()]
        grown = True
        while grown:
            new_rows = [r for r in left_across if any(_meet(r, c) for c in columns)]
            left_across = [r for r in left_across if r not in new_rows]
            rows += new_rows
            new_columns = [c for c in left_down if any(_meet(r, c) for r in rows)]
            left_down = [c for c in left_down if c not in new_columns]
            columns += new_columns
            grown = bool(new_rows or new_columns)
        if len(rows) > 1:
            yield rows, columns


def _meet(across: Rule, down: Rule) -> bool:
    return (
        across.start - _NEAR <= down.at <= across.end + _NEAR
        and down.start - _NEAR <= across.at <= down.end + _NEAR
    )


def _places(values: list[float], own: list[Rule]) -> list[float]:
    """Where lines stand, and the outermost ends of the lines that cross them."""
    inner = [r.at for r in own]
    places = sorted({*inner, min(values), max(values)})
    apart = places[:1]
    for place in places[1:]:
        if place - apart[-1] > _NEAR:
            apart.append(place)
    return apart


def _cells(lattice: _Lattice, words: list[Word]) -> list[list[str]]:
    """The words by rows and columns; those of a merged cell in each row and column of it."""
    height, width = len(lattice.ys) - 1, len(lattice.xs) - 1
    root = _roots(lattice, height, width)
    held: dict[tuple[int, int], list[Word]] = {}
    for word in words:
        row = _slot(lattice.ys, (word.top + word.bottom) / 2)
        column = _slot(lattice.xs, (word.x0 + word.x1) / 2)
        held.setdefault(root[row][column], []).append(word)
    texts = {place: _lines(found) for place, found in held.items()}
    rows: list[list[str]] = []
    for r in range(height):
        own = [texts.get((r, c), []) if root[r][c] == (r, c) else [] for c in range(width)]
        if (lines := _separate(own)) > 1:
            rows += [[cell[n] if cell else "" for cell in own] for n in range(lines)]
            continue
        rows.append([_shown(texts, root, r, c) for c in range(width)])
    return _trimmed([row[:1] + [""] * (width - 1) if _one(row) else row for row in rows])


def _one(row: list[str]) -> bool:
    """Whether one text goes across all columns."""
    return len(row) > 1 and bool(row[0]) and len(set(row)) == 1


def _trimmed(rows: list[list[str]]) -> list[list[str]]:
    """The rows without blank rows and columns."""
    rows = [row for row in rows if any(row)]
    used = [c for c in range(len(rows[0]) if rows else 0) if any(row[c] for row in rows)]
    return [[row[c] for c in used] for row in rows] or [[]]


def _shown(
    texts: dict[tuple[int, int], list[str]], root: list[list[tuple[int, int]]], r: int, c: int
) -> str:
    """What a cell shows; a merged one shows its words everywhere, a number only once."""
    words = _together(texts.get(root[r][c], []))
    return "" if root[r][c] != (r, c) and kind(words) is Kind.NUMBER else words


def _slot(places: list[float], at: float) -> int:
    return max(min(sum(p <= at for p in places) - 1, len(places) - 2), 0)


def _roots(lattice: _Lattice, height: int, width: int) -> list[list[tuple[int, int]]]:
    """For each place its merged cell's upper left place."""
    root = [[(r, c) for c in range(width)] for r in range(height)]
    for r in range(height):
        y = (lattice.ys[r] + lattice.ys[r + 1]) / 2
        for c in range(1, width):
            if not any(_parts(rule, lattice.xs[c], y) for rule in lattice.down):
                root[r][c] = root[r][c - 1]
    for c in range(width):
        x = (lattice.xs[c] + lattice.xs[c + 1]) / 2
        for r in range(1, height):
            if not any(_parts(rule, lattice.ys[r], x) for rule in lattice.across):
                root[r][c] = root[r - 1][c]
    return root


def _parts(rule: Rule, at: float, along: float) -> bool:
    """Whether a line stands at a place and passes a point along it."""
    return abs(rule.at - at) <= _NEAR and rule.start - 1 <= along <= rule.end + 1


def _lines(words: list[Word]) -> list[str]:
    return [words_of(row) for row in rows_of(words)]


def _together(lines: list[str]) -> str:
    text = ""
    for line in lines:
        text = joined(text, line, lambda _: 0)
    return text.replace("\xad", "")


def _separate(cells: list[list[str]]) -> int:
    """How many rows stand between two lines: as many as each cell has lines of numbers."""
    filled = [cell for cell in cells if cell]
    counts = {len(cell) for cell in filled}
    if len(filled) < 2 or len(counts) != 1:
        return 1
    numeric = sum(all(kind(line) in _NUMBERS for line in cell) for cell in filled)
    return counts.pop() if numeric else 1


def lined_up(rows: list[Row], across: list[Rule]) -> list[tuple[int, int, Grid]]:
    """The tables without lines between columns: (first row, row after the last, the table).

    Sure ones only: short cells in columns, mostly numbers unless lines stand around them.
    """
    cuts = [cut(row, _GAP) for row in rows]
    found: list[tuple[int, int, Grid]] = []
    start = 0
    while start < len(rows):
        last = _grown(rows, cuts, start) if len(cuts[start]) > 1 else start
        if last - start > 1 and (table := _table(rows, cuts, (start, last), across)):
            above = found[-1][1] if found else 0
            first = _with_header(rows, cuts, start, above)
            grid = [*_header(cuts[first:start], cuts[start:last]), *table]
            found.append((first, last, _boxed(grid, rows[first:last])))
            start = last
        else:
            start += 1
    return found


def _boxed(grid: list[list[str]], rows: list[Row]) -> Grid:
    words = [word for row in rows for word in row]
    x0, x1 = min(w.x0 for w in words), max(w.x1 for w in words)
    return Grid(grid, x0, x1, min(w.top for w in words), max(w.bottom for w in words))


def _grown(rows: list[Row], cuts: list[list[Row]], start: int) -> int:
    """The row after the last that stands in the columns that the first rows make."""
    columns = _columns([cuts[start]])
    most, last = len(columns), start + 1
    steps: list[float] = []
    for n in range(start + 1, len(rows)):
        parts = cuts[n]
        step = rows[n][0].base - rows[n - 1][0].base
        far = step > 2 * median(steps) if len(steps) > 1 else step > 3 * rows[n][0].size
        wider = _widened(columns, parts)
        most = max(most, len(parts))
        if far or n - last > 2 or not _fits(parts, columns) or len(wider) < most:
            break
        steps.append(step)
        if len(parts) > 1:
            columns, last = wider, n + 1
    return last


def _fits(parts: list[Row], columns: list[tuple[float, float]]) -> bool:
    """Whether the parts of a row can be cells of columns: of several, or a label of the first."""
    if len(parts) > 1:
        return len({_nearest(part, columns) for part in parts}) > 1
    inside = any(c[0] - 1 <= parts[0][0].x0 and parts[0][-1].x1 <= c[1] + 1 for c in columns)
    label = parts[0][-1].x1 < columns[1][0] or inside
    return label and not CAPTION.match(words_of(parts[0]))


def _table(
    rows: list[Row], cuts: list[list[Row]], span: tuple[int, int], across: list[Rule]
) -> list[list[str]] | None:
    """The cells of rows that stand in columns; None where that is not sure."""
    first, last = span
    lines = _between(rows[first:last], across)
    columns = _columns([parts for parts in cuts[first:last] if len(parts) > 1])
    grid = [_cells_of(parts, columns) for parts in cuts[first:last]]
    grid = _mended(grid, cuts[first:last])
    return grid if len(columns) > 1 and _is_sure(grid, ruled=lines > 1) else None


def _between(rows: list[Row], across: list[Rule]) -> int:
    """How many long lines stand directly above, below or between rows."""
    top, bottom = rows[0][0].base - 2.5 * rows[0][0].size, rows[-1][0].base + rows[-1][0].size * 1.5
    x0, x1 = min(row[0].x0 for row in rows), max(row[-1].x1 for row in rows)
    long = [r for r in across if min(r.end, x1) - max(r.start, x0) > 0.3 * (x1 - x0)]
    return len({round(rule.at) for rule in long if top < rule.at < bottom})


def _with_header(rows: list[Row], cuts: list[list[Row]], start: int, above: int) -> int:
    """The first of the rows directly above that are parts of the header, or the start."""
    columns = len(cuts[start])
    first = start
    while first > above and start - first < _MOST_LEVELS:
        parts = cuts[first - 1]
        near = rows[first][0].base - rows[first - 1][0].base < 2.2 * rows[first][0].size
        if not near or not 1 < len(parts) <= columns or sum(map(len, parts)) > 4 * columns:
            break
        first -= 1
    return first


def _header(levels: list[list[Row]], body: list[list[Row]]) -> Iterator[list[str]]:
    """Rows above a body; what stands over several columns is the name of each."""
    columns = _columns([parts for parts in body if len(parts) > 1])
    for parts in levels:
        cells = [""] * len(columns)
        for part in parts:
            over = [n for n, c in enumerate(columns) if c[0] < part[-1].x1 and part[0].x0 < c[1]]
            for n in over or [_nearest(part, columns)]:
                cells[n] = f"{cells[n]} {words_of(part)}".strip()
        yield cells


def _columns(cuts: list[list[Row]]) -> list[tuple[float, float]]:
    """The stretches from left to right that hold words."""
    columns: list[tuple[float, float]] = []
    for parts in cuts:
        columns = _widened(columns, parts)
    return columns


def _widened(columns: list[tuple[float, float]], parts: list[Row]) -> list[tuple[float, float]]:
    """The columns with the parts of one more row; those that a part runs into are one."""
    spans = sorted([*columns, *((part[0].x0, part[-1].x1) for part in parts)])
    wider = spans[:1]
    for x0, x1 in spans[1:]:
        if x0 <= wider[-1][1] + 1:
            wider[-1] = wider[-1][0], max(wider[-1][1], x1)
        else:
            wider.append((x0, x1))
    return wider


def _cells_of(parts: list[Row], columns: list[tuple[float, float]]) -> list[str]:
    cells = [""] * len(columns)
    for part in parts:
        at = _nearest(part, columns)
        cells[at] = f"{cells[at]} {words_of(part)}".strip()
    return cells


def _nearest(part: Row, columns: list[tuple[float, float]]) -> int:
    """The column that the middle of a part is in, or nearest to."""
    middle = (part[0].x0 + part[-1].x1) / 2
    return min(
        range(len(columns)), key=lambda n: max(columns[n][0] - middle, middle - columns[n][1], 0)
    )


def _mended(grid: list[list[str]], cuts: list[list[Row]]) -> list[list[str]]:
    """The rows with cells that go on in the next line as one."""
    steps = [b[0][0].base - a[0][0].base for a, b in itertools.pairwise(cuts)]
    usual = sorted(steps)[int(0.75 * (len(steps) - 1))] if steps else 0.0
    mended: list[list[str]] = []
    for n, cells in enumerate(grid):
        alone = not (cells[0] and any(cells[1:])) and cells[0][:1].islower()
        close = n > 0 and (steps[n - 1] < 0.85 * usual or alone)
        if close and not (_has_numbers(cells) and _has_numbers(mended[-1])):
            both = zip(mended[-1], cells, strict=True)
            mended[-1] = [joined(a, b, lambda _: 0) for a, b in both]
        else:
            mended.append(cells)
    return mended


def _has_numbers(cells: list[str]) -> bool:
    return any(kind(cell) in _NUMBERS for cell in cells)


def _is_sure(grid: list[list[str]], ruled: bool) -> bool:
    body = [cell for row in grid[1:] for cell in row[1:] if cell]
    full = sum(sum(map(bool, row)) > 1 for row in grid)
    cells = [cell for row in grid for cell in row if cell]
    if not body or full < (2 if ruled else 3) or 2 * full < len(grid):
        return False
    if sum(map(len, cells)) > _LONGEST_CELL * len(cells):
        return False
    numbers = sum(kind(cell) in _NUMBERS or bool(_VALUE.fullmatch(cell)) for cell in body)
    return ruled or numbers >= _SHARE_OF_NUMBERS * len(body)
