"""The composition root of evaluation: question files, the assistant, and reports put together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from innoqa import bootstrap, evaluation
from innoqa.adapters import (
    ir_metrics,
    junit_report,
    markdown_report,
    question_files,
    report_files,
)
from innoqa.answering import Assistant
from innoqa.evaluation import QuestionSet, ablations, comparing, indicator_sets
from innoqa.evaluation.records import Comparison, EvalReport, Indicators, Threshold
from innoqa.metrics import EvalQuestion, IndicatorSet
from innoqa.settings import Settings

ACCEPTED = "accepted.json"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask: question files (of one split, where named), indicator questions, ablations."""

    questions: tuple[Path, ...]
    indicators: tuple[Path, ...] = ()
    split: str | None = None
    ablations: bool = False


def evaluate(plan: Plan, settings: Settings) -> EvalReport:
    """Ask question files of the published index.

    A set of indicator questions that names a folder of documents is asked of an index of that
    folder alone, which is gone afterwards. Raises QuestionError for a question set that cannot be
    used, and as ``bootstrap.open_assistant``.
    """
    sets = [_question_set(path, plan.split) for path in plan.questions]
    sets = [one for one in sets if one.questions]
    asked = [question_files.read_indicator_questions(path) for path in plan.indicators]
    assistant = bootstrap.open_assistant(settings)
    report = evaluation.evaluate(assistant, sets, ir_metrics.per_query)
    for one in asked:
        indicators, thresholds, unread = _indicators(one, assistant, settings)
        report["indicators"].append(indicators)
        evaluation.add_thresholds(report, thresholds)
        report["failures"] += unread
    if plan.ablations:
        shipped = ablations.Shipped(
            assistant, bootstrap.open_assistant(replace(settings, reader=False))
        )
        questions = [question for one in sets for question in one.questions]
        report["ablations"] = ablations.ablate(
            shipped, questions, report["questions"], ir_metrics.per_query
        )
    return report


def publish(report: EvalReport, out: Path, *, accept: bool = False) -> EvalReport:
    """Compare a report with the accepted one, where there is one, and write it in every form.

    ``out`` takes report.json, report.md and junit.xml, and accepted.json where it is accepted.
    Returns the report with its comparison.
    """
    accepted = out / ACCEPTED
    if accepted.is_file():
        previous = report_files.read_report(accepted)
        report = {**report, "comparison": comparing.compare(previous, report)}
    report_files.write_report(out / "report.json", report)
    (out / "report.md").write_text(markdown_report.markdown(report), "utf-8")
    (out / "junit.xml").write_text(junit_report.junit(report), "utf-8")
    if accept:
        report_files.write_report(accepted, report)
    return report


def compare(before: Path, after: Path) -> Comparison:
    """Compare two reports. Raises QuestionError for a file that is none."""
    return comparing.compare(report_files.read_report(before), report_files.read_report(after))


def add(lines: Path, questions: Path) -> tuple[EvalQuestion, ...]:
    """Add the questions of a JSON Lines file to a question file; see ``add_questions``."""
    return question_files.add_questions(lines, questions)


def _question_set(path: Path, split: str | None) -> QuestionSet:
    questions, thresholds = question_files.read_questions(path)
    asked = tuple(one for one in questions if split in (None, one.split))
    return QuestionSet(path.name, asked, thresholds)


def _indicators(
    asked: IndicatorSet, assistant: Assistant, settings: Settings
) -> tuple[Indicators, Sequence[Threshold], list[str]]:
    """The figures, the thresholds, and which of the set's own documents could not be read."""
    if asked.documents is None:
        return *indicator_sets.ask_indicators(assistant, asked), []
    with TemporaryDirectory() as folder:
        apart = replace(settings, index=Path(folder) / "index")
        ingested = bootstrap.ingest(
            [Path(asked.documents)], apart, lambda _stage, _done, _total: None
        )
        found = indicator_sets.ask_indicators(bootstrap.open_assistant(apart), asked)
    unread = [
        f"{asked.name}: {skipped.source} was not read: {skipped.reason}"
        for skipped in ingested.skipped
        if not skipped.source.endswith(".yaml")  # the questions themselves
    ]
    return *found, unread
