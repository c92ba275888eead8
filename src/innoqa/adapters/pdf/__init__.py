"""PDF files, by pdfium: text in the order in which it is read, headings, lists, notes, tables.

pdfium gives signs with their places; what is a line, a column, a table or a heading is told here
by how a page is set.
"""

import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing

from innoqa.adapters.pdf.blocks import Block, blocks_of
from innoqa.adapters.pdf.columns import in_order
from innoqa.adapters.pdf.lines import MARK, MARK_END, Item
from innoqa.adapters.pdf.margins import without_margins
from innoqa.adapters.pdf.metadata import described
from innoqa.adapters.pdf.source import MOST_SIGNS, UNREADABLE, Page, Source
from innoqa.adapters.pdf.tables import lined_up, ruled
from innoqa.errors import DocumentError
from innoqa.markup import Converted, MarkdownWriter

MOST_PAGES = 5_000
_MOST_SIGNS = 20_000_000  # of a file
_STAMP = 40  # signs; with fewer on it, an image of a page is one without text
_BATCH = 100  # pages whose headers and footers are compared
_ADVICE = "make them searchable (for instance with OCRmyPDF) and ingest again"
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_MARKS = re.compile(f"{MARK}([^{MARK_END}]*){MARK_END}")
_PDFIUM = threading.Lock()  # it reads one file at a time


def read_pdf(raw: bytes) -> Converted:
    """A PDF file as Markdown with its pages; what of it has no text is a gap.

    Raises DocumentError, in words that go on after the name of the file, where the bytes are no
    PDF, are damaged or encrypted, or hold images of text only.
    """
    with _PDFIUM, closing(Source(raw)) as source:
        found = _Pages(source)
        items = list(found.items())
        metadata = described(source.metadata(), raw)
    if not items:
        raise DocumentError(found.nothing())
    writer = MarkdownWriter()
    _write(writer, blocks_of(items, found.words.__getitem__), found.count)
    return Converted(writer.text, metadata, writer.pages, tuple(found.gaps()))


class _Pages:
    """The pages of a file as they are read, and which of them could not be."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._signs = 0
        self._total = len(source)
        self.count = min(self._total, MOST_PAGES)
        self.words: Counter[str] = Counter()
        self.images: list[int] = []
        self.broken: list[int] = []
        self.damaged: list[int] = []
        self.capped: list[int] = []
        self.unclear: list[int] = []
        self.unread: list[int] = []

    def items(self) -> Iterator[Item]:
        """The lines and tables of all pages."""
        for start in range(0, self.count, _BATCH):
            numbers = range(start, min(start + _BATCH, self.count))
            pages = [(n, page) for n in numbers if (page := self._page(n))]
            tables = {n: ruled(page) for n, page in pages}
            for n, page in pages:
                page.words = tables[n][1]
            without_margins(pages)
            for n, page in pages:
                across = page.across
                for item in in_order(page.words, tables[n][0], lambda r, a=across: lined_up(r, a)):  # type: ignore[misc]
                    item.page = n
                    yield item

    def _page(self, number: int) -> Page | None:
        """A page with text to read; any other is noted."""
        if self._signs > _MOST_SIGNS:
            self.unread.append(number)
            return None
        page = self._source.page(number)
        if page is None:
            self.damaged.append(number)
            return None
        signs = sum(len(word.text) for word in page.words)
        self._signs += signs
        image = page.image and signs < _STAMP and not page.broken
        for holds, numbers in (
            (page.broken, self.broken),
            (image, self.images),
            (page.capped, self.capped),
            (page.unreadable, self.unclear),
        ):
            if holds:
                numbers.append(number)
        for word in page.words:
            if not word.text.endswith(("-", "\xad")):
                self.words.update(_WORD.findall(word.text.lower()))
        return page

    def nothing(self) -> str:
        """Why there is no text at all, and the way out."""
        if self.images:
            return f"holds images without text; {_ADVICE.replace('them', 'it')}"
        if self.broken:
            return "has fonts that do not say which letters they show; print it to PDF again"
        if self.damaged:
            return "is damaged; export or download it again"
        return "holds no text"

    def gaps(self) -> Iterator[str]:
        """What could not be read, in words."""
        if self.images:
            yield f"{_numbered(self.images)} {_are(self.images)} without text; {_ADVICE}"
        if self.broken:
            yield (
                f"{_numbered(self.broken)} could not be read, since the fonts do not say which "
                f"letters they show; {_ADVICE}"
            )
        if self.unclear:
            yield (
                f"{_numbered(self.unclear)} {_have(self.unclear)} single signs that the fonts do "
                f"not name; they stand as {UNREADABLE}"
            )
        if self.damaged:
            yield f"{_numbered(self.damaged)} could not be read, since the file is damaged there"
        if self.capped:
            yield f"{_numbered(self.capped)} were read only up to {MOST_SIGNS:,} signs each"
        if self.unread:
            yield f"{_numbered(self.unread)} were not read, since the file is too long; split it"
        if self._total > MOST_PAGES:
            yield f"only the first {MOST_PAGES:,} pages were read; split the file"


def _have(numbers: list[int]) -> str:
    return "have" if len(numbers) > 1 else "has"


def _are(numbers: list[int]) -> str:
    return "are images" if len(numbers) > 1 else "is an image"


def _numbered(numbers: Iterable[int]) -> str:
    """Pages (from 0) in words: "pages 3 to 5 and 9".

    >>> _numbered([2, 3, 4, 8]), _numbered([0])
    ('pages 3 to 5 and 9', 'page 1')
    """
    runs: list[tuple[int, int]] = []
    for n in numbers:
        if runs and n == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], n
        else:
            runs.append((n, n))
    words = [f"{a + 1} to {b + 1}" if b > a else f"{a + 1}" for a, b in runs]
    start = "page" if len(runs) == 1 and runs[0][0] == runs[0][1] else "pages"
    head = ", ".join(words[:-1])
    return f"{start} {head} and {words[-1]}" if head else f"{start} {words[-1]}"


def _write(writer: MarkdownWriter, blocks: list[Block], count: int) -> None:
    """The blocks as Markdown, and a start for each of the pages."""
    labels = _labels(blocks)
    before = ""
    for block in blocks:
        if before == "item" and block.kind != "item":
            writer.end_list()
        before = block.kind
        while len(writer.pages) <= block.page:
            writer.page()
        _write_block(writer, block, labels)
    if before == "item":
        writer.end_list()
    while len(writer.pages) < count:
        writer.page()


_Labels = dict[tuple[int, str], str]


def _labels(blocks: list[Block]) -> _Labels:
    """The label of each note by its page and its mark."""
    labels: _Labels = {}
    used: set[str] = set()
    for block in blocks:
        found = _MARKS.match(block.text) if block.kind == "note" else None
        if found and (block.page, found[1]) not in labels:
            label = found[1] if found[1] not in used else f"{found[1]}-p{block.page + 1}"
            used.add(label)
            labels[block.page, found[1]] = label
    return labels


def _write_block(writer: MarkdownWriter, block: Block, labels: _Labels) -> None:
    if block.grid is not None:
        grid = [[_unmarked(cell) for cell in row] for row in block.grid.rows]
        writer.table(grid, _unmarked(block.title), block.breaks)
        return
    note = _MARKS.match(block.text)
    if block.kind == "note" and note:
        words = _unmarked(block.text[note.end() :])
        writer.note(labels[block.page, note[1]], words)
        return
    words, breaks = _marked(block, labels)
    if block.kind == "heading":
        writer.heading(words, block.level)
    elif block.kind == "item":
        writer.item(words, block.depth, block.number, breaks)
    else:
        writer.paragraph(words, breaks)


def _marked(block: Block, labels: _Labels) -> tuple[str, list[int]]:
    """The words with references to the notes of their pages, and where pages start in them."""
    words, done, breaks = "", 0, list[int]()
    ends = [*block.breaks, len(block.text)]
    for page, end in enumerate(ends, start=block.page):
        piece = block.text[done:end]
        words += _MARKS.sub(lambda found, p=page: _reference(found[1], p, labels), piece)  # type: ignore[misc]
        breaks.append(len(words))
        done = end
    return words.replace("\xad", "-"), breaks[:-1]


def _reference(mark: str, page: int, labels: _Labels) -> str:
    label = labels.get((page, mark))
    return f"[^{label}]" if label else f" [{mark}]"


def _unmarked(words: str) -> str:
    return _MARKS.sub(r" [\1]", words).replace("\xad", "-")
