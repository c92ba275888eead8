"""The index folder: a truth, a lock, generations derived from the truth, and a pointer to one.

<index>/innoqa.sqlite      the truth
<index>/encoder/*.onnx     query encoders
<index>/generations/<state>/   what questions read, never changed after publication
<index>/current            the name of the published generation; replaced in one step
<index>/write.lock         held by who writes; tells which process that is, and since when

Whoever reads a generation holds a lease: a shared lock on its manifest, which the system frees with
the process. Whoever writes deletes only what nobody has a lease on. A folder that is being built,
or deleted, says so by its name, so that nobody takes it for a generation.
"""

import fcntl
import json
import os
import re
import shutil
import weakref
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from filelock import FileLock, Timeout

from innoqa.errors import IndexBroken, IndexBusy, IndexMissing

_MANIFEST = "manifest.json"
_BUILDING, _DROPPED = ".building", ".dropped"
_POINTER = "current"
_NEW_POINTER = "current.tmp"
_LOCK = "write.lock"
_WRITER = re.compile(r"(\d+) ([\d-]{10} [\d:]{8})\n")
_TRIES = 20
"""How many publications may overtake a reader that is about to open a generation."""
_AT_ONCE = 0.1
"""Seconds for which a writer tries at least: a reader may just be looking whether there is one."""


class Lease:
    """A published generation, not deleted until this is closed or dropped, or its process ends."""

    def __init__(self, folder: Path, manifest: dict[str, Any], held: int) -> None:
        self.folder, self.manifest = folder, manifest
        self._let_go = weakref.finalize(self, os.close, held)

    def close(self) -> None:
        """Let the generation go; nothing of it may be read any more."""
        self._let_go()


class Elsewhere(Protocol):
    """What generations keep outside their folders, by the folder of a generation."""

    def named(self, generation: Path) -> Mapping[str, Any]:
        """What the manifest says of it."""
        ...

    def holds(self, generation: Path) -> bool:
        """Whether it is as it is to be now, and whole."""
        ...

    def drop(self, generation: Path) -> bool:
        """Delete it. False keeps the folder, so that a later ingest tries again."""
        ...


@dataclass(frozen=True, slots=True)
class Generations:
    """The generations of one index folder; ``wait`` are seconds that a writer waits for another.

    ``elsewhere`` must be given by who writes.
    """

    index: Path
    wait: float = 0.0
    elsewhere: Elsewhere | None = None

    @property
    def truth(self) -> Path:
        """The SQLite file that everything else is derived from."""
        return self.index / "innoqa.sqlite"

    def encoder(self, digest: str) -> Path:
        """Where the query encoder of a model is kept."""
        return self.index / "encoder" / f"{digest[:16]}.onnx"

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the index for writing; what is half done or no longer used is removed.

        Raises IndexBusy when another process holds it, and has not finished within ``wait``.
        """
        self.index.mkdir(parents=True, exist_ok=True)
        lock = self.index / _LOCK
        try:
            with FileLock(lock, timeout=max(self.wait, _AT_ONCE)):
                with suppress(OSError):  # that a disk is full is told by what needs it
                    lock.write_text(f"{os.getpid()} {datetime.now():%Y-%m-%d %H:%M:%S}\n", "utf-8")
                self._remove_leftovers()
                try:
                    yield
                finally:
                    self._remove_leftovers()
                    self._drop_unused()
        except Timeout:
            raise IndexBusy(
                f"Another ingest is writing {self.index}{self._writer()}. Wait until it has "
                "finished, or use another folder with --index."
            ) from None

    def _writer(self) -> str:
        """Who holds the lock, in words, as far as that can be told."""
        with suppress(OSError, UnicodeDecodeError):
            if found := _WRITER.fullmatch((self.index / _LOCK).read_text("utf-8")):
                return f" (process {found[1]}, since {found[2]})"
        return ""

    def is_being_written(self) -> bool:
        """Whether some process, this one included, holds the index for writing."""
        lock = self.index / _LOCK
        if not lock.is_file():
            return False
        try:
            with FileLock(lock, timeout=0):
                return False
        except Timeout:
            return True
        except OSError:  # on a disk that cannot be written, nobody writes
            return False

    def published(self) -> str | None:
        """The folder name of the published generation, or None where there is none."""
        try:
            return (self.index / _POINTER).read_text("utf-8").strip() or None
        except FileNotFoundError:
            return None

    def lease(self) -> Lease:
        """The published generation, to read. Raises IndexMissing or IndexBroken."""
        for _ in range(_TRIES):
            name = self.published()
            if name is None:
                raise self._missing()
            folder = self._folder(name)
            if lease := _lease(folder):
                return lease
            # Another one was published since, and that one deleted; or the files are gone.
        raise IndexBroken(
            f"{folder} is named as the published index but is not whole. "
            "Run innoqa ingest again; it is rebuilt from what is stored."
        )

    def _missing(self) -> IndexMissing:
        if self.is_being_written():
            return IndexMissing(
                f"The index in {self.index} is being made. Try again when innoqa ingest has "
                "finished."
            )
        return IndexMissing(
            f"There is no index in {self.index}. "
            f"Make one with: innoqa ingest corpus --index {self.index}"
        )

    def folder(self) -> Path:
        """The folder of the published generation. Raises IndexMissing or IndexBroken."""
        lease = self.lease()
        lease.close()
        return lease.folder

    def manifest(self) -> dict[str, Any]:
        """What the published generation says of itself. Raises IndexMissing or IndexBroken."""
        lease = self.lease()
        lease.close()
        return lease.manifest

    def published_at(self) -> datetime:
        """When what is published was published. Raises IndexMissing."""
        try:
            written = (self.index / _POINTER).stat().st_mtime
        except FileNotFoundError:
            raise self._missing() from None
        return datetime.fromtimestamp(written, UTC).astimezone()

    def is_whole(self, name: str) -> bool:
        """Whether the generation of that name is published and whole."""
        published = self.published()
        return any(folder.name == published for folder in self._whole(name))

    def restore(self, name: str) -> bool:
        """Publish a generation that is there, whole and unpublished. Returns whether one was."""
        for folder in self._whole(name):
            self._point_to(folder.name)
            return True
        return False

    def withdraw(self) -> None:
        """Have no index published any more."""
        (self.index / _POINTER).unlink(missing_ok=True)
        _sync(self.index)

    def start(self, name: str) -> Path:
        """An empty folder to build a generation in.

        Its name is new each time: Chroma remembers what it opened by path, so that a build after
        one that failed in the same process would otherwise get the files that were deleted.
        """
        folder = self._folder(f"{name}.{uuid4().hex[:8]}{_BUILDING}")
        folder.mkdir(parents=True)
        return folder

    def publish(self, folder: Path, manifest: dict[str, Any]) -> None:
        """Make a built generation the published one, in one step.

        The generation before it stays until nobody reads it: questions that are under way finish.
        """
        named = self.elsewhere.named(folder) if self.elsewhere else {}
        (folder / _MANIFEST).write_text(json.dumps({**manifest, **named}, indent=2) + "\n", "utf-8")
        for path in (*sorted(folder.rglob("*")), folder):
            _sync(path)
        name, unique, _ = folder.name.split(".")
        final = self._folder(name)
        if final.exists():  # and is not whole, or this one would not have been built
            final = self._folder(f"{name}~{unique}")
        folder.rename(final)
        _sync(final.parent)
        self._point_to(final.name)

    def _point_to(self, name: str) -> None:
        pointer = self.index / _NEW_POINTER
        pointer.write_text(name + "\n", "utf-8")
        _sync(pointer)
        pointer.replace(self.index / _POINTER)
        _sync(self.index)

    def _folder(self, name: str) -> Path:
        return self.index / "generations" / name

    def _folders(self) -> list[Path]:
        return sorted((self.index / "generations").glob("*"))

    def _whole(self, name: str) -> Iterator[Path]:
        """The folders of generations that were built of a state, and miss nothing."""
        for folder in self._folders():
            if folder.name.partition("~")[0] != name or not (folder / _MANIFEST).is_file():
                continue
            if self.elsewhere is None or self.elsewhere.holds(folder):
                yield folder

    def _delete(self, folder: Path) -> None:
        """Delete a folder that is no generation any more, or leave it to a later ingest."""
        if self.elsewhere is None or self.elsewhere.drop(folder):
            shutil.rmtree(folder, ignore_errors=True)

    def _remove_leftovers(self) -> None:
        """Delete what somebody who was killed had not finished building or deleting."""
        (self.index / _NEW_POINTER).unlink(missing_ok=True)
        for folder in self._folders():
            if folder.name.endswith((_BUILDING, _DROPPED)):
                self._delete(folder)

    def _drop_unused(self) -> None:
        """Delete each generation that is not published and that nobody has a lease on."""
        published = self.published()
        for folder in self._folders():
            if folder.name == published or folder.name.endswith((_BUILDING, _DROPPED)):
                continue
            with _unread(folder / _MANIFEST) as is_unread, suppress(OSError):
                if is_unread:
                    # First out of the way, so that what is half deleted is never published again.
                    dropped = folder.rename(f"{folder}.{uuid4().hex[:8]}{_DROPPED}")
                    _sync(folder.parent)
                    self._delete(dropped)


def _lease(folder: Path) -> Lease | None:
    """A lease on a generation; None where it is gone, or is just being deleted.

    Where the disk knows no locks it is read without, and nobody can delete it either.
    """
    manifest = folder / _MANIFEST
    try:
        held = os.open(manifest, os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError):
        return None
    with ExitStack() as opened:
        opened.callback(os.close, held)
        if not _is_locked(held, manifest):
            return None
        try:
            said = json.loads(manifest.read_bytes())
        except ValueError as error:
            raise IndexBroken(
                f"{manifest} is damaged ({error}). Delete its folder and run innoqa ingest again."
            ) from None
        opened.pop_all()
        return Lease(folder, said, held)
    return None


def _is_locked(held: int, manifest: Path) -> bool:
    try:
        fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(held), manifest.stat())  # it may have been renamed between
    except (BlockingIOError, FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True


@contextmanager
def _unread(manifest: Path) -> Iterator[bool]:
    """Whether nobody has a lease, nor gets one meanwhile; what has no manifest cannot be read."""
    try:
        held = manifest.open("r+b")  # over a network, an exclusive lock needs the right to write
    except OSError:
        yield not manifest.exists()
        return
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
