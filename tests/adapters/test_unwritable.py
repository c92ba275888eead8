"""An index folder that cannot be written is told in words, and nothing else is taken for it."""

import resource
import sqlite3
from contextlib import contextmanager
from errno import EACCES, EDQUOT, EFBIG, ENOENT, ENOSPC, EPERM, EROFS
from os import strerror

import numpy as np
import pytest
from chromadb.errors import InternalError

from innoqa.adapters import unwritable
from innoqa.adapters.chroma_index import ChromaWriter
from innoqa.adapters.sqlite_store import SqliteStore
from innoqa.domain import Passage, Sentence
from innoqa.errors import DocumentError, IndexBroken, IndexBusy, IndexUnwritable, MemoryShort


@pytest.fixture
def index(tmp_path):
    return tmp_path / "index"


def fail(index, error):
    with unwritable.told_of(index):
        raise error


FULL, READ_ONLY, FORBIDDEN = "Free space on its disk", "Make it writable", "Run innoqa as who owns"
DISK = "See that its disk works"


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (ENOSPC, FULL),
        (EDQUOT, FULL),
        (EFBIG, FULL),
        (EROFS, READ_ONLY),
        (EACCES, FORBIDDEN),
        (EPERM, FORBIDDEN),
    ],
)
def test_a_refusal_of_the_system_names_the_folder_what_happened_and_what_to_do(index, code, remedy):
    said = (
        rf"index cannot be written \({strerror(code)}: .*/current\.tmp\)\. {remedy}.* as it was\."
    )
    with pytest.raises(IndexUnwritable, match=said):
        fail(index, OSError(code, strerror(code), str(index / "current.tmp")))


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (OSError(ENOSPC, "No space left on device"), FULL),
        (OSError("100000 requested and 109 written"), FULL),
        (sqlite3.OperationalError("database or disk is full"), FULL),
        (sqlite3.OperationalError("attempt to write a readonly database"), READ_ONLY),
        (sqlite3.OperationalError("disk I/O error"), DISK),
        (sqlite3.OperationalError("unable to open database file"), DISK),
        (InternalError("error returned from database: (code: 13) database or disk is full"), FULL),
        (InternalError("Query error: (code: 778) disk I/O error"), DISK),
        (InternalError("Error in compaction: Error purging logs"), DISK),
        (InternalError("Read-only file system (os error 30)"), READ_ONLY),
        (InternalError("Permission denied (os error 13)"), FORBIDDEN),
    ],
)
def test_what_libraries_say_of_a_disk_is_told_with_what_to_do(index, error, remedy):
    with pytest.raises(IndexUnwritable, match=remedy):
        fail(index, error)


def test_an_index_that_is_broken_since_it_cannot_be_written_is_told_as_that(index):
    error = IndexBroken("innoqa.sqlite cannot be read")
    error.__cause__ = sqlite3.OperationalError("attempt to write a readonly database")
    with pytest.raises(IndexUnwritable, match=READ_ONLY):
        fail(index, error)


def of_a_document() -> DocumentError:
    error = DocumentError("a.md cannot be opened")
    error.__cause__ = PermissionError(EACCES, "Permission denied", "/documents/a.md")
    return error


@pytest.mark.parametrize(
    "error",
    [
        PermissionError(EACCES, "Permission denied", "/documents/a.md"),
        PermissionError(EACCES, "Permission denied"),
        OSError(ENOENT, "No such file or directory", "index/current"),
        of_a_document(),
        IndexBusy("Another ingest is writing"),
        IndexBroken("3 vectors of 5"),
        sqlite3.OperationalError("no such table: passages"),
        InternalError("Collection not found"),
        ValueError("disk I/O error"),
        KeyboardInterrupt(),
    ],
)
def test_whatever_else_goes_wrong_passes_as_it_is(index, error):
    with pytest.raises(type(error)) as raised:
        fail(index, error)
    assert raised.value is error


@contextmanager
def no_file_beyond(size):
    """As on a full disk: what is written beyond fails, in this process and meanwhile."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_store_a_collection_and_a_file_that_find_no_room_are_told(index):
    def fill_collection():
        writer = ChromaWriter(index / "chroma", "model")
        for number in range(500):
            sentences = (Sentence(0, 4, "Text."),)
            passage = Passage(f"p{number}", "d", "d.md", "T", (), "text", 0, 4, sentences)
            writer.add(passage, np.ones((1, 64), np.float32))
        writer.finish()

    index.mkdir()
    for write in (
        lambda: SqliteStore(index / "innoqa.sqlite"),
        fill_collection,
        lambda: np.save(index / "passages.npy", np.ones(100_000)),
        lambda: (index / "words.txt").write_text("word " * 50_000),
    ):
        with (
            pytest.raises(IndexUnwritable, match=r"index cannot be written .*as it was\."),
            unwritable.told_of(index),
            no_file_beyond(20_000),
        ):
            write()


def test_where_memory_is_short_it_is_told_with_what_to_do(index):
    told = pytest.raises(MemoryShort, match=r"Memory is short.*give fewer")
    with told, unwritable.told_of(index):
        raise MemoryError
