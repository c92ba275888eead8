"""Digits with their separators -> Decimal."""

import re
from collections.abc import Mapping
from decimal import Decimal

NUMERAL = (
    r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"
    r"|[0-9]{1,3}(?:\.[0-9]{3}){2,}(?:,[0-9]+)?"
    r"|[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+"
    r"|[0-9]{1,3}(?:['\u00a0 ][0-9]{3})+(?:[.,][0-9]+)?"
    r"|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?"
    r"|[0-9]+[.,][0-9]+|[0-9]+|\.[0-9]+)(?![0-9])"
)
"""A pattern of one number in digits, without its sign, as any locale writes it."""

EXPONENT = r"(?:[eE][-+]?[0-9]{1,2}(?![0-9A-Za-z]))?"
_GROUPS = re.compile(r"[0-9]{1,3}(?:[,' \u00a0][0-9]{3})+|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}")
_POINTS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}|[0-9]{1,3}(?:\.[0-9]{3})+(?=,)")
FRACTIONS: Mapping[str, str] = {
    "½": ".5", "¼": ".25", "¾": ".75", "⅕": ".2", "⅖": ".4", "⅗": ".6", "⅘": ".8",
    "⅛": ".125", "⅜": ".375", "⅝": ".625", "⅞": ".875",
}  # fmt: skip
"""The fraction signs that decimals can hold."""


def number(written: str) -> Decimal:
    """The value of what ``NUMERAL`` matches.

    A comma before exactly three digits groups thousands, unless a lone zero stands before it; any
    other comma is a decimal one. A full stop is decimal, unless several group thousands or a comma
    follows.

    >>> [str(number(n)) for n in ("1,234.5", "1.234,5", "1 234", "0,123", "1.234", "2,06")]
    ['1234.5', '1234.5', '1234', '0.123', '1.234', '2.06']
    """
    digits, exponent = written, ""
    if match := re.search(r"[eE][-+]?[0-9]+$", written):
        digits, exponent = written[: match.start()], match[0]
    grouped = _POINTS.match(digits) or (None if digits.startswith("0,") else _GROUPS.match(digits))
    whole = re.sub(r"[^0-9]", "", grouped[0]) if grouped else ""
    rest = (digits[grouped.end() :] if grouped else digits).replace(",", ".")
    value = Decimal(f"{whole}{rest}{exponent}")
    return Decimal(f"{value:f}") if exponent else value
