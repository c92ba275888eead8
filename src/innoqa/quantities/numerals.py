"""Digits with their separators -> Decimal."""

import re
from collections.abc import Mapping
from decimal import Decimal

NUMERAL = (
    r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"
    r"|[0-9]{1,3}(?:\.[0-9]{3}){2,}(?:,[0-9]+)?"
    r"|[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+"
    r"|[0-9]{1,3}(?:['\u00a0][0-9]{3})+(?:[.,][0-9]+)?"
    r"|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?"  # lakhs and crores
    r"|[0-9]+[.,][0-9]+|[0-9]+|\.[0-9]+)(?![0-9])"
)
"""A pattern of one number in digits, without its sign, as any locale writes it."""

SPACED_NUMERAL = rf"(?:[0-9]{{1,3}}(?:[ ][0-9]{{3}})+(?:[.,][0-9]+)?(?![0-9])|{NUMERAL})"
"""The same where an ordinary space may part thousands, as it may in a cell and not in a text."""

EXPONENT = r"(?:[eE][-+]?[0-9]{1,2}(?![0-9A-Za-z]))"
"""A pattern of the power of ten after a number: "1.2E+06"."""

FRACTIONS: Mapping[str, Decimal] = {
    "½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75"), "⅕": Decimal("0.2"),
    "⅖": Decimal("0.4"), "⅗": Decimal("0.6"), "⅘": Decimal("0.8"), "⅛": Decimal("0.125"),
    "⅜": Decimal("0.375"), "⅝": Decimal("0.625"), "⅞": Decimal("0.875"),
}  # fmt: skip
"""The fraction signs whose decimals have an end."""

_EXPONENT_AT_END = re.compile(rf"{EXPONENT}$")
_COMMA_GROUPS = re.compile(
    r"(?:[0-9]{1,3}(?P<by>[,' \u00a0])[0-9]{3}(?:(?P=by)[0-9]{3})*"
    r"|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3})(?![0-9])"
)
_POINT_GROUPS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}|[0-9]{1,3}(?:\.[0-9]{3})+(?=,)")


def number(written: str) -> Decimal:
    """The value of what ``SPACED_NUMERAL`` matches, with an exponent or without.

    A comma before exactly three digits groups thousands, unless a lone zero stands before it; any
    other comma is a decimal one. A full stop is decimal, unless several group thousands or a comma
    follows.

    >>> [str(number(n)) for n in ("1,234.5", "1.234,5", "1 234", "0,123", "1.234", "2,06")]
    ['1234.5', '1234.5', '1234', '0.123', '1.234', '2.06']
    """
    exponent = _EXPONENT_AT_END.search(written)
    digits = written[: exponent.start()] if exponent else written
    grouped = _POINT_GROUPS.match(digits)
    if grouped is None and not digits.startswith("0,"):
        grouped = _COMMA_GROUPS.match(digits)
    whole = re.sub("[^0-9]", "", grouped[0]) if grouped else ""
    rest = digits[grouped.end() :] if grouped else digits
    value = Decimal(whole + rest.replace(",", ".") + (exponent[0] if exponent else ""))
    return Decimal(f"{value:f}") if exponent else value
