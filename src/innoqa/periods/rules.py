"""The ways in which a period is written, each a pattern and what a match of it means."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from innoqa.domain import Period
from innoqa.periods import calendar
from innoqa.periods.calendar import MONTH, YEAR, full_year, month_number

Reading = Callable[[re.Match[str]], Period | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern and its reading; ``in_text`` where it also holds in the midst of a sentence."""

    pattern: re.Pattern[str]
    reading: Reading
    in_text: bool


_COUNTS: Mapping[str, int] = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), start=1
    )
}
_ORDINALS: Mapping[str, int] = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4,
}  # fmt: skip


def _either(match: re.Match[str], *names: str) -> str:
    """What one of the groups matched."""
    groups = match.groupdict()
    return next((groups[name] for name in names if groups.get(name)), "")


def _year_of(match: re.Match[str]) -> int:
    return full_year(_either(match, "year", "short"))


def _day_of(match: re.Match[str]) -> date | None:
    month = month_number(_either(match, "month", "month_first"))
    number = _either(match, "day", "day_second")
    return calendar.day(int(_either(match, "year", "year_last")), month, int(number))


def _date(match: re.Match[str]) -> Period | None:
    return calendar.on(_day_of(match))


def _numbered_date(match: re.Match[str]) -> Period | None:
    return calendar.on(calendar.day(int(match["year"]), int(match["number"]), int(match["day"])))


def _slashed_date(match: re.Match[str]) -> Period | None:
    """12/31/2019: read only where no other order of day and month is possible."""
    one, other, year = int(match["one"]), int(match["other"]), int(match["year"])
    found = {calendar.day(year, one, other), calendar.day(year, other, one)} - {None}
    return calendar.on(found.pop()) if len(found) == 1 else None


def _days(match: re.Match[str]) -> Period | None:
    """From the 12th to the 15th of one month."""
    year, month = int(match["year"]), month_number(match["month"])
    first = calendar.day(year, month, int(match["first"]))
    last = calendar.day(year, month, int(match["last"]))
    return calendar.stretch(first, last) if first and last else None


def _year_end(match: re.Match[str]) -> Period | None:
    return calendar.on(date(int(match["year"]), 12, 31))


def _month_end(match: re.Match[str]) -> Period | None:
    return calendar.on(calendar.last_day(int(match["year"]), month_number(match["month"])))


def _mid_year(match: re.Match[str]) -> Period | None:
    return calendar.on(date(int(match["year"]), 6, 30))


def _year_start(match: re.Match[str]) -> Period | None:
    return calendar.on(date(int(match["year"]), 1, 1))


def _up_to_a_day(match: re.Match[str]) -> Period | None:
    """Three months ended June 30, 2019."""
    end = _day_of(match)
    if end is None:
        return None
    length, count = match["length"].lower(), _either(match, "count")
    if count and "week" in length:
        return calendar.weeks_up_to(end, _count(count))
    if count:
        return calendar.months_up_to(end, _count(count))
    months_ = 3 if "quarter" in length else 6 if "half" in length else 12
    return calendar.months_up_to(end, months_)


def _count(words: str) -> int:
    return int(words) if words.isdigit() else _COUNTS[words.lower()]


def _part(match: re.Match[str], parts: int) -> Period | None:
    """A half or a quarter."""
    ordinal = _either(match, "ordinal").lower()
    number = _ORDINALS.get(ordinal, parts) if ordinal else int(match["number"])
    length = 12 // parts
    return calendar.months(_year_of(match), length * (number - 1) + 1, length * number)


def _half(match: re.Match[str]) -> Period | None:
    return _part(match, 2)


def _quarter(match: re.Match[str]) -> Period | None:
    return _part(match, 4)


def _first_months(match: re.Match[str]) -> Period | None:
    return calendar.months(int(match["year"]), 1, _count(match["count"]))


def _months(match: re.Match[str]) -> Period | None:
    first, last = month_number(match["first"]), month_number(match["last"])
    return calendar.months(int(match["year"]), first, last)


def _numbered_months(match: re.Match[str]) -> Period | None:
    return calendar.months(int(match["year"]), int(match["first"]), int(match["last"]))


def _month(match: re.Match[str]) -> Period | None:
    number = month_number(match["month"])
    return calendar.months(_year_of(match), number, number)


def _numbered_month(match: re.Match[str]) -> Period | None:
    return calendar.months(int(match["year"]), int(match["number"]), int(match["number"]))


def _split_year(match: re.Match[str]) -> Period | None:
    """2018/19: only where the second year follows the first."""
    first, last = full_year(match["first"]), int(match["last"])
    return calendar.split_year(first) if last in (first + 1, (first + 1) % 100) else None


def _years(match: re.Match[str]) -> Period | None:
    first, last = int(match["first"]), int(match["last"])
    if last < 100:
        last += first - first % 100
        last += 100 if last < first else 0
    return calendar.years(first, last) if last <= calendar.LAST_YEAR else None


def _decade(match: re.Match[str]) -> Period | None:
    return calendar.years(int(match["first"]), int(match["first"]) + 9)


def _from_a_year(match: re.Match[str]) -> Period | None:
    return Period("", "span", date(int(match["year"]), 1, 1), None)


def _up_to_a_year(match: re.Match[str]) -> Period | None:
    return Period("", "span", None, date(int(match["year"]), 12, 31))


def _year(match: re.Match[str]) -> Period | None:
    return calendar.whole_year(_year_of(match))


def _undated(_: re.Match[str]) -> Period | None:
    return Period("", "undated")


_Y = rf"(?P<year>{YEAR})"
_M = rf"(?P<month>{MONTH})"
_NUMBER = r"(?:0?[1-9]|[12][0-9]|3[01])(?![0-9])"
_DATE = (
    rf"(?:(?P<day>{_NUMBER})(?:st|nd|rd|th)?(?:\s+(?:of\s+)?|-){_M}(?:\s*,?\s+(?:in\s+)?|-){_Y}"
    rf"|(?P<month_first>{MONTH})\s*(?P<day_second>{_NUMBER})(?:st|nd|rd|th)?\s*,?\s+"
    rf"(?P<year_last>{YEAR}))"
)
_OF = r"(?:\s*,?\s+(?:(?:of|in)\s+)?(?:the\s+)?(?:year\s+)?)"
_COUNT = rf"(?P<count>{'|'.join(_COUNTS)}|[1-9][0-9]?)"
_ORDINAL = rf"(?P<ordinal>{'|'.join(_ORDINALS)}|last)"
_LATER_YEAR = rf"(?:[\s-]*(?:of\s+)?(?:FY\s*)?{_Y}|(?:\s?'|\s?FY\s?|-)?(?P<short>[0-9]{{2}})(?!\w))"
_SHORT_YEAR = rf"(?:{_Y}|(?P<short>[0-9]{{2}})(?!\w))"
_END = r"(?:the\s+)?(?:year[\s-]*end|end)(?:\s+of)?(?:\s+the)?(?:\s+year)?[\s-]+"
_TO = r"(?:\s*[-–]\s*|\s+to\s+)"
_WEEKS_OR_MONTHS = r"(?P<length>[\s-]+(?:months?|weeks?))(?:\s+periods?)?"
_A_LENGTH = r"(?P<length>(?:(?:fiscal|financial)\s+)?(?:quarters?|half[\s-]years?|years?))"
_FISCAL = r"(?:(?:FY|fiscal(?:\s+year)?|financial\s+year)\s*)?"
_STATUS = "(?-i:[EAPF])"  # estimated, actual, projected, forecast
_REMARKS = (
    r"edition|target|goal|plan|forecast|estimated?|est\.?|data|data\s+year|actual|budget|revised"
    r"|preliminary|provisional|total|census|survey|projected|year"
)


def _rules(in_text: bool, *rows: tuple[str, Reading]) -> tuple[Rule, ...]:
    return tuple(Rule(re.compile(words, re.IGNORECASE), read, in_text) for words, read in rows)


_ANYWHERE = _rules(
    True,
    (rf"{_A_LENGTH}\s+end(?:ed|ing)\s+(?:on\s+)?{_DATE}", _up_to_a_day),
    (rf"{_COUNT}{_WEEKS_OR_MONTHS}\s+end(?:ed|ing)\s+(?:on\s+)?{_DATE}", _up_to_a_day),
    (_DATE, _date),
    (rf"{_Y}(?P<by>[-/.])(?P<number>[01]?[0-9])(?P=by)(?P<day>[0-3]?[0-9])(?![0-9])"
     r"(?:[T ][0-9:.]+Z?)?", _numbered_date),
    (rf"{_Y}\s*年\s*(?P<number>[01]?[0-9])\s*月\s*(?P<day>[0-3]?[0-9])\s*日", _numbered_date),
    (rf"(?P<day>[0-3]?[0-9])\.(?P<number>[01]?[0-9])\.{_Y}", _numbered_date),
    (rf"(?P<one>[0-3]?[0-9])/(?P<other>[0-3]?[0-9])/{_Y}", _slashed_date),
    (rf"{_END}{_M}{_OF}{_Y}", _month_end),
    (rf"{_END}{_Y}", _year_end),
    (rf"{_Y}(?:[\s,-]+year[\s-]*end|-end|\s+end\s+of\s+(?:the\s+)?year)", _year_end),
    (rf"{_Y}\s*年[末底]", _year_end),
    (rf"(?:the\s+)?mid(?:dle)?(?:\s+of)?(?:[\s-]+year)?[\s-]+{_Y}", _mid_year),
    (rf"(?:the\s+)?(?:start|beginning)(?:\s+of)?(?:\s+the\s+year)?\s+{_Y}", _year_start),
    (rf"(?:the\s+)?{_ORDINAL}[\s-]+half(?:[\s-]year)?{_OF}{_Y}", _half),
    (rf"{_FISCAL}{_Y}\s+{_ORDINAL}[\s-]+half(?:[\s-]year)?", _half),
    (rf"H(?P<number>[12]){_LATER_YEAR}", _half),
    (rf"(?P<number>[12])H{_LATER_YEAR}", _half),
    (rf"{_Y}[\s-]*H(?P<number>[12])(?!\w)", _half),
    (rf"(?:the\s+)?{_ORDINAL}[\s-]+quarter{_OF}{_Y}", _quarter),
    (rf"{_FISCAL}{_Y}\s+{_ORDINAL}[\s-]+quarter", _quarter),
    (rf"Q(?P<number>[1-4]){_LATER_YEAR}", _quarter),
    (rf"(?P<number>[1-4])Q{_LATER_YEAR}", _quarter),
    (rf"{_Y}[\s-]*Q(?P<number>[1-4])(?!\w)", _quarter),
    (rf"(?:the\s+)?first\s+{_COUNT}\s+months{_OF}{_Y}", _first_months),
    (rf"(?P<first>{MONTH}){_TO}(?P<last>{MONTH}){_OF}{_Y}", _months),
    (rf"between\s+(?P<first>{MONTH})\s+and\s+(?P<last>{MONTH}){_OF}{_Y}", _months),
    (rf"{_Y}\s*年\s*(?P<first>[01]?[0-9])\s*[-–至到]\s*(?P<last>[01]?[0-9])\s*月",
     _numbered_months),
    (rf"{_M}(?:{_OF}|\s?-?\s?){_Y}", _month),
    (rf"{_M}\s?'(?P<short>[0-9]{{2}})(?!\w)", _month),
    (rf"{_Y}\s*年\s*(?P<number>[01]?[0-9])\s*月", _numbered_month),
    (rf"{_FISCAL}(?P<first>{YEAR})[-–/](?P<last>[0-9]{{2}})"
     r"(?![0-9/-])", _split_year),
    (rf"(?P<first>{YEAR})/(?P<last>{YEAR})", _split_year),
    (r"FY\s?'?(?P<first>[0-9]{2})[-–/](?P<last>[0-9]{2})(?!\w)", _split_year),
    (rf"{_Y}[-M](?P<number>0[1-9]|1[0-2])(?![0-9/-])", _numbered_month),
    (rf"(?P<number>0?[1-9]|1[0-2])/{_Y}", _numbered_month),
    (rf"(?P<first>{_NUMBER})\s*[-–]\s*(?P<last>{_NUMBER})\s+{_M}\s+{_Y}", _days),
    (rf"{_M}\s+(?P<first>{_NUMBER})\s*[-–]\s*(?P<last>{_NUMBER}),?\s+{_Y}", _days),
    (rf"(?:FY\s*)?(?P<first>{YEAR})\s*[-–]\s*(?:FY\s*)?(?P<last>{YEAR}|[0-9]{{2}}(?![0-9]))(?![-/])",
     _years),
    (r"(?:(?:the|early|mid|late|circa|c\.)[\s-]+)*(?P<first>(?:1[5-9]|20)[0-9]0)'?s(?!\w)",
     _decade),
    (rf"{_Y}\s*[-–]\s*(?:present|current|now|today|date)(?!\w)", _from_a_year),
    (rf"(?:fiscal|financial|calendar|academic)(?:[\s-]+year)?\s+{_Y}", _year),
    (rf"(?:FY|CY)[\s-]?'?{_SHORT_YEAR}", _year),
    (rf"{_Y}\s*年(?:度)?", _year),
    (_Y, _year),
)  # fmt: skip
_IN_CELLS = _rules(
    False,
    (rf"{_Y}\s+end", _year_end),
    (rf"{_Y}/(?P<number>0[1-9]|1[0-2])", _numbered_month),
    (rf"{_Y}\s*,?\s+(?P<first>{MONTH}){_TO}(?P<last>{MONTH})", _months),
    (rf"{_M}-(?P<short>[0-9]{{2}})", _month),
    (rf"{_Y}[\s-]+{_M}", _month),
    (rf"(?:from\s+)?(?P<first>{YEAR})\s+(?:to|until|through)\s+(?P<last>{YEAR})", _years),
    (rf"between\s+(?P<first>{YEAR})\s+and\s+(?P<last>{YEAR})", _years),
    (rf"(?:since|from)\s+{_Y}(?:\s+(?:on|onwards?))?", _from_a_year),
    (rf"{_Y}\s+(?:onwards?|and\s+(?:later|after))", _from_a_year),
    (rf"(?:cumulative(?:ly)?|total)?\s*(?:up\s+)?(?:to|until|till|through)\s+"
     rf"(?:the\s+end\s+of\s+)?{_Y}", _up_to_a_year),
    (rf"cumulative(?:ly)?\s+{_Y}", _up_to_a_year),
    (rf"(?:FY|CY|F)[\s-]?'?(?:{_Y}|(?P<short>[0-9]{{2}})){_STATUS}", _year),
    (r"F(?P<short>[0-9]{2})", _year),
    (rf"{_Y}(?:{_STATUS}|\.0+)", _year),
    (rf"(?:year\s+|c\.\s*|ca\.?\s*|circa\s+|about\s+|around\s+|~\s*){_Y}", _year),
    (rf"{_Y}\s+(?:{_REMARKS})", _year),
    (r"|undated|not\s+(?:stated|dated)|n\.\s?d\.?|no\s+date|date\s+unknown", _undated),
)  # fmt: skip

RULES = (*_ANYWHERE, *_IN_CELLS)
"""Every way in which a period is written; of those that match a cell the first holds."""
