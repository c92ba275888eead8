"""Whether what a statement puts together belongs together in what it cites.

Every number, date and name may stand in a sentence, and still the wrong number be given for a
date: "11% in 2015 and 14% in 2019" is no evidence for 14% in 2015.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, groupby, pairwise

from innoqa.attribution.amounts import amounts_in, scale_of
from innoqa.attribution.clauses import content
from innoqa.attribution.dates import is_part_of
from innoqa.attribution.evidence import Evidence, dates_in, matched
from innoqa.attribution.fault import FaultKind, Found
from innoqa.attribution.function_words import FUNCTION_WORDS
from innoqa.attribution.parsing import Parsed
from innoqa.domain import Period
from innoqa.words import stem

_NAME = re.compile(r"(?<![\w&])[A-Z][\w&'’-]*(?:\s(?:of\s(?:the\s)?)?[A-Z][\w&'’-]*)*")
_CUT = re.compile(r"[;:]|,(?=\s)(?! when\b)|\b(?:and|but|while|whereas)\b")
_LINK = re.compile(r"\b(with|in|at|of|to|from|by|for|near|behind|after|before)\s(?:the\s)?\Z")
_OF = re.compile(
    r" of (?:the |all )?(?!(?:it|its|them|these|those|this|that|which|whom)\b)"
    r"(?P<of>[\w&'’-]+(?: [\w&'’-]+){0,2})"
)
_OF_WHOLE = re.compile(r"[0-9] of (?:[\w'’]+ ){0,2}\Z")
_WORD = re.compile(r"[A-Za-z][\w'’-]*")
_DIGITS = re.compile(r"[0-9](?:[0-9.,]*[0-9])?")
_BY = re.compile(r"\sby (?:the )?")
_BESIDE = 4
_NEAR = 2


@dataclass(frozen=True, slots=True)
class Anchor:
    """A number, date or name where it stands; ``key`` is what it is compared by."""

    kind: FaultKind
    start: int
    end: int
    printed: str
    key: Fraction | Period | frozenset[str]

    def is_same(self, other: "Anchor") -> bool:
        """Whether both mean the same."""
        if isinstance(self.key, Period) and isinstance(other.key, Period):
            return is_part_of(self.key, other.key) or is_part_of(other.key, self.key)
        if isinstance(self.key, frozenset) and isinstance(other.key, frozenset):
            return self.key <= other.key or other.key <= self.key
        return self.key == other.key


_Bound = Mapping[Anchor, Anchor]


def unsupported(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """What is bound to another than the evidence binds it to, which binds that one elsewhere."""
    pairs: tuple[tuple[FaultKind, FaultKind], ...] = (
        ("number", "date"), ("number", "name"), ("date", "name"),
    )  # fmt: skip
    for kinds in pairs:
        said = _bound(parsed.statement, *kinds)
        held = [_bound(text, *kinds) for text in evidence.texts]
        for one, other in said.items():
            is_dated = kinds == ("number", "date")
            if _is_crossed(one, other, held) and (is_dated or _is_crossed(other, one, held)):
                yield kinds[0], f"{one.printed}: {other.printed}"
    yield from _swapped(parsed, evidence)
    yield from _shares(parsed, evidence)
    yield from _linked(parsed, evidence)
    yield from _reversed(parsed, evidence)
    yield from _roles(parsed, evidence)


def _is_crossed(one: Anchor, other: Anchor, held: Sequence[_Bound]) -> bool:
    """Whether the first is bound in the evidence, and never to the second."""
    partners = [
        partner
        for bound in held
        for pair in bound.items()
        for anchor, partner in (pair, pair[::-1])
        if anchor.kind == one.kind and anchor.is_same(one)
    ]
    return bool(partners) and not any(partner.is_same(other) for partner in partners)


@lru_cache(maxsize=2048)
def _anchors(text: str) -> tuple[Anchor, ...]:
    """The numbers, dates and names of a text in order."""
    dates = dates_in(text)
    found = [Anchor("date", d.start, d.end, d.period.printed, d.period) for d in dates]
    for amount in amounts_in(text):
        value = Fraction(amount.value) * scale_of(amount.unit.scale)
        printed = text[amount.start : amount.end]
        found.append(Anchor("number", amount.start, amount.end, printed, value))
    for match in _NAME.finditer(text):
        stems = frozenset(map(stem, re.split(r"[\s-]", match[0]))) - FUNCTION_WORDS
        apart = all(match.end() <= one.start or one.end <= match.start() for one in found)
        if stems and apart:
            found.append(Anchor("name", *match.span(), match[0], stems))
    return tuple(sorted(found, key=lambda anchor: anchor.start))


@lru_cache(maxsize=4096)
def _bound(text: str, one: FaultKind, other: FaultKind) -> _Bound:
    """The anchors of one kind with that of another that each belongs to, where that is plain.

    Dates go with numbers in turns, or as many of the one with as many of the other; else, and
    names always, what is alone with others in a clause belongs to them.
    """
    among = [anchor for anchor in _anchors(text) if anchor.kind in (one, other)]
    firsts = [a for a in among if a.kind == one and not _OF_WHOLE.search(text[: a.start])]
    seconds = [anchor for anchor in among if anchor.kind == other]
    among = [anchor for anchor in among if anchor in firsts or anchor in seconds]
    runs = [len(list(group)) for _, group in groupby(among, key=lambda anchor: anchor.kind)]
    if len(seconds) == 1 and among[0] in seconds and other != "name":
        return dict.fromkeys(firsts, seconds[0])
    in_turns = set(runs) == {1} or len(runs) == 2
    if len(firsts) == len(seconds) and in_turns and other != "name":
        return dict(zip(firsts, seconds, strict=True))
    clauses = [0, *(match.start() for match in _CUT.finditer(text)), len(text)]
    found: dict[Anchor, Anchor] = {}
    for start, end in pairwise(clauses):
        inside = [anchor for anchor in seconds if start <= anchor.start < end]
        if len(inside) == 1:
            found |= {a: inside[0] for a in firsts if start <= a.start < end}
    return found


def _swapped(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """Two numbers that stand among each other's words in the evidence."""
    said = _among(parsed.statement)
    for held in map(_among, evidence.texts):
        for one, other in combinations([name for name in said if name in held], 2):
            own = _alike(said[one], held[one]) + _alike(said[other], held[other])
            crossed = _alike(said[one], held[other]) + _alike(said[other], held[one])
            if crossed > own + 1 and _is_year(one) == _is_year(other):
                yield "number", f"{one} and {other}"


def _is_year(digits: str) -> bool:
    return len(digits) == len("2019") and digits.isdigit() and digits[:2] in ("18", "19", "20")


def _alike(one: frozenset[str], other: frozenset[str]) -> int:
    return sum(matched(stem, other) for stem in one)


@lru_cache(maxsize=2048)
def _among(text: str) -> Mapping[str, frozenset[str]]:
    """The words right before and after each number that a text has once, up to the next number."""
    numbers = list(_DIGITS.finditer(text))
    found: dict[str, frozenset[str]] = {}
    for place, match in enumerate(numbers):
        start = numbers[place - 1].end() if place else 0
        end = numbers[place + 1].start() if place + 1 < len(numbers) else len(text)
        before = text[start : match.start()].split()[-_BESIDE:]
        after = text[match.end() : end].split()[:_BESIDE]
        found[match[0]] = content(" ".join((*before, *after)))
    once = Counter(match[0] for match in numbers)
    return {name: stems for name, stems in found.items() if once[name] == 1}


def _shares(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """Shares of another whole than in the evidence: "6% of GDP" that becomes "6% of spending"."""
    held = [share for text in evidence.texts for share in _wholes(text)]
    for value, whole, printed in _wholes(parsed.statement):
        others = [stems for other, stems, _ in held if other == value]
        if (
            all(others)
            and others
            and not any(matched(stem, stems) for stems in others for stem in whole)
        ):
            yield "number", printed


@lru_cache(maxsize=2048)
def _wholes(text: str) -> tuple[tuple[Fraction, frozenset[str], str], ...]:
    """The shares of a text, what they are of, and how both are printed."""
    found = []
    for amount in amounts_in(text):
        whole = _OF.match(text, amount.end)
        if whole and amount.unit.base == "percent":
            value = Fraction(amount.value)
            found.append((value, content(whole["of"]), text[amount.start : whole.end()]))
    return tuple(found)


def _linked(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """Names joined by a preposition where the evidence joins each of the two to another."""
    held = [link for text in evidence.texts for link in _links(text)]
    for one, word, other in _links(parsed.statement):
        firsts = [b for a, w, b in held if w == word and a.is_same(one)]
        seconds = [a for a, w, b in held if w == word and b.is_same(other)]
        if firsts and seconds and not any(b.is_same(other) for b in firsts):
            yield "name", f"{one.printed} {word} {other.printed}"


@lru_cache(maxsize=2048)
def _links(text: str) -> tuple[tuple[Anchor, str, Anchor], ...]:
    names = [anchor for anchor in _anchors(text) if anchor.kind == "name"]
    found = []
    for one, other in pairwise(names):
        link = _LINK.search(text[: other.start])
        between = text[one.end : other.start]
        if link and link.start() >= one.end and ";" not in between and len(content(between)) <= 1:
            found.append((one, link[1], other))
    return tuple(found)


def _reversed(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """Two names that do to each other what the evidence has the other way round."""
    held = [pair for text in evidence.texts for pair in _doing(text)]
    for one, does, other, is_passive in _doing(parsed.statement):
        for first, done, second, was_passive in held:
            same = any(matched(stem, done) for stem in does) and is_passive == was_passive
            if same and one.is_same(second) and other.is_same(first):
                yield "name", f"{one.printed} {other.printed}"


@lru_cache(maxsize=2048)
def _doing(text: str) -> tuple[tuple[Anchor, frozenset[str], Anchor, bool], ...]:
    """Neighbouring names with the words between them, and whether these have "by"."""
    names = [anchor for anchor in _anchors(text) if anchor.kind == "name"]
    found = []
    for one, other in pairwise(names):
        between = text[one.end : other.start]
        words = content(between)
        if 0 < len(words) <= _NEAR and not re.search(r"[,;.]", between):
            found.append((one, words, other, " by " in between))
    return tuple(found)


def _roles(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """Words right beside another name than in the evidence, which both name."""
    said = _beside(parsed.statement)
    for text in evidence.texts:
        held = _beside(text)
        for word in said.keys() & held.keys():
            own, other = said[word], held[word]
            named = [a for a in _anchors(parsed.statement) if a.kind == "name"]
            if not own.is_same(other) and any(a.is_same(other) for a in named) and any(
                b.is_same(own) for b in _anchors(text) if b.kind == "name"
            ):  # fmt: skip
                yield "name", f"{own.printed}: {word}"


@lru_cache(maxsize=2048)
def _beside(text: str) -> Mapping[str, Anchor]:
    """The verbs that stand beside one name alone, by their stem."""
    names = [anchor for anchor in _anchors(text) if anchor.kind == "name"]
    found: dict[str, Anchor] = {}
    for match in _WORD.finditer(text):
        if not match[0].islower() or not match[0].endswith("ed"):
            continue
        by = _BY.match(text, match.end())
        near = [name for name in names if _distance(text, match.span(), name) <= _NEAR]
        near = [name for name in near if name.start == by.end()] if by else near
        if len(near) == 1 and stem(match[0]) not in found:
            found[stem(match[0])] = near[0]
    return found


def _distance(text: str, word: tuple[int, int], name: Anchor) -> int:
    """How many words lie between a word and a name."""
    start, end = word
    between = text[end : name.start] if name.start >= end else text[name.end : start]
    if re.search("[,;.]", between):
        return _NEAR + 1
    return len(between.split())
