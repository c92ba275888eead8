"""Tables of an invented coast, read as ingest reads them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from innoqa import reading
from innoqa.domain import IndexedTable, Passage
from innoqa.indexing.origins import Origin
from innoqa.indicators import row_passages

TIDY = """entity,year,period,indicator,value,unit,qualifier,note,source
Norhaven,2015,year,R&D expenditure,40,million euro,exact,,Coast Office (2016)
Norhaven,2018,year,R&D expenditure,62.5,million euro,exact,,Coast Office (2019)
Norhaven,2019,year,R&D expenditure,70,million euro,preliminary,,Coast Office (2020)
Norhaven,2020,year,R&D expenditure,81,million euro,exact,,Coast Office (2021)
Norhaven,2020,year,R&D expenditure,79.5,million euro,exact,company survey,Harbour Daily (2021)
Norhaven,2021,year,R&D expenditure,100,million euro,exact,revised base; does not continue,Office
Norhaven,2025,plan target,R&D expenditure,150,million euro,target,,Coast Office (2020)
Norhaven,2019,year,R&D intensity (share of GDP),2.1,percent,exact,,Coast Office (2020)
Norhaven,2021,year,R&D intensity (share of GDP),2.6,percent,exact,,Coast Office (2022)
Norhaven,2020,year-end,Start-ups (Harbour Index),45,companies,exact,,Harbour Index (2021)
Norhaven,2022,year-end,Start-ups (Harbour Index),58,companies,exact,,Harbour Index (2023)
Norhaven,2022,year-end,Start-ups (City list),66,companies,more than,,City list (2023)
Norhaven,2021,year,Patents granted,320,patents,exact,,Patent Office (2022)
Norhaven,2021,year,Patent applications,480,patents,exact,,Patent Office (2022)
Norhaven,2021,January-June,Revenue,12,million euro,exact,,Coast Office (2021)
Norhaven,2022,January-June,Revenue,15,million euro,exact,,Coast Office (2022)
Norhaven,2021,year,Revenue,26,million euro,exact,,Coast Office (2022)
"""

WIDE = """Parks of the coast: tenants and floor space
Unit: number
Park,Indicator,Unit,2019,2020,2021
Dock Park,Tenants,number,80,92,"1,010"
Dock Park,Floor space,m2,12000,12500,12500
Hill Park,Tenants,number,40,n/a,55
Hill Park,Floor space,m2,8000,8000,9000
Lock Park,Tenants,number,10,20,30
Lock Park,Floor space,m2,3000,3500,0
Source: Coast Office, Parks (2022)
"""


def read_tables(folder: Path) -> list[IndexedTable]:
    """Every table under a folder, with the passages of its rows."""
    tables = []
    for origin in reading.file_reader(200).origins(folder):
        assert isinstance(origin, Origin), origin
        document = reading.parser().parse(origin, origin.source)
        rows: dict[int, dict[int, Passage]] = {}
        for number, passage in enumerate(row_passages(document, len, 10_000)):
            assert passage.cell is not None
            by_row = rows.setdefault(passage.cell.table_number, {})
            by_row.setdefault(passage.cell.row, replace(passage, id=f"{document.id}-{number}"))
        tables += [
            IndexedTable(document.id, document.title, n, document.tables[n], tuple(found.values()))
            for n, found in rows.items()
        ]
    return tables


@pytest.fixture(scope="session")
def tables_of(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[dict[str, str]], list[IndexedTable]]:
    """Reads tables from files given by name and text."""

    def read(texts: dict[str, str]) -> list[IndexedTable]:
        folder = tmp_path_factory.mktemp("tables")
        for name, text in texts.items():
            (folder / name).write_text(text, "utf-8")
        return read_tables(folder)

    return read


@pytest.fixture(scope="session")
def coast(tables_of: Callable[[dict[str, str]], list[IndexedTable]]) -> list[IndexedTable]:
    """A tidy table of a city and a wide one of its parks."""
    return tables_of({"city.csv": TIDY, "parks.csv": WIDE})
