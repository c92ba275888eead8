"""What stands on a slide, in the order in which it is read: lines, tables, charts, diagrams."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from innoqa.adapters.slides.text import Line, lines
from innoqa.errors import DocumentError
from innoqa.markup import one_line
from innoqa.office import (
    Area,
    Chart,
    Element,
    Package,
    Part,
    at,
    chosen,
    fill,
    number,
    padded,
    read_chart,
    read_diagram,
    value,
)

_TITLES = ("title", "ctrTitle")
_FURNITURE = ("ftr", "sldNum", "dt", "hdr", "sldImg")
_OF_MASTER = {"ctrTitle": "title", "subTitle": "body", "obj": "body"}
_SHAPES = ("p:sp", "p:grpSp", "p:graphicFrame", "p:pic", "p:cxnSp")
_BANDS = 30  # in how many bands of height a slide is cut: what starts in one stands side by side
_MOST_CELLS = 1_000_000
_WIDEST = 1000

Piece = Line | Chart
"""A table is a chart that was drawn as one: its caption and its grid."""


@dataclass
class Content:
    """What a slide holds."""

    title: str = ""
    pieces: list[Piece] = field(default_factory=list)
    pictures: int = 0
    unread: list[str] = field(default_factory=list)
    """What could not be read, as words that go on after "slide 3 has"."""


@dataclass
class Deck:
    """What the slides of a file share."""

    package: Package
    height: int
    _parts: dict[str, Part | None] = field(default_factory=dict)
    _placeholders: dict[int, dict[tuple[str, str], Element]] = field(default_factory=dict)
    _cells: int = 0

    def placeholders(self, root: Element) -> dict[tuple[str, str], Element]:
        """The placeholders of a layout or master by their number and by their kind."""
        key = id(root)  # the part that holds it is kept
        if key not in self._placeholders:
            found: dict[tuple[str, str], Element] = {}
            tree = at(root, "p:cSld/p:spTree")
            for shape in _shapes(tree if tree is not None else ()):
                own = _placeholder(shape)
                if own is not None:
                    found.setdefault(("idx", own.get("idx", "none")), shape)
                    found.setdefault(("type", own.get("type", "obj")), shape)
            self._placeholders[key] = found
        return self._placeholders[key]

    def shared(self, name: str) -> Part | None:
        """A layout or master, read once."""
        if name not in self._parts:
            self._parts[name] = self.package.part(name)
        return self._parts[name]

    def count(self, cells: int) -> None:
        """Count cells of tables. Raises DocumentError where they are too many."""
        self._cells += cells
        if self._cells > _MOST_CELLS:
            raise DocumentError(f"has tables of more than {_MOST_CELLS:,} cells")


@dataclass
class SlideReader:
    """Reads a slide, or the notes to it."""

    deck: Deck
    part: Part
    content: Content = field(default_factory=Content)

    def __post_init__(self) -> None:
        layout = self.deck.shared(self.part.of_kind("slideLayout"))
        named = (layout or self.part).of_kind("slideMaster") or self.part.of_kind("notesMaster")
        master = self.deck.shared(named)
        self._above = [part.root for part in (layout, master) if part is not None]
        self._master = master.root if master is not None else None
        self._styles = at(master.root, "p:txStyles") if master is not None else None

    def read(self) -> Content:
        """All that stands on the slide."""
        tree = at(self.part.root, "p:cSld/p:spTree")
        self.content.pictures += at(self.part.root, "p:cSld/p:bg/p:bgPr/a:blipFill") is not None
        self._all(tree if tree is not None else ())
        return self.content

    def _all(self, shapes: Iterable[Element]) -> None:
        for shape in self._in_order(_shapes(shapes)):
            match shape.tag:
                case "p:sp":
                    self._text(shape)
                case "p:grpSp":
                    self._all(shape)
                case "p:graphicFrame":
                    self._frame(shape)
                case "p:pic":
                    self.content.pictures += 1

    def _in_order(self, shapes: Iterable[Element]) -> list[Element]:
        """Top to bottom and, of what starts at one height, left to right."""
        placed = sorted(((self._place(shape), n, shape) for n, shape in enumerate(shapes)),
                        key=lambda item: (item[0][1], item[1]))  # fmt: skip
        rows: list[list[tuple[int, int, Element]]] = []
        top = 0
        for (left, y), n, shape in placed:
            if not rows or y - top > self.deck.height // _BANDS:
                rows.append([])
                top = y
            rows[-1].append((left, n, shape))
        return [shape for row in rows for _, _, shape in sorted(row, key=lambda item: item[:2])]

    def _place(self, shape: Element) -> tuple[int, int]:
        """(left, top) of a shape, its placeholder's where it has none of its own."""
        for holder in (shape, *self._placeholders(shape)):
            for path in ("p:spPr/a:xfrm", "p:xfrm", "p:grpSpPr/a:xfrm"):
                offset = at(holder, f"{path}/a:off")
                if offset is not None:
                    return number(offset.get("x")), number(offset.get("y"))
        return 0, 0

    def _placeholders(self, shape: Element) -> Iterator[Element]:
        """The placeholders of the layout and of the master that a shape fills."""
        own = _placeholder(shape)
        if own is None:
            return
        kind = own.get("type", "obj")
        for root in self._above:
            held = self.deck.placeholders(root)
            by_number = held.get(("idx", own.get("idx", ""))) if root is not self._master else None
            found = by_number if by_number is not None else held.get(("type", kind))
            if found is not None:
                yield found
                kind = value(found, "p:nvSpPr/p:nvPr/p:ph", kind, "type")
            kind = _OF_MASTER.get(kind, kind)

    def _text(self, shape: Element) -> None:
        own = _placeholder(shape)
        kind = own.get("type", "obj") if own is not None else ""
        if kind in _FURNITURE:
            return
        self.content.pictures += at(shape, "p:spPr/a:blipFill") is not None
        body = shape.find("p:txBody")
        if kind in _TITLES and not self.content.title:
            self.content.title = one_line(" ".join(line.words for line in lines(body, [])))
            return
        self.content.pieces += lines(body, list(self._list_styles(shape, kind)))

    def _list_styles(self, shape: Element, kind: str) -> Iterator[Element]:
        """How lists look in the placeholders that a shape fills."""
        for holder in self._placeholders(shape):
            style = at(holder, "p:txBody/a:lstStyle")
            if style is not None:
                yield style
        named = "p:bodyStyle" if kind and kind not in _TITLES else "p:otherStyle"
        style = at(self._styles, named)
        if style is not None:
            yield style

    def _frame(self, frame: Element) -> None:
        data = at(frame, "a:graphic/a:graphicData")
        for child in _content(data if data is not None else ()):
            match child.tag:
                case "a:tbl":
                    self._table(child)
                case "c:chart":
                    self._chart(child)
                case "dgm:relIds":
                    root = self._related(child.get("r:dm", ""))
                    points = read_diagram(root) if root is not None else []
                    self.content.pieces += [Line(words, depth) for depth, words in points]
                case "cx:chart":
                    self.content.unread.append("a chart of a kind that is not read")
                case "p:oleObj":
                    self.content.unread.append("an embedded file, which is not read")

    def _related(self, relation: str) -> Element | None:
        return self.deck.package.xml(self.part.related.get(relation, ("", ""))[1])

    def _chart(self, element: Element) -> None:
        root = self._related(element.get("r:id", ""))
        chart = read_chart(root) if root is not None else None
        if chart is None:
            self.content.unread.append("a chart whose values are not kept in it")
        else:
            self.content.pieces.append(chart)

    def _table(self, table: Element) -> None:
        rows = [row.findall("a:tc") for row in table.findall("a:tr")]
        grid = padded([[_cell_words(cell) for cell in row] for row in rows])
        self.deck.count(sum(map(len, grid)))
        for top, row in enumerate(rows):
            for left, cell in enumerate(row):
                height = number(cell.get("rowSpan"), 1, len(grid) - top)
                width = number(cell.get("gridSpan"), 1, len(grid[0]) - left)
                if height > 1 or width > 1:
                    fill(grid, Area(top, left, top + max(height, 1) - 1, left + max(width, 1) - 1))
        self.content.pieces.append(Chart("", grid))


def _cell_words(cell: Element) -> str:
    if cell.get("hMerge") in ("1", "true") or cell.get("vMerge") in ("1", "true"):
        return ""
    return " ".join(line.words for line in lines(cell.find("a:txBody"), []))


def _shapes(elements: Iterable[Element]) -> Iterator[Element]:
    """The shapes that are seen."""
    for element in _content(elements):
        properties = next((child.find("p:cNvPr") for child in element if "nv" in child.tag), None)
        hidden = properties is not None and properties.get("hidden") in ("1", "true")
        if element.tag in _SHAPES and not hidden:
            yield element


def _content(elements: Iterable[Element]) -> Iterator[Element]:
    for element in elements:
        if element.tag == "mc:AlternateContent":
            yield from chosen(element)
        else:
            yield element


def _placeholder(shape: Element) -> Element | None:
    for name in ("p:nvSpPr", "p:nvGraphicFramePr", "p:nvPicPr"):
        found = at(shape, f"{name}/p:nvPr/p:ph")
        if found is not None:
            return found
    return None
