"""What a file is, whatever it is called."""

import io
import time
import zipfile

import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from tests.adapters.test_archive import packed

from innoqa.adapters.recognizer import SUFFIXES, recognized
from innoqa.errors import DocumentError

PDF = b"%PDF-1.7\n1 0 obj\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40)
MAIL = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: A park\r\n\r\nText.\r\n"


def office(part):
    return packed(("[Content_Types].xml", "<Types/>"), (part, "<x/>"))


def open_document(kind):
    return packed(("mimetype", f"application/vnd.oasis.opendocument.{kind}"), ("content.xml", ""))


def compound(*streams):
    """A compound file of Microsoft; "a/b" is a stream in a storage, as objects in a document are.

    Its sectors of 512 bytes: the table of sectors, then the directory. Streams are empty.
    """
    entries = ["Root Entry", *dict.fromkeys(s.partition("/")[0] for s in streams)]
    inner = {s.partition("/")[0]: s.partition("/")[2] for s in streams if "/" in s}
    rows = []
    for number, name in enumerate(entries):
        kind = 5 if not number else 1 if name in inner else 2
        right = number + 1 if 0 < number < len(entries) - 1 else -1
        child = 1 if not number else len(entries) + list(inner).index(name) if name in inner else -1
        rows.append(_entry(name, kind, right, child))
    rows += [_entry(name, 2, -1, -1) for name in inner.values()]
    rows += [bytes(128)] * (-len(rows) % 4)
    sectors = len(rows) // 4
    chain = [0xFFFFFFFD, *range(2, sectors + 1), 0xFFFFFFFE]
    fat = b"".join(n.to_bytes(4, "little") for n in chain) + b"\xff" * (512 - 4 * len(chain))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\0\3\0\xfe\xff\x09\0\x06\0"
    head += bytes(10) + b"\1\0\0\0" + b"\1\0\0\0" + bytes(4) + b"\0\x10\0\0" + b"\xfe\xff\xff\xff"
    head += bytes(4) + b"\xfe\xff\xff\xff" + bytes(4) + bytes(4) + b"\xff" * 432
    return head + fat + b"".join(rows)


def _entry(name, kind, right, child):
    utf16 = name.encode("utf-16-le") + b"\0\0"
    places = b"".join(n.to_bytes(4, "little", signed=True) for n in (-1, right, child))
    head = utf16.ljust(64, b"\0") + len(utf16).to_bytes(2, "little") + bytes([kind, 1]) + places
    return head + bytes(36) + b"\xfe\xff\xff\xff" + bytes(8)


def xls():
    book = xlwt.Workbook()
    book.add_sheet("Firms").write(0, 0, "See the stream WordDocument")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "raw", "found"),
    [
        ("a.docx", PDF, "pdf"),
        ("a", b"\xef\xbb\xbf\r\n" + PDF, "pdf"),
        ("a.pdf", b"\0\4plan.pdf" + bytes(117) + PDF, "pdf"),  # as old Macs packed it
        ("a.md", b"Each file starts with `%PDF-1.7`.", "markdown"),
        ("a.doc", office("word/document.xml"), "docx"),
        ("a", office("ppt/presentation.xml"), "pptx"),
        ("a.xls", office("xl/workbook.xml"), "workbook"),
        ("a.zip", office("xl/workbook.bin"), "other workbook"),
        ("a.xlsx", open_document("spreadsheet"), "other workbook"),
        ("a.zip", packed(("mimetype", "application/epub+zip"), ("a.opf", "")), "epub"),
        ("a.docx", packed(("a.md", "x")), "archive"),
        ("a.xlsx", xls(), "other workbook"),
        ("a.xls", compound("Workbook", "MBD0001/WordDocument"), "other workbook"),
        ("a.xls", compound("Book"), "other workbook"),
        ("a.doc", b" <!-- a --><!-- b -->\n<!DOCTYPE html><p>x", "html"),
        ("a.xls", b"<html><table>", "html"),
        ("a.md", b"<?xml version='1.0'?><html>", "html"),
        ("a.xls", b"city\tfirms\nOslo\t3\n", "delimited"),
        ("a.CSV", "city;firms\n".encode("utf-16"), "delimited"),
        ("read me", b"Text.", "plain"),
        ("a.eml", MAIL, "email"),
        ("message.1234", MAIL, "email"),
        ("export.json", b'{"_id": "1", "text": "x"}\n{"_id"', "beir"),
        ("deep/er.folder/notes", b"Text.", "plain"),
    ],
)  # fmt: skip
def test_what_a_file_holds_tells_what_it_is(name, raw, found):
    assert recognized(name, raw) == found


@pytest.mark.parametrize(
    ("name", "raw", "why"),
    [
        ("a.pdf", PNG, "is of another format (Portable Network Graphics"),
        ("a.md", PNG, "is of another format (Portable Network Graphics"),
        ("a.txt", b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(20), "is of another format (JPEG"),
        ("a.csv", b"\x1f\x8b\x08" + bytes(30), "is of another format (GZIP Archive"),
        ("a.py", b"print()", "is of another format; InnoQA reads PDF, DOCX"),
        ("a.docx", b"{\\rtf1 x}", "is rich text (RTF); save it as .docx or PDF"),
        ("a.odt", open_document("text"), "is an OpenDocument text or presentation; save it as"),
        ("a.doc", compound("WordDocument", "ObjectPool/Workbook"), "is a Word document in the"),
        ("a.ppt", compound("PowerPoint Document"), "is a presentation in the form of before 2007"),
        ("a.msg", compound("__properties_version1.0"), "is an Outlook message; save it as .eml"),
        ("a.docx", compound("EncryptionInfo", "EncryptedPackage"), "is encrypted; save it without"),
        ("a.mpp", compound("Project"), "is an office file of before 2007 that is not read"),
        ("a.doc", compound("WordDocument")[:600] + b"W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0",
         "is a Word document in the form of before 2007"),
        ("a.docx", office("word/document.xml")[:-30], "is a damaged ZIP file or office document"),
        ("a.pdf", b"", "empty"),
        ("a.pdf", bytes(4096), "empty"),
        ("a.txt", b"\xef\xbb\xbf \r\n", "empty"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_told_with_the_way_out(name, raw, why):
    with pytest.raises(DocumentError) as error:
        recognized(name, raw)
    assert str(error.value).startswith(why)


def test_a_damaged_kind_of_an_archive_is_told():
    raw = bytearray(packed(("mimetype", "application/epub+zip"), method=zipfile.ZIP_DEFLATED))
    raw[38] ^= 0xFF
    with pytest.raises(DocumentError, match="is a damaged ZIP file or office document"):
        recognized("a.epub", bytes(raw))


@pytest.mark.parametrize("head", [b"<!---->" * 2000, b"<!-- -->" * 2000 + b"x", b" " * 16000,
                                  b"a: b\n" * 3000, b"-" * 16000, b"[" * 16000])  # fmt: skip
def test_no_head_takes_long(head):
    started = time.process_time()
    with pytest.raises(DocumentError):
        recognized("a.unknown", head)
    assert time.process_time() - started < 1


BYTES = st.sampled_from([PDF, MAIL, xls(), office("word/document.xml"), compound("Book", "a/b"),
                         open_document("text"), b'{"_id": "1", "text": 3}'])  # fmt: skip
NAMES = st.sampled_from(["a", "a.b", *(f"a{suffix}" for suffix in SUFFIXES)])


@given(
    NAMES,
    BYTES,
    st.lists(st.tuples(st.integers(0, 4095), st.integers(0, 255)), max_size=9),
    st.integers(0, 9),
)
def test_any_bytes_are_something_or_told(name, raw, changes, cut):
    damaged = bytearray(raw)
    for at, byte in changes:
        damaged[at % len(raw)] = byte
    try:
        found = recognized(name, bytes(damaged[: len(damaged) * (10 - cut) // 10]))
    except DocumentError:
        return
    assert found in {*SUFFIXES.values(), "pdf", "docx", "other workbook", "archive"}
