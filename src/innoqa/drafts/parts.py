"""A sentence in parts that may each be said by another source."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from innoqa.attribution.clauses import content

_CUT = re.compile(
    r"\s*[;:]\s+(?:and\s|but\s)?|,\s+(?:(?:and|but|while|whereas|which|although|though|yet"
    r"|compared (?:with|to)|up from|down from|with)\s)?"
    r"|\s(?:and|but|while|whereas|although|though)\s"
    r"|\s(?=compared (?:with|to)\s|up from\s|down from\s|to (?:about |over |some )?[0-9])",
    re.IGNORECASE,
)
_LISTED = re.compile(r"[0-9][0-9.]*(?:,\s|\s(?:and|or)\s[0-9]|[.;]?\Z)")
_MOST_CUTS = 8
_LEAST_WORDS, _LEAST_OF_FIRST = 2, 4
_MOST_OF_LEAD = 4  # words with a meaning; "After that they paid 5% in years four to six" has more
_LEADS = re.compile(
    r"(?:in|by|at|on|under|since|from|between|during|for|after|before|until|with|within|of|to"
    r"|according|as|both|over|behind|ahead|near|above|below|like|than)\b",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"(?:according to|as)\s|.*\b(?:sa(?:id|ys?)|report(?:ed|s)|not(?:ed|es)|wr[io]tes?|wrote"
    r"|f(?:ound|inds)|shows?|stat(?:ed|es))\W*\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Part:
    """Words of a sentence; ``text`` begins with "and" where it does not begin the sentence."""

    start: int
    end: int
    text: str


def parts(sentence: str) -> Sequence[Part]:
    """Every run of neighbouring clauses that may stand by itself, the longest of each start first.

    Where something is told in, when, or by whom, is no part of its own.
    """
    cuts = [m.span() for m in _CUT.finditer(sentence) if not _is_in_list(sentence, *m.span())]
    cuts = cuts[:_MOST_CUTS]
    edges = [(0, 0), *cuts, (len(sentence), len(sentence))]
    found = []
    for (before, start), (end, after) in combinations(edges, 2):
        text = sentence[start:end].strip(" ,;")
        if not _is_thin(text, is_first=before == 0):
            found.append(Part(start, after, text if before == 0 else f"and {text}"))
    return sorted(found, key=lambda part: (part.start, -part.end))


def _is_in_list(sentence: str, start: int, end: int) -> bool:
    """Whether a cut parts the numbers of a list: "in 2020, 2023 and 2025"."""
    return sentence[:start][-1:].isdigit() and _LISTED.match(sentence, end) is not None


def _is_thin(text: str, *, is_first: bool) -> bool:
    if len(content(text)) < (_LEAST_OF_FIRST if is_first else _LEAST_WORDS) or _TELLS.fullmatch(
        text
    ):
        return True
    if _TELLS.match(text):
        return not re.search(r",", text)
    if not _LEADS.match(text):
        return False
    if is_first:
        return len(content(text)) <= _MOST_OF_LEAD
    return not re.search("[0-9]", text)
