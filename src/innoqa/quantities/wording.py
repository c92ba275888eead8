"""Numbers with their units in English sentences, and how computed numbers are rounded."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from innoqa.domain import Unit
from innoqa.quantities.nouns import plural, singular
from innoqa.quantities.units import UnitWords, decimal_of, unit_words

_SCALE_WORDS = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))
_LONGEST_TAIL = 3  # decimals; a number printed in full that would need more stays in full
_CODES = {"km2": "km²", "m2": "m²", "sq km": "km²", "sq m": "m²", "m3": "m³", "km^2": "km²",
          "m^2": "m²", "sqkm": "km²", "sqm": "m²"}  # fmt: skip
_PREFIX_SIGN = re.compile(r"[^\sA-Za-z0-9]*(?:US|HK|NT|AU|CA|NZ|CN|JP|[ACSR])?[$€£¥₹₩₽]")
_ROUNDING = Context(prec=200, rounding=ROUND_HALF_UP)


def formatted(value: Decimal, unit: Unit) -> str:
    """A number with its unit as an English sentence has it; no digit is lost.

    Money takes the scale word that leaves 1 to 999 before the decimal point; so does any number
    whose unit is printed with a scale. Other numbers are printed in full, in groups of three.

    >>> formatted(Decimal("2843.3"), Unit("100 million yuan", "yuan", Decimal(100_000_000)))
    '284.33 billion yuan'
    >>> formatted(Decimal("6.17"), Unit("percent", "percent"))
    '6.17%'
    """
    words = unit_words(unit.printed or unit.base)
    if words.kind == "calendar year":
        return f"{value:f}"
    if words.kind == "none" and words.multiple == 1:
        return _bare_number(value)
    multiple = _multiple(unit, words)
    number, scale_word = _scaled(value, multiple, words.kind == "money")
    return _joined(number, scale_word, words, unit)


def rounded(value: Decimal, like: Sequence[Decimal]) -> Decimal:
    """A computed value with as many decimals as its operands (``like``) bear out.

    A value that needs no more decimals than the most exact operand (any sum or difference) keeps
    exactly as many. Any other (a quotient, percentage or mean) is rounded to two decimals below
    100 and to one from 100 on; below 0.1 it keeps two significant digits. Halves are rounded away
    from zero.

    >>> str(rounded(Decimal("6.6450567"), [Decimal("6.58"), Decimal("6.17")]))
    '6.65'
    """
    most = max((_decimals(operand) for operand in like), default=0)
    exact = value.quantize(Decimal(1).scaleb(-most), context=_ROUNDING)
    if exact == value:
        return exact
    size = abs(value)
    places = 1 if size >= 100 else 2 if size >= Decimal("0.1") else 1 - value.adjusted()
    short = value.quantize(Decimal(1).scaleb(-places), context=_ROUNDING)
    return short if short != value else _unpadded(short)


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _unpadded(value: Decimal) -> Decimal:
    """Without zeros at the end of its decimals, and without an exponent."""
    text = f"{value:f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def _bare_number(value: Decimal) -> str:
    """A number without a unit: grouped, unless it may be a year."""
    whole = value == value.to_integral_value()
    return f"{value:f}" if whole and 1500 <= value <= 2100 else f"{value:,f}"


def _multiple(unit: Unit, words: UnitWords) -> Fraction:
    """What the unit's scale words come to, apart from the scale of its measure."""
    if not unit.base:
        return Fraction(words.multiple)
    return Fraction(unit.scale) / Fraction(words.base_scale)


def _scaled(value: Decimal, multiple: Fraction, is_money: bool) -> tuple[Decimal, str]:
    if multiple == 1 and not is_money:
        return value, ""
    total = Fraction(value) * multiple
    step, word = next(((s, w) for s, w in _SCALE_WORDS if abs(total) >= s), (1, ""))
    number = decimal_of(total / step)
    if multiple == 1 and (not word or _decimals(_unpadded(number)) > _LONGEST_TAIL):
        return value, ""
    return _unpadded(number), word


def _joined(number: Decimal, scale_word: str, words: UnitWords, unit: Unit) -> str:
    digits = f"{number:,f}"
    scaled = f"{digits} {scale_word}".strip()
    if words.kind == "share":
        return _share(digits, words)
    if words.kind == "rank":
        return f"{words.name} {digits}"
    if words.kind == "money":
        return _money(scaled, number, bool(scale_word), words)
    name = _CODES.get(words.name, words.name)
    if name == words.name and words.kind != "measure":
        one = abs(number) == 1 and not scale_word
        name = singular(name) if one else plural(name) if name.islower() else name
    elif words.kind == "measure" and name == words.name and len(name) > 3:
        name = singular(name) if abs(number) == 1 and not scale_word else plural(name)
    return f"{scaled} {name}".strip()


def _share(digits: str, words: UnitWords) -> str:
    if words.base == "percent":
        return digits + ("%" if words.base_scale == 1 else "‰")
    name = "percentage point" if words.base_scale == 1 else "basis point"
    return f"{digits} {name}" if digits.lstrip("-") == "1" else f"{digits} {name}s"


def _money(scaled: str, number: Decimal, has_scale: bool, words: UnitWords) -> str:
    if _PREFIX_SIGN.fullmatch(words.name):
        minus, digits = ("-", scaled[1:]) if scaled.startswith("-") else ("", scaled)
        return f"{minus}{words.name}{digits}"
    one = abs(number) == 1 and not has_scale
    return f"{scaled} {words.base if one else plural(words.base)}"
