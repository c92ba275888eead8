"""The rows around a cited cell, and lists of observations."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests.computed_turns import PERCENT, observed

import tables
from innoqa.domain import Cell, Observation, Table, TableRow

NUMBERS = st.integers(1, 14)


def table_of(width: int, height: int, labels: int = 1) -> Table:
    """Cells are named by column and row; those of the label columns hold no digit."""
    header = tuple(f"h{column}" for column in range(1, width + 1))
    rows = tuple(
        TableRow(
            tuple(
                "name" if column <= labels else f"{column}/{row}" for column in range(1, width + 1)
            ),
            0,
            1,
        )
        for row in range(1, height + 1)
    )
    return Table("Dues", (), header, rows)


def cell_at(row: int, column: int | None) -> Cell:
    return Cell("Dues", row, "", None, 0, column)


@given(width=NUMBERS, height=NUMBERS, row=NUMBERS, column=NUMBERS, labels=st.integers(0, 3))
def test_the_cited_cell_is_in_its_place_with_its_header_and_first_column(
    width: int, height: int, row: int, column: int, labels: int
) -> None:
    table = table_of(width, height, labels)
    part = tables.excerpt(table, cell_at(row, column))
    if row > height or column > width:
        assert part is None
        return
    assert part is not None
    assert part.column is not None
    assert part.rows[part.row][part.column] == table.rows[row - 1].cells[column - 1]
    assert part.header[part.column] == f"h{column}"
    assert part.header[0] == "h1"
    assert part.above + len(part.rows) + part.below == height
    assert len(part.rows) <= 5
    assert all(len(cells) == len(part.header) <= 11 for cells in part.rows)
    named = [name for name in part.header if name != tables.GAP]
    assert named == sorted(set(named), key=lambda name: int(name[1:]))


def test_a_narrow_table_is_shown_in_its_whole_width() -> None:
    part = tables.excerpt(table_of(6, 1), cell_at(1, 6))
    assert part is not None
    assert part.header == ("h1", "h2", "h3", "h4", "h5", "h6")


def test_of_a_wide_table_the_labels_and_the_columns_beside_the_cell_are_shown() -> None:
    part = tables.excerpt(table_of(14, 9, labels=2), cell_at(5, 9))
    assert part is not None
    assert part.header == ("h1", "h2", "…", "h7", "h8", "h9", "h10", "h11", "…")
    assert (part.above, part.below) == (2, 2)


def test_a_single_column_between_is_shown_rather_than_left_out() -> None:
    part = tables.excerpt(table_of(8, 1), cell_at(1, 5))
    assert part is not None
    assert part.header == ("h1", "h2", "h3", "h4", "h5", "h6", "h7", "h8")


def test_a_row_that_is_not_there_has_no_excerpt() -> None:
    assert tables.excerpt(table_of(3, 2), cell_at(0, 1)) is None
    assert tables.excerpt(table_of(3, 2), cell_at(3, None)) is None


def test_the_cited_cell_alone_is_lit_and_is_where_the_marker_leads() -> None:
    part = tables.excerpt(table_of(3, 4), cell_at(2, 3))
    assert part is not None
    html = tables.excerpt_html(part, "source-1-1")
    assert html.count("<mark>") == html.count("innoqa-lit") == html.count("source-1-1") == 1
    assert '<td class="innoqa-lit" id="source-1-1" tabindex="-1"><mark>3/2</mark></td>' in html
    assert '<th scope="col">h3</th>' in html
    assert '<th scope="row">name</th>' in html
    assert "Dues: rows 1 to 4 of 4" in html


def test_a_row_that_is_cited_as_a_whole_is_lit_as_a_whole() -> None:
    part = tables.excerpt(table_of(3, 4), cell_at(2, None))
    assert part is not None
    html = tables.excerpt_html(part, "source-1-1")
    assert html.count('<tr class="innoqa-lit" id="source-1-1" tabindex="-1">') == 1
    assert "<mark>" not in html


def test_the_levels_of_a_stacked_header_stand_under_one_another() -> None:
    table = replace(table_of(2, 1), header=("Port", "Dues | 2020"))
    part = tables.excerpt(table, cell_at(1, 2))
    assert part is not None
    assert "Dues<br>2020" in tables.excerpt_html(part, "a")


def test_a_long_cell_is_cut_unless_it_is_the_cited_one() -> None:
    long = "word " * 40
    table = Table("", (), ("a", "b"), (TableRow((long, long), 0, 1),))
    part = tables.excerpt(table, cell_at(1, 2))
    assert part is not None
    html = tables.excerpt_html(part, "a")
    assert f"<mark>{long}</mark>" in html
    assert html.count("word") == 40 + 16


def list_of(*observations: Observation, noted: bool = False) -> str:
    return tables.observation_list(observations, lambda _: "", noted=noted)


def test_what_all_observations_share_is_said_once_and_the_rest_in_columns() -> None:
    html = list_of(observed(2019, "4"), observed(2020, "5"))
    assert "<caption>Port dues, Vell</caption>" in html
    assert html.count("Port dues") == 1
    for name in ("Period", "Value", "Source"):
        assert f'<th scope="col">{name}</th>' in html
    assert "Entity" not in html


def test_entities_that_differ_have_a_column() -> None:
    html = list_of(observed(2020, "4"), observed(2020, "5", entity="Osk"))
    assert "<caption>Port dues</caption>" in html
    assert '<th scope="col">Entity</th>' in html
    assert "<td>Osk</td>" in html


def test_a_column_without_anything_in_it_is_left_out() -> None:
    html = list_of(replace(observed(2020, "4", unit=PERCENT), source=""), noted=True)
    assert "Source" not in html
    assert "Scope and notes" not in html
    assert "Scope and notes" in list_of(observed(2020, "4", note="islands too"), noted=True)
