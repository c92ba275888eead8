"""A draft as it streams -> plain sentences and what each of them cites."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from innoqa.drafts.blocks import Block, blocks
from innoqa.drafts.markup import words_of
from innoqa.drafts.signs import MARK, MARK_END

Boundaries = Callable[[str], Iterable[tuple[int, int]]]
"""The (start, end) of each sentence of a text."""

_MARKER = re.compile(rf"{MARK}([\d,]*){MARK_END}")
_SIGNS = re.compile(r"[*`<>|\\\[\]{}]|~~|(?<![^\W_])_+|_+(?![^\W_])|&(?=#?\w+;)")
_BEFORE_POINT = re.compile(r"\s+(?=[.,;:!?)。，；：！？）](?:\s|\Z))|(?<=\() +")
_END = re.compile(r"(?:[.!?…]+[\"'”’)\]]*(?=\s|\Z)|[。！？]+[”’」』）]*)")
_AHEAD = 16
_LONGEST_WINDOW = 1000
_ANSWER = re.compile(r"(?:(?:final |short |the )?answer|response|a)\s?[:：]\s*", re.IGNORECASE)
_SOURCE = (
    r"(?:the\s)?(?:(?:provided|given|above|numbered|available|computed)\s)?"
    r"(?:(?:sources?|passages?|documents?|context|information|text)\b)?(?:\s(?:provided|given))?"
    r"(?P<numbers>(?:(?:,|,?\sand|\s&)?\s[0-9]{1,2}(?![0-9]))*)"
)
_OF_SOURCE = re.compile(
    r"(?:(?:according to|based on|as (?:stated|noted|reported|mentioned|shown)(?: in| by)?|per|in"
    rf"|from)\b\s?)?{_SOURCE}\s?(?:,\s|(?:(?:also )?(?:says?|states?|reports?|notes?|mentions?"
    r"|shows?|indicates?|explains?) that\s))",
    re.IGNORECASE,
)
_AS_SOURCE = re.compile(
    rf",?\s(?:according to|as (?:stated|noted|reported|mentioned|shown) (?:in|by)|see)\s?{_SOURCE}"
    r"(?=[.!?]?\Z)",
    re.IGNORECASE,
)
_CHATTER = re.compile(
    r"(?:sure|certainly|of course|absolutely|okay|ok|great question|good question|understood)\W*"
    r"|(?:sure|certainly|of course|okay|ok)?\W*(?:here(?:'s| is| are)|i hope|i trust|let me know"
    r"|please let me|feel free|if you (?:have|need)|hope this|is there anything)\b[^0-9]*",
    re.IGNORECASE,
)
_HOLDS_WORDS = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence as a model wrote it, made plain, and the numbers that it cites."""

    text: str
    markers: tuple[int, ...]


def sentences(text: str, boundaries: Boundaries, *, whole: bool) -> tuple[list[Written], str]:
    """The sentences in what a model wrote, and what may still go on; "" if it is ``whole``.

    What was given of a part of a text is given of the whole too, and comes first there.
    """
    found: list[Written] = []
    rest = ""
    for block in blocks(words_of(text, whole=whole), whole=whole):
        plain, places = _without_markers(block.text)
        ends = list(_ends(plain, boundaries, is_open=block.is_open))
        rest = plain[ends[-1] if ends else 0 :].strip() if block.is_open else ""
        found += _written(block, plain, places, ends)
    return found, rest


def _without_markers(text: str) -> tuple[str, list[tuple[int, int]]]:
    """A block in plain words, and where in it stood which number."""
    text = _ANSWER.sub("", text, count=1) if _ANSWER.match(text) else text
    plain = ""
    places: list[tuple[int, int]] = []
    at = 0
    for match in (*_MARKER.finditer(text), None):
        end = match.start() if match else len(text)
        plain = _joined(plain, text[at:end])
        if match:
            places += [(len(plain.rstrip()), int(n)) for n in match[1].split(",") if n]
            at = match.end()
    return plain.rstrip(), places


def _joined(plain: str, part: str) -> str:
    """More words after others, with one blank at most between any two."""
    part = re.sub(r"\s+", " ", _SIGNS.sub("", part.replace(MARK, "").replace(MARK_END, "")))
    if plain[-1:] in ("", " "):
        part = part.lstrip()
    if part.lstrip()[:1] in (*".,;:!?)。，；：！？）",) and part.strip():
        plain, part = plain.rstrip(), part.lstrip()
    return plain + _BEFORE_POINT.sub("", part)


def _ends(text: str, boundaries: Boundaries, *, is_open: bool) -> Iterator[int]:
    """Where the sentences of a block end.

    Each end is told from the sentence and a few signs after it alone, so it stays where it is.
    """
    start = 0
    for match in _END.finditer(text):
        end = match.end()
        if is_open and end + _AHEAD > len(text):
            return
        first = max(start, end - _LONGEST_WINDOW)
        if _is_end(boundaries, text[first : end + _AHEAD], end - first):
            yield end
            start = end
    if not is_open and text[start:].strip():
        yield len(text)


@lru_cache(maxsize=4096)
def _is_end(boundaries: Boundaries, window: str, place: int) -> bool:
    return any(len(window[:end].rstrip()) == place for _, end in boundaries(window))


def _written(
    block: Block, plain: str, places: list[tuple[int, int]], ends: list[int]
) -> Iterator[Written]:
    """The sentences of a block with their numbers: those in it, or right after it.

    Where the block begins with a number, those between two sentences belong to the second.
    """
    leads = any(place == 0 for place, _ in places)
    start = 0
    for number, end in enumerate(ends):
        text = plain[start:end].strip()
        is_last = number == len(ends) - 1
        cited = [n for place, n in places if start < place <= end or place == start == 0]
        if leads:
            cited = [n for place, n in places if start <= place < end or (is_last and place == end)]
        start = end
        if block.kind == "lead" and is_last and text.endswith((":", "：")):
            continue
        text, named = _without_source(text)
        if _HOLDS_WORDS.search(text) and not _CHATTER.fullmatch(text):
            yield Written(text, tuple(dict.fromkeys((*cited, *named))))


def _without_source(text: str) -> tuple[str, list[int]]:
    """A sentence without "According to source 2,", and the numbers named so."""
    named: list[int] = []
    if match := _AS_SOURCE.search(text):
        named += map(int, re.findall("[0-9]+", match["numbers"]))
        text = text[: match.start()] + text[match.end() :]
    match = _OF_SOURCE.match(text)
    if match and match.end() > len(", "):
        named += map(int, re.findall("[0-9]+", match["numbers"]))
        text = text[match.end() :]
        text = text[:1].upper() + text[1:]
    return text, named
