"""The public contract of ``innoqa ask --json`` and ``--batch``: lines in, lines out.

``schemas/question.schema.json`` and ``schemas/reply.schema.json`` describe both; the tests hold
this module to them.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from innoqa.domain import (
    Abstention,
    Answer,
    Cell,
    Citation,
    Computation,
    Conflict,
    Hit,
    Message,
    Observation,
    Passage,
    Statement,
    Turn,
)
from innoqa.errors import QuestionError
from innoqa.expressions import evaluate
from innoqa.quantities import stands_before

LONGEST_QUESTION = 2000
"""In characters."""

_ROLES = ("user", "assistant")
_LARGEST_EXACT = 2**53
"""Every whole number up to this one is exact in any JSON reader."""


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


class BatchQuestion(NamedTuple):
    """A line of a batch file; ``history`` are the (role, text) of earlier messages."""

    id: str
    question: str
    history: tuple[Message, ...] = ()


def parse_question(line: str, where: str) -> BatchQuestion:
    """One line of a batch file. Raises QuestionError for no JSON, and as ``question_of``."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise QuestionError(f"{where} is not JSON: {error}.") from None
    return question_of(entry, where)


def question_of(entry: object, where: str) -> BatchQuestion:
    """A question as JSON.

    Raises QuestionError, naming ``where``, for an entry of another form and for a question that
    cannot be answered.
    """
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
    earlier = tuple((message["role"], message["text"]) for message in history)
    return BatchQuestion(str(identifier), entry["question"], earlier)


def reply_record(identifier: str, turn: Turn) -> dict[str, Any]:
    """A turn as the JSON object that is written for it."""
    reply = turn.reply
    answer = reply if isinstance(reply, Answer) else Answer((), reply.confidence)
    places = _places(turn)
    return {
        "id": identifier,
        "question": turn.question,
        "query": turn.query.text,
        "query_kind": turn.query.kind,
        "kind": "answer" if isinstance(reply, Answer) else "abstention",
        "text": reply.text,
        "statements": [_statement(statement) for statement in answer.statements],
        "computation": _computation(answer.computation, places),
        "conflicts": [_conflict(conflict, places) for conflict in answer.conflicts],
        "suggestions": list(reply.suggestions) if isinstance(reply, Abstention) else [],
        "confidence": round(reply.confidence, 4),
        "retrieved": [_hit(hit) for hit in turn.hits],
        "composer": turn.composer,
        "withheld": [one.text for one in turn.withheld],
        "withheld_because": [one.why for one in turn.withheld],
        "note": turn.note,
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
        and not _has_surrogate(message["text"])
    )


def _statement(statement: Statement) -> dict[str, Any]:
    return {
        "text": statement.text,
        "short_answer": _span(statement.focus),
        "citations": [_citation(c) for c in statement.citations],
    }


def _span(focus: tuple[int, int] | None) -> dict[str, int] | None:
    return {"start": focus[0], "end": focus[1]} if focus else None


def _citation(citation: Citation) -> dict[str, Any]:
    passage = citation.passage
    observation = cited_observation(citation)
    cell = cited_cell(citation)
    return {
        "marker": citation.marker,
        "document_id": passage.document_id,
        "source": passage.source,
        "title": passage.title,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "short_answer": _span(citation.focus),
        "page": passage.page,
        "table": cell.table if cell else None,
        "row": cell.row_name if cell else None,
        "column": cell.column if cell else None,
        "value": observation.printed if observation else None,
        "unit": observation.unit.printed or None if observation else None,
    }


def cited_observation(citation: Citation) -> Observation | None:
    """The cell that is cited, or the one that a cited row states; None where there are several."""
    stated = citation.passage.observations
    return citation.observation or (stated[0] if len(stated) == 1 else None)


def cited_cell(citation: Citation) -> Cell | None:
    """The cell, or whole row, that a citation points to."""
    observation = cited_observation(citation)
    return observation.cell if observation else citation.passage.cell


def stated_value(observation: Observation) -> str:
    """What a cell states, for people: as printed, with the unit and qualifier that it lacks.

    "over" and its like read on into the number; other qualifiers follow it in brackets.
    """
    words, unit, qualifier = observation.printed, observation.unit.printed, observation.qualifier
    if unit and observation.value is not None and not _holds(words, unit):
        # "758 x 100 million yuan" is read rightly, "758 100 million yuan" is not.
        words = f"{words} \u00d7 {unit}" if unit[:1].isdigit() else f"{words} {unit}"
    if qualifier == "exact" or qualifier.lower() in words.lower():
        return words
    if observation.value is not None and stands_before(qualifier):
        return f"{qualifier} {words}"
    return f"{words} ({qualifier})"


def _holds(words: str, unit: str) -> bool:
    """Whether a unit is printed among words, and not as a part of one: "t" in "about 20"."""
    alone = rf"(?<![^\W\d_]){re.escape(unit.lower())}(?![^\W\d_])"
    return re.search(alone, words.lower()) is not None


def equation(computation: Computation) -> str:
    """The expression with what it gives, for people; "" where the value is read, not computed.

    Rounding is told by its sign. Where the value is a name or a year, the number leads to it:
    ``max(2, 5) = 5 → Osk``.
    """
    value, unit = computation.value, computation.unit.printed
    if not computation.expression or value is None:
        return ""
    result = _result(computation.expression)
    if isinstance(value, Decimal):
        sign = "=" if result in (value, None) else "≈"
        times = " \u00d7" if unit[:1].isdigit() else ""
        words = f"{sign} {_shown(value)}{times} {unit}".strip()
    else:
        words = f"{'' if result is None else f'= {_shown(result)} '}→ {_shown(value)}"
    return f"{computation.expression} {words}"


def _result(expression: str) -> Decimal | None:
    try:
        return evaluate(expression)
    except ValueError:
        return None


def _shown(value: Decimal | str | tuple[Decimal | str, ...]) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    return f"{value:,f}" if isinstance(value, Decimal) else value


def json_number(value: Decimal) -> int | float | str:
    """A number that JSON readers take for just this number, else its digits as a string.

    >>> json_number(Decimal("0.1")), json_number(Decimal("1.2E+3"))
    (0.1, 1200)
    >>> json_number(Decimal("0.12345678901234567890"))
    '0.12345678901234567890'
    """
    if not value.is_finite() or value.copy_abs() > _LARGEST_EXACT:
        return str(value)
    if value == value.to_integral_value():
        return int(value)
    nearest = float(value)
    return nearest if Decimal(repr(nearest)) == value else str(value)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the turn holds each observation, and the marker under which it is cited."""

    passages: Mapping[Observation, Passage]
    markers: Mapping[Observation, int]


def _places(turn: Turn) -> _Places:
    citations = turn.reply.citations if isinstance(turn.reply, Answer) else ()
    cited = [(one, c) for c in citations if (one := cited_observation(c))]
    passages = {one: hit.passage for hit in turn.hits for one in hit.passage.observations}
    passages |= {one: c.passage for c in citations for one in c.passage.observations}
    passages |= {one: citation.passage for one, citation in reversed(cited)}
    return _Places(passages, {one: citation.marker for one, citation in reversed(cited)})


def _computation(computation: Computation | None, places: _Places) -> dict[str, Any] | None:
    if computation is None:
        return None
    return {
        "operation": computation.operation,
        "reading": computation.reading,
        "expression": computation.expression,
        "value": _value(computation.value),
        "unit": computation.unit.printed or None,
        "operands": [_observation(one, places) for one in computation.operands],
        "series": [_observation(one, places) for one in computation.series],
    }


def _conflict(conflict: Conflict, places: _Places) -> dict[str, Any]:
    return {
        "what": conflict.what,
        "why": conflict.why or None,
        "observations": [_observation(one, places) for one in conflict.observations],
    }


def _observation(observation: Observation, places: _Places) -> dict[str, Any]:
    cell, passage = observation.cell, places.passages.get(observation)
    return {
        "document_id": passage.document_id if passage else None,
        "file": passage.source if passage else None,
        "marker": places.markers.get(observation),
        "source": observation.source or None,
        "table": cell.table,
        "row": cell.row_name,
        "row_number": cell.row,
        "column": cell.column,
        "entity": observation.entity or None,
        "indicator": observation.indicator or None,
        "period": observation.period.printed or None,
        "value": _value(observation.value),
        "upper": _value(observation.upper),
        "printed": observation.printed,
        "unit": observation.unit.printed or None,
        "qualifier": observation.qualifier or None,
        "note": observation.note or None,
    }


def _value(value: Decimal | str | tuple[Decimal | str, ...] | None) -> Any:
    if isinstance(value, tuple):
        return [_value(one) for one in value]
    return json_number(value) if isinstance(value, Decimal) else value


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "passage_id": hit.passage.id,
        "document_id": hit.passage.document_id,
        "source": hit.passage.source,
        "score": round(hit.score, 6),
        "start": hit.passage.start,
        "end": hit.passage.end,
    }
