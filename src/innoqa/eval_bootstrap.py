"""The composition root of evaluation: question files, the assistant, and reports put together."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from innoqa import bootstrap, evaluation
from innoqa.adapters import (
    html_report,
    ir_metrics,
    junit_report,
    kept_replies,
    markdown_report,
    question_files,
    report_files,
)
from innoqa.answering import Assistant
from innoqa.composing import Writer
from innoqa.errors import ChatModelError, QuestionError
from innoqa.evaluation import (
    QuestionSet,
    ablations,
    asking,
    comparing,
    drafting,
    indicator_sets,
    with_model,
)
from innoqa.evaluation.measures import LATENCY_MEASURES
from innoqa.evaluation.records import Comparison, EvalReport
from innoqa.evaluation.spending import Spent
from innoqa.indexing import Progress
from innoqa.metrics import EvalQuestion, IndicatorSet
from innoqa.prompts import Prompt
from innoqa.settings import Settings

ACCEPTED = "accepted.json"


REPLIES = "replies.sqlite"
"""The file, beside the reports, that keeps what a chat model replied."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask: question files (of one split, where named), indicator questions, ablations.

    ``replies`` is the file that keeps what a chat model of the settings replies.
    """

    questions: tuple[Path, ...]
    indicators: tuple[Path, ...] = ()
    split: str | None = None
    ablations: bool = False
    replies: Path = Path("results") / REPLIES


def evaluate(plan: Plan, settings: Settings, progress: Progress) -> EvalReport:
    """Ask question files of the published index, where the settings have a chat model with it too.

    A set of indicator questions that names a folder of documents is asked of an index of that
    folder alone, which is gone afterwards. Raises QuestionError for a question set that cannot be
    used, ChatModelError where the model cannot be asked, and as ``bootstrap.open_assistant``.
    """
    sets = [_question_set(path, plan.split) for path in plan.questions]
    sets = [one for one in sets if one.questions]
    asked = [question_files.read_indicator_questions(path) for path in plan.indicators]
    assistant = bootstrap.open_assistant(settings)
    sides = _Sides(kept_replies.Kept(plan.replies), settings.model_url)
    if assistant.model is not None:
        sides.kept.count()  # a file that cannot be used is told before anything is asked
        _ask_once(assistant.model.writer)
    reports = [
        evaluation.evaluate(side, _bounded(sets, side), ir_metrics.per_query, progress, sides.spent)
        for side in sides.of(assistant)
    ]
    reports[0]["settings"]["risk"] = settings.risk
    for one in asked:
        with _asked_of(one, assistant, settings) as (over, unread):
            for report, side in zip(reports, sides.of(over), strict=True):
                watch = asking.Watch(_named(one.name, side), progress)
                found = indicator_sets.ask_indicators(side, one, watch, sides.spent)
                report["indicators"].append(found[0])
                evaluation.add_thresholds(report, found[1])
        reports[0]["failures"] += unread
    report = reports[0]
    if assistant.model is not None:
        writer = assistant.model.writer
        report["model"] = with_model.model_run(report, reports[1], writer.name, writer.place)
    if plan.ablations:
        without = replace(settings, reader=False, model="")
        shipped = ablations.Shipped(
            replace(assistant, model=None), bootstrap.open_assistant(without)
        )
        questions = [question for one in sets for question in one.questions]
        report["ablations"] = ablations.ablate(
            shipped, questions, report["questions"], ir_metrics.per_query, progress
        )
    return report


@dataclass(frozen=True, slots=True)
class _Sides:
    """An assistant without its chat model, and with it, its replies kept."""

    kept: kept_replies.Kept
    address: str
    spent: Spent = field(default_factory=Spent)

    def of(self, assistant: Assistant) -> list[Assistant]:
        without = replace(assistant, model=None)
        if assistant.model is None:
            return [without]
        with assistant.open_index() as index:
            generation = index.name
        writer = kept_replies.KeepingWriter(
            assistant.model.writer, self.kept, self.address, generation, self.spent
        )
        return [without, replace(assistant, model=replace(assistant.model, writer=writer))]


def _named(what: str, side: Assistant) -> str:
    return what if side.model is None else f"{what} with {side.model.writer.name}"


def _bounded(sets: Sequence[QuestionSet], side: Assistant) -> list[QuestionSet]:
    """The question sets; how long a reply may take is not bounded for a chat model."""
    if side.model is None:
        return list(sets)
    return [
        replace(
            one,
            thresholds={
                name: bound
                for name, bound in one.thresholds.items()
                if name not in LATENCY_MEASURES
            },
        )
        for one in sets
    ]


def _ask_once(model: Writer) -> None:
    """Have a model say something. Raises ChatModelError where it does not."""
    pieces = model.write(Prompt("Answer in one word.", ("Are you there?",)), model.seconds)
    try:
        next(filter(None, pieces), "")
    except ChatModelError as error:
        raise ChatModelError(f"{model.name} {error}") from None
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()


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


@contextmanager
def _asked_of(
    asked: IndicatorSet, assistant: Assistant, settings: Settings
) -> Iterator[tuple[Assistant, list[str]]]:
    """What a set is asked of, and which of the set's own documents could not be read."""
    if asked.documents is None:
        yield assistant, []
        return
    with TemporaryDirectory() as folder:
        apart = replace(settings, index=Path(folder) / "index", model="")
        ingested = bootstrap.ingest(
            [Path(asked.documents)], apart, lambda _stage, _done, _total: None
        )
        unread = [
            f"{asked.name}: {skipped.source} was not read: {skipped.reason}"
            for skipped in ingested.skipped
            if not skipped.source.endswith(".yaml")  # the questions themselves
        ]
        yield replace(bootstrap.open_assistant(apart), model=assistant.model), unread
