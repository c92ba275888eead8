import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from innoqa.domain import IndexedTable, Table, TableRow

INVENTED = Path(__file__).parent / "invented"


def indexed(title: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> IndexedTable:
    """A table as an index has it, without the passages of its rows."""
    table = Table(title, (), header, tuple(TableRow(row, 0, 0) for row in rows))
    return IndexedTable("document", title, 0, table, ())


@pytest.fixture(scope="session")
def table() -> Callable[..., IndexedTable]:
    """Reads one of the invented tables, named by its file."""

    def read(name: str, title: str = "") -> IndexedTable:
        with (INVENTED / name).open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        return indexed(title or Path(name).stem, tuple(header), [tuple(row) for row in rows])

    return read
