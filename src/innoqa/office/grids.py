"""Tables of documents and slides as rows of cells: merged ones filled, marks told from digits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from innoqa.grids import Kind, kind

Grid = list[list[str]]

_MARKER = re.compile(r"\[\^[^\]\s]+\]")
_LENGTH = re.compile(r"[kcmd]?m|ft|mi|in", re.IGNORECASE)
_LONGEST_REPEATED = 300  # characters: a longer text is no label
_POWERS = ("10", "×10", "x10")


@dataclass(frozen=True, slots=True)
class Area:
    """The cells that a merged one covers; rows and columns from nought, the last one included."""

    top: int
    left: int
    bottom: int
    right: int


def padded(rows: Sequence[list[str]]) -> Grid:
    """The rows, each as long as the longest."""
    width = max(map(len, rows), default=0)
    return [[*row, *[""] * (width - len(row))] for row in rows]


def fill(grid: Grid, area: Area) -> None:
    """Repeat a merged label over its cells, or down alone where nothing else is in its rows.

    A number is not repeated: a value must not be counted twice.
    """
    words = grid[area.top][area.left]
    if len(words) > _LONGEST_REPEATED:
        return
    if kind(_MARKER.sub("", words)) in (Kind.NUMBER, Kind.MEASURE):
        return
    rows = grid[area.top : area.bottom + 1]
    others = any(
        cell for row in rows for cell in (*row[: area.left], *row[area.right + 1 :])
    )  # fmt: skip
    for row in rows:
        for column in range(area.left, (area.right if others else area.left) + 1):
            row[column] = words


@dataclass(frozen=True, slots=True)
class Framed:
    """A table, and the lines that stand in it above its header and below its rows."""

    above: tuple[str, ...]
    grid: Grid
    below: tuple[str, ...]


def framed(grid: Grid) -> Framed:
    """The table without blank rows and without the rows that are one text each at its ends."""
    rows = [row for row in grid if any(row)]
    first, last = 0, len(rows)
    while last - first > 2 and _is_line(rows[first]):
        first += 1
    while last - first > 2 and _is_line(rows[last - 1]):
        last -= 1
    above, below = (tuple(r[0] for r in part) for part in (rows[:first], rows[last:]))
    return Framed(above, rows[first:last], below)


def _is_line(row: list[str]) -> bool:
    return bool(row[0]) and len(row) > 1 and not any(row[1:])


def raised(before: str, words: str) -> str:
    """What is set above the line: a power or a square as it stands, a note's mark in brackets.

    So that a mark is no digit of the number that it stands at.

    >>> raised("1,234", "1"), raised("10", "6"), raised("km", "2"), raised("21", "st")
    (' [1]', '^6', '2', 'st')
    """
    last = (before.split() or [""])[-1]
    if last in _POWERS:
        return f"^{words}"
    bare = words.strip()
    base = last.rpartition("/")[2].strip("(")
    if bare in ("2", "3") and (_LENGTH.fullmatch(base) or (len(base) == 1 and base.isalpha())):
        return words
    mark = (bare.isdigit() and len(bare) < 3) or (len(bare) == 1 and bare.isalpha())
    return f" [{bare}]" if mark and last else words
