"""Names of indicators and places -> the words that a question may meet them by."""

import re
from dataclasses import dataclass
from functools import lru_cache

from innoqa.words import words

WEAK = 0.35
_WEAK_WORDS = frozenset(
    "value number total amount count level rate of the in and by to for from per on at a an all"
    " figure share year annual revenue-based".split()
)
JOINING = frozenset("of in the and to for by on at a an with from".split())
_TOTAL = re.compile(
    r"(?:all|altogether|sum|overall)$|(?:.*\W)?(?:grand |sub)?totals?\b.*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is matched: its words, and those of the part in brackets."""

    base: tuple[str, ...]
    variant: tuple[str, ...]
    section: frozenset[str] = frozenset()

    @property
    def weight(self) -> float:
        """The weight of its words together."""
        return sum(map(self.weight_of, self.base))

    def weight_of(self, word: str) -> float:
        """How much a word matters: less where it says little, or names a section of the table."""
        return WEAK if word in _WEAK_WORDS or word in self.section else 1.0


@lru_cache(maxsize=16384)
def name_of(text: str, known_acronyms: frozenset[str]) -> Name:
    """A name's words, with what stands in brackets apart.

    >>> name_of("Unicorns (Hurun)", frozenset()).base
    ('unicorn',)
    """
    outside, inside = split_brackets(text)
    base = tuple(
        dict.fromkeys(w.stem for w in words(outside, known_acronyms) if w.stem not in JOINING)
    )
    variant = tuple(w.stem for w in words(inside, known_acronyms) if w.stem not in JOINING)
    before, _, after = outside.rpartition(": ")
    section = frozenset(w.stem for w in words(before, known_acronyms))
    section -= {w.stem for w in words(after, known_acronyms)}
    return Name(base or variant, variant if base else (), section)


def split_brackets(text: str) -> tuple[str, str]:
    """A name without what stands in brackets, and that.

    >>> split_brackets("R&D intensity (share of GDP)")
    ('R&D intensity', 'share of GDP')
    """
    outside: list[str] = []
    inside: list[str] = []
    depth = 0
    for sign in text:
        depth += sign == "("
        (inside if depth else outside).append(sign)
        depth -= sign == ")" and depth > 0
    return " ".join("".join(outside).split()), " ".join("".join(inside).strip("() ").split())


def measure_of(indicator: str) -> str:
    """An indicator's name without what stands in brackets, unless that is all of it."""
    return split_brackets(indicator)[0] or indicator


def is_total(place: str) -> bool:
    """Whether a row is the total of the others and no place.

    >>> is_total("Grand total"), is_total("Totnes")
    (True, False)
    """
    return _TOTAL.match(place) is not None
