"""What single cells, rows and lines of a grid hold: numbers, times, units, notes, or text."""

import re
from collections.abc import Iterable
from decimal import Decimal
from enum import Enum, auto
from functools import lru_cache

from innoqa.domain import Period, TableRow, Unit
from innoqa.periods import read_period
from innoqa.quantities import Quantity, read_quantity
from innoqa.quantities.units import unit_words

_UNIT_WORDS = 6
_LONGEST_UNIT = 120
_NAMED_NOTE = re.compile(
    r"(?:(?:data\s+)?sources?|(?:foot)?notes?|n\.?b\.?|remarks?|legend|key|(?:数据|資料|资料|數據)?来源"
    r"|(?:數據|資料)?來源|[备備]?[注註])\s*[:：.]",
    re.IGNORECASE,
)
_MARKED_NOTE = re.compile(
    r"[*†‡§¶#¹²³⁴-⁹]|\(?(?:\d{1,2}|[a-z])\)\s?\D|\[(?:\d{1,2}|[a-z])\]", re.IGNORECASE
)
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,9})?")
_NO_PERIOD = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})*(?:\.[0-9]{1,2})?")
_NO_UNIT = Unit("")
_WITH_UNIT = re.compile(r"(.*?\d{2,4})\s+((?:[A-Z]{1,3})?[$€£¥].*|RMB.*)")
_THOUSANDS = re.compile(r"[^\d\s]{1,5}0{3}s?")
_UNIT_NAMED = re.compile(
    r"units?(?:\s+of\s+measure(?:ment)?)?\s*[:：]|[单單]位\s*[:：]", re.IGNORECASE
)
_IN_UNIT = re.compile(
    r"(?:(?:all|the|amounts?|figures?|values?|numbers?|dollars?|shares?|data|tabular|are|is|U\.?S\.?"
    r"|expressed|presented|stated|reported|shown|[$€£¥]|US\$|[A-Z]{3})\s+)*in\s+(.+?)"
    r"(?:[,;]?\s+(?:except|unless|excluding|other\s+than|and)\b.*)?",
    re.IGNORECASE,
)
_APOSTROPHE = re.compile(r"(?<=\w)[’'](?=[A-Za-z])")
_CODE = re.compile(r"[A-Z]{3}\s|(?:\w+\s+)?(?:dollars|pesos|francs|crowns|rupees|dinars|pounds)\b")
_PER = re.compile(r"(?:^|\s+)per\s+|\s*/\s*", re.IGNORECASE)
COUNTED = frozenset(
    """persons people inhabitants residents employees staff workers households students enterprises
    companies firms businesses institutions organisations organizations patents applications
    projects papers articles units pieces items vehicles cars dwellings homes jobs places beds
    visitors tourists years months weeks days hours minutes seconds number no. count points
    shares sets cases times parks laboratories platforms""".split()
)
"""Words that, alone in brackets behind a name, say what is counted."""


class Kind(Enum):
    """What a cell holds."""

    BLANK = auto()
    MISSING = auto()
    """A sign that there is no value."""
    PERIOD = auto()
    NUMBER = auto()
    MEASURE = auto()
    """A number with words."""
    TEXT = auto()


@lru_cache(65_536)
def quantity_of(words: str) -> Quantity | None:
    """What ``read_quantity`` makes of a cell; kept, since cells come again."""
    if _PLAIN_NUMBER.fullmatch(words):  # most cells of a large table: no need to look further
        return Quantity(Decimal(words), _NO_UNIT)
    return read_quantity(words)


@lru_cache(65_536)
def kind(cell: str) -> Kind:
    """What a cell holds; a bare year is a period."""
    words = " ".join(cell.split())
    if not words:
        return Kind.BLANK
    if _NO_PERIOD.fullmatch(words):
        return Kind.NUMBER
    if period_and_unit(words) is not None:
        return Kind.PERIOD
    quantity = None if _THOUSANDS.fullmatch(words) else quantity_of(words)
    if quantity is None:
        return Kind.TEXT
    if quantity.value is None:
        return Kind.MISSING
    return Kind.MEASURE if any(sign.isalpha() for sign in words) else Kind.NUMBER


def period_and_unit(words: str) -> tuple[Period, str] | None:
    """The period that a cell is and the unit beside it, mostly "": ``2019``, ``2019 €m``."""
    both = _WITH_UNIT.fullmatch(words)
    period = read_period(both[1]) if both and is_unit(both[2]) else None
    if both and period is not None:
        return period, both[2]
    period = read_period(words)
    return (period, "") if period is not None else None


def holds_numbers(cells: Iterable[str]) -> bool:
    """Whether a column holds numbers, most of them no years."""
    kinds = [kind(cell) for cell in cells]
    numbers = sum(k in (Kind.NUMBER, Kind.MEASURE) for k in kinds)
    periods, texts = kinds.count(Kind.PERIOD), kinds.count(Kind.TEXT)
    return numbers > periods and numbers + periods > texts


def is_unit_line(words: str) -> bool:
    """Whether a line says no more than the unit of a table: ``(in millions)``, ``Unit: %``."""
    line = " ".join(words.split())
    if len(line) > _LONGEST_UNIT:
        return False
    bare = line[1:-1].strip() if line.startswith("(") and line.endswith(")") else line
    named = _IN_UNIT.fullmatch(bare)
    return bool(_UNIT_NAMED.match(bare)) or is_unit(named[1] if named else bare)


def is_unit(words: str) -> bool:
    """Whether words are a unit in themselves: money, a share, a measure, a scale, some per others.

    >>> [is_unit(words) for words in ("100 million yuan", "people per km2", "Revenue per share")]
    [True, True, False]
    """
    words = _APOSTROPHE.sub(" ", words)
    if not words or len(words.split()) > _UNIT_WORDS or words.endswith(":") or "(" in words:
        return False
    ahead, _, behind = (part.strip() for part in _PER.sub("\0", words, count=1).partition("\0"))
    if behind:
        return not ahead or ahead.lower() in COUNTED or is_unit(ahead)
    measured, _, of = words.partition(" of ")
    if of and unit_words(measured).kind == "measure":
        return True
    parts = unit_words(words)
    if parts.kind == "count" and parts.multiple != 1:  # "thousand trips", not "Trips thousand"
        name = parts.name.lower()
        return name in COUNTED or not words.lower().startswith(name) or bool(_CODE.match(words))
    return parts.multiple != 1 or parts.kind in ("money", "share", "measure")


def is_named_note(words: str) -> bool:
    """Whether a line says that it is a note or a source: ``Source: ...``."""
    return _NAMED_NOTE.match(words.strip()) is not None


def is_note_line(words: str) -> bool:
    """Whether a line starts as the footnotes and sources under a table do."""
    return is_named_note(words) or _MARKED_NOTE.match(words.strip()) is not None


def filled(row: TableRow) -> tuple[int, ...]:
    """The columns of a row that are not blank; of one text that spans all, only the first."""
    columns = tuple(c for c, cell in enumerate(row.cells) if cell.strip())
    if len(columns) > 1 and columns[-1] - columns[0] == len(columns) - 1:
        words = {row.cells[c] for c in columns}
        if len(words) == 1 and kind(words.pop()) is Kind.TEXT:
            return columns[:1]
    return columns


def numbers(row: TableRow) -> tuple[int, ...]:
    """The columns of a row that hold bare numbers, years apart."""
    return tuple(c for c, cell in enumerate(row.cells) if kind(cell) is Kind.NUMBER)


def line_of(row: TableRow) -> str:
    """The words of a row on one line."""
    return " ".join(" ".join(row.cells[c] for c in filled(row)).split())
