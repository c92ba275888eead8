"""XLS, XLSB and ODS workbooks: cells as they are shown, hidden sheets, and what cannot be read."""

import contextlib
import datetime
import io
import random
import struct
import zipfile
from decimal import Decimal

import pytest
import xlwt
from openpyxl import Workbook as Xlsx

from innoqa.adapters.other_workbook import read_other_workbook
from innoqa.domain import Document
from innoqa.errors import DocumentError
from innoqa.indicators import read_tables
from innoqa.metadata import Metadata


def zipped(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def xls(sheets, merged=(), hidden=()):
    """An XLS workbook of cells or (value, number format) by sheet; merges are of the first."""
    book = xlwt.Workbook()
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        sheet.visibility = int(name in hidden)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                value, shown = cell if isinstance(cell, tuple) else (cell, "General")
                sheet.write(number, column, value, xlwt.easyxf(num_format_str=shown))
    for top, bottom, left, right, label in merged:
        book.get_sheet(0).write_merge(top, bottom, left, right, label)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style", "meta")
)


def cell(kind, value, shown="", **others):
    """An ODS cell: its type, exact value and the words that it shows."""
    name = {"date": "date-value", "time": "time-value", "boolean": "boolean-value"}.get(
        kind, "value"
    )
    attributes = f'office:{name}="{value}"' if kind != "string" else ""
    attributes += "".join(f' table:{n.replace("_", "-")}="{v}"' for n, v in others.items())
    return (
        f'<table:table-cell office:value-type="{kind}" {attributes}>'
        f"<text:p>{shown}</text:p></table:table-cell>\n"
    )


def words(*cells):
    return "".join(cell("string", "", c) if c else "<table:table-cell/>" for c in cells)


def row(*cells, times=1):
    start = f'<table:table-row table:number-rows-repeated="{times}">'
    return f"{start}{''.join(cells)}</table:table-row>\n"


def ods(*rows, name="Firms", more="", styles="", meta=None):
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": f"<office:document-content {NAMES}><office:automatic-styles>{styles}"
        "</office:automatic-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="{name}">{"".join(rows)}</table:table>{more}'
        "</office:spreadsheet></office:body></office:document-content>",
    }
    return zipped(parts | ({"meta.xml": meta} if meta is not None else {}))


def xlsb(sheets, hidden=()):
    """An XLSB workbook of {(row, column): value} by sheet, by the records of [MS-XLSB]."""

    def record(kind, body=b""):
        size = (
            bytes([len(body)])
            if len(body) < 128
            else bytes([len(body) & 127 | 128, len(body) >> 7])
        )
        return (bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])) + size + body

    def text(words):
        return struct.pack("<I", len(words)) + words.encode("utf-16-le")

    def value(column, of):
        head = struct.pack("<II", column, 0)
        if isinstance(of, bool):
            return record(4, head + bytes([of]))
        return (
            record(6, head + text(of))
            if isinstance(of, str)
            else record(5, head + struct.pack("<d", of))
        )

    parts, bundle, links = {}, b"", ""
    for number, (name, cells) in enumerate(sheets.items(), start=1):
        bundle += record(
            156, struct.pack("<II", name in hidden, number) + text(f"r{number}") + text(name)
        )
        links += (
            f'<Relationship Id="r{number}" Target="worksheets/sheet{number}.bin" Type="http://schemas.'
            'openxmlformats.org/officeDocument/2006/relationships/worksheet"/>'
        )
        rows = sorted({at for at, _ in cells})
        body = b"".join(
            record(0, struct.pack("<I", at) + bytes(13))
            + b"".join(value(c, cells[r, c]) for r, c in sorted(cells) if r == at)
            for at in rows
        )
        edges = (rows[0], rows[-1], 0, max(c for _, c in cells))
        parts[f"xl/worksheets/sheet{number}.bin"] = (
            record(129) + record(148, struct.pack("<IIII", *edges)) + record(145) + body
            + record(146) + record(130)
        )  # fmt: skip
    return zipped(parts | {
        "xl/workbook.bin": record(131) + record(143) + bundle + record(144) + record(132),
        "xl/_rels/workbook.bin.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/'
        f'package/2006/relationships">{links}</Relationships>',
    })  # fmt: skip


def lines(raw):
    """The lines of cells of the first sheet."""
    return read_other_workbook(raw).text.split("\n\n")[1].split("\n")


def stated(raw):
    found = read_other_workbook(raw)
    document = Document("d", "a.xls", "A", "table", found.text, found.sections, found.tables)
    return [
        (o.entity, o.indicator, o.period.printed, o.value, o.unit.base)
        for reading in read_tables(document)[0]
        for o in reading.observations
    ]


STATED = [
    ("Oslo", "Growth", "2021", Decimal("6.17"), "percent"),
    ("Oslo", "Growth", "2022", Decimal("5.00"), "percent"),
    ("Bergen", "Growth", "2021", Decimal("3.40"), "percent"),
    ("Bergen", "Growth", "2022", Decimal("-1.25"), "percent"),
]


def test_an_xls_sheet_states_its_figures_with_their_units_and_years():
    share = "0.00%"
    raw = xls({"Growth": [
        ["City", 2021, 2022],
        ["Oslo", (0.0617, share), (0.05, share)], ["Bergen", (0.034, share), (-0.0125, share)],
    ]})  # fmt: skip
    assert stated(raw) == STATED


def test_an_ods_sheet_states_its_figures_with_their_units_and_years():
    raw = ods(
        row(words("City"), cell("float", "2021", "2021"), cell("float", "2022", "2022")),
        row(words("Oslo"), cell("percentage", "0.0617", "6,17 %"),
            cell("percentage", "0.05", "5.00%")),
        row(words("Bergen"), cell("percentage", "0.034", "3.40%"),
            cell("percentage", "-0.0125", "-1.25%")),
        name="Growth",
    )  # fmt: skip
    assert stated(raw) == STATED


def test_cells_of_an_xls_workbook_read_as_they_are_shown():
    assert lines(xls({"A": [
        [(0.1 + 0.2, "General"), (20000.0, "#,##0"), (12.5, '"€"#,##0.00')],
        [True, xlwt.Formula("1/0"), "two\nlines"],
        [(datetime.date(2024, 3, 1), "dd/mm/yyyy"), (datetime.date(2024, 3, 1), "mmm yyyy"),
         (datetime.time(3, 4), "h:mm")],
        [(-1.0, "dd/mm/yyyy"), (9e9, "dd/mm/yyyy"), 1e20],
    ]}))[:4] == [
        "0.3\t20000\t€12.50", "TRUE\t\ttwo lines", "2024-03-01\tMarch 2024\t03:04:00",
        "-1\t9000000000\t100000000000000000000",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "reads"),
    [
        (cell("float", "1234.5", "1.234,50"), "1234.50"),
        (cell("float", "1234567", "1 234 567"), "1234567"),
        (cell("float", "2843.3", "2,843"), "2843.3"),
        (cell("float", "1234", "1.234"), "1234"),
        (cell("float", "5.2", "5.2 km²"), "5.2 km²"),
        (cell("float", "20000000", "20,000K"), "20000000"),
        (cell("float", "0.3000000000000000444", "0.3"), "0.3"),
        (cell("float", "12345.678", "1.23E+04"), "12345.678"),
        (cell("float", "7", ""), "7"),
        (cell("float", "-12.5", "(12.50)"), "-12.50"),
        (cell("float", "1e999999", "many"), "many"),
        (cell("float", "x", "3"), "3"),
        (cell("percentage", "0.2512", "25%"), "25.12%"),
        (cell("percentage", "0.0617", ""), "6.17%"),
        (cell("currency", "12.5", "12,50 €"), "12.50 €"),
        (cell("currency", "-12.5", "-$12.50"), "$-12.50"),
        (cell("date", "2024-03-01", "01.03.24"), "2024-03-01"),
        (cell("date", "2024-03-01T14:30:00", "01.03.24 14:30"), "2024-03-01 14:30:00"),
        (cell("date", "2024-03-01", "März 2024"), "March 2024"),
        (cell("date", "2024-03-01", "2024年3月"), "March 2024"),
        (cell("date", "2024-01-01", "2024"), "2024"),
        (cell("date", "2024-13-01", "2024-13-01"), "2024-13-01"),
        (cell("time", "PT27H04M05.5S", "27:04"), "27:04:05"),
        (cell("boolean", "true", "WAHR"), "TRUE"),
        (cell("string", "", "a<text:s/>b<text:span>c</text:span>"), "a bc"),
        (cell("string", "", "#DIV/0!"), "#DIV/0!"),
        (cell("string", "", "a<office:annotation><text:p>no</text:p></office:annotation>"), "a"),
    ],
)  # fmt: skip
def test_a_cell_of_an_ods_workbook_reads_as_it_is_shown_with_a_point_before_decimals(given, reads):
    assert lines(ods(row(given)))[0] == reads


def test_merged_labels_are_repeated_over_their_cells():
    header = ("District", "2021 | H1", "2021 | H2")
    raw = xls(
        {"Parks": [[], ["", "H1", "H2"], ["North", 1, 2]]},
        merged=[(0, 0, 1, 2, "2021")],
    )
    (table,) = read_other_workbook(raw).tables
    assert table.header[1:] == header[1:]
    raw = ods(
        row(cell("string", "", "District", number_rows_spanned=2),
            cell("float", "2021", "2021", number_columns_spanned=2), "<table:covered-table-cell/>"),
        row("<table:covered-table-cell/>", words("H1", "H2")),
        row(words("North"), cell("float", "1", "1"), cell("float", "2", "2")),
    )  # fmt: skip
    (table,) = read_other_workbook(raw).tables
    assert table.header == header


def test_an_xlsb_workbook_reads_with_its_numbers_as_they_are_kept():
    cells = {
        (0, 0): "City",
        (0, 1): 2021,
        (1, 0): "Oslo",
        (1, 1): 0.0617,
        (2, 0): "Åmot",
        (2, 1): True,
    }
    raw = xlsb({"Firms": cells, "Raw": cells}, hidden=["Raw"])
    assert lines(raw) == ["City\t2021", "Oslo\t0.0617", "Åmot\tTRUE"]
    assert read_other_workbook(raw).gaps == ("the hidden sheet 'Raw' was not read",)


def test_hidden_sheets_are_named_and_not_read():
    found = read_other_workbook(xls({"A": [["x"]], "Raw": [["secret"]]}, hidden=["Raw"]))
    assert (found.gaps, "secret" in found.text) == (("the hidden sheet 'Raw' was not read",), False)
    style = (
        '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
    )
    hidden = (
        f'<table:table table:name="Raw" table:style-name="h">{row(words("secret"))}</table:table>'
    )
    found = read_other_workbook(ods(row(words("x")), more=hidden, styles=style))
    assert (found.gaps, "secret" in found.text) == (("the hidden sheet 'Raw' was not read",), False)


def test_rows_and_cells_of_an_ods_workbook_that_are_repeated_are_read_as_often():
    blank = '<table:table-cell table:number-columns-repeated="16000"/>'
    group = f"<table:table-row-group>{row(words('b'))}</table:table-row-group>"
    twice = row(cell("string", "", "a", number_columns_repeated=2), words("", "c"), blank, times=2)
    raw = ods(twice, row(blank), group, row(blank, times=1_048_000))
    assert read_other_workbook(raw).text == "Firms\n\na\ta\t\tc\na\ta\t\tc\n\nb\n\n"


def test_what_an_ods_workbook_says_of_itself_is_read():
    meta = (
        f'<office:document-meta {NAMES} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>'
        "<dc:title>Firms of Oslo</dc:title><meta:initial-creator>Anna Holm</meta:initial-creator>"
        "<meta:creation-date>2023-05-17T08:00:00.5</meta:creation-date><dc:date>2024-01-01</dc:date>"
        "<dc:language>nb-NO</dc:language></office:meta></office:document-meta>"
    )
    said = Metadata("Firms of Oslo", ("Anna Holm",), "2023-05-17", "nb-NO")
    assert read_other_workbook(ods(row(words("x")), meta=meta)).metadata == said
    for broken in ("<office", "<x/>"):
        assert read_other_workbook(ods(row(words("x")), meta=broken)).metadata == Metadata()


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "' + "a" * 1000 + '">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">' for n in range(9))
    + f"]><office:document-content {NAMES}><office:body><office:spreadsheet><table:table>"
    "<table:table-row><table:table-cell><text:p>&a8;</text:p></table:table-cell></table:table-row>"
    "</table:table></office:spreadsheet></office:body></office:document-content>"
)  # fmt: skip
FAR = "a sheet 'Firms' of 1,000,000 rows and 20 columns; up to 1,000,000 cells are read"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "is not an XLS, XLSB or ODS workbook"),
        (b"city,firms\nOslo,3\n", "is not an XLS, XLSB or ODS workbook; save it as .xlsx"),
        (b"\xef\xbb\xbf <html><table>", "is a web page under the name of a workbook; rename it"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
         "is encrypted; save it without a password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is not an XLS workbook, or a damaged"),
        (b"PK\x03\x04 no more", "is a damaged workbook"),
        (zipped({"word/document.xml": ""}), "is not an XLS, XLSB or ODS workbook"),
        (zipped({"xl/workbook.xml": ""}), "is an XLSX workbook under another name; rename it"),
        (zipped({"content.xml": "<a"}), "is not an ODS workbook, or a damaged one"),
        (zipped({"content.xml": "<a/>"}), "is an OpenDocument file without sheets"),
        (zipped({"content.xml": "", "META-INF/manifest.xml": "<m:encryption-data/>"}),
         "is encrypted; save it without a password"),
        (ods(row(cell("float", "1", "1", number_columns_repeated=20), times=1_000_000)), FAR),
        (ods(row(times=9**7), row(words("c"))), "a sheet 'Firms' of 4,782,970 rows and 1 columns"),
        (ods(row(times=99_999_999_999), row(words("c"))), "a sheet 'Firms' of 16,777,217 rows"),
        (xlsb({"A": {(0, 0): "x", (1_048_575, 16_383): 3}}),
         "a sheet 'sheet1' of 1,048,576 rows and 16,384 columns"),
        (zipped({"xl/workbook.bin": b"\x83"}), "is not an XLSB workbook, or a damaged one"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told(raw, reason):
    with pytest.raises(DocumentError, match=f"^(?:has )?{reason}"):
        read_other_workbook(raw)


def test_entities_of_an_ods_workbook_are_not_expanded():
    with contextlib.suppress(DocumentError):
        assert len(read_other_workbook(zipped({"content.xml": BOMB})).text) < 100


def test_an_encrypted_xls_workbook_is_told():
    raw = xls({"A": [["x"]]})
    start = raw.index(b"\x09\x08\x10\x00")  # its first record; the second becomes FILEPASS
    second = start + 4 + 16
    with pytest.raises(DocumentError, match="is encrypted; save it without a password"):
        read_other_workbook(raw[:second] + b"\x2f\x00" + raw[second + 2 :])


def test_an_xlsx_workbook_by_another_name_is_told():
    out = io.BytesIO()
    Xlsx().save(out)
    with pytest.raises(DocumentError, match="is an XLSX workbook under another name"):
        read_other_workbook(out.getvalue())


SAMPLES = {
    "xls": xls({"A": [["City", 2021], ["Oslo", (0.1, "0%")]]}, merged=[(2, 3, 0, 1, "x")]),
    "ods": ods(row(words("City", "2021")), row(words("Oslo"), cell("float", "3", "3"))),
    "xlsb": xlsb({"A": {(0, 0): "City", (0, 1): 2021.0, (1, 0): "Oslo", (1, 1): 3.0}}),
}


@pytest.mark.parametrize("form", SAMPLES)
def test_a_workbook_damaged_at_any_byte_is_read_or_told(form):
    for seed in range(40):
        chance = random.Random(seed)
        with contextlib.suppress(DocumentError):
            found = read_other_workbook(damaged(SAMPLES[form], chance))
            assert all(r.end <= len(found.text) for table in found.tables for r in table.rows)


def damaged(raw, chance):
    """The workbook with three bytes changed, of one of its parts where it has any."""

    def changed(body):
        at = chance.randrange(len(body))
        return body[:at] + chance.randbytes(3) + body[at + 3 :]

    if not raw.startswith(b"PK"):
        return changed(raw)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(list(parts))
    return zipped(parts | {name: changed(parts[name])})
