"""Sheets of cells: tables, their text, merged cells, cells as they are shown, metadata."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoqa import sheets
from innoqa.errors import DocumentError
from innoqa.metadata import Metadata
from innoqa.sheets import check_size, fill_merged, printed, workbook_of

FIRMS = [["City", "2021", "2022"], ["Oslo", "10", "12.5"], ["Bergen", "3", ""]]


def test_sheets_are_tables_over_one_text_and_prose_where_they_hold_none():
    found = workbook_of([("Firms", FIRMS), ("Read me", [["Ask Anna."], [""]]), ("Empty", [])])
    assert found.text == (
        "Firms\n\nCity\t2021\t2022\nOslo\t10\t12.5\nBergen\t3\n\n"
        "Read me\n\nAsk Anna.\n\n\nEmpty\n\n\n"
    )
    (table,) = found.tables
    assert table.title == "Firms"
    assert [found.text[row.start : row.end] for row in table.rows] == [
        "Oslo\t10\t12.5",
        "Bergen\t3",
    ]
    (section,) = found.sections
    assert (section.heading, len(section.blocks)) == (("Read me",), 1)
    assert (found.gaps, found.metadata) == ((), Metadata())


@pytest.mark.parametrize(
    ("bounds", "filled"),
    [
        ((0, 0, 0, 1), ["AA", "..", "1."]),
        ((0, 0, 1, 0), ["A.", "A.", "1."]),
        ((2, 0, 2, 1), ["A.", "..", "1."]),  # a number is not counted twice
        ((0, 0, 9, 9), ["A.", "A.", "A."]),  # nothing else in its rows
        ((7, 7, 9, 9), ["A.", "..", "1."]),
    ],
)
def test_a_merged_label_is_repeated_over_its_cells(bounds, filled):
    grid = [["A", "", "x"], ["", "", "x"], ["1", "", "x"]]
    if bounds == (0, 0, 9, 9):
        grid = [row[:2] for row in grid]
    fill_merged(grid, bounds)
    assert ["".join(cell or "." for cell in row[:2]) for row in grid] == filled


def test_more_cells_than_are_read_are_told(monkeypatch):
    check_size("Far", 1000, 1000)
    with pytest.raises(DocumentError, match="a sheet 'Far' of 1,048,576 rows and 3 columns"):
        check_size("Far", 1_048_576, 3)
    monkeypatch.setattr(sheets, "MOST_IN_ALL", 17)
    with pytest.raises(DocumentError, match="has more than 17 cells; split it into workbooks"):
        workbook_of([("A", FIRMS), ("B", FIRMS)])


@pytest.mark.parametrize(
    ("value", "number_format", "reads"),
    [
        (None, "General", ""),
        (0.0617, "0.00%", "6.17%"),
        (0.06, "0.00%", "6.00%"),
        (0.2512, "0%", "25.12%"),
        (20000.0, "#,##0", "20000"),
        (2843.3, "#,##0", "2843.3"),
        (3.14159, "0.00", "3.14"),
        (0.1 + 0.2, "General", "0.3"),
        (1e20, "General", "100000000000000000000"),
        (1.5e-7, "General", "0.00000015"),
        (12345.678, "0.00E+00", "12345.678"),
        (12.5, "[$€-407] #,##0.00", "€12.50"),
        (20_000_000, '#,##0,"K"', "20000K"),
        (20_500_000, '0.0,,"M"', "20.5M"),
        (5, "@", "5"),
        (0.5, "# ?/?", "0.5"),
        (-12.5, '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)', "$-12.50"),
        (7, '#,##0\\ "€"', "7 €"),
        (5, '0" km²"', "5 km²"),
        (1234567, "# ##0", "1234567"),
        (True, "General", "TRUE"),
        ("two\nlines\tand more", "General", "two lines and more"),
        ("#N/A", "General", "#N/A"),
        (datetime.datetime(2024, 3, 1), "dd/mm/yyyy", "2024-03-01"),
        (datetime.datetime(2024, 3, 1, 14, 30), "dd/mm/yyyy h:mm", "2024-03-01 14:30:00"),
        (datetime.date(2024, 3, 1), "yyyy-mm-dd", "2024-03-01"),
        (datetime.datetime(2024, 3, 1), "mmm yyyy", "March 2024"),
        (datetime.datetime(2024, 1, 1), "yyyy", "2024"),
        (datetime.time(3, 4), "h:mm", "03:04:00"),
        (float("nan"), "0", "nan"),
        (0.5, "0." + "0" * 1000, "0." + "5".ljust(30, "0")),
    ],
)
def test_a_cell_reads_as_it_is_shown(value, number_format, reads):
    assert printed(value, number_format) == reads


@given(
    st.one_of(st.integers(), st.floats(), st.text(max_size=5), st.dates()),
    st.text(st.sampled_from('0#,.%;"[]$€_*\\ ymdhE+-ab'), max_size=12),
)
def test_any_value_in_any_format_reads_as_one_line(value, number_format):
    assert "\n" not in printed(value, number_format)
