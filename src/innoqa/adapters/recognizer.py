"""What a file is, told by its content; its name decides only among formats of plain text."""

import io
import json
import lzma
import re
import struct
import zipfile
import zlib
from pathlib import PurePosixPath

from innoqa.errors import DocumentError

SUFFIXES = {
    ".md": "markdown", ".markdown": "markdown",
    ".txt": "plain", ".text": "plain", "": "plain",
    ".html": "html", ".htm": "html", ".xhtml": "html", ".shtml": "html",
    ".csv": "delimited", ".tsv": "delimited", ".tab": "delimited", ".xls": "delimited",
    ".jsonl": "beir", ".ndjson": "beir",
    ".eml": "email", ".mht": "email", ".mhtml": "email",
}  # fmt: skip
"""Formats of text by the suffix of the name."""

READ = (
    "PDF, DOCX, PPTX, XLSX, XLS, ODS, EPUB, HTML, Markdown, text, CSV, TSV, e-mail (EML), "
    "BEIR JSON Lines, and ZIP archives of these"
)
"""The formats that are read, in words."""

_PDF = re.compile(rb"(?:\A|[^ -~])%PDF-")  # no words about it
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # of Microsoft's compound files
_STREAMS = (
    ("EncryptedPackage", "is encrypted; save it without a password"),
    ("WordDocument", "is a Word document in the form of before 2007; save it as .docx"),
    ("PowerPoint Document", "is a presentation in the form of before 2007; save it as .pptx"),
    ("__properties_version1.0", "is an Outlook message; save it as .eml"),
    ("Workbook", ""),
    ("Book", ""),
)
"""What tells a compound file by the streams of its outermost level, and why it is not read."""

_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
_PAGE = re.compile(
    rb"(?>\s|<\?xml[^>]{0,200}\?>|<!--.{0,5000}?-->)*+<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
_MAIL = re.compile(
    rb"(?:From |[\w-]+:)[^\n]*\n(?:(?:[ \t][^\n]*|[\w-]+:[^\n]*)\n){1,200}", re.MULTILINE
)
_MAIL_FIELDS = (b"\nfrom:", b"\nsubject:", b"\ndate:", b"\nmime-version:", b"\nmessage-id:",
                b"\nreceived:", b"\nto:", b"\nreturn-path:")  # fmt: skip
_TOLD_BY_NAME = (".md", ".markdown", ".txt", ".text")  # whatever their first line says
_HEAD = 16_384
_BINARY = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"\x1f\x8b", b"BZh", b"7z\xbc\xaf",
           b"Rar!", b"\xfd7zXZ", b"OggS", b"ID3", b"RIFF", b"SQLite format 3")  # fmt: skip


def recognized(name: str, raw: bytes) -> str:
    """The format of a file: of ``indexing.origins.Format``, "archive" (ZIP) or "mailbox" (mbox).

    Raises DocumentError, in words that go on after the name, for what is not read.
    """
    if not raw.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise DocumentError("empty")
    if _PDF.search(raw[:1024]):
        return "pdf"
    if raw.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _of_archive(raw)
    if raw.startswith(_COMPOUND):
        return _of_compound(raw)
    if raw.startswith(b"{\\rtf"):
        raise DocumentError("is rich text (RTF); save it as .docx or PDF")
    return _of_text(PurePosixPath(name).suffix.lower(), raw)


def _of_archive(raw: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = set(archive.namelist())
            kind = archive.read("mimetype")[:200] if _is_small(archive, "mimetype") else b""
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError,
            RuntimeError, LookupError) as error:  # fmt: skip
        raise DocumentError(
            f"is a damaged ZIP file or office document ({error}); copy or download it again"
        ) from None
    if kind.startswith(b"application/epub+zip"):
        return "epub"
    if kind.startswith(_OPEN_DOCUMENT):
        if b"spreadsheet" in kind:
            return "other workbook"
        raise DocumentError("is an OpenDocument text or presentation; save it as .docx or PDF")
    if "[Content_Types].xml" in names:
        for part, found in (
            ("word/document.xml", "docx"),
            ("ppt/presentation.xml", "pptx"),
            ("xl/workbook.xml", "workbook"),
            ("xl/workbook.bin", "other workbook"),
        ):
            if part in names:
                return found
    return "archive"


def _is_small(archive: zipfile.ZipFile, name: str) -> bool:
    return name in archive.NameToInfo and archive.getinfo(name).file_size < 1000


def _of_compound(raw: bytes) -> str:
    streams = _streams(raw)
    for stream, why in _STREAMS:
        if stream in streams:
            if why:
                raise DocumentError(why)
            return "other workbook"
    raise DocumentError("is an office file of before 2007 that is not read; save it anew")


def _streams(raw: bytes) -> set[str]:
    """The streams of a compound file that lie in no other object, such as a table in a text."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(raw)) as file:
            return {path[0] for path in file.listdir() if len(path) == 1}
    except (OSError, ValueError, LookupError, AttributeError, TypeError, struct.error,
            RecursionError):  # fmt: skip
        return {stream for stream, _ in _STREAMS if stream.encode("utf-16-le") in raw}


def _of_text(suffix: str, raw: bytes) -> str:
    head = raw[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    if raw.startswith(_BINARY):
        raise DocumentError(_not_read(raw))
    if _PAGE.match(head):
        return "html"
    if suffix not in _TOLD_BY_NAME and head.startswith(b"From ") and _is_mail(head):
        return "mailbox"
    if suffix in SUFFIXES:
        return SUFFIXES[suffix]
    if _is_mail(head):
        return "email"
    if _is_entry(head):
        return "beir"
    raise DocumentError(_not_read(raw))


def _is_mail(head: bytes) -> bool:
    found = _MAIL.match(head.replace(b"\r\n", b"\n"))
    fields = b"\n" + found[0].lower() if found else b""
    return sum(field in fields for field in _MAIL_FIELDS) >= 3


def _is_entry(head: bytes) -> bool:
    try:
        entry = json.loads(head.split(b"\n", 1)[0])
    except (ValueError, RecursionError):
        return False
    return isinstance(entry, dict) and {"_id", "text"} <= entry.keys()


def _not_read(raw: bytes) -> str:
    import puremagic

    try:
        name = puremagic.magic_string(raw[:65536])[0].name
    except (puremagic.PureError, ValueError, IndexError):
        name = ""
    what = f"is of another format ({name})" if name else "is of another format"
    return f"{what}; InnoQA reads {READ}"
