"""The files of ZIP archives: names as others write them, and what is not unpacked."""

import io
import stat
import struct
import warnings
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoqa.adapters import archive
from innoqa.adapters.encodings import decoded
from innoqa.errors import DocumentError

MEBIBYTE = 1 << 20


def packed(*files, method=zipfile.ZIP_DEFLATED):
    """A ZIP archive of (name or ZipInfo, content)."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as out:
        warnings.simplefilter("ignore")  # of duplicate names
        for name, content in files:
            out.writestr(name, content)
    return buffer.getvalue()


def packed_raw(name, content=b"Text.", flags=0):
    """An archive of one stored file whose name is any bytes, as old programs write it."""
    crc = zlib.crc32(content)
    sizes = struct.pack("<LLLHH", crc, len(content), len(content), len(name), 0)
    local = b"PK\3\4" + struct.pack("<HHHHH", 20, flags, 0, 0, 33) + sizes + name + content
    entry = (
        b"PK\1\2" + struct.pack("<HHHHHH", 20, 20, flags, 0, 0, 33) + sizes
        + struct.pack("<HHHLL", 0, 0, 0, 0, 0) + name
    )  # fmt: skip
    end = b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, 1, 1, len(entry), len(local), 0)
    return local + entry + end


def read(raw, largest=MEBIBYTE):
    """[(name, content or why it is not read)]."""
    return [(m.name, m.why_not or m.content) for m in archive.members(raw, largest, decoded)]


def test_files_come_by_name_with_their_folders(tmp_path):
    raw = packed(("b.md", "B."), ("a/", ""), ("a/z.md", "Z."), ("a/b/", ""), ("a/c.md", "C."))
    assert read(raw) == [("a/c.md", b"C."), ("a/z.md", b"Z."), ("b.md", b"B.")]


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_every_usual_method_of_packing_is_unpacked(method):
    assert read(packed(("a.md", "Text. " * 99), method=method)) == [("a.md", b"Text. " * 99)]


@pytest.mark.parametrize(
    "name",
    ["../a.md", "x/../../a.md", "/etc/a.md", "C:/a.md", "c:\\a.md", "..\\a.md", "\\\\host\\a.md"],
)
def test_a_name_that_leads_out_of_the_archive_is_told(name):
    ((_, why),) = read(packed((name, "x")))
    assert why == "has a name that leads out of its archive; rename it and pack it anew"


def test_backslashes_between_folders_are_slashes():
    raw = packed(("year\\2019\\", ""), ("year\\2019\\a.md", "A."))
    assert read(raw) == [("year/2019/a.md", b"A.")]


@pytest.mark.parametrize(
    "name", ["2019: a year.md", "ab:c.md", "q?.md", "x" * 300 + ".md", "é😀.md"]
)
def test_unusual_names_are_names(name):
    assert read(packed((name, "x"))) == [(name, b"x")]


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("中关村科技园.txt", "gbk"),
        ("年度报告/北京.txt", "gbk"),
        ("Москва отчёт.txt", "cp866"),
        ("Район.txt", "cp1251"),
        ("Übersicht Straße.txt", "cp437"),
        ("naïve café.md", "cp437"),
        ("größe.md", "utf-8"),
        ("北京.md", "utf-8"),
        ("plain.md", "ascii"),
    ],
)
def test_names_of_other_encodings_are_read(name, encoding):
    assert read(packed_raw(name.encode(encoding))) == [(name, b"Text.")]


@pytest.mark.parametrize("name", [b"", b".", b"./"])
def test_a_file_without_a_name_is_told_or_no_file(name):
    found = read(packed_raw(name))
    assert found == [] or "has no name in its archive" in found[0][1]
    assert (found == []) == name.endswith(b"/")


def test_a_name_that_is_no_utf8_though_it_says_so_is_damage():
    with pytest.raises(DocumentError, match="is a damaged ZIP archive"):
        read(packed_raw(b"caf\xe9.md", flags=0x800))


def test_of_duplicate_names_each_is_given():
    assert read(packed(("a.md", "One."), ("a.md", "Two."))) == [
        ("a.md", b"One."),
        ("a.md", b"Two."),
    ]


def test_links_are_told():
    link = zipfile.ZipInfo("a.md")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert read(packed((link, "/etc/passwd"))) == [
        ("a.md", "is a link; pack the file that it leads to")
    ]


def test_encrypted_files_are_told_and_the_others_read():
    raw = packed(("a.md", "One."), ("b.md", "Two."), method=zipfile.ZIP_STORED)
    at = raw.index(b"PK\1\2")
    locked = bytearray(raw)
    locked[6] |= 1
    locked[at + 8] |= 1
    assert read(bytes(locked)) == [
        ("a.md", "is encrypted in its archive; pack it without a password"),
        ("b.md", b"Two."),
    ]


def test_a_file_that_is_larger_than_the_limit_is_told_without_being_unpacked():
    raw = packed(("a.md", bytes(range(256)) * 8192), ("b.md", "B."))
    assert read(raw) == [
        ("a.md", "is larger than 1 MiB when it is unpacked (2 MiB); cut it into smaller files, or "
                 "set INNOQA_READ_SIZE higher"),
        ("b.md", b"B."),
    ]  # fmt: skip


def test_a_bomb_is_told_by_how_much_it_would_grow():
    raw = packed(("a.md", bytes(64 * MEBIBYTE)), ("b.md", "B."))
    (_, why), second = read(raw, 100 * MEBIBYTE)
    assert why.startswith("would unpack to 1,02")
    assert why.endswith("times its size, as no document does; unpack it yourself if you trust it")
    assert second == ("b.md", b"B.")


def test_a_file_that_says_to_be_smaller_than_it_is_gives_no_more_than_it_says():
    raw = bytearray(packed(("a.md", bytes(64 * MEBIBYTE))))
    for at in (22, raw.index(b"PK\1\2") + 24):
        raw[at : at + 4] = (1000).to_bytes(4, "little")
    assert read(bytes(raw)) == [
        ("a.md", "is damaged in its archive (Bad CRC-32 for file 'a.md'); pack it anew")
    ]


def test_a_method_that_cannot_be_unpacked_is_told():
    raw = bytearray(packed(("a.md", "Text. " * 9)))
    for at in (8, raw.index(b"PK\1\2") + 10):
        raw[at : at + 2] = (9).to_bytes(2, "little")  # Deflate64, as Windows packs large folders
    ((_, why),) = read(bytes(raw))
    assert why == (
        "cannot be unpacked (That compression method is not supported); pack it anew as a plain ZIP"
    )


def test_an_empty_file_is_given_as_it_is():
    assert read(packed(("a.md", ""))) == [("a.md", b"")]


def test_too_many_files_are_told():
    raw = packed(*((f"{number}.md", "") for number in range(archive.MOST_MEMBERS + 1)))
    with pytest.raises(DocumentError, match=r"holds 20,001 files; archives of up to 20,000"):
        read(raw)


def test_a_download_that_broke_off_is_told():
    raw = packed(("a.md", "Text. " * 99))
    with pytest.raises(DocumentError, match=r"is a damaged ZIP archive \(File is not a zip file\)"):
        read(raw[:-30])


SAMPLES = [
    packed(("a/b.md", "Text. " * 20), ("c.txt", "Caf\xe9"), method=method)
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
]


@settings(max_examples=200, deadline=2000)
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=8),
    st.integers(0, 400),
)
def test_damage_at_any_byte_is_told(raw, changes, cut):
    damaged = bytearray(raw)
    for at, byte in changes:
        damaged[at % len(raw)] = byte
    try:
        found = read(bytes(damaged[: len(damaged) - cut // 20]))
    except DocumentError:
        return
    assert all(isinstance(content, bytes | str) for _, content in found)
