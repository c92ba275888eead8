"""Months, years and the stretches of days between them, as periods still without their words."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta

from innoqa.domain import Period, PeriodKind

MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)(?![a-z])\.?"
)
"""A pattern of an English month, in full or short."""

LAST_YEAR = 2100
YEAR = r"(?:1[5-9][0-9]{2}|20[0-9]{2}|2100)(?![0-9])"
"""A pattern of a year from 1500 to 2100."""

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WEEKS_OF_A_YEAR = range(358, 374)  # days; a fiscal year has 52 or 53 weeks


def month_number(name: str) -> int:
    """1 to 12 for what ``MONTH`` matches."""
    return _MONTHS.index(name[:3].lower()) + 1


def full_year(digits: str) -> int:
    """The year that two or four digits name: two from 70 on mean 19.., others 20.."""
    number = int(digits)
    return number if number >= 100 else number + (1900 if number >= 70 else 2000)


def last_day(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def day(year: int, month: int, number: int) -> date | None:
    """That day, or None where the calendar has none."""
    if 1 <= month <= 12 and 1 <= number <= monthrange(year, month)[1]:
        return date(year, month, number)
    return None


def on(when: date | None) -> Period | None:
    """A date; None for no date."""
    return Period("", "date", when, when) if when else None


def whole_year(year: int) -> Period:
    """A calendar year."""
    return Period("", "year", date(year, 1, 1), date(year, 12, 31))


def split_year(first: int) -> Period:
    """A year that runs from one calendar year into the next: 2018/19.

    Which months it has is not told, so it lasts from the first day of the one to the last day of
    the other; its kind tells it from a span of two years.
    """
    return Period("", "year", date(first, 1, 1), date(first + 1, 12, 31))


def years(first: int, last: int) -> Period | None:
    """Calendar years from first to last; one year where both are the same, None backwards."""
    if first >= last:
        return whole_year(first) if first == last else None
    return Period("", "span", date(first, 1, 1), date(last, 12, 31))


def months(year: int, first: int, last: int) -> Period | None:
    """The months of one year from first to last."""
    if not 1 <= first <= last <= 12:
        return None
    return stretch(date(year, first, 1), last_day(year, last))


def stretch(start: date, end: date) -> Period | None:
    """All days from start to end, by its kind; None where it does not end after it starts."""
    if end <= start:
        return None
    if start.day == 1 and end == last_day(end.year, end.month):
        return Period("", _kind_of_months(start, end), start, end)
    length = (end - start).days + 1
    kind: PeriodKind = "in-year" if length < _WEEKS_OF_A_YEAR.start else "span"
    return Period("", "year" if length in _WEEKS_OF_A_YEAR else kind, start, end)


def months_up_to(end: date, count: int) -> Period:
    """As many months as ``count`` says, up to a day."""
    before = end.year * 12 + end.month - count  # months before the first one
    start = date(before // 12, before % 12 + 1, 1)
    if end != last_day(end.year, end.month):  # a fiscal month may end on any day
        start = end - timedelta(days=round(count * 365.25 / 12) - 1)
    return Period("", _kind_of_length(count), start, end)


def weeks_up_to(end: date, count: int) -> Period:
    """As many weeks as ``count`` says, up to a day."""
    lengths: Mapping[int, int] = {13: 3, 14: 3, 26: 6, 27: 6, 52: 12, 53: 12}
    start = end - timedelta(days=7 * count - 1)
    return Period("", _kind_of_length(lengths.get(count, 13 if count > 53 else 2)), start, end)


def _kind_of_length(months_: int) -> PeriodKind:
    kinds: Mapping[int, PeriodKind] = {1: "month", 3: "quarter", 6: "half", 12: "year"}
    return kinds.get(months_, "in-year" if months_ < 12 else "span")


def _kind_of_months(start: date, end: date) -> PeriodKind:
    """A quarter and a half begin where those of the calendar do, a year anywhere."""
    count = (end.year - start.year) * 12 + end.month - start.month + 1
    kind = _kind_of_length(count)
    if kind in ("quarter", "half") and start.month % count != 1:
        return "in-year"
    return kind
