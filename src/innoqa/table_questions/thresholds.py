"""Limits and places in a ranking that a question names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from innoqa import quantities
from innoqa.domain import Unit
from innoqa.quantities import Quantity
from innoqa.quantities.units import KNOWN, unit_words

_ABOVE = re.compile(
    r"\b(?:(?:more|greater|higher|larger|bigger|longer) than|above|over|exceed\w*|surpass\w*"
    r"|pass(?:e[sd])?|cross\w*|reach\w*|beyond|top(?:ped|s)?|at least|past|break|broke"
    r"|hit)\b", re.I)  # fmt: skip


_BELOW = re.compile(
    r"\b(?:(?:less|fewer|lower|smaller|shorter) than|below|under|at most|(?:f[ae]ll|drop\w*) (?:to"
    r"|below|under))\b", re.I)  # fmt: skip


_INCLUSIVE = re.compile(r"at least|at most|reach\w*|hit", re.I)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit that values are held against."""

    quantity: Quantity
    above: bool
    inclusive: bool


_ORDINALS: Mapping[str, int] = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1
    )
}


ORDINAL = re.compile(
    r"\b(?:(?P<digits>\d{1,2})(?:st|nd|rd|th)|(?P<word>second|third|fourth|fifth|sixth|seventh"
    r"|eighth|ninth|tenth)|(?:rank\w*|place[ds]?|came|come|position(?:ed)?|be|was)"
    r" (?P<first>first))\b(?! (?:half|quarter|time|century|month|year|largest|biggest|highest"
    r"|lowest))", re.I)  # fmt: skip


def ordinal_in(question: str) -> int | None:
    """The place in a ranking that the question names: 3 for "ranked third"."""
    match = ORDINAL.search(question)
    if match is None:
        return None
    return (
        int(match["digits"]) if match["digits"] else _ORDINALS[(match["word"] or "first").lower()]
    )


_TIMES = frozenset(("year", "month", "quarter", "day", "week", "decade", "half", "time", "period"))


_MOST_WANTED = 50


_SIGN = re.compile(
    r"\b(?:(?P<below>negative|below zero|less than zero)|positive|above zero)\b", re.I
)


def threshold_in(question: str) -> tuple[Threshold | None, list[tuple[int, int]]]:
    """A quantity that values are to lie above or below, with the spans that state it."""
    for mention in quantities.mentions(question):
        if mention.quantity.value is None or _is_no_limit(question, mention):
            continue
        before = question[max(mention.start - 30, 0) : mention.end]
        above, below = _last(_ABOVE, before), _last(_BELOW, before)
        if above is None and below is None:
            continue
        is_above = below is None or (above is not None and above[0] >= below[0])
        at, word = above if is_above and above else below or (0, "")
        inclusive = _INCLUSIVE.fullmatch(word) is not None
        start = max(mention.start - 30, 0) + at
        return Threshold(mention.quantity, is_above, inclusive), [(start, _end(question, mention))]
    sign = _SIGN.search(question)
    if sign is not None:
        zero = Quantity(Decimal(0), Unit(""))
        return Threshold(zero, above=sign["below"] is None, inclusive=False), [sign.span()]
    return None, []


def _end(question: str, mention: quantities.Mention) -> int:
    """Where a limit ends; what it counts ("30 firms") is a word of the question like others."""
    unit = mention.quantity.unit
    at = question.find(unit.printed, mention.start, mention.end) if unit.printed else -1
    return at if at > mention.start and unit_words(unit.printed).kind not in KNOWN else mention.end


def _is_no_limit(question: str, mention: quantities.Mention) -> bool:
    """Whether a quantity is a time ("over five years") or how many are wanted ("top three")."""
    base = mention.quantity.unit.base
    if base.rpartition(" ")[2] in _TIMES and " per " not in base:
        return True
    few = mention.quantity.value is not None and mention.quantity.value <= _MOST_WANTED
    return few and re.search(r"\btop\s$", question[: mention.start], re.I) is not None


def _last(pattern: re.Pattern[str], text: str) -> tuple[int, str] | None:
    found = [(match.start(), match[0]) for match in pattern.finditer(text)]
    return found[-1] if found else None


_NTH = re.compile(
    r"\b(?:(?P<digits>\d{1,2})(?:st|nd|rd|th)|(?P<word>second|third|fourth|fifth))[- ]"
    r"(?:largest|biggest|highest|lowest|smallest|most|least|best|worst|longest|fastest)",
    re.IGNORECASE,
)


def nth_in(question: str) -> int | None:
    """Which one of an order is asked for: 2 for "the second largest"."""
    match = _NTH.search(question)
    if match is None:
        return None
    return int(match["digits"]) if match["digits"] else _ORDINALS[match["word"].lower()]


def nth_words(question: str) -> list[tuple[int, int]]:
    """Where the words stand that say which one of an order is asked for."""
    return [
        match.span("digits" if match["digits"] else "word") for match in _NTH.finditer(question)
    ]
