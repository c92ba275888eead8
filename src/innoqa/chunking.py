"""Document -> passages: neighbouring sentences under one heading, sized for the embedder."""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from innoqa.domain import Block, Document, Passage, Section, Sentence
from innoqa.scripts import one_line

_CUTS = tuple(map(re.compile, (r"(?<=；)", r"(?<=[，：])", r"(?<=、)", r"(?=\s)")))
_HEADING_SHARE = 3  # a heading path may fill at most a third of a passage


@dataclass(frozen=True, slots=True)
class TextTools:
    """What chunking needs from outside.

    ``boundaries(text)`` gives the (start, end) of each sentence, trailing space included;
    ``count(text)`` the word pieces without special tokens; ``readable(text)`` the words without
    markup; ``mask(text)`` the text with footnote markers blanked; ``markers(text)`` their labels.
    """

    boundaries: Callable[[str], Iterable[tuple[int, int]]]
    count: Callable[[str], int]
    readable: Callable[[str], str]
    mask: Callable[[str], str]
    markers: Callable[[str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class PassageSize:
    """How long passages are, in word pieces.

    Paragraphs are joined until ``target`` is reached; ``limit`` (heading path included, special
    tokens not) is what the embedder reads, so nothing may exceed it.
    """

    target: int
    limit: int


def prose_passages(document: Document, tools: TextTools, size: PassageSize) -> Iterator[Passage]:
    """The passages of a document's sections in reading order, still without ids.

    Always ``passage.text == document.text[passage.start:passage.end]``.
    """
    for section in document.sections:
        yield from _section(document, section, tools, size)


def heading_prefix(heading_path: str, count: Callable[[str], int], limit: int) -> str:
    """The heading path as it is embedded before a passage, cut from the left where too long."""
    words = heading_path.split(" ")
    while words and count(" ".join(words)) > limit // _HEADING_SHARE:
        words = words[1:]
    return " ".join(words)


def _section(
    document: Document, section: Section, tools: TextTools, size: PassageSize
) -> Iterator[Passage]:
    whole = Passage("", document.id, document.source, document.title, section.heading, "", 0, 0, ())
    prefix = heading_prefix(whole.heading_path, tools.count, size.limit)
    room = size.limit - tools.count(prefix)
    blocks = [tuple(_sentences(document, block, tools, room)) for block in section.blocks]
    for packed in _packed(blocks, tools.count, min(size.target, room), room):
        # A passage lies on one page, so that its page is that of every sentence in it.
        for _, on_page in itertools.groupby(packed, key=lambda one: document.page_at(one.start)):
            group = tuple(on_page)
            start, end = group[0].start, group[-1].end
            text = document.text[start:end]
            yield replace(whole, text=text, start=start, end=end, sentences=group)


def _packed(
    blocks: Iterable[tuple[Sentence, ...]], count: Callable[[str], int], target: int, room: int
) -> Iterator[tuple[Sentence, ...]]:
    """Sentences in groups of at most ``room`` pieces, whole blocks together where they fit."""
    group: list[Sentence] = []
    filled = 0
    for block in blocks:
        weights = [count(sentence.text) for sentence in block]
        if group and filled + sum(weights) > target:
            yield tuple(group)
            group, filled = [], 0
        for sentence, weight in zip(block, weights, strict=True):
            if group and filled + weight > room:
                yield tuple(group)
                group, filled = [], 0
            group.append(sentence)
            filled += weight
    if group:
        yield tuple(group)


def _sentences(document: Document, block: Block, tools: TextTools, room: int) -> Iterator[Sentence]:
    raw = document.text[block.start : block.end]
    marked = document.is_markdown
    masked = tools.mask(raw) if marked else raw
    notes = {note.label: note.text for note in document.footnotes}
    spans = [(s, e) for s, e in tools.boundaries(masked) if masked[s:e].strip()]
    for number, (start, end) in enumerate(spans):
        words = masked[start:end]
        left, right = start + len(words) - len(words.lstrip()), start + len(words.rstrip())
        references = (
            tuple(notes[label] for label in tools.markers(raw[start:end]) if label in notes)
            if marked
            else ()
        )
        place = block.place
        if place and place.item == 0 and number < len(spans) - 1:
            place = None  # only the last sentence before a list leads into it
        for piece_start, piece_end in _fitting(masked, left, right, tools.count, room):
            piece = masked[piece_start:piece_end]
            text = tools.readable(piece) if marked else one_line(piece)
            if text:
                offset = block.start
                yield Sentence(offset + piece_start, offset + piece_end, text, references, place)


def _fitting(
    text: str, start: int, end: int, count: Callable[[str], int], room: int
) -> Iterator[tuple[int, int]]:
    """The span in as few halves as it takes for each to fit.

    It is cut behind a mark between clauses of Chinese, else at white space, if there is any.
    """
    if count(text[start:end]) <= room or end - start < 2:
        yield start, end
        return
    cut = start + _middle_cut(text[start:end])
    yield from _fitting(text, start, cut, count, room)
    rest = cut + len(text[cut:end]) - len(text[cut:end].lstrip())
    if rest < end:
        yield from _fitting(text, rest, end, count, room)


def _middle_cut(text: str) -> int:
    """Where a text is cut in two: the best kind of place in its middle half, else anywhere."""
    middle = len(text) // 2
    for reach in (len(text) // 4, len(text)):
        for cuts in _CUTS:
            places = (match.start() for match in cuts.finditer(text))
            inside = [c for c in places if 0 < c < len(text) and abs(c - middle) <= reach]
            if inside:
                return min(inside, key=lambda place: abs(place - middle))
    return middle
