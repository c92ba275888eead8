"""Whether a statement is as sure as what it cites: a plan stays a plan, a guess a guess."""

import re
from collections.abc import Iterator, Sequence

from innoqa.attribution.amounts import Amount, amounts_in
from innoqa.attribution.clauses import clauses, content
from innoqa.attribution.evidence import Evidence, dates_in
from innoqa.attribution.fault import Found
from innoqa.attribution.parsing import Parsed
from innoqa.domain import Observation
from innoqa.quantities.qualifiers import just_before

_PLANNED = (
    r"(?:is|are|was|were) (?:(?:normally|basically|also|now|then|still|soon) )?to"
    r" (?!the\b|an?\b|its\b|be found)(?=[a-z\"])"
    r"|plans (?:to|for|a|an|one|two|three|four|five|\d+)\b|planned|aim(?:s|ed|ing)?\b"
    r"|intend(?:s|ed)?|(?:is|are|was|were) expected|scheduled|propos(?:es|ed)|will|would"
    r"|call(?:s|ed)? for|set (?:a|the) goal|seeks? to|hopes? to|due to (?:\w+ )?(?=begin|open|move)"
)
_GUESSED = (
    r"(?-i:may)(?! not\b)|might|could|possib(?:le|ly)|probabl[ey]|perhaps|likely"
    r"|(?:appears?|seems?)\b(?! (?:on|in|at|under|as|there)\b)|suggests?|apparently|presumably"
)
_SOFT = (
    rf"{_PLANNED}|{_GUESSED}|plan\w*|aim\w*|goal\w*|target\w*|intend\w*|intention\w*|expect\w*"
    r"|propos\w*|purpose|should|must|ought|want\w*|fores[ae][ew]\w*|envisag\w*|meant|supposed"
    r"|set to|due|ask(?:s|ed)? for|seek\w*|draft\w*|role|task\w*|assign\w*|ambition|hope\w*"
    r"|project(?:s|ed) to|to be|suggest\w*|indicat\w*|explain\w*|reason"
    r"|not (?:prove|certain|sure|clear)"
)
_WILL = re.compile(
    rf"\b(?:{_PLANNED}|should|must|want\w*|expect\w*|meant|supposed|set to|due|ask(?:s|ed)? for"
    r"|to be|fores[ae][ew]\w*|envisag\w*|seek\w*|hope\w*|intention\w*)\b",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"\b(?:has|have|had|was|were) (?:\w+ly )?(?!plan|expect|meant|propos|schedul|aim|due|to\b)"
    r"\w+(?:ed|en|un|me|de)\b|\b(?:became|reached|achieved|entered)\b",
    re.IGNORECASE,
)
_RUMOURED = re.compile(
    r"\b(?:unconfirmed|weak (?:\w+ )?source|(?:is|are|was|were) said to|reportedly|allegedly"
    r"|rumou?red)\b",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\b(?:according|report\w*|sa(?:y|id|ys|ying)|sources?|unconfirmed|weak|alleg\w*|rumou?r\w*"
    r"|claim\w*|wr[io]t\w+|note[sd]?|state[sd]?|count(?:s|ed)?|put(?:s)?|g[ia]ves?|mention\w*"
    r"|releases?|articles?|entry|list(?:s|ed)|told|tells?|announce\w*|argue\w*|dat(?:es|ed))\b",
    re.IGNORECASE,
)
_HEDGED = re.compile(rf"\b(?:{_PLANNED}|{_GUESSED})", re.IGNORECASE)
_IS_SOFT = re.compile(rf"\b(?:{_SOFT})\b", re.IGNORECASE)
_IS_GUESS = re.compile(
    rf"\b(?:{_GUESSED}|suggest\w*|indicat\w*|not (?:prove|certain|sure|clear)|potential\w*)\b",
    re.IGNORECASE,
)
_ABOUT = ("about", "almost", "estimated")
_ALIKE = (_ABOUT, ("more than", "at least"), ("less than", "at most", "almost"))
_EXACTLY = ("more than", "less than")
_PART = re.compile(
    r"(?:(?:an?|one|two|three)\s)?(?:thirds?|quarters?|half|halves|fifths?|tenths?)\b"
)
_NOT_MORE = re.compile(r"\b(?:no|not) (?:\w+er|more|less) than \Z", re.IGNORECASE)
_EXTENDS = re.compile(r"\b(?:stretch|extend|spread|r[au]n)(?:ed|e?s|ing|ning)?\s\Z", re.IGNORECASE)
_TAKEN_UP = 0.5
"""The share of a hedged clause that a statement says again, from which on it must hedge too."""


def unsupported(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """Plans told as facts, guesses told as known, and facts told as either."""
    said = content(parsed.statement)
    held = (*evidence.own, *evidence.context, evidence.reading)
    yield from _numbers(parsed, evidence)
    done = _DONE.search(parsed.statement) and not _WILL.search(parsed.statement)
    is_soft = _IS_SOFT.search(parsed.statement) is not None and not done
    is_guess = _IS_GUESS.search(parsed.statement) is not None
    for text in evidence.texts:
        rumoured = _RUMOURED.search(text)
        if rumoured and not _TOLD.search(parsed.statement) and not is_soft:
            yield "hedge", rumoured[0]
        for clause in clauses(text):
            hedge = _HEDGED.search(clause.text)
            if hedge is None or (is_guess if _IS_GUESS.search(hedge[0]) else is_soft):
                continue
            if clause.share_in(said) >= _TAKEN_UP:
                yield "hedge", hedge[0].strip()
    added = _HEDGED.search(parsed.text) if evidence.texts else None
    if added and not any(_IS_SOFT.search(text) or _RUMOURED.search(text) for text in held):
        yield "word", added[0].strip()


def is_hedged(text: str) -> bool:
    """Whether a text tells of a plan, a goal or a guess."""
    return _IS_SOFT.search(text) is not None


def _numbers(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """Numbers, parts and dates that are told more exactly than they stand there, or less so."""
    held = [amount for text in evidence.texts for amount in amounts_in(text)]
    for amount, cells in zip(parsed.amounts, parsed.stating, strict=True):
        same = [one.qualifier for one in held if _is_same(amount, one)]
        exactly = bool(same)
        if evidence.computation is None:
            same += [one for one in map(_qualifier, cells) if one not in parsed.statement]
        known = [one for one in same if one in _HEDGES]
        before = parsed.text[: amount.start]
        if _NOT_MORE.search(before) or _EXTENDS.search(before):
            continue
        if amount.qualifier in _EXACTLY and exactly and not known:
            yield "number", parsed.text[amount.start : amount.end]
        elif known and known == same and not any(_is_like(amount.qualifier, one) for one in known):
            yield "hedge", known[0]
    yield from _inexact(parsed.statement, evidence.texts)


def _qualifier(cell: Observation) -> str:
    return cell.qualifier.lower().replace("-", " ")


_HEDGES = frozenset(word for words in _ALIKE for word in words)


def _is_same(one: Amount, other: Amount) -> bool:
    return one.value * one.unit.scale == other.value * other.unit.scale


def _is_like(one: str, other: str) -> bool:
    return any(one in words and other in words for words in _ALIKE)


def _inexact(said: str, texts: Sequence[str]) -> Iterator[Found]:
    """Parts and years that are "about" that in the evidence and just that in a statement."""
    for find in (_parts, _years):
        own, others = find(said), find(" ".join(texts))
        for name in own.keys() & others.keys():
            if "" in own[name] and "" not in others[name]:
                yield "hedge", f"{min(others[name])} {name}"


def _parts(text: str) -> dict[str, set[str]]:
    """How exact each part of a whole is told to be, by its words."""
    found: dict[str, set[str]] = {}
    for match in _PART.finditer(text.lower()):
        found.setdefault(match[0].split()[-1], set()).add(just_before(text, match.start())[1])
    return found


def _years(text: str) -> dict[str, set[str]]:
    """How exact each date is told to be."""
    found: dict[str, set[str]] = {}
    for mention in dates_in(text):
        exact = just_before(text, mention.start)[1]
        found.setdefault(mention.period.printed, set()).add(exact if exact == "about" else "")
    return found
