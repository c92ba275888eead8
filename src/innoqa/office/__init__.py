"""Office Open XML, what documents and slides have in common: parts, properties, charts, tables.

Pure functions over the bytes of a file and the trees of its parts.
"""

from innoqa.office.charts import Chart, read_chart
from innoqa.office.diagrams import read_diagram
from innoqa.office.equations import linear
from innoqa.office.grids import Area, Framed, Grid, fill, framed, padded, raised
from innoqa.office.numbers import numeral
from innoqa.office.package import Element, Package, Part, at, chosen, is_on, number, opened, value
from innoqa.office.properties import properties
from innoqa.office.symbols import shown_in, symbol

__all__ = [
    "Area",
    "Chart",
    "Element",
    "Framed",
    "Grid",
    "Package",
    "Part",
    "at",
    "chosen",
    "fill",
    "framed",
    "is_on",
    "linear",
    "number",
    "numeral",
    "opened",
    "padded",
    "properties",
    "raised",
    "read_chart",
    "read_diagram",
    "shown_in",
    "symbol",
    "value",
]
