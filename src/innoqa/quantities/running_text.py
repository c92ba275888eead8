"""Quantities that running text names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from innoqa.domain import Unit
from innoqa.quantities import qualifiers
from innoqa.quantities.nouns import singular
from innoqa.quantities.numerals import NUMERAL, number
from innoqa.quantities.quantity import Quantity
from innoqa.quantities.signs import unified
from innoqa.quantities.units import CURRENCY_SIGN, SCALES, read_unit, unit_words


@dataclass(frozen=True, slots=True)
class Mention:
    """A quantity named in a text: ``text[start:end]`` is the number with qualifier and unit."""

    start: int
    end: int
    quantity: Quantity


_UNITS_IN_WORDS = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {
    **{word: n for n, word in enumerate([*_UNITS_IN_WORDS, *_TEENS], start=1)},
    **{word: n for n, word in zip(range(20, 100, 10), _TENS, strict=True)},
}
_SMALL_WORD = (
    rf"(?:(?:{'|'.join(_TENS)})(?:-(?:{'|'.join(_UNITS_IN_WORDS)}))?"
    rf"|{'|'.join(_TEENS)}|{'|'.join(_UNITS_IN_WORDS)})"
)
_IN_WORDS = rf"{_SMALL_WORD}(?:\s+hundred(?:\s+and\s+{_SMALL_WORD})?)?"
_TEXT_NUMERAL = NUMERAL.replace("['\\u00a0 ]", "['\\u00a0]").replace("['\u00a0 ]", "['\u00a0]")
_SCALE = "|".join(sorted((w for w in SCALES if w.isalpha()), key=len, reverse=True))
_NUMBER_PATTERN = (
    rf"(?P<money>{CURRENCY_SIGN})?\s?(?P<sign>-)?"
    rf"(?P<digits>{_TEXT_NUMERAL})(?![A-Za-z]*[0-9_/:])"
    rf"|\b(?P<words>{_IN_WORDS})\b(?!-)"
)
_NUMBER = re.compile(rf"(?<![A-Za-z0-9_#.,/:'-])(?:{_NUMBER_PATTERN})", re.IGNORECASE)
_NUMBER_HERE = re.compile(_NUMBER_PATTERN, re.IGNORECASE)
_TO = re.compile(r"\s?(?:–|-)\s?|\s+to\s+|\s+and\s+")
_BETWEEN = re.compile(r"\bbetween\s+$", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\s+$", re.IGNORECASE)
_UNIT_AHEAD = re.compile(
    rf"\s?-?(?:%|‰|percentage[ -]points?|per[ ]cent\b|percent\b|pp\b|(?:(?:{_SCALE})\b|m\b|[万亿]+)?"
    rf"(?:\s*(?:{CURRENCY_SIGN}|[A-Za-z$€£¥元²]+(?:[ ](?:dollars?|kilometres?|kilometers?|metres?"
    r"|meters?|km|yuan))?))?)",
    re.IGNORECASE,
)
_NOUNS = re.compile(r"\s(?P<words>(?:[A-Za-z&][\w&'-]*\s){0,2}[A-Za-z][\w'-]*)")
_NO_NOUN = frozenset(
    "is was has as this its his us does less plus versus vs times years months days weeks of in on"
    " at to from by for with and or the a an that which who were are be been had have will would"
    " than but not per while when where".split()
)
_NUMBER_SCALE = re.compile(r"1(?:,?000)+\b|100?\b|100[ ]million|10,000")
_DURATIONS = frozenset("times years months days weeks hours minutes".split())


def mentions(text: str) -> tuple[Mention, ...]:
    """The quantities named in running text, in order; years, dates and ordinals are none.

    >>> [(m.quantity.value, m.quantity.unit.base) for m in mentions("over 500 billion yuan, 6 %")]
    [(Decimal('500'), 'yuan'), (Decimal('6'), 'percent')]
    """
    return tuple(_found(unified(text)))


def _found(text: str) -> Iterator[Mention]:
    place = 0
    while match := _NUMBER.search(text, place):
        mention = _ranged(text, match) or _one(text, match)
        place = mention.end if mention else match.end()
        if mention:
            yield mention


def _one(text: str, match: re.Match[str]) -> Mention | None:
    unit, end = _unit_after(text, match)
    start, qualifier = _qualifier_before(text, match.start())
    if _is_no_quantity(text, match, unit, qualifier):
        return None
    tail = re.compile(r"\+|\s+or (?:more|less|fewer|above)\b").match(text, end)
    if tail:
        end, qualifier = tail.end(), qualifier or qualifiers.status(tail[0])
    return Mention(start, end, Quantity(_value(match), unit, qualifier))


def _ranged(text: str, match: re.Match[str]) -> Mention | None:
    own, place = _unit_after(text, match)
    if own.printed and unit_words(own.printed).kind == "count":
        own, place = Unit(""), match.end()
    link = _TO.match(text, place)
    high = _NUMBER_HERE.match(text, link.end()) if link else None
    if link is None or high is None or _FROM.search(text, 0, match.start()):
        return None
    between = _BETWEEN.search(text, 0, match.start())
    if (link[0].strip() == "and") != bool(between):
        return None
    low_value, high_value = _value(match), _value(high)
    unit, end = _unit_after(text, high)
    unit = unit if unit.printed else own
    if low_value >= high_value or _bare_years(match, high, unit):
        return None
    start, qualifier = _qualifier_before(text, between.start() if between else match.start())
    return Mention(start, end, Quantity(low_value, unit, qualifier, high_value))


def _bare_years(low: re.Match[str], high: re.Match[str], unit: Unit) -> bool:
    return not unit.printed and all(
        re.fullmatch(r"(?:1[5-9]|20)[0-9]{2}", match["digits"] or "") for match in (low, high)
    )


def _value(match: re.Match[str]) -> Decimal:
    if match["digits"]:
        value = number(match["digits"])
        return value.copy_negate() if match["sign"] else value
    total = Decimal(0)
    for word in re.split(r"[\s-]+", match["words"].lower()):
        total = total * 100 if word == "hundred" else total + _SMALL.get(word, 0)
    return total


def _unit_after(text: str, match: re.Match[str]) -> tuple[Unit, int]:
    """The unit that follows, and where it ends."""
    money = match["money"] or ""
    ahead = _UNIT_AHEAD.match(text, match.end())
    for end in sorted({m for m in _ends(text, match.end(), ahead)}, reverse=True):
        words = text[match.end() : end].strip(" -\u00a0")
        if re.match(r"[-–]?\s?[0-9]+(?:[.,][0-9]+)?(?!00)", words) and not _NUMBER_SCALE.match(
            words
        ):
            continue
        parts = unit_words(f"{money} {words}".strip())
        if parts.kind in ("money", "share", "measure") and words:
            return read_unit(f"{money} {words}".strip()), end
        if parts.kind == "none" and parts.multiple != 1:
            return _with_noun(text, end, f"{money} {words}".strip())
    if money:
        return read_unit(money), match.end()
    return _with_noun(text, match.end(), "")


def _ends(text: str, start: int, ahead: re.Match[str] | None) -> Iterator[int]:
    if ahead is None:
        return
    words = re.compile(r"\s?-?(?:[^\s.,;:!?()]+)")
    place = start
    for _ in range(4):
        word = words.match(text, place)
        if word is None:
            return
        place = word.end()
        yield place


def _with_noun(text: str, place: int, scale: str) -> tuple[Unit, int]:
    """The counted noun that follows: up to three words that end in a plural."""
    end = place
    words: list[str] = []
    for match in re.compile(r"[ \u00a0]([A-Za-z][\w&'-]*)").finditer(text, place):
        if match.start() != end or match[1].lower() in _NO_NOUN - _DURATIONS or len(words) == 3:
            break
        words.append(match[1])
        end = match.end()
        if _is_plural(match[1]):
            return read_unit(f"{scale} {' '.join(words)}".strip()), end
    return read_unit(scale), place


def _is_plural(word: str) -> bool:
    return word.islower() and singular(word) != word


def _qualifier_before(text: str, start: int) -> tuple[int, str]:
    """Where a qualifier right before this place begins, and what it means."""
    for words in (4, 3, 2, 1):
        lead = re.compile(rf"(?:\S+\s+){{{words - 1}}}\S+\s*$").search(
            text, max(0, start - 40), start
        )
        if lead and (match := qualifiers.BEFORE.fullmatch(text, lead.start(), start)):
            return lead.start(), qualifiers.meaning(match)
    sign = re.compile(r"[<>~≥≤]\s?$").search(text, max(0, start - 2), start)
    match = qualifiers.BEFORE.fullmatch(text, sign.start(), start) if sign else None
    return (sign.start(), qualifiers.meaning(match)) if sign and match else (start, "")


def _is_no_quantity(text: str, match: re.Match[str], unit: Unit, qualifier: str) -> bool:
    """Years, parts of dates, ordinals, and "one" that counts nothing."""
    if match["words"]:
        return match["words"].lower() == "one" and not unit.printed
    digits = match["digits"]
    if re.match(r"(?:st|nd|rd|th|s)\b|[-–:/][0-9]", text[match.end() :]):
        return True
    month = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
    if len(digits) <= 2 and (
        re.match(rf"\s{month}\b", text[match.end() :], re.IGNORECASE)
        or re.search(rf"\b{month}\s$", text[: match.start()], re.IGNORECASE)
    ):
        return True
    if text[match.end() : match.end() + 1].isalpha() and not unit.printed:
        return True
    is_year = bool(re.fullmatch(r"1[5-9][0-9]{2}|20[0-9]{2}|2100", digits)) and not match["money"]
    if not is_year:
        return False
    if unit.printed and unit_words(unit.printed).kind != "count":
        return False
    return not qualifier and not (unit.printed and digits.endswith("00"))
