"""Observations and results -> plain English that leads with the number."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from innoqa.domain import Observation, Period, Unit
from innoqa.quantities import formatted, stands_before
from innoqa.table_questions.names import split_brackets

_PLAIN = ("", "exact")
_YEAR_FIRST = re.compile(r"^(?P<year>\d{4}) \((?P<remark>.+)\)$")
_MONTH = re.compile(
    r"^(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?:\s?[-–]\s?(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December))?$"
)
_DAY = re.compile(r"^\d{1,2} [A-Z][a-z]+$")


def amount(observation: Observation) -> str:
    """The value with its unit and how exact it is: ``more than 20,000 enterprises``."""
    if observation.value is None:
        return observation.qualifier or "missing"
    words = formatted(observation.value, observation.unit)
    if observation.upper is not None:
        words = f"{plain(observation.value)} to {formatted(observation.upper, observation.unit)}"
    qualifier = observation.qualifier.casefold()
    if qualifier in _PLAIN:
        return words
    if stands_before(qualifier):
        return f"{qualifier} {words}"
    return f"{words} ({qualifier})"


def as_printed(observation: Observation) -> str:
    """`` (2,843.3 × 100 million yuan in the table)`` where the value was rescaled, else nothing."""
    if observation.value is None:
        return ""
    if grouped(observation.value) in formatted(observation.value, observation.unit):
        return ""
    return f" ({grouped(observation.value)} × {observation.unit.printed} in the table)"


def when(period: Period) -> str:
    """A period after a preposition: ``in 2018``, ``at year-end 2022``, ``in May 2024``."""
    if period.kind == "undated":
        return "with no date given" if period.printed else ""
    words = period.printed
    parted = _YEAR_FIRST.match(words)
    if parted is None:
        return f"{'over' if period.kind == 'span' else _preposition(period, words)} {words}"
    return _with_remark(parted["year"], parted["remark"])


def _with_remark(year: str, remark: str) -> str:
    """A year and what the table says of it: ``on 30 June 2019``, ``in 2020 (edition)``."""
    if remark.casefold() == "year-end":
        return f"at year-end {year}"
    if remark.casefold().startswith("end "):
        return f"at the end of {remark[4:]} {year}"
    if _DAY.match(remark):
        return f"on {remark} {year}"
    return f"in {remark} {year}" if _MONTH.match(remark) else f"in {year} ({remark})"


def _preposition(period: Period, words: str) -> str:
    if words.casefold().startswith(("as of", "as at", "on ", "at ", "year ended", "end")):
        return "at" if words.casefold().startswith("end") else ""
    return "on" if period.kind == "date" and words[:1].isdigit() and len(words) > 7 else "in"


def subject(observation: Observation) -> str:
    """What a value is of: the indicator and the place."""
    return ", ".join(part for part in (observation.indicator, observation.entity) if part)


def named(observation: Observation) -> str:
    """A value with its time and subject, as one clause."""
    return (
        f"{amount(observation)}{as_printed(observation)} {when(observation.period)}".rstrip()
        + f": {subject(observation)}"
    )


def variant(observation: Observation) -> str:
    """What stands in brackets in the indicator's name: often who compiled it."""
    return split_brackets(observation.indicator)[1]


def plain(value: Decimal) -> str:
    """A number as an expression holds it: digits alone, negatives in brackets.

    >>> plain(Decimal("1E+3")), plain(Decimal("-2.50"))
    ('1000', '(-2.5)')
    """
    digits = format(value, "f")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return f"({digits})" if value < 0 else digits


def grouped(value: Decimal) -> str:
    """A number with its thousands set apart, no digit lost."""
    digits = format(value, ",f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def signed(value: Decimal, unit: Unit) -> str:
    """A change with its sign: ``+12.5%``."""
    return f"{'+' if value > 0 else ''}{formatted(value, unit)}"


def size(value: Decimal, unit: Unit) -> str:
    """A difference without its sign: ``0.56 percentage points``."""
    if unit.base == "percent":
        unit = Unit("percentage points", "percentage point")
    if is_rank(unit):
        unit = Unit("places", "place")
    return formatted(abs(value), unit)


def is_ratio(unit: Unit) -> bool:
    """Whether a number tells a part of a whole, or so many for each of something."""
    return unit.base == "percent" or " per " in f" {unit.base} "


def is_rank(unit: Unit) -> bool:
    """Whether a number is a place in a ranking: the lower, the better."""
    return unit.base.casefold() == "rank"


def risen(change: Decimal, unit: Unit) -> str:
    """Which way a value went: a rank that falls as a number has improved."""
    if change == 0:
        return "Unchanged"
    if is_rank(unit):
        return "Better" if change < 0 else "Worse"
    return "Up" if change > 0 else "Down"


def years(observations: Iterable[Observation]) -> str:
    """The years that there are, runs joined: ``2010, 2013 and 2015-2016``."""
    known = sorted({o.period.year for o in observations if o.period.year is not None})
    runs: list[list[int]] = []
    for year in known:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return listed([f"{r[0]}-{r[-1]}" if len(r) > 1 else str(r[0]) for r in runs])


def listed(words: Sequence[str]) -> str:
    """Several things in a row: ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


_BREAK = re.compile(
    r"\b(?:revised (?:base|definition|figures?|method\w*|series)|new (?:base|definition|method\w*)"
    r"|definitions? (?:was |were )?(?:changed|revised)|does not continue|not comparable"
    r"|break in (?:the )?series|base (?:was )?(?:changed|revised)|(?:broader|narrower|wider) "
    r"(?:definition|scope)|change of (?:scope|definition|method\w*))\b", re.I)  # fmt: skip


def is_break(observation: Observation) -> bool:
    """Whether a note says that the value does not continue those before it."""
    return _BREAK.search(observation.note) is not None
