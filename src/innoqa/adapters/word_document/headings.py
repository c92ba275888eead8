"""Which blocks head others: by their styles or, where there are none, by how they are set."""

import re
from collections import Counter
from itertools import pairwise

from innoqa.adapters.word_document.blocks import Block
from innoqa.adapters.word_document.inline import FORCED, RENDERED
from innoqa.adapters.word_document.styles import TITLE, Styles
from innoqa.markup import one_line
from innoqa.office import Element, at, is_on, number

_TERMINAL = re.compile(r"[.!?…:;,。！？：；，]$")
_LONGEST = 16  # words
_LARGER = 1.2  # times the size of the text
_LONGEST_TITLE = 300  # characters
_SIZE = 20  # half points, where a document says nothing
_DEEPEST = 3
_COVER = 12  # blocks in which the title of the properties is looked for
_MOST_SHARE = 0.6  # of all paragraphs: where more are bold, bold ones head nothing


def find_headings(blocks: list[Block], styles: Styles, title: str) -> None:
    """Settle the levels of headings: 1 for the title of the document, 2 and more below it.

    ``title`` is what the file gives as its title, "" where it is silent.
    """
    if not any(block.kind == "heading" and block.level > TITLE for block in blocks):
        _promote_by_look(blocks, styles)
    _find_title(blocks, title)
    _join_titles(blocks)
    headings = [block for block in blocks if block.kind == "heading"]
    levels = [block.level for block in headings if block.level > TITLE]
    top = min(levels, default=1)
    if any(block.level == TITLE for block in headings):
        first = 2
    else:
        alone = levels.count(top) == 1 and levels[0] == top and len(levels) > 1
        first = 1 if alone else 2
    for block in headings:
        block.level = 1 if block.level == TITLE else block.level - top + first


def _find_title(blocks: list[Block], title: str) -> None:
    """Take the line on the cover that is the file's title as such, where no style says which."""
    if not title or any(b.kind == "heading" and b.level == TITLE for b in blocks):
        return
    for block in blocks[:_COVER]:
        if block.grid or bare(block).casefold() != title.casefold():
            continue
        block.kind, block.level = "heading", TITLE
        return


def _join_titles(blocks: list[Block]) -> None:
    """A title of several lines is one."""
    for before, block in reversed(list(pairwise(blocks))):
        both = (before.kind, before.level) == (block.kind, block.level) == ("heading", TITLE)
        if both and len(block.words) < _LONGEST_TITLE:
            before.words = f"{before.words} {block.words}"
            block.kind, block.words = "paragraph", ""


def _promote_by_look(blocks: list[Block], styles: Styles) -> None:
    """Short lines that stand alone, bold or larger than the text, are headings."""
    looks = [_look(block, styles) for block in blocks]
    sizes = Counter[int]()
    for block, look in zip(blocks, looks, strict=True):
        sizes[look[0]] += len(block.words) if look else 0
    usual = sizes.most_common(1)[0][0] if sizes else _SIZE
    chosen = [
        (block, look[0])
        for block, look in list(zip(blocks, looks, strict=True))[:-1]
        if (look[1] or look[0] >= _LARGER * usual) and _reads_as_heading(block)
    ]
    if len(chosen) > _MOST_SHARE * len(blocks):
        return
    ranks = sorted({size for _, size in chosen}, reverse=True)
    for block, size in chosen:
        block.kind, block.level = "heading", min(ranks.index(size), _DEEPEST) + 1


def _reads_as_heading(block: Block) -> bool:
    words = bare(block)
    return (
        block.kind == "paragraph"
        and block.source is not None
        and not block.is_caption
        and len(words.split()) <= _LONGEST
        and not _TERMINAL.search(words)
    )


def bare(block: Block) -> str:
    """The words of a block without the starts of pages in them."""
    return one_line(block.words.replace(RENDERED, "").replace(FORCED, ""))


def _look(block: Block, styles: Styles) -> tuple[int, bool]:
    """(size in half points, whether all of it is bold) of a paragraph."""
    if block.source is None:
        return _SIZE, False
    runs = [
        r for r in block.source.iter("w:r") if any((t.text or "").strip() for t in r.iter("w:t"))
    ]
    looks = [_run_look(run, block.source, styles) for run in runs]
    if not looks:
        return _SIZE, False
    return min(size for size, _ in looks), all(bold for _, bold in looks)


def _run_look(run: Element, paragraph: Element, styles: Styles) -> tuple[int, bool]:
    properties, own = paragraph.find("w:pPr"), run.find("w:rPr")

    def found(name: str) -> Element | None:
        direct = at(own, name)
        return direct if direct is not None else styles.found(properties, name, "w:rPr")

    size = found("w:sz")
    size = styles.default("w:rPr/w:sz") if size is None else size
    return number(size.get("w:val"), _SIZE) if size is not None else _SIZE, is_on(found("w:b"))
