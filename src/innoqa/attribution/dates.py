"""Whether each date of a statement stands in what it cites."""

import re
from collections.abc import Iterable, Iterator, Sequence

from innoqa.attribution.evidence import Evidence, dates_in, tokens
from innoqa.attribution.fault import Found
from innoqa.attribution.parsing import Parsed
from innoqa.domain import Period

LISTED = re.compile(r"\bfigures?(?: held)? \((?P<years>[0-9][0-9, –and-]*)\)")
"""The years in brackets that figures are said to be for."""


_EDGE = re.compile(r"\b(?:start|beginning|end)\b", re.IGNORECASE)


def unsupported(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """The dates that no cited sentence, heading or cell has, and that are no result."""
    if not parsed.dates:
        return
    own = [mention.period for text in evidence.own for mention in dates_in(text)]
    texts = (*evidence.own, *(() if own else evidence.context))
    held = own or [mention.period for text in texts for mention in dates_in(text)]
    held += [cell.period for cell in evidence.cells]
    result = evidence.computation.value if evidence.computation else None
    listed = LISTED.search(parsed.text)
    for mention in parsed.dates:
        said = mention.period
        if listed and listed.start() < mention.start < listed.end():
            continue
        stands = any(is_part_of(one, said) or _is_edge(one, said) for one in held)
        stands = stands or _names_ends(said, held)
        in_words = not _has_other_end(said, held) and _in_same_words(said, texts)
        if not stands and said.year != result and not in_words:
            yield "date", said.printed
    if listed and not _are_years_of_figures(listed["years"], evidence):
        yield "date", listed["years"]


def is_part_of(held: Period, said: Period) -> bool:
    """Whether what is said is the time that is held, or a year or month that holds it."""
    if held.end is None or said.end is None:
        return held.printed == said.printed
    if (held.start, held.end) == (said.start, said.end):
        return True
    if said.start is None or said.kind in ("span", "date", "in-year"):
        return False
    if said.kind == "year":
        return said.year in _years(held)
    return said.start <= (held.start or held.end) and held.end <= said.end


def _is_edge(held: Period, said: Period) -> bool:
    """Whether the start or end of a year that is said lies in the month that is held."""
    if held.kind != "month" or said.kind not in ("in-year", "date") or held.end is None:
        return False
    word = _EDGE.search(said.printed)
    months = {"start": (1,), "beginning": (1,), "end": (12,)}
    return word is not None and said.year == held.year and held.end.month in months[word[0].lower()]


def _names_ends(said: Period, held: Sequence[Period]) -> bool:
    """Whether a span begins and ends in years that are held."""
    if said.kind != "span":
        return False
    ends = set(_years(said))
    if _has_other_end(said, held):
        return False
    return len(ends) > 1 and ends <= {year for period in held for year in _years(period)}


def _has_other_end(said: Period, held: Sequence[Period]) -> bool:
    """Whether a span begins or ends as one that is held, and that one goes on otherwise."""
    ends = set(_years(said))
    spans = [set(_years(period)) for period in held if period.kind == "span"]
    return said.kind == "span" and any(len(ends & span) == 1 for span in spans)


def _years(period: Period) -> tuple[int, ...]:
    """The years that a period starts and ends in."""
    return tuple(day.year for day in (period.start, period.end) if day is not None)


def _in_same_words(said: Period, texts: Iterable[str]) -> bool:
    """Whether one text has every word and number of a date."""
    wanted = set(tokens(said.printed)) - {"the", "of", "in"}
    return any(wanted <= set(tokens(text)) for text in texts)


def _are_years_of_figures(listed: str, evidence: Evidence) -> bool:
    """Whether years are those of the cited cells, or of those computed with, all of them."""
    spans = (_years(mention.period) for mention in dates_in(listed))
    said = {year for span in spans for year in range(min(span), max(span) + 1)}
    return any(said == {cell.period.year for cell in group} for group in evidence.groups)
