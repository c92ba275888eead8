"""A statement taken apart: its numbers and dates, and which cited cells state a number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from innoqa.attribution.amounts import Amount, amounts_in, is_value_of, number
from innoqa.attribution.evidence import Evidence, dates_in, tokens
from innoqa.domain import Observation
from innoqa.periods import PeriodMention
from innoqa.quantities import formatted

_IN_TABLE = re.compile(r"-?(?P<number>[0-9][0-9.,]*) × (?P<unit>[^();]+?)(?= in the table|[();]|$)")
_LIST_NUMBER = re.compile(r"(?:^|[;:] )(?P<number>[0-9]{1,2})\. (?=\S)")
_NONE_HELD = re.compile(r"\ANone: no(?= figure held)")
_QUOTED = re.compile(r"[“\"]([^“”\"]+)[”\"]")
_NO_FIGURE = re.compile(r"there is no figure for (?P<years>[^;,.]+)")
_GOES_ON = re.compile(r"\w+")  # "27C"
_EXACT = ("", "exact", "rounded")
ANSWER = re.compile(r"\A(?:Probably: )?(?P<said>Yes|No)(?=[,.:;])")
"""The answer to "whether" that a statement begins with."""

_AS_READ = re.compile(r"\b(?:where|the rows?|all rows)\b")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A statement with what has been held against the evidence already blanked out of ``text``.

    That are quotes, values as the table prints them, the numbers of a list, and the conditions on
    rows that the question was read with. ``undated`` has no dates either, ``words`` no numbers and
    units. ``stating`` are the cited cells that have the value of each of the ``amounts``.
    """

    statement: str
    text: str
    undated: str
    words: str
    amounts: tuple[Amount, ...]
    stating: tuple[tuple[Observation, ...], ...]
    dates: tuple[PeriodMention, ...]


def parsed(statement: str, evidence: Evidence) -> Parsed:
    """The statement's numbers, dates and the cells that they are of."""
    text = _without_remarks(_without_quotes(statement, evidence), evidence)
    text = _without_conditions(text, evidence.reading)
    text = _without_list_numbers(_without_printed(text, evidence.cells))
    amounts = amounts_in(text)
    stating = tuple(_stating(amount, text, evidence.cells) for amount in amounts)
    dates = dates_in(text)
    undated = _without_parts(text, dates)
    words = _without_parts(undated, amounts)
    return Parsed(statement, text, undated, words, amounts, stating, dates)


def _stating(amount: Amount, text: str, cells: tuple[Observation, ...]) -> tuple[Observation, ...]:
    """The cells that have an amount as their value, else those that are worded so."""
    found = tuple(cell for cell in cells if is_value_of(amount, cell))
    return found or tuple(cell for cell in cells if _is_as_worded(amount, cell, text))


def _is_as_worded(amount: Amount, cell: Observation, text: str) -> bool:
    """Whether a number stands just as a cell is put in words, or as it is printed there.

    Printed without its unit it needs brackets, or the unit in the header: "Size (ha): 21.4".
    """
    if cell.value is None:
        return False
    if text[amount.start - 1 : amount.end + 1] == f"({cell.printed})":
        return True
    is_bare = not amount.unit.base and amount.unit.scale == 1
    if is_bare and amount.value == cell.value and f"({cell.unit.printed})" in text:
        return True
    return text.startswith(formatted(cell.value, cell.unit), amount.start)


def _without_quotes(text: str, evidence: Evidence) -> str:
    """Without what stands between quotation marks and word for word in the evidence."""
    for match in _QUOTED.finditer(text):
        said = " ".join(tokens(match[1]))
        if any(said in " ".join(tokens(held)) for held in evidence.own):
            text = _blanked(text, *match.span())
    return text


def _without_remarks(text: str, evidence: Evidence) -> str:
    """Without what is remarked on the cells and is so: that some are inexact, undated, lacking."""
    cells, computation = evidence.cells, evidence.computation
    if any(cell.qualifier.lower() not in _EXACT for cell in cells):
        text = _without(text, "Not all of these figures are exact")
    if any(cell.period.end is None for cell in cells):
        text = _without(text, "with no date given")
    text = _NONE_HELD.sub(lambda match: " " * len(match[0]), text)  # the limit is checked with it
    lacking = _NO_FIGURE.search(text)
    if lacking and computation is not None:
        known = {cell.period.year for cell in evidence.known}
        if known.isdisjoint(m.period.year for m in dates_in(lacking["years"])):
            text = _blanked(text, *lacking.span())
    answer = ANSWER.match(text)
    return _blanked(text, *answer.span("said")) if answer else text


def _without(text: str, words: str) -> str:
    place = text.find(words)
    return _blanked(text, place, place + len(words)) if place >= 0 else text


def _without_printed(text: str, cells: tuple[Observation, ...]) -> str:
    """Without ``2,843.3 × 100 million yuan`` where a cited cell prints just that."""
    for match in _IN_TABLE.finditer(text):
        printed = number(match["number"]), match["unit"].strip()
        if any(c.value is not None and (abs(c.value), c.unit.printed) == printed for c in cells):
            text = _blanked(text, *match.span())
    return text


def _without_list_numbers(text: str) -> str:
    """Without the numbers of a list, where they count from 1."""
    found = list(_LIST_NUMBER.finditer(text))
    if [int(match["number"]) for match in found] == list(range(1, len(found) + 1)):
        for match in found:
            text = _blanked(text, *match.span("number"))
    return text


def _without_conditions(text: str, reading: str) -> str:
    """Without the words from "where" or "the row" on that the reading has too."""
    match = _AS_READ.search(text) if reading else None
    while match:
        end = _common_end(text, match.start(), reading)
        text = _blanked(text, match.start(), end)
        match = _AS_READ.search(text, max(end, match.end()))
    return text


def _common_end(text: str, start: int, reading: str) -> int:
    """Where the words from a place on cease to be words of the reading."""
    end = start
    for word in re.finditer(r"\s*[^\s]+", text[start:]):
        if text[start : start + word.end()].rstrip(" .,;:") not in reading:
            break
        end = start + word.end()
    return end


def _without_parts(text: str, parts: Sequence[Amount | PeriodMention]) -> str:
    for part in parts:
        goes_on = _GOES_ON.match(text, part.end)
        text = _blanked(text, part.start, goes_on.end() if goes_on else part.end)
    return text


def _blanked(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]
