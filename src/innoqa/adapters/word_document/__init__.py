"""DOCX documents: their body as Markdown, with the pages of the last time it was laid out.

Word keeps where pages started when it last showed or saved a document; other programs mostly keep
nothing, and such a document has no pages here. Headers, footers, comments, deleted and hidden
words, and tables of contents are left out; macros never run.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from innoqa.adapters.word_document.blocks import Block, Body
from innoqa.adapters.word_document.headings import bare, find_headings
from innoqa.adapters.word_document.inline import FORCED, RENDERED, Inline
from innoqa.adapters.word_document.styles import Numbering, Styles
from innoqa.grids import is_unit_line
from innoqa.markup import Converted, MarkdownWriter, one_line
from innoqa.metadata import language_tag
from innoqa.office import Element, Package, Part, number, opened, properties

_MARKER = re.compile(r"\[\^(e?\d+)\]")
_ONE_BREAK = re.compile(rf"{FORCED}(\s*){RENDERED}")
_BREAK = re.compile(rf"(?<=\s)[{RENDERED}{FORCED}][ \t]?|[{RENDERED}{FORCED}]")
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_EAST_ASIAN_TAGS = ("zh", "ja", "ko")
_WORD = re.compile(r"\S")
_SAMPLE = 20_000  # characters that tell the script of a text
_FIGURE = re.compile(r"(?:fig|abb|chart|diagram|grafik|gráfic|图)", re.IGNORECASE)


def read_word_document(raw: bytes) -> Converted:
    """The text of a DOCX document, or of one with macros (DOCM).

    Raises DocumentError, in words that go on after the name of the file, where the bytes are no
    such document, or one that is encrypted, damaged or too large.
    """
    package = opened(raw, ".docx")
    part = package.main("w:document")
    styles = Styles(_root(package, part, "styles"))
    body = Body(package, part, styles, Numbering(_root(package, part, "numbering")), Inline(styles))
    for content in part.root.findall("w:body"):
        body.read(content)
    metadata = properties(package)
    find_headings(body.blocks, styles, metadata.title)
    _caption_tables(body.blocks)
    text, pages = _without_marks(_written(body, _notes(body)))
    if not metadata.language:
        metadata = replace(metadata, language=_language(part.root, styles, text))
    known = _has_pages(part, package, len(pages))
    return Converted(text, metadata, pages if known else (), tuple(_gaps(body, text)))


def _root(package: Package, part: Part, kind: str) -> Element | None:
    return package.xml(part.of_kind(kind))


def _notes(body: Body) -> dict[str, str]:
    """The words of the footnotes and endnotes by their labels."""
    notes: dict[str, str] = {}
    for kind in ("footnote", "endnote"):
        part = body.package.part(body.part.of_kind(f"{kind}s"))
        reader = Body(
            body.package, part or body.part, body.styles, body.numbering, Inline(body.styles)
        )
        for note in part.root.findall(f"w:{kind}") if part else ():
            label = body.inline.labels.get((f"w:{kind}Reference", note.get("w:id", "")))
            if label:
                blocks, _ = reader.apart(note)
                notes[label] = one_line(" ".join(bare(block) for block in blocks))
    return notes


def _caption_tables(blocks: list[Block]) -> None:
    """Give each table the caption that stands directly above or, failing that, below it."""
    taken: set[int] = set()
    for at, table in enumerate(blocks):
        if table.kind != "table" or (table.words and table.is_figure):
            continue
        above = [n for n in (at - 1, at - 2) if n >= 0 and n not in taken]
        units = [n for n in above[:1] if is_unit_line(bare(blocks[n]))]
        near = [above[1]] if units and len(above) > 1 else above[:1]
        last = at + 2 >= len(blocks) or blocks[at + 2].kind != "table"
        near += [at + 1] if at + 1 < len(blocks) and last else []
        found = next((n for n in near if _captions(blocks[n], table)), None)
        if found is None:
            continue
        used = {found, *(units if found < at else [])}
        unit = f" ({bare(blocks[units[0]]).strip('()（）')})" if units and found < at else ""
        table.words = f"{blocks[found].words}{unit}{': ' if table.words else ''}{table.words}"
        taken |= used
    for at in taken:
        blocks[at].words, blocks[at].grid = "", []


def _captions(block: Block, table: Block) -> bool:
    return block.is_caption and (table.is_figure or not _FIGURE.match(bare(block)))


def _written(body: Body, notes: dict[str, str]) -> str:
    """The blocks as Markdown; the notes of a section stand at its end."""
    writer = MarkdownWriter()
    waiting: list[str] = []
    depths: list[int] = []
    for block in body.blocks:
        if depths and block.kind != "item":
            writer.end_list()
            depths = []
        if block.kind == "heading":
            waiting = _flush(writer, waiting, notes)
        depths = _write(writer, block, depths)
        words = " ".join((block.words, *(cell for row in block.grid for cell in row)))
        waiting += [label for label in _MARKER.findall(words) if label in notes]
    if depths:
        writer.end_list()
    _flush(writer, waiting, notes)
    return body.lead + writer.text


def _flush(writer: MarkdownWriter, waiting: Iterable[str], notes: dict[str, str]) -> list[str]:
    for label in dict.fromkeys(waiting):
        writer.note(label, notes.pop(label, ""))
    return []


def _write(writer: MarkdownWriter, block: Block, depths: list[int]) -> list[int]:
    """Write a block; the depths of the items that are open come and go."""
    if block.kind == "table":
        if block.grid:
            writer.table(block.grid, block.words)
    elif block.kind == "heading":
        writer.heading(block.words, block.level)
    elif block.kind == "item":
        depths = [*(depth for depth in depths if depth < block.level), block.level]
        writer.item(block.words, len(depths) - 1, block.number)
    else:
        writer.paragraph(block.words)
    return depths


def _without_marks(text: str) -> tuple[str, tuple[int, ...]]:
    """(the text without the starts of pages in it, where each page starts in it)."""
    text = _ONE_BREAK.sub(rf"\1{RENDERED}", text)
    parts: list[str] = []
    pages, length, last = [0], 0, 0
    for found in _BREAK.finditer(text):
        parts.append(text[last : found.start()])
        length += len(parts[-1])
        pages.append(length)
        last = found.end()
    whole = "".join((*parts, text[last:]))
    lines = [0, *(found.end() for found in re.finditer("\n", whole)), len(whole)]
    return whole, (0, *(_at_words(whole, lines, page) for page in pages[1:]))


def _at_words(text: str, lines: list[int], offset: int) -> int:
    """The offset of the next word from here on; of the next row, where it is in one of a table."""
    line = bisect_right(lines, offset, hi=len(lines) - 1)
    if text.startswith("|", lines[line - 1]):
        offset = lines[line]
    found = _WORD.search(text, offset)
    return found.start() if found else len(text)


def _has_pages(part: Part, package: Package, counted: int) -> bool:
    """Whether the file knows its pages: by where they started, or by as many as it has breaks."""
    if next(part.root.iter("w:lastRenderedPageBreak"), None) is not None:
        return True
    root = package.xml("docProps/app.xml")
    said = number(root.findtext("ep:Pages")) if root is not None else 0
    return counted > 1 and said == counted


def _language(root: Element, styles: Styles, text: str) -> str:
    """The language that most runs are in, or else that of the document's defaults."""
    sample = text[:_SAMPLE]
    east = len(_EAST_ASIAN.findall(sample)) > len(sample) / 5
    attribute = "w:eastAsia" if east else "w:val"
    counts = Counter(tag for lang in root.iter("w:lang") if (tag := lang.get(attribute)))
    common, count = counts.most_common(1)[0] if counts else ("", 0)
    default = styles.default("w:rPr/w:lang")
    tag = default.get(attribute, "") if default is not None else ""
    if not tag or 2 * count > sum(1 for _ in root.iter("w:r")):
        tag = common or tag
    fits = tag.lower().startswith(_EAST_ASIAN_TAGS) == east
    return language_tag(tag) if fits else ""


def _gaps(body: Body, text: str) -> Iterable[str]:
    for what, count in body.unread.items():
        yield (
            f"{what} could not be read"
            if count == 1
            else f"{what} could not be read, {count} times"
        )
    if body.inline.pictures and not text.strip():
        yield "it has pictures and no text; words in pictures are not read"
