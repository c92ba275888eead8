"""The main text of a web page, by trafilatura: no menus, forms, scripts or images.

Tables of data are put aside first and come back as Markdown tables at their places, since merged
cells, captions and headers of several rows do not come through otherwise.
"""

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from innoqa.errors import DocumentError
from innoqa.grids import Kind, kind
from innoqa.markup import Converted, escaped, table_lines
from innoqa.metadata import Metadata

_OUTSIDE = "ancestor::nav|ancestor::footer|ancestor::aside|ancestor::form|ancestor::header"
_BLOCKS = (
    ".//table or .//ul or .//ol or .//h1 or .//h2 or .//h3 or .//h4 "
    "or .//input or .//button or .//textarea or .//p[2]"
)
_HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)
_HEADINGS = ("h1", "h2", "h3", "h4")
_LONGEST_CELL = 150  # characters, on average: a longer one is prose in a layout
_WIDEST = 1000  # columns that a cell may span; a page may say more
_WIDEST_LAYOUT = 20
_MOST_CELLS = 2_000_000  # that a table may have once its merged cells are filled
_MOST_TAGS = 2_000_000
_MOST_ELEMENTS = 150_000  # beside those of tables of data: about half a minute's work
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_LENGTH = re.compile(r"[kcmd]?m|ft|mi|in", re.IGNORECASE)
_TOLD = re.compile(rb"""<meta[^>]{1,500}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_TOLD_XML = re.compile(rb"""<\?xml[^>]{1,200}?encoding\s*=\s*["']([\w.:-]+)""")
_HEAD = 8192  # bytes in which a page tells its encoding
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_XHTML = re.compile(
    r"\s*<\?xml|[^<]{0,200}(?:<![^>]{0,500}>\s*)?<html[^>]{0,500}xmlns=", re.IGNORECASE
)
_CLOSED_AT_ONCE = re.compile(
    r"<(script|style|title|textarea|iframe|a|div|span|p|td|th|li|b|i|em|strong)(\s[^<>]*)?/>",
    re.IGNORECASE,
)
_LONG_ATTRIBUTE = re.compile(r"""=\s*(?:"[^"<>]{20000,}"|'[^'<>]{20000,}')""")
_WRAPPER = re.compile(r"</?(?:div|span|font|center|section|b|i|big|small)\b[^<>]*>", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8}){0,3}")
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
_NO_TITLES = frozenset(
    "untitled;untitled document;new page 1;no title;document;home;index;title;无标题文档".split(";")
)
# What the libraries let out of their hands on damaged pages.
_FAULTS = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)

_PLACE = "Here belongs the table of this page that has the number {:04d}."
_PLACED = re.compile(re.escape(_PLACE).replace(r"\{:04d\}", r"(\d{4,6})"))
_Grid = list[list[str]]


def read_web_page(raw: bytes, decode: Callable[[bytes, str], str]) -> Converted:
    """The main text of an HTML or XHTML page.

    ``decode`` makes a text of the bytes and the name of the encoding that the page tells, or "".

    Raises DocumentError where there is none, with the way out where there is one.
    """
    converted = _converted(_page(raw, decode))
    if not converted.markdown.strip():
        raise DocumentError("has no main text")
    return converted


def _page(raw: bytes, decode: Callable[[bytes, str], str]) -> str:
    head = raw.lstrip()[:_HEAD]
    told = _TOLD_XML.match(head) or _TOLD.search(head)
    return decode(raw, told[1].decode("ascii", "replace") if told else "")


def _converted(page: str) -> Converted:
    tree, gaps = _tree(page)
    if tree is None:
        return Converted("")
    taken = _taken_out(tree)
    if sum(1 for _ in tree.iter()) > _MOST_ELEMENTS:
        raise DocumentError(
            f"is a page of more than {_MOST_ELEMENTS:,} parts; split it into several pages"
        )
    metadata = _metadata(tree)
    frames = [str(f.get("src", "")).strip() for f in tree.iter("frame")]
    _narrowed(tree)
    text = _extracted(tree)
    if not _HEADING.search(text) and next(tree.iter(*_HEADINGS), None) is not None:
        text = _with_headings(tree, text)
    if frames and not (text or taken):
        shown = ", ".join(filter(None, frames[:5])) or "others"
        raise DocumentError(f"only frames other pages; add those instead ({shown})")
    return Converted(_put_back(text, taken), metadata, gaps=gaps)


def _extracted(tree: Any) -> str:
    from trafilatura import extract  # half a second that HTML needs

    try:
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
    except _FAULTS:
        raise DocumentError("is a page too damaged to be read") from None
    return text or ""


def _with_headings(tree: Any, text: str) -> str:
    """The text of a page as of one article, unless that is much more than what was found.

    The headings of a page that marks no main part are lost otherwise.
    """
    body = tree.find("body")
    if body is None:
        return text
    article = body.makeelement("article")
    article.text, body.text = body.text, None
    article.extend(list(body))
    body.append(article)
    whole = _extracted(tree)
    return whole if _HEADING.search(whole) and len(whole) <= 1.5 * len(text) + 200 else text


def _tree(page: str) -> tuple[Any, tuple[str, ...]]:
    """The tree of a page, or None where it holds nothing; and what was left out of it."""
    if page.count("<") > _MOST_TAGS:
        raise DocumentError(f"is a page of more than {_MOST_TAGS:,} tags; split it")
    page = _LONG_ATTRIBUTE.sub('=""', _CONTROLS.sub("", page))  # images, mostly
    if _XHTML.match(page):
        page = _CLOSED_AT_ONCE.sub(r"<\1\2></\1>", page)
    if not page.strip():
        return None, ()
    tree, whole = _parsed(page)
    if not whole:
        tree, whole = _parsed(_WRAPPER.sub(" ", page))
    gap = "its tags lie too deep in one another to be read to the end"
    for element in tree.iter() if tree is not None else ():  # what "&#1;" makes
        element.text = _CONTROLS.sub("", element.text or "")
        element.tail = _CONTROLS.sub("", element.tail or "")
    return tree, () if whole else (gap,)


def _parsed(page: str) -> tuple[Any, bool]:
    """The tree of a page, None where there is none, and whether the parser read all of it."""
    from lxml import etree, html

    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False
    )
    try:
        tree = html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        return None, True
    return tree, not parser.error_log.filter_types([etree.ErrorTypes.ERR_RESOURCE_LIMIT])


def _metadata(tree: Any) -> Metadata:
    from trafilatura import extract_metadata

    tree = copy.deepcopy(tree)
    try:
        found = extract_metadata(
            tree, date_config={"extensive_search": False, "original_date": True}
        )
    except _FAULTS:
        return Metadata(language=_language(tree))
    title = " ".join((found.title or "").split())
    authors = [" ".join(name.split()) for name in (found.author or "").split(";")]
    return Metadata(
        "" if title.lower() in _NO_TITLES else title,
        tuple(dict.fromkeys(filter(None, authors))),
        found.date or "",
        _language(tree),
    )


def _language(tree: Any) -> str:
    """What the page says, unless it is written in another script."""
    told = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    told = told or " ".join(
        tree.xpath("//meta[translate(@http-equiv, 'CL', 'cl')='content-language']/@content")
    )
    told = told.strip().replace("_", "-")
    if not _LANGUAGE.fullmatch(told):
        return ""
    words = "".join(tree.xpath("//p//text()"))[:20_000]
    east = 5 * len(_IDEOGRAPHS.findall(words)) > len(words) > 0
    return "" if east and told[:2].lower() not in ("zh", "ja", "ko") else told


def _narrowed(tree: Any) -> None:
    """Cut the spans that no sane table has, since each column of them is work."""
    for cell in tree.iter("td", "th"):
        for name in ("colspan", "rowspan"):
            if _span(cell, name) > _WIDEST_LAYOUT:
                del cell.attrib[name]


@dataclass(frozen=True, slots=True)
class _Taken:
    """A table that was taken out of a page: the heading above it, and how it reads."""

    heading: str
    markdown: str


def _taken_out(tree: Any) -> list[_Taken]:
    """Replace each table of data by a sentence of its own."""
    taken: list[_Taken] = []
    above = None
    for table in list(tree.iter("table", *_HEADINGS)):
        if table.tag != "table":
            above = table
            continue
        grid = _grid(table) if _holds_data(table) else []
        if len(grid) < 2 or max(map(len, grid)) < 2 or table.getparent() is None:
            _unwrap(table)
            continue
        heading = "" if above is None else _words(above)
        taken.append(_Taken(heading, _markdown(table, grid)))
        paragraph = table.makeelement("p")
        paragraph.text, paragraph.tail = _PLACE.format(len(taken)), table.tail
        table.getparent().replace(table, paragraph)
    return taken


def _unwrap(table: Any) -> None:
    """Make plain blocks of the cells of a table that lays out blocks, or has but one column."""
    rows = table.xpath("count(.//tr[count(td|th) > 1])")
    if rows and not table.xpath(f"boolean(.//td[{_BLOCKS}]|.//th[{_BLOCKS}])"):
        return
    for part in list(table.iter("tbody", "thead", "tfoot", "tr", "td", "th")):
        if next(part.iterancestors("table"), None) is table:
            part.tag = "div"
    table.tag = "div"


def _put_back(text: str, taken: list[_Taken]) -> str:
    """The text with each table at its place; one whose place was not kept comes at the end."""
    if not taken:
        return text
    left = dict(enumerate(taken, start=1))

    def markdown(found: re.Match[str]) -> str:
        table = left.pop(int(found[1]), None)
        return f"\n\n{table.markdown}\n\n" if table else ""

    parts = [_PLACED.sub(markdown, text)]
    for table in left.values():
        heading = f"## {escaped(table.heading)}\n\n" if table.heading else ""
        parts.append(heading + table.markdown)
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join(parts)).strip()


def _holds_data(table: Any) -> bool:
    """Whether a table lines up values, and not parts of the page or its menus."""
    cells = table.xpath(".//td|.//th")
    if not cells or table.get("role") in ("presentation", "none") or table.xpath(_OUTSIDE):
        return False
    if table.xpath(f"boolean(.//td[{_BLOCKS}]|.//th[{_BLOCKS}])"):
        return False
    words = [_words(cell) for cell in cells]
    numbers = sum(kind(w) in (Kind.NUMBER, Kind.MEASURE, Kind.PERIOD) for w in words)
    short = sum(map(len, words)) <= _LONGEST_CELL * len(words)
    return short and (bool(table.xpath(".//th")) or 5 * numbers >= len(words))


def _grid(table: Any) -> _Grid:
    """The cells row by row; what spans several is repeated in each, numbers apart.

    [] where merged cells make more of them than any table has.
    """
    grid: _Grid = []
    filled = 0
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
        filled += len(cells)
        if filled > _MOST_CELLS:
            return []
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
