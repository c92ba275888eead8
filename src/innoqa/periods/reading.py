"""Header cells and the period cells of tidy tables -> periods."""

import re
from dataclasses import replace

from innoqa.domain import Period
from innoqa.periods import calendar
from innoqa.periods.rules import RULES
from innoqa.periods.running_text import mentions
from innoqa.periods.signs import unified

_WHOLE_YEAR = ("", "year")
_LONGEST = 80  # characters; a longer cell is prose
_LEAD = re.compile(
    r"(?:(?:as\s+(?:of|at)|at|in|on|for|during|the|by(?=\s+(?:the\s+)?(?:year|end)))\s+)+(?=\S)",
    re.IGNORECASE,
)
_MARKS_AT_END = re.compile(
    r"\s*(?:[*†‡§¶#^,:;]+|[¹²³⁰-⁹]+|\[[^\[\]]{1,20}\]"
    r"|(?<=[0-9])\s+(?:US)?[$€£¥%][^\s)]{0,4}(?:\s(?:thousand|million|billion|bn|m))?)\Z"
)
_REMARK = re.compile(r"(?P<before>[^()]*[^()\s])\s*\((?P<remark>[^()]+)\)")
_TWO_ENDS = re.compile(
    r"(?P<first>.*[^\s–-])(?:\s*–\s*|\s+-\s+|(?<=\w)-(?=\w)|\s+to\s+)(?P<last>\S.*)", re.IGNORECASE
)


def read_period(printed: str) -> Period | None:
    """The period that a whole cell names; None where it names none. Never raises.

    Years lie from 1500 to 2100 and are taken for calendar years unless their end is stated. An
    empty cell and "undated" are undated. A month and day in digits is read only where no other
    order of the two is possible.

    >>> read_period("Q3 2019").kind, str(read_period("end of 2018").end)
    ('quarter', '2018-12-31')
    """
    text = _one_line(printed)
    found = _whole(text) if len(text) <= _LONGEST else None
    return replace(found, printed=" ".join(printed.split())) if found else None


def period_of(year: str, period: str) -> Period:
    """The period of a tidy row from its year and its period column.

    What the period column says refines the year ("January-June"); a free remark ("data year",
    "plan target") leaves it as it is. Without either the period is undated.

    >>> str(period_of("2014", "end July")), str(period_of("2014", "end July").end)
    ('2014 (end July)', '2014-07-31')
    """
    when, part = _one_line(year), _one_line(period)
    found = _refined(when, part) or _whole(part) or _first_named(part)
    return replace(found or Period("", "undated"), printed=_printed(year, period))


def _printed(year: str, period: str) -> str:
    if not year:
        return f"period {period}" if period.startswith("not ") else period
    return year if period.lower() in _WHOLE_YEAR else f"{year} ({period})"


def _one_line(text: str) -> str:
    return " ".join(unified(text).split())


def _by_rule(text: str) -> Period | None:
    for rule in RULES:
        if (match := rule.pattern.fullmatch(text)) and (found := rule.reading(match)):
            return found
    return None


def _whole(text: str) -> Period | None:
    bare = _bare(text)
    found = _by_rule(text) or _by_rule(bare) or _between(bare)
    if found or not (remark := _REMARK.fullmatch(text)):
        return found
    before, words = remark["before"], remark["remark"]
    return _refined(before, words) or _by_rule(f"{before} {words}")


def _bare(text: str) -> str:
    """Without a lead-in ("as of"), and without footnote marks and units at the end."""
    while (marks := _MARKS_AT_END.search(text)) and marks.start():
        text = text[: marks.start()]
    lead = _LEAD.match(text)
    return text[lead.end() :] if lead else text


def _between(text: str) -> Period | None:
    """All from one period to another; the first may leave its year to the last."""
    ends = _TWO_ENDS.fullmatch(text)
    last = _by_rule(ends["last"]) if ends else None
    if ends is None or last is None or last.end is None:
        return None
    first = _by_rule(ends["first"]) or _by_rule(f"{ends['first']} {last.end.year}")
    if first is None or first.start is None:
        return None
    return calendar.stretch(first.start, last.end)


def _refined(year: str, period: str) -> Period | None:
    """The part of a year that the period names, else the year; None where that is none."""
    whole = _by_rule(year) or _by_rule(_bare(year)) or _between(_bare(year))
    if whole is None or whole.kind == "undated":
        return None
    if whole.kind != "year" or period.lower() in _WHOLE_YEAR:
        return whole
    part = _bare(period)
    for words in (f"{part} {year}", f"{year} {part}", part):
        named = _by_rule(words) or _between(words)
        if named and named.kind != "undated" and _touches(named, whole):
            return named
    return whole


def _touches(part: Period, whole: Period) -> bool:
    """Whether a period ends or starts in the year that is stated beside it."""
    return whole.year in (part.year, part.start.year if part.start else None)


def _first_named(text: str) -> Period | None:
    return next((mention.period for mention in mentions(text)), None)
