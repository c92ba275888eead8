"""The time that a question asks for."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from innoqa import periods
from innoqa.domain import Period
from innoqa.table_questions.signs import NUMBER_WORDS

_LAST_N = re.compile(
    r"\b(?:last|past|previous|most recent|recent|latest) (?P<n>\d{1,2}|" + "|".join(NUMBER_WORDS)
    + r") (?:years?|periods?|figures?|values?)\b", re.I)  # fmt: skip


_DECADE = re.compile(r"\b(?:last|past) decade\b", re.I)


_BEFORE_PERIOD = re.compile(
    r"\b(?P<how>since|from|after|before|until|till|up to|through|prior to|starting (?:in|from)"
    r"|earlier than|later than|by|between|to|and|as of)\s+(?:the )?(?:year |end of |years )?$",
    re.I)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """The time asked for: single periods, or a stretch with one or two ends (inclusive).

    ``count`` is how many of the latest periods are wanted ("the last five years").
    """

    points: tuple[Period, ...] = ()
    first: date | None = None
    last: date | None = None
    count: int | None = None

    @property
    def is_stretch(self) -> bool:
        """Whether a stretch of time is asked for."""
        return self.first is not None or self.last is not None

    def holds(self, period: Period) -> bool:
        """Whether a period lies in the stretch."""
        start, end = _days(period)
        if start is None or end is None:
            return False
        return (self.first is None or start >= self.first) and (
            self.last is None or end <= self.last
        )


def spelled_out(question: str) -> str:
    """The question with each part of a year named in full.

    >>> spelled_out("from the first to the second half of 2022")
    'from the first half of 2022 to the second half of 2022'
    """
    question = _BOTH_HALVES.sub(r"the first half of \1 and the second half of \1", question)
    return _TWO_PARTS.sub(r"\1 \4 of \5 \2 \3 \4 of \5", question)


_BOTH_HALVES = re.compile(r"\b(?:both|the two) halves of (\d{4})", re.I)


_ORDER = r"(?:first|second|third|fourth)"


_TWO_PARTS = re.compile(
    rf"\b({_ORDER}) (to|and|or|than)(?: in)? ((?:the )?{_ORDER}) (half|quarter) of (\d{{4}})", re.I
)


def counted_periods(question: str) -> list[tuple[int, int]]:
    """Where a number of latest periods is asked for."""
    return [m.span() for pattern in (_LAST_N, _DECADE) for m in pattern.finditer(question)]


_RANGE_INSIDE = re.compile(r"\w\s*(?:\bto\b|-|–|—|\bthrough\b|\buntil\b)\s*\w", re.I)
_RANGE = re.compile(r"\s*(?:to|-|–|—|until|till|through)\s*(?:the )?(?:year |end of )?", re.I)


def frame_of(question: str, mentioned: tuple[periods.PeriodMention, ...]) -> Frame:
    """The time that the periods named in a question, and the words before them, ask for."""
    counted = _LAST_N.search(question)
    if counted is not None:
        n = counted["n"].lower()
        return Frame(count=int(n) if n.isdigit() else NUMBER_WORDS[n])
    if _DECADE.search(question):
        return Frame(count=10)
    ordered = sorted(mentioned, key=lambda m: m.start)
    points = tuple(m.period for m in ordered)
    first, last = None, None
    for place, mention in enumerate(ordered):
        before = _BEFORE_PERIOD.search(question[: mention.start])
        how = before["how"].lower() if before else ""
        following = ordered[place + 1] if place + 1 < len(ordered) else None
        if following and _RANGE.fullmatch(question[mention.end : following.start]):
            how = "from"
        if how == "from" and _RANGE_INSIDE.search(mention.period.printed):
            how = ""  # "from January to June 2016" is one period
        start, end = _bounds(how, mention.period, opened=first is not None)
        first, last = start or first, end or last
    if len(points) == 1 and points[0].kind == "span" and first is None and last is None:
        first, last = points[0].start, points[0].end
    return Frame(points, first, last)


def _bounds(how: str, period: Period, *, opened: bool) -> tuple[date | None, date | None]:
    """The start or end of a stretch that a period gives, by the word before it."""
    if period.start is None or period.end is None:
        return None, None
    day = timedelta(days=1)
    if how == "since" or how.startswith("starting") or (how in ("from", "between")):
        return period.start, None
    if how in ("after", "later than"):
        return period.end + day, None
    if how in ("before", "prior to", "earlier than"):
        return None, period.start - day
    if how in ("until", "till", "up to", "through") or (how in ("to", "and") and opened):
        return None, period.end
    return None, None


def lies_in(period: Period, asked: Period) -> bool:
    """Whether a period is the one asked for: within it, ending with it, or named by its year."""
    start, end = _days(period)
    if start is None or end is None or asked.start is None or asked.end is None:
        return period.printed.casefold() == asked.printed.casefold()
    if asked.kind == "date":
        first_day = asked.end.month == asked.end.day == 1
        return period.end == asked.end or (
            first_day and period.kind == "month" and period.start == asked.start
        )
    inside = period.start is not None and asked.start <= period.start and end <= asked.end
    return inside or (asked.start <= start and end <= asked.end)


def _days(period: Period) -> tuple[date | None, date | None]:
    """A period's first and last day; those of the calendar year for a business year named by it.

    "Year ended 31 March 2019" is what is meant by 2019.
    """
    if period.start is None or period.end is None:
        return period.start, period.end
    named = set(_YEAR.findall(period.printed))
    length = (period.end - period.start).days
    if len(named) != 1 or "/" in period.printed or abs(length - _A_YEAR) > _A_FEW_DAYS:
        return period.start, period.end
    year = int(named.pop())
    return date(year, 1, 1), date(year, 12, 31)


_YEAR = re.compile(r"(?:19|20)\d{2}(?!\d)")
_A_YEAR, _A_FEW_DAYS = 364, 14
