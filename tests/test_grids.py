"""Raw grids: which rows are title, header, body and note."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoqa.domain import TableRow
from innoqa.grids import Kind, filled, is_unit_line, kind, read_grid


def grid(text):
    """The rows of a comma-separated text, each with its span."""
    rows, start = [], 0
    for line in io.StringIO(text):
        cells = next(csv.reader([line]), [])
        rows.append(TableRow(tuple(cells), start, start + len(line.rstrip("\n"))))
        start += len(line)
    return rows


def tables(text, headers=0):
    return read_grid(grid(text), headers)


def one(text, headers=0):
    (table,) = tables(text, headers)
    return table


def cells(table):
    return [row.cells for row in table.rows]


def test_a_plain_table_comes_through_as_it_is():
    table = one("Name,Party,Result\nAnna,Red,won\nBo,,lost\nCleo,Blue,won\n")
    assert table.header == ("Name", "Party", "Result")
    assert cells(table) == [("Anna", "Red", "won"), ("Bo", "", "lost"), ("Cleo", "Blue", "won")]
    assert (table.title, table.notes) == ("", ())


def test_title_units_and_notes_around_a_table_are_told_apart_from_its_rows():
    text = (
        "Table 3. R&D in Oslo\n"
        '"Unit: million NOK"\n'
        "\n"
        "Indicator,2018,2019\n"
        "R&D expenditure,10,12\n"
        "\n"
        "Basic research,3,4\n"
        "* preliminary\n"
        '"Source: Statistics Norway, 2024"\n'
    )
    table = one(text)
    assert table.title == "Table 3. R&D in Oslo"
    assert table.notes == (
        "Unit: million NOK",
        "* preliminary",
        "Source: Statistics Norway, 2024",
    )
    assert [row.cells[0] for row in table.rows] == ["R&D expenditure", "Basic research"]
    assert [text[row.start : row.end] for row in table.rows] == [
        "R&D expenditure,10,12",
        "Basic research,3,4",
    ]


@pytest.mark.parametrize(
    ("text", "header"),
    [
        (",2019,,2018,\n,Men,Women,Men,Women\nAge 65,86,88,87,89\n",
         ("", "2019 | Men", "2019 | Women", "2018 | Men", "2018 | Women")),
        # A name in the middle of the columns that it spans, as printed pages have it.
        (",,Years ended,\n,2019,2018,2017\nSales,5,6,7\n",
         ("", "Years ended | 2019", "Years ended | 2018", "Years ended | 2017")),
        (",,Years,,,Change,\nItem,2019,2018,2017,Absolute,Percent,\nSales,1,2,3,4,5,\n",
         ("Item", "Years | 2019", "Years | 2018", "Years | 2017", "Change | Absolute",
          "Change | Percent")),
        # Names that are repeated already are left as they are.
        ("City,2019,2019,Note\nCity,H1,H2,Note\nOslo,1,2,a\n",
         ("City", "2019 | H1", "2019 | H2", "Note")),
        (",First,Second,\n,Quarter,Quarter,Total\nSales,1,2,3\n",
         ("", "First | Quarter", "Second | Quarter", "Second | Total")),
        (",,Assets,\n,,Year end,\n,2019,2018,2017\nCash,5,6,7\nLoans,1,2,3\n",
         ("", "Assets | Year end | 2019", "Assets | Year end | 2018", "Assets | Year end | 2017")),
        ("City,Indicator,2018,,\n,,H1,H2,Year\nOslo,Firms,1,2,3\n",
         ("City", "Indicator", "2018 | H1", "2018 | H2", "2018 | Year")),
        ("(in million),2019 €m,2018 €m\nSales,5,6\n", ("(in million)", "2019 €m", "2018 €m")),
    ],
)  # fmt: skip
def test_the_levels_of_a_stacked_header_are_joined_over_the_columns_that_they_span(text, header):
    assert one(text).header == header


@pytest.mark.parametrize(
    ("row", "note"),
    [
        (",€m,€m", "€m"),
        (",(in millions),", "(in millions)"),
        ("(In thousands),,", "(In thousands)"),
        (",Number,Number", "Number"),
    ],
)
def test_a_unit_under_the_header_is_a_note(row, note):
    table = one(f",2019,2018\n{row}\nSales,5,6\nCosts,4,5\n")
    assert table.header == ("", "2019", "2018")
    assert table.notes == (note,)
    assert [r.cells[0] for r in table.rows] == ["Sales", "Costs"]


def test_units_that_differ_by_column_are_a_level_of_the_header():
    table = one(",30 June 2019,Change\n,$’000,%\nSales,5,6\n")
    assert table.header == ("", "30 June 2019 | $’000", "Change | %")


@pytest.mark.parametrize(
    "text",
    [
        "Year,Time,Score\n1990,n/a,–\n1991,4,5\n",
        "Team,Won,Lost\nOslo,did not play,did not play\nBergen,4,5\n",
        "City,Founded,Twin\nOslo,1040,Bergen\nRiga,1201,Turku\n",
        "Area,Firms\nOslo,1950\nBergen,1951\n",
    ],
)
def test_a_first_row_of_missing_values_text_or_years_is_no_part_of_the_header(text):
    assert len(one(text).rows) == 2


def test_a_line_without_values_between_the_rows_is_kept():
    table = one(",2019,2018\nAssets:,,\nCash,5,6\nLiabilities,,\nLoans,3,4\n")
    assert [row.cells[0] for row in table.rows] == ["Assets:", "Cash", "Liabilities", "Loans"]


def test_a_header_that_is_repeated_between_the_rows_is_left_out():
    table = one("Year,Firms\n2019,5\nYear,Firms\n2020,6\n")
    assert cells(table) == [("2019", "5"), ("2020", "6")]


def test_a_header_that_comes_again_for_other_times_begins_another_table():
    one_level, other = tables(
        "Item,2017,Added,2018\nCash,1,2,3\nLoans,1,1,2\nItem,2018,Added,2019\nCash,3,1,4\n"
    )
    assert (one_level.header[1], other.header[1]) == ("2017", "2018")
    assert cells(other) == [("Cash", "3", "1", "4")]
    first, second = tables(
        ",Fiscal 2019,\n,First,Second\nSales,5,6\n,Fiscal 2018,\n,First,Second\nSales,3,4\n"
    )
    assert (first.header[2], second.header[2]) == ("Fiscal 2019 | Second", "Fiscal 2018 | Second")


def test_blocks_between_blank_rows_are_tables_where_each_has_a_header():
    first, second = tables("North\nYear,Firms\n2019,5\n\nSouth\nYear,Firms\n2019,7\n")
    assert (first.title, cells(first)) == ("North", [("2019", "5")])
    assert (second.title, cells(second)) == ("South", [("2019", "7")])


@pytest.mark.parametrize(
    "text",
    [
        "Year,Firms\n2019,5\n\n2020,6\n",
        "Year,Firms\n2019,5\n\nYear,Firms\n2020,6\n",
        "Name,Town\nAnna,Oslo\n\nBo,Riga\n",
        "Year,Firms\n2019,5\n\nLater\n2020,6\n",
    ],
)
def test_a_blank_row_alone_does_not_end_a_table(text):
    assert len(tables(text)) == 1


def test_columns_without_any_words_at_either_side_are_left_out():
    table = one(",Year,Firms,,\n,2019,5,,\n")
    assert (table.header, cells(table)) == (("Year", "Firms"), [("2019", "5")])


def test_short_rows_are_filled_with_blank_cells():
    assert cells(one("Year,Firms,Note\n2019,5\n2020\n")) == [("2019", "5", ""), ("2020", "", "")]


def test_names_and_values_under_one_line_keep_that_line_as_header_and_title():
    table = one("Oslo at a glance,\nArea,454 km²\nMayor,Anna\n")
    assert (table.title, table.header) == ("Oslo at a glance", ("Oslo at a glance", ""))
    assert len(table.rows) == 2


def test_a_known_header_is_not_taken_for_a_title():
    table = one("Key facts,\nMayor,Anna\nParty,Green\n", headers=1)
    assert (table.header, len(table.rows)) == (("Key facts", ""), 2)


@pytest.mark.parametrize("text", ["", "\n\n", "Year,Firms\n", "only one line\n"])
def test_a_grid_without_rows_under_a_header_holds_no_table(text):
    assert tables(text) == ()


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("", Kind.BLANK), (" \n", Kind.BLANK), ("n/a", Kind.MISSING), ("–", Kind.MISSING),
        ("2019", Kind.PERIOD), ("H1 2020", Kind.PERIOD), ("2019 €m", Kind.PERIOD),
        ("1,950", Kind.NUMBER), ("(3.5)", Kind.NUMBER), ("$ 12", Kind.NUMBER), ("7", Kind.NUMBER),
        ("16 km", Kind.MEASURE), ("about 20", Kind.MEASURE), ("Oslo", Kind.TEXT),
        ("£000", Kind.TEXT), ("53 WEEKS", Kind.TEXT),
    ],
)  # fmt: skip
def test_a_cell_is_told_by_what_it_holds(cell, expected):
    assert kind(cell) is expected


@pytest.mark.parametrize(
    ("line", "is_unit"),
    [
        ("(in millions)", True), ("Unit: 100 million yuan", True), ("€m", True), ("%", True),
        ("($ in thousands, except per share amounts)", True), ("Amounts in NOK million", True),
        ("MWh per square metre", True), ("Revenue", False), ("Sales per employee", False),
        ("Expense/(credit):", False), ("Firms in Oslo", False), ("Year", False),
    ],
)  # fmt: skip
def test_a_line_that_says_a_unit_and_nothing_else_is_known(line, is_unit):
    assert is_unit_line(line) is is_unit


CELLS = st.one_of(
    st.sampled_from(
        ["", "", "2018", "2019", "12", "3.5", "(4)", "n/a", "%", "€m", "Unit: %", "Source: x",
         "* a", "Oslo", "Firms (number)", "H1", "Total", "a) b", "Year ended", "1,234"]
    ),
    st.text(st.sampled_from("ab1 .,()%*:|\n"), max_size=5),
)  # fmt: skip


@given(st.lists(st.lists(CELLS, max_size=5), max_size=12), st.integers(0, 2))
def test_any_grid_gives_rows_as_long_as_their_header_in_order_with_their_spans(raw, headers):
    rows = [TableRow(tuple(row), 10 * n, 10 * n + 5) for n, row in enumerate(raw)]
    found = read_grid(rows, headers)
    known = {row.start: row for row in rows}
    starts = [row.start for table in found for row in table.rows]
    assert starts == sorted(set(starts))
    for table in found:
        assert table.rows
        for row in table.rows:
            assert len(row.cells) == len(table.header)
            raw_cells = known[row.start].cells
            assert [c for c in row.cells if c.strip()] == [c for c in raw_cells if c.strip()]
            assert row.end == known[row.start].end
            assert filled(row)


@given(st.lists(st.tuples(*[st.sampled_from(["1", "23", "4.5", "x", "Oslo"])] * 3), min_size=1))
def test_no_row_of_a_table_with_a_full_header_is_lost(rows):
    raw = [("Town", "Firms", "Jobs"), *rows]
    (table,) = read_grid([TableRow(row, n, n) for n, row in enumerate(raw)])
    assert table.header == raw[0]
    assert cells(table) == rows
