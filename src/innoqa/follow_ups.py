"""A question and the conversation before it -> the query that stands alone."""

import re

from innoqa import periods
from innoqa.domain import Conversation, Query

_OPENING = re.compile(r"\W*(?:and|but|so|what about|how about|or)\b[\s,]*", re.IGNORECASE)
_IN = re.compile(r"\W*(?:(?:in|for|during)\s+)?", re.IGNORECASE)


def resolve(question: str, conversation: Conversation) -> Query:
    """The query that a question stands for after the turns of a conversation.

    A question that stands alone is its own query.
    """
    if not conversation.turns:
        return Query(question)
    earlier = conversation.turns[-1].query.text
    return _with_period(question, earlier) or Query(question)


def _with_period(question: str, earlier: str) -> Query | None:
    """The earlier query for the period that is all that a question says: "And in 2020?"."""
    told, before = periods.mentions(question), periods.mentions(earlier)
    if len(told) != 1 or len(before) != 1:
        return None
    opening = _OPENING.match(question)
    said = question[opening.end() if opening else 0 : told[0].start] + question[told[0].end :]
    if _IN.sub("", said).strip(" ?!."):
        return None
    new = f"{earlier[: before[0].start]}{told[0].period}{earlier[before[0].end :]}"
    return Query(new, "follow-up")
