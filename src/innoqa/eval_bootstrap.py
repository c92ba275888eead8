"""The composition root of evaluation: question files, the assistant, and reports put together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from innoqa import bootstrap, evaluation
from innoqa.adapters import (
    html_report,
    ir_metrics,
    junit_report,
    markdown_report,
    question_files,
    report_files,
)
from innoqa.answering import Assistant
from innoqa.errors import QuestionError
from innoqa.evaluation import QuestionSet, ablations, comparing, drafting, indicator_sets
from innoqa.evaluation.records import Comparison, EvalReport, Indicators, Threshold
from innoqa.indexing import Progress
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


def evaluate(plan: Plan, settings: Settings, progress: Progress) -> EvalReport:
    """Ask question files of the published index.

    A set of indicator questions that names a folder of documents is asked of an index of that
    folder alone, which is gone afterwards. Raises QuestionError for a question set that cannot be
    used, and as ``bootstrap.open_assistant``.
    """
    sets = [_question_set(path, plan.split) for path in plan.questions]
    sets = [one for one in sets if one.questions]
    asked = [question_files.read_indicator_questions(path) for path in plan.indicators]
    assistant = bootstrap.open_assistant(settings)
    report = evaluation.evaluate(assistant, sets, ir_metrics.per_query, progress)
    report["settings"]["risk"] = settings.risk
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
            shipped, questions, report["questions"], ir_metrics.per_query, progress
        )
    return report


def accepted(out: Path) -> EvalReport | None:
    """The report that later ones are compared with, None where none was accepted.

    Raises QuestionError for a file that is no report.
    """
    path = out / ACCEPTED
    return report_files.read_report(path) if path.is_file() else None


def accept(report: EvalReport, out: Path) -> None:
    """Let later reports be compared with this one."""
    report_files.write_report(out / ACCEPTED, report)


def publish(report: EvalReport, out: Path, previous: EvalReport | None) -> EvalReport:
    """Compare a report with a previous one, where there is one, and write it in every form.

    ``out`` takes report.json, .md and .html, and junit.xml. Returns the report with its comparison.
    """
    if previous is not None:
        report = {**report, "comparison": comparing.compare(previous, report)}
    report_files.write_report(out / "report.json", report)
    report_files.write_text(out / "report.md", markdown_report.markdown(report))
    report_files.write_text(out / "report.html", html_report.html(report, previous))
    report_files.write_text(out / "junit.xml", junit_report.junit(report))
    return report


def compare(before: Path, after: Path) -> Comparison:
    """Compare two reports. Raises QuestionError for a file that is none."""
    return comparing.compare(report_files.read_report(before), report_files.read_report(after))


def draft(out: Path, count: int, settings: Settings) -> tuple[EvalQuestion, ...]:
    """Write a question file of drafts from the published index; see ``drafting.drafts``.

    Raises QuestionError where nothing can be asked of the corpus or the file is there already,
    and as ``bootstrap.open_assistant``.
    """
    with bootstrap.open_assistant(settings).open_index() as index:
        passages = index.catalog.passages(range(len(index.vectors.edges) - 1))
        drafts = drafting.drafts(passages, index.passage_words.knows, count)
    if not drafts:
        raise QuestionError(
            f"No question can be drafted from {settings.index}. Write them by hand."
        )
    question_files.write_questions(out, drafts, drafting.HEAD)
    return tuple(drafts)


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
