"""The two ends of a range in one unit."""

from decimal import Decimal
from fractions import Fraction

from innoqa.domain import Unit
from innoqa.quantities.units import comparable, converted, decimal_of, read_unit, unit_words


def lower_end(low: Decimal, unit: Unit, upper_unit: Unit) -> tuple[Decimal, Unit] | None:
    """The lower end in the unit of the upper one, and that unit; None where they do not agree.

    A lower end without a scale takes the other's ("$10-20 million"), one without a name too ("500
    million to 1.2 billion yuan"), and an upper end without a unit takes the lower's.
    """
    if not unit.printed:
        return low, upper_unit
    if not upper_unit.printed:
        return low, unit
    words, upper_words = unit_words(unit.printed), unit_words(upper_unit.printed)
    if words.kind == "none":
        factor = Fraction(words.multiple) / Fraction(upper_words.multiple)
        return decimal_of(Fraction(low) * factor), upper_unit
    if words.kind == "money" and upper_words.kind == "none":
        upper_unit = read_unit(f"{words.name} {upper_unit.printed}")
    if not comparable(unit, upper_unit):
        return None
    if words.multiple == 1 and words.kind == "money":
        return low, upper_unit
    return converted(low, unit, upper_unit), upper_unit
