"""Whether a date stands beside the words that it stands beside in what is cited.

"It was planned in 2019 to open in 2025" is no evidence for an opening in 2019: what is said right
beside one date there must not be said right beside another of its kind.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from innoqa.attribution.amounts import amounts_in, scale_of
from innoqa.attribution.clauses import content
from innoqa.attribution.dates import is_part_of
from innoqa.attribution.evidence import Evidence, dates_in, matched
from innoqa.attribution.fault import Found
from innoqa.attribution.parsing import Parsed
from innoqa.domain import Period

_REACH = 2
"""How many words with a meaning on either side stand right beside a date."""

_ENDS = re.compile(
    r"[.;:!?,](?:\s|\Z)|\s[–—-]\s|\b(?:and|but|while|whereas|which|who)\b", re.IGNORECASE
)


_LIST = re.compile(r"\b[0-9.]+(?:,\s[0-9.]+)+,?\s(?:and|or)\s[0-9]+(?:\.[0-9]+)?(?![0-9%]|,[0-9])")
_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_TELLING = re.compile(r"\b(?:wrote|reported|said|noted|stated|announced)\sin\s(?:the\s)?\Z")
_TELLS = re.compile(
    r"\b(?:according|report\w*|sa(?:y|id|ys)|wr[io]t\w+|note[sd]?|state[sd]?|counts?|counted|puts?"
    r"|g[ia]v\w+|mention\w*|articles?|list(?:s|ed)|told|tells?|announce\w*|dat(?:es|ed)|account|study"
    r"|thesis|paper|source|finds?|found|has|names?|cited|quoted|speaks?|describe\w*|see[ns]?|saw"
    r"|ask\w*|argu\w+|view\w*|consider\w*)\b",
    re.IGNORECASE,
)
_TWICE = re.compile(r"(?<![\w.,])([0-9][0-9.,]*[0-9])(?:,|\sand|\sto|\sor)\s\1(?![\w.,]*[0-9])")
_AT_ONCE = re.compile(r"\s(?:in|for|by|on|at|since|of|as of)\s(?:the\s)?")


@dataclass(frozen=True, slots=True)
class _Placed:
    """A date and the stems right beside it."""

    period: Period
    beside: frozenset[str]

    def is_same(self, other: "_Placed") -> bool:
        """Whether both name the same time, or one a part of the other's."""
        one, two = self.period, other.period
        return is_part_of(one, two) or is_part_of(two, one)

    def shares(self, other: "_Placed") -> bool:
        """Whether a word stands beside both."""
        return any(matched(stem, other.beside) for stem in self.beside)


def unsupported(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """Dates among words that stand beside another one in what is cited, and not beside them."""
    held = [placed for text in evidence.texts for placed in _placed(text)]
    for said in _placed(parsed.statement):
        same = [one for one in held if said.is_same(one)]
        rivals = [o for o in held if o not in same and o.period.kind == said.period.kind]
        if same and not any(map(said.shares, same)) and any(map(said.shares, rivals)):
            yield "date", said.period.printed
    held_pairs = [pair for text in evidence.texts for pair in _dated(text)]
    for value, said_date, printed in _dated(parsed.statement):
        others = [held for other, held, _ in held_pairs if other == value]
        if others and not any(is_part_of(held, said_date) for held in others):
            yield "number", printed
    yield from _of_telling(parsed.statement, evidence)
    if twice := _TWICE.search(parsed.statement):
        yield "number", twice[0]
    runs = [run for text in evidence.texts for run in _lists(text)]
    for run in _lists(parsed.statement):
        if any(len(run & held) > 1 and not run <= held for held in runs):
            yield "number", ", ".join(sorted(run))


@lru_cache(maxsize=2048)
def _lists(text: str) -> tuple[frozenset[str], ...]:
    """The numbers of each list of three or more: "2020, 2025 and 2030"."""
    return tuple(frozenset(_DIGITS.findall(match[0])) for match in _LIST.finditer(text))


def _of_telling(said: str, evidence: Evidence) -> Iterator[Found]:
    """Dates at which something was told, given as those at which it was so."""
    for date in dates_in(said):
        held = [
            _TELLING.search(text[: one.start]) is not None
            for text in evidence.texts
            for one in dates_in(text)
            if is_part_of(one.period, date.period)
        ]
        start = said.rfind(",", 0, date.start) + 1
        clause = said[start:].partition(", ")[0]
        if not content(clause.replace(date.period.printed, "")):
            clause = said[start:]
        is_elliptic = all(stem[0].isdigit() for stem in content(clause))
        if (
            held
            and all(held)
            and not is_elliptic
            and not _TELLS.search(f"{said[: date.start]} {clause}")
        ):
            yield "date", date.period.printed


@lru_cache(maxsize=2048)
def _dated(text: str) -> tuple[tuple[Fraction, Period, str], ...]:
    """The numbers of a text that a date follows at once: "4.2% in 2024"."""
    return tuple(
        (Fraction(one.value) * scale_of(one.unit.scale), date.period, text[one.start : date.end])
        for one in amounts_in(text)
        for date in dates_in(text)
        if _AT_ONCE.fullmatch(text[one.end : date.start])
    )


@lru_cache(maxsize=2048)
def _placed(text: str) -> tuple[_Placed, ...]:
    """The dates of a text with what stands between them and their neighbours or a clause's end."""
    dates = dates_in(text)
    edges = [0, *(edge for date in dates for edge in (date.start, date.end)), len(text)]
    gaps = [text[start:end] for start, end in pairwise(edges)][::2]
    return tuple(
        _Placed(date.period, _nearest(_last(before)) | _nearest(_ENDS.split(after)[0].split()))
        for date, (before, after) in zip(dates, pairwise(gaps), strict=True)
    )


def _last(text: str) -> Sequence[str]:
    """The words of a text's last clause, the last first."""
    return _ENDS.split(text)[-1].split()[::-1]


def _nearest(words: Sequence[str]) -> frozenset[str]:
    """The first stems that carry meaning, without numbers."""
    found: frozenset[str] = frozenset()
    for word in words:
        found |= {stem for stem in content(word) if not stem[0].isdigit()}
        if len(found) >= _REACH:
            break
    return found
