"""Running text -> the quantities that it names."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from innoqa.domain import Unit
from innoqa.quantities import qualifiers
from innoqa.quantities.nouns import singular
from innoqa.quantities.numerals import SPACED_NUMERAL, number
from innoqa.quantities.quantity import Quantity
from innoqa.quantities.ranges import lower_end
from innoqa.quantities.signs import unified
from innoqa.quantities.units import KNOWN, read_unit, unit_words
from innoqa.quantities.vocabulary import CURRENCY_SIGN


@dataclass(frozen=True, slots=True)
class Mention:
    """A quantity named in a text: ``text[start:end]`` is the number with qualifier and unit."""

    start: int
    end: int
    quantity: Quantity


_ONES = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_IN_WORDS: Mapping[str, int] = {
    **{word: value for value, word in enumerate((*_ONES, *_TEENS), start=1)},
    **{word: value for value, word in zip(range(20, 100, 10), _TENS, strict=True)},
    "a": 1,
    "an": 1,
}
_SMALL = (
    rf"(?:(?:{'|'.join(_TENS)})(?:-(?:{'|'.join(_ONES)}))?|{'|'.join(_TEENS)}|{'|'.join(_ONES)})"
)
_LARGE = "hundred|thousand|million|billion|trillion"
_NUMBER = (
    rf"(?:(?P<money>{CURRENCY_SIGN})[ \u00a0]?)?(?P<sign>-)?(?P<digits>{SPACED_NUMERAL})"
    rf"|(?<![\w-])(?P<words>{_SMALL}(?:\s+hundred(?:\s+and\s+{_SMALL})?)?|an?(?=\s+(?:{_LARGE})\b))"
    r"(?![\w-]|\s+(?:thirds|quarters|fifths|sixths|eighths|tenths)\b)"
)
_ANY_NUMBER = re.compile(rf"(?<![\w#.,/:'°=&%-])(?<!\bper )(?:{_NUMBER})", re.IGNORECASE)
_NUMBER_HERE = re.compile(_NUMBER, re.IGNORECASE)
_LINK = re.compile(r"[ \u00a0]?[-–][ \u00a0]?|\s+(?:to|and)\s+", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s+\Z", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\s+\Z", re.IGNORECASE)
_NEXT_WORD = re.compile(r"[ \u00a0]?[-–]?(?:[^\W_]|[%‰$€£¥°²³]|[&'./-](?=\w))+")
_NOUN = re.compile(r"[ \u00a0]([^\W\d_](?:[\w&'-]*\w)?)")
_PER = re.compile(
    r"[ \u00a0]per[ \u00a0](?:(?:[0-9][0-9,]*|(?:(?:ten|hundred)[ -])?thousand|million)"
    r"(?:[ \u00a0](?:[a-z]+s|people))?|[a-z]+)"
)
_RATE = re.compile(r"([^/]+?)(?:/|[ \u00a0]per[ \u00a0])[^\W\d]+[²2]?")
_OR_MORE = re.compile(r"\+|\s+or\s+(?:more|less|fewer|above|below|higher|lower)\b")
_NO_NOUN = frozenset(
    "is was has as this its his us does less plus versus vs of in on at to from by for with and or"
    " the a an that which who were are be been had have will would than but not per while when"
    " where".split()
)
_NOT_IN_TEXT = frozenset({"l", "g"})  # words of a sentence that are symbols in a cell
_NO_NUMBER_AFTER = re.compile(r"(?:st|nd|rd|th|s)\b|[-–:/][0-9]|[0-9A-Za-z_]|-[A-Za-z]|'[0-9]|°")
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b"
)
_MONTH_AFTER = re.compile(rf"\s+(?:of\s+)?{_MONTH}", re.IGNORECASE)
_MONTH_BEFORE = re.compile(rf"\b{_MONTH}\.?\s+\Z", re.IGNORECASE)
_YEAR = re.compile(r"1[5-9][0-9]{2}|20[0-9]{2}|2100")
_DATES_ITS_NUMBER = re.compile(
    r"\b(?:in|since|of|year|from|until|till|to|by|before|after|during|for|and|through)\s\Z",
    re.IGNORECASE,
)
_WINDOW = 40  # characters before a number in which words bear on it
_OF_A_YEAR = frozenset({"levels", "figures", "values", "results", "prices", "rates", "numbers"})


def mentions(text: str) -> tuple[Mention, ...]:
    """The quantities named in running text, in order, in digits or in words.

    Years, dates, ordinals, scores and numbers within words are none. A number that may be a year
    is a quantity only beside a known unit or "more than", or where it is a round hundred of
    something. "from 5 to 6" are two quantities, "5 to 6" is a range.

    >>> [(str(m.quantity.value), m.quantity.unit.base)
    ...     for m in mentions("over 500 billion yuan in 2018, 6 % of twenty parks")]
    [('500', 'yuan'), ('6', 'percent'), ('20', 'park')]
    """
    return tuple(_mentions(unified(text)))


def _mentions(text: str) -> Iterator[Mention]:
    place = 0
    while match := _ANY_NUMBER.search(text, place):
        mention = _range(text, match) or _single(text, match)
        place = mention.end if mention else match.end()
        if mention:
            yield mention


def _single(text: str, match: re.Match[str]) -> Mention | None:
    plus = text[match.end() : match.end() + 1] == "+"
    unit, end = _unit_after(text, match, match.end() + plus)
    start, qualifier = qualifiers.just_before(text, match.start())
    if _goes_on(text, match, end) or _is_in_date(text, match):
        return None
    if _is_year(text, match, unit) or not (_counts(match) or unit.printed):
        return None
    more = _OR_MORE.match(text, end)
    if plus or more:
        qualifier = qualifiers.both(qualifier, qualifiers.status(more[0] if more else "+"))
    return Mention(start, more.end() if more else end, Quantity(_value(match), unit, qualifier))


def _range(text: str, low: re.Match[str]) -> Mention | None:
    """Two numbers that name a range: "10-20 parks", "between 10 and 20 parks", "5 % to 6 %"."""
    before = _before(text, low.start())
    between = _BETWEEN.search(before)
    start = low.start() - len(between[0]) if between else low.start()
    low_unit, place = _known_unit_after(text, low, low.end())
    link = _LINK.match(text, place)
    high = _NUMBER_HERE.match(text, link.end()) if link else None
    if link is None or high is None or high["sign"] or _FROM.search(before):
        return None
    if (link[0].strip().lower() == "and") != bool(between):
        return None
    unit, end = _unit_after(text, high, high.end())
    ends = lower_end(_value(low), low_unit, unit)
    if ends is None or ends[0] >= _value(high) or _goes_on(text, high, end):
        return None
    if _is_in_date(text, high) or _are_scores_or_years(low, high, link[0], unit):
        return None
    start, qualifier = qualifiers.just_before(text, start)
    return Mention(start, end, Quantity(*ends, qualifier, _value(high)))


def _goes_on(text: str, match: re.Match[str], end: int) -> bool:
    """Whether a number without a unit is part of something longer, or the number of a list item."""
    if end != match.end():
        return False
    starts_line = not text[: match.start()].rpartition("\n")[2].strip()
    is_item = starts_line and re.match(r"[.)]\s", text[end : end + 2])
    return bool(is_item) or _NO_NUMBER_AFTER.match(text, end) is not None


def _counts(match: re.Match[str]) -> bool:
    """Whether a number can stand alone: "one" may be a pronoun."""
    return (match["words"] or "").lower() != "one"


def _are_scores_or_years(low: re.Match[str], high: re.Match[str], link: str, unit: Unit) -> bool:
    digits = [match["digits"] or "" for match in (low, high)]
    if unit_words(unit.printed).kind in KNOWN:
        return False
    if unit.printed:
        return all(map(_YEAR.fullmatch, digits))
    is_score = not link.strip().isalpha() and all(len(each) == 1 for each in digits)
    return is_score or _YEAR.fullmatch(digits[1]) is not None


def _value(match: re.Match[str]) -> Decimal:
    if match["digits"]:
        value = number(match["digits"])
        return value.copy_negate() if match["sign"] else value
    total = 0
    for word in re.split(r"[\s-]+", match["words"].lower()):
        total = total * 100 if word == "hundred" else total + _IN_WORDS.get(word, 0)
    return Decimal(total)


def _unit_after(text: str, match: re.Match[str], place: int) -> tuple[Unit, int]:
    """The unit of a number and where it ends: a known one, else the noun that is counted."""
    unit, end = _known_unit_after(text, match, place)
    if match["money"] or unit_words(unit.printed).kind != "none":
        return unit, end
    at, words = end, 0
    while words < 3 and (noun := _NOUN.match(text, at)) and noun[1].lower() not in _NO_NOUN:
        at, words = noun.end(), words + 1
        if _is_counted(noun[1], match):
            per = _PER.match(text, at)
            at = per.end() if per else at
            return read_unit(text[place:at]), at
    return unit, end


def _is_counted(noun: str, match: re.Match[str]) -> bool:
    """Whether a noun can follow the number: a plural, or any word after "1"."""
    is_plural = singular(noun) != noun
    return noun.islower() and (is_plural or match["digits"] == "1")


def _known_unit_after(text: str, match: re.Match[str], place: int) -> tuple[Unit, int]:
    """The longest known unit or scale of up to five words at a place, with its currency."""
    money = match["money"] or ""
    ends: list[int] = []
    at = place
    while len(ends) < 5 and (word := _NEXT_WORD.match(text, at)):
        at = word.end()
        ends.append(at)
    for end in reversed(ends):
        words = text[place:end].strip(" \u00a0-–")
        parts = unit_words(f"{money} {words}")
        is_unit = parts.kind in KNOWN or (parts.kind == "none" and parts.multiple != 1)
        is_unit = is_unit or _is_known_rate(words)
        if is_unit and not _starts_with_number(words) and not _is_of_the_sentence(words):
            return read_unit(f"{money} {words}".strip()), end
    return read_unit(money), place


def _is_known_rate(words: str) -> bool:
    """Whether words are a rate of money or of a measure: "km/h", "US dollars per person"."""
    per = _RATE.fullmatch(words)
    return per is not None and unit_words(per[1]).kind in ("money", "measure")


def _is_of_the_sentence(words: str) -> bool:
    first = words.lower().split()[0]
    return first in _NO_NOUN or words.lower() in _NOT_IN_TEXT


def _starts_with_number(words: str) -> bool:
    """A number right after a number is the scale of its unit only if it is a power of ten."""
    digits = re.match(r"[0-9][0-9,]*", words)
    return digits is not None and not re.fullmatch("1[0,]+", digits[0])


def _is_in_date(text: str, match: re.Match[str]) -> bool:
    if not (match["digits"] or "").isdigit() or len(match["digits"]) > 2:
        return False
    return bool(
        _MONTH_AFTER.match(text, match.end()) or _MONTH_BEFORE.search(_before(text, match.start()))
    )


def _is_year(text: str, match: re.Match[str], unit: Unit) -> bool:
    """Whether a number of four digits is a year: unless something says that it is an amount."""
    digits = match["digits"] or ""
    is_known = unit_words(unit.printed).kind in KNOWN or unit.scale != 1
    if is_known or match["money"] or not _YEAR.fullmatch(digits):
        return False
    before = _before(text, match.start())
    if qualifiers.IS_AMOUNT.search(before):
        return False
    is_counted = bool(unit.printed) and unit.printed.split()[-1] not in _OF_A_YEAR
    is_round = digits.endswith("00")
    if qualifiers.MAY_BE_AMOUNT.search(before):
        return not (is_round or is_counted)
    return not (is_round and is_counted) or _DATES_ITS_NUMBER.search(before) is not None


def _before(text: str, place: int) -> str:
    return text[max(0, place - _WINDOW) : place]
