"""Questions about the rows of a list (parks, firms, contracts), by ``row_questions``.

A list is a table that is neither tidy nor a series over time. Its rows are asked where the
indicators do not answer, and first where the rows' own reading is good.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

from innoqa import row_questions
from innoqa.domain import IndexedTable
from innoqa.indicators import is_tidy
from innoqa.row_questions import RowAnswer
from innoqa.table_questions.signs import FUNCTION_WORDS, asked_for_several
from innoqa.words import words

GOOD, ENOUGH = 0.6, 0.5
"""The confidence from which the rows are asked first, and below which they are not believed."""

_LEFT_OVER = 0.6
_LARGEST = 20_000
_FEW_PERIODS = 2
_MOSTLY = 0.7


def ask_lists(
    question: str, tables: Sequence[IndexedTable], *, alone: bool
) -> tuple[RowAnswer, IndexedTable, float] | None:
    """The surest answer from the rows of a list, with its table and confidence.

    Words of the question that a table lacks tell against it, and lower the confidence unless the
    tables are all that there is.
    """
    found: list[tuple[float, int, RowAnswer, IndexedTable]] = []
    for table in tables:
        if not is_list(table) or len(table.rows) * len(table.table.header) > _LARGEST:
            continue
        answer = row_questions.answer(question, table)
        if answer is None or not _is_of_the_kind(question, answer):
            continue
        fitting = answer.confidence * _LEFT_OVER ** _left_over(question, table)
        found.append((fitting, -len(found), answer, table))
    if not found:
        return None
    fitting, _, answer, table = max(found, key=lambda f: f[:2])
    return answer, table, answer.confidence if alone else fitting


def _is_of_the_kind(question: str, answer: RowAnswer) -> bool:
    """Whether "how many" gets a number, and "the top three" three names."""
    value = answer.computation.value
    several = asked_for_several(question)
    if several is not None:
        return isinstance(value, tuple) and len(value) == several
    if _HOW_MANY.match(question.strip()) is None:
        return True
    return isinstance(value, Decimal) or (isinstance(value, str) and any(map(str.isdigit, value)))


_HOW_MANY = re.compile(r"(?:how (?:many|much)|(?:what is the )?number of)\b", re.IGNORECASE)


def is_list(table: IndexedTable) -> bool:
    """Whether a table's rows are things, and not observations or times."""
    if is_tidy(table.table.header):
        return False
    in_column: dict[int | None, set[str]] = {}
    in_row: dict[int, set[str]] = {}
    for seen in table.observations:
        if seen.period.end is not None:
            in_column.setdefault(seen.cell.column_number, set()).add(seen.period.printed)
            in_row.setdefault(seen.cell.row, set()).add(seen.period.printed)
    times_across = sum(len(times) == 1 for times in in_column.values()) >= _FEW_PERIODS
    if times_across and len(table.rows) > 1:
        return False
    return not _is_time_series(table, in_row)


def _is_time_series(table: IndexedTable, in_row: Mapping[int, set[str]]) -> bool:
    """Whether each row is a time of its own with little but numbers beside it."""
    times = [time for row in in_row.values() for time in row]
    cells = len(table.rows) * max(len(table.table.header) - 1, 1)
    mostly_numbers = len(table.observations) >= _MOSTLY * cells
    return mostly_numbers and len(set(times)) == len(times) >= _MOSTLY * len(table.rows)


def _left_over(question: str, table: IndexedTable) -> int:
    """How many words of a question stand nowhere in a table or over it, and mean something."""
    held = _words_of(_text(table))
    return sum(
        word.stem not in held and word.stem not in FUNCTION_WORDS and not word.stem.isdigit()
        for word in words(question)
    )


def _text(table: IndexedTable) -> str:
    rows = ("\t".join(row.cells) for row in table.table.rows)
    heads = (table.document_title, table.table.title, *table.table.header, *table.table.notes)
    return "\n".join((*heads, *rows))


@lru_cache(maxsize=64)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(word.stem for word in words(text))
