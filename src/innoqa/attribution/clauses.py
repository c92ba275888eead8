"""A text in clauses, and which clause of a text speaks of the same as another."""

import re
from dataclasses import dataclass
from functools import lru_cache

from innoqa.attribution.evidence import matched
from innoqa.attribution.function_words import FUNCTION_WORDS
from innoqa.words import words

_CUT = re.compile(
    r"[;:()]|,(?!\d)|[.!?](?:\s|\Z)|\s[–—-]\s|\b(?:and|but|while|whereas|although|though|because"
    r"|which|who|so that|that|yet|however)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """Words of a text between two cuts, and the stems of those that carry meaning."""

    text: str
    content: frozenset[str]

    def share_in(self, stems: frozenset[str]) -> float:
        """How much of its content is among stems, in the same words or others."""
        if not self.content:
            return 0.0
        return sum(matched(stem, stems) for stem in self.content) / len(self.content)


@lru_cache(maxsize=4096)
def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a text that hold content.

    >>> [clause.text for clause in clauses("The yard was sold, but the tram still runs.")]
    ['The yard was sold', 'the tram still runs']
    """
    found = (Clause(part.strip(), content(part)) for part in _CUT.split(text) if part)
    return tuple(clause for clause in found if clause.content)


@lru_cache(maxsize=4096)
def content(text: str) -> frozenset[str]:
    """The stems of the words and numbers of a text that carry meaning."""
    return frozenset(word.stem for word in words(text) if word.stem not in FUNCTION_WORDS)
