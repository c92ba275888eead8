"""Delimited texts and the data packages beside them: tables, and what cannot be read."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoqa.adapters import delimited
from innoqa.adapters.data_package import Description, read_description
from innoqa.adapters.delimited import read_delimited
from innoqa.domain import Document
from innoqa.errors import DocumentError
from innoqa.indicators import read_tables


def cells(text, delimiter=""):
    (table,) = read_delimited(text, delimiter)
    return [table.header, *(row.cells for row in table.rows)]


def spans(text):
    (table,) = read_delimited(text)
    return [text[row.start : row.end] for row in table.rows]


def test_a_row_spans_the_lines_of_its_quoted_cells():
    text = 'city,note\nOslo,"two\nlines, ""quoted"""\nBergen,one\n'
    assert spans(text) == ['Oslo,"two\nlines, ""quoted"""', "Bergen,one"]
    assert cells(text)[1] == ("Oslo", 'two\nlines, "quoted"')


@pytest.mark.parametrize(
    "text",
    [
        "city;area\nOslo;454,1\nBergen;464,7\n",
        "city|area\nOslo|454,1\nBergen|464,7\n",
        "city\tarea\nOslo\t454,1\nBergen\t464,7\n",
        '\n\ncity,area\nOslo,"454,1"\n\n\nBergen,"464,7"\n\n',
        '"city","area"\n"Oslo","454,1"\n"Bergen","464,7"',
    ],
)
def test_the_delimiter_is_told_by_the_header(text):
    assert cells(text) == [("city", "area"), ("Oslo", "454,1"), ("Bergen", "464,7")]


@pytest.mark.parametrize(
    "text",
    [
        "Trams of Oslo, by line\nline;riders;stops\nBlue;1,5;20\nRed;2,5;30\n",
        "line\triders\tstops\nBlue\t1,5\t20\nRed\t2,5\t30\n",
        "line;riders;stops\nBlue;1,5;20;\nRed;2,5;30;;\n",
    ],
)
def test_the_sign_between_cells_is_the_one_that_cuts_the_lines_alike(text):
    assert cells(text)[1:] == [("Blue", "1,5", "20"), ("Red", "2,5", "30")]


def test_the_sign_between_cells_can_be_given():
    assert cells("city/firms, jobs\nOslo/3\n", "/") == [("city", "firms, jobs"), ("Oslo", "3")]


@pytest.mark.parametrize("sign", ['"', "\0", "\n", "\r"])
def test_a_sign_that_cuts_nothing_is_told(sign):
    with pytest.raises(DocumentError, match="cannot be cut into cells at"):
        read_delimited("city,firms\nOslo,3\n", sign)


def test_apostrophes_in_cells_quote_nothing():
    assert cells("city,plan,note\nBeijing,'863' Plan,\"a, b\"\nOslo,'Fjord', 'x'\n")[1:] == [
        ("Beijing", "'863' Plan", "a, b"),
        ("Oslo", "'Fjord'", " 'x'"),
    ]


def test_lines_of_prose_above_and_below_a_table_are_its_title_and_notes():
    text = (
        "Table 1. Trams of Oslo, 2018-2020\nUnit: thousand passengers\n\n"
        "Line,2018,2019,2020\nBlue,10,12,7\nRed,8\n\nSource: Ruter, yearly report, 2021\n"
    )
    (table,) = read_delimited(text)
    assert table.title == "Table 1. Trams of Oslo, 2018-2020"
    assert table.notes == ("Unit: thousand passengers", "Source: Ruter, yearly report, 2021")
    assert [row.cells for row in table.rows] == [("Blue", "10", "12", "7"), ("Red", "8", "", "")]
    assert spans(text) == ["Blue,10,12,7", "Red,8"]


def test_a_space_after_each_comma_is_no_prose():
    assert cells("line, riders, stops\nBlue, 15, 20\nRed, 25, 30\n")[0] == (
        "line",
        "riders",
        "stops",
    )


def test_two_tables_in_one_text_are_two_tables():
    found = read_delimited("North\nYear,Firms\n2019,5\n\nSouth\nYear,Firms\n2019,7\n")
    assert [table.title for table in found] == ["North", "South"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("city,firms\n", "has a header but no rows, or no header at all"),
        ("", "has a header but no rows, or no header at all"),
        ("city,firms\nOslo,3\n\nBergen,1,2\n",
         "has 3 cells in line 4 under a header of 2; add the missing column name or quote the"),
        ('city,note\nOslo,"two\nlines"\nBergen,1,2\n', "has 3 cells in line 4 under a header of 2"),
        ("city,note\nOslo," + "x" * 200_000, "has a cell of more than 131,072 .* in line 2"),
        ("x" * 200_000 + "\n1\n", "has a cell of more than 131,072 characters in line 1"),
        ("x,y\n" + "1," * 2_000_000, "has 4,000,000 characters in line 2; lines of up to"),
        ("city,firms\nOslo,3\0\n", "holds a NUL character in line 2; save it as UTF-8 text"),
        ("city,firms\nOs\rlo,3\n", "cannot be cut into cells in line 2"),
        ('city,note\nOslo,"3\nBergen,4\nTromsø,5\n', "has a quote in line 2 that is never closed"),
        ('city,note\nOslo,"a\nb","3\nBergen,4\n', "has a quote in line 3 that is never closed"),
        ('city,note\nOslo,"', "has a quote in line 2 that is never closed"),
        ('city,firms\nOslo,"' + "Bergen,4\n" * 20_000, "has a cell of more than 131,072 .* line 2"),
        ('y,a,b\n1,2,"3\n2,3,4\n3,4,5\n4,5,6\n5,6,7"\n6,7,8\n',
         "has a quoted cell of 5 lines in line 2 that look like rows; a quote that opens a cell"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_line(text, reason):
    with pytest.raises(DocumentError, match=f"^{reason}"):
        read_delimited(text)


def test_a_cell_of_many_lines_of_prose_is_read():
    note = "\n".join(f"{n}. First, a line of prose." for n in range(400)) + "\nand, its, end"
    assert cells(f'city,note,firms\nOslo,"{note}",3\n')[1] == ("Oslo", note, "3")


def test_a_text_of_too_many_rows_or_cells_is_told(monkeypatch):
    monkeypatch.setattr(delimited, "MOST_ROWS", 100)
    monkeypatch.setattr(delimited, "MOST_CELLS", 300)
    assert len(cells("a,b\n" + "1,2\n" * 99)) == 100
    for text in ("a,b\n" + "1,2\n" * 100, "a,b,c,d\n" + "1,2,3,4\n" * 75):
        with pytest.raises(DocumentError, match="has more than 100 rows or 300 cells; split it"):
            read_delimited(text)


texts = st.text(st.sampled_from("ab,;\"'\n é😀|\t1."), max_size=12)
# The second column holds no numbers: text over a number after a blank row is another table.
words = st.text(st.sampled_from("ab,;\"'\n é😀|\t."), max_size=12)


@given(st.lists(st.tuples(texts, words), min_size=1, max_size=6))
def test_what_a_csv_writer_writes_is_read_back_cell_by_cell_from_inside_its_span(table):
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("first", "second"), *table])
    text = written.getvalue()
    wanted = [row for row in table if any(cell.strip() for cell in row)]
    if not wanted:
        with pytest.raises(DocumentError, match="no rows"):
            read_delimited(text)
        return
    assert cells(text)[1:] == wanted
    for span in spans(text):
        assert next(csv.reader(span.splitlines(keepends=True)))


@given(st.text(st.sampled_from('ab,;"\n\r\0 1.\t|'), max_size=60), st.sampled_from(["", ",", "|"]))
def test_any_text_gives_tables_over_its_spans_or_is_told(text, delimiter):
    try:
        found = read_delimited(text, delimiter)
    except DocumentError:
        return
    for row in (row for table in found for row in table.rows):
        assert all(cell.replace('"', "") in text.replace('"', "") for cell in row.cells)
        assert 0 <= row.start <= row.end <= len(text)


FIELDS = {
    "missingValues": ["", "-999"],
    "fields": [
        {"name": "yr", "title": "Year"},
        {"name": "gdp", "title": "GDP", "unit": "billion NOK"},
        {"name": "pop", "title": "Population", "description": "Unit: thousand persons."},
        {"name": "tr", "description": "Trips by tram, bus and boat."},
        "no field",
    ],
}


def described(text, **resource):
    """The document of a text of which a data package says this."""
    description = Description(resource)
    tables = read_delimited(text, description.delimiter)
    return description.applied(Document("d", "a.csv", "A", "table", text, tables=tables))


def test_the_fields_of_a_data_package_name_the_columns_their_units_and_missing_values():
    document = described("yr,gdp,pop,tr\n2018,3.5,680,7\n2019,-999,690,8\n", schema=FIELDS)
    (table,) = document.tables
    assert table.header == ("Year", "GDP (billion NOK)", "Population (thousand persons)", "tr")
    assert [row.cells for row in table.rows] == [
        ("2018", "3.5", "680", "7"),
        ("2019", "", "690", "8"),
    ]
    assert "tr: Trips by tram, bus and boat." in table.notes


def test_a_tidy_table_keeps_its_columns_names_and_takes_the_unit_of_its_value_field():
    schema = {"fields": [{"name": "indicator", "title": "What"}, {"name": "value", "unit": "%"}]}
    document = described("entity,indicator,value\nOslo,Growth,3\n", schema=schema)
    (observation,) = read_tables(document)[0][0].observations
    assert (observation.unit.base, observation.cell.column) == ("percent", "value")


def test_a_data_package_gives_the_sources_of_its_tables_and_the_sign_between_cells():
    sources = [{"title": "SSB"}, 3, {"path": "https://example.org"}]
    document = described("city/firms\nOslo/3\n", sources=sources, dialect={"delimiter": "/"})
    assert [note.text for note in document.footnotes] == ["SSB"]
    assert document.tables[0].header == ("city", "firms")


@pytest.mark.parametrize(
    "resource",
    [
        {},
        {"schema": 3, "dialect": "x", "sources": "x"},
        {"schema": {"fields": {"name": "city"}, "missingValues": [3]}, "dialect": {"delimiter": 3}},
        {"schema": {"fields": [3], "missingValues": 3}, "sources": [None]},
        {"schema": {"fields": None, "missingValues": None}, "dialect": {"delimiter": "::"}},
    ],
)
def test_parts_of_a_data_package_of_another_form_are_passed_over(resource):
    document = described("city,firms\nOslo,3\n", **resource)
    assert [row.cells for row in document.tables[0].rows] == [("Oslo", "3")]
    assert (document.tables[0].header, document.footnotes) == (("city", "firms"), ())


def test_a_description_is_the_one_of_its_file_and_empty_where_there_is_none(tmp_path):
    assert (read_description(tmp_path / "a.csv").title, str(Description({}))) == ("", "{}")
    resources = [{"path": "b.csv", "title": "B"}, {"title": "A", "path": "a.csv"}]
    package = tmp_path / "datapackage.json"
    package.write_text(json.dumps({"resources": resources}))
    assert read_description(tmp_path / "a.csv") == Description({"path": "a.csv", "title": "A"})
    assert str(read_description(tmp_path / "a.csv")) == '{"path": "a.csv", "title": "A"}'
    assert read_description(tmp_path / "c.csv") == Description({})
    package.write_bytes(b"\xef\xbb\xbf{}")
    assert read_description(tmp_path / "a.csv") == Description({})


@pytest.mark.parametrize(
    "package",
    [b"{", b"[]", b'{"resources": 3}', b'{"resources": ["a"]}', b"\xff", b'{"resources": null}',
     b"[" * 100_000],
)  # fmt: skip
def test_a_broken_data_package_is_told_by_its_name(tmp_path, package):
    (tmp_path / "datapackage.json").write_bytes(package)
    with pytest.raises(DocumentError, match=r"datapackage\.json is not a Frictionless data pack"):
        read_description(tmp_path / "a.csv")
