"""Printed numbers and units -> quantities that can be compared, computed with and put in words."""

from innoqa.quantities.cells import read_quantity
from innoqa.quantities.qualifiers import stands_before
from innoqa.quantities.quantity import Quantity
from innoqa.quantities.running_text import Mention, mentions
from innoqa.quantities.units import UnitMismatch, comparable, converted, read_unit
from innoqa.quantities.wording import formatted, rounded

__all__ = [
    "Mention",
    "Quantity",
    "UnitMismatch",
    "comparable",
    "converted",
    "formatted",
    "mentions",
    "read_quantity",
    "read_unit",
    "rounded",
    "stands_before",
]
