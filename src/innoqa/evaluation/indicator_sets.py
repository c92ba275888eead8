"""Sets of indicator questions, asked of the assistant as it ships and judged by the results."""

from collections.abc import Sequence
from dataclasses import replace

from innoqa.answering import Assistant
from innoqa.evaluation import measures
from innoqa.evaluation.asking import Watch
from innoqa.evaluation.measures import ALL
from innoqa.evaluation.records import Figure, Indicators, ModelAnswer, Threshold
from innoqa.evaluation.records import IndicatorQuestion as Record
from innoqa.evaluation.spending import Attempts, Spent
from innoqa.metrics import (
    WRONG,
    Expected,
    IndicatorOutcome,
    IndicatorQuestion,
    IndicatorSet,
    IndicatorVerdict,
    judge_indicator,
    share_interval,
)

SHARES: dict[str, frozenset[IndicatorVerdict]] = {
    "exact": frozenset({"exact"}),
    "wrong": WRONG,
    "refused": frozenset({"refused"}),
}
"""The verdicts of each share; replies that are incomplete or not computed are in none."""


def ask_indicators(
    assistant: Assistant, asked: IndicatorSet, watch: Watch, spent: Spent | None = None
) -> tuple[Indicators, list[Threshold]]:
    """Ask every question of a set once, judge what was computed, and hold it to the thresholds.

    ``spent`` tells what a chat model of the assistant takes.
    """
    replace(assistant, model=None).answer(asked.questions[0].question)  # warms caches
    outcomes: list[IndicatorOutcome] = []
    of_model: dict[str, ModelAnswer] = {}
    for one in watch.over(asked.questions):
        attempts = Attempts(spent or Spent())
        turn = assistant.answer(one.question, follow=attempts.follow)
        if told := attempts.told(turn, assistant.model):
            of_model[one.id] = told
        outcomes.append(judge_indicator(one, turn))
    operations = [ALL, *dict.fromkeys(question.operation for question in asked.questions)]
    figures = {
        operation: _shares([o for o in outcomes if operation in (ALL, o.question.operation)])
        for operation in operations
    }
    record: Indicators = {
        "name": asked.name,
        "figures": figures,
        "latency_ms": measures.latency([outcome.elapsed_ms for outcome in outcomes]),
        "questions": [_record(outcome) for outcome in outcomes],
    }
    for one_record in record["questions"]:
        if one_record["id"] in of_model:
            one_record["model"] = of_model[one_record["id"]]
    bounds = {
        "exact": asked.thresholds.get("exact", 0.0),
        "wrong": asked.thresholds.get("wrong", 1.0),
    }
    return record, [
        {
            "set": asked.name,
            "measure": share,
            "bound": bound,
            "value": (value := figures[ALL][share]["value"]),
            "met": value >= bound if share == "exact" else value <= bound,
        }
        for share, bound in bounds.items()
    ]


def _shares(outcomes: Sequence[IndicatorOutcome]) -> dict[str, Figure]:
    return {share: _share(outcomes, verdicts) for share, verdicts in SHARES.items()}


def _share(outcomes: Sequence[IndicatorOutcome], verdicts: frozenset[IndicatorVerdict]) -> Figure:
    hits = sum(outcome.verdict in verdicts for outcome in outcomes)
    low, high = share_interval(hits, len(outcomes))
    return {"value": hits / len(outcomes), "low": low, "high": high, "questions": len(outcomes)}


def _record(outcome: IndicatorOutcome) -> Record:
    asked = outcome.question
    return {
        "id": asked.id,
        "operation": asked.operation,
        "question": asked.question,
        "verdict": outcome.verdict,
        "expected": _expectation(asked),
        "got": outcome.got,
        "text": outcome.text,
        "cells": list(asked.cells),
        "elapsed_ms": outcome.elapsed_ms,
    }


def _expectation(question: IndicatorQuestion) -> str:
    """What would have been right, in words."""
    if question.refuse:
        return f"a refusal ({question.refuse})"
    if not question.computed:
        return "an answer without a computation"
    parts = []
    if question.expected:
        parts.append(" or ".join(map(_result, question.expected)))
    if question.shown.values:
        parts.append(f"all of {_result(question.shown)}")
    parts += [f'"{must}"' for must in question.must]
    return "; ".join([*parts, "a cited text"] if question.prose else parts)


def _result(expected: Expected) -> str:
    results = ", ".join(map(str, expected.values)) or ", ".join(expected.names)
    return f"{results} {expected.units[0]}".strip()
