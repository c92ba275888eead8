"""A question as it is read before any table is looked at: its words and what they call for."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from innoqa.row_questions.adjectives import Adjective, adjectives
from innoqa.row_questions.mentions import DayMention, NumberMention, bits_between, days, numbers
from innoqa.row_questions.words import STOP_WORDS, Token, folded, tokens

Asks = Literal["how many", "how much", "who", "when", "where", "which", "whether", "other"]

_CUES: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "count": r"\bhow many\b|\bnumbers? of\b|\bhow often\b|\bamount of\b|\bcount of\b",
        "times": r"\b(?:how many|number of) (?:\w+ )?(?:times|occasions|instances)\b|\bhow often\b",
        "difference": r"\bdiff?er\w+|\bmargin\b|\bgap\b|\bhow (?:many|much) (?:\w+ )?"
        r"(?:more|fewer|less|longer|higher|lower|shorter|larger|greater|bigger|taller|older"
        r"|younger|heavier|faster|farther|further|better)\b|\bby how (?:many|much)\b",
        "average": r"\baverage\w*|\bmean\b",
        "median": r"\bmedian\b",
        "sum": r"\btotals?\b|\bcombined\b|\baltogether\b|\bin all\b|\bsum\b|\ball together\b"
        r"|\boverall\b|\btogether\b|\bin sum\b|\bbetween all\b",
        "first": r"\bfirst\b|\bearliest\b|\boldest\b|\binitial(?:ly)?\b|\binaugural\b|\bfrst\b",
        "last": r"\blast\b|\blatest\b|\bfinal\b|\bmost recent(?:ly)?\b|\bnewest\b",
        "next": r"\bafter\b|\bnext\b|\bfollow(?:s|ed|ing)\b|\bsucce(?:ed|ss)\w*|\breplaced\b"
        r"|\bbelow\b|\bsubsequent\b|\bbehind\b",
        "previous": r"\bbefore\b|\bprevious(?:ly)?\b|\bprior\b|\bpreced\w+|\babove\b"
        r"|\bahead of\b|\bjust before\b",
        "not": r"\bnot\b|\b\w+n't\b|\bnever\b|\bwithout\b|\bno\b|\bneither\b|\bfail\w*",
        "other": r"\bother(?:s)?\b|\bbesides?\b|\bexcept\b|\bapart from\b|\bexcluding\b"
        r"|\baside from\b|\balso\b|\banother\b|\belse\b",
        "same": r"\bsame\b|\bequal\b|\bas many\b|\btied\b|\bas well as\b|\bas did\b",
        "or": r"\bor\b",
        "and": r"\band\b",
        "different": r"\bdifferent\b|\bunique\b|\bdistinct\b|\bvarious\b",
        "consecutive": r"\bconsecutive(?:ly)?\b|\bin a row\b|\bstraight\b",
        "score": r"\bscor\w+|\bpoints?\b|\bgoals?\b|\bruns?\b|\bresult\b",
        "years between": r"\bhow (?:many|much) (?:\w+ )?years?\b|\bin years\b|\bhow long\b"
        r"|\bnumber of years\b|\byears apart\b",
    }.items()
}
_ASKS: tuple[tuple[Asks, re.Pattern[str]], ...] = (
    (
        "how many",
        re.compile(
            r"\bhow many\b|\bhow often\b|^(?:the )?(?:total )?(?:number|amount) of\b"
            r"|\b(?:what|tell|give|calculate|find)\b(?:'s| is| was| were| are| me)?(?: the)?"
            r"(?: \w+){0,2}? (?:number|amount|count|sum) of\b"
        ),
    ),
    ("how much", re.compile(r"\bhow (?!many|often|did|do|does|is|was|were|are)\w+\b")),
    (
        "when",
        re.compile(
            r"\bwhen\b|\b(?:what|which|whose)(?: (?:is|was|were|are) the)? (?:\w+ ){0,2}?"
            r"(?:years?|dates?|day|month)\b"
        ),
    ),
    ("who", re.compile(r"\bwho(?:se|m)?\b")),
    ("where", re.compile(r"\bwhere\b")),
    ("which", re.compile(r"\bwhich\b|\bwhat\b|\bname\b|\btell\b|\blist\b")),
    ("whether", re.compile(r"^(?:is|are|was|were|do|does|did|has|have|had|can|could)\b")),
)
_COUNTED = re.compile(
    r"(?:\bhow many|\bnumbers? of|\bamount of|\bhow much)\s+(?:of the )?(?:the )?"
)
_ASKED = re.compile(
    r"(?:(?<!\bof )(?<!\w in )(?<!\w on )(?<!\w at )\bwhich|\bwhat(?:'s)?|\bwhose)\s+(?:of the )?"
)
_LISTED = re.compile(r"(?:\btell me|\blist|\bgive me|^name|\bshow)\s+(?:the |a |an |all )*")
_WHO = re.compile(r"\bwho\s+")
_NOT_NOUNS = frozenset("number amount name names count sum difference average total list".split())
_NOT_VERBS = frozenset("seed speed need feed bed red united".split())
_HEAD_END = frozenset(
    "is are was were be been do does did has have had can could will would should may might won"
    " who that which with in on at of for from by to than not had got get lost came went"
    " finished took made received scored placed were in between during before after there listed"
    " ran left began held led sold wrote built gave beat passed reached".split()
)
_HEAD_OF = re.compile(
    r"\b(?:what|which|who) (?:is|are|was|were|'s)\s+(?:the )?(?P<noun>(?:\w+ ){0,4}?\w+)"
    r"(?= (?:of|for|in|on|at|that|who|which|with|to|from|by|between)\b|\?|$|,)"
)
_OPERATION_WORDS = frozenset(
    "total totals combined together altogether different times listed table chart average mean"
    " difference sum overall people years".split()
)


@dataclass(frozen=True, slots=True)
class Question:
    """The words of a question. Sets of tokens are bits, the first token the lowest."""

    text: str
    tokens: tuple[Token, ...]
    weights: tuple[float, ...]
    asks: Asks
    head: int
    cues: Mapping[str, int]
    adjectives: tuple[Adjective, ...]
    numbers: tuple[NumberMention, ...]
    days: tuple[DayMention, ...]

    def has(self, *cues: str) -> bool:
        """Whether any of the cues is there."""
        return any(cue in self.cues for cue in cues)

    def weight(self, bits: int) -> float:
        """The summed weight of a set of tokens."""
        return sum(weight for at, weight in enumerate(self.weights) if bits >> at & 1)

    @property
    def plural(self) -> bool:
        """Whether the thing asked for is named in the plural."""
        words = [self.tokens[at].word for at in range(len(self.tokens)) if self.head >> at & 1]
        return (
            bool(words) and words[-1].endswith("s") and not words[-1].endswith(("ss", "us", "is"))
        )


def read_question(text: str) -> Question:
    """Read a question.

    >>> question = read_question("How many parks have more than 100 tenants?")
    >>> question.asks, [(n.sign, str(n.value)) for n in question.numbers]
    ('how many', [('>', '100')])
    """
    line = " ".join(folded(html.unescape(text)).split())
    words = tokens(line)
    named = numbers(line, words)
    compared = 0
    for mention in named:
        compared |= mention.tokens if mention.explicit else 0
    return Question(
        text=line,
        tokens=words,
        weights=tuple(map(_weight, words)),
        asks=_asks(line),
        head=_head(line, words),
        cues=_cues(line, words, compared),
        adjectives=tuple(a for a in adjectives(words) if not compared >> a.token & 1),
        numbers=named,
        days=days(line, words),
    )


def _cues(line: str, words: tuple[Token, ...], compared: int) -> dict[str, int]:
    """The cues with their tokens; "not more than 5" is no "not" and "below 5" no "below"."""
    cues: dict[str, int] = {}
    for name, pattern in _CUES.items():
        bits = 0
        for match in pattern.finditer(line):
            bits |= bits_between(words, match.start(), match.end())
        spent = name in ("next", "previous", "not") and not bits & ~compared
        if bits and not spent:
            cues[name] = bits
    return cues


def _asks(line: str) -> Asks:
    """The earliest asking words say what is asked for; of two at one place, the first listed."""
    found = [(match.start(), at) for at, (_, pattern) in enumerate(_ASKS)
             if (match := pattern.search(line))]  # fmt: skip
    return _ASKS[min(found)[1]][0] if found else "other"


def _weight(token: Token) -> float:
    if token.word in STOP_WORDS:
        return 0.0
    if token.word in _OPERATION_WORDS:
        return 0.4
    return 1.2 if token.word[0].isdigit() else 1.0


def _head(line: str, words: tuple[Token, ...]) -> int:
    """The tokens that name the kind of thing asked for: "gold medals" of "how many gold medals".

    The earliest words that name one are taken.
    """
    found: list[tuple[int, int]] = []
    for pattern in (_COUNTED, _ASKED, _LISTED, _WHO):
        for match in pattern.finditer(line):
            bits = _noun_after(words, match.end(), 1 if pattern is _WHO else 5)
            if bits:
                found.append((match.start(), bits))
                break
    named = _HEAD_OF.search(line)
    if named and named["noun"].split()[-1] not in _NOT_NOUNS:
        bits = bits_between(words, named.start("noun"), named.end("noun"))
        found.append((named.start(), bits))
    return min(found)[1] if found else 0


def _noun_after(words: tuple[Token, ...], start: int, most: int) -> int:
    bits = 0
    for at, word in enumerate(words):
        if word.start < start:
            continue
        ends = word.word in _HEAD_END or (
            bits and word.word.endswith("ed") and word.word not in _NOT_VERBS
        )
        if ends or bits.bit_count() == most:
            break
        bits |= 1 << at
    return bits
