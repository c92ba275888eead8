"""Tables -> observations and rows in words.

A tidy table (one observation a row) is known by its column names; any other table's cells are
read by what its header, its labels and its title name. See ``corpus/README.md``.
"""

from innoqa.indicators.column_names import is_tidy, roles
from innoqa.indicators.reading import UnreadCell, read_tables, unread_cells
from innoqa.indicators.wording import row_passages

__all__ = [
    "UnreadCell",
    "is_tidy",
    "read_tables",
    "roles",
    "row_passages",
    "unread_cells",
]
