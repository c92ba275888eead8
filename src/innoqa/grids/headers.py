"""The rows that name the columns: which they are, and how several levels make one name."""

import itertools
import re
from collections.abc import Sequence

from innoqa.domain import HEADER_JOIN, TableRow
from innoqa.grids.cells import Kind, filled, holds_numbers, is_unit_line, kind

Rows = Sequence[TableRow]

LEVELS = 4
"""How many rows a header may have."""

JUDGED = 200
"""How many rows below a header are looked at to tell what a column holds."""

MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_ASIDE = re.compile(r"notes?|units?|sources?|ref(?:erence)?s?\.?|no\.?|#|code", re.IGNORECASE)
_PERIOD_WORD = re.compile(
    rf"\b(?:years?|fiscal|quarters?|months?|half|weeks?|ended|ending|as\s+of|as\s+at)\b"
    rf"|\b(?:{MONTHS})\w*\.?\s+\d",
    re.IGNORECASE,
)


def is_all_names(row: TableRow) -> bool:
    """Whether no cell of a row holds a number, with words or without."""
    return has_no_numbers(row) and not any(kind(cell) is Kind.MEASURE for cell in row.cells)


def has_no_numbers(row: TableRow) -> bool:
    """Whether no cell of a row holds a bare number or the sign of a missing one."""
    return all(kind(row.cells[c]) not in (Kind.NUMBER, Kind.MISSING) for c in filled(row))


def names_numbers(row: TableRow, below: Rows) -> bool:
    """Whether each cell of a row but the first is text or a period, and numbers stand below."""
    columns = [c for c in filled(row) if c > 0]
    return (
        bool(columns)
        and has_no_numbers(row)
        and any(
            holds_numbers(r.cells[c] for r in below[:JUDGED] if r.cells != row.cells)
            for c in columns
        )
    )


def is_level(row: TableRow, levels: Rows, below: Rows) -> bool:
    """Whether a row under a header row names columns too: the next level of a stacked header."""
    label = row.cells[0].strip()
    named = any(level.cells[0].strip() not in ("", label) for level in levels)
    if label and named and not is_unit_line(label):
        return False
    columns = [c for c in filled(row) if c > 0]
    if len(columns) < 2 and _spans_several(row, below):
        return (
            bool(columns)
            and len(levels) < LEVELS
            and all(len(filled(level)) == 1 for level in levels)
            and is_level(below[0], [*levels, row], below[1:])
        )
    plain = all(_names_a_unit_or_period(row.cells[c]) for c in columns)
    gap = any(not _is_whole(level) for level in levels)
    return (gap or plain) and names_numbers(row, below)


def _spans_several(row: TableRow, below: Rows) -> bool:
    """Whether more than one column under a row holds numbers."""
    columns = range(1, len(row.cells))
    return sum(holds_numbers(r.cells[c] for r in below[:JUDGED]) for c in columns) > 1


def _names_a_unit_or_period(cell: str) -> bool:
    words = cell.strip()
    return (
        kind(words) is Kind.PERIOD
        or is_unit_line(words)
        or (words.startswith("(") and words.endswith(")"))
    )


def _is_whole(level: TableRow) -> bool:
    """Whether every column has a name of its own in one header row."""
    names = [cell.strip() for cell in level.cells]
    return all(names) and all(a != b for a, b in itertools.pairwise(names))


def is_unit_row(row: TableRow) -> bool:
    """Whether a row under the header says the unit of all columns, once or over each."""
    columns = filled(row)
    first = row.cells[columns[0]].strip()
    repeated = sum(bool(cell.strip()) for cell in row.cells) > 1
    return len(columns) == 1 and (is_unit_line(first) or (repeated and columns[0] > 0))


def header_of(levels: list[TableRow]) -> tuple[str, ...]:
    """The name of each column; those of a stacked header are joined, outermost first."""
    if len(levels) == 1:
        return tuple(cell.strip() for cell in levels[0].cells)
    names: list[tuple[str, ...]] = [() for _ in levels[0].cells]
    lowest = [""] * len(names)
    for level in reversed(levels):
        spread = _spread([" ".join(cell.split()) for cell in level.cells], lowest)
        names = [
            (word, *below) if word and below[:1] != (word,) else below
            for word, below in zip(spread, names, strict=True)
        ]
        lowest = [below[0] if below else "" for below in names]
    return tuple(HEADER_JOIN.join(words) for words in names)


def _spread(level: list[str], below: list[str]) -> list[str]:
    """A header row with each name repeated over the columns that it spans.

    A name stands in the first column that it spans; where the first span starts with a blank, in
    the middle. Names that are repeated already are left as they are.
    """
    named = [c for c, word in enumerate(level) if word]
    if not named or any(level[c] == level[c - 1] for c in named[1:]):
        return level
    if len(named) - bool(level[0]) == 1:
        return _spread_alone(level, below, named[-1])
    spread = list(level)
    centred = _is_centred(level, below)
    for column in range(1, len(level)):
        if level[column] or not below[column]:
            continue
        left = max((c for c in named if c < column and (c or below[0])), default=0)
        right = min((c for c in named if c > column), default=0)
        if centred and right and (not left or _nearer(below, column, left, right)):
            spread[column] = level[right]
        elif left or below[0]:
            spread[column] = level[left]
    return spread


def _spread_alone(level: list[str], below: list[str], at: int) -> list[str]:
    """A name that is alone in its row, repeated over what is like the column below it.

    One that speaks of time spans all columns.
    """
    spread = list(level)
    timed = _PERIOD_WORD.search(level[at])
    for step in (-1, 1):
        column = at + step
        while 0 < column < len(level) and below[column] and not _ASIDE.fullmatch(below[column]):
            if not timed and kind(below[column]) is not kind(below[at]):
                break
            spread[column] = level[at]
            column += step
    return spread


def _is_centred(level: list[str], below: list[str]) -> bool:
    """Whether the first name stands in the middle of its columns: periods begin left of it."""
    first = next((c for c in range(1, len(level)) if level[c]), 0)
    left = [c for c in range(1, first) if below[c]]
    return bool(left) and all(kind(below[c]) is kind(below[first]) is Kind.PERIOD for c in left)


def _nearer(below: list[str], column: int, left: int, right: int) -> bool:
    """Whether what stands below a column is like what stands below the name to its right."""
    here = kind(below[column])
    return here is not kind(below[left]) and here is kind(below[right])
