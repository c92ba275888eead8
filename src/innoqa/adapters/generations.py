"""The index folder: a truth, a lock, generations derived from the truth, and a pointer to one.

<index>/innoqa.sqlite      the truth
<index>/encoder/*.onnx     query encoders
<index>/generations/<state>/   what questions read, never changed after publication
<index>/current            the name of the published generation; replaced in one step
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from filelock import FileLock, Timeout

from innoqa.errors import IndexBroken, IndexBusy, IndexMissing

_MANIFEST = "manifest.json"
_BUILDING = ".building"
_LOCK = "write.lock"


@dataclass(frozen=True, slots=True)
class Generations:
    """The generations of one index folder."""

    index: Path

    @property
    def truth(self) -> Path:
        """The SQLite file that everything else is derived from."""
        return self.index / "innoqa.sqlite"

    def encoder(self, digest: str) -> Path:
        """Where the query encoder of a model is kept."""
        return self.index / "encoder" / f"{digest[:16]}.onnx"

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the index for writing; leftovers of a killed build are removed.

        Raises IndexBusy when another process holds it.
        """
        self.index.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.index / _LOCK, timeout=0):
                for leftover in (self.index / "generations").glob(f"*{_BUILDING}"):
                    shutil.rmtree(leftover)
                yield
        except Timeout:
            raise IndexBusy(
                f"Another ingest is writing {self.index}. Wait until it has finished, or use "
                "another folder with --index."
            ) from None

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
        """The name of the published generation, or None where there is none."""
        try:
            return (self.index / "current").read_text("utf-8").strip() or None
        except FileNotFoundError:
            return None

    def folder(self) -> Path:
        """The folder of the published generation. Raises IndexMissing or IndexBroken."""
        name = self.published()
        if name is None:
            if self.is_being_written():
                raise IndexMissing(
                    f"The index in {self.index} is being made. Try again when innoqa ingest has "
                    "finished."
                )
            raise IndexMissing(
                f"There is no index in {self.index}. "
                f"Make one with: innoqa ingest corpus --index {self.index}"
            )
        folder = self.index / "generations" / name
        if not (folder / _MANIFEST).is_file():
            raise IndexBroken(
                f"{folder} is named as the published index but is not whole. "
                "Run innoqa ingest again; it is rebuilt from what is stored."
            )
        return folder

    def manifest(self) -> dict[str, Any]:
        """What the published generation says of itself."""
        path = self.folder() / _MANIFEST
        try:
            manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise IndexBroken(
                f"{path} is damaged ({error}). Delete its folder and run innoqa ingest again."
            ) from None
        return manifest

    def is_whole(self, name: str) -> bool:
        """Whether the generation of that name is published and whole."""
        return (
            self.published() == name and (self.index / "generations" / name / _MANIFEST).is_file()
        )

    def restore(self, name: str) -> bool:
        """Publish a generation that is still there from before. Returns whether there was one."""
        if not (self.index / "generations" / name / _MANIFEST).is_file():
            return False
        self._point_to(name)
        return True

    def withdraw(self) -> None:
        """Have no index published any more; its generations stay until the next publication."""
        (self.index / "current").unlink(missing_ok=True)
        _sync(self.index)

    def published_at(self) -> datetime:
        """When what is published was published. Raises IndexMissing."""
        self.folder()
        written = (self.index / "current").stat().st_mtime
        return datetime.fromtimestamp(written, UTC).astimezone()

    def start(self, name: str) -> Path:
        """An empty folder to build a generation in.

        Its name is new each time: Chroma remembers what it opened by path, so that a build after
        one that failed in the same process would otherwise get the files that were deleted.
        """
        folder = self.index / "generations" / f"{name}.{uuid4().hex[:8]}{_BUILDING}"
        folder.mkdir(parents=True)
        return folder

    def publish(self, folder: Path, manifest: dict[str, Any]) -> None:
        """Make a built generation the published one, in one step, and drop old ones.

        The generation before it stays until the next publication: questions that are under way
        finish on it.
        """
        name = folder.name.partition(".")[0]
        before = self.published()
        (folder / _MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
        for path in sorted(folder.rglob("*")):
            _sync(path)
        final = folder.with_name(name)
        if final.exists():
            shutil.rmtree(final)
        folder.rename(final)
        _sync(final.parent)
        self._point_to(name)
        for old in final.parent.iterdir():
            if old.name not in (name, before):
                shutil.rmtree(old)

    def _point_to(self, name: str) -> None:
        pointer = self.index / "current.tmp"
        pointer.write_text(name + "\n", "utf-8")
        _sync(pointer)
        pointer.replace(self.index / "current")
        _sync(self.index)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
