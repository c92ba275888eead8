"""Words for units -> ``Unit``: scale words, currencies, measures, shares and counted things."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from math import prod
from typing import Literal

from innoqa.domain import Unit
from innoqa.quantities.nouns import singular
from innoqa.quantities.signs import plain

UnitKind = Literal["none", "money", "share", "measure", "rate", "rank", "calendar year", "count"]


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
    base_scale: Decimal = Decimal(1)


SCALES: Mapping[str, Decimal] = {
    word: Decimal(10) ** power
    for power, words in (
        (2, "hundred hundreds"),
        (3, "thousand thousands k '000 000s '000s 千"),
        (4, "wan 万 萬 ten-thousand"),
        (5, "lakh lakhs"),
        (6, "million millions mn mln mio mil 百万"),
        (7, "crore crores 千万"),
        (8, "yi 亿 億"),
        (9, "billion billions bn bln bil"),
        (12, "trillion trillions tn trn tln 万亿"),
    )
    for word in words.split()
}
"""Scale words (lower case) and the power of ten that each stands for."""

_MONEY: tuple[tuple[str, str], ...] = (
    ("yuan", "rmb|cny|renminbi|cn¥|元|人民币|人民币元|yuan rmb|rmb yuan|yuan renminbi|renminbi yuan"),
    ("US dollar", "$|us$|u.s.$|usd|us dollar|us dollars|u.s. dollar|u.s. dollars|dollar|dollars"
                  "|american dollars|美元|$us|usd$"),
    ("euro", "€|eur|euros"),
    ("pound", "£|gbp|pounds|pound sterling|pounds sterling|british pounds|sterling|uk£"),
    ("yen", "jpy|jp¥|japanese yen|円|日元"),
    ("¥", "¥"),  # yuan or yen: the sign does not tell
    ("Hong Kong dollar", "hk$|hkd|hong kong dollars|hk dollar|hk dollars|港元"),
    ("New Taiwan dollar", "nt$|twd|ntd|new taiwan dollars"),
    ("Australian dollar", "a$|au$|aud|australian dollars"),
    ("Canadian dollar", "c$|ca$|cad|canadian dollars"),
    ("Singapore dollar", "s$|sgd|singapore dollars"),
    ("New Zealand dollar", "nz$|nzd|new zealand dollars"),
    ("Indian rupee", "₹|inr|rs|rs.|indian rupees|rupee|rupees"),
    ("won", "₩|krw|korean won|south korean won"),
    ("Swiss franc", "chf|swiss francs"),
    ("rouble", "₽|rub|rur|roubles|ruble|rubles"),
    ("real", "r$|brl|reais|brazilian reais"),
    ("rand", "zar|south african rand"),
    ("Swedish krona", "sek|swedish kronor"),
    ("Norwegian krone", "nok|norwegian kroner"),
    ("Danish krone", "dkk|danish kroner"),
    ("zloty", "pln|złoty"),
    ("baht", "thb|thai baht"),
    ("ringgit", "myr|rm|malaysian ringgit"),
    ("shekel", "ils|nis|shekels"),
)  # fmt: skip
MONEY: Mapping[str, str] = {
    name: base for base, names in _MONEY for name in (base.lower(), *names.split("|"))
}
"""Currency names, codes and signs (lower case) -> the base name of the currency."""

CURRENCY_SIGN = (
    r"(?:(?<![A-Za-z])(?:U\.S\.|US|HK|NT|AU|CA|NZ|UK|CN|JP|[ACSR])[ ]?(?=[$¥£]))?[$€£¥₹₩₽](?:US)?"
    r"|(?<![A-Za-z])(?:RMB|CNY|USD|EUR|GBP|JPY|HKD|TWD|AUD|CAD|SGD|NZD|INR|Rs\.?|KRW|CHF|BRL|SEK"
    r"|NOK|DKK|PLN|RM)(?![A-Za-z])"
)
"""A pattern of the currency signs and codes that stand before a number."""

_SHARES: Mapping[str, tuple[str, str]] = {
    name: (base, scale)
    for base, scale, names in (
        ("percent", "1", "%|percent|per cent|pct|pc|percentage|percentages|per-cent"),
        ("percent", "0.1", "‰|per mille|per mil|permille|permil|promille"),
        ("percentage point", "1", "percentage point|percentage points|percent point|percent points"
         "|pp|pps|ppt|ppts|p.p.|pp.|% points|%-points|% pts|%pt|% point|pct pt|pct pts"
         "|per cent points|%pts|percentage pts|个百分点"),
        ("percentage point", "0.01", "basis point|basis points|bp|bps"),
    )
    for name in names.split("|")
}  # fmt: skip

_MEASURES: Mapping[str, tuple[str, str]] = {
    name: (base, scale)
    for base, scale, names in (
        ("square metre", "1", "m2|m²|㎡|sq m|sq. m|sqm|m^2|square metre|square metres|square meter"
         "|square meters|平方米"),
        ("square metre", "1E+6", "km2|km²|㎢|sq km|sq. km|sqkm|km^2|square kilometre|平方公里"
         "|square kilometres|square kilometer|square kilometers|平方千米"),
        ("square metre", "1E+4", "ha|hectare|hectares|公顷"),
        ("square metre", "2000/3", "mu|亩"),
        ("square metre", "4046.8564224", "acre|acres"),
        ("square metre", "0.09290304", "sq ft|sqft|square foot|square feet|ft2|ft²"),
        ("square metre", "2589988.110336", "sq mi|square mile|square miles|mi2|mi²"),
        ("metre", "1", "m|metre|metres|meter|meters|米"),
        ("metre", "1000", "km|kms|kilometre|kilometres|kilometer|kilometers|公里|千米"),
        ("metre", "0.01", "cm|centimetre|centimetres|centimeter|centimeters"),
        ("metre", "0.001", "mm|millimetre|millimetres|millimeter|millimeters"),
        ("metre", "1609.344", "mi|mile|miles"),
        ("metre", "0.3048", "ft|foot|feet"),
        ("metre", "0.0254", "in|inch|inches"),
        ("metre", "0.9144", "yd|yard|yards"),
        ("kilogram", "1", "kg|kgs|kilogram|kilograms|kilogramme|kilogrammes|公斤"),
        ("kilogram", "1000", "t|tonne|tonnes|metric ton|metric tons|metric tonnes|吨"),
        ("kilogram", "0.001", "g|gram|grams|gramme|grammes"),
        ("kilogram", "0.000001", "mg|milligram|milligrams"),
        ("kilogram", "1E+6", "kt|kilotonne|kilotonnes"),
        ("kilogram", "1E+9", "Mt|megatonne|megatonnes"),
        ("kilogram", "0.45359237", "lb|lbs"),
        ("cubic metre", "1", "m3|m³|cu m|cubic metre|cubic metres|cubic meter|cubic meters|立方米"),
        ("cubic metre", "0.001", "l|L|litre|litres|liter|liters"),
        ("watt", "1", "W|watt|watts"),
        ("watt", "1E+3", "kW|kilowatt|kilowatts"),
        ("watt", "1E+6", "MW|megawatt|megawatts"),
        ("watt", "1E+9", "GW|gigawatt|gigawatts"),
        ("watt-hour", "1E+3", "kWh|kilowatt-hour|kilowatt-hours|kilowatt hours"),
        ("watt-hour", "1E+6", "MWh|megawatt-hour|megawatt-hours|megawatt hours"),
        ("watt-hour", "1E+9", "GWh|gigawatt-hour|gigawatt-hours|gigawatt hours"),
        ("watt-hour", "1E+12", "TWh|terawatt-hour|terawatt-hours|terawatt hours"),
    )
    for name in names.split("|")
}  # fmt: skip

_RANKS = frozenset({"rank", "ranking", "position"})
_CALENDAR_YEARS = frozenset({"year", "calendar year"})
_FILLERS = re.compile(r"^(?:units?\s*[:=]\s*|unit of measure\s*:\s*|in\s+(?=\S))", re.IGNORECASE)
_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+"
_SCALE_WORDS = "|".join(
    re.escape(word) + (r"(?![A-Za-z-])" if word[-1].isascii() else "")
    for word in sorted(SCALES, key=len, reverse=True)
)
_MULTIPLE_AHEAD = re.compile(
    rf"(?:[x×*]\s*)?(?P<number>{_NUMBER}|ten(?=[\s-]))?[\s-]*(?P<words>(?:(?:{_SCALE_WORDS})[\s-]*)+)"
    r"(?:of\s+|in\s+)?",
    re.IGNORECASE,
)
_POWER_AHEAD = re.compile(r"(?:[x×*]\s*)?(?P<number>10{0,2}(?:[, ]?000)*)(?<!^1)(?=\s|$)")
_SCALE_BEHIND = re.compile(
    rf"(?:(?<![A-Za-z])|(?='))(?:in\s+)?(?:[x×*]\s*)?(?P<number>{_NUMBER}|ten)?[\s-]*"
    rf"(?P<words>(?:(?:{_SCALE_WORDS})[\s-]*)+)$",
    re.IGNORECASE,
)
_EACH_SCALE = re.compile(_SCALE_WORDS, re.IGNORECASE)
_PER = re.compile(r"\s+(?:per|a|an|each)\s+|\s*/\s*|(?<=.)/(?=.)")


def read_unit(words: str) -> Unit:
    """The unit that words name; unknown words are a thing that is counted or measured, scale 1.

    >>> read_unit("100 million yuan")
    Unit(printed='100 million yuan', base='yuan', scale=Decimal('100000000'))
    """
    parts = unit_words(words)
    return Unit(" ".join(words.split()), parts.base, _times(parts.multiple, parts.base_scale))


@lru_cache(maxsize=4096)
def unit_words(words: str) -> UnitWords:
    """The parts of a printed unit."""
    text = _bare(words)
    multiple, name = _multiple(text)
    known = _known(name)
    if known is None and _is_rate(name):
        return _rate(multiple, name)
    if known is None:
        kind: UnitKind = "count" if name else "none"
        return UnitWords(kind, multiple, name, _counted(name))
    kind, base, scale = known
    return UnitWords(kind, multiple, name, base, scale)


def comparable(one: Unit, other: Unit) -> bool:
    """Whether values in the two units may be compared, added and converted."""
    return _base(one) == _base(other)


def converted(value: Decimal, unit: Unit, to: Unit) -> Decimal:
    """The value in another unit of the same base, exact wherever its decimals have an end.

    Raises UnitMismatch where the units are not comparable.
    """
    if not comparable(unit, to):
        raise UnitMismatch(f"{unit.printed or 'no unit'!r} cannot be put in {to.printed!r}")
    factor = _exact(unit.scale) / _exact(to.scale)
    if factor == 1:
        return value
    return decimal_of(Fraction(value) * factor)


def decimal_of(number: Fraction) -> Decimal:
    """The fraction in decimals: exact if they have an end, else to 28 significant digits."""
    denominator, digits = number.denominator, 0
    for factor in (2, 5):
        count = 0
        while denominator % factor == 0:
            denominator //= factor
            count += 1
        digits = max(digits, count)
    if denominator == 1:
        return Decimal(number.numerator * 10**digits // number.denominator).scaleb(
            -digits, Context(prec=10_000)
        )
    return Context(prec=28).divide(Decimal(number.numerator), Decimal(number.denominator))


def _times(*factors: Decimal) -> Decimal:
    return Context(prec=60).create_decimal(
        plain_digits(prod(map(Fraction, factors), start=Fraction(1)))
    )


def plain_digits(number: Fraction) -> str:
    """The fraction's decimals without an exponent."""
    return f"{decimal_of(number):f}"


def _exact(scale: Decimal) -> Fraction:
    """The scale as a fraction; a third, which no Decimal holds, is known by its digits."""
    exact = Fraction(scale)
    near = exact.limit_denominator(1000)
    return near if abs(exact - near) < Fraction(1, 10**20) else exact


def _base(unit: Unit) -> str:
    return unit.base or unit_words(unit.printed).base


def _bare(words: str) -> str:
    """One line without outer brackets and lead-ins: "(In millions)" -> "millions"."""
    text = " ".join(plain(words).split())
    while text.startswith("(") and text.endswith(")") and text.count("(") == 1:
        text = text[1:-1].strip()
    return _FILLERS.sub("", text).strip(" :;,")


def _multiple(text: str) -> tuple[Decimal, str]:
    """What the scale words come to, and the words without them."""
    factor = Decimal(1)
    text = re.sub(r"\((?=[^()]*\)$)|(?<=[^()])\)$", " ", text) if _scale_in_brackets(text) else text
    text = " ".join(text.split())
    ahead = _MULTIPLE_AHEAD.match(text) or _POWER_AHEAD.match(text)
    if ahead and not _known(text):
        factor *= _factor(ahead)
        text = text[ahead.end() :].strip()
    behind = _SCALE_BEHIND.search(text)
    if behind and not _known(text):  # "RMB'000"
        factor *= _factor(behind)
        text = text[: behind.start()].strip(" ,;:")
    money_million = re.fullmatch(r"(.+?)\s*\bm\.?", text) or re.fullmatch(r"m\.?\s+(.+)", text)
    if money_million and money_million[1].strip().lower() in MONEY:
        factor, text = factor * 1_000_000, money_million[1].strip()
    sign_first = re.fullmatch(rf"({CURRENCY_SIGN})m(?:n|illions?)?\.?", text, re.IGNORECASE)
    if sign_first and text.lower() not in MONEY:
        factor, text = factor * 1_000_000, sign_first[1].strip()
    return factor, text


def _scale_in_brackets(text: str) -> bool:
    inner = re.search(r"\(([^()]*)\)$", text)
    return bool(inner) and bool(
        _MULTIPLE_AHEAD.fullmatch(inner[1].removeprefix("in "))
        or _POWER_AHEAD.fullmatch(inner[1])
        or inner[1].lower() in MONEY
    )


def _factor(match: re.Match[str]) -> Decimal:
    groups = match.groupdict()
    number = groups.get("number") or "1"
    factor = Decimal(10) if number.lower() == "ten" else Decimal(re.sub("[, ]", "", number))
    for word in _EACH_SCALE.findall(groups.get("words") or ""):
        factor *= SCALES[word.lower()]
    return factor


def _known(name: str) -> tuple[UnitKind, str, Decimal] | None:
    lowered = name.lower()
    if lowered in MONEY:
        return "money", MONEY[lowered], Decimal(1)
    if lowered in _SHARES:
        base, scale = _SHARES[lowered]
        return "share", base, Decimal(scale)
    measure = _MEASURES.get(name) or (_MEASURES.get(lowered) if len(name) > 2 else None)
    if measure:
        return "measure", measure[0], _scale(measure[1])
    if lowered in _RANKS:
        return "rank", lowered, Decimal(1)
    if lowered in _CALENDAR_YEARS:
        return "calendar year", "year", Decimal(1)
    return None


def _scale(written: str) -> Decimal:
    return decimal_of(Fraction(written)) if "/" in written else Decimal(f"{Decimal(written):f}")


def _is_rate(name: str) -> bool:
    return bool(_PER.search(name))


def _rate(multiple: Decimal, name: str) -> UnitWords:
    """ "yuan per person": scaled like what stands before "per" where that has a scale."""
    separator = _PER.search(name)
    assert separator
    scale, head = _multiple(name[: separator.start()])
    known = _known(head)
    if known is None or known[0] != "money":
        base = name.lower() if scale == 1 else f"{head} per {name[separator.end() :]}".lower()
        return UnitWords("rate", multiple * scale, name, base)
    return UnitWords(
        "rate", multiple * scale, name, f"{known[1]} per {name[separator.end() :].lower()}"
    )


def _counted(name: str) -> str:
    """What tells counted things apart: lower case, the head noun in the singular."""
    return singular(name.lower())
