"""What libraries raise when the index folder cannot be written, in words that say what to do."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, EDQUOT, EFBIG, ENOSPC, EPERM, EROFS
from pathlib import Path

from innoqa.errors import IndexBroken, IndexUnwritable, InnoqaError, MemoryShort

_FULL = {ENOSPC, EDQUOT, EFBIG}
_READ_ONLY = {EROFS}
_FORBIDDEN = {EACCES, EPERM}
_CODES = re.compile(r"\(?os error (\d+)\)?|\[Errno (\d+)\]")
_SAID_FULL = re.compile(
    r"disk is full|no space left on device|disk quota exceeded|file too large"
    r"|\d+ requested and \d+ written",
    re.IGNORECASE,
)
_SAID_READ_ONLY = re.compile(r"read-?only (database|file system)", re.IGNORECASE)
_SAID_WRITE = re.compile(
    r"disk i/o error|unable to open database file|error in compaction", re.IGNORECASE
)


@contextmanager
def told_of(index: Path) -> Iterator[None]:
    """Around whatever writes an index: raises IndexUnwritable in place of what libraries raise.

    MemoryShort in place of MemoryError. All else passes as it is; so do InnoQA's own errors, but
    for an IndexBroken that came of it.
    """
    try:
        yield
    except MemoryError as error:
        raise MemoryShort(
            f"Memory is short for {index}. Close other programs, or give fewer documents at a "
            "time; the published index stays as it was."
        ) from error
    except Exception as error:
        if isinstance(error, InnoqaError) and not isinstance(error, IndexBroken):
            raise
        for cause in _chain(error):
            if remedy := _remedy(cause, index):
                raise IndexUnwritable(
                    f"{index} cannot be written ({_words(cause)}). {remedy} "
                    "The published index stays as it was."
                ) from error
        raise


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what it came of."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _words(error: BaseException) -> str:
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    where = getattr(error, "filename", None)
    return f"{said}: {where}" if where else said


def _remedy(error: BaseException, index: Path) -> str:
    """What to do about an error of writing; "" for any other."""
    code = _code(error)
    if isinstance(error, OSError) and not _is_in(error, index):
        return ""
    said = "" if isinstance(error, InnoqaError) else str(error)
    if code in _FULL or _SAID_FULL.search(said):
        return "Free space on its disk, or raise the quota, and run innoqa ingest again."
    if code in _READ_ONLY or _SAID_READ_ONLY.search(said):
        return "Make it writable, or use another folder with --index."
    if code in _FORBIDDEN and (isinstance(error, OSError) or "os error" in said):
        return "Run innoqa as who owns it, or use another folder with --index."
    if (isinstance(error, sqlite3.Error) or _is_of_chroma(error)) and _SAID_WRITE.search(said):
        return "See that its disk works, has space and can be written; then ingest again."
    return ""


def _code(error: BaseException) -> int | None:
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    found = _CODES.search(str(error))
    return int(found[1] or found[2]) if found else None


def _is_of_chroma(error: BaseException) -> bool:
    return type(error).__module__.startswith("chromadb")


def _is_in(error: OSError, index: Path) -> bool:
    """Whether an error is about the index or a folder above it; without a name it may well be."""
    if not isinstance(error.filename, str | bytes):
        return error.errno not in _FORBIDDEN
    path = Path(error.filename if isinstance(error.filename, str) else error.filename.decode())
    here, index = path.resolve(), index.resolve()
    return here.is_relative_to(index) or index.is_relative_to(here)
