"""The main text of a web page, by trafilatura: no menus, forms, scripts or images.

Tables of data are put aside first and come back as Markdown tables at their places, since merged
cells, captions and headers of several rows do not come through otherwise.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from innoqa.grids import Kind, kind
from innoqa.markup import escaped, table_lines

_OUTSIDE = "ancestor::nav|ancestor::footer|ancestor::aside|ancestor::form|ancestor::header"
_BLOCKS = ".//table|.//ul|.//ol|.//h1|.//h2|.//h3|.//h4|.//input|.//button|.//textarea|.//p[2]"
_LONGEST_CELL = 150  # characters, on average: a longer one is prose in a layout
_WIDEST = 1000  # columns that a cell may span; a page may say more
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_LENGTH = re.compile(r"[kcmd]?m|ft|mi|in", re.IGNORECASE)
_Grid = list[list[str]]


def main_text(page: str) -> tuple[str, str]:
    """(title, main text as Markdown) of an HTML page; empty strings where there is none."""
    from trafilatura import extract, extract_metadata, load_html  # half a second that HTML needs

    tree = load_html(page) if page.strip() else None
    if tree is None:
        return "", ""
    metadata = extract_metadata(page)
    taken = _taken_out(tree)
    text = extract(
        tree,
        output_format="markdown",
        include_comments=False,
        include_images=False,
        include_links=False,
        include_tables=True,
        include_formatting=True,
        favor_recall=True,
    )
    return (metadata.title or "" if metadata else ""), _put_back(text or "", taken)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A table that was taken out of a page: what stands in its place, and how it reads."""

    place: str
    heading: str
    markdown: str


def _taken_out(tree: Any) -> list[_Taken]:
    """Replace each table of data by a sentence of its own."""
    taken: list[_Taken] = []
    for table in list(tree.iter("table")):
        grid = _grid(table) if _holds_data(table) else []
        if len(grid) < 2 or max(map(len, grid)) < 2 or table.getparent() is None:
            continue
        place = f"Here belongs the table of this page that has the number {len(taken) + 1:04d}."
        above = table.xpath("(preceding::h1|preceding::h2|preceding::h3|preceding::h4)[last()]")
        heading = _words(above[0]) if above else ""
        taken.append(_Taken(place, heading, _markdown(table, grid)))
        paragraph = table.makeelement("p")
        paragraph.text, paragraph.tail = place, table.tail
        table.getparent().replace(table, paragraph)
    return taken


def _put_back(text: str, taken: list[_Taken]) -> str:
    """The text with each table at its place; one whose place was not kept comes at the end."""
    for table in taken:
        if table.place in text:
            text = text.replace(table.place, f"\n\n{table.markdown}\n\n")
        else:
            heading = f"## {table.heading}\n\n" if table.heading else ""
            text = f"{text}\n\n{heading}{table.markdown}"
    return re.sub(r"\n{3,}", "\n\n", text).strip() if taken else text


def _holds_data(table: Any) -> bool:
    """Whether a table lines up values, and not parts of the page or its menus."""
    cells = table.xpath(".//td|.//th")
    if not cells or table.get("role") in ("presentation", "none") or table.xpath(_OUTSIDE):
        return False
    if any(cell.xpath(_BLOCKS) for cell in cells):
        return False
    words = [_words(cell) for cell in cells]
    numbers = sum(kind(w) in (Kind.NUMBER, Kind.MEASURE, Kind.PERIOD) for w in words)
    short = sum(map(len, words)) <= _LONGEST_CELL * len(words)
    return short and (bool(table.xpath(".//th")) or 5 * numbers >= len(words))


def _grid(table: Any) -> _Grid:
    """The cells row by row; what spans several is repeated in each, numbers apart."""
    grid: _Grid = []
    open_below: dict[int, tuple[int, str]] = {}  # column: rows still to fill, and with what
    for row in table.iter("tr"):
        cells: list[str] = []
        for cell in row.xpath("./td|./th"):
            _fill_spanned(cells, open_below)
            words, width, height = _words(cell), _span(cell, "colspan"), _span(cell, "rowspan")
            repeated = "" if kind(words) is Kind.NUMBER else words
            for column in range(len(cells), len(cells) + width):
                if height > 1:
                    open_below[column] = (height - 1, repeated)
                cells.append(repeated)
            cells[len(cells) - width] = words
        _fill_spanned(cells, open_below)
        grid.append(cells)
    return [cells for cells in grid if any(cells)]


def _fill_spanned(cells: list[str], open_below: dict[int, tuple[int, str]]) -> None:
    """Put what reaches down from the rows above into the next cells."""
    while len(cells) in open_below:
        column = len(cells)
        rows, words = open_below.pop(column)
        cells.append(words)
        if rows > 1:
            open_below[column] = (rows - 1, words)


def _span(cell: Any, name: str) -> int:
    given = cell.get(name, "1").strip()
    digits = given.lstrip("0")[:9] if given.isascii() and given.isdigit() else ""
    return min(int(digits), _WIDEST) if digits else 1


def _words(element: Any) -> str:
    """The words of a cell on one line."""
    return " ".join("".join(_pieces(element)).split())


def _pieces(element: Any) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in ("script", "style"):
        return
    if _HIDDEN.search(element.get("style", "")):
        return
    if element.tag in ("br", "p", "div", "li"):
        yield " "
    yield element.text or ""
    for child in element:
        if child.tag == "sup":
            yield _raised(child)
        else:
            yield from _pieces(child)
        yield child.tail or ""


def _raised(sup: Any) -> str:
    """A footnote's mark in brackets, so that it is no digit of a number; a power as it stands."""
    words = "".join(_pieces(sup)).strip()
    earlier = sup.getprevious()
    before = sup.getparent().text if earlier is None else earlier.tail
    last = ((before or "").split() or [""])[-1]
    if last in ("10", "×10", "x10"):
        return f"^{words}"
    if words in ("2", "3") and _LENGTH.fullmatch(last.rpartition("/")[2].strip("(")):
        return words
    if not words or words[0] in "[(*†‡":
        return words
    return f" [{words}]" if words.isalnum() and len(words) < 3 else words


def _markdown(table: Any, grid: _Grid) -> str:
    """The table with its caption above it, and the lines that span it above or below it."""
    captions = [words for caption in table.iter("caption") if (words := _words(caption))]
    while len(grid) > 2 and _is_line(grid[0]) and not _has_numbers(grid[1]):
        captions.append(grid.pop(0)[0])
    below: list[str] = []
    while len(grid) > 2 and _is_line(grid[-1]):
        below.insert(0, grid.pop()[0])
    width = max(map(len, grid))
    grid = [cells[:1] if _is_line(cells) else cells for cells in grid]
    grid[0] += [""] * (width - len(grid[0]))
    title = [f"**{escaped(captions[0])}**", *map(escaped, captions[1:])] if captions else []
    parts = (title, table_lines(grid), [escaped(line) for line in below])
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _is_line(cells: list[str]) -> bool:
    """Whether a row is one text across all columns."""
    filled = {cell for cell in cells if cell}
    return len(filled) == 1 and bool(cells[0]) and (len(cells) == 1 or all(cells))


def _has_numbers(cells: list[str]) -> bool:
    return any(kind(cell) in (Kind.NUMBER, Kind.MEASURE) for cell in cells)
