"""Markdown that converters write: what a file of another format holds, and where its pages start.

A converter takes the bytes of a file and gives ``Converted``; its Markdown is the text of the
document then, so that every offset, quote and page is one of it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from innoqa.metadata import NO_METADATA, Metadata

_SIGNS = re.compile(r"([\\`*|<]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;))")
_OPENING = re.compile(r"^(?=[#>+-])|^(\d{1,9})(?=[.)](?:\s|$))")


@dataclass(frozen=True, slots=True)
class Converted:
    """A file as Markdown.

    ``pages`` are the offsets in ``markdown`` at which its pages (or slides) start, ascending, the
    first for page 1; () where the format has none. ``gaps`` say in words what could not be read,
    one sentence each, without the file's name: "pages 3 to 5 are images without text; ...".
    """

    markdown: str
    metadata: Metadata = NO_METADATA
    pages: tuple[int, ...] = ()
    gaps: tuple[str, ...] = ()


@dataclass
class MarkdownWriter:
    """Puts Markdown together block by block.

    Words are taken literally, but for ``[^label]``, which refers to a ``note``.
    """

    _parts: list[str] = field(default_factory=list)
    _pages: list[int] = field(default_factory=list)
    _length: int = 0

    @property
    def text(self) -> str:
        """What was written so far."""
        return "".join(self._parts)

    @property
    def pages(self) -> tuple[int, ...]:
        """Where each page starts in ``text``."""
        return tuple(self._pages)

    def page(self) -> None:
        """The next block begins a page."""
        self._pages.append(self._length)

    def heading(self, words: str, level: int = 1) -> None:
        """A heading of level 1 (the document's title) to 6."""
        if line := one_line(words):
            self._put(f"{'#' * min(max(level, 1), 6)} {escaped(line)}\n\n")

    def paragraph(self, words: str, breaks: Sequence[int] = ()) -> None:
        """A paragraph; its line ends become spaces. Pages start at ``breaks``, offsets in it."""
        if line := one_line(words):
            self._start_pages(words, breaks)
            self._put(f"{_unopened(escaped(line))}\n\n")

    def item(
        self, words: str, depth: int = 0, number: int | None = None, breaks: Sequence[int] = ()
    ) -> None:
        """An item of a list, ``depth`` levels inside others; numbered where ``number`` is given.

        Pages start at ``breaks``, offsets in its words. After the last item comes ``end_list``.
        """
        if line := one_line(words):
            self._put(f"{'    ' * depth}{'-' if number is None else f'{number}.'} ")
            self._start_pages(words, breaks)
            self._put(f"{_unopened(escaped(line))}\n")

    def end_list(self) -> None:
        """Close the list that the last items made."""
        self._put("\n")

    def note(self, label: str, words: str) -> None:
        """A footnote, which ``[^label]`` in the words of a block refers to."""
        if line := one_line(words):
            self._put(f"[^{label}]: {escaped(line)}\n\n")

    def table(
        self, grid: Sequence[Sequence[str]], caption: str = "", breaks: Sequence[int] = ()
    ) -> None:
        """A table, its first row the header; rows are padded to the longest.

        Pages start at the rows ``breaks``, counted from the header, which is 0.
        """
        width = max(map(len, grid), default=0)
        if not width:
            return
        if line := one_line(caption):
            self._put(f"**{escaped(line)}**\n\n")
        lines = table_lines(grid)
        for row in breaks:
            above = lines[: row + 1 if row else 0]  # the line below the header is none of the rows
            self._pages.append(self._length + sum(len(line) + 1 for line in above))
        self._put("\n".join(lines) + "\n\n")

    def _start_pages(self, words: str, breaks: Sequence[int]) -> None:
        """Pages start at offsets in the words that come next."""
        for at in breaks:
            before, after = one_line(words[:at]), words[at:].lstrip()
            start = len(_unopened(escaped(before)))
            if before and after and words[: len(words) - len(after)][-1].isspace():
                start += 1
            self._pages.append(self._length + start)

    def _put(self, words: str) -> None:
        self._parts.append(words)
        self._length += len(words)


def one_line(words: str) -> str:
    r"""The words with every white space as one space.

    >>> one_line(" two\n words ")
    'two words'
    """
    return " ".join(words.split())


def escaped(words: str) -> str:
    r"""The words with a backslash before each sign that Markdown would read.

    >>> print(escaped("3 * 4 | a_b _c"))
    3 \* 4 \| a_b \_c
    """
    return _SIGNS.sub(r"\\\1", words)


def table_lines(grid: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table, the first row its header, padded to the longest row.

    >>> table_lines([["City", "Firms"], ["Oslo"]])
    ['| City | Firms |', '| --- | --- |', '| Oslo |  |']
    """
    width = max(map(len, grid))
    lines = [[escaped(one_line(cell)) for cell in row] + [""] * (width - len(row)) for row in grid]
    return [f"| {' | '.join(cells)} |" for cells in (lines[0], ["---"] * width, *lines[1:])]


def _unopened(line: str) -> str:
    """The line with a backslash where it would open a heading, a quote or a list."""
    return _OPENING.sub(lambda found: f"{found[1]}\\" if found[1] else "\\", line)
