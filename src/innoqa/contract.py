"""The public contract of ``innoqa ask --json`` and ``--batch``: lines in, lines out.

``schemas/question.schema.json`` and ``schemas/reply.schema.json`` describe both; the tests hold
this module to them.
"""

import json
from typing import Any

from innoqa.domain import Answer, Citation, Hit, Statement, Turn
from innoqa.errors import QuestionError

LONGEST_QUESTION = 2000
"""In characters."""

_ROLES = ("user", "assistant")


def checked_question(question: str) -> str:
    """The question with plain spaces.

    Raises QuestionError where it is empty, too long, or holds half of a surrogate pair.
    """
    words = " ".join(question.split())
    if not any(character.isalnum() for character in words):
        raise QuestionError("The question is empty. Ask something in words.")
    if len(words) > LONGEST_QUESTION:
        raise QuestionError(
            f"The question has {len(words)} characters; the longest that is read has "
            f"{LONGEST_QUESTION}. Ask it in fewer words."
        )
    if _has_surrogate(words):
        raise QuestionError("The question is not valid Unicode. Write it in UTF-8.")
    return words


def parse_question(line: str, where: str) -> tuple[str, str]:
    """(id, question) of one line of a batch file; its history is checked and, as yet, not used.

    Raises QuestionError, naming ``where``, for a line of another form and for a question that
    cannot be answered.
    """
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise QuestionError(f"{where} is not JSON: {error}.") from None
    if not (isinstance(entry, dict) and isinstance(entry.get("question"), str)):
        raise QuestionError(f'{where} is not of the form {{"id": "...", "question": "..."}}.')
    identifier = entry.get("id", "")
    if not isinstance(identifier, str | int) or isinstance(identifier, bool):
        raise QuestionError(f"{where}: id must be a string or a whole number.")
    if _has_surrogate(str(identifier)):
        raise QuestionError(f"{where}: id is not valid Unicode.")
    history = entry.get("history", [])
    if not isinstance(history, list) or not all(map(_is_message, history)):
        raise QuestionError(
            f'{where}: history must be a list of {{"role": "user" or "assistant", "text": "..."}}.'
        )
    try:
        checked_question(entry["question"])
    except QuestionError as error:
        raise QuestionError(f"{where}: {error}") from None
    return str(identifier), entry["question"]


def reply_record(identifier: str, turn: Turn) -> dict[str, Any]:
    """A turn as the JSON object that is written for it."""
    reply = turn.reply
    statements = reply.statements if isinstance(reply, Answer) else ()
    return {
        "id": identifier,
        "question": turn.question,
        "query": turn.query.text,
        "kind": "answer" if isinstance(reply, Answer) else "abstention",
        "text": reply.text,
        "statements": [_statement(statement) for statement in statements],
        "computation": None,
        "conflicts": [],
        "confidence": round(reply.confidence, 4),
        "retrieved": [_hit(hit) for hit in turn.hits],
        "composer": turn.composer,
        "elapsed_ms": round(turn.elapsed_ms, 2),
    }


def _has_surrogate(text: str) -> bool:
    """Half of a surrogate pair, which neither UTF-8 nor the embedder can hold."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def _is_message(message: object) -> bool:
    return (
        isinstance(message, dict)
        and message.get("role") in _ROLES
        and isinstance(message.get("text"), str)
    )


def _statement(statement: Statement) -> dict[str, Any]:
    return {"text": statement.text, "citations": [_citation(c) for c in statement.citations]}


def _citation(citation: Citation) -> dict[str, Any]:
    passage = citation.passage
    cell, observation = passage.cell, passage.observation
    return {
        "marker": citation.marker,
        "document_id": passage.document_id,
        "source": passage.source,
        "title": passage.title,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "page": passage.page,
        "table": cell.table if cell else None,
        "row": cell.row_name if cell else None,
        "column": cell.column if cell else None,
        "value": observation.printed if observation else None,
        "unit": observation.unit if observation else None,
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "passage_id": hit.passage.id,
        "document_id": hit.passage.document_id,
        "source": hit.passage.source,
        "score": round(hit.score, 6),
        "start": hit.passage.start,
        "end": hit.passage.end,
    }
