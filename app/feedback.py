"""Turns of the page -> questions for the evaluation, which ``innoqa eval add`` joins to a file."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from innoqa.adapters.conversation_store import KeptTurn
from innoqa.domain import Answer, Statement, Turn
from innoqa.question_types import Wanted

EXPORTED = Path("results/exported-questions.jsonl")
_KINDS = {"definition": "definition", "reason": "why"}


def as_test(turn: Turn) -> dict[str, Any]:
    """A turn that went well as a question whose answer is known: what it cites is the gold."""
    reply = turn.reply
    if not isinstance(reply, Answer):
        return {"kind": "out-of-scope", "question": _question(turn), "answerable": False}
    golds = [
        {"source": citation.passage.source, "quote": citation.quote, "fact": number}
        for number, statement in enumerate(reply.statements, start=1)
        for citation in statement.citations
    ]
    lead = reply.statements[0]
    return {
        "kind": _kind(turn),
        "question": _question(turn),
        "answerable": True,
        "must": _must(lead),
        "gold": golds,
    }


def as_complaint(turn: Turn, comment: str = "") -> dict[str, Any]:
    """A turn that went wrong, as a draft: what would have been right is for its user to say."""
    said = "answered wrongly" if isinstance(turn.reply, Answer) else "not answered"
    remark = f" Its reader says: {comment}" if comment else ""
    return {
        "kind": _kind(turn),
        "question": _question(turn),
        "answerable": False,
        "why": f"This was {said}.{remark} Say here why nothing answers, or give must and gold.",
        "draft": True,
    }


def judged(turns: Iterable[KeptTurn]) -> str:
    """Every turn that has a verdict as a question, one a line, for ``innoqa eval add``."""
    entries = (
        as_complaint(kept.turn, kept.comment) if kept.verdict == "down" else as_test(kept.turn)
        for kept in turns
        if kept.turn and kept.verdict
    )
    return "".join(_line(entry) for entry in entries)


def export(entry: dict[str, Any], path: Path = EXPORTED) -> None:
    """Add a question to the file of exported ones, as one line, unless it is there already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = _line(entry)
    with path.open("a+", encoding="utf-8") as file:
        file.seek(0)
        if line not in file:
            file.write(line)


def _line(entry: dict[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False) + "\n"


def _question(turn: Turn) -> str:
    """The question as it can be asked by itself: a follow-up as it was read."""
    return turn.question if turn.query.kind == "stand-alone" else turn.query.text


def _kind(turn: Turn) -> str:
    if isinstance(turn.reply, Answer) and turn.reply.computation is not None:
        return "indicator"
    return _KINDS.get(Wanted.by(turn.question).kind or "", "fact")


def _must(statement: Statement) -> list[str]:
    return [statement.text[slice(*statement.focus)]] if statement.focus else []
