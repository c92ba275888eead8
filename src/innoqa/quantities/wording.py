"""Numbers with their units in English sentences, and how computed numbers are rounded."""

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from innoqa.domain import Unit
from innoqa.quantities.nouns import plural, singular
from innoqa.quantities.units import UnitWords, decimal_of, exact, unit_words

_SCALE_WORDS = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))
_LONGEST_TAIL = 3  # decimals; an amount printed in full that would need more stays in full
_AS_CODES: Mapping[str, str] = {
    **dict.fromkeys(("km2", "km^2", "sq km", "sq. km", "sqkm"), "km²"),
    **dict.fromkeys(("m2", "m^2", "sq m", "sq. m", "sqm"), "m²"),
    **dict.fromkeys(("m3", "m^3"), "m³"),
}
_SIGN = re.compile(r"(?:[A-Z.]{0,4})[$€£¥₹₩₽]")
_SHARE_OF = re.compile(r"(?:%|percent|per cent)\s+(?P<whole>of\s.+)", re.IGNORECASE)
_ROUNDING = Context(prec=400, rounding=ROUND_HALF_UP)
_LARGEST = 300  # digits before the point of a number that is still rounded


def formatted(value: Decimal, unit: Unit) -> str:
    """A number with its unit as an English sentence has it; no digit is lost.

    Money takes the scale word that leaves 1 to 999 before the point, unless it is printed in full
    and would need more than three decimals; so does any number whose unit is printed with a scale.
    Other numbers are printed in full, in groups of three. A year, and a whole number without a
    unit that may be one, is not grouped.

    >>> formatted(Decimal("2843.3"), Unit("100 million yuan", "yuan", Decimal(100_000_000)))
    '284.33 billion yuan'
    >>> formatted(Decimal("6.17"), Unit("percent", "percent"))
    '6.17%'
    """
    words = unit_words(unit.printed or unit.base)
    if words.kind == "calendar year":
        return f"{value:f}"
    if words.kind == "none" and words.multiple == 1:
        return f"{value:f}" if _may_be_year(value) else f"{value:,f}"
    # A unit that was made and not read may have a scale that its words do not tell.
    multiple = exact(unit.scale) / exact(words.base_scale) if unit.base else exact(words.multiple)
    number, scale_word = _scaled(value, multiple, is_money=words.kind == "money")
    return _joined(number, scale_word, words)


def rounded(value: Decimal, like: Sequence[Decimal]) -> Decimal:
    """A computed value with as many decimals as its operands (``like``) bear out.

    A value that needs no more decimals than the most exact operand (any sum or difference) keeps
    exactly as many as that. Any other (a quotient, a percentage, a mean) is rounded to two
    decimals below 100 and to one from 100 on; below 0.1 it keeps two significant digits. Halves
    are rounded away from zero.

    >>> str(rounded(Decimal("6.6450567"), [Decimal("6.58"), Decimal("6.17")]))
    '6.65'
    """
    if value.adjusted() > _LARGEST:
        return value
    as_operands = _to_places(value, max(map(_places, like), default=0))
    if as_operands == value:
        return as_operands
    size = value.copy_abs()
    places = 1 if size >= 100 else 2 if size >= Decimal("0.1") else 1 - value.adjusted()
    short = _to_places(value, places)
    return short if short != value else _unpadded(short)


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _to_places(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), context=_ROUNDING)


def _unpadded(value: Decimal) -> Decimal:
    """Without zeros at the end of its decimals, and without an exponent."""
    digits = f"{value:f}"
    return Decimal(digits.rstrip("0").rstrip(".") if "." in digits else digits)


def _may_be_year(value: Decimal) -> bool:
    return value == value.to_integral_value() and 1500 <= value <= 2100


def _scaled(value: Decimal, multiple: Fraction, *, is_money: bool) -> tuple[Decimal, str]:
    """The number to print and the scale word after it."""
    if multiple == 1 and not is_money:
        return value, ""
    total = Fraction(value) * multiple
    step, word = next(((s, w) for s, w in _SCALE_WORDS if abs(total) >= s), (1, ""))
    number = _unpadded(decimal_of(total / step))
    if multiple == 1 and (not word or _places(number) > _LONGEST_TAIL):
        return value, ""
    return number, word


def _joined(number: Decimal, scale_word: str, words: UnitWords) -> str:
    digits = f"{number:,f}"
    scaled = f"{digits} {scale_word}".strip()
    is_one = number.copy_abs() == 1 and not scale_word
    if words.kind == "share":
        return _share(digits, words, is_one=is_one)
    if share := _SHARE_OF.fullmatch(words.name):
        return f"{digits}% {share['whole']}"
    if words.kind == "rank":
        return f"{words.name} {digits}"
    if words.kind == "money":
        return _money(scaled, words, is_one=is_one)
    if words.name in _AS_CODES:
        return f"{scaled} {_AS_CODES[words.name]}"
    return f"{scaled} {_counted(words.name, is_one=is_one)}".strip()


def _counted(name: str, *, is_one: bool) -> str:
    """The name in the singular or plural; symbols and names with capitals stay as printed."""
    if is_one:
        return singular(name)
    return plural(name) if name.islower() else name


def _share(digits: str, words: UnitWords, *, is_one: bool) -> str:
    if words.base == "percent":
        return digits + ("%" if words.base_scale == 1 else "‰")
    name = "percentage point" if words.base_scale == 1 else "basis point"
    return f"{digits} {name}" if is_one else f"{digits} {name}s"


def _money(scaled: str, words: UnitWords, *, is_one: bool) -> str:
    """With the currency's sign where the document writes it ("-$5.2 million"), else its name."""
    if _SIGN.fullmatch(words.name):
        minus, digits = ("-", scaled[1:]) if scaled.startswith("-") else ("", scaled)
        return f"{minus}{words.name}{digits}"
    return f"{scaled} {words.base if is_one else plural(words.base)}"
