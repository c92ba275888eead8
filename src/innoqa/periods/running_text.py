"""Running text -> the periods that it names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from innoqa.domain import Period
from innoqa.periods import calendar
from innoqa.periods.rules import RULES
from innoqa.periods.signs import unified
from innoqa.quantities import qualifiers


@dataclass(frozen=True, slots=True)
class PeriodMention:
    """A period named in a text: ``text[start:end]`` names it."""

    start: int
    end: int
    period: Period


_IN_TEXT = tuple(rule for rule in RULES if rule.in_text)
_START = re.compile(
    r"(?<![\w])(?:[0-9]|(?=(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|first|second|third"
    r"|fourth|last|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|the|between|end"
    r"|year|quarter|half|mid|early|late|start|beginning|fiscal|financial|calendar|academic|fy|cy"
    r"|[hq][1-4]))[a-z])",
    re.IGNORECASE,
)
_DIGITS_AHEAD = re.compile(r"[^\n]{0,50}?[0-9]{2}")  # no period is named without them
_INTRODUCED = re.compile(
    r"\b(?:in|since|of|year|from|until|till|to|by|before|after|during|for|between|and|through)\s\Z",
    re.IGNORECASE,
)
_JOINED_BEFORE = re.compile(r"(?:[$€£¥#]\s?|[0-9][-–.,:/]|[A-Za-z]-)\Z")
_JOINED_AFTER = re.compile(r"[.:/–-][0-9]|,[0-9](?![0-9]{3}\b)|-?[A-Za-z_]|'(?!s\b)\w|°")
_UNIT_AFTER = re.compile(
    r"\s?(?:[%‰$€£¥°]|per\s?cent|percent|percentage|km|m|m2|km2|m²|km²|mu|ha|kg|t|yuan|rmb|usd|eur"
    r"|us\s?\$|us\sdollars?|dollars?|euros?|pounds?|yen|thousand|million|billion|trillion|hundred"
    r"|tonnes?|hectares?|square|[MGk]W)(?!\w)",
    re.IGNORECASE,
)
_NO_NOUN = (
    r"(?:is|was|has|as|this|its|his|us|does|less|plus|versus|vs|of|in|on|at|to|from|by|for|with|and"
    r"|or|the|an?|that|which|who|were|are|be|been|had|have|will|would|than|but|not|per|while|when"
    r"|where|levels|figures|values|results|prices|rates|numbers)\b"
)
_COUNTED = re.compile(
    rf"(?:\s(?!{_NO_NOUN})[A-Za-z][\w&'-]*){{0,2}}?\s(?!{_NO_NOUN})(?:[a-z][\w-]*[^\Ws]s|people)\b",
)
_LINK = re.compile(r"\s?[-–]\s?")


def mentions(text: str) -> tuple[PeriodMention, ...]:
    """The periods named in running text, in order; where two begin together the longer.

    "2018-2023" is one span, "from 2018 to 2023" are two years. A bare number is a year from 1900
    to 2100, or from 1500 where a word such as "in" or "since" stands before it, unless a unit or
    "more than" makes it an amount or it is a round hundred of something.

    >>> [str(m.period) for m in mentions("from 2018 to the end of 2022")]
    ['2018', 'the end of 2022']
    """
    return tuple(_mentions(text))


def _mentions(text: str) -> Iterator[PeriodMention]:
    plain = unified(text)
    place = 0
    while match := _START.search(plain, place):
        found = _longest(plain, match.start())
        if found is None:
            place = match.end()
            continue
        start, (period, place) = match.start(), _up_to_the_next(plain, *found)
        yield PeriodMention(start, place, replace(period, printed=text[start:place]))


def _longest(text: str, start: int) -> tuple[Period, int] | None:
    """The longest period that is named from a place on, and where it ends."""
    best: tuple[Period, int] | None = None
    if not _DIGITS_AHEAD.match(text, start):
        return None
    for rule in _IN_TEXT:
        match = rule.pattern.match(text, start)
        if match is None or _is_cut(text, match.end()) or (best and match.end() <= best[1]):
            continue
        period = rule.reading(match)
        if period and (not match[0].isdigit() or _is_year(text, match)):
            best = period, match.end()
    return best


def _up_to_the_next(text: str, period: Period, end: int) -> tuple[Period, int]:
    """With the period after a dash, as in "1 March 2018 - 31 May 2019", and all between the two."""
    link = _LINK.match(text, end)
    following = _longest(text, link.end()) if link else None
    if following is None or period.start is None or following[0].end is None:
        return period, end
    joined = calendar.stretch(period.start, following[0].end)
    return (joined, following[1]) if joined else (period, end)


def _is_cut(text: str, end: int) -> bool:
    """Whether a word or number goes on; what is written in Chinese has no spaces."""
    following = text[end : end + 1]
    return following.isascii() and (following.isalnum() or following == "_")


def _is_year(text: str, match: re.Match[str]) -> bool:
    """Whether a bare number is a year and not an amount or part of something else."""
    before, end = text[max(0, match.start() - 30) : match.start()], match.end()
    if _JOINED_BEFORE.search(before) or _JOINED_AFTER.match(text, end):
        return False
    if _UNIT_AFTER.match(text, end) or qualifiers.IS_AMOUNT.search(before):
        return False
    is_counted, is_round = _COUNTED.match(text, end) is not None, match[0].endswith("00")
    if qualifiers.MAY_BE_AMOUNT.search(before) and (is_counted or is_round):
        return False
    is_introduced = _INTRODUCED.search(before) is not None
    if is_counted and is_round and not is_introduced:
        return False
    return is_introduced or int(match[0]) >= 1900
