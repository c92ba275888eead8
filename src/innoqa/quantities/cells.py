"""A whole cell -> the quantity that it states, or None where it is text."""

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from innoqa.domain import Unit
from innoqa.quantities import qualifiers
from innoqa.quantities.numerals import EXPONENT, FRACTIONS, NUMERAL, number
from innoqa.quantities.quantity import Quantity
from innoqa.quantities.signs import plain
from innoqa.quantities.units import (
    CURRENCY_SIGN,
    MONEY,
    comparable,
    decimal_of,
    read_unit,
    unit_words,
)

_MISSING = re.compile(
    r"|[-–]{1,3}|\.{2,3}|…|:\s?[a-z]?|x|\?+|n/?a|n\.\s?a\.?|n\.?/a\.?|#n/a|nan|null|not available"
    r"|not known|not stated|not reported|not given|not recorded|unknown|no data|missing|none given"
    r"|data not available|unavailable|not disclosed|undisclosed|n\.?d\.?|tbd|tba",
    re.IGNORECASE,
)
_NOT_APPLICABLE = re.compile(
    r"not applicable|n\.?a\.?p\.?|does not apply|not relevant|inapplicable", re.IGNORECASE
)
_LONGEST = 120  # characters; a longer cell is prose
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉ⁽⁾ᵖ"
_FOOTNOTE = re.compile(
    rf"(?<=[0-9%)])(?:\s*[*†‡§¶#^¤]+|[{_SUPERSCRIPTS}]+|\s*\[[^\[\]]{{1,30}}\]"
    r"|\s*\((?:[0-9]{1,2}|[a-d]|i{1,3}|iv|notes? [0-9a-z]{1,2})\))$"
)
_REMARK = re.compile(r"(?<=[0-9a-zA-Z%‰)])\s*\((?P<remark>[^()]*[^()\s][^()]*)\)$")
_SIGNS = "".join(FRACTIONS)
_CORE = re.compile(
    rf"(?P<open>\(\s*)?(?P<sign>[-+–]\s*)?(?P<money>{CURRENCY_SIGN})?\s*"
    rf"(?P<inner>[-+–]\s*|\(\s*)?(?=[0-9.{_SIGNS}])"
    rf"(?P<number>{NUMERAL}{EXPONENT})?(?P<fraction>\s?[{_SIGNS}])?"
    r"(?P<rest>.*)"
)
_RANGE = re.compile(
    r"(?P<between>between\s+|from\s+)?(?P<low>.*?[0-9].*?)\s*(?P<by>-|–|~|\bto\b|\band\b)\s*"
    r"(?P<high>[^\s\-–].*)",
    re.IGNORECASE,
)
_ATTACHED = re.compile(
    r"(?:%|‰|k|K|m|mn|M|MM|bn|B|b|tn|trn|bps|pp|pct|m2|km2|km|m²|km²|ha|kg|g|t|kt|Mt|cm|mm|mi|ft|lb|lbs"
    r"|k?Wh|[kMG]W|[MGT]Wh|l|L|[^\x00-\x7f]+)(?![A-Za-z0-9])"
)
_UNIT_WORD = re.compile(r"[^\W\d_A-Z][^\W\d_A-Z'&-]*\.?")
_NOT_UNITS = frozenset(
    "am pm a.m. p.m. st nd rd th to and or of vs vs. v x by in at on the from for with is was not"
    " bc ad bce ce january february march april may june july august september october november"
    " december jan feb mar apr jun jul aug sep sept oct nov dec".split()
)


def read_quantity(printed: str) -> Quantity | None:
    """The quantity that a whole cell states; None where the cell is text. Never raises.

    Empty cells, dashes and words such as "n/a" are missing values, not zero. A dash, "to" or
    "between" makes a range if the second number is the larger; two bare one-digit numbers are read
    as a score, and years, dates, times, ordinals and fractions as text.

    >>> read_quantity("(1,234)").value, read_quantity("over 20,000").qualifier
    (Decimal('-1234'), 'more than')
    """
    text = " ".join(plain(printed).split())
    if nothing := _nothing(text):
        return nothing
    if len(text) > _LONGEST or not re.search(rf"[0-9{''.join(FRACTIONS)}]", text):
        return Quantity(Decimal(0), Unit("")) if text.lower() == "nil" else None
    return _stated(text)


def _nothing(text: str) -> Quantity | None:
    """What an empty cell or a word for no value states."""
    if _MISSING.fullmatch(text):
        return Quantity(None, Unit(""), "missing")
    if _NOT_APPLICABLE.fullmatch(text):
        return Quantity(None, Unit(""), "not applicable")
    sign = re.fullmatch(
        rf"(?P<money>{CURRENCY_SIGN})?\s*\(?[-–]{{1,2}}\)?\s*(?P<share>[%‰])?", text
    )
    if sign:
        return Quantity(None, read_unit(sign["money"] or sign["share"] or ""), "missing")
    return None


def _stated(text: str) -> Quantity | None:
    text = _without_footnotes(text)
    remark = _REMARK.search(text)
    status = ""
    if remark and not _is_unit_remark(remark["remark"]):
        status, text = qualifiers.status(remark["remark"]), text[: remark.start()].rstrip()
    text = _without_footnotes(text)
    text, tail = qualifiers.without_tail(text)
    text, lead = qualifiers.without_lead(text)
    found = _single(text) or _range(text)
    if found is None:
        return None
    return replace(found, qualifier=qualifiers.both(lead, tail, status, found.qualifier))


def _without_footnotes(text: str) -> str:
    while (match := _FOOTNOTE.search(text)) and match.start():
        text = text[: match.start()].rstrip()
    return text


def _is_unit_remark(remark: str) -> bool:
    """ "1,234 (million)": the brackets hold the unit."""
    return not re.search("[0-9]", remark) and unit_words(remark).kind != "count"


def _single(text: str) -> Quantity | None:
    match = _CORE.fullmatch(text)
    if match is None or not (match["number"] or match["fraction"]):
        return None
    signs = [match["sign"], match["inner"]]
    opened = bool(match["open"]) + any("(" in (sign or "") for sign in signs)
    rest = match["rest"]
    if opened:
        closed = re.fullmatch(r"\s*\)(?P<after>.*)|(?P<inside>[^()]*)\)", rest)
        if opened > 1 or closed is None:
            return None
        rest = closed["after"] if closed["inside"] is None else closed["inside"]
        if closed["inside"] and unit_words(rest).kind in ("count", "measure", "rate"):
            return None
    unit = _unit(match["money"] or "", rest)
    if unit is None:
        return None
    value = number(match["number"] or "0")
    if match["fraction"]:
        value += Decimal(FRACTIONS[match["fraction"].strip()])
    negative = opened or any((sign or "").strip() in ("-", "–") for sign in signs)
    return Quantity(value.copy_negate() if negative and value else value, unit)


def _unit(money: str, rest: str) -> Unit | None:
    """The unit around a number; None where what follows is no unit."""
    attached = rest[:1].isalnum()
    words = (rest.strip(" ,.") if not attached else rest.strip()).removeprefix("×").strip()
    if attached and not _ATTACHED.match(rest):
        return None
    if not words:
        return read_unit(money)
    if re.fullmatch(r"M|MM|B|b", words.split()[0]) and (money or attached):
        words = re.sub(r"^(?:MM?)\b", "million", re.sub(r"^[Bb]\b", "billion", words))
    if re.match(r"m\b\.?\s+", words) and words.split()[-1].lower() in MONEY:
        words = re.sub(r"^m\b\.?", "million", words)
    parts = unit_words(f"{money} {words}".strip())
    if money and parts.kind not in ("money", "rate"):
        return None
    if not _plausible(words, parts.kind, parts.name):
        return None
    return read_unit(f"{money} {words}".strip())


def _plausible(words: str, kind: str, name: str) -> bool:
    if kind in ("money", "share", "measure", "none"):
        return True
    each = (name if kind == "count" else words).split()
    first = each[0].lower()
    if kind == "rate":
        return len(each) <= 6 and first not in _NOT_UNITS and each[0][0].isalpha()
    if first == "%" or first in ("percent", "percentage"):
        return len(each) <= 5
    return (
        len(each) <= 3
        and not any(word.lower() in _NOT_UNITS for word in (each[0], each[-1]))
        and all(_UNIT_WORD.fullmatch(word) for word in each)
    )


def _range(text: str) -> Quantity | None:
    match = _RANGE.fullmatch(text)
    if match is None or (match["by"].lower() == "and" and not match["between"]):
        return None
    low = _single(match["low"].strip())
    high = _single(_with_sign_of(match["low"], match["high"].strip()))
    if low is None or high is None or low.value is None or high.value is None:
        return None
    if _is_no_range(match["low"], match["high"]):
        return None
    unit = high.unit if high.unit.printed else low.unit
    first = low.value
    if low.unit.printed and high.unit.printed:
        if not comparable(low.unit, high.unit):
            return None
        same_multiple = _same_multiple(low.unit, high.unit)
        first = low.value if same_multiple else _in(low.value, low.unit, high.unit)
    unit = low.unit if same_sign_only(high.unit, low.unit) else unit
    return Quantity(first, unit, "", high.value) if first < high.value else None


def _with_sign_of(low: str, high: str) -> str:
    """ "$10-20 million": the currency sign goes for both ends."""
    sign = re.match(rf"\(?\s*({CURRENCY_SIGN})", low)
    return f"{sign[1]} {high}" if sign and high[0].isdigit() else high


def _same_multiple(low: Unit, high: Unit) -> bool:
    """ "$10-20 million": a currency sign alone takes the other end's scale."""
    return low.scale == high.scale or unit_words(low.printed).multiple == 1


def same_sign_only(high: Unit, low: Unit) -> bool:
    """Whether only the lower end names a unit."""
    return not high.printed and bool(low.printed)


def _in(value: Decimal, unit: Unit, to: Unit) -> Decimal:
    return decimal_of(Fraction(value) * Fraction(unit.scale) / Fraction(to.scale))


def _is_no_range(low: str, high: str) -> bool:
    """Scores ("1–2") and years ("1990–2000") are no ranges of a quantity."""
    digits = re.compile(r"[0-9]+")
    if not (digits.fullmatch(low.strip()) and digits.fullmatch(high.strip())):
        return False
    both_short = len(low.strip()) == 1 and len(high.strip()) == 1
    return both_short or (len(low.strip()) == 4 and 1500 <= int(low) <= 2100)
