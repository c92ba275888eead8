"""The numbers and dates that a question names, and the comparisons that they stand in."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeVar

from innoqa.row_questions.cells import Day, day_mentions, number_mentions
from innoqa.row_questions.words import NUMBER_WORDS, ORDINAL_WORDS, Token

Sign = Literal["=", ">", ">=", "<", "<=", "between"]

_BETWEEN = re.compile(r"(?:between|from)\s+(?:the )?(?:years? )?$")
_JOINED = re.compile(r"\s*(?:and|to|through|until|-|thru)\s*(?:the )?(?:year )?")
_COMPARISONS: tuple[tuple[Sign, str], ...] = (
    (
        ">=",
        r"(?:at least|no (?:less|fewer) than|not (?:less|fewer|lower) than|not (?:below|under)"
        r"|minimum of|from)\s+{n}"
        r"|{n}(?:\s+\w+)?\s+(?:or|and) (?:more|above|higher|over|greater|better|up|longer|later)\b",
    ),
    (
        "<=",
        r"(?:at most|no more than|not more than|up to|not (?:higher|greater|over) than"
        r"|not (?:above|over|beyond)|maximum of)\s+{n}"
        r"|{n}(?:\s+\w+)?\s+(?:or|and) (?:less|fewer|lower|below|under|smaller|earlier|shorter)\b",
    ),
    (
        ">",
        r"(?:more|greater|higher|larger|bigger|longer|older|taller|heavier|better|faster|farther)"
        r"\s+(?:\w+\s+)?than\s+{n}|(?:over|above|exceed\w*|surpass\w*|beyond|past)\s+{n}",
    ),
    (
        "<",
        r"(?:less|fewer|lower|smaller|shorter|younger|lighter|slower|worse|then|closer|nearer)"
        r"\s+(?:\w+\s+)?the?[ao]?n\s+{n}|(?:under|below|beneath|short of)\s+{n}",
    ),
    (">", r"(?:after|since|later than|following)\s+(?:the\s+)?(?:year\s+)?{n}"),
    ("<", r"(?:before|prior to|until|earlier than|sooner than)\s+(?:the\s+)?(?:year\s+)?{n}"),
)


@dataclass(frozen=True, slots=True)
class NumberMention:
    """A number, or a span of two, with the comparison that it stands in."""

    tokens: int
    sign: Sign
    value: Decimal
    upper: Decimal | None
    explicit: bool


@dataclass(frozen=True, slots=True)
class DayMention:
    """A date, or a span of two, with the comparison that it stands in."""

    tokens: int
    sign: Sign
    day: Day
    upper: Day | None
    decade: bool = False


def bits_between(words: Iterable[Token], start: int, end: int) -> int:
    """The words that lie in a span of the text, as bits."""
    return sum(1 << at for at, word in enumerate(words) if word.start < end and start < word.end)


def numbers(line: str, words: tuple[Token, ...]) -> tuple[NumberMention, ...]:
    """The numbers of a folded question, in digits or words, in reading order."""
    found: list[NumberMention] = []
    spans = [*number_mentions(line), *_in_words(words)]
    for (start, end, value), following in _with_next(sorted(spans)):
        if following is not None:
            bits = bits_between(words, start, following[1])
            if _is_span(line, start, end, following[0]):
                found.append(NumberMention(bits, "between", value, following[2], True))
            elif line[end : following[0]].strip() in ("-", "to") and value < following[2]:
                found.append(NumberMention(bits, "between", value, following[2], False))
        sign, first, last = _comparison(line, start, end)
        explicit = (first, last) != (start, end)
        bits = bits_between(words, first, last)
        found.append(NumberMention(bits, sign, value, None, explicit))
    return tuple(found)


def _in_words(words: Iterable[Token]) -> Iterator[tuple[int, int, Decimal]]:
    for token in words:
        number = NUMBER_WORDS.get(token.word, ORDINAL_WORDS.get(token.word))
        if number is not None:
            yield token.start, token.end, Decimal(number)


Item = TypeVar("Item")


def _with_next(items: Sequence[Item]) -> Iterator[tuple[Item, Item | None]]:
    return zip(items, [*items[1:], None], strict=False)


def _is_span(line: str, start: int, end: int, following: int) -> bool:
    """Whether "between" or "from" stands before a thing and "and" or "to" before the next."""
    joined = _JOINED.fullmatch(line[end:following])
    return joined is not None and _BETWEEN.search(line[:start]) is not None


def _comparison(line: str, start: int, end: int) -> tuple[Sign, int, int]:
    """How the thing at a place is compared, and the place with the comparing words."""
    here = r"(?:[#$€£]\s?)?" + re.escape(line[start:end].strip()) + r"(?![\d.]*\d)(?:[a-z]{1,3}\b)?"
    for sign, pattern in _COMPARISONS:
        for match in re.finditer(pattern.replace("{n}", here), line):
            if match.start() <= start and match.end() >= end - 1:
                return sign, match.start(), match.end()
    return "=", start, end


def days(line: str, words: tuple[Token, ...]) -> tuple[DayMention, ...]:
    """The dates, months, years and decades of a folded question, in reading order."""
    found: list[DayMention] = []
    for (start, end, day), following in _with_next(day_mentions(line)):
        if following is not None and _is_span(line, start, end, following[0]):
            bits = bits_between(words, start, following[1])
            found.append(DayMention(bits, "between", day, following[2]))
        decade = re.match(r"'?s\b", line[end:]) is not None and day.year is not None
        sign, first, last = _comparison(line, start, end)
        bits = bits_between(words, first, last + decade)
        found.append(DayMention(bits, sign, day, None, decade))
    return tuple(found)
