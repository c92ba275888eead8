"""Words as they are compared: folded, cut into tokens, stemmed, and grouped by what they are about.

The lists are of everyday English and of what tables are usually headed by; none is of one subject.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

_SIGNS = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u02bc": "'", "`": "'", "\u201c": '"', "\u201d": '"',
        "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u2010": "-", "\u2011": "-", "\u00a0": " ",
        "\u00f8": "o", "\u00d8": "O", "\u0142": "l", "\u0141": "L", "\u0111": "d", "\u0131": "i",
    }
)  # fmt: skip
_TOKEN = re.compile(
    r"\d+(?:st|nd|rd|th)\b|(?<![\w.])\.\d+|\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
    r"|[^\W\d_]+(?:'[^\W\d_]+)?|[%$#€£]"
)
STOP_WORDS = frozenset(
    "a an the of in on at to for from by with and or is are was were be been being do does did has"
    " have had what which who whom whose when where why how that this these those it its they"
    " their them he she his her him there here as than then so if any all each every both some"
    " such only also just while during into out up off over under between about very you your me"
    " my we our i can could will would should may might must not no nor but s t d tell name"
    " list give many much more most one does get got number amount count".split()
)
NUMBER_WORDS: Mapping[str, int] = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
        " fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"once": 1, "twice": 2, "dozen": 12, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100}
ORDINAL_WORDS: Mapping[str, int] = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(),
        start=1,
    )
}
_IRREGULAR: Mapping[str, str] = {
    form: word
    for word, forms in {
        "take": "took taken", "leave": "left", "win": "won", "build": "built", "sell": "sold",
        "begin": "began begun", "hold": "held", "run": "ran", "make": "made", "pay": "paid",
        "spend": "spent", "lose": "lost loss", "lead": "led", "write": "wrote written",
        "drive": "drove driven", "sing": "sang sung", "speak": "spoke spoken", "give": "gave given",
        "man": "men", "woman": "women", "person": "people persons", "child": "children",
        "grow": "grew grown", "fall": "fell fallen", "rise": "rose risen", "choose": "chose chosen",
        "beat": "beaten", "come": "came", "go": "went gone", "finish": "finisher",
        "percent": "percentage", "nominate": "nomination nominee", "elect": "election",
        "found": "foundation",
    }.items()
    for form in forms.split()
}  # fmt: skip
_GROUPS = """
who: name player driver rider athlete winner artist actor actress director writer author candidate
 member president coach manager champion swimmer runner skater singer contestant person people
 leader holder officer minister chairman mayor incumbent recipient performer wrestler fighter boxer
 skipper captain architect owner employer designer composer producer operator
country: country nation nationality flag noc represent
team: team club opponent side squad franchise
where: where location venue city town country stadium site hometown place arena province district
 region state county area address park
when: when date year season day month time released period
year: year season date
rank: rank position pos place finish standing placed ranking ranked placing
result: result outcome win loss won lost lose winning w l defeat victory
score: score point goal scored scoring pts
victory: win won winner victory champion first gold title
money: cost price earn earning salary money fee revenue prize paid value worth income sales
 investment budget expensive cheap rich
people: people population inhabitant resident person live populated populous
size: area size large big small extent surface land
length: length long distance duration time short far
height: height tall high elevation altitude
weight: weight heavy light
speed: speed fast slow quick
time: time duration fast slow long quick short
age: age old young
old: old early founded established built opened year date since
song: song title single track album
film: film movie title
show: show episode series title programme program
role: role character part
party: party affiliation politic political
game: game match fixture
event: event race competition tournament championship contest meet
crowd: attendance crowd spectator people attend attended audience
capacity: capacity seat hold
language: speak language spoken
school: school college university institution
office: position occupation profession office title job post
number: number no # count total quantity
start: start begin beginning open opened opening founded established since launched commissioned
 completed built inaugurated foundation founding from introduced formed began
end: end finish closed until dissolved retired left to closing ended
term: term tenure span reign year office served ruled
firm: firm company enterprise tenant business startup
kind: type kind category class sort
share: share percentage percent % proportion rate
elected: elected election vote won
born: birth born birthplace birthday
die: died death dead
"""


@dataclass(frozen=True, slots=True)
class Token:
    """One word or number of a text, folded, with its stem and its place in the folded text."""

    word: str
    stem: str
    start: int
    end: int


def folded(text: str) -> str:
    """A text in lower case without accents, its quotes and dashes plain.

    >>> folded("Płock – “Málaga”")
    'plock - "malaga"'
    """
    plain = unicodedata.normalize("NFKD", text.translate(_SIGNS))
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).lower()


def tokens(text: str) -> tuple[Token, ...]:
    """The words and numbers of a folded text.

    >>> [token.word for token in tokens("the 3rd park's 1,200 firms")]
    ['the', '3rd', "park's", '1,200', 'firms']
    """
    return tuple(
        Token(match.group(), stem(match.group()), match.start(), match.end())
        for match in _TOKEN.finditer(text)
    )


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its common endings, so that "opened" and "opening" are one.

    >>> [stem(word) for word in ("opened", "opening", "countries", "winners", "1,200")]
    ['open', 'open', 'country', 'win', '1200']
    """
    if word[0].isdigit() or word[0] == ".":
        return word.replace(",", "")
    word = word.removesuffix("'s").replace("'", "")
    word = _IRREGULAR.get(word, word)
    if len(word) > 3 and word.endswith("s"):
        word = _singular(word)
    for ending, shortest in (("ing", 3), ("ed", 3), ("er", 4), ("or", 4), ("ance", 5), ("ion", 5)):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= shortest and any(sign in "aeiouy" for sign in rest):
            if ending == "er" and rest[-1] == "e":
                continue
            word = rest
            if word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    return word if word.endswith(("ss", "us", "is")) else word[:-1]


def _read_groups(lines: str) -> Iterator[tuple[str, str]]:
    name = ""
    for part in lines.split():
        if part.endswith(":"):
            name = part[:-1]
        else:
            yield stem(part), name


def _groups() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for word, name in _read_groups(_GROUPS):
        found.setdefault(word, set()).add(name)
    return {word: frozenset(names) for word, names in found.items()}


GROUPS = _groups()
"""The groups that each stem is in."""


def related(one: str, other: str) -> bool:
    """Whether two stems are about the same kind of thing.

    >>> related(stem("nation"), stem("country")), related(stem("nation"), stem("price"))
    (True, False)
    """
    return not GROUPS.get(one, frozenset()).isdisjoint(GROUPS.get(other, frozenset()))


def likeness(one: str, other: str) -> float:
    """How likely two stems are spellings or forms of one name; 0 where not at all."""
    if min(len(one), len(other)) < 4 or one[0] != other[0] or abs(len(one) - len(other)) > 4:
        return 0.0
    common = next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    longest = max(len(one), len(other))
    if common >= 4 and common / longest >= 0.6:
        return common / longest
    if longest >= 5 and _edits(one, other) <= (1 if longest < 8 else 2):
        return 1 - _edits(one, other) / longest
    return 0.0


def _edits(one: str, other: str) -> int:
    """The edits between two words, two neighbours changing places being one."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]


def content(stems: Iterable[str]) -> tuple[str, ...]:
    """The stems that are not of stop words, or all where that leaves none."""
    every = tuple(stems)
    return tuple(one for one in every if one not in _STOP_STEMS) or every


_STOP_STEMS = frozenset(stem(word) for word in STOP_WORDS)
