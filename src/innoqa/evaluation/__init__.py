"""The question sets, asked of the assembly that ships, and the report on it.

``asking`` asks and judges, ``measures`` says what is measured, ``ablations`` leaves parts out,
``comparing`` sets two reports side by side, ``with_model`` those without and with a chat model,
``spending`` says what the latter takes, ``drafting`` makes questions of a user's own corpus;
``records`` is the form of the report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isnan

from innoqa.answering import Assistant
from innoqa.errors import QuestionError
from innoqa.evaluation import asking, measures
from innoqa.evaluation.asking import RetrievalMeasures
from innoqa.evaluation.measures import ALL
from innoqa.evaluation.records import SCHEMA_VERSION, EvalReport, Question, Threshold
from innoqa.evaluation.spending import Spent
from innoqa.indexing import Progress
from innoqa.metrics import RESAMPLES, SPLITS, EvalQuestion


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions of one file, with the bounds that it sets to the means over them."""

    name: str
    questions: tuple[EvalQuestion, ...]
    thresholds: Mapping[str, float]


def evaluate(
    assistant: Assistant,
    sets: Sequence[QuestionSet],
    retrieval_measures: RetrievalMeasures,
    progress: Progress,
    spent: Spent | None = None,
) -> EvalReport:
    """Ask the questions of some sets and report; indicators and ablations are added by others.

    ``spent`` tells what a chat model of the assistant takes. Raises QuestionError where two
    questions have the same id, and as ``asking.ask``.
    """
    questions = [question for one in sets for question in one.questions]
    _check_ids(questions)
    asker = "questions" if assistant.model is None else f"with {assistant.model.writer.name}"
    watch = asking.Watch(asker, progress)
    asked = asking.ask(assistant, questions, retrieval_measures, watch, spent)
    splits = [split for split in SPLITS if any(q["split"] == split for q in asked)]
    by_split = {
        split: measures.group([q for q in asked if q["split"] == split]) for split in splits
    }
    whole = by_split[splits[0]] if len(splits) == 1 else measures.group(asked)
    with assistant.open_index() as index:
        name, title = index.name, index.corpus.title
    report: EvalReport = {
        "schema_version": SCHEMA_VERSION,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "index": {"name": name, "title": title},
        "settings": {
            "least_confidence": assistant.least_confidence,
            "sources": assistant.sources,
            "question_files": [one.name for one in sets],
            "splits": splits,
            "resamples": RESAMPLES,
        },
        "measures": measures.EVERY_MEASURE,
        "groups": {ALL: whole, **by_split},
        "questions": asked,
        "indicators": [],
        "ablations": [],
        "thresholds": [],
        "failures": [],
        "warnings": _warnings(asked),
        "comparison": None,
    }
    add_thresholds(report, [one for part in sets for one in _thresholds(part, asked)])
    return report


def add_thresholds(report: EvalReport, thresholds: Sequence[Threshold]) -> None:
    """Note bounds that were held against figures, and which of them are not met."""
    report["thresholds"] += thresholds
    for one in thresholds:
        if one["value"] is None:
            report["failures"].append(
                f"{one['set']}: {one['measure']} has a threshold of {one['bound']}, but no "
                "question gives it a figure"
            )
        elif not one["met"]:
            side = "below" if one["value"] < one["bound"] else "above"
            report["failures"].append(
                f"{one['set']}: {one['measure']} is {one['value']:.3f}, {side} its threshold of "
                f"{one['bound']}"
            )


def _check_ids(questions: Sequence[EvalQuestion]) -> None:
    if not questions:
        raise QuestionError("There is no question to ask.")
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise QuestionError(f"Two questions have the id {question.id}.")
        seen.add(question.id)


def _warnings(asked: Sequence[Question]) -> list[str]:
    drafts = [question["id"] for question in asked if question["draft"]]
    if not drafts:
        return []
    return [
        f"{len(drafts)} of {len(asked)} questions are drafts that nobody has read yet "
        f"({', '.join(drafts[:3])}{', ...' if len(drafts) > 3 else ''}): correct them, then remove "
        "`draft`"
    ]


def _thresholds(part: QuestionSet, asked: Sequence[Question]) -> list[Threshold]:
    if not part.thresholds:
        return []
    ids = {question.id for question in part.questions}
    own = [question for question in asked if question["id"] in ids]
    means = {name: one["value"] for name, one in measures.figures(own).items()}
    means |= measures.Sample.of(own).values() | {
        name: one["value"] for name, one in measures.latency([q["elapsed_ms"] for q in own]).items()
    }
    return [
        _threshold(part.name, name, bound, means.get(name))
        for name, bound in part.thresholds.items()
    ]


def _threshold(part: str, measure: str, bound: float, value: float | None) -> Threshold:
    if value is None or isnan(value):
        return {"set": part, "measure": measure, "bound": bound, "value": None, "met": False}
    more = measures.EVERY_MEASURE[measure]["better"] == "more"
    met = value >= bound if more else value <= bound
    return {"set": part, "measure": measure, "bound": bound, "value": value, "met": met}
