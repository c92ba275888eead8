"""A chapter of a book block by block: headings, paragraphs, lists, tables and its notes."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from innoqa.adapters.epub.tables import read_table
from innoqa.markup import MarkdownWriter, one_line
from innoqa.office.grids import raised

_PASSED_OVER = frozenset(
    "script style head nav svg img audio video picture object iframe rt rp template form "
    "button input select textarea canvas map".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure "
    "footer header h1 h2 h3 h4 h5 h6 hgroup hr html li main ol p pre section summary table "
    "ul".split()
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_MARK = re.compile(r"[\[(]?\s*(?:\d{1,4}|[a-z]|[ivxlc]{1,6}|[*†‡§¶]{1,3})\s*[\])]?\.?")
_NOTES = frozenset(
    {"footnote", "endnote", "rearnote", "note", "footnotes", "endnotes", "rearnotes"}
)
_NOTE = _NOTES - {"footnotes", "endnotes", "rearnotes"}
_HOLDS_NOTE = frozenset({"p", "li", "aside", "div", "dd", "dt", "section"})
_DEEPEST = 12  # levels of lists in one another


def local_parts(element: Any) -> set[str]:
    """What an element is by ``epub:type`` or ``role``: {"footnote"}."""
    told = f"{element.get('epub:type', '')} {element.get('role', '')}".lower().split()
    return {part.removeprefix("doc-") for part in told}


@dataclass
class Notes:
    """The notes of a whole book, numbered in the order in which its words refer to them."""

    trees: dict[str, Any]
    _elements: dict[tuple[str, str], Any] = field(default_factory=dict)
    _labels: dict[Any, str] = field(default_factory=dict)
    _waiting: list[Any] = field(default_factory=list)
    _ways_back: dict[Any, dict[str, bool]] = field(default_factory=dict)
    _number: int = 0

    def __post_init__(self) -> None:
        for path, tree in self.trees.items():
            for element in tree.iter():
                name = element.get("id") or (element.get("name") if element.tag == "a" else None)
                if name:
                    self._elements.setdefault((path, name), element)
        for path, tree in self.trees.items():
            for link in tree.iter("a"):
                self._note(path, link)

    def label(self, path: str, link: Any) -> str:
        """The label of the note that a link leads to; "" where it is no mark of a note."""
        note = self._note(path, link)
        if note is None:
            return ""
        if not self._labels[note]:
            self._number += 1
            self._labels[note] = str(self._number)
            self._waiting.append((note, one_line("".join(link.itertext()))))
        return self._labels[note]

    def is_note(self, element: Any) -> bool:
        """Whether an element is a note that some words refer to."""
        return element in self._labels

    def write(self, writer: MarkdownWriter) -> None:
        """Put down the notes that were referred to since the last time."""
        for note, mark in self._waiting:
            bare = mark.strip("[]().")
            words = one_line("".join(self._words(note)))
            if bare:
                words = re.sub(rf"^[\[(]?{re.escape(bare)}[\])]?[.:]?(?=\s)", "", words)
            writer.note(self._labels[note], words or bare)
        self._waiting.clear()

    def write_rest(self, writer: MarkdownWriter) -> None:
        """Put down the notes whose marks stand in nothing that was written."""
        for note, label in self._labels.items():
            if not label:
                writer.paragraph("".join(self._words(note)))

    def _note(self, path: str, link: Any) -> Any:
        """The note that a link leads to, or None."""
        href = link.get("href") or ""
        target, sign, fragment = href.partition("#")
        if not sign or ":" in target:
            return None
        where = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(target)))
        aim = self._elements.get((where if target else path, unquote(fragment)))
        if aim is None or link is aim:
            return None
        typed = "noteref" in local_parts(link)
        if not typed and not _MARK.fullmatch(one_line("".join(link.itertext())).lower()):
            return None
        note = _holder(aim)
        if note is None or any(e is note for e in link.iterancestors()):
            return None
        told = bool(local_parts(note) & _NOTE or local_parts(aim) & _NOTE)
        if typed or told or self._leads_back(note, link):
            self._labels.setdefault(note, "")
            return note
        return None

    def _leads_back(self, note: Any, link: Any) -> bool:
        """Whether a note has a link to the mark: at its start, or one that is no mark itself."""
        if note not in self._ways_back:
            self._ways_back[note] = dict(_ways_back(note))
        ways = self._ways_back[note]
        names = {e.get("id") or e.get("name") for e in (link, link.getparent(), *link)} - {None}
        return any(ways.get(name, False) for name in names)

    def _words(self, note: Any) -> Iterator[str]:
        yield note.text or ""
        for child in note:
            if not _is_way_back(child):
                yield from (" ",) if child.tag in _BLOCKS else ()
                yield from () if child.tag in _PASSED_OVER else self._words(child)
            yield child.tail or ""


def _holder(aim: Any) -> Any:
    """The block that holds a note, given what a link to it leads to."""
    for element in (aim, *aim.iterancestors()):
        if element.tag in ("body", "html", "table", "ol", "ul"):
            return None
        if element.tag == "dt":
            return element.getnext()
        if element.tag in _HOLDS_NOTE:
            return element
    return None


def _ways_back(note: Any) -> Iterator[tuple[str, bool]]:
    """What the links of a note lead to, and whether they may lead from a note to its mark."""
    is_start = True
    for element in note.iter():
        if element.tag == "a" and element.get("href"):
            words = one_line("".join(element.itertext())).lower()
            fragment = element.get("href").rpartition("#")[2]
            yield fragment, is_start or not _MARK.fullmatch(words)
        is_start = is_start and not (element.text or "").strip()


def _is_way_back(element: Any) -> bool:
    """Whether an element only leads back from a note to its mark."""
    if element.tag != "a" or not element.get("href"):
        return False
    words = one_line("".join(element.itertext()))
    return (
        "backlink" in local_parts(element) or len(words) < 3 or bool(_MARK.fullmatch(words.lower()))
    )


@dataclass
class Chapter:
    """One pass over a chapter. ``titles`` are of its places, by fragment, for those without any."""

    writer: MarkdownWriter
    notes: Notes
    titles: dict[str, tuple[str, int]]
    path: str
    top: int
    book: str
    _pending: tuple[str, int] | None = None
    _last: str = ""

    def read(self, tree: Any) -> None:
        """Write the whole chapter, then its notes."""
        body = next(tree.iter("body"), tree)
        if not any(one_line("".join(h.itertext())) for h in body.iter(*_HEADINGS)):
            self._pending = self.titles.get("") or next(iter(self.titles.values()), None)
        self._container(body)
        self.notes.write(self.writer)

    def _container(self, element: Any) -> None:
        """Blocks one after the other; words between them are paragraphs."""
        run: list[str] = [element.text or ""]
        for child in element:
            if self._holds_blocks(child):
                self._paragraph("".join(run))
                run = []
                self._block(child)
            else:
                run += self._inline(child)
            run.append(child.tail or "")
        self._paragraph("".join(run))

    def _holds_blocks(self, element: Any) -> bool:
        return element.tag in _BLOCKS or any(e.tag in _BLOCKS for e in element.iter())

    def _block(self, element: Any) -> None:
        if _is_hidden(element) or self.notes.is_note(element):
            return
        name = element.get("id")
        told = self.titles.get(name) if name else None
        if told and element.tag not in _HEADINGS and not _has_heading(element):
            self._pending = told
        if element.tag in _HEADINGS:
            self._heading("".join(self._words(element)), int(element.tag[1]) - self.top + 2)
        elif element.tag in ("ul", "ol"):
            self._list(element)
        elif element.tag == "table":
            self._table(element)
        elif element.tag not in _PASSED_OVER:
            self._container(element)

    def _heading(self, words: str, level: int) -> None:
        line = one_line(words)
        self._pending = None
        if line and line.casefold() not in (self._last, self.book.casefold()):
            self.writer.heading(line, max(level, 2))
        self._last = line.casefold()

    def _paragraph(self, words: str) -> None:
        line = one_line(words)
        if not line:
            return
        if self._pending:
            title, depth = self._pending
            self._heading(title, depth + 2)
            if _bare(line) == _bare(title):
                return
        self._last = ""
        self.writer.paragraph(line)

    def _list(self, element: Any) -> None:
        if self._pending:
            self._heading(self._pending[0], self._pending[1] + 2)
        self._items(element, 0)
        self.writer.end_list()

    def _items(self, element: Any, depth: int) -> None:
        number = _number(element.get("start")) or 1
        for item in element:
            if item.tag in ("ul", "ol"):  # not valid, and frequent
                self._items(item, min(depth + 1, _DEEPEST))
                continue
            if _is_hidden(item) or self.notes.is_note(item):
                continue
            number = _number(item.get("value")) or number
            lists = [e for e in item.iter("ul", "ol") if _nearest_item(e) is item]
            words = one_line("".join(self._words(item, lists)))
            self.writer.item(words, depth, number if element.tag == "ol" else None)
            number += 1
            for inner in lists:
                self._items(inner, min(depth + 1, _DEEPEST))

    def _table(self, element: Any) -> None:
        table = read_table(element, lambda cell: one_line("".join(self._words(cell))))
        if table is None:
            self._cells(element)
            return
        if self._pending:
            self._heading(self._pending[0], self._pending[1] + 2)
        for line in table.above[1:]:
            self.writer.paragraph(line)
        self.writer.table(table.grid, caption=table.above[0] if table.above else "")
        for line in table.below:
            self.writer.paragraph(line)

    def _cells(self, table: Any) -> None:
        """The words of a table that only lays out a page."""
        for cell in table.iter("caption", "td", "th"):
            if next(cell.iterancestors("table"), None) is table:
                self._container(cell)

    def _inline(self, element: Any) -> list[str]:
        return list(self._run(element, ""))

    def _words(self, element: Any, without: Iterable[Any] = ()) -> Iterator[str]:
        """The words of an element, but for those of some elements in it."""
        last = element.text or ""
        yield last
        for child in element:
            if child not in without:
                if child.tag in _BLOCKS or child.tag == "br":
                    yield " "
                before = last
                for last in self._run(child, before, without):
                    yield last
                if child.tag in _BLOCKS:
                    yield " "
            if child.tail:
                last = child.tail
                yield last

    def _run(self, element: Any, before: str, without: Iterable[Any] = ()) -> Iterator[str]:
        """The words of an element within a line, ``before`` what comes before it."""
        if element.tag in _PASSED_OVER or _is_hidden(element) or self.notes.is_note(element):
            return
        if "pagebreak" in local_parts(element):
            return
        label = self.notes.label(self.path, element) if element.tag == "a" else ""
        if label:
            yield f"[^{label}]"
        elif element.tag == "br":
            yield " "
        elif element.tag == "math" and element.get("alttext"):
            yield element.get("alttext")
        elif element.tag == "sup":
            words = "".join(self._words(element, without))
            yield words if "[^" in words else raised(before, words)
        else:
            yield from self._words(element, without)


def _is_hidden(element: Any) -> bool:
    return "hidden" in element.attrib or bool(_HIDDEN.search(element.get("style") or ""))


def _has_heading(element: Any) -> bool:
    return next(element.iter(*_HEADINGS), None) is not None


def _nearest_item(element: Any) -> Any:
    return next(element.iterancestors("li"), None)


def _number(words: str | None) -> int | None:
    digits = (words or "").strip()
    return int(digits) if digits.isdecimal() and digits.isascii() and len(digits) < 7 else None


def _bare(words: str) -> str:
    return "".join(sign for sign in words.casefold() if sign.isalnum())
