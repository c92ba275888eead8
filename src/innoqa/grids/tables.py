"""The rows of a grid by what they are, and the tables that they make."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from innoqa.domain import Table, TableRow
from innoqa.grids.cells import (
    Kind,
    filled,
    is_named_note,
    is_note_line,
    is_unit_line,
    kind,
    line_of,
)
from innoqa.grids.headers import (
    JUDGED,
    LEVELS,
    MONTHS,
    Rows,
    header_of,
    is_all_names,
    is_level,
    is_unit_row,
    names_numbers,
)
from innoqa.periods import read_period

_TITLE_LENGTH = 300
_NOTE_WORD = re.compile(r"(?:data\s+)?(?:sources?|notes?|footnotes?)\s*[:：]?", re.IGNORECASE)
_PERIOD_LINE = re.compile(
    rf"(?:{MONTHS})\w*\.?\s+\d{{1,2}}\W*"
    r"|(?:for\s+)?(?:the\s+)?(?:(?:three|six|nine|twelve|fiscal|financial|calendar)\s+)*"
    r"(?:years?|quarters?|months?|periods?)\s+(?:end(?:ed|ing)|to)\b.*|(?:as\s+)?(?:of|at)\s.*\d.*",
    re.IGNORECASE,
)


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
        if after_blank and _has_body(groups[-1][:JUDGED]):
            block = _block(rows, position)
            if _opens_table(block, groups[-1]):
                groups.append([])
        groups[-1].append(row)
        after_blank = False
    return [group for group in groups if group]


def _has_body(rows: Rows) -> bool:
    return any(len(filled(row)) > 1 for row in rows)


def _block(rows: Rows, start: int) -> list[TableRow]:
    """The rows from here to the next blank one below a body, or as many as are judged."""
    block: list[TableRow] = []
    for row in itertools.islice(rows, start, start + JUDGED):
        if not filled(row) and _has_body(block):
            break
        block.append(row)
    return block


def _opens_table(block: Rows, before: Rows) -> bool:
    """Whether a header stands at the top of the rows: text or periods above numbers.

    Title lines may come first. A header that was there before is a repeated one.
    """
    lead = len(_lead(block))
    head = next((row for row in block[lead:] if filled(row)), None)
    if head is None or len(filled(head)) < 2:
        return False
    below = [row for row in block[lead:] if row is not head and filled(row)]
    if not below or not names_numbers(head, below):
        return False
    return lead > 0 or all(row.cells != head.cells for row in before)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The rows of a table by what they are."""

    lead: list[TableRow]
    levels: list[TableRow]
    units: list[TableRow]
    rows: list[TableRow]


def _tables(rows: list[TableRow], headers: int) -> Iterator[Table]:
    """One group of rows as a table, and as several where its header comes again with changes."""
    while rows:
        parts = _parts(rows, headers)
        if parts is None:
            return
        body, rows = _body(parts)
        notes, body = _without_notes(body)
        if body:
            yield _assembled(replace(parts, rows=body), notes)
        headers = len(parts.levels)


def _parts(rows: list[TableRow], headers: int) -> _Parts | None:
    lead = _lead(rows)
    below = rows[len(lead) :]
    names = bool(below) and (names_numbers(below[0], below[1:]) if headers else True)
    if lead and not (names and is_all_names(below[0])):
        lead = []  # what stands below them names no columns: the first line is the header
    top = len(lead)
    if top >= len(rows):
        return None
    levels, units = [rows[top]], list[TableRow]()
    for at in range(top + 1, min(top + 2 * LEVELS, len(rows) - 1)):
        row, below = rows[at], rows[at + 1 :]
        if len(levels) < headers or is_level(row, levels, below):
            levels.append(row)
        elif is_unit_row(row):
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
        elif body and _is_changed_header(window, levels):
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
    """Whether some levels of a header come again, and the others with other words.

    A header of one level comes again where half of its names do, under other times.
    """
    if len(window) < len(levels):
        return False
    pairs = list(zip(window, levels, strict=True))
    if any([bool(x) for x in a] != [bool(x) for x in b] for a, b in pairs):
        return False
    if len(levels) > 1:
        return any(a == b and sum(map(bool, a)) > 1 for a, b in pairs)
    names = [(a, b) for a, b in zip(*pairs[0], strict=True) if a]
    same = sum(a == b for a, b in names)
    others = [a for a, b in names[1:] if a != b]
    return 2 * same >= len(names) > 2 and all(kind(word) is Kind.PERIOD for word in others)


def _without_notes(rows: list[TableRow]) -> tuple[list[str], list[TableRow]]:
    """(the lines under or between the rows that are notes, the other rows).

    What follows the first note under the last row is part of the notes.
    """
    tail = len(rows)
    while tail and len(filled(rows[tail - 1])) == 1:
        tail -= 1
    below = range(max(tail, 1), len(rows))
    start = next((n for n in below if _closes(rows[n])), len(rows))
    is_note = [n >= start or _reads_as_note(row) for n, row in enumerate(rows)]
    notes = [line_of(row) for row, note in zip(rows, is_note, strict=True) if note]
    return notes, [row for row, note in zip(rows, is_note, strict=True) if not note]


def _closes(row: TableRow) -> bool:
    """Whether a single cell under the last row is a note: by its start, or as a sentence."""
    words = line_of(row)
    sentence = words.endswith(".") and len(words.split()) > 5
    return len(row.cells) > 1 and (is_note_line(words) or sentence)


def _reads_as_note(row: TableRow) -> bool:
    """A line that names itself a note or a source, in its cell or in one of its own."""
    columns = filled(row)
    first = row.cells[columns[0]].strip()
    if len(columns) == 1:
        return len(row.cells) > 1 and is_named_note(first)
    return len(columns) == 2 and first.endswith((":", "：")) and bool(_NOTE_WORD.fullmatch(first))


def _assembled(parts: _Parts, notes: list[str]) -> Table:
    header = header_of(parts.levels)
    used = [
        any(cell.strip() for cell in (name, *(row.cells[c] for row in parts.rows)))
        for c, name in enumerate(header)
    ]
    first, last = used.index(True), len(used) - used[::-1].index(True)
    title, above = _titles([line_of(row) for row in parts.lead])
    if not title and last > 1 and header[0] and not any(header[1:]):
        title = header[0]  # a table of names and values under one line
    return Table(
        title=title,
        heading=(),
        header=header[first:last],
        rows=tuple(replace(row, cells=row.cells[first:last]) for row in parts.rows),
        notes=(*above, *(line_of(row) for row in parts.units), *notes),
    )


def _titles(lines: list[str]) -> tuple[str, list[str]]:
    """(the title that the lines above a header make, those of them that are notes)."""
    notes = [x for x in lines if is_unit_line(x) or is_note_line(x) or _is_period_line(x)]
    title = ": ".join(line.rstrip(" :") for line in lines if line not in notes)
    return (title, notes) if len(title) <= _TITLE_LENGTH else ("", lines)


def _is_period_line(words: str) -> bool:
    return read_period(words) is not None or _PERIOD_LINE.fullmatch(words) is not None
