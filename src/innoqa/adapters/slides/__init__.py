"""PPTX slides: a page of Markdown for each, with its title as a heading.

Footers, dates, numbers of slides and comments are left out; macros never run.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from innoqa.adapters.slides.shapes import Content, Deck, Piece, SlideReader
from innoqa.adapters.slides.text import Line
from innoqa.markup import Converted, MarkdownWriter
from innoqa.metadata import Metadata, language_tag
from innoqa.office import (
    Chart,
    Package,
    Part,
    at,
    framed,
    number,
    opened,
    properties,
    value,
)

_HEIGHT = 6_858_000  # English Metric Units: of a slide that does not say its own
_LONGEST_HEADING = 12  # words
_TERMINAL = tuple(".!?…:;,。！？：；，")


def read_slides(raw: bytes) -> Converted:
    """The text of PPTX slides, or of such with macros (PPTM): page 3 is slide 3.

    Raises DocumentError, in words that go on after the name of the file, where the bytes are no
    such slides, or ones that are encrypted, damaged or too large.
    """
    package = opened(raw, ".pptx")
    main = package.main("p:presentation")
    height = number(value(main.root, "p:sldSz", name="cy"), _HEIGHT) or _HEIGHT
    writing = _Writing(Deck(package, height), properties(package))
    for count, slide in enumerate(_slides(package, main), start=1):
        writing.writer.page()
        writing.slide(count, slide)
    return writing.done()


def _slides(package: Package, main: Part) -> Iterator[Part | None]:
    """The slides in order; None for one that the file lacks."""
    listed = at(main.root, "p:sldIdLst")
    for named in listed.findall("p:sldId") if listed is not None else ():
        yield package.part(main.related.get(named.get("r:id", ""), ("", ""))[1])


@dataclass
class _Writing:
    """Writes one slide after the other, and notes what could not be read of them."""

    deck: Deck
    metadata: Metadata
    writer: MarkdownWriter = field(default_factory=MarkdownWriter)
    gaps: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    """Slides by what is said of one of them, and of several."""
    spoken: Counter[str] = field(default_factory=Counter)
    titled: bool = False

    def slide(self, count: int, slide: Part | None) -> None:
        """Write a slide."""
        if slide is None:
            self.gaps["is missing", "are missing"].append(count)
            return
        if slide.root.get("show") in ("0", "false"):
            self.gaps["is hidden and was left out", "are hidden and were left out"].append(count)
            return
        content = SlideReader(self.deck, slide).read()
        self._note_gaps(content, count)
        for tag, length in _languages(slide):
            self.spoken[tag] += length
        self._headings(_title(content, count), slide)
        self._pieces(content.pieces)
        self._notes(slide)

    def done(self) -> Converted:
        """All slides."""
        spoken = (language_tag(tag) for tag, _ in self.spoken.most_common(1))
        language = self.metadata.language or next(spoken, "")
        gaps = tuple(_told(one, many, slides) for (one, many), slides in self.gaps.items())
        metadata = replace(self.metadata, language=language)
        return Converted(self.writer.text, metadata, self.writer.pages, gaps)

    def _headings(self, title: str, slide: Part) -> None:
        """The title of the deck before its first slide, then that of the slide."""
        deck_title = ""
        if not self.titled:
            deck_title = title if _opens(slide) else self.metadata.title or title
            self.writer.heading(deck_title, 1)
            self.titled = bool(deck_title)
        if title.casefold() != deck_title.casefold():
            self.writer.heading(title, 2)

    def _pieces(self, pieces: Iterable[Piece]) -> None:
        depths: list[int] = []
        for piece in pieces:
            if isinstance(piece, Line) and piece.depth is not None:
                depths = [*(depth for depth in depths if depth < piece.depth), piece.depth]
                self.writer.item(piece.words, len(depths) - 1, piece.number)
                continue
            if depths:
                self.writer.end_list()
            depths = []
            if isinstance(piece, Line):
                self.writer.paragraph(piece.words)
            else:
                self._table(piece)
        if depths:
            self.writer.end_list()

    def _table(self, table: Chart) -> None:
        """A table with the lines that stand in it above and below."""
        parts = framed(table.grid)
        for line in parts.above[1:]:
            self.writer.paragraph(line)
        if table.unit:
            self.writer.paragraph(f"({table.unit})")
        if len(parts.grid) == 1 or any(len(row) == 1 for row in parts.grid):
            for row in parts.grid:
                self.writer.paragraph("; ".join(filter(None, row)))
        elif parts.grid:
            self.writer.table(parts.grid, table.caption or "".join(parts.above[:1]))
        for line in parts.below:
            self.writer.paragraph(line)

    def _notes(self, slide: Part) -> None:
        notes = self.deck.package.part(slide.of_kind("notesSlide"))
        if notes is None:
            return
        pieces = SlideReader(self.deck, notes).read().pieces
        if pieces:
            self.writer.heading("Notes", 3)
            self._pieces(pieces)

    def _note_gaps(self, content: Content, count: int) -> None:
        for what in dict.fromkeys(content.unread):
            self.gaps[f"has {what}", f"have {what}"].append(count)
        if content.pictures and not content.title and not content.pieces and not content.unread:
            self.gaps["is a picture without text", "are pictures without text"].append(count)


def _opens(slide: Part) -> bool:
    """Whether a slide has the title of the deck: one in the middle, as opening slides do."""
    return any(ph.get("type") == "ctrTitle" for ph in slide.root.iter("p:ph"))


def _title(content: Content, count: int) -> str:
    """The title of a slide: its first line where that is short and it has no other."""
    if content.title or not content.pieces:
        return content.title
    first = content.pieces[0]
    if isinstance(first, Line) and len(content.pieces) > 1 and _reads_as_title(first):
        content.pieces.pop(0)
        return first.words
    return f"Slide {count}"


def _reads_as_title(line: Line) -> bool:
    short = len(line.words.split()) <= _LONGEST_HEADING
    return line.depth is None and short and not line.words.endswith(_TERMINAL)


def _languages(slide: Part) -> Iterator[tuple[str, int]]:
    for run in slide.root.iter("a:r"):
        tag = value(run, "a:rPr", name="lang")
        if tag:
            yield tag, len(run.findtext("a:t") or "")


def _told(one: str, many: str, slides: list[int]) -> str:
    """What is said of slides: "slides 4 and 7 are pictures without text"."""
    if len(slides) == 1:
        return f"slide {slides[0]} {one}"
    runs: list[list[int]] = []
    for slide in slides:
        if runs and slide == runs[-1][-1] + 1:
            runs[-1].append(slide)
        else:
            runs.append([slide])
    *others, last = [
        f"{run[0]} to {run[-1]}" if len(run) > 2 else " and ".join(map(str, run)) for run in runs
    ]
    before = f"{', '.join(others)} and " if others else ""
    return f"slides {before}{last} {many}"
