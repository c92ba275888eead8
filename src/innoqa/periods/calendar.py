"""Names of months and ordinals, and the spans of days that make up a year's parts."""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta

from innoqa.domain import Period, PeriodKind

_MONTH_NAMES = (
    "january february march april may june july august september october november december".split()
)
MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)(?![a-z])\.?"
)
"""A pattern of an English month, in full or short."""

YEAR = r"(?:1[5-9][0-9]{2}|20[0-9]{2}|2100)(?![0-9])"
"""A pattern of a year from 1500 to 2100."""

COUNTS: Mapping[str, int] = {
    **{
        word: number
        for number, word in enumerate(
            "one two three four five six seven eight nine ten eleven twelve".split(), start=1
        )
    },
    **{str(number): number for number in range(1, 13)},
}
"""Counts of months, in words or digits."""

ORDINALS: Mapping[str, int] = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4,
    "last": 0,
}  # fmt: skip


def month_number(name: str) -> int:
    """1 to 12 for the name of a month, in full or short."""
    return 1 + next(
        place
        for place, month in enumerate(_MONTH_NAMES)
        if month.startswith(name.lower().rstrip(".")[:3])
    )


def full_year(digits: str) -> int:
    """The year that two or four digits name: from 70 on two mean 19.., else 20.."""
    number = int(digits)
    return number if number >= 100 else number + (1900 if number >= 70 else 2000)


def last_day(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def day(year: int, month: int, of_month: int) -> date | None:
    """That day, or None where the calendar has none."""
    if not (1 <= month <= 12 and 1 <= of_month <= monthrange(year, month)[1]):
        return None
    return date(year, month, of_month)


def on(when: date) -> Period:
    """A date."""
    return Period("", "date", when, when)


def whole_year(year: int) -> Period:
    """A calendar year."""
    return Period("", "year", date(year, 1, 1), date(year, 12, 31))


def years(first: int, last: int) -> Period | None:
    """A span of calendar years, both ends within it."""
    return Period("", "span", date(first, 1, 1), date(last, 12, 31)) if first < last else None


def months(year: int, first: int, last: int) -> Period | None:
    """The months of one year from first to last."""
    if not 1 <= first <= last <= 12:
        return None
    return Period("", _kind(first, last), date(year, first, 1), last_day(year, last))


def months_to(end: date, count: int) -> Period:
    """As many months as ``count`` says, the last of which ends on (or about) a day."""
    place = end.year * 12 + end.month - count  # the month before the first, counted from year 0
    start = date(place // 12, place % 12 + 1, 1)
    if end != last_day(end.year, end.month):  # fiscal months end on a weekday
        start = end - timedelta(days=round(count * 365.25 / 12) - 1)
    lengths: Mapping[int, PeriodKind] = {1: "month", 3: "quarter", 6: "half", 12: "year"}
    return Period("", lengths.get(count, "in-year" if count < 12 else "span"), start, end)


def _kind(first: int, last: int) -> PeriodKind:
    length = last - first + 1
    if length == 1:
        return "month"
    if length == 3 and first % 3 == 1:
        return "quarter"
    if length == 6 and first % 6 == 1:
        return "half"
    return "year" if length == 12 else "in-year"


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern in which M, Y and YY stand for a month, a year and a year in two or four digits."""
    return re.compile(pattern, re.IGNORECASE)
