"""Words for units -> ``Unit``, and values from one unit into another."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from innoqa.domain import Unit
from innoqa.quantities.nouns import singular
from innoqa.quantities.signs import one_line
from innoqa.quantities.vocabulary import CURRENCIES, MEASURES, SCALES, SHARES

UnitKind = Literal["none", "money", "share", "measure", "rate", "rank", "calendar year", "count"]

KNOWN: Sequence[UnitKind] = ("money", "share", "measure")
"""The kinds of unit that are known by their words and not by their place beside a number."""

_RANKS = frozenset({"rank", "ranking", "position"})
_ONE = Decimal(1)
_WIDE = 60  # digits, enough for the product of any two scales
_SAME_IN_CAPITALS = frozenset({"mm", "in"})  # "MM" is a million, "IN" a word
_BARE = frozenset({"number", "no.", "no", "count", "#", "n"})  # name no thing that is counted
_ACRONYMS = frozenset({"PCT"})  # the Patent Cooperation Treaty; "pct" is percent
_SCALE = "|".join(
    ("(?<![0-9,])" if word[0] == "0" else "")
    + re.escape(word)
    + (r"(?!-?[A-Za-z0-9])" if word.isascii() else "")
    for word in sorted(SCALES, key=len, reverse=True)
)
_EACH_SCALE = re.compile(_SCALE, re.IGNORECASE)
_NUMBER = r"[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]*|ten"
_POWER = r"10{0,2}(?:[, ]?000)+|10{1,2}"
_MULTIPLE = rf"(?P<number>{_NUMBER})?[\s-]*(?P<words>(?:(?:{_SCALE})[\s-]*)+)"
_MULTIPLE_IN_FRONT = re.compile(rf"^(?:[x×*]\s*)?{_MULTIPLE}(?:of\s+|in\s+)?", re.IGNORECASE)
_POWER_IN_FRONT = re.compile(rf"^(?:[x×*]\s*)?(?P<number>{_POWER})(?=\s|$)\s*(?:of\s+)?")
_MULTIPLE_AT_END = re.compile(
    rf"(?:(?<![A-Za-z0-9,])|(?='))(?:in\s+)?(?:[x×*]\s*)?{_MULTIPLE}$", re.IGNORECASE
)
_MONEY_MILLION = re.compile(r"(?P<name>.+?)\s*\bmm?\.?|mm?\.?\s*(?P<after>.+)", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"(?P<outside>.*\S)\s*\((?:in\s+)?(?P<inside>[^()]*)\)")
_SECOND_NAME = re.compile(r"(?<=\w)\s*\(([^()]*)\)")  # "renminbi (RMB)"
_SHARE_OF = re.compile(r"^(?:%|per cent|pct|percentage)\s+of\s+")
_LEAD_IN = re.compile(
    r"^(?:(?:units?(?:\s+of\s+measure)?|[单單]位)\s*[:：=]\s*|in\s+(?=\S))", re.IGNORECASE
)
_PER_WORDS = (
    (re.compile(r"\bhundred[ -]thousand\b"), "100,000"),
    (re.compile(r"\bten[ -]thousand\b"), "10,000"),
    (re.compile(r"\bthousand\b"), "1,000"),
    (re.compile(r"\bmillion\b"), "1,000,000"),
    (re.compile(r"\b(?:capita|head|inhabitant|resident)\b"), "person"),
)
_OF_PEOPLE = re.compile(
    r"(?<=000)\s+(?:of (?:the )?)?(?:people|persons|residents|inhabitants|population)$"
)
_PER = re.compile(r"\s+(?:per|a|an)\s+|\s*/\s*")


class UnitMismatch(ValueError):
    """A value cannot be converted: the two units measure different things."""


@dataclass(frozen=True, slots=True)
class UnitWords:
    """The parts of a printed unit.

    ``multiple`` is what its scale words come to ("100 million"), ``name`` what is left ("yuan"),
    ``base_scale`` how many of ``base`` one of that name is (1,000 kilograms in a tonne).
    """

    kind: UnitKind
    multiple: Decimal
    name: str
    base: str
    base_scale: Decimal = _ONE


def read_unit(words: str) -> Unit:
    """The unit that words name; unknown words are a thing that is counted, with scale 1.

    Currencies, shares, areas, lengths, masses, volumes and energy have one base each, counted
    things their name in lower case and in the singular; "number" names nothing. Never raises.

    >>> read_unit("100 million yuan")
    Unit(printed='100 million yuan', base='yuan', scale=Decimal('100000000'))
    """
    parts = unit_words(words)
    if parts.base in _BARE:
        return Unit(" ".join(words.split()))
    scale = Context(prec=_WIDE).multiply(parts.multiple, parts.base_scale)
    return Unit(" ".join(words.split()), parts.base, scale)


@lru_cache(maxsize=4096)
def unit_words(words: str) -> UnitWords:
    """The parts of a printed unit."""
    text = _bare(words)
    per = _PER.search(text)
    if per and per.start() and per.end() < len(text):
        return _rate(text[: per.start()], text[per.start() :])
    multiple, name = _multiple(text)
    if known := _known(name):
        kind, base, scale = known
        return UnitWords(kind, multiple, name, base, scale)
    base = _SHARE_OF.sub("percent of ", singular(name.lower()))
    return UnitWords("count" if name else "none", multiple, name, base)


def comparable(one: Unit, other: Unit) -> bool:
    """Whether values in the two units may be compared, added and converted."""
    return singular(_base(one)) == singular(_base(other))


def converted(value: Decimal, unit: Unit, to: Unit) -> Decimal:
    """The value in another unit of the same base, exact wherever its decimals have an end.

    Raises UnitMismatch where the units are not comparable.
    """
    if not comparable(unit, to):
        raise UnitMismatch(f"{_named(unit)} cannot be converted to {_named(to)}")
    if unit.scale == to.scale:
        return value
    return decimal_of(Fraction(value) * exact(unit.scale) / exact(to.scale))


def exact(scale: Decimal) -> Fraction:
    """The scale as a fraction; a third, which no Decimal holds, is told by its many digits."""
    as_printed = Fraction(scale)
    near = as_printed.limit_denominator(1000)
    return near if abs(as_printed - near) * 10**24 < as_printed else as_printed


def decimal_of(number: Fraction) -> Decimal:
    """The fraction in decimals: exact if they have an end, else to 28 significant digits."""
    numerator, denominator = Decimal(number.numerator), Decimal(number.denominator)
    context = Context(prec=1000)
    value = context.divide(numerator, denominator)
    if context.flags[Inexact]:
        return Context(prec=28).divide(numerator, denominator)
    return Decimal(f"{value:f}")


def _base(unit: Unit) -> str:
    return unit.base or unit_words(unit.printed).base


def _named(unit: Unit) -> str:
    return f"{unit.printed or unit.base!r}" if unit.printed or unit.base else "no unit"


def _bare(words: str) -> str:
    """One line without outer brackets and lead-ins: "(In millions)" -> "millions"."""
    text = one_line(words)
    while text.startswith("(") and text.endswith(")") and text.count("(") == 1:
        text = text[1:-1].strip()
    return _LEAD_IN.sub("", text).strip(" :;,").rstrip(".")


def _multiple(text: str) -> tuple[Decimal, str]:
    """What the scale words come to, and the words without them."""
    factor, text = _out_of_brackets(text)
    for pattern in (_MULTIPLE_IN_FRONT, _POWER_IN_FRONT, _MULTIPLE_AT_END):
        match = pattern.search(text)
        if match and not _known(text):
            factor *= _product(match)
            text = f"{text[: match.start()]} {text[match.end() :]}".strip(" ,;:-")
    match = _MONEY_MILLION.fullmatch(text)
    if match and not _known(text):
        name = match["name"] or match["after"]
        if name.strip().lower() in CURRENCIES:
            return factor * 1_000_000, name.strip()
    return factor, text


def _out_of_brackets(text: str) -> tuple[Decimal, str]:
    """The text without a scale or a second name in brackets: "yuan (100 million)"."""
    text = _SECOND_NAME.sub(lambda name: "" if name[1].lower() in CURRENCIES else name[0], text)
    match = _IN_BRACKETS.fullmatch(text)
    if match is None:
        return _ONE, text
    inside = match["inside"].strip()
    for pattern in (_MULTIPLE_IN_FRONT, _POWER_IN_FRONT):
        scale = pattern.fullmatch(inside)
        if scale:
            return _product(scale), match["outside"]
    return _ONE, text


def _product(match: re.Match[str]) -> Decimal:
    """What a number and the scale words after it come to."""
    number = (match["number"] or "1").lower()
    factor = Decimal(10 if number == "ten" else re.sub("[, ]", "", number))
    for word in _EACH_SCALE.findall(match.groupdict().get("words") or ""):
        factor *= SCALES[word.lower()]
    return factor


def _known(name: str) -> tuple[UnitKind, str, Decimal] | None:
    """The kind, base and scale of a name that is in the vocabulary."""
    lowered = name.lower()
    if lowered in CURRENCIES:
        return "money", CURRENCIES[lowered], _ONE
    if lowered in SHARES and name not in _ACRONYMS:
        return "share", *SHARES[lowered]
    folds = len(name) > 1 and lowered not in _SAME_IN_CAPITALS
    if measure := MEASURES.get(name) or (MEASURES.get(lowered) if folds else None):
        return "measure", *measure
    if lowered in _RANKS:
        return "rank", "rank", _ONE
    return ("calendar year", "year", _ONE) if lowered == "year" else None


def _rate(counted: str, per: str) -> UnitWords:
    """A rate of money has the base and scale of its currency, any other is its whole words."""
    multiple, name = _multiple(counted)
    known = _known(name)
    base = known[1] if known and known[0] == "money" else name.lower()
    return UnitWords("rate", multiple, f"{name}{per}", base + _same_per(per.lower()))


def _same_per(per: str) -> str:
    """One wording for what a rate is relative to: "per ten thousand people" is "per 10,000"."""
    for words, digits in _PER_WORDS:
        per = words.sub(digits, per)
    return _OF_PEOPLE.sub("", per)
