"""Words -> lines in the order in which they are read: rows, and the columns of a page."""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from innoqa.adapters.pdf.source import Word

MARK, MARK_END = "\ue010", "\ue011"  # around a raised mark; no text of a file holds them
NUMERAL = r"(?:\d|[A-Z](?:[.:\d]|\b)|[一二三四五六七八九十]|[IVX]+\b)"
CAPTION = re.compile(
    r"(?i:table|tab\.|exhibit|figure|fig\.|chart|box|panel|map)"
    rf"\s+{NUMERAL}|(?i:sources?|notes?)\s*[:：]|[表图]\s*{NUMERAL}|(?:资料来源|数据来源|注)\s*[:：]"
)
_CJK = r"\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
_HAN = re.compile(rf"[{_CJK}]")
_LENGTH_UNIT = re.compile(r"(?:.*/)?\(?(?:[kcmd]?m|ft|mi|in)", re.IGNORECASE)
_BULLET = re.compile(r"[•‣◦▪■●○◆◇►➢➤✓❖·∙–—*-]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]", re.IGNORECASE)
_WIDE = 1.0  # a gap between words, in sizes, that parts cells or columns
_DEEPEST = 3  # columns inside columns
_FEW = 4  # rows with a gap: with fewer, a column must be told otherwise
_MOST_GAPS = 12  # that are tried
_GUTTER = 0.9  # between columns, in sizes, at least


@dataclass(slots=True)
class Line:
    """A line of text. ``first`` is the width of its first word, ``left`` and ``right`` are the
    sides of the column that it stands in, ``page`` counts from 0.
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    base: float
    size: float
    bold: bool
    first: float
    left: float = 0.0
    right: float = 0.0
    page: int = 0


@dataclass(slots=True)
class Grid:
    """A table on a page, its cells row by row, and the box around it."""

    rows: list[list[str]]
    x0: float
    x1: float
    top: float
    bottom: float
    page: int = 0


Item = Line | Grid
Row = list[Word]


def rows_of(words: Iterable[Word], near: float = 0.35) -> list[Row]:
    """The words that stand on one line each, from the top, each row from the left.

    ``near`` is how far apart in sizes they may stand.
    """
    rows: list[Row] = []
    base = size = 0.0
    for word in sorted(words, key=lambda w: (w.base, w.x0)):
        if rows and word.base - base < near * min(size, word.size):
            rows[-1].append(word)
        else:
            rows.append([word])
            base, size = word.base, word.size
    for row in rows:
        row.sort(key=lambda w: w.x0)
    return rows


def cut(row: Row, wide: float = _WIDE) -> list[Row]:
    """A row where wide gaps part it; a bullet stays with what it stands before."""
    parts: list[Row] = [row[:1]]
    for before, word in itertools.pairwise(row):
        gap = (word.x0 - before.x1) / max(before.size, word.size)
        lone = before is row[0] and _BULLET.fullmatch(before.text) and gap < 4
        if gap > wide and not lone:
            parts.append([word])
        else:
            parts[-1].append(word)
    return parts


def words_of(row: Sequence[Word]) -> str:
    """A row as text: spaces where there are any, raised marks between signs of their own."""
    text = ""
    for before, word in itertools.pairwise([None, *row]):
        assert word is not None
        if before is not None and not _touch(before, word):
            text += " "
        text += _raised(text, word) if word.raised else word.text
    text = text.replace(MARK_END + MARK, "").strip()
    return text[:-1].replace("\xad", "") + text[-1:]


def _touch(before: Word, word: Word) -> bool:
    """Whether no space stands between two words."""
    gap = word.x0 - before.x1
    if word.glued:
        return gap < 0.25 * word.size
    han = _HAN.fullmatch(before.text[-1:]) and _HAN.fullmatch(word.text[:1])
    return bool(han) and gap < 0.6 * word.size


def _raised(text: str, word: Word) -> str:
    """A footnote's mark, or a power."""
    last = (text.split() or [""])[-1]
    if last in ("10", "×10", "x10"):
        return f"^{word.text}"
    if word.text in ("2", "3") and _LENGTH_UNIT.fullmatch(last):
        return word.text
    if re.fullmatch(r"[\d,;–-]{1,9}|[a-z*†‡§]{1,2}", word.text):
        return f"{MARK}{word.text}{MARK_END}"
    return word.text


def joined(first: str, second: str, count: Callable[[str], int]) -> str:
    """Two lines as one, a word that a hyphen parts mended.

    ``count`` tells how often the document holds a word (in lower case) elsewhere: so it is known
    whether the hyphen belongs to the word.
    """
    if not first or not second:
        return first + second
    if first.endswith("\xad"):
        first = first[:-1] + "-"
    head = re.search(r"[^\W\d_]+(?:-[^\W\d_]+)*-$", first)
    tail = re.match(r"[^\W\d_]+", second)
    if head and tail:
        return (first if _is_kept(head[0].lower(), tail[0], count) else first[:-1]) + second
    if _HAN.fullmatch(first[-1]) or _HAN.fullmatch(second[0]):
        return first + second
    return first + second if first[-1] in "-‐/" and first[-2:-1].strip() else f"{first} {second}"


def _is_kept(head: str, tail: str, count: Callable[[str], int]) -> bool:
    """Whether the hyphen at the end of a line is one of the word's own."""
    if not tail[0].islower() or count(head + tail):
        return True
    both = count(head[:-1]) > 0 and (count(tail) > 1 or len(tail) > 7)
    return both and not count(head[:-1] + tail)


def line_of(row: Row) -> Line:
    """A row as a line; a number that stands before it by itself is one of a list."""
    sizes = [(w.size, len(w.text)) for w in row if not w.raised] or [(row[0].size, 1)]
    size = max({s for s, _ in sizes}, key=lambda s: sum(n for t, n in sizes if t == s))
    return Line(
        _hung(row) or words_of(row),
        row[0].x0,
        max(w.x1 for w in row),
        min(w.top for w in row),
        max(w.bottom for w in row),
        row[0].base,
        size,
        all(w.bold for w in row if not w.raised and any(map(str.isalnum, w.text))),
        row[0].x1 - row[0].x0,
    )


def _hung(row: Row) -> str:
    if len(row) < 2 or not re.fullmatch(r"\d{1,2}", row[0].text) or row[0].raised:
        return ""
    gap = (row[1].x0 - row[0].x1) / row[0].size
    return (
        f"{row[0].text}. {words_of(row[1:])}" if 0.8 < gap < 4 and row[1].text[0].isalpha() else ""
    )


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
    for spanning, group in itertools.groupby(boxes, key=lambda box: box[1]):
        found = [box for _, _, box in group]
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
    over = {x: sum(a <= x <= b for a, b, _ in gaps) for x, _ in places.most_common(_MOST_GAPS)}
    crossed = {x: sum(_crosses(row, x) for row in rows) for x in over}
    best = max(over, key=lambda x: over[x] - crossed[x], default=None)
    if best is None or (over[best] < _FEW and (crossed[best] or len(rows) < 3 * _FEW)):
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
    han = any(_HAN.search(w.text) for p in parts for w in p)
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
