"""Pronouns and what is left out -> the words that they stand for."""

import re
from dataclasses import dataclass

from innoqa.domain import Conversation, Turn
from innoqa.follow_ups import antecedents
from innoqa.follow_ups.antecedents import Candidate, Fits
from innoqa.follow_ups.listed import items
from innoqa.follow_ups.phrases import Phrase, phrases, stems
from innoqa.follow_ups.signs import (
    EXPLETIVE,
    FUNCTION,
    GENERIC,
    GOES_ON,
    OTHERS,
    PERSONS,
    PLURAL,
    POINTING,
    POSSESSIVE,
    RELATIONAL,
    RELATIVE_BEFORE,
    SINGULAR,
    THERE,
    VERBS,
)
from innoqa.follow_ups.subjects import names, subject, time_span
from innoqa.table_questions.asking import Asked
from innoqa.table_questions.signs import Sign

MOVES: tuple[Sign, ...] = (
    "annual growth", "percentage change", "points", "change", "mean", "median", "range", "highest",
    "lowest", "series", "count years", "above", "below", "compare",
)  # fmt: skip
"""Signs that a question is about a figure and not about what has it."""

_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|ones)\b(?!['’]s\b(?= \w+ \w+ to))",
    re.IGNORECASE,
)
_WHICH = re.compile(
    r"\A\W*(?:and\s+|but\s+)?(?:which|who)"
    r"(?=\s+(?:is|was|are|were|has|had) (?:the )?\w+(?:est|st)\b)",
    re.IGNORECASE,
)
_WHICH_OF_TWO = re.compile(
    r"\A\W*(?:and\s+|but\s+|so\s+)?(?:which|what)(?: one)?"
    r"\s+(?:is|was|are|were|has|had|have)(?: the)? (?:\w+er|more|less|better|worse)\b[^,]{0,30}\Z",
    re.IGNORECASE,
)
_WHICH_ONE = re.compile(r"\b(?:which|what) (?P<one>ones?)\b", re.IGNORECASE)
_MANY = re.compile(r"\b(?:of|these|those|ones|both)\s*\Z", re.IGNORECASE)
_POINTING = re.compile(r"\b(?:this|that|these|those)\b", re.IGNORECASE)
_WORD = re.compile(r"\s+([^\W\d_]+)")
_POINTED = re.compile(r"\b(?P<which>this|that|these|those|such|the)\s+", re.IGNORECASE)
_CLAUSE = re.compile(
    r"[,;.:]|\b(?:and|but|if|when|while|because|that|which|who|after|before|so)\b", re.I
)
_COMPLEMENT = re.compile(
    r"\s+(?:of|for|in|on|to|at|from|with|between|among|about|by|behind)\b", re.I
)
_CLAUSE_END = re.compile(r"[,;.:?!]")
_MORE = frozenset("higher lower larger smaller bigger greater enough".split())
_FEW = 4


@dataclass(frozen=True, slots=True)
class Gap:
    """A place in a question that something said before belongs to."""

    start: int
    end: int
    fits: Fits
    possessive: bool = False
    which: bool = False


def filled(question: str, conversation: Conversation) -> str | None:
    """The question with what its pronouns stand for, or None where nothing is left open."""
    text = _longer(question, conversation) or question
    start = 0
    while (gap := _gap(text, start)) is not None:
        put = _put(text, gap, conversation)
        start = gap.end if put is None else gap.start + len(put)
        text = text if put is None else text[: gap.start] + put + text[gap.end :]
    if text != question:
        return text
    return _of_topic(question, conversation) if _leaves_open(question) else None


def points_back(question: str) -> bool:
    """Whether a question has a pronoun that nothing in it explains."""
    return _gap(question, 0) is not None


def _gap(question: str, start: int) -> Gap | None:
    """The first place from one on that what was said before belongs to."""
    which = _WHICH.search(question, start)
    if which is not None and not any(p.has_name for p in phrases(question)):
        return Gap(which.end(), which.end(), antecedents.for_many, which=True)
    one = _WHICH_ONE.search(question, start)
    if one is not None:
        return Gap(*one.span("one"), antecedents.for_many, which=True)
    return _pronoun(question, start)


def _pronoun(question: str, start: int) -> Gap | None:
    """The first pronoun from a place on that nothing in the question explains."""
    expletives = [match.span() for match in EXPLETIVE.finditer(question)]
    for match in _PRONOUN.finditer(question, start):
        if any(start <= match.start() < end for start, end in expletives):
            continue
        low = match[0].lower()
        possessive = low in POSSESSIVE and not _is_object(question, match)
        if _explained(question, match.start(), low, possessive=possessive):
            continue
        fits = _fits(low, possessive=possessive)
        if fits is antecedents.for_several and _MANY.search(question[: match.start()]):
            fits = antecedents.for_many
        return Gap(match.start(), match.end(), fits, possessive)
    return _pointer(question, start)


def _pointer(question: str, start: int) -> Gap | None:
    own = [p for p in phrases(question) if not p.is_generic]
    for match in _POINTING.finditer(question, start):
        before = question[: match.start()]
        if not _stands_alone(question, match) or RELATIVE_BEFORE.search(before):
            continue
        if any(p.end <= match.start() and _CLAUSE_END.search(before[p.end :]) for p in own):
            continue  # it is what the question itself said before
        if not _is_relative(question, match):
            several = match[0].lower() in ("these", "those")
            fits = antecedents.for_many if several else antecedents.for_thing
            return Gap(match.start(), match.end(), fits)
    there = THERE.search(question, start)
    if there and not re.search(r"\b(?:is|are|was|were|out)\s+\Z", question[: there.start()], re.I):
        return Gap(there.start(), there.end(), antecedents.for_place)
    return None


def _stands_alone(question: str, match: re.Match[str]) -> bool:
    """Whether "this" goes with no noun."""
    following = _WORD.match(question, match.end())
    return following is None or following[1].lower() in FUNCTION | VERBS | _MORE


def _is_relative(question: str, match: re.Match[str]) -> bool:
    """Whether "that" goes on about the noun before it: "a country that has"."""
    before = [p for p in phrases(question) if p.end <= match.start()]
    return (
        match[0].lower() == "that"
        and bool(before)
        and not question[before[-1].end : match.start()].strip()
    )


def _is_object(question: str, match: re.Match[str]) -> bool:
    """Whether "her" is no possessive: nothing follows that she could have."""
    if match[0].lower() != "her":
        return False
    following = question[match.end() :].split()
    return not following or following[0].lower().strip("?.,") in FUNCTION


def _fits(low: str, *, possessive: bool) -> Fits:
    if low in PERSONS:
        return antecedents.for_person
    if low == "ones":
        return antecedents.for_many
    if low in PLURAL:
        return antecedents.for_several
    return antecedents.for_owner if possessive else antecedents.for_thing


def _explained(question: str, start: int, low: str, *, possessive: bool) -> bool:
    """Whether a phrase before it in the question is what a pronoun stands for.

    A personal pronoun is never the subject of its own clause (binding).
    """
    for phrase in phrases(question):
        if phrase.end > start:
            break
        if low in PERSONS and not phrase.is_name:
            continue
        if low in SINGULAR and phrase.is_plural and not phrase.is_name:
            continue
        if low in PLURAL and not phrase.is_plural and possessive:
            continue
        if phrase.is_generic:
            continue
        if possessive or _CLAUSE.search(question[phrase.end : start]):
            return True
    return False


def _put(question: str, gap: Gap, conversation: Conversation) -> str | None:
    """What belongs in a gap, or None where nothing that was said does."""
    several = alternatives(conversation) if gap.fits in _FOR_SEVERAL else ""
    if several:
        return f" of {several}" if gap.start == gap.end else several
    if gap.fits in _FOR_FIGURE:
        figure = _figure(question, conversation.turns[-1])
        if figure:
            return figure
    if gap.fits is antecedents.for_many:
        conversation = _with_list(conversation)
    said = frozenset(stems(question[: gap.start] + " " + question[gap.end :])) - FUNCTION
    found = antecedents.best(conversation, gap.fits, said)
    if found is None or (gap.fits is antecedents.for_many and found.is_name > found.is_plural):
        return None
    return _worded(found, gap)


def _worded(found: Candidate, gap: Gap) -> str:
    """A phrase as it reads in a gap."""
    if gap.which:
        of = "of the " if found.is_plural else ""
        return f"{' ' if gap.start == gap.end else ''}{of}{found.text}"
    if gap.possessive:
        return found.said + ("’" if found.text.endswith("s") else "’s")
    return f"in {found.said}" if gap.fits is antecedents.for_place else found.said


_FOR_FIGURE = (antecedents.for_thing, antecedents.for_several)
_FOR_SEVERAL = (antecedents.for_several, antecedents.for_many)


def _with_list(conversation: Conversation) -> Conversation:
    """The conversation up to the list that it has been looking at one by one since."""
    turns = conversation.turns
    for place in range(len(turns) - 1, -1, -1):
        listed = items(turns[place])
        if listed:
            after = turns[place + 1 :]
            looked = all(any(one in turn.query.text for one in listed) for turn in after)
            return Conversation(turns[: place + 1]) if looked else conversation
    return conversation


def _figure(question: str, turn: Turn) -> str:
    """The figure that a turn gave, where a question asks how it moves or compares."""
    measure, entity = subject(turn)
    asked = Asked.by(question, frozenset())
    if not measure or not asked.has(*MOVES):
        return ""
    of = f" of {entity}" if entity else ""
    time = time_span(turn.query.text) if asked.has("compare", "difference") else None
    when = f" {turn.query.text[slice(*time)]}" if time and time_span(question) else ""
    return f"the {measure}{of}{when}"


def compared(question: str, conversation: Conversation) -> str | None:
    """The question "Which is bigger?", after a question on each of two, with both named."""
    several = alternatives(conversation) if _WHICH_OF_TWO.match(question) else ""
    bare = question.rstrip(" ?!.")
    if bare.endswith((" more", " less", " fewer")):
        bare = f"{bare} {subject(conversation.turns[-1])[0]}".rstrip()
    last = conversation.turns[-1].query.text
    time = time_span(last)
    when = f" {last[slice(*time)]}" if time and not time_span(question) else ""
    return f"{bare}{when}, {several.replace(' and ', ' or ')}?" if several else None


def alternatives(conversation: Conversation) -> str:
    """What the latest queries ask the same of: "Huairou and Yizhuang" after a query on each."""
    texts = [turn.query.text for turn in conversation.turns]
    if len(texts) < 2 or conversation.turns[-1].query.kind == "stand-alone":
        return ""
    one, other = texts[-2], texts[-1]
    start = _alike(one, other)
    end = _alike(one[start:][::-1], other[start:][::-1])
    found = [
        next((p for p in names(text) if p.start <= start and len(text) - end <= p.end), None)
        for text in (one, other)
    ]
    places = (subject(turn)[1] for turn in conversation.turns[-2:])
    named = [
        place if p.text in place else p.text
        for p, place in zip(found, places, strict=True)
        if p is not None and not p.is_plural
    ]
    return " and ".join(named) if len(named) == 2 else ""


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _longer(question: str, conversation: Conversation) -> str | None:
    """The question with "the pledge" in the longer words that it was first named by."""
    for match in _POINTED.finditer(question):
        pointed = next((p for p in _all(question) if p.start == match.end()), None)
        if pointed is None or pointed.is_name:
            continue
        noun = _PREDICATE.sub("", pointed.text)
        longer = _called(noun, conversation, several=pointed.is_plural)
        if longer is not None:
            start = match.start() if match["which"].lower() in POINTING else match.end()
            article = "the " if start == match.start() else ""
            return question[:start] + article + longer + question[match.end() + len(noun) :]
    return None


def _all(question: str) -> list[Phrase]:
    """The phrases of a question, the narrower ones first."""
    found = [p for phrase in phrases(question) for p in (phrase.inner, phrase) if p is not None]
    return sorted(found, key=lambda p: p.end - p.start)


def _called(noun: str, conversation: Conversation, *, several: bool) -> str | None:
    """A phrase that ends as a noun does and says more."""
    base = stems(noun)
    for one in antecedents.candidates(conversation):
        words = stems(one.text)
        same = one.is_plural == several
        if same and len(words) > len(base) and words[-len(base) :] == base:
            return one.text
    return None


_PREDICATE = re.compile(
    r"(?<=\w)\s+(?:\w+(?:able|ible|ful|ous|ive|ical|less)|good|bad|true|free|special)\Z",
    re.IGNORECASE,
)


def _leaves_open(question: str) -> bool:
    """Whether a question without a pronoun is still about what was said before."""
    found = phrases(question)
    if any(p.has_name for p in found):
        return False
    if GOES_ON.match(question):
        return True
    if OTHERS.search(question) or not found:
        return True
    content = frozenset[str]().union(*(p.content for p in found)) - GENERIC
    if not content:
        return True
    last = found[-1]
    tail = question[last.end :].strip(" ?!.")
    return (
        last.head in RELATIONAL
        and last.inner is None
        and not tail
        and len(content) < _FEW
        and len(found) == 1
    )


def _of_topic(question: str, conversation: Conversation) -> str | None:
    said = frozenset(stems(question)) - FUNCTION
    found = antecedents.best(conversation, antecedents.for_topic, said)
    if found is None:
        return None
    bare = question.rstrip(" ?!.")
    end = question[len(bare) :].strip() or "?"
    last = phrases(question)[-1] if phrases(question) else None
    if last and last.end == len(bare) and last.head in RELATIONAL:
        return f"{bare} of {found.text}{end}"
    return f"{bare} ({found.text}){end}"
