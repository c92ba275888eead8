"""A whole cell -> the quantity that it states, or None where it is text."""

import re
from dataclasses import replace
from decimal import Context, Decimal

from innoqa.domain import Unit
from innoqa.quantities import qualifiers
from innoqa.quantities.numerals import EXPONENT, FRACTIONS, SPACED_NUMERAL, number
from innoqa.quantities.quantity import Quantity
from innoqa.quantities.ranges import lower_end
from innoqa.quantities.signs import one_line
from innoqa.quantities.units import KNOWN, UnitWords, comparable, read_unit, unit_words
from innoqa.quantities.vocabulary import CURRENCIES, CURRENCY_SIGN

_WIDE = Context(prec=200)  # not the program's own context, which may round
_LONGEST = 100  # characters; a longer cell is prose
_MISSING = re.compile(
    r"|[-–]{1,3}|\.{2,3}|…|:\s?[a-z]?|\?+|n/?a|n\.\s?a\.?|n\.?/a\.?|#n/a|#div/0!|nan|null|n\.?d\.?"
    r"|(?:data\s+)?(?:not|un)\s?(?:available|known|stated|reported|given|recorded|disclosed)"
    r"|no\s+data|missing|tb[ad]|\[[xcu]\]",
    re.IGNORECASE,
)
_NOT_APPLICABLE = re.compile(
    r"not\s+applicable|n\.?a\.?p\.?|does\s+not\s+apply|not\s+relevant|not\s+meaningful|n\.m\.|NM"
    r"|\[z\]",
    re.IGNORECASE,
)
_NO_AMOUNT = re.compile(
    rf"\(?\s*(?P<money>{CURRENCY_SIGN})?\s*\(?[-–]{{1,3}}\)?\s*(?P<share>[%‰])?", re.IGNORECASE
)
_FRACTION_SIGNS = "".join(FRACTIONS)
_HAS_NUMBER = re.compile(f"[0-9{_FRACTION_SIGNS}]")
_FOOTNOTE = re.compile(
    r"(?<=[0-9%‰)*†‡§¶])(?:\s*[*†‡§¶#^¤]+|[⁰¹²³⁴-⁹ᵃ-ᵉᵖ⁽⁾]+|\s*\[[^\[\]]{1,30}\])\Z"
    r"|(?<=[0-9%‰)A-Za-z])\s*\((?:[0-9]{1,2}|[a-d]|i{1,3}|iv|notes?\s[0-9a-z]{1,2})\)\Z"
)
_REMARK = re.compile(r"(?<=[\w%‰)²³])\s*\((?P<remark>[^()]*[^()\s][^()]*)\)\Z")
_SCORE = re.compile(r"[0-9]\s?[-–]\s?[0-9]")
_SINGLE = re.compile(
    rf"(?P<open>\(\s*)?(?P<sign>[-+–]\s*)?(?P<money>{CURRENCY_SIGN})?\s*(?P<inner>[-+–(]\s*)?"
    rf"(?P<number>{SPACED_NUMERAL}{EXPONENT}?)?(?P<fraction>\s?[{_FRACTION_SIGNS}])?(?P<rest>.*)"
)
_RANGE = re.compile(
    r"(?P<between>between\s+|from\s+)?(?P<low>.*[^\s-])"
    r"(?P<by>(?<=\S)[-–~](?=\S)|\s[-–~]\s|\s(?:to|and)\s)(?P<high>.+)",
    re.IGNORECASE,
)
_TWO_MEASURES = re.compile(r"([^/]*[^\W\d][²2]?)(?:\s?/\s?|\s)([0-9][0-9.,]*\s?[^\W\d]+[²2]?)")
_YEAR = re.compile(r"(?:1[5-9]|20)[0-9]{2}")
_BESIDE_A_YEAR = re.compile(r"[$€£¥₹]|US\$|[A-Z]+\s[a-z]|[A-Z]+\Z")
_SHORT_SCALES = {"M": "million", "MM": "million", "B": "billion", "b": "billion"}
_WORD = re.compile(r"[^\W\d_A-Z](?:[^\W\d_A-Z]|['&-])*")
_ACRONYM = re.compile(r"[A-Z][A-Z&]{1,4}")
_NO_UNIT = frozenset(
    "am pm a.m p.m to and or of vs v x by in at on the from for with is was not than bc ad january"
    " february march april may june july august september october november december jan feb"
    " mar apr jun jul aug sep sept oct nov dec".split()
)
_UNIT_START = re.compile(r"[^\W\d_]|[%‰°'$€£¥₹₩]|1[0,]+\s")
_SHARE_OF = re.compile(r"(?:%|percent|per cent|percentage)\s+of(?:\s+[A-Za-z][\w'&-]*){1,3}")


def read_quantity(printed: str) -> Quantity | None:
    """The quantity that a whole cell states; None where the cell is text. Never raises.

    An empty cell, a dash or a word such as "n/a" is a missing value, never zero. Brackets around a
    number make it negative. A dash, "to" or "between" makes a range if the second number is the
    larger; a pair of bare one-digit numbers is taken for a score. Text after a number is its unit
    if it is a known one or up to three words in lower case; brackets after it may hold a footnote,
    a qualifier or a remark. Dates, times, ordinals, fractions and spans of years are text. A bare
    "2018" is a number: whoever knows the column knows whether it is a year.

    >>> str(read_quantity("(1,234)").value), read_quantity("over 20,000").qualifier
    ('-1234', 'more than')
    """
    text = one_line(printed)
    if nothing := _nothing(text):
        return nothing
    if len(text) <= _LONGEST and _HAS_NUMBER.search(text):
        return _qualified(text)
    return Quantity(Decimal(0), Unit("")) if text.lower() == "nil" else None


def _nothing(text: str) -> Quantity | None:
    """A missing or an inapplicable value."""
    if text == "x" or _MISSING.fullmatch(text):
        return Quantity(None, Unit(""), "missing")
    if _NOT_APPLICABLE.fullmatch(text):
        return Quantity(None, Unit(""), "not applicable")
    sign = _NO_AMOUNT.fullmatch(text)
    unit = (sign["money"] or sign["share"] or "") if sign else ""
    return Quantity(None, read_unit(unit), "missing") if sign else None


def _qualified(text: str) -> Quantity | None:
    text = _without_footnotes(text)
    remark, status = _REMARK.search(text), ""
    if remark and not _is_unit(remark["remark"]):
        text, status = text[: remark.start()], qualifiers.status(remark["remark"])
    text, tail = qualifiers.without_tail(_without_footnotes(text))
    text, lead = qualifiers.without_lead(text)
    text, second = qualifiers.without_lead(text)
    quantity = _single(text) or _range(text) or _first_of_two_measures(text)
    if quantity is None or (quantity.upper and remark and _SCORE.search(remark["remark"])):
        return None
    return replace(quantity, qualifier=qualifiers.both(lead, second, tail, status))


def _without_footnotes(text: str) -> str:
    text = text.rstrip()
    while (mark := _FOOTNOTE.search(text)) and mark.start():
        text = text[: mark.start()].rstrip()
    return text


def _is_unit(remark: str) -> bool:
    """Whether brackets hold the unit: "1,234 (million)"."""
    return not _HAS_NUMBER.search(remark) and unit_words(remark).kind in (*KNOWN, "none")


def _single(text: str) -> Quantity | None:
    """One number with its sign and unit."""
    match = _SINGLE.fullmatch(text)
    if match is None or not (match["number"] or match["fraction"]):
        return None
    signs = "".join(filter(None, (match["open"], match["sign"], match["inner"])))
    rest = match["rest"] if "(" not in signs else _after_brackets(match["rest"])
    if rest is None or signs.count("(") > 1:
        return None
    money, digits = match["money"] or "", match["number"] or "0"
    unit = _unit(money, rest)
    if unit is None or _is_no_amount(digits, f"{money}{signs}", unit):
        return None
    value = number(digits)
    if fraction := match["fraction"]:
        value = _WIDE.add(value, FRACTIONS[fraction.strip()])
    negative = any(sign in signs for sign in "-–(")
    return Quantity(value.copy_negate() if negative and value else value, unit)


def _after_brackets(rest: str) -> str | None:
    """The unit of a number in brackets, which stands after them, or in them if it is a short one.

    None where the brackets do not close or hold more than an amount.
    """
    inside, closed, after = rest.partition(")")
    if not closed or (inside.strip() and after.strip()):
        return None
    kind = unit_words(inside).kind
    return after or inside if kind in ("money", "share", "none") else None


def _is_no_amount(digits: str, signs: str, unit: Unit) -> bool:
    """Codes ("(001)", "US$000"), and years beside a unit or a name ("2019 €m", "2007 PGA tour")."""
    if digits[0] == "0" and digits.isdigit() and len(digits) > 1:
        return bool(signs or unit.printed)
    if (
        signs
        or not _YEAR.fullmatch(digits)
        or unit_words(unit.printed).kind in ("measure", "share")
    ):
        return False
    return _BESIDE_A_YEAR.match(unit.printed) is not None


def _unit(money: str, rest: str) -> Unit | None:
    """The unit around a number; None where what follows is no unit."""
    is_attached = rest[:1].isalnum()
    words = rest.strip(" ,") if not is_attached else rest.strip()
    words = words.removeprefix("×").strip().rstrip(".")
    if not words:
        return read_unit(money)
    if not _UNIT_START.match(words):
        return None
    first, *others = words.split(" ")
    if first in _SHORT_SCALES and (money or is_attached):
        words = " ".join([_SHORT_SCALES[first], *others])
    if first.rstrip(".") in ("m", "mm") and others and others[-1].lower() in CURRENCIES:
        words = " ".join(["million", *others])
    whole = f"{money} {words}".strip()
    parts = unit_words(whole)
    if money and parts.kind not in ("money", "rate"):
        return None
    is_unit = parts.kind in KNOWN or parts.kind == "none" or _is_plausible(words, parts)
    known_enough = parts.kind in KNOWN or parts.multiple != 1 or not is_attached
    return read_unit(whole) if is_unit and known_enough else None


def _is_plausible(words: str, parts: UnitWords) -> bool:
    """Whether words that are in no list can be what is counted: short, and no name or date."""
    if _SHARE_OF.fullmatch(words) or words in ("year", "years"):
        return True
    if words.split(maxsplit=1)[0].lower() in _NO_UNIT:
        return False
    if parts.kind == "rate":
        counted = re.split(r"\s*/\s*|\s+(?:per|a|an)\s+", parts.name)
        return len(parts.name.split()) <= 6 and all(map(_is_name_of_unit, counted))
    return parts.kind == "count" and _is_name_of_unit(parts.name)


def _is_name_of_unit(name: str) -> bool:
    each = name.split()
    if not each or unit_words(name).kind in KNOWN or re.fullmatch("[0-9][0-9,]*", name):
        return bool(each)
    each = each[1:] if re.fullmatch("1[0,]+", each[0]) else each
    return (
        0 < len(each) <= 3
        and each[0].lower() not in _NO_UNIT
        and each[-1].lower() not in _NO_UNIT
        and _WORD.fullmatch(each[-1]) is not None
        and all(_WORD.fullmatch(word) or _ACRONYM.fullmatch(word) for word in each)
    )


def _range(text: str) -> Quantity | None:
    """Two numbers, the lower first, with the unit of either or both."""
    match = _RANGE.fullmatch(text)
    if match is None or (match["by"].strip().lower() == "and" and not match["between"]):
        return None
    low_text, high_text = match["low"].strip(), match["high"].strip()
    low, high = _single(low_text), _single(high_text)
    if low is None or high is None or low.value is None or high.value is None or "(" in text:
        return None
    ends = lower_end(low.value, low.unit, high.unit)
    if (
        ends is None
        or ends[0] >= high.value
        or _is_score_or_years(low_text, high_text, match["by"])
    ):
        return None
    return Quantity(*ends, "", high.value)


def _first_of_two_measures(text: str) -> Quantity | None:
    """One measure in two units of the same base: "610 mm / 24 in"."""
    match = _TWO_MEASURES.fullmatch(text)
    first, second = (_single(match[1]), _single(match[2])) if match else (None, None)
    if first is None or second is None or unit_words(first.unit.printed).kind != "measure":
        return None
    return first if comparable(first.unit, second.unit) else None


def _is_score_or_years(low: str, high: str, by: str) -> bool:
    if not (low.isdigit() and high.isdigit()):
        return False
    is_score = len(low) == len(high) == 1 and not by.strip().isalpha()
    return is_score or _YEAR.fullmatch(low) is not None
