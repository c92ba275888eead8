"""What kind of thing a question asks for, and whether a sentence holds one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

from innoqa import chinese
from innoqa.scripts import is_unspaced, parted

AnswerType = Literal["share", "number", "date", "place", "person", "reason", "definition"]

_ASKS: tuple[tuple[AnswerType, re.Pattern[str]], ...] = (
    (
        "share",
        re.compile(
            r"\b(?:what|which|how (?:large|big|high|much of)) (?:(?:was|is|were|are) )?(?:the |a )?"
            r"(?:\w+ )?(?:percent|percentage|share|proportion|fraction|part)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "number",
        re.compile(
            r"\bhow (?:many|much|long|old|far|tall|large|big|high|often|fast|deep|wide|heavy)\b"
            r"|\bwhat (?:(?:was|is|were) the )?(?:number|amount|age|population|size|area|length)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "date",
        re.compile(
            r"\bwhen\b|\b(?:what|which) (?:year|date|day|decade|century|month|time)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "place",
        re.compile(
            r"\bwhere\b|\b(?:what|which) (?:city|country|state|place|town|region|location)\b",
            re.IGNORECASE,
        ),
    ),
    ("person", re.compile(r"\b(?:who|whom|whose)\b", re.IGNORECASE)),
    (
        "reason",
        re.compile(r"\bwhy\b|\bhow (?:do|does|did|can|could|is|are|was|were)\b", re.IGNORECASE),
    ),
    ("definition", re.compile(r"^what (?:is|are|was|were) (?!the\b)", re.IGNORECASE)),
)
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d{2}\b")
_YEARS = re.compile(
    rf"({_YEAR.pattern})(?: 年)?\s*(?:-|–|—|~|to|and|until|至|到)\s*({_YEAR.pattern})"
)
_DATE = re.compile(
    rf"\b(?:1\d{{3}}|20\d{{2}})s?\b|\b{_MONTH}\s+\d|\d\s+{_MONTH}\b|\bcentury\b"
    r"|\b\d+\s*(?:bc|bce|ad)\b",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"%|\bper ?cent\b|\b(?:half|thirds?|quarters?|fifths?|tenths?|two-thirds)\b|\bone in \w+",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty"
    r"|ninety|hundred|thousand|million|billion|trillion|half|third|quarter|dozen|twice|once|both)\b",
    re.IGNORECASE,
)
_SIGNS: Mapping[AnswerType | None, re.Pattern[str]] = {
    "share": _SHARE,
    "number": _NUMBER,
    "date": _DATE,
}
_LOCATED = re.compile(
    r"\b(?:in|on|at|near|between|around|along|beside|by|from|to|of|across|outside|inside)\s+"
    r"(?:the\s+|central\s+|north\w*\s+|south\w*\s+|east\w*\s+|west\w*\s+)?[A-Z]"
)
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_CAPITALISED = re.compile(r"\b[A-Z][\w'’-]+")
_WORD = re.compile(r"[\w'’-]+")
_FUNCTION_WORDS = frozenset(
    "the a an in on at of and or but it he she they this that these those for from by with as to"
    " after before during when while since although however his her its their there what which who"
    " how i we".split()
)
_OPENING_WORDS = frozenset(
    "are is was were do does did has have had can could will would should may according name list"
    " tell give describe explain why whom whose where if".split()
)
ASKING_WORDS = frozenset(
    "main mainly key major chief principal important different various several certain typical"
    " overall general generally basic basically exactly actually really please tell explain"
    " describe summarise summarize outline discuss list name give show find say know mean means"
    " meant meaning call called define defined definition role roles part parts contribute"
    " contributes contributed contribution contributions way ways kind kinds type types sort sorts"
    " thing things example examples information detail details overview brief briefly short summary"
    " account story happen happens happened work works look like play plays played good get"
    " question questions topic want need understand learn help compare compares compared comparison"
    " simple simply words terms plain".split()
)
"""Words that say how a question is to be answered, and which need not stand in its answer."""

_DEFINED = re.compile(
    r"^what (?:is|are|was|were) (?:an? |meant by )?(?P<term>[^?,]+)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question asks for: a kind of thing (or None), and the years and names in it."""

    question: str
    kind: AnswerType | None
    years: frozenset[str]
    names: frozenset[str]

    @classmethod
    def by(cls, question: str) -> Self:
        """Read it from the question's words."""
        kind = next((kind for kind, asks in _ASKS if _asks(kind, asks, question)), None)
        words = parted(question)
        names = {_bare(word) for word in _CAPITALISED.findall(words)}
        return cls(
            question,
            kind,
            frozenset(_YEAR.findall(words)),
            frozenset(names - _FUNCTION_WORDS - _OPENING_WORDS),
        )

    @property
    def is_fact(self) -> bool:
        """Whether a few words would do as an answer."""
        return self.kind not in (None, "definition", "reason")

    @property
    def is_prose(self) -> bool:
        """Whether a table row can hardly answer: it names people and things, and explains none."""
        return self.kind in ("person", "definition", "reason")

    def held_by(self, sentence: str) -> bool:
        """Whether a sentence holds a thing of the kind that the question does not itself name."""
        if is_unspaced(sentence):
            return self._held_in_chinese(sentence)
        if self.kind in _SIGNS:
            return _SIGNS[self.kind].search(sentence) is not None
        if self.kind == "place":
            return _LOCATED.search(sentence) is not None and self._names_more(sentence)
        if self.kind == "person":
            return self._names_more(sentence)
        return self.kind == "definition" and self._defines(sentence)

    def misses_year(self, sentence: str) -> bool:
        """Whether the question names a year and the sentence names others instead.

        A span of years names every year in it.
        """
        if not self.years:
            return False
        words = parted(sentence)
        named = set(_YEAR.findall(words))
        for first, last in _YEARS.findall(words):
            named.update(map(str, range(int(first), int(last) + 1)))
        return bool(named) and not self.years & named

    def misses_names(self, text: str) -> bool:
        """Whether the question names something and the text has none of its names."""
        return bool(self.names) and self.names.isdisjoint(map(_bare, _WORD.findall(parted(text))))

    def _held_in_chinese(self, sentence: str) -> bool:
        """The same without capitals, which would tell that somebody is named."""
        if self.kind == "definition":
            term = chinese.DEFINED.match(self.question)
            defined = re.sub(r"\W", "", term["after"] or term["before"]) if term else ""
            return bool(defined) and f"{defined}是" in re.sub(r"\W", "", sentence)
        holds = chinese.HOLDS.get(self.kind or "")
        return holds.search(sentence) is not None if holds else self.kind == "person"

    def _names_more(self, sentence: str) -> bool:
        asked = {_bare(word) for word in _WORD.findall(self.question)}
        names = {_bare(word) for word in _CAPITALISED.findall(sentence)}
        return bool(names - asked - _FUNCTION_WORDS)

    def _defines(self, sentence: str) -> bool:
        term = _DEFINED.match(self.question)
        if term is None:
            return False
        subject = re.escape(" ".join(term["term"].split()).removesuffix(" mean"))
        pattern = (
            rf"^(?:an?|the)?\s*{subject}\w*\b[^.:;]{{0,60}}?\b(?:is|are|was|were|means?|refers?)\b"
        )
        return re.search(pattern, sentence, re.IGNORECASE) is not None


def essence(question: str) -> str:
    """A question without the words that only say how it is to be answered.

    >>> essence("What are the main challenges?")
    'What are the challenges?'
    """
    return chinese.ASKING.sub(" ", _ASKING.sub("", question))


_ASKING = re.compile(rf"\b(?:{'|'.join(sorted(ASKING_WORDS))})\b\s*", re.IGNORECASE)


def numbers(sentence: str) -> frozenset[str]:
    """The numbers that a sentence names, in digits (without separators) or in words.

    >>> sorted(numbers("Three parks, 1,000 firms"))
    ['1000', 'three']
    """
    digits = (number.replace(",", "") for number in _DIGITS.findall(sentence))
    words = (word.lower() for word in _NUMBER.findall(sentence) if not word[0].isdigit())
    return frozenset((*digits, *words))


def _asks(kind: AnswerType, in_english: re.Pattern[str], question: str) -> bool:
    return bool(in_english.search(question) or chinese.ASKS[kind].search(question))


def _bare(word: str) -> str:
    return word.lower().replace("’", "'").removesuffix("'s")
