"""Header cells, the period cells of tidy tables and running text -> periods."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from innoqa.domain import Period
from innoqa.periods.rules import RULES

_WHOLE_YEAR = ("", "year")
_LONGEST = 80
_LEAD = re.compile(r"(?:(?:as\s+(?:of|at)|at|in|on|for|during|the|by)\s+)+(?=\S)", re.IGNORECASE)
_MARKS = re.compile(r"\s*(?:[*†‡§¶#^¹²³⁰-⁹]+|\[[^\[\]]{1,20}\]|,)$")
_REMARK = re.compile(r"(?P<before>.*\S)\s*\((?P<remark>[^()]+)\)")
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000", " "))
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2212", "-"))
_PLAIN = {
    **{0xFEE0 + code: chr(code) for code in range(0x21, 0x7F)},
    **_SPACES,
    **_DASHES,
    0x2014: "–",
    0x2019: "'",
}


@dataclass(frozen=True, slots=True)
class PeriodMention:
    """A period named in a text: ``text[start:end]`` names it."""

    start: int
    end: int
    period: Period


def read_period(printed: str) -> Period | None:
    """The period that a whole cell names; None where it names none. Never raises.

    >>> read_period("Q3 2019").kind, str(read_period("end of 2018").end)
    ('quarter', '2018-12-31')
    """
    text = _one_line(printed)
    found = _whole(text) if len(text) <= _LONGEST else None
    return replace(found, printed=" ".join(printed.split())) if found else None


def period_of(year: str, period: str) -> Period:
    """The period of a tidy row from its year and its period column; a free remark keeps the year.

    >>> period_of("2014", "end July")
    Period(printed='2014 (end July)', kind='date', start=datetime.date(2014, 7, 31), \
end=datetime.date(2014, 7, 31))
    """
    printed = _printed(year, period)
    year, period = _one_line(year), _one_line(period)
    found = _refined(year, period) if year else _whole(period) or _first_named(period)
    return replace(found or Period("", "undated"), printed=printed)


def mentions(text: str) -> tuple[PeriodMention, ...]:
    """The periods named in running text, in order; of two that overlap the longer.

    "2018-2023" is one span, "from 2018 to 2023" are two years. A bare number is a year from 1900
    to 2100, or from 1500 where a word such as "in" or "since" stands before it.

    >>> [str(m.period) for m in mentions("from 2018 to the end of 2022")]
    ['2018', 'the end of 2022']
    """
    return tuple(_mentions(text))


def _printed(year: str, period: str) -> str:
    if not year:
        return f"period {period}" if period.startswith("not ") else period
    return year if period in _WHOLE_YEAR else f"{year} ({period})"


def _one_line(text: str) -> str:
    return " ".join(text.translate(_PLAIN).split())


def _by_rule(text: str) -> Period | None:
    for rule in RULES:
        if (match := rule.pattern.fullmatch(text)) and (found := rule.reading(match)):
            return found
    return None


def _whole(text: str) -> Period | None:
    if found := _by_rule(text):
        return found
    bare = text
    while (marks := _MARKS.search(bare)) and marks.start():
        bare = bare[: marks.start()]
    if (lead := _LEAD.match(bare)) and lead.end() < len(bare):
        bare = bare[lead.end() :]
    if bare != text and (found := _whole(bare)):
        return found
    remark = _REMARK.fullmatch(text)
    return _refined(remark["before"], remark["remark"]) if remark else None


def _refined(year: str, period: str) -> Period | None:
    """What the year is, or the part of it that the period names."""
    whole = _whole(year)
    if whole is None or whole.kind != "year" or period.lower() in _WHOLE_YEAR:
        return whole or _whole(period) if period else whole
    for words in (f"{period} {year}", f"{year} {period}", period):
        part = _by_rule(words)
        if part and part.kind != "undated" and whole.year in (part.year, _first_year(part)):
            return part
    return whole


def _first_year(period: Period) -> int | None:
    return period.start.year if period.start else None


def _first_named(text: str) -> Period | None:
    return next((mention.period for mention in _mentions(text)), None)


_START = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z0-9]")
_INTRODUCED = re.compile(
    r"\b(?:in|since|of|year|from|until|till|to|by|before|after|during|for|between|and|through|"
    r"than in|c\.|circa)\s$",
    re.IGNORECASE,
)
_NO_YEAR_BEFORE = re.compile(
    r"(?:[$€£¥#.,:/]|[0-9][-–]|\b(?:over|more than|less than|fewer than|at least|at most|up to"
    r"|nearly|almost|under|above|below|exceed(?:s|ed|ing)?|top|first|last) )\s?$",
    re.IGNORECASE,
)
_NO_YEAR_AFTER = re.compile(
    r"[.,:][0-9]|[-–/][0-9]|\s?(?:%|‰|°|per ?cent|percent|percentage|km|m2|m²|yuan|rmb|dollars?|euros?"
    r"|pounds?|yen|million|billion|trillion|thousand|hundred|tonnes?|hectares?|kg|mu|ha"
    r"|persons|people|[$€£¥])(?![A-Za-z])|[A-Za-z_]",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\s(?:[a-z][\w-]*\s){0,2}[a-z][\w-]*s\b")


def _mentions(text: str) -> Iterator[PeriodMention]:
    plain = text.translate(_PLAIN)
    place = 0
    while match := _START.search(plain, place):
        found = _longest(plain, match.start())
        if found is None:
            place = match.end()
            continue
        period, end = found
        place = end
        yield PeriodMention(match.start(), end, replace(period, printed=text[match.start() : end]))


def _longest(text: str, start: int) -> tuple[Period, int] | None:
    best: tuple[Period, int] | None = None
    for rule in RULES:
        match = rule.pattern.match(text, start) if rule.in_text else None
        if match is None or (best and match.end() <= best[1]) or _goes_on(text, match.end()):
            continue
        found = rule.reading(match)
        if found and not (match[0].isdigit() and not _is_year(text, match)):
            best = found, match.end()
    return best


def _goes_on(text: str, end: int) -> bool:
    return text[end : end + 1].isascii() and text[end : end + 1].isalnum()


def _is_year(text: str, match: re.Match[str]) -> bool:
    """Whether a bare number is a year and not a count or an amount."""
    if _NO_YEAR_AFTER.match(text, match.end()) or _NO_YEAR_BEFORE.search(text, 0, match.start()):
        return False
    introduced = _INTRODUCED.search(text, 0, match.start())
    if match[0].endswith("00") and not introduced and _COUNTED.match(text, match.end()):
        return False
    return bool(introduced) or int(match[0]) >= 1900
