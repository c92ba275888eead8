"""The files that were added on the page: a folder of their own beside the index.

<index>/uploads/NAME          what is in the index
<index>/uploads/corpus.toml   says that they have no title of their own
<index>/uploads/.incoming/    what is being added; left behind only where adding was killed
"""

import os
import re
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_INCOMING = ".incoming"
_DESCRIPTION = "corpus.toml"
_NAMELESS = '# What was added on the page goes by no title of its own.\ntitle = ""\n'
_PASSED_OVER = frozenset({"readme.md", _DESCRIPTION, "datapackage.json"})
_LONGEST_NAME = 200
"""In bytes of UTF-8; file systems have room for 255."""
_LONGEST_SUFFIX = 12
_UNSAFE = re.compile(r"[^\w .,;()+@&=%#'!-]|^[\s.~]+|[\s.]+$")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UploadFolder:
    """The folder of uploaded files of one index; only who holds the index for writing changes it.

    Names are those that ``name_for`` makes of what a browser sends: they lie in the folder itself.
    """

    path: Path

    def names(self) -> tuple[str, ...]:
        """The names of the files that are kept."""
        if not self.path.is_dir():
            return ()
        found = sorted(path.name for path in self.path.iterdir() if path.is_file())
        return tuple(name for name in found if name != _DESCRIPTION and not name.startswith("."))

    def holds(self, name: str, content: bytes) -> bool:
        """Whether a file of this name and content is kept."""
        path = self.path / name
        return path.is_file() and path.read_bytes() == content

    def copy_of(self, content: bytes) -> str:
        """The name of a kept file of this content, "" where there is none."""
        alike = (n for n in self.names() if (self.path / n).stat().st_size == len(content))
        return next((name for name in alike if self.holds(name, content)), "")

    def name_for(self, given: str) -> str:
        """The name that a file of the given name is kept under: that of a kept one, or a safe one.

        Names that differ in case alone are one name, as some file systems have it.
        """
        safe = safe_name(given)
        alike = (name for name in self.names() if name.casefold() == safe.casefold())
        return next(alike, safe)

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """An empty folder on the same disk for files that are being added; it goes afterwards."""
        folder = self.path / _INCOMING
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, file: Path) -> None:
        """Move a whole file into the folder, in one step; one of its name is replaced."""
        if not (self.path / _DESCRIPTION).is_file():
            (self.path / _DESCRIPTION).write_text(_NAMELESS, "utf-8")
        _sync(file)
        file.replace(self.path / file.name)
        _sync(self.path)

    def set_aside(self, name: str, folder: Path) -> Path | None:
        """A copy of a kept file in another folder, or None where there is no such file."""
        kept = self.path / name
        return Path(shutil.copy2(kept, folder)) if kept.is_file() else None

    def drop(self, name: str) -> None:
        """Delete a file; one that is gone already is no error."""
        (self.path / name).unlink(missing_ok=True)
        _sync(self.path)


def safe_name(given: str) -> str:
    """A plain file name of a name that came from outside: no folders, no signs, not hidden.

    >>> safe_name("../../etc/pass:wd.md")
    'pass_wd.md'
    >>> safe_name("README.md")
    'upload-README.md'
    """
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", given)[-1])
    name = _UNSAFE.sub(lambda found: "" if found[0].strip(" .~") == "" else "_", name)
    suffix = Path(name).suffix if len(Path(name).suffix) <= _LONGEST_SUFFIX else ""
    stem = name.removesuffix(suffix).encode()[: _LONGEST_NAME - len(suffix.encode())]
    name = stem.decode(errors="ignore").strip() + suffix
    if not name or name.startswith(".") or name.casefold() in _PASSED_OVER or _RESERVED.match(name):
        name = f"upload-{name.lstrip('.')}"
    return name


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
