"""Values of charts as they are shown: by the number format that is kept beside them."""

import datetime
import re
from decimal import Decimal

_BESIDE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.', re.DOTALL)
_MONEY = re.compile(r'\[\$([^\]-]+)[^\]]*\]|"([$€£¥])"|\\?([$€£¥])')
_FIRST_DAY = datetime.date(1899, 12, 30)
_DAYS = 2_958_465  # the year 9999
_ALPHABET = 26
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def shown(value: str, code: str, per: int = 1) -> str:
    """A value as a chart shows it, ``per`` being what its axis divides by; other words as they are.

    >>> shown("0.0617", "0.0%"), shown("1200", "General"), shown("45000", "yyyy")
    ('6.2%', '1200', '2023')
    """
    try:
        exact = Decimal(f"{float(value):.15g}")
    except ValueError:
        return value
    if not exact.is_finite():
        return ""
    code = code.partition(";")[0]
    form = _BESIDE.sub("", code).lower()
    if "y" in form and 0 < exact < _DAYS:
        return _date(int(exact), form)
    share = "%" in form
    exact = exact * (100 if share else 1) / per
    decimals = len(re.findall("[#0?]", form.partition(".")[2]))
    if decimals and "e" not in form and "?/" not in form:
        words = f"{exact:.{min(decimals, 30)}f}"
    elif form == "0%":
        words = f"{exact:.0f}"
    else:
        words = f"{exact:f}"
        words = words.rstrip("0").rstrip(".") if "." in words else words
    money = _MONEY.search(code)
    sign = next(filter(None, money.groups()), "").strip() if money else ""
    return f"{sign}{words}{'%' if share else ''}"


def _date(days: int, form: str) -> str:
    day = _FIRST_DAY + datetime.timedelta(days=days)
    if "d" in form:
        return day.isoformat()
    return day.strftime("%B %Y") if "m" in form else f"{day.year}"


def numeral(value: int, form: str) -> str:
    """A number of a list as it is counted: in digits, letters or Roman numerals.

    >>> [numeral(4, form) for form in ("decimal", "upperRoman", "lowerLetter", "decimalZero")]
    ['4', 'IV', 'd', '04']
    """
    if form.endswith("Roman") and 0 < value < 4000:
        roman = ""
        rest = value
        for worth, sign in _ROMAN:
            roman += sign * (rest // worth)
            rest %= worth
        return roman.upper() if form == "upperRoman" else roman
    if form.endswith("Letter") and 0 < value <= 10 * _ALPHABET:
        repeated, place = divmod(value - 1, _ALPHABET)
        letters = chr(ord("a") + place) * (repeated + 1)
        return letters.upper() if form == "upperLetter" else letters
    return f"{value:02d}" if form == "decimalZero" else str(value)
