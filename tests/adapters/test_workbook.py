"""XLSX workbooks: tables, the text that they are spans of, and what cannot be read."""

import datetime
import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from innoqa.adapters import workbook
from innoqa.adapters.files import Origin
from innoqa.adapters.workbook import printed, read_workbook
from innoqa.errors import DocumentError
from innoqa.indicators import row_passages


def saved(book):
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def book(sheets, merged=(), formats=()):
    """A workbook from rows by sheet name; merged areas and number formats are of the first."""
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    first = made.worksheets[0]
    for place, number_format in formats:
        first[place].number_format = number_format
    for area in merged:
        first.merge_cells(area)
    return made


def read(sheets, **others):
    return read_workbook(saved(book(sheets, **others)))


def cells(table):
    return [row.cells for row in table.rows]


FIRMS = [["City", 2021, 2022], ["Oslo", 10, 12.5], ["Bergen", 3, None]]


def test_each_visible_sheet_is_a_table_named_after_it():
    made = book({"Firms": FIRMS, "Jobs": FIRMS, "Scratch": FIRMS})
    made["Scratch"].sheet_state = "hidden"
    found = read_workbook(saved(made))
    assert [table.title for table in found.tables] == ["Firms", "Jobs"]
    assert found.tables[0].header == ("City", "2021", "2022")
    assert cells(found.tables[0]) == [("Oslo", "10", "12.5"), ("Bergen", "3", "")]


def test_the_text_is_the_sheets_names_and_their_rows_between_tabs():
    found = read({"Firms": [["Firms of Oslo"], [], *FIRMS], "Jobs": FIRMS})
    assert found.text == (
        "Firms\n\nFirms of Oslo\n\nCity\t2021\t2022\nOslo\t10\t12.5\nBergen\t3\n\n"
        "Jobs\n\nCity\t2021\t2022\nOslo\t10\t12.5\nBergen\t3\n\n"
    )
    for table in found.tables:
        assert [found.text[row.start : row.end] for row in table.rows] == [
            "Oslo\t10\t12.5",
            "Bergen\t3",
        ]


def test_the_line_above_a_table_follows_the_name_of_its_sheet_where_that_says_anything():
    rows = [["Oslo: firms by year"], *FIRMS]
    found = read({"Towns": rows, "Sheet2": rows, "firms": rows})
    assert [table.title for table in found.tables] == [
        "Towns: Oslo: firms by year",
        "Oslo: firms by year",
        "Oslo: firms by year",
    ]


def test_a_merged_header_is_repeated_over_its_columns_and_a_merged_label_over_its_rows():
    rows = [
        ["Firms of Oslo", None, None, None],
        ["District", "Park", "2021", None],
        [None, None, "H1", "H2"],
        ["North", "A", 1, 2],
        [None, "B", 3, 4],
    ]
    (table,) = read({"Parks": rows}, merged=["A1:D1", "A2:A3", "B2:B3", "C2:D2", "A4:A5"]).tables
    assert table.title == "Parks: Firms of Oslo"
    assert table.header == ("District", "Park", "2021 | H1", "2021 | H2")
    assert cells(table) == [("North", "A", "1", "2"), ("North", "B", "3", "4")]


def test_a_merged_number_is_not_counted_twice():
    rows = [["City", "Jobs", "Firms"], ["Oslo", 7, 1], ["Bergen", None, 2]]
    (table,) = read({"Jobs": rows}, merged=["B2:B3"]).tables
    assert cells(table) == [("Oslo", "7", "1"), ("Bergen", "", "2")]


def test_a_sheet_without_a_table_reads_as_prose():
    found = read({"Read me": [["These figures are invented."], ["Ask Anna."]], "Firms": FIRMS})
    (section,) = found.sections
    assert section.heading == ("Read me",)
    assert [found.text[b.start : b.end] for b in section.blocks] == [
        "These figures are invented.",
        "Ask Anna.",
    ]
    assert len(found.tables) == 1


def test_two_blocks_of_one_sheet_are_two_tables():
    rows = [["North"], ["Year", "Firms"], [2021, 1], [], ["South"], ["Year", "Firms"], [2021, 2]]
    found = read({"Firms": rows})
    assert [table.title for table in found.tables] == ["Firms: North", "Firms: South"]


def test_a_formula_reads_as_its_last_value_and_as_itself_where_it_was_never_computed():
    made = book({"Firms": [["City", "2021", "2022"], ["Oslo", 1, "=B2*2"], ["Bergen", 2, 3]]})
    raw = saved(made)
    assert cells(read_workbook(raw).tables[0])[0] == ("Oslo", "1", "=B2*2")
    computed = with_part(raw, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(
        b"<f>B2*2</f><v></v>", b"<f>B2*2</f><v>2</v>").replace(
        b"<f>B2*2</f><v/>", b"<f>B2*2</f><v>2</v>").replace(
        b"<f>B2*2</f><v />", b"<f>B2*2</f><v>2</v>"))  # fmt: skip
    assert cells(read_workbook(computed).tables[0])[0] == ("Oslo", "1", "2")


def with_part(raw, name, change):
    """The workbook with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            body = old.read(part)
            new.writestr(part, change(body) if part.filename == name else body)
    return out.getvalue()


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


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "is not an XLSX workbook"),
        (b"city,firms\nOslo,3\n", "is not an XLSX workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "is encrypted, or in the form of"),
        (saved(book({"Firms": FIRMS}))[:-200], "is not an XLSX workbook, or a damaged one"),
        (with_part(saved(book({"Firms": FIRMS})), "xl/workbook.xml", lambda _: b"<a"),
         "is not an XLSX workbook, or a damaged one"),
        (with_part(saved(book({"Firms": FIRMS})), "xl/worksheets/sheet1.xml", lambda _: b"<a"),
         "is not an XLSX workbook, or a damaged one"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_told(raw, reason):
    with pytest.raises(DocumentError, match=reason):
        read_workbook(raw)


def test_a_workbook_of_too_many_cells_is_told(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_CELLS", 100)
    with pytest.raises(DocumentError, match="has 202 cells; workbooks of up to 100 are read"):
        read({"Long": [[1, 2]] * 101})
    far = book({"Far": FIRMS})
    far["Far"]["Z99"] = "stray"
    with pytest.raises(DocumentError, match="'Far' of 99 rows and 26 columns; up to 100 cells"):
        read_workbook(saved(far))


def test_a_workbook_in_a_folder_is_a_document_with_the_title_and_sources_of_its_data_package(
    reader, tools, tmp_path
):
    made = book({"Sheet1": FIRMS})
    made.save(tmp_path / "oslo-firms.xlsx")
    (tmp_path / "~$oslo-firms.xlsx").write_bytes(b"open in a spreadsheet program")
    (origin,) = reader.origins(tmp_path)
    assert isinstance(origin, Origin)
    document = origin.parse("d")
    assert (document.title, document.media_type) == ("oslo firms", "table")
    first = next(row_passages(document, tools.count, 252))
    assert first.words == "City: Oslo; 2021: 10; 2022: 12.5"
    package = {"resources": [{"path": "oslo-firms.xlsx", "title": "Firms of Oslo",
                              "sources": [{"title": "SSB"}]}]}  # fmt: skip
    (tmp_path / "datapackage.json").write_text(json.dumps(package))
    (described,) = reader.origins(tmp_path)
    assert described.content_hash != origin.content_hash
    assert described.parse("d").title == "Firms of Oslo"
    first = next(row_passages(described.parse("d"), tools.count, 252))
    assert first.sentences[0].references == ("SSB",)
    assert {o.source for o in first.observations} == {"SSB"}


def test_a_broken_workbook_is_told_by_its_name(reader, tmp_path):
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 but no more")
    (origin,) = reader.origins(tmp_path)
    with pytest.raises(DocumentError, match=r"broken\.xlsx is not an XLSX workbook"):
        origin.parse("d")
