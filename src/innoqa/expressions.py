"""Arithmetic as derivations print it, evaluated in decimal: ``(6.58 - 6.17) / 6.17 * 100``.

Numbers are written without separators of thousands. ``^`` is power and binds to the right, tighter
than a sign before it: ``-2 ^ 2`` is -4. Functions take one or more arguments.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Context, Decimal, DecimalException, Rounded, localcontext

SIGNIFICANT_DIGITS = 50
"""Digits to which a result that has no end is rounded; sums and products are exact up to it."""

_GUARD_DIGITS = 14  # so that 1 / 3 * 3 is 1 once the result is rounded
_LARGEST_EXPONENT = 100_000
_DEEPEST = 50
_SYMBOL = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?![0-9.A-Za-z_])"
    r"|(?P<name>[a-z]+)|(?P<sign>[-+*/^(),−×÷]))"
)
_SAME_SIGN = str.maketrans("−×÷", "-*/")


def evaluate(expression: str) -> Decimal:
    """The value of an expression of numbers, ``+ - * / ^``, brackets and functions.

    The functions are ``sum``, ``mean``, ``median``, ``min``, ``max`` and ``count``. A result that
    has no end is rounded to 50 significant digits. Raises ValueError for anything else, a division
    by zero included.

    >>> evaluate("(6.58 - 6.17) / 0.5")
    Decimal('0.82')
    >>> evaluate("mean(1, 2, 6) + 2 ^ 3")
    Decimal('11')
    """
    with localcontext(_context(SIGNIFICANT_DIGITS + _GUARD_DIGITS)):
        try:
            value = _Reader(_symbols(expression)).whole()
        except DecimalException as error:
            raise ValueError(f"No number is the value of {expression!r}") from error
    rounding = _context(SIGNIFICANT_DIGITS)
    rounded = rounding.plus(value)
    return _without_padding(rounded, rounding) if rounding.flags[Rounded] else rounded


def _context(digits: int) -> Context:
    """A context of our own: whatever the program has set must not change a result."""
    return Context(prec=digits, Emax=_LARGEST_EXPONENT, Emin=-_LARGEST_EXPONENT)


def _without_padding(value: Decimal, context: Context) -> Decimal:
    plain = value.normalize(context)
    return plain.quantize(Decimal(1), context=context) if _is_short_whole(plain) else plain


def _is_short_whole(value: Decimal) -> bool:
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent > 0 and value.adjusted() < SIGNIFICANT_DIGITS


def _symbols(expression: str) -> list[str]:
    symbols: list[str] = []
    place, end = 0, len(expression.rstrip())
    while place < end:
        symbol = _SYMBOL.match(expression, place)
        if symbol is None:
            raise ValueError(f"Cannot be read from {expression[place:]!r} on: {expression!r}")
        symbols.append(symbol[0].strip().translate(_SAME_SIGN))
        place = symbol.end()
    return symbols


def _mean(values: list[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values)


def _median(values: list[Decimal]) -> Decimal:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else _mean(ordered[middle - 1 : middle + 1])


_FUNCTIONS: Mapping[str, Callable[[list[Decimal]], Decimal]] = {
    "sum": lambda values: sum(values, Decimal(0)),
    "mean": _mean,
    "median": _median,
    "min": min,
    "max": max,
    "count": lambda values: Decimal(len(values)),
}


class _Reader:
    """Reads symbols by recursive descent: one method for each level of precedence."""

    def __init__(self, symbols: list[str]) -> None:
        self._symbols = symbols
        self._place = 0
        self._depth = 0

    def whole(self) -> Decimal:
        value = self._sum()
        if self._next:
            raise ValueError(f"Unexpected {self._next!r} in an expression")
        return value

    @property
    def _next(self) -> str:
        return self._symbols[self._place] if self._place < len(self._symbols) else ""

    def _take(self, *wanted: str) -> str:
        """The next symbol if it is one of those wanted, else ""."""
        symbol = self._next
        if symbol not in wanted:
            return ""
        self._place += 1
        return symbol

    def _expect(self, wanted: str) -> None:
        if not self._take(wanted):
            raise ValueError(f"{wanted!r} is missing before {self._next or 'the end'!r}")

    def _sum(self) -> Decimal:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError("Brackets nest too deep")
        value = self._product()
        while sign := self._take("+", "-"):
            other = self._product()
            value = value + other if sign == "+" else value - other
        self._depth -= 1
        return value

    def _product(self) -> Decimal:
        value = self._signed()
        while sign := self._take("*", "/"):
            other = self._signed()
            value = value * other if sign == "*" else value / other
        return value

    def _signed(self) -> Decimal:
        negative = False
        while sign := self._take("-", "+"):
            negative ^= sign == "-"
        value = self._power()
        return -value if negative else value

    def _power(self) -> Decimal:
        base = self._atom()
        if not self._take("^"):
            return base
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError("Powers nest too deep")
        exponent = self._signed()
        self._depth -= 1
        if not base and exponent < 0:
            raise ValueError("A negative power of zero has no value")
        return base**exponent

    def _atom(self) -> Decimal:
        symbol = self._next
        self._place += 1
        if symbol == "(":
            value = self._sum()
            self._expect(")")
            return value
        if symbol in _FUNCTIONS:
            return _FUNCTIONS[symbol](self._arguments())
        if not symbol or not (symbol[0].isdigit() or symbol[0] == "."):
            raise ValueError(f"A number is missing before {symbol or 'the end'!r}")
        return Decimal(symbol)

    def _arguments(self) -> list[Decimal]:
        self._expect("(")
        values = [self._sum()]
        while self._take(","):
            values.append(self._sum())
        self._expect(")")
        return values
