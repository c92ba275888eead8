"""The noun phrases of questions and replies, found without a grammar: runs of words that carry
meaning, joined by "of", parted by verbs and by words that carry none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from innoqa.follow_ups.signs import FUNCTION, GENERIC, RELATIONAL, VERBS
from innoqa.words import stem

_TOKEN = re.compile(r"[^\W_]+(?:[&.'’/-][^\W_]+)*\+*")
_JOIN = re.compile(r"\s+(?:for|&|and|and the|de|du|la|von|van)\s+\Z", re.IGNORECASE)
_OF = re.compile(r"\s+(?:of|of the|of an?)\s+\Z", re.I)
_DETERMINED = re.compile(
    r"\b(?:the|an?|this|that|these|those|its|their|his|her|some|any|all)\s+\Z", re.I
)
_OPENS = re.compile(r"(?:\A|[.!?:]\s+|[“\"(])\s*\Z")
_POSSESSED = re.compile(r"['’]s?\Z")
_NUMERALS = frozenset("one two three four five six seven eight nine ten first second".split())
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d\Z")
_COORDINATED = re.compile(r"\sand\s")
_MOST_WORDS = 7
_ADJECTIVE = re.compile(r"(?:able|ible|ful|ous|ive|ical|less|ly)\Z")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: ``text`` is where it stands, ``text[start:end]``, without its article.

    ``inner`` is what follows its last "of", where there is one.
    """

    text: str
    start: int
    end: int
    is_name: bool
    is_plural: bool
    has_name: bool = False
    opens: bool = False
    before: str = ""
    inner: "Phrase | None" = None

    @property
    def words(self) -> tuple[str, ...]:
        """The stems of its words."""
        return stems(self.text)

    @property
    def content(self) -> frozenset[str]:
        """The stems of its words that carry meaning."""
        return frozenset(w for w in self.words if w not in FUNCTION)

    @property
    def head(self) -> str:
        """The stem of the noun that it is about: the last word before "of"."""
        before = re.split(r"\s+(?:of|for|in)\s", self.text, maxsplit=1)[0]
        return stems(before)[-1] if stems(before) else ""

    @property
    def is_relational(self) -> bool:
        """Whether its head is of something else: "history of toilets"."""
        return self.head in RELATIONAL and not self.is_name

    @property
    def is_generic(self) -> bool:
        """Whether no word of it says what is meant."""
        if self.has_name:
            return False
        return all(w in GENERIC or w.isdigit() or _ADJECTIVE.search(w) for w in self.content)


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    text: str
    is_capital: bool

    @property
    def low(self) -> str:
        return self.text.lower().replace("’", "'")

    @property
    def is_verb(self) -> bool:
        return not self.is_capital and self.low in VERBS

    @property
    def is_functional(self) -> bool:
        """Whether it carries no meaning; "US", "IT" and "WHO" are names."""
        named = (self.text.isupper() and len(self.text) > 1) or self.low in _NUMERALS
        if self.is_capital and named:
            return False
        if self.low in FUNCTION or stem(self.low) in FUNCTION:
            return True
        is_adverb = self.low.endswith("ly") and len(self.low) > 4
        return (is_adverb and not self.is_capital) or _YEAR.match(self.text) is not None


@lru_cache(maxsize=8192)
def stems(text: str) -> tuple[str, ...]:
    """The stems of a text's words."""
    return tuple(stem(match[0]) for match in _TOKEN.finditer(text))


@lru_cache(maxsize=2048)
def phrases(text: str) -> tuple[Phrase, ...]:
    """The noun phrases of a text in order.

    >>> [p.text for p in phrases("When did the Torch Program start in Beijing?")]
    ['Torch Program', 'Beijing']
    """
    return tuple(_joined(text, list(_runs(text))))


def _runs(text: str) -> Iterator[list[_Token]]:
    """Runs of neighbouring words that carry meaning."""
    run: list[_Token] = []
    tokens = _tokens(text)
    for place, token in enumerate(tokens):
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        if run and text[run[-1].end : token.start].strip():
            yield run
            run = []
        if _is_boundary(token, following, text, run):
            if run:
                yield run
            run = []
        else:
            run.append(token)
    if run:
        yield run


def _tokens(text: str) -> list[_Token]:
    found = list(_TOKEN.finditer(text))
    tokens = []
    for place, match in enumerate(found):
        capital = any(sign.isupper() for sign in match[0])
        if capital and _OPENS.search(text[: match.start()]):
            after = found[place + 1][0] if place + 1 < len(found) else ""
            known = stem(match[0]) in FUNCTION or match[0].lower() in VERBS
            capital = not known or (stem(match[0]) not in FUNCTION and after[:1].isupper())
        tokens.append(_Token(*match.span(), match[0], capital))
    return tokens


def _is_boundary(token: _Token, following: _Token | None, text: str, run: Sequence[_Token]) -> bool:
    """Whether a phrase ends before a word, which belongs to none itself."""
    if token.is_functional:
        return True
    if token.is_capital:
        return False
    ends = following is None or following.is_functional
    determined = _DETERMINED.search(text[: (run[0] if run else token).start]) is not None
    if token.low.endswith("ed") and len(token.low) > 4:
        return ends if run else not determined
    if not token.is_verb:
        return False
    goes_on = not ends and not (following and (following.is_verb or following.is_capital))
    return not determined or (bool(run) and (not goes_on or _is_plural(run[-1].text)))


def _joined(text: str, runs: list[list[_Token]]) -> Iterator[Phrase]:
    """Runs as phrases, those that "of" joins taken together as well."""
    place = 0
    while place < len(runs):
        last = place
        while last + 1 < len(runs) and _joins(text, runs[last], runs[last + 1]):
            last += 1
        inner = _phrase(text, runs[last], runs[last][-1]) if last > place else None
        whole = _phrase(text, runs[place] + runs[last], runs[place][-1], inner)
        if len(stems(whole.text)) <= _MOST_WORDS:
            yield whole
        elif inner is not None:
            yield inner
        place = last + 1


def _joins(text: str, one: list[_Token], other: list[_Token]) -> bool:
    gap = text[one[-1].end : other[0].start]
    if _OF.match(gap):
        return True
    both = one[-1].is_capital and other[0].is_capital
    return both and _JOIN.match(gap) is not None


def _phrase(text: str, run: list[_Token], head: _Token, inner: Phrase | None = None) -> Phrase:
    first, last = run[0], run[-1]
    said = text[first.start : last.end]
    bare = _POSSESSED.sub("", said)
    before = (text[: first.start].split() or [""])[-1].lower()
    may_be_plural = not head.is_capital or before == "the"  # "the Beatles", but "Richards"
    several = may_be_plural and _is_plural(_OF_WORD.split(bare, maxsplit=1)[0].split()[-1])
    return Phrase(
        text=bare,
        start=first.start,
        end=first.start + len(bare),
        is_name=head.is_capital,
        is_plural=several or _COORDINATED.search(bare) is not None,
        opens=_OPENS.search(text[: first.start]) is not None,
        has_name=any(token.is_capital for token in run),
        before=before,
        inner=inner,
    )


_OF_WORD = re.compile(r"\sof\s")


def _is_plural(word: str) -> bool:
    low = word.lower()
    return (stem(low) != low and low.endswith("s")) or low in ("people", "children", "men", "women")
