"""Structure of a text, by markdown-it-py: headings, paragraphs, lists, tables, footnotes.

The text itself is never rewritten. What is found are spans of it, so that a quote can be checked
to the character.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from innoqa.domain import Block, Footnote, ListPlace, Section, Table, TableRow
from innoqa.grids import is_note_line, is_unit_line, read_grid
from innoqa.scripts import one_line, word_count

_FOOTNOTE = re.compile(r"^[ ]{0,3}\[\^([^\]\s]+)\]:[ \t]*(.*(?:\n(?:[ \t]+\S.*))*)", re.M)
_MARKER = re.compile(r"\[\^([^\]\s]+)\]")
_BULLET = re.compile(r"[\s>]*(?:[-*+•]|\d{1,9}[.)])\s+")
_QUOTE_SIGNS = re.compile(r"(?:>\s*)+")
_QUOTE = re.compile(r"(?<=\n)[ \t]*(?:>[ ]?)+")
_TERMINAL = re.compile(r"[.!?…:;,。！？：；，)\]\"'”’]$")
_CAPTION = re.compile(
    r"(?:table|tab\.|exhibit|panel)\s+[\dA-Z]|表\s*\d|(\*\*|__|\*|_)(?=\S).*\S\1$", re.I
)
_CAPTION_LINES = 4
_TITLE_WORDS = 16


def _parser(plain: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    if plain:
        # In a text that was not written as Markdown these would swallow words.
        parser.disable(["code", "fence", "html_block", "lheading", "reference", "hr"])
    return parser


_MARKDOWN = _parser(plain=False)
_PLAIN = _parser(plain=True)


@dataclass(frozen=True, slots=True)
class Structure:
    """What a text is made of; every span is an offset into that text."""

    title: str
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    footnotes: tuple[Footnote, ...]


def parse_markdown(text: str) -> Structure:
    """The structure of a Markdown text."""
    text = _plain_line_ends(text)
    footnotes = tuple(
        Footnote(match[1], " ".join(readable(match[2]).split()))
        for match in _FOOTNOTE.finditer(text)
    )
    return _Walk(text).over(_MARKDOWN.parse(_FOOTNOTE.sub(_blank, text)), footnotes)


def parse_plain(text: str) -> Structure:
    """The structure of a text without markup: paragraphs, lists, and short lines as headings."""
    text = _plain_line_ends(text)
    structure = _Walk(text).over(_PLAIN.parse(text), ())
    return _with_line_headings(text, structure)


def readable(markdown: str) -> str:
    """A Markdown fragment as it reads: no markers, emphasis, link targets, images or HTML."""
    markdown = _MARKER.sub("", markdown)
    if markdown.count("**") % 2 and "`" not in markdown:
        markdown = markdown.replace("**", "")  # a sentence of several that are strong together
    (inline,) = _MARKDOWN.parseInline(markdown) or (None,)
    if inline is None:
        return ""
    words = "".join(_words(token) for token in inline.children or ())
    return one_line(words)


def markers(markdown: str) -> tuple[str, ...]:
    """The labels of the footnotes that a fragment refers to, in order."""
    return tuple(dict.fromkeys(_MARKER.findall(markdown)))


def mask_markers(markdown: str) -> str:
    """The fragment with spaces for each footnote marker and quote sign: offsets stay."""
    return _QUOTE.sub(_blank, _MARKER.sub(_blank, markdown))


def _plain_line_ends(text: str) -> str:
    """The text as markdown-it counts its lines, every offset as it was."""
    return text.replace("\r\n", " \n").replace("\r", "\n")


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _words(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    if token.type == "html_inline":
        return ""
    return token.content


@dataclass
class _Walk:
    """One pass over the block tokens of a text."""

    text: str
    headings: list[tuple[int, str]] = field(default_factory=list)
    found: list[tuple[tuple[str, ...], Block]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    """Where each of the tables starts and ends."""
    title: str = ""
    depth: int = 0
    list_number: int = 0
    item: int = 0

    def __post_init__(self) -> None:
        lengths = (len(line) + 1 for line in self.text.split("\n"))
        self.line_starts = list(itertools.accumulate(lengths, initial=0))

    def over(self, tokens: list[Token], footnotes: tuple[Footnote, ...]) -> Structure:
        for position, token in enumerate(tokens):
            match token.type:
                case "heading_open":
                    self._heading(token, tokens[position + 1])
                case "bullet_list_open" | "ordered_list_open":
                    self._list_opened()
                case "bullet_list_close" | "ordered_list_close":
                    self.depth -= 1
                case "list_item_open":
                    self.item += 1
                case "paragraph_open" | "fence" | "code_block":
                    self._block(token)
                case "table_open":
                    self._table(tokens[position:])
        sections = tuple(
            Section(heading, tuple(block for _, block in group))
            for heading, group in itertools.groupby(self.found, key=lambda pair: pair[0])
        )
        return Structure(self.title, sections, tuple(self._surrounded()), footnotes)

    def _path(self) -> tuple[str, ...]:
        return tuple(words for _, words in self.headings)

    def _span(self, token: Token) -> tuple[int, int]:
        first, last = token.map or [0, 0]
        start, end = self.line_starts[first], min(self.line_starts[last] - 1, len(self.text))
        stripped = self.text[start:end]
        end -= len(stripped) - len(stripped.rstrip())
        return start + len(stripped) - len(stripped.lstrip()), end

    def _heading(self, token: Token, inline: Token) -> None:
        level, words = int(token.tag[1]), readable(inline.content)
        self.headings = [pair for pair in self.headings if pair[0] < level]
        if level == 1 and not self.title:
            self.title = words
        elif words:
            self.headings.append((level, words))

    def _block(self, token: Token) -> None:
        place = ListPlace(self.list_number, self.item) if self.depth else None
        start, end = self._span(token)
        lead = (_BULLET if place else _QUOTE_SIGNS).match(self.text, start, end)
        start = lead.end() if lead else start
        if start < end:
            self.found.append((self._path(), Block(start, end, place)))

    def _list_opened(self) -> None:
        """A list inside a list belongs to the outer one; what ends in a colon leads into it."""
        self.depth += 1
        if self.depth > 1:
            return
        self.list_number, self.item = self.list_number + 1, 0
        if self.found and self.found[-1][0] == self._path():
            heading, block = self.found[-1]
            if block.place is None and self.text[block.start : block.end].endswith((":", "：")):
                self.found[-1] = heading, replace(block, place=ListPlace(self.list_number, 0))

    def _table(self, tokens: list[Token]) -> None:
        rows: list[TableRow] = []
        cells: list[str] = []
        for token in itertools.takewhile(lambda t: t.type != "table_close", tokens):
            if token.type == "tr_open":
                cells = []
                span = self._span(token)
            elif token.type == "inline":
                cells.append(readable(token.content))
            elif token.type == "tr_close":
                rows.append(TableRow(tuple(cells), *span))
        path = self._path()
        for table in read_grid(rows, headers=1):
            title = table.title or (path[-1] if path else self.title)
            self.tables.append(replace(table, title=title, heading=path))
            self.spans.append(self._span(tokens[0]))

    def _surrounded(self) -> Iterator[Table]:
        """The tables with the captions, units and notes that stand directly above and below."""
        starts = {block.start: block for _, block in self.found}
        ends = {block.end: block for _, block in self.found}
        for table, (start, end) in zip(self.tables, self.spans, strict=True):
            above = ends.get(len(self.text[:start].rstrip()))
            below = starts.get(len(self.text) - len(self.text[end:].lstrip()))
            before = self._lines(above) if above and above.place is None else []
            after = self._lines(below) if below and below.place is None else []
            captions = [readable(line) for line in before if _is_caption(line)]
            units = [readable(line) for line in before if is_unit_line(readable(line))]
            notes = [readable(line) for line in after if is_note_line(readable(line))]
            yield replace(
                table,
                title=captions[-1] if captions else table.title,
                notes=(*table.notes, *units, *notes),
            )

    def _lines(self, block: Block) -> list[str]:
        lines = self.text[block.start : block.end].splitlines()
        return [line.strip() for line in lines] if len(lines) <= _CAPTION_LINES else []


def _is_caption(line: str) -> bool:
    short = word_count(line) <= _TITLE_WORDS and not line.endswith((".", "。"))
    return short and _CAPTION.match(line) is not None


def _with_line_headings(text: str, structure: Structure) -> Structure:
    """A short line that stands alone and ends like a title heads what follows it."""
    title, path = structure.title, tuple[str, ...]()
    sections: list[Section] = []
    blocks = [
        (section.heading, block) for section in structure.sections for block in section.blocks
    ]
    titles = [_reads_as_title(text, block) for _, block in blocks]
    for position, (heading, block) in enumerate(blocks):
        words = text[block.start : block.end]
        followed = position + 1 < len(blocks)
        if titles[position] and followed and position == 0 and not title:
            title = words
        elif titles[position] and followed and not titles[position + 1]:
            path = (words,)
        else:  # a title above another title heads nothing: its words stay as a block
            sections.append(Section(heading or path, (block,)))
    merged = tuple(
        Section(heading, tuple(block for section in group for block in section.blocks))
        for heading, group in itertools.groupby(sections, key=lambda section: section.heading)
    )
    return replace(structure, title=title, sections=merged)


def _reads_as_title(text: str, block: Block) -> bool:
    words = text[block.start : block.end]
    return (
        block.place is None
        and "\n" not in words
        and word_count(words) <= _TITLE_WORDS
        and not _TERMINAL.search(words.rstrip("?？"))
    )
