"""The body of a document as blocks: headings, paragraphs, items of lists, tables."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from innoqa.adapters.word_document.inline import FORCED, RENDERED, Inline
from innoqa.adapters.word_document.styles import Numbering, Styles
from innoqa.errors import DocumentError
from innoqa.markup import one_line
from innoqa.office import (
    Area,
    Element,
    Grid,
    Package,
    Part,
    at,
    chosen,
    fill,
    framed,
    is_on,
    number,
    padded,
    read_chart,
    read_diagram,
    value,
)  # fmt: skip

_WIDEST = 63  # columns of a table, as many as Word has
_MOST_CELLS = 1_000_000
_MOST_PAGES = 20_000
_CONTENTS = re.compile(r"toc \d|toc heading|table of figures|contents \d", re.IGNORECASE)
_CAPTION = re.compile(
    r"(?:table|tab\.|tabelle|tableau|tabla|exhibit|表)\s*[\dA-Z一二三四五六七八九十]", re.I
)
_LIST_STYLE = re.compile(r"list (?:bullet|number|continue) ([2-5])")
_LONGEST_CAPTION = 30  # words
_MARKS = re.compile(f"[{RENDERED}{FORCED}\\s]*")
_THROUGH = frozenset(
    ("w:sdtContent", "w:customXml", "w:ins", "w:moveTo", "w:smartTag", "mc:AlternateContent")
)
_NEW_PAGE = ("nextPage", "oddPage", "evenPage")


@dataclass(slots=True)
class Block:
    """A part of the document in the order in which it is read."""

    kind: Literal["heading", "paragraph", "item", "table"]
    words: str = ""
    """Of a table: its caption."""
    level: int = 0
    """Of a heading its level, nought for the title; of an item how deep it stands."""
    number: int | None = None
    grid: Grid = field(default_factory=list)
    is_caption: bool = False
    is_figure: bool = False
    """Whether a table was made of a chart."""
    source: Element | None = None
    """The paragraph that it was."""


@dataclass
class Body:
    """Reads what stands in a body, a cell, a text box or a note, block by block."""

    package: Package
    part: Part
    styles: Styles
    numbering: Numbering
    inline: Inline
    blocks: list[Block] = field(default_factory=list)
    lead: str = ""
    """Starts of pages before the first block."""
    unread: Counter[str] = field(default_factory=Counter)
    """What was left out, in words, and how often."""
    _cells: int = 0
    _pages: int = 0
    _carried: list[str] = field(default_factory=list)
    """The words of paragraphs whose ends are deleted: they go on in the next one."""

    def read(self, content: Iterable[Element]) -> None:
        """Add the blocks of a content."""
        self._each(content)
        self._close()

    def _each(self, content: Iterable[Element]) -> None:
        for child in content:
            tag = child.tag
            if tag == "w:p":
                self._paragraph(child)
            elif tag == "w:tbl":
                self._table(child)
            elif tag == "w:sdt":
                self._control(child)
            elif tag in _THROUGH:
                self._each(chosen(child) if tag == "mc:AlternateContent" else child)
            elif tag == "w:altChunk":
                self.unread["a document that is embedded in it"] += 1

    def apart(self, content: Iterable[Element]) -> tuple[list[Block], str]:
        """(the blocks of a content that is no part of the text's flow, starts of pages before)."""
        outer = self.blocks, self.lead, self._carried
        self.blocks, self.lead, self._carried = [], "", []
        self.read(content)
        inner = self.blocks, self.lead
        self.blocks, self.lead, self._carried = outer
        return inner

    def _control(self, control: Element) -> None:
        gallery = value(control, "w:sdtPr/w:docPartObj/w:docPartGallery")
        content = control.find("w:sdtContent")
        if content is None:
            return
        if gallery == "Table of Contents":
            blocks, lead = self.apart(content)
            self._mark(lead + "".join(_marks(block) for block in blocks))
        else:
            self._each(content)

    def _paragraph(self, paragraph: Element) -> None:
        properties = paragraph.find("w:pPr")
        is_contents = any(map(_CONTENTS.fullmatch, self.styles.names(properties)[:1]))
        if self.styles.heading_level(properties) is not None and not is_contents:
            self.inline.close_contents()
        if is_on(self.styles.found(properties, "w:pageBreakBefore")):
            self._mark(FORCED)
        words = self.inline.words(paragraph)
        beside = self.inline.beside
        if at(properties, "w:rPr/w:del") is not None:
            self._carried.append(words)
        elif is_contents:
            self._mark("".join(sign for sign in words if sign in (RENDERED, FORCED)))
        else:
            self._add(self._block(paragraph, "".join((*self._carried, words))))
            self._carried = []
        for element in beside:
            self._beside(element)
        section = at(properties, "w:sectPr")
        if section is not None and value(section, "w:type", "nextPage") in _NEW_PAGE:
            self._mark(FORCED)

    def _close(self) -> None:
        """What would go on in a next paragraph has none."""
        self._add(Block("paragraph", "".join(self._carried)))
        self._carried = []

    def _block(self, paragraph: Element, words: str) -> Block:
        properties = paragraph.find("w:pPr")
        level, names = self.styles.heading_level(properties), self.styles.names(properties)
        bare = one_line(words.replace(RENDERED, "").replace(FORCED, ""))
        listed = self._listed(properties, names) if bare else None
        if level is not None:
            label = f"{listed[1]} " if listed and listed[1] else ""
            return Block("heading", f"{label}{words}", level)
        if listed:
            return Block("item", words, listed[0], listed[2])
        short = len(bare.split()) <= _LONGEST_CAPTION
        is_caption = "caption" in names or (short and bool(_CAPTION.match(bare)))
        return Block("paragraph", words, is_caption=is_caption and short, source=paragraph)

    def _listed(
        self, properties: Element | None, names: list[str]
    ) -> tuple[int, str, int | None] | None:
        """(depth, label, number) of a paragraph in a list."""
        found = self.styles.found(properties, "w:numPr")
        list_id, depth = value(found, "w:numId"), number(value(found, "w:ilvl"))
        place = self.numbering.next(list_id, depth) if list_id else None
        if place is None:
            return None
        deeper = next((int(style[1]) - 1 for n in names if (style := _LIST_STYLE.fullmatch(n))), 0)
        return place.depth or deeper, place.label, place.number

    def _add(self, block: Block) -> None:
        """Add a block; starts of pages before its words go to the end of the one before it."""
        start = _MARKS.match(block.words)
        leading = start[0] if start else ""
        self._mark("".join(leading.split()))
        block.words = block.words[len(leading) :]
        if block.words or block.grid:
            self.blocks.append(block)

    def _mark(self, marks: str) -> None:
        if not marks:
            return
        self._pages += len(marks)
        if self._pages > _MOST_PAGES:
            raise DocumentError(f"has more than {_MOST_PAGES:,} starts of pages")
        if not self.blocks:
            self.lead += marks
        elif self.blocks[-1].grid:
            self.blocks[-1].grid[-1][0] += marks
        else:
            self.blocks[-1].words += marks

    def _beside(self, element: Element) -> None:
        if element.tag == "w:txbxContent":
            blocks, lead = self.apart(element)
            self._mark(lead)
            self.blocks += blocks
        elif element.tag == "cx:chart":
            self.unread["a chart of a kind that is not read"] += 1
        else:
            self._drawn(element)

    def _drawn(self, element: Element) -> None:
        """A chart or a diagram."""
        relation = element.get("r:id" if element.tag == "c:chart" else "r:dm", "")
        root = self.package.xml(self.part.related.get(relation, ("", ""))[1])
        if element.tag != "c:chart":
            points = read_diagram(root) if root is not None else []
            for depth, words in points:
                self._add(Block("item", words, depth))
            return
        chart = read_chart(root) if root is not None else None
        if chart is None:
            self.unread["a chart whose values are not kept in it"] += 1
        else:
            if chart.unit:
                self._add(Block("paragraph", f"({chart.unit})"))
            self._add(Block("table", chart.caption, grid=chart.grid, is_figure=True))

    def _table(self, table: Element) -> None:
        self._close()
        rows = [row for row in _rows(table) if at(row, "w:trPr/w:del") is None]
        if self._is_layout(rows):
            for row in rows:
                for cell in _cells(row):
                    self.read(cell)
            return
        read = _Rows(self)
        for row in rows:
            read.add(row)
        self._framed(*read.done())

    def _is_layout(self, rows: list[Element]) -> bool:
        """Whether a table only sets its content side by side: one cell, or tables inside it."""
        cells = [cell for row in rows for cell in _cells(row)]
        inside = (len(list(t.iter("w:tc"))) for c in cells for t in c.findall("w:tbl"))
        return len(cells) == 1 or any(count > 2 for count in inside)

    def _framed(self, grid: Grid, marks: list[str]) -> None:
        """Add a table with the lines that stand in it above and below."""
        kept = [(row, mark) for row, mark in zip(grid, marks, strict=True) if any(row) or mark]
        for number_, (_, mark) in enumerate(kept):
            if number_:
                kept[number_ - 1][0][0] += mark
            else:
                self._mark(mark)
        table = framed([row for row, _ in kept])
        for line in table.above[1:]:
            self._add(Block("paragraph", line))
        if not table.grid:
            return
        if len(table.grid) == 1 or len(table.grid[0]) == 1:
            for row in table.grid:
                self._add(Block("paragraph", "; ".join(filter(None, row))))
        else:
            self.blocks.append(Block("table", "".join(table.above[:1]), grid=table.grid))
        for line in table.below:
            self._add(Block("paragraph", line))

    def count(self, cells: int) -> None:
        """Count cells of tables. Raises DocumentError where they are too many."""
        self._cells += cells
        if self._cells > _MOST_CELLS:
            raise DocumentError(f"has tables of more than {_MOST_CELLS:,} cells")


@dataclass
class _Rows:
    """The rows of a table as they are read, with the cells that are merged."""

    body: Body
    grid: Grid = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    """Starts of pages before each row."""
    areas: list[Area] = field(default_factory=list)
    _open: dict[int, Area] = field(default_factory=dict)
    """Areas that reach to the row before, by their first column."""
    _within: str = ""

    def add(self, row: Element) -> None:
        """Read a row."""
        cells: list[str] = [""] * _skipped(row, "w:gridBefore")
        before, within = self._within, ""
        still_open: dict[int, Area] = {}
        for cell in _cells(row):
            blocks, lead = self.body.apart(cell)
            before, within = max(before, lead, key=len), max(within, _inner(blocks), key=len)
            left, width = len(cells), _width(cell)
            cells += [_flat(blocks), *[""] * (width - 1)]
            area = self._area(cell, left, left + width - 1)
            if area is not None:
                still_open[left] = area
            elif width > 1:
                self.areas.append(Area(len(self.grid), left, len(self.grid), left + width - 1))
        self.areas += [area for left, area in self._open.items() if left not in still_open]
        self._open, self._within = still_open, within
        self.body.count(len(cells))
        self.grid.append(cells)
        self.marks.append(before)

    def _area(self, cell: Element, left: int, right: int) -> Area | None:
        """The area of a cell that is merged downwards, as far as it is known."""
        merge = at(cell, "w:tcPr/w:vMerge")
        if merge is None:
            return None
        row, above = len(self.grid), self._open.get(left)
        if merge.get("w:val", "continue") == "continue" and above:
            return Area(above.top, left, row, min(right, above.right))
        if above:
            self.areas.append(above)
        return Area(row, left, row, right)

    def done(self) -> tuple[Grid, list[str]]:
        """(the cells, merged ones filled; the starts of pages before each row)."""
        grid = padded(self.grid)
        self.body.count(sum(map(len, grid)) - sum(map(len, self.grid)))
        for area in (*self.areas, *self._open.values()):
            fill(grid, area)
        return grid, self.marks


def _rows(table: Element) -> Iterator[Element]:
    yield from _inside(table, "w:tr")


def _cells(row: Element) -> list[Element]:
    cells = _inside(row, "w:tc")
    return [cell for cell in cells if at(cell, "w:tcPr/w:cellDel") is None]


def _inside(element: Element, tag: str) -> Iterator[Element]:
    """The rows of a table or the cells of a row, also inside controls."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in ("w:sdt", *_THROUGH):
            yield from _inside(child, tag)


def _width(cell: Element) -> int:
    return max(1, number(value(cell, "w:tcPr/w:gridSpan"), 1, _WIDEST))


def _skipped(row: Element, name: str) -> int:
    return number(value(row, f"w:trPr/{name}"), 0, _WIDEST)


def _marks(block: Block) -> str:
    words = (block.words, *(cell for row in block.grid for cell in row))
    return "".join(sign for part in words for sign in part if sign in (RENDERED, FORCED))


def _inner(blocks: list[Block]) -> str:
    return "".join(map(_marks, blocks))


def _flat(blocks: list[Block]) -> str:
    """The words of a cell on one line; items and the rows of a table in it between semicolons."""
    parts: list[str] = []
    for block in blocks:
        rows = ["; ".join(" ".join(filter(None, row)) for row in block.grid)] if block.grid else []
        if parts:
            ended = block.kind != "item" or parts[-1].endswith((".", ";", ":"))
            parts.append(" " if ended else "; ")
        parts.append(": ".join(filter(None, (block.words, *rows))))
    return one_line("".join(parts).replace(RENDERED, "").replace(FORCED, ""))
