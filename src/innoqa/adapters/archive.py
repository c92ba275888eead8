"""The files in a ZIP archive, one at a time, by the standard library; no disk is written to."""

import io
import lzma
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from innoqa.errors import DocumentError

MOST_MEMBERS = 20_000
_MOST_RATIO = 200  # of unpacked to packed bytes; text comes to ten or twenty
_FROM = 1 << 20  # bytes from which on the ratio counts
_DRIVE = re.compile("[A-Za-z]:")
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError,
           RuntimeError, LookupError)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: its content, or why it is not read."""

    name: str
    content: bytes = b""
    why_not: str = ""


def members(raw: bytes, largest: int, decode: Callable[[bytes], str]) -> Iterator[Member]:
    """The files of an archive in the order of their names; ``largest`` is in bytes.

    ``decode`` reads names that are not in UTF-8. Raises DocumentError, in words that go on after
    the archive's name, where it cannot be read at all.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_MEMBERS:
                raise DocumentError(
                    f"holds {len(parts):,} files; archives of up to {MOST_MEMBERS:,} are read. "
                    "Unpack it and ingest the folder"
                )
            named = sorted(
                ((_name(part, decode), part) for part in parts), key=lambda pair: pair[0]
            )
            for name, part in named:
                if not name.endswith("/"):
                    yield _read(archive, part, name, largest)
    except _DAMAGE as error:
        raise DocumentError(
            f"is a damaged ZIP archive ({error}); copy or download it again"
        ) from None


def _name(part: zipfile.ZipInfo, decode: Callable[[bytes], str]) -> str:
    """The name with slashes between folders, whatever it was packed by."""
    name = part.filename
    if not part.flag_bits & 0x800 and not _is_western(name):  # not UTF-8, nor what ZIP began with
        try:
            name = decode(part.orig_filename.encode("cp437"))
        except (UnicodeEncodeError, DocumentError):
            name = part.filename
    return " ".join(name.replace("\\", "/").splitlines())


def _is_western(name: str) -> bool:
    """Whether code page 437, which ZIP began with, makes words of a Western language of a name."""
    beyond = [sign for sign in name if not sign.isascii()]
    letters = sum(sign.isascii() and sign.isalpha() for sign in str(PurePosixPath(name).stem))
    is_latin = all(unicodedata.name(sign, "").startswith("LATIN ") for sign in beyond)
    return is_latin and letters >= len(beyond)


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, largest: int) -> Member:
    if why := _danger(part, name) or _excess(part, largest):
        return Member(name, why_not=why)
    try:
        with archive.open(part) as file:
            content = file.read(largest + 1)
    except NotImplementedError as error:
        return Member(name, why_not=f"cannot be unpacked ({error}); pack it anew as a plain ZIP")
    except _DAMAGE as error:
        return Member(name, why_not=f"is damaged in its archive ({error}); pack it anew")
    if len(content) > largest:
        return Member(name, why_not=_too_large(len(content), largest))
    return Member(name, content)


def _danger(part: zipfile.ZipInfo, name: str) -> str:
    path = PurePosixPath(name)
    if not path.parts:
        return "has no name in its archive; pack it anew"
    if path.is_absolute() or ".." in path.parts or _DRIVE.match(name):
        return "has a name that leads out of its archive; rename it and pack it anew"
    if part.flag_bits & 1:
        return "is encrypted in its archive; pack it without a password"
    if stat.S_ISLNK(part.external_attr >> 16):
        return "is a link; pack the file that it leads to"
    return ""


def _excess(part: zipfile.ZipInfo, largest: int) -> str:
    if part.file_size > largest:
        return _too_large(part.file_size, largest)
    if part.file_size > _FROM and part.file_size > _MOST_RATIO * max(part.compress_size, 1):
        times = part.file_size // max(part.compress_size, 1)
        return (
            f"would unpack to {times:,} times its size, as no document does; unpack it yourself "
            "if you trust it"
        )
    return ""


def _too_large(size: int, largest: int) -> str:
    most, has = largest / (1 << 20), size / (1 << 20)
    return (
        f"is larger than {most:,.0f} MiB when it is unpacked ({has:,.0f} MiB); cut it into smaller "
        "files, or set INNOQA_READ_SIZE higher"
    )
