"""Raw grids -> tables: what is title, header, body and note in rows of strings as they were found.

A grid comes from a file or a page as it stands: title lines above the header, a header of several
levels, units and footnotes as lines of their own, blank rows. What each row is, is told by what
its cells hold: a header row names columns that hold numbers below it.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import lru_cache

from innoqa.domain import HEADER_JOIN, Period, Table, TableRow
from innoqa.periods import read_period
from innoqa.quantities import read_quantity
from innoqa.quantities.units import unit_words

Rows = Sequence[TableRow]

_JUDGED = 200  # rows below a header that are looked at to tell what a column holds
_LEVELS = 4
_TITLE_LENGTH = 300
_UNIT_WORDS = 6

_NOTE = re.compile(
    r"(?:(?:data\s+)?sources?|(?:foot)?notes?|n\.?b\.?|remarks?|legend|key)\s*[:：.]"
    r"|[*†‡§¶#¹²³⁴-⁹]|\(?(?:\d{1,2}|[a-z])\)\s?\D|\[(?:\d{1,2}|[a-z])\]",
    re.IGNORECASE,
)
_NOTE_WORD = re.compile(r"(?:data\s+)?(?:sources?|notes?|footnotes?)\s*[:：]?", re.IGNORECASE)
_WITH_UNIT = re.compile(r"(.*?\d{2,4})\s+((?:[A-Z]{1,3})?[$€£¥].*|RMB.*)")
_THOUSANDS = re.compile(r"[^\d\s]{1,5}0{3}s?")
_ASIDE = re.compile(r"notes?|units?|sources?|ref(?:erence)?s?\.?|no\.?|#|code", re.IGNORECASE)
_UNIT_NAMED = re.compile(r"units?(?:\s+of\s+measure(?:ment)?)?\s*[:：]", re.IGNORECASE)
_IN_UNIT = re.compile(
    r"(?:(?:all|the|amounts?|figures?|values?|numbers?|dollars?|shares?|data|tabular|are|is|U\.?S\.?"
    r"|expressed|presented|stated|reported|shown|[$€£¥]|US\$|[A-Z]{3})\s+)*in\s+(.+?)"
    r"(?:[,;]?\s+(?:except|unless|excluding|other\s+than|and)\b.*)?",
    re.IGNORECASE,
)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_PER = re.compile(r"(?:^|\s+)per\s+|\s*/\s*", re.IGNORECASE)
COUNTED = frozenset(
    """persons people inhabitants residents employees staff workers households students enterprises
    companies firms businesses institutions organisations organizations patents applications
    projects papers articles units pieces items vehicles cars dwellings homes jobs places beds
    visitors tourists years months weeks days hours minutes seconds number no. count points
    shares sets cases times parks laboratories platforms""".split()
)
"""Words that, alone in brackets behind a name, say what is counted."""

_PERIOD_WORD = re.compile(
    rf"\b(?:years?|fiscal|quarters?|months?|half|weeks?|ended|ending|as\s+of|as\s+at)\b"
    rf"|\b(?:{_MONTHS})\w*\.?\s+\d",
    re.IGNORECASE,
)
_PERIOD_LINE = re.compile(
    rf"(?:{_MONTHS})\w*\.?\s+\d{{1,2}}\W*|(?:for\s+)?(?:the\s+)?(?:(?:three|six|nine|twelve|fiscal|financial|calendar)\s+)*"
    r"(?:years?|quarters?|months?|periods?)\s+(?:end(?:ed|ing)|to)\b.*|(?:as\s+)?(?:of|at)\s.*\d.*",
    re.IGNORECASE,
)


class Kind(Enum):
    """What a cell holds."""

    BLANK = auto()
    MISSING = auto()
    """A sign that there is no value."""
    PERIOD = auto()
    NUMBER = auto()
    MEASURE = auto()
    """A number with words."""
    TEXT = auto()


@lru_cache(65_536)
def kind(cell: str) -> Kind:
    """What a cell holds; a bare year is a period."""
    words = " ".join(cell.split())
    if not words:
        return Kind.BLANK
    if _THOUSANDS.fullmatch(words):
        return Kind.TEXT
    if period_and_unit(words) is not None:
        return Kind.PERIOD
    quantity = read_quantity(words)
    if quantity is None:
        return Kind.TEXT
    if quantity.value is None:
        return Kind.MISSING
    return Kind.MEASURE if any(sign.isalpha() for sign in words) else Kind.NUMBER


def period_and_unit(words: str) -> tuple[Period, str] | None:
    """The period that a cell is and the unit beside it, mostly "": ``2019``, ``2019 €m``."""
    period = read_period(words)
    if period is not None:
        return period, ""
    both = _WITH_UNIT.fullmatch(words)
    period = read_period(both[1]) if both else None
    return (period, both[2]) if both and period and is_unit(both[2]) else None


def holds_numbers(cells: Iterable[str]) -> bool:
    """Whether a column holds numbers, most of them no years."""
    kinds = [kind(cell) for cell in cells]
    numbers = sum(k in (Kind.NUMBER, Kind.MEASURE) for k in kinds)
    periods, texts = kinds.count(Kind.PERIOD), kinds.count(Kind.TEXT)
    return numbers > periods and numbers + periods > texts


def is_unit_line(words: str) -> bool:
    """Whether a line says no more than the unit of a table: ``(in millions)``, ``Unit: %``."""
    line = " ".join(words.split())
    if len(line) > 120:
        return False
    bare = line[1:-1].strip() if line.startswith("(") and line.endswith(")") else line
    named = _IN_UNIT.fullmatch(bare)
    return bool(_UNIT_NAMED.match(bare)) or is_unit(named[1] if named else bare)


def is_unit(words: str) -> bool:
    """Whether words are a unit in themselves: money, a share, a measure, a scale, some per others.

    >>> [is_unit(words) for words in ("100 million yuan", "people per km2", "Revenue per share")]
    [True, True, False]
    """
    if not words or len(words.split()) > _UNIT_WORDS or words.endswith(":"):
        return False
    ahead, _, behind = (part.strip() for part in _PER.sub("\0", words, count=1).partition("\0"))
    if behind:
        return not ahead or ahead.lower() in COUNTED or is_unit(ahead)
    measured, _, of = words.partition(" of ")
    if of and unit_words(measured).kind == "measure":
        return True
    parts = unit_words(words)
    return parts.multiple != 1 or parts.kind in ("money", "share", "measure")


def is_note_line(words: str) -> bool:
    """Whether a line starts as footnotes and sources under a table do."""
    return _NOTE.match(words.strip()) is not None


def filled(row: TableRow) -> tuple[int, ...]:
    """The columns of a row that are not blank; of one text that spans several, only the first."""
    columns = tuple(c for c, cell in enumerate(row.cells) if cell.strip())
    words = {row.cells[c] for c in columns}
    spanned = len(columns) > 1 and len(words) == 1 and kind(words.pop()) is Kind.TEXT
    return columns[:1] if spanned else columns


def numbers(row: TableRow) -> tuple[int, ...]:
    """The columns of a row that hold bare numbers, years apart."""
    return tuple(c for c, cell in enumerate(row.cells) if kind(cell) is Kind.NUMBER)


def read_grid(rows: Rows, headers: int = 0) -> tuple[Table, ...]:
    """The tables that a grid holds, usually one; their titles are the lines above them, or "".

    ``headers`` is how many rows at the top are known to be header rows (0: not known). A row
    keeps its cells and its span; it is padded, or loses blank cells, to be as long as the header.
    """
    width = max((len(row.cells) for row in rows), default=0)
    padded = [replace(r, cells=(*r.cells, *[""] * (width - len(r.cells)))) for r in rows]
    found: list[Table] = []
    for group in _groups(padded):
        found += _tables(group, headers)
        headers = 0
    return tuple(found)


def _groups(rows: Rows) -> list[list[TableRow]]:
    """The rows without blank ones, cut where a blank row comes before a header of its own."""
    groups: list[list[TableRow]] = [[]]
    after_blank = False
    for position, row in enumerate(rows):
        if not filled(row):
            after_blank = True
            continue
        if after_blank and _has_body(groups[-1]) and _opens_table(rows[position:], groups[-1]):
            groups.append([])
        groups[-1].append(row)
        after_blank = False
    return [group for group in groups if group]


def _has_body(rows: Rows) -> bool:
    return any(len(filled(row)) > 1 for row in rows)


def _opens_table(rows: Rows, before: Rows) -> bool:
    """Whether a header stands at the top of the rows: text or periods above numbers.

    Title lines may come first. A header that was there before is a repeated one.
    """
    block: list[TableRow] = []
    for row in rows[:_JUDGED]:
        if not filled(row) and _has_body(block):
            break
        block.append(row)
    lead = len(_lead(block))
    head = next((row for row in block[lead:] if filled(row)), None)
    if head is None or len(filled(head)) < 2:
        return False
    repeated = any(row.cells == head.cells for row in before)
    below = [row for row in block[lead:] if row is not head and filled(row)]
    return bool(below) and _names_numbers(head, below) and (not repeated or lead > 0)


def _tables(rows: list[TableRow], headers: int) -> Iterator[Table]:
    """One group of rows as a table, and as several where its header comes again with changes."""
    parts = _parts(rows, headers)
    if parts is None:
        return
    body, rest = _body(parts)
    notes, body = _without_notes(body)
    if body:
        yield _assembled(replace(parts, rows=body), notes)
    if rest:
        yield from _tables(rest, len(parts.levels))


@dataclass(frozen=True, slots=True)
class _Parts:
    """The rows of a table by what they are."""

    lead: list[TableRow]
    levels: list[TableRow]
    units: list[TableRow]
    rows: list[TableRow]


def _parts(rows: list[TableRow], headers: int) -> _Parts | None:
    lead = _lead(rows)
    below = rows[len(lead) :]
    names = bool(below) and (_names_numbers(below[0], below[1:]) if headers else True)
    if lead and not (names and _is_all_names(below[0])):
        lead = []  # what stands below them names no columns: the first line is the header
    top = len(lead)
    if top >= len(rows):
        return None
    levels, units = [rows[top]], list[TableRow]()
    for at in range(top + 1, min(top + 2 * _LEVELS, len(rows) - 1)):
        row, below = rows[at], rows[at + 1 :]
        if len(levels) < headers or _is_level(row, levels, below):
            levels.append(row)
        elif _is_unit_row(row):
            units.append(row)
        else:
            break
    return _Parts(lead, levels, units, rows[top + len(levels) + len(units) :])


def _lead(rows: Rows) -> list[TableRow]:
    """The lines above a header: each a single cell at the left, or nothing."""
    if not _has_body(rows):
        return []
    left = min(filled(row)[0] for row in rows if filled(row))
    lead: list[TableRow] = []
    for row in rows:
        if filled(row) and filled(row) != (left,):
            break
        lead.append(row)
    return lead


def _is_all_names(row: TableRow) -> bool:
    return _no_numbers(row) and not any(kind(cell) is Kind.MEASURE for cell in row.cells)


def _no_numbers(row: TableRow) -> bool:
    return all(kind(row.cells[c]) not in (Kind.NUMBER, Kind.MISSING) for c in filled(row))


def _names_numbers(row: TableRow, below: Rows) -> bool:
    """Whether each cell of a row but the first is text or a period, and numbers stand below."""
    columns = [c for c in filled(row) if c > 0]
    return (
        bool(columns)
        and _no_numbers(row)
        and any(
            holds_numbers(r.cells[c] for r in below[:_JUDGED] if r.cells != row.cells)
            for c in columns
        )
    )


def _is_level(row: TableRow, levels: Rows, below: Rows) -> bool:
    """Whether a row under a header row names columns too: the next level of a stacked header."""
    label = row.cells[0].strip()
    named = any(level.cells[0].strip() not in ("", label) for level in levels)
    if label and named and not is_unit_line(label):
        return False
    columns = [c for c in filled(row) if c > 0]
    if len(columns) < 2 and _spans_several(row, below):
        return (
            bool(columns)
            and all(len(filled(level)) == 1 for level in levels)
            and _is_level(below[0], [*levels, row], below[1:])
        )
    plain = all(_names_a_unit_or_period(row.cells[c]) for c in columns)
    gap = any(not _is_whole(level) for level in levels)
    return (gap or plain) and _names_numbers(row, below)


def _spans_several(row: TableRow, below: Rows) -> bool:
    """Whether more than one column under a row holds numbers."""
    columns = range(1, len(row.cells))
    return sum(holds_numbers(r.cells[c] for r in below[:_JUDGED]) for c in columns) > 1


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


def _is_unit_row(row: TableRow) -> bool:
    """Whether a row under the header says the unit of all columns, once or over each."""
    columns = filled(row)
    first = row.cells[columns[0]].strip()
    repeated = sum(bool(cell.strip()) for cell in row.cells) > 1
    return len(columns) == 1 and (is_unit_line(first) or (repeated and columns[0] > 0))


def _body(parts: _Parts) -> tuple[list[TableRow], list[TableRow]]:
    """(the rows under the header without its repetitions, the rows from a changed header on)."""
    levels = [_plain(level) for level in parts.levels]
    size = len(levels)
    body: list[TableRow] = []
    at = 0
    while at < len(parts.rows):
        window = [_plain(row) for row in parts.rows[at : at + size]]
        if window == levels:
            at += size
        elif body and size > 1 and _is_changed_header(window, levels):
            return body, parts.rows[at:]
        elif size > 1 and len(filled(parts.rows[at])) > 1 and window[0] in levels:
            at += 1
        else:
            body.append(parts.rows[at])
            at += 1
    return body, []


def _plain(row: TableRow) -> tuple[str, ...]:
    return tuple(" ".join(cell.split()) for cell in row.cells)


def _is_changed_header(window: list[tuple[str, ...]], levels: list[tuple[str, ...]]) -> bool:
    """Whether some levels of a header come again, and the others with other words."""
    if len(window) < len(levels):
        return False
    pairs = list(zip(window, levels, strict=True))
    same = any(a == b and sum(map(bool, a)) > 1 for a, b in pairs)
    alike = all([bool(x) for x in a] == [bool(x) for x in b] for a, b in pairs)
    return same and alike


def _without_notes(rows: list[TableRow]) -> tuple[list[str], list[TableRow]]:
    """(the lines under or between the rows that are notes, the other rows)."""
    tail = len(rows)
    while tail and len(filled(rows[tail - 1])) == 1:
        tail -= 1
    start = next(
        (n for n in range(max(tail, 1), len(rows)) if _reads_as_note(rows[n]) or _says(rows[n])),
        len(rows),
    )
    is_note = [n >= start or _reads_as_note(row) for n, row in enumerate(rows)]
    notes = [_line(row) for row, note in zip(rows, is_note, strict=True) if note]
    return notes, [row for row, note in zip(rows, is_note, strict=True) if not note]


def _line(row: TableRow) -> str:
    return " ".join(" ".join(row.cells[c] for c in filled(row)).split())


def _reads_as_note(row: TableRow) -> bool:
    """A line that starts as notes do; with a second cell only where the first is such a word."""
    columns = filled(row)
    first = row.cells[columns[0]].strip()
    if len(columns) == 1:
        return len(row.cells) > 1 and is_note_line(first)
    return len(columns) == 2 and first.endswith((":", "：")) and bool(_NOTE_WORD.fullmatch(first))


def _says(row: TableRow) -> bool:
    """A line of several words that ends as a sentence does."""
    words = _line(row)
    return len(row.cells) > 1 and words.endswith(".") and len(words.split()) > 5


def _assembled(parts: _Parts, notes: list[str]) -> Table:
    header = _header(parts.levels)
    used = [
        any(cell.strip() for cell in (name, *(row.cells[c] for row in parts.rows)))
        for c, name in enumerate(header)
    ]
    first, last = used.index(True), len(used) - used[::-1].index(True)
    title, above = _titles([_line(row) for row in parts.lead])
    if not title and last > 1 and header[0] and not any(header[1:]):
        title = header[0]  # a table of names and values under one line
    return Table(
        title=title,
        heading=(),
        header=header[first:last],
        rows=tuple(replace(row, cells=row.cells[first:last]) for row in parts.rows),
        notes=(*above, *(_line(row) for row in parts.units), *notes),
    )


def _titles(lines: list[str]) -> tuple[str, list[str]]:
    """(the title that the lines above a header make, those of them that are notes)."""
    notes = [x for x in lines if is_unit_line(x) or is_note_line(x) or _is_period_line(x)]
    title = ": ".join(line.rstrip(" :") for line in lines if line not in notes)
    return (title, notes) if len(title) <= _TITLE_LENGTH else ("", lines)


def _is_period_line(words: str) -> bool:
    return read_period(words) is not None or _PERIOD_LINE.fullmatch(words) is not None


def _header(levels: list[TableRow]) -> tuple[str, ...]:
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
