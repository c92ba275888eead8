"""Tells when files change, by watchfiles: the system's notices, or polling where there are none."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

_SETTLED_MS = 500  # a change that comes sooner after another belongs to it
_BEGUN_MS = 200
_HIDDEN = (".", "~$")


def changes(paths: Sequence[Path], index: Path) -> Iterator[None]:
    """Yields once when it has begun, then each time that something under the paths has changed.

    Of a file, only its own folder is watched; nothing is told of the index, nor of hidden files.
    Ends with Ctrl+C.
    """
    from watchfiles import watch

    logging.getLogger("watchfiles").setLevel(logging.ERROR)  # Ctrl+C is no warning
    folders = [path.resolve() for path in paths if path.is_dir()]
    files = [path.parent.resolve() for path in paths if not path.is_dir()]
    own = index.resolve()

    def is_wanted(_: object, name: str) -> bool:
        path = Path(name)
        if path.is_relative_to(own):
            return False
        around = [folder for folder in folders if path.is_relative_to(folder)]
        inner = [path.relative_to(folder).parts for folder in around]
        inner += [(path.name,)] * (path.parent in files)
        return any(not any(part.startswith(_HIDDEN) for part in parts) for parts in inner)

    found = watch(
        *{*folders, *files},
        watch_filter=is_wanted,
        step=_SETTLED_MS,
        rust_timeout=_BEGUN_MS,
        yield_on_timeout=True,
        raise_interrupt=False,
        recursive=bool(folders),
        ignore_permission_denied=True,
    )
    next(found, None)
    yield
    for changed in found:
        if changed:
            yield
