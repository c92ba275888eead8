"""The fixed question set, asked of the assembly that ships."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np

from innoqa.answering import Assistant
from innoqa.errors import QuestionError
from innoqa.metrics import EvalQuestion, Outcome, Spans, interval, judge

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
class EvalReport:
    """Figures by kind of question (and ``all``), then by measure."""

    figures: dict[str, dict[str, Figure]]
    latency_ms: dict[str, float]
    outcomes: tuple[Outcome, ...]
    failures: tuple[str, ...]


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
    p50, p95 = np.percentile([outcome.elapsed_ms for outcome in outcomes], [50, 95])
    failures = tuple(
        _failure(measure, figures[ALL].get(measure), least)
        for measure, least in thresholds.items()
        if measure not in figures[ALL] or figures[ALL][measure].mean < least
    )
    return EvalReport(figures, {"p50": float(p50), "p95": float(p95)}, outcomes, failures)


def as_markdown(report: EvalReport) -> str:
    """The report as a Markdown table, a row for each kind, then what went wrong."""
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
    lines += ["", *(f"FAILED: {failure}" for failure in report.failures)]
    return "\n".join(lines).rstrip() + "\n"


def as_json(report: EvalReport) -> dict[str, Any]:
    """The report as a JSON object: figures, latency, failures, and each question's outcome."""
    return {
        "figures": {
            kind: {
                measure: {"mean": f.mean, "low": f.low, "high": f.high, "questions": f.questions}
                for measure, f in by_measure.items()
            }
            for kind, by_measure in report.figures.items()
        },
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
    }


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
