"""Workbooks in other forms than XLSX: XLS by xlrd, XLSB by calamine, ODS by lxml.

Calamine reads the other two as well, but tells no number formats of XLS, no merged cells of ODS,
and allots a sheet's whole area before anyone can look at its size.
"""

import io
import zipfile

from innoqa.adapters.other_workbook.ods import read_ods
from innoqa.adapters.other_workbook.xls import read_xls
from innoqa.adapters.other_workbook.xlsb import read_xlsb
from innoqa.errors import DocumentError
from innoqa.sheets import Workbook

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of XLS, and of ciphers
_BIFF = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")  # XLS of before 1993, without one
_CIPHER = "EncryptedPackage".encode("utf-16-le")
_MOST_BYTES = 400_000_000  # unpacked


def read_other_workbook(raw: bytes) -> Workbook:
    """The tables of an XLS, XLSB or ODS workbook, told apart by what they hold.

    Raises DocumentError, in words that go on after the name of the file, where the bytes are no
    such workbook, or one that is encrypted, damaged or too large.
    """
    if raw.startswith(_COMPOUND) and _CIPHER in raw:
        raise DocumentError("is encrypted; save it without a password")
    if raw.startswith((_COMPOUND, *_BIFF)):
        return read_xls(raw)
    if raw.startswith(b"PK"):
        return _packed(raw)
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise DocumentError("is a web page under the name of a workbook; rename it to .html")
    raise DocumentError("is not an XLS, XLSB or ODS workbook; save it as .xlsx")


def _packed(raw: bytes) -> Workbook:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = frozenset(archive.namelist())
            size = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError) as error:
        raise DocumentError(f"is a damaged workbook ({error}); save it anew") from None
    if size > _MOST_BYTES:
        raise DocumentError(f"is larger than {_MOST_BYTES:,} bytes when it is unpacked")
    if "xl/workbook.xml" in names:
        raise DocumentError("is an XLSX workbook under another name; rename it to .xlsx")
    if "xl/workbook.bin" in names:
        return read_xlsb(raw)
    if "content.xml" in names:
        return read_ods(raw)
    raise DocumentError("is not an XLS, XLSB or ODS workbook; save it as .xlsx")
