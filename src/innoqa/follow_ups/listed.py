"""What the last reply listed, and the one of it that a question points to."""

import re

from innoqa.domain import Answer, Conversation, Turn
from innoqa.follow_ups.phrases import phrases, stems
from innoqa.follow_ups.signs import PLACES

_LEAD_IN = re.compile(r":\s*\Z")
_HEADED = re.compile(r"(?P<head>[^:.]{3,80}):\s")
_LISTED = re.compile(
    r"(?:[:]|\b(?:are|were|include|includes|namely|as)\b)\s*(?P<items>[^:.;]*,[^:.;]*\band\b[^:.;]*)"
)
_COMMA = re.compile(r",\s*(?:and\s+)?|\s+and\s+")
_WHICH = r"(?P<which>" + "|".join(PLACES) + r")"
_VERB = r"(?:is|was|are|were|do|does|did|has|have|had|can|will|means?|works?)\b"
_ORDINAL = re.compile(
    rf"\b(?:the |that )?{_WHICH} (?P<of>(?:ones?|item|point)\b(?: of (?:them|these|those))?"
    r"|of (?:them|these|those)\b)",
    re.IGNORECASE,
)
_THE_ORDINAL = re.compile(
    rf"\bthe {_WHICH}(?:(?= *(?:[?.!,;]|\Z|{_VERB}))| (?P<noun>[^\W\d_]+))", re.IGNORECASE
)
_SUPERLATIVE = re.compile(
    r"(?<!second )(?<!third )\b(?:highest|largest|biggest|lowest|smallest|most|least|longest"
    r"|oldest)\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"\b(?:and|what|about|how|the|that|then|is|was|which)\b", re.I)
_MOST_WORDS = 12
LOOKS_BACK = 4
"""How many turns back a list is pointed into."""


def items(turn: Turn) -> list[str]:
    """What the reply of a turn lists, in order; empty where it lists nothing."""
    if not isinstance(turn.reply, Answer):
        return []
    computation = turn.reply.computation
    if computation is not None and isinstance(computation.value, tuple):
        return [one for one in computation.value if isinstance(one, str)]
    said = [statement.text for statement in turn.reply.statements]
    if len(said) > 1 and _LEAD_IN.search(said[0]):
        return [_headed(one) for one in said[1:]]
    found = _LISTED.search(said[0]) if said else None
    if found:
        parts = [part.strip() for part in _COMMA.split(found["items"])]
        if all(0 < len(part.split()) <= _MOST_WORDS for part in parts):
            return parts
    heads = [_HEADED.match(one) for one in said]
    if len(heads) > 1 and all(heads):
        return [match["head"] for match in heads if match]
    return []


def pointed(question: str, conversation: Conversation) -> str | None:
    """The question with "the second one" as what the last list has in that place."""
    match = _ORDINAL.search(question) or _THE_ORDINAL.search(question)
    if match is None:
        return None
    noun = match.groupdict().get("noun")
    superlative = _SUPERLATIVE.search(conversation.turns[-1].query.text)
    bare = not _BESIDE.sub("", question[: match.start()] + question[match.end() :]).strip(" ?!.,")
    if bare and superlative and not noun:
        return _next_best(conversation.turns[-1].query.text, superlative, match["which"].lower())
    turn = next((t for t in reversed(conversation.turns[-LOOKS_BACK:]) if items(t)), None)
    if turn is None or (noun and not _is_listed(match, question, turn)):
        return None
    listed, place = items(turn), PLACES[match["which"].lower()]
    if place >= len(listed):
        return None
    if bare:
        return f"Tell me more about {listed[place]}"
    return question[: match.start()] + listed[place] + question[match.end() :]


def _next_best(text: str, superlative: re.Match[str], which: str) -> str | None:
    """A query for the highest as one for the second highest."""
    if PLACES[which] < 1:
        return None
    return f"{text[: superlative.start()]}{which} {text[superlative.start() :]}"


def _goes_on(question: str, match: re.Match[str]) -> bool:
    """Whether the noun is only the first word of a longer name."""
    here = next((p for p in phrases(question) if p.start <= match.start("noun") < p.end), None)
    return here is not None and here.end > match.end("noun")


def _is_listed(match: re.Match[str], question: str, turn: Turn) -> bool:
    """Whether a noun after the ordinal heads what the turn's query asked for several of."""
    asked = [one for p in phrases(turn.query.text) for one in (p, p.inner) if one is not None]
    known = stems(match["noun"])[-1] in {one.head for one in asked}
    return known and not _goes_on(question, match)


def _headed(statement: str) -> str:
    """What a statement of a list is about."""
    head = _HEADED.match(statement)
    if head:
        return head["head"]
    found = phrases(statement)
    return found[0].text if found else statement
