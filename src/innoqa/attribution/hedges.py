"""Whether a statement is as sure as what it cites: a plan stays a plan, a guess a guess."""

import re
from collections.abc import Iterator

from innoqa.attribution.clauses import clauses, content
from innoqa.attribution.evidence import Evidence
from innoqa.attribution.fault import Found
from innoqa.attribution.parsing import Parsed

_PLANNED = (
    r"(?:is|are|was|were) (?:(?:normally|basically|also|now|then|still|soon) )?to"
    r" (?!the\b|an?\b|its\b|be found)(?=[a-z\"])"
    r"|plans (?:to|for|a|an|one|two|three|four|five|\d+)\b|planned|aim(?:s|ed|ing)?\b"
    r"|intend(?:s|ed)?|(?:is|are|was|were) expected|scheduled|propos(?:es|ed)|will|would"
    r"|call(?:s|ed)? for|set (?:a|the) goal|seeks? to|hopes? to|due to (?:\w+ )?(?=begin|open|move)"
)
_GUESSED = (
    r"(?-i:may)|might|could|possib(?:le|ly)|probabl[ey]|perhaps|likely|appears?|seems?|suggests?"
    r"|apparently|presumably"
)
_SOFT = (
    rf"{_PLANNED}|{_GUESSED}|plan\w*|aim\w*|goal\w*|target\w*|intend\w*|intention\w*|expect\w*"
    r"|propos\w*|purpose|should|must|ought|want\w*|foresee\w*|envisag\w*|meant|supposed|set to|due"
    r"|ask(?:s|ed)? for|seek\w*|draft\w*|role|task\w*|assign\w*|ambition|hope\w*|project(?:s|ed) to"
    r"|to be|suggest\w*|indicat\w*|explain\w*|reason|not (?:prove|certain|sure|clear)"
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
_TAKEN_UP = 0.5
"""The share of a hedged clause that a statement says again, from which on it must hedge too."""


def unsupported(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """Plans told as facts, guesses told as known, and facts told as either."""
    said = content(parsed.statement)
    held = (*evidence.own, *evidence.context, evidence.reading)
    is_soft = _IS_SOFT.search(parsed.statement) is not None
    for text in evidence.texts:
        rumoured = _RUMOURED.search(text)
        if rumoured and not _TOLD.search(parsed.statement) and not is_soft:
            yield "hedge", rumoured[0]
        for clause in () if is_soft else clauses(text):
            hedge = _HEDGED.search(clause.text)
            if hedge and clause.share_in(said) >= _TAKEN_UP:
                yield "hedge", hedge[0].strip()
    added = _HEDGED.search(parsed.text) if evidence.texts else None
    if added and not any(_IS_SOFT.search(text) or _RUMOURED.search(text) for text in held):
        yield "word", added[0].strip()
