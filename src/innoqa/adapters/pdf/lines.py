"""Words -> rows and lines, and lines joined to text."""

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from innoqa.adapters.pdf.source import Word

MARK, MARK_END = "\ue010", "\ue011"  # around a raised mark; no text of a file holds them
NUMERAL = r"(?:\d|[A-Z](?:[.:\d]|\b)|[一二三四五六七八九十]|[IVX]+\b)"
CAPTION = re.compile(
    r"(?i:table|tab\.|exhibit|figure|fig\.|chart|box|panel|map)"
    rf"\s+{NUMERAL}|(?i:sources?|notes?)\s*[:：]|[表图]\s*{NUMERAL}|(?:资料来源|数据来源|注)\s*[:：]"
)
_CJK = r"\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
HAN = re.compile(rf"[{_CJK}]")
_LENGTH_UNIT = re.compile(r"(?:.*/)?\(?(?:[kcmd]?m|ft|mi|in)", re.IGNORECASE)
_BULLET = re.compile(r"[•‣◦▪■●○◆◇►➢➤✓❖·∙–—*-]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]", re.IGNORECASE)
_WIDE = 1.0  # a gap between words, in sizes, that parts cells or columns


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
    if word.glued or word.text[0] in ",.;:!?)]’":
        return gap < 0.25 * word.size
    han = HAN.fullmatch(before.text[-1:]) and HAN.fullmatch(word.text[:1])
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
    if HAN.fullmatch(first[-1]) or HAN.fullmatch(second[0]):
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
