"""XLSX workbooks: tables, the text that they are spans of, and what cannot be read."""

import contextlib
import datetime
import io
import random
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart

from innoqa import sheets
from innoqa.adapters import workbook
from innoqa.adapters.data_package import Description
from innoqa.adapters.workbook import read_workbook
from innoqa.domain import Document
from innoqa.errors import DocumentError
from innoqa.indicators import read_tables
from innoqa.metadata import Metadata


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
    assert found.gaps == ("the hidden sheet 'Scratch' was not read",)
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
    ("raw", "reason"),
    [
        (b"", "is not an XLSX workbook"),
        (b"city,firms\nOslo,3\n", "is not an XLSX workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "is in the form of before 2007; rename"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
         "is encrypted; save it without a password"),
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
    monkeypatch.setattr(sheets, "MOST_CELLS", 100)
    with pytest.raises(DocumentError, match="has 202 cells; workbooks of up to 100 are read"):
        read({"Long": [[1, 2]] * 101})
    far = book({"Far": FIRMS})
    far["Far"]["Z99"] = "stray"
    with pytest.raises(DocumentError, match="'Far' of 99 rows and 26 columns; up to 100 cells"):
        read_workbook(saved(far))


def test_a_workbook_takes_the_sources_of_its_data_package_and_states_observations():
    found = read({"Sheet1": [["City", "Share", "Firms"], ["Oslo", 0.0617, 12]]},
                 formats=[("B2", "0.00%")])  # fmt: skip
    document = Document("d", "a.xlsx", "Firms", "table", found.text, found.sections, found.tables)
    described = Description({"sources": [{"title": "SSB"}]}).applied(document)
    (row,) = read_tables(described)[0]
    assert [(str(o.value), o.unit.base, o.source) for o in row.observations] == [
        ("6.17", "percent", "SSB"),
        ("12", "", "SSB"),
    ]


def test_what_a_workbook_says_of_itself_is_read_and_nothing_where_it_says_nothing():
    made = book({"Firms": FIRMS})
    assert read_workbook(saved(made)).metadata == Metadata()
    made.properties.title = "Firms of Norway"
    made.properties.creator = "Anna Holm; openpyxl"
    made.properties.created = datetime.datetime(2023, 5, 17, 8)
    made.properties.language = "nb-NO"
    assert read_workbook(saved(made)).metadata == Metadata(
        "Firms of Norway", ("Anna Holm",), "2023-05-17", "nb-NO"
    )


def test_hidden_rows_are_read_and_chart_sheets_passed_over():
    made = book({"Firms": FIRMS})
    made["Firms"].row_dimensions[2].hidden = True
    made["Firms"].column_dimensions["B"].hidden = True
    made.create_chartsheet("Chart").add_chart(BarChart())
    found = read_workbook(saved(made))
    assert cells(found.tables[0])[0] == ("Oslo", "10", "12.5")
    assert (len(found.tables), found.gaps) == (1, ())


def test_a_workbook_damaged_at_any_byte_is_read_or_told():
    raw = saved(book({"Firms": FIRMS}, merged=["A2:A3"]))
    for seed in range(30):
        chance = random.Random(seed)

        def change(body, chance=chance):
            at = chance.randrange(len(body))
            return body[:at] + chance.randbytes(3) + body[at + 3 :]

        parts = zipfile.ZipFile(io.BytesIO(raw)).namelist()
        with contextlib.suppress(DocumentError):
            found = read_workbook(with_part(raw, chance.choice(parts), change))
            assert all(row.end <= len(found.text) for t in found.tables for row in t.rows)
