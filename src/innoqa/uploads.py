"""Files that are added on the page -> the upload folder -> the index; and documents out of it."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from innoqa.indexing import Indexer, Progress, Report

Outcome = Literal["added", "changed", "unchanged", "skipped"]


class Folder(Protocol):
    """Where uploaded files are kept."""

    @property
    def path(self) -> Path: ...
    def holds(self, name: str, content: bytes) -> bool: ...
    def copy_of(self, content: bytes) -> str: ...
    def names(self) -> tuple[str, ...]: ...
    def name_for(self, given: str) -> str: ...
    def incoming(self) -> AbstractContextManager[Path]: ...
    def keep(self, file: Path) -> None: ...
    def set_aside(self, name: str, folder: Path) -> Path | None: ...
    def drop(self, name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Upload:
    """What became of one file: under which name it is kept, or why it is not."""

    given: str
    name: str
    outcome: Outcome
    why: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of the files that were added together; ``report`` is that of their ingest."""

    uploads: tuple[Upload, ...]
    report: Report | None

    @property
    def is_kept(self) -> bool:
        """Whether any of them is in the index now."""
        return self.report is not None


@dataclass(frozen=True, slots=True)
class Uploads:
    """Adds files to an index and takes documents out of it, one writer at a time."""

    indexer: Indexer
    folder: Folder

    def receive(
        self, files: Iterable[tuple[str, bytes]], replacing: Collection[str], progress: Progress
    ) -> Received:
        """Keep the files that can be read, and ingest them; ``replacing`` are names given again.

        A file whose name is kept with other content replaces it only where its name is in
        ``replacing``. Either all that is reported as added or changed is kept and published, or an
        error is raised and the folder is as it was. Raises as ``Indexer.ingest``.
        """
        with self.indexer.publisher.writing(), self.folder.incoming() as incoming:
            judged: dict[str, Upload] = {}
            repeated = []
            for given, content in files:
                name = self.folder.name_for(given)
                if name.casefold() in judged:
                    repeated.append(Upload(given, name, "skipped", "came with another of its name"))
                else:
                    is_replacing = given in replacing
                    path = incoming / name
                    judged[name.casefold()] = self._judged(path, given, content, is_replacing)
            uploads = (*judged.values(), *repeated)
            new = [one.name for one in judged.values() if one.outcome in ("added", "changed")]
            if not any(one.outcome != "skipped" for one in uploads):
                return Received(uploads, None)
            return Received(uploads, self._ingested(new, incoming, progress))

    def remove(self, names: Sequence[str], progress: Progress) -> Report:
        """Take documents out of the index; a file of the upload folder among them is deleted.

        With it go the other documents that it holds, where it is an archive or a mail. Names are
        those of ``Indexer.named``, and raise as there and as in ``Indexer.remove``.
        """
        with self.indexer.publisher.writing():
            self.indexer.remove([], progress)  # what an earlier removal did not live to publish
            found = {one.id: one for name in names for one in self.indexer.named(name)}
            own = self.indexer.name_of(self.folder.path)
            files = {one.source.partition("/")[0] for one in found.values() if one.root == own}
            for file in files:
                beside = self.indexer.named(str(self.folder.path / file))
                found |= {one.id: one for one in beside}
                # Before the document goes: whoever is killed between leaves it to the next ingest.
                self.folder.drop(file)
            return self.indexer.remove(list(found.values()), progress)

    def _judged(self, path: Path, given: str, content: bytes, is_replacing: bool) -> Upload:
        """What is to become of a file; one that is to be kept is at ``path`` afterwards."""
        name = path.name
        if self.folder.holds(name, content):
            return Upload(given, name, "unchanged", "the same file is there already")
        if copy := self.folder.copy_of(content):
            return Upload(given, name, "skipped", f"has the same content as {copy}")
        is_held = name in self.folder.names()
        if is_held and not is_replacing:
            return Upload(given, name, "skipped", "another file of this name is there")
        path.write_bytes(content)
        if why := self.indexer.why_unread(path):
            path.unlink()
            return Upload(given, name, "skipped", why)
        return Upload(given, name, "changed" if is_held else "added")

    def _ingested(self, new: Sequence[str], incoming: Path, progress: Progress) -> Report:
        """The report of ingesting the folder with the new files; without them where that fails."""
        before = incoming / "before"
        before.mkdir()
        aside = {name: self.folder.set_aside(name, before) for name in new}
        try:
            for name in new:
                self.folder.keep(incoming / name)
            return self.indexer.update([self.folder.path], progress)
        except BaseException:
            for name, old in aside.items():
                if old is None:
                    self.folder.drop(name)
                else:
                    self.folder.keep(old)
            raise
