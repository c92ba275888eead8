"""A question and the conversation before it -> the query that stands alone, without a model.

    question, turns -> correction | fragment | bare "why?" | "the second one" | pronouns | topic

Each of these ways is tried in turn and gives None where the question is not of its kind; a question
of no kind stands alone and is left as it is. What comes out is a question again, so that whoever
asked can read and correct it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from innoqa.domain import Answer, Conversation, Message, Query, Statement, Turn
from innoqa.follow_ups import again, corrections, listed, references, slots
from innoqa.follow_ups.subjects import Known

__all__ = ["NOTHING_KNOWN", "Known", "exchanges", "resolve", "retold", "told"]

NOTHING_KNOWN = Known()


def resolve(question: str, conversation: Conversation, known: Known = NOTHING_KNOWN) -> Query:
    """The query that a question stands for after the turns of a conversation.

    ``known`` are names in the tables near to it. A question that stands alone is its own query.
    """
    if not conversation.turns:
        return Query(question)
    last = conversation.turns[-1]
    put_right = corrections.corrected(question, last, known)
    if put_right is not None:
        return Query(put_right, "correction")
    text = (
        slots.replaced(question, last, known)
        or again.asked(question, last)
        or listed.pointed(question, conversation)
        or references.compared(question, conversation)
        or slots.measured(question, last, known)
        or references.filled(question, conversation)
        or question
    )
    return Query(text, "stand-alone" if text == question else "follow-up")


def told(messages: Iterable[Message]) -> Conversation:
    """The conversation that messages make, of which nothing but the words is known."""
    conversation = Conversation()
    for question, replies in exchanges(messages):
        query = resolve(question, conversation)
        turn = Turn(question, query, (), Answer((), 0.0), "told", 0.0)
        conversation = conversation.with_turn(retold(turn, replies))
    return conversation


def exchanges(messages: Iterable[Message]) -> Iterator[tuple[str, list[str]]]:
    """Each question with the replies to it: what "user" says, and what any other says after."""
    question, replies = "", list[str]()
    for role, text in messages:
        if role != "user":
            replies.append(text)
            continue
        if question:
            yield question, replies
        question, replies = text, []
    if question:
        yield question, replies


def retold(turn: Turn, replies: Sequence[str]) -> Turn:
    """A turn with what was told as its reply, a sentence a statement; itself where nothing was."""
    said = tuple(Statement(text, ()) for reply in replies for text in _sentences(reply))
    if not said:
        return turn
    computation = turn.reply.computation if isinstance(turn.reply, Answer) else None
    return replace(turn, reply=Answer(said, turn.reply.confidence, computation))


def _sentences(text: str) -> list[str]:
    return [part for part in _SENTENCE_END.split(text) if part.strip()]


_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9“\"(])|\n+")
