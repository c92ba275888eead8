"""Conditions by the numbers, lengths of time and dates that a question names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from innoqa.row_questions.cells import Day
from innoqa.row_questions.conditions import Condition, HeaderLink
from innoqa.row_questions.grid import Column, View
from innoqa.row_questions.mentions import DayMention, NumberMention, Sign
from innoqa.row_questions.question import Question
from innoqa.row_questions.words import STOP_WORDS

_SIGN_WORDS: Mapping[Sign, str] = {
    "=": "", ">": "more than ", ">=": "at least ", "<": "less than ", "<=": "at most ",
    "between": "between ",
}  # fmt: skip


def number_conditions(
    question: Question, column: Column, header: HeaderLink
) -> Iterator[Condition]:
    """Rows by each number that the question names, in each way that the column can be read."""
    for view in column.views:
        for mention in question.numbers:
            if view.kind == "years":
                yield from _years_condition(question, column, view, mention)
            elif view.kind == "time":
                yield from _time_condition(question, column, view, mention)
            elif view.kind in ("number", "first", "second"):
                yield from _plain_conditions(column, view, mention, header)


def _plain_conditions(
    column: Column, view: View, mention: NumberMention, header: HeaderLink
) -> Iterator[Condition]:
    equal = mention.sign == "="
    if equal and (view.kind != "number" or column.kind == "text"):
        return
    if view.kind != "number" and not mention.explicit:
        return
    quality = 0.7 if header.exact or header.near else 0.4
    quality -= 0.0 if view.kind == "number" else 0.2
    mention = _in_scale(mention, column, view)
    condition = Condition(
        kind="number" if equal else "compared",
        column=column.number,
        tokens=mention.tokens,
        rows=_compared_rows(view.values, mention, mention.sign),
        quality=quality,
        words=_said(mention, mention.sign),
    )
    yield condition
    opposite = _OPPOSITE.get(mention.sign)
    if column.is_rank and opposite:
        rows = _compared_rows(view.values, mention, opposite)
        yield replace(condition, rows=rows, words=f"ranked {_said(mention, opposite)}")


_OPPOSITE: Mapping[Sign, Sign] = {">": "<", ">=": "<=", "<": ">", "<=": ">="}


def _said(mention: NumberMention, sign: Sign) -> str:
    upper = "" if mention.upper is None else f" and {mention.upper:f}"
    return f"{_SIGN_WORDS[sign]}{mention.value:f}{upper}"


_SCALES = {"million": 10**6, "billion": 10**9, "thousand": 10**3, "000": 10**3}


def _in_scale(mention: NumberMention, column: Column, view: View) -> NumberMention:
    """The number as a column states it whose header says that it counts in millions."""
    scale = next((by for word, by in _SCALES.items() if word in column.header.lower()), 1)
    greatest = max((v for v in view.values if v is not None), default=Decimal(0))
    if scale == 1 or abs(mention.value) < scale or abs(mention.value) <= greatest:
        return mention
    upper = None if mention.upper is None else mention.upper / scale
    return replace(mention, value=mention.value / scale, upper=upper)


def _compared_rows(values: Sequence[Decimal | None], mention: NumberMention, sign: Sign) -> int:
    return sum(
        1 << row
        for row, value in enumerate(values)
        if value is not None and holds(value, sign, mention.value, mention.upper)
    )


def holds(value: Decimal, sign: Sign, bound: Decimal, upper: Decimal | None) -> bool:
    """Whether a value stands in a comparison to a bound (to two, for "between")."""
    if sign == "between":
        return upper is not None and bound <= value <= upper
    return {
        "=": value == bound, ">": value > bound, ">=": value >= bound,
        "<": value < bound, "<=": value <= bound,
    }[sign]  # fmt: skip


def unit_conditions(question: Question, column: Column) -> Iterator[Condition]:
    """Rows by the number that stands before a unit: "under 30 acres" of "18.6 ha (46 acres)"."""
    for mention in question.numbers:
        at = _unit_after(question, mention)
        if at is None or column.kind == "time":
            continue
        values = _values_before(question.tokens[at].stem, column)
        if sum(value is not None for value in values) < 0.5 * column.stated.bit_count():
            continue
        yield Condition(
            kind="number" if mention.sign == "=" else "compared",
            column=column.number,
            tokens=mention.tokens | 1 << at,
            rows=_compared_rows(values, mention, mention.sign),
            quality=0.9,
            words=f"{_said(mention, mention.sign)} {question.tokens[at].word}",
        )


def _unit_after(question: Question, mention: NumberMention) -> int | None:
    """The token that may be the unit of a number: the last of its comparison, or the next."""
    end = mention.tokens.bit_length()
    for at in (end - 1, end):
        if at < len(question.tokens):
            word = question.tokens[at].word
            if word[0].isalpha() and word not in STOP_WORDS:
                return at
    return None


def _values_before(unit: str, column: Column) -> list[Decimal | None]:
    pattern = re.compile(rf"(\d[\d,]*(?:\.\d+)?)\s?{re.escape(unit)}")
    matches = (pattern.search(cell.folded) for cell in column.cells)
    return [Decimal(match[1].replace(",", "")) if match else None for match in matches]


def _years_condition(
    question: Question, column: Column, view: View, mention: NumberMention
) -> Iterator[Condition]:
    """Rows whose span takes as many years as the question says."""
    end = mention.tokens.bit_length()
    words = question.tokens[end - 1 : end + 1]
    if any(token.stem == "year" for token in words):
        rows = _compared_rows(view.values, mention, mention.sign)
        said = f"{_said(mention, mention.sign)} years"
        yield Condition("compared", column.number, mention.tokens | 1 << end, rows, 0.8, said)


_SECONDS = {
    "second": 1, "minut": 60, "hour": 3600, "day": 86_400, "week": 604_800, "month": 2_629_800,
    "year": 31_557_600,
}  # fmt: skip


def _time_condition(
    question: Question, column: Column, view: View, mention: NumberMention
) -> Iterator[Condition]:
    """Rows by a length of time: "at least 7 minutes"."""
    end = mention.tokens.bit_length()
    units = [
        at
        for at in (end - 1, end, end + 1)
        if at < len(question.tokens) and question.tokens[at].stem in _SECONDS
    ]
    if not units:
        return
    unit = question.tokens[units[0]]
    by = _SECONDS[unit.stem]
    upper = None if mention.upper is None else mention.upper * by
    seconds = replace(mention, value=mention.value * by, upper=upper)
    yield Condition(
        kind="number" if mention.sign == "=" else "compared",
        column=column.number,
        tokens=mention.tokens | 1 << units[0],
        rows=_compared_rows(view.values, seconds, mention.sign),
        quality=0.7,
        words=f"{_said(mention, mention.sign)} {unit.word}",
    )


def day_conditions(question: Question, column: Column) -> Iterator[Condition]:
    """Rows of a column of dates by each date that the question names."""
    if column.kind != "date":
        return
    for mention in question.days:
        rows = sum(
            1 << row
            for row, cell in enumerate(column.cells)
            if cell.day is not None and _is_on(cell.day, mention)
        )
        words = " ".join(
            token.word for at, token in enumerate(question.tokens) if mention.tokens >> at & 1
        )
        yield Condition("date", column.number, mention.tokens, rows, 0.8, words)


def _is_on(day: Day, mention: DayMention) -> bool:
    if mention.decade and day.year is not None and mention.day.year is not None:
        decade = day.year // 10 - mention.day.year // 10
        return {"=": decade == 0, ">": decade > 0, "<": decade < 0}.get(mention.sign, decade == 0)
    order = _order(day, mention.day)
    if order is None:
        return False
    if mention.sign == "between":
        latest = _order(day, mention.upper) if mention.upper else None
        return order >= 0 and latest is not None and latest <= 0
    return {
        "=": order == 0, ">": order > 0, ">=": order >= 0, "<": order < 0, "<=": order <= 0,
    }[mention.sign]  # fmt: skip


def _order(day: Day, other: Day) -> int | None:
    """-1, 0 or 1 as a day is before, in or after another, by the parts that the other states.

    A day without a year may be of any; None where the two cannot be compared.
    """
    if other.year is not None and day.year not in (None, other.year):
        return 1 if (day.year or 0) > other.year else -1
    if other.year is not None and day.year is None and other.month is None:
        return None
    for mine, theirs in ((day.month, other.month), (day.day, other.day)):
        if theirs is None:
            continue
        if mine is None:
            return None
        if mine != theirs:
            return 1 if mine > theirs else -1
    return 0
