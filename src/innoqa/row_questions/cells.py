"""What one cell states: a number, a date, a length of time, a score, or several of these."""

import re
from dataclasses import dataclass
from decimal import Decimal

from innoqa.row_questions.words import folded, tokens

MISSING = frozenset(
    {
        "",
        "-",
        "--",
        "---",
        "?",
        "n/a",
        "na",
        "n.a.",
        "none",
        "nil",
        "tbd",
        "tba",
        "unknown",
        "x",
        "*",
    }
)
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",),
            ("june", "jun"), ("july", "jul"), ("august", "aug"), ("september", "sept", "sep"),
            ("october", "oct"), ("november", "nov"), ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
_MONTH = "(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_YEAR = r"(?P<year>1[0-9]\d{2}|20\d{2})"
_DAY = r"(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)\b",
        rf"\b{_MONTH}\s+{_DAY}\b(?:\s*-\s*(?:[a-z]+\s+)?\d{{1,2}}\b)?,?\s+{_YEAR}\b",
        rf"\b{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}\b",
        r"\b(?P<month>0?[1-9]|1[0-2])/(?P<day>\d{1,2})/(?P<year>1\d{3}|20\d{2})\b",
        r"\b(?P<day>\d{1,2})[./](?P<month>0?[1-9]|1[0-2])[./](?P<year>1\d{3}|20\d{2})\b",
        rf"\b{_MONTH}\s+{_DAY}\b(?![:.]\d)",
        rf"\b{_DAY}\s+(?:of\s+)?{_MONTH}\b",
        rf"\b{_MONTH},?\s+{_YEAR}\b",
        rf"(?<![\d.,$€£]){_YEAR}(?![\d,.]*\d)",
        rf"\b{_MONTH}(?!\w)",
    )
)
_NUMBER = re.compile(
    r"(?P<sign>(?<![\w)])[-+])?\s?[$€£¥]?\s?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?: \d{3})+(?![\d:])|\d+(?:\.\d+)?|\.\d+)"
    r"(?:\s?(?P<fraction>\d+)/(?P<whole>\d+))?"
    r"(?:\s?(?P<scale>thousand|million|billion|trillion|bn|mn|m|k)\b)?"
)
_SCALES = {
    "thousand": 10**3, "k": 10**3, "million": 10**6, "mn": 10**6, "m": 1, "billion": 10**9,
    "bn": 10**9, "trillion": 10**12,
}  # fmt: skip
_CLOCK = re.compile(
    r"(?<![\d:])(?:(?P<hours>\d{1,3})[:h'] ?)?(?P<minutes>\d{1,2})[:.'] ?"
    r"(?P<seconds>\d{2}(?:\.\d+)?)(?![\d:])"
)
_LENGTHS = re.compile(
    r"(?P<count>\d+(?:\.\d+)?)\s*(?P<unit>years?|months?|weeks?|days?|hours?|hrs?|minutes?|mins?"
    r"|seconds?|secs?|h|m|s)\b"
)
_SECONDS = {"y": 31_557_600, "mo": 2_629_800, "w": 604_800, "d": 86_400, "h": 3600, "s": 1}
_SCORE = re.compile(r"(?<![\d.-])(\d{1,3})\s?[-:]\s?(\d{1,3})(?![\d.]|-\d)")
_SPAN = re.compile(r"(?<!\d)(1\d{3}|20\d{2})\s*(?:-|/|to|until)\s*(1\d{3}|20\d{2}|\d{2}|present)\b")
_BRACKETED = re.compile(r"\[[^\]]*\]")
_DIVIDERS = re.compile(r"\n|;|, | / |,(?=[^\d\s])|•| & (?=[A-Z])|/(?=[A-Za-z])")


_BEFORE_NUMBERS = "(~<>≈= .'\"$" + "tacu"  # "T12" is a tied rank, "c. 1900" and "ca 5" estimates


@dataclass(frozen=True, slots=True)
class Day:
    """A date, any part of which may be unknown."""

    year: int | None
    month: int | None
    day: int | None

    @property
    def order(self) -> Decimal:
        """A number that is greater the later the date is."""
        return Decimal((self.year or 0) * 372 + ((self.month or 1) - 1) * 31 + (self.day or 1) - 1)


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that a cell can be read as; None or empty where it cannot be."""

    printed: str
    folded: str
    stems: tuple[str, ...]
    numbers: tuple[Decimal, ...]
    day: Day | None
    seconds: Decimal | None
    score: tuple[Decimal, Decimal] | None
    years: Decimal | None
    parts: tuple[str, ...]
    leads_with_number: bool

    @property
    def missing(self) -> bool:
        """Whether nothing is stated."""
        return self.folded in MISSING


def read_cell(printed: str) -> Reading:
    """Read a cell; every reading is tried, the column decides which is meant.

    >>> read_cell("31 - 21").score
    (Decimal('31'), Decimal('21'))
    >>> read_cell("July 9, 2019").day
    Day(year=2019, month=7, day=9)
    """
    plain = _BRACKETED.sub("", folded(printed)).replace("\u2044", "/")
    line = " ".join(plain.split())
    digits = any(sign.isdigit() for sign in line)
    found = tuple(_NUMBER.finditer(line)) if digits else ()
    before = line[: found[0].start()] if found else "?"
    return Reading(
        printed=printed,
        folded=line,
        stems=tuple(token.stem for token in tokens(line)),
        numbers=tuple(_decimal(match) for match in found),
        day=read_day(line),
        seconds=read_seconds(line) if digits else None,
        score=_score(line) if digits else None,
        years=_years(line) if digits else None,
        parts=_parts(printed),
        leads_with_number=bool(found) and not before.strip(_BEFORE_NUMBERS),
    )


def read_day(line: str) -> Day | None:
    """The first date, month or year in a folded text.

    >>> read_day("the 9th of july"), read_day("1,999")
    (Day(year=None, month=7, day=9), None)
    """
    for pattern in _DATES:
        match = pattern.search(line)
        if match:
            return _day(match)
    return None


def day_mentions(line: str) -> tuple[tuple[int, int, Day], ...]:
    """The dates in a folded text with their start and end, in reading order."""
    found: list[tuple[int, int, Day]] = []
    for pattern in _DATES:
        for match in pattern.finditer(line):
            if all(match.end() <= start or match.start() >= end for start, end, _ in found):
                found.append((match.start(), match.end(), _day(match)))
    return tuple(sorted(found, key=lambda mention: mention[0]))


def _day(match: re.Match[str]) -> Day:
    part = match.groupdict()
    month = part.get("month")
    number = None
    if month:
        number = MONTHS[month] if month in MONTHS else int(month)
    year, day = part.get("year"), part.get("day")
    return Day(int(year) if year else None, number, int(day) if day else None)


def _decimal(match: re.Match[str]) -> Decimal:
    value = Decimal(match["digits"].replace(",", "").replace(" ", ""))
    if match["fraction"] and int(match["whole"]):
        value += Decimal(match["fraction"]) / Decimal(match["whole"])
    value *= _SCALES.get(match["scale"] or "", 1)
    return -value if match["sign"] == "-" else value


def number_mentions(line: str) -> tuple[tuple[int, int, Decimal], ...]:
    """The numbers in a folded text with their start and end."""
    return tuple(
        (m.end() - len(m.group().lstrip()), m.end(), _decimal(m)) for m in _NUMBER.finditer(line)
    )


def read_seconds(line: str) -> Decimal | None:
    """A length of time in seconds: "2:56", "1 hour 5 minutes", "8 years".

    >>> read_seconds("2:56"), read_seconds("8 years"), read_seconds("eight")
    (Decimal('176'), Decimal('252460800'), None)
    """
    clock = _CLOCK.search(line)
    if clock and (":" in clock.group() or "'" in clock.group()):
        hours = Decimal(clock["hours"] or 0)
        return hours * 3600 + Decimal(clock["minutes"]) * 60 + Decimal(clock["seconds"])
    total = Decimal(0)
    for match in _LENGTHS.finditer(line):
        unit = match["unit"]
        key = "mo" if unit.startswith("mo") else unit[0]
        total += Decimal(match["count"]) * (60 if key == "m" else _SECONDS[key])
    return total or None


def _score(line: str) -> tuple[Decimal, Decimal] | None:
    match = _SCORE.search(line)
    return (Decimal(match[1]), Decimal(match[2])) if match else None


def _years(line: str) -> Decimal | None:
    """How many years a span such as "1861-1862" or "1990-95" takes."""
    match = _SPAN.search(line)
    if match is None or match[2] == "present":
        return None
    first, last = int(match[1]), match[2]
    end = int(last) if len(last) == 4 else int(match[1][:2] + last)
    return Decimal(end - first) if end >= first else None


def _parts(printed: str) -> tuple[str, ...]:
    if not _DIVIDERS.search(printed):
        return ()
    parts = tuple(part.strip() for part in _DIVIDERS.split(printed))
    return tuple(part for part in parts if part) if len(parts) > 1 else ()
