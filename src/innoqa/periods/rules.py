"""The ways in which a period is written, each a pattern and what a match of it means."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from innoqa.domain import Period
from innoqa.periods import calendar
from innoqa.periods.calendar import COUNTS, MONTH, ORDINALS, YEAR, full_year, month_number

Reading = Callable[[re.Match[str]], Period | None]

_DASH = r"\s*(?:-|–)\s*"
_DAY = r"(?P<day>0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?(?![0-9])"
_Y = rf"(?P<year>{YEAR})"
_M = rf"(?P<month>{MONTH})"
_OF = r"(?:\s*,?\s+(?:of\s+|in\s+)?(?:the\s+)?(?:year\s+)?)"
_ORDINAL = rf"(?P<ordinal>{'|'.join(ORDINALS)})"
_SHORT = r"(?P<year>[0-9]{2}|(?:1[5-9]|20)[0-9]{2})(?![0-9])"
_DATE = (
    rf"(?:{_DAY}(?:\s+|-)(?:of\s+)?{_M}(?:\s*,?\s+|-){_Y}"
    rf"|(?P<month_b>{MONTH})\s*(?P<day_b>0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?\s*,?\s+(?P<year_b>{YEAR}))"
)
_COUNT = rf"(?P<count>{'|'.join(sorted(COUNTS, key=len, reverse=True))})"


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern and its reading; ``in_text`` where it also holds in the midst of a sentence."""

    pattern: re.Pattern[str]
    reading: Reading
    in_text: bool = True


def _named_date(match: re.Match[str]) -> date | None:
    month = match["month"] or match["month_b"]
    year, of_month = match["year"] or match["year_b"], match["day"] or match["day_b"]
    return calendar.day(int(year), month_number(month), int(of_month))


def _date(match: re.Match[str]) -> Period | None:
    when = _named_date(match)
    return calendar.on(when) if when else None


def _numeric_date(match: re.Match[str]) -> Period | None:
    when = calendar.day(int(match["year"]), int(match["m"]), int(match["d"]))
    return calendar.on(when) if when else None


def _slash_date(match: re.Match[str]) -> Period | None:
    """12/31/2019: read only where no other order of day and month is possible."""
    one, two, year = int(match["one"]), int(match["two"]), int(match["year"])
    found = {calendar.day(year, one, two), calendar.day(year, two, one)} - {None}
    return calendar.on(found.pop()) if len(found) == 1 else None  # type: ignore[arg-type]


def _year_end(match: re.Match[str]) -> Period | None:
    return calendar.on(date(full_year(match["year"]), 12, 31))


def _month_end(match: re.Match[str]) -> Period | None:
    return calendar.on(calendar.last_day(int(match["year"]), month_number(match["month"])))


def _middle(match: re.Match[str]) -> Period | None:
    return calendar.on(date(int(match["year"]), 6, 30))


def _year_start(match: re.Match[str]) -> Period | None:
    return calendar.on(date(int(match["year"]), 1, 1))


def _ended(match: re.Match[str]) -> Period | None:
    """ "Three months ended June 30, 2019"."""
    end = _named_date(match)
    if end is None:
        return None
    length = match["length"].lower()
    if match["count"]:
        return calendar.months_to(end, COUNTS[match["count"].lower()])
    if length.startswith("quarter"):
        return calendar.months_to(end, 3)
    return calendar.months_to(end, 6 if "half" in length else 12)


def _half(match: re.Match[str]) -> Period | None:
    return _part(match, 6, 2)


def _quarter(match: re.Match[str]) -> Period | None:
    return _part(match, 3, 4)


def _part(match: re.Match[str], length: int, parts: int) -> Period | None:
    groups = match.groupdict()
    ordinal = groups.get("ordinal")
    number = ORDINALS[ordinal.lower()] or parts if ordinal else int(match["number"])
    if number > parts:
        return None
    year = full_year(match["year"])
    return calendar.months(year, length * (number - 1) + 1, length * number)


def _first_months(match: re.Match[str]) -> Period | None:
    return calendar.months(int(match["year"]), 1, COUNTS[match["count"].lower()])


def _month_range(match: re.Match[str]) -> Period | None:
    first, last = month_number(match["first"]), month_number(match["last"])
    return calendar.months(int(match["year"]), first, last)


def _numbered_months(match: re.Match[str]) -> Period | None:
    return calendar.months(int(match["year"]), int(match["first"]), int(match["last"]))


def _month(match: re.Match[str]) -> Period | None:
    number = month_number(match["month"])
    return calendar.months(full_year(match["year"]), number, number)


def _numbered_month(match: re.Match[str]) -> Period | None:
    return calendar.months(int(match["year"]), int(match["m"]), int(match["m"]))


def _split_year(match: re.Match[str]) -> Period | None:
    """2018/19: a year that runs from one into the next, from the first day of the one to the last
    day of the other."""
    first = int(match["first"])
    last = match["last"]
    if int(last) not in (first + 1, (first + 1) % 100):
        return None
    return Period("", "year", date(first, 1, 1), date(first + 1, 12, 31))


def _year_span(match: re.Match[str]) -> Period | None:
    first, last = int(match["first"]), int(match["last"])
    if last < 100:
        last += first - first % 100
        last += 100 if last < first else 0
    return calendar.years(first, last) if last <= 2100 else None


def _decade(match: re.Match[str]) -> Period | None:
    first = int(match["first"])
    return calendar.years(first, first + 9)


def _open_span(match: re.Match[str]) -> Period | None:
    return Period("", "span", date(int(match["year"]), 1, 1), None)


def _cumulative(match: re.Match[str]) -> Period | None:
    return Period("", "span", None, date(int(match["year"]), 12, 31))


def _year(match: re.Match[str]) -> Period | None:
    return calendar.whole_year(full_year(match["year"]))


def _undated(match: re.Match[str]) -> Period | None:
    return Period("", "undated")


def _rules(*rows: tuple[str, Reading, bool]) -> tuple[Rule, ...]:
    return tuple(Rule(re.compile(pattern, re.IGNORECASE), reading, text)
                 for pattern, reading, text in rows)  # fmt: skip


_END = r"(?:by\s+)?(?:the\s+)?(?:year[\s-]*end|end)(?:\s+of)?(?:\s+the)?(?:\s+year)?[\s-]+"
RULES = _rules(
    (rf"(?P<length>(?:(?:fiscal|financial)\s+)?years?|(?P<count>(?!))|quarters?|half[\s-]years?)"
     rf"\s+end(?:ed|ing)\s+(?:on\s+)?{_DATE}", _ended, True),
    (rf"{_COUNT}(?P<length>[\s-]+months?)(?:\s+periods?)?\s+end(?:ed|ing)\s+(?:on\s+)?{_DATE}",
     _ended, True),
    (_DATE, _date, True),
    (rf"{_Y}[-/.](?P<m>[01]?[0-9])[-/.](?P<d>[0-3]?[0-9])(?![0-9])(?:[T ][0-9:.]+Z?)?",
     _numeric_date, True),
    (rf"{_Y}\s*年\s*(?P<m>[0-9]{{1,2}})\s*月\s*(?P<d>[0-9]{{1,2}})\s*日", _numeric_date, True),
    (rf"(?P<d>[0-3]?[0-9])\.(?P<m>[01]?[0-9])\.{_Y}", _numeric_date, True),
    (rf"(?P<one>[0-3]?[0-9])/(?P<two>[0-3]?[0-9])/{_Y}", _slash_date, True),
    (rf"{_END}{_M}{_OF}{_Y}", _month_end, True),
    (rf"{_END}{_Y}", _year_end, True),
    (rf"{_Y}[\s,-]+(?:year[\s-]*end|end(?:\s+of\s+(?:the\s+)?year)?)", _year_end, True),
    (rf"{_Y}\s*年[末底]", _year_end, True),
    (rf"(?:the\s+)?mid(?:dle)?(?:\s+of)?[\s-]+{_Y}", _middle, True),
    (rf"(?:the\s+)?(?:start|beginning)(?:\s+of)?(?:\s+the\s+year)?\s+{_Y}", _year_start, True),
    (rf"(?:the\s+)?{_ORDINAL}[\s-]+half(?:[\s-]year)?{_OF}{_Y}", _half, True),
    (rf"{_Y}\s+{_ORDINAL}[\s-]+half", _half, False),
    (rf"H(?P<number>[12])[\s-]*(?:of\s+)?(?:FY\s*)?'?{_SHORT}", _half, True),
    (rf"(?P<number>[12])H[\s-]*(?:FY\s*)?'?{_SHORT}", _half, True),
    (rf"{_Y}[\s-]*(?:H(?P<number>[12])(?![0-9]))", _half, True),
    (rf"(?:the\s+)?{_ORDINAL}[\s-]+quarter{_OF}{_Y}", _quarter, True),
    (rf"{_Y}\s+{_ORDINAL}[\s-]+quarter", _quarter, False),
    (rf"Q(?P<number>[1-4])[\s-]*(?:of\s+)?(?:FY\s*)?'?{_SHORT}", _quarter, True),
    (rf"(?P<number>[1-4])Q[\s-]*(?:FY\s*)?'?{_SHORT}", _quarter, True),
    (rf"{_Y}[\s-]*(?:Q(?P<number>[1-4])(?![0-9]))", _quarter, True),
    (rf"(?:the\s+)?first\s+{_COUNT}\s+months{_OF}{_Y}", _first_months, True),
    (rf"(?P<first>{MONTH})(?:{_DASH}|\s+to\s+)(?P<last>{MONTH}){_OF}{_Y}", _month_range, True),
    (rf"{_Y}\s*,?\s+(?P<first>{MONTH})(?:{_DASH}|\s+to\s+)(?P<last>{MONTH})", _month_range, False),
    (rf"{_Y}\s*年\s*(?P<first>[0-9]{{1,2}})\s*[-–至到]\s*(?P<last>[0-9]{{1,2}})\s*月",
     _numbered_months, True),
    (rf"{_M}{_OF}{_Y}", _month, True),
    (rf"{_M}\s?-?\s?{_Y}", _month, True),
    (rf"{_M}[\s-]*'?{_SHORT}", _month, False),
    (rf"{_M}-'?(?P<year>[0-9]{{2}})(?![0-9])", _month, True),
    (rf"{_Y}[\s-]+{_M}", _month, False),
    (rf"{_Y}\s*年\s*(?P<m>[0-9]{{1,2}})\s*月", _numbered_month, True),
    (rf"(?P<first>{YEAR})(?:-|–|/)(?P<last>[0-9]{{2}})(?![0-9/-])", _split_year, True),
    (rf"(?:FY|fiscal(?:\s+year)?)\s*(?P<first>{YEAR})(?:-|–|/)(?P<last>[0-9]{{2}})(?![0-9])",
     _split_year, True),
    (rf"(?P<first>{YEAR})/(?P<last>{YEAR})", _split_year, True),
    (rf"{_Y}(?:-|M|/)(?P<m>0[1-9]|1[0-2])(?![0-9/-])", _numbered_month, True),
    (rf"(?P<m>0?[1-9]|1[0-2])/{_Y}", _numbered_month, True),
    (rf"(?:FY\s*)?(?P<first>{YEAR}){_DASH}(?:FY\s*)?(?P<last>{YEAR}|[0-9]{{2}}(?![0-9]))(?![-/])",
     _year_span, True),
    (rf"(?:between\s+|from\s+)?(?P<first>{YEAR})\s+(?:to|and|until|through)\s+(?P<last>{YEAR})",
     _year_span, False),
    (r"(?:(?:the|early|mid|late)[\s-]+)*(?P<first>(?:1[5-9]|20)[0-9]0)'?s(?![a-z0-9])", _decade, True),
    (rf"{_Y}{_DASH}(?:present|current|now|today|date)(?![a-z])", _open_span, True),
    (rf"(?:since|from)\s+{_Y}(?:\s+(?:on|onwards?))?", _open_span, False),
    (rf"{_Y}\s+(?:onwards?|and\s+(?:later|after))", _open_span, False),
    (rf"(?:cumulative(?:ly)?|total)?\s*(?:up\s+)?(?:to|until|till|through)\s+(?:the\s+end\s+of\s+)?{_Y}",
     _cumulative, False),
    (rf"(?:fiscal|financial|calendar|academic)(?:[\s-]+years?)?\s+{_Y}", _year, True),
    (rf"(?:FY|CY|F)[\s-]?'?{_SHORT}[EAPF]?(?![A-Za-z0-9])", _year, True),
    (rf"{_Y}\s*年(?:度)?", _year, True),
    (rf"{_Y}[EAPF](?![A-Za-z0-9])", _year, False),
    (rf"(?:year\s+|c\.\s*|ca\.?\s*|circa\s+|about\s+|around\s+|~\s*){_Y}", _year, False),
    (rf"{_Y}\s+(?:edition|target|goal|plan|forecast|estimate|estimated|est\.?|data|actual|budget"
     r"|revised|preliminary|provisional|data\s+year|total|year)", _year, False),
    (_Y, _year, True),
    (r"undated|not\s+stated|not\s+dated|n\.\s?d\.?|no\s+date|", _undated, False),
)  # fmt: skip
"""Every way, the longer before the shorter where one is the start of the other."""
