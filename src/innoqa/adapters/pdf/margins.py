"""Running headers, footers and page numbers: what comes again at the same place of other pages."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from innoqa.adapters.pdf.lines import Row, cut, rows_of, words_of
from innoqa.adapters.pdf.source import Page

_ZONE = 0.13  # of the page's height at either end
_DEEPEST = 3  # rows of a header or footer
_SET_OFF = 1.6  # sizes between a header and the text, and not between lines of either
_NEAR = 4.0  # points between the places of the same line on two pages
_NUMBER = re.compile(r"[0-9]+|\b[ivxlcdm]+\b")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|p\.|seite|pág\.?|第)\s*)?#\s*(?:(?:of|/|von|de|页)\s*#?)?\W*"
)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a row near an end of a page (number from 0): its words and the numbers in them."""

    words: str
    numbers: tuple[int, ...]
    at: float
    page: int

    def repeats(self, other: "_Part") -> bool:
        """Whether both stand at one place and say the same; a number may count the pages."""
        if abs(self.at - other.at) > _NEAR or len(self.numbers) != len(other.numbers):
            return False
        pairs = zip(self.numbers, other.numbers, strict=True)
        return all(b - a in (0, other.page - self.page) for a, b in pairs)


_Places = dict[tuple[bool, str], list[_Part]]


def without_margins(pages: Sequence[tuple[int, Page]]) -> None:
    """Take the words out of these pages (number from 0, page) that are headers or footers."""
    edges = [(n, page, at_top, rows) for n, page in pages for at_top, rows in _edges(page)]
    places: _Places = {}
    for n, _, at_top, rows in edges:
        for part in (part for row in rows for part in _parts(row, n)):
            places.setdefault((at_top, part.words), []).append(part)
    for n, page, at_top, rows in edges:
        gone: set[int] = set()
        needed = _needed(rows, len(pages))
        for row in rows[:_DEEPEST]:
            if not any(_is_margin(part, at_top, places, needed) for part in _parts(row, n)):
                break
            gone.update(map(id, row))
        page.words = [word for word in page.words if id(word) not in gone]


def _edges(page: Page) -> Iterator[tuple[bool, list[Row]]]:
    """The rows near the top (True) and near the bottom of a page, from the outside in."""
    rows = rows_of(page.words)
    top = [row for row in rows if row[0].base < _ZONE * page.height]
    bottom = [row for row in rows if row[0].base > (1 - _ZONE) * page.height]
    yield True, top[: _DEEPEST + 1]
    yield False, bottom[::-1][: _DEEPEST + 1]


def _needed(rows: list[Row], pages: int) -> int:
    """On how many of the pages a line must stand: on most where it is not set off from the text."""
    steps = [
        abs(b[0].base - a[0].base) / max(a[0].size, b[0].size) for a, b in itertools.pairwise(rows)
    ]
    few = 2 if pages < 6 else 3
    return few if len(rows) <= _DEEPEST or max(steps) > _SET_OFF else max(few, round(0.6 * pages))


def _parts(row: Row, page: int) -> Iterator[_Part]:
    parts = cut(row, wide=1.5)
    if len(parts) > 3:
        return  # the row of a table
    for part in parts:
        words = words_of(part).lower()
        numbers = tuple(map(_value, _NUMBER.findall(words)[:9]))
        yield _Part(_NUMBER.sub("#", words), numbers, row[0].base, page)


def _value(number: str) -> int:
    """The value of digits or of a Roman numeral."""
    if not number[0].isalpha():
        return int(number[:9])
    values = [_ROMAN[sign] for sign in number]
    pairs = itertools.pairwise([*values, 0])
    return sum(-value if value < after else value for value, after in pairs)


def _is_margin(part: _Part, at_top: bool, places: _Places, needed: int) -> bool:
    """Whether a part stands on enough pages, or is the number of its page."""
    alike = {other.page for other in places[at_top, part.words] if part.repeats(other)}
    if _PAGE_NUMBER.fullmatch(part.words):
        counts = any(other.numbers != part.numbers for other in places[at_top, part.words])
        return part.numbers[:1] == (part.page + 1,) or (counts and len(alike) > 1)
    return len(alike) >= needed and any(map(str.isalpha, part.words))
