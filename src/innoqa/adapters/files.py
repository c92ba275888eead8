"""Finds the documents under a path: files, and what archives, collections and mails hold."""

import hashlib
import json
import os
import re
import stat
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Protocol, cast

from innoqa.domain import Corpus
from innoqa.errors import DocumentError
from innoqa.indexing.origins import Description, Format, Origin, Skipped
from innoqa.indexing.parsing import title_of

_NOT_DOCUMENTS = frozenset({"readme.md", "corpus.toml", "datapackage.json"})
_DESCRIPTION = "corpus.toml"
_INDEX = "innoqa.sqlite"  # the folder that it lies in is an index, and not read
_HIDDEN = (".", "~$", "__MACOSX")  # the second is what an office program puts beside an open file
_DESCRIBED = ("delimited", "workbook", "other workbook")
_COLLECTIONS = (".zip", ".jsonl", ".ndjson", ".eml", ".mbox")
_DEEPEST = 3  # archives in archives, mails in mails
_MEBIBYTE = 1 << 20
_MEMBER = 4096  # bytes that a member counts for at least
_NOT_STORED = re.compile("[\ud800-\udfff]")  # bytes of a name that is not UTF-8, and half signs


class Member(Protocol):
    """A file in an archive or mail: its content, or why it is not read."""

    @property
    def name(self) -> str: ...
    @property
    def content(self) -> bytes: ...
    @property
    def why_not(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Openers:
    """What finding needs of other adapters; all raise DocumentError after the file's name.

    ``recognized(name, raw)`` tells the format, ``members(raw, largest)`` the files in an archive,
    ``attached(raw)`` those in a mail, ``mails(raw)`` the mails in a mailbox; ``described(path)`` is
    what a data package says of a table.
    """

    recognized: Callable[[str, bytes], str]
    members: Callable[[bytes, int], Iterable[Member]]
    attached: Callable[[bytes], Iterable[tuple[str, bytes]]]
    mails: Callable[[bytes], Iterable[bytes]]
    described: Callable[[Path], Description | None]
    decode: Callable[[bytes], str]


@dataclass(slots=True)
class _Opened:
    """How deep in a file the reading is, and how many bytes of it may still be unpacked."""

    left: int
    depth: int = 0

    @contextmanager
    def deeper(self) -> Iterator[None]:
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1


@dataclass(frozen=True, slots=True)
class FileReader:
    """Finds the documents under a path that a user names.

    A file, or one in an archive, has up to ``largest`` MiB; all that is unpacked of one, with what
    lies in archives in it, up to ``unpacked``.
    """

    openers: Openers
    largest: int = 200
    unpacked: int = 4096

    def corpus(self, root: Path) -> Corpus:
        """How the owner of a folder describes it, from its ``corpus.toml`` where there is one."""
        path = root / _DESCRIPTION
        named = root.resolve()
        if _NOT_STORED.search(named.name):
            raise DocumentError(f"{_stored(str(root))} has a name that is not UTF-8; rename it.")
        name = title_of(named.name + "." * named.is_dir())
        if not path.is_file():
            return Corpus(name)
        try:
            given = tomllib.loads(path.read_text("utf-8"))
            questions = given.get("suggested_questions", [])
            if not isinstance(questions, list):
                raise DocumentError(f"{path}: suggested_questions must be a list of questions.")
            title, description = given.get("title", name), given.get("description", "")
            return Corpus(str(title), str(description), tuple(map(str, questions)))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise DocumentError(f"{path} is not valid TOML: {error}.") from None

    def count(self, root: Path) -> int:
        """How many files there are to look at."""
        return sum(1 for _ in _found(root))

    def origins(self, root: Path) -> Iterator[Origin | Skipped]:
        """The documents of a file or folder, in the order of their paths.

        Hidden files, ``README.md`` and descriptions are passed over; any other file that is not
        read is reported as Skipped. In sources, U+FFFD stands for what is not UTF-8.
        """
        base = root if root.is_dir() else root.parent
        for path, why, is_folder in _found(root):
            source = _stored(path.relative_to(base).as_posix())
            if why:
                yield Skipped(source, why, is_folder or _may_hold_several(source))
            else:
                yield from self._of_file(path, source)

    def _of_file(self, path: Path, source: str) -> Iterator[Origin | Skipped]:
        try:
            size = path.stat().st_size
            if size > self.largest * _MEBIBYTE:
                yield Skipped(source, self._too_large(size), _may_hold_several(source))
                return
            raw = path.read_bytes()
        except OSError as error:
            yield Skipped(source, f"cannot be read: {error.strerror}", _may_hold_several(source))
            return
        yield from self._of_content(source, raw, path, _Opened(self.unpacked * _MEBIBYTE))

    def _too_large(self, size: int) -> str:
        return (
            f"is larger than {self.largest} MiB ({size / _MEBIBYTE:,.0f} MiB); cut it into smaller "
            "files, or set INNOQA_READ_SIZE higher"
        )

    def _of_content(
        self, source: str, raw: bytes, path: Path | None, opened: _Opened
    ) -> Iterator[Origin | Skipped]:
        """What a file holds; ``path`` is None in an archive, where no data package counts."""
        try:
            format_ = self.openers.recognized(source, raw)
            if format_ == "archive":
                yield from self._members(source, raw, opened)
            elif format_ == "mailbox":
                yield from self._mails(source, raw, opened)
            elif format_ == "beir":
                yield from self._entries(source, self.openers.decode(raw))
            else:
                yield self._origin(source, cast("Format", format_), raw, path)
            if format_ == "email":
                yield from self._attached(source, raw, opened)
        except DocumentError as error:
            several = _may_hold_several(source) or raw.startswith(b"PK")
            yield Skipped(source, str(error), several)

    def _origin(self, source: str, format_: Format, raw: bytes, path: Path | None) -> Origin:
        described = self.openers.described(path) if path and format_ in _DESCRIBED else None
        content_hash = _hash(format_, hashlib.sha256(raw).hexdigest(), str(described or ""))
        return Origin(source, content_hash, format_, raw, description=described)

    def _members(self, source: str, raw: bytes, opened: _Opened) -> Iterator[Origin | Skipped]:
        if opened.depth >= _DEEPEST:
            raise DocumentError("lies too deep, in an archive in another; unpack it")
        with opened.deeper():
            for member in self.openers.members(raw, self.largest * _MEBIBYTE):
                parts = PurePosixPath(member.name).parts
                if _is_passed_over(parts):
                    continue
                if opened.left < 0:
                    raise DocumentError(
                        f"holds more than {self.unpacked:,} MiB when it is unpacked; "
                        "unpack it and ingest the folder"
                    )
                opened.left -= len(member.content) + _MEMBER
                name = _stored("/".join((source, *parts)))
                if member.why_not:
                    yield Skipped(name, member.why_not, _may_hold_several(name))
                else:
                    yield from self._of_content(name, member.content, None, opened)

    def _mails(self, source: str, raw: bytes, opened: _Opened) -> Iterator[Origin | Skipped]:
        number = 0
        with opened.deeper():
            for number, mail in enumerate(self.openers.mails(raw), start=1):
                yield from self._of_content(f"{source}/{number}.eml", mail, None, opened)
        if not number:
            raise DocumentError("begins like a mailbox, but no mail is in it; save it as .txt")

    def _attached(self, source: str, raw: bytes, opened: _Opened) -> Iterator[Origin | Skipped]:
        for name, content in self.openers.attached(raw):
            inside = _stored(f"{source}/{name}")
            if opened.depth >= _DEEPEST:
                why = "lies too deep, in a mail in another; save it by itself"
                yield Skipped(inside, why, _may_hold_several(inside))
                continue
            with opened.deeper():
                yield from self._of_content(inside, content, None, opened)

    def _entries(self, file: str, text: str) -> Iterator[Origin | Skipped]:
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                where = f"{file}:{number}"
                entry = _entry(line)
                if isinstance(entry, str):
                    yield Skipped(where, entry)
                else:
                    name, title, body = _stored(entry[0]), _stored(entry[1]), entry[2]
                    content = body.encode(errors="replace")
                    content_hash = _hash("beir", title, body)
                    yield Origin(name, content_hash, "beir", content, title, is_entry=True)


def _entry(line: str) -> tuple[str, str, str] | str:
    """(id, title, text) of a line of a collection, or what is wrong with it."""
    try:
        entry: Any = json.loads(line)
        name, title, body = entry["_id"], entry.get("title") or "", entry["text"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return 'not a line of the form {"_id": ..., "title": ..., "text": ...}'
    if not (isinstance(name, str) and isinstance(title, str) and isinstance(body, str)):
        return "_id, title and text must be strings"
    if not name or not body.strip():
        return "empty _id or text"
    return name, title, body


def _found(root: Path) -> list[tuple[Path, str, bool]]:
    """What lies under a path, by path: each with "" or why it is not read, and if it is a folder.

    Of folders, only those are given that are not read.
    """
    if not root.is_dir():
        return [(root, _why_not(root), False)]
    found: list[tuple[Path, str, bool]] = []

    def tell(error: OSError) -> None:
        found.append((Path(error.filename), f"cannot be read: {error.strerror}", True))

    for folder, folders, files in os.walk(root, onerror=tell):
        here = Path(folder)
        if _INDEX in files:
            folders.clear()
            continue
        folders[:] = [name for name in folders if not name.startswith(_HIDDEN)]
        found += [
            (here / name, "is a link to a folder; give that folder itself to innoqa ingest", True)
            for name in folders
            if _is_link(here / name)
        ]
        kept = (name for name in files if not _is_passed_over((name,)))
        found += [(here / name, _why_not(here / name), False) for name in kept]
    return sorted(found)


def _is_link(path: Path) -> bool:
    try:
        return path.is_symlink()
    except OSError:  # of a folder whose files cannot be reached; it is told when it is opened
        return False


def _is_passed_over(parts: tuple[str, ...]) -> bool:
    """Whether a path is hidden, or describes documents and is none."""
    hidden = any(part.startswith(_HIDDEN) and part != ".." for part in parts)
    return hidden or "".join(parts[-1:]).lower() in _NOT_DOCUMENTS


def _why_not(path: Path) -> str:
    try:
        mode = path.stat().st_mode
    except PermissionError:
        return "cannot be read; see to its permissions"
    except OSError as error:
        if path.is_symlink():
            return "is a link that leads nowhere; delete it"
        return f"cannot be read: {error.strerror}"
    return "" if stat.S_ISREG(mode) else "is no regular file"


def _stored(name: str) -> str:
    """A name as it can be stored and shown: U+FFFD stands for what is not UTF-8."""
    return _NOT_STORED.sub("\ufffd", name)


def _may_hold_several(source: str) -> bool:
    return source.lower().endswith(_COLLECTIONS)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()
