"""Text -> words that can be matched: stems, acronyms, and general English synonyms.

A match has a strength between 0 and 1: the same word 1, another form of it ``RELATED``, a synonym
``SYNONYM``. No list here knows a corpus.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

SAME, RELATED, SYNONYM = 1.0, 0.9, 0.8

_WORD = re.compile(r"[^\W_]+(?:[&.'’][^\W_]+)*")
_ACRONYM = re.compile(r"\b(?:[A-Z]{2,5}|[A-Z]&[A-Z](?:&[A-Z])?)\b")
_JOINING = frozenset("and of the for in".split())
_NEVER_SPELLING = frozenset(
    "did do does done was were is are be been has have had a an at by on to from with how what"
    " which who when where why it its or not per rate".split()
)
_LONGEST_EXPANSION = 8
_SHARED_START = 5
_ENDINGS = frozenset(
    " e y ed d s es er ers ing ings ion ions ation ations ational al ally ment ments ies ied ity"
    " cy t"
    " ive ee ees or ors ance ence ate ated ating ist ists ic ical ary".split(" ")
)
_IRREGULAR: Mapping[str, str] = {
    "spent": "spend", "grew": "grow", "grown": "grow", "fell": "fall", "fallen": "fall",
    "rose": "rise", "risen": "rise", "people": "person", "men": "man", "women": "woman",
    "children": "child", "sold": "sell", "bought": "buy", "held": "hold", "won": "win",
    "went": "go", "gone": "go", "made": "make", "paid": "pay", "built": "build", "hi": "high",
    "centre": "center", "programme": "program", "organisation": "organization",
    "labour": "labor", "largest": "large", "larger": "large", "biggest": "big",
    "bigger": "big", "longest": "long", "longer": "long", "tallest": "tall", "taller": "tall",
}  # fmt: skip
_SYNONYMS: tuple[frozenset[str], ...] = tuple(
    frozenset(group.split())
    for group in (
        "spend expenditure outlay investment invest expense cost",
        "company firm enterprise business corporation",
        "employee worker staff personnel workforce employment employed headcount job work person",
        "revenue turnover sale earn sell",
        "university college",
        "area size surface large big acreage land square hectare kilometre kilometer",
        "length long kilometre kilometer metre meter",
        "height high tall",
        "cost price expensive",
        "share percentage proportion percent fraction part portion ratio",
        "population resident inhabitant person",
        "output production",
        "laboratory lab",
        "technology tech technological",
        "science sci scientific",
        "application apply filing filed file",
        "grant granted",
        "intensity share",
        "rank ranking position place",
        "profit earnings",
        "tenant occupant",
        "fund funding funded",
        "institute institution organization",
        "student pupil",
        "paper publication article",
        "researcher scientist",
        "facility infrastructure",
        "worth value",
        "raise raised",
    )
)
_GROUPS: Mapping[str, frozenset[int]] = {
    word: frozenset(number for number, group in enumerate(_SYNONYMS) if word in group)
    for word in frozenset().union(*_SYNONYMS)
}


@dataclass(frozen=True, slots=True)
class Word:
    """A word where it stands in a text, and its stem."""

    start: int
    end: int
    text: str
    stem: str


def words(text: str, acronyms: frozenset[str] = frozenset()) -> tuple[Word, ...]:
    """The words of a text; hyphens part, and what spells out an acronym reads as the acronym.

    >>> [word.stem for word in words("Research and development costs", frozenset({"R&D"}))]
    ['r&d', 'cost']
    """
    plain = [
        Word(match.start(), match.end(), match[0], stem(match[0])) for match in _WORD.finditer(text)
    ]
    return tuple(_shortened(plain, acronyms)) if acronyms else tuple(plain)


def acronyms(texts: Iterable[str]) -> frozenset[str]:
    """The acronyms that stand in texts.

    >>> sorted(acronyms(["R&D share of GDP"]))
    ['GDP', 'R&D']
    """
    return frozenset(match for text in texts for match in _ACRONYM.findall(text))


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A word in lower case without accents and without possessive and plural endings.

    >>> [stem(word) for word in ("Companies", "city's", "businesses", "status", "R&D")]
    ['company', 'city', 'business', 'status', 'r&d']
    """
    bare = unicodedata.normalize("NFKD", word.lower().replace("’", "'"))
    plain = "".join(sign for sign in bare if not unicodedata.combining(sign))
    plain = plain.removesuffix("'s").strip("'.")
    if plain in _IRREGULAR:
        return _IRREGULAR[plain]
    if len(plain) < 4 or not plain.endswith("s") or plain.endswith(("ss", "us", "is")):
        return plain
    if plain.endswith("ies"):
        return plain[:-3] + "y"
    if plain.endswith(("sses", "shes", "ches", "xes", "zes")):
        return plain[:-2]
    return _IRREGULAR.get(plain[:-1], plain[:-1])


@lru_cache(maxsize=65536)
def strength(one: str, other: str) -> float:
    """How well two stems match, 0 where they do not.

    >>> strength("firm", "company"), strength("invest", "investment"), strength("park", "patent")
    (0.8, 0.9, 0.0)
    """
    if one == other:
        return SAME
    if _related(one, other):
        return RELATED
    return SYNONYM if _groups(one) & _groups(other) else 0.0


def _groups(word: str) -> frozenset[int]:
    """The groups of synonyms that a stem, or the verb that it is a form of, belongs to."""
    bare = word.removesuffix("ing") if word.endswith("ing") else word.removesuffix("ed")
    forms = (word, bare, bare + "e")
    return next((_GROUPS[form] for form in forms if form in _GROUPS), frozenset())


def _related(one: str, other: str) -> bool:
    """Whether two stems are forms of one word: a long common start and known endings."""
    shared = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
                  min(len(one), len(other)))  # fmt: skip
    least = min(_SHARED_START, len(one), len(other))
    if shared < max(least, 4):
        return False
    return one[shared:] in _ENDINGS and other[shared:] in _ENDINGS


def _shortened(plain: list[Word], known: frozenset[str]) -> Iterator[Word]:
    spelled = {acronym.replace("&", "").lower(): acronym for acronym in known}
    at = 0
    while at < len(plain):
        length = _expansion(plain, at, spelled)
        if length:
            initials = _initials(plain[at : at + length])
            last = plain[at + length - 1]
            acronym = spelled[initials]
            yield Word(plain[at].start, last.end, acronym, acronym.lower())
            at += length
        else:
            yield plain[at]
            at += 1


def _expansion(plain: list[Word], at: int, spelled: Mapping[str, str]) -> int:
    """How many words from ``at`` on spell out an acronym, 0 where none do."""
    for length in range(min(_LONGEST_EXPANSION, len(plain) - at), 1, -1):
        part = plain[at : at + length]
        if part[0].stem in _JOINING or part[-1].stem in _JOINING:
            continue
        if any(_cannot_spell(word) for word in part) or _is_cut(part):
            continue
        acronym = spelled.get(_initials(part))
        if acronym and ("&" not in acronym or any(word.stem == "and" for word in part)):
            return length
    return 0


def _cannot_spell(word: Word) -> bool:
    return word.stem in _NEVER_SPELLING or (len(word.text) < 3 and word.stem not in _JOINING)


def _is_cut(part: list[Word]) -> bool:
    """Whether a name ends or begins among the words: "City ahead in sales" spells no acronym."""
    first, *others = (word.text[0].isupper() for word in part if word.stem not in _JOINING)
    return len(set(others)) > 1 or (first and part[0].start > 0 and not all(others))


def _initials(part: list[Word]) -> str:
    return "".join(word.stem[0] for word in part if word.stem not in _JOINING)
