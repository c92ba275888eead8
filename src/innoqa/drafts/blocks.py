"""The lines of a draft put together into blocks: paragraphs, items of lists, rows of tables.

Headings, rules, code and lists of sources go. A lead-in goes too, unless a list of short items
follows: then both make one sentence.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from innoqa.drafts.signs import MARK

_HEADING = re.compile(r"#{1,6}(?:\s|$)")
_RULE = re.compile(r"(?:[-*_=]\s*){3,}$")
_ITEM = re.compile(r"(?:[-*+•·‣▪–—]|\(?\d{1,2}[.)]|[a-z]\))\s+")
_FENCE = re.compile(r"(?:```|~~~)\s*([\w-]*)\s*$")
_PLAIN_CODE = frozenset(("", "text", "txt", "plain", "plaintext", "markdown", "md"))
_SEPARATOR = re.compile(r"[|:\s-]*-[|:\s-]*$")
_BOLD_LINE = re.compile(r"(?:\*\*|__)[^.!?。！？]{1,80}(?:\*\*|__):?$")
_SOURCES = re.compile(
    r"[\W_]*(?:sources?|references|citations|notes)[\W_]*$"
    r"|[\W_]*(?:sources?|references|citations)\W*(?:" + MARK + r"[\d,]*.[\s,;]*)+$",
    re.IGNORECASE,
)
_MAY_BE_OTHER = re.compile(r"[`~|]|[\W_]*(?:sources?|refer|citation|notes?)", re.IGNORECASE)
_GOES_ON = re.compile(r"[^\W\d_A-Z]")
_ENDED = re.compile(r"[.!?:。！？：]\W*$")
_SHORT_ITEM = 8


@dataclass(slots=True)
class Block:
    """Text that no sentence goes beyond; ``is_open`` while more of it may come."""

    text: str
    kind: str = "paragraph"
    is_open: bool = False


def blocks(text: str, *, whole: bool) -> list[Block]:
    """The blocks of a draft without markup, in order."""
    return list(_listed(_lines(text, whole=whole), whole=whole))


def _lines(text: str, *, whole: bool) -> Iterator[Block]:
    """The blocks before lead-ins are looked at."""
    *lines, last = (_unquoted(line) for line in text.split("\n"))
    reader = _Lines()
    for line in [*lines, last] if whole else lines:
        yield from reader.take(line)
    if not whole:
        yield from reader.begin(last)
    yield from reader.rest(whole=whole)


class _Lines:
    """Takes one line after the other."""

    def __init__(self) -> None:
        self._found: Block | None = None
        self._code: str | None = None
        self._first: list[str] | None = None
        self._header: list[str] | None = None
        self._is_over = False

    def take(self, line: str) -> Iterator[Block]:
        """The blocks that are over with a line."""
        fence = _FENCE.match(line)
        if fence:
            self._code = None if self._code is not None else fence[1].lower()
            yield from self._flushed()
        elif self._is_over or (self._code is not None and self._code not in _PLAIN_CODE):
            return
        elif _SOURCES.match(line):
            self._is_over = True
        elif self._found and _continues(self._found, line):
            self._found.text += f" {line}"
        elif line.startswith("|"):
            yield from self._row(line)
        else:
            yield from self._flushed()
            self._header = None
            if not _RULE.match(line) and not _BOLD_LINE.match(line):
                self._found = _block(line)

    def begin(self, line: str) -> Iterator[Block]:
        """The blocks that are over with a line of which only the beginning is there."""
        if self._is_over or (self._code is not None and self._code not in _PLAIN_CODE):
            return
        if self._found and (not line or _continues(self._found, line)):
            if not _MAY_BE_OTHER.match(line):
                self._found.text += f" {line}"
            return
        if line and not line.startswith("|"):
            yield from self._flushed()
        if not _MAY_BE_OTHER.match(line):
            self._found = _block(line)

    def rest(self, *, whole: bool) -> Iterator[Block]:
        """What is left after the last line."""
        if self._found:
            self._found.is_open = not (whole or self._is_over)
        if whole:
            yield from self._flushed()
        elif self._found:
            yield self._found

    def _row(self, line: str) -> Iterator[Block]:
        """Take a table's row; the first waits for the line that may make it a header."""
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if _SEPARATOR.match(line):
            self._header, self._first = self._first or [], None
            return
        yield from self._flushed()
        if self._header is None:
            self._header, self._first = [], cells
        else:
            yield Block(_in_words(self._header, cells), "item")

    def _flushed(self) -> Iterator[Block]:
        found, first = self._found, self._first
        self._found = self._first = None
        if found:
            yield found
        if first:
            yield Block(_in_words([], first), "item")


def _unquoted(line: str) -> str:
    return line.strip().lstrip("> \t")


def _continues(found: Block, line: str) -> bool:
    """Whether a line goes on with a block that was wrapped."""
    return bool(_GOES_ON.match(line)) and not _ENDED.search(found.text) and not _ITEM.match(line)


def _block(line: str) -> Block | None:
    """The block that a line begins, if it is more than a heading."""
    if not line or _HEADING.match(line):
        return None
    item = _ITEM.match(line)
    return Block(line[item.end() :], "item") if item else Block(line)


def _in_words(header: list[str], cells: list[str]) -> str:
    """A row of a table in words: "Park: Haidian; Share: 48.4%"."""
    if len(header) != len(cells):
        return "; ".join(filter(None, cells))
    return "; ".join(f"{name}: {cell}" for name, cell in zip(header, cells, strict=True) if cell)


def _listed(found: Iterator[Block], *, whole: bool) -> Iterator[Block]:
    """Blocks with short lists joined to their lead-ins."""
    lead: Block | None = None
    items: list[Block] = []
    for block in found:
        if lead is not None and not items and block.is_open:
            lead.is_open = True  # what follows is not known yet
            yield lead
            return
        if lead is not None and block.kind == "item" and (items or _is_short(block)):
            items.append(block)
            continue
        if lead is not None:
            yield _joined(lead, items, is_open=False)
        lead, items = None, []
        if block.kind == "paragraph" and not block.is_open and block.text.endswith((":", "：")):
            lead = block
        else:
            yield block
    if lead is not None:
        lead.is_open = not whole and not items
        yield lead if lead.is_open else _joined(lead, items, is_open=not whole)


def _is_short(item: Block) -> bool:
    return len(item.text.split()) < _SHORT_ITEM and not item.text.rstrip().endswith("。")


def _joined(lead: Block, items: list[Block], *, is_open: bool) -> Block:
    """One sentence of a lead-in and its items; without items only what comes before the lead-in."""
    if not items:
        return Block(lead.text, "lead")
    said = "; ".join(item.text.rstrip(" .;,") for item in items[:-1])
    last = items[-1]
    end = last.text if is_open else f"{last.text.rstrip(' .;,')}."
    return Block(f"{lead.text} {said}{'; ' if said else ''}{end}", is_open=is_open)
