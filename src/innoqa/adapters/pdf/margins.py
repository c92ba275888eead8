"""Running headers, footers and page numbers: what comes again at the same place of other pages."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from innoqa.adapters.pdf.lines import Row, cut, rows_of, words_of
from innoqa.adapters.pdf.source import Page

_ZONE = 0.13  # of the page's height at either end
_DEEPEST = 4  # rows of a header or footer
_NEAR = 4.0  # points between the places of the same line on two pages
_NUMBER = re.compile(r"\d+|\b[ivxlcdm]+\b")
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|p\.|seite|pág\.?|第)\s*)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:of|/|von|de|页)\s*\d*)?\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a row near an end of a page: its words with # for numbers, and its number."""

    key: tuple[bool, str]
    at: float
    number: int | None
    row: Row


def without_margins(pages: Sequence[tuple[int, Page]]) -> None:
    """Take the words out of these pages (number from 0, page) that are headers or footers."""
    edges = [(n, page, at_top, rows) for n, page in pages for at_top, rows in _edges(page)]
    places: defaultdict[tuple[bool, str], list[tuple[float, int, int | None]]] = defaultdict(list)
    for n, _, at_top, rows in edges:
        for row in rows:
            for part in _parts(row, at_top):
                places[part.key].append((part.at, n, part.number))
    needed = 2 if len(pages) < 6 else 3
    for n, page, at_top, rows in edges:
        gone: set[int] = set()
        for row in rows:
            if not any(_repeats(p, n, places[p.key], needed) for p in _parts(row, at_top)):
                break
            gone.update(map(id, row))
        page.words = [word for word in page.words if id(word) not in gone]


def _edges(page: Page) -> Iterator[tuple[bool, list[Row]]]:
    """The rows near the top (True) and near the bottom of a page, from the outside in."""
    rows = rows_of(page.words)
    top = [row for row in rows if row[0].base < _ZONE * page.height]
    bottom = [row for row in rows if row[0].base > (1 - _ZONE) * page.height]
    yield True, top[:_DEEPEST]
    yield False, bottom[::-1][:_DEEPEST]


def _parts(row: Row, at_top: bool) -> Iterator[_Part]:
    parts = cut(row, wide=1.5)
    if len(parts) > 3:
        return  # the row of a table
    for part in parts:
        words = words_of(part)
        found = _NUMBER.findall(words.lower())
        number = int(found[0]) if found and found[0].isascii() and found[0].isdigit() else None
        key = _NUMBER.sub("#", words.lower())
        yield _Part((at_top, key), row[0].base, number if number != 0 else None, part)


def _repeats(
    part: _Part, page: int, places: list[tuple[float, int, int | None]], needed: int
) -> bool:
    """Whether a part stands at the same place of enough pages; a lone number counts them."""
    words = words_of(part.row)
    near = [place for place in places if abs(place[0] - part.at) < _NEAR]
    if _PAGE_NUMBER.fullmatch(words):
        if part.number is None:
            return len({n for _, n, _ in near}) >= needed
        step = part.number - page
        return step == 1 or len({n for _, n, m in near if m and m - n == step}) >= 2
    if not any(map(str.isalpha, words)):
        return False
    return len({n for _, n, _ in near}) >= needed
