"""Tells when files change, by watchfiles: the system's notices, or polling where there are none."""

from collections.abc import Iterator, Sequence
from pathlib import Path

_SETTLED_MS = 500  # a change that comes sooner after another belongs to it


def changes(paths: Sequence[Path]) -> Iterator[None]:
    """Yields each time that something under the paths has changed, until Ctrl+C."""
    from watchfiles import watch

    watched = {path if path.is_dir() else path.parent for path in paths}
    for _ in watch(*watched, step=_SETTLED_MS, raise_interrupt=False):
        yield
