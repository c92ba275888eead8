"""The fixed question set, asked of the assembly that ships."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np

from innoqa.answering import Assistant
from innoqa.errors import QuestionError
from innoqa.metrics import (
    WRONG,
    EvalQuestion,
    Expected,
    IndicatorOutcome,
    IndicatorQuestion,
    IndicatorSet,
    Outcome,
    Spans,
    Verdict,
    interval,
    judge,
    judge_indicator,
    share_interval,
)

RetrievalMeasures = Callable[
    [Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]], dict[str, dict[str, float]]
]
ALL = "all"


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over questions with its 95 % interval."""

    mean: float
    low: float
    high: float
    questions: int


@dataclass(frozen=True, slots=True)
class IndicatorReport:
    """Shares of the replies to a set of indicator questions, by operation (and ``all``).

    ``exact``, ``wrong`` and ``refused`` leave out the replies that are incomplete or not computed.
    """

    name: str
    figures: dict[str, dict[str, Figure]]
    latency_ms: dict[str, float]
    outcomes: tuple[IndicatorOutcome, ...]
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvalReport:
    """Figures by kind of question (and ``all``), then by measure."""

    figures: dict[str, dict[str, Figure]]
    latency_ms: dict[str, float]
    outcomes: tuple[Outcome, ...]
    failures: tuple[str, ...]
    indicators: tuple[IndicatorReport, ...] = ()

    @property
    def all_failures(self) -> tuple[str, ...]:
        """What is below its threshold here and in the sets of indicator questions."""
        return (*self.failures, *(f for report in self.indicators for f in report.failures))


def evaluate(
    assistant: Assistant,
    questions: Sequence[EvalQuestion],
    thresholds: Mapping[str, float],
    retrieval_measures: RetrievalMeasures,
) -> EvalReport:
    """Ask every question once and judge the replies.

    Raises QuestionError when a gold quote does not stand in the index.
    """
    if questions:
        assistant.answer(questions[0].question)  # the first question warms caches
    spans = _gold_spans(assistant, questions)
    outcomes = tuple(judge(q, assistant.answer(q.question), spans) for q in questions)
    values = _values(outcomes, retrieval_measures)
    kinds = [ALL, *dict.fromkeys(question.kind for question in questions)]
    figures = {
        kind: {
            measure: _figure([v for q, v in by_id.items() if kind in (ALL, _kind(questions, q))])
            for measure, by_id in values.items()
            if any(kind in (ALL, _kind(questions, q)) for q in by_id)
        }
        for kind in kinds
    }
    failures = tuple(
        _failure(measure, figures[ALL].get(measure), least)
        for measure, least in thresholds.items()
        if measure not in figures[ALL] or figures[ALL][measure].mean < least
    )
    return EvalReport(figures, _latency(outcomes), outcomes, failures)


def evaluate_indicators(assistant: Assistant, asked: IndicatorSet) -> IndicatorReport:
    """Ask every question of a set once and judge what was computed."""
    assistant.answer(asked.questions[0].question)  # the first question warms caches
    outcomes = tuple(judge_indicator(q, assistant.answer(q.question)) for q in asked.questions)
    operations = [ALL, *dict.fromkeys(question.operation for question in asked.questions)]
    figures = {
        operation: _shares([o for o in outcomes if operation in (ALL, o.question.operation)])
        for operation in operations
    }
    exact, wrong = figures[ALL]["exact"].mean, figures[ALL]["wrong"].mean
    failures = []
    if exact < (least := asked.thresholds.get("exact", 0.0)):
        failures.append(f"{asked.name}: exact is {exact:.3f}, below its threshold of {least}")
    if wrong > (most := asked.thresholds.get("wrong", 1.0)):
        failures.append(f"{asked.name}: wrong is {wrong:.3f}, above its threshold of {most}")
    return IndicatorReport(asked.name, figures, _latency(outcomes), outcomes, tuple(failures))


def as_markdown(report: EvalReport) -> str:
    """The report as Markdown: a table with a row for each kind, and what went wrong.

    The sets of indicator questions follow, each in the same form.
    """
    measures = list(report.figures[ALL])
    lines = [
        "| kind | questions | " + " | ".join(measures) + " |",
        "|---|---|" + "---|" * len(measures),
    ]
    for kind, by_measure in report.figures.items():
        cells = [_cell(by_measure.get(measure)) for measure in measures]
        asked = sum(kind in (ALL, o.question.kind) for o in report.outcomes)
        lines.append(f"| {kind} | {asked} | " + " | ".join(cells) + " |")
    lines.append("")
    lines.append(
        f"Latency: p50 {report.latency_ms['p50']:.1f} ms, p95 {report.latency_ms['p95']:.1f} ms."
    )
    wrong = [o for o in report.outcomes if not o.correct]
    if wrong:
        lines += ["", "Not correct:", ""]
        lines += [f"- {o.question.id}: {o.question.question}" for o in wrong]
    for indicators in report.indicators:
        lines += ["", *_indicator_lines(indicators)]
    lines += ["", *(f"FAILED: {failure}" for failure in report.all_failures)]
    return "\n".join(lines).rstrip() + "\n"


def as_json(report: EvalReport) -> dict[str, Any]:
    """The report as a JSON object: figures, latency, failures, and each question's outcome."""
    return {
        "figures": _figures_record(report.figures),
        "latency_ms": report.latency_ms,
        "failures": list(report.failures),
        "questions": [
            {
                "id": outcome.question.id,
                "kind": outcome.question.kind,
                "question": outcome.question.question,
                "correct": outcome.correct,
                "text": outcome.text,
                "citation_precision": outcome.citation_precision,
                "citation_recall": outcome.citation_recall,
                "elapsed_ms": outcome.elapsed_ms,
            }
            for outcome in report.outcomes
        ],
        "indicators": [_indicator_record(indicators) for indicators in report.indicators],
    }


def _figures_record(figures: Mapping[str, Mapping[str, Figure]]) -> dict[str, Any]:
    return {
        kind: {
            measure: {"mean": f.mean, "low": f.low, "high": f.high, "questions": f.questions}
            for measure, f in by_measure.items()
        }
        for kind, by_measure in figures.items()
    }


def _indicator_record(report: IndicatorReport) -> dict[str, Any]:
    return {
        "name": report.name,
        "figures": _figures_record(report.figures),
        "latency_ms": report.latency_ms,
        "failures": list(report.failures),
        "questions": [
            {
                "id": outcome.question.id,
                "operation": outcome.question.operation,
                "question": outcome.question.question,
                "verdict": outcome.verdict,
                "expected": _expectation(outcome.question),
                "got": outcome.got,
                "text": outcome.text,
                "cells": list(outcome.question.cells),
                "elapsed_ms": outcome.elapsed_ms,
            }
            for outcome in report.outcomes
        ],
    }


def _indicator_lines(report: IndicatorReport) -> list[str]:
    lines = [
        f"Indicator questions, {report.name}:",
        "",
        "| operation | questions | exact | wrong | refused |",
        "|---|---|---|---|---|",
    ]
    for operation, shares in report.figures.items():
        cells = " | ".join(_cell(shares[share]) for share in ("exact", "wrong", "refused"))
        lines.append(f"| {operation} | {shares['exact'].questions} | {cells} |")
    p50, p95 = report.latency_ms["p50"], report.latency_ms["p95"]
    lines += ["", f"Latency: p50 {p50:.1f} ms, p95 {p95:.1f} ms."]
    failed = [outcome for outcome in report.outcomes if outcome.verdict != "exact"]
    if failed:
        lines += ["", "Not exact:", ""]
    for outcome in failed:
        asked = outcome.question
        lines += [
            f"- {outcome.verdict}, {asked.id}: {asked.question}",
            f"  expected {_expectation(asked)}; got {outcome.got}",
        ]
    return lines


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


def _shares(outcomes: Sequence[IndicatorOutcome]) -> dict[str, Figure]:
    return {
        "exact": _share(outcomes, frozenset({"exact"})),
        "wrong": _share(outcomes, WRONG),
        "refused": _share(outcomes, frozenset({"refused"})),
    }


def _share(outcomes: Sequence[IndicatorOutcome], verdicts: frozenset[Verdict]) -> Figure:
    hits = sum(outcome.verdict in verdicts for outcome in outcomes)
    return Figure(hits / len(outcomes), *share_interval(hits, len(outcomes)), len(outcomes))


def _latency(outcomes: Sequence[Outcome | IndicatorOutcome]) -> dict[str, float]:
    p50, p95 = np.percentile([outcome.elapsed_ms for outcome in outcomes], [50, 95])
    return {"p50": float(p50), "p95": float(p95)}


def _gold_spans(assistant: Assistant, questions: Sequence[EvalQuestion]) -> Spans:
    texts = assistant.texts()
    spans: dict[tuple[str, str], tuple[int, int]] = {}
    for question in questions:
        for gold in question.golds:
            start = texts.get(gold.source, "").find(gold.quote)
            if start < 0:
                raise QuestionError(
                    f"Question {question.id}: {gold.quote!r} does not stand in {gold.source} of "
                    "the index. Ingest the corpus again, or correct the question set."
                )
            spans[gold.source, gold.quote] = start, start + len(gold.quote)
    return spans


def _values(
    outcomes: Sequence[Outcome], retrieval_measures: RetrievalMeasures
) -> dict[str, dict[str, float]]:
    """Measure -> question id -> value, for the questions that the measure applies to."""
    answerable = [outcome for outcome in outcomes if outcome.question.answerable]
    qrels = {
        o.question.id: [f"fact {fact}" for fact in sorted(o.question.facts)] for o in answerable
    }
    values = retrieval_measures(qrels, {o.question.id: _run(o) for o in answerable})
    values["correct"] = {o.question.id: float(o.correct) for o in outcomes}
    for name in ("citation_precision", "citation_recall"):
        values[name] = {
            o.question.id: value for o in outcomes if (value := getattr(o, name)) is not None
        }
    return values


def _run(outcome: Outcome) -> list[str]:
    """The ranking in facts: a passage counts for those that it is the first to hold."""
    names: list[str] = []
    for place, facts in enumerate(outcome.retrieved):
        fresh = [name for fact in sorted(facts) if (name := f"fact {fact}") not in names]
        names += fresh or [f"passage {place}"]
    return names


def _figure(values: Sequence[float]) -> Figure:
    low, high = interval(values)
    return Figure(fmean(values), low, high, len(values))


def _failure(measure: str, figure: Figure | None, least: float) -> str:
    if figure is None:
        return f"{measure} has a threshold of {least}, but no question gives it a figure"
    return f"{measure} is {figure.mean:.3f}, below its threshold of {least}"


def _kind(questions: Sequence[EvalQuestion], identifier: str) -> str:
    return next(question.kind for question in questions if question.id == identifier)


def _cell(figure: Figure | None) -> str:
    return f"{figure.mean:.2f} ({figure.low:.2f}-{figure.high:.2f})" if figure else "-"
