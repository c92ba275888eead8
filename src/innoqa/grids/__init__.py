"""Raw grids -> tables: what is title, header, body and note in rows of strings as they were found.

A grid comes from a file or a page as it stands: title lines above the header, a header of several
levels, units and footnotes as lines of their own, blank rows. What each row is, is told by what
its cells hold: a header row names columns that hold numbers below it.
"""

from innoqa.grids.cells import (
    COUNTED,
    Kind,
    filled,
    is_note_line,
    is_unit,
    is_unit_line,
    kind,
    numbers,
    period_and_unit,
    quantity_of,
)
from innoqa.grids.tables import read_grid

__all__ = [
    "COUNTED",
    "Kind",
    "filled",
    "is_note_line",
    "is_unit",
    "is_unit_line",
    "kind",
    "numbers",
    "period_and_unit",
    "quantity_of",
    "read_grid",
]
