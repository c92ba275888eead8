"""The public contract of ``innoqa ask --json`` and ``--batch``: lines in, lines out.

``schemas/question.schema.json`` and ``schemas/reply.schema.json`` describe both; the tests hold
this module to them.
"""

import json
from typing import Any

from innoqa.domain import Answer, Citation, Hit, Statement, Turn
from innoqa.errors import QuestionError

_ROLES = ("user", "assistant")


def parse_question(line: str, where: str) -> tuple[str, str]:
    """(id, question) of one line of a batch file; its history is checked and, as yet, not used.

    Raises QuestionError, naming ``where``, for a line of another form.
    """
    try:
        entry = json.loads(line)
    except json.JSONDecodeError as error:
        raise QuestionError(f"{where} is not JSON: {error}.") from None
    if not (isinstance(entry, dict) and isinstance(entry.get("question"), str)):
        raise QuestionError(f'{where} is not of the form {{"id": "...", "question": "..."}}.')
    identifier = entry.get("id", "")
    if not isinstance(identifier, str | int):
        raise QuestionError(f"{where}: id must be a string or a whole number.")
    history = entry.get("history") or []
    if not isinstance(history, list) or not all(map(_is_message, history)):
        raise QuestionError(
            f'{where}: history must be a list of {{"role": "user" or "assistant", "text": "..."}}.'
        )
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
